"""What a parser may recognise without making a record of it: for each parser the kinds of such lines, by name.

A line of an answer counts as recognised only if a record stands on it, or if it is of one of these kinds: it can hold no fact (a heading, a
rule, a total), or what it says is in a record that stands on another line (a field of an object, the end of a row that a terminal broke). All
else that a parser takes and says nothing of was swallowed: it is unread, whatever the parser thinks. See `swallowed`.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING

from reconcile.parsers.answered import NOTHING, Answered, squeezed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from reconcile.facts.records import Parsed
    from reconcile.transcript.sections import Section

    # The pattern of a kind's lines, or what tells whether the line of this number is of it.
    Kind = str | Callable[["Answered", int], bool]


def swallowed(name: str, section: Section, parsed: Parsed) -> list[int]:
    """Return the lines that a parser, of this name, recognised, and which have no record and are of no kind that it may take so."""
    answered = Answered(section, parsed)
    alike, telling = _told_by(name)
    left = [number for number in answered.unsaid() if not alike(answered.text(number))]
    return [number for number in left if not any(tells(answered, number) for tells in telling)]


@cache
def _told_by(name: str) -> tuple[Callable[[str], object], list[Callable[[Answered, int], bool]]]:
    """Return what matches a line of any kind that has a pattern, and what tells those of the other kinds."""
    kinds = KINDS.get(name, {}).values()
    patterns = [f"(?:{kind})" for kind in kinds if isinstance(kind, str)]
    return re.compile("|".join(patterns) or "(?!)").match, [kind for kind in kinds if not isinstance(kind, str)]


def _said(pattern: str) -> Kind:
    """Return the kind of a line whose values, the pattern's groups, are each in a record."""
    matches = re.compile(pattern).match

    def is_said(answered: Answered, number: int) -> bool:
        found = matches(answered.text(number))
        return found is not None and all(answered.says(value) or answered.begins(number, value) for value in found.groups() if value)

    return is_said


def _broken(pattern: str) -> Kind:
    """Return the kind of the end of a row that a terminal broke: no row begins there as the pattern says."""
    begins = re.compile(pattern).match
    return lambda answered, number: answered.is_below_widest(number) and not begins(answered.text(number))


# JSON

#     "dev":"nmem0",        {"name":"sda", "serial":null}
_MEMBER = re.compile(r'"((?:[^"\\]|\\.){1,200})"\s*:\s*("(?:[^"\\]|\\.)*"|[^\s,\]}\[{]*)')
_ELEMENTS = re.compile(r'\s*(?:(?:"(?:[^"\\]|\\.)*"|[^\s",\]}\[{:]+)(?:,\s*|\s*$))+$')
_ELEMENT = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s",\]}\[{:]+')


def _value(text: str) -> str:
    """Return what a value of JSON says as text."""
    try:
        return str(json.loads(text)) if "\\" in text else text.strip('"')
    except ValueError:
        return text


def _json(heads: Collection[str], fields: Collection[str] = (), lists: Collection[str] = ()) -> dict[str, Kind]:
    """Return the kinds of lines of JSON. A record stands on the line of each of its `heads`; `fields` and elements of `lists` are in records."""

    def is_member(answered: Answered, number: int) -> bool:
        members = _MEMBER.findall(answered.text(number))
        if not members or any(key in heads and squeezed(_value(value)) not in NOTHING for key, value in members):
            return False
        return all(key not in fields or not value.startswith('"') or answered.says(_value(value)) for key, value in members)

    def is_element(answered: Answered, number: int) -> bool:
        text = answered.text(number)
        if not _ELEMENTS.match(text) or all(answered.says(_value(value)) for value in _ELEMENT.findall(text)):
            return _ELEMENTS.match(text) is not None
        inside = next((members[-1][0] for line in answered.above(number) if (members := _MEMBER.findall(line))), "")
        return inside not in lists

    others = "|".join((*heads, *fields))
    return {
        "a bracket": r"[\s\[\]{},]*$",
        "a member that no table has, on a line of its own": rf'\s*"(?!(?:{others})")[^"\\:]{{1,80}}"\s*:\s*(?:"[^"\\]*"|[0-9a-z.]+|[\[{{])(?:,|\s*$)\s*$',
        "a member that no table has, or that is in the object's record": is_member,
        "an element of a list that no table has, or that is in a record": is_element,
    }


