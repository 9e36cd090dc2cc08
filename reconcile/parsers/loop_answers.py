"""The answers of a loop, or answers that stand alone, and the names that are certainly theirs."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.records import Answer, Asked, AskedWhole, Failure, Record, Unpaired
from reconcile.facts.vmfs_names import part_of
from reconcile.facts.worded_names import Worded
from reconcile.transcript.loops import names_and_answers as pairs
from reconcile.transcript.loops.loop import loop_of
from reconcile.transcript.loops.names_and_answers import ANSWERED, BEFORE, BEHIND, BLANK, FAILED, NAMED, OWN, Event, Pairing, paired

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.transcript.command_lines import Command
    from reconcile.transcript.loops.loop import Loop
    from reconcile.transcript.sections import Section

# for f in /vmfs/volumes/PMemDS-1/*/*.vmdk; do ...
_OVER_ALL = re.compile(r"\bfor \w{1,40} in ([^;|&<>()$`]{1,4096})(?:;|\s+do\b)")
_WHOLE = re.compile(r"(?:^|/)\*\.vmdk[\"']?$")

Lines = list[tuple[int, str]]


class Layout(NamedTuple):
    """What each line is, in what order names and answers stand (``""`` for none), and which go together."""

    events: list[Event]
    order: str
    pairing: Pairing


def of_many(section: Section, lines: Lines, *, is_loop: bool) -> tuple[list[Record], set[int], set[int]]:
    """Read answers and names; return the records, the lines that they stand on, and those of the loop's own text."""
    layout = layout_of(section, lines, is_loop=is_loop)
    if not layout.order and not any(event.kind == ANSWERED for event in layout.events):
        return [], set(), set()
    return _Records(section, layout).made()


def layout_of(section: Section, lines: Lines, *, is_loop: bool) -> Layout:
    """Tell what the lines are, and pair names and answers."""
    loop = loop_of(script_of(section.command)) if is_loop and not section.lost else None
    if loop is None:
        events = pairs.events_alone(lines, left=is_loop)
        if not is_loop and not section.lost:
            events = _with_questions(events, lines)
        order = "" if is_loop or section.lost or section.behind_unknown else pairs.order_shown(events)
        if any(event.side for event in events):
            order = BEFORE
            events = [event._replace(kind=pairs.OTHER, name="") if event.kind == NAMED and not event.side else event for event in events]
        return Layout(events, order, paired(events, order))
    events = pairs.events_of_loop(loop, lines)
    sides = {BEFORE if index < loop.ask else BEHIND for index, line in enumerate(loop.lines) if line.name is not None and index != loop.ask}
    order = BEFORE if BEFORE in sides else BEHIND if sides else ""
    blanks_tell = not _prints_blank(loop)
    pairing = paired(_on_side(events, order), order, blanks_tell=blanks_tell)
    if len(sides) > 1 and not pairing.doubt:
        behind = paired(_on_side(events, BEHIND), BEHIND, blanks_tell=False)
        if behind.doubt or any(line in pairing.names and pairing.names[line].name != name.name for line, name in behind.names.items()):
            pairing = Pairing({}, pairing.unanswered, pairs.CONTRADICTED)
    return Layout(events, order, pairing)


def script_of(command: Command) -> str:
    """Return the command line that runs on the machine itself: what stands behind ``ssh`` and its host."""
    if not command.target:
        return command.text
    try:
        words = shlex.split(command.text)
    except ValueError:
        return ""
    at = next((index for index, word in enumerate(words) if word.rpartition("@")[2] == command.target), len(words))
    return " ".join(words[at + 1 :])


def _on_side(events: Sequence[Event], order: str) -> list[Event]:
    """Leave out the names on the other side; they are checked by themselves."""
    return [event._replace(kind=OWN) if event.kind == NAMED and event.side != order else event for event in events]


def _prints_blank(loop: Loop) -> bool:
    """Tell whether the loop prints a blank line between a name and its answer, so that blank lines part nothing."""
    naming = [index for index, line in enumerate(loop.lines) if line.name is not None and index != loop.ask]
    return any(
        not any(part.text.strip() or part.kind != "literal" for part in loop.lines[index].parts)
        for at in naming
        for index in range(min(at, loop.ask) + 1, max(at, loop.ask))
    )


def _with_questions(events: list[Event], lines: Lines) -> list[Event]:
    """Take command lines that stand with no prompt among answers for the questions in front of these."""
    from reconcile.parsers.uuid_questions import is_question, operand_of  # noqa: PLC0415 -- the command's own room uses this one

    found: list[Event] = []
    for event, (number, line) in zip(events, lines, strict=True):
        operand = operand_of(line) if is_question(line) else ""
        found.append(Event(number, NAMED, operand, BEFORE) if operand else event)
    return found


