"""``vmkfstools -P``: a datastore's name and its volume id. The UUID that it prints is the volume's and never a disk's.

Source: captures of ESXi 5 to 8.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.facts.records import Failure, Parsed, Record, Volume
from reconcile.parsers.broken_rows import whole_rows
from reconcile.parsers.kinds import broken_row, said_by_record
from reconcile.parsers.parser import Parser
from reconcile.transcript.failures import is_failure

if TYPE_CHECKING:
    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section

# VMFS-6.81 (Raw Major Version: 24) file system spanning 1 partitions.
_FIRST = re.compile(r"\S{1,20}(?: \(Raw Major Version: [0-9]+\))? file system spanning [0-9]+ partitions?\.\s*$")
_BEGIN = re.compile(r"\S{1,20}(?: \(Raw Major Version: [0-9]+\))? file system spanning")
_LABEL = re.compile(r"File system label \(if any\):(?: (.*?))?\s*$")
_UUID = re.compile(r"UUID: ([0-9a-f]{8}-[0-9a-f]{8}(?:-[0-9a-f]{4}-[0-9a-f]{12})?)\s*$")
_KNOWN = re.compile(r"Mode: |Capacity |File Block Size|Volume Creation Time: |Files \(max|(?:Secondary )?Ptr Blocks|Sub Blocks|Large Blocks|PB2s|Partitions spanned |"
                    r"Is Native Snapshot Capable: |Is Content Addressable|Disk Block Size|Physical Block Size|Max File Size|OBJLIB-|\t\S|NAS VAAI|Remote|Disk Size|Unmap|\s+\S+:[0-9]+\s*$")  # fmt: skip


def runs(simple: Simple) -> bool:
    """Tell whether this command shows a file system's attributes."""
    flags = [word for word in simple.words[1:] if re.fullmatch(r"-[a-zA-Z]+", word)]
    return simple.name == "vmkfstools" and ("--queryfs" in simple.words or any("P" in flag for flag in flags))


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line."""
    return bool(_BEGIN.match(line))


def _goes_on(so_far: str, line: str) -> bool:
    """Tell whether a line is the rest of the one above it, a long one, and no field and no partition, which is indented."""
    return bool(_BEGIN.match(so_far) or so_far.startswith(("Capacity ", "File system label"))) and not (
        line.startswith(("UUID:", "File system label", "\t", "  ")) or _KNOWN.match(line) or _BEGIN.match(line)
    )


def parse(section: Section) -> Parsed:
    """Read which name is which id."""
    records: list[Record] = []
    noise: list[int] = []
    rest: list[int] = []
    label: str | None = None
    seen = over = False
    for number, line in whole_rows(section, _goes_on):
        first = bool(_FIRST.match(line))
        over = over or (first and seen and bool(section.command.simples))
        if first and not over:
            seen, label = True, None
        named, ident = _LABEL.match(line), _UUID.match(line)
        if not line.strip():
            noise.append(number)
        elif over or (not seen and not is_failure(line.strip())):
            rest.append(number)
        elif named:
            label = named[1] or ""
        elif ident:
            if label:
                records.append(Volume(number, label, ident[1]))
            label = None
        elif is_failure(line.strip()):
            records.append(Failure(number, section.command.text, line.strip()))
        elif not first and not _KNOWN.match(line):
            rest.append(number)
    return Parsed(tuple(records), tuple(noise), tuple(rest))


PARSER = Parser(
    name="volume",
    where="host",
    command="vmkfstools -P /vmfs/volumes/DATASTORE",
    reads="a datastore's name and volume id",
    runs=runs,
    starts=starts,
    parse=parse,
    without_facts={
        "the beginning": r".*file system spanning [0-9]+ partition",
        "the name that stands beside the id": said_by_record(r"File system label \(if any\):(?: (.*?))?\s*$"),
        "the end of a line that a terminal broke": broken_row(r"UUID:|File system label"),
        "a figure or a partition": r"(?!UUID|File system label)\S.*[: ]|\s+\S",
    },
)
