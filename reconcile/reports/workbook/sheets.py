"""Sheets and their cells: text typed as text, numbers as numbers, one look for all.

Text from captures goes into cells typed as text, so nothing in it can become a formula, a number or an error. There is no formula in
the book at all.
"""

from __future__ import annotations

import math
import warnings
from itertools import islice
from typing import TYPE_CHECKING

from reconcile.reports.workbook.zip_file import begin

# isort: split
from openpyxl.cell import WriteOnlyCell
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table as SheetTable
from openpyxl.worksheet.table import TableStyleInfo

from reconcile.reports.escape import cell_text
from reconcile.reports.workbook.sheet_rows import EXACT, FORMULA_SIGNS, Look, SheetColumn
from reconcile.results.columns import Type

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from openpyxl.cell import Cell as SheetCell
    from openpyxl.worksheet.worksheet import Worksheet

    from reconcile.reports.workbook.layouts import SheetField
    from reconcile.reports.workbook.sheet_rows import Value

    Show = Callable[[Value], Value]

# Always by name and size: a font that only says bold falls back to another face in LibreOffice.
PLAIN = Font(name="Calibri", size=11)
BOLD = Font(name="Calibri", size=11, bold=True)
TITLE = Font(name="Calibri", size=16, bold=True)
_MONO = Font(name="Consolas", size=10)
_LINK = Font(name="Calibri", size=11, underline="single", color="1F3864")
_HEADER = Font(name="Calibri", size=11, bold=True, color="FFFFFF")
_HEADER_LINK = Font(name="Calibri", size=11, bold=True, underline="single", color="1F3864")
_HEADER_LINK_FILL = PatternFill("solid", fgColor="DCE6F1")
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


def decimal_cell(sheet: Worksheet, number: float) -> SheetCell:
    """Return a cell that holds a number of two decimals."""
    cell = WriteOnlyCell(sheet, value=number)
    cell.number_format = "#,##0.00"
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


def link_cell(sheet: Worksheet, title: str, to: str = "") -> SheetCell:
    """Return a cell with a text that leads to a place in the book, by default to the sheet that is called so."""
    cell = text_cell(sheet, title, _LINK)
    cell._hyperlink = Hyperlink(ref="A1", location=to or place_in(title))  # type: ignore[attr-defined]  # noqa: SLF001
    return cell


def left_number_cell(sheet: Worksheet, number: int) -> SheetCell:
    """Return a cell that holds a whole number, at the left of a wide column."""
    cell = number_cell(sheet, number)
    cell.alignment = _LEFT
    return cell


def number_link(sheet: Worksheet, number: int, to: str) -> SheetCell:
    """Return a cell with a number that leads to a place in the book."""
    cell = number_cell(sheet, number)
    cell.font, cell.alignment = _LINK, _LEFT
    cell._hyperlink = Hyperlink(ref="A1", location=to)  # type: ignore[attr-defined]  # noqa: SLF001
    return cell


def place_in(title: str, cell: str = "A1") -> str:
    """Return a place in the book as a link names it."""
    return f"'{title}'!{cell}"


def link_rows(sheet: Worksheet, links: Iterable[tuple[str, str, str]]) -> None:
    """Let cells lead to places in the book: each with its cell, the place, and what is said of it. A sheet holds only so many links."""
    for cell, to, tip in islice(links, _MOST_LINKS):
        sheet._hyperlinks.append(Hyperlink(ref=cell, location=to, tooltip=tip))  # type: ignore[attr-defined]  # noqa: SLF001


# Excel takes 65,530.
_MOST_LINKS = 65_000


def header_cell(sheet: Worksheet, name: str) -> SheetCell:
    cell = text_cell(sheet, name, _HEADER, _WRAP)
    cell.fill = _HEADER_FILL
    return cell


