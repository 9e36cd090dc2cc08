"""What the commands of a loop print: ``echo``, ``printf``, ``ls``, ``find -print`` and those that ask for UUIDs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.transcript.loops.commands import Commands, path_pattern
from reconcile.transcript.loops.names import joined, named, shown, words_of_output
from reconcile.transcript.loops.printed_lines import ANSWER, ANY, BASE, END, FULL, LITERAL, Part
from reconcile.transcript.shell_words import OUTPUT, PATTERN, TEXT, VARIABLE, Piece, plain, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconcile.transcript.shell_words import Word

OTHERS = "others"
_SEARCHERS = frozenset({"grep", "egrep", "fgrep", "sed", "awk"})
_SHELLS = frozenset({"sh", "bash", "ash", "dash", "ksh"})
SILENT = frozenset(
    "[ [[ test : true false sleep continue break cd export local let shift set unset read touch mkdir clear wait while until exit umask".split()
)
# What xargs and find put a name for, and a loop's variable that they are for us.
_BRACES = "{}"


class Asked(NamedTuple):
    """What asks: the operand whose UUID it is, what that may be, and whether the command runs by itself for each of many."""

    operand: Word
    repeats: bool = False
    value: re.Pattern[str] | None = None


def asks(words: Sequence[Word]) -> bool:
    """Tell whether a command asks for a disk's UUID, by itself, through find or xargs, or inside an echo."""
    texts = [plain(word) for word in words]
    name = texts[0].rpartition("/")[2] if texts else ""
    if name in {"vmkfstools", "find", "xargs"} or name in _SHELLS:
        whole = " ".join(texts)
        return ("getuuid" in whole and "vmkfstools" in whole) or ("uuid" in whole.lower() and not _SEARCHERS.isdisjoint(whole.split()))
    if name in _SEARCHERS:
        return any("uuid" in text.lower() for text in texts[1:]) and any(_varies(word) for word in words[2:])
    return name in {"echo", "printf"} and any(piece.kind == OUTPUT and "getuuid" in piece.text for word in words for piece in word)


def _varies(word: Word) -> bool:
    return any(piece.kind == VARIABLE for piece in word)


