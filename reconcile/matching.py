"""Which device is which vmdk, and how that is known.

Devices and vmdks with one suffix are a group. One of each is an answer. Of several, evidence that does not depend on names may
leave one: the VM folder in which the same guest's other devices were found, then equal size. What is left over on one side only
is that side's; what is left over on both sides is ambiguous. Order, the N of nmemN and likeness of names decide nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from reconcile.order import natural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconcile.devices import Device
    from reconcile.vmdks import Vmdk

# The kernel rounds a region down to its alignment, so sizes that differ by less say nothing.
SIZE_GRAIN = 16 << 20


class Status(StrEnum):
    """What can be said of a row."""

    MATCHED = "matched"
    AMBIGUOUS = "ambiguous"
    GUEST_ONLY = "guest-only"
    HOST_ONLY = "host-only"


@dataclass(frozen=True, slots=True)
class Row:
    """A device, a vmdk, or a pair, with what makes it so. `rivals` are those that shared the suffix and were told apart."""

    status: Status
    device: Device | None
    vmdk: Vmdk | None
    evidence: str
    candidates: tuple[str, ...]
    rivals: tuple[str, ...]

    @property
    def suffix(self) -> str:
        """The 8 digits that join, or would; ``""`` where neither side gives any."""
        if self.vmdk and self.vmdk.uuid:
            return self.vmdk.suffix
        return self.device.serial if self.device and self.device.joins else ""


class _Pair(NamedTuple):
    device: int
    vmdk: int
    evidence: str


Folder = tuple[str, str]


def match(devices: Sequence[Device], vmdks: Sequence[Vmdk]) -> list[Row]:
    """Put every device and every vmdk of a site on exactly one row, in natural order."""
    groups = _groups(devices, vmdks)
    homes = _homes(groups, devices, vmdks)
    rows: list[Row] = []
    for group in groups:
        rows += _resolve(group, devices, vmdks, homes)
    grouped = {index for group in groups for index in group.devices}
    rows += [_alone(device) for index, device in enumerate(devices) if index not in grouped]
    placed = {index for group in groups for index in group.vmdks}
    rows += [_spare(vmdk) for index, vmdk in enumerate(vmdks) if index not in placed]
    return sorted(rows, key=_order)


class _Group(NamedTuple):
    """Indexes of the devices and vmdks with one suffix; there is at least one on each side."""

    devices: tuple[int, ...]
    vmdks: tuple[int, ...]


def _groups(devices: Sequence[Device], vmdks: Sequence[Vmdk]) -> list[_Group]:
    by_serial: dict[str, list[int]] = {}
    for index, device in enumerate(devices):
        if device.joins:
            by_serial.setdefault(device.serial, []).append(index)
    by_suffix: dict[str, list[int]] = {}
    for index, vmdk in enumerate(vmdks):
        if vmdk.uuid and vmdk.suffix in by_serial:
            by_suffix.setdefault(vmdk.suffix, []).append(index)
    return [_Group(tuple(by_serial[suffix]), tuple(found)) for suffix, found in by_suffix.items()]


def _homes(groups: Iterable[_Group], devices: Sequence[Device], vmdks: Sequence[Vmdk]) -> dict[str, dict[Folder, list[str]]]:
    """Return, for each guest, the VM folders of its devices that matched without help, and those devices' names."""
    homes: dict[str, dict[Folder, list[str]]] = {}
    for group in groups:
        if len(group.devices) == len(group.vmdks) == 1:
            device, vmdk = devices[group.devices[0]], vmdks[group.vmdks[0]]
            if vmdk.folder:
                homes.setdefault(device.guest, {}).setdefault(vmdk.folder, []).append(device.name)
    return homes


