"""The workbook: Summary, Findings, Mapping, VMDKs, Guests, Hosts, Datastores, Sources, Unread, Method.

The same result gives the same bytes: no time, user or machine is in it.
"""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING

from reconcile.reports.workbook.zip_file import abandon, put_rows, write_book

# isort: split
from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty
from openpyxl.utils import get_column_letter

from reconcile.base.version import __version__
from reconcile.reports import method
from reconcile.reports.summary import comparison_verdict, described, newest_moment, sources_digest
from reconcile.reports.workbook import layouts, review, sheet_pages, sheets, summary_sheet
from reconcile.reports.workbook.row_links import RowLinks, UsedVmdks
from reconcile.reports.workbook.sheet_rows import SLACK, SheetRows
from reconcile.reports.workbook.summary_sheet import Listed
from reconcile.results import schema
from reconcile.results.changes import MEANINGS
from reconcile.results.columns import text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from openpyxl.cell import Cell as SheetCell
    from openpyxl.worksheet.worksheet import Worksheet

    from reconcile.reports.workbook.layouts import SheetField
    from reconcile.reports.workbook.review import Reviews
    from reconcile.reports.workbook.sheet_rows import SheetColumn, Value
    from reconcile.results.columns import TableSpec
    from reconcile.results.compare import Comparison
    from reconcile.results.reconciliation import Reported
    from reconcile.results.tables import Table

