r"""What a loop that asks for UUIDs prints in each turn, read off its command: which text is its own, and where the file's name stands.

    for f in */*.vmdk; do echo "Checking $f"; vmkfstools -J getuuid "$f"; done        Checking NAME, ANSWER
    find . -name '*.vmdk' -print -exec vmkfstools -J getuuid {} \;                    NAME, ANSWER
    ls *.vmdk | xargs -t -n1 vmkfstools -J getuuid                                   vmkfstools -J getuuid NAME, ANSWER

Nothing is concluded from a loop that branches, or that sorts what it printed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from reconcile.transcript.loops.commands import Commands
from reconcile.transcript.loops.printed_lines import Line, lines_of
from reconcile.transcript.loops.prints import OTHERS, SILENT, Printer, asks
from reconcile.transcript.shell_words import PATTERN, TEXT, VARIABLE, straight, words_of

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from reconcile.transcript.loops.commands import Turn
    from reconcile.transcript.loops.printed_lines import Part
    from reconcile.transcript.shell_words import Word


class Loop(NamedTuple):
    """What one turn prints, line by line, one of them with the answer.

    `others` says that commands print there of which nobody knows what; `moves` that the loop goes to other directories, so that a name
    is relative to one that is not known. `around` are lines printed outside of the turns. `value` is a pattern of what the loop's
    variable may hold, None where that is not known; `operand` is what is asked about, with that variable in it.
    """

    lines: tuple[Line, ...]
    others: bool
    moves: bool
    around: tuple[Line, ...]
    value: re.Pattern[str] | None
    operand: Word

    @property
    def ask(self) -> int:
        """Which of the lines the answer stands on."""
        return next(index for index, line in enumerate(self.lines) if line.answer is not None)

    def name_of(self, value: str) -> str:
        """Return the name that is asked about where the loop's variable holds a value."""
        return "".join(piece.text if piece.kind in {TEXT, PATTERN} else value for piece in self.operand)

    def may_hold(self, value: str) -> bool:
        """Tell whether the loop's variable may hold a value, as far as the command says what it goes over. A whole path says itself where it is."""
        if self.value is None or self.value.fullmatch(value) or self.value.fullmatch(value.removeprefix("./")):
            return True
        return value.startswith("/vmfs/volumes/") and not self.value.pattern.removeprefix("(?:").startswith("/")


@lru_cache(maxsize=1024)
def loop_of(text: str) -> Loop | None:
    """Read a command line; None where it is no loop that asks, or nothing can be concluded from it."""
    try:
        commands = Commands(words_of(straight(text)))
        return None if commands.unclear else _read(commands)
    except (ValueError, RecursionError):
        return None


def _read(commands: Commands) -> Loop | None:
    turns = commands.turns
    asking = [index for index, turn in enumerate(turns) if asks(turn.words)]
    if len(asking) != 1:
        return None
    own = turns[asking[0]]
    printer = Printer()
    body: list[Part] = []
    around: list[Part] = []
    for index, turn in enumerate(turns):
        is_inside = turn.loop == own.loop if own.loop else turn is own
        if not _is_followed(turns, index, own):
            return None
        if (turn.in_front == "|" and turn is not own) or _feeds(turns, index):
            continue
        known = printer.others
        behind = turns[index + 1] if index + 1 < len(turns) and turn.behind == "|" else None
        parts = [part for part in printer.parts(turn.words, behind.words if behind else ()) if part.kind != OTHERS]
        if is_inside:
            body += parts
        else:
            around += parts
            printer.others = known
    asked = printer.asked
    if asked is None or printer.unclear or not (own.loop or asked.repeats):
        return None
    lines = tuple(lines_of(printer.named(body)))
    if sum(line.answer is not None for line in lines) != 1:
        return None
    is_variable = len(asked.operand) == 1 and asked.operand[0].kind == VARIABLE
    value = asked.value or (commands.values.get(asked.operand[0].text) if is_variable else None)
    return Loop(lines, printer.others, commands.moves, tuple(lines_of(printer.named(around))), value, asked.operand)


# Behind a pipe these leave what was printed, in its order.
_LEAVE = frozenset({"tee", "cat", "more", "less", "while", "xargs"})
# Of one answer these leave less, or the same in other clothes.
_DRESS = frozenset({"awk", "cut", "grep", "egrep", "tr", "sed", "head", "tail"})


def _is_followed(turns: Sequence[Turn], index: int, own: Turn) -> bool:
    """Tell whether what a command prints stands where the loop's own order puts it."""
    turn = turns[index]
    if own.loop and turn.loop == own.loop and (turn.alternative or (turn.in_front == "||" and turn.name not in SILENT)):
        # Printed in some turns and not in others.
        return False
    if turn.in_front != "|" or turn is own or turn.name in _LEAVE:
        return True
    return turn.name in _DRESS and turn.loop == own.loop and turn.loop > 0


def _feeds(turns: Sequence[Turn], index: int) -> bool:
    """Tell whether a command prints into a pipe what a loop or ``xargs`` takes its names from."""
    behind = turns[index + 1] if index + 1 < len(turns) and turns[index].behind == "|" else None
    return behind is not None and behind.name in {"while", "xargs"}
