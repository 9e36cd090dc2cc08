"""The rows of a long table as a sheet's XML, a block of rows at a time.

openpyxl makes an object of every cell, which takes a hundred times longer. Its styles are used; what stands in a cell is the same:
text typed as text and nothing else, whole numbers as numbers.

Each cell says where it stands (``r="B7"``). A reader may count instead, and the file would be half as long, but not every program that
reads workbooks was seen to do so.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from itertools import islice, repeat
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape

from reconcile.reports.escape import MOST_UNITS, are_plain, cell_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

Value = str | int | float | dt.date | None

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
SLACK = 1.15
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
    decimal: int
    empty: int | None = None


class SheetColumn:
    """A column of a sheet: makes the XML of its cells, and remembers it for values that come again."""

    def __init__(
        self, letter: str, look: Look, width: float, shown: Callable[[Value], Value] | None = None, *, is_seen: bool = True
    ) -> None:
        """`width` is how many characters a line has room for before a text is wrapped; `shown` makes a cell's value of a row's.

        A column that is not seen makes no row higher.
        """
        self._begin = f'<c r="{letter}{_ROW}" s="'
        self._look = look
        # A text that just fills its column is cut where a font is a little wider.
        self._longest = width / SLACK
        self._shown = shown
        self._is_seen = is_seen
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
        known = self._known
        if self._shown:
            shown = {value: self._shown(value) for value in new}
            known.update({value: self._cell(cell) for value, cell in shown.items()})
            self._measure({value: cell for value, cell in shown.items() if isinstance(cell, str)})
            return
        texts = {value for value in new if isinstance(value, str) and value}
        longest = max(map(len, texts), default=0)
        if longest * 2 <= MOST_UNITS and are_plain(texts):
            look, begin = self._look, self._begin
            short = f'{begin}{look.text}" t="inlineStr"><is><t>'
            long = f'{begin}{look.wrapped}" t="inlineStr"><is><t>'
            limit = self._longest
            known.update({text: f"{short if len(text) <= limit else long}{text}</t></is></c>" for text in texts})
        else:
            known.update({text: self._text(text) for text in texts})
        if longest > self._longest:
            self._measure({text: text for text in texts if len(text) > self._longest})
        known.update({value: self._other(value) for value in new - texts})

    def _measure(self, texts: Mapping[Value, str]) -> None:
        """Remember how many lines texts need."""
        if self._is_seen:
            told = {value: line_count(cell_text(text), self._longest) for value, text in texts.items()}
            self._lines.update({value: lines for value, lines in told.items() if lines > 1})

    def _cell(self, value: Value) -> str:
        return self._text(value) if isinstance(value, str) and value else self._other(value)

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
        if isinstance(value, float):
            return f'{self._begin}{self._look.decimal}"><v>{value!r}</v></c>'
        if not isinstance(value, int):
            return self._empty
        if abs(value) < EXACT:
            return f'{self._begin}{self._look.number}"><v>{value}</v></c>'
        return self._typed(str(value), self._look.figures_quoted if value < 0 else self._look.figures)


# A spreadsheet's day 0 for every day since March 1900.
_FIRST_DAY = dt.date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class SheetRows:
    """The rows of a sheet's table, which stand below its header.

    `places` say where in a row the value of each column stands, by default in their order. `whole` makes the sheet's row of the table's,
    where that has more.
    """

    columns: Sequence[SheetColumn]
    rows: Iterable[Sequence[Value]]
    whole: Callable[[Sequence[Value]], Sequence[Value]] | None = None
    places: Sequence[int] | None = None

    def __iter__(self) -> Iterator[bytes]:
        """Give blocks of rows as XML."""
        rows, number = iter(self.rows), 2
        while some := list(islice(rows, _BLOCK)):
            yield self._block(list(map(self.whole, some)) if self.whole else some, number)
            number += len(some)

    def _block(self, rows: Sequence[Sequence[Value]], first: int) -> bytes:
        values = list(zip(*rows, strict=True))
        if self.places is not None:
            values = [values[at] for at in self.places]
        lines: list[int] | None = None
        cells = []
        for column, of_column in zip(self.columns, values, strict=True):
            cells.append(column.cells(of_column))
            needed = column.lines(of_column)
            if needed:
                lines = list(map(max, lines, needed)) if lines else needed
        heights = map(_row, lines or repeat(1, len(rows)))
        xml = [
            f"{begin}{row}</row>".replace(_ROW, str(number))
            for number, (begin, row) in enumerate(zip(heights, map("".join, zip(*cells, strict=True)), strict=True), first)
        ]
        return "".join(xml).encode()


def _row(lines: int) -> str:
    """Begin a row: as high as its text needs, for who does not look himself, and free to be made as high as it should be by who does."""
    return f'<row r="{_ROW}">' if lines <= 1 else f'<row r="{_ROW}" ht="{min(lines * _LINE_HEIGHT, _MOST_HEIGHT)}">'


# Where a line may end.
_BREAK = re.compile(r"(?<=[ /-])")


def line_count(text: str, room: float) -> int:
    """Return how many lines a text needs where a line has room for so many characters."""
    lines, left = 1, room
    for word in _BREAK.split(text):
        length = len(word.rstrip())
        if length > left and left < room:
            lines, left = lines + 1, room
        if length > room:
            more = math.ceil(length / room) - 1
            lines, left = lines + more, left + more * room
        left -= len(word)
    return lines
