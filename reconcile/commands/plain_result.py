"""Rows and findings as plain text, for files and pipes: every one, and no line broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.base.printable import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.results.reconciliation import Reported

# The columns of the mapping that a terminal has room for, and how they are headed there.
SHOWN = ("status", "guest", "device", "host", "vm", "vmdk", "uuid_suffix")
HEADER = (*SHOWN[:-1], "digits")


def plain_lines(result: Reported) -> Iterator[str]:
    """Give the rows in columns, then the findings, each with what would settle it."""
    mapping = result.table("mapping")
    names = [column.name for column in mapping.spec.columns]
    cells = [names.index(name) for name in SHOWN]
    rows = [HEADER, *(tuple(visible(str(row[at])) for at in cells) for row in mapping.rows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows if mapping.rows else ():
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    for finding in result.all_findings:
        about = f"{finding.machine}: " if finding.machine else ""
        yield ""
        yield visible(f"{finding.rule.severity} {finding.rule.name} {finding.id}")
        yield visible(f"  {about}{finding.message}")
        yield visible(f"  -> {finding.rule.advice}")
