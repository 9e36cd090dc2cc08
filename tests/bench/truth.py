"""Is what was written true? The rows of a mapping against those that the fleet must have, exactly."""

from __future__ import annotations

import csv
import json
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from fleets import Truth

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_PEERS = {"guest_only": "guest-only", "host_only": "host-only"}


class Verdict(NamedTuple):
    """How many rows there are, and those that are missing or too many."""

    rows: int
    missing: list[Truth]
    extra: list[Truth]

    @property
    def exact(self) -> bool:
        """Whether nothing is wrong."""
        return not self.missing and not self.extra

    def __str__(self) -> str:
        """Say it in a line, with the first wrong row of each kind."""
        if self.exact:
            return f"{self.rows:,} rows, exact"
        shown = [f"missing {self.missing[0]}"] if self.missing else []
        shown += [f"extra {self.extra[0]}"] if self.extra else []
        return f"WRONG: {len(self.missing):,} rows missing, {len(self.extra):,} too many; {'; '.join(shown)}"


def judge(found: Iterable[Truth], truth: Iterable[Truth]) -> Verdict:
    """Compare rows, each as often as it stands there."""
    have, want = Counter(found), Counter(truth)
    return Verdict(have.total(), sorted((want - have).elements()), sorted((have - want).elements()))


def mapping(path: Path) -> list[Truth]:
    """Read a mapping of ours: a CSV, a folder that has one, JSON, or a workbook's sheet."""
    if path.suffix == ".xlsx":
        return _sheet(path)
    if path.suffix == ".json":
        return [_row(row) for row in json.loads(path.read_bytes())["mapping"]]
    file = path / "mapping.csv" if path.is_dir() else path
    with file.open(newline="", encoding="utf-8-sig") as stream:
        return [_row(row) for row in csv.DictReader(stream)]


def _row(row: dict[str, str]) -> Truth:
    return Truth(*(row[name] for name in Truth._fields[:-1]), row["uuid"].replace("-", ""))


# What headings of a sheet are called in a CSV, where they are words.
_NAMES = {"device id": "device_id", "VM folder": "vm", "UUID": "uuid"}


def _sheet(path: Path) -> list[Truth]:
    """Read the sheets of a mapping with a reader that is not the one who wrote them."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 -- only for workbooks

    book = CalamineWorkbook.from_path(str(path))
    rows: list[Truth] = []
    for name in book.sheet_names:
        if name.startswith("Mapping"):
            table = book.get_sheet_by_name(name).to_python()
            head = next(number for number, cells in enumerate(table) if "status" in cells)
            names = [_NAMES.get(str(word), str(word)) for word in table[head]]
            rows += [_row(dict(zip(names, map(str, cells), strict=True))) for cells in table[head + 1 :]]
    return rows


def of_a_peer(path: Path) -> list[Truth]:
    """Read what a peer wrote, which knows of no sites."""
    with path.open(newline="", encoding="utf-8-sig") as stream:
        return [
            Truth(
                "",
                _PEERS.get(row["status"], row["status"]),
                *(row[name] or "" for name in ("guest", "dev", "dimm_id", "host", "vm", "vmdk")),
                (row["uuid"] or "").replace(" ", "").replace("-", "").lower(),
            )
            for row in csv.DictReader(stream)
        ]


def by_suffix(truth: Iterable[Truth]) -> list[Truth]:
    """Return what a join on 8 digits alone must give: where they are not one device's and one vmdk's, it cannot say which is which."""
    groups: dict[str, tuple[list[Truth], list[Truth]]] = {}
    for row in truth:
        if row.guest:
            bare = row._replace(site="", host="", vm="", vmdk="", uuid="")
            groups.setdefault(row.device_id[-8:], ([], []))[0].append(bare)
        if row.vmdk:
            bare = row._replace(site="", guest="", device="", device_id="")
            groups.setdefault(row.uuid[-8:], ([], []))[1].append(bare)
    rows: list[Truth] = []
    for devices, vmdks in groups.values():
        if len(devices) == len(vmdks) == 1:
            rows.append(Truth("", "matched", *devices[0][2:5], *vmdks[0][5:]))
        elif not vmdks and len(devices) == 1:
            rows.append(devices[0]._replace(status="guest-only"))
        elif not devices and len(vmdks) == 1:
            rows.append(vmdks[0]._replace(status="host-only"))
        else:
            rows += [row._replace(status="ambiguous") for row in devices + vmdks]
    return rows
