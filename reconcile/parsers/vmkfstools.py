"""``vmkfstools -J getuuid``: the disk's UUID, and which file it is of.

The answer never names the file. A name comes from the command in front of the answer, from the name that a loop echoes, or from
the same line. An answer that none of these names stays unnamed: answers and names are never paired by their order in two lists.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.base.natural_order import order_of
from reconcile.facts.record_blocks import Block, FolderAnswers
from reconcile.facts.records import Answer, Asked, Failure, Parsed, Record, Unpaired, UuidSet
from reconcile.parsers.answered import Answered, squeezed
from reconcile.parsers.bulk_forms import Form, Series, SeriesRead
from reconcile.parsers.kinds import is_end_of_row
from reconcile.parsers.loop_answers import layout_of, of_many
from reconcile.parsers.parser import Parser
from reconcile.parsers.uuid_questions import is_question, operand_of, operands
from reconcile.transcript.chatter import is_chatter
from reconcile.transcript.failures import is_failure
from reconcile.transcript.loops.names_and_answers import named_by
from reconcile.transcript.loops.uuid_lines import answer_on, digits, name_shown, place_of, said_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.transcript.command_lines import Command, Simple
    from reconcile.transcript.loops.uuid_lines import Said
    from reconcile.transcript.sections import Section

# for f in *.vmdk; do echo $f; grep ddb.uuid $f; done        find . -name '*.vmdk' -exec grep -H uuid {} \;
_ASKS = re.compile(r"\bvmkfstools\b.*\bgetuuid\b|\b(?:[ef]?grep|sed|awk)\b.*uuid", re.IGNORECASE)


def _plain(command: str, answer: str, cwd: str, line: int) -> tuple[tuple[Answer, ...]] | None:
    """Read one plain answer to one plain question."""
    path = command[len(_COMMAND) :]
    if path[0] != "/":
        if cwd == "~":
            return None
        path = f"{cwd}/{path}"
    return ((Answer.of(line, path, _figures(answer[len("UUID is ") :].strip()), followed=False),),)


def _plain_series(names: tuple[str, ...], answers: list[str], cwd: str, line: int) -> SeriesRead | None:
    """Read plain answers about one file of a folder after the other."""
    if cwd == "~":
        return None
    commands = _COMMAND + f"\n{_COMMAND}".join(names)
    figures = _uuids(answers)
    uuids = tuple([figures[at : at + _UUID_DIGITS] for at in range(0, len(figures), _UUID_DIGITS)])
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
    return _figures("".join(answers)).replace("uuidis", "")


def _figures(text: str) -> str:
    return text.replace(" ", "").replace("-", "").lower()


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
    """Tell whether this is a loop, a ``find`` or ``xargs``, that asks for UUIDs."""
    if not _ASKS.search(command.text) or ("getuuid" not in command.text and ".vmdk" not in command.text):
        return False
    return command.loop or bool(_RUNS_MANY.search(command.text))


# ls *.vmdk | xargs -n1 vmkfstools -J getuuid        echo "$f $(vmkfstools -J getuuid $f)"
_RUNS_MANY = re.compile(r"\b(?:xargs|while|until)\b|(?:\$\(|`) {0,4}vmkfstools\b")


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line."""
    return "ddb.uuid" not in line and (answer_on(line) is not None or name_shown(line) is not None or is_question(line))


def typed_into(section: Section) -> tuple[Record, ...]:
    """Return the answer that stands right behind a prompt, as where the next command was typed ahead: it is of no named file."""
    said = said_by(section.command.text) if section.command.text.startswith("UUID") else None
    return (Answer(section.prompt_line, "", "", said.uuid, followed=False), Unpaired(section.prompt_line, _TYPED)) if said else ()


_TYPED = "it stands behind a prompt, where no command asked"


def missing(section: Section) -> int:
    """Return how many of the names that a loop printed got neither an answer nor an error, where no answer is too many."""
    layout = layout_of(section, _joined(section)[0], is_loop=True)
    return 0 if layout.pairing.doubt else len(layout.pairing.unanswered)


def parse(section: Section) -> Parsed:
    """Read answers, names and errors."""
    only = section.command.only()
    lines, ends = _joined(section)
    is_loop = runs_loop(section.command)
    records, taken, own = of_many(section, lines, is_loop=is_loop) if only is None or is_loop else _of_one(section, only, lines)
    taken |= {number for number, begin in ends.items() if begin in taken}
    noise = [number for number, line in section.numbered() if not line.strip() or number in own]
    rest = [number for number, line in section.numbered() if line.strip() and number not in taken and number not in own]
    return Parsed(tuple(records), tuple(noise), tuple(rest))


