"""What the command line refuses: one line that says what is wrong and what to do, exit 2, and nothing written."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from small_site import GUEST, HOST, PAIR, contents


@pytest.fixture
def refused(run, tmp_path, monkeypatch):
    """Run in a folder; return the one line that the command line says, having checked that it changed nothing."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object, stdin: bytes = b"") -> str:
        before = contents(tmp_path)
        ran = run(*arguments, stdin=stdin)
        assert (ran.code, ran.out) == (2, "")
        assert contents(tmp_path) == before
        assert re.fullmatch(r"reconcile: [^\n]+[.!]\n", ran.err), ran.err
        # Two sentences: what is wrong, and what to do.
        assert re.search(r"[.;!] \S", ran.err), ran.err
        return str(ran.err)

    return call


@pytest.fixture
def folder(captures):
    return captures(PAIR)


def test_a_capture_that_is_not_there(refused):
    assert "'nowhere' is not there" in refused("report", "nowhere", "-o", "x.xlsx")


def test_a_capture_with_brackets_in_its_name_is_named_whole(refused):
    assert "'[datastore1]'" in refused("report", "[datastore1]", "-o", "x.xlsx")


def test_a_second_capture_that_is_not_there_is_not_passed_over(refused, folder):
    assert "'nowhere'" in refused("report", folder, "nowhere", "-o", "x.xlsx")


def test_a_second_pattern_that_matches_nothing_is_not_passed_over(refused, folder):
    """Nor is a second folder whose name looks like a pattern."""
    assert "'*.nothing'" in refused("report", folder, "*.nothing", "-o", "x.xlsx")


def test_a_capture_without_a_name(refused, captures):
    """It would be the working directory."""
    captures(PAIR)
    refused("report", "", "-o", "x.xlsx")


def test_a_folder_with_nothing_in_it(refused, captures):
    assert "There is no file in 'captures'." in refused("report", captures({}).name, "-o", "x.xlsx")


def test_a_folder_with_nothing_usable_in_it(refused, captures):
    said = refused("report", captures({"notes.txt": "buy milk\n", "photo": b"\0" * 99, "nothing": b""}), "-o", "x.xlsx")
    assert "reconcile formats" in said


def test_nothing_but_an_archive(refused, captures):
    said = refused("report", captures({"old.7z": b"7z\xbc\xaf\x27\x1crest"}), "-o", "x.xlsx")
    assert "old.7z: a 7z archive; unpack it and name the folder" in said


def test_a_file_that_cannot_be_read(refused, folder, monkeypatch):
    def denied(path, *arguments: int):
        if str(path).endswith("db01.txt"):
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments)

    real = os.open
    monkeypatch.setattr(os, "open", denied)
    said = refused("report", folder / "db01.txt", "-o", "x.xlsx")
    assert "Permission denied" in said
    assert " is cannot" not in said


@pytest.mark.parametrize("output", ["audit.pdf", "audit.xls", "out.d", "audit.html5"])
def test_an_output_of_no_known_format(refused, folder, output):
    assert f"'{output}' says no format" in refused("report", folder, "-o", output)


@pytest.mark.parametrize("output", ["audit", "./audit", "audit.d/../all"])
def test_an_output_that_may_be_a_file_or_a_folder_is_asked_about(refused, folder, output, tmp_path):
    (tmp_path / "audit.d").mkdir()
    said = refused("report", folder, "-o", output)
    assert f"Say {output}.xlsx for a workbook, or {output}/ for a folder" in said


def test_a_folder_that_is_called_as_a_workbook_stays_what_it_is(refused, folder, tmp_path):
    """Also where nothing in it would be lost."""
    (tmp_path / "x.xlsx").mkdir()
    assert "is a folder. Name a file" in refused("report", folder, "-o", "x.xlsx", "--force")


@pytest.mark.parametrize("output", [".xlsx", "./.CSV"])
def test_an_ending_without_a_name(refused, folder, output):
    assert f"'{output}' is an ending without a name" in refused("report", folder, "-o", output)


