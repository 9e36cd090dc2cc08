"""The workbook: Summary, Findings, Mapping, VMDKs, Sources, Unread, Method.

Text from captures goes into cells typed as text, so nothing in it can become a formula, a number or an error. There is no formula in
the book at all. The same result gives the same bytes: no time, user or machine is in it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import math
import os
import zipfile
from typing import TYPE_CHECKING, Any

# With lxml at hand openpyxl writes other bytes; this must stand before its first import.
os.environ["OPENPYXL_LXML"] = "False"

import warnings

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table as SheetTable
from openpyxl.worksheet.table import TableStyleInfo
from openpyxl.writer.excel import ExcelWriter

from reconcile import schema
from reconcile.compare import MEANINGS
from reconcile.reports import method
from reconcile.reports.safe import cell_text
from reconcile.reports.summary import comparison_verdict, controls, measures, sources_digest, verdict
from reconcile.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from reconcile.compare import Comparison
    from reconcile.results import Result
    from reconcile.schema import Column
    from reconcile.tables import Cell, Table

# Excel takes 1,048,576 rows; a longer table goes on on a sheet of its own.
MOST_ROWS = 1_000_000
_SHEETS = (schema.FINDINGS, schema.MAPPING, schema.VMDKS, schema.SOURCES, schema.UNREAD)
_PLAIN = Font(name="Calibri", size=11)
_BOLD = Font(name="Calibri", size=11, bold=True)
_TITLE = Font(name="Calibri", size=16, bold=True)
_MONO = Font(name="Consolas", size=10)
_HEADER = Font(name="Calibri", size=11, bold=True, color="FFFFFF")
_HEADER_FILL = PatternFill("solid", fgColor="1F3864")
_WRAP = Alignment(wrap_text=True, vertical="top")
_TOP = Alignment(vertical="top")
_LEFT = Alignment(horizontal="left", vertical="top")
_WORD_FILLS = {
    "matched": PatternFill("solid", fgColor="E2F0D9"),
    "ambiguous": PatternFill("solid", fgColor="FDE2E1"),
    "error": PatternFill("solid", fgColor="FDE2E1"),
    "warning": PatternFill("solid", fgColor="FFF3CD"),
    "guest-only": PatternFill("solid", fgColor="FFF3CD"),
    "host-only": PatternFill("solid", fgColor="FFF3CD"),
}
_FIXED_DATE = (1980, 1, 1, 0, 0, 0)


def workbook_bytes(result: Result) -> bytes:
    """Return the workbook as the bytes of an ``.xlsx`` file."""
    book = Workbook(write_only=True)
    try:
        return _bytes_of(book, result)
    except BaseException:
        _abandon(book)
        raise


def comparison_bytes(comparison: Comparison) -> bytes:
    """Return the comparison's workbook as the bytes of an ``.xlsx`` file."""
    book = Workbook(write_only=True)
    try:
        sheet = _sheet(book, "Summary", [36, 24, 110])
        sheet.row_dimensions[1].height = 26
        sheet.row_dimensions[2].height = 22
        _begin(sheet)
        sheet.append([_text_cell(sheet, "What changed between two visits", _TITLE)])
        sheet.append([_text_cell(sheet, comparison_verdict(comparison), _BOLD)])
        sheet.append([])
        _heading(sheet, ("Change", "Number", "What it means"))
        _lines(sheet, [(str(change), comparison.counts[change], meaning) for change, meaning in MEANINGS.items()])
        _lines(sheet, [("unchanged", comparison.same, "devices and vmdks that both visits show and that did not change")])
        sheet.append([])
        _heading(sheet, ("Visit", "Sources", "All sources"))
        for name, result in (("old", comparison.old), ("new", comparison.new)):
            _lines(sheet, [(name, result.totals.sources, f"sha256 {sources_digest(result)} over 'sha256  site/path', sorted")])
        _table(book, comparison.table)
        book.properties.title = "vPMem comparison"
        book.properties.creator = f"vpmem-reconcile {__version__}"
        book.properties.language = "en"
        return _fixed_bytes(book)
    except BaseException:
        _abandon(book)
        raise


