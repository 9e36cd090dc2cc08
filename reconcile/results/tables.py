"""The tables: rows of plain tuples in the columns' order, and on request a DataFrame, built once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from reconcile.base.printable import visible
from reconcile.base.uuid_text import uuid_text
from reconcile.facts.records import Attached, Dimm, Disk, Entry, Filesystem, Mapping, Mount, Namespace, Region, Said, Vm
from reconcile.inventory.checksum_lists import Verdict
from reconcile.inventory.devices import DISK, split_id
from reconcile.inventory.scsi_disks import disk_uuid
from reconcile.inventory.uniform_folders import PlainFolder
from reconcile.inventory.vmdks import name_of_vmdk
from reconcile.results import schema
from reconcile.results.columns import AlikeRows, Cell, TableRow
from reconcile.results.mapping_rows import MappingRows
from reconcile.results.packed_rows import PackedRows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pandas as pd

    from reconcile.facts.records import Record
    from reconcile.findings.finding import Finding
    from reconcile.inventory.devices import Device
    from reconcile.inventory.site import Site
    from reconcile.results.columns import TableSpec

RecordType = TypeVar("RecordType", bound="Record")


class Table:
    """One table of the contract. `rows` hold text and whole numbers; a number that is not known is None."""

    def __init__(self, spec: TableSpec, rows: Iterable[TableRow]) -> None:
        self.spec = spec
        self.rows: Sequence[TableRow] = rows if isinstance(rows, MappingRows | PackedRows) else tuple(rows)

    def cut(self, most: int) -> Sequence[Iterable[AlikeRows | Sequence[TableRow]]]:
        """Cut the rows into blocks of about as many; of each give its rows, where it can be as what they have in common."""
        if isinstance(self.rows, MappingRows):
            return self.rows.cut(most)
        return [[self.rows[start : start + most]] for start in range(0, len(self.rows), most)]

    @property
    def frame(self) -> pd.DataFrame:
        """The table as a DataFrame of one's own: dtype ``str`` for text and ids, ``Int64`` for numbers."""
        return self._frame.copy()

    @cached_property
    def _frame(self) -> pd.DataFrame:
        import pandas as pd  # noqa: PLC0415 -- half a second that a report does not need

        columns = zip(*self.rows, strict=True) if self.rows else ([] for _ in self.spec.columns)
        data = {
            column.name: pd.Series([_int64(value) for value in values] if column.is_number else values, dtype=_DTYPES[column.is_number])
            for column, values in zip(self.spec.columns, columns, strict=True)
        }
        return pd.DataFrame(data)


_DTYPES = {True: "Int64", False: "str"}


def _int64(value: Cell) -> Cell:
    """Return a number that a DataFrame can hold, else None: no device has that many bytes, but a capture may say so."""
    return value if isinstance(value, int) and abs(value) < 1 << 63 else None


__all__ = ["CAPTURED", "Cell", "Table", "TableRow", "captured_rows", "findings_rows", "uuid_text"]


def captured_rows(name: str, sites: Iterable[Site]) -> Iterator[TableRow]:
    """Give the rows of one of the tables of what was captured, all sites' together."""
    return (row for site in sites for row in _BUILDERS[name](site))


CAPTURED = {spec.name: spec for spec in schema.CAPTURED}


def findings_rows(findings: Iterable[Finding]) -> Iterator[TableRow]:
    """Give the rows of the table `findings`."""
    for found in findings:
        yield (
            found.id, str(found.rule.severity), found.rule.name, found.site, found.machine, found.subject, found.message,
            found.rule.advice, found.source, found.line, *found.keys,
        )  # fmt: skip


def _sources(site: Site) -> Iterator[TableRow]:
    number = 0
    for outcome in site.outcomes:
        source, reading = outcome.source, outcome.reading
        manifest = str(site.manifest.verdicts.get(source.label, ""))
        if reading is None:
            yield (site.name, source.label, "", None, "", "", "", "", None, None, None, None, source.status, manifest, source.note)
            continue
        machines = dict.fromkeys((machine.name, machine.named_by) for machine in site.facts.machines[number]) or reading.prompted
        if manifest == Verdict.LIST:
            # A list of sums is no machine's.
            machines = ()
        number += 1
        yield (
            site.name, source.label, reading.sha256, reading.bytes, reading.encoding,
            ", ".join(dict.fromkeys(name for name, _ in machines)), ", ".join(dict.fromkeys(by for _, by in machines)),
            "; ".join(reading.commands), *reading.ledger, reading.status, manifest, reading.note,
        )  # fmt: skip