def _joined(section: Section) -> tuple[list[tuple[int, str]], dict[int, int]]:
    """Return the lines, those joined that a narrow terminal broke, and which line's end each of these is.

    A UUID is broken where its two parts have 16 octets together. A path is where it fills its line and does not end in ``.vmdk``; of
    a shorter one the end is nobody's name.
    """
    lines: list[tuple[int, str]] = []
    ends: dict[int, int] = {}
    for number, line in section.numbered():
        before, text = lines[-1] if lines else (0, "")
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
        figures = digits(cut[1] + line.strip())
        if len(figures) != _UUID_DIGITS or not _OCTETS.match(line.strip()):
            return ""
        return f"{text[: cut.start()]}UUID is {' '.join(figures[index : index + 2] for index in range(0, _UUID_DIGITS, 2))}"
    is_path = text.startswith(("/vmfs/", "./")) and len(text) >= _NARROWEST and not text.rstrip().lower().endswith(".vmdk")
    is_end = (text + line.rstrip()).lower().endswith(".vmdk") and not line.startswith(("/vmfs/", "./", " "))
    return text + line if is_path and is_end and "UUID is" not in text + line else ""


_UUID_DIGITS = 32


def _of_one(section: Section, simple: Simple, lines: list[tuple[int, str]]) -> tuple[list[Record], set[int], set[int]]:
    """One command, one answer: what stands right behind it is its, and nothing further down."""
    operand = _operand(section, simple)
    path = section.path(operand) if operand else ""
    followed = section.is_followed(operand)
    at = section.prompt_line or section.first
    records: list[Record] = [UuidSet(at, path, followed)] if "setuuid" in simple.words else []
    taken: set[int] = set()
    talk: set[int] = set()
    asks = "setuuid" not in simple.words
    answered, error = 0, ""
    for number, line in lines:
        text = line.strip()
        if not text or is_chatter(line) or _LIBRARY.match(text):
            talk |= {number} if text else set()
            error = error or (text if is_failure(text) else "")
            continue
        said = answer_on(line) or (said_by(line, left=True) if asks and not answered else None)
        if section.doubt and (said or is_question(line)):
            if said:
                records += [Answer(number, "", "", said.uuid, followed=False), Unpaired(number, section.doubt)]
            taken.add(number)
            continue
        if said and (not answered or section.keeps_surplus) and (answered or _is_of(said, path)):
            records.append(Answer.of(number, "" if answered else path, said.uuid, followed=not answered and followed))
            records += [Unpaired(number, _SURPLUS)] * bool(answered)
            taken.add(number)
            answered += 1
            continue
        if not answered and not said:
            error = text if is_failure(text) else _failure_of(text, path) or error
            taken |= {number} if error else set()
        break
    if error and not answered:
        records += [Failure(min(taken | talk), section.command.text, error)]
    if path and asks and not answered:
        records.append(Asked(at, path, error or section.error, followed))
    return records, taken, {number for number in talk if answered or taken or error}


_SURPLUS = "its command asked for one UUID, and another one answers that"
# DISKLIB-LINK  : "./sql.vmdk" : failed to open (The system cannot find the file specified).        OBJLIB-LIB: ObjLib cleanup done.
_LIBRARY = re.compile(r"(?:DISKLIB|OBJLIB|FILEIO|SNAPSHOT|VMFS|IOCTL)-[A-Z0-9_]{1,20} {0,8}: ?\S|WORKER: [A-Za-z]{1,40}=")


def _is_of(said: Said, path: str) -> bool:
    """Tell whether an answer's line names no other file."""
    shown = name_shown((said.front or said.behind).rstrip(";,=-> \t")) if said.front or said.behind else None
    return not (said.front or said.behind) or (shown is not None and shown.name.rpartition("/")[2] == path.rpartition("/")[2])


def _failure_of(text: str, path: str) -> str:
    """Return the error that stands behind the name of the file on one line."""
    at = text.find("Failed to ")
    error = text[at:] if at > 0 else ""
    name = path.rpartition("/")[2]
    return error if error and name and name in text[:at] and is_failure(error) and named_by(error).rpartition("/")[2] in {"", name} else ""


def _operand(section: Section, simple: Simple) -> str:
    """Return the one file that the command names, or ``""`` where it is not plain which."""
    if section.ending is None and not section.command.target:
        return place_of(operand_of(section.command.text))
    named = operands(simple.words)
    return place_of(named[0]) if len(named) == 1 and section.is_literal(named[0]) else ""


_VMDK = re.compile(r"([^\s/'\"`:;,()\u2018\u2019]{1,255}\.vmdk)\b", re.IGNORECASE)


def _names_a_disk(answered: Answered, number: int) -> bool:
    """Tell whether a line names disks, and each of them is a record's."""
    names = _VMDK.findall(answered.text(number))
    return bool(names) and all(answered.says(name) or any(value.endswith(squeezed(name)) for value in answered.values) for name in names)


PARSER = Parser(
    name="vmkfstools",
    where="host",
    command="vmkfstools -J getuuid FILE.vmdk",
    reads="UUIDs of disks, one command each or from a loop that echoes names",
    runs=runs,
    starts=starts,
    parse=parse,
    without_facts={
        "a disk's name in front of its answer": _names_a_disk,
        "the end of an answer or of a name that a terminal broke": is_end_of_row,
        "that a part of a disk is none": r"(?i:.*-(?:flat|delta|sesparse|ctk|rdmp?|digest)\.vmdk\W.*not a virtual disk)",
    },
)
