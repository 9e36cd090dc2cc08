"""The command that prints the scripts, and what each script must be: short, clean for shellcheck, of this version."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from reconcile.base.version import __version__
from reconcile.scripts.capture_scripts import Side, script

# An admin reads it before running it as root: three pages.
LONGEST, WIDEST = 180, 132


@pytest.mark.parametrize("side", Side)
def test_the_command_prints_the_script_and_nothing_else(side, run):
    ran = run("script", side)
    assert (ran.code, ran.out, ran.err) == (0, script(side), "")


def test_another_side_is_refused_with_those_that_there_are(run):
    ran = run("script", "mainframe")
    assert ran.code == 2
    assert "windows" in ran.err


@pytest.mark.parametrize("side", Side)
def test_it_is_one_page_that_any_editor_shows(side):
    text = script(side)
    assert text.isascii()
    assert text.count("\n") <= LONGEST
    assert max(map(len, text.splitlines())) <= WIDEST
    assert "\t" not in text
    assert "\r" not in text


@pytest.mark.parametrize("side", Side)
def test_it_names_the_version_that_printed_it_and_no_placeholder_is_left(side):
    assert f"script:  {__version__}" in script(side)
    assert not re.search(r"@[A-Za-z.]+@", script(side))


@pytest.mark.parametrize("side", [Side.HOST, Side.GUEST])
def test_shellcheck_has_nothing_to_say(side):
    shellcheck = shutil.which("shellcheck")
    if not shellcheck:
        pytest.skip("there is no shellcheck here")
    ran = subprocess.run([shellcheck, "-"], input=script(side), capture_output=True, text=True, check=False)  # noqa: S603 -- as found
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
