"""Which device is which vmdk, and how that is known.

Devices and vmdks with one suffix are a group. A SCSI disk shows all 32 digits and joins on them; a vmdk that is one is no nmem. An
nmem joins on the suffix. One of each is an answer. Of several, evidence that does not depend on names may leave one: the configuration of
the VM whose BIOS UUID the guest shows, then the VM folder in which the same guest's other devices were found, then equal size. What is left over on one side only is that side's; what is left over
on both sides is ambiguous. Order, the N of nmemN and likeness of names decide nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from reconcile.devices import DISK, VPMEM
from reconcile.narrowing import Evidence, Folder, Group, bucketed, by_folder, by_tie, joins, narrowed, without
from reconcile.order import natural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    groups = _groups(devices, vmdks)
    pairs = [group for group in groups if len(group.devices) == len(group.vmdks) == 1 and _agree(group, devices, vmdks)]
    rows = [_paired(devices[group.devices[0]], vmdks[group.vmdks[0]]) for group in pairs]
    if len(pairs) < len(groups):
        known = Evidence(devices, vmdks, _homes(rows), ties or {})
        simple = set(pairs)
        for group in groups:
            if group not in simple:
                rows += _resolve(group, known)
    grouped = {index for group in groups for index in group.devices}
    rows += [_alone(device) for index, device in enumerate(devices) if index not in grouped]
    placed = {index for group in groups for index in group.vmdks}
    rows += [_spare(vmdk) for index, vmdk in enumerate(vmdks) if index not in placed]
    return _in_order(_with_expected(rows), vmdks)


def _agree(group: Group, devices: Sequence[Device], vmdks: Sequence[Vmdk]) -> bool:
    return joins(devices[group.devices[0]], vmdks[group.vmdks[0]])


def _paired(device: Device, vmdk: Vmdk) -> Row:
    return Row(Status.MATCHED, device, vmdk, "uuid" if device.kind == DISK else "uuid suffix", (), ())


def _in_order(rows: Sequence[Row], vmdks: Sequence[Vmdk]) -> list[Row]:
    """Sort the rows: those of devices alone first, the others as the vmdks are sorted, and where a file has several rows, these by all."""
    alone = [row for row in rows if row.vmdk is None]
    by_file: dict[tuple[str, str, str], list[Row]] = {(vmdk.host, vmdk.vm, vmdk.name): [] for vmdk in vmdks}
    for row in rows:
        if row.vmdk is not None:
            by_file[row.vmdk.host, row.vmdk.vm, row.vmdk.name].append(row)
    found = sorted(alone, key=_order)
    for of_file in by_file.values():
        found += of_file if len(of_file) == 1 else sorted(of_file, key=_order)
    return found


def _with_expected(rows: Sequence[Row]) -> list[Row]:
    """Mark the rows of one side whose other side was captured."""
    guests = {(row.device.guest, row.device.kind) for row in rows if row.device and row.vmdk}
    folders = {row.vmdk.folder for row in rows if row.device and row.vmdk and row.vmdk.folder}
    return [
        row._replace(
            expected=(row.device is not None and row.device.joins and (row.device.guest, row.device.kind) in guests)
            or (row.vmdk is not None and row.vmdk.uuid != "" and row.vmdk.folder in folders),
        )
        if row.status in {Status.GUEST_ONLY, Status.HOST_ONLY}
        else row
        for row in rows
    ]


def _groups(devices: Sequence[Device], vmdks: Sequence[Vmdk]) -> list[Group]:
    by_serial: dict[str, list[int]] = {}
    for index, device in enumerate(devices):
        if device.joins:
            by_serial.setdefault(device.serial, []).append(index)
    by_suffix: dict[str, list[int]] = {}
    for index, vmdk in enumerate(vmdks):
        if vmdk.uuid and vmdk.suffix in by_serial:
            by_suffix.setdefault(vmdk.suffix, []).append(index)
    return [Group(tuple(by_serial[suffix]), tuple(found)) for suffix, found in by_suffix.items()]


def _homes(pairs: Iterable[Row]) -> dict[str, dict[Folder, list[str]]]:
    """Return, for each guest, the VM folders of its devices that matched without help, and those devices' names."""
    homes: dict[str, dict[Folder, list[str]]] = {}
    for row in pairs:
        if row.device and row.vmdk and row.vmdk.folder:
            homes.setdefault(row.device.guest, {}).setdefault(row.vmdk.folder, []).append(row.device.name)
    return homes


def _resolve(group: Group, known: Evidence) -> list[Row]:
    """Pair the disks of a group, then its nmems with the vmdks that are no disks, and give a row to each that is left."""
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
    rows = []
    for pair in pairs:
        device, vmdk = devices[pair.device], vmdks[pair.vmdk]
        rivals = tuple(name for name in everyone if name not in {_name_of_device(device), name_of_vmdk(vmdk)})
        rows.append(Row(Status.MATCHED, device, vmdk, pair.evidence, (), rivals))
    return rows + _left_over(without(group, pairs), everyone, known)


def _left_over(left: Group, everyone: Sequence[str], known: Evidence) -> list[Row]:
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
    rows: list[Row] = []
    for index in left.devices:
        across = names_of_vmdks.get(known.devices[index].uuid, ())
        rivals = () if across else tuple(everyone)
        rows.append(Row(Status.AMBIGUOUS if across else Status.GUEST_ONLY, known.devices[index], None, "", across, rivals))
    for index in left.vmdks:
        across = users.get(known.vmdks[index].uuid, ())
        rivals = () if across else tuple(everyone)
        rows.append(Row(Status.AMBIGUOUS if across else Status.HOST_ONLY, None, known.vmdks[index], "", across, rivals))
    return rows


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
