"""Two visits compared: what appeared, went, moved, was made anew, renumbered, resized or mounted elsewhere.

A vmdk is known by its UUID, or by datastore and path where that is not known, and a device by its guest and id. Names, numbers and places
are what may have changed. What is not in one of the visits is gone, or new, only if that visit asked for all of it; and what only one
visit knows is a change of knowledge and said to be one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from reconcile.base.errors import EXIT_FINDINGS, EXIT_RECONCILED, EXIT_TROUBLE
from reconcile.results import schema
from reconcile.results.changes import MEANINGS, REAL, Change, Changed, Seen, order_of, row_of, said_of_device, said_of_uuid, said_of_vmdk
from reconcile.results.tables import Table
from reconcile.results.visit import Common, Visit, find_common

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.inventory.site import Site
    from reconcile.matching.rows import Row
    from reconcile.results.reconciliation import Reconciliation

__all__ = ["MEANINGS", "REAL", "Change", "Changed", "Comparison", "compare"]


@dataclass(frozen=True)
class Comparison:
    """What changed between two visits, and how many of the devices and vmdks in both did not."""

    old: Reconciliation
    new: Reconciliation
    changes: tuple[Changed, ...]
    same: int

    @cached_property
    def table(self) -> Table:
        """The table `changes`."""
        return Table(schema.CHANGES, [row_of(changed) for changed in self.changes])

    @property
    def counts(self) -> Counter[Change]:
        """How often each change occurs."""
        return Counter(changed.change for changed in self.changes)

    @property
    def exit_code(self) -> int:
        """0 where all was compared and nothing changed, 1 where that is not so, 2 where a source of either visit could not be read."""
        if self.old.totals.refused or self.new.totals.refused:
            return EXIT_TROUBLE
        return EXIT_FINDINGS if self.counts.keys() - {Change.RENAMED} else EXIT_RECONCILED


_Found = tuple[tuple["Site", "Sequence[Row]"], ...]


def compare(old: Reconciliation, new: Reconciliation, *, sites: bool = False) -> Comparison:
    """Compare two visits to the same machines; with `sites` each site with the one of its name, else all with all."""
    changes: list[Changed] = []
    same = 0
    for name, before, after in _pairs(old, new, sites=sites):
        comparer = _Comparer(before, after)
        found = [changed._replace(site=name) for changed in comparer.changes()]
        touched = {comparer.subject(changed) for changed in found if changed.change is not Change.RENAMED}
        changes += found
        same += len(comparer.subjects() - touched)
    return Comparison(old, new, tuple(sorted(changes, key=order_of)), same)


def _pairs(old: Reconciliation, new: Reconciliation, *, sites: bool) -> Iterator[tuple[str, _Found, _Found]]:
    if not sites:
        yield "", tuple(old.by_site), tuple(new.by_site)
        return
    names = sorted({site.name for site, _ in (*old.by_site, *new.by_site)})
    for name in names:
        before, after = (tuple(pair for pair in result.by_site if pair[0].name == name) for result in (old, new))
        yield name, before, after


class _Comparer:
    def __init__(self, old: _Found, new: _Found) -> None:
        self.common: Common = find_common([old, new])
        self.old, self.new = Visit(old, self.common), Visit(new, self.common)
        # Devices that another change already tells of.
        self._told: set[tuple[str, tuple[str, str]]] = set()
        # Digits of devices and vmdks that came or went, which is why others reconcile otherwise.
        self._explained: set[str] = set()
        self._renamed: set[tuple[str, str]] = set()

    def changes(self) -> Iterator[Changed]:
        """Give all changes; a row that reconciles otherwise because others came or went is none."""
        found = [*self._vmdks(), *self._unknown(), *self._devices()]
        for changed in found:
            seen = changed.new_seen or changed.old_seen
            if changed.change is not Change.STATUS or seen is None or self._digits(seen).isdisjoint(self._explained):
                yield changed

    @staticmethod
    def _digits(seen: Seen) -> set[str]:
        device = seen.row.device
        return {seen.row.suffix, device.serial if device else ""} - {""}

    def subjects(self) -> set[tuple[str, ...]]:
        """Return the devices and the vmdks that both visits show."""
        found: set[tuple[str, ...]] = {("vmdk", uuid) for uuid in self.old.vmdks.keys() & self.new.vmdks.keys()}
        found |= {("vmdk", *file) for file in self.old.unknown.keys() & self.new.unknown.keys()}
        return found | {("device", *key) for key in self.old.devices.keys() & self.new.devices.keys()}

    def subject(self, changed: Changed) -> tuple[str, ...]:
        """Return which of them a change is about."""
        seen = changed.new_seen or changed.old_seen
        if seen and changed.about == "vmdk":
            return ("vmdk", seen.vmdk.uuid) if seen.vmdk.uuid else ("vmdk", *(self.old.file(seen.vmdk) or ()))
        return ("device", *self.old.key(seen.device)) if seen else ()

    # The hosts' side

    def _vmdks(self) -> Iterator[Changed]:
        left: dict[str, list[Seen]] = {"old": [], "new": []}
        for uuid in sorted(self.old.vmdks.keys() | self.new.vmdks.keys()):
            olds, news = list(self.old.vmdks.get(uuid, [])), list(self.new.vmdks.get(uuid, []))
            are_single = max(len(olds), len(news)) == 1
            for one in list(olds):
                stayed = next((other for other in news if self._place(other) == self._place(one)), None)
                if stayed:
                    olds.remove(one)
                    news.remove(stayed)
                    yield from self._same_vmdk(one, stayed)
            if len(olds) == len(news) == 1 and are_single:
                yield from self._same_vmdk(olds[0], news[0])
            elif olds and news:
                # Files with one UUID: which of them went where, nothing tells.
                yield from self._uncompared(olds, news)
            else:
                left["old"] += olds
                left["new"] += news
        yield from self._unpaired(left["old"], left["new"])

    def _place(self, seen: Seen) -> tuple[str, str]:
        return self.old.file(seen.vmdk) or ("", seen.vmdk.path)

    def _uncompared(self, olds: Sequence[Seen], news: Sequence[Seen]) -> Iterator[Changed]:
        for seen in olds:
            yield Changed(Change.UNCOMPARED, seen, None, "vmdk", f"{said_of_vmdk(seen.vmdk)}, one of several with its UUID", "")
        for seen in news:
            yield Changed(Change.UNCOMPARED, None, seen, "vmdk", "", f"{said_of_vmdk(seen.vmdk)}, one of several with its UUID")

    def _same_vmdk(self, old: Seen, new: Seen) -> Iterator[Changed]:
        before, after = old.vmdk, new.vmdk
        yield from self._moved(old, new)
        if before.bytes is not None and after.bytes is not None and before.bytes != after.bytes:
            yield Changed(Change.RESIZED, old, new, "vmdk", f"{before.bytes} bytes", f"{after.bytes} bytes")
        if self._is_reassigned(old, new):
            self._tell(old, new)
            yield Changed(Change.REASSIGNED, old, new, "vmdk", said_of_device(old.device), said_of_device(new.device))
        elif not old.row.device and not new.row.device and old.row.status != new.row.status:
            yield Changed(Change.STATUS, old, new, "vmdk", str(old.row.status), str(new.row.status))

    def _is_reassigned(self, old: Seen, new: Seen) -> bool:
        """Tell whether another guest has the disk, and the one that had it was asked for all and has it no more; both may share it."""
        if not old.row.device or not new.row.device:
            return False
        (had, ident), (has, _) = self.old.key(old.device), self.new.key(new.device)
        return had != has and (had, ident) not in self.new.devices and self.new.asked_for_all(had, old.device.kind)

    def _moved(self, old: Seen, new: Seen) -> Iterator[Changed]:
        before, after = self.old.file(old.vmdk), self.new.file(new.vmdk)
        told = said_of_vmdk(old.vmdk), said_of_vmdk(new.vmdk)
        if before is None or after is None or before[0].endswith("\0") or after[0].endswith("\0"):
            if before != after and old.vmdk.name != new.vmdk.name and old.vmdk.name and new.vmdk.name:
                yield Changed(Change.MOVED, old, new, "vmdk", *told)
            return
        if before[1] != after[1] or (before[0] != after[0] and self._are_two(before[0], after[0])):
            yield Changed(Change.MOVED, old, new, "vmdk", *told)
        elif before[0] != after[0]:
            yield Changed(Change.UNCOMPARED, old, new, "vmdk", told[0], f"{told[1]}: moved, or on a datastore that goes by both names")
        else:
            yield from self._renamed_store(old, new, before[0])

    @staticmethod
    def _are_two(one: str, other: str) -> bool:
        """Tell whether two identities of datastores are of one kind, and so are two datastores."""
        kinds = {"name" if "\0" in identity else "pmem" if identity.startswith("pmemds-") else "id" for identity in (one, other)}
        return len(kinds) == 1 and kinds != {"name"}

    def _renamed_store(self, old: Seen, new: Seen, identity: str) -> Iterator[Changed]:
        names = old.vmdk.datastore, new.vmdk.datastore
        host = self.common.machine(old.vmdk.hosts[0])
        if names[0] != names[1] and (host, identity) not in self._renamed:
            self._renamed.add((host, identity))
            yield Changed(Change.RENAMED, old, new, "vmdk", *names)

    def _unpaired(self, olds: Sequence[Seen], news: Sequence[Seen]) -> Iterator[Changed]:
        """Of UUIDs that only one visit has: files made anew, files whose UUID one visit does not know, and what came or went."""
        at = {file: seen for seen in news if (file := self.new.file(seen.vmdk))}
        anew: set[int] = set()
        for old in olds:
            self._explain(old)
            file = self.old.file(old.vmdk)
            new = at.get(file) if file and len(self.old.files[file]) == len(self.new.files.get(file, ())) == 1 else None
            if new:
                anew.add(id(new.row))
                self._tell(old, new)
                yield Changed(Change.RECREATED, old, new, "vmdk", said_of_uuid(old), said_of_uuid(new))
            elif file and file in self.new.files:
                yield self._still_there(old, None, self.new.files[file])
            else:
                change = Change.GONE if self.new.lacks(file) else Change.NOT_NOW
                yield Changed(change, old, None, "vmdk", said_of_vmdk(old.vmdk), "")
        for new in news:
            self._explain(new)
            file = self.new.file(new.vmdk)
            if id(new.row) in anew or (file and file in self.old.unknown):
                continue
            if file and file in self.old.files:
                yield self._still_there(None, new, self.old.files[file])
            else:
                change = Change.APPEARED if self.old.lacks(file) else Change.NOT_BEFORE
                yield Changed(change, None, new, "vmdk", "", said_of_vmdk(new.vmdk))

    def _still_there(self, old: Seen | None, new: Seen | None, others: Sequence[Seen]) -> Changed:
        """Say of a UUID that one visit has, what the file has in the other: another of several, or one that is not known."""
        told = "; ".join(said_of_uuid(seen) for seen in others)
        if old:
            change = Change.NOT_NOW if not others[0].vmdk.uuid else Change.UNCOMPARED
            return Changed(change, old, others[0], "vmdk", said_of_uuid(old), told)
        return Changed(Change.UNCOMPARED, others[0], new, "vmdk", told, said_of_uuid(new) if new else "")

    def _unknown(self) -> Iterator[Changed]:
        """Compare the files whose UUID one visit does not know, or neither does."""
        for file, old in self.old.unknown.items():
            now = self.new.files.get(file, [])
            if not now:
                change = Change.GONE if self.new.lacks(file) else Change.NOT_NOW
                yield Changed(change, old, None, "vmdk", said_of_vmdk(old.vmdk), "")
            elif any(seen.vmdk.uuid for seen in now):
                for seen in now:
                    self._explain(seen)
                yield Changed(Change.LEARNED, old, now[0], "vmdk", said_of_uuid(old), "; ".join(said_of_uuid(seen) for seen in now))
            else:
                yield from self._same_vmdk(old, now[0])
        for file, new in self.new.unknown.items():
            if file not in self.old.files:
                change = Change.APPEARED if self.old.lacks(file) else Change.NOT_BEFORE
                yield Changed(change, None, new, "vmdk", "", said_of_vmdk(new.vmdk))

    def _tell(self, old: Seen, new: Seen) -> None:
        """Note that the devices of two rows need no word of their own: the vmdk's change is theirs."""
        for side, seen in (("old", old), ("new", new)):
            if seen.row.device:
                self._told.add((side, self.old.key(seen.row.device)))

    def _explain(self, seen: Seen) -> None:
        self._explained |= self._digits(seen)

    # The guests' side

    def _devices(self) -> Iterator[Changed]:
        both: list[tuple[Seen, Seen]] = []
        for key, old in self.old.devices.items():
            new = self.new.devices.get(key)
            if new:
                both.append((old, new))
                continue
            self._explain(old)
            if ("old", key) not in self._told:
                change = Change.GONE if self.new.asked_for_all(key[0], old.device.kind) else Change.NOT_NOW
                yield Changed(change, old, None, "device", said_of_device(old.device), "")
        for key, new in self.new.devices.items():
            if key in self.old.devices:
                continue
            self._explain(new)
            if ("new", key) not in self._told:
                change = Change.APPEARED if self.old.asked_for_all(key[0], new.device.kind) else Change.NOT_BEFORE
                yield Changed(change, None, new, "device", "", said_of_device(new.device))
        for old, new in both:
            yield from self._same_device(self.old.key(old.device)[0], old, new)

    def _same_device(self, guest: str, old: Seen, new: Seen) -> Iterator[Changed]:
        before, after = old.device, new.device
        are_steady = self.old.is_steady(guest) and self.new.is_steady(guest)
        if not set(before.names) & set(after.names):
            yield Changed(Change.RENUMBERED, old, new, "device", before.name, after.name)
        if before.bytes is not None and after.bytes is not None and before.bytes != after.bytes and are_steady:
            yield Changed(Change.RESIZED, old, new, "device", f"{before.bytes} bytes", f"{after.bytes} bytes")
        know = self.old.knows_mounts(guest, before) and self.new.knows_mounts(guest, after)
        if before.mountpoints != after.mountpoints and know:
            told = [", ".join(device.mountpoints) or "not mounted" for device in (before, after)]
            yield Changed(Change.REMOUNTED, old, new, "device", *told)
        if old.row.status != new.row.status:
            yield Changed(Change.STATUS, old, new, "device", str(old.row.status), str(new.row.status))
