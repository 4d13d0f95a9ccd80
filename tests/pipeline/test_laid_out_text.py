"""A report laid out by spaces gives the figures that the same report with tabs gives."""

from __future__ import annotations

from dataclasses import replace

from extract.text import read_text
from tests.rules.made import PLAN, Found, paper, read, rule

SPACES = """\
                          Savings plan

Reference   Saving                                   2007/08    2008/09

R1          Buses that run less often in the              10         20
            evening and on Sundays
R2          Lighting                                       5          -

R3          Postage                                                  12

\f                         Savings plan, continued

Reference   Saving                                   2007/08    2008/09

R4          Insurance                                      7      1,000
R5          Head count, looked at post by post            30         40

            Total                                         52      1,072
"""
TABS = """
    Savings plan

    Reference | Saving | 2007/08 | 2008/09
    R1 | Buses that run less often in the evening and on Sundays | 10 | 20
    R2 | Lighting | 5 | -
    R3 | Postage | | 12
    ====
    Savings plan, continued

    Reference | Saving | 2007/08 | 2008/09
    R4 | Insurance | 7 | 1,000
    R5 | Head count, looked at post by post | 30 | 40
     | Total | 52 | 1,072
    """


def test_spaces_and_tabs_give_the_same_figures_sums_and_marks() -> None:
    spaces, tabs = read(rule(PLAN), read_text("report.txt", "00", SPACES)), read(rule(PLAN), paper(TABS))
    for one, other in zip(_seen(spaces), _seen(tabs), strict=True):
        assert one == other
    assert spaces.sums == ["lines = total: 52 of 52 holds", "lines = total: 1072 of 1072 holds"]
    assert spaces.flags == []


def _seen(found: Found) -> tuple[object, ...]:
    return (found.figures, found.marks, found.sums, found.levels)


def test_a_figure_of_a_text_report_has_its_page_and_line_and_no_box() -> None:
    found = read(rule(PLAN), read_text("report.txt", "00", SPACES))
    places = {replace(f.place, column=0) for f in found.mapped.problem.figures}
    assert {(p.page, p.row) for p in places} == {(1, 5), (1, 7), (1, 9), (2, 15), (2, 16), (2, 18)}
    assert {p.box for p in places} == {None}