@pytest.mark.parametrize("arguments", [["verify", "no.xlsx", "SITE"], ["report", "SITE", "-o", "x.xlsx", "--carry-review", "no.xlsx"]])
def test_a_workbook_that_is_none_is_said_in_the_users_words(refused, folder, tmp_path, arguments):
    (tmp_path / "no.xlsx").write_text("hello")
    said = refused(*(folder if word == "SITE" else word for word in arguments))
    assert "'no.xlsx' is no workbook" in said
    assert "it is not stored as a .xlsx file is" in said


@pytest.mark.parametrize("address", ["foo", "10.0.0.1:8786", "tcp://10.0.0.1", "tcp://:x"])
def test_an_address_that_is_none(refused, folder, address):
    pytest.importorskip("distributed")
    assert f"'{address}' is no address of a Dask scheduler" in refused("report", folder, "--dask", address)


def test_an_output_without_a_name(refused, folder, tmp_path, monkeypatch):
    """It would be the working directory, and with --force would replace it."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    said = refused("report", folder, "-o", "", "--force")
    assert "exists" not in said


@pytest.mark.parametrize("output", ["missing/audit.xlsx", "missing/out/", "db01.txt/audit.xlsx"])
def test_an_output_in_no_folder(refused, folder, output):
    assert "is not there" in refused("report", folder, "-o", output)


@pytest.mark.parametrize("name", ["audit.xlsx", "mapping.csv", "all.json"])
def test_an_output_that_exists(refused, folder, tmp_path, name):
    (tmp_path / name).write_text("mine")
    assert f"'{name}' exists. Name another output, or give --force" in refused("report", folder, "-o", name)


@pytest.mark.parametrize("said", ["out", "out/"])
def test_an_output_folder_that_exists(refused, folder, tmp_path, said):
    (tmp_path / "out").mkdir()
    assert f"'{said}' exists" in refused("report", folder, "-o", said)


def test_force_does_not_replace_a_folder_with_other_files(refused, folder, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mapping.csv").write_text("old")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    assert "holds files that no report wrote" in refused("report", folder, "-o", "out", "--force")


def test_force_does_not_replace_a_folder_that_hides_files_under_a_reports_name(refused, folder, tmp_path):
    (tmp_path / "out" / "mapping.csv").mkdir(parents=True)
    (tmp_path / "out" / "mapping.csv" / "notes.txt").write_text("mine")
    assert "holds files that no report wrote" in refused("report", folder, "-o", "out", "--force")


def test_force_does_not_replace_a_folder_by_a_file_nor_a_file_by_a_folder(refused, folder, tmp_path):
    (tmp_path / "out").write_text("mine")
    refused("report", folder, "-o", "out/", "--force")
    (tmp_path / "x.xlsx").mkdir()
    (tmp_path / "x.xlsx" / "notes.txt").write_text("mine")
    refused("report", folder, "-o", "x.xlsx", "--force")


def test_force_does_not_replace_a_link_and_says_that_it_is_one(refused, folder, tmp_path):
    (tmp_path / "target.csv").write_text("mine")
    (tmp_path / "link.csv").symlink_to("target.csv")
    assert "link" in refused("report", folder, "-o", "link.csv", "--force").replace("link.csv", "")


@pytest.mark.parametrize(
    ("one", "other"), [("a.csv", "a.csv"), ("out/", "out//"), ("a.csv", "./a.csv"), ("a.csv", "captures/../a.csv"), ("out/", "./out/")]
)
def test_one_output_named_twice(refused, folder, one, other):
    assert "named twice" in refused("report", folder, "-o", one, "-o", other)


@pytest.mark.parametrize(
    "output", ["captures/x.xlsx", "captures/deep/x.csv", "captures/out/", "captures", "captures/", "./captures/../captures/x.csv"]
)
def test_an_output_among_the_captures(refused, captures, output):
    captures({**PAIR, "deep/notes.txt": "x"})
    assert "among the captures" in refused("report", "captures", "-o", output, "--force")


def test_an_output_among_captures_that_a_link_leads_to(refused, captures, tmp_path):
    captures(PAIR)
    (tmp_path / "link").symlink_to("captures")
    assert "among the captures" in refused("report", "link", "-o", "captures/x.csv")
    assert "among the captures" in refused("report", "captures", "-o", "link/x.csv")


def test_an_output_among_captures_that_a_pattern_names(refused, captures):
    captures(PAIR)
    assert "among the captures" in refused("report", "capt*", "-o", "captures/x.csv")


def test_an_output_that_is_a_capture(refused, tmp_path):
    (tmp_path / "web.csv").write_text(GUEST)
    assert "among the captures" in refused("report", "web.csv", "-o", "web.csv", "--force")


def test_an_output_that_is_a_capture_that_a_pattern_names(refused, tmp_path):
    (tmp_path / "web.csv").write_text(GUEST)
    assert "among the captures" in refused("report", "w*.csv", "-o", "web.csv", "--force")


def test_an_output_folder_that_holds_the_captures(refused, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mapping.csv").write_text(GUEST)
    assert "among the captures" in refused("report", "out/mapping.csv", "-o", "out", "--force")


def test_two_captures_of_one_name_with_sites(refused, captures, tmp_path):
    captures(PAIR)
    (tmp_path / "b").mkdir()
    captures(PAIR, "b/captures")
    assert "'captures'. Rename one" in refused("report", "captures", "b/captures", "--sites", "-o", "x.csv")


def test_site_and_sites_together(refused, folder):
    """One of the two would be ignored."""
    said = refused("report", folder, "--site", "berlin", "--sites", "-o", "x.csv")
    assert "--site " in said
    assert "--sites" in said


def test_a_site_without_a_name(refused, folder):
    assert "--site" in refused("report", folder, "--site", "", "-o", "x.csv")


def test_a_table_that_does_not_exist(refused, folder):
    said = refused("parse", folder, "--table", "[datastore1]")
    assert "no table '[datastore1]'" in said
    assert "dimms" in said


def test_csv_without_a_table(refused, folder):
    assert "--table" in refused("parse", folder, "--format", "csv")


def test_an_output_in_a_folder_that_the_system_refuses(refused, folder, monkeypatch):
    def denied(*_: object, **__: object):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", denied)
    assert "Permission denied" in refused("report", folder, "-o", "x.csv")


def test_all_is_refused_before_anything_is_read(refused, folder, monkeypatch):
    """A minute of reading is not wasted on an output that cannot be."""

    def never(_):
        raise AssertionError

    monkeypatch.setattr("reconcile.capture.read_file.read", never)
    refused("report", folder, "-o", "good.csv", "-o", "bad.pdf")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\nb", r"a\nb"),
        ("a\u202eb", r"a\u202eb"),
        (os.fsdecode(b"a\xffb"), r"a\udcffb"),
        ("[red]a[/]", "[red]a[/]"),
    ],
)
def test_names_are_shown_escaped(refused, tmp_path, name, shown):
    try:
        (tmp_path / name).write_bytes(b"nothing of use\n")
    except (OSError, UnicodeError):
        pytest.skip("this file system does not take such names")
    assert f"'{shown}'" in refused("report", name, "-o", "x.csv")
    assert f"'{shown}.pdf'" in refused("report", Path("captures"), "-o", f"{name}.pdf")
    assert f"'{shown}'" in refused("parse", name, "--table", name)


def test_force_replaces_a_file_and_a_folder_that_a_report_wrote(captures, run, tmp_path):
    folder = captures(PAIR)
    arguments = ["report", folder, "-o", tmp_path / "a.csv", "-o", f"{tmp_path}/out/", "-q"]
    run(*arguments)
    whole = {name: data for name, data in contents(tmp_path).items() if not name.endswith(("run.json", "SHA256SUMS"))}
    (tmp_path / "a.csv").write_text("damaged")
    (tmp_path / "out" / "mapping.csv").write_text("damaged")
    (tmp_path / "out" / "vmdks.csv").unlink()
    assert run(*arguments, "--force").code == 0
    assert {name: data for name, data in contents(tmp_path).items() if not name.endswith(("run.json", "SHA256SUMS"))} == whole


def test_force_replaces_an_empty_folder(captures, run, tmp_path):
    (tmp_path / "out").mkdir()
    assert run("report", captures(PAIR), "-o", tmp_path / "out", "--force").code == 0
    assert (tmp_path / "out" / "mapping.csv").is_file()


def test_force_where_there_is_nothing_to_replace(captures, run, tmp_path):
    folder = captures({"both.txt": GUEST + HOST})
    assert run("report", folder, "-o", tmp_path / "a.csv", "--force").code == 0
