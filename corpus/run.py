"""Cases against what is kept of them, and how what one yields is accepted."""

from __future__ import annotations

import json
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from pebble import ProcessExpired, ProcessPool

from corpus.case import Case, CaseError, Contradiction, Given, read_any
from corpus.differences import Difference, KeptError, compare
from corpus.folders import CASE_FILE, KEPT_FOLDER, case_name, paper_of
from corpus.typeset import typeset
from corpus.yields import FIGURES, FILES, Yield, read_yield
from extract.errors import PaperError
from pipeline.records import CheckRow, plain_value
from rules.load import RuleFile
from rules.years import NoYear


@dataclass(frozen=True)
class Result:
    """What became of a case. `faults` are wrong in themselves; `differences`, by file, are from what is kept.

    `accepted` are the differences that were accepted, by file; None where nothing was, or nothing was kept before.
    """

    folder: Path
    faults: tuple[str, ...] = ()
    found: Yield | None = None
    differences: Mapping[str, Sequence[Difference]] = field(default_factory=dict)
    accepted: Mapping[str, Sequence[Difference]] | None = None

    @property
    def name(self) -> str:
        """The case's name, authority/case."""
        return case_name(self.folder)

    @property
    def ok(self) -> bool:
        """Whether the case yields what it must, and nothing is wrong with it."""
        return not self.faults and not self.differences

    @property
    def money(self) -> Decimal:
        """By how much its figures are wrong, in pounds."""
        return sum((difference.money for difference in self.differences.get(FIGURES, ())), Decimal(0))


def check_all(folders: Sequence[Path], rules: Sequence[RuleFile], jobs: int) -> Iterator[Result]:
    """Check cases side by side, in as many processes as `jobs`; the results come in the order of the folders."""
    if jobs == 1 or len(folders) == 1:
        yield from (check(folder, rules) for folder in folders)
        return
    with ProcessPool(max_workers=min(jobs, len(folders)), initializer=_start, initargs=(tuple(rules),)) as pool:
        waiting = [(folder, pool.schedule(_check, args=(folder,))) for folder in folders]
        for folder, future in waiting:
            try:
                yield future.result()
            except ProcessExpired as error:
                yield Result(folder, (f"a fault in the program: its process ended with exit code {error.exitcode}",))


_rules: Sequence[RuleFile] = ()


def _start(rules: Sequence[RuleFile]) -> None:
    """Rules are sent to each process once."""
    global _rules  # noqa: PLW0603
    _rules = rules


def _check(folder: Path) -> Result:
    return check(folder, _rules)


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
    if result.found is None or result.faults:
        return result
    accepted = _accepted(folder, result.found)
    kept = folder / KEPT_FOLDER
    kept.mkdir(exist_ok=True)
    for name, text in result.found.texts.items():
        (kept / name).write_bytes(text.encode())
    return replace(result, accepted=accepted)


def _accepted(folder: Path, found: Yield) -> dict[str, tuple[Difference, ...]] | None:
    try:
        return _differences(folder, found)
    except KeptError:
        return None


def examine(folder: Path, rules: Sequence[RuleFile]) -> Result:
    """Read the paper of a case and say what is wrong without a look at what is kept."""
    try:
        case = read_any(folder / CASE_FILE)
        faults = tuple(_given_faults(folder, case) if isinstance(case, Given) else _paper_faults(folder, case))
        found = read_yield(paper_of_case(folder, case), rules)
    except (CaseError, PaperError, NoYear) as error:
        return Result(folder, (str(error),))
    except Exception as error:  # A fault of the program: it fails this case, and the others are still looked at.
        return Result(folder, (_program_fault(error),))
    faults += (*found.problems, *_contradiction_faults(case.contradictions, found.broken))
    return Result(folder, faults, found)


def _program_fault(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"a fault in the program: {type(error).__name__}: {error} ({last.filename}:{last.lineno})"


def paper_of_case(folder: Path, case: Case | Given) -> Path:
    """Say where the paper of a case lies: typeset, or as it was published."""
    return folder / case.paper if isinstance(case, Given) else paper_of(folder)


def _given_faults(folder: Path, case: Given) -> Iterator[str]:
    paper = folder / case.paper
    if paper.is_file() and sha256(paper.read_bytes()).hexdigest() != case.sha256:
        yield f"{paper.name} is not the paper that {CASE_FILE} names by its sha256. Put that one back"


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
