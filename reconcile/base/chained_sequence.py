"""One sequence made of several. Items of a uniform part are made only when somebody asks for one.

Of a fleet nearly all guests, folders and pairs are plain: seen once, and nothing deviates. What counts them, checks them or writes them
down can do so with a piece at a time; whoever goes over the things themselves gets each, and need not know.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
from typing import Generic, TypeVar, overload

ThingType = TypeVar("ThingType", covariant=True)  # noqa: PLC0105 -- of a sequence that nobody adds to


class Pieces(Sequence[ThingType], Generic[ThingType]):
    """A sequence made of pieces, none of which is empty."""

    __slots__ = ("_ends", "pieces")

    def __init__(self, pieces: Iterable[Sequence[ThingType]]) -> None:
        found = tuple(pieces)
        sizes = list(map(len, found))
        self.pieces = tuple(piece for piece, size in zip(found, sizes, strict=True) if size) if 0 in sizes else found
        self._ends = list(accumulate(size for size in sizes if size))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[ThingType]:
        return chain.from_iterable(self.pieces)

    @overload
    def __getitem__(self, index: int) -> ThingType: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[ThingType]: ...
    def __getitem__(self, index: int | slice) -> ThingType | Sequence[ThingType]:
        if isinstance(index, slice):
            return Pieces([tuple(self)[index]])
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        at = bisect_right(self._ends, index)
        return self.pieces[at][index - self._ends[at] + len(self.pieces[at])]


def in_pieces(things: Sequence[ThingType]) -> Pieces[ThingType]:
    """Return things in pieces; those that are in none yet are one."""
    return things if isinstance(things, Pieces) else Pieces([things])
