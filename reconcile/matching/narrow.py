"""Evidence that narrows: of those whose digits agree, which device is which vmdk. None of it depends on names, order or numbers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from reconcile.base.natural_order import natural
from reconcile.inventory.devices import DISK, VPMEM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reconcile.inventory.devices import Device
    from reconcile.inventory.rival_folders import RivalFolders
    from reconcile.inventory.vm_disks import Ties
    from reconcile.inventory.vmdks import Vmdk

# The kernel rounds a region down to its alignment, so sizes that differ by less say nothing.
SIZE_GRAIN = 16 << 20


KeyType = TypeVar("KeyType")


Folder = tuple[str, str]


class Pair(NamedTuple):
    """A device and a vmdk, by their indexes, and what makes them one."""

    device: int
    vmdk: int
    evidence: str


class Group(NamedTuple):
    """Indexes of the devices and vmdks with one suffix; there is at least one on each side."""

    devices: tuple[int, ...]
    vmdks: tuple[int, ...]


class Evidence(NamedTuple):
    """All devices and vmdks of a site, and what narrows their groups.

    By guest `homes` are the folders in which its devices were found, and `near` those that its nmems were found in, or may be in.
    """

    devices: Sequence[Device]
    vmdks: Sequence[Vmdk]
    homes: dict[str, dict[Folder, list[str]]]
    near: dict[str, set[Folder]]
    ties: Ties
    rivals: RivalFolders


def joins(device: Device, vmdk: Vmdk) -> bool:
    """Tell whether the digits of two of one group agree: all 32 of a disk, the suffix of an nmem."""
    return device.kind == VPMEM or device.uuid == vmdk.uuid


def narrowed(group: Group, known: Evidence, evidence: str) -> list[Pair]:
    """Pair one device with one vmdk where the digits leave no other; else by configuration, by folder, by size."""
    pairs = [pair for pair in _by_digits(group, known, evidence) if not _is_doubtful(pair, known)]
    shared = _shared(without(group, pairs), known)
    for narrow in (by_tie, by_folder, _by_size):
        left = without(group, pairs)
        found = narrow(Group(tuple(index for index in left.devices if index not in shared), left.vmdks), known, evidence)
        pairs += found if narrow is by_tie else _for_all(left, found, known)
    return pairs


def _shared(group: Group, known: Evidence) -> set[int]:
    """Return the disks of a group that several guests show and fewer vmdks have: who shares one has it as much as the other."""
    devices = bucketed(group.devices, lambda index: known.devices[index].uuid)
    vmdks = Counter(known.vmdks[index].uuid for index in group.vmdks)
    return {index for uuid, found in devices.items() if uuid and len(found) > vmdks[uuid] for index in found}


def _for_all(group: Group, pairs: Sequence[Pair], known: Evidence) -> list[Pair]:
    """Keep the pairs of disks whose UUID no device shows that would be left: that one may share the other's vmdk."""
    paired = {pair.device for pair in pairs}
    left = {known.devices[index].uuid for index in group.devices if index not in paired} - {""}
    return [pair for pair in pairs if known.devices[pair.device].uuid not in left]


def _is_doubtful(pair: Pair, known: Evidence) -> bool:
    return bool(may_lie_elsewhere(known.devices[pair.device], known.vmdks[pair.vmdk], known))


def may_lie_elsewhere(device: Device | None, vmdk: Vmdk | None, known: Evidence) -> frozenset[Folder]:
    """Return the folders that may hold a pair's device as well as the vmdk's does, by what was not captured of them.

    These are twins of its folder that hold a vmdk of unknown UUID or were not listed whole; folders with such a vmdk in which other nmems of
    the guest were found, or may be, for a VM's NVDIMMs lie in one folder; such that have the guest's name; and such that its VM's configuration names.
    Where that names the vmdk itself, it outweighs them.
    """
    if device is None or vmdk is None:
        return frozenset()
    folders = known.rivals.loose_twins(vmdk.folder) | known.rivals.called(device.guest, vmdk, pmem=device.kind == VPMEM)
    if device.kind == VPMEM and vmdk.folder:
        folders |= {home for home in known.near.get(device.guest, ()) if home != vmdk.folder and known.rivals.holds_unknown(home)}
    tied = known.ties.disks.get(device.guest, frozenset())
    if vmdk.place in tied:
        return frozenset() if known.ties.known >= folders else folders
    homes = {(datastore, inner.rpartition("/")[0]) for datastore, inner in tied}
    return folders | {home for home in homes if home != vmdk.folder and vmdk.folder and known.rivals.holds_unknown(home)}


def is_beyond_doubt(guest: str, folder: Folder | None, known: Evidence) -> bool:
    """Tell, without a look at devices and vmdks, whether no folder rivals this one for a guest's nmems; see `may_lie_elsewhere`."""
    if guest in known.ties.disks or not known.rivals.raise_no_doubt(guest, folder):
        return False
    return not any(home != folder and known.rivals.holds_unknown(home) for home in known.near.get(guest, ()))


def _by_digits(group: Group, known: Evidence, evidence: str) -> list[Pair]:
    """Pair those whose digits nobody else of the group has. All of a group are disks, or all are nmems."""
    devices = bucketed(group.devices, lambda index: known.devices[index].uuid)
    whole = any(devices.keys() - {""})
    vmdks = bucketed(group.vmdks, lambda index: known.vmdks[index].uuid if whole else "")
    return [Pair(found[0], vmdks[uuid][0], evidence) for uuid, found in devices.items() if len(found) == len(vmdks.get(uuid, ())) == 1]


def bucketed(indexes: Iterable[int], key: Callable[[int], KeyType]) -> dict[KeyType, list[int]]:
    """Put indexes together that have one key."""
    found: dict[KeyType, list[int]] = {}
    for index in indexes:
        found.setdefault(key(index), []).append(index)
    return found


