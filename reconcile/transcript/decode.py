"""From bytes to lines: encodings, line ends, and what a terminal log has between the words.

Line numbers are those that an editor shows: a line ends at LF, and CRs in front of it are part of the line's end: some programs write a
terminal's CRLF as CR CR LF. Nothing else ends a line, in particular none of the characters at which `str.splitlines` would.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

# Characters that no terminal's log holds, save a few that went astray: more than one in 200 means that this is none.
BINARY_SHARE = 0.005
_NO_TEXT = dict.fromkeys(set(range(32)) - set(map(ord, "\t\n\r\b\a\f\v\x0e\x0f\x1b")))
_NO_TEXT_BYTES = bytes(_NO_TEXT)

# ESC [ 1 ; 34 m   ESC [ ? 2004 h
_CSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
# ESC ] 0 ; root@db01: ~ BEL
_OSC = re.compile(r"\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)")
# ESC ( B   ESC =   ESC 7
_ESCAPE = re.compile(r"\x1b(?:[()][0-9A-Za-z]|[0-Z\\^_=>])")


class Text(NamedTuple):
    """A source's lines without their ends; `encoding` as Python names it, or ``binary`` and no lines."""

    lines: tuple[str, ...]
    encoding: str
    note: str


def decode(data: bytes) -> Text:
    """Decode a source's bytes: by BOM, else by the NULs of UTF-16, else strict UTF-8, else cp1252 with a note."""
    if data.isascii() and b"\0" not in data and b"\x1b" not in data and b"\b" not in data:
        # What nearly every capture is: no BOM, nothing to carry out.
        if len(data) - len(data.translate(None, _NO_TEXT_BYTES)) > len(data) * BINARY_SHARE:
            return Text((), "binary", "not text")
        return Text(tuple(_lines(data.decode("ascii"))) if data else (), "utf-8", "")
    text, encoding, note = _characters(data)
    if len(text) - len(text.translate(_NO_TEXT)) > len(text) * BINARY_SHARE:
        return Text((), "binary", "not text")
    if not text:
        return Text((), encoding, note)
    if "\x1b" in text or "\b" in text:
        text = _as_shown(text)
    # A line of which nothing is shown is a line.
    return Text(tuple(_lines(text)) or ("",), encoding, note)


def _characters(data: bytes) -> tuple[str, str, str]:
    if data.startswith(codecs.BOM_UTF8):
        return _decoded(data[3:], "utf-8")
    # The BOM of UTF-32 LE begins with that of UTF-16 LE, so it is asked first.
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return _decoded(data, "utf-32")
    if data.startswith(codecs.BOM_UTF16_LE):
        return _decoded(data[2:], "utf-16-le")
    if data.startswith(codecs.BOM_UTF16_BE):
        return _decoded(data[2:], "utf-16-be")
    guess = _utf16_without_bom(data)
    if guess:
        return _decoded(data, guess)
    return _decoded(data, "utf-8")


def _decoded(data: bytes, encoding: str) -> tuple[str, str, str]:
    try:
        return data.decode(encoding), encoding, ""
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            return data.decode(encoding, "replace"), encoding, f"not whole {encoding}: {error.reason} at byte {error.start}"
    note = "not UTF-8; read as cp1252, so letters beyond ASCII may be wrong"
    # The five bytes that cp1252 leaves open stand for themselves, as in every browser.
    return "".join(_CP1252[byte] for byte in data), "cp1252", note


_CP1252 = [bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256)]


def cp1252_bytes(text: str) -> bytes:
    """Return the bytes that were read as this text by `decode` where it took them for cp1252."""
    return bytes(_CP1252.index(character) for character in text)


def _utf16_without_bom(data: bytes) -> str:
    """Name the UTF-16 that these bytes are in: captures are mostly ASCII, so every other byte is NUL."""
    sample = data[:4096]
    half = len(sample) // 2
    if b"\0" not in sample:
        return ""
    if sample[1::2].count(0) > half * 0.7 and sample[0::2].count(0) < half * 0.1:
        return "utf-16-le"
    if sample[0::2].count(0) > half * 0.7 and sample[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return ""


def _as_shown(text: str) -> str:
    """Take a terminal log's escape sequences away and carry out what moved the cursor within a line."""
    text = _ESCAPE.sub("", _OSC.sub("", text))
    if "\b" not in text and "\r" not in text and not _MOVES.search(text):
        return _CSI.sub("", text)
    # A lone CR moves a terminal's cursor; in a file without CRLF it is a character of a name, unless the terminal wipes behind it.
    if "\n" not in text:
        return "\r".join(_redrawn(line, returns=False) for line in text.split("\r"))
    ends = "\r\n" in text
    return "\n".join(_redrawn(line, returns=ends or bool(_WIPED.search(line))) for line in text.split("\n"))


# Cursor right, left, to a column; characters taken out, blanks put in.
_MOVES = re.compile(r"\x1b\[[0-9]{0,3}[CDGP@]")
_WIPED = re.compile(r"\r\x1b\[[02]?K")
_STEP = re.compile(r"\x1b\[([0-9]{0,3})([CDGKP@])|\x1b\[[0-?]*[ -/]*[@-~]|.", re.DOTALL)
# What people type at a prompt is shorter; longer lines were never drawn twice.
_LONGEST_DRAWN = 16384


def _redrawn(line: str, *, returns: bool) -> str:
    end = "\r" if line.endswith("\r") else ""
    body = line.rstrip("\r")
    moves = "\b" in body or (returns and "\r" in body) or bool(_MOVES.search(body))
    if not moves or len(body) > _LONGEST_DRAWN:
        return _CSI.sub("", body) + end
    shown: list[str] = []
    at = 0
    for step in _STEP.finditer(body):
        text, code = step[0], step[2]
        count = int(step[1] or 1) if code else 1
        if code == "K":
            # 0 wipes to the line's end, 1 to its beginning, 2 all of it.
            wiped = {"": slice(at, None), "0": slice(at, None), "2": slice(0, None)}.get(step[1], slice(0, 0))
            shown[wiped] = [" "] * (at if step[1] == "2" else 0)
        elif code == "P":
            del shown[at : at + count]
        elif code == "@":
            shown[at:at] = [" "] * count
        elif code:
            at = {"C": at + count, "D": at - count, "G": count - 1}[code]
            at = max(0, min(at, len(shown)))
        elif text == "\b":
            at = max(0, at - 1)
        elif text == "\r" and returns:
            at = 0
        elif text[0] != "\x1b":
            shown[at : at + 1] = [text]
            at += 1
    return "".join(shown) + end


def _lines(text: str) -> list[str]:
    if "\n" not in text and "\r" in text:
        lines = text.split("\r")
    else:
        lines = text.split("\n")
        if "\r" in text:
            lines = [line.rstrip("\r") for line in lines]
    if not lines[-1]:
        lines.pop()
    return lines
