"""Financial years in all the forms that papers print, whole, damaged and cut over cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalise.years import format_year, read_span, read_years, start_of, years_within

# {0}: 2007, {1}: 07, {2}: 2008, {3}: 08.
FORMS = ["{0}/{3}", "{0}-{3}", "{0}–{3}", "{0}—{3}", "{0}‑{3}", "{0}−{3}", "{0} / {3}", "{0}/{2}", "{0}-{2}", "{1}/{3}",
         "{1}-{3}", "FY{3}", "FY {3}", "Target {0}/{3}", "{0}/{3} Target £'000", "Savings\n{0}/{3}"]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2007/08", "2007/08"),
        ("2007-08", "2007/08"),
        ("2007–08", "2007/08"),
        ("07/08", "2007/08"),
        ("2007/2008", "2007/08"),
        ("2007/8", "2007/08"),
        ("2007-8", "2007/08"),
        ("FY08", "2007/08"),
        ("FY2008", "2007/08"),
        ("fy08", "2007/08"),
        ("1999/00", "1999/00"),
        ("1999/2000", "1999/00"),
        ("99/00", "1999/00"),
        ("2009/10", "2009/10"),
        ("Target 2007/08", "2007/08"),
        ("2007/08 Achieved £'000", "2007/08"),
    ],
)
def test_a_year_in_any_form_has_one_name(text: str, year: str) -> None:
    assert read_years(text) == (year,)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("20007/08", "2007/08"),
        ("20 007/08", "2007/08"),
        ("20 007/08 Targ et", "2007/08"),
        ("20 | 007/08 Targ", "2007/08"),
        ("20 11-12", "2011/12"),
        ("2007/\n08", "2007/08"),
        ("2007/0 8", "2007/08"),
        ("2 0 0 7 / 0 8", "2007/08"),
    ],
)
def test_a_damaged_or_cut_year_is_the_one_that_it_contains(text: str, year: str) -> None:
    assert read_years(text) == (year,)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2007/08 2008/09", ("2007/08", "2008/09")),
        ("2008/09 and 2007/08", ("2008/09", "2007/08")),
        ("2007/08 (restated 2007/08)", ("2007/08",)),
        ("2008/09 to 2010/11", ("2008/09", "2010/11")),
        ("2007/08-2010/11", ("2007/08", "2010/11")),
    ],
)
def test_several_years_come_in_order_and_once(text: str, years: tuple[str, ...]) -> None:
    assert read_years(text) == years


@pytest.mark.parametrize("text", ["2008/09-2010/11", "2008/09 – 2010/11", "2008/09 to 2010/11"])
def test_a_span_begins_and_ends_with_its_first_and_last_year(text: str) -> None:
    years = read_years(text)
    assert (years[0], years[-1]) == ("2008/09", "2010/11")


@pytest.mark.parametrize(
    "text",
    ["2007/09", "2007/07", "2008/07", "07/09", "2007", "08", "1,067,000", "150", "01432 260/261", "01432 261912",
     "31/03/2008", "2007/9", "31 March 2008", "12.13", "1/2", "3/4", "10:11", "1066/67", "Year 1", "Fylde", "", "-"],
)  # fmt: skip
def test_what_only_looks_like_a_year_is_none(text: str) -> None:
    assert read_years(text) == ()


@given(st.integers(1990, 2059), st.sampled_from(FORMS))
def test_any_year_in_any_printed_form_is_read_back(start: int, form: str) -> None:
    text = form.format(start, f"{start % 100:02d}", start + 1, f"{(start + 1) % 100:02d}")
    assert read_years(text) == (format_year(start),)
    assert start_of(read_years(text)[0]) == start


@given(st.text())
def test_any_text_is_read_as_years_of_the_right_form_or_none(text: str) -> None:
    for year in read_years(text):
        assert year == format_year(start_of(year))


def test_a_span_of_the_schema_begins_with_its_first_year() -> None:
    assert start_of("2008/09-2010/11") == 2008


@pytest.mark.parametrize(
    ("span", "years"),
    [("2008/09-2010/11", ("2008/09", "2009/10", "2010/11")), ("1999/00-2000/01", ("1999/00", "2000/01")),
     ("2007/08", ("2007/08",))],
)  # fmt: skip
def test_a_span_holds_all_years_from_its_first_to_its_last(span: str, years: tuple[str, ...]) -> None:
    assert years_within(span) == years


@pytest.mark.parametrize(
    ("text", "span"),
    [("Total 2011/12 to 2013/14", "2011/12-2013/14"), ("2011/12-2013/14", "2011/12-2013/14"),
     ("2012-13 - 2014-15", "2012/13-2014/15"), ("Total 12/13\n to 14/15 £m", "2012/13-2014/15"),
     ("2012/13 and 2013/14", ""), ("2013/14 to 2012/13", ""), ("2012/13 (2011/12)", ""), ("2012/13", ""), ("FY13", ""),
     ("2012/13 to date", ""), ("", "")],
)  # fmt: skip
def test_a_span_says_from_which_year_to_which(text: str, span: str) -> None:
    assert read_span(text) == span
