"""Which virtual disk file on which VMware host is which device in which guest, from saved command output alone.

>>> import reconcile
>>> captures = reconcile.read("samples/site")
>>> result = reconcile.match(captures)
>>> int((result.mapping["status"] == "matched").sum())
8
"""

from reconcile.errors import CaptureError, OutputError, ReconcileError
from reconcile.results import Captures, Result, match, read
from reconcile.version import __version__

__all__ = ["CaptureError", "Captures", "OutputError", "ReconcileError", "Result", "__version__", "match", "read"]
