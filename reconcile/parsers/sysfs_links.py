"""``ls -l /sys/class/block`` and ``/sys/bus/dax/devices``: what leads from a region to its block or character device, without ndctl.

A device's link goes through the region that it lies on: ``../../devices/.../ndbus0/region10/pfn10.0/block/pmem10``. Behind a pfn, btt or
dax stands a namespace that the path does not name. Source: the kernel's drivers/nvdimm, and captures of guests.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.facts.records import Disk, Namespace, Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconcile.transcript.command_lines import Simple

# Named from the root folder, or in it.
_FOLDERS = frozenset({"sys/class/block", "sys/bus/dax/devices"})
# pmem10 -> ../../devices/LNXSYSTM:00/LNXSYBUS:00/ACPI0012:00/ndbus0/region10/pfn10.0/block/pmem10
_LINK = re.compile(
    r"([a-z][a-z0-9.]{1,40}) -> \.\./\S{0,300}/ndbus[0-9]{1,5}/(region[0-9]{1,5})/([a-z]{3,10}[0-9]{1,5}\.[0-9]{1,5})/(\S{1,100})\s*$"
)
_LONGEST = 1000


def shows_links(simple: Simple) -> bool:
    """Tell whether this command lists the links of block or character devices."""
    operands = {word.strip("/") for word in simple.words[1:] if not word.startswith("-")}
    return simple.name == "ls" and bool(operands) and operands <= _FOLDERS


def records_of(numbered: Iterable[tuple[int, str]], answer: int) -> list[Record]:
    """Read which block or character device lies on which region, and which partition on which device."""
    records: list[Record] = []
    for number, line in numbered:
        found = _LINK.search(line) if len(line) <= _LONGEST else None
        if not found:
            continue
        name, region, above, path = found.groups()
        namespace = above if above.startswith("namespace") else ""
        block, _, part = path.removeprefix("block/").partition("/")
        if path.startswith("block/") and part == name:
            records.append(Disk(number, answer, part, "part", "", "", "", None, block))
        elif path == f"block/{name}":
            records.append(_namespace(number, answer, namespace, region, (name, "")))
        elif path == name and name.startswith("dax"):
            records.append(_namespace(number, answer, namespace, region, ("", name)))
    return records


def _namespace(line: int, answer: int, dev: str, region: str, names: tuple[str, str]) -> Namespace:
    blockdev, chardev = names
    return Namespace(line, answer, dev, region, "", "", "", None, "", blockdev, chardev, None, None, "", "")
