"""What our own capture scripts write: a header, each command with what it printed, and at the end a count and a sum of all above.

    vpmem-reconcile capture 1 (host)
    script:  0.1.0
    machine: esx01
    time:    2026-11-22T10:12:13Z
    user:    root

    $ vmkfstools -J getuuid '/vmfs/volumes/PMemDS-1/vm 1/a.vmdk'
    ! Failed to open '/vmfs/volumes/PMemDS-1/vm 1/a.vmdk' : Failed to lock the file (16392).
    = 255

    commands: 1, failed: 1
    sha256: 1d0c...

What was printed stands behind ``|``, errors behind ``!``, and control characters stand as ``?``: nothing that a machine says, and no
name of a file, can pose as a line of the script's own. The sum is that of the lines from the header down to the count, each ended by a
line feed, in UTF-8: so CRLF, a byte order mark, UTF-16 and what stands around them do not matter, and any other change does.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.machine_names import is_no_name
from reconcile.facts.records import Damage, Record, Said
from reconcile.facts.strengths import OBJECT
from reconcile.transcript.command_lines import NOTHING, parse_command
from reconcile.transcript.decode import cp1252_bytes
from reconcile.transcript.sections import Ending, Section, Transcript
from reconcile.transcript.split import split

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEADER = re.compile(r"vpmem-reconcile capture [0-9]{1,3} \((?:host|guest|windows)\)$")
_BEGINS = "vpmem-reconcile capture "
_FIELD = re.compile(r"(script|machine|time|user): +(.{0,300})$")
_COUNT = re.compile(r"commands: ([0-9]{1,9}), failed: ([0-9]{1,9})$")
_SUM = re.compile(r"sha256: ([0-9a-f]{64}|none)$")
# What the scripts write where no program makes a sum.
_NO_SUM = "sha256: none"
_STATUS = re.compile(r"= (-?[0-9]{1,11})$")


class Facts(NamedTuple):
    """What one recording says by itself: whose it is, when it was made, whether it is whole."""

    line: int
    machine: str
    shell: str
    records: tuple[Record, ...]


def holds_recording(lines: Sequence[str], text: str) -> bool:
    """Tell whether a recording, or the end of one, stands somewhere in these lines, which are together that text."""
    if _BEGINS not in text and "sha256: " not in text:
        return False
    return any(line.startswith((_BEGINS, "sha256: ")) and (_HEADER.match(line) or _SUM.match(line)) for line in lines)


def split_recordings(lines: Sequence[str], encoding: str) -> tuple[Transcript, tuple[Facts, ...]]:
    """Take a source's lines apart that hold recordings. What stands around these is taken apart as in any other source."""
    whole = Transcript((), (), (), has_prompts=True)
    facts: list[Facts] = []
    at = 0
    for start, stop in _spans(lines):
        whole = _joined(whole, split(lines[at:start]), at)
        recording = _Recording(lines, start, stop, encoding)
        recording.read()
        whole = _joined(whole, Transcript(tuple(recording.sections), tuple(recording.noise), (), has_prompts=True), 0)
        facts.append(recording.facts())
        at = stop
    return _joined(whole, split(lines[at:]), at), tuple(facts)


