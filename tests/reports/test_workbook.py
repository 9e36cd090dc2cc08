"""The workbook, read back by two independent readers: every cell is what was meant, and none is a formula."""

from __future__ import annotations

import csv
import io
import posixpath
import re
import shutil
import subprocess
import zipfile

import hostile_text
import openpyxl
import pytest
from hypothesis import example, given
from python_calamine import CalamineWorkbook
from small_site import GUEST, PAIR, SERIALS, UNSETTLED, answer, of_serials

from reconcile import match, read
from reconcile.base.printable import visible
from reconcile.findings.rules import RULES
from reconcile.reports.escape import cell_text
from reconcile.reports.summary import controls, measures, sources_digest, verdict
from reconcile.reports.workbook import layouts, review, sheets, workbook
from reconcile.reports.workbook import zip_file as book_file
from reconcile.reports.workbook.summary_sheet import SIGN_OFF
from reconcile.results import schema

SHEETS = ["Summary", "Findings", "Mapping", "VMDKs", "Guests", "Hosts", "Datastores", "Sources", "Unread", "Method"]
TABLES = {spec.title: spec for spec in workbook.TABLES}
REVIEW = [layouts.heading(name) for name in review.COLUMNS]


KEPT = {"mapping": "E2", "findings": "C2", "vmdks": "D2", "guests": "B2", "hosts": "B2", "sources": "B2"}
# What a sheet makes itself of its table's rows or of others.
MADE = {("mapping", "findings"), ("findings", "rows"), ("vmdks", "status"), ("vmdks", "used_by")}


def layout_of(result, spec):
    alike = {name for name in ("site", "kind") if len({value for value in result.mapping[name] if value}) <= 1}
    return layouts.fields_of(spec, alike | ({"site"} if len(result.captures.figures.sites) == 1 else set()))


def plain_places(result, spec) -> list[tuple[int, int]]:
    """Return the columns whose cells are the table's own, each with its place on the sheet and in the table."""
    return [
        (at, field.at)
        for at, field in enumerate(layout_of(result, spec))
        if (spec.name, field.name) not in MADE and not field.name.endswith("_gib")
    ]


def opened(result) -> tuple[openpyxl.Workbook, bytes]:
    data = workbook.workbook_bytes(result)
    return openpyxl.load_workbook(io.BytesIO(data), data_only=False), data


def as_excel_shows(text: str) -> str:
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def assert_every_cell_is_what_was_meant(result) -> None:
    """Check each sheet against its table's rows with both readers, and the whole book for formulas and errors."""
    book, data = opened(result)
    other = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for title, spec in TABLES.items():
        rows = result.table(spec.name).rows
        places = plain_places(result, spec)
        assert {at for _, at in places} == {at for at, column in enumerate(spec.columns) if (spec.name, column.name) not in MADE}
        meant = [[cell_text(row[at]) if isinstance(row[at], str) else row[at] for _, at in places] for row in rows]
        cells = [[None if value == "" else value for value in row] for row in meant]
        if not rows:
            assert [cell.value is None for cell in book[title][2]][:2] == [False, True]
            continue
        written = list(book[title].iter_rows(min_row=2, values_only=True))
        assert [[row[at] for at, _ in places] for row in written] == cells, title
        shown = [["" if value is None else as_excel_shows(value) if isinstance(value, str) else value for value in row] for row in meant]
        read = other.get_sheet_by_name(title).to_python(skip_empty_area=False)[1:]
        assert [[row[at] for at, _ in places] for row in read] == shown, title
    assert_no_formula_and_no_error(book, data)


def assert_no_formula_and_no_error(book, data: bytes) -> None:
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type in {"s", "n", "inlineStr"} for cell in row), sheet.title
            assert all(not isinstance(cell.value, str) or cell.number_format == "@" for cell in row), sheet.title
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            # What a chart shows is a reference, and the one f that is none of a cell's.
            xml = (
                re.sub(rb"<c:f>'Summary'![$A-Z0-9:]+</c:f>|<f>'Summary'![$A-Z0-9:]+</f>", b"", archive.read(name))
                if "/charts/" in name
                else archive.read(name)
            )
            assert not re.search(rb"<(?:\w+:)?f[\s>/]|calculatedColumnFormula|<definedName [^>]*>[^<]*\w\(|ddeLink|externalLink", xml), name
            assert b'"e"' not in xml, name


