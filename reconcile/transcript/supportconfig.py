"""What SUSE's supportconfig writes in front of each command's output and each file's text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# #==[ Command ]======================================#, and below it        # /usr/bin/lsblk -i
_HEADER = re.compile(r"#==\[ [A-Z][A-Za-z ]{1,40} \]=+#\s*$")
_NAMED = re.compile(r"# (/\S.*?)\s*$")


def is_header(line: str) -> bool:
    """Tell whether a section of a supportconfig begins here."""
    return line.startswith("#==[") and bool(_HEADER.match(line))


def header_at(lines: Sequence[str], index: int) -> tuple[str, int]:
    """Return the command that a header names, or the one that would show the file, ``""`` for neither, and how many lines the header has."""
    named = _NAMED.match(lines[index + 1]) if index + 1 < len(lines) else None
    if named is None:
        return "", 1
    return named[1] if "Command" in lines[index] else f"cat {named[1]}", 2
