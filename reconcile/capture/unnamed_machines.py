"""Whether a source holds what several machines answered, though nothing in it names them."""

from __future__ import annotations

from bisect import bisect
from typing import TYPE_CHECKING

from reconcile.facts.record_blocks import by_kind, kind_of
from reconcile.facts.records import Dimm, Disk
from reconcile.facts.strengths import NOBODY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconcile.facts.records import Record
    from reconcile.facts.source_reading import Part, Unread


def ids_of(part: Part) -> dict[str, str]:
    """Return what a part shows under which name: dimms' ids and disks' serials."""
    return {name: ident for _, name, ident in _shown(part)}


def _shown(part: Part) -> Iterator[tuple[int, str, str]]:
    for block in part.blocks:
        kind = kind_of(block)
        if kind is Dimm or kind is Disk:
            for record in block:
                if isinstance(record, Dimm) and record.id:
                    yield record.line, record.dev, record.id
                elif isinstance(record, Disk) and (record.serial or record.wwn):
                    yield record.line, f"disk {record.device}", (record.serial or record.wwn).casefold()


def contradict(parts: Iterable[Part], unread: Sequence[Unread]) -> bool:
    """Tell whether two answers show other ids under one name, and a line that nobody understood stands between them."""
    lines = sorted(line.line for line in unread)
    seen: dict[str, tuple[str, int]] = {}
    for part in parts if lines else ():
        for line, name, ident in _shown(part):
            before, at = seen.get(name, (ident, line))
            if before != ident and bisect(lines, at) < bisect(lines, line):
                return True
            seen[name] = (ident, line)
    return False


def split_unnamed(parts: Sequence[Part], unread: Sequence[Unread]) -> Sequence[Part]:
    """Make several parts of one that nothing names and that holds answers of several machines."""
    return _split_at_unread(_split_at_contradictions(parts), unread)


def _split_at_contradictions(parts: Sequence[Part]) -> Sequence[Part]:
    """Part what a line printed that asked others: where a name comes again with another id, another machine's answer begins."""
    if not any(part.named_by == NOBODY for part in parts):
        return parts
    found: list[Part] = []
    for part in parts:
        cuts = _contradictions(part) if part.named_by == NOBODY and not part.machine else []
        found += _split(part, cuts) if cuts else [part]
    return found


def _contradictions(part: Part) -> list[int]:
    """Return the lines where a name is shown with another id than since the last such line."""
    cuts: list[int] = []
    seen: dict[str, str] = {}
    for line, name, ident in sorted(_shown(part)):
        if seen.get(name, ident) != ident:
            cuts.append(line)
            seen = {}
        seen[name] = ident
    return cuts


def _split_at_unread(parts: Sequence[Part], unread: Sequence[Unread]) -> Sequence[Part]:
    """Part the answers that contradict each other with a line between them that nobody understood."""
    if not unread or not any(not part.machine and contradict([part], unread) for part in parts):
        return parts
    lines = sorted(line.line for line in unread)
    found: list[Part] = []
    for part in parts:
        found += [part] if part.machine or not contradict([part], unread) else _split(part, lines)
    return found


def _split(part: Part, lines: Sequence[int]) -> list[Part]:
    """Make a part of what stands between each two of some lines, the lines themselves with what follows them."""
    stretches: dict[int, list[Record]] = {}
    for record in part.records:
        stretches.setdefault(bisect(lines, record.line), []).append(record)
    return [part._replace(line=min(record.line for record in records), blocks=by_kind(records)) for _, records in sorted(stretches.items())]
