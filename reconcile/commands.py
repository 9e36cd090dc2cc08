"""What a typed command line runs, and where ``cd`` leads.

Only as much of the shell as captures need: words, quotes, pipes, lists and the loops in which people call ``vmkfstools``.
A line that a shell would not take as it stands is `unclear`: nothing is concluded from its words.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from typing import NamedTuple

_SEPARATORS = frozenset({";", "&&", "||", "&", ";;"})
_REDIRECTIONS = frozenset({">", ">>", "<", ">&", "&>", ">|", "2>"})
_WRAPPERS = frozenset({"busybox", "command", "env", "exec", "nohup", "time"})
_KEYWORDS = frozenset({"do", "then", "else", "!", "{", "("})
_SUDO_OPTIONS_WITH_VALUE = frozenset({"-u", "-g", "-h", "-p", "-C", "-T", "-U", "-D", "-R"})
_SSH_OPTIONS_WITH_VALUE = frozenset("-b -c -D -e -F -i -I -J -L -l -m -o -O -p -Q -R -S -w -W".split())
_LOOPS = frozenset({"for", "while", "until"})
_FIND_RUNS = frozenset({"-exec", "-execdir", "-ok", "-okdir"})
_UNEXPANDED = frozenset("*?[]{}$`")
# What makes a shell do more with a line than cut it at its blanks.
_SPECIAL = re.compile(r"[;&|<>'\"\\]")


class Simple(NamedTuple):
    """One command: its words, and the program's name without its folder.

    `piped` when its output went through another command, which may have dropped lines.
    """

    words: tuple[str, ...]
    piped: bool
    name: str


class Command(NamedTuple):
    """A command line: its text as typed, its commands in order, and over ``ssh`` the machine that it ran on."""

    text: str
    simples: tuple[Simple, ...]
    loop: bool
    unclear: bool
    target: str

    def only(self) -> Simple | None:
        """Return the one command that prints, if there is just one, all others being ``cd`` and the like."""
        printing = self._printing()
        return printing[0] if len(printing) == 1 and not self.loop and not self.unclear else None

    @property
    def prints(self) -> bool:
        """Whether any of its commands prints: ``cd`` and the like do not."""
        return bool(self._printing())

    def _printing(self) -> list[Simple]:
        return [simple for simple in self.simples if simple.name not in _SILENT]


_SILENT = frozenset({"cd", "export", "set", "unset", "clear", "sleep", "true", ":", "umask", "alias", "pushd", "popd", ""})
NOTHING = Command("", (), loop=False, unclear=False, target="")


def parse_command(text: str) -> Command:
    """Read a command line as typed behind a prompt."""
    text = text.strip()
    if not text:
        return NOTHING
    try:
        words = _words(_without_comment(text))
    except ValueError:
        return Command(text, (_simple(text.split(), piped=False),), loop=False, unclear=True, target="")
    simples = tuple(_simples(words))
    if simples and simples[0].name == "ssh":
        target, inner = _over_ssh(simples[0].words)
        return parse_command(inner)._replace(text=text, target=target)
    loop = any(
        simple.name in _LOOPS or (simple.name == "find" and (simple.piped or not _FIND_RUNS.isdisjoint(simple.words))) for simple in simples
    )
    return Command(text, simples, loop=loop, unclear=False, target="")


def _without_comment(text: str) -> str:
    """Cut off what the shell does not read: from a ``#`` that stands first in a word to the end."""
    if "#" not in text:
        return text
    quote = ""
    before = " "
    for at, character in enumerate(text):
        if character == "#" and not quote and before.isspace():
            return text[:at]
        if character in "'\"" and before != "\\" and quote in {"", character}:
            quote = "" if quote else character
        before = character
    return text


def _words(text: str) -> list[str]:
    if not _SPECIAL.search(text):
        return text.split()
    lexer = shlex.shlex(text, posix=True, punctuation_chars=";&|<>")
    lexer.whitespace_split = True
    lexer.commenters = ""
    return list(lexer)


def _simples(words: list[str]) -> list[Simple]:
    """Cut words into commands. Of a pipe only the first counts: what its end prints are the first one's lines, or fewer."""
    found: list[Simple] = []
    current: list[str] = []
    behind_pipe = False
    for word in [*words, ";"]:
        is_pipe = word in {"|", "|&"}
        if not is_pipe and word not in _SEPARATORS:
            current.append(word)
            continue
        unwrapped = _unwrapped(current)
        if unwrapped and not behind_pipe:
            found.append(_simple(unwrapped, piped=is_pipe))
        behind_pipe = is_pipe
        current = []
    return found


def _simple(words: list[str], *, piped: bool) -> Simple:
    return Simple(tuple(words), piped, words[0].rpartition("/")[2])


def _unwrapped(words: list[str]) -> list[str]:
    """Take away ``sudo``, ``busybox``, variable settings and redirections."""
    words = _without_redirections(words)
    while words:
        name = posixpath.basename(words[0])
        sets_variable = name.partition("=")[0].isidentifier() and "=" in name
        if name in {"sudo", "doas"}:
            words = _after_sudo(words[1:])
        elif name in _KEYWORDS or (len(words) > 1 and (sets_variable or name in _WRAPPERS)):
            words = words[1:]
        else:
            break
    return words


def _after_sudo(words: list[str]) -> list[str]:
    while words and words[0].startswith("-"):
        takes = words[0] in _SUDO_OPTIONS_WITH_VALUE
        words = words[2:] if takes else words[1:]
    return words


def _without_redirections(words: list[str]) -> list[str]:
    kept: list[str] = []
    skip = False
    for index, word in enumerate(words):
        if skip:
            skip = False
        elif word in _REDIRECTIONS:
            skip = True
            if kept and kept[-1] in {"1", "2"}:
                kept.pop()
        elif word != "&" or index:
            kept.append(word)
    return kept


def _over_ssh(words: tuple[str, ...]) -> tuple[str, str]:
    rest = list(words[1:])
    while rest and rest[0].startswith("-"):
        takes = rest[0] in _SSH_OPTIONS_WITH_VALUE
        rest = rest[2:] if takes else rest[1:]
    if not rest:
        return "", ""
    target = rest[0].rpartition("@")[2]
    return target, " ".join(rest[1:])


def is_literal(path: str) -> bool:
    """Tell whether a path is a name as it stands, with nothing in it that a shell expands."""
    return bool(path) and not _UNEXPANDED.intersection(path) and not path.startswith("~")


def resolve(cwd: str, path: str) -> str:
    """Join a path to a working directory; the answer is absolute, or relative where the directory's place is unknown."""
    joined = path if path.startswith("/") or not cwd or cwd.startswith("~") else posixpath.join(cwd, path)
    joined = posixpath.normpath(joined) if joined else ""
    if joined.startswith("//"):
        joined = joined[1:]
    return "" if joined == "." else joined


def changed_directory(cwd: str, words: tuple[str, ...]) -> str:
    """Return the working directory after ``cd``; ``""`` where it cannot be told."""
    operands = [word for word in words[1:] if not (word.startswith("-") and len(word) > 1)]
    if not operands:
        return "~"
    if len(operands) > 1 or operands[0] == "-" or not is_literal(operands[0]):
        return ""
    went = resolve(cwd, operands[0])
    return "" if went.startswith("..") else went
