"""The rows of the table `mapping`: a device, a vmdk, or a pair each, made when they are asked for, one by one or as columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, overload

from reconcile.base.uuid_text import uuid_text
from reconcile.inventory.devices import VMWARE, VPMEM
from reconcile.matching.rows import PLAIN_EVIDENCE, PlainPairs, Row, Status
from reconcile.results.columns import OWN, SHARED, AlikeRows, Cell, Gap, TableRow

if TYPE_CHECKING:
    from reconcile.base.chained_sequence import Pieces
    from reconcile.findings.finding import Finding
    from reconcile.inventory.devices import Device
    from reconcile.inventory.site import Site
    from reconcile.inventory.vmdks import Vmdk
    from reconcile.results.row_findings import FindingsOf, SiteFindings

_MOST_CANDIDATES = 20


class MappingRows(Sequence[TableRow]):
    """The rows of all sites. A fleet has half a million, and 100 MB of them; to write them down, a few thousand at a time are enough."""

    def __init__(self, found: Sequence[tuple[Site, Pieces[Row]]], findings: FindingsOf) -> None:
        self._found = found
        self._findings = findings

    def __len__(self) -> int:
        return sum(len(rows) for _, rows in self._found)

    def __iter__(self) -> Iterator[TableRow]:
        return (row for part in self.in_parts() for row in (part.rows() if isinstance(part, AlikeRows) else part))

    @overload
    def __getitem__(self, index: int) -> TableRow: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[TableRow]: ...
    def __getitem__(self, index: int | slice) -> TableRow | Sequence[TableRow]:
        whole = range(len(self))
        # A sheet asks for as many as it has room for, which mostly is all.
        return self if isinstance(index, slice) and whole[index] == whole else self._all[index]

    @cached_property
    def _all(self) -> tuple[TableRow, ...]:
        return tuple(self)

    def in_parts(self) -> Iterator[AlikeRows | list[TableRow]]:
        """Give the rows in order, those of plain pairs as what they have in common."""
        return (part for block in self.cut(_AT_ONCE) for part in block)

    def cut(self, most: int) -> Sequence[Iterable[AlikeRows | list[TableRow]]]:
        """Cut the rows into blocks of at least as many, the last one aside; of each give its rows as `in_parts` does."""
        blocks: list[_Block] = []
        for site, rows in self._found:
            of_site = _OfSite(site, self._findings.site(site.name))
            pieces: list[Sequence[Row]] = []
            count = 0
            for piece in rows.pieces:
                pieces.append(piece)
                count += len(piece)
                if count >= most:
                    blocks.append(_Block(of_site, pieces))
                    pieces, count = [], 0
            if pieces:
                blocks.append(_Block(of_site, pieces))
        return blocks


_AT_ONCE = 2000


class _OfSite:
    """What all rows of a site need."""

    def __init__(self, site: Site, findings: SiteFindings) -> None:
        self.name = site.name
        self.findings = findings
        self.labels = [source.label for source in site.facts.sources]
        self.frame = _frame(site.name)


class _Block:
    """Some rows of a site, made when they are gone over."""

    def __init__(self, of: _OfSite, pieces: Sequence[Sequence[Row]]) -> None:
        self._of = of
        self._pieces = pieces

    def __iter__(self) -> Iterator[AlikeRows | list[TableRow]]:
        of = self._of
        for piece in self._pieces:
            alike = of.findings.pairs(piece) if isinstance(piece, PlainPairs) else None
            if isinstance(piece, PlainPairs) and alike is not None:
                yield _plain_rows(of.frame, piece, of.labels, _ids(alike))
            else:
                yield [_cells(of, row) for row in piece]


def _frame(site: str) -> tuple[Cell | Gap, ...]:
    """Return what stands in all rows of plain pairs, with gaps for what does not."""
    return (
        site, _MATCHED, SHARED, OWN, VPMEM, OWN, SHARED, SHARED, SHARED, OWN, OWN, OWN, PLAIN_EVIDENCE, "", None, None, "", "", "", "",
        SHARED, OWN, SHARED, OWN, "", SHARED,
    )  # fmt: skip


def _plain_rows(frame: tuple[Cell | Gap, ...], pairs: PlainPairs, labels: Sequence[str], findings: str) -> AlikeRows:
    """Return what plain pairs come to, without making their devices and vmdks."""
    guest, folder, order, suffixes = pairs.guest, pairs.folder, pairs.order, pairs.suffixes
    devs, lines, of = guest.names, guest.lines, folder.of
    shared = (guest.guest, of.hosts[0], of.datastore, folder.vm, labels[guest.source], labels[of.source], findings)
    # The digits that join are the ids' own, too.
    own = (
        [devs[at] for at in order], [f"{VMWARE}-{suffix}" for suffix in suffixes], folder.names, folder.shown, suffixes,
        [lines[at] for at in order], folder.lines,
    )  # fmt: skip
    return AlikeRows(frame, shared, own, _FREE)


# The file's name.
_FREE = (2,)


def _cells(of: _OfSite, row: Row) -> TableRow:
    device, vmdk, labels = row.device, row.vmdk, of.labels
    named, laid_out, seen_in_guest = _guest_side(device, labels) if device else _NO_GUEST_SIDE
    stored, seen_on_host = _host_side(vmdk, labels) if vmdk else _NO_HOST_SIDE
    return (
        of.name, str(row.status), *named, *stored, row.suffix, row.evidence, _candidates(row) if row.candidates else "",
        device.bytes if device else None, vmdk.bytes if vmdk else None, *laid_out, *seen_in_guest, *seen_on_host,
        "" if row.status is Status.MATCHED else str(row.outcome), _ids(of.findings.row(row)),
    )  # fmt: skip


_MATCHED = str(Status.MATCHED)
# The cells of a side, in the groups in which they stand: guest, device, kind and id; region to mountpoints; source and line.
_NO_GUEST_SIDE = (("",) * 4, ("",) * 4, ("", None))
# host, datastore, VM's folder, vmdk and UUID; source and line.
_NO_HOST_SIDE = (("",) * 5, ("", None))


def _guest_side(device: Device, labels: Sequence[str]) -> tuple[TableRow, TableRow, TableRow]:
    source, line = device.first
    laid_out = _NOTHING_ON_IT
    if device.regions or device.block_devices:
        laid_out = (_listed(device.regions), _listed(device.namespaces), _listed(device.block_devices), _listed(device.mountpoints))
    return (device.guest, device.name, device.kind, device.id), laid_out, (labels[source], line)


# All lists in cells have one separator.
_listed = ", ".join
_NOTHING_ON_IT = ("",) * 4


def _host_side(vmdk: Vmdk, labels: Sequence[str]) -> tuple[TableRow, TableRow]:
    source, line = vmdk.first
    return (vmdk.host, vmdk.datastore, vmdk.vm, vmdk.name, uuid_text(vmdk.uuid)), (labels[source], line)


def _ids(findings: Iterable[Finding]) -> str:
    return _listed(finding.id for finding in findings)


def _candidates(row: Row) -> str:
    more = len(row.candidates) - _MOST_CANDIDATES
    return "; ".join((*row.candidates[:_MOST_CANDIDATES], *([f"{more} more"] if more > 0 else [])))
