"""A run from papers to files: the contract of the outputs, what is said on the way, and the exit status."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pipeline.conftest import Ran, run_savings, write_rule
from tests.rules.made import BANDED, PLAN

Savings = Callable[..., Ran]
WritePaper = Callable[..., Path]
ROOT = Path(__file__).parents[2]

COLUMNS = {
    "figures.csv": "authority gss_code document sha256 page row level aes_code aes_how aes_block reference category "
    "directorate service detail partner year measure kind recurrence part value unit how proof raw comment progress "
    "rule x0 top x1 bottom",
    "checks.csv": "document sha256 rule identity where page row expected found difference verdict suspects figures "
    "note",
}


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_the_columns_are_those_of_the_contract_in_its_order(savings: Savings, paper: WritePaper, name: str) -> None:
    ran = savings(paper())
    header = (ran.out / name).read_text(encoding="utf-8").split("\n", 1)[0]
    assert header == ",".join(COLUMNS[name].split())


def test_all_files_of_the_contract_are_written_even_where_nothing_was_found(savings: Savings, tmp_path: Path) -> None:
    ran = savings(tmp_path / "nothing.pdf")
    for name in ("figures.csv", "checks.csv", "repairs.csv"):
        assert ran.rows(name) == []
        assert (ran.out / name).read_text().count("\n") == 1
    assert (ran.out / "tables").is_dir()


def test_a_figure_is_told_in_full(savings: Savings, paper: WritePaper) -> None:
    ran = savings(paper())
    assert ran.status == 0
    figures = ran.rows("figures.csv")
    said = [(f["row"], f["level"], f["detail"], f["year"], f["value"], f["how"], f["proof"], f["raw"]) for f in figures]
    assert said == [
        ("2", "item", "Buses", "2007/08", "10000", "printed", "reconciled", "10"),
        ("2", "item", "Buses", "2008/09", "20000", "printed", "reconciled", "20"),
        ("3", "item", "Lighting", "2007/08", "5000", "printed", "reconciled", "5"),
        ("3", "item", "Lighting", "2008/09", "0", "nil", "reconciled", "-"),
        ("4", "total", "Total", "2007/08", "15000", "printed", "reconciled", "15"),
        ("4", "total", "Total", "2008/09", "20000", "printed", "reconciled", "20"),
    ]
    first = figures[0]
    expected = {"authority": "Made-up Council", "gss_code": "E06000001", "document": "plan.txt", "page": "1"}
    expected |= {"reference": "R1", "measure": "target", "kind": "total", "unit": "GBP", "rule": "made-up/plan"}
    expected |= dict.fromkeys(("x0", "top", "x1", "bottom", "aes_code", "part", "recurrence", "progress"), "")
    assert {name: first[name] for name in expected} == expected


def test_checks_tie_the_figures_that_they_are_about(savings: Savings, paper: WritePaper) -> None:
    ran = savings(paper())
    check = ran.rows("checks.csv")[0]
    assert (check["expected"], check["found"], check["difference"], check["verdict"]) == (
        "15000",
        "15000",
        "0",
        "holds",
    )
    assert check["figures"].split() == [f"1.{row}.2007/08.target.total" for row in (4, 2, 3)]


def test_a_paper_says_how_many_cells_it_has_and_what_became_of_them(savings: Savings, paper: WritePaper) -> None:
    row = savings(paper("noted.txt", GOOD_AND_MORE)).paper("noted.txt")
    assert (row["cells"], row["mapped"], row["ignored"], row["flagged"]) == ("15", "7", "4", "4")
    assert "page 1 row 5: 'North'" in row["flags"]
    assert (row["status"], row["rule"], row["figures"], row["pages"]) == ("ok", "made-up/plan", "4", "1")


GOOD_AND_MORE = """
    Reference | Saving   | 2007/08 | 2008/09
    R1        | Buses    | 10      | 20
              | Total    | 10      | 20

    North     | 512
    South     | 384
    """


def test_tables_as_meant_are_written_mapped_or_not(savings: Savings, paper: WritePaper) -> None:
    given = paper("noted.txt", GOOD_AND_MORE)
    ran = savings(given)
    (folder,) = (ran.out / "tables").iterdir()
    assert folder.name == f"noted.txt-{ran.paper('noted.txt')['sha256'][:8]}"
    index = (folder / "index.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[1] for line in index] == ["table", "lines", ""]
    mapped = (folder / "001-lines.csv").read_text(encoding="utf-8").splitlines()
    assert mapped[1] == "1,2,item,R1,Buses,10,20"
    assert "North" in (folder / "002-unmapped.csv").read_text(encoding="utf-8")


CONTRADICTED = """
    Reference | Saving | 2007/08 | 2008/09
    R1        | Buses  | 10      | 20
    R2        | Ink    | 25      | 1
              | Total  | 53      | 21
    """


def test_a_contradiction_is_reported_as_a_sum_and_changes_nothing(savings: Savings, paper: WritePaper) -> None:
    ran = savings(paper("plan.txt", CONTRADICTED))
    assert ran.status == 0
    assert [f["value"] for f in ran.rows("figures.csv") if f["proof"] == "contradicted"] == ["10000", "25000", "53000"]
    assert [f["value"] for f in ran.rows("figures.csv") if f["proof"] == "reconciled"] == ["20000", "1000", "21000"]
    assert "plan.txt, page 1 row 4: lines, Total: 2007/08 target total: 35,000 found, 53,000 printed" in ran.stderr


def test_stdout_is_empty_and_stderr_says_what_was_found(savings: Savings, paper: WritePaper) -> None:
    ran = savings(paper())
    assert ran.stdout == ""
    said = " ".join(ran.stderr.split())
    assert "papers 1 1 read" in said
    assert "figures 6 5 printed, 1 nil" in said
    assert "reconciled 6 100%" in said
    assert str(ran.out / "figures.csv") in ran.stderr


@pytest.mark.parametrize(("given", "status"), [(["good"], 0), (["good", "bad"], 1), (["bad"], 1)])
def test_the_exit_status_says_whether_every_paper_was_read(
    savings: Savings, paper: WritePaper, given: list[str], status: int
) -> None:
    papers = {"good": paper("good.txt"), "bad": paper("bad.txt", "A | B\nC | D")}
    assert savings(*(papers[name] for name in given)).status == status


UNDATED = """
    Saving | Cashable | Non cashable | Total | Remarks
    Buses  | 10       | 5            | 15    |
    """


def test_a_paper_without_a_year_fails_alone_and_says_why(savings: Savings, paper: WritePaper, rules: Path) -> None:
    write_rule(rules, "made-up/banded", BANDED)
    ran = savings(paper("a.txt", UNDATED), paper("b.txt"))
    assert (ran.status, ran.statuses) == (1, {"a.txt": "failed", "b.txt": "ok"})
    assert "no financial year is printed" in ran.paper("a.txt")["error"]
    assert {f["document"] for f in ran.rows("figures.csv")} == {"b.txt"}


def test_rules_that_claim_the_same_paper_are_named(savings: Savings, paper: WritePaper, rules: Path) -> None:
    write_rule(rules, "other/plan", PLAN)
    ran = savings(paper())
    assert (ran.status, ran.statuses) == (1, {"plan.txt": "partial"})
    assert "made-up/plan, other/plan" in ran.paper("plan.txt")["error"]
    # Each figure once, by one of the two.
    assert len(ran.rows("figures.csv")) == 6


def test_a_table_of_the_rule_that_is_not_in_the_paper_makes_it_partial(
    savings: Savings, paper: WritePaper, rules: Path
) -> None:
    summary = "{columns: [{header: Block, field: detail}, {header: Sum}], rows: [{level: block, needs: [detail]}]}"
    text = PLAN.replace("    identities:", f"      summary: {summary}\n    identities:")
    write_rule(rules, "made-up/plan", text)
    ran = savings(paper())
    assert (ran.status, ran.statuses) == (1, {"plan.txt": "partial"})
    assert ran.paper("plan.txt")["error"] == "table 'summary' of the rule was not found"
    assert len(ran.rows("figures.csv")) == 6


WRONG = [
    pytest.param(["--format", "csv,yaml"], "'yaml' is not known; known are: csv", id="format"),
    pytest.param(["--format", ""], "'' is not known", id="no format"),
    pytest.param(["--jobs", "0"], "--jobs", id="no workers"),
    pytest.param(["--rules", "/nowhere/rules"], "/nowhere/rules: no such folder", id="rules"),
    pytest.param(["--colour"], "No such option", id="option"),
]


@pytest.mark.parametrize(("options", "said"), WRONG)
def test_wrong_usage_writes_nothing(paper: WritePaper, tmp_path: Path, options: list[str], said: str) -> None:
    ran = run_savings([paper()], tmp_path / "out", *options)
    assert ran.status == 2
    assert said in ran.stderr
    assert ran.stdout == ""
    assert not ran.out.exists()


def test_a_bad_rule_file_stops_the_run_with_its_file_and_line(savings: Savings, paper: WritePaper, rules: Path) -> None:
    bad = write_rule(rules, "a/plan", PLAN.replace("scale: 1000", "scalee: 1000"))
    ran = savings(paper())
    assert ran.status == 2
    assert ran.stderr.strip() == f"savings: {bad}:5: unknown key 'scalee' in the file; did you mean 'scale'?"
    assert not ran.out.exists()


def test_a_folder_of_rules_without_any(paper: WritePaper, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    ran = run_savings([paper()], tmp_path / "out", "--rules", tmp_path / "none")
    assert ran.status == 2
    assert "<authority>/<layout>.yml" in ran.stderr


def test_a_users_rule_goes_before_a_built_in_one_of_the_same_name(
    savings: Savings, paper: WritePaper, rules: Path
) -> None:
    (rules / "made-up" / "plan.yml").unlink()
    write_rule(rules, "kent/budget-savings", PLAN.replace("Made-up Council", "My Council"))
    ran = savings(paper())
    assert {(f["authority"], f["rule"]) for f in ran.rows("figures.csv")} == {("My Council", "kent/budget-savings")}


def test_the_command_as_a_program(paper: WritePaper, rules: Path, tmp_path: Path) -> None:
    words = ["run", paper(), tmp_path / "none.pdf", "-o", tmp_path / "out", "--rules", rules, "--jobs", "2"]
    ran = subprocess.run(
        [sys.executable, "-m", "pipeline", *map(str, words)],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "none.pdf: missing" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "\x1b" not in ran.stderr
    assert (tmp_path / "out" / "figures.csv").read_text(encoding="utf-8").count("\n") == 7
