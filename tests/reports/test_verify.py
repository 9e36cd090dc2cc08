"""verify: a report that follows, one that somebody changed, and what a person may do to a workbook without harm."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
import zipfile

import openpyxl
import pytest
from small_site import PAIR, UNSETTLED, of_serials

from reconcile import match, read
from reconcile.reports.looks import remarks
from reconcile.reports.workbook import review, workbook
from reconcile.reports.workbook.summary_sheet import SIGN_OFF

SITE = {
    **UNSETTLED,
    **{f"more/{name}": text for name, text in of_serials("00012345", "1e100000").items()},
    "x.txt": "_x0041_\n=1+1\n#REF!\n00012\n",
}


@pytest.fixture
def site(captures):
    return captures(SITE)


@pytest.fixture
def reports(site, tmp_path, run):
    """Write the report in every form; return where it is."""
    names = ("a.xlsx", "a.html", "a.csv", "a.json", "all/")
    assert (
        run("report", site, *(word for name in names for word in ("-o", tmp_path / name if name != "all/" else f"{tmp_path}/all/"))).code
        == 1
    )
    return tmp_path


@pytest.mark.parametrize("name", ["a.xlsx", "a.html", "a.csv", "a.json", "all", "all/findings.csv", "all/audit.html"])
def test_a_report_follows_from_its_captures_and_from_no_others(name, reports, site, captures, run):
    ran = run("verify", reports / name, site)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"FOLLOWS: {reports / name} is what these captures give.\n"
    ran = run("verify", reports / name, captures({**SITE, "db01.txt": str(SITE["db01.txt"]).replace("206b080c", "206b080d")}))
    assert ran.code == 1
    assert ran.out.startswith(f"DIFFERS: {reports / name} is not what these captures give")
    assert ran.out.count("\n") > 1


def changed(path, change) -> None:
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)


def every_cell() -> list[tuple[str, str]]:
    """Name one cell of each column of each sheet."""
    cells = [
        ("Summary", "A1"),
        ("Summary", "A2"),
        ("Summary", "B5"),
        ("Summary", "C6"),
        ("Summary", "B25"),
        ("Summary", "D7"),
        ("Method", "C3"),
    ]
    for spec in workbook.TABLES:
        cells += [(spec.title, f"{openpyxl.utils.get_column_letter(at)}2") for at in range(1, len(spec.columns) + 1)]
    return cells


@pytest.fixture(scope="session")
def workbook_and_result(tmp_path_factory):
    folder = tmp_path_factory.mktemp("verify")
    for name, text in SITE.items():
        file = folder / "captures" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(str(text))
    result = match(read(folder / "captures"))
    result.to_excel(folder / "a.xlsx")
    return openpyxl.load_workbook(folder / "a.xlsx"), result


@pytest.mark.parametrize(("title", "cell"), every_cell())
def test_a_cell_that_was_changed_is_named(title, cell, workbook_and_result, tmp_path):
    book, result = workbook_and_result
    before = book[title][cell].value
    entry = "9" if before is None else before + 1 if isinstance(before, int) else f"{before}x"
    book[title][cell].value = entry
    try:
        book.save(tmp_path / "a.xlsx")
    finally:
        book[title][cell].value = before
    (found,) = result.differences(tmp_path / "a.xlsx")
    assert found.where == f"a.xlsx, {title}!{cell}"
    assert found.found == str(entry)
    assert found.expected == ("nothing" if before is None else str(before).replace("_x005F_", "_"))


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda book: book["Mapping"].delete_rows(2), "Mapping!"),
        (lambda book: book["Mapping"].append(["captures", "matched"]), "Mapping!A6"),
        (lambda book: book["Unread"].insert_rows(2), "Unread!A2"),
        (lambda book: book["Mapping"].cell(2, 2, "=1+1"), "the formula =1+1"),
        (lambda book: book.remove(book["Unread"]), "sheets"),
        (lambda book: book.create_sheet("Mine"), "sheets"),
        (lambda book: setattr(book["Findings"], "sheet_state", "hidden"), "a hidden sheet"),
        (lambda book: book["Findings"].cell(2, 30, "beside"), "Findings!AD2"),
        (lambda book: book["Findings"].cell(1, 7, "comment"), "Findings!G1"),
        (lambda book: book["Summary"].cell(60, 1, "PS: all fine"), "Summary!A60"),
        (lambda book: setattr(book["Mapping"]["U2"], "value", "00012345"), "Mapping!U2"),
    ],
)
def test_a_changed_workbook_differs(reports, site, run, change, where):
    changed(reports / "a.xlsx", change)
    ran = run("verify", reports / "a.xlsx", site)
    assert ran.code == 1
    assert where in ran.out


def test_what_a_reviewer_fills_in_sorts_and_saves_again_does_no_harm(reports, site, run):
    def fill(book) -> None:
        sheet = book["Findings"]
        names = [cell.value for cell in sheet[1]]
        for name, value in zip(review.COLUMNS, ("Accepted", "AB", dt.date(2026, 11, 24), "fine"), strict=True):
            sheet.cell(2, names.index(name.replace("_", " ")) + 1, value)
        for name, cell in book["Summary"].iter_rows(max_col=2):
            if name.value in SIGN_OFF:
                cell.value = "somebody"
        mapping = book["Mapping"]
        rows = [[cell.value for cell in row] for row in mapping.iter_rows(min_row=2)]
        for row, values in zip(mapping.iter_rows(min_row=2), reversed(rows), strict=True):
            for cell, value in zip(row, values, strict=True):
                cell.value = value
                cell.data_type = "s" if isinstance(value, str) else "n"

    changed(reports / "a.xlsx", fill)
    assert run("verify", reports / "a.xlsx", site).code == 0
    shutil.copy(reports / "a.xlsx", reports / "all" / "audit.xlsx")
    assert run("verify", reports / "all", site).code == 0
    # The decisions that were carried over do no harm either.
    assert run("report", site, "-o", reports / "b.xlsx", "--carry-review", reports / "a.xlsx").code == 1
    assert run("verify", reports / "b.xlsx", site).code == 0


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")
def test_a_workbook_that_libreoffice_saved_again_follows(reports, site, run):
    command = ["soffice", f"-env:UserInstallation=file://{reports}/profile", "--headless", "--convert-to", "xlsx", "--outdir", str(reports / "again"), str(reports / "a.xlsx")]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=110)  # noqa: S603
    assert (reports / "again" / "a.xlsx").read_bytes() != (reports / "a.xlsx").read_bytes()
    ran = run("verify", reports / "again" / "a.xlsx", site)
    assert ran.code == 0, ran.out


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.html", "all/vmdks.csv", "all/datapackage.json", "all/audit.html"])
def test_a_changed_line_is_named(name, reports, site, run):
    path = reports / name
    data = path.read_bytes()
    at = data.rindex(b"captures")
    path.write_bytes(data[:at] + b"Captures" + data[at + 8 :])
    line = data[:at].count(b"\n") + 1
    ran = run("verify", reports / name.partition("/")[0], site)
    assert ran.code == 1
    assert f"{name.rpartition('/')[2]}, line {line}: " in ran.out


def test_a_folder_with_a_file_too_many_too_few_or_another_hash_differs(reports, site, run):
    (reports / "all" / "run.json").write_text("{}")
    assert "SHA256SUMS, run.json: " in run("verify", reports / "all", site).out
    (reports / "all" / "vms.csv").unlink()
    assert "vms.csv: the report says 'nothing: the file is missing'" in run("verify", reports / "all", site).out
    (reports / "all" / "notes.txt").write_text("mine")
    assert "notes.txt: the report says 'a file of that name'" in run("verify", reports / "all", site).out


def test_csvs_without_a_byte_order_mark_follow_too(site, tmp_path, run):
    outputs = ("-o", tmp_path / "a.csv", "-o", f"{tmp_path}/all/", "--no-bom")
    assert run("report", site, *outputs).code == 1
    assert not (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert run("verify", tmp_path / "a.csv", site).code == 0
    assert run("verify", tmp_path / "all", site).code == 0


@pytest.mark.parametrize("options", [("--site", "berlin"), ("--sites",)])
def test_the_options_that_a_report_was_made_with_count(options, captures, tmp_path, run):
    folders = [captures(PAIR, name) for name in "ab"]
    run("report", *folders, *options, "-o", tmp_path / "a.xlsx")
    assert run("verify", tmp_path / "a.xlsx", *folders, *options).code == 0
    ran = run("verify", tmp_path / "a.xlsx", *folders)
    assert ran.code == 1
    assert "or was made with other options" in ran.out


@pytest.mark.parametrize("name", ["gone.xlsx", "text.xlsx", "x.pdf", "text.csv", "zip.xlsx"])
def test_what_is_no_report_is_refused_in_a_sentence(name, site, tmp_path, run):
    (tmp_path / "text.xlsx").write_text("no")
    (tmp_path / "text.csv").write_text("a,b\n")
    (tmp_path / "x.pdf").write_text("%PDF")
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as archive:
        archive.writestr("a", "b")
    ran = run("verify", tmp_path / name, site)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("reconcile: ")
    assert ran.err.count("\n") == 1
    assert "this is a bug" not in ran.err


def test_what_a_workbook_says_of_its_own_size_is_not_believed(reports, site, run):
    data = io.BytesIO((reports / "a.xlsx").read_bytes())
    with zipfile.ZipFile(data) as old, zipfile.ZipFile(reports / "a.xlsx", "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, text.replace(b"<sheetViews>", b'<dimension ref="A1:A1"/><sheetViews>') if "/sheet3" in name else text)
    assert run("verify", reports / "a.xlsx", site).code == 0
    changed(reports / "a.xlsx", lambda book: book["Mapping"].cell(2, 4, "nmem9"))
    assert run("verify", reports / "a.xlsx", site).code == 1


def test_a_cells_kind_counts(reports, site, run):
    def swap(book):
        for row in book["Summary"].iter_rows(min_row=5, max_row=30):
            if row[1].value in {0, 1}:
                row[1].value = bool(row[1].value)

    changed(reports / "a.xlsx", swap)
    ran = run("verify", reports / "a.xlsx", site)
    assert ran.code == 1
    assert "the report says 'TRUE', and from these captures follows '1'" in ran.out or "'FALSE'" in ran.out


def test_a_folders_list_of_sums_is_compared_both_ways(reports, site, run):
    folder = reports / "all"
    sums = (folder / "SHA256SUMS").read_text()
    (folder / "SHA256SUMS").write_text(f"{sums}{'0' * 64}  evidence.pdf\n")
    assert "SHA256SUMS, evidence.pdf: the report says" in run("verify", folder, site).out
    (folder / "SHA256SUMS").write_text(sums + sums.splitlines()[0] + " \n\n")
    assert run("verify", folder, site).code == 1
    (folder / "SHA256SUMS").write_text(sums)
    assert run("verify", folder, site).code == 0
    for name in ("audit.xlsx", "audit.html"):
        (folder / name).unlink()
    out = run("verify", folder, site).out
    assert "audit.xlsx: the report says 'nothing: the file is missing'" in out
    assert "audit.html: the report says 'nothing: the file is missing'" in out


def test_tables_alone_have_no_workbook_to_miss(site, tmp_path, run):
    match(read(site)).to_csv(tmp_path / "tables")
    assert run("verify", tmp_path / "tables", site).code == 0


def test_a_column_that_is_only_headed_like_a_reviewers_differs(reports, site, run):
    changed(reports / "a.xlsx", lambda book: book["Findings"].cell(1, 20, "comment"))
    assert "Findings!T1" in run("verify", reports / "a.xlsx", site).out


def test_a_figure_that_is_shown_as_another_differs(reports, site, run):
    changed(reports / "a.xlsx", lambda book: setattr(book["Summary"]["B15"], "number_format", '"0"'))
    ran = run("verify", reports / "a.xlsx", site)
    assert ran.code == 1
    assert "Summary!B15: the report says" in ran.out


def test_what_is_hidden_or_noted_gets_a_word(reports, site, run):
    def hide(book):
        book["Findings"].row_dimensions[2].hidden = True
        book["Mapping"].column_dimensions["C"].hidden = True
        book["Mapping"]["A1"].comment = openpyxl.comments.Comment("looks fine", "AB")
        book["Sources"].auto_filter.ref = "A1:C3"
        book["Sources"].auto_filter.add_filter_column(0, ["x"])
        book.create_sheet("Past reviews")

    assert list(remarks(str(reports / "a.xlsx"))) == []
    changed(reports / "a.xlsx", hide)
    ran = run("verify", reports / "a.xlsx", site)
    assert ran.code == 0
    notes = [line for line in ran.out.splitlines() if line.startswith("  note: ")]
    assert "  note: Findings: 1 row hidden" in notes
    assert "  note: Mapping: 1 column hidden" in notes
    assert any("Sources: filtered" in note for note in notes)
    assert any("notes" in note for note in notes)
    assert any("Past reviews" in note for note in notes)
