"""Dimms and regions as sysfs shows them: ``grep . /sys/bus/nd/devices/nmem*/nfit/id`` and its like, where ndctl is missing.

Each line names its file, so it is known whatever command printed it. Kernels before 4.7 have no ``id`` and print vendor and serial in
the machine's byte order; the same change turned both round, so a vendor that reads 8902 proves that the serial reads right too. A
serial alone makes no id. Source: the kernel's drivers/acpi/nfit and Documentation/ABI/testing/sysfs-bus-nfit.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.facts.records import Dimm, Failure, Mapping, Parsed, Record, Region
from reconcile.parsers import ls, sysfs_links
from reconcile.parsers.parser import Parser
from reconcile.transcript.failures import is_failure

if TYPE_CHECKING:
    from reconcile.parsers.answered import Answered
    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section

# /sys/bus/nd/devices/nmem0/nfit/id:8902-206b080c
_DIMM = re.compile(r"(?:/?sys/[!-~]{0,300}/)?(nmem[0-9]+)/(?:nfit/)?([a-z_]{1,20}):(.{0,200})$")
# /sys/bus/nd/devices/region0/mapping0:nmem0,0,1073741824,0
_MAPPING = re.compile(
    r"(?:/?sys/[!-~]{0,300}/)?(region[0-9]+)/mapping[0-9]+:(nmem[0-9]+),([0-9]{1,20}),([0-9]{1,20})(?:,([0-9]{1,6}))?\s*$"
)
_REGION = re.compile(r"(?:/?sys/[!-~]{0,300}/)?(region[0-9]+)/([a-z_]{1,30}):(.{0,200})$")
# cat /sys/bus/nd/devices/nmem0/nfit/id prints the value alone.
_FILE = re.compile(r"/sys/[!-~]{0,300}/((?:nmem|region)[0-9]+/(?:nfit/)?[a-z_0-9]{1,20})$")
_ID = re.compile(r"[0-9a-f]{4}-(?:[0-9a-f]{2}-[0-9a-f]{4}-)?[0-9a-f]{8}$")
_SERIAL = re.compile(r"0x[0-9a-f]{8}$")
_VMWARE = "8902"
_LONGEST = 1000


def runs(simple: Simple) -> bool:
    """Tell whether this command shows files of sysfs's nd devices, or the links of what lies on them."""
    if sysfs_links.shows_links(simple):
        return True
    files = [word for word in simple.words[1:] if word.startswith("/sys/") or "nmem" in word or "region" in word]
    return simple.name in {"grep", "cat", "head", "tail"} and bool(files) and any("nmem" in word or "region" in word for word in files)


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line."""
    return line.startswith("/sys/") and bool(_DIMM.match(line[:_LONGEST]) or _MAPPING.match(line[:_LONGEST]))


def parse(section: Section) -> Parsed:
    """Read dimms, mappings, sizes of regions, and what lies on them."""
    only = section.command.only()
    if only and sysfs_links.shows_links(only):
        listed = ls.parse(section)
        return listed._replace(records=(*listed.records, *sysfs_links.records_of(section.numbered(), section.first)))
    files = [found[1] for word in only.words[1:] if (found := _FILE.match(word))] if only and only.name == "cat" else []
    alone = files[0] if only and len(files) == 1 and len(only.words) == _WITH_FILE else ""
    values: dict[str, dict[str, tuple[int, str]]] = {}
    records: list[Record] = []
    noise: list[int] = []
    rest: list[int] = []
    for number, line in section.numbered():
        text = f"{alone}:{line.strip()}" if alone and not values and not line.startswith("/") else line.rstrip()
        mapping = _MAPPING.match(text) if len(text) <= _LONGEST else None
        found = (_DIMM.match(text) or _REGION.match(text)) if len(text) <= _LONGEST else None
        if not line.strip():
            noise.append(number)
        elif is_failure(line.strip()):
            records.append(Failure(number, section.command.text, line.strip()))
        elif mapping:
            position = int(mapping[5]) if mapping[5] else None
            records.append(Mapping(number, section.first, mapping[1], mapping[2], int(mapping[3]), int(mapping[4]), position))
        elif found and _is_value(found) and found[2] not in values.setdefault(found[1], {}):
            values[found[1]][found[2]] = (number, found[3].strip())
        else:
            rest.append(number)
    for name, given in values.items():
        records += _dimm(section.first, name, given) if name.startswith("nmem") else _region(section.first, name, given)
    return Parsed(tuple(records), tuple(noise), tuple(rest))


def _is_value(found: re.Match[str]) -> bool:
    """Tell whether what stands in a file is what the kernel writes there; of an id with a remark behind it nobody knows what it is."""
    return found[2] != "id" or bool(_ID.match(found[3].strip()))


_WITH_FILE = 2


def _dimm(answer: int, name: str, given: dict[str, tuple[int, str]]) -> list[Dimm]:
    line, ident = given.get("id") or given.get("serial") or given.get("handle") or (0, "")
    if not _ID.match(ident):
        vendor, serial = (given.get(key, (0, ""))[1] for key in ("vendor", "serial"))
        ident = f"{_VMWARE}-{serial[2:]}" if vendor == f"0x{_VMWARE}" and _SERIAL.match(serial) else ""
    if not line:
        return []
    return [Dimm(line, answer, name, ident, _figure(given, "handle"), _figure(given, "phys_id"), "", "", "", "")]


def _region(answer: int, name: str, given: dict[str, tuple[int, str]]) -> list[Region]:
    line, size = given.get("size", (0, ""))
    if not re.fullmatch(r"[0-9]{1,20}", size):
        return []
    return [Region(line, answer, name, size, int(size), "", "", "", None, "", "", "")]


def _figure(given: dict[str, tuple[int, str]], key: str) -> int | None:
    text = given.get(key, (0, ""))[1]
    return int(text, 16) if re.fullmatch(r"0x[0-9a-f]{1,8}", text) else None


def _is_small_file(answered: Answered, number: int) -> bool:
    """Tell whether a line shows the serial number of a dimm whose id another line shows, or the vendor that stands beside it."""
    found = re.match(
        r"(?:/sys/\S{0,300}/)?(?:nfit/)?(serial|vendor):?(?:0x)?([0-9a-f]{4,8})\s*$", answered.text(number).rpartition("/nfit/")[2]
    )
    if not found:
        return False
    return found[1] == "vendor" or any(value.endswith(found[2]) for value in answered.values)


PARSER = Parser(
    name="sysfs",
    where="guest",
    command="grep . /sys/bus/nd/devices/nmem*/nfit/id",
    reads="dimms, regions and mappings, where ndctl is missing; also nfit/serial with nfit/vendor",
    runs=runs,
    starts=starts,
    parse=parse,
    without_facts={
        "a file that no table has": r"(?:/?sys/\S{0,300}/)?(?:nmem[0-9]+/(?:nfit/)?(?!id:|serial:|vendor:)|region[0-9]+/(?!size:|mapping[0-9]+:))[a-z_]{1,30}:",
        "a serial number beside an id, and its vendor": _is_small_file,
        "a total": r"total [0-9]",
    },
)
