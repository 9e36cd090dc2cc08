"""What one site's sources say, in one place: each fact with its source and the machine that it is about."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, cast

from reconcile.base.named_tuples import made
from reconcile.facts.record_blocks import kind_of
from reconcile.facts.records import Dimm, Volume
from reconcile.facts.source_reading import PlainReading, added_up
from reconcile.facts.strengths import NOTHING
from reconcile.machines.identities import tell_apart
from reconcile.machines.naming import Machine, name_machines
from reconcile.machines.places import Fact, Place, SourceOf
from reconcile.machines.support_bundles import find_bundles, names_of_bundles

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.facts.records import Record
    from reconcile.facts.source_reading import Ledger
    from reconcile.machines.machines_file import Override

RecordType = TypeVar("RecordType", bound="Record")


class SiteFacts:
    """All facts of a site, by kind, in the order of sources and lines."""

    def __init__(self, name: str, sources: Sequence[SourceOf], overrides: Sequence[Override] = ()) -> None:
        self.name = name
        self.sources = tuple(sources)
        self.bundles = find_bundles(self.sources)
        bundled = names_of_bundles(self.sources, self.bundles)
        triples = [source[:3] for source in self.sources]
        machines, self.namesakes = tell_apart(triples, name_machines(triples, overrides, bundled))
        self.machines = tuple(machines)
        # In blocks, one a part and kind: a pair for each of L's million records would take 60 MB.
        self._blocks: defaultdict[object, list[tuple[Fact, Sequence[Record]]]] = defaultdict(list)
        guests = self._blocks[Dimm]
        for index, (source, named) in enumerate(zip(self.sources, self.machines, strict=True)):
            if type(source.reading) is PlainReading:
                guests.append((made(Fact, (index, named[0], False, source.reading.shape.answer)), source.reading.dimms))
                continue
            for volume in source.reading.volumes:
                # A prompt that shows a volume's id is a host's; its parts bear the name.
                nobody = Machine(f"({source.label})", NOTHING, "")
                host = next((machine for machine in named if machine.kind == "host"), nobody)
                self._blocks[Volume].append((Fact(index, host, lost=False, line=volume.line), (volume,)))
            for part, machine in zip(source.reading.parts, named, strict=True):
                fact = Fact(index, machine, part.lost, part.line)
                for block in part.blocks:
                    self._blocks[kind_of(block)].append((fact, block))

    def of(self, kind: type[RecordType]) -> Iterator[tuple[Fact, RecordType]]:
        """Give the facts of one kind of record."""
        return ((fact, record) for fact, records in self.blocks(kind) for record in records)

    def blocks(self, kind: type[RecordType]) -> Sequence[tuple[Fact, Sequence[RecordType]]]:
        """Return the facts of one kind of record, those of one part together; there is at least one in each."""
        return cast("Sequence[tuple[Fact, Sequence[RecordType]]]", self._blocks.get(kind, ()))

    @cached_property
    def ledger(self) -> Ledger:
        """What became of all sources' lines."""
        return added_up(source.reading for source in self.sources)

    def label(self, place: Place | Fact) -> str:
        """Return the label of the source that a place is in."""
        return self.sources[place.source].label
