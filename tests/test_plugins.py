"""Parsers of packages that are installed beside this one."""

from __future__ import annotations

import subprocess
import sys

import pytest

PLUGIN = """
from reconcile.facts.records import Parsed, Volume
from reconcile.parsers.parser import Parser


def parse(section):
    found = [(number, *line.split()) for number, line in section.numbered() if len(line.split()) == 2]
    rest = tuple(number for number, line in section.numbered() if len(line.split()) != 2)
    return Parsed(tuple(Volume(*one) for one in found), (), rest)


PARSER = Parser(
    name={name!r}, where="host", command="list-volumes", reads="a datastore's name and its volume id",
    runs=lambda simple: simple.name == "list-volumes", starts=lambda line: False, parse=parse, without_facts={{}},
)
NONE = "no parser"
"""
ID = "5f8b4c97-234dcc30-d982-54ea7418ec3f"


@pytest.fixture
def installed(tmp_path, root):
    """Install a package with one parser beside this one; return what runs the command line with it."""

    def install(target: str = "PARSER", name: str = "volumes-of-ours"):
        (tmp_path / "ours.py").write_text(PLUGIN.format(name=name))
        metadata = tmp_path / "ours-1.0.dist-info"
        metadata.mkdir(exist_ok=True)
        (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: ours\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[reconcile.parsers]\nours = ours:{target}\n")
        program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from reconcile.commands.app import program; program()"

        def run(*arguments: object) -> subprocess.CompletedProcess[str]:
            command = [sys.executable, "-c", program, *map(str, arguments)]
            return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 -- our own

        return run

    return install


def test_a_plugins_parser_is_in_the_vocabulary_and_reads(installed, captures):
    run = installed()
    assert "volumes-of-ours host" in " ".join(run("formats").stdout.split())
    folder = captures({"esx01.txt": f"[root@esx01:~] list-volumes\nfast {ID}\nno row of three words\n"})
    unread = run("parse", folder, "--table", "unread")
    assert "no row of three words" in unread.stdout
    assert ID not in unread.stdout


def test_a_report_names_the_plugin_that_read_for_it(installed, captures, tmp_path):
    run = installed()
    folder = captures({"esx01.txt": f"[root@esx01:~] list-volumes\nfast {ID}\n"})
    assert run("report", folder, "-o", tmp_path / "a.html").returncode == 0
    assert "the plug-in parser volumes-of-ours" in (tmp_path / "a.html").read_text()


@pytest.mark.parametrize(
    ("target", "name", "said"),
    [
        ("NONE", "x", "is no reconcile.parsers.parser.Parser"),
        ("MISSING", "x", "cannot be loaded: AttributeError"),
        ("PARSER", "ndctl", "Two parsers are called 'ndctl'"),
    ],
)
def test_a_plugin_that_is_none_is_said_in_one_sentence(installed, target, name, said):
    ran = installed(target, name)("formats")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1
