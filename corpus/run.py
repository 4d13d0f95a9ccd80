"""A case against what is kept of it, and how what it yields is accepted."""

from __future__ import annotations

import json
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from corpus.case import Case, CaseError, Contradiction, read_case
from corpus.differences import Difference, KeptError, compare
from corpus.folders import CASE_FILE, KEPT_FOLDER, case_name, paper_of
from corpus.typeset import typeset
from corpus.yields import FILES, Yield, read_yield
from extract.errors import PaperError
from pipeline.records import CheckRow, plain_value
from rules.load import RuleFile
from rules.years import NoYear


@dataclass(frozen=True)
class Result:
    """What became of a case. `faults` are wrong in themselves; `differences`, by file, are from what is kept."""

    folder: Path
    faults: tuple[str, ...] = ()
    found: Yield | None = None
    differences: Mapping[str, Sequence[Difference]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The case's name, authority/case."""
        return case_name(self.folder)

    @property
    def ok(self) -> bool:
        """Whether the case yields what it must, and nothing is wrong with it."""
        return not self.faults and not self.differences


def check(folder: Path, rules: Sequence[RuleFile]) -> Result:
    """Read the paper of a case and compare what it yields with what is kept."""
    result = examine(folder, rules)
    if result.found is None:
        return result
    try:
        return replace(result, differences=_differences(folder, result.found))
    except KeptError as error:
        return replace(result, faults=(*result.faults, str(error)))


def accept(folder: Path, rules: Sequence[RuleFile]) -> Result:
    """Read the paper of a case and keep what it yields, unless something is wrong in itself."""
    result = examine(folder, rules)
    if result.found is not None and not result.faults:
        kept = folder / KEPT_FOLDER
        kept.mkdir(exist_ok=True)
        for name, text in result.found.texts.items():
            (kept / name).write_bytes(text.encode())
    return result


def examine(folder: Path, rules: Sequence[RuleFile]) -> Result:
    """Read the paper of a case and say what is wrong without a look at what is kept."""
    try:
        case = read_case(folder / CASE_FILE)
        faults = tuple(_paper_faults(folder, case))
        found = read_yield(paper_of(folder), rules)
    except (CaseError, PaperError, NoYear) as error:
        return Result(folder, (str(error),))
    except Exception as error:  # A fault of the program: it fails this case, and the others are still looked at.
        return Result(folder, (_program_fault(error),))
    faults += (*found.problems, *_contradiction_faults(case.contradictions, found.broken))
    return Result(folder, faults, found)


def _program_fault(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"a fault in the program: {type(error).__name__}: {error} ({last.filename}:{last.lineno})"


def _paper_faults(folder: Path, case: Case) -> Iterator[str]:
    paper = paper_of(folder)
    try:
        current = paper.is_file() and paper.read_bytes() == typeset(case)
    except ValueError as error:
        raise CaseError(folder / CASE_FILE, [str(error)]) from error
    if not current:
        yield f"{paper.name} is not what {CASE_FILE} yields. Run: make corpus-typeset"


def _contradiction_faults(declared: Iterable[Contradiction], broken: Iterable[CheckRow]) -> Iterator[str]:
    """Sums that fail and are not declared, and declared ones that do not occur; a sum may fail twice."""
    known, seen = Counter(declared), Counter(map(_contradiction, broken))
    if seen - known:
        title = f"sums fail that {CASE_FILE} does not declare. Where the published paper has it so, add there"
        yield _listed(f"{title}, under contradictions:", seen - known)
    if known - seen:
        yield _listed(f"{CASE_FILE} declares contradictions that do not occur:", known - seen)


def _listed(title: str, contradictions: Counter[Contradiction]) -> str:
    return "\n    ".join([title, *map(_as_yaml, contradictions.elements())])


def _contradiction(check: CheckRow) -> Contradiction:
    difference = Decimal(0) if check.difference is None else check.difference
    return Contradiction(identity=check.identity, where=check.where, difference=difference)


def _as_yaml(contradiction: Contradiction) -> str:
    identity, where = (json.dumps(text, ensure_ascii=False) for text in (contradiction.identity, contradiction.where))
    return f"- {{identity: {identity}, where: {where}, difference: {plain_value(contradiction.difference)}}}"


def _differences(folder: Path, found: Yield) -> dict[str, tuple[Difference, ...]]:
    kept = {name: _kept(folder, name) for name in FILES}
    compared = {name: compare(name, kept[name], found.texts[name]) for name in FILES}
    return {name: differences for name, differences in compared.items() if differences}


def _kept(folder: Path, name: str) -> str:
    try:
        return (folder / KEPT_FOLDER / name).read_bytes().decode()
    except FileNotFoundError as error:
        raise KeptError(f"not accepted yet: make corpus-accept CASE={case_name(folder)}") from error
    except UnicodeDecodeError as error:
        raise KeptError(f"{name} as kept is not UTF-8") from error
