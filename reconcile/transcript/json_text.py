"""Find JSON in a section's lines, whole or broken, and say on which line each named object stands.

``ndctl`` and its friends print JSON; what people save of it has prompts around it, lost brackets, an end cut off. A document
that decodes is taken as it is. Of one that does not, the outermost objects that are whole are taken and the rest is left.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# A bracket or brace that opens a document stands first on its line; behind a bracket comes an object, a bracket, or nothing.
# This keeps prompts (``[root@esx01:~]``), kernel messages (``[    0.031524]``) and ``[sudo] password`` out.
DOCUMENT_START = re.compile(r"\s*(?:\[\s*(?:[\[{\]].*)?|\{.*)$")
_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|[\[\]{}]')
_MAX_DIGITS = 20
_MAX_NESTING = 60
# Deeper than this nothing is decoded. What any command of the vocabulary prints is some 20 deep, a tree of lsblk two a level; how deep a
# decoder can go differs from one Python to the next, and all of them go deeper than this.
DEEPEST = 100

JsonValue = dict[str, "JsonValue"] | list["JsonValue"] | str | int | float | bool | None


class Document(NamedTuple):
    """A decoded value, and the text that it was decoded from, which begins at number `first`.

    `whole` is False where it was saved from a broken document. `last` is the number of its last line. `comma` says that the
    next document is of the same answer: a comma stood between them, or both were saved from one.
    """

    value: JsonValue
    text: str
    first: int
    last: int
    whole: bool
    comma: bool

    def lines_of(self, keys: frozenset[str]) -> list[tuple[int, str, str]]:
        """List line, key and value of each ``"key":"text"`` in the order of the text; values are what they mean, without escapes."""
        if self.first == self.last:
            return [(self.first, found[1], _meant(found[2])) for found in _PAIR.finditer(self.text) if found[1] in keys]
        starts = [0, *accumulate(len(line) + 1 for line in self.text.split("\n"))]
        return [
            (self.first + bisect_right(starts, found.start()) - 1, found[1], _meant(found[2]))
            for found in _PAIR.finditer(self.text)
            if found[1] in keys
        ]


_PAIR = re.compile(r'"(dev|dimm|chardev|name|kname|target|UUID)"\s*:\s*"((?:[^"\\\n]|\\.)*)"')


def _meant(text: str) -> str:
    return str(_decoded(f'"{text}"') or "") if "\\" in text else text


class Found(NamedTuple):
    """What was found in a run of lines: documents, numbers of lines in broken ones that were left, and where one is broken.

    `brackets` are the lines of broken documents that hold nothing else. A damage is the number of the document's first line and
    ``truncated``, where only its end is missing, or ``damaged``.
    """

    documents: tuple[Document, ...]
    left: frozenset[int]
    brackets: frozenset[int]
    damage: tuple[tuple[int, str], ...]


class _RefusedJsonError(ValueError):
    """Valid JSON that no command of the vocabulary prints, so something happened to it."""


def _pairs(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    made = dict(pairs)
    if len(made) != len(pairs):
        message = "a key stands twice in one object"
        raise _RefusedJsonError(message)
    return made


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        message = f"a number of {len(text)} digits"
        raise _RefusedJsonError(message)
    return int(text)


def _constant(text: str) -> JsonValue:
    message = f"{text} is no figure"
    raise _RefusedJsonError(message)


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_int=_integer, parse_constant=_constant)


def find_documents(lines: Sequence[str], first: int) -> Found:
    """Find the JSON in lines, the first of which has the number `first`. Linear in their length."""
    search = _Search(lines, first)
    index = 0
    while index < len(lines):
        index = search.take(index) if DOCUMENT_START.match(lines[index]) else index + 1
    return Found(tuple(search.documents), frozenset(search.left), frozenset(search.brackets), tuple(search.damage))


class _Search:
    """What was found so far."""

    def __init__(self, lines: Sequence[str], first: int) -> None:
        self._lines = lines
        self._first = first
        self._text = "\n".join(lines)
        self._offsets = [0, *accumulate(len(line) + 1 for line in lines)]
        self._may_be_deep = _may_be_deep(self._text)
        self.documents: list[Document] = []
        self.left: set[int] = set()
        self.brackets: set[int] = set()
        self.damage: list[tuple[int, str]] = []

    def take(self, index: int) -> int:
        """Read what begins in a line; return the index of the line behind it."""
        line = self._lines[index]
        begin = self._offsets[index] + len(line) - len(line.lstrip())
        if self._may_be_deep and _is_deep(self._text, begin):
            # Nothing of it is read: of what could be taken out nobody knows what it was in.
            stop = _end_of_json(self._lines, index)
            self.left |= {number for number, line in self._numbered(index, stop) if line.strip()}
            self.damage.append((self._first + index, "damaged"))
            return stop
        try:
            value, end = _DECODER.raw_decode(self._text, begin)
        except (ValueError, RecursionError):
            return self._take_broken(index)
        last = bisect_right(self._offsets, end - 1) - 1
        rest = self._text[end : self._offsets[last + 1] - 1].strip()
        # An object of a list whose brackets were lost ends in a comma. Anything else behind it is somebody else's.
        numbers = self._first + index, self._first + last
        self.documents.append(Document(value, self._text[begin:end], *numbers, whole=True, comma=rest == ","))
        if rest not in {"", ","}:
            self.left.add(self._first + last)
        return last + 1

    def _take_broken(self, index: int) -> int:
        stop = _end_of_json(self._lines, index)
        lines = self._lines[index:stop]
        found, unread = _salvage(lines, self._first + index)
        self.documents += found
        self.left |= unread
        self.brackets |= {number for number, line in self._numbered(index, stop) if line.strip() in _BARE}
        cut = not any(line.strip() not in _NOTHING for line in self._lines[stop:]) and _is_unclosed("\n".join(lines))
        self.damage.append((self._first + index, "truncated" if cut else "damaged"))
        return stop

    def _numbered(self, start: int, stop: int) -> Iterator[tuple[int, str]]:
        return enumerate(self._lines[start:stop], self._first + start)


def _may_be_deep(text: str) -> bool:
    """Tell whether a text has as many brackets that open as a document has that nests too deep."""
    return text.count("[") + text.count("{") > DEEPEST


def _is_deep(text: str, begin: int) -> bool:
    """Tell whether the document that begins here nests too deep, as far as it goes."""
    depth = 0
    for token in _TOKEN.finditer(text, begin):
        character = token[0]
        if character in "[{":
            depth += 1
            if depth > DEEPEST:
                return True
        elif character in "]}":
            depth -= 1
            if depth <= 0:
                return False
    return False


def _end_of_json(lines: Sequence[str], index: int) -> int:
    stop = index + 1
    while stop < len(lines) and _MAY_BE_JSON.match(lines[stop]):
        stop += 1
    return stop


def _salvage(lines: Sequence[str], first: int) -> tuple[list[Document], set[int]]:
    """Take the whole objects out of a broken document; return them, and the numbers of the lines that were left."""
    text = "\n".join(lines)
    offsets = [0, *accumulate(len(line) + 1 for line in lines)]
    documents: list[Document] = []
    taken: set[int] = set()
    for begin, end in _whole_objects(text):
        start = first + bisect_right(offsets, begin) - 1
        last = first + bisect_right(offsets, end - 1) - 1
        documents.append(Document(_decoded(text[begin:end]), text[begin:end], start, last, whole=False, comma=True))
        taken.update(range(start, last + 1))
    left = {number for number, line in enumerate(lines, first) if number not in taken and line.strip() and line.strip() not in _BARE}
    return documents, left


_BARE = frozenset({"[", "]", "{", "}", "],", "},", "[{", "}]"})
# What people leave where they cut.
_NOTHING = frozenset({"", "...", "\u2026", "[...]"})
# A line of pretty-printed JSON begins with a bracket, a brace, a quote, a figure, or true, false and null.
_MAY_BE_JSON = re.compile(r'\s*(?:$|[\[\]{}",]|-?[0-9]+,?\s*$|(?:true|false|null),?\s*$)')


def _decoded(text: str) -> JsonValue:
    try:
        value: JsonValue = _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None
    return value


class _Open(NamedTuple):
    token: str
    begin: int
    children: list[tuple[int, int]]


def _whole_objects(text: str) -> Iterator[tuple[int, int]]:
    """Give the outermost objects that are closed and decode, in order. Linear in the length of the text, times its nesting."""
    roots: list[tuple[int, int]] = []
    inside: dict[tuple[int, int], list[tuple[int, int]]] = {}
    stack: list[_Open] = []
    for token in _TOKEN.finditer(text):
        character = token[0]
        if character in "[{":
            stack.append(_Open(character, token.start(), []))
        elif character in "]}":
            if stack and stack[-1].token == _OPENS[character]:
                opened = stack.pop()
                span = (opened.begin, token.end())
                inside[span] = opened.children
                (stack[-1].children if stack else roots).append(span)
            else:
                for opened in stack:
                    roots.extend(opened.children)
                stack.clear()
    for opened in stack:
        roots.extend(opened.children)
    yield from _decodable(text, sorted(roots), inside)


_OPENS = {"]": "[", "}": "{"}


def _is_unclosed(text: str) -> bool:
    """Tell whether all that a broken document lacks is its end."""
    stack: list[str] = []
    for token in _TOKEN.finditer(text):
        character = token[0]
        if character in "[{":
            stack.append(character)
        elif character in "]}" and (not stack or stack.pop() != _OPENS[character]):
            return False
    return bool(stack)


def _decodable(text: str, spans: list[tuple[int, int]], inside: dict[tuple[int, int], list[tuple[int, int]]]) -> Iterator[tuple[int, int]]:
    pending = [(span, 0) for span in reversed(spans)]
    while pending:
        span, depth = pending.pop()
        if text[span[0]] == "{" and isinstance(_decoded(text[span[0] : span[1]]), dict):
            yield span
        elif depth < _MAX_NESTING:
            pending.extend((child, depth + 1) for child in reversed(inside[span]))
