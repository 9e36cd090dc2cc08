"""A directory is followed only where it is certain what the shell did."""

from __future__ import annotations

import pytest

from reconcile.transcript.command_lines import parse_command
from reconcile.transcript.directories import may_move, stands_in, went_to

REFUSED = "-sh: cd: can't cd to nope: No such file or directory"


@pytest.mark.parametrize(
    ("text", "lines", "went"),
    [
        ("cd b", [], "/a/b"), ("cd b; cd c", [], "/a/b/c"), ("cd b && cd c", [], "/a/b/c"), ("cd b; ls", ["x"], "/a/b"), ("ls", ["x"], "/a"),
        ("cd b && ls", ["x"], "/a/b"), ("true; cd b", [], "/a/b"), ("cd b", [REFUSED], "/a"), ("cd b; ls", [REFUSED, "x"], "/a"),
        ("ls | grep x && cd b", [], ""), ("ls && cd b", [], ""), ("test -d b || cd b", [], ""), ("cd b || cd c", [], ""), ("pushd b", [], ""), ("popd", [], ""),
        ("(cd b; ls)", ["x"], "/a"), ("( cd b; ls )", ["x"], ""), ("for d in *; do cd b; done", [], ""), ("cd b | cat", [], ""), ("cd b &", [], ""), ("cd b 2>/dev/null", [], ""), ("cd b &>/dev/null", [], ""), ("cd b; ls 2>/dev/null", ["x"], "/a/b"),
        ("cd b", ["-sh: cd: b: Input/output error"], ""), ("cd nope; cd c", [REFUSED], ""), ("cd b; ls c", ["ls: c: No such file or directory"], ""),
        ("cd $x", [], ""), ("ssh db01 'cd b'", [], "/a"), ("cd b; ssh db01 ls; ls", [], ""), ("{ cd b; ls; }", ["x"], ""),
    ],
)  # fmt: skip
def test_where_a_shell_stands_behind_a_line(text, lines, went):
    assert went_to(parse_command(text), "/a", lines) == went


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("ls", "/a"), ("cd b && ls", "/a/b"), ("cd b; ls", "/a/b"), ("cd b; ls; cd c; ls", ""), ("cd b || ls", ""), ("cd b 2>/dev/null; ls", ""), ("pushd b; ls", ""),
        ("for d in *; do cd $d; ls; cd ..; done", ""), ("for f in *; do basename $f; vmkfstools -J getuuid $f; done", ""),
        ('for f in *; do echo "${f##*/}"; done', ""), ("find . -execdir vmkfstools -J getuuid {} \\;", ""), ("for f in *; do echo $f; done", "/a"),
    ],
)  # fmt: skip
def test_where_a_line_prints(text, at):
    assert stands_in(parse_command(text), "/a") == at


@pytest.mark.parametrize(
    ("text", "may"),
    [("test -d x || cd y", True), ("source env", True), (". env", True), ("su -", True), ("a remark", False), ("make cds", False)],
)
def test_what_may_have_moved_a_shell(text, may):
    assert may_move(text) == may
