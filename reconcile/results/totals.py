"""A report's figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconcile.findings.finding import Severity
from reconcile.matching.rows import Outcome, PlainPairs, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconcile.base.chained_sequence import Pieces
    from reconcile.findings.finding import Finding
    from reconcile.inventory.site import Site
    from reconcile.matching.rows import Row


@dataclass(frozen=True, slots=True)
class Totals:
    """A report's figures. Devices and vmdks are counted apart: a matched row is one of each.

    The rows of one side are counted once more by what they come to: `contradicted` where the other side was captured and has no match,
    `not_captured` where too little was, `foreign` where VMware did not make the device.
    """

    devices: int
    vmdks: int
    matched: int
    ambiguous_devices: int
    ambiguous_vmdks: int
    guest_only: int
    host_only: int
    contradicted: int
    not_captured: int
    foreign: int
    errors: int
    warnings: int
    notes: int
    sources: int
    refused: int
    lines: int
    not_understood: int


def count_totals(by_site: Sequence[tuple[Site, Pieces[Row]]], findings: Iterable[Finding]) -> Totals:
    """Count the rows of the mapping, the findings, and the sources with their lines."""
    sites = [site for site, _ in by_site]
    pieces = [piece for _, found in by_site for piece in found.pieces]
    rows = [row for piece in pieces if type(piece) is not PlainPairs for row in piece]
    plain = sum(len(piece) for piece in pieces if type(piece) is PlainPairs)
    status = Counter((row.status, row.device is not None) for row in rows)
    outcome = Counter(row.outcome for row in rows if row.status is not Status.MATCHED)
    severity = Counter(finding.rule.severity for finding in findings)
    ledgers = [site.facts.ledger for site in sites]
    return Totals(
        devices=sum(row.device is not None for row in rows) + plain,
        vmdks=sum(row.vmdk is not None for row in rows) + plain,
        matched=status[Status.MATCHED, True] + plain,
        ambiguous_devices=status[Status.AMBIGUOUS, True],
        ambiguous_vmdks=status[Status.AMBIGUOUS, False],
        guest_only=status[Status.GUEST_ONLY, True],
        host_only=status[Status.HOST_ONLY, False],
        contradicted=outcome[Outcome.CONTRADICTED],
        not_captured=outcome[Outcome.NOT_CAPTURED],
        foreign=outcome[Outcome.FOREIGN],
        errors=severity[Severity.ERROR],
        warnings=severity[Severity.WARNING],
        notes=severity[Severity.NOTE],
        sources=sum(len(site.outcomes) for site in sites),
        refused=sum(len(site.refused) for site in sites),
        lines=sum(ledger.lines for ledger in ledgers),
        not_understood=sum(ledger.not_understood for ledger in ledgers),
    )


def add_totals(found: Iterable[Totals]) -> Totals:
    """Add the figures of different sites up."""
    names = Totals.__slots__
    return Totals(*map(sum, zip(*([getattr(totals, name) for name in names] for totals in found), strict=True)))
