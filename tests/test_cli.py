"""The command line: what it takes, what it prints where, and its exit codes."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys

import pytest
from small_site import GUEST, PAIR, UNSETTLED

from reconcile import __version__
from reconcile.parsers.registry import PARSERS
from reconcile.results import schema


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_exit_0_where_all_is_reconciled(captures, run, tmp_path):
    ran = run("report", captures(PAIR), "-o", tmp_path / "audit.xlsx")
    assert ran.code == 0
    assert ran.err.startswith("RECONCILED")
    assert (tmp_path / "audit.xlsx").is_file()


def test_exit_1_where_a_finding_needs_a_person(captures, run, tmp_path):
    ran = run("report", captures(UNSETTLED), "-o", tmp_path / "audit.xlsx")
    assert ran.code == 1
    assert ran.err.startswith("FINDINGS PRESENT")
    assert (tmp_path / "audit.xlsx").is_file()


def test_exit_2_and_incomplete_where_a_source_could_not_be_read(captures, run, tmp_path):
    """The report is written all the same, and says so."""
    ran = run("report", captures({**PAIR, "old.7z": b"7z\xbc\xaf\x27\x1crest"}), "-o", tmp_path / "all.json")
    assert ran.code == 2
    assert ran.err.startswith("INCOMPLETE: 1 source could not be read.")
    told = json.loads((tmp_path / "all.json").read_bytes())
    assert [row["rule"] for row in told["findings"]] == ["refused"]
    assert [row["status"] for row in told["mapping"]] == ["matched"]


def test_the_summary_says_figures_and_where_the_report_is(captures, run, tmp_path):
    ran = run("report", captures(UNSETTLED), "-o", tmp_path / "a.csv", "-o", tmp_path / "b.json")
    assert ran.out == ""
    assert "devices   2: 1 matched, 0 ambiguous, 1 on the guest's side only" in ran.err
    assert "vmdks     1: 1 matched, 0 ambiguous, 0 on the host's side only" in ran.err
    assert "1 of 7 not understood, in 3 sources" in ran.err
    assert str(tmp_path / "a.csv") in ran.err
    assert str(tmp_path / "b.json") in ran.err


@pytest.mark.parametrize("flag", ["-q", "--quiet"])
def test_quiet_prints_no_summary(captures, run, tmp_path, flag):
    ran = run("report", captures(UNSETTLED), "-o", tmp_path / "a.csv", flag)
    assert ran == (1, "", "")


def test_the_summary_takes_nothing_for_markup(captures, run, tmp_path):
    ran = run("report", captures(PAIR), "-o", tmp_path / "[datastore1] [/nope].csv")
    assert "[datastore1] [/nope].csv" in ran.err


def test_an_output_of_dash_is_the_mapping_on_stdout(captures, run):
    ran = run("report", captures(PAIR), "-o", "-")
    assert ran.code == 0
    assert [row["status"] for row in rows_of(ran.out)] == ["matched"]
    assert not ran.out.startswith("\ufeff")
    assert "RECONCILED" in ran.err


def test_dash_and_files_can_be_asked_together(captures, run, tmp_path):
    ran = run("report", captures(PAIR), "-o", "-", "-o", tmp_path / "a.csv", "-o", f"{tmp_path}/out/", "-q")
    assert rows_of(ran.out) == rows_of((tmp_path / "a.csv").read_text("utf-8-sig"))
    assert (tmp_path / "out" / "mapping.csv").is_file()


def test_a_capture_of_dash_is_standard_input(run, captures):
    ran = run("parse", "-", "--table", "dimms", stdin=GUEST.encode())
    assert ran.code == 0
    assert [(row["site"], row["guest"], row["id"], row["source"]) for row in rows_of(ran.out)] == [
        ("captures", "db01", "8902-206b080c", "'-"),
    ]


def test_standard_input_is_read_once_beside_folders(captures, run):
    ran = run("report", "-", captures({"esx01.txt": PAIR["esx01.txt"]}), "-", "-o", "-", stdin=GUEST.encode())
    assert ran.code == 0
    assert [row["status"] for row in rows_of(ran.out)] == ["matched"]


def test_empty_standard_input_says_what_was_empty(run):
    ran = run("report", "-", "-o", "-")
    assert ran.code == 2
    assert "standard input" in ran.err


def test_the_site_is_called_after_the_only_capture(captures, run):
    ran = run("report", captures(PAIR, "berlin"), "-o", "-")
    assert {row["site"] for row in rows_of(ran.out)} == {"berlin"}


def test_several_captures_are_one_site_called_captures(captures, run):
    folders = [captures({name: text}, name[:4]) for name, text in PAIR.items()]
    ran = run("report", *folders, "-o", "-")
    assert [(row["site"], row["status"]) for row in rows_of(ran.out)] == [("captures", "matched")]


def test_site_names_the_one_site(captures, run):
    ran = run("report", captures(PAIR), "--site", "berlin", "-o", "-")
    assert {row["site"] for row in rows_of(ran.out)} == {"berlin"}


def test_with_sites_each_capture_is_reconciled_by_itself(captures, run):
    berlin, paris = captures(PAIR, "berlin"), captures({"db01.txt": GUEST}, "paris")
    ran = run("report", paris, berlin, "--sites", "-o", "-")
    assert [(row["site"], row["status"]) for row in rows_of(ran.out)] == [("berlin", "matched"), ("paris", "guest-only")]


def test_parse_prints_every_captured_table_as_one_object(captures, run):
    ran = run("parse", captures(UNSETTLED))
    told = json.loads(ran.out)
    assert list(told) == [spec.name for spec in schema.CAPTURED]
    assert [row["id"] for row in told["dimms"]] == ["8902-206b080c", "8902-00012345"]
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize("spec", schema.CAPTURED, ids=lambda spec: spec.name)
def test_parse_prints_one_table_as_csv_or_as_a_list(captures, run, spec):
    folder = captures(UNSETTLED)
    header = ",".join(column.name for column in spec.columns)
    printed = run("parse", folder, "--table", spec.name).out
    assert printed.split("\n")[0] == header
    assert run("parse", folder, "--table", spec.name, "--format", "csv").out == printed
    listed = json.loads(run("parse", folder, "--table", spec.name, "--format", "json").out)
    assert len(listed) == len(rows_of(printed))


def test_parse_without_a_table_takes_json_alone(captures, run):
    folder = captures(PAIR)
    assert run("parse", folder, "--format", "json").out == run("parse", folder).out


def test_parse_exits_2_and_names_what_it_did_not_read(captures, run):
    ran = run("parse", captures({**PAIR, "old.7z": b"7z\xbc\xaf\x27\x1crest"}), "--table", "dimms")
    assert ran.code == 2
    assert ran.err == "not read: old.7z: a 7z archive; unpack it and name the folder\n"
    assert len(rows_of(ran.out)) == 1


def test_formats_names_every_parser_with_an_example(run):
    ran = run("formats")
    assert ran.code == 0
    for parser in PARSERS:
        assert parser.name in ran.out
        assert parser.command in ran.out


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_shows_an_example_the_exit_codes_and_the_commands(run, flag):
    ran = run(flag)
    assert (ran.code, ran.err) == (0, "")
    for word in ("reconcile report captures/ -o audit.xlsx", "Exit: 0 all reconciled", "report", "parse", "formats", "--version"):
        assert word in ran.out


@pytest.mark.parametrize("command", ["report", "parse", "formats"])
def test_each_command_has_help_in_words_of_the_field(run, command):
    ran = run(command, "-h")
    assert ran.code == 0
    assert re.match(f"Usage: .*reconcile {command} ", ran.out)
    assert "list[" not in ran.out


def test_no_arguments_show_the_help(run):
    ran = run()
    assert ran.code == 2
    assert "reconcile report captures/ -o audit.xlsx" in ran.out + ran.err


def test_version_is_one_line(run):
    assert run("--version") == (0, f"vpmem-reconcile {__version__}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["reprot", "x"],
        ["report"],
        ["report", "-o", "x.csv"],
        ["report", "x", "-o"],
        ["report", "x", "-o", "y.csv", "--colour"],
        ["parse"],
        ["parse", "x", "--format", "xml"],
        ["formats", "x"],
        ["--nonsense"],
    ],
)
def test_bad_usage_says_so_and_exits_2(run, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert re.fullmatch(r"reconcile: [^\n]+ See reconcile( [a-z]+)? --help\.\n", ran.err)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["x.csv", "x.json", "x.html"])
def test_a_report_without_a_workbook_does_not_load_openpyxl(captures, tmp_path, name):
    script = (
        f"import sys; sys.argv = ['reconcile', 'report', {str(captures(PAIR))!r}, '-o', {str(tmp_path / name)!r}]\n"
        "from reconcile.commands.app import main\n"
        "try: main()\n"
        "except SystemExit as end: print(end.code)\n"
        "print('openpyxl' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)  # noqa: S603
    assert ran.stdout.split() == ["0", "False"]
    assert (tmp_path / name).stat().st_size > 0


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_and_version_load_nothing_that_reads_or_writes(arguments):
    script = (
        f"import sys; sys.argv = ['reconcile', {arguments[0]!r}]\n"
        "from reconcile.commands.app import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'pandas', 'openpyxl', 'reconcile.library', 'reconcile.parsers.registry')))"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=False).returncode == 0  # noqa: S603
