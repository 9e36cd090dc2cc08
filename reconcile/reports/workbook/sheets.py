"""Sheets and their cells: text typed as text, numbers as numbers, one look for all.

Text from captures goes into cells typed as text, so nothing in it can become a formula, a number or an error. There is no formula in
the book at all.
"""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING

from reconcile.reports.workbook.zip_file import begin

# isort: split
from openpyxl.cell import WriteOnlyCell
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table as SheetTable
from openpyxl.worksheet.table import TableStyleInfo

from reconcile.base.version import __version__
from reconcile.reports.escape import cell_text
from reconcile.reports.workbook.sheet_rows import EXACT, FORMULA_SIGNS, Look, SheetColumn, height_of, line_count
from reconcile.results.columns import Type

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from openpyxl import Workbook
    from openpyxl.cell import Cell as SheetCell
    from openpyxl.worksheet.worksheet import Worksheet

    from reconcile.results.columns import Column

# Always by name and size: a font that only says bold falls back to another face in LibreOffice.
PLAIN = Font(name="Calibri", size=11)
BOLD = Font(name="Calibri", size=11, bold=True)
TITLE = Font(name="Calibri", size=16, bold=True)
_MONO = Font(name="Consolas", size=10)
_LINK = Font(name="Calibri", size=11, underline="single", color="1F3864")
_HEADER = Font(name="Calibri", size=11, bold=True, color="FFFFFF")
_HEADER_FILL = PatternFill("solid", fgColor="1F3864")
# What a person fills in.
_ENTRY_FILL = PatternFill("solid", fgColor="FFFFE5")
_WRAP = Alignment(wrap_text=True, vertical="top")
_TOP = Alignment(vertical="top")
_LEFT = Alignment(horizontal="left", vertical="top")
# The report's own words, ground and text. A word says it, the colour only helps to find it.
_GOOD, _WARN, _BAD = ("E2F0D9", "1E4620"), ("FFF3CD", "5C4400"), ("FDE2E1", "7A1212")
WORDS = {
    "status": {
        "matched": _GOOD, "ambiguous": _BAD, "guest-only": _WARN, "host-only": _WARN,
        "read": _GOOD, "truncated": _WARN, "damaged": _WARN, "refused": _BAD,
    },
    "severity": {"error": _BAD, "warning": _WARN},
    "result": {"PASS": _GOOD, "FAIL": _BAD},
}  # fmt: skip
# About as many characters as one page of A4 across can hold in a size that can be read.
_CHARACTERS_A_PAGE = 210


