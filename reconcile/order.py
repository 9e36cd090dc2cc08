"""The natural order of names: nmem2 before nmem10."""

from __future__ import annotations

import re
from functools import lru_cache

_DIGITS = re.compile(r"([0-9]+)")

NaturalKey = tuple[tuple[int, int, str], ...]


@lru_cache(maxsize=1 << 16)
def natural(text: str) -> NaturalKey:
    """Return a key that sorts texts by their words and, where figures stand, by value. Total: unequal texts differ."""
    parts = _DIGITS.split(text)
    key = [(1, int(part), part) if index % 2 else (0, 0, part.casefold()) for index, part in enumerate(parts)]
    return (*key, (-1, 0, text))
