"""A command line that cannot be done is answered in this tool's words: what is wrong, and what to do."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["reprot", "x"], "There is no command 'reprot'. Take one of: report, check, "),
        (["report"], "CAPTURE is missing: a file, a folder or an archive of saved command output. See reconcile report --help."),
        (["explain", "nmem0"], "CAPTURE is missing: "),
        (["explain"], "SUBJECT is missing: a device, "),
        (["diff", "march"], "NEW is missing: the captures of the later visit."),
        (["verify"], "REPORT is missing: "),
        (["script"], "The kind of machine is missing: host, guest, windows."),
        (["script", "esx"], "The kind of machine cannot be 'esx'. Take one of: host, guest, windows."),
        (["report", "x", "-o"], "-o wants something behind it, and nothing stands there."),
        (["report", "x", "--force=yes"], "--force takes nothing behind it."),
        (["report", "x", "--forc"], "There is no option --forc. Did you mean --force?"),
        (["report", "x", "--colour"], "There is no option --colour. See "),
        (["parse", "x", "--format", "xml"], "--format cannot be 'xml'. Take one of: csv, json."),
        (["report", "x", "--fail-on", "high"], "--fail-on cannot be 'high'. Take one of: error, warning, note."),
        (["check", "x", "--workers", "none"], "--workers takes a whole number from 1 to 512."),
        (["check", "x", "--max-depth", "11"], "--max-depth takes a whole number from 1 to 10."),
        (["formats", "x"], "'x' is one word too many."),
        (["formats", "x", "y"], "'x y' is too much."),
    ],
)
def test_what_is_wrong_and_what_to_do(run, arguments, said):
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("reconcile: ")
    assert said in ran.err
    assert ran.err.count("\n") == 1


def test_what_was_typed_cannot_move_the_cursor(run):
    ran = run("report", "x", "--a\x1b[2J")
    assert "\x1b" not in ran.err
