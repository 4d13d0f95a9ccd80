"""Lay out a new case from a paper.

    python -m corpus.new AUTHORITY PAPER [--case NAME]                 a case of this project: a case.yml to work on
    python -m corpus.new AUTHORITY PAPER [--case NAME] --corpus DIR    a case of your own corpus: the paper itself

A case of this project is typeset anew: its case.yml begins with the tables and titles that were found in the paper. In
a corpus of your own the paper is copied beside its case.yml. Either fails until its `purpose` is written and what it
yields was accepted.

Exit status: 0 the case is laid out; 2 wrong usage, or the paper cannot be read.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from corpus.__main__ import add_places
from corpus.case import EMPTY, read_case
from corpus.folders import CASE_FILE, CORPUS, case_name, paper_of
from corpus.typeset import typeset
from extract.errors import PaperError
from extract.paper import Paper, PrintedTable, Row, TextLine
from extract.read import read_paper

# The largest letters first: the first with which all words fit their cells is taken.
SIZES = (9.0, 8.0, 7.0, 6.0, 5.0, 4.0)
A4 = (595.2, 841.8)
MARGIN = 30.0
# Longer lines are sentences, and those of a published paper are not ours to keep.
TITLE = 90
# Where nothing says how wide a column is, its longest text does, within these bounds (in letters).
NARROWEST, WIDEST = 6, 60
PLAIN = re.compile(r"[A-Za-z£][\w£&.'()/%+ -]*(?<! )")
NOT_TEXT = ("null", "true", "false", "yes", "no", "on", "off")


class NewError(Exception):
    """Why a case cannot be laid out, and what to do."""


def lay_out(authority: str, paper: Path, name: str, corpus: Path) -> Path:
    """Make the folder of a new case and give it.

    Raises:
        NewError: there is such a case already, or the names make no folder.
        extract.errors.PaperError: the paper cannot be read.
    """
    folder = corpus / _slug(authority) / _slug(name or paper.stem.removeprefix(_slug(authority)))
    if folder.exists():
        raise NewError(f"{folder} is there already. Take another name: CASE=...")
    read = read_paper(paper)
    folder.mkdir(parents=True)
    if corpus.resolve() == CORPUS:
        _write_skeleton(folder, authority, read)
    else:
        _write_given(folder, authority, paper)
    return folder


def _slug(text: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if not slug:
        raise NewError(f"{text!r} makes no name of a folder. Give one in letters and digits")
    return slug


def _head(authority: str) -> Iterator[str]:
    yield f"authority: {_scalar(authority)}"
    yield "made_up: false"
    yield 'source: {title: "", year: "", publisher: ' + _scalar(authority) + "}"
    yield 'purpose: ""      # what this paper is there to show; the case fails until it is written'


def _write_given(folder: Path, authority: str, paper: Path) -> None:
    copy = paper_of(folder).with_suffix(paper.suffix.lower())
    shutil.copyfile(paper, copy)
    lines = (*_head(authority), f"paper: {copy.name}", f"sha256: {sha256(copy.read_bytes()).hexdigest()}")
    (folder / CASE_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_skeleton(folder: Path, authority: str, paper: Paper) -> None:
    """Write a case.yml in the largest letters that fit; in the smallest where none do, to be mended by hand."""
    for size in SIZES:
        text = "\n".join(_skeleton(authority, paper, size)) + "\n"
        (folder / CASE_FILE).write_text(text, encoding="utf-8")
        if _fits(folder, text):
            return


def _fits(folder: Path, text: str) -> bool:
    trial = folder / f"{CASE_FILE}.trial"
    trial.write_text(text.replace('purpose: ""', "purpose: trial"), encoding="utf-8")
    try:
        typeset(read_case(trial))
    except ValueError:
        return False
    finally:
        trial.unlink()
    return True


def _skeleton(authority: str, paper: Paper, size: float) -> Iterator[str]:
    yield "# The tables as they were read. Print marks, spans and headers as they are, and sentences in other words."
    yield from _head(authority)
    yield ""
    wide = any(page.width > page.height for page in paper.pages)
    yield f"page: {{landscape: {str(wide).lower()}, margin: [{MARGIN:.0f}, {MARGIN:.0f}, {MARGIN:.0f}, {MARGIN:.0f}]}}"
    yield f"font: {{size: {size:g}}}"
    yield ""
    styles = _styles(paper, max(A4) if wide else min(A4), size)
    yield from ("tables:", *(f"  {name}: {style}" for style, name in styles.items())) if styles else ()
    yield ""
    yield "pages:"
    for page in paper.pages:
        yield "  - content:" + ("" if page.tables or page.lines else " []")
        blocks: list[PrintedTable | TextLine] = [*page.tables, *page.lines]
        for block in sorted(blocks, key=_top):
            yield from _block(block, styles, max(A4) if wide else min(A4), size)


def _top(block: PrintedTable | TextLine) -> tuple[float, int]:
    number = block.number if isinstance(block, TextLine) else block.rows[0].number
    return (block.box.top if block.box else 0.0, number)


def _styles(paper: Paper, width: float, size: float) -> dict[str, str]:
    """The tables' styles, each with a name: tables with columns of the same widths share one."""
    styles = dict.fromkeys(_style(table, width, size) for page in paper.pages for table in page.tables)
    return {style: f"table{number}" for number, style in enumerate(styles, 1)}


