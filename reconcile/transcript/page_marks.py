"""Take off what a web page, a mail, a wiki or an editor did to a capture's characters: its marks, its hyphens, its escapes, its numbers of lines.

Each is taken off only where the text shows it for certain, and a note says so. Every line stays a line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.transcript.prompts import Kind, match_prompt

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# ```console        {noformat}        {code:bash}        [/code]        /*        */
_FENCE = re.compile(
    r"[ \t]*(?:```[\w -]{0,20}|~~~[\w -]{0,20}|\{(?:noformat|code)(?:[:|][^}\n]{0,40})?\}|\[/?(?:code|pre)(?:=\w{1,20})?\]|/\*+|\*+/)[ \t]*$"
)
_MAY_FENCE = re.compile(r"```|~~~|\{noformat|\{code|\[/?(?:code|pre)|/\*|\*/")
# <pre>        </b>        <span class="p">
_TAG = re.compile(r"</?(?:pre|code|tt|samp|kbd|b|strong|i|em|span|html|body|head)(?: [^<>\n]{0,80})?>", re.IGNORECASE)
# <br />        </li><li>        between these a page begins a new line
_BREAK = re.compile(r"(?:(?:</?(?:p|div|li|ul|ol)(?: [^<>\n]{0,80})?>|<br ?/?>)\s{0,8})+", re.IGNORECASE)
# Set in bold, within a line: [root@esx01:~] **ls -l**
_BOLD = re.compile(r"\*\*(\S(?:[^*\n]{0,2000}\S)?)\*\*")
# What has none of these in it has no mark that is taken off, but for a _ in front of all.
_MARKS = ("<", "`", "*", "|", "{", "\\", "~~~", "\n_", "[code", "[/code", "[pre", "[/pre")
# The same mark at both ends of lines.
_AROUND = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"\*\*(.+)\*\*$", "**"),
        (r"`([^`\n]+)`\s*$", "`"),
        (r"\*([^\s*].*)\*$", "*"),
        (r"_(\S.*)_\s*$", "_"),
        (r"\| (.*?) ?\|\s*$", "|"),
    )
)
_BLANK = re.compile(r"\S +\S")
_TABS = re.compile(r"(?<=\S)\t+(?=\S)")
_NO_WIDTH = re.compile("[\u200b\u2060\ufeff\u00ad]")
_HYPHENS = str.maketrans({"\u2010": "-", "\u2011": "-"})
# What has hyphens wherever it stands: 8902-206b080c        5f8b4c97-234dcc30-        `-sda1        ndctl list -D        VMFS-6
_EN_DASHED = re.compile(
    r"8902\u2013[0-9a-f]{8}|[0-9a-f]{8}\u2013[0-9a-f]{4,8}\u2013|[|`\u251c\u2514]\u2013[a-z]|(?:vmkfstools|ndctl|ls|lsblk|df|uname) \u2013[A-Za-z]|VMFS\u20136|PMemDS\u2013"
)
# db01\_1.vmdk        \# ndctl list        as Markdown escapes its own signs
_ESCAPED = re.compile(r"\\([_#*<>\[\]`~-])")
# 2026-11-22 10:12:13        [10:12:13.123]        <22.11.2026 10:12:13>        11/22/2026 10:12:13 AM        Nov 22 10:12:13        1795860000.123
_STAMP = re.compile(
    r"[\[<(]?(?:(?:[0-9]{4}[-/.][0-9]{2}[-/.][0-9]{2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4}|(?:[A-Z][a-z]{2} {1,2}){1,2}[0-9]{1,2}(?: [0-9]{4})?)[T ,]{1,2})?"
    r"(?:[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:[.,][0-9]{1,9})?(?: ?[AP]M)?(?:Z| UTC|[+-][0-9]{2}:?[0-9]{2})?|[0-9]{10}(?:\.[0-9]{1,9})?)[\]>)]?(?: |$)"
)
# What tmux draws at the side of a pane.
_BAR = re.compile("[\u2502\u2503\u2551](?: |$)")
# [01;34m and [0m, where the escape in front of them was lost, or is written as ^[
_COLOUR = re.compile(r"(?:\^\[|\\e|\\033|\\x1b|\u241b)?\[(?:[0-9]{1,3}(?:;[0-9]{1,3}){0,4})?[mK]")
_COLOURS = re.compile(r"\[[0-9]{0,2};?[0-9]{2}m")
_COLOUR_ENDS = re.compile(r"\[0{0,2}m")
_BULLET = re.compile(r"[-*\u2022] ")
_NUMBER = re.compile(r"\s{0,8}([0-9]{1,6})(?:[:.)|\t]|(?=\s)) ?[ \t]?")
_STAR = re.compile(r"\s?\*(?: |$)")
_FEWEST = 2
# Of so few lines each must end so.
_FEW = 3


def unpaste(lines: Sequence[str], text: str) -> tuple[Sequence[str], list[str]]:
    """Return the lines as a machine printed them, and notes of what was taken off; `text` is the lines as one."""
    notes: list[str] = []
    for mend, note in (
        (_characters, "characters of a word processor"),
        (_markup, "marks of a text's layout"),
        (_fronts, "what stood in front of each line"),
    ):
        mended = mend(lines, text)
        if mended is not None:
            lines, text = mended, "\n".join(mended)
            notes.append(f"{note} taken off")
    return lines, notes


def _characters(_: Sequence[str], text: str) -> list[str] | None:
    """Turn tabs between all words, hyphens that do not part and blanks without width into what was printed."""
    if "\t" in text and not _BLANK.search(text):
        parted = [_TABS.sub(" ", line) for line in text.split("\n")]
        return parted if _tells(parted) else None
    if "m" in text and _COLOUR_ENDS.search(text) and _COLOURS.search(text):
        return _COLOUR.sub("", text).split("\n")
    if text.isascii():
        return None
    mended = _NO_WIDTH.sub("", text).translate(_HYPHENS)
    if "\u2013" in mended and _EN_DASHED.search(mended):
        mended = mended.replace("\u2013", "-")
    return mended.split("\n") if mended != text else None


def _markup(lines: Sequence[str], text: str) -> list[str] | None:
    """Take off fences, tags, bold and italic marks, and escapes."""
    if not any(mark in text for mark in _MARKS) and not text.startswith("_"):
        return None
    mended = list(lines)
    if _MAY_FENCE.search(text):
        mended = _without_comment(mended)
        mended = ["" if _FENCE.match(line) else line for line in mended]
    if "<" in text:
        mended = [_without_tags(line) if "<" in line else line for line in mended]
    for pattern, sign in _AROUND:
        # Most names have a _ somewhere, and few lines begin with one.
        if f"\n{sign}" in text or text.startswith(sign):
            mended = _without_marks_around(mended, pattern, sign)
    if "**" in text:
        mended = [_without_bold(line) if "**" in line else line for line in mended]
    if "\\" in text:
        mended = _without_escapes(mended, text)
    return mended if mended != list(lines) else None


def _without_tags(line: str) -> str:
    """Take off a page's tags; what a tag parts into two lines is parted by blanks."""
    bare = _TAG.sub("", line)
    return _BREAK.sub(lambda found: "  " if bare[: found.start()].strip() and bare[found.end() :].strip() else "", bare)


