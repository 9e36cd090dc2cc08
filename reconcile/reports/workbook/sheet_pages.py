"""A new sheet: its columns, how it is printed, and what stays in sight when it is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import Outline, PageSetupProperties

from reconcile.base.version import __version__
from reconcile.reports.escape import cell_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

# About as many characters as one page of A4 across can hold in a size that can be read.
_CHARACTERS_A_PAGE = 220


def new_sheet(book: Workbook, title: str, widths: Sequence[int], footer: str, folded: Sequence[bool] = ()) -> Worksheet:
    """Add a sheet. Of its columns some may be `folded` away into a group."""
    sheet: Worksheet = book.create_sheet(title)
    folded = [*folded, *[False] * (len(widths) - len(folded))]
    for index, (width, is_folded) in enumerate(zip(widths, folded, strict=True), 1):
        column = sheet.column_dimensions[get_column_letter(index)]
        column.width = width
        if is_folded:
            column.outlineLevel, column.hidden = 1, True
        # The button that unfolds a group stands above the column in front of it.
        column.collapsed = not is_folded and folded[index : index + 1] == [True]
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
    properties = sheet.sheet_properties
    properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if any(folded):
        properties.outlinePr = Outline(summaryRight=False)
        # Without it Excel shows no buttons.
        sheet.column_dimensions.max_outline = 1
    sheet.page_setup.fitToWidth = -(-sum(_in_print(widths, folded)) // _CHARACTERS_A_PAGE)
    sheet.page_setup.fitToHeight = 0
    return sheet


def say_above(sheet: Worksheet, text: str) -> None:
    """Let a text stand above each page, to the left of the sheet's title."""
    header = sheet.HeaderFooter.oddHeader
    if header is None:
        raise AssertionError
    # An ampersand begins a code there.
    text = cell_text(" ".join(text.split())).replace("&", "&&")
    header.left.text = text if len(text) <= _MOST_ABOVE else f"{text[:_MOST_ABOVE].rstrip('&')} ..."


# More would stand over the title.
_MOST_ABOVE = 60


def _in_print(widths: Sequence[int], folded: Sequence[bool]) -> list[int]:
    return [width for width, is_folded in zip(widths, folded, strict=True) if not is_folded]


def keep_in_sight(sheet: Worksheet, widths: Sequence[int], columns: int, folded: Sequence[bool] = ()) -> None:
    """Let the header and the first columns stay when a sheet is moved, and stand on every page."""
    sheet.freeze_panes = f"{get_column_letter(columns + 1)}2"
    sheet.print_title_rows = "1:1"
    # Headings of two words may stand in two lines.
    sheet.row_dimensions[1].height = 32
    sheet.print_options.gridLines = True
    kept = sum(widths[:columns])
    printed = sum(_in_print(widths, folded or [False] * len(widths)))
    if columns and printed > _CHARACTERS_A_PAGE:
        sheet.print_title_cols = f"A:{get_column_letter(columns)}"
        sheet.page_setup.fitToWidth = -(-(printed - kept) // (_CHARACTERS_A_PAGE - kept))
