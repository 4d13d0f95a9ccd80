"""Which rule reads a paper, and what the nearest ones lacked."""

from __future__ import annotations

import pytest

from normalise.labels import plain
from rules.apply import map_paper
from rules.load import RuleFile
from rules.mapped import MappedPaper
from rules.match import lacks, matches, rivals
from rules.model import Phrases
from tests.rules.made import PLAN, filled_cells, keys, named, paper, rule

PAPER = """
    Efficiency plan
    Reference | Saving | 2007/08 | 2008/09
    R1        | Buses  | 10      | 20
    """


def claiming(name: str, **phrases: list[str]) -> RuleFile:
    return named(name, rule(PLAN, match=phrases))


CONDITIONS = [
    ({"all": ["Reference", "Saving"]}, 2, ()),
    ({"all": ["efficiency PLAN", "2007 08"]}, 2, ()),
    ({"all": ["Reference", "Appendix"]}, 1, ("lacks “Appendix”",)),
    ({"any": ["Appendix", "Saving"]}, 1, ()),
    ({"any": ["Appendix", "Annex"]}, 0, ("lacks all of “Appendix”, “Annex”",)),
    ({"all": ["Saving"], "none": ["Buses"]}, 1, ("holds “Buses”",)),
    ({"all": ["Saving"], "none": ["Trams"]}, 2, ()),
]


@pytest.mark.parametrize(("phrases", "met", "unmet"), CONDITIONS)
def test_conditions_are_counted_and_what_is_missing_is_said(
    phrases: dict[str, list[str]], met: int, unmet: tuple[str, ...]
) -> None:
    (match,) = matches([claiming("a/plan", **phrases)], paper(PAPER))
    assert (match.met, match.unmet, match.fits) == (met, unmet, not unmet)


def test_the_nearest_rule_comes_first() -> None:
    far = claiming("a/far", all=["Appendix", "Annex"])
    near = claiming("b/near", all=["Reference", "Saving", "Annex"])
    fitting = claiming("c/fitting", all=["Reference"])
    found = matches([far, near, fitting], paper(PAPER))
    assert [match.rule.name for match in found] == ["c/fitting", "b/near", "a/far"]


def test_a_paper_that_no_rule_fits_yields_its_tables_and_an_account_of_them() -> None:
    given = paper(PAPER)
    mapped, rule_file, found = map_paper([claiming("a/far", all=["Appendix", "Saving"])], given)
    assert rule_file is None
    assert [match.unmet for match in found] == [("lacks “Appendix”",)]
    assert mapped.problem.figures == ()
    (table,) = mapped.tables
    assert [row.cells for row in table.rows] == [("R1", "Buses", "10", "20")]
    assert mapped.accounting.flagged == mapped.accounting.cells == filled_cells(given)


def test_without_any_rule_a_paper_is_still_read() -> None:
    mapped, rule_file, found = map_paper([], paper(PAPER))
    assert (rule_file, found, len(mapped.tables)) == (None, (), 1)


def other_tables(name: str, phrases: dict[str, list[str]]) -> RuleFile:
    """A rule for tables that the paper does not hold."""
    other = keys(PLAN)["tables"]["lines"] | {"pages": {"all": ["Appendix F"]}}
    return named(name, rule(PLAN, match=phrases, tables={"lines": other}))


def test_a_rule_whose_words_are_there_and_none_of_its_tables_is_not_taken() -> None:
    wordy = other_tables("a/wordy", {"all": ["Reference", "Saving", "Buses"]})
    mapped, taken, found = map_paper([wordy], paper(PAPER))
    assert taken is None
    assert mapped.problem.figures == ()
    assert found[0].unmet == ("holds its words, but none of its tables",)


def test_the_next_rule_is_taken_where_the_first_finds_none_of_its_tables() -> None:
    wordy = other_tables("a/wordy", {"all": ["Reference", "Saving", "Buses"]})
    plan = claiming("b/plan", all=["Reference", "Saving"])
    mapped, taken, found = map_paper([wordy, plan], paper(PAPER))
    assert taken is plan
    assert len(mapped.problem.figures) == 2
    assert rivals(found) == (found[0],)


def test_the_rule_with_more_conditions_reads_the_paper() -> None:
    general = claiming("a/general", all=["Saving"])
    special = claiming("b/special", all=["Saving", "Efficiency plan"])
    _, taken, found = map_paper([general, special], paper(PAPER))
    assert taken is special
    assert [match.rule.name for match in rivals(found)] == ["b/special"]


def test_two_rules_that_fit_equally_well_are_rivals() -> None:
    one, other = claiming("a/plan", all=["Reference"]), claiming("b/plan", all=["Saving"])
    _, taken, found = map_paper([other, one], paper(PAPER))
    assert taken is one
    assert [match.rule.name for match in rivals(found)] == ["a/plan", "b/plan"]


