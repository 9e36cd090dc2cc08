"""Which virtual disk file on which VMware host is which device in which guest, from saved command output alone.

>>> import reconcile
>>> captures = reconcile.read("samples/site")
>>> result = reconcile.match(captures)
>>> int((result.mapping["status"] == "matched").sum())
8
"""

from importlib import import_module
from typing import TYPE_CHECKING

from reconcile.errors import CaptureError, OutputError, ReconcileError
from reconcile.version import __version__

if TYPE_CHECKING:
    from reconcile.results import Captures, Result, match, read

__all__ = ["CaptureError", "Captures", "OutputError", "ReconcileError", "Result", "__version__", "match", "read"]

# Loaded when asked for: --help and --version, which load this package too, need none of it.
_IN_RESULTS = frozenset({"Captures", "Result", "match", "read"})


def __getattr__(name: str) -> object:
    if name in _IN_RESULTS:
        return getattr(import_module("reconcile.results"), name)
    message = f"module 'reconcile' has no attribute '{name}'"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted({*globals(), *_IN_RESULTS})
