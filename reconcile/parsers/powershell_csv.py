"""What PowerShell's ``Export-Csv`` and ``ConvertTo-Csv`` write: a line with the objects' type, a heading, and an object a line.

Windows PowerShell sets all cells in quotation marks and ``#TYPE`` in front; ``-NoTypeInformation``, ``-UseCulture`` with its semicolons and
PowerShell 7 differ. The columns are the objects' properties. Source: Microsoft's pages of both commands.
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# #TYPE Microsoft.Management.Infrastructure.CimInstance#ROOT/Microsoft/Windows/Storage/MSFT_Disk
TYPE = re.compile(r"#TYPE \S{1,300}\s*$")
# "DeviceId","FriendlyName","SerialNumber"        DeviceId;SerialNumber
_HEADING = re.compile(r'\s*"?[A-Za-z_]\w{1,60}"?(?:([,;])"?[A-Za-z_]\w{1,60}"?)(?:\1"?[A-Za-z_]\w{1,60}"?){0,200}\s*$')
_NUMBERS = frozenset({"number", "deviceid", "disknumber", "devicenumber", "index"})
_LONGEST = 16384


def heading_of(line: str) -> list[str]:
    """Return the properties that a heading names, in lower case; nothing where it is none of disks or partitions."""
    found = _HEADING.match(line) if len(line) <= _LONGEST else None
    names = [name.strip().lower() for name in _cells(line, found[1])] if found else []
    is_of_disks = "serialnumber" in names and not _NUMBERS.isdisjoint(names)
    known = is_of_disks or {"disknumber", "partitionnumber"} <= set(names)
    return names if known and len(set(names)) == len(names) else []


def rows_of(lines: Sequence[str]) -> Iterator[tuple[int, dict[str, str] | None]]:
    """Give the index of each line below the first heading with its cells by property, None for one that is no row."""
    start = next((at for at, line in enumerate(lines) if heading_of(line)), len(lines))
    names = heading_of(lines[start]) if start < len(lines) else []
    sign = ";" if names and ";" in lines[start] else ","
    for at in range(start + 1, len(lines)):
        cells = _cells(lines[at], sign) if len(lines[at]) <= _LONGEST else []
        yield at, dict(zip(names, cells, strict=True)) if len(cells) == len(names) else None


def _cells(line: str, sign: str) -> list[str]:
    try:
        return next(csv.reader([line.strip()], delimiter=sign, strict=True), [])
    except csv.Error:
        # Such as a cell that goes on in the next line.
        return []
