"""Pairs that the digits make and that something else puts in doubt: they are parted, and each side says whom it could be."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from reconcile.inventory.devices import VPMEM, name_of_device
from reconcile.inventory.vmdks import name_of_vmdk
from reconcile.matching.narrow import is_beyond_doubt, may_lie_elsewhere
from reconcile.matching.rows import PlainPairs, Row, Status

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from reconcile.inventory.devices import Device
    from reconcile.inventory.vmdks import Vmdk
    from reconcile.matching.narrow import Evidence, Folder, Group

Rows = list[PlainPairs | list[Row]]


def homes_of(pieces: Iterable[PlainPairs | list[Row]], guests: Container[str]) -> dict[str, dict[Folder, list[str]]]:
    """Return, for these guests, the VM folders of their devices that matched without help, and those devices' names."""
    homes: dict[str, dict[Folder, list[str]]] = {}
    for piece in pieces:
        for row in () if isinstance(piece, PlainPairs) and piece.guest.guest not in guests else piece:
            if row.device and row.device.guest in guests and row.vmdk and row.vmdk.folder:
                homes.setdefault(row.device.guest, {}).setdefault(row.vmdk.folder, []).append(row.device.name)
    return homes


def near_folders(pieces: Rows, groups: Iterable[Group], known: Evidence) -> dict[str, set[Folder]]:
    """Return by guest the folders in which its nmems were found, and those in which they may be.

    `groups` are the devices and vmdks that share their digits: where such a vmdk lies, the guest's other nmems may lie.
    """
    near: dict[str, set[Folder]] = {}
    for guest, folder in chain(_nmems(pieces), _candidates(groups, known)):
        near.setdefault(guest, set()).add(folder)
    return near


def part_doubtful(pieces: Rows, known: Evidence) -> list[Row]:
    """Part the pairs whose device may be another vmdk, one of unknown UUID; return the devices' rows. The vmdks' stand in `pieces`."""
    alone: list[Row] = []
    for at, piece in enumerate(pieces):
        rows = piece
        if isinstance(rows, PlainPairs):
            # All in one folder, which shares no UUID with another.
            if is_beyond_doubt(rows.guest.guest, rows.folder.folder, known) or not may_lie_elsewhere(rows[0].device, rows[0].vmdk, known):
                continue
            rows = pieces[at] = list(rows)
        for index, row in enumerate(rows):
            folders = may_lie_elsewhere(row.device, row.vmdk, known) if row.status is Status.MATCHED else ()
            if row.device and row.vmdk and folders:
                unknown = tuple(f"{name} (UUID not known)" for name in known.rivals.unknown_in(folders))
                alone.append(_device_row(row.device, row.vmdk, unknown))
                rows[index] = _vmdk_row(row.device, row.vmdk)
    return alone


def _nmems(pieces: Rows) -> Iterator[tuple[str, Folder]]:
    """Give each guest whose nmems were found with the folders that they are in."""
    for piece in pieces:
        if isinstance(piece, PlainPairs):
            if piece.folder.folder:
                yield piece.guest.guest, piece.folder.folder
            continue
        for row in piece:
            if row.device and row.device.kind == VPMEM and row.vmdk and row.vmdk.folder:
                yield row.device.guest, row.vmdk.folder


def _candidates(groups: Iterable[Group], known: Evidence) -> Iterator[tuple[str, Folder]]:
    """Give the guests whose nmems are in groups with the folders of unknown vmdks that hold one of the group."""
    for group in groups:
        folders = {known.vmdks[index].folder for index in group.vmdks}
        unknown = [folder for folder in folders if folder and known.rivals.holds_unknown(folder)]
        for index in group.devices if unknown else ():
            if known.devices[index].kind == VPMEM:
                yield from ((known.devices[index].guest, folder) for folder in unknown)


def part_former(pieces: Rows, newest: Mapping[Folder, str]) -> list[Row]:
    """Part the pairs of a file that several UUIDs pair with several devices, but for the newest where that is known.

    At one time a file is one device. Return the devices' rows. The vmdks' stand in `pieces`.
    """
    at: dict[Folder, list[tuple[list[Row], int]]] = {}
    for rows in pieces:
        for index, row in enumerate(rows if isinstance(rows, list) else ()):
            place = row.vmdk.place if row.device and row.vmdk else None
            if isinstance(rows, list) and place in newest and place:
                at.setdefault(place, []).append((rows, index))
    alone: list[Row] = []
    for place, found in at.items():
        for rows, index in found if len(found) > 1 else ():
            device, vmdk = rows[index].device, rows[index].vmdk
            if device and vmdk and vmdk.uuid != newest[place]:
                alone.append(_device_row(device, vmdk, ()))
                rows[index] = _vmdk_row(device, vmdk)
    return alone


def _device_row(device: Device, vmdk: Vmdk, others: tuple[str, ...]) -> Row:
    return Row(Status.AMBIGUOUS, device, None, "", (name_of_vmdk(vmdk), *others), ())


def _vmdk_row(device: Device, vmdk: Vmdk) -> Row:
    return Row(Status.AMBIGUOUS, None, vmdk, "", (name_of_device(device),), ())