def test_the_sheets_are_these_in_this_order(result):
    assert opened(result)[0].sheetnames == SHEETS


def test_the_sheets_are_there_also_where_they_are_empty(captures):
    book, _ = opened(match(read(captures({"x.txt": "root@db01:~# hostname\ndb01\n"}))))
    assert book.sheetnames == SHEETS
    for title in ("Findings", "Mapping", "VMDKs", "Unread"):
        assert (book[title].max_row, len(book[title].tables)) == (2, 0)
        assert book[title]["A2"].value.startswith("No ")


def test_every_table_is_there_whole(result):
    assert_every_cell_is_what_was_meant(result)


@pytest.mark.parametrize(("title", "spec"), TABLES.items())
def test_a_sheet_is_one_table_with_its_header_and_filter(result, title, spec):
    sheet = opened(result)[0][title]
    rows = len(result.table(spec.name).rows)
    names = [field.heading for field in layout_of(result, spec)] + (REVIEW if spec is schema.FINDINGS else [])
    assert not any("_" in name for name in names)
    assert [cell.value for cell in sheet[1]] == names
    assert (sheet.max_row, sheet.max_column) == (max(rows, 1) + 1, len(names))
    if not rows:
        return
    (table,) = sheet.tables.values()
    assert table.displayName == f"tbl{title}"
    assert table.ref == sheet.dimensions == f"A1:{openpyxl.utils.get_column_letter(len(names))}{rows + 1}"
    assert table.autoFilter.ref == table.ref
    assert [column.name for column in table.tableColumns] == names
    assert len({column.id for column in table.tableColumns}) == len(names)
    assert sheet.freeze_panes == KEPT.get(spec.name, "A2")
    assert not sheet.merged_cells.ranges


def test_ids_are_text_and_counts_are_numbers(captures):
    book, data = opened(match(read(captures(of_serials(*SERIALS)))))
    header = [cell.value for cell in book["Mapping"][1]]
    for row in book["Mapping"].iter_rows(min_row=2):
        cells = dict(zip(header, row, strict=True))
        assert cells["UUID suffix"].value in SERIALS
        assert (cells["UUID suffix"].number_format, cells["UUID suffix"].data_type) == ("@", "s")
        assert cells["guest line"].value == 2
        assert cells["guest line"].data_type == "n"
    assert len(CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("Mapping").to_python()) == 4


def test_a_number_beyond_a_spreadsheets_digits_is_text(captures):
    folder = captures({"db01.txt": GUEST.replace("[{", '{"dimms":[{').replace("}]", '}],"regions":[{"dev":"region0","size":1}]}')})
    result = match(read(folder))
    table = result.table("sources")
    at = [column.name for column in schema.SOURCES.columns].index("bytes")
    sizes = [10**15 - 1, 10**15, 2**63 + 1]
    rows = [(*table.rows[0][:at], size, *table.rows[0][at + 1 :]) for size in sizes]
    book = openpyxl.Workbook(write_only=True)
    workbook._Book(book, result, None).table(type(table)(schema.SOURCES, rows))  # noqa: SLF001
    stream = io.BytesIO()
    book_file.write_book(book, stream)
    sheet = openpyxl.load_workbook(stream)["Sources"]
    cells = [row[[cell.value for cell in sheet[1]].index("bytes")].value for row in sheet.iter_rows(min_row=2)]
    assert cells == [sizes[0], str(sizes[1]), str(sizes[2])]


