"""Links in a long listing: what points where."""

from __future__ import annotations

import re


def link_of(text: str, size: str) -> tuple[str, str]:
    """Part ``name -> target``. A link's size is its target's length, which tells where names have arrows in them."""
    parts = [found.start() for found in re.finditer("(?= -> )", text)]
    if not parts:
        return text, ""
    for at in parts:
        target = text[at + 4 :]
        if size.isdecimal():
            whole = target.encode("utf-8", "replace")
            # What stands behind a target of the right length is somebody's remark.
            if len(whole) == int(size) or whole[int(size) : int(size) + 2].isspace():
                return text[:at], whole[: int(size)].decode("utf-8", "replace")
    return text[: parts[0]], text[parts[0] + 4 :]
