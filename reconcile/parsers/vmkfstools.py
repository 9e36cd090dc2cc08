"""``vmkfstools -J getuuid``: the disk's UUID, and which file it is of.

The answer never names the file. A name comes from the command in front of the answer, from the name that a loop echoes, or from
the same line. An answer that none of these names stays unnamed: answers and names are never paired by their order in two lists.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.chatter import is_chatter
from reconcile.order import order_of
from reconcile.parsers.blocks import Block, FolderAnswers
from reconcile.parsers.failures import FAILED_TO_OPEN, is_failure
from reconcile.parsers.records import Answer, Asked, Failure, Parsed, Record, UuidSet
from reconcile.plain_forms import Form, Series, SeriesRead

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.commands import Command, Simple
    from reconcile.transcript import Section

# UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c        (case is mixed within one answer)
# a.vmdk UUID is 60 00 ...        ./vm/a.vmdk: UUID is 60 00 ...
_ANSWER = re.compile(r"\s*(?:[\"']?(\S.*\.vmdk)[\"']?:?\s+)?UUID is\s+((?:[0-9a-fA-F]{2}[ -]){15}[0-9a-fA-F]{2})\s*(?:\s#.*)?$")
# /vmfs/volumes/PMemDS-1/vm/a.vmdk        ./a.vmdk:        == a.vmdk ==        "a.vmdk"        a.vmdk  # what somebody noted
_NAME = re.compile(r"\s*(?:(=+|-+|#+|\*+|>+) +)?([\"']?)(\S(?:.*\S)?\.vmdk)\2:?(?: +(?:=+|-+|\*+|<+|#.*))?\s*$", re.IGNORECASE)
_PRINTS_NAME = re.compile(r"\b(?:echo|printf)\b|-print\b")
_ASKS = re.compile(r"\bvmkfstools\b.*\bgetuuid\b")
_OPTIONS_WITH_VALUE = frozenset({"-J", "--objectuuid", "-v", "--verbose", "-d", "-W"})


class _Event(NamedTuple):
    """A line that matters: a name, a UUID (with the name on its own line, if any), or an error."""

    line: int
    name: str
    uuid: str
    error: str


def _plain(command: str, answer: str, cwd: str, line: int) -> tuple[tuple[Answer, ...]] | None:
    """Read one plain answer to one plain question."""
    path = command[len(_COMMAND) :]
    if path[0] != "/":
        if cwd == "~":
            return None
        path = f"{cwd}/{path}"
    return ((Answer.of(line, path, _digits(answer[len("UUID is ") :].strip()), followed=False),),)


def _plain_series(names: tuple[str, ...], answers: list[str], cwd: str, line: int) -> SeriesRead | None:
    """Read plain answers about one file of a folder after the other."""
    if cwd == "~":
        return None
    commands = _COMMAND + f"\n{_COMMAND}".join(names)
    digits = _uuids(answers)
    uuids = tuple([digits[at : at + _UUID_DIGITS] for at in range(0, len(digits), _UUID_DIGITS)])
    lines = tuple(range(line, line + 2 * len(names), 2))
    folder = f"{cwd}/"
    if len(set(names)) < len(names):
        return SeriesRead(commands, (Block(Answer, (lines, folder, names, uuids, False)),))
    order = order_of(names, cwd.rpartition("/")[2])
    if order:
        names, uuids = tuple([names[at] for at in order]), tuple([uuids[at] for at in order])
        lines = tuple([lines[at] for at in order])
    return SeriesRead(commands, (FolderAnswers((lines, folder, names, uuids, False)),))


def _uuids(answers: Sequence[str]) -> str:
    """Return the figures of plain answers' UUIDs, one behind the other."""
    return _digits("".join(answers)).replace("uuidis", "")