def new_sheet(book: Workbook, title: str, widths: Sequence[int], footer: str, *, pages: int | None = None) -> Worksheet:
    """Add a sheet; `pages` is how many it is wide in print, by default what its widths need."""
    sheet: Worksheet = book.create_sheet(title)
    for index, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.sheet_view.zoomScale = 90
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = "9"
    sheet.page_margins = PageMargins(left=0.5, right=0.5, top=0.8, bottom=0.8, header=0.35, footer=0.35)
    header, foot = sheet.HeaderFooter.oddHeader, sheet.HeaderFooter.oddFooter
    if header is None or foot is None:
        raise AssertionError
    header.center.text = "&A"
    foot.left.text = f"vpmem-reconcile {__version__}  {footer}"
    foot.center.text = "Page &P of &N"
    foot.right.text = "&F"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth = pages or -(-sum(widths) // _CHARACTERS_A_PAGE)
    sheet.page_setup.fitToHeight = 0
    return sheet


def keep_in_sight(sheet: Worksheet, widths: Sequence[int], columns: int) -> None:
    """Let the header and the first columns stay when a sheet is moved, and stand on every page."""
    sheet.freeze_panes = f"{get_column_letter(columns + 1)}2"
    sheet.print_title_rows = "1:1"
    sheet.print_options.gridLines = True
    kept = sum(widths[:columns])
    if columns and sum(widths) > _CHARACTERS_A_PAGE:
        sheet.print_title_cols = f"A:{get_column_letter(columns)}"
        sheet.page_setup.fitToWidth = -(-(sum(widths) - kept) // (_CHARACTERS_A_PAGE - kept))


def text_cell(sheet: Worksheet, text: str, font: Font = PLAIN, alignment: Alignment = _TOP) -> SheetCell:
    """Return a cell that holds a text, whatever it looks like."""
    cell = WriteOnlyCell(sheet, value="")
    text = cell_text(text)
    cell.value = text
    # Set behind the value, for openpyxl makes a formula of "=..." and an error of "#N/A".
    cell.data_type = "s"
    cell.number_format = "@"
    cell.font = font
    cell.alignment = alignment
    if text[:1] in FORMULA_SIGNS:
        # Keeps it text when somebody edits the cell.
        cell.quotePrefix = True
    return cell


def number_cell(sheet: Worksheet, number: int) -> SheetCell:
    """Return a cell that holds a whole number, as text where a spreadsheet would round it."""
    if abs(number) >= EXACT:
        return text_cell(sheet, str(number), _MONO)
    cell = WriteOnlyCell(sheet, value=number)
    cell.number_format = "#,##0"
    cell.font = PLAIN
    cell.alignment = _TOP
    return cell


def entry_cell(sheet: Worksheet, text: str = "") -> SheetCell:
    """Return a cell for a person to fill in."""
    cell = text_cell(sheet, text, PLAIN, _WRAP)
    cell.fill = _ENTRY_FILL
    return cell


def date_cell(sheet: Worksheet, day: str | dt.date) -> SheetCell:
    """Return a cell for a person to fill in with a day."""
    cell = entry_cell(sheet, day if isinstance(day, str) else "")
    if not isinstance(day, str):
        cell.value = day
    cell.number_format = "yyyy-mm-dd"
    return cell


def link_cell(sheet: Worksheet, title: str) -> SheetCell:
    """Return a cell with a sheet's title that leads there."""
    cell = text_cell(sheet, title, _LINK)
    cell._hyperlink = Hyperlink(ref="A1", location=f"'{title}'!A1")  # type: ignore[attr-defined]  # noqa: SLF001
    return cell


def set_height(sheet: Worksheet, row: int, text: str, room: int) -> None:
    """Make a row as high as a wrapped text in it needs."""
    height = height_of(line_count(len(text), room))
    if height is not None:
        sheet.row_dimensions[row].height = height


def header_cell(sheet: Worksheet, name: str) -> SheetCell:
    cell = text_cell(sheet, name, _HEADER, _WRAP)
    cell.fill = _HEADER_FILL
    return cell


def data_columns(sheet: Worksheet, columns: Sequence[Column], rooms: Sequence[int]) -> list[SheetColumn]:
    """Return a table's columns as they are written: ids in a face where all characters are as wide, a long text wrapped."""
    looks = {is_id: _look(sheet, _MONO if is_id else PLAIN) for is_id in (False, True)}
    return [
        SheetColumn(get_column_letter(at), looks[column.type is Type.ID], column.width, room)
        for at, (column, room) in enumerate(zip(columns, rooms, strict=True), 1)
    ]


def entry_columns(sheet: Worksheet, first: int, names: Sequence[str]) -> list[SheetColumn]:
    """Return the columns that a person fills in, which make no row higher."""
    columns = []
    for at, name in enumerate(names, first):
        make = date_cell if name == "reviewed_on" else entry_cell
        style, quoted = (make(sheet, text).style_id for text in ("", "="))
        look = Look(style, style, quoted, quoted, style, style, quoted, date=style, empty=style)
        columns.append(SheetColumn(get_column_letter(at), look, math.inf, math.inf))
    return columns


def remark_column(sheet: Worksheet, at: int) -> SheetColumn:
    """Return a column of remarks, which are not wrapped and make no row higher."""
    look = _look(sheet, PLAIN)
    return SheetColumn(get_column_letter(at), look._replace(empty=look.text), math.inf, math.inf)


def _look(sheet: Worksheet, font: Font) -> Look:
    cells = [
        text_cell(sheet, "", font), text_cell(sheet, "", font, _WRAP), text_cell(sheet, "=", font), text_cell(sheet, "=", font, _WRAP),
        number_cell(sheet, 0), number_cell(sheet, EXACT), number_cell(sheet, -EXACT), date_cell(sheet, ""),
    ]  # fmt: skip
    return Look(*(cell.style_id for cell in cells))


def heading(sheet: Worksheet, words: Sequence[str]) -> None:
    """Append a row of headings."""
    sheet.append([header_cell(sheet, word) for word in words])


def lines(sheet: Worksheet, rows: Sequence[Sequence[str | int]], first: int) -> int:
    """Append rows of a name, a value and words about it from row `first` on; return the next row."""
    for number, row in enumerate(rows, first):
        # Not every program makes a row as high as its text when it opens a book.
        set_height(sheet, number, str(row[-1]), int(sheet.column_dimensions[get_column_letter(len(row))].width))
        sheet.append(line_cells(sheet, row))
    return first + len(rows)


def line_cells(sheet: Worksheet, row: Sequence[str | int]) -> list[SheetCell]:
    """Return the cells of a row of a name, a value and words about it."""
    cells = [number_cell(sheet, value) if isinstance(value, int) else text_cell(sheet, value, PLAIN, _WRAP) for value in row]
    for cell in cells[1:2]:
        cell.alignment = _LEFT
    return cells


def colour_words(sheet: Worksheet, cells: str, words: str) -> None:
    """Let the report's own words in a range of cells be seen from afar."""
    for word, (ground, text) in WORDS[words].items():
        rule = CellIsRule(operator="equal", formula=[f'"{word}"'], fill=PatternFill(bgColor=ground), font=Font(color=text, bold=True))  # type: ignore[no-untyped-call]
        sheet.conditional_formatting.add(cells, rule)


def offer(sheet: Worksheet, cells: str, choices: Sequence[str]) -> None:
    """Offer a list of words to choose from in a range of cells."""
    validation = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True, showErrorMessage=True)
    validation.error = f"Choose one of: {', '.join(choices)}."
    validation.add(cells)
    sheet.data_validations.append(validation)


def ask_date(sheet: Worksheet, cells: str) -> None:
    """Take nothing but a date in a range of cells."""
    # Serial 36526 is 2000-01-01.
    validation = DataValidation(type="date", operator="greaterThan", formula1="36526", allow_blank=True, showErrorMessage=True)
    validation.error = "Enter a date."
    validation.add(cells)
    sheet.data_validations.append(validation)


def as_table(sheet: Worksheet, title: str, names: Sequence[str], number: int, rows: int) -> None:
    """Make a sheet's rows one table, with its filter; `number` counts the sheets that a long table is spread over."""
    name = f"tbl{title.replace(' ', '')}" + (f"_{number}" if number > 1 else "")
    table = SheetTable(displayName=name, ref=f"A1:{get_column_letter(len(names))}{rows + 1}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    # openpyxl names a table's columns from its cells, which a write-only sheet has no more.
    table._initialise_columns()  # type: ignore[attr-defined]  # noqa: SLF001
    for column, wanted in zip(table.tableColumns, names, strict=True):
        column.name = wanted
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        sheet.add_table(table)


__all__ = [
    "BOLD", "PLAIN", "TITLE", "WORDS", "as_table", "ask_date", "begin", "cell_text", "colour_words", "data_columns", "date_cell", "entry_cell", "entry_columns", "heading", "keep_in_sight", "line_cells", "lines",
    "link_cell", "new_sheet", "number_cell", "offer", "remark_column", "set_height", "text_cell",
]  # fmt: skip
