"""The terminal: a table and findings for people, colour only there and never alone, and no capture's text taken for markup."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
from itertools import pairwise

import pytest
from small_site import PAIR, UNSETTLED, of_serials

from reconcile import match, read
from reconcile.commands import terminal as terminals
from reconcile.commands.exit import say
from reconcile.commands.terminal import Steps, show
from reconcile.reports.summary import lines

COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-9][0-9;]*m")
ANY = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal(io.StringIO):
    """Takes what is written, and says that somebody watches."""

    def isatty(self) -> bool:
        """Say so."""
        return True

    def reconfigure(self, **_: object) -> None:
        """Take what a stream takes."""


@pytest.fixture
def terminal(monkeypatch):
    """Put a terminal of 200 columns in the place of standard error when called; pytest puts its own there before each test."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "200")

    def install() -> Terminal:
        stream = Terminal()
        monkeypatch.setattr(sys, "stderr", stream)
        return stream

    return install


def plain(text: str) -> list[str]:
    return [line.rstrip() for line in ANY.sub("", text).split("\n")]


def test_a_terminal_shows_rows_findings_and_the_summary(terminal, captures):
    stream = terminal()
    result = match(read(captures(UNSETTLED)))
    show(result, ["a.xlsx"])
    told = plain(stream.getvalue())
    assert told[0].split() == ["status", "guest", "device", "host", "vm", "vmdk", "digits"]
    assert ["matched", "db01", "nmem0", "esx01", "db01", "db01.vmdk", "206b080c"] in [line.split() for line in told]
    assert ["guest-only", "web01", "nmem0", "00012345"] in [line.split() for line in told]
    for finding in result.all_findings:
        if finding.rule.severity != "note":
            assert any(
                head == f"{finding.rule.severity} {finding.rule.name}" and body.endswith(finding.message.split()[-1])
                for head, body in pairwise(told)
            )
            assert " ".join(f"-> {finding.rule.advice}".split()) in " ".join(" ".join(told).split())
    assert told[-len(lines(result, ["a.xlsx"])) - 1 : -1] == lines(result, ["a.xlsx"])


def test_colour_is_never_alone(terminal, captures, monkeypatch):
    stream = terminal()
    result = match(read(captures(UNSETTLED)))
    show(result, [])
    coloured = stream.getvalue()
    assert COLOUR.search(coloured)
    stream.seek(0)
    stream.truncate()
    monkeypatch.setenv("NO_COLOR", "1")
    show(result, [])
    assert not COLOUR.search(stream.getvalue())
    assert plain(stream.getvalue()) == plain(coloured)


def test_nothing_is_taken_for_markup_and_nothing_moves_the_cursor(terminal, captures):
    stream = terminal()
    path = "/vmfs/volumes/[datastore1]/[bold red]x[/bold red]/:smile:[link=x]a\u202e.vmdk"
    host = f"{path}\n" + str(PAIR["esx01.txt"]).split("\n", 1)[1] + "\x1b[2Jls: \x1b[2J/x: No such file or directory\n"
    result = match(read(captures({"db01.txt": PAIR["db01.txt"], "esx01.txt": host, "[red].txt": "[nope]\n[/nope]\n"})))
    show(result, ["[bold]a.xlsx"])
    told = stream.getvalue()
    text = " ".join(" ".join(plain(told)).split())
    for piece in ("[bold red]x[/bold red]", ":smile:[link=x]a", "[bold]a.xlsx"):
        assert piece in text, piece
    assert "\x1b[2J" not in told
    assert "\u202e" not in told


def test_of_many_rows_those_that_need_a_person_come_first(terminal, captures):
    stream = terminal()
    serials = [f"{number:08x}" for number in range(1, 60)]
    files = of_serials(*serials)
    result = match(read(captures({**files, "web01.txt": UNSETTLED["web01.txt"]})))
    show(result, [])
    told = plain(stream.getvalue())
    assert told[1].startswith("guest-only")
    assert "35 more rows; the report has them all." in told


