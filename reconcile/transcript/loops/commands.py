"""The commands of a command line in order: in which loop each stands, what is in front of it, and what a loop's variable may hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.transcript.shell_words import OUTPUT, PATTERN, VARIABLE, Sign, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.transcript.shell_words import Word


class Turn(NamedTuple):
    """One command: its words, the number of the innermost loop that it stands in (0 for none), and the signs on both sides.

    `alternative` says that it stands behind an ``else``.
    """

    words: tuple[Word, ...]
    loop: int
    in_front: str
    behind: str
    alternative: bool

    @property
    def name(self) -> str:
        """The program's name without its folder."""
        return plain(self.words[0]).rpartition("/")[2]


class Commands:
    """Cuts words into commands. `unclear` says that this is more of a program than is followed here; `moves` that a loop changes directory."""

    def __init__(self, tokens: Sequence[Word | Sign]) -> None:
        self.turns: list[Turn] = []
        self.values: dict[str, re.Pattern[str] | None] = {}
        self.moves = self.unclear = False
        self._loops = [0]
        self._last = 0
        self._alternatives: list[bool] = []
        self._parentheses = 0
        self._front = ";"
        current: list[Word] = []
        for token in [*tokens, Sign(";")]:
            if isinstance(token, Sign):
                self._sign(token.text, current)
                current = []
            else:
                current.append(token)
                if len(current) == 1 and self._is_grammar(plain(token)):
                    current = []

    def _sign(self, sign: str, current: list[Word]) -> None:
        if sign == "(":
            # f() { ...; } makes a function.
            self.unclear = self.unclear or bool(current)
            self._parentheses += 1
        if current:
            self._take(current, sign)
        if sign == ")":
            self._parentheses -= 1
        elif sign in {"&", ";;"}:
            self.unclear = True
        if sign not in {"(", ")"}:
            self._front = sign

    def _is_grammar(self, word: str) -> bool:
        """Take a word of the shell's grammar that stands where a command begins; tell whether it is one."""
        if word == "do":
            self._last += 1
            self._loops.append(self._last)
        elif word == "done" and len(self._loops) > 1:
            self._loops.pop()
        elif word == "if":
            self._alternatives.append(False)
        elif word in {"else", "elif"} and self._alternatives:
            self._alternatives[-1] = True
        elif word == "fi" and self._alternatives:
            self._alternatives.pop()
        elif word in {"case", "select", "function"}:
            self.unclear = True
        elif word not in {"then", "{", "}", "!", "time", "sudo", "busybox", "command", "nohup"}:
            return False
        self._front = ";" if word in {"do", "then", "else"} else self._front
        return True

    def _take(self, words: list[Word], behind: str) -> None:
        name = plain(words[0])
        if name == "for":
            if len(words) >= _FOR and plain(words[2]) == "in":
                self.values[plain(words[1])] = _values(words[_FOR:])
            return
        if name in {"cd", "pushd", "popd"} and (len(self._loops) > 1 or self._parentheses > 0):
            self.moves = True
        self.turns.append(Turn(tuple(words), self._loops[-1], self._front, behind, any(self._alternatives)))


# for f in ...
_FOR = 3
_MOST_WORDS = 200


def _values(words: Sequence[Word]) -> re.Pattern[str] | None:
    """Return a pattern of the paths that the words of ``for f in`` stand for; None where another command or a variable says them."""
    each = [path_pattern(word) for word in words]
    known = [one for one in each if one is not None]
    return re.compile("|".join(known)) if known and len(known) == len(each) <= _MOST_WORDS else None


def path_pattern(word: Word) -> str | None:
    """Return a pattern of the paths that a word stands for, None where that is not known."""
    if any(piece.kind in {OUTPUT, VARIABLE} or (piece.kind == PATTERN and set(piece.text) - set("*?")) for piece in word):
        return None
    parts: list[list[str]] = [[]]
    for piece in word:
        for sign in piece.text:
            if sign == "/":
                parts.append([])
            elif piece.kind == PATTERN:
                parts[-1].append("[^/]*" if sign == "*" else "[^/]")
            else:
                parts[-1].append(re.escape(sign))
    return "/".join(map(_component, parts))


def _component(signs: list[str]) -> str:
    """Join the pattern of one component. Only what stands around its stars counts: with two, there would be many ways to fit."""
    if "[^/]*" not in signs:
        return "".join(signs)
    first, last = signs.index("[^/]*"), len(signs) - 1 - signs[::-1].index("[^/]*")
    return "".join([*signs[:first], "[^/]*", *signs[last + 1 :]])
