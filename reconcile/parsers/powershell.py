"""PowerShell in a Windows guest: ``Get-PhysicalDisk``, ``Get-Disk``, ``Get-Partition`` and the VM's own UUID.

As a list (``Format-List``), as a table with its ruler, as JSON (``ConvertTo-Json``) and as CSV (``Export-Csv``). Where the VM has disk.EnableUUID, a disk's
serial number is the vmdk's whole UUID. Source: captures of VMware guests, and the MSFT_PhysicalDisk, MSFT_Disk and MSFT_Partition classes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.facts.machine_names import is_no_name
from reconcile.facts.records import Damage, Failure, Parsed, Record
from reconcile.parsers.kinds import json_kinds, said_by_record
from reconcile.parsers.parser import Parser
from reconcile.parsers.powershell_csv import TYPE, heading_of, rows_of
from reconcile.parsers.powershell_objects import Properties, records_of
from reconcile.transcript.failures import is_failure
from reconcile.transcript.json_text import find_documents

if TYPE_CHECKING:
    from reconcile.parsers.answered import Answered, Kind
    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.json_text import JsonValue
    from reconcile.transcript.sections import Section

_COMMANDS = frozenset({"get-physicaldisk", "get-disk", "get-partition"})
_CIM = frozenset({"get-ciminstance", "get-wmiobject", "gcim", "gwmi"})
_CLASSES = frozenset({"win32_computersystemproduct", "win32_diskdrive"})
# SerialNumber : 6000c29562ac5210681271ce73f62d47
_FIELD = re.compile(r"([A-Za-z_][A-Za-z0-9_]{1,60}) *: ?(.{0,4000})$")
# ------ ------------        ------------                     ---------
_RULER = re.compile(r"-{2,100}(?: {1,300}-{2,100}){1,40} *$")
# Get-PhysicalDisk prints these columns, and no other command of the vocabulary does.
_TELLING = re.compile(
    r"\s*(?:PSComputerName +)?Number +Friendly ?Name +Serial ?Number\b"
    r"|(?:DeviceId|SerialNumber|FriendlyName|PSComputerName|SystemName|__SERVER|CSName|DiskNumber|PartitionNumber) +: "
    r"|Number {1,40}: [0-9]{1,4}\s*$"
)
# The machine's own name for itself, and what the one who asked called it.
_OWN_NAMES = ("systemname", "__server", "csname", "servername", "node")
_ASKED_NAME = "pscomputername"
_DIGITS = re.compile(r"(?<![0-9a-fA-F])6000[cC]29[0-9a-fA-F]{25}(?![0-9a-fA-F])")
_LONGEST = 5000
_TELLING_KEYS = frozenset({"SerialNumber", "PartitionNumber", "UUID"})
_KEY = re.compile(r'"(?:SerialNumber|PartitionNumber|UUID)"\s*:')


def runs(simple: Simple) -> bool:
    """Tell whether this command shows disks, partitions or the VM's own UUID."""
    name = simple.name.lower()
    return name in _COMMANDS or (name in _CIM and any(word.lower() in _CLASSES for word in simple.words[1:]))


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line; of JSON any might, and what is in it tells."""
    if line[:1] in {"[", "{"}:
        return line.strip() in {"[", "{"} or '"SerialNumber"' in line
    return bool(_TELLING.match(line[:_LONGEST]) or TYPE.match(line) or heading_of(line))


def parse(section: Section) -> Parsed:
    """Read disks, partitions with their drive letters, and what the machine says of itself."""
    if any(_KEY.search(line) for line in section.lines):
        return _parse_json(section)
    reader = _Lines(section)
    at = next((at for at, line in enumerate(section.lines) if heading_of(line)), None)
    for number, line in section.numbered():
        if at is None or number < section.first + at:
            reader.read(number, line)
    reader.end()
    if at is not None:
        reader.read_csv(at)
    return Parsed((*reader.failures, *reader.records), tuple(reader.noise), tuple(sorted(reader.rest)), tuple(reader.owned))


def _parse_json(section: Section) -> Parsed:
    found = find_documents(section.lines, section.first)
    records: list[Record] = [Damage(line, status) for line, status in found.damage]
    owned: list[tuple[str, Record]] = []
    taken: set[int] = set()
    for document in found.documents:
        values = _values(document.value)
        objects = [value for value in values if isinstance(value, dict) and _TELLING_KEYS & value.keys()]
        lines = [number for number in range(document.first, document.last + 1) for _ in _KEY.findall(section.lines[number - section.first])]
        is_read = False
        for index, value in enumerate(objects):
            line = lines[index] if len(lines) == len(objects) else document.first
            shown = Properties(line, _cells(value))
            read = list(records_of(shown, section.first))
            is_read = is_read or bool(read)
            machine = _machine_of(shown.cells)
            if machine is None:
                records += read
            else:
                owned += [(machine, record) for record in read]
        if is_read:
            taken.update(range(document.first, document.last + 1))
    taken |= found.brackets if taken else set()
    noise = [number for number, line in section.numbered() if number not in taken and not line.strip()]
    rest = [number for number, line in section.numbered() if number not in taken and line.strip()]
    return Parsed(tuple(records), tuple(noise), tuple(rest), tuple(owned))


def _values(value: JsonValue) -> list[JsonValue]:
    """Return the objects of a document; Windows PowerShell puts some lists into an object with their count."""
    if isinstance(value, dict) and isinstance(value.get("value"), list) and "Count" in value:
        value = value["value"]
    return value if isinstance(value, list) else [value]


def _cells(value: dict[str, JsonValue]) -> dict[str, str]:
    cells = {key.lower(): "" if cell is None else str(cell) for key, cell in value.items() if not isinstance(cell, (dict, list))}
    system = value.get("CimSystemProperties")
    if isinstance(system, dict) and isinstance(server := system.get("ServerName"), str):
        cells.setdefault("servername", server)
    return cells


def _machine_of(cells: dict[str, str]) -> str | None:
    """Return the machine that an object says it is of, ``""`` where its name was cut; None where it says none.

    Where the one who asked gave a full name that begins with the machine's own, that.
    """
    own = next((name for key in _OWN_NAMES if (name := cells.get(key, "").strip()) and not _is_nobody(name)), "")
    asked = cells.get(_ASKED_NAME, "").strip()
    asked = "" if _is_nobody(asked) else asked
    if (own or asked).endswith(("...", "\u2026")):
        return ""
    if own and not asked.casefold().startswith(f"{own.casefold()}."):
        return own
    return asked or None


def _is_nobody(name: str) -> bool:
    return is_no_name(name) or name in {".", "::1"} or name.startswith(("127.", "Microsoft.")) or " " in name


class _Lines:
    """Reads lists, whose objects are parted by blank lines, and tables, whose columns begin where their rulers do."""

    def __init__(self, section: Section) -> None:
        self._section = section
        self._columns: list[tuple[str, int, int]] = []
        self._heads: list[tuple[int, str]] = []
        self._fields: dict[str, str] = {}
        self._given: list[int] = []
        self._over = False
        self.records: list[Record] = []
        self.owned: list[tuple[str, Record]] = []
        self.failures: list[Record] = []
        self.noise: list[int] = []
        self.rest: list[int] = []

    def read(self, number: int, line: str) -> None:
        field = _FIELD.match(line) if len(line) <= _LONGEST and not self._columns else None
        if not line.strip():
            self.noise.append(number)
            self.end()
        elif len(line) > _LONGEST or self._over:
            self.rest.append(number)
        elif TYPE.match(line):
            self.noise.append(number)
        elif _RULER.match(line) and self._heads and not self._columns:
            self._begin_table(line)
        elif is_failure(line.strip()):
            self.failures.append(Failure(number, self._section.command.text, line.strip()))
        elif self._columns:
            self._row(number, line)
        elif field and field[1].lower() not in self._fields and not self._heads:
            self._fields[field[1].lower()] = field[2].strip()
            self._given.append(number)
        elif self._fields or (field and not self._heads):
            # A value that goes on, as lists of paths do, or an object that begins without a blank line in front.
            self._go_on(number, line, again=bool(field))
        else:
            self._heads.append((number, line))

    def read_csv(self, at: int) -> None:
        """Read what stands below a heading of columns, up to the next heading, whose command is not known."""
        lines = self._section.lines
        stop = next((later for later in range(at + 1, len(lines)) if heading_of(lines[later]) or TYPE.match(lines[later])), len(lines))
        for index, cells in rows_of(lines[:stop]):
            number, text = self._section.first + index, lines[index].strip()
            if not text:
                self.noise.append(number)
            elif is_failure(text):
                self.failures.append(Failure(number, self._section.command.text, text))
            elif cells is None or not self._take(Properties(number, cells)):
                self.rest.append(number)
        self.rest += range(self._section.first + stop, self._section.first + len(lines))

    def _go_on(self, number: int, line: str, *, again: bool) -> None:
        if again:
            self.end()
            self.read(number, line)
        elif line[0].isspace():
            self._given.append(number)
        else:
            self.rest.append(number)

    def end(self) -> None:
        """End an object, or a table."""
        if self._fields and not self._take(Properties(self._given[0], self._fields)):
            self.rest += self._given
        self.rest += [number for number, _ in self._heads] if not self._columns else []
        self._over = self._over or bool(self._columns and (self.records or self.owned) and not self._section.command.simples)
        self._fields, self._given, self._heads, self._columns = {}, [], [], []

    def _begin_table(self, ruler: str) -> None:
        spans = [found.span() for found in re.finditer("-+", ruler)]
        for first, last in spans:
            # A header may stand in several lines, one word in each.
            words = [head[first : max(last, len(head) if last == spans[-1][1] else last)].strip() for _, head in self._heads]
            self._columns.append(("".join(words).replace(" ", "").lower(), first, last))

    def _row(self, number: int, line: str) -> None:
        cells: dict[str, str] = {}
        stops = [first for _, first, _ in self._columns[1:]] + [len(line)]
        for (name, first, _), stop in zip(self._columns, stops, strict=True):
            # A cell to the right of this one, set to its right, may begin in front of its header.
            goes_on = stop < len(line) and " " not in line[stop - 1 : stop + 1]
            cell = line[first:stop].rpartition(" ")[0] if goes_on else line[first:stop]
            cells[name] = re.split(" {2,}", cell.strip())[0] if name == "serialnumber" else cell.strip()
        cut = cells.get("serialnumber", "").endswith(("...", "\u2026")) or self._is_shifted(line, cells)
        if cut or not self._take(Properties(number, {key: cell for key, cell in cells.items() if key != "size"})):
            self.rest.append(number)

    def _is_shifted(self, line: str, cells: dict[str, str]) -> bool:
        """Tell whether a row does not stand below its headers: a word reaches over where serial numbers begin, or digits stand elsewhere."""
        begins = next((first for name, first, _ in self._columns if name == "serialnumber"), 0)
        shown = cells.get("serialnumber", "") + cells.get("uniqueid", "")
        return bool(line[begins - 1 : begins].strip() and begins) or any(digits not in shown for digits in _DIGITS.findall(line))

    def _take(self, shown: Properties) -> bool:
        """Read an object, as of the machine that it says; return whether it says anything."""
        read = list(records_of(shown, self._section.first))
        machine = _machine_of(shown.cells)
        if machine is None:
            self.records += read
        else:
            self.owned += [(machine, record) for record in read]
        return bool(read)


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


# Of PowerShell's objects these are in a record, or the object is not read.
_POWERSHELL = ("SerialNumber", "UniqueId", "UUID")


_NUMBERS = ("Number", "DeviceId", "DiskNumber", "DeviceNumber", "Index")


PARSER = Parser(
    name="powershell",
    where="guest",
    command="Get-PhysicalDisk | Format-List",
    reads="Windows disks and partitions, the VM's BIOS UUID; as a list, a table, JSON or CSV",
    runs=runs,
    starts=starts,
    parse=parse,
    marks=("SerialNumber", "DriveLetter", "UUID", "Serial Number"),
    without_facts={
        "a heading": r"\s*[A-Z][A-Za-z]{1,40}(?:\s+[A-Z][A-Za-z]{1,40})*\s*$",
        "a heading of CSV": r'\s*"?[A-Za-z_]\w{1,60}"?[,;]["\w,;]{1,4096}\s*$',
        "a rule": r"[\s-]+$",
        "a property that is in the object's record": said_by_record(rf"\s*(?:{'|'.join(_POWERSHELL)})\s*: ?(.*)$"),
        "a drive's letter": said_by_record(r"\s*DriveLetter\s*: ?([A-Z]?)"),
        "a property that no table has, or the disk's number": _is_property(
            rf"(?!(?:{'|'.join((*_POWERSHELL, 'DriveLetter'))})\s*:)[A-Za-z_]\w{{1,60}} *:|\s+[^\"\s]"
        ),
        **json_kinds(_NUMBERS, _POWERSHELL),
    },
)