def _is_bus(answered: Answered, number: int) -> bool:
    return all(value.startswith('"ndbus') for key, value in _MEMBER.findall(answered.text(number)) if key in {"dev", "dimm"})


def _is_name_below(answered: Answered, number: int) -> bool:
    """Tell whether a device's name stands below its kernel's name, which bears the record: ``lsblk -O`` shows both."""
    names = [_value(value) for key, value in _MEMBER.findall(answered.text(number)) if key == "name"]
    if len(names) != 1 or not answered.says(names[0]):
        return False
    for line in answered.above(number):
        members = dict(_MEMBER.findall(line))
        if "kname" in members or "name" in members:
            return "kname" in members
    return False


def _is_on_no_device(answered: Answered, number: int) -> bool:
    """Tell whether a line of JSON begins a file system that lies on no device: its source stands behind its target."""
    text = answered.text(number)
    if '"target"' not in text:
        return False
    for line in (text, *answered.below(number)):
        members = dict(_MEMBER.findall(line))
        if "source" in members:
            return not _value(members["source"]).replace("\\", "").startswith("/dev/")
        if line is not text and ("target" in members or "}" in line):
            return True
    return True


# Folders below /dev in which nothing is a device that could be mounted.
_NO_DEVICE = r"(?:shm|pts|hugepages|mqueue|fd|console|null)\b"

# Others


def _is_end_of_row(answered: Answered, number: int) -> bool:
    """Tell whether a line is the end of what a record near it says: a terminal broke a row there."""
    return answered.ends_near(number, answered.text(number).strip().rpartition("/")[2])


_VMDK = re.compile(r"([^\s/'\"`:;,()\u2018\u2019]{1,255}\.vmdk)\b", re.IGNORECASE)


def _names_a_disk(answered: Answered, number: int) -> bool:
    """Tell whether a line names disks, and each of them is a record's."""
    names = _VMDK.findall(answered.text(number))
    return bool(names) and all(answered.says(name) or any(value.endswith(squeezed(name)) for value in answered.values) for name in names)


# Handle 0x0001, DMI type 1, 27 bytes
_TABLE = re.compile(r"Handle 0x[0-9A-Fa-f]{4}, DMI type ([0-9]{1,3}),")
_SYSTEM = "1"


def _is_of_another_table(answered: Answered, number: int) -> bool:
    return next((found[1] for line in answered.above(number) if (found := _TABLE.match(line))), _SYSTEM) != _SYSTEM


def _is_small_file(answered: Answered, number: int) -> bool:
    """Tell whether a line shows the serial number of a dimm whose id another line shows, or the vendor that stands beside it."""
    found = re.match(
        r"(?:/sys/\S{0,300}/)?(?:nfit/)?(serial|vendor):?(?:0x)?([0-9a-f]{4,8})\s*$", answered.text(number).rpartition("/nfit/")[2]
    )
    if not found:
        return False
    return found[1] == "vendor" or any(value.endswith(found[2]) for value in answered.values)


# DeviceId : 1        "Number":  10,
_DRIVE = re.compile(r'\s*"?(?:Number|DeviceId|DiskNumber|DeviceNumber|Index)"? *: *"?([0-9]{1,5})\b', re.IGNORECASE)


def _is_property(pattern: str) -> Kind:
    """Return the kind of a line of a pattern that shows a property of an object; the number of a disk is in that disk's record."""
    matches = re.compile(pattern).match

    def is_property(answered: Answered, number: int) -> bool:
        text = answered.text(number)
        drive = _DRIVE.match(text)
        if drive:
            return any(re.match(rf"physicaldrive{int(drive[1])}(?:p|$)", value) for value in answered.values)
        return matches(text) is not None

    return is_property