# Excel takes 1,048,576 rows; a longer table goes on on a sheet of its own.
MOST_ROWS = 1_000_000
TABLES = schema.SHEETS
PAST = "Past reviews"
_PAST_COLUMNS = ("id", "rule", "subject", "message", *review.COLUMNS)
_ID, _RULE, _SUBJECT, _MESSAGE = (
    next(at for at, column in enumerate(schema.FINDINGS.columns) if column.name == name) for name in ("id", "rule", "subject", "message")
)
# Of a measure on Summary, which sheet its figure leads to, and the status or severity of the first row there.
_PLACES = {
    "Devices": ("Mapping", ""), "Devices matched": ("Mapping", "matched"), "Devices ambiguous": ("Mapping", "ambiguous"),
    "Devices on the guest's side only": ("Mapping", "guest-only"), "vmdks": ("VMDKs", ""), "vmdks matched": ("VMDKs", ""),
    "vmdks ambiguous": ("Mapping", "ambiguous"), "vmdks on the host's side only": ("Mapping", "host-only"),
    "Left over, contradicted": ("Mapping", ""), "Left over, not captured": ("Mapping", ""), "Left over, not VMware's": ("Mapping", ""),
    "Errors": ("Findings", "error"), "Warnings": ("Findings", "warning"), "Notes": ("Findings", "note"), "Sources": ("Sources", ""),
    "Sources not read": ("Sources", ""), "Lines": ("Sources", ""), "Lines not understood": ("Unread", ""),
}  # fmt: skip
# Why a sheet has no rows.
_EMPTY = {
    "findings": "No findings: no rule has anything to say of these captures.",
    "mapping": "No rows: no device and no vmdk that could be one was captured.",
    "vmdks": "No rows: no vmdk's UUID was captured, and no vmdk is listed on a PMem datastore.",
    "guests": "No rows: no capture of a guest was read.",
    "hosts": "No rows: no capture of a host was read.",
    "datastores": "No rows: no capture shows a datastore.",
    "sources": "No rows: no source was met.",
    "unread": "No rows: every line was understood.",
    "changes": "No rows: nothing differs between the two visits.",
}


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
        self._links = RowLinks(result)
        sites = result.captures.figures.sites
        self._about = f"site{'' if len(sites) == 1 else 's'} {', '.join(sites)}"
        self._alike = {name for name, number in (("site", len(sites)), ("kind", len(self._links.kinds))) if number <= 1}

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
        write_book(self._book, stream, described(result.totals), newest_moment(result))

    def _sheet(self, title: str, widths: Sequence[int], folded: Sequence[bool] = ()) -> Worksheet:
        sheet = sheet_pages.new_sheet(self._book, title, widths, f"sources sha256 {self._digest[:12]}", folded)
        sheet_pages.say_above(sheet, self._about)
        return sheet

    def _summary(self) -> None:
        sheet = self._sheet("Summary", summary_sheet.WIDTHS)
        # The chart stands beside them.
        sheet.page_setup.fitToWidth = 1
        summary_sheet.colour_controls(sheet, self._result)
        summary_sheet.put_picture(sheet, self._result)
        sheets.begin(sheet)
        places = {name: self._place(*place) for name, place in _PLACES.items()}
        summary_sheet.put_rows(sheet, self._result, self._listed(), places)

    def _listed(self) -> Iterator[Listed]:
        for spec in TABLES:
            number = len(self._result.table(spec.name).rows)
            spread = f"; on {-(-number // MOST_ROWS)} sheets" if number > MOST_ROWS else ""
            yield Listed(spec.title, number, spec.about + spread)
            if spec is schema.FINDINGS and self._past:
                yield Listed(PAST, len(self._past), "a decision about a finding that this report does not have any more")
        yield Listed("Method", len(method.topics(self._result)), "how rows come about, what the rules mean, what this cannot tell")

    def _place(self, title: str, word: str) -> str:
        """Return where a sheet's first row with a status or severity stands."""
        first = (self._links.severities if title == "Findings" else self._links.statuses).get(word)
        return sheets.place_in(title) if first is None else _place_of_row(title, first)

    def table(self, table: Table) -> None:
        """Add a table's sheets."""
        for number, start in enumerate(range(0, max(1, len(table.rows)), MOST_ROWS), 1):
            self._part(table, number, start)

    def _part(self, table: Table, number: int, start: int) -> None:
        spec, rows = table.spec, table.rows[start : start + MOST_ROWS]
        fields = layouts.fields_of(spec, self._alike)
        is_reviewed = spec is schema.FINDINGS
        folded = [field.is_folded for field in fields]
        others = self._others(spec)
        widths = layouts.widths_of(spec, fields, rows, others)
        own = self._own_columns() if is_reviewed else ()
        names = [field.heading for field in fields] + [layouts.heading(name) for name, _ in own]
        all_widths = [*widths, *(width for _, width in own)]
        folded += [False] * len(own)
        sheet = self._sheet(_title(spec.title, number), all_widths, folded)
        sheet_pages.keep_in_sight(sheet, all_widths, layouts.kept_of(spec, fields), folded)
        sheets.begin(sheet)
        sheets.heading(sheet, names, sheets.place_in("Summary"))
        columns = sheets.data_columns(sheet, fields, widths, others)
        if is_reviewed:
            columns += self._review_columns(sheet, len(columns) + 1)
        if not rows:
            sheet.append([sheets.text_cell(sheet, _EMPTY[spec.name])])
            return
        put_rows(sheet, self._rows(table, start, rows, fields, columns))
        self._colour(sheet, fields, len(rows))
        self._link(sheet, spec, fields, start, len(rows))
        if is_reviewed:
            at = {name: len(fields) + index for index, (name, _) in enumerate(own, 1)}
            sheets.offer(sheet, _range(at["decision"], len(rows)), review.DECISIONS)
            sheets.ask_date(sheet, _range(at["reviewed_on"], len(rows)))
        sheets.as_table(sheet, spec.title, names, number, len(rows))

    def _rows(
        self, table: Table, start: int, rows: Sequence[Sequence[Value]], fields: Sequence[SheetField], columns: Sequence[SheetColumn]
    ) -> SheetRows:
        places = [field.at for field in fields]
        if table.spec is schema.FINDINGS:
            return SheetRows(columns, rows, self._whole_finding, [*places, *range(layouts.BEFORE_REVIEW, len(columns))])
        if table.spec is schema.VMDKS:
            return SheetRows(columns, UsedVmdks(self._result, start, start + MOST_ROWS), places=places)
        return SheetRows(columns, rows, places=places)

    def _others(self, spec: TableSpec) -> dict[str, sheets.Show]:
        """Return the columns whose cells lead to another sheet, each with what is shown."""
        match spec.name:
            case "mapping":
                return {"findings": self._links.words}
            case "findings":
                return {"rows": lambda number: number or None}
        return {}

    @staticmethod
    def _colour(sheet: Worksheet, fields: Sequence[SheetField], rows: int) -> None:
        at = {field.name: number for number, field in enumerate(fields, 1)}
        if sheet.title.startswith("Mapping"):
            findings = f"${get_column_letter(at['findings'])}2"
            status = f"${get_column_letter(at['status'])}2"
            sheets.colour_findings(sheet, _range(at["status"], rows), findings, status)
            sheets.colour_findings(sheet, _range(at["findings"], rows), findings)
        for name in sheets.WORDS.keys() & at.keys():
            sheets.colour_words(sheet, _range(at[name], rows), name)

    def _link(self, sheet: Worksheet, spec: TableSpec, fields: Sequence[SheetField], start: int, rows: int) -> None:
        """Let the rows of Mapping lead to the first of their findings, and findings to the first of their rows."""
        told = {
            "mapping": ("findings", self._links.to_findings, "Findings", "To the first of these findings"),
            "findings": ("rows", self._links.to_mapping, "Mapping", "To the first of these rows"),
        }.get(spec.name)
        if told:
            name, links, title, tip = told
            letters = {field.name: get_column_letter(at) for at, field in enumerate(fields, 1)}
            fits = sheet.column_dimensions[letters[name]].width / SLACK
            here = (link for link in links if start <= link.row < start + rows)
            # A text that leads somewhere is not wrapped by every program, so one that is too long is left alone.
            cells = ((f"{letters[name if link.length <= fits else 'status']}{link.row - start + 2}", link.target) for link in here)
            sheets.link_rows(sheet, ((cell, _place_of_row(title, target), tip) for cell, target in cells))

    def _own_columns(self) -> list[tuple[str, int]]:
        carried = [(review.CARRIED, 30)] if self._reviews else []
        return [*zip(review.COLUMNS, review.WIDTHS, strict=True), *carried]

    def _whole_finding(self, row: Sequence[Value]) -> Sequence[Value]:
        return self._with_review((*row, self._links.rows_of(str(row[_ID]))), row)

    def _review_columns(self, sheet: Worksheet, first: int) -> list[SheetColumn]:
        columns = sheets.entry_columns(sheet, first, review.COLUMNS)
        return [*columns, sheets.remark_column(sheet, first + len(columns))] if self._reviews else columns

    def _with_review(self, whole: Sequence[Value], row: Sequence[Value]) -> Sequence[Value]:
        """Return a finding's row with what a person filled in beside it, and whether it was carried over."""
        past = (self._reviews or {}).get(str(row[_ID]))
        if not past:
            remark = self._remarks.get((str(row[_RULE]), sheets.cell_text(str(row[_SUBJECT]))), "")
            return [*whole, *[""] * len(review.COLUMNS), *([remark] if self._reviews else [])]
        changed = sheets.cell_text(past.message) != sheets.cell_text(str(row[_MESSAGE]))
        return [*whole, *past.entries, f"carried; the message then: {past.message}" if changed else "carried"]

    def _past_reviews(self) -> None:
        sheet = self._sheet(PAST, [14, 20, 40, 60, *review.WIDTHS])
        sheet_pages.keep_in_sight(sheet, [14, 20, 40, 60, *review.WIDTHS], 1)
        sheets.begin(sheet)
        names = [layouts.heading(name) for name in _PAST_COLUMNS]
        sheets.heading(sheet, names, sheets.place_in("Summary"))
        for past in self._past:
            told = [sheets.text_cell(sheet, text) for text in (past.id, past.rule, past.subject, past.message)]
            entries = zip(review.COLUMNS, past.entries, strict=True)
            sheet.append(told + [_entry(sheet, name, entry) for name, entry in entries])
        sheets.as_table(sheet, PAST, names, 1, len(self._past))

    def _method(self) -> None:
        topics = method.topics(self._result)
        widths = [field.column.width for field in _METHOD]
        sheet = self._sheet("Method", widths)
        sheet_pages.keep_in_sight(sheet, widths, 0)
        sheets.begin(sheet)
        sheets.heading(sheet, [field.name for field in _METHOD], sheets.place_in("Summary"))
        put_rows(sheet, SheetRows(sheets.data_columns(sheet, _METHOD, widths, {}), topics))
        sheets.colour_words(sheet, _range(2, len(topics)), "severity")


