"""Take off what copying and pasting puts around a capture: quotation marks of mail, comment signs, indentation, HTML.

Only what is certain is taken off, and a note says so. Every line stays a line, so the numbers stay those of the file.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from reconcile.transcript.page_marks import unpaste
from reconcile.transcript.prompts import Kind, match_prompt

if TYPE_CHECKING:
    from collections.abc import Sequence

# > [root@db01 ~]# ndctl list        > > quoted twice        // [fedora@worker3 ~]$ sudo ndctl list -NR        * in a comment
# # UUID is 60 00 ...
_MARK = re.compile(r"(?:(?:> ?){1,5}|//+ ?|\* |\| |;; ?|# ?)(?=\S|\s*$)")
_MARKS = (">", "//", "*", "|", ";;")
# A root's prompt is a # too; as a comment's sign it stands in front of another prompt, of an answer, or of JSON's first line.
_COMMENTED = re.compile(r"(?:^|\n)# ?(?:\[|\{|UUID is |\S{1,300}[@:])")
_MARKED_LINE = re.compile(rf"\n(?:{'|'.join(map(re.escape, _MARKS))})")
_INDENT = re.compile(r"[ \t]+")
# What may stand first where all lines are indented, blank ones in front of them being none.
_BLANKS = frozenset("\n \t")
# &quot; &#8216; &gt; -- but not &amp; alone, which may stand in a name.
_ENTITY = re.compile(r"&(?:quot|apos|gt|lt|nbsp|#[0-9]{2,5}|#x[0-9a-fA-F]{2,4});")
# Typographic quotation marks, where a word processor made them of straight ones around JSON's keys.
_CURLY_KEY = re.compile("[\u201c\u201d](?:dev|id|handle)[\u201c\u201d]")
_CURLY = str.maketrans({"\u201c": '"', "\u201d": '"'})
_NO_BREAK = "\u00a0"
# One name with one blank in front may be just that; a capture that was indented has more, or more lines.
_FEWEST_BLANKS = 2
_FEWEST_LINES = 2


def undress(lines: Sequence[str], text: str = "") -> tuple[tuple[str, ...], str]:
    """Return the lines as they were before somebody pasted them, and a note of what was taken off, or ``""``.

    `text` is the lines as one, where whoever asks has that already.
    """
    text = text or "\n".join(lines)
    lines, notes = unpaste(lines, text)
    text = "\n".join(lines) if notes else text
    if "&" in text and _ENTITY.search(text):
        # A decoded line break would be a line more; it becomes a blank.
        lines = [html.unescape(line).replace("\n", " ").replace("\r", " ") if "&" in line else line for line in lines]
        notes.append("HTML entities decoded")
        lines, more = unpaste(lines, "\n".join(lines))
        notes += more
    if _NO_BREAK in text:
        lines = [line.replace(_NO_BREAK, " ") for line in lines]
        notes.append("no-break spaces taken as blanks")
    if not text.isascii() and _CURLY_KEY.search(text):
        lines = [line.translate(_CURLY) for line in lines]
        notes.append("typographic quotation marks straightened")
    if notes or text[:1] in _BLANKS or text.startswith(_MARKS) or _MARKED_LINE.search(text) or ("#" in text and _COMMENTED.search(text)):
        bare, note = unquote(lines)
        return bare, "; ".join([*notes, note] if note else notes)
    return tuple(lines), ""


def unquote(lines: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """Return the lines without what stands in front of each alone, and a note of that, or ``""``."""
    notes: list[str] = []
    lines, mark = _without_marks(lines)
    if mark:
        notes.append(f"'{mark.strip()}' in front of lines taken off")
    lines, indent = _without_indent(lines)
    if indent:
        notes.append("indentation taken off")
    return tuple(lines), "; ".join(notes)


def _without_marks(lines: Sequence[str]) -> tuple[Sequence[str], str]:
    """Take the mark off each run of marked lines that holds a prompt or JSON behind it."""
    kept = list(lines)
    found = ""
    start = 0
    while start < len(kept):
        mark = _MARK.match(kept[start])
        if not mark:
            start += 1
            continue
        sign = mark[0].strip()
        stop = start
        while stop < len(kept) and kept[stop].startswith(sign):
            stop += 1
        bare = [_after(line, sign) for line in kept[start:stop]]
        if stop - start >= _FEWEST_LINES and any(_is_telling(line, sign) for line in bare):
            kept[start:stop] = bare
            found = found or sign
        start = stop
    return kept, found


def _after(line: str, sign: str) -> str:
    rest = line[len(sign) :]
    return rest.removeprefix(" ")


def _is_telling(line: str, sign: str) -> bool:
    text = line.strip()
    if text in {"[", "{"} or text.startswith(("UUID is ", '"dev"')) or "ddb.uuid" in text:
        return True
    prompt = match_prompt(text)
    return prompt is not None and (sign != "#" or (bool(prompt.host) and prompt.kind is Kind.SHELL))


def _without_indent(lines: Sequence[str]) -> tuple[Sequence[str], str]:
    indent: str | None = None
    filled = 0
    for line in lines:
        if not line.strip():
            continue
        filled += 1
        found = _INDENT.match(line)
        if not found:
            return lines, ""
        indent = found[0] if indent is None else _common(indent, found[0])
        if not indent:
            return lines, ""
    if indent is None or (len(indent) < _FEWEST_BLANKS and "\t" not in indent) or filled < _FEWEST_LINES:
        return lines, ""
    return [line[len(indent) :] if line.startswith(indent) else line.lstrip() for line in lines], indent


def without_indent(lines: Sequence[str]) -> tuple[str, ...]:
    """Return an answer's lines without the indentation of the answer as a whole, up to a blank line with prose below it."""
    stop = next((at for at, line in enumerate(lines) if line.strip() and not _INDENT.match(line)), len(lines))
    if stop < len(lines) and not (stop and not lines[stop - 1].strip()):
        return tuple(lines)
    filled = [line for line in lines[:stop] if line.strip()]
    indent = _common_indent(filled)
    if not indent or (len(filled) < _FEWEST_LINES and len(indent) < _FEWEST_BLANKS and "\t" not in indent):
        # One name with one blank in front may be just that.
        return tuple(lines)
    return (*(line.removeprefix(indent) if line.strip() else "" for line in lines[:stop]), *lines[stop:])


def _common_indent(lines: Sequence[str]) -> str:
    indents = [found[0] if (found := _INDENT.match(line)) else "" for line in lines]
    indent = indents[0] if indents else ""
    for other in indents:
        indent = _common(indent, other)
    return indent


def _common(one: str, other: str) -> str:
    size = 0
    while size < min(len(one), len(other)) and one[size] == other[size]:
        size += 1
    return one[:size]