_COMMAND = "vmkfstools -J getuuid "
_PLAIN_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,254}+(?<=\.vmdk)"
_PLAIN_UUID = r"(?:[0-9a-fA-F]{2} ){7}[0-9a-fA-F]{2}-(?:[0-9a-fA-F]{2} ){7}[0-9a-fA-F]{2}"
# A plain command with a plain name: vmkfstools -J getuuid db01_1.vmdk
PLAIN = Form(
    rf"{_COMMAND}(?:/vmfs/volumes/(?:[A-Za-z0-9_][A-Za-z0-9_.+-]{{0,254}}+/){{1,20}}+)?{_PLAIN_NAME}",
    rf"UUID is {_PLAIN_UUID}(?:\n|\Z)",
    _plain,
    Series(_COMMAND, rf"{_PLAIN_NAME}\nUUID is {_PLAIN_UUID}(?:\n|\Z)", _plain_series, _uuids),
)


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
    lines, ends = _joined(section)
    records, taken = _of_one(section, only, lines) if only else _of_many(section, lines)
    taken |= {number for number, begin in ends.items() if begin in taken}
    noise = [number for number, line in section.numbered() if not line.strip()]
    rest = [number for number, line in section.numbered() if line.strip() and number not in taken]
    return Parsed(tuple(records), tuple(noise), tuple(rest))


def _joined(section: Section) -> tuple[list[tuple[int, str]], dict[int, int]]:
    """Return the lines that are not blank, those joined that a narrow terminal broke, and which line's end each of these is.

    A UUID is broken where its two parts have 16 octets together. A path is where it fills its line and does not end in ``.vmdk``; of
    a shorter one the end is nobody's name.
    """
    lines: list[tuple[int, str]] = []
    ends: dict[int, int] = {}
    for number, line in section.numbered():
        before, text = lines[-1] if lines else (0, "")
        if not line.strip():
            continue
        joined = _join(text, line) if before == number - 1 and before not in ends.values() else ""
        if joined:
            lines[-1] = (before, joined)
            ends[number] = before
        else:
            lines.append((number, line))
    return lines, ends


# UUID is 60 00 C2 98 42 c7 54        and on the next line        f8-02 c2 d4 9b 20 6b 08 0c
_CUT = re.compile(r"UUID is([0-9a-fA-F -]{0,47})$")
_OCTETS = re.compile(r"[0-9a-fA-F -]{1,47}$")
_NARROWEST = 60


def _join(text: str, line: str) -> str:
    """Return a line with its end, or ``""`` where the next line is not that."""
    cut = _CUT.search(text)
    if cut:
        digits = _digits(cut[1] + line.strip())
        if len(digits) != _UUID_DIGITS or not _OCTETS.match(line.strip()):
            return ""
        return f"{text[: cut.start()]}UUID is {' '.join(digits[index : index + 2] for index in range(0, _UUID_DIGITS, 2))}"
    is_path = text.startswith(("/vmfs/", "./")) and len(text) >= _NARROWEST and not text.rstrip().lower().endswith(".vmdk")
    is_end = (text + line.rstrip()).lower().endswith(".vmdk") and not line.startswith(("/vmfs/", "./", " "))
    return text + line if is_path and is_end and "UUID is" not in text + line else ""


_UUID_DIGITS = 32


def _of_one(section: Section, simple: Simple, lines: list[tuple[int, str]]) -> tuple[list[Record], set[int]]:
    """One command, one answer: what stands right behind it is its, and nothing further down."""
    operand = _operand(section, simple)
    path = section.path(operand) if operand else ""
    followed = section.is_followed(operand)
    at = section.prompt_line or section.first
    records: list[Record] = [UuidSet(at, path, followed)] if "setuuid" in simple.words else []
    for number, line in lines:
        if is_chatter(line):
            continue
        found = _ANSWER.match(line)
        if found:
            named = found[1] or ""
            if not named or named.rpartition("/")[2] == path.rpartition("/")[2]:
                records.append(Answer.of(number, path, _digits(found[2]), followed=followed))
                return records, {number}
        elif is_failure(line.strip()):
            records += [Failure(number, section.command.text, line.strip()), Asked(at, path, line.strip(), followed)]
            return records, {number}
        break
    if path and "setuuid" not in simple.words:
        records.append(Asked(at, path, section.error, followed))
    return records, set()


