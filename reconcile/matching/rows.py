"""The mapping's rows: a device, a vmdk, or a pair, each with its status and what makes it so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, overload

if TYPE_CHECKING:
    from reconcile.inventory.devices import Device
    from reconcile.inventory.digits import Digits
    from reconcile.inventory.uniform_folders import PlainFolder
    from reconcile.inventory.uniform_guests import PlainGuest
    from reconcile.inventory.vmdks import Vmdk


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
        if self.device and self.device.vendor and not self.device.is_vmwares:
            return Outcome.FOREIGN
        return Outcome.CONTRADICTED if self.rivals or self.expected else Outcome.NOT_CAPTURED

    @property
    def suffix(self) -> str:
        """The 8 digits that join, or would; ``""`` where neither side gives any."""
        if self.vmdk and self.vmdk.uuid:
            return self.vmdk.suffix
        return self.device.serial if self.device and self.device.is_vmwares else ""


@dataclass(slots=True, eq=False)  # not frozen: there are 100,000, and to set each field past the freeze takes longer than all else
class PlainPairs(Sequence[Row]):
    """Matched rows: each disk of a plain folder with a device of one plain guest, whose digits nobody else has.

    `digits` are those of the whole site; in them, the first disk has the index `begin`, and the guest's first device the index `start`.
    """

    guest: PlainGuest
    folder: PlainFolder
    digits: Digits
    begin: int
    start: int

    @property
    def order(self) -> list[int]:
        """For each disk the index of its device."""
        start = self.start
        return [index - start for index in self.digits.found[self.begin : self.begin + len(self.folder.shown)]]

    @property
    def suffixes(self) -> list[str]:
        """The digits of each, which are its device's serial as well."""
        return self.digits.suffixes[self.begin : self.begin + len(self.folder.shown)]

    def __len__(self) -> int:
        return len(self.folder.shown)

    def __iter__(self) -> Iterator[Row]:
        devices = tuple(self.guest)
        return (_paired(devices[at], vmdk) for at, vmdk in zip(self.order, self.folder, strict=True))

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        return tuple(self)[index] if isinstance(index, slice) else _paired(self.guest[self.order[index]], self.folder[index])


def _paired(device: Device, vmdk: Vmdk) -> Row:
    return Row(Status.MATCHED, device, vmdk, PLAIN_EVIDENCE, (), ())


# What makes plain pairs so: the digits alone.
PLAIN_EVIDENCE = "uuid suffix"
