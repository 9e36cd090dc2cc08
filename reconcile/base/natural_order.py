"""The natural order of names: nmem2 before nmem10."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_DIGITS = re.compile(r"([0-9]+)")
_ALIKE = str.maketrans("123456789", "000000000")

NaturalKey = tuple[tuple[str | int, ...], str]


@lru_cache(maxsize=1 << 16)
def natural(text: str) -> NaturalKey:
    """Return a key that sorts texts by their words and, where figures stand, by value. Total: unequal texts differ."""
    # Text and numbers alternate, with text first and last, so the same place of two keys holds the same type.
    key: list[str | int] = []
    for index, part in enumerate(_DIGITS.split(text)):
        if index % 2:
            key += (int(part), part)
        else:
            key.append(part.casefold())
    return tuple(key), text


def in_natural_order(names: Iterable[str]) -> list[str]:
    """Sort names. Those that differ only in figures of one length at the same places stand so as mere texts, which is 5 times as quick."""
    names = list(names)
    # One look at all of them: a name with a line's end in it would be two.
    forms = "\n".join(names).translate(_ALIKE).split("\n")
    return sorted(names) if len(forms) == len(names) and len(set(forms)) == 1 else sorted(names, key=natural)


def order_of(names: Sequence[str], beginning: str = "") -> tuple[int, ...]:
    """Return the indexes of names in their natural order, none where they stand so already. Many may begin with `beginning`."""
    # Most disks are called after their VM. Then the rest of the name decides, and the same few rests are met in every folder.
    end = len(beginning)
    for name in names if beginning else ():
        if not name.startswith(beginning) or name[end : end + 1] in _FIGURES:
            end = 0
            break
    return _order_of(tuple([name[end:] for name in names] if end else names))


# What a number goes on with: pmem1 is no beginning of pmem10.vmdk.
_FIGURES = frozenset("0123456789")


@lru_cache(maxsize=1 << 12)
def _order_of(names: tuple[str, ...]) -> tuple[int, ...]:
    order = tuple(sorted(range(len(names)), key=lambda index: natural(names[index])))
    return () if order == tuple(range(len(names))) else order
