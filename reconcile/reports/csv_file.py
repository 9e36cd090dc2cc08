"""A table as CSV: UTF-8 with BOM, CRLF, fields quoted where they must be, none of which a spreadsheet would calculate."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from reconcile.reports.safe import csv_text

if TYPE_CHECKING:
    from typing import TextIO

    from reconcile.tables import Table


def csv_bytes(table: Table, *, bom: bool = True) -> bytes:
    """Return a table as the bytes of a CSV file, with or without a byte order mark."""
    text = io.StringIO(newline="")
    write_csv(table, text, line_end="\r\n")
    return text.getvalue().encode("utf-8-sig" if bom else "utf-8", "backslashreplace")


def guarded(table: Table) -> int:
    """Count the fields of a table that differ from the text captured: an apostrophe in front, or escapes for what does not print."""
    return sum(isinstance(value, str) and csv_text(value) != value for row in table.rows for value in row)


def write_csv(table: Table, stream: TextIO, line_end: str = "\n") -> None:
    """Write a table to a text stream, its header first."""
    writer = csv.writer(stream, lineterminator=line_end)
    writer.writerow([column.name for column in table.spec.columns])
    numbers = [column.is_number for column in table.spec.columns]
    writer.writerows(
        [value if number or not value else csv_text(str(value)) for value, number in zip(row, numbers, strict=True)] for row in table.rows
    )
