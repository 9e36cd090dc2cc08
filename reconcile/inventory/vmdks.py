"""The hosts' disks: what a vmdk is, once, however often and under whichever path it was captured.

A vmdk is one UUID at one place. It is known by an answer of ``vmkfstools``, or by a listing of a persistent-memory datastore, where
every disk may be somebody's NVDIMM. Extents and snapshots are parts of a disk and none themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from reconcile.base.natural_order import natural
from reconcile.machines.places import Place

if TYPE_CHECKING:
    from collections.abc import Sequence


# What every UUID that VMware makes begins with: NAA type 6 and VMware's OUI 00-0C-29.
VMWARE_UUID = "6000c29"


class Seen(NamedTuple):
    """Where a vmdk was seen, and the path there; `answered` where its UUID was. Flat, for there are 400,000 of them."""

    source: int
    line: int
    host: str
    path: str
    answered: bool

    @property
    def place(self) -> Place:
        """The place."""
        return Place(self.source, self.line)


class Vmdk(NamedTuple):
    """One virtual disk. `uuid` is 32 digits or ``""``; `path` is ``""`` where nothing names the file."""

    hosts: tuple[str, ...]
    datastore: str
    datastore_id: str
    identity: str
    vm: str
    name: str
    path: str
    uuid: str
    bytes: int | None
    on_pmem: bool
    errors: tuple[str, ...]
    sightings: tuple[Seen, ...]

    @property
    def host(self) -> str:
        """The host; all of them where several see it."""
        return self.hosts[0] if len(self.hosts) == 1 else ", ".join(self.hosts)

    @property
    def suffix(self) -> str:
        """The 8 digits that join."""
        return self.uuid[-8:]

    @property
    def folder(self) -> tuple[str, str] | None:
        """What identifies the VM's folder, or None where it is not known."""
        return (self.identity, self.vm) if self.datastore and self.vm else None

    @property
    def place(self) -> tuple[str, str] | None:
        """What identifies the file, as far as the captures say where it is: the datastore, and the path in it."""
        return (self.identity, f"{self.vm}/{self.name}" if self.vm else self.name) if self.datastore else None

    @property
    def first(self) -> Place:
        """Where it was seen first: where its UUID was answered, else where it was listed."""
        first = self.sightings[0]
        if first.answered:
            return first.place
        return next((seen.place for seen in self.sightings if seen.answered), first.place)


def hosts_of(sightings: Sequence[Seen]) -> tuple[str, ...]:
    """Return the hosts that see a disk; one that nothing names is left out where another has a name."""
    if len(sightings) == 1:
        return alone(sightings[0].host)
    names = {seen.host for seen in sightings}
    named = {name for name in names if not name.startswith("(")}
    return tuple(sorted(named or names, key=natural))


@lru_cache(maxsize=1 << 10)
def alone(host: str) -> tuple[str, ...]:
    """Return one tuple for all disks of one host."""
    return (host,)


def name_of_vmdk(vmdk: Vmdk) -> str:
    """Say which vmdk this is, as exactly as the captures do."""
    path = vmdk.path or "a file that the capture does not name"
    return f"{vmdk.host} {path}"


def name_of_folder(folder: tuple[str, str]) -> str:
    """Say which folder this is, by what identifies its datastore."""
    datastore, vm = folder
    return f"{datastore.replace(chr(0), ' ')}/{vm}"
