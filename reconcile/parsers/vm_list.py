"""``vim-cmd vmsvc/getallvms`` and ``esxcli vm process list``: which VMs a host has, under which names, and where they lie.

The UUID of a VM's process is its BIOS UUID. It looks like a disk's and is never taken for one. Source: captures of ESXi 6 to 8.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.facts.records import Failure, Parsed, Record, Vm
from reconcile.parsers.broken_rows import whole_rows
from reconcile.parsers.kinds import broken_row, said_by_record
from reconcile.parsers.parser import Parser
from reconcile.transcript.failures import is_failure

if TYPE_CHECKING:
    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section

# What cannot be read of a VM that is registered stands in front of the table: Skipping invalid VM '6'
_SKIPPED = re.compile(r"Skipping invalid VM '[0-9]{1,10}'\s*$")
# Vmid    Name              File                  Guest OS      Version   Annotation
_HEADER = re.compile(r"Vmid {2,}Name {2,}File {2,}Guest OS {2,}Version {2,}Annotation *$")
# 12     db01   [datastore1 (1)] db01/db01.vmx   ubuntu64Guest   vmx-19   what somebody noted
_ROW = re.compile(r"([0-9]{1,9}) {2,}(\S.{0,300}?) {2,}(\[[^\]]{1,100}\] \S.{0,600}?\.vmx) {2,}(\S+) {2,}(vmx-[0-9]+)(?: .*)?$")
_BEGIN = re.compile(r"Vmid {2,}Name {2,}File(?: {2,}(?:G|$)| *$)")
_NEXT = re.compile(r"[0-9]{1,9} {2,}\S|Vmid |Skipping invalid VM")
_FIELD = re.compile(r"\s{1,8}(World ID|Process ID|VMX Cartel ID|UUID|Display Name|Config File):(?: (.*))?$")
_UUID = re.compile(r"(?:[0-9a-fA-F]{2}[ -]){15}[0-9a-fA-F]{2}$")
_LONGEST = 4096


def runs(simple: Simple) -> bool:
    """Tell whether this command lists VMs."""
    if simple.name == "vim-cmd":
        return simple.words[1:] == ("vmsvc/getallvms",)
    return simple.name in {"esxcli", "localcli"} and [word for word in simple.words[1:] if not word.startswith("-")][:3] == [
        "vm",
        "process",
        "list",
    ]


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line; a process is known by its second line, and its first is any name."""
    return bool(_BEGIN.match(line)) or bool(_FIELD.match(line[:_LONGEST]) and line.lstrip().startswith("World ID:"))


def parse(section: Section) -> Parsed:
    """Read VMs with their names and configuration files."""
    if any(_BEGIN.match(line) for line in section.lines):
        return _inventory(section)
    return _processes(section)


def _inventory(section: Section) -> Parsed:
    records: list[Record] = []
    noise: list[int] = []
    rest: list[int] = []
    seen = over = False
    for number, line in whole_rows(section, lambda _, line: not _NEXT.match(line) and not is_failure(line.strip())):
        header = bool(_HEADER.match(line))
        over = over or (header and seen)
        seen = seen or header
        found = _ROW.match(line) if seen and not over and len(line) <= _LONGEST else None
        if not line.strip() or _SKIPPED.match(line):
            noise.append(number)
        elif found:
            records.append(Vm(number, found[2], found[3], ""))
        elif is_failure(line.strip()):
            records.append(Failure(number, section.command.text, line.strip()))
        elif not header or over:
            # An annotation may have lines of its own, and may hold anything.
            rest.append(number)
    return Parsed(tuple(records), tuple(noise), tuple(rest))


def _goes_on(so_far: str, line: str) -> bool:
    """Tell whether a line is the rest of a configuration file's path."""
    return so_far.lstrip().startswith("Config File:") and not so_far.rstrip().endswith(".vmx") and not _FIELD.match(line)


def _value(found: re.Match[str]) -> str:
    """Return a field's value without what somebody wrote behind it."""
    return _REMARK.sub("", (found[2] or "").strip()).rstrip()


# Such as: db01   <-- new
_REMARK = re.compile(r"\s(?:<[-=<]|#\s|//\s|\u2190|\u2192|\(nmem[0-9]).*$")


def _processes(section: Section) -> Parsed:
    """Read blocks: a name, and its fields indented below it."""
    records: list[Record] = []
    noise: list[int] = []
    rest: list[int] = []
    title = 0
    fields: dict[str, tuple[int, str]] = {}

    def end() -> None:
        nonlocal title
        if {"World ID", "Display Name"} <= fields.keys() and fields.get("Config File", (0, ""))[1].endswith(".vmx"):
            _, uuid = fields.get("UUID", (0, ""))
            digits = uuid.replace(" ", "").replace("-", "").lower() if _UUID.match(uuid) else ""
            line, name = fields["Display Name"]
            records.append(Vm(line, name, fields.get("Config File", (0, ""))[1], digits))
        else:
            rest.extend([title] if title else [])
            rest.extend(line for line, _ in fields.values())
        fields.clear()
        title = 0

    for number, line in whole_rows(section, _goes_on):
        found = _FIELD.match(line) if len(line) <= _LONGEST else None
        if found and found[1] not in fields:
            fields[found[1]] = (number, _value(found))
        elif not line.strip():
            noise.append(number)
        else:
            end()
            if found:
                fields[found[1]] = (number, _value(found))
            elif is_failure(line.strip()):
                records.append(Failure(number, section.command.text, line.strip()))
            elif line[0].isspace():
                rest.append(number)
            else:
                title = number
    end()
    return Parsed(tuple(records), tuple(noise), tuple(sorted(rest)))


PARSER = Parser(
    name="vms",
    where="host",
    command="vim-cmd vmsvc/getallvms",
    reads="VMs, their names and files; also esxcli vm process list",
    runs=runs,
    starts=starts,
    parse=parse,
    without_facts={
        "a heading": r"Vmid\s",
        "the end of a row that a terminal broke": broken_row(r"[0-9]{1,9} {2,}\S|\s+[A-Z][A-Za-z ]{1,20}:"),
        "a field that is in the machine's record": said_by_record(r"\s+(?:UUID|Display Name|Config File):(?: (.*))?$"),
        "a field that no table has": r"\s+(?:World ID|Process ID|VMX Cartel ID):",
        "the name above a machine's fields": lambda answered, number: next(answered.below(number), "").lstrip().startswith("World ID:"),
    },
)
