"""Which device is which vmdk, and how that is known.

Devices and vmdks with one suffix are a group. A SCSI disk shows all 32 digits and joins on them; a vmdk that is one is no nmem. An
nmem joins on the suffix. One of each is an answer. Of several, evidence that does not depend on names may leave one: the VM folder in
which the same guest's other devices were found, then equal size. What is left over on one side only is that side's; what is left over
on both sides is ambiguous. Order, the N of nmemN and likeness of names decide nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from reconcile.devices import DISK, VPMEM
from reconcile.order import natural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconcile.devices import Device
    from reconcile.vmdks import Vmdk

# The kernel rounds a region down to its alignment, so sizes that differ by less say nothing.
SIZE_GRAIN = 16 << 20


class Outcome(StrEnum):
    """What a row comes to, in the words of a summary."""

    RECONCILED = "reconciled"
    AMBIGUOUS = "ambiguous"
    CONTRADICTED = "contradicted"
    NOT_CAPTURED = "not captured"
    FOREIGN = "foreign"


class Status(StrEnum):
    """What can be said of a row."""

    MATCHED = "matched"
    AMBIGUOUS = "ambiguous"
    GUEST_ONLY = "guest-only"
    HOST_ONLY = "host-only"


@dataclass(frozen=True, slots=True)
class Row:
    """A device, a vmdk, or a pair, with what makes it so. `rivals` are those that shared the suffix and were told apart.

    `expected` says of a row with one side that the other side was captured: another device of the same guest and kind, or another
    vmdk of the same VM folder, found its match. So it is not for want of a capture that this one did not.
    """

    status: Status
    device: Device | None
    vmdk: Vmdk | None
    evidence: str
    candidates: tuple[str, ...]
    rivals: tuple[str, ...]
    expected: bool = False

    @property
    def outcome(self) -> Outcome:
        """What the row comes to."""
        match self.status:
            case Status.MATCHED:
                return Outcome.RECONCILED
            case Status.AMBIGUOUS:
                return Outcome.AMBIGUOUS
        if self.device and self.device.vendor and not self.device.joins:
            return Outcome.FOREIGN
        return Outcome.CONTRADICTED if self.rivals or self.expected else Outcome.NOT_CAPTURED

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
    return sorted(_with_expected(rows), key=_order)


def _with_expected(rows: Sequence[Row]) -> list[Row]:
    """Mark the rows of one side whose other side was captured."""
    guests = {(row.device.guest, row.device.kind) for row in rows if row.device and row.vmdk}
    folders = {row.vmdk.folder for row in rows if row.device and row.vmdk and row.vmdk.folder}
    return [
        replace(
            row,
            expected=(row.device is not None and row.device.joins and (row.device.guest, row.device.kind) in guests)
            or (row.vmdk is not None and row.vmdk.uuid != "" and row.vmdk.folder in folders),
        )
        if row.status in {Status.GUEST_ONLY, Status.HOST_ONLY}
        else row
        for row in rows
    ]


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


def _joins(device: Device, vmdk: Vmdk) -> bool:
    """Tell whether the digits of two of one group agree: all 32 of a disk, the suffix of an nmem."""
    return device.kind == VPMEM or device.uuid == vmdk.uuid


def _homes(groups: Iterable[_Group], devices: Sequence[Device], vmdks: Sequence[Vmdk]) -> dict[str, dict[Folder, list[str]]]:
    """Return, for each guest, the VM folders of its devices that matched without help, and those devices' names."""
    homes: dict[str, dict[Folder, list[str]]] = {}
    for group in groups:
        if len(group.devices) == len(group.vmdks) == 1:
            device, vmdk = devices[group.devices[0]], vmdks[group.vmdks[0]]
            if vmdk.folder and _joins(device, vmdk):
                homes.setdefault(device.guest, {}).setdefault(vmdk.folder, []).append(device.name)
    return homes


