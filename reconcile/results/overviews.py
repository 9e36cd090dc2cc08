"""Guests, hosts and datastores: a row each, with what was captured of it and what it comes to."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from reconcile.base.natural_order import in_natural_order, natural
from reconcile.facts.records import Answer, Entry, Filesystem, Namespace, Region, Said
from reconcile.findings.finding import Severity
from reconcile.inventory.uniform_folders import PlainFolder
from reconcile.machines.capture_times import read_moment
from reconcile.machines.places import Place
from reconcile.matching.rows import PlainPairs, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reconcile.base.chained_sequence import Pieces
    from reconcile.findings.finding import Finding
    from reconcile.inventory.site import Site
    from reconcile.inventory.vmdks import Vmdk
    from reconcile.machines.places import Fact
    from reconcile.matching.rows import Row
    from reconcile.results.columns import TableRow

_MOST_SOURCES = 5


class _Machines:
    """What the sources of a site tell of each machine: by name, the sources, the times, and the findings that need a person."""

    def __init__(self, site: Site, findings: Sequence[Finding]) -> None:
        self.kinds: dict[str, set[str]] = {"host": set(), "guest": set()}
        self._sources: dict[str, dict[int, None]] = {}
        for index, machines in enumerate(site.facts.machines):
            for machine in machines:
                self._sources.setdefault(machine.name, {})[index] = None
                if machine.kind:
                    self.kinds[machine.kind].add(machine.name)
        self._labels = [source.label for source in site.facts.sources]
        self._times: dict[str, dict[str, None]] = {}
        for fact, said in site.facts.of(Said):
            if said.what == "time":
                self._times.setdefault(fact.machine.name, {})[said.value] = None
        self._findings = Counter(
            name
            for finding in findings
            if finding.site == site.name and finding.rule.severity is not Severity.NOTE
            for name in set(finding.machine.split(", "))
        )

    def captured_at(self, name: str) -> str:
        """Return the times that a machine's captures tell, as printed: one, or the first and the last of them."""
        times = list(self._times.get(name, ()))
        moments = [read_moment(time) for time in times]
        if len({moment.zone if moment else None for moment in moments}) == 1 and moments[0]:
            times = [time for _, time in sorted(zip([moment.seconds for moment in moments if moment], times, strict=True))]
        return times[0] if len(times) == 1 else " to ".join((times[0], times[-1])) if times else ""

    def sources(self, name: str) -> str:
        """Name the sources that speak of a machine; of many only the first few."""
        labels = [self._labels[index] for index in self._sources.get(name, ())]
        more = [f"{len(labels) - _MOST_SOURCES} more"] if len(labels) > _MOST_SOURCES else []
        return "; ".join(labels[:_MOST_SOURCES] + more)

    def findings(self, name: str) -> int:
        """Count the errors and warnings about a machine."""
        return self._findings[name]


@dataclass(slots=True)
class _Tally:
    """What rows come to that have something in common."""

    number: int = 0
    status: Counter[Status] = field(default_factory=Counter)
    without_uuid: int = 0
    device_bytes: list[int | None] = field(default_factory=list)
    vmdk_bytes: list[int | None] = field(default_factory=list)
    mounts: set[str] = field(default_factory=set)
    hosts: set[str] = field(default_factory=set)
    vms: set[str] = field(default_factory=set)
    guests: set[str] = field(default_factory=set)

    def add(self, row: Row) -> None:
        device, vmdk = row.device, row.vmdk
        self.number += 1
        self.status[row.status] += 1
        if device:
            self.device_bytes.append(device.bytes)
            self.mounts.update(device.mountpoints)
            self.guests.add(device.guest)
        if vmdk:
            self.vmdk_bytes.append(vmdk.bytes)
            self.hosts.update(vmdk.hosts)
            self.vms.add(vmdk.vm)
            self.without_uuid += not vmdk.uuid

    def add_pairs(self, pairs: PlainPairs) -> None:
        """Add plain pairs, of whose devices and vmdks no size is known and which are mounted nowhere."""
        self.number += len(pairs)
        self.status[Status.MATCHED] += len(pairs)
        self.guests.add(pairs.guest.guest)
        self.hosts.update(pairs.folder.of.hosts)
        self.vms.add(pairs.folder.vm)


def _tallies(
    rows: Pieces[Row], of_row: Callable[[Row], Iterable[str]], of_pairs: Callable[[PlainPairs], Iterable[str]]
) -> dict[str, _Tally]:
    """Count rows by whatever each has to do with."""
    found: defaultdict[str, _Tally] = defaultdict(_Tally)
    for piece in rows.pieces:
        if isinstance(piece, PlainPairs):
            for key in of_pairs(piece):
                found[key].add_pairs(piece)
            continue
        for row in piece:
            for key in of_row(row):
                found[key].add(row)
    return found


