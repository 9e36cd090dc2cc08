"""What a typed command line runs, and where ``cd`` leads.

Only as much of the shell as captures need: words, quotes, pipes, lists and the loops in which people call ``vmkfstools``.
A line that a shell would not take as it stands is `unclear`: nothing is concluded from its words.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts import strengths
from reconcile.transcript.asked_machine import (  # fmt: skip
    CARRIERS,
    ELSEWHERE,
    HERE,
    MAY_CARRY,
    Asked,
    asked_by,
    asked_by_powershell,
    asked_by_variable,
    is_itself,
    is_local,
    is_machine_name,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_SEPARATORS = frozenset({";", "&&", "||", "&", ";;"})
_REDIRECTIONS = frozenset({">", ">>", "<", ">&", "&>", ">|", "2>"})
_WRAPPERS = frozenset({"busybox", "command", "env", "exec", "nohup", "setsid", "time", "unbuffer"})
# Wrappers with options of their own, and how many words stand between these and the command.
_WRAPPERS_WITH_OPTIONS = {"timeout": 1, "nice": 0, "ionice": 0, "stdbuf": 0, "sshpass": 0}
_WRAPPER_OPTIONS_WITH_VALUE = frozenset({"-s", "-k", "-n", "-c", "-i", "-o", "-e", "-p", "-f"})
_KEYWORDS = frozenset({"do", "then", "else", "!", "{", "("})
_SUDO_OPTIONS_WITH_VALUE = frozenset({"-u", "-g", "-h", "-p", "-C", "-T", "-U", "-D", "-R"})
_SHELLS = frozenset("sh bash ash dash ksh zsh".split())
_LOOPS = frozenset({"for", "while", "until"})
_FIND_RUNS = frozenset({"-exec", "-execdir", "-ok", "-okdir"})
# What makes a shell do more with a line than cut it at its blanks.
_SPECIAL = re.compile(r"[;&|<>'\"\\]")


class Simple(NamedTuple):
    """One command: its words, and the program's name without its folder.

    `piped` when its output went through another command, which may have dropped lines. `behind` is the operator in front of it.
    """

    words: tuple[str, ...]
    piped: bool
    name: str
    behind: str = ""


class Command(NamedTuple):
    """A command line: its text as typed, its commands in order, and the machine that it asked, where it names one.

    `asked_by` says how it named it. `elsewhere` marks a line that did not ask the machine where it was typed, or not that alone, and
    does not tell which answer is whose.
    """

    text: str
    simples: tuple[Simple, ...]
    loop: bool
    unclear: bool
    target: str
    asked_by: str = ""
    elsewhere: bool = False

    def only(self) -> Simple | None:
        """Return the one command that prints, if there is just one, all others being ``cd`` and the like."""
        printing = self._printing()
        return printing[0] if len(printing) == 1 and not self.loop and not self.unclear else None

    @property
    def prints(self) -> bool:
        """Whether any of its commands prints: ``cd`` and the like do not."""
        return bool(self._printing())

    def _printing(self) -> list[Simple]:
        return [simple for simple in self.simples if not is_silent(simple)]


_SILENT = frozenset({"cd", "export", "set", "unset", "clear", "sleep", "true", ":", "umask", "alias", "pushd", "popd", ""})
# What such a command prints, if anything, is nobody's answer.
_SAYS_NOTHING = _SILENT | {"echo", "printf"}


def is_silent(simple: Simple) -> bool:
    """Tell whether a command prints nothing, as ``cd`` does."""
    return simple.name in _SILENT


NOTHING = Command("", (), loop=False, unclear=False, target="")


def parse_command(text: str) -> Command:
    """Read a command line as typed behind a prompt."""
    text = text.strip()
    if not text:
        return NOTHING
    try:
        words = _words(_without_comment(text))
    except ValueError:
        elsewhere = bool(MAY_CARRY.search(text))
        return Command(text, (_simple(text.split(), piped=False),), loop=False, unclear=True, target="", elsewhere=elsewhere)
    stages = _stages(words)
    carried = _carried(text, stages)
    if carried:
        return carried
    simples = tuple(simple for simple, is_first in stages if is_first)
    loop = any(
        simple.name in _LOOPS or (simple.name == "find" and (simple.piped or not _FIND_RUNS.isdisjoint(simple.words))) for simple in simples
    )
    asked = asked_by_powershell(text)
    if asked == HERE:
        asked = _asked_by_all(text, stages)
    elsewhere = asked.named_by == strengths.NOBODY
    return Command(
        text, simples, loop, unclear=False, target=asked.machine, asked_by=asked.named_by if asked.machine else "", elsewhere=elsewhere
    )


# What a simple command has not, which asks nobody but by its own options.
_MAY_ASK_MORE = re.compile(r"[=`]|[$<]\(")
# VI_SERVER=esx01 esxcli storage filesystem list        echo $(ssh db01 hostname)
_SETTING = re.compile(r"(?:^|[;&|]\s{0,8}|\b(?:sudo|env|export) {1,8})([A-Z_]{1,40}=\S{1,300})(?=\s)")
_SUBSTITUTED = re.compile(r"(?:\$\(|`|<\()\s{0,8}(?:sudo\s{1,8})?([A-Za-z0-9_./-]{1,80})")


def _carried(text: str, stages: Sequence[tuple[Simple, bool]]) -> Command | None:
    """Return the command that ``ssh`` and the like carried to one machine, where all of the line did that; what else the line runs prints nothing."""
    carriers = [(simple, is_first) for simple, is_first in stages if simple.name in CARRIERS]
    if not carriers:
        return None
    carried = [_over(simple) for simple, _ in carriers]
    if not any(target for target, _ in carried):
        return NOTHING._replace(text=text)
    others = [simple for simple, is_first in stages if simple.name not in CARRIERS and (is_first or not _is_local(simple))]
    inner = parse_command("; ".join(command for _, command in carried))
    target = _one_target({target.casefold(): target for target, _ in reversed(carried)}, inner, len(carriers))
    if (
        not target
        or inner.elsewhere
        or not all(is_first for _, is_first in carriers)
        or not all(simple.name in _SAYS_NOTHING for simple in others)
    ):
        simples = tuple(simple for simple, is_first in stages if is_first)
        return Command(text, simples, loop=any(simple.name in _LOOPS for simple in simples), unclear=False, target="", elsewhere=True)
    piped = any(simple.piped for simple, _ in carriers)
    simples = tuple(simple._replace(piped=simple.piped or piped) for simple in inner.simples)
    return inner._replace(text=text, simples=simples, target=target, asked_by=inner.asked_by or strengths.SSH)


def _one_target(targets: dict[str, str], inner: Command, carriers: int) -> str:
    """Return the one machine that a line is carried to, the innermost of them, or ``""``."""
    if len(targets) > 1 or (inner.target and carriers > 1):
        return ""
    target = inner.target or next(iter(targets.values()))
    return target if is_machine_name(target) and not is_itself(target) else ""


def _asked_by_all(text: str, stages: Sequence[tuple[Simple, bool]]) -> Asked:
    """Return whom all commands of a line together ask: none but the machine where they are typed, the one that they name, or nobody knows."""
    if len(stages) == 1 and not _MAY_ASK_MORE.search(text):
        return asked_by(stages[0][0].words)
    if len(stages) > 1 and not all(_is_local(simple) for simple, _ in stages):
        return ELSEWHERE
    if any(not _is_local(_simple([name], piped=False)) for name in _SUBSTITUTED.findall(text)):
        return ELSEWHERE
    set_for = {asked_by_variable(found[1]) for found in _SETTING.finditer(text)} - {HERE}
    asked = {asked_by(simple.words) for simple, is_first in stages if is_first and simple.name not in _SAYS_NOTHING}
    asked |= {one for simple, is_first in stages if not is_first and (one := asked_by(simple.words)) != HERE}
    if set_for:
        asked = set_for if asked == {HERE} and sum(is_first for _, is_first in stages) == 1 else {ELSEWHERE}
    if asked == {HERE} or not asked:
        return HERE
    return asked.pop() if len(asked) == 1 else ELSEWHERE


def _is_local(simple: Simple) -> bool:
    """Tell whether a command is known to ask the machine that it runs on, and those that it starts too."""
    name, words = simple.name, list(simple.words)
    if name == "xargs":
        return _starts_local(_behind_options(words[1:], _XARGS_OPTIONS_WITH_VALUE) or ["echo"])
    if name in _SHELLS:
        return "-c" in words and words.index("-c") + 1 < len(words) and _asks_here(words[words.index("-c") + 1])
    if name == "find":
        started = [words[at + 1 :] for at, word in enumerate(words) if word in _FIND_RUNS]
        return all(map(_starts_local, started))
    if name in _CONDITIONS:
        return _starts_local(words[1:])
    bare = words[0].lstrip("(").rstrip(")").rpartition("/")[2]
    if bare.startswith("$"):
        # $disks = Get-Disk, and so on; in other shells a variable may hold any command.
        return len(words) == 1 or words[1] == "="
    return not bare or is_local(bare) or (bare.partition("=")[0].isidentifier() and "=" in bare)


_CONDITIONS = frozenset({"if", "elif", "while", "until"})
_XARGS_OPTIONS_WITH_VALUE = frozenset({"-n", "-I", "-i", "-L", "-l", "-P", "-d", "-s", "-E", "-e", "-a"})


def _starts_local(words: Sequence[str]) -> bool:
    started = _unwrapped(list(words))
    return not started or _is_local(_simple(started, piped=False))


def _asks_here(text: str) -> bool:
    command = parse_command(text)
    return not command.elsewhere and not command.target and all(map(_is_local, command.simples))


def _behind_options(words: list[str], with_value: frozenset[str]) -> list[str]:
    while words and words[0].startswith("-"):
        takes = words[0] in with_value or bool(_FLAGS_AND_ONE.match(words[0]) and f"-{words[0][-1]}" in with_value)
        words = words[2:] if takes else words[1:]
    return words


# -tt        -tp 22: flags of ssh, the last of which may take a value
_FLAGS_AND_ONE = re.compile(r"-[46AaCfGgKkMNnqTtvXxYy]{1,10}[A-Za-z]$")


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


def _stages(words: list[str]) -> list[tuple[Simple, bool]]:
    """Cut words into commands, each with whether it is the first of its pipe: what a pipe's end prints are the first one's lines, or fewer."""
    found: list[tuple[Simple, bool]] = []
    current: list[str] = []
    behind_pipe = False
    behind = ""
    for word in [*words, ";"]:
        is_pipe = word in {"|", "|&"}
        if not is_pipe and word not in _SEPARATORS:
            current.append(word)
            continue
        unwrapped = _unwrapped(current)
        if unwrapped:
            found.append((_simple(unwrapped, piped=is_pipe, behind="|" if behind_pipe else behind), not behind_pipe))
        behind_pipe = is_pipe
        behind = word
        current = []
    return found


def _simple(words: list[str], *, piped: bool, behind: str = "") -> Simple:
    return Simple(tuple(words), piped, words[0].rpartition("/")[2], behind)


def _unwrapped(words: list[str]) -> list[str]:
    """Take away ``sudo``, ``busybox``, variable settings and redirections."""
    words = _without_redirections(words)
    while words:
        name = posixpath.basename(words[0])
        sets_variable = name.partition("=")[0].isidentifier() and "=" in name
        if name in {"sudo", "doas"}:
            words = _after_sudo(words[1:])
        elif name in _WRAPPERS_WITH_OPTIONS and len(words) > 1:
            words = _behind_options(words[1:], _WRAPPER_OPTIONS_WITH_VALUE)[_WRAPPERS_WITH_OPTIONS[name] :]
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


def _over(simple: Simple) -> tuple[str, str]:
    """Return the machine that ``ssh`` or the like names, and the command line that it carries there."""
    with_value = CARRIERS[simple.name]
    rest = _behind_options(list(simple.words[1:]), with_value)
    if not rest:
        return "", ""
    target = rest[0].removeprefix("ssh://").rpartition("@")[2]
    carried = _behind_options(rest[1:], with_value)
    return target, " ".join(carried)


def pipe_ends(text: str) -> list[tuple[str, ...]]:
    """Return the commands that others' output goes through; none where the line cannot be cut up.

    >>> pipe_ends("ndctl list -D | grep nmem1; df | tee df.txt")
    [('grep', 'nmem1'), ('tee', 'df.txt')]
    """
    try:
        words = _words(_without_comment(text))
    except ValueError:
        return []
    found: list[tuple[str, ...]] = []
    current: list[str] = []
    behind_pipe = False
    for word in [*words, ";"]:
        if word not in _SEPARATORS and word not in {"|", "|&"}:
            current.append(word)
            continue
        if behind_pipe:
            found.append(tuple(_unwrapped(current)))
        behind_pipe = word in {"|", "|&"}
        current = []
    return found
