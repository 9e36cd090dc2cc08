"""The digits that join, of all devices and vmdks of a site side by side: which are whose, and which are several's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.plain_folders import PlainFolder
from reconcile.plain_guests import PlainGuest
from reconcile.rows import PlainPairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.devices import Device
    from reconcile.pieces import Pieces
    from reconcile.vmdks import Vmdk


class Digits:
    """The last 8 digits of every device and every vmdk: ``""`` for those that have none or do not join.

    `found` has for each vmdk the index of a device with its digits, `shared_serials` and `shared_suffixes` the digits that several
    devices have, and several vmdks.
    """

    def __init__(self, devices: Pieces[Device], vmdks: Pieces[Vmdk]) -> None:
        self.devices = devices
        self.vmdks = vmdks
        self.serials: list[str] = []
        # Of each device the piece that it stands in, and of each piece the index of its first device.
        self._piece_of: list[int] = []
        self._starts: list[int] = []
        for number, guest in enumerate(devices.pieces):
            serials = guest.serials if isinstance(guest, PlainGuest) else [device.serial if device.joins else "" for device in guest]
            self._starts.append(len(self.serials))
            self._piece_of += [number] * len(serials)
            self.serials += serials
        self.suffixes: list[str] = []
        for folder in vmdks.pieces:
            uuids = folder.uuids if isinstance(folder, PlainFolder) else [vmdk.uuid for vmdk in folder]
            self.suffixes += [uuid[-8:] for uuid in uuids]
        device_of = _index_of(self.serials)
        self._vmdk_of = _index_of(self.suffixes)
        self.found = list(map(device_of.get, self.suffixes))
        self.shared_serials = _several(self.serials, device_of)
        self.shared_suffixes = _several(self.suffixes, self._vmdk_of)
        self._shared = self.shared_serials | self.shared_suffixes

    @property
    def number_of_suffixes(self) -> int:
        """How many different digits the vmdks have."""
        return len(self._vmdk_of)

    def without_vmdk(self) -> list[int]:
        """Return the indexes of the devices whose digits no vmdk has."""
        return [index for index, serial in enumerate(self.serials) if serial not in self._vmdk_of]

    def are_shared(self, digits: str) -> bool:
        """Tell whether several devices or several vmdks have these digits."""
        return digits in self._shared

    def pairs(self, folder: PlainFolder, begin: int) -> PlainPairs | None:
        """Return the rows of a plain folder, whose first disk has the index `begin`, where they are plain pairs."""
        end = begin + len(folder.names)
        indexes = self.found[begin:end]
        first = indexes[0]
        if first is None or None in indexes or (self._shared and not self._shared.isdisjoint(self.suffixes[begin:end])):
            return None
        number = self._piece_of[first]
        guest, start = self.devices.pieces[number], self._starts[number]
        order = [index - start for index in indexes if index is not None]
        if not isinstance(guest, PlainGuest) or min(order) < 0 or max(order) >= len(guest.names):
            return None
        return PlainPairs(guest, folder, order)


def _index_of(digits: Sequence[str]) -> dict[str, int]:
    """Return where digits stand last."""
    found = dict(zip(digits, range(len(digits)), strict=True))
    found.pop("", None)
    return found


def _several(digits: Sequence[str], last: dict[str, int]) -> set[str]:
    """Return the digits that stand several times."""
    nothing = digits.count("")
    if len(last) + nothing == len(digits):
        return set()
    return {digits[index] for index in set(range(len(digits))).difference(last.values())} - {""}
