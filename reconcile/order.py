"""The natural order of names: nmem2 before nmem10."""

from __future__ import annotations

import re
from functools import lru_cache

_DIGITS = re.compile(r"([0-9]+)")

NaturalKey = tuple[tuple[str | int, ...], str]


@lru_cache(maxsize=1 << 16)
def natural(text: str) -> NaturalKey:
    """Return a key that sorts texts by their words and, where figures stand, by value. Total: unequal texts differ."""
    # Words and figures take turns, a word first and last, so what stands at one place of two keys can be compared.
    key: list[str | int] = []
    for index, part in enumerate(_DIGITS.split(text)):
        if index % 2:
            key += (int(part), part)
        else:
            key.append(part.casefold())
    return tuple(key), text
