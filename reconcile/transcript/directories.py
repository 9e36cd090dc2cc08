"""Where a shell stands, as far as its commands tell: followed through ``cd`` only where it is certain that the shell ran it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.transcript.chatter import is_chatter
from reconcile.transcript.command_lines import is_silent
from reconcile.transcript.typed_paths import changed_directory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.transcript.command_lines import Command, Simple

_MOVES = frozenset({"cd", "pushd", "popd"})
# ( cd db01; ls )        { cd db01; ls; }
_GROUP = re.compile(r"(?:^|[;&|]\s{0,8}|\bdo\s{1,8}|\bthen\s{1,8})[({]")
# cd ../db02 2>/dev/null        cd ../db02 &>/dev/null -- but what it says goes where the rest goes: cd ../db02 2>&1
_SILENCED = re.compile(r"\bcd\b[^;|&]{0,4000}(?:2>(?!\s*&1)|&>|>&)")
# find . -execdir ls {} \;        basename $f        ${f##*/} -- what such a command prints is relative to where the shell does not stand
_ELSEWHERE = re.compile(r"-(?:exec|ok)dir\b|\bbasename\b|\$\{[A-Za-z_]{1,40}##\*/\}|-printf\b.{0,20}%f")
# -sh: cd: can't cd to vm 1: No such file or directory        bash: cd: vm: No such file or directory
_REFUSED = re.compile(r"(?:can't cd|No such file|[Nn]ot a directory|[Pp]ermission denied|too many arguments)")
_OF_CD = re.compile(r"\bcd\b")
# cd ../db02        ls | grep -q db && cd ../db02        (cd ../db02; ls)
_MOVE = re.compile(r"(?:^|[\s;&|(])(?:cd|pushd|popd)(?:\s|$)")
# cd /vmfs/volumes/datastore1/db01
_PLAIN_MOVE = re.compile(r"\s*cd\s+[^\s;&|()]+\s*$")
# Such a command may have moved the shell, or begun another one.
_MAY_MOVE = re.compile(
    r"(?:^|[\s;&|(])(?:cd|pushd|popd|source|\.|exit|logout|su|bash|ash|ksh|zsh|csh|login|rlogin|telnet|chroot|ssh)(?:[\s;)]|$)"
)


def stands_in(command: Command, cwd: str) -> str:
    """Return the directory in which a line's printing command runs, where the line begins in `cwd`; ``""`` where that is not certain."""
    if command.loop and _ELSEWHERE.search(command.text):
        return ""
    moves = [simple for simple in command.simples if simple.name in _MOVES]
    if not moves or not command.prints:
        return cwd
    if command.loop or command.unclear or _is_unsaid(command.text):
        return ""
    at = cwd
    for index, simple in enumerate(command.simples):
        if simple.name in _MOVES:
            at = _moved(at, simple, command.simples[index - 1] if index else None)
        elif not is_silent(simple):
            # Of a line that prints before and behind a cd, nothing tells which lines were printed where.
            is_unsure = simple.behind == "||" or any(other.name in _MOVES for other in command.simples[index:])
            return "" if is_unsure else at
    return at


def went_to(command: Command, cwd: str, lines: Sequence[str]) -> str:
    """Return where a shell stands behind a line that began in `cwd` and printed `lines`; ``""`` where that is not certain."""
    moves = [simple for simple in command.simples if simple.name in _MOVES]
    if not moves or command.target:
        return cwd
    if command.elsewhere or command.loop or command.unclear or _is_unsaid(command.text) or command.text.rstrip().endswith("&"):
        return ""
    refused = [line for line in lines if _REFUSED.search(line)]
    says = [line for line in lines if line.strip() and not is_chatter(line)]
    if not command.prints and says:
        # cd says nothing but why it did not go.
        return cwd if len(moves) == 1 and refused == says else ""
    if refused:
        of_cd = [line for line in refused if _OF_CD.search(line)]
        return cwd if len(moves) == 1 == len(of_cd) and len(refused) == 1 else ""
    at = cwd
    for index, simple in enumerate(command.simples):
        if simple.name in _MOVES:
            at = _moved(at, simple, command.simples[index - 1] if index else None)
    return at


def _is_unsaid(text: str) -> bool:
    """Tell whether a line's ``cd`` may have run in a shell of its own, or failed without a word."""
    return bool(_GROUP.search(text) or _SILENCED.search(text))


def has_moved(command: Command, lines: Sequence[str]) -> bool:
    """Tell whether a line's one business was to move its shell, and nothing was said against it."""
    return (
        any(simple.name in _MOVES for simple in command.simples) and not command.target and not any(_REFUSED.search(line) for line in lines)
    )


def _moved(cwd: str, simple: Simple, before: Simple | None) -> str:
    """Return where one ``cd`` of a line leads, ``""`` where the shell may not have run it."""
    certain = simple.behind in {"", ";"} or (
        simple.behind == "&&" and before is not None and before.name == "cd" and before.behind in {"", ";", "&&"}
    )
    return changed_directory(cwd, simple.words) if certain and simple.name == "cd" and not simple.piped else ""


def moves(text: str) -> bool:
    """Tell whether a command line has a word that moves the shell to another directory."""
    return bool(_MOVE.search(text))


def is_plain_move(text: str) -> bool:
    """Tell whether a command line does nothing else than to move the shell."""
    return bool(_PLAIN_MOVE.match(text))


def may_move(text: str) -> bool:
    """Tell whether a line that may be a command may have moved its shell."""
    return bool(_MAY_MOVE.search(text))
