"""A workbook's file: its parts in a fixed order, with fixed dates, never by way of a temporary file.

openpyxl makes the book without the rows of its long tables. They are written in between its parts as they are made, and compressed
meanwhile, so that a million rows are never in memory as XML.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import os
import posixpath
import re
import zipfile
from collections import deque
from concurrent.futures import ThreadPoolExecutor, wait
from typing import IO, TYPE_CHECKING, Any

# With lxml at hand openpyxl writes other bytes; this must stand before its first import.
os.environ["OPENPYXL_LXML"] = "False"

from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from reconcile.reports.escape import html_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Executor, Future

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_FIXED_DATE = (1980, 1, 1, 0, 0, 0)
# Of 408,000 rows of a mapping (463 MB of XML): level 1 gives 55 MB in 1.3 s, level 2 53 MB in 1.2 s, level 3 47 MB in 1.7 s,
# level 4 50 MB in 2.2 s, level 5 44 MB in 2.8 s, level 6 42 MB in 4.4 s.
_LEVEL = 3
# Blocks that wait for being compressed: enough that neither side waits for long, and no more in memory.
_WAITING = 2


def begin(sheet: Worksheet) -> None:
    """Write what stands in front of a sheet's rows; its widths, panes and views are set by now."""
    writer = _MemoryWriter(sheet)
    sheet._writer = writer  # type: ignore[attr-defined]  # noqa: SLF001
    writer.write_top()


def put_rows(sheet: Worksheet, blocks: Iterable[bytes]) -> None:
    """Let blocks of rows, as XML, stand below those that the sheet has when its book is written. They may be asked for twice."""
    sheet._writer.blocks = blocks  # type: ignore[attr-defined]  # noqa: SLF001


class _MemoryWriter(WorksheetWriter):
    """Writes a sheet to memory: openpyxl's own way is a file in the system's folder for temporary files, where captures must not go."""

    blocks: Iterable[bytes] = ()

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


def write_book(book: Workbook, stream: IO[bytes], picture: str = "", moment: dt.datetime | None = None) -> None:
    """Write the book's parts in a fixed order, with fixed dates and attributes, and no word of who wrote it with what.

    `picture` is what its chart shows, for those who do not see it; `moment` is the one of which the book says that it is of that time.
    """
    fixed = dt.datetime(*_FIXED_DATE)  # noqa: DTZ001 -- a workbook's dates bear no zone
    book.properties.created = book.properties.modified = moment.replace(tzinfo=None) if moment else fixed
    # There is no formula that a program would have to calculate when it opens the book.
    book.calculation = None
    raw = io.BytesIO()
    # Workbook.save() would set the date of now, so the writer that it calls is called without it.
    with _MemoryArchive(raw, "w", zipfile.ZIP_STORED) as archive:
        ExcelWriter(book, archive).write_data()
    later = {sheet.path[1:]: sheet._writer.blocks for sheet in book.worksheets}  # type: ignore[attr-defined]  # noqa: SLF001
    with (
        zipfile.ZipFile(raw) as archive,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as fixed_archive,
        ThreadPoolExecutor(1, "compress") as worker,
    ):
        for name in sorted(archive.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            data = _APP if name == "docProps/app.xml" else archive.read(name)
            if name.startswith("xl/drawings/drawing"):
                # openpyxl knows no text for a chart.
                data = _prefixed(_CHART_NAME.sub(rf'\1 descr="{html_text(picture)}"'.encode(), data))
            elif name.startswith("xl/") and name.endswith(".rels"):
                data = _relative(name, data)
            _write_part(fixed_archive, name, _Content(data, later.get(name, ())), worker)
            info = fixed_archive.getinfo(name)
            info.create_system = 3
            info.external_attr = 0o644 << 16


def _prefixed(drawing: bytes) -> bytes:
    """Give a drawing's own elements the prefix that they mostly have, without which not every program finds them."""
    return _UNPREFIXED.sub(rb"\1xdr:", drawing).replace(b" xmlns=", b" xmlns:xdr=", 1)


# <from>  </from>  and not <a:graphic> nor <?xml
_UNPREFIXED = re.compile(rb"(</?)(?=[A-Za-z]+[\s/>])")


def _relative(name: str, relations: bytes) -> bytes:
    """Let relations name parts as they lie to the part that has the relations: not every program knows names from the root."""
    folder = posixpath.dirname(posixpath.dirname(name))
    return _FROM_ROOT.sub(lambda found: f'Target="{posixpath.relpath(found[1].decode(), folder)}"'.encode(), relations)


_FROM_ROOT = re.compile(rb'\bTarget="/([^"]+)"')


class _Content:
    """What a part holds: a sheet's blocks of rows stand behind the rows that it has."""

    def __init__(self, data: bytes, blocks: Iterable[bytes]) -> None:
        self._data = data
        self._blocks = blocks

    def __iter__(self) -> Iterator[bytes]:
        at = self._data.find(b"</sheetData>")
        if at >= 0:
            yield self._data[:at]
            yield from self._blocks
        yield self._data[max(at, 0) :]


def _write_part(archive: zipfile.ZipFile, name: str, content: Iterable[bytes], worker: Executor) -> None:
    """Write a part whose size nobody knows before; only one of more than 2 GiB gets the form of zip that not every program reads."""
    size = _compress(archive, name, content, worker, large=False)
    if size > zipfile.ZIP64_LIMIT:
        _compress(archive, name, content, worker, large=True)


def _compress(archive: zipfile.ZipFile, name: str, content: Iterable[bytes], worker: Executor, *, large: bool) -> int:
    """Write a part, and return how long it is. One that turns out too long is given up, and is not in the archive.

    A thread compresses while what comes next is made, for zlib lets other threads run. It is one thread, which takes the blocks in their
    order, so the bytes are the same as without it.
    """
    size = 0
    waiting: deque[Future[int]] = deque()
    part = archive.open(name, "w", force_zip64=large)
    try:
        for block in content:
            size += len(block)
            waiting.append(worker.submit(part.write, block))
            if len(waiting) > _WAITING:
                waiting.popleft().result()
            if size > zipfile.ZIP64_LIMIT and not large:
                break
    finally:
        wait(waiting)
        try:
            part.close()
        except RuntimeError:
            # Says the same: the part is too long for this form.
            if size <= zipfile.ZIP64_LIMIT:
                raise
    for written in waiting:
        written.result()
    return size


_CHART_NAME = re.compile(rb'(<(?:xdr:)?cNvPr id="1" name="Chart 1")')
_APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>vpmem-reconcile</Application></Properties>"
)
