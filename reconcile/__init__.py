"""Which virtual disk file on which VMware host is which device in which guest, from saved command output alone.

>>> import reconcile
>>> captures = reconcile.read("samples/site")
>>> result = reconcile.match(captures)
>>> int((result.mapping["status"] == "matched").sum())
8
"""

from importlib import import_module
from typing import TYPE_CHECKING

from reconcile.base.errors import CaptureError, OutputError, ReconcileError
from reconcile.base.limits import Limits
from reconcile.base.version import __version__

if TYPE_CHECKING:
    from reconcile.library import Result, match, match_sites
    from reconcile.results.captures import Captures
    from reconcile.results.read_captures import read

__all__ = ["CaptureError", "Captures", "Limits", "OutputError", "ReconcileError", "Result", "__version__", "match", "match_sites", "read"]

# Loaded when asked for: --help and --version, which load this package too, need none of it.
_LATER = {
    "Captures": "reconcile.results.captures",
    "read": "reconcile.results.read_captures",
    **dict.fromkeys(("Result", "match", "match_sites"), "reconcile.library"),
}


def __getattr__(name: str) -> object:
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    message = f"module 'reconcile' has no attribute '{name}'"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})
