"""Sites reconciled: rows, findings, tables and figures, and what a report is written of."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, NamedTuple, Protocol

from reconcile.base.errors import EXIT_FINDINGS, EXIT_RECONCILED, EXIT_TROUBLE
from reconcile.base.garbage_collection import uncollected
from reconcile.findings.check_site import check
from reconcile.findings.ordered import in_order
from reconcile.matching.match import match_digits
from reconcile.results import schema
from reconcile.results.mapping_rows import MappingRows
from reconcile.results.overviews import datastore_rows, guest_rows, host_rows
from reconcile.results.row_findings import FindingsOf
from reconcile.results.tables import Table, findings_rows
from reconcile.results.totals import Totals, count_totals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reconcile.base.chained_sequence import Pieces
    from reconcile.findings.finding import Finding
    from reconcile.inventory.site import Site
    from reconcile.matching.rows import Row
    from reconcile.results.captures import CapturedTables, Captures
    from reconcile.results.columns import TableRow


_OWN = {spec.name: spec for spec in (schema.MAPPING, schema.FINDINGS, *schema.OVERVIEWS)}


class PagePiece(NamedTuple):
    """A piece of the page that each site has a part of: what makes its lines. It is wanted of reports of at most so many rows."""

    make: Callable[[Reconciliation], Iterator[str]]
    most_rows: float = inf


class Reported(Protocol):
    """What a report is written of: sites that are held, or what was packed of them."""

    @property
    def captures(self) -> CapturedTables:
        """What was captured."""

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """The findings, in order."""

    @property
    def totals(self) -> Totals:
        """The report's figures."""

    @property
    def counts(self) -> Totals:
        """The figures of the rows alone, for which no findings are looked for."""

    @property
    def exit_code(self) -> int:
        """0 where all is reconciled, 1 where a finding needs a person, 2 where a source could not be read."""

    def table(self, name: str) -> Table:
        """Return a table by its name in the contract, as plain rows."""

    def lines(self, piece: PagePiece) -> Iterable[str]:
        """Give a piece of the page."""


@dataclass(frozen=True)
class Reconciliation:
    """Which device is which vmdk, what needs a person, and the captures it follows from."""

    captures: Captures
    _rows: tuple[tuple[Site, Pieces[Row]], ...] = field(repr=False)
    _findings: tuple[Finding, ...] | None = field(default=None, repr=False)

    @property
    def by_site(self) -> tuple[tuple[Site, Pieces[Row]], ...]:
        """The rows of the mapping, site by site."""
        return self._rows

    @cached_property
    def all_findings(self) -> tuple[Finding, ...]:
        """The findings, in order. They are looked for when they are first asked for."""
        if self._findings is not None:
            return self._findings
        with uncollected():
            return in_order(finding for site, rows in self._rows for finding in check(site, rows))

    @cached_property
    def _own_tables(self) -> dict[str, Table]:
        return {}

    def rows(self, name: str) -> Iterable[TableRow]:
        """Give the rows of a table as they are made."""
        match name:
            case "mapping":
                return MappingRows(self._rows, FindingsOf(self.all_findings))
            case "findings":
                return findings_rows(self.all_findings)
            case "guests":
                return self._overview(guest_rows)
            case "hosts":
                return self._overview(host_rows)
            case "datastores":
                return self._overview(datastore_rows)
            case _:
                return self.captures.rows(name)

    def _overview(self, build: Callable[[Site, Pieces[Row], Sequence[Finding]], Iterator[TableRow]]) -> Iterator[TableRow]:
        return (row for site, rows in self._rows for row in build(site, rows, self.all_findings))

    def table(self, name: str) -> Table:
        """Return a table by its name in the contract, as plain rows."""
        if name not in _OWN:
            return self.captures.table(name)
        if name not in self._own_tables:
            # When it is asked for: a report of one table needs no other.
            self._own_tables[name] = Table(_OWN[name], self.rows(name))
        return self._own_tables[name]

    def lines(self, piece: PagePiece) -> Iterable[str]:
        """Give a piece of the page."""
        return piece.make(self)

    @cached_property
    def totals(self) -> Totals:
        """The report's figures, counted from its rows."""
        return count_totals(self._rows, self.all_findings)

    @property
    def counts(self) -> Totals:
        """The figures of the rows alone, for which no findings are looked for."""
        return count_totals(self._rows, ())

    @property
    def exit_code(self) -> int:
        """0 where all is reconciled, 1 where a finding needs a person, 2 where a source could not be read."""
        return exit_code_of(self.totals)


def exit_code_of(totals: Totals) -> int:
    """Return the exit code that a report's figures come to."""
    if totals.refused:
        return EXIT_TROUBLE
    return EXIT_FINDINGS if totals.errors or totals.warnings else EXIT_RECONCILED


@uncollected()
def reconcile_sites(captures: Captures) -> Reconciliation:
    """Reconcile what was captured, site by site."""
    rows = tuple((site, match_digits(site.digits, site.ties, site.folders)) for site in captures.sites)
    return Reconciliation(captures, rows)
