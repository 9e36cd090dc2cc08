"""The rows of a long table as a sheet's XML, a block of rows at a time.

openpyxl makes an object of every cell, which takes a hundred times longer. Its styles are used; what stands in a cell is the same:
text typed as text and nothing else, whole numbers as numbers.

Each cell says where it stands (``r="B7"``). A reader may count instead, and the file would be half as long, but not every program that
reads workbooks was seen to do so.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from itertools import islice, repeat
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape

from reconcile.reports.escape import MOST_UNITS, are_plain, cell_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Value = str | int | dt.date | None

# So many that a block's values repeat, and so few that its XML, some 2 KB a row, is no burden.
_BLOCK = 1000
# Distinct values of a column that are remembered: guests, hosts and datastores come again, UUIDs do not.
_MOST_KNOWN = 4000
# Stands in a cell's XML for the number of its row. No text of a cell has it, for it does not print.
_ROW = "\0"
# A spreadsheet's numbers have 15 exact digits.
EXACT = 10**15
FORMULA_SIGNS = frozenset("=+-@")
# Words do not fill a line to its end.
_SLACK = 1.15
_LINE_HEIGHT = 15
# Excel's highest row.
_MOST_HEIGHT = 409


class Look(NamedTuple):
    """The styles of a column's cells, by openpyxl's numbers: of text, of text that is wrapped, and the same quoted; of numbers.

    `figures` are numbers as text, where a spreadsheet would round them. `empty` is for a cell without a value; None leaves it out.
    """

    text: int
    wrapped: int
    quoted: int
    quoted_wrapped: int
    number: int
    figures: int
    figures_quoted: int
    date: int
    empty: int | None = None


class SheetColumn:
    """A column of a sheet: makes the XML of its cells, and remembers it for values that come again."""

    def __init__(self, letter: str, look: Look, width: float, room: float) -> None:
        """`width` is how many characters a line has room for before a text is wrapped, `room` before its row is made higher."""
        self._begin = f'<c r="{letter}{_ROW}" s="'
        self._look = look
        # A text that just fills its column is cut where a font is a little wider, so it is wrapped where its row may be higher.
        self._longest = width / _SLACK
        self._room = room
        self._empty = "" if look.empty is None else f'{self._begin}{look.empty}"/>'
        self._known: dict[Value, str] = {}
        # The lines of those values that need more than one.
        self._lines: dict[Value, int] = {}

    def cells(self, values: Sequence[Value]) -> list[str]:
        """Return the XML of the cells of some rows."""
        distinct = set(values)
        new = distinct - self._known.keys()
        if new and len(self._known) > _MOST_KNOWN:
            self._known.clear()
            self._lines.clear()
            new = distinct
        if new:
            self._learn(new)
        return list(map(self._known.__getitem__, values))

    def lines(self, values: Sequence[Value]) -> list[int] | None:
        """Return how many lines the texts of these rows need, if one of them needs more than one. They were asked for as cells before."""
        if self._lines.keys().isdisjoint(values):
            return None
        return list(map(self._lines.get, values, repeat(1)))

    def _learn(self, new: set[Value]) -> None:
        texts = {value for value in new if isinstance(value, str) and value}
        known = self._known
        longest = max(map(len, texts), default=0)
        if longest * 2 <= MOST_UNITS and are_plain(texts):
            look, begin = self._look, self._begin
            short = f'{begin}{look.text}" t="inlineStr"><is><t>'
            long = f'{begin}{look.wrapped}" t="inlineStr"><is><t>'
            limit = self._longest
            known.update({text: f"{short if len(text) <= limit else long}{text}</t></is></c>" for text in texts})
        else:
            known.update({text: self._text(text) for text in texts})
        if line_count(longest, self._room) > 1:
            self._lines.update({text: lines for text in texts if (lines := line_count(len(text), self._room)) > 1})
        known.update({value: self._other(value) for value in new - texts})

    def _text(self, text: str) -> str:
        look = self._look
        is_wrapped = len(text) > self._longest
        text = cell_text(text)
        if text[:1] in FORMULA_SIGNS:
            return self._typed(text, look.quoted_wrapped if is_wrapped else look.quoted)
        return self._typed(text, look.wrapped if is_wrapped else look.text)

    def _typed(self, text: str, style: int) -> str:
        space = ' xml:space="preserve"' if text != text.strip() else ""
        return f'{self._begin}{style}" t="inlineStr"><is><t{space}>{escape(text)}</t></is></c>'

    def _other(self, value: Value) -> str:
        if isinstance(value, dt.date):
            return f'{self._begin}{self._look.date}"><v>{(value - _FIRST_DAY).days}</v></c>'
        if not isinstance(value, int):
            return self._empty
        if abs(value) < EXACT:
            return f'{self._begin}{self._look.number}"><v>{value}</v></c>'
        return self._typed(str(value), self._look.figures_quoted if value < 0 else self._look.figures)


# A spreadsheet's day 0 for every day since March 1900.
_FIRST_DAY = dt.date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class SheetRows:
    """The rows of a sheet's table, which stand below its header. `whole` makes the sheet's row of the table's, where that has more."""

    columns: Sequence[SheetColumn]
    rows: Sequence[Sequence[Value]]
    whole: Callable[[Sequence[Value]], Sequence[Value]] | None = None

    def __iter__(self) -> Iterator[bytes]:
        """Give blocks of rows as XML."""
        rows, number = iter(self.rows), 2
        while some := list(islice(rows, _BLOCK)):
            yield self._block(list(map(self.whole, some)) if self.whole else some, number)
            number += len(some)

    def _block(self, rows: Sequence[Sequence[Value]], first: int) -> bytes:
        lines: list[int] | None = None
        cells = []
        for column, values in zip(self.columns, zip(*rows, strict=True), strict=True):
            cells.append(column.cells(values))
            needed = column.lines(values)
            if needed:
                lines = list(map(max, lines, needed)) if lines else needed
        heights = map(_row, lines or repeat(1, len(rows)))
        xml = [
            f"{begin}{row}</row>".replace(_ROW, str(number))
            for number, (begin, row) in enumerate(zip(heights, map("".join, zip(*cells, strict=True)), strict=True), first)
        ]
        return "".join(xml).encode()


def _row(lines: int) -> str:
    height = height_of(lines)
    return f'<row r="{_ROW}">' if height is None else f'<row r="{_ROW}" customHeight="1" ht="{height}">'


def line_count(characters: int, room: float) -> int:
    """Return how many lines a text needs where a line has room for so many characters."""
    return math.ceil(characters / room * _SLACK)


def height_of(lines: int) -> int | None:
    """Return how high a row must be for its wrapped text, which not every program sees to; None for the usual height."""
    return min(lines * _LINE_HEIGHT, _MOST_HEIGHT) if lines > 1 else None
