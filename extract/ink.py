"""What text is printed in: ink that no reader can see on what lies behind it, or red."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from extract.glyphs import Bools, Floats, Ints
from extract.paper import Cell, PrintedTable
from extract.pdfium import Drawing, Objects, colours_of, covers

# How far a colour may be from its background's, in any of red, green and blue, to be lost on it.
_NEAR = 20
# In points: how small a filled shape may be to hide a letter; and where a letter is, from where its baseline begins.
_SMALLEST, _INTO, _ABOVE = 3.0, 0.5, 1.0
# How many texts and shapes are compared at most; a drawing of more is a chart or a map.
_MOST = 4_000_000

_PAPER, _UNKNOWN = (255, 255, 255), (-1, -1, -1)


def noted(drawing: Drawing) -> Drawing:
    """The drawing, with its unseen and its red texts noted."""
    texts = _together(drawing.texts)
    if not texts.addresses:
        return drawing
    colours = colours_of(texts.addresses)
    hidden = _lost(texts, colours, drawing) | (colours[:, 3] == 0)
    red = (colours[:, 0] >= 150) & (colours[:, 1:3].max(axis=1) <= 0.45 * colours[:, 0])
    drawing.unseen = {item for item, lost in zip(texts.addresses, hidden, strict=True) if lost} - drawing.invisible
    drawing.red = {item for item, is_red in zip(texts.addresses, red, strict=True) if is_red} - drawing.unseen
    return drawing


def red_marked(table: PrintedTable, places: Floats) -> PrintedTable:
    """The table with its cells marked whose letters are all red; `places` are the middles (x, y) of red letters."""
    if not len(places) or table.box is None:
        return table
    rows = tuple(replace(row, cells=tuple(_red_marked(cell, places) for cell in row.cells)) for row in table.rows)
    return replace(table, rows=rows)


def _red_marked(cell: Cell, places: Floats) -> Cell:
    letters = sum(len(word.text) for word in cell.words)
    x, y = places.T
    red = sum(int(((b.x0 <= x) & (x <= b.x1) & (b.top <= y) & (y <= b.bottom)).sum()) for _, b in cell.words)
    return replace(cell, red=True) if letters and red >= letters else cell


def _together(parts: Sequence[Objects]) -> Objects:
    addresses = [address for part in parts for address in part.addresses]
    order = np.concatenate([np.empty(0), *(part.order for part in parts)])
    return Objects(addresses, order, np.concatenate([np.empty((0, 4)), *(part.bounds for part in parts)]))


def _lost(texts: Objects, colours: Ints, drawing: Drawing) -> Bools:
    """Which texts have the colour of what is behind them, or lie behind something."""
    shapes = _together(drawing.paths)
    large: Bools = np.all((shapes.bounds[:, 2:] - shapes.bounds[:, :2]) >= _SMALLEST, axis=1)
    paths = [path for path, keep in zip(shapes.addresses, large.tolist(), strict=True) if keep]
    pictures = _together(drawing.pictures)
    order = np.concatenate([shapes.order[large], pictures.order])
    bounds = np.concatenate([shapes.bounds[large], pictures.bounds])
    if len(order) * len(texts.order) > _MOST:
        return np.zeros(len(texts.order), dtype=np.bool_)
    inside = _inside(texts.bounds, bounds)
    filled = _Filled(paths)
    behind = _backgrounds(inside & (order[:, None] < texts.order), order, filled)
    lost: Bools = (np.abs(colours[:, :3] - behind) <= _NEAR).all(axis=1) & (colours[:, 0] >= 0)
    over = inside[: len(paths)] & (order[: len(paths), None] > texts.order)
    for i in np.flatnonzero(over.any(axis=1)):
        if filled.is_opaque(int(i)):
            lost |= over[i]
    return lost


def _inside(places: Floats, bounds: Floats) -> Bools:
    """Which shapes, a row each, have which texts in them."""
    x, y = places[:, 0] + _INTO, places[:, 1] - _ABOVE
    x0, top, x1, bottom = (side[:, None] for side in bounds.T)
    found: Bools = (x0 <= x) & (x <= x1) & (top <= y) & (y <= bottom)
    return found


class _Filled:
    """What shapes are filled with, asked of PDFium only for the few that matter. Pictures come after the paths."""

    def __init__(self, paths: Sequence[int]) -> None:
        self._paths = paths
        self._known: dict[int, tuple[int, ...]] = {}

    def colour(self, i: int) -> tuple[int, ...]:
        """The colour of a shape, or the unknown one of a picture or a pattern; paper where it is not filled."""
        if i not in self._known:
            self._known[i] = self._asked(i)
        return self._known[i]

    def _asked(self, i: int) -> tuple[int, ...]:
        if i >= len(self._paths):
            return _UNKNOWN
        if not covers(self._paths[i]):
            return ()
        return tuple(colours_of([self._paths[i]])[0, :3].tolist())

    def is_opaque(self, i: int) -> bool:
        """Whether nothing shines through a path."""
        return bool(self.colour(i)) and self.colour(i) != _UNKNOWN


def _backgrounds(behind: Bools, order: Floats, filled: _Filled) -> Ints:
    """The colour behind each text: that of the last filled shape under it, or of the paper."""
    found = np.tile(np.array(_PAPER), (behind.shape[1], 1))
    for text in np.flatnonzero(behind.any(axis=0)):
        shapes = np.flatnonzero(behind[:, text])
        under = (filled.colour(int(i)) for i in shapes[np.argsort(-order[shapes])])
        found[text] = next((colour for colour in under if colour), _PAPER)
    return found
