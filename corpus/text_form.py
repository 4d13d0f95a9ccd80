"""A case as a text report: cells parted by tabs, blocks by blank lines, pages by form feeds.

Papers reach a collection as PDFs and as dumps of their text. The same paper must yield the same figures either way, so
that each case is tried in both forms; the text is made when it is wanted, and not kept. It holds the words of a paper
and none of its looks: no watermark, no raised mark of a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from corpus.case import Beside, Case, Grid, Page, Row, Space, Text, place


def text_form(case: Case) -> str:
    """Write a case as a text report. A cell over several columns or rows stands in the first of them."""
    pages = enumerate(case.pages, 1)
    return "\f".join("\n\n".join(filter(None, _page(case, page, number))) + "\n" for number, page in pages)


def _page(case: Case, page: Page, number: int) -> Iterator[str]:
    def running(line: str) -> str:
        return line.replace("{page}", str(number)).replace("{pages}", str(len(case.pages)))

    yield running(case.header if page.header is None else page.header)
    yield from _blocks(case, page.content)
    yield running(case.footer if page.footer is None else page.footer)


def _blocks(case: Case, blocks: Iterable[Text | Space | Grid | Beside]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Text():
                yield _one_line(block.text)
            case Grid():
                rows = (*(case.heads[block.head] if block.head else ()), *block.rows)
                yield _table(rows, len(case.tables[block.table].columns))
            case Beside():
                for stack in block.beside:
                    yield from _blocks(case, stack.content)
            case Space():
                pass


def _table(rows: tuple[Row, ...], width: int) -> str:
    cells = [[""] * width for _ in rows]
    for row, column, cell in place(rows):
        cells[row][column] = _one_line(cell.text)
    return "\n".join("\t".join(row) for row in cells)


def _one_line(text: str) -> str:
    return " ".join(text.split())