def _unread(site: Site) -> Iterator[TableRow]:
    for source in site.facts.sources:
        for unread in source.reading.unread:
            yield (site.name, source.label, unread.line, visible(unread.text))


def _sightings(site: Site) -> Iterator[TableRow]:
    for device in site.devices:
        table = "disks" if device.kind == DISK else "dimms"
        for sighting in device.sightings:
            yield (site.name, table, _device_subject(device, sighting.dev), site.facts.label(sighting.place), sighting.place.line)
    for vmdk in site.vmdks:
        for seen in vmdk.sightings:
            subject = f"{name_of_vmdk(vmdk)} {uuid_text(vmdk.uuid)}".rstrip()
            yield (site.name, "vmdks", subject, site.facts.label(seen.place), seen.place.line)


def _device_subject(device: Device, dev: str) -> str:
    return f"{device.guest} {dev} {device.id}".rstrip()


def _facts(
    kind: type[RecordType], cells: Callable[[RecordType], TableRow], last: Callable[[RecordType], TableRow] = lambda _: ()
) -> Callable[[Site], Iterator[TableRow]]:
    """Make a builder: site and machine, the record's own cells, source and line, and what stands last."""

    def build(site: Site) -> Iterator[TableRow]:
        for fact, record in site.facts.of(kind):
            yield (site.name, fact.machine.name, *cells(record), site.facts.label(fact), record.line, *last(record))

    return build


def _dimm(record: Dimm) -> TableRow:
    return (
        record.dev, record.id, *split_id(record.id), record.handle, record.phys_id, record.state, record.flags, record.health_state,
        record.security,
    )  # fmt: skip


def _namespace(record: Namespace) -> TableRow:
    return (
        record.dev, record.region, record.mode, record.map, record.size, record.size_bytes, record.uuid, record.blockdev, record.chardev,
        record.sector_size, record.align, record.name, record.state,
    )  # fmt: skip


def _disk(record: Disk) -> TableRow:
    return (record.device, record.serial, record.wwn, record.bytes, record.parent, record.kind, record.size)


def _suffix(record: Disk) -> TableRow:
    """Return the digits that would join, of a disk that shows a vmdk's UUID."""
    return ((disk_uuid(record.serial) or disk_uuid(record.wwn))[-8:],)


def _filesystem(record: Filesystem) -> TableRow:
    return (
        record.type, record.size_bytes, record.used_bytes, record.available_bytes, record.use_percent, record.mounted_on,
        record.size, record.used, record.available,
    )  # fmt: skip


def _entry(record: Entry) -> TableRow:
    return (record.directory, record.name, record.kind, record.bytes, record.modified, record.target, record.size)


def _vmdks(site: Site) -> Iterator[TableRow]:
    for piece in site.vmdks.pieces:
        if isinstance(piece, PlainFolder):
            yield from _plain_vmdks(site, piece)
            continue
        for vmdk in piece:
            yield (
                site.name, vmdk.host, vmdk.datastore, vmdk.datastore_id, vmdk.vm, vmdk.name, vmdk.path, uuid_text(vmdk.uuid), vmdk.bytes,
                site.facts.label(vmdk.first), vmdk.first.line, vmdk.suffix,
            )  # fmt: skip


def _plain_vmdks(site: Site, folder: PlainFolder) -> Iterator[TableRow]:
    """Give the rows of a plain folder without making its vmdks."""
    name, host, label = site.name, folder.host, site.facts.sources[folder.of.source].label
    return (
        (
            name, host, folder.of.datastore, folder.of.datastore_id, folder.vm, file, folder.directory + file, shown, None, label, line, shown[-8:],
        )
        for file, shown, line in zip(folder.names, folder.shown, folder.lines, strict=True)
    )  # fmt: skip


_BUILDERS: dict[str, Callable[[Site], Iterator[TableRow]]] = {
    "sources": _sources,
    "unread": _unread,
    "sightings": _sightings,
    "dimms": _facts(Dimm, _dimm),
    "regions": _facts(Region, lambda record: record[2:12]),
    "mappings": _facts(Mapping, lambda record: record[2:]),
    "namespaces": _facts(Namespace, _namespace),
    "disks": _facts(Disk, _disk, _suffix),
    "mounts": _facts(Mount, lambda record: record[1:]),
    "filesystems": _facts(Filesystem, _filesystem),
    "listings": _facts(Entry, _entry),
    "vmdks": _vmdks,
    "vms": _facts(Vm, lambda record: (record.name, record.vmx, uuid_text(record.bios_uuid))),
    "attachments": _facts(Attached, lambda record: record[1:]),
    "systems": _facts(Said, lambda record: record[1:]),
}
