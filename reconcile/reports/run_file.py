"""``run.json``: who made a report, when and with what. All that changes from run to run stands here and nowhere else."""

from __future__ import annotations

import datetime as dt
import getpass
import json
import platform
import sys
import zlib
from typing import TYPE_CHECKING

from reconcile.base.version import __version__
from reconcile.reports.csv_file import guarded
from reconcile.reports.summary import sources_digest
from reconcile.results import schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.reports.datapackage_file import Written
    from reconcile.results.reconciliation import Reported


def run_bytes(result: Reported, files: Mapping[str, Written]) -> bytes:
    """Return the record of this run as JSON."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = ""
    told = {
        "tool": f"vpmem-reconcile {__version__}",
        "written": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "user": user,
        "machine": platform.node(),
        "command": sys.argv,
        "python": platform.python_version(),
        # A workbook's bytes are those that this library compresses to; another gives others with the same content.
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        # platform.platform() would start a program to ask.
        "system": sys.platform,
        "exit_code": result.exit_code,
        "sources_sha256": sources_digest(result),
        "csv_fields_guarded": {spec.name: guarded(result.table(spec.name)) for spec in schema.ALL},
        "files": {name: file.sha256 for name, file in files.items()},
    }
    return (json.dumps(told, indent=2) + "\n").encode("ascii")