def guest_rows(site: Site, rows: Pieces[Row], findings: Sequence[Finding]) -> Iterator[TableRow]:
    """Give the rows of the table `guests`."""
    machines = _Machines(site, findings)
    of_guest = _tallies(rows, lambda row: (row.device.guest,) if row.device else (), lambda pairs: (pairs.guest.guest,))
    regions, namespaces = (_names(site.facts.of(kind)) for kind in (Region, Namespace))
    for name in in_natural_order(machines.kinds["guest"] | of_guest.keys()):
        own = of_guest.get(name, _NONE)
        yield (
            site.name, name, own.number, own.status[Status.MATCHED], own.status[Status.AMBIGUOUS], own.status[Status.GUEST_ONLY],
            _sum(own.device_bytes),
            len(regions.get(name, ())), len(namespaces.get(name, ())), ", ".join(sorted(own.mounts, key=natural)),
            _listed(own.hosts), _listed(own.vms),
            machines.findings(name), machines.captured_at(name), machines.sources(name),
        )  # fmt: skip


_NONE = _Tally()


def host_rows(site: Site, rows: Pieces[Row], findings: Sequence[Finding]) -> Iterator[TableRow]:
    """Give the rows of the table `hosts`."""
    machines = _Machines(site, findings)
    of_host = _tallies(rows, lambda row: row.vmdk.hosts if row.vmdk else (), lambda pairs: pairs.folder.of.hosts)
    asked = {kind: {fact.machine.name for fact, _ in site.facts.blocks(kind)} for kind in (Filesystem, Entry, Answer)}
    stores = Counter(host for store in _Stores(site).found.values() for host in store.hosts)
    for name in in_natural_order(machines.kinds["host"] | of_host.keys()):
        own = of_host.get(name, _NONE)
        yield (
            site.name, name, stores[name],
            own.number, own.status[Status.MATCHED], own.status[Status.AMBIGUOUS], own.status[Status.HOST_ONLY],
            own.without_uuid, _listed(own.guests),
            *("yes" if name in asked[kind] else "no" for kind in (Filesystem, Entry, Answer)),
            machines.findings(name), machines.captured_at(name), machines.sources(name),
        )  # fmt: skip


def datastore_rows(site: Site, rows: Pieces[Row], _: Sequence[Finding]) -> Iterator[TableRow]:
    """Give the rows of the table `datastores`."""
    on_store = _tallies(
        rows,
        lambda row: (row.vmdk.identity,) if row.vmdk and row.vmdk.datastore else (),
        lambda pairs: (pairs.folder.of.identity,) if pairs.folder.of.datastore else (),
    )
    found = _Stores(site).found
    for identity, store in sorted(found.items(), key=lambda item: (natural(_listed(item[1].hosts)), natural(item[1].name), item[0])):
        own = on_store.get(identity, _NONE)
        record = store.filesystem
        sizes = (record.size_bytes, record.used_bytes, record.available_bytes, record.use_percent) if record else (None,) * 4
        yield (
            site.name, _listed(store.hosts), store.name, store.id, record.type if record else "", record.mounted_on if record else "",
            *sizes, own.number, own.status[Status.MATCHED], own.without_uuid, _sum(own.vmdk_bytes),
            site.facts.label(store.place), store.place.line,
        )  # fmt: skip


class _Store(NamedTuple):
    hosts: dict[str, None]
    name: str
    id: str
    filesystem: Filesystem | None
    place: Place


class _Stores:
    """A site's datastores by what identifies them: those of ``df`` and ``esxcli``, and those where vmdks lie."""

    def __init__(self, site: Site) -> None:
        self.found: dict[str, _Store] = {}
        self._site = site
        # A figure in whole blocks says more than one that -h rounded.
        for fact, record in sorted(site.facts.of(Filesystem), key=lambda found: not found[1].size.isdecimal()):
            if record.mounted_on.startswith("/vmfs/volumes/"):
                self._add(fact, record)
        for piece in site.vmdks.pieces:
            # What is said of a plain folder's disks here is the same of all.
            for vmdk in (piece[0],) if isinstance(piece, PlainFolder) else piece:
                self._add_disk(vmdk)

    def _add_disk(self, vmdk: Vmdk) -> None:
        if vmdk.datastore:
            known = self.found.get(vmdk.identity)
            store = known or _Store({}, vmdk.datastore, vmdk.datastore_id, None, vmdk.first)
            store.hosts.update(dict.fromkeys(vmdk.hosts))
            self.found[vmdk.identity] = store._replace(id=store.id or vmdk.datastore_id)

    def _add(self, fact: Fact, record: Filesystem) -> None:
        host = fact.machine.name
        place = self._site.volumes.place(host, record.mounted_on)
        if not place.known or place.inner:
            return
        name, volume_id = self._site.volumes.names(host, record.mounted_on)
        store = self.found.get(place.datastore) or _Store({}, name, volume_id, record, Place(fact.source, record.line))
        store.hosts[host] = None
        # Of two names the one that is no volume id.
        self.found[place.datastore] = store._replace(name=name if store.name == store.id else store.name, id=store.id or volume_id)


def _names(facts: Iterable[tuple[Fact, Region | Namespace]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for fact, record in facts:
        found.setdefault(fact.machine.name, set()).add(record.dev)
    return found


def _sum(numbers: Iterable[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def _listed(names: Iterable[str]) -> str:
    found = {name for name in names if name}
    return ", ".join(sorted(found, key=natural) if len(found) > 1 else found)