_METHOD = [
    layouts.SheetField(text(name, width, ""), at) for at, (name, width) in enumerate((("Topic", 26), ("Severity", 12), ("Text", 110)))
]


def _title(title: str, number: int) -> str:
    """Return the title of one of the sheets that a table is spread over."""
    return title if number == 1 else f"{title} ({number})"


def _place_of_row(title: str, row: int) -> str:
    return sheets.place_in(_title(title, 1 + row // MOST_ROWS), f"A{row % MOST_ROWS + 2}")


def _range(column: int, rows: int) -> str:
    letter = get_column_letter(column)
    return f"{letter}2:{letter}{rows + 1}"


def _entry(sheet: Worksheet, name: str, entry: str | dt.date) -> SheetCell:
    if name == "reviewed_on":
        return sheets.date_cell(sheet, entry)
    return sheets.entry_cell(sheet, str(entry))


def write_comparison_book(comparison: Comparison, stream: IO[bytes]) -> None:
    """Write the comparison's workbook to a stream that can be wound back."""
    book = Workbook(write_only=True)
    try:
        sheet = sheet_pages.new_sheet(book, "Summary", [36, 24, 110], "comparison")
        sheet.page_setup.fitToWidth = 1
        sheets.begin(sheet)
        sheet.append([sheets.text_cell(sheet, "What changed between two visits", sheets.TITLE)])
        sheet.append([sheets.text_cell(sheet, comparison_verdict(comparison), sheets.BOLD)])
        sheet.append([])
        sheets.heading(sheet, ("Change", "Number", "What it means"))
        sheets.lines(sheet, [(str(change), comparison.counts[change], meaning) for change, meaning in MEANINGS.items()])
        sheets.lines(sheet, [("unchanged", comparison.same, "devices and vmdks that both visits show and that did not change")])
        sheet.append([])
        sheets.heading(sheet, ("Visit", "Sources", "All sources"))
        told = [
            (name, result.totals.sources, f"sha256 {sources_digest(result)} over 'sha256  site/path', sorted")
            for name, result in (("old", comparison.old), ("new", comparison.new))
        ]
        sheets.lines(sheet, told)
        _Book(book, comparison.new, None).table(comparison.table)
        book.properties.title = "vPMem comparison"
        book.properties.creator = f"vpmem-reconcile {__version__}"
        book.properties.language = "en"
        write_book(book, stream)
    except BaseException:
        abandon(book)
        raise
