"""Plain guests: each dimm was seen once, VMware made it, it is well, and nothing is known to be on it.

Nearly every guest of a fleet is such. Its devices are kept as columns, and a device is made when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from reconcile.devices import VMWARE, VPMEM, Device, Sighting


@dataclass(slots=True, eq=False)  # not frozen: there are 100,000, and to set each field past the freeze takes longer than all else
class PlainGuest(Sequence[Device]):
    """The devices of one guest in natural order; `answer` is the number of the one answer in the source with index `source`."""

    guest: str
    source: int
    answer: int
    names: tuple[str, ...]
    ids: tuple[str, ...]
    serials: tuple[str, ...]
    lines: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[Device]:
        return map(self._device, range(len(self.names)))

    @overload
    def __getitem__(self, index: int) -> Device: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Device]: ...
    def __getitem__(self, index: int | slice) -> Device | Sequence[Device]:
        return tuple(self)[index] if isinstance(index, slice) else self._device(range(len(self.names))[index])

    def _device(self, index: int) -> Device:
        name = self.names[index]
        seen = (Sighting(self.source, self.lines[index], name, self.answer),)
        return Device(self.guest, VPMEM, "", (name,), self.ids[index], VMWARE, self.serials[index], "", "", None, (), (), (), (), seen)