def _resolve(group: _Group, devices: Sequence[Device], vmdks: Sequence[Vmdk], homes: dict[str, dict[Folder, list[str]]]) -> list[Row]:
    if len(group.devices) == len(group.vmdks) == 1:
        return [Row(Status.MATCHED, devices[group.devices[0]], vmdks[group.vmdks[0]], "uuid suffix", (), ())]
    pairs = _by_folder(group, devices, vmdks, homes)
    pairs += _by_size(_without(group, pairs), devices, vmdks)
    left = _without(group, pairs)
    everyone = [*(_name_of_device(devices[index]) for index in group.devices), *(name_of_vmdk(vmdks[index]) for index in group.vmdks)]
    rows = []
    for pair in pairs:
        device, vmdk = devices[pair.device], vmdks[pair.vmdk]
        rivals = tuple(name for name in everyone if name not in {_name_of_device(device), name_of_vmdk(vmdk)})
        rows.append(Row(Status.MATCHED, device, vmdk, pair.evidence, (), rivals))
    both = bool(left.devices) and bool(left.vmdks)
    across_vmdks = tuple(name_of_vmdk(vmdks[index]) for index in left.vmdks)
    across_devices = tuple(_name_of_device(devices[index]) for index in left.devices)
    for index in left.devices:
        status = Status.AMBIGUOUS if both else Status.GUEST_ONLY
        rows.append(Row(status, devices[index], None, "", across_vmdks if both else (), () if both else tuple(everyone)))
    for index in left.vmdks:
        status = Status.AMBIGUOUS if both else Status.HOST_ONLY
        rows.append(Row(status, None, vmdks[index], "", across_devices if both else (), () if both else tuple(everyone)))
    return rows


def _without(group: _Group, pairs: Sequence[_Pair]) -> _Group:
    gone_devices = {pair.device for pair in pairs}
    gone_vmdks = {pair.vmdk for pair in pairs}
    return _Group(
        tuple(index for index in group.devices if index not in gone_devices),
        tuple(index for index in group.vmdks if index not in gone_vmdks),
    )


def _by_folder(group: _Group, devices: Sequence[Device], vmdks: Sequence[Vmdk], homes: dict[str, dict[Folder, list[str]]]) -> list[_Pair]:
    """Pair a device with the one vmdk of the group that lies where its guest's other devices lie."""
    wanted: list[tuple[int, int, str]] = []
    for index in group.devices:
        folders = homes.get(devices[index].guest, {})
        if len(folders) != 1:
            continue
        folder, names = next(iter(folders.items()))
        there = [candidate for candidate in group.vmdks if vmdks[candidate].folder == folder]
        if len(there) == 1:
            wanted.append((index, there[0], min(names, key=natural)))
    return _mutual(wanted, "uuid suffix; same VM as {}")


def _by_size(group: _Group, devices: Sequence[Device], vmdks: Sequence[Vmdk]) -> list[_Pair]:
    """Pair a device with the one vmdk of the group whose size does not rule it out; one of unknown size is not ruled out."""
    fits = [(index, candidate) for index in group.devices for candidate in group.vmdks if _may_be_same(devices[index], vmdks[candidate])]
    per_device = Counter(index for index, _ in fits)
    wanted = [
        (index, candidate, "")
        for index, candidate in fits
        if per_device[index] == 1 and devices[index].bytes is not None and vmdks[candidate].bytes is not None
    ]
    return [pair for pair in _mutual(wanted, "uuid suffix; size") if sum(candidate == pair.vmdk for _, candidate in fits) == 1]


def _may_be_same(device: Device, vmdk: Vmdk) -> bool:
    if device.bytes is None or vmdk.bytes is None:
        return True
    return abs(device.bytes - vmdk.bytes) < SIZE_GRAIN


def _mutual(wanted: Sequence[tuple[int, int, str]], evidence: str) -> list[_Pair]:
    """Keep the pairs in which nobody else wants the same vmdk."""
    times = Counter(vmdk for _, vmdk, _ in wanted)
    return [_Pair(device, vmdk, evidence.format(name)) for device, vmdk, name in wanted if times[vmdk] == 1]


def _alone(device: Device) -> Row:
    return Row(Status.GUEST_ONLY, device, None, "", (), ())


def _spare(vmdk: Vmdk) -> Row:
    return Row(Status.HOST_ONLY, None, vmdk, "", (), ())


def _name_of_device(device: Device) -> str:
    return f"{device.guest} {device.name}"


def name_of_vmdk(vmdk: Vmdk) -> str:
    """Say which vmdk this is, as exactly as the captures do."""
    path = vmdk.path or "a file that the capture does not name"
    return f"{vmdk.host} {path}"


def _order(row: Row) -> tuple[object, ...]:
    """Sort by host, VM, vmdk, guest and device; where all these agree, by what the captures show first."""
    vmdk, device = row.vmdk, row.device
    host_side = (natural(vmdk.host), natural(vmdk.vm), natural(vmdk.name)) if vmdk else (natural(""),) * 3
    guest_side = (natural(device.guest), natural(device.name)) if device else (natural(""),) * 2
    exact = (vmdk.uuid, vmdk.path, vmdk.first) if vmdk else ("", "", (-1, 0))
    return (*host_side, *guest_side, *exact, device.id if device else "", device.first if device else (-1, 0))
