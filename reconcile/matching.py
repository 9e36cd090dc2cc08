"""Which device is which vmdk, and how that is known.

Devices and vmdks with one suffix are a group. A SCSI disk shows all 32 digits and joins on them; a vmdk that is one is no nmem. An
nmem joins on the suffix. One of each is an answer. Of several, evidence that does not depend on names may leave one: the configuration of
the VM whose BIOS UUID the guest shows, then the VM folder in which the same guest's other devices were found, then equal size. What is left over on one side only is that side's; what is left over
on both sides is ambiguous. Order, the N of nmemN and likeness of names decide nothing.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from reconcile.devices import DISK, VPMEM
from reconcile.narrowing import Evidence, Folder, Group, bucketed, by_folder, by_tie, joins, narrowed, without
from reconcile.order import natural

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from reconcile.devices import Device
    from reconcile.ties import Ties
    from reconcile.vmdks import Vmdk


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


# Looking a member up in its enumeration takes a quarter of the time that making a row does.
_MATCHED, _GUEST_ONLY, _HOST_ONLY = Status.MATCHED, Status.GUEST_ONLY, Status.HOST_ONLY


class Row(NamedTuple):
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


def match(devices: Sequence[Device], vmdks: Sequence[Vmdk], ties: Ties | None = None) -> list[Row]:
    """Put every device and every vmdk of a site on exactly one row, in natural order.

    `ties` are the places of the disks that each guest's VM has, where its configuration is known.
    """
    serials = [device.serial if device.joins else "" for device in devices]
    suffixes = [vmdk.uuid[-8:] for vmdk in vmdks]
    device_of = {serial: index for index, serial in enumerate(serials) if serial}
    vmdk_of = {suffix: index for index, suffix in enumerate(suffixes) if suffix in device_of}
    # Nearly every suffix is one device's and one vmdk's. Only where it is another's too, a group is made and looked at closely.
    repeated = {serial for index, serial in enumerate(serials) if serial and device_of[serial] != index}
    repeated.update(suffix for index, suffix in enumerate(suffixes) if vmdk_of.get(suffix, index) != index)
    rows: list[Row] = []
    unclear: dict[str, list[int]] = {}
    for index, (vmdk, suffix) in enumerate(zip(vmdks, suffixes, strict=True)):
        found = device_of.get(suffix)
        if found is not None and suffix not in repeated and joins(devices[found], vmdk):
            rows.append(_paired(devices[found], vmdk))
            continue
        rows.append(_spare(vmdk))
        if found is not None:
            unclear.setdefault(suffix, []).append(index)
    alone = [_alone(device) for device, serial in zip(devices, serials, strict=True) if serial not in vmdk_of]
    if unclear:
        groups = _groups(unclear, serials)
        known = Evidence(devices, vmdks, _homes(rows, {devices[index].guest for group in groups for index in group.devices}), ties or {})
        for group in groups:
            for at, row in _resolve(group, known):
                if at is None:
                    alone.append(row)
                else:
                    rows[at] = row
    _expect(alone, rows)
    _sort_files(rows, vmdks)
    return sorted(alone, key=_order) + rows


def _paired(device: Device, vmdk: Vmdk) -> Row:
    return Row(_MATCHED, device, vmdk, "uuid" if device.kind == DISK else "uuid suffix", (), ())


def _sort_files(rows: list[Row], vmdks: Sequence[Vmdk]) -> None:
    """Sort the rows of each file that has several. The rows stand as their vmdks, and these are in natural order."""
    by_file: dict[tuple[str, str, str], list[int]] = {}
    for index, (before, vmdk) in enumerate(pairwise(vmdks), 1):
        if vmdk.name == before.name and vmdk.vm == before.vm and vmdk.host == before.host:
            by_file.setdefault((vmdk.host, vmdk.vm, vmdk.name), [index - 1]).append(index)
    for indexes in by_file.values():
        ordered = sorted((rows[index] for index in indexes), key=_order)
        rows[indexes[0] : indexes[-1] + 1] = ordered


def _expect(*sides: list[Row]) -> None:
    """Mark the rows of one side whose other side was captured."""
    single = [row for rows in sides for row in rows if row.status is _GUEST_ONLY or row.status is _HOST_ONLY]
    left_guests = {row.device.guest for row in single if row.device}
    left_vms = {row.vmdk.vm for row in single if row.vmdk}
    guests: set[tuple[str, str]] = set()
    folders: set[Folder | None] = set()
    for rows in sides if single else ():
        for row in rows:
            device, vmdk = row.device, row.vmdk
            if device and vmdk:
                if device.guest in left_guests:
                    guests.add((device.guest, device.kind))
                if vmdk.vm in left_vms:
                    folders.add(vmdk.folder)
    folders.discard(None)
    for rows in sides if guests or folders else ():
        for index, row in enumerate(rows):
            if (row.status is _GUEST_ONLY or row.status is _HOST_ONLY) and _is_expected(row, guests, folders):
                rows[index] = row._replace(expected=True)


def _is_expected(row: Row, guests: set[tuple[str, str]], folders: set[Folder | None]) -> bool:
    device, vmdk = row.device, row.vmdk
    if device:
        return device.joins and (device.guest, device.kind) in guests
    return vmdk is not None and vmdk.uuid != "" and vmdk.folder in folders


def _groups(unclear: dict[str, list[int]], serials: Sequence[str]) -> list[Group]:
    """Return the groups of these suffixes, whose vmdks are known."""
    devices: dict[str, list[int]] = {}
    for index, serial in enumerate(serials):
        if serial in unclear:
            devices.setdefault(serial, []).append(index)
    return [Group(tuple(devices[suffix]), tuple(vmdks)) for suffix, vmdks in unclear.items()]


def _homes(rows: Iterable[Row], guests: Container[str]) -> dict[str, dict[Folder, list[str]]]:
    """Return, for these guests, the VM folders of their devices that matched without help, and those devices' names."""
    homes: dict[str, dict[Folder, list[str]]] = {}
    for row in rows:
        if row.device and row.device.guest in guests and row.vmdk and row.vmdk.folder:
            homes.setdefault(row.device.guest, {}).setdefault(row.vmdk.folder, []).append(row.device.name)
    return homes


