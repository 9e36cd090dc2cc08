"""``dmidecode``: a guest's BIOS UUID, which its ``.vmx`` has too. It is the VM's and never a disk's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.facts.records import Failure, Parsed, Record, Said
from reconcile.parsers.parser import Parser
from reconcile.transcript.failures import is_failure

if TYPE_CHECKING:
    from reconcile.parsers.answered import Answered
    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section

_HANDLE = re.compile(r"Handle 0x[0-9A-Fa-f]{4}, DMI type ([0-9]{1,3}), [0-9]+ bytes\s*$")
_TALK = re.compile(
    r"# dmidecode [0-9.]+|Getting SMBIOS data|SMBIOS [0-9.]+ present|(?:#\s*)?SMBIOS implementations newer|Scanning /dev/mem"
    r"|[0-9]+ structures occupying [0-9]+ bytes|Table at 0x[0-9A-Fa-f]+"
)
_FIELD = re.compile(r"\s{1,8}(UUID|Manufacturer|Product Name):\s(.{0,200}?)\s*$")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
# What the UUID of every vmdk begins with, and no VM's.
_VMDK = "6000c29"
_WHAT = {"Manufacturer": "vendor", "Product Name": "product"}
_NOTHING = "# No SMBIOS nor DMI entry point found"
_SYSTEM = "1"
_UUID_FILES = {("/sys/class/dmi/id/product_uuid",), ("sys/class/dmi/id/product_uuid",)}


def runs(simple: Simple) -> bool:
    """Tell whether this command shows SMBIOS tables, or the UUID alone."""
    return simple.name == "dmidecode" or (simple.name == "cat" and simple.words[1:] in _UUID_FILES)


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line."""
    return bool(_HANDLE.match(line)) or line.startswith("# dmidecode ")


def parse(section: Section) -> Parsed:
    """Read vendor, product and UUID of the system; other tables mean nothing here."""
    only = section.command.only()
    alone = only is not None and (only.name == "cat" or "system-uuid" in only.words)
    records: list[Record] = []
    noise: list[int] = []
    rest: list[int] = []
    table = ""
    for number, line in section.numbered():
        handle, field = _HANDLE.match(line), _FIELD.match(line)
        if line.startswith(_NOTHING):
            records.append(Failure(number, section.command.text, line.strip()))
        elif not line.strip() or _TALK.match(line):
            noise.append(number)
        elif handle:
            table = handle[1]
        elif alone and not records and _UUID.match(line.strip()) and not line.strip().lower().startswith(_VMDK):
            records.append(Said(number, "bios uuid", _digits(line.strip())))
        elif is_failure(line.strip()) or line.startswith("/dev/mem:"):
            records.append(Failure(number, section.command.text, line.strip()))
        elif not table or alone:
            rest.append(number)
        elif table == _SYSTEM and field and (field[1] != "UUID" or _UUID.match(field[2])):
            value = _digits(field[2]) if field[1] == "UUID" else field[2]
            records.append(Said(number, _WHAT.get(field[1], "bios uuid"), value))
    return Parsed(tuple(records), tuple(noise), tuple(rest))


def _digits(text: str) -> str:
    return text.replace("-", "").lower()


# Handle 0x0001, DMI type 1, 27 bytes
_TABLE = re.compile(r"Handle 0x[0-9A-Fa-f]{4}, DMI type ([0-9]{1,3}),")


_SYSTEM = "1"


def _is_of_another_table(answered: Answered, number: int) -> bool:
    return next((found[1] for line in answered.above(number) if (found := _TABLE.match(line))), _SYSTEM) != _SYSTEM


PARSER = Parser(
    name="dmidecode",
    where="guest",
    command="dmidecode -t system",
    reads="the VM's BIOS UUID, vendor and product",
    runs=runs,
    starts=starts,
    parse=parse,
    without_facts={
        "a table's beginning": _TABLE.pattern,
        "a line of another table": _is_of_another_table,
        "the system table's name": r"[A-Z][A-Za-z ]{2,40}$",
        "a field that no table has": r"\s{1,8}(?!(?:UUID|Manufacturer|Product Name):)\S.{0,80}?(?::|$)",
        "that there is none": r"\s{1,8}UUID: Not (?:Present|Settable|Specified)",
    },
)
