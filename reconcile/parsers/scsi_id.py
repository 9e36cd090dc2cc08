"""``scsi_id`` and ``lsscsi -i``: a SCSI disk's identification, which for a VMware disk holds the vmdk's whole UUID.

Where the VM has disk.EnableUUID, the identification is a 3 for its type and the 32 digits. Source: udev, and captures of guests.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.parsers.failures import is_failure
from reconcile.parsers.records import Disk, Failure, Parsed, Record

if TYPE_CHECKING:
    from reconcile.commands import Simple
    from reconcile.transcript import Section

_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._:-]{0,127}$")
_DEVICE = re.compile(r"/dev/([a-z]{2,4}[a-z0-9]{0,12})$")
# [2:0:0:0]    disk    VMware   Virtual disk     2.0   /dev/sda   36000c29842c754f802c2d49b206b080c
_LINE = re.compile(r"\[[0-9N]+(?::[0-9]+){3}\]\s+([a-z/]{2,10})\s.{0,200}?\s(/dev/\S+|-)(?:\s+(\S+))?\s*$")


def runs(simple: Simple) -> bool:
    """Tell whether this command shows SCSI identifications."""
    return simple.name in {"scsi_id", "lsscsi"}


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line; a bare identification could be anything."""
    return bool(_LINE.match(line[:1000]))


def parse(section: Section) -> Parsed:
    """Read which device has which identification."""
    only = section.command.only()
    device = _asked(only.words) if only and only.name == "scsi_id" else ""
    shown = bool(only and any(re.match(r"--scsi_id|-[a-zA-Z]*i", word) for word in only.words[1:]))
    wwn = bool(only and {"-w", "--wwn"}.intersection(only.words))
    records: list[Record] = []
    noise: list[int] = []
    rest: list[int] = []
    for number, line in section.numbered():
        text = line.strip()
        found = _LINE.match(line[:1000])
        name = _DEVICE.match(found[2]) if found else None
        if not text:
            noise.append(number)
        elif is_failure(text):
            records.append(Failure(number, section.command.text, text))
        elif device and not records and _ID.match(text):
            records.append(Disk(number, section.first, device, "disk", text, "", "", None, "", identified=True))
        elif found and not device:
            ident = found[3] or ""
            ident = ident if _ID.match(ident) and ident != "-" else ""
            if name and found[1] == "disk":
                records.append(
                    Disk(number, section.first, name[1], "disk", "" if wwn else ident, ident if wwn else "", "", None, "", shown)
                )
        else:
            rest.append(number)
    return Parsed(tuple(records), tuple(noise), tuple(rest))


def _asked(words: tuple[str, ...]) -> str:
    """Return the one device that scsi_id was asked for, or ``""``."""
    named = [found[1] for word in words[1:] if (found := _DEVICE.match(word.removeprefix("--device=")))]
    return named[0] if len(named) == 1 else ""
