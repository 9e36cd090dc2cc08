"""A loop's names and answers: which name is which answer's, where the command says so and what was printed agrees.

Question and answer must count up. Where a name too many stands in front and an answer too many behind, neighbours changed places, or were
typed ahead, and every one between them may be another's: none is believed then, and each says why.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from reconcile.transcript.failures import FAILED_TO_OPEN, is_failure
from reconcile.transcript.loops.loop import loop_of
from reconcile.transcript.loops.printed_lines import BASE, FULL, LITERAL, NAME, VALUE, name_in
from reconcile.transcript.loops.uuid_lines import answer_on, is_command_line, name_shown, said_by, unquoted, whole_path, without_remark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.transcript.loops.loop import Loop
    from reconcile.transcript.loops.printed_lines import Part

NAMED, ANSWERED, FAILED, OWN, OTHER, BLANK = "name", "uuid", "error", "own", "other", "blank"
BEFORE, BEHIND = "before", "behind"


class Event(NamedTuple):
    """A line: what kind it is, the name on it and on which side of its answer that stands, the UUID, the error.

    `is_placed` says that the name is as it was handed to the command; of others the directory is not known. `words` are those in which the
    name stands where nobody knows where it begins.
    """

    line: int
    kind: str
    name: str = ""
    side: str = ""
    uuid: str = ""
    error: str = ""
    is_placed: bool = True
    is_heading: bool = False
    words: str = ""


class Pairing(NamedTuple):
    """Which line's name goes with which line's answer, the names that nothing answers, and why none is believed, if so."""

    names: dict[int, Event]
    unanswered: tuple[Event, ...]
    doubt: str


# What `Unpaired` says.
DO_NOT_COUNT = (
    "names and answers do not count up: a name has no answer, and another one too many, so that neighbours may have changed places"
)
CONTRADICTED = "what was printed does not fit the order in which the command prints name and answer"
NO_COMMAND = "no command shows on which side of its answer a name stands"
TWICE = "two files of this name answered, and their folders are not known"


def events_of_loop(loop: Loop, lines: Sequence[tuple[int, str]]) -> list[Event]:
    """Tell what each line is that a loop printed whose command is known."""
    reader = _LoopReader(loop)
    return [reader.event(number, line) for number, line in lines]


def prints(text: str, line: str) -> bool:
    """Tell whether a command line is a loop that asks for UUIDs, and prints such a line of its own in each turn, or around these."""
    reader = _reader_of(text)
    if reader and is_command_line(line) and not reader.shows_commands:
        return False
    event = reader.event(0, line) if reader else None
    return event is not None and (event.kind in {NAMED, OWN} or (event.kind == ANSWERED and bool(event.name)))


@lru_cache(maxsize=64)
def _reader_of(text: str) -> _LoopReader | None:
    loop = loop_of(text)
    return _LoopReader(loop) if loop else None


def events_alone(lines: Sequence[tuple[int, str]], *, left: bool = False) -> list[Event]:
    """Tell what each line is where no command says how lines look. With `left`, figures alone are an answer."""
    events: list[Event] = []
    for number, line in lines:
        said = answer_on(line) or (said_by(line, left=True) if left else None)
        if not line.strip():
            events.append(Event(number, BLANK))
        elif said and not (said.front and said.behind):
            beside = said.front or said.behind
            shown = name_shown(beside) or name_shown(beside.rstrip(";,=-> \t"))
            events.append(Event(number, ANSWERED, shown.name if shown else "", uuid=said.uuid, words="" if shown else beside))
        elif is_failure(line.strip()):
            events.append(Event(number, FAILED, error=line.strip()))
        else:
            shown = name_shown(line)
            failed = _failure_behind(line) if shown is None else None
            if failed:
                events.append(Event(number, FAILED, unquoted(failed[0]), error=failed[1]))
            else:
                kind = NAMED if shown else OTHER
                events.append(Event(number, kind, shown.name if shown else "", is_heading=bool(shown and shown.is_heading)))
    return events


# == a.vmdk        * a.vmdk
_MARKED = re.compile(r"[=*#>-]{1,80} ")


def _failure_behind(line: str) -> tuple[str, str] | None:
    """Return the name in front of an error on one line, and the error."""
    at = line.find("Failed to ")
    front = line[:at].strip().rstrip(":;,=").strip() if at > 0 else ""
    error = line[at:].strip()
    return (front, error) if front.lower().rstrip("\"'").endswith(".vmdk") and is_failure(error) and not is_command_line(front) else None


class _LoopReader:
    """Reads the lines of one loop."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        order = sorted(range(len(loop.lines)), key=lambda index: -loop.lines[index].own_text)
        self._naming = [index for index in order if index != loop.ask and loop.lines[index].name is not None]
        self._own = [line for line in (*loop.lines, *loop.around) if line.name is None and line.answer is None]
        parts = loop.lines[loop.ask].parts
        at = loop.lines[loop.ask].answer or 0
        self._front, self._behind = parts[:at], parts[at + 1 :]

    @property
    def shows_commands(self) -> bool:
        """Whether the loop's own text has a command in it."""
        return any(is_command_line("".join(part.text for part in line.parts if part.kind == LITERAL)) for line in self._loop.lines)

    def event(self, number: int, line: str) -> Event:
        text = line.strip()
        if not text:
            return Event(number, BLANK)
        said = said_by(line, left=True)
        if said:
            return self._answer(number, said.front, said.uuid, said.behind)
        if is_failure(text):
            return Event(number, FAILED, error=text)
        failed = _failure_behind(line)
        if failed:
            name, is_placed = self._name(self._front, failed[0]) or (unquoted(failed[0]), False)
            return Event(number, FAILED, name, error=failed[1], is_placed=is_placed)
        return self._named(number, line)

    def _answer(self, number: int, front: str, uuid: str, behind: str) -> Event:
        found = (self._name(self._front, front) if front else None) or (self._name(self._behind, behind) if behind else None)
        if found is None and (front or behind):
            shown = name_shown((front or behind).rstrip(";,=-> \t"))
            found = (shown.name, not self._loop.moves) if shown else None
        if found is None:
            return Event(number, ANSWERED, uuid=uuid, is_placed=not self._loop.moves, words=f"{front} {behind}".strip())
        return Event(number, ANSWERED, found[0], uuid=uuid, is_placed=found[1])

    def _named(self, number: int, line: str) -> Event:
        texts = tuple(dict.fromkeys((line.strip(), without_remark(line).strip())))
        for index in self._naming:
            for text in texts:
                found = self._name(self._loop.lines[index].parts, text)
                if found:
                    side = BEFORE if index < self._loop.ask else BEHIND
                    return Event(number, NAMED, found[0], side, is_placed=found[1])
                words = _words_of(self._loop.lines[index].parts, text)
                if words:
                    side = BEFORE if index < self._loop.ask else BEHIND
                    return Event(number, NAMED, "", side, is_placed=not self._loop.moves, words=words)
        if any(own.is_own(text) for own in self._own for text in texts):
            return Event(number, OWN)
        shown = name_shown(line, spaced=not self._loop.others and bool(self._naming) and len(self._loop.lines[self._naming[0]].parts) == 1)
        if shown and self._naming and self._fits(shown.name):
            # Somebody set marks around it.
            kinds = {self._loop.lines[index].parts[self._loop.lines[index].name or 0].kind for index in self._naming}
            side = BEFORE if self._naming[0] < self._loop.ask else BEHIND
            return Event(number, NAMED, shown.name, side, is_placed=kinds <= {NAME, FULL})
        return Event(number, OTHER)

    def _fits(self, name: str) -> bool:
        return self._loop.may_hold(name) and not (self._loop.others and " " in name)

    def _name(self, parts: Sequence[Part], text: str) -> tuple[str, bool] | None:
        """Return the name in a printed text, and whether its directory is the loop's own."""
        found = name_in(parts, text)
        if found is None:
            return None
        name = unquoted(found.name)
        if found.kind == VALUE:
            name = self._loop.name_of(name)
        elif found.kind == NAME and not self._loop.may_hold(name):
            name = whole_path(name)
        if found.kind == NAME and not self._fits(name):
            return None
        if not name.lower().endswith(".vmdk") or is_command_line(name) or ".vmdk " in name.lower() or _MARKED.match(name):
            return None
        if (found.kind == BASE and "/" in name.removeprefix("./")) or (found.kind == FULL and not name.startswith("/")):
            return None
        return name, found.kind != BASE and not self._loop.moves