def _resolve(group: _Group, devices: Sequence[Device], vmdks: Sequence[Vmdk], homes: dict[str, dict[Folder, list[str]]]) -> list[Row]:
    """Pair the disks of a group, then its nmems with the vmdks that are no disks, and give a row to each that is left."""
    disks = group._replace(devices=tuple(index for index in group.devices if devices[index].kind == DISK))
    pairs = _narrowed(disks, devices, vmdks, homes, "uuid")
    rest = _without(group, pairs)
    nmems = rest._replace(devices=tuple(index for index in rest.devices if devices[index].kind == VPMEM))
    # Where a vmdk's disk is not certain, the vmdk is not free for an nmem either.
    doubtful = {devices[index].uuid for index in rest.devices if devices[index].kind == DISK}
    free = nmems._replace(vmdks=tuple(index for index in nmems.vmdks if vmdks[index].uuid not in doubtful))
    if free.vmdks == nmems.vmdks:
        pairs += _narrowed(nmems, devices, vmdks, homes, "uuid suffix; not a SCSI disk" if pairs else "uuid suffix")
    else:
        pairs += _by_folder(nmems, devices, vmdks, homes, "uuid suffix")
    everyone = [*(_name_of_device(devices[index]) for index in group.devices), *(name_of_vmdk(vmdks[index]) for index in group.vmdks)]
    rows = []
    for pair in pairs:
        device, vmdk = devices[pair.device], vmdks[pair.vmdk]
        rivals = tuple(name for name in everyone if name not in {_name_of_device(device), name_of_vmdk(vmdk)})
        rows.append(Row(Status.MATCHED, device, vmdk, pair.evidence, (), rivals))
    return rows + _left_over(_without(group, pairs), everyone, devices, vmdks)


def _narrowed(
    group: _Group, devices: Sequence[Device], vmdks: Sequence[Vmdk], homes: dict[str, dict[Folder, list[str]]], evidence: str
) -> list[_Pair]:
    """Pair one device with one vmdk where the digits leave no other; else by folder, then by size."""
    fits = [(index, candidate) for index in group.devices for candidate in group.vmdks if _joins(devices[index], vmdks[candidate])]
    per_device, per_vmdk = Counter(index for index, _ in fits), Counter(candidate for _, candidate in fits)
    alone = [_Pair(index, candidate, evidence) for index, candidate in fits if per_device[index] == per_vmdk[candidate] == 1]
    pairs = alone + _by_folder(_without(group, alone), devices, vmdks, homes, evidence)
    return pairs + _by_size(_without(group, pairs), devices, vmdks, evidence)


def _left_over(left: _Group, everyone: Sequence[str], devices: Sequence[Device], vmdks: Sequence[Vmdk]) -> list[Row]:
    """Give a row to each that found no match: ambiguous with those that it could be, or alone on its side."""
    rows: list[Row] = []
    for index in left.devices:
        across = tuple(name_of_vmdk(vmdks[candidate]) for candidate in left.vmdks if _joins(devices[index], vmdks[candidate]))
        rivals = () if across else tuple(everyone)
        rows.append(Row(Status.AMBIGUOUS if across else Status.GUEST_ONLY, devices[index], None, "", across, rivals))
    for index in left.vmdks:
        across = tuple(_name_of_device(devices[candidate]) for candidate in left.devices if _joins(devices[candidate], vmdks[index]))
        rivals = () if across else tuple(everyone)
        rows.append(Row(Status.AMBIGUOUS if across else Status.HOST_ONLY, None, vmdks[index], "", across, rivals))
    return rows


def _without(group: _Group, pairs: Sequence[_Pair]) -> _Group:
    gone_devices = {pair.device for pair in pairs}
    gone_vmdks = {pair.vmdk for pair in pairs}
    return _Group(
        tuple(index for index in group.devices if index not in gone_devices),
        tuple(index for index in group.vmdks if index not in gone_vmdks),
    )


def _by_folder(
    group: _Group, devices: Sequence[Device], vmdks: Sequence[Vmdk], homes: dict[str, dict[Folder, list[str]]], evidence: str
) -> list[_Pair]:
    """Pair a device with the one vmdk of the group that lies where its guest's other devices lie."""
    wanted: list[tuple[int, int, str]] = []
    for index in group.devices:
        folders = homes.get(devices[index].guest, {})
        if len(folders) != 1:
            continue
        folder, names = next(iter(folders.items()))
        there = [candidate for candidate in group.vmdks if vmdks[candidate].folder == folder and _joins(devices[index], vmdks[candidate])]
        if len(there) == 1:
            wanted.append((index, there[0], min(names, key=natural)))
    return _mutual(wanted, evidence + "; same VM as {}")


def _by_size(group: _Group, devices: Sequence[Device], vmdks: Sequence[Vmdk], evidence: str) -> list[_Pair]:
    """Pair a device with the one vmdk of the group whose size does not rule it out; one of unknown size is not ruled out."""
    fits = [
        (index, candidate)
        for index in group.devices
        for candidate in group.vmdks
        if _joins(devices[index], vmdks[candidate]) and _may_be_same(devices[index], vmdks[candidate])
    ]
    per_device = Counter(index for index, _ in fits)
    wanted = [
        (index, candidate, "")
        for index, candidate in fits
        if per_device[index] == 1 and devices[index].bytes is not None and vmdks[candidate].bytes is not None
    ]
    return [pair for pair in _mutual(wanted, f"{evidence}; size") if sum(candidate == pair.vmdk for _, candidate in fits) == 1]


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
