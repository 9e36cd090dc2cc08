"""The workbook: Summary, Findings, Mapping, VMDKs, Guests, Hosts, Datastores, Sources, Unread, Method.

The same result gives the same bytes: no time, user or machine is in it.
"""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING

from reconcile.reports.workbook.zip_file import abandon, put_rows, write_book

# isort: split
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.packaging.custom import StringProperty
from openpyxl.utils import get_column_letter

from reconcile.base.version import __version__
from reconcile.reports import method
from reconcile.reports.summary import comparison_verdict, controls, described, measures, scope, sources_digest, verdict
from reconcile.reports.workbook import review, sheets
from reconcile.reports.workbook.sheet_rows import SheetRows
from reconcile.results import schema
from reconcile.results.changes import MEANINGS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from openpyxl.cell import Cell as SheetCell
    from openpyxl.worksheet.worksheet import Worksheet

    from reconcile.reports.workbook.review import Reviews
    from reconcile.reports.workbook.sheet_rows import SheetColumn, Value
    from reconcile.results.columns import TableSpec
    from reconcile.results.compare import Comparison
    from reconcile.results.reconciliation import Reported
    from reconcile.results.tables import Table

# Excel takes 1,048,576 rows; a longer table goes on on a sheet of its own.
MOST_ROWS = 1_000_000
TABLES = schema.SHEETS
SIGN_OFF = ("Prepared by", "Prepared on", "Reviewed by", "Reviewed on", "Work-paper reference")
PAST = "Past reviews"
_PAST_COLUMNS = ("id", "rule", "subject", "message", *review.COLUMNS)
_ID, _RULE, _SUBJECT, _MESSAGE = (
    next(at for at, column in enumerate(schema.FINDINGS.columns) if column.name == name) for name in ("id", "rule", "subject", "message")
)
# How many columns stay in sight when a sheet is moved, and on each page in print: those that name the row.
_KEPT = {"mapping": 4, "findings": 3, "vmdks": 2, "guests": 2, "hosts": 2, "sources": 2}


def workbook_bytes(result: Reported, reviews: Reviews | None = None) -> bytes:
    """Return the workbook as the bytes of an ``.xlsx`` file, with the decisions of an older one where they are given."""
    out = io.BytesIO()
    write_workbook(result, out, reviews)
    return out.getvalue()


def write_workbook(result: Reported, stream: IO[bytes], reviews: Reviews | None = None) -> None:
    """Write the workbook to a stream that can be wound back."""
    book = Workbook(write_only=True)
    try:
        _Book(book, result, reviews).write(stream)
    except BaseException:
        abandon(book)
        raise


