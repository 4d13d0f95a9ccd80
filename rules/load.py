"""Rule files from YAML, checked on load: every error names the file, the line and the nearest key that is known."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from rules.errors import RuleError
from rules.model import Band, Column, Rule

BUILT_IN = Path(__file__).parent
# The folder of the rules that serve any authority that used a form; an authority's own rule goes before them.
STANDARD = "standard"
# Lists whose members have names: what another file says of a name takes the place of that member, the rest is added.
NAMED_LISTS = ("identities", "statements")


@dataclass(frozen=True)
class RuleFile:
    """A rule, its name ("authority/layout", from its path) and the sha256 of its file, and of what that builds on."""

    name: str
    path: Path
    sha256: str
    rule: Rule

    @property
    def is_standard(self) -> bool:
        """Whether it serves any authority that used a form."""
        return self.name.startswith(f"{STANDARD}/")


def load_rules(folder: Path = BUILT_IN) -> tuple[RuleFile, ...]:
    """All rule files below a folder (`<authority>/<layout>.yml`), by name. Raises RuleError on the first bad one."""
    if not folder.is_dir():
        raise RuleError(str(folder), 0, "no such folder of rule files")
    return tuple(load_rule(path) for path in sorted(folder.glob("*/*.yml")))


def load_rules_beside(own: Path | None) -> tuple[RuleFile, ...]:
    """The built-in rule files and those of a folder of one's own, which go before built-in ones of the same name.

    Raises RuleError, also where that folder holds none.
    """
    rules = {rule.name: rule for rule in load_rules(BUILT_IN)}
    if own is not None:
        found = load_rules(own)
        if not found:
            raise RuleError(str(own), 0, "holds no rule files; they lie at <authority>/<layout>.yml")
        rules |= {rule.name: rule for rule in found}
    return tuple(rules[name] for name in sorted(rules))


def load_rule(path: Path) -> RuleFile:
    """One rule file, with what it builds on. Raises RuleError."""
    data = tree_of(path)
    whole, files = _extended(path, data, ())
    try:
        rule = Rule.model_validate(whole)
    except ValidationError as error:
        raise _rule_error(path, data, error.errors()) from None
    digest = sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    return RuleFile(f"{path.parent.name}/{path.stem}", path, digest, rule)


def tree_of(path: Path) -> CommentedMap:
    """A rule file's keys and values as they stand, with their lines. Not to be changed. Raises RuleError."""
    try:
        data = _parsed(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise RuleError(str(path), 0, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise RuleError(str(path), 0, "is not UTF-8") from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise RuleError(str(path), line, f"is not YAML: {error.problem}") from None
    except YAMLError as error:
        problem = str(error).strip().splitlines()[0]
        raise RuleError(str(path), 0, f"is not YAML: {problem}") from None
    if not isinstance(data, CommentedMap):
        raise RuleError(str(path), 1, "holds no keys; a rule file begins with authority, layout and match")
    return data


@lru_cache(maxsize=256)
def _parsed(text: str) -> Any:
    """YAML, once for each text: what a file is checked for and what others build on is the same reading."""
    return YAML(typ="rt").load(text)


def _extended(path: Path, data: CommentedMap, before: tuple[Path, ...]) -> tuple[Any, tuple[Path, ...]]:
    """The keys of a file over those of the one that it extends, and the files that took part."""
    files = (*before, path)
    name = data.get("extends")
    if not isinstance(name, str):
        return data, files
    candidates = (path.parent.parent / f"{name}.yml", BUILT_IN / f"{name}.yml")
    base = next((file for file in candidates if file.is_file()), None)
    if base is None:
        folders = (path.parent.parent, BUILT_IN)
        known = sorted({f"{file.parent.name}/{file.stem}" for folder in folders for file in folder.glob("*/*.yml")})
        nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"did you mean {nearest[0]!r}?" if nearest else f"known are: {', '.join(known)}"
        raise RuleError(str(path), line_of(data, ["extends"]), f"extends {name!r}, which there is not; {hint}")
    if base.resolve() in [file.resolve() for file in files]:
        raise RuleError(str(path), line_of(data, ["extends"]), f"extends {name!r}, which builds on this very file")
    below, files = _extended(base, tree_of(base), files)
    return _over(below, data), files


def _over(below: Any, above: Any) -> Any:
    """What two files say together: the keys of `above` go before, key by key; None takes a key away."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    both = dict(below)
    for key, value in above.items():
        if value is None:
            both.pop(key, None)
        elif key in NAMED_LISTS:
            both[key] = _by_name(below.get(key, ()), value)
        else:
            both[key] = _over(below.get(key), value)
    return both


def _by_name(below: Any, above: Any) -> Any:
    """Members of two lists; of those of one name the one that is said above."""
    if not all(isinstance(each, dict) for each in (*below, *above)):
        return above
    return list(({each.get("name"): each for each in below} | {each.get("name"): each for each in above}).values())


def _rule_error(path: Path, data: Any, errors: Sequence[ErrorDetails]) -> RuleError:
    """The most telling error: an unknown key before what follows from it."""
    known = [e for e in errors if not _of_another_form(data, e)] or list(errors)
    error = next((e for e in known if e["type"] == "extra_forbidden"), known[0])
    location = [part for part in error["loc"] if not _is_form(part)]
    if error["type"] == "elsewhere":
        return RuleError(str(path), line_of(data, error["ctx"]["where"]), error["ctx"]["problem"])
    if error["type"] == "extra_forbidden":
        return RuleError(str(path), line_of(data, location), _unknown_key(location))
    where = ".".join(map(str, location)) or "the file"
    problem = error["msg"].removeprefix("Value error, ")
    given = f" (it says {error['input']!r})" if isinstance(error["input"], str | int | float) else ""
    return RuleError(str(path), line_of(data, location), f"{where}: {problem}{given}")


def _is_form(part: int | str) -> bool:
    """Whether a part of pydantic's location names a member of a union, and no key of the file."""
    return isinstance(part, str) and (
        part in {"Column", "Band", "YearFound", "Authority", "constrained-int", "constrained-str"}
        or "[" in part
        or part.startswith(("literal", "lax-or"))
    )


def _of_another_form(data: Any, error: ErrorDetails) -> bool:
    """Whether an error is about a column as a band, or a band as a column: the file says which it is."""
    for at, part in enumerate(error["loc"]):
        if isinstance(part, str) and part.endswith(("Column", "Column]", "Band", "Band]")):
            node = _node(data, [p for p in error["loc"][:at] if not _is_form(p)])
            return isinstance(node, dict) and ("band" in node) is not ("Band" in part)
    # A text or a word is asked for where the file has keys: what is wrong with the keys says more.
    return error["type"] in ("string_type", "literal_error", "int_type") and isinstance(error["input"], dict)


def _node(data: Any, location: Sequence[int | str]) -> Any:
    for part in location:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def line_of(data: Any, location: Sequence[int | str]) -> int:
    """The line of the file (from 1) where a key or item stands; that of the nearest one that is there."""
    line = 1
    for part in location:
        if isinstance(data, CommentedMap) and part in data:
            line = data.lc.key(part)[0] + 1
        elif isinstance(data, CommentedSeq) and isinstance(part, int) and part < len(data):
            line = data.lc.item(part)[0] + 1
        else:
            break
        data = data[part]
    return line


def _unknown_key(location: Sequence[int | str]) -> str:
    key = str(location[-1])
    known = sorted(set(_keys_at(location[:-1])))
    nearest = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    where = ".".join(map(str, location[:-1])) or "the file"
    hint = f"; did you mean {nearest[0]!r}?" if nearest else f"; known keys: {', '.join(known)}"
    return f"unknown key {key!r} in {where}{hint}"


def _keys_at(location: Sequence[int | str]) -> Iterator[str]:
    """The keys that the models allow at a place of the file."""
    kinds: list[Any] = [Rule]
    for part in location:
        kinds = [inner for kind in kinds for inner in _inside(kind, part)]
    for kind in kinds:
        for model in _models(kind):
            yield from (info.alias or name for name, info in model.model_fields.items())


def _inside(kind: Any, part: int | str) -> Iterator[Any]:
    for model in _models(kind):
        for name, info in model.model_fields.items():
            if part in (name, info.alias):
                yield info.annotation
    origin = typing.get_origin(kind)
    if origin is tuple or origin is dict:
        yield typing.get_args(kind)[-1 if origin is dict else 0]


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    elif typing.get_origin(kind) in (typing.Union, types.UnionType):
        for each in typing.get_args(kind):
            yield from _models(each)


__all__ = [
    "BUILT_IN",
    "STANDARD",
    "Band",
    "Column",
    "RuleFile",
    "line_of",
    "load_rule",
    "load_rules",
    "load_rules_beside",
    "tree_of",
]
