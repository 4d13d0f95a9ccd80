"""Compare every case of a corpus with what it must yield, stage by stage and figure by figure.

    python -m corpus [CASE ...]        check all cases, or those named by folder or as authority/case
    python -m corpus --accept CASE     keep what a case yields now as what it must yield
    python -m corpus --table           print the table of the cases
    python -m corpus --put-table       put it into the README.md of the corpus
    python -m corpus --text CASE       print the text form of a typeset case
    python -m corpus --scanned [CASE]  read scans of the cases' papers (--wear bitonal ...), and say what comes out
                                       otherwise

Exit status: 0 all is as it must be; 1 it is not, or acceptance was refused; 2 wrong usage, or a rule file is wrong.
Of scans: 0 every figure is the same, or carries a mark; 1 some are wrong, or missing, and nothing says so.
"""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from corpus.case import CaseError, read_case
from corpus.folders import CASE_FILE, CORPUS, all_cases, case_name, find_case
from corpus.report import report, report_accepted, report_all, worst_first
from corpus.run import Result, accept, check_all
from corpus.scan import WEARS
from corpus.scanned import compare_all, summed
from corpus.scanned import report as report_scan
from corpus.table import put_table, table
from corpus.text_form import text_form
from rules.errors import RuleError
from rules.load import RuleFile, load_rules_beside

SHOWN = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if (options.accept or options.text) and len(options.cases) != 1:
        parser.error("--accept and --text take exactly one CASE, since each is to be looked at before it is accepted")
    folders = [_folder(parser, name, options.corpus) for name in options.cases] or all_cases(options.corpus)
    if not folders:
        parser.error(f"{options.corpus} holds no cases; they lie at <authority>/<case>/{CASE_FILE}")
    if options.table or options.put_table or options.text:
        return _print(folders, options)
    try:
        rules = load_rules_beside(options.rules)
    except RuleError as error:
        parser.error(str(error))
    if options.scanned:
        return _check_scans(folders, rules, options)
    return _accept(folders[0], rules) if options.accept else _check(folders, rules, options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m corpus", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", nargs="*", metavar="CASE", help="a folder or authority/case (default: all)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--accept", action="store_true", help="keep what the one CASE yields now")
    what.add_argument("--table", action="store_true", help="print the table of the cases")
    what.add_argument("--put-table", action="store_true", help="put it into the README.md of the corpus")
    what.add_argument("--text", action="store_true", help="print the text form of the one CASE")
    what.add_argument("--scanned", action="store_true", help="compare scans of the papers with the papers")
    parser.add_argument("--wear", nargs="+", choices=WEARS, default=["200dpi"], help="how the scans are worn")
    parser.add_argument("--layer", action="store_true", help="put a poor text layer under the scans")
    parser.add_argument("--seed", type=_count, default=0, metavar="N", help="another seed gives other scans")
    add_places(parser)
    parser.add_argument("--jobs", type=_count, default=os.cpu_count() or 1, metavar="N", help="cases read side by side")
    parser.add_argument(
        "--show", type=_count, default=SHOWN, metavar="N", help="differences shown of each stage (default: %(default)s)"
    )
    return parser


def add_places(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where the cases and the rule files lie."""
    parser.add_argument("--corpus", type=Path, default=CORPUS, metavar="DIR", help="a corpus of your own")
    parser.add_argument("--rules", type=Path, metavar="DIR", help="your own rule files, beside the built-in ones")


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 on")
    return int(text)


def _folder(parser: argparse.ArgumentParser, name: str, corpus: Path) -> Path:
    folder = find_case(name, corpus)
    if folder is None:
        names = [case_name(known) for known in all_cases(corpus)]
        near = difflib.get_close_matches(name, names, n=1) or names
        parser.error(f"there is no case {name!r}. Is it {' or '.join(near)}?")
    return folder


def _check(folders: Sequence[Path], rules: Sequence[RuleFile], options: argparse.Namespace) -> int:
    """Say at once what is as it must be, and at the end what is not, the worst first."""
    wrong: list[Result] = []
    for result in check_all(folders, rules, options.jobs or 1):
        if result.ok:
            print(*report(result, options.show), sep="\n", flush=True)
        else:
            wrong.append(result)
    for result in worst_first(wrong):
        print(*report(result, options.show), sep="\n")
    print(report_all(len(folders), len(wrong)))
    return 1 if wrong else 0


def _check_scans(folders: Sequence[Path], rules: Sequence[RuleFile], options: argparse.Namespace) -> int:
    every = []
    try:
        wears, jobs = options.wear, options.jobs or 1
        for found in compare_all(folders, rules, wears, jobs, layer=options.layer, seed=options.seed):
            every.append(found)
            print(*report_scan(found, options.show), sep="\n", flush=True)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    print(summed(every))
    return 1 if any(found.untold for found in every) else 0


def _accept(folder: Path, rules: Sequence[RuleFile]) -> int:
    result = accept(folder, rules)
    print(*report_accepted(result), sep="\n")
    return 0 if result.ok else 1


def _print(folders: Sequence[Path], options: argparse.Namespace) -> int:
    try:
        if options.text:
            print(text_form(read_case(folders[0] / CASE_FILE)), end="")
        elif options.table:
            print(table(folders))
        else:
            put_table(options.corpus / "README.md", folders)
    except CaseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