def _resolve(group: Group, known: Evidence) -> Iterator[tuple[int | None, Row]]:
    """Pair the disks of a group, then its nmems with the vmdks that are no disks, and give a row to each that is left.

    Each row is given with its vmdk's index.
    """
    devices, vmdks = known.devices, known.vmdks
    disks = group._replace(devices=tuple(index for index in group.devices if devices[index].kind == DISK))
    pairs = narrowed(disks, known, "uuid")
    rest = without(group, pairs)
    nmems = rest._replace(devices=tuple(index for index in rest.devices if devices[index].kind == VPMEM))
    # Where a vmdk's disk is not certain, the vmdk is not free for an nmem either.
    doubtful = {devices[index].uuid for index in rest.devices if devices[index].kind == DISK}
    if any(vmdks[index].uuid in doubtful for index in nmems.vmdks):
        tied = by_tie(nmems, known, "uuid suffix")
        pairs += tied + by_folder(without(nmems, tied), known, "uuid suffix")
    else:
        pairs += narrowed(nmems, known, "uuid suffix; not a SCSI disk" if pairs else "uuid suffix")
    everyone = [*(_name_of_device(devices[index]) for index in group.devices), *(name_of_vmdk(vmdks[index]) for index in group.vmdks)]
    for pair in pairs:
        device, vmdk = devices[pair.device], vmdks[pair.vmdk]
        rivals = tuple(name for name in everyone if name not in {_name_of_device(device), name_of_vmdk(vmdk)})
        yield pair.vmdk, Row(_MATCHED, device, vmdk, pair.evidence, (), rivals)
    yield from _left_over(without(group, pairs), everyone, known)


def _left_over(left: Group, everyone: Sequence[str], known: Evidence) -> Iterator[tuple[int | None, Row]]:
    """Give a row to each that found no match: ambiguous with those that it could be, or alone on its side."""
    # Many may share their digits, so who could be whom is said once for each UUID and not for each device.
    vmdks = bucketed(left.vmdks, lambda index: known.vmdks[index].uuid)
    devices = bucketed(left.devices, lambda index: known.devices[index].uuid)
    names_of_vmdks = {uuid: tuple(name_of_vmdk(known.vmdks[index]) for index in found) for uuid, found in vmdks.items()}
    names_of_vmdks[""] = tuple(name_of_vmdk(known.vmdks[index]) for index in left.vmdks)
    users = {
        uuid: tuple(_name_of_device(known.devices[index]) for index in left.devices if known.devices[index].uuid in {"", uuid})
        for uuid in vmdks
        if uuid in devices or "" in devices
    }
    for index in left.devices:
        across = names_of_vmdks.get(known.devices[index].uuid, ())
        rivals = () if across else tuple(everyone)
        yield None, Row(Status.AMBIGUOUS if across else _GUEST_ONLY, known.devices[index], None, "", across, rivals)
    for index in left.vmdks:
        across = users.get(known.vmdks[index].uuid, ())
        rivals = () if across else tuple(everyone)
        yield index, Row(Status.AMBIGUOUS if across else _HOST_ONLY, None, known.vmdks[index], "", across, rivals)


def _alone(device: Device) -> Row:
    return Row(_GUEST_ONLY, device, None, "", (), ())


def _spare(vmdk: Vmdk) -> Row:
    return Row(_HOST_ONLY, None, vmdk, "", (), ())


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