def _spans(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Return where each recording begins and ends. One that lost its header begins where the one before ends, or the source."""
    spans: list[tuple[int, int]] = []
    start: int | None = None
    done = 0
    for index, line in enumerate(lines):
        if line.startswith(_BEGINS) and _HEADER.match(line):
            if start is not None:
                spans.append((start, index))
                done = index
            start = index
        elif line.startswith("sha256: ") and _SUM.match(line):
            begin = done if start is None else start
            spans.append((begin, index + 1))
            start, done = None, index + 1
    if start is not None:
        spans.append((start, len(lines)))
    return spans


def _joined(one: Transcript, other: Transcript, at: int) -> Transcript:
    """Add what was taken apart from line `at` on."""
    sections = tuple(
        replace(section, first=section.first + at, prompt_line=section.prompt_line + at if section.prompt_line else 0)
        for section in other.sections
        if isinstance(section, Section)
    )
    volumes = tuple(volume._replace(line=volume.line + at) for volume in other.volumes)
    noise = tuple(line + at for line in other.noise)
    return Transcript(one.sections + sections, one.noise + noise, one.volumes + volumes, has_prompts=True)


class _Recording:
    """Reads the lines of one recording, from index `start` up to but not including `stop`."""

    def __init__(self, lines: Sequence[str], start: int, stop: int, encoding: str) -> None:
        self._lines = lines
        self._start = start
        self._stop = stop
        self._encoding = encoding
        self._fields: dict[str, tuple[int, str]] = {}
        self._machine = ""
        self._counted: re.Match[str] | None = None
        self._commands = self._failed = 0
        self.sections: list[Section] = []
        self.noise: list[int] = []

    @property
    def _shell(self) -> str:
        return f"recording {self._start + 1}"

    def read(self) -> None:
        """Read header, commands and end."""
        index = self._header(self._start)
        while index < self._stop:
            line = self._lines[index]
            counted = _COUNT.match(line)
            if line.startswith("$ "):
                index = self._command(index)
                continue
            if not line:
                self.noise.append(index + 1)
            elif counted and not self._counted:
                self._counted = counted
            elif index + 1 != self._stop or not _SUM.match(line):
                self._stray(index)
            index += 1

    def _header(self, index: int) -> int:
        if not _HEADER.match(self._lines[index]):
            return index
        index += 1
        while index < self._stop and (found := _FIELD.match(self._lines[index])) and found[1] not in self._fields:
            self._fields[found[1]] = (index + 1, found[2].strip())
            index += 1
        name = self._fields.get("machine", (0, ""))[1]
        self._machine = "" if is_no_name(name) else name
        return index

    def _command(self, index: int) -> int:
        """Read a command with all that belongs to it; return the next index."""
        prompt = index
        index = self._run_of("|", prompt + 1)
        first, last = prompt + 2, index
        index = self._run_of("!", index)
        errors = tuple((number + 1, self._lines[number][2:]) for number in range(last, index))
        found = _STATUS.match(self._lines[index]) if index < self._stop else None
        self.noise.append(prompt + 1)
        if prompt + 1 == self._stop:
            # The capture ends here, maybe in the middle of a name.
            return index
        self._commands += 1
        status = int(found[1]) if found else None
        self._failed += status not in {0, None}
        if found:
            self.noise.append(index + 1)
        output = tuple(self._lines[number][2:] for number in range(prompt + 1, last))
        text = self._lines[prompt][2:]
        ending = Ending((index if found else last - 1) + 1, status, errors)
        self.sections.append(self._section(first, output, ending, text, prompt + 1))
        return index + 1 if found else index

    def _run_of(self, mark: str, index: int) -> int:
        while index < self._stop and (self._lines[index] == mark or self._lines[index].startswith(f"{mark} ")):
            index += 1
        return index

    def _stray(self, index: int) -> None:
        """Note a line that no script of ours writes, or that lost what stood in front of it: it is nobody's answer."""
        self.sections.append(self._section(index + 1, (self._lines[index],), Ending(index + 1, None, ()), "", 0))

    def _section(self, first: int, lines: tuple[str, ...], ending: Ending, text: str, prompt_line: int) -> Section:
        # The scripts work in the root folder. Machines that are called localhost have no name.
        command = parse_command(text) if text else NOTHING
        named_by = OBJECT if self._machine else ""
        return Section(
            first, lines, command, "/", machine=self._machine, named_by=named_by, shell=self._shell, prompt_line=prompt_line, ending=ending
        )

    def facts(self) -> Facts:
        """Return whose this is, when it was made, and where it is cut or changed."""
        records: list[Record] = []
        if "time" in self._fields:
            line, time = self._fields["time"]
            records.append(Said(line, "time", time))
        trouble = self._trouble()
        if trouble:
            records.append(trouble)
        elif self._lines[self._stop - 1] == _NO_SUM:
            records.append(Said(self._stop, "sum", "none"))
        return Facts(self._start + 1, self._machine, self._shell, tuple(records))

    def _trouble(self) -> Damage | None:
        last = self._lines[self._stop - 1]
        told = _SUM.match(last)
        if not told:
            note = f"The capture ends in line {self._stop:,} without the count and the sum that the script writes at the end"
            return Damage(self._stop, "truncated", note)
        if not _HEADER.match(self._lines[self._start]):
            return Damage(self._stop, "damaged", "The capture has lost its beginning, with the name of its machine")
        counted = self._counted
        if not counted or (int(counted[1]), int(counted[2])) != (self._commands, self._failed):
            return Damage(self._stop, "damaged", f"The capture holds {self._commands} commands, and its end tells of others")
        if told[1] not in {"none", self._sum()}:
            return Damage(self._stop, "damaged", "The capture was changed since: its lines do not have the sum that the last one gives")
        return None

    def _sum(self) -> str:
        text = "".join(f"{line}\n" for line in self._lines[self._start : self._stop - 1])
        data = cp1252_bytes(text) if self._encoding == "cp1252" else text.encode("utf-8", "surrogatepass")
        return hashlib.sha256(data).hexdigest()
