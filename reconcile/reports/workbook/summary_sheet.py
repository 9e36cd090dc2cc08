"""The sheet Summary: what the report comes to, what it is about, its figures with links to their rows, and the sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.label import DataLabelList

from reconcile.reports.summary import controls, measures, parts, scope, sentence, verdict
from reconcile.reports.workbook import sheets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from openpyxl.cell import Cell as SheetCell
    from openpyxl.worksheet.worksheet import Worksheet

    from reconcile.reports.summary import Measure
    from reconcile.results.reconciliation import Reported

WIDTHS = (36, 26, 78)
SIGN_OFF = ("Prepared by", "Prepared on", "Reviewed by", "Reviewed on", "Work-paper reference")
# Title, verdict, sentence, a row of nothing and a heading stand above what the report is about.
_FIRST = 6
# matched, ambiguous, on one side only
_FILLS = ("93C49A", "E58A84", "F2C14E")
_PARTS = ("matched", "ambiguous", "on one side only")


class Listed(NamedTuple):
    """A sheet, how many rows it has, and what a row of it is."""

    title: str
    rows: int
    about: str


def put_picture(sheet: Worksheet, result: Reported) -> None:
    """Add the chart of devices and vmdks, each a bar of its parts; it must be there before the sheet's rows."""
    heading = _heading_of_picture(result)
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap = "bar", "stacked", 100
    chart.title = "Devices and vmdks, by status"
    chart.legend.position = "b"
    chart.gapWidth = 40
    chart.width, chart.height = 17, 9
    for number, (name, fill) in enumerate(zip(_PARTS, _FILLS, strict=True), heading + 1):
        series = Series(Reference(sheet, min_col=2, max_col=3, min_row=number), title=name)
        series.graphicalProperties.solidFill = fill
        series.dLbls = _labels()
        chart.series.append(series)
    chart.set_categories(Reference(sheet, min_col=2, max_col=3, min_row=heading))
    # The first bar on top.
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.majorGridlines = None
    chart.y_axis.number_format = "#,##0"
    sheet.add_chart(chart, "E4")


def _labels() -> DataLabelList:
    labels = DataLabelList()
    # LibreOffice shows what is not refused.
    labels.showVal = True
    labels.showSerName = labels.showCatName = labels.showLegendKey = labels.showPercent = False
    # Nothing for a part that is not there.
    labels.numFmt = "#,##0;;"
    return labels


def _heading_of_picture(result: Reported) -> int:
    return _FIRST + len(scope(result)) + 1


def colour_controls(sheet: Worksheet, result: Reported) -> None:
    """Colour the words of the control totals, of which it is known where they will stand."""
    first = _heading_of_picture(result) + len(_PARTS) + 4 + len(measures(result)) + 2
    sheets.colour_words(sheet, f"B{first}:B{first + len(controls(result)) - 1}", "result")


def put_rows(sheet: Worksheet, result: Reported, listed: Iterable[Listed], places: Mapping[str, str]) -> None:
    """Append all rows. `places` say by its name where a measure's figure leads to."""
    sheet.append([sheets.text_cell(sheet, "Which virtual disk is which device", sheets.TITLE)])
    sheet.append([sheets.text_cell(sheet, verdict(result), sheets.BOLD)])
    sheet.append([sheets.text_cell(sheet, sentence(result))])
    sheet.append([])
    sheets.heading(sheet, ("Scope", "", ""))
    sheets.lines(sheet, scope(result))
    sheet.append([])
    _put_parts(sheet, result)
    sheet.append([])
    sheets.heading(sheet, ("Measure", "Value", "How it is counted"))
    for measure in measures(result):
        sheet.append(_measured(sheet, measure, places.get(measure.name, "")))
    sheet.append([])
    sheets.heading(sheet, ("Control total", "Reported", "What must agree"))
    sheets.lines(sheet, controls(result))
    sheet.append([])
    sheets.heading(sheet, ("Sheet", "Rows", "What a row of it is; the first heading of each leads back here"))
    for one in listed:
        (number, about) = sheets.line_cells(sheet, ("", one.rows, one.about))[1:]
        sheet.append([sheets.link_cell(sheet, one.title), number, about])
    sheet.append([])
    sheets.heading(sheet, ("Sign-off", "", ""))
    for name in SIGN_OFF:
        sheet.append([sheets.text_cell(sheet, name), sheets.entry_cell(sheet)])


def _put_parts(sheet: Worksheet, result: Reported) -> None:
    """Append what the chart shows: of devices and of vmdks the parts, and then their sum."""
    sides = parts(result.totals)
    sheets.heading(sheet, ("Parts of the whole", *(name for name, _ in sides)))
    rows = [(name, [figures[at][0] for _, figures in sides]) for at, name in enumerate(_PARTS)]
    for name, numbers in (*rows, ("in all", [sum(number for number, _ in figures) for _, figures in sides])):
        sheet.append([sheets.text_cell(sheet, name), *(sheets.left_number_cell(sheet, number) for number in numbers)])


def _measured(sheet: Worksheet, measure: Measure, place: str) -> list[SheetCell]:
    cells = sheets.line_cells(sheet, measure)
    if place and isinstance(measure.value, int) and measure.value:
        cells[1] = sheets.number_link(sheet, measure.value, place)
    return cells
