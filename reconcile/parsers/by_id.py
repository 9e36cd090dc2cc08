"""Links of ``/dev/disk/by-id``: the name is the identification that udev found, the target the device that bears it.

``scsi-3`` or ``wwn-0x`` with 32 digits, and a device behind an arrow, can be nothing else. So such a line is read wherever it stands and
whatever listed it: ``ls -l`` with its prompt or without, what ``awk`` left of that, ``tree``, ``find -ls``. A name alone tells no device:
one that holds an identification is left unread. Source: udev's 60-persistent-storage.rules, and captures of guests.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.records import Disk, Entry, Failure, Parsed, Record
from reconcile.parsers.parser import Parser
from reconcile.transcript.failures import is_failure

if TYPE_CHECKING:
    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section

FOLDER = "/dev/disk/by-id"
_ARROW = " -> "
# scsi-36000c29842c754f802c2d49b206b080c    wwn-0x6000c29842c754f802c2d49b206b080c-part1    scsi-SVMware_Virtual_disk_6000c29842c7...
_WHOLE = re.compile(r"(?:scsi-3|wwn-0x|scsi-SVMware_Virtual_disk_)[0-9a-fA-F]{32}(?:-part[0-9]{1,3})?$")
_HOLDS = re.compile(r"(?:scsi-3|wwn-0x|scsi-SVMware_Virtual_disk_)[0-9a-fA-F]{32}(?![0-9a-fA-F])")
_IDENTIFIED = re.compile(r"(wwn|scsi|ata|nvme)-(\S{1,200}?)(?:-part([0-9]{1,3}))?$")
# ata-VMware_Virtual_SATA_CDRW_Drive_00000000000000000001    lvm-pv-uuid-JYD1fj-Zrdz-nekN-lcF1-xJKM-kIuc-4WUD5V
_BESIDE = re.compile(r"(?:ata|dm-name|dm-uuid|edd|google|ieee1394|lvm-pv-uuid|md-name|md-uuid|mmc|nvme|pmem|scsi|usb|virtio|wwn)-\S")
_TARGET = re.compile(r"(?:\.\./\.\./|/dev/)([a-z]{2,5}[a-z0-9]{1,12})$")
# sda1, nvme0n1p1: a partition of a disk, and its number.
_PART = re.compile(r"(?:sd[a-z]{1,3}|[a-z]{2,5}[0-9]{1,4}(?:n[0-9]{1,4})?p)([0-9]{1,3})$")
_SCSI = re.compile(r"sd[a-z]{1,3}$")
# What stands in front of a name: nothing, or the drawing of tree, with the mode in brackets where it was asked for.
_TREE = re.compile(r"[\s\u2502|]{0,200}(?:[|`\u251c\u2514][-\u2500]{1,3}\s{0,3})?(?:\[[^\]]{1,80}\]\s{1,4})?$")
# lrwxrwxrwx 1 root root  9 Apr  9 20:45                   17      0 lrwxrwxrwx   1 root     root            9 Apr  9 20:45
_MODE = re.compile(r"[\s0-9]{0,40}l[rwxsStT-]{9}[.+@]?\s")
_SIZE = re.compile(
    r"\s([0-9]{1,5})\s+([A-Z][a-z]{2}\s+[0-9]{1,2}\s+(?:[0-9]{1,2}:[0-9]{2}|[0-9]{4})"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}\s+[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?(?:\s+[+-][0-9]{4})?)?)\s+$"
)
# What awk leaves of the columns in front: figures, a time, a month, the owner.
_COLUMN = re.compile(r"[0-9]{1,6}|[0-9]{1,2}:[0-9]{2}|[A-Z][a-z]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}|root|disk|l[rwx-]{9}[.+@]?")
_TOTAL = re.compile(r"total [0-9][0-9.]*[KMGT]?\s*$")
# drwxr-xr-x 2 root root 120 Apr  9 20:45 .
_DOTS = re.compile(r"[\s0-9]{0,40}d[rwxsStT-]{9}[.+@]?\s.{1,160}\s(?:\.\.?|/dev/disk(?:/by-id)?)/?\s*$")
_COUNTED = re.compile(r"[0-9]+ director(?:y|ies)(?:, [0-9]+ files?)?\s*$")
_LONGEST = 1000


class Link(NamedTuple):
    """A line that shows a link: its folder as shown, its name and target, and the size and time of a long listing."""

    folder: str
    name: str
    target: str
    size: str
    modified: str

    def identified(self, line: int, answer: int) -> Disk | None:
        """Return the device with its identification; None where name and target are not a device's and its own."""
        device, named = _TARGET.match(self.target), _IDENTIFIED.match(self.name)
        if not device or not named or (self.size and self.size != str(len(self.target))):
            return None
        part = _PART.match(device[1])
        if named[3] and (not part or part[1] != named[3]):
            return None
        wwn = named[2] if named[1] == "wwn" else ""
        kind = "part" if named[3] else "disk"
        return Disk(line, answer, device[1], kind, "" if wwn else named[2], wwn, "", None, "", identified=True)

    @property
    def is_whole(self) -> bool:
        """Whether the link can be nothing else: all digits of an identification, and the SCSI disk or the partition that bears them."""
        device = _TARGET.match(self.target)
        if not _WHOLE.match(self.name) or not device:
            return False
        return bool(_PART.match(device[1]) if "-part" in self.name else _SCSI.match(device[1]))


