"""Findings in order, what is said several times as one, and each with an id of its own."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reconcile.findings.finding import Finding, Severity, ident_of
from reconcile.findings.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings by weight, rule and subject. What is said several times of one source is one finding, which names the other lines.

    No two have one id: where rule, machine and subject are one and the matter is not, what is said and where tell them apart.
    """
    weight = {severity: index for index, severity in enumerate(Severity)}
    rank = {rule.name: index for index, rule in enumerate(RULES)}
    ordered = sorted(
        findings,
        key=lambda found: (
            found.site, weight[found.rule.severity], rank[found.rule.name], found.machine, found.subject, found.source, found.line or 0,
            found.message,
        ),
    )  # fmt: skip
    said: dict[Finding, list[Finding]] = {}
    for finding in ordered:
        said.setdefault(finding._replace(line=None), []).append(finding)
    kept = [_with_lines(alike) for alike in said.values()]
    by_id = Counter((finding.site, finding.id) for finding in kept)
    return with_own_ids((_told_apart(finding) if by_id[finding.site, finding.id] > 1 else finding for finding in kept), set())


def with_own_ids(findings: Iterable[Finding], taken: set[str]) -> tuple[Finding, ...]:
    """Give each finding an id that is not `taken`, and add them to these: of 40 bits, two may be the same by accident."""
    own: list[Finding] = []
    for finding in findings:
        ident = finding.id
        while ident in taken:
            ident = ident_of(ident)
        taken.add(ident)
        own.append(finding._replace(about="", given_id=ident))
    return tuple(own)


def _with_lines(alike: Sequence[Finding]) -> Finding:
    """Return one finding for several that differ in their lines only."""
    first = alike[0]
    lines = list(dict.fromkeys(finding.line for finding in alike))[1:]
    if not lines:
        return first
    told = ", ".join(str(line) for line in lines[:_MOST_LINES])
    more = f" and {len(lines) - _MOST_LINES:,} more" if len(lines) > _MOST_LINES else ""
    return first._replace(message=f"{first.message} Also on {'line' if len(lines) == 1 else 'lines'} {told}{more}.")


_MOST_LINES = 10


def _told_apart(finding: Finding) -> Finding:
    return finding._replace(about=f"{finding.about}\0{finding.message}\0{finding.source}")
