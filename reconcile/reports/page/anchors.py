"""What rows of the map are linked to and cited by, and which rows a finding is about."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from reconcile.matching.rows import PlainPairs
from reconcile.results.row_findings import FindingsOf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.base.chained_sequence import Pieces
    from reconcile.findings.finding import Finding
    from reconcile.inventory.site import Site
    from reconcile.matching.rows import Row
    from reconcile.results.reconciliation import Reconciliation
    from reconcile.results.row_findings import SiteFindings

# Rows that a finding leads to. One about a whole guest may be about hundreds.
MOST_ROWS = 12


class RowIds:
    """The ids of a site's rows: made from what a row is about, never from its position, so that a row keeps its id when made anew."""

    def __init__(self, site: Site, rows: Pieces[Row]) -> None:
        self._site = site.name
        # Of rows that are about the same, all but the first have a number. Of plain pairs no two have the same digits.
        self._numbers: dict[int, int] = {}
        seen: dict[str, int] = {}
        for row in (row for piece in rows.pieces if type(piece) is not PlainPairs for row in piece):
            about = self._about(row)
            number = seen[about] = seen.get(about, 0) + 1
            if number > 1:
                self._numbers[id(row)] = number

    def of(self, row: Row) -> str:
        """Return a row's id."""
        digest = hashlib.sha256(self._about(row).encode("utf-8", "backslashreplace")).hexdigest()[:16]
        number = self._numbers.get(id(row))
        return f"R-{digest}-{number}" if number else f"R-{digest}"

    def _about(self, row: Row) -> str:
        device, vmdk = row.device, row.vmdk
        guest_side = f"{device.guest}\0{device.id or device.name}" if device else ""
        host_side = f"{vmdk.host}\0{vmdk.path}\0{vmdk.uuid}" if vmdk else ""
        return f"{self._site}\0{guest_side}\0{host_side}"


class About(NamedTuple):
    """A row that a finding is about."""

    site: Site
    row: Row
    id: str

    @property
    def name(self) -> str:
        """What the row is called where it is linked to."""
        device, vmdk = self.row.device, self.row.vmdk
        names = [f"{device.guest} {device.name}"] if device else []
        if vmdk:
            names.append(f"{vmdk.vm}/{vmdk.name}" if vmdk.vm else vmdk.name or "a file that the capture does not name")
        return " is ".join(names)


class RowsOf:
    """The rows that each finding is about: how many there are, and the first few."""

    def __init__(self, result: Reconciliation) -> None:
        self._numbers: dict[str, int] = {}
        self._rows: dict[str, list[About]] = {}
        findings = FindingsOf(result.all_findings)
        for site, rows in result.by_site if result.all_findings else ():
            ids = RowIds(site, rows)
            for row, found in _with_findings(findings.site(site.name), rows):
                for finding in found:
                    self._numbers[finding.id] = number = self._numbers.get(finding.id, 0) + 1
                    if number <= MOST_ROWS:
                        self._rows.setdefault(finding.id, []).append(About(site, row, ids.of(row)))

    def number(self, finding: Finding) -> int:
        """Return how many rows a finding is about."""
        return self._numbers.get(finding.id, 0)

    def first(self, finding: Finding) -> list[About]:
        """Return the first of them, in the mapping's order."""
        return self._rows.get(finding.id, [])


def _with_findings(findings: SiteFindings, rows: Pieces[Row]) -> Iterator[tuple[Row, tuple[Finding, ...]]]:
    for piece in rows.pieces:
        shared = findings.pairs(piece) if type(piece) is PlainPairs else None
        # Most of a fleet's rows have none, and need not be made to know it.
        if shared != ():
            yield from ((row, found) for row in piece if (found := findings.row(row)))
