"""What can have changed between two visits, and how a change is told."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from reconcile.base.natural_order import natural
from reconcile.base.uuid_text import uuid_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.inventory.devices import Device
    from reconcile.inventory.site import Site
    from reconcile.inventory.vmdks import Vmdk
    from reconcile.machines.places import Place
    from reconcile.matching.rows import Row
    from reconcile.results.columns import TableRow


class Change(StrEnum):
    """What changed between two visits."""

    RECREATED = "re-created"
    REASSIGNED = "reassigned"
    MOVED = "moved"
    RESIZED = "resized"
    RENUMBERED = "renumbered"
    REMOUNTED = "remounted"
    STATUS = "status"
    GONE = "gone"
    APPEARED = "appeared"
    LEARNED = "learned"
    UNCOMPARED = "not comparable"
    NOT_NOW = "not captured now"
    NOT_BEFORE = "not captured before"
    RENAMED = "known otherwise"


MEANINGS = {
    Change.RECREATED: "the file is where it was and has another UUID: it was deleted and created again, or given that UUID",
    Change.REASSIGNED: "the vmdk is now a device of another guest, and the guest that had it was captured again without it",
    Change.MOVED: "the UUID is that of a file on another datastore, in another folder, or with another name",
    Change.RESIZED: "the vmdk or the device has another size",
    Change.RENUMBERED: "the device has another name in its guest",
    Change.REMOUNTED: "the file systems on the device have another mount point",
    Change.STATUS: "the row's status is another than before",
    Change.GONE: "it was there, and is not, though its folder was listed or its guest asked again",
    Change.APPEARED: "it was not there, and is, though its folder was listed or its guest asked before",
    Change.LEARNED: "the first visit did not know the file's UUID, and the second does; whether it changed cannot be told",
    Change.UNCOMPARED: "the captures do not tell what became of it",
    Change.NOT_NOW: "it was there, and its folder was not listed or its guest not asked again, or not for all",
    Change.NOT_BEFORE: "it is there, and its folder was not listed or its guest not asked before, or not for all",
    Change.RENAMED: "the same datastore, which goes by another name, or whose name or id only one visit knows: nothing changed",
}
# What says that something is otherwise, and not only that one visit knows more than the other.
REAL = frozenset(list(Change)[: list(Change).index(Change.LEARNED)])


class Seen(NamedTuple):
    """A device or a vmdk of one visit: the row that it stands on."""

    site: Site
    row: Row

    @property
    def vmdk(self) -> Vmdk:
        """The row's vmdk, which is there."""
        if self.row.vmdk is None:
            raise AssertionError
        return self.row.vmdk

    @property
    def device(self) -> Device:
        """The row's device, which is there."""
        if self.row.device is None:
            raise AssertionError
        return self.row.device


class Changed(NamedTuple):
    """One change; `old` and `new` say what differs, and the places where to look. `about` is ``vmdk`` or ``device``."""

    change: Change
    old_seen: Seen | None
    new_seen: Seen | None
    about: str
    old: str
    new: str
    site: str = ""

    @property
    def device(self) -> Device | None:
        """The device that it is about, in the later visit where it is there."""
        return next((seen.row.device for seen in (self.new_seen, self.old_seen) if seen and seen.row.device), None)

    @property
    def vmdk(self) -> Vmdk | None:
        """The vmdk that it is about, as above."""
        return next((seen.row.vmdk for seen in (self.new_seen, self.old_seen) if seen and seen.row.vmdk), None)


def order_of(changed: Changed) -> tuple[object, ...]:
    """Return what changes are sorted by."""
    vmdk, device = changed.vmdk, changed.device
    host_side = (natural(vmdk.host), natural(vmdk.path)) if vmdk else (natural(""), natural(""))
    guest_side = (natural(device.guest), natural(device.name)) if device else (natural(""), natural(""))
    return (natural(changed.site), list(Change).index(changed.change), *host_side, *guest_side, changed.old, changed.new)


def said_of_vmdk(vmdk: Vmdk) -> str:
    """Say which file it is."""
    return f"{vmdk.host} {vmdk.path or 'a file that the capture does not name'}"


def said_of_device(device: Device) -> str:
    """Say which device it is."""
    return f"{device.guest} {device.name} {device.id}".rstrip()


def said_of_uuid(seen: Seen) -> str:
    """Say a vmdk's UUID, and the device that it is."""
    return ", ".join(_uuid_and_device(seen))


def _uuid_and_device(seen: Seen) -> Iterator[str]:
    yield uuid_text(seen.vmdk.uuid) or "UUID not known"
    if seen.row.device:
        yield said_of_device(seen.row.device)


def row_of(changed: Changed) -> TableRow:
    """Return a change as a row of the table `changes`."""
    device, vmdk = changed.device, changed.vmdk
    return (
        str(changed.change),
        device.guest if device else "",
        device.name if device else "",
        device.id if device else "",
        vmdk.host if vmdk else "",
        vmdk.path if vmdk else "",
        uuid_text(vmdk.uuid) if vmdk else "",
        changed.old,
        changed.new,
        *_evidence(changed.old_seen, changed.about),
        *_evidence(changed.new_seen, changed.about),
        changed.site,
    )


def _evidence(seen: Seen | None, about: str) -> tuple[str, int | None]:
    if seen is None:
        return "", None
    place: Place = seen.vmdk.first if about == "vmdk" else seen.device.first
    return seen.site.facts.label(place), place.line


def line_of(changed: Changed, *, several: bool) -> str:
    """Say a change on a line for a terminal."""
    of = (
        said_of_vmdk(changed.vmdk) if changed.about == "vmdk" and changed.vmdk else said_of_device(changed.device) if changed.device else ""
    )
    told = " -> ".join(text for text in (changed.old, changed.new) if text)
    site = f"{changed.site}: " if several else ""
    return f"{changed.change:<19}  {site}{told if of in {changed.old, changed.new} else f'{of}: {told}'}"
