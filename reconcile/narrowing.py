"""Evidence that narrows: of those whose digits agree, which device is which vmdk. None of it depends on names, order or numbers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from reconcile.devices import VPMEM
from reconcile.order import natural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reconcile.devices import Device
    from reconcile.ties import Ties
    from reconcile.vmdks import Vmdk

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
    """All devices and vmdks of a site, and what narrows their groups."""

    devices: Sequence[Device]
    vmdks: Sequence[Vmdk]
    homes: dict[str, dict[Folder, list[str]]]
    ties: Ties


def joins(device: Device, vmdk: Vmdk) -> bool:
    """Tell whether the digits of two of one group agree: all 32 of a disk, the suffix of an nmem."""
    return device.kind == VPMEM or device.uuid == vmdk.uuid


def narrowed(group: Group, known: Evidence, evidence: str) -> list[Pair]:
    """Pair one device with one vmdk where the digits leave no other; else by configuration, by folder, by size."""
    pairs = _by_digits(group, known, evidence)
    for narrow in (by_tie, by_folder, _by_size):
        pairs += narrow(without(group, pairs), known, evidence)
    return pairs


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
    """Pair a device with the one vmdk of the group that the configuration of its guest's VM names."""
    at = bucketed(group.vmdks, lambda index: known.vmdks[index].place)
    wanted: list[tuple[int, int, str]] = []
    for index in group.devices:
        places = known.ties.get(known.devices[index].guest, frozenset())
        there = [candidate for place in sorted(places) for candidate in at.get(place, ()) if _agree(known, index, candidate)]
        if len(there) == 1:
            wanted.append((index, there[0], ""))
    return _mutual(wanted, f"{evidence}; in its VM's .vmx")


def by_folder(group: Group, known: Evidence, evidence: str) -> list[Pair]:
    """Pair a device with the one vmdk of the group that lies where its guest's other devices lie."""
    within = bucketed(group.vmdks, lambda index: known.vmdks[index].folder)
    wanted: list[tuple[int, int, str]] = []
    for index in group.devices:
        folders = known.homes.get(known.devices[index].guest, {})
        if len(folders) != 1:
            continue
        folder, names = next(iter(folders.items()))
        there = [candidate for candidate in within.get(folder, ()) if _agree(known, index, candidate)]
        if len(there) == 1:
            wanted.append((index, there[0], min(names, key=natural)))
    return _mutual(wanted, evidence + "; same VM as {}")


def _by_size(group: Group, known: Evidence, evidence: str) -> list[Pair]:
    """Pair a device with the one vmdk of the group whose size does not rule it out; one of unknown size is not ruled out."""
    if len(group.devices) * len(group.vmdks) > _MOST_PAIRS:
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
        if per_device[index] == 1 and known.devices[index].bytes is not None and known.vmdks[candidate].bytes is not None
    ]
    return [pair for pair in _mutual(wanted, f"{evidence}; size") if per_vmdk[pair.vmdk] == 1]


# A thousand clones on each side: sizes tell none of them apart, and asking costs the square of their number.
_MOST_PAIRS = 1_000_000


def _agree(known: Evidence, device: int, vmdk: int) -> bool:
    return joins(known.devices[device], known.vmdks[vmdk])


def _may_be_same(device: Device, vmdk: Vmdk) -> bool:
    if device.bytes is None or vmdk.bytes is None:
        return True
    return abs(device.bytes - vmdk.bytes) < SIZE_GRAIN


def _mutual(wanted: Sequence[tuple[int, int, str]], evidence: str) -> list[Pair]:
    """Keep the pairs in which nobody else wants the same vmdk."""
    times = Counter(vmdk for _, vmdk, _ in wanted)
    return [Pair(device, vmdk, evidence.format(name)) for device, vmdk, name in wanted if times[vmdk] == 1]
