"""A table as CSV: UTF-8 with BOM, CRLF, fields quoted where they must be, none of which a spreadsheet would calculate."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from reconcile.reports.safe import are_plain, csv_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TextIO

    from reconcile.tables import Cell, Table, TableRow

_BLOCK = 2000


def csv_bytes(table: Table, *, bom: bool = True) -> bytes:
    """Return a table as the bytes of a CSV file, with or without a byte order mark."""
    return b"".join(csv_blocks(table, bom=bom))


def csv_blocks(table: Table, *, bom: bool = True) -> Iterator[bytes]:
    """Give a table as the bytes of a CSV file, some rows at a time."""
    yield b"\xef\xbb\xbf" if bom else b""
    for block in _blocks(table, "\r\n"):
        yield block.encode("utf-8", "backslashreplace")


def write_csv(table: Table, stream: TextIO, line_end: str = "\n") -> None:
    """Write a table to a text stream, its header first."""
    stream.writelines(_blocks(table, line_end))


def guarded(table: Table) -> int:
    """Count the fields of a table that differ from the text captured: an apostrophe in front, or escapes for what does not print."""
    return sum(
        csv_text(value) != value
        for rows in _parts(table)
        for values in zip(*rows, strict=True)
        if not are_plain(texts := {value for value in values if isinstance(value, str)})
        if (changed := {value for value in texts if csv_text(value) != value})
        for value in values
        if value in changed
    )


def _parts(table: Table) -> Iterator[Sequence[TableRow]]:
    return (table.rows[start : start + _BLOCK] for start in range(0, len(table.rows), _BLOCK))


def _blocks(table: Table, line_end: str) -> Iterator[str]:
    columns = table.spec.columns
    yield ",".join(column.name for column in columns) + line_end
    for rows in _parts(table):
        fields = [
            _numbers(values) if column.is_number else _texts(values)
            for column, values in zip(columns, zip(*rows, strict=True), strict=True)
        ]
        yield line_end.join(chain(map(",".join, zip(*fields, strict=True)), ("",)))


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
