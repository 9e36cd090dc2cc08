"""``--help``: examples first, nothing cut, limits apart, and no line longer than the terminal."""

from __future__ import annotations

import re
import shlex

import pytest

from reconcile.commands.app import app

COMMANDS = [command.callback.__name__ for command in app.registered_commands if command.callback]
READING = [name for name in COMMANDS if name in {"report", "check", "parse", "explain", "diff", "verify"}]


@pytest.fixture
def helped(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    def call(*command: str) -> str:
        ran = run(*command, "--help")
        assert (ran.code, ran.err) == (0, "")
        return str(ran.out)

    return call


def test_the_list_of_commands_cuts_nothing(helped):
    listed = helped().partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in listed] == COMMANDS
    assert all(line.endswith(".") and not line.endswith("..") for line in listed)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_a_terminal_of_80_columns(helped, command):
    assert max(map(len, helped(command).splitlines())) <= 80


def test_report_begins_with_two_examples(helped):
    usage, about, *examples = [line.strip() for line in helped("report").splitlines() if line.strip()][:5]
    assert usage.startswith("Usage: reconcile report [OPTIONS] CAPTURE")
    assert about.endswith(".")
    assert [shlex.split(line)[:3] for line in examples[:2]] == [["reconcile", "report", "captures/"]] * 2
    assert not examples[2].startswith("reconcile")


@pytest.mark.parametrize("command", READING)
def test_limits_stand_in_a_panel_of_their_own(helped, command):
    options, _, limits = helped(command).partition("\n\nLimits:\n")
    assert re.findall(r"^  (--max-\w+)", limits, re.MULTILINE) == [
        f"--max-{name}" for name in ("file", "archive", "run", "members", "ratio", "depth")
    ]
    assert "--max-" not in options.partition("Options:")[2]
    assert "<=x<=" not in options + limits


@pytest.mark.parametrize("command", READING)
def test_whoever_reads_captures_takes_the_same_options(helped, command):
    told = helped(command)
    for option in ("--machines", "--workers", "--dask", "--sites", "--quiet"):
        assert f" {option}" in told
    assert ("--site NAME" in told) is (command != "diff")