def data_columns(sheet: Worksheet, fields: Sequence[SheetField], widths: Sequence[int], others: Mapping[str, Show]) -> list[SheetColumn]:
    """Return a table's columns as they are written: ids in a face where all characters are as wide, a long text wrapped.

    `others` are columns whose cells lead elsewhere, each with what makes its values.
    """
    looks = {font: _look(sheet, font) for font in (PLAIN, _MONO, _LINK)}
    found = []
    for at, (field, width) in enumerate(zip(fields, widths, strict=True), 1):
        is_other = field.name in others
        font = _LINK if is_other else _MONO if field.column.type is Type.ID else PLAIN
        found.append(
            SheetColumn(
                get_column_letter(at), looks[font], width, others[field.name] if is_other else field.shown, is_seen=not field.is_folded
            )
        )
    return found


def entry_columns(sheet: Worksheet, first: int, names: Sequence[str]) -> list[SheetColumn]:
    """Return the columns that a person fills in, which make no row higher."""
    columns = []
    for at, name in enumerate(names, first):
        make = date_cell if name == "reviewed_on" else entry_cell
        style, quoted = (make(sheet, text).style_id for text in ("", "="))
        look = Look(style, style, quoted, quoted, style, style, quoted, date=style, decimal=style, empty=style)
        columns.append(SheetColumn(get_column_letter(at), look, math.inf))
    return columns


def remark_column(sheet: Worksheet, at: int) -> SheetColumn:
    """Return a column of remarks, which are not wrapped and make no row higher."""
    look = _look(sheet, PLAIN)
    return SheetColumn(get_column_letter(at), look._replace(empty=look.text), math.inf)


def _look(sheet: Worksheet, font: Font) -> Look:
    cells = [
        text_cell(sheet, "", font), text_cell(sheet, "", font, _WRAP), text_cell(sheet, "=", font), text_cell(sheet, "=", font, _WRAP),
        number_cell(sheet, 0), number_cell(sheet, EXACT), number_cell(sheet, -EXACT), date_cell(sheet, ""),
        decimal_cell(sheet, 0.0),
    ]  # fmt: skip
    if font is _LINK:
        cells[4].font = font
    return Look(*(cell.style_id for cell in cells))


def heading(sheet: Worksheet, words: Sequence[str], back: str = "") -> None:
    """Append a row of headings; the first leads `back` where there is a way."""
    cells = [header_cell(sheet, word) for word in words]
    if back:
        cells[0]._hyperlink = Hyperlink(ref="A1", location=back, tooltip="Back to Summary")  # type: ignore[attr-defined]  # noqa: SLF001
        # On the ground of the others a link is not to be read: programs show it in their own colour.
        cells[0].font, cells[0].fill = _HEADER_LINK, _HEADER_LINK_FILL
    sheet.append(cells)


def lines(sheet: Worksheet, rows: Iterable[Sequence[str | int]]) -> None:
    """Append rows of a name, a value and words about it."""
    for row in rows:
        sheet.append(line_cells(sheet, row))


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


def colour_findings(sheet: Worksheet, cells: str, findings: str, status: str = "") -> None:
    """Let a range of cells be seen from afar where errors or warnings stand in the cell that `findings` names of the first row.

    With `status`, that row's cell of it, only a matched row is coloured so. It must be asked for before the words of these cells are
    coloured: a matched row that a warning stands against is no clean one.
    """
    for severity, (ground, text) in WORDS["severity"].items():
        told = f'ISNUMBER(SEARCH("{severity}:",{findings}))'
        formula = f'AND({status}="matched",{told})' if status else told
        rule = FormulaRule(formula=[formula], fill=PatternFill(bgColor=ground), font=Font(color=text, bold=True), stopIfTrue=True)  # type: ignore[no-untyped-call]
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
    "BOLD", "PLAIN", "TITLE", "WORDS", "as_table", "ask_date", "begin", "cell_text", "colour_words", "data_columns", "date_cell", "entry_cell", "entry_columns", "heading", "left_number_cell", "line_cells", "lines",
    "link_cell", "number_cell", "number_link", "offer", "place_in", "remark_column", "text_cell",
]  # fmt: skip
