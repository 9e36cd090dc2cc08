"""Which disks a guest's VM has, by the BIOS UUID that the guest shows and its VM's configuration bears.

Evidence that depends on no name: ``dmidecode`` in the guest, ``uuid.bios`` in the ``.vmx`` or ``esxcli vm process list`` on the host. From
SMBIOS 2.6 on the first three fields of the UUID are read in the other byte order, so both are compared.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.base.uuid_text import canonical_uuid
from reconcile.facts.records import Attached, Said, Vm
from reconcile.facts.vmfs_names import base_of_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconcile.inventory.datastores import Volumes
    from reconcile.inventory.vmdks import Vmdk
    from reconcile.machines.places import Fact
    from reconcile.machines.site_facts import SiteFacts

Place = tuple[str, str]


class Ties(NamedTuple):
    """By guest the places of its VM's disks, where the VM is certain: datastore and path in it.

    `known` are the folders of disks of VMs whose BIOS UUID is known: datastore and path in it. A copy of a VM keeps its original's, so a
    guest's VM is certain only among these.
    """

    disks: Mapping[str, frozenset[Place]]
    known: frozenset[Place]


NO_TIES = Ties({}, frozenset())


# [datastore1 (1)] db01/db01.vmx
_IN_DATASTORE = re.compile(r"\[([^\]]+)\] (.+)$")


def find_ties(facts: SiteFacts, volumes: Volumes, vmdks: Iterable[Vmdk] = ()) -> Ties:
    """Return which disks the configuration of each guest's VM names. `vmdks` are the site's."""
    shown: dict[str, set[str]] = {}
    for fact, said in facts.of(Said):
        if said.what == "bios uuid":
            shown.setdefault(fact.machine.name, set()).add(said.value)
    if not shown:
        return NO_TIES
    configurations = _configurations(facts, volumes)
    disks = _disks(facts, volumes, vmdks)
    times: dict[str, int] = {}
    for values in shown.values():
        for value in values:
            times[canonical_uuid(value)] = times.get(canonical_uuid(value), 0) + 1
    ties: dict[str, frozenset[Place]] = {}
    for guest, values in shown.items():
        uuids = {canonical_uuid(value) for value in values}
        # A guest with two, or two guests with one, are clones or captures of several machines under one name.
        if len(uuids) == 1 and times[next(iter(uuids))] == len(values):
            vmxs = configurations.get(next(iter(uuids)), set())
            found = frozenset(place for vmx in vmxs for place in disks.get(vmx, ()))
            if len({vmx for vmx in vmxs if vmx[1]}) <= 1 and found:
                ties[guest] = found
    told = {place for vmxs in configurations.values() for vmx in vmxs for place in disks.get(vmx, ())}
    return Ties(ties, frozenset((datastore, inner.rpartition("/")[0]) for datastore, inner in told))


def _configurations(facts: SiteFacts, volumes: Volumes) -> dict[str, set[Place]]:
    """Return the configuration files that bear each BIOS UUID."""
    found: dict[str, set[Place]] = {}
    for fact, vm in facts.of(Vm):
        if vm.bios_uuid:
            found.setdefault(canonical_uuid(vm.bios_uuid), set()).add(_vmx(fact, vm.vmx, volumes))
    return found


def _vmx(fact: Fact, path: str, volumes: Volumes) -> Place:
    """Return what identifies a configuration file; one whose path is not known is its source's own."""
    in_datastore = _IN_DATASTORE.match(path)
    path = f"/vmfs/volumes/{in_datastore[1]}/{in_datastore[2]}" if in_datastore else path
    place = volumes.place(fact.machine.name, path)
    return (place.datastore, place.inner) if place.known else (f"source {fact.source}", "")


def _disks(facts: SiteFacts, volumes: Volumes, vmdks: Iterable[Vmdk]) -> dict[Place, set[Place]]:
    """Return the disks that each configuration file names; of a snapshot that is no vmdk of its own, the disk that it is one of.

    A slot for which captures show several disks had them at several times: it ties none.
    """
    found: dict[tuple[Place, str], set[Place]] = {}
    snapshots: list[tuple[tuple[Place, str], Place, str]] = []
    for fact, attached in facts.of(Attached):
        folder = attached.vmx.rpartition("/")[0]
        path = attached.file if attached.file.startswith("/") else f"{folder}/{attached.file}" if folder else ""
        place = volumes.place(fact.machine.name, path)
        if not place.known:
            continue
        slot = (_vmx(fact, attached.vmx, volumes), attached.slot)
        inner, _, name = place.inner.rpartition("/")
        base = base_of_snapshot(name, inner.rpartition("/")[2])
        if base:
            snapshots.append((slot, (place.datastore, place.inner), f"{inner}/{base}" if inner else base))
        found.setdefault(slot, set()).add((place.datastore, place.inner))
    there: set[Place | None] = {vmdk.place for vmdk in vmdks} if snapshots else set()
    for slot, child, base in snapshots:
        if child not in there and (child[0], base) in there:
            found[slot] = found[slot] - {child} | {(child[0], base)}
    disks: dict[Place, set[Place]] = {}
    for (vmx, _), places in found.items():
        disks.setdefault(vmx, set()).update(places if len(places) == 1 else ())
    return disks