@pytest.mark.parametrize(("most", "parts"), [(3, [3, 3, 1]), (7, [7]), (4, [4, 3]), (1, [1] * 7)])
def test_a_table_longer_than_a_sheet_goes_on_on_the_next(captures, monkeypatch, most, parts):
    monkeypatch.setattr(workbook, "MOST_ROWS", most)
    result = match(read(captures({**PAIR, "x.txt": "".join(f"line {number}\n" for number in range(7))})))
    book, _ = opened(result)
    names = ["Unread", *(f"Unread ({number})" for number in range(2, len(parts) + 1))]
    assert [name for name in book.sheetnames if name.startswith("Unread")] == names
    assert [book[name].max_row - 1 for name in names] == parts
    assert [row[3] for name in names for row in book[name].iter_rows(min_row=2, values_only=True)] == [f"line {n}" for n in range(7)]
    assert all(book[name]["A1"].value == "site" for name in names)
    tables = [table.displayName for sheet in book for table in sheet.tables.values()]
    assert len({name.lower() for name in tables}) == len(tables)


def test_the_summary_has_the_verdict_the_figures_and_the_controls(captures):
    result = match(read(captures({**UNSETTLED, "a.7z": b"7z\xbc\xaf\x27\x1c"})))
    rows = list(opened(result)[0]["Summary"].iter_rows(values_only=True, max_col=3))
    assert rows[1][0] == verdict(result) == "INCOMPLETE: 1 source could not be read."
    for measure in [*measures(result), *controls(result)]:
        assert tuple(measure) in rows


def test_method_tells_every_rule(result):
    topics = {row[0]: row[1:] for row in opened(result)[0]["Method"].iter_rows(min_row=2, values_only=True, max_col=3)}
    for rule in RULES:
        severity, text = topics[f"Rule {rule.name}"]
        assert severity == rule.severity
        assert rule.meaning in text
        assert rule.advice in text


def test_what_a_cut_cell_looks_like_is_told(captures):
    """Nothing is cut silently."""
    result = match(read(captures({**PAIR, "x.txt": "y" * 40_000 + "\n"})))
    book, _ = opened(result)
    assert book["Unread"]["D2"].value.endswith(" [cut]")
    told = " ".join(
        str(cell) for title in ("Summary", "Findings", "Method") for row in book[title].iter_rows(values_only=True) for cell in row
    )
    assert "[cut]" in told


@hostile_text.thorough
@given(hostile_text.many_texts)
@example(hostile_text.ALL)
def test_hostile_text_in_any_column_is_text(saying, texts):
    assert_every_cell_is_what_was_meant(saying(texts))


def test_every_known_trick_as_a_line_of_a_capture_is_text(captures):
    lines = [text for text in hostile_text.ALL if "\0" not in text]
    data = "\n".join(lines).encode("utf-8", "surrogatepass")
    result = match(read(captures({**PAIR, "x.txt": data, "y.txt": data.decode("utf-8", "replace")})))
    assert len(result.captures.unread) > 100
    assert_every_cell_is_what_was_meant(result)


NAMES = [text for text in hostile_text.ALL if len(text) < 60 and text.strip() and not set(text) & set("\0/\n\r")]


def test_every_known_trick_as_a_name_is_text(captures):
    """Of a file, a VM's folder and a vmdk; as a command line and in an error message."""
    files: dict[str, str | bytes] = {}
    disks = []
    for number, name in enumerate(NAMES):
        shown = name.encode("utf-8", "replace").decode()
        files[f"{shown}.{number}.json"] = f'[{{"dev":"nmem{number}","id":"8902-{number:08x}"}}]'
        disks += [f"/vmfs/volumes/{name}/{name}/{name}.vmdk", answer(f"{number:08x}").rstrip()]
    text = "\n".join([*disks, *(f"[root@esx01:~] {name}\nls: {name}: No such file or directory" for name in NAMES)])
    files["esx01.txt"] = text.encode("utf-8", "replace")
    result = match(read(captures(files)))
    assert {"=1+1", "#REF!", "TRUE"} <= set(result.captures.vmdks["datastore"])
    assert "=1+1" in result.captures.sources["path"].str.removesuffix(".0.json").tolist()
    assert_every_cell_is_what_was_meant(result)


@pytest.mark.parametrize("site", ["=1+1", "#REF!", "00012345", "_x0041_", "a\0b\x1b", "\ud800", "\uffff", "x" * 40_000])
def test_every_known_trick_as_a_sites_name_is_text(captures, site):
    assert_every_cell_is_what_was_meant(match(read(captures(PAIR), site=site)))


