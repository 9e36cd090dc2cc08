"""Two visits compared: what appeared, went, moved, was made anew, renumbered, resized or mounted elsewhere.

A vmdk is known by its UUID, a device by its guest and id. Names, numbers and places are what may have changed. What is not in one of
the visits is gone, or new, only if that visit captured its datastore, or such devices of its guest.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from reconcile import schema
from reconcile.errors import EXIT_FINDINGS, EXIT_RECONCILED, EXIT_TROUBLE
from reconcile.order import natural
from reconcile.parsers.records import Mount
from reconcile.tables import Table, uuid_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.devices import Device
    from reconcile.matching import Row
    from reconcile.results import Result
    from reconcile.site import Place
    from reconcile.sites import Site
    from reconcile.vmdks import Vmdk


class Change(StrEnum):
    """What changed between two visits."""

    RECREATED = "re-created"
    REASSIGNED = "reassigned"
    MOVED = "moved"
    RESIZED = "resized"
    RENUMBERED = "renumbered"
    REMOUNTED = "remounted"
    STATUS = "status"
    GONE = "gone"
    APPEARED = "appeared"
    NOT_NOW = "not captured now"
    NOT_BEFORE = "not captured before"


MEANINGS = {
    Change.RECREATED: "the file is where it was and has another UUID: it was removed and made anew",
    Change.REASSIGNED: "the vmdk is now a device of another guest",
    Change.MOVED: "the UUID is that of a file on another host or datastore, in another folder, or with another name",
    Change.RESIZED: "the vmdk or the device has another size",
    Change.RENUMBERED: "the device has another name in its guest",
    Change.REMOUNTED: "what is on the device is mounted elsewhere",
    Change.STATUS: "the row reconciles otherwise than before",
    Change.GONE: "it was there, and is not, though its datastore or its guest was captured again",
    Change.APPEARED: "it was not there, and is, though its datastore or its guest was captured before",
    Change.NOT_NOW: "it was there, and its datastore or its guest was not captured again",
    Change.NOT_BEFORE: "it is there, and its datastore or its guest was not captured before",
}


class _Seen(NamedTuple):
    """A device or a vmdk of one visit: the row that it stands on."""

    site: Site
    row: Row

    @property
    def vmdk(self) -> Vmdk:
        if self.row.vmdk is None:
            raise AssertionError
        return self.row.vmdk

    @property
    def device(self) -> Device:
        if self.row.device is None:
            raise AssertionError
        return self.row.device


class Changed(NamedTuple):
    """One change; `old` and `new` say what differs, and the places where to look."""

    change: Change
    old_seen: _Seen | None
    new_seen: _Seen | None
    about: str
    old: str
    new: str


class _Visit:
    """One visit's devices and vmdks by what identifies them."""

    def __init__(self, result: Result) -> None:
        self.devices: dict[tuple[str, str], _Seen] = {}
        self.vmdks: dict[str, list[_Seen]] = {}
        self.unknown: dict[tuple[str, str, str], _Seen] = {}
        # What was captured: guests with the kind of devices, and datastores.
        self.guests: set[tuple[str, str]] = set()
        self.datastores: set[str] = set()
        self.with_mounts: set[str] = set()
        for site, rows in result.by_site:
            self.datastores |= {datastore for datastore, _ in site.listed}
            self.with_mounts |= {fact.machine.name.casefold() for fact, _ in site.facts.of(Mount)}
            for row in rows:
                seen = _Seen(site, row)
                if row.device:
                    self.guests.add((row.device.guest.casefold(), row.device.kind))
                    self.devices[_key(row.device)] = seen
                if row.vmdk:
                    if row.vmdk.datastore:
                        self.datastores.add(row.vmdk.identity)
                    if row.vmdk.uuid:
                        self.vmdks.setdefault(row.vmdk.uuid, []).append(seen)
                    else:
                        self.unknown[_place(row.vmdk)] = seen


def _key(device: Device) -> tuple[str, str]:
    """Return what a device is known by in any visit."""
    return (device.guest.casefold(), device.uuid or device.id or f"({device.name})")


def _place(vmdk: Vmdk) -> tuple[str, str, str]:
    return (vmdk.datastore or vmdk.host, vmdk.vm, vmdk.name)


