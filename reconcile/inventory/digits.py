"""The digits that join, of all devices and vmdks of a site side by side: which are whose, and which are several's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.inventory.join_digits import join
from reconcile.inventory.uniform_folders import PlainFolder
from reconcile.inventory.uniform_guests import PlainGuest

if TYPE_CHECKING:
    from reconcile.base.chained_sequence import Pieces
    from reconcile.inventory.devices import Device
    from reconcile.inventory.vmdks import Vmdk


class Digits:
    """The last 8 digits of every device and every vmdk: ``""`` for those that have none or do not join.

    `found` has for each vmdk the index of a device with its digits, -1 where none has them, and `alone` the
    same where nobody else has the same digits, else -1; `shared_serials` and `shared_suffixes` are the
    digits that several devices have, and several vmdks. `gone` are those of devices that their guests have no longer, and `partial` the
    guests, each with the kind, of which no capture shows all devices. `without_vmdk` are the indexes of the devices whose digits no vmdk has, and
    `number_of_suffixes` is how many different digits the vmdks have.
    """

    def __init__(self, devices: Pieces[Device], vmdks: Pieces[Vmdk], partial: frozenset[tuple[str, str]] = frozenset()) -> None:
        self.partial = partial
        self.gone: set[str] = set()
        self.devices = devices
        self.vmdks = vmdks
        self.serials: list[str] = []
        # Of each device the piece that it stands in, and of each piece the index of its first device.
        self._piece_of: list[int] = []
        self._starts: list[int] = []
        for number, guest in enumerate(devices.pieces):
            serials = guest.serials if type(guest) is PlainGuest else [device.serial if device.joins else "" for device in guest]
            if "" in serials:
                self.gone |= {device.serial for device in guest if device.gone and device.is_vmwares}
            self._starts.append(len(self.serials))
            self._piece_of += [number] * len(serials)
            self.serials += serials
        uuids: list[str] = []
        for folder in vmdks.pieces:
            uuids += folder.shown if type(folder) is PlainFolder else [vmdk.uuid for vmdk in folder]
        self.suffixes = [uuid[-8:] for uuid in uuids]
        self.found, self.without_vmdk, self.shared_serials, self.shared_suffixes, self.number_of_suffixes = join(
            self.serials, self.suffixes
        )
        shared = self.shared_serials | self.shared_suffixes
        self.alone = self.found
        if shared:
            self.alone = [-1 if suffix in shared else index for suffix, index in zip(self.suffixes, self.found, strict=True)]

    def device(self, index: int) -> Device:
        """Return a device by its index, which is quicker than to look for it in all of them."""
        number = self._piece_of[index]
        return self.devices.pieces[number][index - self._starts[number]]

    def plain_guest_of(self, folder: PlainFolder, begin: int) -> tuple[PlainGuest, int] | None:
        """Return the one plain guest that alone has the digits of all disks of a folder, and the index of its first device; None without one.

        The folder's first disk has the index `begin`.
        """
        indexes = self.alone[begin : begin + len(folder.shown)]
        first = indexes[0]
        if first < 0:
            return None
        number = self._piece_of[first]
        guest, start = self.devices.pieces[number], self._starts[number]
        # One that was not found lies in front of every guest.
        if type(guest) is not PlainGuest or min(indexes) < start or max(indexes) >= start + len(guest.serials):
            return None
        return guest, start
