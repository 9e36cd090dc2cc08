"""Findings as SARIF 2.1.0, which code-scanning and ticket systems take.

The format is OASIS's: https://docs.oasis-open.org/sarif/sarif/v2.1.0/. Severities have the names of its levels. Captures have no base
that others could know, so a location is the source's path as the tables show it, as a relative reference.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from reconcile.base.version import __version__
from reconcile.findings.rules import RULES

if TYPE_CHECKING:
    from reconcile.findings.finding import Finding, Rule
    from reconcile.results.reconciliation import Reported

_Json = dict[str, object]


def sarif_text(result: Reported) -> str:
    """Return the findings as one SARIF log."""
    found = {finding.rule for finding in result.all_findings}
    rules = [rule for rule in RULES if rule in found]
    places = {rule: place for place, rule in enumerate(rules)}
    run: _Json = {
        "tool": {"driver": {"name": "vpmem-reconcile", "version": __version__, "rules": [_rule(rule) for rule in rules]}},
        "invocations": [{"executionSuccessful": not result.captures.refused}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, places[finding.rule]) for finding in result.all_findings],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return f"{json.dumps(log, indent=2)}\n"


def _rule(rule: Rule) -> _Json:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.meaning},
        "help": {"text": rule.advice},
        "defaultConfiguration": {"level": str(rule.severity)},
    }


def _result(finding: Finding, place: int) -> _Json:
    about = " ".join(text for text in (finding.machine, finding.subject) if text)
    told: _Json = {
        "ruleId": finding.rule.name,
        "ruleIndex": place,
        "level": str(finding.rule.severity),
        "message": {"text": f"{about}: {finding.message}" if about else finding.message},
        "partialFingerprints": {"findingId/v1": finding.id},
        "properties": {"site": finding.site, "machine": finding.machine, "subject": finding.subject, "advice": finding.rule.advice},
    }
    if finding.source:
        region: _Json = {"region": {"startLine": finding.line}} if finding.line else {}
        told["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": _reference(finding.source)}} | region}]
    return told


def _reference(path: str) -> str:
    """Return a path as a relative reference: no part of it is a scheme, and none an escape."""
    return quote(path.encode("utf-8", "surrogateescape"), safe="/!")
