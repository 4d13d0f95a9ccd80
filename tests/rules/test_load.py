"""Rule files: what is wrong with one is said with the file, the line and the nearest key that is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rules.errors import RuleError
from rules.load import BUILT_IN, load_rule, load_rules
from rules.model import Authority

WriteRule = Callable[..., Path]

# Line 1 is the first; tests replace one line and expect its number in the error.
GOOD = """\
authority: {name: Made-up Council, gss: E06000001}
layout: plan
match:
  all: [Reference, Saving]
scale: 1000
tables:
  lines:
    columns:
      - {header: Reference, field: reference}
      - header: Saving
        field: detail
      - band: Target
        measure: target
        columns:
          - {header: Cashable, kind: cashable}
          - header: Total
            kind: total
    rows:
      - {level: total, when: {text: Total}}
      - level: item
        needs: [detail]
ignore:
  - {pages: {any: [Reserves]}, why: no savings}
no_figures:
  - {pattern: Under review, why: not settled}
lookups:
  partner:
    CvvaC: {is: CWaC, why: two v for a w, evidence: the page before}
identities:
  - name: lines = total
    total: {table: lines, level: total}
    of:
      - {table: lines, level: item}
"""


def replaced(number: int, line: str) -> str:
    lines = GOOD.splitlines()
    indent = len(lines[number - 1]) - len(lines[number - 1].lstrip())
    lines[number - 1] = " " * indent + line
    return "\n".join(lines) + "\n"


def error_of(path: Path) -> RuleError:
    with pytest.raises(RuleError) as caught:
        load_rule(path)
    assert caught.value.file == str(path)
    where = f"{path}:{caught.value.line}: " if caught.value.line else f"{path}: "
    assert str(caught.value) == where + caught.value.problem
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_good_file_is_named_after_its_folder_and_itself(rule_file: WriteRule) -> None:
    loaded = load_rule(rule_file(GOOD))
    assert loaded.name == "made-up/plan"
    assert loaded.rule.authority == Authority(name="Made-up Council", gss="E06000001")
    assert list(loaded.rule.tables) == ["lines"]


UNKNOWN_KEYS = [
    ("the file", 5, "scales: 1000", "scale"),
    ("authority", 1, "authority: {name: Made-up Council, gsss: E06000001}", "gss"),
    ("match", 4, "al: [Reference, Saving]", "all"),
    ("tables.lines", 18, "row:", "rows"),
    ("tables.lines.columns.0", 9, "- {header: Reference, fields: reference}", "field"),
    ("tables.lines.columns.1", 11, "feild: detail", "field"),
    ("tables.lines.rows.0", 19, "- {level: total, wen: {text: Total}}", "when"),
    ("tables.lines.rows.1", 21, "need: [detail]", "needs"),
    ("ignore.0", 23, "- {page: {any: [Reserves]}, why: no savings}", "pages"),
    ("no_figures.0", 25, "- {patern: Under review, why: not settled}", "pattern"),
    ("lookups.partner.CvvaC", 28, "CvvaC: {is: CWaC, wy: two v for a w, evidence: x}", "why"),
    ("identities.0", 30, "- nam: lines = total", "name"),
    ("identities.0.total", 31, "total: {table: lines, levels: total}", "level"),
    ("identities.0.of.0", 33, "- {tabel: lines, level: item}", "table"),
]


@pytest.mark.parametrize(("where", "line", "text", "nearest"), UNKNOWN_KEYS, ids=[case[0] for case in UNKNOWN_KEYS])
def test_an_unknown_key_is_named_with_its_line_and_the_nearest_known_key(
    rule_file: WriteRule, where: str, line: int, text: str, nearest: str
) -> None:
    error = error_of(rule_file(replaced(line, text)))
    assert error.line == line
    assert error.problem.startswith("unknown key '")
    assert error.problem.endswith(f"' in {where}; did you mean {nearest!r}?")


def test_an_unknown_key_that_is_like_none_lists_the_known_ones(rule_file: WriteRule) -> None:
    error = error_of(rule_file(replaced(25, "- {pattern: Under review, why: not settled, zzz: 1}")))
    assert (error.line, error.problem) == (25, "unknown key 'zzz' in no_figures.0; known keys: pattern, why")


WRONG_VALUES = [
    ("a field that the schema lacks", 11, "field: details", ["tables.lines.columns.1.field", "'detail'", "'details'"]),
    ("a level that there is not", 20, "- level: line", ["tables.lines.rows.1.level", "'item'", "'line'"]),
    ("two things at once", 9, "- {header: Reference, field: reference, key: x}", ["one thing only", "field and key"]),
    ("a pattern with an open bracket", 19, "- {level: total, when: {text: 'Total('}}", ["'Total('", "compile"]),
    ("a no-figure pattern", 25, "- {pattern: '*', why: not settled}", ["no_figures.0.pattern", "compile"]),
    ("a pattern of a selector", 33, "- {table: lines, where: {detail: '('}}", ["identities.0.of.0", "compile"]),
    ("a scale of 0", 5, "scale: 0", ["scale", "greater than 0"]),
    ("a scale in words", 5, "scale: thousands", ["scale", "'thousands'"]),
    ("a year out of form", 5, "year: 2007-8", ["year", "'2007-8'"]),
    ("a code of another office", 1, "authority: {name: Made-up Council, gss: 47UD}", ["authority.gss", "'47UD'"]),
    ("a list where a key belongs", 4, "- all", ["match"]),
    ("a text where keys belong", 6, "tables: lines", ["tables"]),
]


@pytest.mark.parametrize(("line", "text", "said"), [c[1:] for c in WRONG_VALUES], ids=[c[0] for c in WRONG_VALUES])
def test_a_wrong_value_is_named_with_its_line(rule_file: WriteRule, line: int, text: str, said: list[str]) -> None:
    content = replaced(line, text)
    if text == "tables: lines":
        content = "\n".join(content.splitlines()[:6])
    error = error_of(rule_file(content))
    assert [part for part in said if part not in error.problem] == []
    # What is wrong with a value that is a list or a set of keys may be said of the key that it belongs to.
    assert error.line == (3 if text == "- all" else line)


UNKNOWN_NAMES = [
    ("a table in a total", 31, "total: {table: line, level: total}", "'line'"),
    ("a table in a part", 33, "- {table: liness, level: item}", "'liness'"),
    ("a column in where", 33, "- {table: lines, where: {details: A}}", "'details'"),
    ("a column in by", 30, "- by: [aes_code]\n    name: lines = total", "'aes_code'"),
    ("a column in when", 19, "- {level: total, when: {title: Total}}", "'title'"),
    ("a column in needs", 21, "needs: [details]", "'details'"),
]


@pytest.mark.parametrize(("line", "text", "name"), [c[1:] for c in UNKNOWN_NAMES], ids=[c[0] for c in UNKNOWN_NAMES])
def test_a_name_that_the_rule_does_not_have_is_an_error(rule_file: WriteRule, line: int, text: str, name: str) -> None:
    error = error_of(rule_file(replaced(line, text)))
    assert f"names {name}, which the rule does not have; " in error.problem
    assert error.line == line


MISSING = [("authority", 1, 1), ("layout", 2, 1), ("match", 3, 2), ("tables.lines.rows", 18, 4)]


@pytest.mark.parametrize(("key", "first", "count"), MISSING, ids=[case[0] for case in MISSING])
def test_a_required_key_that_is_missing_is_named(rule_file: WriteRule, key: str, first: int, count: int) -> None:
    lines = GOOD.splitlines()
    error = error_of(rule_file("\n".join(lines[: first - 1] + lines[first - 1 + count :])))
    assert error.problem.startswith(f"{key}: Field required")


def test_a_required_key_that_is_missing_inside_names_the_line_of_what_lacks_it(rule_file: WriteRule) -> None:
    error = error_of(rule_file(replaced(25, "- {pattern: Under review}")))
    assert (error.line, error.problem) == (25, "no_figures.0.why: Field required")


def test_a_table_without_columns(rule_file: WriteRule) -> None:
    lines = GOOD.splitlines()
    error = error_of(rule_file("\n".join(lines[:7] + lines[17:])))
    assert (error.line, error.problem) == (7, "tables.lines.columns: Field required")


IN_BANDS = [
    ("tables.lines.columns.2", 13, "measur: target", "measure"),
    ("tables.lines.columns.2.columns.0", 15, "- {header: Cashable, knd: cashable}", "kind"),
    ("tables.lines.columns.2.columns.1", 17, "kinds: total", "kind"),
    ("tables.lines", 8, "column:", "columns"),
]


@pytest.mark.parametrize(("where", "line", "text", "nearest"), IN_BANDS, ids=[case[0] for case in IN_BANDS])
def test_an_unknown_key_in_a_band(rule_file: WriteRule, where: str, line: int, text: str, nearest: str) -> None:
    error = error_of(rule_file(replaced(line, text)))
    assert error.line == line
    assert error.problem.endswith(f"' in {where}; did you mean {nearest!r}?")


def test_a_wrong_value_in_a_band(rule_file: WriteRule) -> None:
    error = error_of(rule_file(replaced(13, "measure: saved")))
    assert (error.line, "'achieved'" in error.problem) == (13, True)


@pytest.mark.parametrize("text", ["'{foo}'", "'{detail'"])
def test_a_set_that_names_an_unknown_field(rule_file: WriteRule, text: str) -> None:
    error = error_of(rule_file(replaced(19, f"- {{level: total, when: {{text: Total}}, set: {{detail: {text}}}}}")))
    assert error.line == 19


@pytest.mark.parametrize("data", [b"# \x07\n", b"layout: \x00\n"], ids=["a bell", "a NUL"])
def test_bytes_that_no_yaml_has(rule_file: WriteRule, data: bytes) -> None:
    assert error_of(rule_file(GOOD.encode() + data)).problem.startswith("is not YAML")


NO_RULES = [
    ("empty", b"", 1, "holds no keys"),
    ("only a comment", b"# nothing yet\n", 1, "holds no keys"),
    ("a list", b"- authority\n", 1, "holds no keys"),
    ("prose", b"Savings of the council", 1, "holds no keys"),
    ("open bracket", b"authority: {name: A\nlayout: plan\n", 2, "is not YAML"),
    ("tab for spaces", b"match:\n\tall: [A]\n", 2, "is not YAML"),
    ("a key given twice", GOOD.encode() + b"layout: other\n", 34, "is not YAML"),
    ("two documents", b"layout: a\n---\nlayout: b\n", 2, "is not YAML"),
    ("not UTF-8", "authority: {name: Ynys Môn}\n".encode("cp1252"), 0, "is not UTF-8"),
]


@pytest.mark.parametrize(("data", "line", "problem"), [c[1:] for c in NO_RULES], ids=[c[0] for c in NO_RULES])
def test_a_file_that_is_no_rule_file(rule_file: WriteRule, data: bytes, line: int, problem: str) -> None:
    error = error_of(rule_file(data))
    assert error.problem.startswith(problem)
    assert error.line == line


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert error_of(tmp_path / "none.yml").problem.startswith("cannot be read")


def test_all_built_in_rules_load() -> None:
    names = [rule.name for rule in load_rules(BUILT_IN)]
    assert {"herefordshire/aes-outturn", "kent/budget-savings", "cheshire/shared-services"} <= set(names)
    assert names == sorted(names)
    # The folder listing is the coverage list: a file is named after the layout that it describes.
    assert [rule.name for rule in load_rules(BUILT_IN) if rule.path.stem != rule.rule.layout] == []


def test_a_folder_of_rules_is_read_by_authority(rule_file: WriteRule) -> None:
    folder = rule_file(GOOD, "b/plan").parent.parent
    rule_file(GOOD, "a/plan")
    (folder / "notes.yml").write_text("not a rule file: it lies in no authority's folder")
    (folder / "a" / "plan.txt").write_text("no rule file either")
    assert [rule.name for rule in load_rules(folder)] == ["a/plan", "b/plan"]


def test_one_bad_file_in_a_folder_is_an_error(rule_file: WriteRule) -> None:
    rule_file(GOOD, "a/plan")
    bad = rule_file(replaced(5, "scales: 1"), "b/plan")
    with pytest.raises(RuleError) as caught:
        load_rules(bad.parent.parent)
    assert (caught.value.file, caught.value.line) == (str(bad), 5)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="no such folder"):
        load_rules(tmp_path / "none")
