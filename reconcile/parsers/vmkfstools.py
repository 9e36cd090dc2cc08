"""``vmkfstools -J getuuid``: the disk's UUID, and which file it is of.

The answer never names the file. A name comes from the command in front of the answer, from the name that a loop echoes, or from
the same line. An answer that none of these names stays unnamed: answers and names are never paired by their order in two lists.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.commands import is_literal
from reconcile.parsers.failures import FAILED_TO_OPEN, is_failure
from reconcile.parsers.records import Answer, Asked, Failure, Parsed, Record, UuidSet
from reconcile.transcript import is_chatter

if TYPE_CHECKING:
    from reconcile.commands import Command, Simple
    from reconcile.transcript import Section

# UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c        (case is mixed within one answer)
# a.vmdk UUID is 60 00 ...        ./vm/a.vmdk: UUID is 60 00 ...
_ANSWER = re.compile(r"\s*(?:[\"']?(\S.*\.vmdk)[\"']?:?\s+)?UUID is\s+((?:[0-9a-fA-F]{2}[ -]){15}[0-9a-fA-F]{2})\s*$")
# /vmfs/volumes/PMemDS-1/vm/a.vmdk        ./a.vmdk:        == a.vmdk ==        "a.vmdk"
_NAME = re.compile(r"\s*(?:(=+|-+|#+|\*+|>+) +)?([\"']?)(\S(?:.*\S)?\.vmdk)\2:?(?: +(?:=+|-+|#+|\*+|<+))?\s*$", re.IGNORECASE)
_PRINTS_NAME = re.compile(r"\b(?:echo|printf)\b|-print\b")
_ASKS = re.compile(r"\bvmkfstools\b.*\bgetuuid\b")
_OPTIONS_WITH_VALUE = frozenset({"-J", "--objectuuid", "-v", "--verbose", "-d", "-W"})


class _Event(NamedTuple):
    """A line that matters: a name, a UUID (with the name on its own line, if any), or an error."""

    line: int
    name: str
    uuid: str
    error: str


def runs(simple: Simple) -> bool:
    """Tell whether this command asks for, or sets, a disk's UUID. vmkfstools does much else."""
    return simple.name == "vmkfstools" and bool({"getuuid", "setuuid"}.intersection(simple.words))


def runs_loop(command: Command) -> bool:
    """Tell whether this is a loop, or a ``find``, that asks for UUIDs."""
    return command.loop and bool(_ASKS.search(command.text))


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line."""
    return bool(_ANSWER.match(line)) or _name(line) != ""


def parse(section: Section) -> Parsed:
    """Read answers, names and errors."""
    only = section.command.only()
    records, taken = _of_one(section, only) if only else _of_many(section)
    noise = [number for number, line in section.numbered() if not line.strip()]
    rest = [number for number, line in section.numbered() if line.strip() and number not in taken]
    return Parsed(tuple(records), tuple(noise), tuple(rest))


def _of_one(section: Section, simple: Simple) -> tuple[list[Record], set[int]]:
    """One command, one answer: what stands right behind it is its, and nothing further down."""
    operand = _operand(simple)
    path = section.path(operand) if operand else ""
    followed = section.is_followed(operand)
    at = section.prompt_line or section.first
    records: list[Record] = [UuidSet(at, path, followed)] if "setuuid" in simple.words else []
    for number, line in section.numbered():
        if not line.strip() or is_chatter(line):
            continue
        found = _ANSWER.match(line)
        if found:
            named = found[1] or ""
            if not named or named.rpartition("/")[2] == path.rpartition("/")[2]:
                records.append(Answer(number, path, _digits(found[2]), followed))
                return records, {number}
        elif is_failure(line.strip()):
            records += [Failure(number, section.command.text, line.strip()), Asked(at, path, line.strip(), followed)]
            return records, {number}
        break
    if path and "setuuid" not in simple.words:
        records.append(Asked(at, path, "", followed))
    return records, set()


def _operand(simple: Simple) -> str:
    """Return the one file that the command names, or ``""`` where it is not plain which."""
    operands: list[str] = []
    skip = False
    for word in simple.words[1:]:
        if skip:
            skip = False
        elif word in _OPTIONS_WITH_VALUE:
            skip = True
        elif not word.startswith("-"):
            operands.append(word)
    if len(operands) != 1 or not is_literal(operands[0]):
        return ""
    return operands[0]


def _of_many(section: Section) -> tuple[list[Record], set[int]]:
    """Read a loop's answers, or answers that stand alone: a name goes with the answer on its own side, if that is certain."""
    runs_of_events: list[list[_Event]] = [[]]
    for number, line in section.numbered():
        event = _event(number, line)
        if event:
            runs_of_events[-1].append(event)
        elif line.strip():
            runs_of_events.append([])
    records: list[Record] = []
    taken: set[int] = set()
    # Behind a command that was wrapped or cut, a line that ends in .vmdk may be the command's own end.
    order = "never" if section.lost else _order_of(section.command)
    for events in runs_of_events:
        made, lines = _paired(section, events, order)
        records += made
        taken |= lines
    return records, taken


