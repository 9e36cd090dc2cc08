"""Tables on standard output: which ones, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from reconcile.base.errors import ReconcileError
from reconcile.base.printable import visible
from reconcile.commands.options import Format
from reconcile.reports.csv_file import csv_lines
from reconcile.reports.json_file import rows_as_json, tables_as_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reconcile.results.columns import TableSpec
    from reconcile.results.tables import Table


class PrintedTables(NamedTuple):
    """What is printed: one table as CSV or as a JSON list of rows, or several as a JSON object."""

    names: tuple[str, ...]
    form: Format
    is_one: bool

    @classmethod
    def wanted(cls, specs: Sequence[TableSpec], table: str | None, form: Format | None, unsaid: str | None = None) -> Self:
        """Return what options ask for; raises `ReconcileError`. `unsaid` is the table of which CSV is printed where none is named."""
        names = tuple(spec.name for spec in specs)
        if table is not None and table not in names:
            message = f"There is no table '{visible(table)}'. Take one of: {', '.join(names)}."
            raise ReconcileError(message)
        if table is None and form is not Format.JSON:
            table = unsaid
        if form is Format.CSV and table is None:
            message = f"CSV holds one table. Name it with --table: {', '.join(names)}."
            raise ReconcileError(message)
        if table is None:
            return cls(names, Format.JSON, is_one=False)
        return cls((table,), form or Format.CSV, is_one=True)

    def pieces(self, table: Callable[[str], Table]) -> Iterator[str]:
        """Give the text, given what returns a table by its name."""
        if not self.is_one:
            yield from tables_as_json(map(table, self.names), ascii_only=True)
        elif self.form is Format.JSON:
            yield from rows_as_json(table(self.names[0]), ascii_only=True)
            yield "\n"
        else:
            yield from csv_lines(table(self.names[0]))