def test_every_known_trick_in_json_is_text(captures):
    units = [text.encode("utf-16-be", "surrogatepass").hex() for text in hostile_text.ALL]
    texts = ["".join(f"\\u{text[at : at + 4]}" for at in range(0, len(text), 4)) for text in units if len(text) < 4_000]
    dimms = ",\n".join(f'{{"dev":"nmem{number}","id":"8902-{text}-{number:08x}","state":"{text}"}}' for number, text in enumerate(texts))
    result = match(read(captures({"db01.txt": f"root@db01:~# ndctl list -D\n[{dimms}]\n"})))
    assert len(result.mapping) == len(texts)
    assert "8902-=1+1-00000000" in set(result.mapping["device_id"])
    assert_every_cell_is_what_was_meant(result)


def test_the_books_properties_name_no_user_and_no_time(result):
    properties = opened(result)[0].properties
    assert properties.creator.startswith("vpmem-reconcile ")
    assert properties.lastModifiedBy is None
    assert properties.created.isoformat() == properties.modified.isoformat() == "1980-01-01T00:00:00"


@pytest.mark.parametrize("title", [*TABLES, "Method"])
def test_every_sheet_prints_on_pages_that_can_be_told_apart(result, title):
    sheet = opened(result)[0][title]
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.oddFooter.center.text == "Page &P of &N"
    assert sheet.oddFooter.left.text.startswith("vpmem-reconcile ")
    assert sheet.oddHeader.center.text == "&A"
    assert sheet.print_title_rows == "$1:$1"
    kept = openpyxl.utils.cell.coordinate_from_string(sheet.freeze_panes)[0]
    if sheet.page_setup.fitToWidth > 1 and kept != "A":
        assert sheet.print_title_cols == f"$A:${chr(ord(kept) - 1)}"


def test_the_summary_links_to_every_sheet_and_has_a_chart_that_is_told_in_words(result):
    book, data = opened(result)
    links = {cell.value: cell.hyperlink.location for (cell,) in book["Summary"].iter_rows(max_col=1) if cell.hyperlink}
    assert links == {title: f"'{title}'!A1" for title in SHEETS[1:]}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        drawing = archive.read("xl/drawings/drawing1.xml").decode()
        chart = archive.read("xl/charts/chart1.xml").decode()
    assert (
        'descr="Devices: 2, of these 1 matched, 0 ambiguous, 1 guest-only; vmdks: 1, of these 1 matched, 0 ambiguous, 0 host-only"'
        in drawing
    )
    summary = book["Summary"]
    first = next(cell.row for (cell,) in summary.iter_rows(max_col=1) if cell.value == "Parts of the whole")
    references = re.findall(r"<f>([^<]*)</f>", chart)
    assert set(references) == {f"'Summary'!$B${row}:$C${row}" for row in range(first, first + 4)}
    rows = list(summary.iter_rows(min_row=first, max_row=first + 4, max_col=3, values_only=True))
    # The chart shows the parts alone, and not their sum.
    assert rows == [
        ("Parts of the whole", "Devices", "vmdks"), ("matched", 1, 1), ("ambiguous", 0, 0), ("on one side only", 1, 0), ("in all", 2, 1),
    ]  # fmt: skip


def test_the_summary_says_how_many_rows_a_sheet_has_and_asks_for_signatures(result):
    rows = {row[0]: row[1] for row in opened(result)[0]["Summary"].iter_rows(values_only=True, max_col=2)}
    for title, spec in TABLES.items():
        assert rows[title] == len(result.table(spec.name).rows)
    for name in SIGN_OFF:
        assert name in rows
        assert rows[name] is None


def test_a_reviewer_chooses_from_a_list_and_enters_a_date(result):
    sheet = opened(result)[0]["Findings"]
    names = [cell.value for cell in sheet[1]]
    rows = len(result.table("findings").rows)
    told = {str(validation.sqref): validation for validation in sheet.data_validations.dataValidation}
    letters = {name: openpyxl.utils.get_column_letter(names.index(name) + 1) for name in REVIEW}
    choices = told[f"{letters['decision']}2:{letters['decision']}{rows + 1}"]
    assert (choices.type, choices.formula1) == ("list", '"Accepted,Rejected,Needs follow-up,Not applicable"')
    assert told[f"{letters['reviewed on']}2:{letters['reviewed on']}{rows + 1}"].type == "date"
    assert all(sheet[f"{letter}2"].value is None for letter in letters.values())


