"""Plain guests: each dimm was seen once, VMware made it, it is well, and nothing is known to be on it.

Nearly every guest of a fleet is such. Its devices are kept as columns, and a device is made when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, overload

from reconcile.base.named_tuples import made
from reconcile.inventory.devices import VMWARE, VPMEM, Device, Sighting

if TYPE_CHECKING:
    from reconcile.facts.record_blocks import PlainDimms


class PlainGuest(Sequence[Device]):
    """The devices of one guest in natural order, as one answer in the source with index `source` shows them."""

    __slots__ = ("dimms", "guest", "serials", "source")

    def __init__(self, guest: str, source: int, dimms: PlainDimms) -> None:
        self.guest = guest
        self.source = source
        self.dimms = dimms
        self.serials = dimms.serials

    @property
    def names(self) -> tuple[str, ...]:
        """Their names."""
        return self.dimms.shape.devs

    @property
    def ids(self) -> tuple[str, ...]:
        """Their ids."""
        return tuple([f"{VMWARE}-{serial}" for serial in self.serials])

    @property
    def lines(self) -> tuple[int, ...]:
        """Their lines."""
        return self.dimms.shape.lines

    def __len__(self) -> int:
        return len(self.serials)

    def __iter__(self) -> Iterator[Device]:
        return map(self._device, self.names, self.serials, self.lines)

    @overload
    def __getitem__(self, index: int) -> Device: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Device]: ...
    def __getitem__(self, index: int | slice) -> Device | Sequence[Device]:
        if isinstance(index, slice):
            return tuple(self)[index]
        return self._device(self.names[index], self.serials[index], self.lines[index])

    def _device(self, name: str, serial: str, line: int) -> Device:
        seen = (made(Sighting, (self.source, line, name, self.dimms.shape.answer)),)
        return made(
            Device,
            (self.guest, VPMEM, "", (name,), f"{VMWARE}-{serial}", VMWARE, serial, "", "", None, (), (), (), (), seen, (), "", (), ""),
        )