def _words_of(parts: Sequence[Part], text: str) -> str:
    """Return the words in which one name stands, where these parts make the text and one of them may be of any length."""
    found = name_in(parts, text)
    is_open = found is not None and not found.name and found.text.lower().count(".vmdk") == 1
    return found.text if found and is_open and not is_command_line(found.text) else ""


def paired(events: Sequence[Event], order: str, *, blanks_tell: bool = True) -> Pairing:
    """Pair names and answers that stand in an order; ``""`` where it is known that none is printed by itself.

    `blanks_tell` says that the command prints no blank line between a name and its answer.
    """
    if not order:
        return Pairing({event.line: event for event in events if event.kind == ANSWERED and event.name}, (), "")
    walk = _Walk(events if order == BEFORE else events[::-1])
    doubt = ""
    if walk.surplus and walk.unanswered:
        doubt = DO_NOT_COUNT
    elif misfits(events, order) > misfits(events, BEHIND if order == BEFORE else BEFORE) or (blanks_tell and _parted(events, order)):
        doubt = CONTRADICTED
    return Pairing(walk.names if not doubt else {}, tuple(walk.unanswered), doubt)


class _Walk:
    """Goes over the lines in the order in which a name comes first, and pairs it with what follows."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.names: dict[int, Event] = {}
        self.unanswered: list[Event] = []
        self.surplus = 0
        self._waiting: Event | None = None
        self._interrupted = False
        self._failed = ""
        for event in events:
            self._take(event)
        if self._waiting:
            self.unanswered.append(self._waiting)

    def _take(self, event: Event) -> None:
        if event.kind == NAMED:
            if self._waiting:
                self.unanswered.append(self._waiting)
            self._waiting, self._interrupted = event, False
        elif event.kind in {ANSWERED, FAILED}:
            self._answered(event)
        elif event.kind == OTHER and self._waiting:
            # A line that nobody knows parts them; both are doubtful, and no other is.
            self._waiting, self._interrupted = None, True

    def _answered(self, event: Event) -> None:
        named = event.name or (named_by(event.error) if event.error else "")
        if event.kind == FAILED and not self._waiting and (named or event.error.startswith("DISKLIB")):
            # A second line of one error.
            return
        if event.name:
            self.names[event.line] = event
        elif self._waiting is None:
            self.surplus += not self._interrupted
        elif event.kind == FAILED and named and not _same(named, self._waiting.name):
            self.unanswered.append(self._waiting)
            self.surplus += 1
        else:
            self.names[event.line] = self._waiting
        self._waiting, self._interrupted = None, False


def _same(one: str, other: str) -> bool:
    return one.rpartition("/")[2] == other.rpartition("/")[2]


def named_by(error: str) -> str:
    """Return the file that an error names, ``""`` where it names none."""
    found = FAILED_TO_OPEN.match(error)
    return found[1].strip() if found and found[1].strip().endswith(".vmdk") else ""


def misfits(events: Sequence[Event], order: str) -> int:
    """Count the answers with no name where one should stand, and the names with neither an answer nor an error there."""
    kinds = [event.kind for event in events if event.kind not in {OWN, BLANK} and not (event.kind == ANSWERED and event.name)]
    kinds = kinds if order == BEFORE else kinds[::-1]
    pairs = list(zip(["", *kinds], [*kinds, ""], strict=True))
    orphans = sum(two == ANSWERED and one != NAMED for one, two in pairs)
    return orphans + sum(one == NAMED and two not in {ANSWERED, FAILED, OTHER} for one, two in pairs)


def _parted(events: Sequence[Event], order: str) -> bool:
    """Tell whether blank lines part what an order puts together, and nothing else."""
    between, apart = _blanks(events)
    return (between > 0 and apart == 0) if order == BEFORE else (apart > 0 and between == 0)


def _blanks(events: Sequence[Event]) -> tuple[int, int]:
    """Count the blank lines between a name and an answer behind it, and those between an answer and a name behind it."""
    between = apart = 0
    before = ""
    blank = False
    for event in events:
        if event.kind == BLANK:
            blank = True
        elif event.kind in {NAMED, ANSWERED, FAILED}:
            kind = NAMED if event.kind == NAMED else ANSWERED
            between += blank and before == NAMED and kind == ANSWERED
            apart += blank and before == ANSWERED and kind == NAMED
            before, blank = kind, False
    return between, apart


def order_shown(events: Sequence[Event]) -> str:
    """Read off on which side of its answer a name stands where no command says so; ``""`` where that is not unmistakable.

    It is where blank lines part the pairs, where names are headings, or where whole paths come first, as the loop that we recommend prints
    them. Bare names in turn with answers are nothing: a piece of a file in which they stand behind, its first and last line lost, looks
    the same.
    """
    names = [event for event in events if event.kind == NAMED]
    if not names or not any(event.kind == ANSWERED for event in events):
        return ""
    if all(event.is_heading for event in names):
        return BEFORE
    between, apart = _blanks(events)
    if (between > 0) != (apart > 0):
        order = BEFORE if apart else BEHIND
        parted = apart or between
        return order if parted >= len(names) - 1 and misfits(events, order) == 0 else ""
    before, behind = misfits(events, BEFORE), misfits(events, BEHIND)
    answers = sum(event.kind == ANSWERED for event in events)
    is_whole = all(event.name.startswith("/vmfs/volumes/") for event in names)
    return BEFORE if is_whole and before * _PAIRS_A_MISFIT <= answers and behind - before >= _BOTH_ENDS else ""


_PAIRS_A_MISFIT = 4
_BOTH_ENDS = 2
