"""UUIDs as text: one spelling everywhere, and one form for both byte orders of a BIOS UUID."""

from __future__ import annotations

import re


def uuid_text(digits: str) -> str:
    """Show a UUID in the form 6000c298-42c7-54f8-02c2-d49b206b080c."""
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}" if digits else ""


def uuid_texts(digits: str) -> list[str]:
    """Show UUIDs so, given the 32 figures of each, one behind the other: of hundreds, each in less than half the time."""
    data = digits.encode("ascii")
    shown = bytearray(b"-") * (len(data) // 32 * _SHOWN)
    for at, place in enumerate(_PLACES):
        shown[place::_SHOWN] = data[at::32]
    text = shown.decode("ascii")
    return [text[at : at + _SHOWN] for at in range(0, len(text), _SHOWN)]


# Where each figure of a UUID stands among its dashes, and how long the whole is.
_PLACES = [at for at, sign in enumerate(uuid_text("0" * 32)) if sign != "-"]


_SHOWN = 36


def canonical_uuid(digits: str) -> str:
    """Return one form for both byte orders of a UUID's first three fields."""
    swapped = "".join("".join(re.findall("..", digits[begin:end])[::-1]) for begin, end in ((0, 8), (8, 12), (12, 16))) + digits[16:]
    return min(digits, swapped)
