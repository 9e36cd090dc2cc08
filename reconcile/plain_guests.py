"""Plain guests: each dimm was seen once, VMware made it, it is well, and nothing is known to be on it.

Nearly every guest of a fleet is such. Its devices are kept as columns, and a device is made when somebody asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, overload

from reconcile.devices import VMWARE, VPMEM, Device, Sighting
from reconcile.order import natural
from reconcile.parsers.blocks import Block
from reconcile.parsers.records import Dimm

if TYPE_CHECKING:
    from reconcile.site import Fact

# 8902-206b080c, one behind the other
_IDS = re.compile(rf"(?:{VMWARE}-[0-9a-f]{{8}} )+\Z")
_SERIAL_AT = len("8902-")


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


def plain_guest(guest: str, fact: Fact, dimms: Sequence[Dimm]) -> PlainGuest | None:
    """Return the devices of a guest of which nothing but these dimms of one answer was seen, or None where they are not plain."""
    if not isinstance(dimms, Block):
        return None
    _, answer, _, _, _, _, *others = dimms.columns
    lines, names, ids = dimms.numbers(_LINE), dimms.texts(_DEV), dimms.texts(_ID)
    if not lines or type(answer) is not int or any(others) or not _IDS.match(" ".join((*ids, ""))):
        return None
    if len(set(ids)) < len(ids) or len(set(names)) < len(ids):
        return None
    order = _in_order(names)
    if order:
        names, ids = tuple([names[at] for at in order]), tuple([ids[at] for at in order])
        lines = tuple([lines[at] for at in order])
    return PlainGuest(guest, fact.source, answer, names, ids, tuple([ident[_SERIAL_AT:] for ident in ids]), lines)


_LINE, _DEV, _ID = (Dimm._fields.index(name) for name in ("line", "dev", "id"))


@lru_cache(maxsize=1 << 12)
def _in_order(names: tuple[str, ...]) -> tuple[int, ...]:
    """Return the indexes of names in their natural order, none where they stand so already."""
    order = tuple(sorted(range(len(names)), key=lambda index: natural(names[index])))
    return () if order == tuple(range(len(names))) else order