class Printer:
    """Collects what commands print, the names in it still as variables, until `named` tells them apart."""

    def __init__(self) -> None:
        self.asked: Asked | None = None
        self.others = self.unclear = False
        self._set: dict[str, list[Part]] = {}

    def parts(self, words: Sequence[Word], piped_to: Sequence[Word] = ()) -> list[Part]:
        """Return what a command prints, as far as that is known."""
        texts = [plain(word) for word in words]
        name = texts[0].rpartition("/")[2]
        if "=" in texts[0] and texts[0].partition("=")[0].isidentifier():
            return self._assigned(words)
        if name in SILENT:
            return []
        printed = self._printed(name, words, texts)
        if name in {"pushd", "popd"} or printed is None:
            self.others = True
            return [Part(OTHERS)]
        return _through(printed, [plain(word) for word in piped_to])

    def _printed(self, name: str, words: Sequence[Word], texts: Sequence[str]) -> list[Part] | None:
        printed: list[Part] | None
        if name == "echo":
            printed = self._echo(words)
        elif name == "printf":
            printed = self._printf(words)
        elif name == "vmkfstools" or (name in _SEARCHERS and asks(words)):
            printed = self._ask(words, texts)
        elif name in {"ls", "readlink", "realpath", "basename", "du"}:
            printed = self._of_file(name, words, texts)
        elif name == "find":
            printed = self._find(words, texts)
        elif name == "xargs":
            printed = self._xargs(words, texts)
        elif name in _SHELLS and len(words) > _SCRIPT and texts[1] == "-c":
            printed = self._script("".join(_BRACES if piece == Piece(VARIABLE, _BRACES) else piece.text for piece in words[_SCRIPT]))
        else:
            counted = words_of_output(" ".join(texts))
            printed = [Part(ANY, counted), Part(END)] if counted else None
        return printed

    def _assigned(self, words: Sequence[Word]) -> list[Part]:
        """Remember what a variable is set to; a command may stand behind, as in ``LANG=C ls``."""
        if len(words) > 1:
            return self.parts(words[1:])
        name, _, text = words[0][0].text.partition("=")
        self._set[name] = self._raw((Piece(TEXT, text), *words[0][1:]))
        return []

    def _raw(self, word: Word) -> list[Part]:
        """Return a word's pieces as parts, variables that the command line itself set replaced."""
        parts: list[Part] = []
        for piece in word:
            if piece.kind == VARIABLE and piece.text in self._set:
                parts += self._set[piece.text]
            elif piece.kind == PATTERN and piece.text not in {"[", "]", "{", "}", "[]", "{}", "~"}:
                parts.append(Part(ANY))
            elif piece.text:
                parts.append(Part(LITERAL if piece.kind in {TEXT, PATTERN} else piece.kind, piece.text))
        return joined(parts)

    def _echo(self, words: Sequence[Word]) -> list[Part]:
        rest, options = list(words[1:]), ""
        while rest and _ECHO_OPTION.fullmatch(plain(rest[0])) and len(rest[0]) == 1:
            options += plain(rest.pop(0))
        parts: list[Part] = []
        for index, word in enumerate(rest):
            parts += [Part(LITERAL, " ")] * bool(index) + self._raw(word)
        if "e" in options:
            parts = [part._replace(text=_unescaped(part.text)) if part.kind == LITERAL else part for part in parts]
        self._inside(parts)
        return parts if "n" in options else [*parts, Part(END)]

    def _inside(self, parts: Iterable[Part]) -> None:
        """Take note of what is asked inside of what is printed."""
        for part in parts:
            if part.kind == OUTPUT and "getuuid" in part.text:
                for turn in Commands(words_of(part.text)).turns:
                    if turn.name == "vmkfstools":
                        self._ask(turn.words, [plain(word) for word in turn.words])

    def _printf(self, words: Sequence[Word]) -> list[Part] | None:
        if len(words) < _SCRIPT:
            return None
        form, arguments = self._raw(words[1]), [self._raw(word) for word in words[2:]]
        parts: list[Part] = []
        for part in form:
            if part.kind != LITERAL:
                return None
            for index, text in enumerate(_PERCENT.split(_unescaped(part.text))):
                if index % 2 == 0:
                    parts.append(Part(LITERAL, text))
                elif text == "%":
                    parts.append(Part(LITERAL, "%"))
                elif not arguments:
                    return None
                else:
                    parts += arguments.pop(0)
        self._inside(parts)
        return parts if not arguments else None

    def _ask(self, words: Sequence[Word], texts: Sequence[str]) -> list[Part] | None:
        operands = [word for word in words[1:] if _varies(word)]
        if len(operands) != 1 or self.asked or "setuuid" in texts:
            self.unclear = True
            return None
        self.asked = Asked(operands[0])
        named = any(text.startswith("-") and "H" in text for text in texts[1:]) and texts[0] != "vmkfstools"
        return [*(self._raw(operands[0]) if named else []), *([Part(LITERAL, ":")] if named else []), Part(ANSWER), Part(END)]

    def _of_file(self, name: str, words: Sequence[Word], texts: Sequence[str]) -> list[Part] | None:
        """Return what a command prints of the one file that it names."""
        operands = [word for word in words[1:] if _varies(word)]
        if len(operands) != 1:
            return None
        options = "".join(text for text in texts[1:] if text.startswith("-"))
        raw = self._raw(operands[0])
        if name == "basename":
            return [Part(OUTPUT, f"basename {shown(operands[0])}"), Part(END)] if len(words) == _SCRIPT else None
        if name in {"readlink", "realpath"}:
            return [Part(FULL), Part(END)]
        return [*([Part(ANY)] if name == "du" or set(options) & set("lsihn") else []), *raw, Part(END)]

    def _find(self, words: Sequence[Word], texts: Sequence[str]) -> list[Part] | None:
        """Return what ``find`` prints of each file: where ``-print`` stands, and what it runs."""
        parts: list[Part] = []
        at = next((index for index, text in enumerate(texts) if index and text[:1] in {"-", "!", "("}), len(texts))
        before = self.asked
        self.asked = None
        started = words[1:at]
        while at < len(texts):
            option = texts[at]
            if option in {"-print", "-ls"}:
                parts += [*([Part(ANY)] if option == "-ls" else []), Part(VARIABLE, _BRACES), Part(END)]
            elif option in {"-exec", "-execdir", "-ok", "-okdir"}:
                stop = next((index for index in range(at, len(texts)) if texts[index] in {";", "+"}), 0)
                if not stop or texts[stop] == "+":
                    self.unclear = True
                    return None
                inner = [_braced(word) for word in words[at + 1 : stop]]
                made = self.parts(inner)
                parts += [Part(BASE) if option == "-execdir" and part.text == _BRACES else part for part in made]
                at = stop
            elif option in {"-printf", "-print0", "-o", "-delete"}:
                self.unclear = True
                return None
            at += 1
        asked: Asked | None = self.asked
        if asked:
            starts = [None if plain(word) == "." else path_pattern(word) for word in started] or [None]
            known = [one for one in starts if one is not None]
            value = re.compile(rf"(?:{'|'.join(known)})(?:/.*)?") if len(known) == len(starts) else None
            asked = asked._replace(repeats=True, value=value)
        self.asked = asked or before
        return parts

    def _xargs(self, words: Sequence[Word], texts: Sequence[str]) -> list[Part] | None:
        """Return what the command prints that ``xargs`` runs for each name; with ``-t`` it shows the command first."""
        at, shows, braces, one_each = 1, False, "", False
        while at < len(texts) and texts[at].startswith("-"):
            option = texts[at]
            shows = shows or option.lstrip("-") in {"t", "verbose"} or bool(_XARGS_FLAGS.fullmatch(option))
            joined = _XARGS_VALUE.match(option)
            if joined:
                value = joined[2] or (texts[at + 1] if at + 1 < len(texts) else "")
                at += not joined[2]
                one_each = one_each or (joined[1] in "nL" and value == "1") or joined[1] == "I"
                braces = value if joined[1] == "I" else braces
                if joined[1] == "P" and value != "1":
                    self.unclear = True
                    return None
            at += 1
        inner = [_braced(word, braces) for word in words[at:]] if braces else [*words[at:], (Piece(VARIABLE, _BRACES),)]
        if not one_each or len(inner) < 2:  # noqa: PLR2004 -- a command and a name
            self.unclear = True
            return None
        shown: list[Part] = []
        for index, word in enumerate(inner if shows else ()):
            shown += [Part(LITERAL, " ")] * bool(index) + self._raw(word)
        made = self.parts(inner)
        if self.asked:
            self.asked = self.asked._replace(repeats=True)
        return [*shown, Part(END), *made] if shows else made

    def _script(self, text: str) -> list[Part] | None:
        """Return what a script prints that a shell is given with ``-c``."""
        commands = Commands(words_of(text))
        if (
            commands.unclear
            or commands.moves
            or any(turn.loop or turn.alternative or turn.in_front in {"|", "||"} for turn in commands.turns)
        ):
            self.unclear = True
            return None
        return [part for turn in commands.turns for part in self.parts([_braced(word) for word in turn.words])]

    def named(self, parts: Sequence[Part]) -> list[Part]:
        """Tell which of the variables in what is printed are the name that is asked about."""
        return named(parts, self._raw(self.asked.operand), self.asked.operand) if self.asked else list(parts)


