"""Both sides: what the rows of the mapping show, each by itself, and each guest and each VM folder whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from reconcile.base.natural_order import natural
from reconcile.base.uuid_text import uuid_text
from reconcile.findings import rules
from reconcile.findings.checker import Checker, beyond_path, count, some
from reconcile.findings.row_keys import Keys, keys_of
from reconcile.inventory.devices import DISK, VPMEM
from reconcile.inventory.unread_digits import UnreadDigits, find_unread_digits
from reconcile.inventory.vmdks import name_of_vmdk
from reconcile.machines.places import Place
from reconcile.matching.narrow import SIZE_GRAIN
from reconcile.matching.rows import PlainPairs, Row, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.base.chained_sequence import Pieces
    from reconcile.findings.finding import Finding
    from reconcile.inventory.devices import Device
    from reconcile.inventory.site import Site
    from reconcile.inventory.vmdks import Vmdk


# db01_1, where a folder db01 was there already
_NUMBERED = re.compile(r"_[0-9]{1,3}$")
# A guest, a kind of its devices, the folder of their vmdks, and rows of these.
_Home = tuple[str, str, tuple[str, str], Sequence[Row]]


class Mapping(Checker):
    """Checks the rows of a site's mapping."""

    def __init__(self, site: Site, rows: Pieces[Row]) -> None:
        super().__init__(site)
        # Ordinary disks are asked about only where both sides were: many sites capture persistent memory alone.
        self._pieces = rows.pieces
        self._closely = [row for piece in rows.pieces if type(piece) is not PlainPairs for row in piece]
        self._plain = [piece for piece in rows.pieces if type(piece) is PlainPairs]
        disks = [row.vmdk for row in self._closely if row.vmdk]
        self._asks_disks = any(row.device.kind == DISK for row in self._closely if row.device)
        self._unknown = sum(not vmdk.uuid for vmdk in disks)
        self._asks_ordinary = any(vmdk.uuid and vmdk.datastore and not vmdk.on_pmem for vmdk in disks)
        self._asks_ordinary = self._asks_ordinary or any(pairs.folder.of.datastore and not pairs.folder.of.on_pmem for pairs in self._plain)

    def check(self) -> Iterator[Finding]:
        """Give the findings about rows, guests and folders."""
        groups: dict[str, list[Row]] = {}
        for row in self._closely:
            device, vmdk = row.device, row.vmdk
            if device and vmdk:
                if (device.bytes is not None and vmdk.bytes is not None) or device.kind == DISK:
                    yield from self._pair(device, vmdk)
            elif row.status is Status.AMBIGUOUS:
                groups.setdefault(row.suffix, []).append(row)
            elif row.device and row.device.joins:
                yield from self._device(row, row.device)
            elif row.vmdk and row.vmdk.uuid:
                yield from self._vmdk(row, row.vmdk)
        for suffix, group in groups.items():
            yield self._ambiguous(suffix, group)
        yield from self._digits_unread()
        yield from self._disks_not_asked()
        yield from self._recreated()
        yield from self._folders()

    def _ambiguous(self, suffix: str, group: Sequence[Row]) -> Finding:
        devices = [row.device for row in group if row.device]
        vmdks = [row.vmdk for row in group if row.vmdk]
        names = some(f"{device.name} of {device.guest}" for device in devices)
        first = min(device.first for device in devices)
        could_be = [name_of_vmdk(vmdk) for vmdk in vmdks]
        if len(devices) == 1:
            # Those of unknown UUID are on rows of their own.
            could_be = list(dict.fromkeys((*could_be, *(name for row in group if row.device for name in row.candidates))))
        message, rule = f"{names} could be {some(could_be, 'or')}.", rules.AMBIGUOUS
        if len(vmdks) == 1 and all(device.kind == DISK for device in devices) and len({device.guest for device in devices}) > 1:
            rule = rules.SHARED_DISK
            message = f"{names} all show the UUID of {could_be[0]}: they share it, or are clones."
            if vmdks[0].place and all(vmdks[0].place in self._site.ties.disks.get(device.guest, ()) for device in devices):
                message = f"{names} share {could_be[0]}: all show its UUID, and the .vmx of each one's VM names it."
        elif len(vmdks) == len(devices) == 1 and vmdks[0].place in self._site.newest:
            message += f" That file was seen with several UUIDs, and at one time it is one device: {self._former(vmdks[0])}."
        machine = ", ".join(dict.fromkeys(device.guest for device in devices))
        rows = [*map(keys_of, devices), *map(keys_of, vmdks)]
        return self._finding(rule, machine, suffix, message, first, keys=Keys(uuid_suffix=suffix), rows=rows)

    def _former(self, vmdk: Vmdk) -> str:
        newest = self._site.newest.get(vmdk.place, "") if vmdk.place else ""
        return f"the newest is {uuid_text(newest)}" if newest else "the captures do not tell which is the newest"

    def _pair(self, device: Device, vmdk: Vmdk) -> Iterator[Finding]:
        subject = _subject(device)
        if device.bytes is not None and vmdk.bytes is not None and abs(device.bytes - vmdk.bytes) >= SIZE_GRAIN:
            message = f"{device.name} of {device.guest} has {device.bytes} bytes, {vmdk.path} has {vmdk.bytes}."
            yield self._finding(rules.SIZE_DIFFERS, device.guest, subject, message, device.first, keys=keys_of(device, vmdk))
        if device.kind == DISK and vmdk.on_pmem:
            message = f"{vmdk.path} is {device.name} of {device.guest}, a SCSI disk."
            yield self._finding(
                rules.VPMEM_DISK,
                vmdk.host,
                vmdk.path or uuid_text(vmdk.uuid),
                message,
                device.first,
                beyond_path(vmdk),
                keys_of(device, vmdk),
            )

    def _device(self, row: Row, device: Device) -> Iterator[Finding]:
        digits = f"the UUID {uuid_text(device.uuid)}" if device.kind == DISK else f"a UUID that ends in {device.serial}"
        if row.rivals:
            message = f"The vmdk with {digits} is another device's: {some(row.rivals)}."
            yield self._finding(rules.NO_VMDK, device.guest, _subject(device), message, device.first, keys=keys_of(device))
        elif row.expected:
            message = f"No captured vmdk has {digits}, while others of {device.guest} were found."
            yield self._finding(rules.NO_VMDK, device.guest, _subject(device), message, device.first, keys=keys_of(device))
        elif device.kind == VPMEM or self._asks_ordinary:
            message = f"No captured vmdk has {digits}, nor was any other device of {device.guest} found on a captured host."
            if self._unknown and device.kind == VPMEM:
                message += f" {count(self._unknown, 'captured vmdk')} of unknown UUID could be it."
            yield self._finding(rules.HOST_NOT_CAPTURED, device.guest, _subject(device), message, device.first, keys=keys_of(device))

    def _vmdk(self, row: Row, vmdk: Vmdk) -> Iterator[Finding]:
        subject = vmdk.path or uuid_text(vmdk.uuid)
        on_pmem = vmdk.on_pmem or not vmdk.datastore
        digits = f"the serial {vmdk.suffix}" if on_pmem else f"the UUID {uuid_text(vmdk.uuid)}"
        if not on_pmem and not (self._asks_disks and (row.expected or row.rivals)):
            # An ordinary disk is no nmem, and who shows its UUID depends on the VM's settings.
            return
        if vmdk.place and self._site.newest.get(vmdk.place, "") not in {"", vmdk.uuid}:
            # A UUID that the file has no more is no device's; that it changed is said of the file.
            return
        if row.rivals:
            message = f"The device with {digits} is another vmdk's: {some(row.rivals)}."
            yield self._finding(rules.NO_DEVICE, vmdk.host, subject, message, vmdk.first, beyond_path(vmdk), keys_of(vmdk))
        elif row.expected and vmdk.suffix in self._site.digits.gone:
            message = f"The device with {digits} is not in its guest any more, by the latest capture of that."
            yield self._finding(rules.NO_DEVICE, vmdk.host, subject, message, vmdk.first, beyond_path(vmdk), keys_of(vmdk))
        elif row.expected:
            message = f"{self._no_device_has(vmdk, digits)}, while other vmdks of the folder {vmdk.vm} have theirs."
            yield self._finding(rules.NO_DEVICE, vmdk.host, subject, message, vmdk.first, beyond_path(vmdk), keys_of(vmdk))
        else:
            message = f"{self._no_device_has(vmdk, digits)}, nor has any other vmdk of its folder one."
            if vmdk.folder in self._listed_in_part:
                message = (
                    f"{self._no_device_has(vmdk, digits)}, and of the guest whose devices others of its folder are, not all were listed."
                )
            yield self._finding(rules.GUEST_NOT_CAPTURED, vmdk.host, subject, message, vmdk.first, beyond_path(vmdk), keys_of(vmdk))

    def _no_device_has(self, vmdk: Vmdk, digits: str) -> str:
        """Say that no device has a vmdk's digits, as far as that is so."""
        perhaps = next((other for other in self._site.unjoinable if other.serial == vmdk.suffix), None)
        if perhaps:
            return f"No device is known to have {digits} ({perhaps.device} of {perhaps.guest} shows 8902-{perhaps.serial}, which may be it)"
        unread = self._unread.get(vmdk.uuid) or self._unread.get(vmdk.suffix)
        if unread:
            label = self._site.facts.sources[unread[0].source].label
            return f"No device that was read has {digits} (line {unread[0].unread.line} of {label}, which was not read, holds it)"
        return f"No captured device has {digits}"

    @cached_property
    def _unread(self) -> dict[str, list[UnreadDigits]]:
        """Where the digits of vmdks and devices that stand alone are in lines not read."""
        alone = [row for row in self._closely if row.status in {Status.HOST_ONLY, Status.GUEST_ONLY}]
        vmdks = [row.vmdk for row in alone if row.vmdk and row.vmdk.uuid]
        devices = [row.device for row in alone if row.device and row.device.joins]
        uuids = {vmdk.uuid for vmdk in vmdks} | {device.uuid for device in devices if device.uuid}
        serials = {vmdk.suffix for vmdk in vmdks if vmdk.on_pmem or not vmdk.datastore}
        serials |= {device.serial for device in devices if device.kind == VPMEM}
        found: dict[str, list[UnreadDigits]] = {}
        for one in find_unread_digits(self._site.facts, uuids, serials) if alone else ():
            found.setdefault(one.digits, []).append(one)
        return found

    def _digits_unread(self) -> Iterator[Finding]:
        facts = self._site.facts
        shown = {other.serial for other in self._site.unjoinable}
        for digits, places in self._unread.items():
            for source, (line, _, command), _ in places if digits not in shown else ():
                names = {machine.name for machine in facts.machines[source]} or {name for name, _ in facts.sources[source].reading.prompted}
                machine = next(iter(names)) if len(names) == 1 else ""
                whole = len(digits) == _UUID_LENGTH
                what = f"the UUID {uuid_text(digits)}" if whole else f"the serial {digits}"
                printed = f" It is of the output of: {command}" if command else ""
                message = f"Line {line} holds {what} and was not read.{printed}"
                subject = f"{facts.sources[source].label}: {uuid_text(digits) if whole else digits}"
                yield self._finding(rules.DIGITS_UNREAD, machine, subject, message, Place(source, line), keys=Keys(uuid_suffix=digits[-8:]))

    def _disks_not_asked(self) -> Iterator[Finding]:
        """Say once that guests' disks stand alone because no ordinary vmdk was asked for its UUID."""
        if not self._asks_disks or self._asks_ordinary:
            return
        alone = [row.device for row in self._closely if row.device and row.device.kind == DISK and row.status is Status.GUEST_ONLY]
        if alone:
            message = f"{count(len(alone), 'SCSI disk')} with a UUID, and no UUID of a vmdk outside persistent memory."
            yield self._finding(rules.DISKS_NOT_ASKED, "", "disks", message, min(device.first for device in alone))

    def _recreated(self) -> Iterator[Finding]:
        """Find guests with devices left over in whose folders vmdks are left over."""
        left: dict[str, list[Device]] = {}
        spare: dict[tuple[str, str], list[Vmdk]] = {}
        for row in self._closely:
            device, vmdk = row.device, row.vmdk
            if device and not vmdk and row.status is Status.GUEST_ONLY and device.joins and device.kind == VPMEM:
                left.setdefault(device.guest, []).append(device)
            elif vmdk and not device and row.status is Status.HOST_ONLY and vmdk.uuid and vmdk.folder:
                spare.setdefault(vmdk.folder, []).append(vmdk)
        folders: dict[str, set[tuple[str, str]]] = {}
        for guest, kind, folder, _ in self._homes if left else ():
            if guest in left and kind == VPMEM:
                folders.setdefault(guest, set()).add(folder)
        for guest, devices in left.items():
            vmdks = [vmdk for folder in sorted(folders.get(guest, ())) for vmdk in spare.get(folder, [])]
            if vmdks:
                message = f"{some(device.name for device in devices)} of {guest} and {some(vmdk.path for vmdk in vmdks)} are left over."
                rows = [*map(keys_of, devices), *map(keys_of, vmdks)]
                first = min(device.first for device in devices)
                yield self._finding(rules.RECREATED, guest, guest, message, first, keys=Keys(guest), rows=rows)

    @cached_property
    def _homes(self) -> list[_Home]:
        """Each guest with each folder that its devices are in; most of those rows of a folder that say no more are left out."""
        homes: list[_Home] = []
        for piece in self._pieces:
            if type(piece) is PlainPairs:
                folder = piece.folder
                if folder.of.datastore and folder.vm:
                    homes.append((piece.guest.guest, VPMEM, (folder.of.identity, folder.vm), piece))
                continue
            for row in piece:
                if row.device and row.vmdk and row.vmdk.folder:
                    home: _Home = (row.device.guest, row.device.kind, row.vmdk.folder, (row,))
                    if not homes or home[:3] != homes[-1][:3]:
                        homes.append(home)
        return homes

    @cached_property
    def _listed_in_part(self) -> set[tuple[str, str]]:
        """The folders of guests of which no capture shows all devices."""
        partial = self._site.digits.partial
        return {folder for guest, kind, folder, _ in (self._homes if partial else ()) if (guest, kind) in partial}

    def _not_one_to_one(self) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
        """Return the guests whose devices of a kind are in several folders, and the folders in which several guests' are."""
        home_of: dict[tuple[str, str], tuple[str, str]] = {}
        user: dict[tuple[str, str], str] = {}
        split: set[tuple[str, str]] = set()
        joint: set[tuple[str, str]] = set()
        for guest, kind, folder, _ in self._homes:
            if user.setdefault(folder, guest) != guest:
                joint.add(folder)
            # Ordinary disks of one VM may lie on any number of datastores, in folders of one name, or of that name with a number.
            home = folder if kind == VPMEM else ("", _NUMBERED.sub("", folder[1]).casefold())
            if home_of.setdefault((guest, kind), home) != home:
                split.add((guest, kind))
        return split, joint

    def _folders(self) -> Iterator[Finding]:
        split, joint = self._not_one_to_one()
        folders: dict[str, dict[tuple[str, str], Vmdk]] = {}
        guests: dict[tuple[str, str], dict[str, tuple[Device, Vmdk]]] = {}
        for guest, kind, folder, rows in self._homes if split or joint else ():
            if (guest, kind) in split or folder in joint:
                device, vmdk = _pair(rows[0])
                if (guest, kind) in split:
                    folders.setdefault(guest, {}).setdefault(folder, vmdk)
                if folder in joint:
                    guests.setdefault(folder, {}).setdefault(guest, (device, vmdk))
        for guest, found in folders.items():
            if len(found) > 1:
                names = sorted((f"{vmdk.host} {vmdk.datastore}/{vmdk.vm}" for vmdk in found.values()), key=natural)
                first = min(vmdk.first for vmdk in found.values())
                message = f"The devices of {guest} are vmdks of {some(names)}."
                places = dict.fromkeys(Keys(guest, datastore=vmdk.datastore, vm=vmdk.vm) for vmdk in found.values())
                yield self._finding(rules.SPLIT_GUEST, guest, guest, message, first, keys=Keys(guest), rows=places)
        for (identity, vm), users in guests.items():
            if len(users) > 1:
                first = min(device.first for device, _ in users.values())
                told = some(sorted(users, key=natural))
                host, store = min((natural(vmdk.host), vmdk.host, vmdk.datastore) for _, vmdk in users.values())[1:]
                message = f"The vmdks in the folder {vm} on {host}, {store}, are devices of {told}."
                places = self._in_folder((identity, vm))
                yield self._finding(rules.TWO_GUESTS, host, vm, message, first, identity, Keys(vm=vm), places)

    def _in_folder(self, folder: tuple[str, str]) -> dict[Keys, None]:
        """Say of a VM's folder under which hosts and datastores its rows show it."""
        found = [vmdk for vmdk in (row.vmdk for row in self._closely) if vmdk and vmdk.folder == folder]
        found += [pairs.folder[0] for pairs in self._plain if (pairs.folder.of.identity, pairs.folder.vm) == folder]
        return dict.fromkeys(Keys(host=vmdk.host, datastore=vmdk.datastore, vm=vmdk.vm) for vmdk in found)


def _pair(row: Row) -> tuple[Device, Vmdk]:
    if row.device is None or row.vmdk is None:
        raise AssertionError(row)
    return row.device, row.vmdk


_UUID_LENGTH = 32


def _subject(device: Device) -> str:
    return f"{device.name} {device.id}".strip()