class _Book:
    def __init__(self, book: Workbook, result: Reported, reviews: Reviews | None) -> None:
        self._book = book
        self._result = result
        self._reviews = reviews
        self._digest = sources_digest(result)
        known = {str(row[_ID]) for row in result.table("findings").rows} if reviews else set()
        self._past = [past for ident, past in sorted((reviews or {}).items()) if ident not in known]
        self._remarks = review.remarks_on_others(self._past)

    def write(self, stream: IO[bytes]) -> None:
        """Make all sheets and write the book."""
        result = self._result
        self._summary()
        for spec in TABLES:
            self.table(result.table(spec.name))
            if spec is schema.FINDINGS and self._past:
                self._past_reviews()
        self._method()
        properties = self._book.properties
        properties.title = "vPMem reconciliation"
        properties.subject = f"sources sha256 {self._digest}"
        properties.keywords = "VMware vPMem NVDIMM vmdk nmem reconciliation"
        properties.creator = f"vpmem-reconcile {__version__}"
        properties.language = "en"
        self._book.custom_doc_props.append(StringProperty(name="SourcesSHA256", value=self._digest))  # type: ignore[attr-defined]
        write_book(self._book, stream, described(result.totals))

    def _sheet(self, title: str, widths: Sequence[int], *, pages: int | None = None) -> Worksheet:
        return sheets.new_sheet(self._book, title, widths, f"sources sha256 {self._digest[:12]}", pages=pages)

    def _summary(self) -> None:
        result = self._result
        sheet = self._sheet("Summary", [36, 24, 104], pages=1)
        sheet.row_dimensions[1].height = 26
        sheet.row_dimensions[2].height = 22
        figures = measures(result)
        # The figures of devices and vmdks come first: the chart shows them.
        first, last = 5, 4 + len(figures)
        sheets.colour_words(sheet, f"B{last + 2}:B{last + 3 + len(controls(result))}", "result")
        sheet.add_chart(_chart(sheet, first), "E4")
        sheets.begin(sheet)
        sheet.append([sheets.text_cell(sheet, "Which virtual disk is which device", sheets.TITLE)])
        sheet.append([sheets.text_cell(sheet, verdict(result), sheets.BOLD)])
        sheet.append([])
        sheets.heading(sheet, ("Measure", "Value", "How it is counted"))
        row = sheets.lines(sheet, figures, first)
        sheet.append([])
        sheets.heading(sheet, ("Control total", "Reported", "What must agree"))
        row = sheets.lines(sheet, controls(result), row + 2)
        sheet.append([])
        sheets.heading(sheet, ("Scope", "", ""))
        sheets.lines(sheet, scope(result), row + 2)
        sheet.append([])
        sheets.heading(sheet, ("Sheet", "Rows", "What a row of it is"))
        for spec in TABLES:
            number = len(result.table(spec.name).rows)
            spread = f"; on {-(-number // MOST_ROWS)} sheets" if number > MOST_ROWS else ""
            self._link(sheet, spec.title, number, spec.about + spread)
            if spec is schema.FINDINGS and self._past:
                self._link(sheet, PAST, len(self._past), "a decision about a finding that this report does not have any more")
        self._link(sheet, "Method", len(method.topics(result)), "how rows come about, what the rules mean, what this cannot tell")
        sheet.append([])
        sheets.heading(sheet, ("Sign-off", "", ""))
        for name in SIGN_OFF:
            sheet.append([sheets.text_cell(sheet, name), sheets.entry_cell(sheet)])

    @staticmethod
    def _link(sheet: Worksheet, title: str, rows: int, about: str) -> None:
        (number, about_cell) = sheets.line_cells(sheet, ("", rows, about))[1:]
        sheet.append([sheets.link_cell(sheet, title), number, about_cell])

    def table(self, table: Table) -> None:
        """Add a table's sheets."""
        parts = [table.rows[start : start + MOST_ROWS] for start in range(0, len(table.rows), MOST_ROWS)] or [()]
        for number, rows in enumerate(parts, 1):
            self._part(table.spec, number, rows)

    def _part(self, spec: TableSpec, number: int, rows: Sequence[Sequence[Value]]) -> None:
        names = [column.name for column in spec.columns]
        widths = [max(column.width, len(column.name) + 4) for column in spec.columns]
        is_reviewed = spec is schema.FINDINGS
        own = (*review.COLUMNS, review.CARRIED) if self._reviews else review.COLUMNS
        if is_reviewed:
            names += own
            widths += (*review.WIDTHS, 30)[: len(own)]
        sheet = self._sheet(spec.title if number == 1 else f"{spec.title} ({number})", widths)
        sheets.keep_in_sight(sheet, widths, _KEPT.get(spec.name, 0))
        sheet.row_dimensions[1].height = 32
        sheets.begin(sheet)
        sheets.heading(sheet, names)
        columns = sheets.data_columns(sheet, spec.columns, widths[: len(spec.columns)])
        if is_reviewed:
            columns += self._review_columns(sheet, len(columns) + 1)
        put_rows(sheet, SheetRows(columns, rows, self._with_review if is_reviewed else None))
        if not rows:
            return
        for at, name in enumerate(names, 1):
            if name in sheets.WORDS:
                sheets.colour_words(sheet, _range(at, len(rows)), name)
        if is_reviewed:
            sheets.offer(sheet, _range(names.index("decision") + 1, len(rows)), review.DECISIONS)
            sheets.ask_date(sheet, _range(names.index("reviewed_on") + 1, len(rows)))
        sheets.as_table(sheet, spec.title, names, number, len(rows))

    def _review_columns(self, sheet: Worksheet, first: int) -> list[SheetColumn]:
        columns = sheets.entry_columns(sheet, first, review.COLUMNS)
        return [*columns, sheets.remark_column(sheet, first + len(columns))] if self._reviews else columns

    def _with_review(self, row: Sequence[Value]) -> Sequence[Value]:
        """Return a finding's row with what a person filled in beside it, and whether it was carried over."""
        past = (self._reviews or {}).get(str(row[_ID]))
        if not past:
            remark = self._remarks.get((str(row[_RULE]), sheets.cell_text(str(row[_SUBJECT]))), "")
            return [*row, *[""] * len(review.COLUMNS), *([remark] if self._reviews else [])]
        changed = sheets.cell_text(past.message) != sheets.cell_text(str(row[_MESSAGE]))
        return [*row, *past.entries, f"carried; the message then: {past.message}" if changed else "carried"]

    def _past_reviews(self) -> None:
        sheet = self._sheet(PAST, [14, 20, 40, 60, *review.WIDTHS])
        sheets.keep_in_sight(sheet, [14, 20, 40, 60, *review.WIDTHS], 1)
        sheets.begin(sheet)
        sheets.heading(sheet, _PAST_COLUMNS)
        for past in self._past:
            told = [sheets.text_cell(sheet, text) for text in (past.id, past.rule, past.subject, past.message)]
            entries = zip(review.COLUMNS, past.entries, strict=True)
            sheet.append(told + [_entry(sheet, name, entry) for name, entry in entries])
        sheets.as_table(sheet, PAST, _PAST_COLUMNS, 1, len(self._past))

    def _method(self) -> None:
        sheet = self._sheet("Method", [26, 12, 110])
        topics = method.topics(self._result)
        sheets.keep_in_sight(sheet, [26, 12, 110], 0)
        sheets.begin(sheet)
        sheets.heading(sheet, ("Topic", "Severity", "Text"))
        sheets.lines(sheet, topics, 2)
        sheets.colour_words(sheet, _range(2, len(topics)), "severity")


