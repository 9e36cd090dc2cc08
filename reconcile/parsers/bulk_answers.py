"""Sources that are one plain answer: a guest's, as it is saved to a file of its own.

The guests of a fleet give the same answer but for what each has of its own, and such an answer is not read anew.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.machine_names import is_no_name
from reconcile.parsers.bulk_forms import HOST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.facts.records import Record
    from reconcile.parsers.bulk_forms import Alike, Form


class Whole(NamedTuple):
    """A source that is one plain answer, with one prompt in front or none: the answer's first line, whose it is, and its facts.

    `lines` is how many lines the source has.
    """

    line: int
    host: str
    command: str
    lines: int
    blocks: tuple[Sequence[Record], ...]


class Answers:
    """The forms that may be all that a source holds."""

    def __init__(self, forms: Sequence[Form]) -> None:
        # root@db01:~# ndctl list -D
        self._prompt = re.compile(rf"[A-Za-z0-9_.-]{{1,64}}+@({HOST}):~[#$] ")
        self._forms = [
            (re.compile(rf"(?:({form.command})\n)?({form.answer})\Z"), form, _Known(form.alike) if form.alike else None) for form in forms
        ]

    def read(self, text: str) -> Whole | None:
        """Read a source's text as one plain answer, or return None."""
        prompt = self._prompt.match(text) if "@" in text else None
        host, begin = (prompt[1], prompt.end()) if prompt else ("", 0)
        if host and is_no_name(host):
            return None
        for _, _, known in self._forms:
            like = known.like(text, begin, host) if known else None
            if like:
                return like
        for pattern, form, known in self._forms:
            found = pattern.match(text, begin)
            # A command stands behind a prompt, and nowhere else.
            if found and (found[1] is not None) == (begin > 0):
                line = 2 if begin else 1
                lines = text.count("\n") + (not text.endswith("\n"))
                blocks = tuple(form.read(found[1] or "", found[2], "~", line) or ())
                whole = Whole(line, host, found[1] or "", lines, blocks)
                if known:
                    known.keep(text, begin, whole)
                return whole
        return None


# How many answers are remembered, and how long each is at most, in characters.
_MOST_KNOWN = 1000
_LONGEST_KNOWN = 1 << 12


class _Known:
    """The answers of one form that were read before, each under what is left of its text without what it has of its own."""

    def __init__(self, alike: Alike) -> None:
        self._split = re.compile(alike.own).split
        self._read = alike.read
        self._known: dict[tuple[bool, str], Whole] = {}

    def like(self, text: str, begin: int, host: str) -> Whole | None:
        """Read an answer that stands behind a prompt's end as one that was read before; return None where there is none like it."""
        # A NUL stands for what is of its own, and in no plain answer by itself.
        if len(text) > _LONGEST_KNOWN or "\0" in text:
            return None
        parts = self._split(text[begin:])
        known = self._known.get(_key(parts, begin))
        blocks = self._read(known.blocks, parts[1::2]) if known else None
        return Whole(known.line, host, known.command, known.lines, tuple(blocks)) if known and blocks else None

    def keep(self, text: str, begin: int, whole: Whole) -> None:
        """Remember an answer, where there is room."""
        if len(text) <= _LONGEST_KNOWN and len(self._known) < _MOST_KNOWN:
            self._known[_key(self._split(text[begin:]), begin)] = whole


def _key(parts: Sequence[str], begin: int) -> tuple[bool, str]:
    """Return what alike answers have in common: whether a prompt is in front, and the text between what each has of its own."""
    return begin > 0, "\0".join(parts[::2])
