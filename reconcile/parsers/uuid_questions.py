"""Commands that ask for one disk's UUID: which line is one, and which file it asks about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.transcript.asked_machine import without_login
from reconcile.transcript.loops.commands import Commands
from reconcile.transcript.shell_words import literal, plain, straight, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence


_OPTIONS_WITH_VALUE = frozenset({"-J", "--objectuuid", "-v", "--verbose", "-d", "-W"})


def is_question(line: str) -> bool:
    """Tell whether a line is a command that asks for one file's UUID, with no prompt in front: typed ahead, or a trace."""
    return line.startswith("vmkfstools ") and " getuuid " in line and ".vmdk" in line


def operand_of(text: str) -> str:
    """Return the one file that a command line asks about, or ``""`` where it is not plain which. What stands between quotes is no pattern."""
    try:
        turns = [turn for turn in Commands(words_of(straight(text))).turns if turn.name == "vmkfstools"]
    except ValueError:
        return ""
    if len(turns) != 1:
        return ""
    names = operands([plain(word) for word in turns[0].words])
    words = [word for word in turns[0].words[1:] if plain(word) in names or literal(word) is None]
    return (literal(words[0]) or "") if len(words) == len(names) == 1 else ""


def operands(words: Sequence[str]) -> list[str]:
    """Return the words of a ``vmkfstools`` command that are neither the command, nor options, nor their values."""
    operands: list[str] = []
    skip = False
    for word in without_login(words)[1:]:
        if skip:
            skip = False
        elif word in _OPTIONS_WITH_VALUE:
            skip = True
        elif not word.startswith("-"):
            operands.append(word)
    return operands