def _operand(section: Section, simple: Simple) -> str:
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
    if len(operands) != 1 or not section.is_literal(operands[0]):
        return ""
    return operands[0]


def _of_many(section: Section, lines: list[tuple[int, str]]) -> tuple[list[Record], set[int]]:
    """Read a loop's answers, or answers that stand alone: a name goes with the answer on its own side, if that is certain."""
    events = [_event(number, line) for number, line in lines]
    # Behind a command that was wrapped or cut, a line that ends in .vmdk may be the command's own end.
    order = "never" if section.lost else _order_of(section.command)
    if not any(event.uuid for event in events) and not order:
        return [], set()
    return _paired(section, events, order or _order_seen(events, behind_unknown=section.behind_unknown))


def _event(number: int, line: str) -> _Event:
    found = _ANSWER.match(line)
    if found:
        return _Event(number, found[1] or "", _digits(found[2]), "")
    if is_failure(line.strip()):
        return _Event(number, "", "", line.strip())
    return _Event(number, _name(line), "", "")


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
    if order == "after":
        events.reverse()
    records: list[Record] = []
    taken: set[int] = set()
    waiting: _Event | None = None
    for event in events:
        name = waiting.name if waiting else ""
        if event.uuid:
            records.append(_answer(section, event, event.name or name))
        elif event.error:
            records.append(Failure(event.line, section.command.text, event.error))
            asked = name or _named_by(event.error)
            if asked:
                records.append(Asked(waiting.line if waiting else event.line, section.path(asked), event.error, section.is_followed(asked)))
        elif waiting:
            records.append(Asked(waiting.line, section.path(name), "", section.is_followed(name)))
        waiting = event if event.name and not event.uuid and order != "never" else None
        if event.uuid or event.error or waiting:
            taken.add(event.line)
    if waiting:
        records.append(Asked(waiting.line, section.path(waiting.name), "", section.is_followed(waiting.name)))
    return records, taken


def _order_seen(events: list[_Event], *, behind_unknown: bool) -> str:
    """Read off on which side of its answer a name stands; ``never`` where that is not certain.

    Where names stand in front, a lost line leaves a name without an answer or an answer without a name, and all other neighbours are
    still pairs. But a file in which they stand behind, with its first line lost, begins and ends like one of these. So one reading must
    fit, but for a few places, and the other must fit worse by more than a lost line at either end would make it.
    """
    lines = [event for event in events if not (event.uuid and event.name)]
    kinds = ["other"] if behind_unknown else []
    kinds += ["uuid" if event.uuid else "name" if event.name else "other" for event in lines]
    before, after = _misfits(kinds), _misfits(kinds[::-1])
    if min(before, after) * _PAIRS_A_MISFIT > kinds.count("uuid") or abs(before - after) < _BOTH_ENDS:
        return "never"
    return "before" if before < after else "after"


_PAIRS_A_MISFIT = 4
_BOTH_ENDS = 2


def _misfits(kinds: list[str]) -> int:
    """Count the answers with no name right in front, and the names with neither an answer nor something instead right behind."""
    pairs = list(zip(["", *kinds], [*kinds, ""], strict=True))
    orphans = sum(two == "uuid" and one != "name" for one, two in pairs)
    return orphans + sum(one == "name" and two not in {"uuid", "other"} for one, two in pairs)


def _answer(section: Section, event: _Event, name: str) -> Answer:
    return Answer.of(event.line, section.path(name) if name else "", event.uuid, followed=section.is_followed(name))


def _named_by(error: str) -> str:
    found = FAILED_TO_OPEN.match(error)
    return found[1].strip() if found and found[1].strip().endswith(".vmdk") else ""


def _digits(text: str) -> str:
    return text.replace(" ", "").replace("-", "").lower()
