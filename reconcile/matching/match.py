"""Which device is which vmdk, and how that is known.

Devices and vmdks with one suffix are a group. A SCSI disk shows all 32 digits and joins on them; a vmdk that is one is no nmem. An
nmem joins on the suffix. One of each is an answer. Of several, evidence that does not depend on names may leave one: the configuration of
the VM whose BIOS UUID the guest shows, then the VM folder in which the same guest's other devices were found, then equal size. What is left over on one side only is that side's; what is left over
on both sides is ambiguous. Order, the N of nmemN and likeness of names decide nothing.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from reconcile.base.chained_sequence import Pieces, in_pieces
from reconcile.base.named_tuples import made
from reconcile.base.natural_order import natural
from reconcile.inventory.devices import DISK, VPMEM, name_of_device
from reconcile.inventory.digits import Digits
from reconcile.inventory.rival_folders import NO_FOLDERS, RivalFolders
from reconcile.inventory.uniform_folders import PlainFolder
from reconcile.inventory.vm_disks import NO_TIES
from reconcile.inventory.vmdks import name_of_vmdk
from reconcile.matching.doubtful_pairs import homes_of, near_folders, part_doubtful, part_former
from reconcile.matching.narrow import Evidence, Folder, Group, bucketed, by_folder, by_tie, joins, narrowed, without
from reconcile.matching.rows import PLAIN_EVIDENCE, Outcome, PlainPairs, Row, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.inventory.devices import Device
    from reconcile.inventory.rival_folders import Folders
    from reconcile.inventory.vm_disks import Ties
    from reconcile.inventory.vmdks import Vmdk

__all__ = ["Outcome", "Row", "Status", "match", "match_digits", "name_of_vmdk"]

# Looking a member up in its enumeration takes a quarter of the time that making a row does.
_MATCHED, _GUEST_ONLY, _HOST_ONLY = Status.MATCHED, Status.GUEST_ONLY, Status.HOST_ONLY


def match(devices: Sequence[Device], vmdks: Sequence[Vmdk], ties: Ties = NO_TIES, folders: Folders = NO_FOLDERS) -> Pieces[Row]:
    """Put every device and every vmdk of a site on exactly one row, in natural order.

    `ties` are the places of the disks that each guest's VM has, where its configuration is known; `folders` what is known of these.
    """
    return match_digits(Digits(in_pieces(devices), in_pieces(vmdks)), ties, folders)


def match_digits(digits: Digits, ties: Ties = NO_TIES, folders: Folders = NO_FOLDERS) -> Pieces[Row]:
    """Do what `match` does, where the digits were put side by side already."""
    pieces, unclear = _paired_off(digits)
    known = Evidence(digits.devices, digits.vmdks, {}, {}, ties, RivalFolders(digits, folders))
    alone = [Row(_GUEST_ONLY, digits.device(index), None, "", (), ()) for index in digits.without_vmdk]
    groups = _groups(unclear, digits.serials) if unclear else []
    if folders.unknown or digits.shared_suffixes:
        known = known._replace(near=near_folders(pieces, groups, known))
        alone += part_doubtful(pieces, known)
    if unclear:
        homes = homes_of(pieces, {digits.devices[index].guest for group in groups for index in group.devices})
        known = known._replace(homes=homes)
        row_of = {index: place for places in unclear.values() for index, place in places}
        for group in groups:
            for at, row in _resolve(group, known):
                if at is None:
                    alone.append(row)
                else:
                    among, place = row_of[at]
                    among[place] = row
    if folders.newest:
        alone += part_former(pieces, folders.newest)
    _expect([alone, *pieces], digits)
    for rows, vmdks_of in zip(pieces, digits.vmdks.pieces, strict=True):
        # Of a plain folder's files each is there once.
        if isinstance(rows, list) and not isinstance(vmdks_of, PlainFolder):
            _sort_files(rows, vmdks_of)
    return Pieces([sorted(alone, key=_order), *pieces])


# By suffix the vmdks that have it, each with the list that its row stands in and where.
_Unclear = dict[str, list[tuple[int, tuple[list[Row], int]]]]


def _paired_off(digits: Digits) -> tuple[list[PlainPairs | list[Row]], _Unclear]:
    """Pair each vmdk whose digits are one device's and nobody else's; return a row for each vmdk, and those that are unclear."""
    pieces: list[PlainPairs | list[Row]] = []
    unclear: _Unclear = {}
    index = 0
    for folder in digits.vmdks.pieces:
        pairs = _plain_pairs(digits, folder, index) if type(folder) is PlainFolder else None
        rows: list[Row] = []
        pieces.append(rows if pairs is None else pairs)
        for vmdk in folder if pairs is None else ():
            alone = digits.alone[index]
            if alone >= 0 and joins(device := digits.device(alone), vmdk):
                evidence = "uuid" if device.kind == DISK else PLAIN_EVIDENCE
                rows.append(made(Row, (_MATCHED, device, vmdk, _with_doubt(evidence, device), (), (), False)))
            else:
                if digits.found[index] >= 0:
                    unclear.setdefault(digits.suffixes[index], []).append((index, (rows, len(rows))))
                rows.append(Row(_HOST_ONLY, None, vmdk, "", (), ()))
            index += 1
        if pairs is not None:
            index += len(pairs)
    return pieces, unclear


def _plain_pairs(digits: Digits, folder: PlainFolder, index: int) -> PlainPairs | None:
    """Return the rows of a plain folder, whose first disk has this index, where one plain guest alone has the digits of all of them."""
    found = digits.plain_guest_of(folder, index)
    return PlainPairs(found[0], folder, digits, index, found[1]) if found else None


def _with_doubt(evidence: str, device: Device) -> str:
    """Say of a device that another capture of its guest shows another in its place, and that nothing tells which is the later."""
    return f"{evidence}; not in every capture" if device.rival else evidence


def _sort_files(rows: list[Row], vmdks: Sequence[Vmdk]) -> None:
    """Sort the rows of each file that has several. The rows stand as their vmdks, and these are in natural order."""
    by_file: dict[tuple[str, str, str], list[int]] = {}
    for index, (before, vmdk) in enumerate(pairwise(vmdks), 1):
        if vmdk.name == before.name and vmdk.vm == before.vm and vmdk.host == before.host:
            by_file.setdefault((vmdk.host, vmdk.vm, vmdk.name), [index - 1]).append(index)
    for indexes in by_file.values():
        ordered = sorted((rows[index] for index in indexes), key=_order)
        rows[indexes[0] : indexes[-1] + 1] = ordered


def _expect(pieces: Sequence[PlainPairs | list[Row]], digits: Digits) -> None:
    """Mark the rows of one side whose other side was captured."""
    lists = [piece for piece in pieces if isinstance(piece, list)]
    single = [row for rows in lists for row in rows if row.status is _GUEST_ONLY or row.status is _HOST_ONLY]
    if not single:
        return
    left_guests = {row.device.guest for row in single if row.device}
    left_vms = {row.vmdk.vm for row in single if row.vmdk}
    guests, folders = _met(pieces, left_guests, left_vms, digits.partial)
    for rows in lists:
        for index, row in enumerate(rows):
            if (row.status is _GUEST_ONLY or row.status is _HOST_ONLY) and _is_expected(row, guests, folders, digits.gone):
                rows[index] = row._replace(expected=True)


def _met(
    pieces: Sequence[PlainPairs | list[Row]], left_guests: set[str], left_vms: set[str], partial: frozenset[tuple[str, str]]
) -> tuple[set[tuple[str, str]], set[Folder | None]]:
    """Return which of these guests, with the kind of device, and which folders of VMs of these names have a pair.

    What is in a folder is looked for only in guests of which all was shown.
    """
    guests: set[tuple[str, str]] = set()
    folders: set[Folder | None] = set()
    for piece in pieces:
        if isinstance(piece, PlainPairs):
            if piece.guest.guest in left_guests:
                guests.add((piece.guest.guest, VPMEM))
            if piece.folder.vm in left_vms:
                folders.add(piece.folder.folder)
            continue
        for row in piece:
            device, vmdk = row.device, row.vmdk
            if device and vmdk:
                if device.guest in left_guests:
                    guests.add((device.guest, device.kind))
                if vmdk.vm in left_vms and (device.guest, device.kind) not in partial:
                    folders.add(vmdk.folder)
    folders.discard(None)
    return guests, folders


def _is_expected(row: Row, guests: set[tuple[str, str]], folders: set[Folder | None], gone: set[str]) -> bool:
    device, vmdk = row.device, row.vmdk
    if device:
        return bool(device.gone) or (device.joins and (device.guest, device.kind) in guests)
    return vmdk is not None and vmdk.uuid != "" and (vmdk.folder in folders or vmdk.suffix in gone)


def _groups(unclear: _Unclear, serials: Sequence[str]) -> list[Group]:
    """Return the groups of these suffixes, whose vmdks are known."""
    devices: dict[str, list[int]] = {}
    for index, serial in enumerate(serials):
        if serial in unclear:
            devices.setdefault(serial, []).append(index)
    return [Group(tuple(devices[suffix]), tuple(index for index, _ in vmdks)) for suffix, vmdks in unclear.items()]


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
    everyone = [*(name_of_device(devices[index]) for index in group.devices), *(name_of_vmdk(vmdks[index]) for index in group.vmdks)]
    for pair in pairs:
        device, vmdk = devices[pair.device], vmdks[pair.vmdk]
        rivals = tuple(name for name in everyone if name not in {name_of_device(device), name_of_vmdk(vmdk)})
        yield pair.vmdk, Row(_MATCHED, device, vmdk, _with_doubt(pair.evidence, device), (), rivals)
    yield from _left_over(without(group, pairs), everyone, known)


def _left_over(left: Group, everyone: Sequence[str], known: Evidence) -> Iterator[tuple[int | None, Row]]:
    """Give a row to each that found no match: ambiguous with those that it could be, or alone on its side."""
    # Many may share their digits, so who could be whom is said once for each UUID and not for each device.
    vmdks = bucketed(left.vmdks, lambda index: known.vmdks[index].uuid)
    devices = bucketed(left.devices, lambda index: known.devices[index].uuid)
    names_of_vmdks = {uuid: tuple(name_of_vmdk(known.vmdks[index]) for index in found) for uuid, found in vmdks.items()}
    names_of_vmdks[""] = tuple(name_of_vmdk(known.vmdks[index]) for index in left.vmdks)
    users = {
        uuid: tuple(name_of_device(known.devices[index]) for index in left.devices if known.devices[index].uuid in {"", uuid})
        for uuid in vmdks
        if uuid in devices or "" in devices
    }
    for index in left.devices:
        across = names_of_vmdks.get(known.devices[index].uuid, ())
        own = name_of_device(known.devices[index])
        rivals = () if across else tuple(name for name in everyone if name != own)
        yield None, Row(Status.AMBIGUOUS if across else _GUEST_ONLY, known.devices[index], None, "", across, rivals)
    for index in left.vmdks:
        across = users.get(known.vmdks[index].uuid, ())
        own = name_of_vmdk(known.vmdks[index])
        rivals = () if across else tuple(name for name in everyone if name != own)
        yield index, Row(Status.AMBIGUOUS if across else _HOST_ONLY, None, known.vmdks[index], "", across, rivals)


def _order(row: Row) -> tuple[object, ...]:
    """Sort by host, VM, vmdk, guest and device; where all these agree, by what the captures show first."""
    vmdk, device = row.vmdk, row.device
    host_side = (natural(vmdk.host), natural(vmdk.vm), natural(vmdk.name)) if vmdk else (natural(""),) * 3
    guest_side = (natural(device.guest), natural(device.name)) if device else (natural(""),) * 2
    exact = (vmdk.uuid, vmdk.path, vmdk.first) if vmdk else ("", "", (-1, 0))
    return (*host_side, *guest_side, *exact, device.id if device else "", device.first if device else (-1, 0))
