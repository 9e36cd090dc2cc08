"""A workbook as bytes: its parts in a fixed order, with fixed dates, never by way of a file on disk."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import os
import re
import zipfile
from typing import TYPE_CHECKING, Any

# With lxml at hand openpyxl writes other bytes; this must stand before its first import.
os.environ["OPENPYXL_LXML"] = "False"

from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from reconcile.reports.safe import html_text

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_FIXED_DATE = (1980, 1, 1, 0, 0, 0)


def begin(sheet: Worksheet) -> None:
    """Write what stands in front of a sheet's rows; its widths, panes and views are set by now."""
    writer = _MemoryWriter(sheet)
    sheet._writer = writer  # type: ignore[attr-defined]  # noqa: SLF001
    writer.write_top()


class _MemoryWriter(WorksheetWriter):
    """Writes a sheet to memory: openpyxl's own way is a file in the system's folder for temporary files, where captures must not go."""

    def __init__(self, sheet: Worksheet) -> None:
        super().__init__(sheet, out=io.BytesIO())

    def cleanup(self) -> None:
        """Leave nothing behind: there is no file."""


class _MemoryArchive(zipfile.ZipFile):
    """Takes a sheet from memory where `ExcelWriter` hands over the name of a file."""

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:  # noqa: ANN401 -- not a file's name but its content
        self.writestr(str(arcname), filename.getvalue())


def abandon(book: Workbook) -> None:
    """End what openpyxl has begun, so that it does not complain when the book is thrown away."""
    for sheet in book.worksheets:
        for stream in (getattr(sheet, "_rows", None), getattr(getattr(sheet, "_writer", None), "xf", None)):
            if stream is not None:
                with contextlib.suppress(Exception):
                    stream.close()


def book_bytes(book: Workbook, picture: str = "") -> bytes:
    """Write the book's parts in a fixed order, with fixed dates and attributes, and no word of who wrote it with what.

    `picture` is what its chart shows, for those who do not see it.
    """
    fixed = dt.datetime(*_FIXED_DATE)  # noqa: DTZ001 -- a workbook's dates bear no zone
    book.properties.created = book.properties.modified = fixed
    raw = io.BytesIO()
    # Workbook.save() would set the date of now, so the writer that it calls is called without it.
    with _MemoryArchive(raw, "w", zipfile.ZIP_STORED) as archive:
        ExcelWriter(book, archive).write_data()
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as archive, zipfile.ZipFile(out, "w") as fixed_archive:
        names = sorted(archive.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            info = zipfile.ZipInfo(name, _FIXED_DATE)
            info.create_system = 3
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            data = _APP if name == "docProps/app.xml" else archive.read(name)
            if name.startswith("xl/drawings/drawing"):
                # openpyxl knows no text for a chart.
                data = _CHART_NAME.sub(rf'\1 descr="{html_text(picture)}"'.encode(), data)
            fixed_archive.writestr(info, data, compresslevel=6)
    return out.getvalue()


_CHART_NAME = re.compile(rb'(<(?:xdr:)?cNvPr id="1" name="Chart 1")')
_APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>vpmem-reconcile</Application></Properties>"
)