@pytest.mark.parametrize(("title", "column"), [("Mapping", "status"), ("Findings", "severity"), ("Sources", "status")])
def test_the_reports_own_words_are_coloured_by_the_word(result, title, column):
    sheet = opened(result)[0][title]
    letter = openpyxl.utils.get_column_letter([cell.value for cell in sheet[1]].index(column) + 1)
    (rules,) = [
        rules
        for ranges, rules in sheet.conditional_formatting._cf_rules.items()  # noqa: SLF001
        if str(ranges.sqref) == f"{letter}2:{letter}{sheet.max_row}"
    ]
    words = [rule for rule in rules if rule.operator == "equal"]
    assert {rule.formula[0] for rule in words} == {f'"{word}"' for word in sheets.WORDS[column]}
    assert {rule.type for rule in rules if rule not in words} == ({"expression"} if title == "Mapping" else set())


def test_the_sources_hash_stands_in_the_books_properties(result):
    book, _ = opened(result)
    digest = sources_digest(result)
    assert {prop.name: prop.value for prop in book.custom_doc_props.props} == {"SourcesSHA256": digest}
    assert digest in book.properties.subject
    assert (book.properties.title, book.properties.language) == ("vPMem reconciliation", "en")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")
def test_libreoffice_reads_every_cell_as_it_was_meant(captures, tmp_path):
    lines = [text for text in hostile_text.ALL if "\0" not in text and len(text) < 1000]
    result = match(read(captures({**UNSETTLED, "x.txt": "\n".join(lines).encode("utf-8", "replace")})))
    (tmp_path / "a.xlsx").write_bytes(workbook.workbook_bytes(result))
    # Every sheet as a CSV, in UTF-8.
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", form, "--outdir", str(tmp_path / "out"), str(tmp_path / "a.xlsx")]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=110)  # noqa: S603
    for title, spec in TABLES.items():
        places = plain_places(result, spec)
        with (tmp_path / "out" / f"a-{title}.csv").open(encoding="utf-8", newline="") as file:
            shown = [[row[at] for at, _ in places] for row in csv.reader(file)][1:]
        meant = [
            ["" if row[at] is None else str(row[at]) if isinstance(row[at], int) else visible(row[at]) for _, at in places]
            for row in result.table(spec.name).rows
        ]
        assert [[cell.strip() for cell in row] for row in shown] == [[cell.strip() for cell in row] for row in meant], title


def sheet_of(book, title) -> list[dict[str, object]]:
    return sheet_of_sheet(book[title])


