"""Papers against papers, and runs against runs."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from click.testing import CliRunner

from pipeline.command import main
from pipeline.compare import differences
from pipeline.diff import Change, changes_of
from tests.dataset.made import Made, figure

BY = ("authority", "year", "block")


def block(document: str, value: int, **texts: object) -> dict[str, object]:
    return dict(figure(document, value, aes_code=4, aes_block="Environmental services", **texts))


def test_a_plan_is_set_beside_what_came_of_it() -> None:
    rows = [block("forward.pdf", 300), block("outturn.pdf", 100, measure="achieved")]
    (found,) = differences(Made(rows), BY)
    assert (found.first.document, int(found.first.value)) == ("forward.pdf", 300)
    assert (found.second.document, int(found.second.value)) == ("outturn.pdf", 100)
    assert found.difference == -200


def test_a_printed_total_goes_before_the_sum_of_items() -> None:
    rows = [
        block("a.pdf", 60),
        block("a.pdf", 30, row=2),
        block("a.pdf", 100, row=3, level="block", proof="contradicted"),
        block("b.pdf", 90),
    ]
    (found,) = differences(Made(rows), BY)
    assert (found.first.basis, int(found.first.value), found.first.proof) == ("printed total", 100, "contradicted")
    assert (found.second.basis, int(found.second.value)) == ("sum of items", 90)


def test_only_what_is_alike_is_compared() -> None:
    other = [block("b.pdf", 1, kind="cashable"), block("b.pdf", 1, unit="percent"), block("b.pdf", 1, year="2008/09")]
    assert differences(Made([block("a.pdf", 300), *other]), BY) == []
    variance = [block("a.pdf", 300), block("b.pdf", -5, measure="variance")]
    assert differences(Made(variance), BY) == []


def test_one_paper_alone_has_nothing_to_differ_from() -> None:
    assert differences(Made([block("a.pdf", 300), block("a.pdf", 100, measure="achieved")]), BY) == []


def test_lines_are_brought_together_by_their_names() -> None:
    rows = [figure("a.pdf", 5, detail="Bus  contracts"), figure("b.pdf", 7, detail="bus contracts")]
    (found,) = differences(Made(rows), ("year", "detail"))
    assert found.difference == 2


def test_the_two_papers_of_a_year_differ(run_folder: Path) -> None:
    result = CliRunner().invoke(main, ["compare", str(run_folder), "--csv"])
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert result.exit_code == 0
    corporate = [r for r in rows if r["block"] == "corporateservices" and r["kind"] == "cashable"]
    pairs = {(r["value_first"], r["measure_second"], r["value_second"]) for r in corporate}
    assert ("1067000", "achieved", "182000") in pairs
    sizes = [abs(int(r["difference"])) for r in rows]
    assert sizes == sorted(sizes, reverse=True)


def test_an_unknown_name_is_wrong_usage(run_folder: Path) -> None:
    result = CliRunner().invoke(main, ["compare", str(run_folder), "--by", "colour"])
    assert result.exit_code == 2
    assert "colour" in result.stderr


def changed(before: list[dict[str, object]], after: list[dict[str, object]]) -> list[Change]:
    return [found.change for found in changes_of(Made(before), Made(after))]


def test_every_sort_of_change_is_named() -> None:
    one = dict(figure(value=10))
    assert changed([one], [one]) == []
    assert changed([], [one]) == [Change.NEW]
    assert changed([one], []) == [Change.GONE]
    assert changed([one], [one | dict(figure(value=11))]) == [Change.CHANGED]
    doubtful = one | {"proof": "ambiguous"}
    assert changed([doubtful], [one]) == [Change.NOW_RIGHT]
    assert changed([one], [doubtful]) == [Change.NOW_DOUBTFUL]
    assert changed([one], [one | {"service": "Libraries"}]) == [Change.TEXTS]


def test_a_figure_that_moved_is_the_same() -> None:
    one = dict(figure(value=10, detail="Buses", row=4))
    assert changed([one], [one | {"row": 5}]) == []


def test_papers_are_told_apart() -> None:
    first = [figure("a.pdf", 1), figure("c.pdf", 3)]
    second = [figure("b.pdf", 2), figure("c.pdf", 3)]
    found = {(c.change, c.row["document"]) for c in changes_of(Made(first), Made(second))}
    assert found == {(Change.GONE, "a.pdf"), (Change.NEW, "b.pdf")}


def test_a_run_does_not_differ_from_itself(run_folder: Path) -> None:
    result = CliRunner().invoke(main, ["diff", str(run_folder), str(run_folder)])
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no figure differs" in result.stderr
