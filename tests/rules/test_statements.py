"""Figures in prose: lists, "respectively", what is carried over, and what the context gives."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from extract.paper import Box, Cell, Page, Paper, PaperKind, PrintedTable, Row, TextLine, Witness
from rules.model import Rule
from rules.statements import find_sentences
from savings.schema import How
from tests.rules.made import read

FIND = r"(?P<kind>(?:non.?)?cashable) savings of (?P<amount>£[\d.,]*\d[km]?)(?: in (?P<year>\d{4}/\d\d))?"


def prose(text: str, *figures: dict[str, Any], **more: Any) -> Rule:
    statement = {"name": "said", "text": text, "figures": list(figures), **more}
    return Rule.model_validate(
        {
            "authority": {"name": "Made-up Council"},
            "layout": "prose",
            "match": {"all": ["savings"]},
            "year": "2007/08",
            "scale": "suffix",
            "statements": [statement],
        }
    )


def said(made: Rule, text: str) -> list[tuple[str, str, Decimal | None, How]]:
    found = read(made, text)
    figures = found.mapped.problem.figures
    return [
        (f.year, f.kind, d.reading.value, d.reading.how) for f, d in zip(figures, found.outcome.decisions, strict=True)
    ]


def test_each_amount_of_a_sentence_with_its_own_year_and_kind() -> None:
    made = prose(r"Foster support.*", {"find": FIND, "measure": "target"})
    text = "Foster support: non-cashable savings of £682,000 in 2007/08 and cashable savings of £105k in 2008/09"
    assert said(made, text) == [
        ("2007/08", "non_cashable", Decimal(682_000), How.PRINTED),
        ("2008/09", "cashable", Decimal(105_000), How.PRINTED),
    ]


def test_a_year_that_the_sentence_leaves_out_is_carried_over_and_marked() -> None:
    made = prose(r"Foster support.*", {"find": FIND, "measure": "target"})
    text = "Foster support: cashable savings of £5k in 2008/09 and non-cashable savings of £7k"
    assert said(made, text)[1] == ("2008/09", "non_cashable", Decimal(7_000), How.INFERRED)


def test_amounts_and_years_that_follow_respectively() -> None:
    find = r"in (?P<years>\d{4}/\d\d and \d{4}/\d\d) are (?P<amounts>£\d+k and £\d+k) respectively"
    made = prose("Targets .*", {"find": find, "measure": "target", "kind": "total"})
    found = said(made, "Targets for savings in 2006/07 and 2007/08 are £430k and £1530k respectively.")
    assert [(year, value) for year, _, value, _ in found] == [
        ("2006/07", Decimal(430_000)),
        ("2007/08", Decimal(1_530_000)),
    ]


def test_a_list_of_percentages_over_years_that_the_rule_names() -> None:
    find = {"find": "will be (?P<amounts>.*) in each", "measure": "target", "years": ["base", "base+1", "base+2"]}
    found = said(prose("The target .*", find), "The target for savings will be 3%, 3% and 3.4% in each of three years")
    assert [(year, value) for year, _, value, _ in found] == [
        ("2007/08", Decimal(3)),
        ("2008/09", Decimal(3)),
        ("2009/10", Decimal("3.4")),
    ]


def test_an_amount_without_its_m_takes_that_of_its_neighbour_and_says_so() -> None:
    find = {"find": r"(?P<amount>£[\d.]+m?) (?P<kind>(?:non )?cashable)", "measure": "target"}
    found = said(prose("Savings target .*", find), "Savings target is £1m cashable and £0.5 non cashable")
    assert [(value, how) for _, _, value, how in found] == [
        (Decimal(1_000_000), How.INFERRED),
        (Decimal(500_000), How.REPAIRED),
    ]


def test_words_that_state_an_amount() -> None:
    find = {"find": "was not achieved", "measure": "achieved", "value": 0}
    found = said(prose("The savings .*", find), "The savings of last year was not achieved")
    assert found == [("2007/08", "total", Decimal(0), How.INFERRED)]


@pytest.mark.parametrize("text", ["Grants of £5m for savings banks", "Savings were discussed"])
def test_other_sentences_give_nothing(text: str) -> None:
    assert said(prose(r"Foster support.*", {"find": FIND, "measure": "target"}), text) == []


@pytest.mark.parametrize(
    ("after", "doubt"), [(" in 0809", True), (" in O8/O9", True), (" in 08/09", False), (" in May", False), ("", False)]
)
def test_a_year_behind_an_amount_that_cannot_be_read_is_in_doubt(after: str, *, doubt: bool) -> None:
    made = prose(r"Foster support.*", {"find": FIND.replace(r"\d{4}/", r"\d\d/"), "measure": "target"})
    found = read(made, f"Foster support: cashable savings of £105k{after}")
    (figure,) = found.mapped.problem.figures
    assert bool(figure.doubt) is doubt


SHORTFALL = (r"Savings of £[\d.]+m were not achieved", {"find": r"of (?P<amount>£[\d.]+m)", "measure": "target"})


def scanned(text: str, *witnesses: Witness, in_table: bool) -> Paper:
    box = Box(0, 0, 300, 10)
    if in_table:
        row = Row(1, (Cell(text, 0, box=box, witnesses=witnesses),), box)
        page = Page(1, tables=(PrintedTable(1, 1, 1, (row,), "ruled", box),))
    else:
        page = Page(1, lines=(TextLine(1, 1, text, box, witnesses),))
    return Paper("scan.pdf", "0", PaperKind.PDF, (page,))


@pytest.mark.parametrize("in_table", [True, False])
def test_a_sentence_that_one_witness_of_a_scan_alone_reads_is_contested(*, in_table: bool) -> None:
    read_, other = "Savings of £1.5m were no achieved", "Savings of £1.5m were not achieved"
    rule = prose(*SHORTFALL)
    paper = scanned(read_, Witness("one", read_), Witness("other", other, 2), in_table=in_table)
    (sentence,) = find_sentences(rule, paper, "2007/08")
    assert [(f.raw, bool(f.contested)) for f in sentence.figures] == [("£1.5m", True)]
    agreed = scanned(other, Witness("one", other), Witness("other", other), in_table=in_table)
    (sentence,) = find_sentences(rule, agreed, "2007/08")
    assert [f.contested for f in sentence.figures] == [""]


@pytest.mark.parametrize("in_table", [True, False])
def test_a_sentence_that_all_read_is_found_once(*, in_table: bool) -> None:
    one, other = "A: Savings of £1.5m were not achieved", "B: Savings of £1.5m were not achieved"
    paper = scanned(one, Witness("one", one), Witness("other", other, 2), in_table=in_table)
    assert len(find_sentences(prose(*SHORTFALL), paper, "2007/08")) == 1


@pytest.mark.parametrize(("text", "told"), [("Savings of £1.5m were not achieved", False), ("Nothing was saved", True)])
def test_a_statement_that_a_paper_does_not_make_is_told(text: str, *, told: bool) -> None:
    warnings = read(prose(*SHORTFALL), f"{text}\n\nsavings | 2").mapped.warnings
    assert any("statement 'said'" in warning for warning in warnings) is told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Savings of £2m | were not found", True),
        ("Non-cashable gains | £45,500", True),
        ("Costs of £2m | were found", False),
        ("Savings of 3% | were not found", False),
    ],
)
def test_a_row_about_savings_that_no_statement_reads_is_told(text: str, *, told: bool) -> None:
    paper = f"Savings of £1.5m were not achieved\n\nsavings | 2\n{text}"
    (*_, warning) = ("", *read(prose(*SHORTFALL), paper).mapped.warnings)
    assert ("no statement of the rule reads: 1, the first on page 1" in warning) is told


@pytest.mark.parametrize(
    ("rest", "told"), [("", False), (". Costs of £4m", False), (", 2010/1I 3.4%", True), (" and £4m more", True)]
)
def test_an_amount_with_which_a_sentence_goes_on_is_told(rest: str, *, told: bool) -> None:
    made = prose(r"targets for (?:\d{4}/\d\d [\d.]+%)", {"find": r"(?P<amount>[\d.]+%)", "measure": "target"})
    warnings = read(made, f"Savings targets for 2009/10 3%{rest}\n\nsavings | 2").mapped.warnings
    assert any("no statement of the rule reads: 1" in warning for warning in warnings) is told


@pytest.mark.parametrize(("word", "told"), [("quality", False), ("qua1ity", True)])
def test_an_amount_of_a_sentence_that_its_statement_does_not_find_is_told(word: str, *, told: bool) -> None:
    made = prose(r"Savings of .*", {"find": r"of (?P<amount>£[\d.]+m) (?:cash|quality)", "measure": "target"})
    warnings = read(made, f"Savings of £2m cash and of £3m {word}\n\nsavings | 2").mapped.warnings
    assert any("no statement of the rule reads: 1" in warning for warning in warnings) is told
