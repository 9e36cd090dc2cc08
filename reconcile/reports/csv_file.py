"""A table as CSV: UTF-8 with BOM, CRLF, fields quoted where they must be, none of which a spreadsheet would calculate."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from reconcile.base.forks import shared_out
from reconcile.reports.escape import are_plain, csv_text
from reconcile.results.columns import SHARED, AlikeRows, Gap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconcile.results.columns import Cell, Column, TableRow
    from reconcile.results.tables import Table

_BLOCK = 2000


def csv_bytes(table: Table, *, bom: bool = True) -> bytes:
    """Return a table as the bytes of a CSV file, with or without a byte order mark."""
    return b"".join(csv_blocks(table, bom=bom))


def csv_blocks(table: Table, *, bom: bool = True, workers: int | None = 1) -> Iterator[bytes]:
    """Give a table as the bytes of a CSV file, some rows at a time. For `workers` see `shared_out`."""
    writer = _Writer(table.spec.columns, "\r\n")
    yield (b"\xef\xbb\xbf" if bom else b"") + writer.header().encode("utf-8")
    yield from shared_out(lambda parts: writer.block(parts).encode("utf-8", "backslashreplace"), table.cut(_BLOCK), workers)


def csv_lines(table: Table) -> Iterator[str]:
    """Give a table as text for standard output, its header first, some rows at a time: lines end as those of any text there."""
    writer = _Writer(table.spec.columns, "\n")
    yield writer.header()
    yield from map(writer.block, table.cut(_BLOCK))


def guarded(table: Table) -> int:
    """Count the fields of a table that differ from the text captured: an apostrophe in front, or escapes for what does not print."""
    return sum(
        csv_text(value) != value
        for rows in _some(iter(table.rows))
        for values in zip(*rows, strict=True)
        if not are_plain(texts := {value for value in values if isinstance(value, str)})
        if (changed := {value for value in texts if csv_text(value) != value})
        for value in values
        if value in changed
    )


def _some(rows: Iterator[TableRow]) -> Iterator[list[TableRow]]:
    while found := list(islice(rows, _BLOCK)):
        yield found


class _Writer:
    """Writes a few thousand rows at a time: those that are alike by what they have in common, all others column by column."""

    def __init__(self, columns: Sequence[Column], line_end: str) -> None:
        self._columns = columns
        self._line_end = line_end
        self._fields = _Fields()
        # The frame that was met last, and the line that it comes to.
        self._frame: tuple[Cell | Gap, ...] = ()
        self._line = ""

    def header(self) -> str:
        """Return the line of the columns' names."""
        return ",".join(column.name for column in self._columns) + self._line_end

    def block(self, rows: Iterable[AlikeRows | Sequence[TableRow]]) -> str:
        """Return the text of some rows."""
        parts = list(rows)
        if len(self._fields) > _MOST_KNOWN:
            self._fields = _Fields()
        alike = [part for part in parts if isinstance(part, AlikeRows)]
        if not are_plain([text for part in alike for at in part.free for text in part.own[at]]):  # type: ignore[misc]  # all of it is text
            parts, alike = [list(part.rows()) if isinstance(part, AlikeRows) else part for part in parts], []
        shared = [text for part in alike for text in part.shared]
        known = None if are_plain(shared) and "%" not in "".join(shared) else self._fields
        others = iter(self._lines([row for part in parts if not isinstance(part, AlikeRows) for row in part]))
        return "".join([self._alike(part, known) if isinstance(part, AlikeRows) else "".join(islice(others, len(part))) for part in parts])

    def _alike(self, part: AlikeRows, known: _Fields | None) -> str:
        """Return the lines of rows that are alike. What each has of its own needs no quotation marks and no escapes.

        `known` has the fields of what they share, where not all of that is fit to stand as it is.
        """
        if part.frame is not self._frame:
            self._frame, self._line = part.frame, ",".join(map(_framed, part.frame)) + self._line_end
        line = self._line % (part.shared if known is None else tuple([known[text] for text in part.shared]))
        return "".join(map(line.__mod__, zip(*part.own, strict=True)))

    def _lines(self, rows: Sequence[TableRow]) -> Iterator[str]:
        if not rows:
            return iter(())
        fields = [
            _numbers(values) if column.is_number else _texts(values)
            for column, values in zip(self._columns, zip(*rows, strict=True), strict=True)
        ]
        return (line + self._line_end for line in map(",".join, zip(*fields, strict=True)))


class _Fields(dict[str, str]):
    """The field of each text that some rows share, for a line that what each has of its own is still to be put into."""

    def __missing__(self, text: str) -> str:
        self[text] = _field(csv_text(text)).replace("%", "%%")
        return self[text]


def _framed(cell: Cell | Gap) -> str:
    """Return the field of a frame's cell, for a line into which two times something is to be put."""
    if isinstance(cell, Gap):
        return "%s" if cell is SHARED else "%%s"
    field = "" if cell is None else str(cell) if isinstance(cell, int) else _field(csv_text(cell))
    return field.replace("%", "%%%%")


_MOST_KNOWN = 1 << 16


def _numbers(values: Sequence[Cell]) -> list[str]:
    return ["" if value is None else str(value) for value in values]


def _texts(values: Sequence[Cell]) -> Sequence[str]:
    """Return the fields of a column. Most hold nothing that needs a look of its own, which one look at all of them tells."""
    distinct = set(values)
    texts = {value for value in distinct if isinstance(value, str)}
    if len(texts) == len(distinct) and are_plain(texts):
        return values  # type: ignore[return-value]  # all of them are text
    shown = {value: "" if value is None else _field(csv_text(str(value))) for value in distinct}
    return list(map(shown.__getitem__, values))


def _field(text: str) -> str:
    """Quote a field where it must be. The other characters for which a field is quoted end lines, and no text has them any more."""
    return '"' + text.replace('"', '""') + '"' if '"' in text or "," in text else text
