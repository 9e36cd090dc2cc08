"""What leads from the rows of Mapping to their findings and back, and what the sheet VMDKs says of each vmdk's row."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from reconcile.results import schema
from reconcile.results.columns import AlikeRows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.reports.workbook.sheet_rows import Value
    from reconcile.results.reconciliation import Reported
    from reconcile.results.tables import Table

_AT_ONCE = 2000
_AT = {column.name: at for at, column in enumerate(schema.MAPPING.columns)}
_STATUS, _KIND, _FINDINGS = _AT["status"], _AT["kind"], _AT["findings"]
_SEVERITIES = ("error", "warning", "note")


class Link(NamedTuple):
    """From one row to another, each counted from 0 in its table; `length` is that of the text which leads there."""

    row: int
    target: int
    length: int = 0


class RowLinks:
    """Which rows of Mapping go with which of Findings."""

    def __init__(self, result: Reported) -> None:
        findings = result.table("findings").rows
        names = [column.name for column in schema.FINDINGS.columns]
        ident, severity, rule = (names.index(name) for name in ("id", "severity", "rule"))
        self._rules = {str(row[ident]): (str(row[severity]), str(row[rule])) for row in findings}
        self._number = {str(row[ident]): number for number, row in enumerate(findings)}
        self._rows: defaultdict[str, int] = defaultdict(int)
        self._firsts: dict[str, int] = {}
        self.to_findings: list[Link] = []
        # The first row of each status, and the first finding of each severity.
        self.statuses: dict[str, int] = {}
        self.severities: dict[str, int] = {}
        self.kinds: set[Value] = set()
        for number, row in enumerate(findings):
            self.severities.setdefault(str(row[severity]), number)
        self._survey(result.table("mapping"))

    def _survey(self, mapping: Table) -> None:
        number = 0
        for block in mapping.cut(_AT_ONCE):
            for part in block:
                if isinstance(part, AlikeRows):
                    some = next(iter(part.rows()))
                    self._see(number, part.number, some)
                    number += part.number
                    continue
                for row in part:
                    self._see(number, 1, row)
                    number += 1

    def _see(self, first: int, count: int, row: Sequence[Value]) -> None:
        """Note what rows have that are alike in status, kind and findings."""
        self.statuses.setdefault(str(row[_STATUS]), first)
        if row[_KIND]:
            self.kinds.add(row[_KIND])
        idents = str(row[_FINDINGS]).split(", ") if row[_FINDINGS] else []
        for ident in idents:
            self._rows[ident] += count
            self._firsts.setdefault(ident, first)
        if idents:
            target, length = self._number[idents[0]], len(self.words(row[_FINDINGS]))
            self.to_findings += [Link(number, target, length) for number in range(first, first + count)]

    def rows_of(self, ident: str) -> int:
        """Return how many rows a finding is about."""
        return self._rows.get(ident, 0)

    @property
    def to_mapping(self) -> list[Link]:
        """The links from findings to the first row that each is about."""
        return [Link(self._number[ident], first) for ident, first in self._firsts.items()]

    def words(self, idents: Value) -> str:
        """Return findings by their rules' names instead of their ids, the weightiest first."""
        by_severity: dict[str, dict[str, None]] = {}
        for ident in str(idents).split(", ") if idents else ():
            severity, rule = self._rules[ident]
            by_severity.setdefault(severity, {})[rule] = None
        return "; ".join(f"{severity}: {', '.join(by_severity[severity])}" for severity in _SEVERITIES if severity in by_severity)


class UsedVmdks:
    """The rows of the table `vmdks`, each with its status on Mapping and who uses it.

    Both tables show the vmdks in nearly one order, so few rows wait for their other half.
    """

    def __init__(self, result: Reported, start: int, stop: int) -> None:
        self._result = result
        self._start = start
        self._stop = stop

    def __iter__(self) -> Iterator[Sequence[Value]]:
        return islice(self._all(), self._start, self._stop)

    def _all(self) -> Iterator[Sequence[Value]]:
        waiting: dict[tuple[Value, ...], list[tuple[Value, Value]]] = {}
        stored = (row for row in self._result.table("mapping").rows if row[_HOST_SOURCE])
        for vmdk in self._result.table("vmdks").rows:
            key = _key_of_vmdk(vmdk)
            found = waiting.get(key)
            while found is None and (row := next(stored, None)) is not None:
                own, used = _key_of_row(row), (row[_STATUS], _user(row))
                if own == key:
                    found = [used]
                else:
                    waiting.setdefault(own, []).append(used)
            status, user = found.pop(0) if found else ("", "")
            if not found:
                waiting.pop(key, None)
            yield (*vmdk, status, user)


def _user(row: Sequence[Value]) -> str:
    """Say whose a row's vmdk is, or could be."""
    if row[_GUEST]:
        return f"{row[_GUEST]} {row[_DEVICE]}"
    return f"could be {row[_CANDIDATES]}" if row[_CANDIDATES] else ""


_KEY = ("site", "host", "datastore", "vm", "vmdk", "uuid")
_key_of_row = itemgetter(*(_AT[name] for name in _KEY))
_key_of_vmdk = itemgetter(*([column.name for column in schema.VMDKS.columns].index(name) for name in _KEY))
_GUEST, _DEVICE, _CANDIDATES, _HOST_SOURCE = (_AT[name] for name in ("guest", "device", "candidates", "host_source"))
