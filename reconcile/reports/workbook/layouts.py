"""How a table stands on its sheet: what answers first, then columns that are folded away, with headings in words.

The tables themselves, as CSV and JSON have them, keep their columns, names and order.
"""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from reconcile.reports.workbook.sheet_rows import SLACK
from reconcile.results import schema
from reconcile.results.columns import Column, Type, count, text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from reconcile.reports.workbook.sheet_rows import Value
    from reconcile.results.columns import TableSpec

GIB = 1 << 30
_GIB = "_gib"
# In their order; of a table that is not here all columns are.
_FIRST = {
    "mapping": ("status", "guest", "device", "device_id", "vmdk", "vm", "host", "mountpoints", "findings", "reason"),
    "findings": ("severity", "rule", "machine", "subject", "message", "advice", "rows"),
    "vmdks": ("status", "used_by", "vmdk", "vm", "host", "datastore", "bytes_gib", "uuid"),
    "guests": (
        "guest", "devices", "matched", "ambiguous", "guest_only", "findings", "bytes_gib", "mountpoints", "hosts", "vms", "captured_at",
    ),
    "hosts": ("host", "vmdks", "matched", "ambiguous", "host_only", "no_uuid", "findings", "guests", "df", "ls", "getuuid", "captured_at"),
    "datastores": (
        "datastore", "host", "type", "vmdks", "matched", "no_uuid", "vmdk_bytes_gib", "size_bytes_gib", "used_bytes_gib", "use_percent",
    ),
    "sources": ("path", "machine", "status", "lines", "recognised", "noise", "not_understood", "bytes", "manifest", "note", "sha256"),
}  # fmt: skip
_LAST = {"mapping": ("candidates", "evidence")}
# What a sheet has beside its table's own columns, at the end of each row.
_BESIDE = {
    "findings": (count("rows", 9, "how many rows of Mapping it is about"),),
    "vmdks": (text("status", 12, "of its row of Mapping"), text("used_by", 26, "the guest's device, or those that it could be")),
}
# Sizes of persons' files; those of captures are small.
_IN_GIB = {"mapping", "vmdks", "guests", "datastores"}
_HEADINGS = {
    "device_id": "device id", "vm": "VM folder", "vms": "VM folders", "mountpoints": "mounted on", "uuid": "UUID", "no_uuid": "no UUID",
    "uuid_suffix": "UUID suffix", "sha256": "SHA-256", "use_percent": "used %", "df": "df captured", "ls": "ls captured",
    "getuuid": "UUIDs captured", "rows": "rows of Mapping",
}  # fmt: skip
# Wider ones are wrapped, for all of what answers must stand on one screen and on one page.
_MOST = {
    ("mapping", "device_id"): 20, ("mapping", "vmdk"): 24, ("mapping", "host"): 16, ("mapping", "guest"): 17, ("mapping", "vm"): 20,
    ("mapping", "mountpoints"): 20, ("mapping", "findings"): 50, ("findings", "subject"): 24, ("findings", "message"): 40,
    ("findings", "advice"): 34, ("findings", "machine"): 16,
}  # fmt: skip
_MEASURED = 4000
# So much more than its text takes a cell, and a heading with its button.
_MARGIN, _BUTTON = 1, 4


def heading(name: str) -> str:
    """Return a column's heading in words."""
    if name.endswith(_GIB):
        return heading(name.removesuffix(_GIB)).replace("bytes", "GiB")
    return _HEADINGS.get(name, name.replace("_", " "))


class SheetField(NamedTuple):
    """A column of a sheet: `at` is where its values stand in a row, `is_folded` says that it is grouped away."""

    column: Column
    at: int
    is_folded: bool = False

    @property
    def name(self) -> str:
        """Its name: of the table's column, or one of the sheet's own."""
        return self.column.name

    @property
    def heading(self) -> str:
        """Its heading."""
        return heading(self.column.name)

    @property
    def shown(self) -> Callable[[Value], Value] | None:
        """What makes the cell's value of the table's, where it is another."""
        return _in_gib if self.name.endswith(_GIB) else None


# How many columns the sheet Findings has in front of those that a person fills in.
BEFORE_REVIEW = len(schema.FINDINGS.columns) + len(_BESIDE["findings"])


def fields_of(spec: TableSpec, alike: Collection[str] = ()) -> list[SheetField]:
    """Return a sheet's columns in their order. `alike` are names of columns with one value, which say nothing of a row."""
    own = (*spec.columns, *_BESIDE.get(spec.name, ()))
    fields = {column.name: SheetField(column, at) for at, column in enumerate(own)}
    if spec.name in _IN_GIB:
        sizes = [field for field in fields.values() if field.column.type is Type.BYTES]
        fields |= {f"{field.name}{_GIB}": SheetField(Column(f"{field.name}{_GIB}", Type.BYTES, 10, ""), field.at) for field in sizes}
    first = list(_FIRST.get(spec.name, fields))
    if spec.name in _FIRST:
        first[:0] = [name for name in ("site",) if name in fields and name not in alike]
        if "kind" in fields and "kind" not in alike:
            first.insert(first.index("device") + 1, "kind")
    last = [name for name in _LAST.get(spec.name, ()) if name not in first]
    rest = [name for name in _with_sizes(fields) if name not in first and name not in last]
    return [fields[name] for name in first] + [fields[name]._replace(is_folded=True) for name in (*rest, *last)]


def _with_sizes(fields: Collection[str]) -> list[str]:
    """Put each size in GiB in front of its bytes."""
    return [one for name in fields if not name.endswith(_GIB) for one in (f"{name}{_GIB}", name) if one in fields]


def kept_of(spec: TableSpec, fields: Sequence[SheetField]) -> int:
    """Return how many columns stay in sight when a sheet is moved, and on each page in print: those that name the row."""
    names = [field.name for field in fields]
    last = {"mapping": "device_id", "findings": "rule", "vmdks": "vmdk", "guests": "guest", "hosts": "host", "sources": "path"}.get(
        spec.name
    )
    return names.index(last) + 1 if last in names else 0


def widths_of(
    spec: TableSpec, fields: Sequence[SheetField], rows: Sequence[Sequence[Value]], others: Mapping[str, Callable[[Value], Value]]
) -> list[int]:
    """Return the columns' widths: as their first thousands of values need, between what the heading needs and what is too wide.

    `others` are columns that show something else than their values, each with what makes it.
    """
    some = list(islice(rows, _MEASURED))
    columns = list(zip(*some, strict=True)) if some else []
    return [
        _width(spec, field, columns[field.at], others.get(field.name) or field.shown)
        if field.at < len(columns)
        else max(field.column.width, _least(field))
        for field in fields
    ]


def _width(spec: TableSpec, field: SheetField, values: Sequence[Value], shown: Callable[[Value], Value] | None) -> int:
    column = field.column
    distinct = {shown(value) for value in set(values)} if shown else set(values)
    if column.is_number:
        longest = max((len(f"{value:,}") for value in distinct if isinstance(value, int | float)), default=0)
    else:
        longest = math.ceil(max((len(value) for value in distinct if isinstance(value, str)), default=0) * SLACK)
    return max(_least(field), min(longest + _MARGIN, _MOST.get((spec.name, column.name), column.width)))


def _least(field: SheetField) -> int:
    """Return what a heading needs, whose words may stand one below the other."""
    return max(map(len, field.heading.split())) + _BUTTON


def _in_gib(size: Value) -> Value:
    return round(size / GIB, 2) if isinstance(size, int) else size
