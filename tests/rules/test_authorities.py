"""Whose paper it is: every council of the list is known by its name, and by no other council's."""

from __future__ import annotations

import pytest

from rules.authorities import Known, authority_of, is_of_another, known_councils
from rules.model import Authority
from tests.rules.made import paper

STYLES = {
    "county": "County Council",
    "district": "District Council",
    "metropolitan": "Metropolitan Borough Council",
    "london": "Borough Council",
}
# A corporation, and a name in Gaelic letters: no code is given, which is not a wrong one.
NOT_KNOWN = {"City of London", "Na h-Eileanan Siar"}
COUNCILS = sorted({council for found in known_councils().values() for council in found}, key=lambda c: c.gss)


def test_every_council_is_known_by_its_name() -> None:
    wrong = {c.name: found for c in COUNCILS if (found := code(c)) != ("" if c.name in NOT_KNOWN else c.gss)}
    assert wrong == {}


def code(council: Known) -> str:
    return authority_of(paper(f"{council.name} {STYLES.get(council.kind, 'Council')}")).authority.gss


def test_codes_are_given_once() -> None:
    assert len({council.gss for council in COUNCILS}) == len(COUNCILS) > 400


@pytest.mark.parametrize(
    ("text", "another"),
    [
        ("Wyverton Borough Council\n\nSavings", "Wyverton Borough Council"),
        ("Wyverton Borough Council and Kent partners\n\nSavings", ""),
        ("Savings of the year", ""),
        ("The rise of council tax\n\nSavings", ""),
    ],
)
def test_a_paper_of_another_council_is_told_by_its_first_page(text: str, another: str) -> None:
    assert is_of_another(paper(text), Authority(name="Kent County Council")) == another
