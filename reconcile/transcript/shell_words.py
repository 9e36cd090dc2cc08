"""A command line as the shell cuts it: words made of text, variables and other commands' output, and the signs between them.

`reconcile.transcript.command_lines` tells what runs. This tells what a loop prints: which part of an ``echo`` is its own text and which the file's name.
"""

from __future__ import annotations

import re
from typing import NamedTuple

TEXT, VARIABLE, OUTPUT, PATTERN = "text", "variable", "output", "pattern"


class Piece(NamedTuple):
    """A part of a word: `text` as it is meant, a ``variable`` by what stands between its braces, an ``output`` by its command.

    A ``pattern`` is text that the shell may take for more: ``*``, ``?``, brackets, braces, ``~`` in front.
    """

    kind: str
    text: str


Word = tuple[Piece, ...]


class Sign(NamedTuple):
    """What stands between words: ``;``, ``|``, ``&&``, ``(`` and their like."""

    text: str


_SIGNS = ("&&", "||", "|&", ";;", ";", "&", "|", "(", ")", "\n")
# ${f##*/}        $f        $1
_BRACED = re.compile(r"\$\{([^{}]{1,200})\}")
_PLAIN = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!])")
# 2>&1        >/dev/null        2> errors.txt        &> all.txt        < list.txt
_REDIRECTION = re.compile(r"[0-9]?(?:>>|>\||>&|<&|>|<)|&>>?")
_FROM_WEB = str.maketrans({"\u201c": '"', "\u201d": '"'})
_CURLY_WORD = re.compile("(?<!\\S)(?:\u201c[^\u201c\u201d]{1,4096}\u201d|\u2018[^\u2018\u2019]{1,4096}\u2019)(?![^\\s;|&)])")


def straight(text: str) -> str:
    """Return a command line with straight quotation marks where a web page or a word processor made them curly around whole words."""
    return _CURLY_WORD.sub(lambda found: f'"{found[0][1:-1]}"', text).translate(_FROM_WEB)


def without_remark(text: str) -> str:
    """Return a command line without what somebody wrote behind it, with an arrow or in brackets; no shell takes that there."""
    return _REMARK.sub("", text).rstrip() if "<" in text or "(nmem" in text or not text.isascii() else text


# vmkfstools -J getuuid a.vmdk   <-- new        ndctl list -D (nmem1)
_REMARK = re.compile(r"\s(?:<-{1,3}\s|<={1,3}\s|\u2190|\(nmem[0-9]{1,5}\)\s*$)[^'\"]*$")


def words_of(text: str) -> list[Word | Sign]:
    """Cut a command line; redirections and comments are left out. ValueError where a shell would not take it as it stands."""
    return _Cutter(text).run()


def literal(word: Word) -> str | None:
    """Return a word as a name, None where the shell makes more of it than its text."""
    return "".join(piece.text for piece in word) if all(piece.kind == TEXT for piece in word) else None


def plain(word: Word) -> str:
    """Return a word's text, patterns as they stand; what is not known of it is left out."""
    return "".join(piece.text for piece in word if piece.kind in {TEXT, PATTERN})


class _Cutter:
    """Walks over a command line once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._word: list[Piece] | None = None
        self._found: list[Word | Sign] = []

    def run(self) -> list[Word | Sign]:
        text = self._text
        while self._at < len(text):
            character = text[self._at]
            if character == "#" and self._word is None:
                end = text.find("\n", self._at)
                self._at = len(text) if end < 0 else end
            elif character in " \t\r":
                self._end()
                self._at += 1
            elif not self._redirected() and not self._signed():
                self._part(character)
        self._end()
        return self._found

    def _end(self) -> None:
        if self._word is not None:
            self._found.append(_joined(self._word))
            self._word = None

    def _add(self, kind: str, text: str) -> None:
        self._word = self._word or []
        self._word.append(Piece(kind, text))

    def _redirected(self) -> bool:
        """Leave out a redirection with its file."""
        found = _REDIRECTION.match(self._text, self._at)
        if not found or (self._word is not None and found[0][0].isdecimal()):
            return False
        if found[0] == "<" and self._text.startswith(("<<", "<("), self._at):
            raise ValueError(self._text)
        self._end()
        self._at = found.end()
        behind = re.compile(r"[ \t]*").match(self._text, self._at)
        self._at = behind.end() if behind else self._at
        kept = len(self._found)
        while self._at < len(self._text) and self._text[self._at] not in " \t\r\n;|&()<>":
            self._part(self._text[self._at])
        self._end()
        del self._found[kept:]
        return True

    def _signed(self) -> bool:
        sign = next((sign for sign in _SIGNS if self._text.startswith(sign, self._at)), "")
        if sign:
            self._end()
            self._found.append(Sign(";" if sign == "\n" else sign))
            self._at += len(sign)
        return bool(sign)

    def _part(self, character: str) -> None:
        text = self._text
        if character == "'":
            end = text.index("'", self._at + 1)
            self._add(TEXT, text[self._at + 1 : end])
            self._at = end + 1
        elif character == '"':
            self._double()
        elif character == "\\":
            self._add(TEXT, text[self._at + 1 : self._at + 2])
            self._at += 2
        elif character in "$`":
            self._expanded()
        else:
            is_home = character == "~" and self._word is None
            self._add(PATTERN if character in "*?[]{}" or is_home else TEXT, character)
            self._at += 1

    def _double(self) -> None:
        """Take what stands between double quotation marks."""
        text = self._text
        self._at += 1
        self._add(TEXT, "")
        while text[self._at : self._at + 1] != '"':
            if self._at >= len(text):
                raise ValueError(text)
            if text[self._at] in "$`":
                self._expanded()
            elif text[self._at] == "\\" and text[self._at + 1 : self._at + 2] in {"$", "`", '"', "\\"}:
                self._add(TEXT, text[self._at + 1])
                self._at += 2
            else:
                self._add(TEXT, text[self._at])
                self._at += 1
        self._at += 1

    def _expanded(self) -> None:
        """Take a variable, or another command's output."""
        text, at = self._text, self._at
        if text[at] == "`":
            end = text.index("`", at + 1)
            self._add(OUTPUT, text[at + 1 : end])
            self._at = end + 1
            return
        if text.startswith("$(", at):
            end = _closing(text, at + 2)
            self._add(OUTPUT, text[at + 2 : end])
            self._at = end + 1
            return
        found = _BRACED.match(text, at) or _PLAIN.match(text, at)
        if found:
            self._add(VARIABLE, found[1])
            self._at = found.end()
        else:
            self._add(TEXT, "$")
            self._at += 1


def _closing(text: str, at: int) -> int:
    """Return where the parenthesis closes that opened in front of `at`."""
    depth, quote = 1, ""
    for index in range(at, len(text)):
        character = text[index]
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        else:
            depth += (character == "(") - (character == ")")
            if not depth:
                return index
    raise ValueError(text)


def _joined(pieces: list[Piece]) -> Word:
    """Put neighbours of one kind together that are text."""
    word: list[Piece] = []
    for piece in [piece for piece in pieces if piece.text] or pieces[:1]:
        if word and piece.kind == word[-1].kind and piece.kind in {TEXT, PATTERN}:
            word[-1] = Piece(piece.kind, word[-1].text + piece.text)
        else:
            word.append(piece)
    return tuple(word)