@pytest.mark.parametrize("name", ["a/wordy", "z/wordy"])
def test_a_rule_without_its_tables_is_no_rival(name: str) -> None:
    plan = claiming("m/plan", all=["Reference", "Saving"])
    _, taken, found = map_paper([other_tables(name, {"all": ["Reference", "Saving"]}), plan], paper(PAPER))
    assert taken is plan
    assert [match.rule.name for match in rivals(found)] == ["m/plan"]


# Two tables of two lines under a total each, for two years: four sums.
BY_RUN = {"name": "run", "total": {"level": "total"}, "of": [{"level": "item"}], "run": True}
LACKING = {"all": ["Reference", "Saving", "2007/08", "Cabinet"]}
TWICE = ["Reference | Saving | 2007/08 | 2008/09", "A1 | Buses | 1 | 2", "A2 | Ink | 3 | 4"]


def lacking_one_word(total: str) -> tuple[MappedPaper, RuleFile | None]:
    plan = named("m/plan", rule(PLAN, match=LACKING, identities=[BY_RUN]))
    table = "\n".join([*TWICE, total])
    mapped, taken, _ = map_paper([plan], paper(f"{table}\n\n{table}"))
    return mapped, taken


def test_a_misread_word_does_not_cost_a_paper_whose_sums_hold() -> None:
    mapped, taken = lacking_one_word("Total | | 4 | 6")
    assert taken is not None
    assert "lacks “Cabinet”" in mapped.problems[0]


def test_a_paper_that_nearly_fits_and_does_not_add_up_is_not_read() -> None:
    _, taken = lacking_one_word("Total | | 9 | 9")
    assert taken is None


def test_an_authority_s_own_rule_goes_before_a_standard_one_and_is_no_rival_of_it() -> None:
    own = named("kent/plan", rule(PLAN, authority={"name": "Kent"}))
    standard = named("standard/plan", rule(PLAN, match={"all": ["Reference", "Saving", "Buses"]}))
    found = matches([standard, own], paper("Reference | Saving | 2024/25\nA1 | Buses in Kent | 10"))
    assert [m.rule.name for m in found] == ["kent/plan", "standard/plan"]
    assert [m.rule.name for m in rivals(found)] == ["kent/plan"]


MISREAD = PAPER.replace("Efficiency plan", "Efficlency plan of al! services")


def test_a_paper_that_misreads_a_letter_of_a_rules_phrase_is_read_and_says_so() -> None:
    mapped, chosen, _ = map_paper([claiming("a/plan", all=["Efficiency plan of all", "Saving"])], paper(MISREAD))
    assert chosen is not None
    assert len(mapped.problem.figures) == 2
    assert mapped.warnings == (
        "the rule a/plan was taken though the paper lacks “Efficiency plan of all” (it holds “efficlencyplanofals”)",
    )


@pytest.mark.parametrize(
    "phrases",
    [
        {"all": ["Efficiency plan of all", "Appendix"]},
        {"all": ["Efficiency plan of all"], "none": ["Buses"]},
        {"all": ["Efficiency plan of all", "2008/10"]},
    ],
)
def test_a_misread_phrase_makes_up_for_no_other_condition(phrases: dict[str, list[str]]) -> None:
    assert map_paper([claiming("a/plan", **phrases)], paper(MISREAD))[1] is None


def test_a_misread_phrase_does_not_claim_the_paper_of_another_council() -> None:
    text = "\nReport of Kent County Council\n\n" + MISREAD
    for name, gss, claimed in (
        ("Surrey County Council", "E10000030", False),
        ("Kent County Council", "E10000016", True),
    ):
        own = rule(PLAN, match={"all": ["Efficiency plan of all"]}, authority={"name": name, "gss": gss})
        assert (map_paper([named("a/plan", own)], paper(text))[1] is not None) is claimed


@pytest.mark.parametrize(
    ("phrases", "text", "lacking"),
    [
        (Phrases(all=("BUDGET - SAVINGS",)), "APPENDIX F: BUDGET ¹ SAVINGS", False),
        (Phrases(all=("BUDGET - SAVINGS",)), "APPENDIX F: BUDGET - SPENDING", True),
        (Phrases(any=("Appendix", "BUDGET - SAVINGS")), "BUDGET 8 SAVINGS", False),
        (Phrases(none=("BUDGET - SAVINGS",)), "BUDGET 8 SAVINGS", False),
        (Phrases(none=("BUDGET - SAVINGS",)), "BUDGET: SAVINGS", True),
        (Phrases(), "", False),
    ],
)
def test_a_page_has_the_words_that_a_table_needs_though_a_letter_is_misread(
    phrases: Phrases, text: str, *, lacking: bool
) -> None:
    assert lacks(phrases, plain(text)) is lacking