def sheet_of_sheet(sheet) -> list[dict[str, object]]:
    header, *rows = sheet.iter_rows()
    return [dict(zip((cell.value for cell in header), row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def sample(root):
    result = match(read(root / "samples" / "site"))
    return (result, *opened(result))


ANSWERS = ["status", "guest", "device", "device id", "vmdk", "VM folder", "host", "mounted on", "findings", "reason"]


def test_mapping_answers_first_and_folds_the_rest_away(sample):
    sheet = sample[1]["Mapping"]
    names = [cell.value for cell in sheet[1]]
    widths = dict(sheet.column_dimensions)
    letters = [openpyxl.utils.get_column_letter(at) for at in range(1, len(names) + 1)]
    # openpyxl tells a run of alike columns by its first.
    folded = [any(one.min <= at <= one.max and one.hidden for one in widths.values()) for at in range(1, len(names) + 1)]
    assert [name for name, is_folded in zip(names, folded, strict=True) if not is_folded] == names[: len(ANSWERS)] == ANSWERS
    assert names[-2:] == ["candidates", "evidence"]
    assert {"site", "kind", "UUID", "datastore", "vmdk GiB", "vmdk bytes"} <= set(names)
    # 1366 pixels at this size, less what is around the cells, show some 200 characters.
    assert sum(widths[letter].width for letter in letters[: len(ANSWERS)]) <= 190
    assert (sheet.page_setup.fitToWidth, sheet.sheet_view.zoomScale, sheet.sheet_format.outlineLevelCol) == (1, 90, 1)


def test_several_sites_and_kinds_are_seen(root):
    cases = root / "tests" / "cases"
    result = match(read(root / "samples" / "site", cases / "scsi-disks" / "input", sites=True))
    names = [cell.value for cell in opened(result)[0]["Mapping"][1]]
    assert names[:5] == ["site", "status", "guest", "device", "kind"]


def test_what_stands_against_a_row_stands_in_it_and_leads_there_and_back(sample):
    result, book, _ = sample
    findings, mapping = sheet_of(book, "Findings"), sheet_of(book, "Mapping")
    ids = list(result.mapping["findings"])
    assert any(ids)
    for row, told in zip(mapping, ids, strict=True):
        cell = row["findings"]
        if not told:
            assert (cell.value, cell.hyperlink) == (None, None)
            continue
        wanted = [finding for finding in findings if finding["id"].value in told.split(", ")]
        assert cell.value == "; ".join(
            f"{severity}: {', '.join(rules)}"
            for severity in ("error", "warning", "note")
            if (rules := [finding["rule"].value for finding in wanted if finding["severity"].value == severity])
        )
        assert cell.hyperlink.location == f"'Findings'!A{wanted[0]['id'].row}"
    for finding in findings:
        rows = [row["status"].row for row, told in zip(mapping, ids, strict=True) if finding["id"].value in told.split(", ")]
        cell = finding["rows of Mapping"]
        assert (cell.value, cell.hyperlink.location) == (len(rows), f"'Mapping'!A{rows[0]}")


def test_a_matched_row_with_a_warning_looks_like_no_clean_one(root):
    result = match(read(root / "tests" / "cases" / "sizes-differ" / "input"))
    sheet = opened(result)[0]["Mapping"]
    (row,) = [row for row in sheet_of(opened(result)[0], "Mapping") if row["status"].value == "matched" and row["findings"].value]
    assert row["findings"].value == "warning: size-differs"
    rules = [
        rule
        for ranges, found in sheet.conditional_formatting._cf_rules.items()  # noqa: SLF001
        if row["status"].coordinate in ranges.sqref
        for rule in found
    ]
    told = {rule.formula[0]: rule.priority for rule in rules}
    letter = row["findings"].column_letter
    status = row["status"].column_letter
    for severity in ("error", "warning"):
        assert told[f'AND(${status}2="matched",ISNUMBER(SEARCH("{severity}:",${letter}2)))'] < told['"matched"']
    assert all(rule.stopIfTrue for rule in rules if rule.type == "expression")


def test_a_vmdk_says_its_status_and_who_uses_it_in_any_order(root):
    for name in ("samples/site", "tests/cases/setuuid-in-another-capture/input"):
        result = match(read(root / name))
        rows = {
            (row.host, row.datastore, row.vm, row.vmdk, row.uuid): (row.status, f"{row.guest} {row.device}".strip(), row.candidates)
            for row in result.mapping.itertuples()
            if row.host_source
        }
        vmdks = sheet_of(opened(result)[0], "VMDKs")
        assert len(vmdks) == len(rows)
        for row in vmdks:
            cells = [str(row[name].value or "") for name in ("host", "datastore", "VM folder", "vmdk", "UUID")]
            status, user, candidates = rows[tuple(cells)]
            assert row["status"].value == status
            assert (row["used by"].value or "") == (user or (f"could be {candidates}" if candidates else ""))


def test_sizes_stand_in_bytes_and_for_people(sample):
    row = next(row for row in sheet_of(sample[1], "Mapping") if row["vmdk"].value == "appdb_6.vmdk")
    assert (row["vmdk GiB"].value, row["vmdk bytes"].value) == (0.75, 805306368)
    assert row["vmdk GiB"].number_format == "#,##0.00"


def test_figures_lead_to_their_rows_and_every_sheet_leads_back(sample):
    _, book, _ = sample
    figures = {row[0].value: row[1].hyperlink.location for row in book["Summary"].iter_rows(max_col=2) if row[1].hyperlink}
    ambiguous = next(row["status"].row for row in sheet_of(book, "Mapping") if row["status"].value == "ambiguous")
    warning = next(row["severity"].row for row in sheet_of(book, "Findings") if row["severity"].value == "warning")
    assert figures["Devices ambiguous"] == f"'Mapping'!A{ambiguous}"
    assert figures["Warnings"] == f"'Findings'!A{warning}"
    assert figures["Lines"] == "'Sources'!A1"
    assert "Notes" not in figures
    for title in SHEETS[1:]:
        assert book[title]["A1"].hyperlink.location == "'Summary'!A1"


def test_the_book_is_of_the_time_of_the_newest_capture_and_calculates_nothing(captures):
    dated = {**PAIR, "db01.txt": "root@db01:~# date -u +%Y-%m-%dT%H:%M:%SZ\n2026-11-22T10:12:13Z\n" + GUEST}
    book, data = opened(match(read(captures(dated))))
    assert book.properties.created.isoformat() == book.properties.modified.isoformat() == "2026-11-22T10:12:13"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"calcPr" not in archive.read("xl/workbook.xml")


def test_rows_are_as_high_as_their_text_and_free_to_be_changed(sample):
    book, data = sample[1:]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        findings, mapping = (archive.read(f"xl/worksheets/sheet{number}.xml").decode() for number in (2, 3))
    assert len(re.findall(r'<row r="[0-9]+" ht="[0-9]+">', findings)) > 3
    # A folded column makes no row higher, and a height that is fixed is the header's alone.
    assert " ht=" not in mapping.partition('<row r="2"')[2]
    assert all(len(re.findall("customHeight", xml)) == 1 for xml in (findings, mapping))
    assert all(book["Summary"].row_dimensions[row].height is None for row in range(1, 30))


def test_the_margin_names_the_site(captures):
    sheet = opened(match(read(captures(PAIR), site="R&D 1")))[0]["Mapping"]
    assert sheet.oddHeader.left.text == "site R&&D 1"


def test_where_the_findings_are_many_the_status_leads_to_them(captures, root):
    """A text that leads somewhere is not wrapped by every program."""
    cases = root / "tests" / "cases"
    names = ("clone-told-apart-by-folder", "re-created", "renumbered", "split-and-shared", "sizes-differ", "scsi-disks", "shared-disk")
    files = {f"{name}/{path.name}": path.read_bytes() for name in names for path in (cases / name / "input").iterdir() if path.is_file()}
    sheet = opened(match(read(captures(files), site="s")))[0]["Mapping"]
    (width,) = [one.width for one in sheet.column_dimensions.values() if sheet[f"{one.index}1"].value == "findings"]
    rows = [row for row in sheet_of_sheet(sheet) if row["findings"].value]
    long = [len(row["findings"].value) * 1.15 > width for row in rows]
    assert {True, False} == set(long)
    for row, is_long in zip(rows, long, strict=True):
        assert (row["status"].hyperlink is not None, row["findings"].hyperlink is not None) == (is_long, not is_long)


def test_drawings_have_the_usual_prefix_and_parts_are_named_from_where_they_are(sample):
    with zipfile.ZipFile(io.BytesIO(sample[2])) as archive:
        names = set(archive.namelist())
        drawing = archive.read("xl/drawings/drawing1.xml").decode()
        told = [(name, re.findall(r'Target="([^"]+)"', archive.read(name).decode())) for name in names if name.endswith(".rels")]
    assert drawing.startswith("<xdr:wsDr ")
    assert not re.search(r"<[a-zA-Z]+[ />]", drawing)
    assert {"../drawings/drawing1.xml", "../charts/chart1.xml"} <= {target for _, targets in told for target in targets}
    for name, targets in told:
        folder = posixpath.dirname(posixpath.dirname(name))
        assert {posixpath.normpath(posixpath.join(folder, target)).lstrip("/") for target in targets} <= names
