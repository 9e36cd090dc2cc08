"""What one site's sources say, in one place: each fact with its source and the machine that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

from reconcile.bundles import find_bundles, names_of_bundles
from reconcile.machines import Machine, name_machines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.overrides import Override
    from reconcile.parsers.records import Record
    from reconcile.reading import Reading

RecordType = TypeVar("RecordType")


class Fact(NamedTuple):
    """A record, the index of its source, and its machine's name. `part` tells the parts of a source apart."""

    source: int
    part: int
    machine: Machine
    lost: bool
    record: Record


class SourceOf(NamedTuple):
    """One source of a site: its label, its path below its CAPTURE, what was read of it, and that CAPTURE."""

    label: str
    path: str
    reading: Reading
    argument: str = ""


class Place(NamedTuple):
    """Where something was seen: the source's index, and the line."""

    source: int
    line: int


class SiteFacts:
    """All facts of a site, by kind, in the order of sources and lines."""

    def __init__(self, name: str, sources: Sequence[SourceOf], overrides: Sequence[Override] = ()) -> None:
        self.name = name
        self.sources = tuple(sources)
        self.bundles = find_bundles(self.sources)
        bundled = names_of_bundles(self.sources, self.bundles)
        machines = name_machines([(source.label, source.path, source.reading) for source in self.sources], overrides, bundled)
        self.machines: tuple[tuple[Machine, ...], ...] = tuple(tuple(named) for named in machines)
        self._facts: dict[object, list[tuple[Fact, Record]]] = {}
        for index, (source, named) in enumerate(zip(self.sources, machines, strict=True)):
            nobody = Machine(f"({source.label})", "nothing", "")
            for volume in source.reading.volumes:
                # A prompt that shows a volume's id is a host's; its parts bear the name.
                host = next((machine for machine in named if machine.kind == "host"), nobody)
                self._add(Fact(index, -1, host, lost=False, record=volume))
            for number, (part, machine) in enumerate(zip(source.reading.parts, named, strict=True)):
                for record in part.records:
                    self._add(Fact(index, number, machine, part.lost, record))

    def _add(self, fact: Fact) -> None:
        self._facts.setdefault(type(fact.record), []).append((fact, fact.record))

    def of(self, kind: type[RecordType]) -> list[tuple[Fact, RecordType]]:
        """Return the facts of one kind of record."""
        return cast("list[tuple[Fact, RecordType]]", self._facts.get(kind, []))

    def label(self, place: Place | Fact) -> str:
        """Return the label of the source that a place is in."""
        return self.sources[place.source].label
