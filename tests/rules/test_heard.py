"""What witnesses of a scan say becomes readings; what they differ on is marked until a sum decides."""

from __future__ import annotations

from decimal import Decimal

from extract.paper import Witness
from normalise.grid import GridCell
from normalise.heard import contested_words, of_part
from normalise.rows import Placed
from rules.amounts import Convention, readings
from rules.heard import hear, hear_code
from savings.schema import CodeReading, How, Unit

THOUSANDS = Convention(Unit.GBP, 1, 1000)


def placed(text: str, *witnesses: Witness) -> Placed:
    return Placed(text, (GridCell(text, text, 0, None, witnesses),))


def test_another_witness_is_another_reading_and_contests_the_first() -> None:
    cell = placed("182", Witness("one", "182"), Witness("other", "132", 2))
    found = hear(cell, THOUSANDS, readings("182", THOUSANDS))
    assert [(r.value, r.how, r.cost) for r in found.readings] == [(Decimal(132_000), How.REPAIRED, 2)]
    assert "other reads '132'" in found.contested


def test_the_same_amount_in_other_words_contests_nothing() -> None:
    cell = placed("1,067", Witness("one", "1,067"), Witness("other", "1, 067", 2))
    assert hear(cell, THOUSANDS, readings("1,067", THOUSANDS)).contested == ""


def test_a_witness_that_reads_no_amount_contests() -> None:
    assert hear(placed("61", Witness("other", "G!", 2)), THOUSANDS, readings("61", THOUSANDS)).contested


def test_hearsay_is_a_reading_and_no_doubt() -> None:
    found = hear(placed("61", Witness("text layer", "67", 5)), THOUSANDS, readings("61", THOUSANDS))
    assert [r.value for r in found.readings] == [67_000]
    assert found.contested == ""


def test_codes_that_witnesses_read_are_candidates() -> None:
    codes = hear_code(placed("11", Witness("other", "1", 2)), 1, 14, (CodeReading(11, How.PRINTED),))
    assert [(c.code, c.cost) for c in codes] == [(1, 2)]


def test_witnesses_of_a_cell_are_asked_for_a_part_of_it_by_the_order_of_words() -> None:
    said = of_part("Total 120 134", "134", [Witness("a", "Total 120 134"), Witness("b", "Total 120 184", 2)])
    assert said == (Witness("a", "134"), Witness("b", "184", 2))


def test_contested_words_are_those_with_digits_that_a_rival_does_not_read() -> None:
    rival = Witness("other", "savings of £18m in 2007", 2)
    assert contested_words("savings of £1.8m in 2007", [rival]) == {"£1.8m"}
    assert not contested_words("savings of £1.8m", [Witness("text layer", "£18m", 5)])
