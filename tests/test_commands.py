"""What a typed command line runs, and where ``cd`` leads."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.transcript.command_lines import NOTHING, parse_command
from reconcile.transcript.typed_paths import changed_directory, is_literal, resolve


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ls -l", ["ls", "-l"]), ("  ls   -l  ", ["ls", "-l"]), ("ls 'a b'", ["ls", "a b"]), ('ls "a b"', ["ls", "a b"]),
        (r"ls a\ b", ["ls", "a b"]), ("ls ''", ["ls", ""]), ("ls a#b", ["ls", "a#b"]), ("ls -l 2>&1", ["ls", "-l"]), ("ls > out.txt", ["ls"]),
        ("ls -l >out.txt", ["ls", "-l"]), ("ls 2>/dev/null", ["ls"]), ("ls >> x 2>> y", ["ls"]), ("ls &", ["ls"]), ("ls;", ["ls"]),
        ("sudo ls", ["ls"]), ("sudo -u root -E ls x", ["ls", "x"]), ("sudo -n ls", ["ls"]), ("doas ls", ["ls"]), ("busybox ls -l", ["ls", "-l"]),
        ("time ls", ["ls"]), ("LANG=C ls", ["ls"]), ("env LC_ALL=C A=b ls", ["ls"]), ("command ls", ["ls"]), ("sudo LANG=C busybox ls", ["ls"]),
        ("/bin/ls", ["/bin/ls"]), ("nohup ls", ["ls"]), ("ls < x", ["ls"]), ("busybox", ["busybox"]), ("time", ["time"]), ("ls =x", ["ls", "=x"]),
    ],
)  # fmt: skip
def test_the_words_of_the_one_command(text, words):
    command = parse_command(text)
    assert command.text == text.strip()
    only = command.only()
    assert only is not None
    assert list(only.words) == words
    assert only.name == words[0].rpartition("/")[2]
    assert not only.piped


@pytest.mark.parametrize(
    ("text", "names", "piped"),
    [
        ("ls | grep x", ["ls"], [True]), ("ls|sort|uniq", ["ls"], [True]), ("ls |& cat", ["ls"], [True]), ("cd x; ls | cat", ["cd", "ls"], [False, True]),
        ("ls | cat; pwd", ["ls", "pwd"], [True, False]), ("ls && pwd || df", ["ls", "pwd", "df"], [False] * 3), ("ls;pwd", ["ls", "pwd"], [False] * 2),
        ("ls 'a|b;c'", ["ls"], [False]), (";;", [], []), ("| x", [], []),
    ],
)  # fmt: skip
def test_a_list_is_its_commands_and_a_pipe_its_first(text, names, piped):
    """What a pipe's end prints are the first one's lines, or fewer."""
    command = parse_command(text)
    assert [simple.name for simple in command.simples] == names
    assert [simple.piped for simple in command.simples] == piped


@pytest.mark.parametrize("text", ["ls 'a", 'ls "a', "ls a\\"])
def test_what_a_shell_would_not_take_is_unclear(text):
    command = parse_command(text)
    assert command.unclear
    assert command.only() is None


@pytest.mark.parametrize("text", ["", " ", "\t"])
def test_nothing_typed_is_nothing(text):
    assert parse_command(text) == NOTHING
    assert not NOTHING.prints


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("cd /x && ls", "ls"), ("export A=b; ls", "ls"), ("set -x; ls; set +x", "ls"), ("clear; ls", "ls"), ("cd x; cd y; pwd", "pwd"),
        ("ls; pwd", None), ("cd x", None), ("set -x", None), ("for f in *; do ls; done", None), ("find . -name x", "find"), ("find . -exec ls {} +", None),
    ],
)  # fmt: skip
def test_commands_that_print_nothing_do_not_count(text, name):
    only = parse_command(text).only()
    assert (only.name if only else None) == name


@pytest.mark.parametrize(
    "text",
    [
        "for f in a b; do ls $f; done",
        "while read f; do ls; done",
        "until false; do ls; done",
        "find . -exec ls {} \\;",
        "ls; for f in a; do x; done",
    ],
)
def test_a_loop_is_a_loop(text):
    assert parse_command(text).loop


@pytest.mark.parametrize(
    ("text", "target", "words"),
    [
        ("ssh root@esx01 ls -l", "esx01", ["ls", "-l"]), ('ssh root@192.0.2.1 "ls -alh /vmfs/volumes/"', "192.0.2.1", ["ls", "-alh", "/vmfs/volumes/"]),
        ("ssh esx01 'ls \"a b\"'", "esx01", ["ls", "a b"]), ("ssh -p 22 -i key -o A=b root@esx01 ls", "esx01", ["ls"]), ("ssh -t esx01 ls", "esx01", ["ls"]),
        ("ssh -l root esx01 ls", "esx01", ["ls"]), ("sudo ssh esx01 ls", "esx01", ["ls"]),
    ],
)  # fmt: skip
def test_over_ssh_the_command_is_the_inner_one(text, target, words):
    command = parse_command(text)
    assert (command.text, command.target) == (text, target)
    only = command.only()
    assert only is not None
    assert list(only.words) == words


@pytest.mark.parametrize(("text", "target"), [("ssh root@esx01", "esx01"), ("ssh", ""), ("ssh -p 22", "")])
def test_a_bare_ssh_runs_nothing_by_itself(text, target):
    command = parse_command(text)
    assert (command.target, command.only()) == (target, None)


@pytest.mark.parametrize(
    ("cwd", "path", "whole"),
    [
        ("/a", "b", "/a/b"), ("/a", "/b", "/b"), ("/a", "./b", "/a/b"), ("/a", "../b", "/b"), ("/", "b", "/b"), ("/", "..", "/"), ("/a/", "b/", "/a/b"),
        ("", "b", "b"), ("", "/b", "/b"), ("~", "b", "b"), ("~/x", "b", "b"), ("/a", ".", "/a"), ("", ".", ""), ("", "", ""), ("/a", "b//c", "/a/b/c"),
        ("/a", "//b", "/b"), ("a", "b", "a/b"), ("", "../b", "../b"), ("/a b", "c d", "/a b/c d"), ("/a", "", "/a"),
    ],
)  # fmt: skip
def test_a_path_is_joined_to_where_one_is(cwd, path, whole):
    assert resolve(cwd, path) == whole


@pytest.mark.parametrize(
    ("cwd", "typed", "went"),
    [
        ("/a", "cd b", "/a/b"), ("/a", "cd ..", "/"), ("/a", "cd /b", "/b"), ("/a", "cd", "~"), ("/a", "cd -", ""), ("/a", "cd ~", ""),
        ("/a", "cd ~/x", ""), ("/a", "cd $X", ""), ("/a", "cd b*", ""), ("/a", "cd b c", ""), ("/a", "cd -P b", "/a/b"), ("", "cd b", "b"),
        ("", "cd ..", ""), ("", "cd ../b", ""), ("a", "cd ..", ""), ("a/b", "cd ..", "a"), ("~", "cd b", "b"), ("/a", "cd `x`", ""), ("/a", "cd .", "/a"),
    ],
)  # fmt: skip
def test_where_cd_leads_or_that_it_cannot_be_told(cwd, typed, went):
    assert changed_directory(cwd, tuple(typed.split())) == went


@pytest.mark.parametrize(("path", "literal"), [("a b", True), ("a", True), ("", False), ("~", False), ("~/a", False), ("a*", False), ("a?", False),
                                               ("[a]", False), ("{a,b}", False), ("$a", False), ("`a`", False), ("a~b", True), ("a(1)", True)])  # fmt: skip
def test_a_name_is_literal_where_no_shell_would_expand_it(path, literal):
    assert is_literal(path) == literal


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab /-|;&<>()'\"\\$`\n#=~*ssh"), max_size=40))
def test_any_text_is_a_command_line_without_a_crash(text):
    command = parse_command(text)
    assert all(simple.words for simple in command.simples)
    assert command.prints in {True, False}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ls -l  # all of them", ("ls", "-l")), ("ls '#x' #y", ("ls", "#x")), ('ls "a #b"', ("ls", "a #b")), ("ls a#b", ("ls", "a#b")),
        ("ls \\#x", ("ls", "#x")), ("ls # it's", ("ls",)),
    ],
)  # fmt: skip
def test_what_the_shell_does_not_read_is_no_word(text, words):
    assert parse_command(text).only().words == words
