"""``scsi_id`` and ``lsscsi``: a SCSI disk's identification, which for a VMware disk holds the vmdk's whole UUID.

Where the VM has disk.EnableUUID, the identification is a 3 for its type and the 32 digits. ``lsscsi`` sets further columns behind a
device for ``-g``, ``-i``, ``-s`` and others, and instead of vendor and model for ``-t``, ``-u`` and ``-w``. So a column is known by what
stands in it and by what the command asked: a size is no identification, and an sg node is no disk. Source: udev, sg3-utils' lsscsi.c
and its manual, and captures of guests.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.records import Disk, Failure, Parsed, Record
from reconcile.parsers.parser import Parser
from reconcile.transcript.failures import is_failure

if TYPE_CHECKING:
    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section

_ID = re.compile(r"(?=\S*[0-9])[0-9A-Za-z](?:[0-9A-Za-z._:-]{0,126}[0-9A-Za-z._-])?$")
_DEVICE = re.compile(r"/dev/([a-z]{2,4}[a-z0-9]{0,12})$")
# [2:0:0:0]    disk    VMware   Virtual disk     2.0   /dev/sda   36000c29842c754f802c2d49b206b080c        [N:0:1:1]    disk ...
_BEGIN = re.compile(r"\[[0-9N]+(?::[0-9]+){3}\]\s+(?:([a-z/]{2,10})\s+)?(?=\S)")
# /dev/sda        /dev/sda[8:0]        /dev/nvme0n1
_NODE = re.compile(r"/dev/(sd[a-z]{1,3}|sr[0-9]{1,3}|st[0-9]{1,3}|nvme[0-9]{1,3}n[0-9]{1,3})(?:\[[0-9]{1,4}:[0-9]{1,7}\])?$")
_GENERIC = re.compile(r"/dev/(?:sg[0-9]{1,4}|ng[0-9]{1,3}n[0-9]{1,3}|bsg/\S{1,40})(?:\[[0-9]{1,4}:[0-9]{1,7}\])?$")
# 107GB        1.07GB        100GiB        0B
_SIZE = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,3})?(?:[kKMGTP]i?)?B$")
# What scsi_id and udev give: the type of the identification and its digits.
_IDENTIFICATION = re.compile(
    r"(?:3[0-9a-fA-F]{16}|3[0-9a-fA-F]{32}|[0-9a-fA-F]{32}|SVMware\S{1,100}|[123]SATA\S{1,100}|[0-9a-z]+\.\S{8,120})$"
)
# What -u and -w show instead of vendor and model.
_UNIT = re.compile(r"(?:naa\.|eui\.)?(?:0x)?(?:[0-9a-fA-F]{16}|[0-9a-fA-F]{32})$")
# What -l, -L and -v print below a device:   state=running queue_depth=32 scsi_level=3   dir: /sys/bus/scsi/devices/2:0:0:0  [/sys/...]
_DETAIL = re.compile(r" {2,4}(?:[a-z_]{2,40}=[^\s=]{0,40}(?: |$)|dir: /sys/\S{1,200} {1,4}\[/sys/[^\]]{1,300}(?:\]\s*)?$)")
# Where the terminal broke such a line, its end:                                  2/target2:0:0/2:0:0:0]
_DETAIL_END = re.compile(r"\s*(?:[a-z0-9.:]{1,40}/)?[^\s\[\]=]{1,200}\]\s*$")
_DIGITS = re.compile(r"[0-9a-fA-F]{16}")
_SHORT = re.compile(r"-[a-zA-Z]{1,12}$")
_LONGEST = 1000


class _Asked(NamedTuple):
    """What lsscsi was asked to show beside the devices: identifications behind them, and unit names in front. None where unknown."""

    identification: bool | None
    unit: bool | None

    @classmethod
    def by(cls, simple: Simple | None) -> _Asked:
        """Read the options of a command."""
        if simple is None or simple.name != "lsscsi":
            return cls(None, None)
        letters = {letter for word in simple.words[1:] if _SHORT.match(word) for letter in word[1:]}
        names = {word.replace("_", "-") for word in simple.words[1:] if word.startswith("--")}
        return cls("i" in letters or "--scsi-id" in names, bool({"u", "w"} & letters or {"--unit", "--wwn"} & names))


class _Row(NamedTuple):
    """A device as a line of lsscsi shows it."""

    name: str
    kind: str
    serial: str
    wwn: str
    size: str


def runs(simple: Simple) -> bool:
    """Tell whether this command shows SCSI identifications."""
    return simple.name in {"scsi_id", "lsscsi"}


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line; a bare identification could be anything."""
    return line.startswith("[") and _row(line, _Asked(None, None)) is not None