def without(group: Group, pairs: Sequence[Pair]) -> Group:
    """Return what is left of a group."""
    gone_devices = {pair.device for pair in pairs}
    gone_vmdks = {pair.vmdk for pair in pairs}
    return Group(
        tuple(index for index in group.devices if index not in gone_devices),
        tuple(index for index in group.vmdks if index not in gone_vmdks),
    )


def by_tie(group: Group, known: Evidence, evidence: str) -> list[Pair]:
    """Pair a device with the one vmdk of the group that the configuration of its guest's VM names, where every candidate's VM is known."""
    at = bucketed(group.vmdks, lambda index: known.vmdks[index].place)
    folders = bucketed(group.vmdks, lambda index: known.vmdks[index].uuid)
    whole = {uuid for uuid, found in folders.items() if all(known.vmdks[index].folder in known.ties.known for index in found)}
    wanted: list[tuple[int, int, str]] = []
    for index in group.devices:
        device = known.devices[index]
        places = known.ties.disks.get(device.guest, frozenset())
        there = [candidate for place in sorted(places) for candidate in at.get(place, ()) if _agree(known, index, candidate)]
        is_whole = whole >= ({device.uuid} if device.kind == DISK else folders.keys())
        if len(there) == 1 and is_whole and not may_lie_elsewhere(device, known.vmdks[there[0]], known):
            wanted.append((index, there[0], ""))
    return _mutual(wanted, f"{evidence}; in its VM's .vmx")


def by_folder(group: Group, known: Evidence, evidence: str) -> list[Pair]:
    """Pair a device with the one vmdk of the group that lies where its guest's other devices lie.

    Not where another folder may be the guest's as well: one of a candidate, of which too little was captured, in which another of its
    nmems may lie or, beside a copy, a vmdk is nobody's, or one that shares a UUID with this, of which too little was captured.
    """
    within = bucketed(group.vmdks, lambda index: known.vmdks[index].folder)
    unsure = {folder for folder in within if known.rivals.holds_unknown(folder)}
    wanted: list[tuple[int, int, str]] = []
    for index in group.devices:
        folders = known.homes.get(known.devices[index].guest, {})
        if len(folders) != 1:
            continue
        folder, names = next(iter(folders.items()))
        near = known.near.get(known.devices[index].guest, set()).intersection(within)
        tied = known.ties.disks.get(known.devices[index].guest, frozenset())
        if tied and all((datastore, inner.rpartition("/")[0]) != folder for datastore, inner in tied):
            # Its VM's configuration names none of that folder's.
            continue
        if (unsure | near | _with_unused_copies(within, folder, known)) - {folder} or known.rivals.has_loose_twin(folder):
            continue
        there = [candidate for candidate in within.get(folder, ()) if _agree(known, index, candidate)]
        if len(there) == 1:
            wanted.append((index, there[0], min(names, key=natural)))
    return _mutual(wanted, evidence + "; same VM as {}")


def _with_unused_copies(within: Mapping[Folder | None, list[int]], home: Folder, known: Evidence) -> set[Folder | None]:
    """Return the folders that hold a copy of a candidate in `home`, and a vmdk that no device shows.

    What is shown of that folder's other disks may be from before these were made anew, and `home` a clone of it. Two whose UUIDs agree in the
    last digits alone are no copies.
    """
    here = {known.vmdks[index].uuid for index in within.get(home, ())}
    return {
        other
        for other, indexes in within.items()
        if other != home and known.rivals.holds_unused(other) and not here.isdisjoint(known.vmdks[index].uuid for index in indexes)
    }


def _by_size(group: Group, known: Evidence, evidence: str) -> list[Pair]:
    """Pair a device with the one vmdk of the group whose size does not rule it out, and is the device's.

    One of unknown size is not ruled out, nor is a larger one: a vmdk that grew shows its size in the guest only after a reboot, or the
    guest was captured before it grew. A smaller one is, for none shrinks.
    """
    if len(group.devices) * len(group.vmdks) > _MOST_PAIRS or any(
        known.rivals.holds_unknown(known.vmdks[one].folder) for one in group.vmdks
    ):
        return []
    fits = [
        (index, candidate)
        for index in group.devices
        for candidate in group.vmdks
        if _agree(known, index, candidate) and _may_be_same(known.devices[index], known.vmdks[candidate])
    ]
    per_device, per_vmdk = Counter(index for index, _ in fits), Counter(candidate for _, candidate in fits)
    wanted = [
        (index, candidate, "")
        for index, candidate in fits
        if per_device[index] == 1 and _are_equal(known.devices[index].bytes, known.vmdks[candidate].bytes)
    ]
    pairs = _mutual(wanted, f"{evidence}; size")
    return [pair for pair in pairs if per_vmdk[pair.vmdk] == 1 and not _is_doubtful(pair, known)]


# A thousand clones on each side: sizes tell none of them apart, and asking costs the square of their number.
_MOST_PAIRS = 1_000_000


def _agree(known: Evidence, device: int, vmdk: int) -> bool:
    return joins(known.devices[device], known.vmdks[vmdk])


def _may_be_same(device: Device, vmdk: Vmdk) -> bool:
    return device.bytes is None or vmdk.bytes is None or vmdk.bytes - device.bytes > -SIZE_GRAIN


def _are_equal(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and abs(one - other) < SIZE_GRAIN


def _mutual(wanted: Sequence[tuple[int, int, str]], evidence: str) -> list[Pair]:
    """Keep the pairs in which nobody else wants the same vmdk."""
    times = Counter(vmdk for _, vmdk, _ in wanted)
    return [Pair(device, vmdk, evidence.format(name)) for device, vmdk, name in wanted if times[vmdk] == 1]