def _without_bold(line: str) -> str:
    """Take off bold marks within a line that shows a prompt or a disk; another may be a headline."""
    bare = _BOLD.sub(r"\1", line)
    return bare if ".vmdk" in bare or _tells([bare]) else line


def _without_comment(lines: list[str]) -> list[str]:
    """Take the stars off the lines of a comment, ``/*`` to ``*/``, where each has one."""
    mended = list(lines)
    opened: int | None = None
    for at, line in enumerate(lines):
        if line.strip() in {"/*", "/**"}:
            opened = at + 1
        elif line.strip() == "*/" and opened is not None:
            inner = lines[opened:at]
            if inner and all(_STAR.match(one) for one in inner):
                mended[opened:at] = [_STAR.sub("", one, count=1) for one in inner]
            opened = None
    return mended


def _without_marks_around(lines: list[str], pattern: re.Pattern[str], sign: str) -> list[str]:
    """Take off a mark that stands at both ends of each line of a block, a block being what stands between blank lines."""
    mended = list(lines)
    start = 0
    while start < len(lines):
        stop = start
        while stop < len(lines) and lines[stop].strip():
            stop += 1
        found = [pattern.match(line.strip()) for line in lines[start:stop]]
        inner = [one[1] for one in found if one]
        if len(inner) == stop - start >= _FEWEST and not (sign == "|" and all(" | " in one for one in inner)):
            mended[start:stop] = inner
        start = stop + 1
    return mended


def _without_escapes(lines: list[str], text: str) -> list[str]:
    """Take backslashes off that Markdown sets in front of its own signs, where there are no others, and those at the ends of all lines."""
    filled = [line for line in lines if line.strip()]
    ends = [line.rstrip().endswith("\\") for line in filled]
    if len(ends) >= _FEWEST and all(ends if len(ends) <= _FEW else ends[:-1]):
        lines = [line.rstrip().removesuffix("\\") for line in lines]
    if len(_ESCAPED.findall(text)) == text.count("\\") and ("\\_" in text or "\\#" in text or "\\-" in text):
        return [_ESCAPED.sub(r"\1", line) for line in lines]
    return lines


def _fronts(lines: Sequence[str], _: str) -> list[str] | None:
    """Take off times, bullets and numbers that stand in front of every line, where a capture stands behind them."""
    first = next((line for line in lines if line.strip()), "")
    for pattern in (_STAMP, _BULLET, _BAR):
        if pattern.match(first) and all(pattern.match(line) for line in lines if line.strip()):
            mended = [pattern.sub("", line, count=1) for line in lines]
            if _tells(mended):
                return mended
    return _without_numbers(lines) if _NUMBER.match(first) else None


def _without_numbers(lines: Sequence[str]) -> list[str] | None:
    """Take off an editor's numbers of the lines: each is one more than the one in front of it."""
    found: list[int] = []
    for line in lines:
        number = _NUMBER.match(line)
        if number:
            found.append(int(number[1]))
        elif line.strip():
            return None
    if len(found) < _FEWEST or found != list(range(found[0], found[0] + len(found))):
        return None
    mended = _even([_NUMBER.sub("", line, count=1) for line in lines])
    # What a shell remembers of commands is numbered, too, and no capture.
    return mended if _tells(mended) else None


def _even(lines: list[str]) -> list[str]:
    """Take off the blanks that all lines begin with."""
    indents = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip()]
    return [line[min(indents, default=0) :] for line in lines]


def _tells(lines: Iterable[str]) -> bool:
    """Tell whether there is a prompt in some line, or JSON, or an answer."""
    return any(_is_telling(line.strip()) for line in lines)


def _is_telling(text: str) -> bool:
    if text in {"[", "{"} or text.startswith(("UUID is ", '"dev"')) or "ddb.uuid" in text:
        return True
    prompt = match_prompt(text)
    return prompt is not None and prompt.kind is not Kind.UNKNOWN
