"""What the lines look like that a loop prints: made of its own text, of the file's name, and of the answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

# Parts of a line. A name as it was handed to vmkfstools, the last component of one, the loop's variable of which the name is made, a name
# that another command printed in full, the answer, text of which only the number of words may be known, and the line's end.
LITERAL, NAME, BASE, VALUE, FULL, ANSWER, ANY, END = "literal", "name", "base", "value", "full", "answer", "any", "end"
_NAMES = frozenset({NAME, BASE, VALUE, FULL})


class Part(NamedTuple):
    """A part of a line: literal text, or for ``any`` the number of its words, ``""`` where that is not known."""

    kind: str
    text: str = ""


class Line(NamedTuple):
    """A line's parts, without its end."""

    parts: tuple[Part, ...]

    @property
    def name(self) -> int | None:
        """Where in it the name stands, None without one."""
        return next((index for index, part in enumerate(self.parts) if part.kind in _NAMES), None)

    @property
    def answer(self) -> int | None:
        """Where in it the answer stands."""
        return next((index for index, part in enumerate(self.parts) if part.kind == ANSWER), None)

    @property
    def own_text(self) -> int:
        """How much text of the loop's own it has."""
        return sum(len(part.text.strip()) for part in self.parts if part.kind == LITERAL)

    def is_own(self, text: str) -> bool:
        """Tell whether this is the line that was printed, which has no name and no answer."""
        if any(part.kind not in {LITERAL, ANY} for part in self.parts) or not self.own_text:
            return False
        known = _up_to_open(self.parts) if _is_open(self.parts) else self.parts
        rest = _without(known, text.strip())
        return rest == "" or (rest is not None and len(known) < len(self.parts) and bool(known))


class Found(NamedTuple):
    """A name in a printed line, and which kind of part it was. `name` is ``""`` where the line fits and nobody knows where its name begins."""

    name: str
    kind: str
    text: str


def lines_of(parts: Sequence[Part]) -> list[Line]:
    """Cut what is printed into lines."""
    lines: list[Line] = []
    current: list[Part] = []
    for part in parts:
        if part.kind == END:
            lines.append(Line(tuple(current)))
            current = []
        elif part.kind == LITERAL and "\n" in part.text:
            first, *rest = part.text.split("\n")
            current.append(Part(LITERAL, first))
            for text in rest:
                lines.append(Line(tuple(current)))
                current = [Part(LITERAL, text)]
        elif part.kind != LITERAL or part.text:
            current.append(part)
    return [*lines, Line(tuple(current))] if any(part.kind != LITERAL or part.text for part in current) else lines


def name_in(parts: Sequence[Part], text: str) -> Found | None:
    """Find the name in a printed text that these parts make; None where they do not make it."""
    at = next((index for index, part in enumerate(parts) if part.kind in _NAMES), None)
    if at is None or any(part.kind in _NAMES for part in parts[at + 1 :]):
        return None
    rest = _without(parts[:at], text.strip())
    is_open = rest is None and _is_open(parts[:at])
    if is_open:
        rest = _without(_up_to_open(parts[:at]), text.strip())
    rest = _without_behind(parts[:at:-1], rest) if rest is not None else None
    if rest is None:
        return None
    if is_open:
        begin = rest.find("/vmfs/volumes/")
        return Found(rest[begin:] if begin >= 0 else "", parts[at].kind, rest)
    return Found(rest, parts[at].kind, rest)


def _is_open(parts: Sequence[Part]) -> bool:
    return any(part.kind == ANY and not part.text for part in parts)


def _up_to_open(parts: Sequence[Part]) -> Sequence[Part]:
    return parts[: next(index for index, part in enumerate(parts) if part.kind == ANY and not part.text)]


def _without(parts: Sequence[Part], text: str) -> str | None:
    """Take parts off in front; None where they do not stand there."""
    for part, behind in zip(parts, [*parts[1:], Part(END)], strict=False):
        if part.kind == ANY and not part.text:
            return None
        for word in part.text.split() if part.kind == LITERAL else ():
            text = text.lstrip()
            if not text.startswith(word):
                return None
            text = text[len(word) :]
        for _ in range(int(part.text) if part.kind == ANY else 0):
            text = _WORD.sub("", text, count=1) if not _is_joined(behind) else _up_to(text, behind.text.split()[0])
    return text.lstrip()


def _is_joined(behind: Part) -> bool:
    """Tell whether literal text follows with no blank, as in ``$n) $f``."""
    return behind.kind == LITERAL and bool(behind.text) and not behind.text[0].isspace()


def _up_to(text: str, sign: str) -> str:
    """Take a word off that ends where a sign begins."""
    found = _WORD.match(text)
    at = text.find(sign, 0, found.end() + len(sign)) if found else -1
    return text[at:] if at >= 0 else text


# A word with the blanks in front of it.
_WORD = re.compile(r"\s*\S+")


def _without_behind(parts: Sequence[Part], text: str) -> str | None:
    """Take parts off behind, the last first. Text of unknown length goes as far as the one name's end."""
    for part in parts:
        text = text.rstrip()
        if part.kind == ANY and not part.text:
            end = text.lower().rfind(".vmdk") + len(".vmdk")
            return text[:end] if text.lower().count(".vmdk") == 1 else None
        for word in reversed(part.text.split()) if part.kind == LITERAL else ():
            text = text.rstrip()
            if not text.endswith(word):
                return None
            text = text[: -len(word)]
        for _ in range(int(part.text) if part.kind == ANY else 0):
            text = text[: len(text) - len(text.split()[-1])].rstrip() if text.split() else text
    return text.rstrip()