def _style(table: PrintedTable, width: float, size: float) -> str:
    widths = [right - left for left, right in zip(table.edges, table.edges[1:], strict=False)]
    if len(widths) != table.width or min(widths) <= 0:
        texts = [
            [cell.text for row in table.rows for cell in row.cells if cell.column == j] for j in range(table.width)
        ]
        widths = [float(min(max(map(len, ["", *column])) + NARROWEST, WIDEST)) for column in texts]
    room = width - 2 * MARGIN
    shares = [int(10 * room * each / sum(widths)) / 10 for each in widths]
    rules = "none" if table.finder == "aligned" else "all"
    return f"{{columns: [{', '.join(f'{share:g}' for share in shares)}], size: {size:g}, rules: {rules}}}"


def _block(block: PrintedTable | TextLine, styles: dict[str, str], width: float, size: float) -> Iterator[str]:
    if isinstance(block, TextLine):
        if len(block.text) <= TITLE:
            yield f"      - {{text: {_scalar(block.text)}}}"
        return
    yield f"      - table: {styles[_style(block, width, size)]}"
    yield "        rows:"
    yield from (f"          - {_cells(row, block.width)}" for row in block.rows)


def _cells(row: Row, width: int) -> str:
    cells, column = [], 0
    for cell in sorted(row.cells, key=lambda cell: cell.column):
        cells += [EMPTY] * (cell.column - column)
        text = _scalar(" ".join(cell.text.split())) or EMPTY
        cells.append(f"{{text: {text}, span: {cell.span}}}" if cell.span > 1 else text)
        column = cell.column + cell.span
    return f"[{', '.join([*cells, *[EMPTY] * (width - column)])}]"


def _scalar(text: str) -> str:
    """Write text so that YAML reads back just that."""
    plain = not text or (PLAIN.fullmatch(text) and text.lower() not in NOT_TEXT)
    return text if plain else json.dumps(text, ensure_ascii=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m corpus.new", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("authority", metavar="AUTHORITY", help="whose paper it is")
    parser.add_argument("paper", type=Path, metavar="PAPER", help="a PDF or a text report")
    parser.add_argument("--case", default="", metavar="NAME", help="the case's name (default: from the paper's)")
    add_places(parser)
    options = parser.parse_args(arguments)
    try:
        folder = lay_out(options.authority, options.paper, options.case, options.corpus)
    except PaperError as error:
        parser.error(f"{options.paper}: {error.problem}. {error.remedy}")
    except (NewError, OSError) as error:
        parser.error(str(error))
    print(f"{folder / CASE_FILE}: write its purpose and source, then: make corpus CASE={case_name(folder)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
