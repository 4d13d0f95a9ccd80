"""corrections/<authority>.yml: a line a decision, only ever added to, so that two people's files merge line by line."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import regex
from filelock import FileLock
from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.error import YAMLError

from pipeline.corrections.model import Answer, Cell, Correction
from pipeline.corrections.standing import NONE, Corrections, CorrectionsError, Kept
from pipeline.whole import write_whole

HEAD = "# Decisions on single cells, a line each. Lines are only added; the later of two on a cell stands.\n"
# Tells git to keep the lines of both sides when two people's files are merged.
ATTRIBUTES = "*.yml merge=union\n"
_LOCK = ".lock"


def load_corrections(folder: Path | None) -> Corrections:
    """All decisions below a folder. Raises CorrectionsError on the first line that is wrong, or if it is no folder."""
    if folder is None:
        return NONE
    if not folder.is_dir():
        raise CorrectionsError(folder, 0, "is no folder. Name one with files <authority>.yml")
    kept = [each for path in sorted(folder.glob("*.yml")) for each in _read(path)]
    kept.sort(key=lambda each: (each.correction.time, each.correction.who, line_of(each.correction)))
    last: dict[Cell, Kept] = {each.correction.cell: each for each in kept}
    standing: defaultdict[str, list[Kept]] = defaultdict(list)
    for cell in sorted(last):
        if last[cell].correction.answer is not Answer.WITHDRAWN:
            standing[cell.sha256].append(last[cell])
    return Corrections({paper: tuple(each) for paper, each in standing.items()}, tuple(kept))


def _read(path: Path) -> Iterator[Kept]:
    try:
        text = path.read_text(encoding="utf-8")
        entries = _quickly(text) or list(_as_yaml(path, text))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise CorrectionsError(path, mark.line + 1 if mark else 0, f"cannot be read: {problem}") from None
    for line, entry in entries:
        yield Kept(_correction(path, line, entry), path, line)


def _quickly(text: str) -> list[tuple[int, object]] | None:
    """The entries of a file in which each has a line of JSON, as this program writes them; None for any other."""
    entries: list[tuple[int, object]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#") or not line.strip():
            continue
        try:
            entries.append((number, json.loads(line.removeprefix("- "))))
        except ValueError:
            return None
        if not line.startswith("- {"):
            return None
    return entries


def _as_yaml(path: Path, text: str) -> Iterator[tuple[int, object]]:
    """The entries of a file that a person has written."""
    data = YAML(typ="rt").load(text)
    if data is None:
        return
    if not isinstance(data, CommentedSeq):
        raise CorrectionsError(path, 1, "is no list of decisions")
    for number, entry in enumerate(data):
        yield data.lc.item(number)[0] + 1, entry


def _correction(path: Path, line: int, entry: object) -> Correction:
    if not isinstance(entry, Mapping):
        raise CorrectionsError(path, line, "is no decision: it has no keys")
    try:
        return Correction.model_validate_json(json.dumps(dict(entry), default=str))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise CorrectionsError(path, line, f"{where}: {first['msg']}" if where else first["msg"]) from None


def add(folder: Path, authority: str, corrections: Iterable[Correction]) -> Path:
    """Add decisions to an authority's file, whole or not at all; the file. Several processes may do so at once.

    Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{file_stem(authority)}.yml"
    with FileLock(folder / _LOCK):
        attributes = folder / ".gitattributes"
        if not attributes.exists():
            attributes.write_text(ATTRIBUTES, encoding="utf-8")
        before = path.read_text(encoding="utf-8") if path.exists() else HEAD
        if not before.endswith("\n"):
            before += "\n"
        added = "".join(f"- {line_of(each)}\n" for each in corrections)
        write_whole(path, (before + added).encode(), flush=True)
    return path


def line_of(correction: Correction) -> str:
    """A decision on one line: JSON, which is YAML, too."""
    said = correction.model_dump(mode="json", exclude_defaults=True)
    # Some marks that may stand in JSON end a line for YAML, or may not stand in it at all.
    return regex.sub(
        r"[^\P{C}]|[\u2028\u2029]",
        lambda match: "".join(f"\\u{unit:04x}" for unit in _units(match[0])),
        json.dumps(said, ensure_ascii=False),
    )


def _units(char: str) -> Iterator[int]:
    data = char.encode("utf-16-be", "surrogatepass")
    return (int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2))


def file_stem(authority: str) -> str:
    """What an authority's file is called: its name in small letters and hyphens."""
    return regex.sub(r"[^\p{L}\p{N}]+", "-", authority.casefold()).strip("-")[:80] or "unnamed"
