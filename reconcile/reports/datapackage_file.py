"""``datapackage.json``: what the CSVs of a folder hold, so that a program reads ids as text and numbers as numbers.

Source of the form: Frictionless Data, Tabular Data Package.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

from reconcile.base.version import __version__
from reconcile.reports.summary import sources_digest
from reconcile.results import schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconcile.results.columns import TableSpec
    from reconcile.results.reconciliation import Reported


class Written(NamedTuple):
    """What was written into a file: how many bytes, and their SHA-256."""

    bytes: int
    sha256: str


def written(blocks: Iterable[bytes]) -> Written:
    """Measure what a file is, or would be."""
    size, digest = 0, hashlib.sha256()
    for block in blocks:
        size += len(block)
        digest.update(block)
    return Written(size, digest.hexdigest())


def package_bytes(result: Reported, files: Mapping[str, Written]) -> bytes:
    """Return the description of the CSVs as JSON. It names no time and no user: the same result gives the same bytes."""
    told = {
        "profile": "tabular-data-package",
        "name": "vpmem-reconciliation",
        "title": "Which virtual disk is which device",
        "description": f"Written by vpmem-reconcile {__version__} from sources with the SHA-256 {sources_digest(result)}",
        "resources": [_resource(spec, len(result.table(spec.name).rows), files[f"{spec.name}.csv"]) for spec in schema.ALL],
    }
    return (json.dumps(told, indent=2) + "\n").encode("ascii")


def _resource(spec: TableSpec, rows: int, file: Written) -> dict[str, object]:
    return {
        "profile": "tabular-data-resource",
        "name": spec.name,
        "path": f"{spec.name}.csv",
        "title": spec.title,
        "description": f"A row is {spec.about}. Text that a spreadsheet would calculate has an apostrophe in front.",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        "rows": rows,
        "schema": {
            "fields": [
                {"name": column.name, "type": "integer" if column.is_number else "string", "description": column.meaning}
                for column in spec.columns
            ],
            "missingValues": [""],
        },
    }
