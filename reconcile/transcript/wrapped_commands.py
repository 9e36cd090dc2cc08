"""Command lines that a terminal broke at its last column: what stands in the next line is the command's end, and no answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.transcript.command_lines import parse_command

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# The widths that terminals have where nobody asks for another.
_USUAL = frozenset({80, 100, 120, 132, 160})
_NARROWEST = 60
# What a copy of a screen fills short lines up with: a command does not end so where it is broken.
_PADDING = "   "
# What answers begin with: JSON, columns of ls -l, headings, a UUID, a path, an error of a command.
_ANSWER = re.compile(
    r"\s*+(?:[\[{]|total [0-9]|[-bcdlps][rwxsStT-]{9}|UUID is |Filesystem\b|NAME\b|TARGET\b|Mount Point\b|Vmid\b|Linux |VMkernel |#|\S{1,60}: |.{1,300}:$"
    r"|.{0,300}\S {2,}\S|Failed to |Usage|usage|no |error)"
)
_LONG_LISTING = re.compile(r"ls\s(?:.*\s)?-[A-Za-z1]*l")
_OF_A_DISK = re.compile(r"\bgetuuid\s+[^\s;|&$<>][^;|&$<>]*$")
# ls *.vmdk | xargs -I% sh -c 'echo %; vmkfstools -J getuuid %'        vmkfstools -J getuuid {} \;
_OF_MANY = re.compile(r"\bxargs\b.{0,400}\bgetuuid\s+\S+\s*['\"]$|\bgetuuid\s+['\"]?\{\}")
_HAS_HEADING = re.compile(r"(?:sudo )?(?:df|lsblk|findmnt|ndctl|daxctl)\s")
_LISTS_NAMES = re.compile(r"(?:ls|find)(?:\s|$)")


class Wrapped(NamedTuple):
    """A command as it was typed, how many lines of the screen its end took, and whether the first line behind it may be more of its end."""

    text: str
    lines: int
    doubtful: bool


def whole(lines: Sequence[str], index: int, text: str, widths: Widths, is_prompt: Callable[[str], bool]) -> Wrapped:
    """Put a command together that begins in line `index` with `text` and that the terminal broke."""
    taken = 0
    while widths.fills(lines[index + taken]) and index + taken + 1 < len(lines):
        following = lines[index + taken + 1]
        behind = lines[index + taken + 2] if index + taken + 2 < len(lines) else ""
        if not following.strip() or len(following) > len(lines[index + taken]) or is_prompt(following):
            break
        verdict = _is_end(text, following, behind)
        if verdict is None and widths.is_usual(lines[index + taken]):
            return Wrapped(text, taken, doubtful=True)
        if not verdict:
            break
        text += following.rstrip()
        taken += 1
    return Wrapped(text, taken, doubtful=False)


class Widths:
    """How wide a source's lines are."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._widest = 0

    def fills(self, line: str) -> bool:
        """Tell whether a line may end where the terminal did: no line of the source is longer, or it has a usual terminal's width."""
        size = len(line)
        if line.endswith(_PADDING):
            return False
        if size in _USUAL:
            return True
        if size < _NARROWEST:
            return False
        self._widest = self._widest or max(map(len, self._lines))
        return size == self._widest

    @staticmethod
    def is_usual(line: str) -> bool:
        """Tell whether a line has a usual terminal's width."""
        return len(line) in _USUAL


def _is_end(text: str, following: str, behind: str) -> bool | None:
    """Tell whether a line is the end of the command in front; None where it may be."""
    if _ANSWER.match(following) or _OF_MANY.search(text):
        # Of a command that asks of many, what stands for the names stands in it, and a name in its answer.
        return False
    joined = text + following.rstrip()
    if is_unfinished(text):
        return not following.lstrip().startswith(">")
    command = parse_command(text)
    if command.unclear:
        # A quotation mark without its other half.
        return not parse_command(joined).unclear
    if _OF_A_DISK.search(text) and not command.loop:
        return not text.rstrip("'\" ").endswith(".vmdk") and joined.rstrip("'\" ").endswith(".vmdk")
    if _LONG_LISTING.match(text) or _HAS_HEADING.match(text):
        return bool(_ANSWER.match(behind))
    # Behind ls any name is an answer, and any may be the end of a folder's; behind ls and nothing else, none is.
    return None if _LISTS_NAMES.match(text) and "/" in text else False


_UNFINISHED = re.compile(r"(?:^|[;&|]\s*)(?:for|while|until|if)\b")
_FINISHED = re.compile(r"\b(?:done|fi)\b\s*[^;]*$")


def is_unfinished(text: str) -> bool:
    """Tell whether a shell asks for more behind such a line."""
    return text.endswith("\\") or bool(_UNFINISHED.search(text) and not _FINISHED.search(text))
