"""Completion: each shell gets its script, and commands, tables and rules complete."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from reconcile.findings.rules import RULES
from reconcile.results import schema

COMMANDS = ["report", "check", "parse", "explain", "diff", "verify", "script", "formats"]


def asked(tmp_path, *arguments: str, **environment: str):
    kept = {**os.environ, "HOME": str(tmp_path), "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    command = [sys.executable, "-m", "reconcile", *arguments]
    return subprocess.run(command, env={**kept, **environment}, capture_output=True, text=True, check=False)  # noqa: S603


@pytest.mark.parametrize(
    ("shell", "registers"),
    [
        ("bash", "complete -o default -F _reconcile_completion reconcile"),
        ("zsh", "compdef _reconcile_completion reconcile"),
        ("fish", "complete --command reconcile"),
        ("powershell", "Register-ArgumentCompleter -Native -CommandName reconcile"),
        ("pwsh", "Register-ArgumentCompleter -Native -CommandName reconcile"),
    ],
)
def test_each_shell_has_its_script(tmp_path, shell, registers):
    ran = asked(tmp_path, "--show-completion", shell)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert registers in ran.stdout


@pytest.mark.parametrize(
    ("shell", "file"),
    [("bash", ".bash_completions/reconcile.sh"), ("zsh", ".zfunc/_reconcile"), ("fish", ".config/fish/completions/reconcile.fish")],
)
def test_it_is_installed_where_the_shell_looks(tmp_path, shell, file):
    ran = asked(tmp_path, "--install-completion", shell)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert (tmp_path / file).read_text().strip() == asked(tmp_path, "--show-completion", shell).stdout.strip()


def completed(tmp_path, *words: str) -> list[str]:
    ran = asked(tmp_path, _RECONCILE_COMPLETE="complete_bash", COMP_WORDS=" ".join(("reconcile", *words)), COMP_CWORD=str(len(words)))
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout.split()


def test_commands_tables_and_rules_complete(tmp_path):
    assert set(COMMANDS) <= set(completed(tmp_path, ""))
    assert completed(tmp_path, "parse", "x", "--table", "ma") == ["mapping", "mappings"]
    assert completed(tmp_path, "report", "x", "--table", "") == [spec.name for spec in schema.ALL]
    assert completed(tmp_path, "explain", "no-") == [rule.name for rule in RULES if rule.name.startswith("no-")]
    assert completed(tmp_path, "report", "x", "--fail-on", "") == ["error", "warning", "note"]


def test_bash_takes_the_script(tmp_path):
    script = asked(tmp_path, "--show-completion", "bash").stdout
    (tmp_path / "completion.sh").write_text(script)
    (tmp_path / "reconcile").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m reconcile "$@"\n')
    (tmp_path / "reconcile").chmod(0o755)
    program = (
        f'. "{tmp_path}/completion.sh"; COMP_WORDS=(reconcile ver); COMP_CWORD=1; _reconcile_completion reconcile; echo "${{COMPREPLY[@]}}"'
    )
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    ran = subprocess.run(["bash", "-c", program], env=environment, capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert (ran.stdout, ran.stderr) == ("verify\n", "")


def test_an_unknown_shell_is_no_finding(run, monkeypatch):
    monkeypatch.setattr("shellingham.detect_shell", lambda: ("nonsense", "/bin/nonsense"))
    for option in ("--show-completion", "--install-completion"):
        ran = run(option)
        assert ran.code == 2
        assert "Completion is for bash, zsh, fish and PowerShell" in ran.err