_NDCTL = _json(("dev", "dimm"), ("id", "blockdev", "chardev"))
_LSBLK = _json(("name",), ("kname", "serial", "wwn", "mountpoint"), ("mountpoints",))
_FINDMNT = _json(("target",))
# Of PowerShell's objects these are in a record, or the object is not read.
_POWERSHELL = ("SerialNumber", "UniqueId", "UUID")


_NUMBERS = ("Number", "DeviceId", "DiskNumber", "DeviceNumber", "Index")

KINDS: Mapping[str, Mapping[str, Kind]] = {
    "ndctl": {**_NDCTL, "a bus": lambda answered, number: '"dev"' in answered.text(number) and _is_bus(answered, number)},
    "vmkfstools": {
        "a disk's name in front of its answer": _names_a_disk,
        "the end of an answer or of a name that a terminal broke": _is_end_of_row,
        "that a part of a disk is none": r"(?i:.*-(?:flat|delta|sesparse|ctk|rdmp?|digest)\.vmdk\W.*not a virtual disk)",
    },
    "descriptor": {
        "a remark": r"\s*(?:\S[^:]*\.vmdk:)?(?:[0-9]{1,6}[:-])?\s*#",
        "a setting that no table has": r"\s*(?:\S[^:]*\.vmdk:)?(?:[0-9]{1,6}[:-])?(?!ddb\.uuid\s{0,4}=)[A-Za-z][A-Za-z0-9._]{0,80}\s{0,4}=",
        "an extent, which makes the disk's size with the others": r"\s*(?:\S[^:]*\.vmdk:)?(?:[0-9]{1,6}[:-])?(?:RW|RDONLY|NOACCESS) [0-9]{1,15} ",
    },
    "df": {
        "a heading": r".{1,160}(?:\S{0,14}%|%[^\s/%]{1,8})\s{1,4}\S[^/%]{0,30}$|.*\bCapacity\s+Mounted on\s*$",
        "a device too long for its column, or the end of a row": _is_end_of_row,
    },
    "lsblk": {
        "a heading": r"[A-Z][A-Z0-9:%_-]{1,20}(?:\s+[A-Z][A-Z0-9:%_-]{1,20})*\s*$",
        **_LSBLK,
        "a name below the kernel's name": _is_name_below,
    },
    "findmnt": {
        "a heading": r"(?:TARGET|SOURCE|FSTYPE)(?:\s+[A-Z][A-Z:%-]{1,20})+\s*$",
        "what is mounted and lies on no device": _is_on_no_device,
        "the same on a line of its own": rf"(?!\s*[{{\"\]}}])(?!.*/dev/(?!{_NO_DEVICE}))",
        **_FINDMNT,
    },
    "esxcli": {
        "a heading, or a part of one": r"(?:Mount\s+Point|Volume\s+Name|UUID|Mounted|Type|Size|Free|[,\s])+$|Free,MountPoint,",
        "a rule": r"[\s\\-]+$",
        **_json((), ("MountPoint", "UUID", "VolumeName")),
        "the end of a row": _is_end_of_row,
    },
    "daxctl": _json(("chardev",)),
    "sysfs": {
        "a file that no table has": r"(?:/?sys/\S{0,300}/)?(?:nmem[0-9]+/(?:nfit/)?(?!id:|serial:|vendor:)|region[0-9]+/(?!size:|mapping[0-9]+:))[a-z_]{1,30}:",
        "a serial number beside an id, and its vendor": _is_small_file,
        "a total": r"total [0-9]",
    },
    "scsi_id": {
        "a device that is no disk": r"\[[0-9N]+(?::[0-9]+){3}\]\s+(?!disk\b)[a-z/]{2,10}\s",
        "a detail of the device above, or its end": r" {2,4}(?:[a-z_]{2,40}=|dir: /sys/)|\s*[^\s\[\]=]{1,240}\]\s*$",
    },
    "dmidecode": {
        "a table's beginning": _TABLE.pattern,
        "a line of another table": _is_of_another_table,
        "the system table's name": r"[A-Z][A-Za-z ]{2,40}$",
        "a field that no table has": r"\s{1,8}(?!(?:UUID|Manufacturer|Product Name):)\S.{0,80}?(?::|$)",
        "that there is none": r"\s{1,8}UUID: Not (?:Present|Settable|Specified)",
    },
    "powershell": {
        "a heading": r"\s*[A-Z][A-Za-z]{1,40}(?:\s+[A-Z][A-Za-z]{1,40})*\s*$",
        "a heading of CSV": r'\s*"?[A-Za-z_]\w{1,60}"?[,;]["\w,;]{1,4096}\s*$',
        "a rule": r"[\s-]+$",
        "a property that is in the object's record": _said(rf"\s*(?:{'|'.join(_POWERSHELL)})\s*: ?(.*)$"),
        "a drive's letter": _said(r"\s*DriveLetter\s*: ?([A-Z]?)"),
        "a property that no table has, or the disk's number": _is_property(
            rf"(?!(?:{'|'.join((*_POWERSHELL, 'DriveLetter'))})\s*:)[A-Za-z_]\w{{1,60}} *:|\s+[^\"\s]"
        ),
        **_json(_NUMBERS, _POWERSHELL),
    },
    "volume": {
        "the beginning": r".*file system spanning [0-9]+ partition",
        "the name that stands beside the id": _said(r"File system label \(if any\):(?: (.*?))?\s*$"),
        "the end of a line that a terminal broke": _broken(r"UUID:|File system label"),
        "a figure or a partition": r"(?!UUID|File system label)\S.*[: ]|\s+\S",
    },
    "vms": {
        "a heading": r"Vmid\s",
        "the end of a row that a terminal broke": _broken(r"[0-9]{1,9} {2,}\S|\s+[A-Z][A-Za-z ]{1,20}:"),
        "a field that is in the machine's record": _said(r"\s+(?:UUID|Display Name|Config File):(?: (.*))?$"),
        "a field that no table has": r"\s+(?:World ID|Process ID|VMX Cartel ID):",
        "the name above a machine's fields": lambda answered, number: next(answered.below(number), "").lstrip().startswith("World ID:"),
    },
    "vmx": {
        "a setting that is in a record": _said(r"(?:\S[^:=]{0,1024}\.vmx:)?\s{0,8}uuid\.bios ?= ?\"([^\"]*)\"\s*$"),
        "a setting that no table has": r"(?:\S[^:=]{0,1024}\.vmx:)?\s{0,8}(?!uuid\.bios ?=|displayName ?=|[a-z0-9:]{1,20}\.fileName ?= ?\"[^\"]*\.vmdk\")(?i:[.a-z][a-z0-9_.:-]{0,200}) ?=",
    },
    "by-id": {
        "a total": r"total [0-9]|[0-9]+ director",
        "the folder itself": r"\s*/dev/disk/by-id[/:]*\s*$|[\s0-9]{0,40}d[rwxsStT-]{9}",
    },
    "ls": {
        "a total": r"\s*(?:total|insgesamt) [0-9]",
        "the folder itself, or the one above": r"[\s0-9]{0,40}d[rwxsStT-]{9}.*\s\.{1,2}/?\s*$|\s*\.{1,2}/?(?:\s+\.{1,2}/?)?\s*$",
        "a link's heading": r"\s*/dev/disk",
        "the end of a row that a terminal broke": _is_end_of_row,
    },
    "find": {},
    "hostname": {},
    "pwd": {"the directory, which is in the names of what was asked there": r"/"},
    "date": {},
    "sha256sum": {"a field of the sum's record": r"(?:Algorithm|Hash|Path)\s*:|\s+\S"},
}
