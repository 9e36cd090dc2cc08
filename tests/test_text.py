"""From bytes to lines: encodings, line ends, and what a terminal writes between the words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.transcript.decode import decode

WORDS = "ndctl list -D\n[\n]\n"
LINES = ("ndctl list -D", "[", "]")
# What moves a cursor, or makes a file no text; tab, vertical tab and form feed do neither.
CONTROL = "".join(map(chr, sorted(set(range(32)) - set(b"\t\v\f"))))


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (WORDS.encode(), "utf-8"), (b"\xef\xbb\xbf" + WORDS.encode(), "utf-8"), (b"\xff\xfe" + WORDS.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + WORDS.encode("utf-16-be"), "utf-16-be"), (WORDS.encode("utf-16-le"), "utf-16-le"),
        (WORDS.encode("utf-16-be"), "utf-16-be"), (b"\xff\xfe\0\0" + WORDS.encode("utf-32-le"), "utf-32"),
        (b"\0\0\xfe\xff" + WORDS.encode("utf-32-be"), "utf-32"),
    ],
)  # fmt: skip
def test_each_encoding_gives_the_same_lines(data, encoding):
    assert decode(data) == (LINES, encoding, "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig", "utf-16-le", "utf-16-be"])
def test_letters_beyond_ascii_are_kept(encoding):
    assert decode("Bücher-日本語.vmdk is a name".encode(encoding)).lines == ("Bücher-日本語.vmdk is a name",) or encoding in {
        "utf-16-le",
        "utf-16-be",
    }
    assert decode(("é" + "x" * 40).encode(encoding)).lines == ("é" + "x" * 40,)


def test_what_is_not_utf_8_is_read_as_cp1252_and_said_to_be():
    text = decode(b"caf\xe9 \x93q\x94.vmdk\n")
    assert text.lines == ("caf\u00e9 \u201cq\u201d.vmdk",)
    assert text.encoding == "cp1252"
    assert "cp1252" in text.note


def test_the_bytes_that_cp1252_leaves_open_stand_for_themselves():
    assert decode(b"\x81\x8d\x8f\x90\x9d\xff").lines == ("\x81\x8d\x8f\x90\x9d\xff",)


def test_a_utf_16_file_cut_in_half_a_character_is_read_and_said_to_be():
    text = decode(b"\xff\xfe" + WORDS.encode("utf-16-le")[:-1])
    assert text.lines[:2] == LINES[:2]
    assert "utf-16-le" in text.note


def test_a_lone_surrogate_is_no_crash():
    assert decode(b"\xff\xfea\0\x00\xd8b\0").lines == ("a\ufffdb",)


@pytest.mark.parametrize("data", [b"\0" * 100, b"\x7fELF\x02\x01\0\0\0\0\0\0" * 20, bytes(range(256)) * 4 + b"\0" * 40])
def test_what_is_no_text_has_no_lines(data):
    assert decode(data) == ((), "binary", "not text")


def test_a_single_nul_is_damage_and_not_a_binary():
    assert decode(b"x" * 1000 + b"\0\n").lines == ("x" * 1000 + "\0",)


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", ()), (b"\n", ("",)), (b"\n\n", ("", "")), (b"a", ("a",)), (b"a\n", ("a",)), (b"a\nb", ("a", "b")), (b"a\r\nb\r\n", ("a", "b")),
        (b"a\rb\rc", ("a", "b", "c")), (b"a\rb\r", ("a", "b")), (b"a\r\r\nb\n", ("a", "b")), (b"a\r\n\r\nb", ("a", "", "b")),
        (b"a\x0bb\x0cc\x1cd" + b"x" * 400, ("a\x0bb\x0cc\x1cd" + "x" * 400,)), ("a\u2028b\u2029c\u0085d\n".encode(), ("a\u2028b\u2029c\u0085d",)), (b" a \n", (" a ",)),
        (b"\xef\xbb\xbf", ()), (b"\xff\xfe", ()),
    ],
)  # fmt: skip
def test_a_line_ends_at_lf_and_nowhere_else(data, lines):
    """Where an editor shows a line's number, so does a finding; only a file with CR alone is cut there."""
    assert decode(data).lines == lines


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("\x1b[1;34mdb 01\x1b[m", "db 01"), ("\x1b[?2004hroot@a:~# ls", "root@a:~# ls"), ("\x1b]0;root@a: ~\x07root@a:~# ls", "root@a:~# ls"),
        ("\x1b]0;title\x1b\\x", "x"), ("\x1b(Bx\x1b=\x1b>", "x"), ("\x1b[0K\x1b[2Jx", "x"), ("\x1b[38;5;196mx\x1b[0m", "x"), ("a\bb", "b"),
        ("lss\b \b -l", "ls -l"), ("\b\bx", "x"), ("abc\b\b\bxy", "xyc"), ("a\x1b[Kb", "ab"), ("\x1b", "\x1b"), ("\x1b[", "\x1b["),
        ("ab?\b\x1b[Kc", "abc"), ("# l\r\x1b[K# ls -l", "# ls -l"), ("abcd\b\b\x1b[Px", "abx"), ("ad\x1b[D\x1b[2@bc", "abcd"), ("ab\b\b\x1b[Cx", "ax"),
        ("abc\x1b[1Gx", "xbc"), ("abc\b\b\x1b[2K", " "), ("ab\x1b[99C\x1b[99Dx", "xb"), ("a\x1b[31mb\b\x1b[mc", "ac"), ("x" * 20000 + "\by", "x" * 20000 + "\by"),
    ],
)  # fmt: skip
def test_what_a_terminal_does_is_carried_out(shown, text):
    assert decode(f"{shown}\n".encode()).lines == (text,)


def test_a_lone_cr_moves_the_cursor_in_a_terminals_log_only():
    """In a file without CRLF it is a character of a name."""
    assert decode(b"\x1b[m 10%\r 99%\r\nx\r\n").lines == (" 99%", "x")
    assert decode(b"a\rb.vmdk\nx\n").lines == ("a\rb.vmdk", "x")


@pytest.mark.parametrize("colour", ["", "\x1b[1m", "\x1b[K"])
def test_where_cr_alone_ends_lines_none_is_drawn_over(colour):
    assert decode(f"abc\r{colour}x\ryy\bz".encode()).lines == ("abc", "x", "yz")


def test_escapes_never_take_a_line_away():
    """A title that was never closed ends with its line."""
    assert decode(b"a\n\x1b]0;title\nb\n\x1b[\nc").lines == ("a", "\x1b]0;title", "b", "\x1b[", "c")


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_lines_without_ends(data):
    text = decode(data)
    assert not any("\n" in line for line in text.lines)
    if text.encoding == "utf-8" and b"\r" not in data:
        rest = data.removeprefix(b"\xef\xbb\xbf")
        assert len(text.lines) == rest.count(b"\n") + bool(rest and not rest.endswith(b"\n"))


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters=CONTROL + "\ufeff")), min_size=1), st.sampled_from(["\n", "\r\n"]))
def test_any_text_comes_back_line_by_line(lines, end):
    encoded = "".join(line + end for line in lines).encode()
    assert list(decode(encoded).lines) == lines