# sh -c 'SCRIPT'        printf FORMAT NAME
_SCRIPT = 2
_ECHO_OPTION = re.compile(r"-[neE]{1,3}")
# %s        %-40s        %%        (the group is what the percent sign asks for)
_PERCENT = re.compile(r"%(?:[-0-9.]{0,8})([sbqdi%])")
# -t        -0t        -tn1
_XARGS_FLAGS = re.compile(r"-[0rpx]{0,4}t[0rpx]{0,4}(?:[nLIPdsEa].{0,200})?")
# -n1        -n 1        -I{}        -L 1        -tn1
_XARGS_VALUE = re.compile(r"-[0rtpx]{0,5}([nLIPdsEa])(.*)$")


def _unescaped(text: str) -> str:
    return text.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "")


def _braced(word: Word, braces: str = _BRACES) -> Word:
    """Take the sign that stands for the name as a variable."""
    found: list[Piece] = []
    for piece in word:
        texts = piece.text.split(braces) if piece.kind in {TEXT, PATTERN} else [piece.text]
        for index, text in enumerate(texts):
            found += [Piece(VARIABLE, _BRACES)] * bool(index) + ([Piece(piece.kind, text)] if text or len(texts) == 1 else [])
    return tuple(found)


def _through(parts: list[Part], texts: Sequence[str]) -> list[Part]:
    """Return what is left of what a command prints behind a pipe."""
    name = texts[0].rpartition("/")[2] if texts else ""
    if name in {"", "tee", "cat", "while", "xargs"}:
        return parts
    if name == "tr":
        return [part for part in parts if part.kind != END] if any("\\n" in text for text in texts[1:]) else parts
    if any(part.kind == ANSWER for part in parts):
        return [Part(ANY), Part(ANSWER), Part(ANY), Part(END)] if name == "sed" else parts
    return [Part(ANY), Part(END)]
