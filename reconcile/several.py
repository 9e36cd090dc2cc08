"""Whether a source holds what several machines answered, though nothing in it names them."""

from __future__ import annotations

from bisect import bisect
from typing import TYPE_CHECKING

from reconcile.parsers.blocks import by_kind, kind_of
from reconcile.parsers.records import Dimm, Disk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconcile.parsers.records import Record
    from reconcile.readings import Part, Unread


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


def split_at_unread(parts: Sequence[Part], unread: Sequence[Unread]) -> Sequence[Part]:
    """Make several parts of one that nothing names and that holds answers which contradict each other, with such a line between them."""
    if not unread or not any(not part.machine and contradict([part], unread) for part in parts):
        return parts
    lines = sorted(line.line for line in unread)
    found: list[Part] = []
    for part in parts:
        if part.machine or not contradict([part], unread):
            found.append(part)
            continue
        stretches: dict[int, list[Record]] = {}
        for record in part.records:
            stretches.setdefault(bisect(lines, record.line), []).append(record)
        found += [
            part._replace(line=min(record.line for record in records), blocks=by_kind(records)) for _, records in sorted(stretches.items())
        ]
    return found