def test_of_many_findings_the_first_are_shown_and_the_others_counted(terminal, captures):
    stream = terminal()
    files = {
        f"g{number:02}.txt": f'[root@g{number:02} ~]# ndctl list -D\n[{{"dev":"nmem0","id":"8902-0000{number:04x}"}}]\nwhat\n'
        for number in range(30)
    }
    result = match(read(captures({**PAIR, **files})))
    show(result, [])
    wanted = result.totals.errors + result.totals.warnings
    assert wanted > 10
    assert f"{wanted - 10} more findings that a person should look at; the report has them all." in plain(stream.getvalue())


def test_on_a_narrow_terminal_no_text_is_cut(terminal, root, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    stream = terminal()
    result = match(read(root / "samples" / "site"))
    show(result, ["a.xlsx"])
    told = "".join("".join(plain(stream.getvalue())).split())
    assert "\u2026" not in told
    for finding in result.all_findings:
        for word in finding.message.split() if finding.rule.severity != "note" else ():
            assert word in told


def test_where_nobody_watches_there_are_the_lines_alone(captures, capsys):
    result = match(read(captures(UNSETTLED)))
    show(result, ["a.xlsx"])
    assert capsys.readouterr().err == "".join(f"{line}\n" for line in lines(result, ["a.xlsx"]))


@pytest.mark.parametrize("quiet", [False, True])
def test_long_work_shows_how_far_it_is_unless_it_is_to_be_quiet(terminal, captures, monkeypatch, quiet):
    stream = terminal()
    monkeypatch.setattr(terminals, "_PATIENCE", 0)
    with Steps(quiet=quiet) as step:
        read(captures(UNSETTLED), progress=step)
        step("writing [bold]x")
    told = "".join(plain(stream.getvalue()))
    assert ("reading" in told) is not quiet
    assert ("writing [bold]x" in told) is not quiet


def test_short_work_shows_no_bar(terminal, captures):
    stream = terminal()
    with Steps(quiet=False) as step:
        read(captures(UNSETTLED), progress=step)
    assert stream.getvalue() == ""


def test_reading_tells_how_many_of_how_many(captures):
    told = []
    read(captures(UNSETTLED), progress=lambda *step: told.append(step))
    assert told == [("reading", number, 3) for number in range(3)]


@pytest.mark.parametrize(
    ("environment", "options", "colours", "speaks"),
    [({}, [], True, True), ({"NO_COLOR": "1"}, [], False, True), ({"TERM": "dumb"}, [], False, True), ({}, ["--quiet"], False, False)],
)
def test_on_a_real_terminal(captures, tmp_path, environment, options, colours, speaks):
    ours, theirs = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}}
    command = [sys.executable, "-m", "reconcile", "report", str(captures(UNSETTLED)), "-o", str(tmp_path / "a.csv"), *options]
    ran = subprocess.run(command, stderr=theirs, stdout=subprocess.PIPE, env={**kept, "TERM": "xterm-256color", **environment}, check=False)  # noqa: S603
    os.close(theirs)
    told = b""
    try:
        while chunk := os.read(ours, 65536):
            told += chunk
    except OSError:
        # What Linux says at the end of a terminal.
        pass
    os.close(ours)
    assert (ran.returncode, ran.stdout) == (1, b"")
    text = told.decode()
    assert bool(COLOUR.search(text)) is colours
    assert ("FINDINGS PRESENT" in text) is speaks
    assert ("guest-only" in text) is speaks


def test_lines_break_at_words_and_paths_stay_whole(terminal, monkeypatch, captures, run, tmp_path):
    stream = terminal()
    monkeypatch.setenv("COLUMNS", "40")
    path = "/vmfs/volumes/PMemDS-0a1b2c3d-0000/folder-of-one/disk-1.vmdk"
    say([f"  report    some words in front of {path} and some that are behind it", "reconcile: a sentence that is longer than a line is"])
    assert stream.getvalue().splitlines() == [
        "  report    some words in front of",
        f"            {path}",
        "            and some that are behind it",
        "reconcile: a sentence that is longer",
        "than a line is",
    ]


def test_what_goes_wrong_breaks_at_words_too(terminal, monkeypatch, run):
    monkeypatch.setenv("COLUMNS", "50")
    stream = terminal()
    run("report", "nowhere")
    told = stream.getvalue().splitlines()
    assert len(told) > 1
    assert max(map(len, told)) <= 50
    assert " ".join(told).startswith("reconcile: 'nowhere' is not there. Check the name; ")
