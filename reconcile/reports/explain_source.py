"""What is known of a source, and of a rule of which nothing was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.base.printable import visible
from reconcile.findings.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from reconcile.results.reconciliation import Reconciliation


def source_lines(result: Reconciliation, wanted: Collection[str]) -> Iterator[list[str]]:
    """Tell how each source was read that is asked for by its path, as the tables or as a shell show it."""
    table = result.captures.table("sources")
    names = [column.name for column in table.spec.columns]
    for row in table.rows:
        cells = {name: str(cell) for name, cell in zip(names, row, strict=True)}
        path = cells["path"].casefold()
        if any(text == path or text.endswith(f"/{path}") for text in wanted):
            note = f", {cells['note']}" if cells["note"] else ""
            named = f", which the {cells['named_by']} says" if cells["named_by"] else ""
            lines = [
                f"source {cells['path']}: {cells['status']}{note}",
                f"  machine   {cells['machine'] or 'nobody'}{named}",
                f"  commands  {cells['commands'] or 'none that is read'}",
                f"  lines     {cells['lines']}: {cells['recognised']} recognised, {cells['noise']} noise, "
                f"{cells['not_understood']} not understood",
                f"  sha256    {cells['sha256']}",
            ]
            yield [visible(line) for line in lines]


def rule_lines(wanted: Collection[str]) -> list[str]:
    """Tell what a rule means of which these captures have no finding; nothing where no rule is asked for."""
    return [
        line
        for rule in RULES
        if rule.name in wanted
        for line in (
            f"rule {rule.name}: {rule.title}",
            f"  meaning   {rule.meaning}",
            f"  do        {rule.advice}",
            f"  found     nothing: no {rule.severity} of this rule in these captures",
        )
    ]