class _Records:
    """Makes the records of a section's lines."""

    def __init__(self, section: Section, layout: Layout) -> None:
        self._section = section
        self._events, self._order, self._pairing = layout
        self._why = section.doubt or layout.pairing.doubt or (pairs.NO_COMMAND if not layout.order and self._has_names() else "")
        self._names = {event.name.rpartition("/")[2] for event in self._events if event.name}
        self.records: list[Record] = []

    def _has_names(self) -> bool:
        return any(event.kind == NAMED for event in self._events)

    def made(self) -> tuple[list[Record], set[int], set[int]]:
        taken: set[int] = set()
        own: set[int] = set()
        told: set[int] = set()
        twice = self._twice()
        for event in self._events:
            name = self._name_of(event)
            if event.kind == ANSWERED:
                self._answer(event, None if name and self._path(name) in twice else name)
                told |= {name.line} if name else set()
            elif event.kind == FAILED:
                self._failure(event, name)
                told |= {name.line} if name else set()
            if event.kind in {ANSWERED, FAILED} or (event.kind == NAMED and self._order):
                taken.add(event.line)
            elif event.kind == OWN:
                own.add(event.line)
        for event in self._events:
            if event.kind == NAMED and event.name and self._order and event.line not in told:
                self.records.append(Asked(event.line, self._path(event), "", self._is_followed(event)))
        self.records += self._whole_folders()
        return self.records, taken, own

    def _whole_folders(self) -> list[Record]:
        """Give the folders of which the loop's own pattern names every disk, where each name that was printed has its answer."""
        found = _OVER_ALL.search(self._section.command.text) if self._order and not self._why and not self._section.lost else None
        if not found or not all(word.strip("\"'").endswith("*.vmdk") and _WHOLE.search(word) for word in found[1].split()):
            return []
        names = [event for event in self._events if event.kind == NAMED or (event.kind == ANSWERED and event.name)]
        paths = {self._path(event).rpartition("/")[0]: event for event in reversed(names)}
        if self._pairing.unanswered or not all(path.startswith("/") for path in paths):
            return []
        return [AskedWhole(event.line, path, self._is_followed(event)) for path, event in sorted(paths.items())]

    def _name_of(self, event: Event) -> Event | None:
        name = self._pairing.names.get(event.line)
        return None if self._section.doubt and name is not event else name

    def _path(self, event: Event) -> str:
        if not event.name:
            return ""
        if event.name.startswith("/") or event.is_placed:
            return self._section.path(event.name)
        return event.name.rpartition("/")[2]

    def _is_followed(self, event: Event) -> bool:
        return self._section.is_followed(event.name)

    def _twice(self) -> set[str]:
        """Return the names of unknown folders that more than one file answered to."""
        found: dict[str, set[str]] = {}
        for event in self._events:
            name = self._name_of(event) if event.kind == ANSWERED else None
            path = self._path(name) if name else ""
            if path and not path.startswith("/"):
                found.setdefault(path, set()).add(event.uuid)
        return {path for path, uuids in found.items() if len(uuids) > 1}

    def _answer(self, event: Event, name: Event | None) -> None:
        path = self._path(name) if name else ""
        self.records.append(Answer.of(event.line, path, event.uuid, followed=self._is_followed(name) if name else self._section.followed))
        if not path:
            known = self._pairing.names.get(event.line)
            why = self._why or (pairs.TWICE if known and known.name else "")
            self.records += [Unpaired(event.line, why)] if why else []
            self._worded(event.line, name or event)

    def _worded(self, line: int, said: Event) -> None:
        """Keep the words in which the name of an answer's file stands."""
        if ".vmdk" in said.words.lower() and not self._section.doubt:
            folder = self._section.path(".") if said.is_placed and not self._section.lost else ""
            self.records.append(Worded(line, said.words, folder, self._section.followed))

    def _failure(self, event: Event, name: Event | None) -> None:
        said = pairs.named_by(event.error)
        asked = name or (Event(event.line, NAMED, said) if said else None)
        if not asked or not self._is_part(asked.name, event.error):
            self.records.append(Failure(event.line, self._section.command.text, event.error))
        if asked:
            self.records.append(Asked(asked.line, self._path(asked), event.error, self._is_followed(asked)))

    def _is_part(self, name: str, error: str) -> bool:
        """Tell whether a file has no UUID by its nature: it is an extent of a disk that was asked about, too."""
        folder, _, file = name.rpartition("/")
        part = part_of(file, folder.rpartition("/")[2])
        return part is not None and not part.is_snapshot and ("not a virtual disk" in error or not self._names.isdisjoint(part.bases))


__all__ = ["BLANK", "Layout", "layout_of", "of_many", "script_of"]
