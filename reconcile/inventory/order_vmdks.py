"""The disks put together: those that were seen without a place added to those with one, and all in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.base.natural_order import in_natural_order, order_of
from reconcile.facts.vmfs_names import base_of_snapshot
from reconcile.inventory.uniform_folders import PlainFolder
from reconcile.inventory.vmdks import Seen, Vmdk, hosts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.inventory.datastores import Volumes
    from reconcile.inventory.uniform_folders import FolderOf


def folded(folders: list[PlainFolder], disks: list[Vmdk], volumes: Volumes) -> tuple[list[PlainFolder], list[Vmdk]]:
    """Add the sightings that do not say where to the one disk of that UUID that is known to be somewhere, if there is one.

    An answer without a file name, or with a name in an unknown directory, is a second sighting and no second disk as long as
    nothing in it says otherwise. It is another file where its host does not see the datastore: a clone, or what a migration left.
    """
    adrift = {disk.uuid for disk in disks if disk.uuid and not disk.datastore}
    if not adrift:
        return folders, disks
    disks = [*disks, *(disk for folder in folders if not adrift.isdisjoint(folder.uuids) for disk in folder)]
    return [folder for folder in folders if adrift.isdisjoint(folder.uuids)], _with_adrift(disks, volumes)


def _with_adrift(disks: list[Vmdk], volumes: Volumes) -> list[Vmdk]:
    known: dict[str, list[int]] = {}
    for index, disk in enumerate(disks):
        if disk.uuid and disk.datastore:
            known.setdefault(disk.uuid, []).append(index)
    homes = [_home(disk, disks, known, volumes) for disk in disks]
    more: dict[int, list[Seen]] = {}
    for disk, home in zip(disks, homes, strict=True):
        if home is not None:
            more.setdefault(home, []).extend(disk.sightings)
    return [_with_sightings(disk, more[index]) if index in more else disk for index, disk in enumerate(disks) if homes[index] is None]


def _home(disk: Vmdk, disks: list[Vmdk], known: dict[str, list[int]], volumes: Volumes) -> int | None:
    if not disk.uuid or disk.datastore:
        return None
    homes = [home for home in known.get(disk.uuid, []) if any(_sees(host, disks[home], volumes) for host in disk.hosts)]
    if len(homes) != 1:
        return None
    name = disks[homes[0]].name
    return homes[0] if disk.name in {"", name} or base_of_snapshot(disk.name) == name else None


def _sees(host: str, disk: Vmdk, volumes: Volumes) -> bool:
    return host in disk.hosts or volumes.sees(host, disk.identity)


def _with_sightings(disk: Vmdk, more: list[Seen]) -> Vmdk:
    sightings = sorted([*disk.sightings, *more])
    located = [seen for seen in sightings if seen.path.startswith("/")]
    return disk._replace(sightings=(*located, *(seen for seen in sightings if seen not in located)), hosts=hosts_of(sightings))


def in_order(folders: list[PlainFolder], others: list[Vmdk]) -> list[Sequence[Vmdk]]:
    """Sort by host, VM and name in natural order, and where these agree by UUID, path and place; folder by folder, which is quicker."""
    hosts: dict[str, dict[str, list[PlainFolder | Vmdk]]] = {}
    before: FolderOf | None = None
    in_host: dict[str, list[PlainFolder | Vmdk]] = {}
    for folder in folders:
        # Those of one part stand together.
        if folder.of is not before:
            before = folder.of
            in_host = hosts.setdefault(folder.host, {})
        in_host.setdefault(folder.vm, []).append(folder)
    for disk in others:
        hosts.setdefault(disk.host, {}).setdefault(disk.vm, []).append(disk)
    found: list[Sequence[Vmdk]] = []
    for host in in_natural_order(hosts):
        in_host = hosts[host]
        for vm in in_natural_order(in_host):
            first, *more = in_host[vm]
            if isinstance(first, PlainFolder) and not more:
                found.append(first)
                continue
            disks = [disk for one in (first, *more) for disk in (one if isinstance(one, PlainFolder) else (one,))]
            found.append(_by_name(vm, disks))
    return found


def _by_name(vm: str, disks: list[Vmdk]) -> list[Vmdk]:
    """Sort the disks of one folder."""
    order = order_of([disk.name for disk in disks], vm)
    ordered = [disks[index] for index in order] if order else disks
    if len({disk.name for disk in disks}) == len(disks):
        return ordered
    place_of = {disk.name: place for place, disk in enumerate(ordered)}
    return sorted(ordered, key=lambda disk: (place_of[disk.name], disk.uuid, disk.path, disk.first))
