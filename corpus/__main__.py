"""Compare every case of the corpus with what it must yield, stage by stage and figure by figure.

    python -m corpus [CASE ...]        check all cases, or those named by folder or as authority/case
    python -m corpus --accept CASE     keep what a case yields now as what it must yield
    python -m corpus --table           print the table of the cases for corpus/README.md

Exit status: 0 all is as it must be; 1 it is not, or acceptance was refused; 2 wrong usage, or a rule file is wrong.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

from corpus.case import CaseError
from corpus.folders import all_cases, case_name, find_case
from corpus.report import report, report_accepted, report_all
from corpus.run import accept, check
from corpus.table import table
from rules.errors import RuleError
from rules.load import BUILT_IN, RuleFile, load_rules

SHOWN = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.accept and len(options.cases) != 1:
        parser.error("--accept takes exactly one CASE, since each is to be looked at before it is accepted")
    folders = [_folder(parser, name) for name in options.cases] or all_cases()
    if options.table:
        return _print_table(folders)
    try:
        rules = load_rules(BUILT_IN)
    except RuleError as error:
        parser.error(str(error))
    return _accept(folders[0], rules) if options.accept else _check(folders, rules, options.show)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m corpus", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", nargs="*", metavar="CASE", help="a folder or authority/case (default: all)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--accept", action="store_true", help="keep what the one CASE yields now")
    what.add_argument("--table", action="store_true", help="print the table of the cases")
    parser.add_argument(
        "--show", type=_count, default=SHOWN, metavar="N", help="differences shown of each stage (default: %(default)s)"
    )
    return parser


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 on")
    return int(text)


def _folder(parser: argparse.ArgumentParser, name: str) -> Path:
    folder = find_case(name)
    if folder is None:
        names = [case_name(known) for known in all_cases()]
        near = difflib.get_close_matches(name, names, n=1) or names
        parser.error(f"there is no case {name!r}. Is it {' or '.join(near)}?")
    return folder


def _check(folders: Sequence[Path], rules: Sequence[RuleFile], show: int) -> int:
    results = []
    for folder in folders:
        results.append(check(folder, rules))
        print(*report(results[-1], show), sep="\n", flush=True)
    print(report_all(results))
    return 0 if all(result.ok for result in results) else 1


def _accept(folder: Path, rules: Sequence[RuleFile]) -> int:
    result = accept(folder, rules)
    print(*report_accepted(result), sep="\n")
    return 0 if result.ok else 1


def _print_table(folders: Sequence[Path]) -> int:
    try:
        print(table(folders))
    except CaseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
