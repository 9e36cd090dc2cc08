"""The digits of two sides joined: which of the one are which of the other. Of many, numpy does it in a quarter of the time that dicts take."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

# From so many serials and suffixes on it is worth loading numpy, which takes 0.05 s: dicts took 0.75 s for 800,000 of them, numpy 0.19 s.
MANY = 50_000


class Joined(NamedTuple):
    """What two sides have in common. Digits are the same where their texts are; ``""`` is nothing, and like nothing.

    `found` has for each suffix the index of the last serial that is the same, -1 where none is; `alone` are the indexes of the serials
    that no suffix is. `shared_serials` and `shared_suffixes` are digits that stand several times on that side; `distinct` is how many
    different suffixes there are.
    """

    found: Sequence[int]
    alone: list[int]
    shared_serials: set[str]
    shared_suffixes: set[str]
    distinct: int


def join(serials: Sequence[str], suffixes: Sequence[str]) -> Joined:
    """Join the digits of two sides."""
    if len(serials) + len(suffixes) >= MANY:
        joined = _sorted_join(serials, suffixes)
        if joined:
            return joined
    last, last_suffix = _last_of(serials), _last_of(suffixes)
    return Joined(
        [last.get(suffix, -1) for suffix in suffixes],
        [index for index, serial in enumerate(serials) if serial not in last_suffix],
        _several(serials, last),
        _several(suffixes, last_suffix),
        len(last_suffix),
    )


def _last_of(digits: Sequence[str]) -> dict[str, int]:
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


def _sorted_join(serials: Sequence[str], suffixes: Sequence[str]) -> Joined | None:
    """Join digits as numbers, both sides sorted; return None where some are not 8 hex digits in small letters, or a side has none."""
    import numpy as np  # noqa: PLC0415 -- only many are worth it

    one, other = _in_order(serials), _in_order(suffixes)
    if one is None or other is None:
        return None
    (serial, at_serial), (suffix, at_suffix) = one, other
    behind = np.searchsorted(serial, suffix, side="right") - 1
    # One that is below all serials meets the last of them, and is not that.
    is_found = serial[behind] == suffix
    found = np.full(len(suffixes), -1, dtype=np.int64)
    found[at_suffix[is_found]] = at_serial[behind[is_found]]
    before = np.searchsorted(suffix, serial)
    before[before == suffix.size] = 0
    is_alone = np.ones(len(serials), dtype=bool)
    is_alone[at_serial[suffix[before] == serial]] = False
    again = suffix[1:] == suffix[:-1]
    return Joined(
        found.tolist(),
        np.flatnonzero(is_alone).tolist(),
        {serials[at] for at in at_serial[1:][serial[1:] == serial[:-1]]},
        {suffixes[at] for at in at_suffix[1:][again]},
        int(suffix.size - np.count_nonzero(again)),
    )


def _in_order(digits: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]] | None:
    """Return digits as numbers in order, those that are the same as they stand, and of each where it stands; None as above."""
    import numpy as np  # noqa: PLC0415 -- as above

    text = "".join(digits)
    try:
        data = bytes.fromhex(text)
    except ValueError:
        return None
    # The same text comes of the bytes again, so it has neither spaces nor capitals.
    if set(map(len, digits)) - {0, 8} or not data or data.hex() != text:
        return None
    there = np.array([index for index, one in enumerate(digits) if one]) if "" in digits else np.arange(len(digits))
    # Number and place in one, for these are sorted in half the time that an order of the numbers takes.
    both = np.sort(np.frombuffer(data, dtype=">u4").astype(np.uint64) << np.uint64(32) | there.astype(np.uint64))
    return (both >> np.uint64(32)).astype(np.uint32), (both & np.uint64(0xFFFFFFFF)).astype(np.int64)