def _abandon(book: Workbook) -> None:
    """End what openpyxl has begun, so that it does not complain when the book is thrown away."""
    for sheet in book.worksheets:
        for stream in (getattr(sheet, "_rows", None), getattr(getattr(sheet, "_writer", None), "xf", None)):
            if stream is not None:
                with contextlib.suppress(Exception):
                    stream.close()


def _bytes_of(book: Workbook, result: Result) -> bytes:
    _summary(book, result)
    for spec in _SHEETS:
        _table(book, result.table(spec.name))
    _method(book, result)
    properties = book.properties
    properties.title = "vPMem reconciliation"
    properties.subject = f"sources sha256 {sources_digest(result)}"
    properties.creator = f"vpmem-reconcile {__version__}"
    properties.language = "en"
    return _fixed_bytes(book)


def _sheet(book: Workbook, title: str, widths: Sequence[int]) -> Worksheet:
    sheet: Worksheet = book.create_sheet(title)
    for index, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.sheet_view.zoomScale = 90
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = "9"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    # A wide table on one page is too small to read: about 210 characters go on one.
    sheet.page_setup.fitToWidth = -(-sum(widths) // _CHARACTERS_A_PAGE)
    sheet.page_setup.fitToHeight = 0
    return sheet


_CHARACTERS_A_PAGE = 210


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


def _begin(sheet: Worksheet) -> None:
    """Write what stands in front of a sheet's rows; its widths, panes and views are set by now."""
    writer = _MemoryWriter(sheet)
    sheet._writer = writer  # type: ignore[attr-defined]  # noqa: SLF001
    writer.write_top()


def _text_cell(sheet: Worksheet, text: str, font: Font = _PLAIN, alignment: Alignment = _TOP) -> SheetCell:
    cell = WriteOnlyCell(sheet, value="")
    text = cell_text(text)
    cell.value = text
    # Set behind the value, for openpyxl makes a formula of "=..." and an error of "#N/A".
    cell.data_type = "s"
    cell.number_format = "@"
    cell.font = font
    cell.alignment = alignment
    if text[:1] in _FORMULA_SIGNS:
        # Keeps it text when somebody edits the cell.
        cell.quotePrefix = True
    return cell


_FORMULA_SIGNS = frozenset("=+-@")


def _number_cell(sheet: Worksheet, number: int) -> SheetCell:
    if abs(number) >= _EXACT:
        return _text_cell(sheet, str(number), _MONO)
    cell = WriteOnlyCell(sheet, value=number)
    cell.number_format = "#,##0"
    cell.font = _PLAIN
    cell.alignment = _TOP
    return cell


# A spreadsheet's numbers have 15 exact digits.
_EXACT = 10**15


def _table(book: Workbook, table: Table) -> None:
    columns = table.spec.columns
    parts = [table.rows[start : start + MOST_ROWS] for start in range(0, len(table.rows), MOST_ROWS)] or [()]
    for number, rows in enumerate(parts, 1):
        title = table.spec.title if number == 1 else f"{table.spec.title} ({number})"
        sheet = _sheet(book, title, [max(column.width, len(column.name) + 4) for column in columns])
        sheet.freeze_panes = "A2"
        sheet.row_dimensions[1].height = 32
        sheet.print_title_rows = "1:1"
        _begin(sheet)
        sheet.append([_header_cell(sheet, column.name) for column in columns])
        for index, row in enumerate(rows, 2):
            _set_height(
                sheet, index, [len(str(value or "")) / column.width for value, column in zip(row, columns, strict=True) if _wraps(column)]
            )
            sheet.append([_cell(sheet, value, column) for value, column in zip(row, columns, strict=True)])
        if rows:
            _as_table(sheet, table.spec, number, len(rows))


def _wraps(column: Column) -> bool:
    return column.type is schema.Type.PROSE


def _set_height(sheet: Worksheet, row: int, filled: Sequence[float]) -> None:
    """Make a row as high as its wrapped text needs: not every program does so when it opens a book."""
    lines = max((math.ceil(share * _SLACK) for share in filled), default=1)
    if lines > 1:
        sheet.row_dimensions[row].height = min(lines * _LINE_HEIGHT, _MOST_HEIGHT)


# Words do not fill a line to its end.
_SLACK = 1.15
_LINE_HEIGHT = 15
# Excel's highest row.
_MOST_HEIGHT = 409


def _header_cell(sheet: Worksheet, name: str) -> SheetCell:
    cell = _text_cell(sheet, name, _HEADER, _WRAP)
    cell.fill = _HEADER_FILL
    return cell


def _cell(sheet: Worksheet, value: Cell, column: Column) -> SheetCell | None:
    if value is None or value == "":
        return None
    if isinstance(value, int):
        return _number_cell(sheet, value)
    cell = _text_cell(sheet, value, _MONO if column.type is schema.Type.ID else _PLAIN, _WRAP if _wraps(column) else _TOP)
    if column.name in {"status", "severity"} and value in _WORD_FILLS:
        cell.fill = _WORD_FILLS[value]
    return cell


def _as_table(sheet: Worksheet, spec: schema.TableSpec, number: int, rows: int) -> None:
    name = f"tbl{spec.title}" + (f"_{number}" if number > 1 else "")
    table = SheetTable(displayName=name, ref=f"A1:{get_column_letter(len(spec.columns))}{rows + 1}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    # openpyxl names a table's columns from its cells, which a write-only sheet has no more.
    table._initialise_columns()  # type: ignore[attr-defined]  # noqa: SLF001
    for column, wanted in zip(table.tableColumns, spec.columns, strict=True):
        column.name = wanted.name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        sheet.add_table(table)


def _summary(book: Workbook, result: Result) -> None:
    sheet = _sheet(book, "Summary", [36, 24, 74])
    sheet.row_dimensions[1].height = 26
    sheet.row_dimensions[2].height = 22
    _begin(sheet)
    sheet.append([_text_cell(sheet, "Which virtual disk is which device", _TITLE)])
    sheet.append([_text_cell(sheet, verdict(result), _BOLD)])
    sheet.append([])
    _heading(sheet, ("Measure", "Value", "How it is counted"))
    _lines(sheet, measures(result))
    sheet.append([])
    _heading(sheet, ("Control total", "Result", "What must agree"))
    _lines(sheet, controls(result))
    sheet.append([])
    _heading(sheet, ("Scope", "", ""))
    sites = ", ".join(site.name for site in result.captures.sites)
    _lines(sheet, [("Sites", sites, "what is reconciled together"), ("Tool", f"vpmem-reconcile {__version__}", "")])
    _lines(sheet, [("All sources", "", f"sha256 {sources_digest(result)} over the lines 'sha256  site/path', sorted")])
    sheet.append([])
    _heading(sheet, ("Sheet", "", "What a row of it is"))
    _lines(sheet, [(spec.title, "", spec.about) for spec in _SHEETS])
    _lines(sheet, [("Method", "", "how rows come about, what the rules mean, what this cannot tell")])


def _heading(sheet: Worksheet, words: Sequence[str]) -> None:
    sheet.append([_header_cell(sheet, word) for word in words])


def _lines(sheet: Worksheet, lines: Iterable[Sequence[str | int]]) -> None:
    for line in lines:
        cells = [_number_cell(sheet, value) if isinstance(value, int) else _text_cell(sheet, value, _PLAIN, _WRAP) for value in line]
        for cell in cells[1:2]:
            cell.alignment = _LEFT
        sheet.append(cells)


def _method(book: Workbook, result: Result) -> None:
    sheet = _sheet(book, "Method", [26, 12, 110])
    _begin(sheet)
    _heading(sheet, ("Topic", "Severity", "Text"))
    for index, topic in enumerate(method.topics(result), 2):
        _set_height(sheet, index, [len(topic[2]) / 110])
        _lines(sheet, [topic])


def _fixed_bytes(book: Workbook) -> bytes:
    """Write the book's parts in a fixed order, with fixed dates and attributes, and no word of who wrote it with what."""
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
            fixed_archive.writestr(info, data, compresslevel=6)
    return out.getvalue()


_APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>vpmem-reconcile</Application></Properties>"
)
