"""The scripts that capture, to be run on hosts and guests. Each is one page that an administrator can read before running it."""

from __future__ import annotations

from enum import StrEnum
from importlib.resources import files

from reconcile.base.version import __version__


class Side(StrEnum):
    """Where a script runs."""

    HOST = "host"
    GUEST = "guest"
    WINDOWS = "windows"


_FILES = {Side.HOST: "host.sh", Side.GUEST: "guest.sh", Side.WINDOWS: "windows.ps1"}
_SHARED = "record.sh"


def script(side: Side) -> str:
    """Return the text of a script. What the shell scripts have in common stands in each of them."""
    folder = files(__package__)
    text = (folder / _FILES[side]).read_text(encoding="utf-8")
    shared = (folder / _SHARED).read_text(encoding="utf-8")
    return text.replace(f"# @{_SHARED}@\n", shared).replace("@VERSION@", __version__)