def _range(column: int, rows: int) -> str:
    letter = get_column_letter(column)
    return f"{letter}2:{letter}{rows + 1}"


def _entry(sheet: Worksheet, name: str, entry: str | dt.date) -> SheetCell:
    if name == "reviewed_on":
        return sheets.date_cell(sheet, entry)
    return sheets.entry_cell(sheet, str(entry))


def _chart(sheet: Worksheet, first: int) -> BarChart:
    """Return a chart of the figures of devices and vmdks, which stand in eight rows from `first` on."""
    chart = BarChart()
    chart.type = "bar"
    chart.title = "Devices and vmdks"
    chart.legend = None
    chart.gapWidth = 40
    chart.width, chart.height = 17, 9
    chart.add_data(Reference(sheet, min_col=2, min_row=first, max_row=first + 7))
    chart.set_categories(Reference(sheet, min_col=1, min_row=first, max_row=first + 7))
    # The first row on top, as in the table.
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.majorGridlines = None
    chart.y_axis.number_format = "#,##0"
    chart.series[0].graphicalProperties.solidFill = "1F3864"
    labels = DataLabelList()
    # LibreOffice shows what is not refused.
    labels.showVal = True
    labels.showSerName = labels.showCatName = labels.showLegendKey = labels.showPercent = False
    chart.series[0].dLbls = labels
    return chart


def write_comparison_book(comparison: Comparison, stream: IO[bytes]) -> None:
    """Write the comparison's workbook to a stream that can be wound back."""
    book = Workbook(write_only=True)
    try:
        sheet = sheets.new_sheet(book, "Summary", [36, 24, 110], "comparison", pages=1)
        sheet.row_dimensions[1].height = 26
        sheet.row_dimensions[2].height = 22
        sheets.begin(sheet)
        sheet.append([sheets.text_cell(sheet, "What changed between two visits", sheets.TITLE)])
        sheet.append([sheets.text_cell(sheet, comparison_verdict(comparison), sheets.BOLD)])
        sheet.append([])
        sheets.heading(sheet, ("Change", "Number", "What it means"))
        row = sheets.lines(sheet, [(str(change), comparison.counts[change], meaning) for change, meaning in MEANINGS.items()], 5)
        row = sheets.lines(sheet, [("unchanged", comparison.same, "devices and vmdks that both visits show and that did not change")], row)
        sheet.append([])
        sheets.heading(sheet, ("Visit", "Sources", "All sources"))
        told = [
            (name, result.totals.sources, f"sha256 {sources_digest(result)} over 'sha256  site/path', sorted")
            for name, result in (("old", comparison.old), ("new", comparison.new))
        ]
        sheets.lines(sheet, told, row + 2)
        _Book(book, comparison.new, None).table(comparison.table)
        book.properties.title = "vPMem comparison"
        book.properties.creator = f"vpmem-reconcile {__version__}"
        book.properties.language = "en"
        write_book(book, stream)
    except BaseException:
        abandon(book)
        raise