@dataclass(frozen=True)
class Comparison:
    """What changed between two visits, and how many of the devices and vmdks in both did not."""

    old: Result
    new: Result
    changes: tuple[Changed, ...]
    same: int

    @cached_property
    def table(self) -> Table:
        """The table `changes`."""
        return Table(schema.CHANGES, [_table_row(changed) for changed in self.changes])

    @property
    def counts(self) -> Counter[Change]:
        """How often each change occurs."""
        return Counter(changed.change for changed in self.changes)

    @property
    def exit_code(self) -> int:
        """0 where nothing changed, 1 where something did, 2 where a source of either visit could not be read."""
        if self.old.totals.refused or self.new.totals.refused:
            return EXIT_TROUBLE
        return EXIT_FINDINGS if self.changes else EXIT_RECONCILED


def compare(old: Result, new: Result) -> Comparison:
    """Compare two visits to the same machines."""
    comparer = _Comparer(_Visit(old), _Visit(new))
    changes = sorted(comparer.changes(), key=_order)
    touched = {_identity(changed) for changed in changes}
    everything: set[tuple[str, ...]] = {("vmdk", uuid) for uuid in comparer.old.vmdks.keys() & comparer.new.vmdks.keys()}
    everything |= {("device", *key) for key in comparer.old.devices.keys() & comparer.new.devices.keys()}
    return Comparison(old, new, tuple(changes), len(everything - touched))


def _identity(changed: Changed) -> tuple[str, ...]:
    seen = changed.new_seen or changed.old_seen
    if seen and changed.about == "vmdk":
        return ("vmdk", seen.vmdk.uuid)
    return ("device", *_key(seen.device)) if seen else ()


def _order(changed: Changed) -> tuple[object, ...]:
    rows = [seen.row for seen in (changed.new_seen, changed.old_seen) if seen]
    vmdk = next((row.vmdk for row in rows if row.vmdk), None)
    device = next((row.device for row in rows if row.device), None)
    host_side = (natural(vmdk.host), natural(vmdk.path)) if vmdk else (natural(""), natural(""))
    guest_side = (natural(device.guest), natural(device.name)) if device else (natural(""), natural(""))
    return (list(Change).index(changed.change), *host_side, *guest_side, changed.old, changed.new)


