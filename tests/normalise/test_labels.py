"""Likeness of labels: a damaged header stays closer to what it says than to its neighbours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalise.labels import contains, likeness, nearly_in, plain

HEADERS = [
    "AES",
    "Directorate",
    "Area",
    "Detail",
    "Cashable",
    "Non cashable",
    "Total",
    "Comments",
    "Target",
    "Achieved",
]


@pytest.mark.parametrize("label", HEADERS)
@pytest.mark.parametrize("other", HEADERS)
def test_no_header_is_as_like_another_as_itself(label: str, other: str) -> None:
    assert likeness(label, label) == 1
    assert label == other or likeness(label, other) < 1


@pytest.mark.parametrize(
    ("printed", "label"),
    [("NON-CASHABLE", "Non cashable"), ("Non  cashable:", "Non cashable"), ("Direct orate", "Directorate"),
     ("Targ\net", "Target"), ("£'000", "£000"), ("(Total)", "Total")],
)  # fmt: skip
def test_case_spaces_and_punctuation_do_not_count(printed: str, label: str) -> None:
    assert likeness(printed, label) == 1


@pytest.mark.parametrize(
    ("printed", "label"),
    [("Cashabl", "Cashable"), ("CashabIe", "Cashable"), ("Non cashabie", "Non cashable"),
     ("on cashable", "Non cashable"),
     ("Tota1", "Total"), ("T0tal", "Total"), ("Totals", "Total"), ("Targ", "Target"), ("Tarqet", "Target"),
     ("Director", "Directorate"), ("S Directorate", "Directorate"), ("Detai1", "Detail"), ("Achievement", "Achieved"),
     ("Comment", "Comments"), ("A ES", "AES"), ("AE", "AES"), ("20 007/08 Targ et", "Target"),
     ("Total saving £'000", "Total"), ("Savings achieved to date", "Achieved")],
)  # fmt: skip
def test_a_damaged_header_is_likest_its_own_label(printed: str, label: str) -> None:
    assert max(HEADERS, key=lambda header: likeness(printed, header)) == label


@pytest.mark.parametrize(
    ("likelier", "less_like", "label"),
    [
        ("Cashable", "Non cashable", "Cashable"),
        ("Cashabl", "Cash", "Cashable"),
        ("Total", "Total saving", "Total"),
        ("Total saving", "Trend", "Total"),
        ("Savings target 2007/08", "Savings outturn 2007/08", "Target"),
    ],
)
def test_more_of_a_label_is_more_alike(likelier: str, less_like: str, label: str) -> None:
    assert likeness(likelier, label) > likeness(less_like, label)


def test_a_label_that_stands_whole_in_a_longer_text_is_nearly_all_of_it() -> None:
    assert 0.8 < likeness("Savings target for the financial year 2007/08, £'000", "Target") < 1
    assert likeness("Savings outturn for the financial year 2007/08, £'000", "Target") < 0.6


@given(st.text(), st.text())
def test_likeness_is_a_share_and_nothing_is_like_an_empty_text(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, "") == likeness("", one) == 0


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("Annual Efficiency Statement 2007/08", "efficiency statement", True),
        ("Non-\ncashable", "non cashable", True),
        ("Effi ciency", "Efficiency", True),
        ("Targets under N1179, 2OO9", "NI 179, 2009", True),
        ("Cashable", "non cashable", False),
        ("NI 185", "NI 186", False),
        ("", "AES", False),
    ],
)
def test_a_text_contains_a_phrase_spaces_punctuation_and_look_alikes_aside(text: str, phrase: str, found: bool) -> None:
    assert contains(plain(text), phrase) is found


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("Wycbury and Oakvale Committee, 1", "Wychbury and Oakvale Committee", "wycburyandoakvalecommittee"),
        ("Annual Efflciency Statemeut", "Annual Efficiency Statement", "annualefflciencystatemeut"),
        ("Annual Efficiency Statement 2006/07", "Annual Efficiency Statement 2007/08", ""),
        ("Annua! Efficiency Plan 2007/08", "Annual Efficiency Plan 2007/08", "annuaefficiencyplan200708"),
        ("South Yorkshire County Council", "North Yorkshire County Council", ""),
        ("East Riding of Yorkshire", "West Riding of Yorkshire", ""),
        ("Savjngs", "Savings", ""),
        ("", "Annual Efficiency Statement", ""),
    ],
)
def test_a_longer_phrase_may_be_misread_by_a_letter_in_a_dozen(text: str, phrase: str, found: str) -> None:
    assert nearly_in(plain(text), phrase) == found