def _event(number: int, line: str) -> _Event | None:
    found = _ANSWER.match(line)
    if found:
        return _Event(number, found[1] or "", _digits(found[2]), "")
    if is_failure(line.strip()):
        return _Event(number, "", "", line.strip())
    name = _name(line)
    return _Event(number, name, "", "") if name else None


def _name(line: str) -> str:
    found = _NAME.match(line)
    if not found or len(line) > _LONGEST_NAME or "UUID is" in line or _MODE.match(line):
        return ""
    return found[3]


_LONGEST_NAME = 4096
# A long line of ls ends in a name too.
_MODE = re.compile(r"\s*(?:[0-9]+\s+){0,2}[-dlpscb][-rwxsStTl]{9}")


def _order_of(command: Command) -> str:
    """Tell whether a loop prints a name ``before`` its answer, ``after`` it, or ``never``; ``""`` without a loop."""
    if not runs_loop(command):
        return ""
    printed = _PRINTS_NAME.search(command.text)
    asked = _ASKS.search(command.text)
    if not printed or not asked:
        return "never"
    return "before" if printed.start() < asked.start() else "after"


def _paired(section: Section, events: list[_Event], order: str) -> tuple[list[Record], set[int]]:
    if not any(event.uuid for event in events) and not order:
        return [], set()
    order = order or _order_seen(events)
    if order == "after":
        events.reverse()
    records: list[Record] = []
    taken: set[int] = set()
    name = ""
    at = 0
    for event in events:
        if event.uuid:
            named = event.name or (name if order in {"before", "after"} else "")
            records.append(_answer(section, event, named))
            name = ""
        elif event.error:
            records.append(Failure(event.line, section.command.text, event.error))
            asked = name or _named_by(event.error)
            if asked:
                records.append(Asked(at or event.line, section.path(asked), event.error, section.is_followed(asked)))
            name = ""
        elif order in {"before", "after"}:
            if name:
                records.append(Asked(at, section.path(name), "", section.is_followed(name)))
            name, at = event.name, event.line
        else:
            continue
        taken.add(event.line)
    if name:
        records.append(Asked(at, section.path(name), "", section.is_followed(name)))
    return records, taken


def _order_seen(events: list[_Event]) -> str:
    """Read off where names stand.

    Only a run in which names and answers take turns, from a name to an answer or the reverse, is certain: with a line lost, names and
    answers would be one off.
    """
    # An error stands in the answer's place. A name that has neither shows that lines were lost, and where is anybody's guess.
    names = [bool(event.name and not event.uuid) for event in events]
    if len(names) % _PAIR or any(names[0::_PAIR]) == any(names[1::_PAIR]):
        return "never"
    if not (all(names[0::_PAIR]) or all(names[1::_PAIR])):
        return "never"
    return "before" if names[0] else "after"


_PAIR = 2


def _answer(section: Section, event: _Event, name: str) -> Answer:
    return Answer(event.line, section.path(name) if name else "", event.uuid, section.is_followed(name))


def _named_by(error: str) -> str:
    found = FAILED_TO_OPEN.match(error)
    return found[1].strip() if found and found[1].strip().endswith(".vmdk") else ""


def _digits(text: str) -> str:
    return text.replace(" ", "").replace("-", "").lower()