def read_link(line: str) -> Link | None:
    """Read a line that shows a link and nothing else but columns in front of it and a remark behind."""
    front, arrow, behind = line.partition(_ARROW)
    if not arrow or len(line) > _LONGEST or _ARROW in behind or not front or front[-1].isspace():
        return None
    target = behind.split(None, 1)[0] if behind and not behind[0].isspace() else ""
    path = front.split()[-1]
    before = front[: -len(path)]
    folder, slash, name = path.rpartition("/")
    long = _MODE.match(before)
    if not target or not (long or _TREE.match(before) or all(_COLUMN.fullmatch(word) for word in before.split())):
        return None
    sized = _SIZE.search(before) if long else None
    return Link(folder if slash else "", name, target, *(sized.groups() if sized else ("", "")))


def runs(simple: Simple) -> bool:
    """Tell whether this command shows links below ``/dev/disk`` in a way of its own; `reconcile.parsers.ls` hands on its own."""
    below = any(word.startswith("/dev/disk") for word in simple.words[1:])
    return below and (simple.name == "tree" or (simple.name == "find" and bool({"-ls", "-printf"}.intersection(simple.words))))


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line: a link that can be nothing else, or one that stands beside such."""
    if _ARROW not in line:
        return False
    link = read_link(line)
    return link is not None and (link.is_whole or (link.target.startswith("../../") and bool(_BESIDE.match(link.name))))


def holds_identification(line: str) -> bool:
    """Tell whether a line holds an identification as udev spells it in a name."""
    return "-" in line and _HOLDS.search(line) is not None


def parse(section: Section) -> Parsed:
    """Read which device bears which identification."""
    # Where one link can be nothing else, its neighbours are of the same folder.
    asked = bool(section.command.simples) or any(link.is_whole for line in section.lines if (link := read_link(line)))
    records: list[Record] = []
    noise: list[int] = []
    rest: list[int] = []
    for number, line in section.numbered():
        link = read_link(line)
        found = _records(link, number, section, asked=asked) if link else []
        if not line.strip():
            noise.append(number)
        elif is_failure(line.strip()):
            records.append(Failure(number, section.command.text, line.strip()))
        elif found:
            records += found
        elif not (asked and _says_nothing(line)):
            rest.append(number)
    return Parsed(tuple(records), tuple(noise), tuple(rest))


def _says_nothing(line: str) -> bool:
    """Tell whether a line is a heading, a total, or the folder itself."""
    return line.strip().rstrip(":/") == FOLDER or any(pattern.match(line) for pattern in (_TOTAL, _COUNTED, _DOTS))


def _records(link: Link, line: int, section: Section, *, asked: bool) -> list[Record]:
    """Return the link as it is listed, and the device that it identifies; nothing where its identification would be lost."""
    disk = link.identified(line, section.first) if asked else None
    if disk is None and holds_identification(link.name):
        return []
    folder = FOLDER if asked and not link.folder else link.folder
    size = int(link.size) if link.size else None
    entry = Entry(line, section.first, folder, link.name, "link", link.size, size, link.modified, link.target, followed=False, certain=True)
    return [entry, disk] if disk else [entry]


def is_listed(section: Section) -> bool:
    """Tell whether what was listed is ``/dev/disk/by-id`` or links in it, and something stands there that is more than names."""
    only = section.command.only()
    operands = [section.path(word) for word in only.words[1:] if not word.startswith("-")] if only else [""]
    operands = operands or [section.cwd]
    inside = all(f"{operand}/".startswith(f"{FOLDER}/") for operand in operands)
    return inside and any(" -> " in line or holds_identification(line) for line in section.lines)


PARSER = Parser(
    name="by-id",
    where="guest",
    command="ls -l /dev/disk/by-id",
    reads="SCSI disks' identifications as links, from whatever shows them: ls -l, tree, find -ls",
    runs=runs,
    starts=starts,
    parse=parse,
    without_facts={
        "a total": r"total [0-9]|[0-9]+ director",
        "the folder itself": r"\s*/dev/disk/by-id[/:]*\s*$|[\s0-9]{0,40}d[rwxsStT-]{9}",
    },
)