def parse(section: Section) -> Parsed:
    """Read which device has which identification."""
    only = section.command.only()
    device = _asked(only.words) if only and only.name == "scsi_id" else ""
    asked = _Asked.by(only)
    records: list[Record] = []
    noise: list[int] = []
    rest: list[int] = []
    behind = False
    for number, line in section.numbered():
        text = line.strip()
        row = _row(line, asked) if not device else None
        if not text:
            noise.append(number)
        elif is_failure(text):
            records.append(Failure(number, section.command.text, text))
        elif device and not records and _ID.match(text):
            records.append(Disk(number, section.first, device, "disk", text, "", "", None, "", identified=True))
        elif row is not None:
            shows = bool(asked.identification or asked.unit)
            if row.kind in {"disk", ""}:
                records.append(Disk(number, section.first, row.name, row.kind, row.serial, row.wwn, row.size, None, "", identified=shows))
        elif not (behind and len(line) <= _LONGEST and (_DETAIL.match(line) or _DETAIL_END.match(line)) and not _DIGITS.search(line)):
            rest.append(number)
        behind = bool(text) and number not in rest[-1:]
    return Parsed(tuple(records), tuple(noise), tuple(rest))


def _row(line: str, asked: _Asked) -> _Row | None:
    """Read a line of lsscsi; None where it is none, shows no device, or has a column that nobody knows."""
    begin = _BEGIN.match(line) if len(line) <= _LONGEST else None
    words = line[begin.end() :].split() if begin else []
    at = next((at for at, word in enumerate(words) if word.startswith("/dev/")), None)
    node = _NODE.match(words[at]) if at is not None else None
    if begin is None or node is None or at is None:
        return None
    serial = size = ""
    for word in words[at + 1 :]:
        if _GENERIC.match(word) or word == "-":
            continue
        if _SIZE.match(word) and not size:
            size = word
        elif asked.identification is not False and _IDENTIFICATION.match(word) and not serial:
            serial = word
        else:
            return None
    unit = words[0] if at == 1 and asked.unit is not False and _UNIT.match(words[0]) else ""
    if any(_DIGITS.search(word) for word in words[:at] if word != unit):
        return None
    return _Row(node[1], begin[1] or "", serial, unit, size)


def _asked(words: tuple[str, ...]) -> str:
    """Return the one device that scsi_id was asked for, or ``""``."""
    named = [found[1] for word in words[1:] if (found := _DEVICE.match(word.removeprefix("--device=")))]
    return named[0] if len(named) == 1 else ""


PARSER = Parser(
    name="scsi_id",
    where="guest",
    command="lsscsi -i",
    reads="SCSI disks' identifications: scsi_id, lsscsi -i",
    runs=runs,
    starts=starts,
    parse=parse,
    without_facts={
        "a device that is no disk": r"\[[0-9N]+(?::[0-9]+){3}\]\s+(?!disk\b)[a-z/]{2,10}\s",
        "a detail of the device above, or its end": r" {2,4}(?:[a-z_]{2,40}=|dir: /sys/)|\s*[^\s\[\]=]{1,240}\]\s*$",
    },
)
