"""The report on cases: what is as it must be, what is not, and where to look first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpus.differences import Difference, describe_figures
from corpus.run import Result
from corpus.yields import CHECKS, FIGURES, MEANT, PRINTED, Yield
from pipeline.summary import contradiction

# What each kept file shows, and the packages whose change shows there first.
STAGES = {
    PRINTED: ("tables as printed", "extract/"),
    MEANT: ("tables as meant", "normalise/ and rules/"),
    FIGURES: ("figures", "rules/ and savings/"),
    CHECKS: ("sums", "rules/ and savings/"),
}


def report(result: Result, show: int) -> Iterator[str]:
    """Report on a case that was checked, with at most `show` differences of each stage."""
    if result.ok:
        yield f"ok       {_head(result)}"
        return
    money = f"; £{result.money:,.0f} wrong" if result.money else ""
    yield f"{'DIFFERS' if result.differences else 'FAILS  '}  {_head(result)}{money}"
    yield from _faults(result)
    if result.differences:
        title, where = STAGES[next(iter(result.differences))]
        yield f"  look first at: {title} ({where})"
    for file, differences in result.differences.items():
        yield from _stage(STAGES[file][0], differences, show)


def report_accepted(result: Result) -> Iterator[str]:
    """Report on a case that was to be accepted: all that changed, or, where nothing was kept before, every figure."""
    if result.found is None or result.faults:
        yield f"REFUSED  {_head(result)}"
        yield from _faults(result)
        return
    found = result.found
    yield f"accepted {_head(result)}; {found.holding} sums hold, {len(found.broken)} fail as declared"
    for check in found.broken:
        yield f"  {contradiction(check)}"
    if result.accepted is None:
        yield from (f"  {figure}" for figure in describe_figures(found.texts[FIGURES]))
        return
    for file, differences in result.accepted.items():
        yield from _stage(STAGES[file][0], differences, len(differences))


def report_all(number: int, wrong: int) -> str:
    """Sum up a run over so many cases."""
    cases = f"{number} case{'' if number == 1 else 's'}"
    return f"{cases}, {wrong} not as it must be" if wrong else f"{cases}, all as it must be"


def worst_first(results: Sequence[Result]) -> list[Result]:
    """Sort cases that are not as they must be: those that could not be read, then by the money that is wrong."""
    return sorted(results, key=lambda result: (result.found is not None, -result.money, result.name))


def share(part: int, whole: int) -> str:
    """Say what share a part is of a whole; only all of it is 100%."""
    return f"{100 * part // whole}%" if whole else "–"


def _head(result: Result) -> str:
    return f"{result.name}: {_counts(result.found)}" if result.found else result.name


def _counts(found: Yield) -> str:
    return f"{len(found.figures)} figures, {share(found.reconciled, len(found.figures))} reconciled"


def _faults(result: Result) -> Iterator[str]:
    for fault in result.faults:
        yield f"  {fault}"


def _stage(title: str, differences: Sequence[Difference], show: int) -> Iterator[str]:
    yield f"  {title}: {len(differences)} {'difference' if len(differences) == 1 else 'differences'}"
    for difference in differences[:show]:
        yield f"    {difference}"
    if len(differences) > show:
        yield f"    … and {len(differences) - show} more"
