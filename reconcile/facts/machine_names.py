"""Names of machines, and words in their place that name none."""

from __future__ import annotations

import re

_NO_NAMES = re.compile(r"(?:-?(?:ba|a|da|k|z|tc|c)?sh(?:-[0-9.]+)?|localhost(?:\..*)?|~|root|admin)", re.IGNORECASE)


def is_no_name(name: str) -> bool:
    """Tell whether a host name says nothing: ``localhost`` is every ESXi host before somebody names it."""
    return not name or bool(_NO_NAMES.fullmatch(name))