class _Comparer:
    def __init__(self, old: _Visit, new: _Visit) -> None:
        self.old = old
        self.new = new
        # Devices that another change already tells of.
        self._told: set[tuple[str, tuple[str, str]]] = set()
        # Devices whose vmdk came or went, which is why they reconcile otherwise.
        self._explained: set[tuple[str, str]] = set()

    def changes(self) -> Iterator[Changed]:
        yield from self._vmdks()
        yield from self._devices()

    # The hosts' side

    def _vmdks(self) -> Iterator[Changed]:
        left: dict[str, list[_Seen]] = {"old": [], "new": []}
        for uuid in sorted(self.old.vmdks.keys() | self.new.vmdks.keys()):
            olds, news = list(self.old.vmdks.get(uuid, [])), list(self.new.vmdks.get(uuid, []))
            for one in list(olds):
                stayed = next((other for other in news if _place(other.vmdk) == _place(one.vmdk)), None)
                if stayed:
                    olds.remove(one)
                    news.remove(stayed)
                    yield from self._same_vmdk(one, stayed)
            if len(olds) == len(news) == 1:
                yield from self._same_vmdk(olds[0], news[0])
            else:
                left["old"] += olds
                left["new"] += news
        yield from self._unpaired(left["old"], left["new"])

    def _same_vmdk(self, old: _Seen, new: _Seen) -> Iterator[Changed]:
        before, after = old.vmdk, new.vmdk
        shared = {host.casefold() for host in before.hosts} & {host.casefold() for host in after.hosts}
        if _place(before) != _place(after) or not shared:
            yield Changed(Change.MOVED, old, new, "vmdk", _where(before), _where(after))
        if before.bytes is not None and after.bytes is not None and before.bytes != after.bytes:
            yield Changed(Change.RESIZED, old, new, "vmdk", f"{before.bytes} bytes", f"{after.bytes} bytes")
        if old.row.device and new.row.device and old.row.device.guest.casefold() != new.row.device.guest.casefold():
            self._tell(old, new)
            yield Changed(Change.REASSIGNED, old, new, "vmdk", _device(old.row.device), _device(new.row.device))
        elif not old.row.device and not new.row.device and old.row.status != new.row.status:
            yield Changed(Change.STATUS, old, new, "vmdk", str(old.row.status), str(new.row.status))

    def _unpaired(self, olds: Sequence[_Seen], news: Sequence[_Seen]) -> Iterator[Changed]:
        """Of UUIDs that only one visit has: files made anew, files whose UUID one visit does not know, and what came or went."""
        at = {_place(seen.vmdk): seen for seen in news if seen.vmdk.datastore}
        anew: set[int] = set()
        for old in olds:
            place = _place(old.vmdk)
            new = at.get(place) if old.vmdk.datastore else None
            if new and id(new.row) not in anew:
                anew.add(id(new.row))
                self._tell(old, new)
                before, after = (", ".join(_uuid_and_device(seen)) for seen in (old, new))
                yield Changed(Change.RECREATED, old, new, "vmdk", before, after)
            elif place not in self.new.unknown:
                self._explain(old)
                again = old.vmdk.identity in self.new.datastores
                yield Changed(Change.GONE if again else Change.NOT_NOW, old, None, "vmdk", _where(old.vmdk), "")
        for new in news:
            if id(new.row) not in anew and _place(new.vmdk) not in self.old.unknown:
                known = new.vmdk.identity in self.old.datastores
                self._explain(new)
                yield Changed(Change.APPEARED if known else Change.NOT_BEFORE, None, new, "vmdk", "", _where(new.vmdk))

    def _tell(self, old: _Seen, new: _Seen) -> None:
        """Note that the devices of two rows need no word of their own: the vmdk's change is theirs."""
        for side, seen in (("old", old), ("new", new)):
            device = seen.row.device
            if device:
                self._told.add((side, _key(device)))

    def _explain(self, seen: _Seen) -> None:
        if seen.row.device:
            self._explained.add(_key(seen.row.device))

    # The guests' side

    def _devices(self) -> Iterator[Changed]:
        for key, old in self.old.devices.items():
            new = self.new.devices.get(key)
            if new:
                yield from self._same_device(key[0], old, new)
            elif ("old", key) not in self._told:
                change = Change.GONE if (key[0], old.device.kind) in self.new.guests else Change.NOT_NOW
                yield Changed(change, old, None, "device", _device(old.device), "")
        for key, new in self.new.devices.items():
            if key not in self.old.devices and ("new", key) not in self._told:
                change = Change.APPEARED if (key[0], new.device.kind) in self.old.guests else Change.NOT_BEFORE
                yield Changed(change, None, new, "device", "", _device(new.device))

    def _same_device(self, guest: str, old: _Seen, new: _Seen) -> Iterator[Changed]:
        before, after = old.device, new.device
        if before.names != after.names:
            yield Changed(Change.RENUMBERED, old, new, "device", before.name, after.name)
        if before.bytes is not None and after.bytes is not None and before.bytes != after.bytes:
            yield Changed(Change.RESIZED, old, new, "device", f"{before.bytes} bytes", f"{after.bytes} bytes")
        if before.mountpoints != after.mountpoints and guest in self.old.with_mounts and guest in self.new.with_mounts:
            told = [", ".join(device.mountpoints) or "not mounted" for device in (before, after)]
            yield Changed(Change.REMOUNTED, old, new, "device", *told)
        if old.row.status != new.row.status and _key(before) not in self._explained:
            yield Changed(Change.STATUS, old, new, "device", str(old.row.status), str(new.row.status))


def _where(vmdk: Vmdk) -> str:
    return f"{vmdk.host} {vmdk.path or 'a file that the capture does not name'}"


def _device(device: Device) -> str:
    return f"{device.guest} {device.name} {device.id}".rstrip()


def _uuid_and_device(seen: _Seen) -> Iterator[str]:
    yield uuid_text(seen.vmdk.uuid)
    if seen.row.device:
        yield _device(seen.row.device)


def _table_row(changed: Changed) -> tuple[str | int | None, ...]:
    seen = changed.new_seen or changed.old_seen
    rows = [one.row for one in (changed.new_seen, changed.old_seen) if one]
    device = next((row.device for row in rows if row.device), None)
    vmdk = next((row.vmdk for row in rows if row.vmdk), None)
    return (
        str(changed.change),
        device.guest if device else "",
        device.name if device else "",
        device.id if device else "",
        vmdk.host if vmdk else "",
        vmdk.path if vmdk else "",
        uuid_text(vmdk.uuid) if vmdk and seen else "",
        changed.old,
        changed.new,
        *_evidence(changed.old_seen, changed.about),
        *_evidence(changed.new_seen, changed.about),
    )


def _evidence(seen: _Seen | None, about: str) -> tuple[str, int | None]:
    if seen is None:
        return "", None
    place: Place = seen.vmdk.first if about == "vmdk" else seen.device.first
    return seen.site.facts.label(place), place.line
