"""`python -m corpus`: what differs is reported with its stage, nothing wrong is accepted, and the table holds."""

from __future__ import annotations

import csv
import difflib
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus import folders, typeset
from corpus.__main__ import main
from corpus.folders import CASE_FILE, CORPUS, KEPT_FOLDER, all_cases, case_name, paper_of
from corpus.report import report
from corpus.run import check
from corpus.table import END, START, table
from corpus.yields import CHECKS, FIGURES, FILES, MEANT, PRINTED
from rules.load import RuleFile, load_rules

NAME = "cheshire/shared-services-2012-13"
# On page 1, row 5: "A01b - ICT", with a target of £715k.
ICT = {"page": "1", "row": "5", "measure": "target", "year": "2012/13"}
NO_RULE = """
authority: Anyshire Council
made_up: true
source: made up
purpose: For tests, with made-up figures
tables: {lines: {columns: [120, 50r]}}
pages: [{content: [{table: lines, rows: [[Saving, Amount], [Bins, 10]]}]}]
"""

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run_command(*arguments: object) -> tuple[int, str]:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        return status, capsys.readouterr().out

    return run_command


@pytest.fixture(scope="module")
def rules() -> tuple[RuleFile, ...]:
    return load_rules()


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A copy of a case, of which nothing is kept yet."""
    folder = tmp_path / NAME
    folder.mkdir(parents=True)
    for file in (CORPUS / NAME / CASE_FILE, paper_of(CORPUS / NAME)):
        shutil.copy(file, folder)
    return folder


@pytest.fixture
def case(fresh: Path, run: Run) -> Path:
    """A copy of a case, accepted as the program reads it now."""
    status, said = run("--accept", fresh)
    assert status == 0, said
    return fresh


def kept(case: Path, name: str) -> Path:
    return case / KEPT_FOLDER / name


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_bytes().decode()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file.name}"
    file.write_bytes(text.replace(old, new).encode())


def read_rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def write_rows(file: Path, rows: list[dict[str, str]]) -> None:
    with file.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def find(rows: list[dict[str, str]], **wanted: str) -> dict[str, str]:
    found = [row for row in rows if wanted.items() <= row.items()]
    assert len(found) == 1
    return found[0]


def print_otherwise(case: Path, old: str, new: str) -> None:
    """Change what a case prints, and typeset it."""
    edit(case / CASE_FILE, old, new)
    typeset.write(case)


def lines(said: str, sort: str) -> list[str]:
    return [line.strip() for line in said.splitlines() if line.startswith(f"    {sort} ")]


def test_a_case_that_yields_what_it_must_is_ok(case: Path, run: Run) -> None:
    status, said = run(case)
    assert status == 0
    assert said.startswith(f"ok       {NAME}: {len(read_rows(kept(case, FIGURES)))} figures, ")
    assert said.endswith("1 case, all as it must be\n")


@pytest.mark.parametrize(
    ("column", "was", "now"),
    [("value", "716000", "715000"), ("how", "repaired", "printed"), ("proof", "contradicted", "unchecked"),
     ("detail", "I C T", "ICT"), ("page", "2", "1"), ("row", "6", "5"), ("top", "500", "144"), ("rule", "empty", "")],
)  # fmt: skip
def test_a_changed_figure_is_reported(case: Path, run: Run, column: str, was: str, now: str) -> None:
    rows = read_rows(kept(case, FIGURES))
    figure = find(rows, **ICT)
    now = figure[column] if column in ("top", "rule", "proof") else now
    assert figure[column] == now != was
    figure[column] = "" if was == "empty" else was
    write_rows(kept(case, FIGURES), rows)
    status, said = run(case)
    assert status == 1
    assert f"DIFFERS  {NAME}" in said
    assert "look first at: figures (rules/ and savings/)" in said
    (line,) = lines(said, "changed")
    assert f"page {figure['page']} row {figure['row']}" in line
    assert f": {column} {was} → {now}" in line
    assert not lines(said, "missing")
    assert not lines(said, "extra")


def test_a_missing_figure_is_reported(case: Path, run: Run) -> None:
    rows = read_rows(kept(case, FIGURES))
    gone = find(rows, **ICT) | {"row": "77", "detail": "Ferries", "value": "1250000", "proof": "reconciled"}
    write_rows(kept(case, FIGURES), [*rows, gone])
    status, said = run(case)
    assert status == 1
    assert "look first at: figures" in said
    (line,) = lines(said, "missing")
    assert line == (
        "missing  page 1 row 77, A01b Ferries, 2012/13 target total: 1,250,000 GBP, printed, reconciled, from '£715k'"
    )


def test_an_extra_figure_is_reported(case: Path, run: Run) -> None:
    rows = read_rows(kept(case, FIGURES))
    figure = find(rows, **ICT)
    rows.remove(figure)
    write_rows(kept(case, FIGURES), rows)
    status, said = run(case)
    assert status == 1
    (line,) = lines(said, "extra")
    assert line.startswith("extra    page 1 row 5, A01b ICT, 2012/13 target total: 715,000 GBP, printed, ")


def test_a_figure_given_twice_is_extra_once(case: Path, run: Run) -> None:
    rows = read_rows(kept(case, FIGURES))
    write_rows(kept(case, FIGURES), [*rows, find(rows, **ICT)])
    _, said = run(case)
    assert len(lines(said, "missing")) == 1


def test_the_largest_money_comes_first_and_the_rest_is_counted(case: Path, run: Run) -> None:
    rows = read_rows(kept(case, FIGURES))
    write_rows(kept(case, FIGURES), [row for row in rows if row["measure"] != "achieved"])
    gone = sorted((int(row["value"]) for row in rows if row["measure"] == "achieved"), reverse=True)
    _, said = run(case, "--show", "3")
    assert [int(line.split(": ")[1].split()[0].replace(",", "")) for line in lines(said, "extra")] == gone[:3]
    assert f"  figures: {len(gone)} differences\n" in said
    assert f"… and {len(gone) - 3} more" in said


def test_other_order_is_a_difference(case: Path, run: Run) -> None:
    rows = read_rows(kept(case, FIGURES))
    write_rows(kept(case, FIGURES), [*rows[1:], rows[0]])
    status, said = run(case)
    assert status == 1
    assert "in another order" in said


def test_a_box_may_be_a_point_off_but_not_two(case: Path, run: Run) -> None:
    rows = read_rows(kept(case, FIGURES))
    before = int(rows[0]["x0"])
    for off, expected in ((1, 0), (-1, 0), (2, 1), (-2, 1)):
        rows[0]["x0"] = str(before + off)
        write_rows(kept(case, FIGURES), rows)
        assert run(case)[0] == expected, off


def test_a_new_column_is_reported(case: Path, run: Run) -> None:
    rows = [{key: text for key, text in row.items() if key != "part"} for row in read_rows(kept(case, FIGURES))]
    write_rows(kept(case, FIGURES), rows)
    status, said = run(case)
    assert status == 1
    assert "columns: authority, " in said


@pytest.mark.parametrize(
    ("file", "old", "new", "stage", "line"),
    [
        (PRINTED, '[2, 1, "£715k"]', '[2, 1, "£71k"]', "tables as printed (extract/)",
         "changed  page 1, table 1, row 5, column 2: '£71k' → '£715k'"),
        (PRINTED, '[2, 1, "£715k"]', '[2, 2, "£715k"]', "tables as printed (extract/)",
         "changed  page 1, table 1, row 5, column 2: '£715k' over 2 columns → '£715k'"),
        (MEANT, '[2, "£715k"]', '[2, "£71k"]', "tables as meant (normalise/ and rules/)",
         "changed  table services, page 1, row 5, column 2: '£71k' → '£715k'"),
        (MEANT, '[0, "TOTALS"]', '[0, "TOTAL"]', "tables as meant (normalise/ and rules/)",
         "changed  table services, page 2, row 9, column 0: 'TOTAL' → 'TOTALS'"),
        (CHECKS, "1120000,1120000", "1120000,1119000", "sums (rules/ and savings/)",
         "changed  services = totals, services, TOTALS: 2012/13 target total: found 1119000 → 1120000"),
    ],
)  # fmt: skip
def test_a_change_names_its_stage(case: Path, run: Run, file: str, old: str, new: str, stage: str, line: str) -> None:
    edit(kept(case, file), old, new)
    status, said = run(case)
    assert status == 1
    assert f"look first at: {stage}" in said
    assert line in lines(said, "changed")


def test_an_empty_cell_that_was_filled_is_missing(case: Path, run: Run) -> None:
    edit(kept(case, MEANT), '[0, "TOTALS"],', '[0, "TOTALS"], [7, "ghost"],')
    assert lines(run(case)[1], "missing") == ["missing  table services, page 2, row 9, column 7: 'ghost'"]


def test_the_first_stage_that_differs_is_the_place_to_look(case: Path, run: Run) -> None:
    print_otherwise(case, "£715k", "£716k")
    status, said = run(case)
    assert status == 1
    assert said.count("look first at") == 1
    assert "look first at: tables as printed" in said
    assert "table services, page 1, row 5, column 2: '£715k' → '£716k'" in said
    assert "2012/13 target total: value 715000 → 716000; raw £715k → £716k" in said


def test_a_changed_cell_is_a_changed_line(case: Path, run: Run) -> None:
    before = {name: kept(case, name).read_text(encoding="utf-8").splitlines() for name in FILES}
    print_otherwise(case, "£715k", "£716k")
    run("--accept", case)
    for name, was in before.items():
        now = kept(case, name).read_text(encoding="utf-8").splitlines()
        changed = [line for line in difflib.ndiff(was, now) if line.startswith(("+", "-"))]
        assert len(changed) == 2, name
        if name in (PRINTED, MEANT):
            assert re.fullmatch(r'\+ +\[2, (1, )?"£716k"\],', changed[1])


def test_what_is_kept_has_the_same_bytes_each_time(case: Path, run: Run) -> None:
    before = {name: kept(case, name).read_bytes() for name in FILES}
    shutil.rmtree(case / KEPT_FOLDER)
    run("--accept", case)
    assert {name: kept(case, name).read_bytes() for name in FILES} == before
    assert not any(b"\r" in text for text in before.values())


def test_a_case_of_which_nothing_is_kept_fails(fresh: Path, run: Run) -> None:
    status, said = run(fresh)
    assert status == 1
    assert f"not accepted yet: make corpus-accept CASE={NAME}" in said


@pytest.mark.parametrize("name", FILES)
def test_a_case_of_which_one_file_is_not_kept_fails(case: Path, run: Run, name: str) -> None:
    kept(case, name).unlink()
    status, said = run(case)
    assert status == 1
    assert "not accepted yet" in said


@pytest.mark.parametrize(
    ("name", "text"),
    [(PRINTED, "<<<<<<< ours\n[]"), (MEANT, '[{"table": "x"}]'), (FIGURES, ""), (CHECKS, 'a,b\n"'), (CHECKS, b"\xff")],
)
def test_a_kept_file_that_is_damaged_fails(case: Path, run: Run, name: str, text: str | bytes) -> None:
    kept(case, name).write_bytes(text if isinstance(text, bytes) else text.encode())
    status, said = run(case)
    assert status == 1
    assert f"{name} as kept" in said


def test_a_sum_that_fails_undeclared_is_not_accepted(case: Path, run: Run) -> None:
    before = kept(case, FIGURES).read_bytes()
    print_otherwise(case, "[TOTALS, -£1.21m, £1.12m,", "[TOTALS, -£1.21m, £1.52m,")
    for arguments in ([case], ["--accept", case]):
        status, said = run(*arguments)
        assert status == 1
        assert "sums fail that case.yml does not declare" in said
        assert 'where: "services, TOTALS: 2012/13 target total", difference: -400000}' in said
    assert said.startswith(f"REFUSED  {NAME}")
    assert kept(case, FIGURES).read_bytes() == before


def test_a_sum_that_fails_as_declared_is_accepted(case: Path, run: Run) -> None:
    print_otherwise(case, "[TOTALS, -£1.21m, £1.12m,", "[TOTALS, -£1.21m, £1.52m,")
    (declared,) = [line.strip() for line in run("--accept", case)[1].splitlines() if "- {identity" in line]
    edit(case / CASE_FILE, "\npage:", f"\ncontradictions:\n  {declared}\npage:")
    status, said = run("--accept", case)
    assert status == 0, said
    assert "4 sums hold, 1 fail as declared" in said
    assert "1,120,000 found, 1,520,000 printed" in said
    assert run(case)[0] == 0


def test_a_declared_sum_that_holds_is_not_accepted(case: Path, run: Run) -> None:
    declared = '- {identity: "services = totals", where: "services, TOTALS: 2012/13 target total", difference: 1}'
    edit(case / CASE_FILE, "\npage:", f"\ncontradictions:\n  {declared}\npage:")
    for arguments in ([case], ["--accept", case]):
        status, said = run(*arguments)
        assert status == 1
        assert f"declares contradictions that do not occur:\n    {declared}" in said


def test_a_paper_that_is_not_what_its_case_yields_is_not_accepted(case: Path, run: Run) -> None:
    edit(case / CASE_FILE, "£715k", "£716k")
    for arguments in ([case], ["--accept", case]):
        status, said = run(*arguments)
        assert status == 1
        assert f"{paper_of(case).name} is not what case.yml yields" in said


@pytest.mark.parametrize(
    ("text", "fault"),
    [(NO_RULE, "no rule fits the paper"), (NO_RULE.replace("purpose", "porpoise"), "porpoise: unknown key"),
     (NO_RULE.replace("[120", "[920"), "points too wide")],
)  # fmt: skip
def test_a_case_that_cannot_be_read_is_not_accepted(tmp_path: Path, run: Run, text: str, fault: str) -> None:
    folder = tmp_path / "anyshire" / "plain"
    folder.mkdir(parents=True)
    (folder / CASE_FILE).write_text(NO_RULE, encoding="utf-8")
    typeset.write(folder)
    (folder / CASE_FILE).write_text(text, encoding="utf-8")
    for arguments in ([folder], ["--accept", folder]):
        status, said = run(*arguments)
        assert status == 1
        assert fault in said
    assert not (folder / KEPT_FOLDER).exists()


def test_cases_checked_side_by_side_say_the_same_the_worst_money_first(case: Path, run: Run, tmp_path: Path) -> None:
    """Three copies: one is right, one is wrong by £1k, one by £2k."""
    folders = [Path(shutil.copytree(case, tmp_path / "anyshire" / name)) for name in ("a", "b", "c")]
    for folder, wrong in zip(folders[1:], ("716000", "717000"), strict=True):
        rows = read_rows(kept(case, FIGURES))
        find(rows, **ICT)["value"] = wrong
        write_rows(kept(folder, FIGURES), [row | {"document": paper_of(folder).name} for row in rows])
        shutil.move(folder / paper_of(case).name, paper_of(folder))
    shutil.rmtree(folders[0])
    given = [case, *folders[1:]]
    alone, side_by_side = (run("--jobs", jobs, *given) for jobs in ("1", "3"))
    assert alone == side_by_side
    heads = [line for line in alone[1].splitlines() if line[0] != " "]
    assert [line.split(":")[0].split()[-1] for line in heads[:-1]] == [NAME, "anyshire/c", "anyshire/b"]
    assert heads[1].endswith("; £2,000 wrong")
    assert heads[-1] == "3 cases, 2 not as it must be"


def test_a_case_that_ends_its_process_fails_alone(case: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.run._check", end_the_process)
    status, said = run("--jobs", "2", case, case)
    assert status == 1
    assert said.count("a fault in the program: its process ended with exit code 7") == 2


def end_the_process(_: Path) -> None:
    os._exit(7)


def test_accepting_says_every_figure_at_first_and_then_what_changed(fresh: Path, run: Run) -> None:
    said = run("--accept", fresh)[1]
    assert said.count(" GBP, ") == len(read_rows(kept(fresh, FIGURES)))
    rows = read_rows(kept(fresh, FIGURES))
    find(rows, **ICT)["value"] = "716000"
    write_rows(kept(fresh, FIGURES), rows)
    said = run("--accept", fresh)[1]
    (line,) = lines(said, "changed")
    assert line.endswith("value 716000 → 715000")
    assert run("--accept", fresh)[1].count("\n") == 1


def test_one_bad_case_does_not_hide_the_others(case: Path, run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "anyshire" / "bad"
    shutil.copytree(case, bad)
    status, said = run(bad, case)
    assert status == 1
    assert "anyshire-bad.pdf" in said
    assert f"ok       {NAME}" in said
    assert "2 cases, 1 not as it must be" in said


def test_a_fault_of_the_program_fails_its_case_alone(case: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> None:
        raise IndexError("no such row")

    monkeypatch.setattr("corpus.run.read_yield", stumble)
    status, said = run(case, case)
    assert status == 1
    assert said.count("a fault in the program: IndexError: no such row") == 2


@pytest.mark.parametrize(
    "arguments",
    [["--accept"], ["--accept", NAME, NAME], ["--accept", "--table"], ["--show", "-1"], ["--show", "x"], ["nowhere"]],
)
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert not capsys.readouterr().out


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["cheshire/shared-service-2012-13"])
    assert f"Is it {NAME}?" in capsys.readouterr().err


def test_papers_have_names_of_their_own() -> None:
    names = [paper_of(folder).name for folder in all_cases()]
    assert len(set(names)) == len(names)
    assert paper_of(CORPUS / "kent/budget-2025-28").name == "kent-budget-2025-28.pdf"


def test_a_case_holds_its_paper_and_nothing_else() -> None:
    for folder in all_cases():
        expected = {CASE_FILE, paper_of(folder).name, KEPT_FOLDER}
        assert {path.name for path in folder.iterdir() if path.name[0] != "."} == expected, folder


@pytest.mark.parametrize("folder", all_cases(), ids=case_name)
def test_every_case_is_as_it_must_be(folder: Path, rules: tuple[RuleFile, ...]) -> None:
    assert {file.name for file in (folder / KEPT_FOLDER).iterdir()} == set(FILES)
    result = check(folder, rules)
    assert result.ok, "\n".join(report(result, 5))


def test_the_table_of_the_readme_holds() -> None:
    readme = (CORPUS / "README.md").read_text(encoding="utf-8")
    assert readme.count(START) == readme.count(END) == 1
    stands = readme[readme.index(START) : readme.index(END) + len(END)]
    assert stands == table(all_cases()), "run `make corpus-table`"


def test_the_table_says_what_is_not_accepted(fresh: Path, run: Run) -> None:
    status, said = run("--table", fresh)
    assert status == 0
    assert "| made up |" in said
    assert said.count("not accepted yet") == 1


def test_a_case_is_found_by_its_name_or_its_folder(tmp_path: Path) -> None:
    assert folders.find_case(NAME) == CORPUS / NAME
    assert folders.find_case(str(CORPUS / NAME)) == CORPUS / NAME
    assert folders.find_case(str(tmp_path)) is None
