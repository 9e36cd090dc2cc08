"""What reports need of each site, where no site is held until they are written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reconcile.results import schema
from reconcile.results.packed import Wanted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from reconcile.reports.plans import Plan
    from reconcile.results.columns import TableSpec
    from reconcile.results.reconciliation import PagePiece

# What the summary on a terminal shows.
_ALWAYS = (schema.MAPPING, schema.FINDINGS)


def needed_for(plans: Iterable[Plan], printed: Collection[str] = ()) -> Wanted:
    """Say what the reports of these plans need, and the tables that are printed."""
    return _needed(("" if plan.folder else plan.path.suffix.lower() for plan in plans), printed)


def needed_to_verify(report: str) -> Wanted:
    """Say what is needed to compare a report, whatever it turns out to be."""
    path = Path(report)
    suffix = "" if path.is_dir() else path.suffix.lower()
    # Which table a CSV holds its first line says.
    return _needed([".json" if suffix == ".csv" else suffix])


def _needed(suffixes: Iterable[str], names: Collection[str] = ()) -> Wanted:
    """Say what reports of these suffixes need; ``""`` is a folder."""
    tables: set[TableSpec] = set(_ALWAYS)
    pieces: tuple[PagePiece, ...] = ()
    for suffix in suffixes:
        tables.update(_TABLES.get(suffix, ()))
        if suffix in {"", ".html"}:
            from reconcile.reports.page.page import PIECES  # noqa: PLC0415 -- only where one is wanted

            pieces = PIECES
    return Wanted([spec.name for spec in schema.ALL if spec in tables or spec.name in names], pieces)


_TABLES: dict[str, Collection[TableSpec]] = {"": schema.ALL, ".json": schema.ALL, ".xlsx": schema.SHEETS, ".html": schema.SHEETS}
