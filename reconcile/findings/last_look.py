"""The last look: whatever a capture names, a disk or digits that join, is on a row, or a finding says why not."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from reconcile.facts.folder_visits import VisitEntries
from reconcile.facts.record_blocks import Block
from reconcile.facts.records import Dimm, Disk, Entry
from reconcile.facts.source_reading import PlainReading
from reconcile.facts.vmfs_names import disk_of
from reconcile.findings import rules
from reconcile.findings.checker import Checker, some
from reconcile.findings.finding import Finding
from reconcile.inventory.datastores import ROOT
from reconcile.inventory.uniform_folders import DIRECTORY, PlainFolder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.facts.source_reading import Mention
    from reconcile.machines.places import Fact


class LastLook(Checker):
    """Compares what the captures of a site name with what stands on its rows."""

    def check(self) -> Iterator[Finding]:
        """Give what is named and on no row."""
        yield from self._listings()
        for index, source in enumerate(self._site.facts.sources):
            if type(source.reading) is not PlainReading and source.reading.mentions:
                yield from self._mentioned(index, source.label, source.reading.mentions)

    @cached_property
    def _names(self) -> dict[str, set[str]]:
        """The names of the disks on rows, in lower case, and the hosts of each."""
        found: dict[str, set[str]] = {}
        for piece in self._site.vmdks.pieces:
            if isinstance(piece, PlainFolder):
                for name in piece.names:
                    found.setdefault(name.lower(), set()).add(piece.host.casefold())
            else:
                for vmdk in piece:
                    found.setdefault(vmdk.name.lower(), set()).update(host.casefold() for host in vmdk.hosts)
        return found

    @cached_property
    def _digits(self) -> set[str]:
        """The UUIDs and ids of all that is on rows, or is known to be on none."""
        facts = self._site.facts
        uuids = {vmdk.uuid for vmdk in self._site.vmdks}
        uuids |= {text.lower() for device in self._site.devices for text in (device.uuid, device.id)}
        shown = {text for _, disk in facts.of(Disk) for text in (disk.serial.lower(), disk.wwn.lower())}
        return uuids | {dimm.id.lower() for _, dimm in facts.of(Dimm)} | {text[-32:] for text in shown}

    def _listings(self) -> Iterator[Finding]:
        """Give the listings with disks in a folder that nothing names, which are on no row."""
        facts = self._site.facts
        for fact, entries in facts.blocks(Entry):
            if isinstance(entries, VisitEntries) or _is_placed(entries):
                continue
            lost: dict[int, list[Entry]] = {}
            for entry in entries:
                if entry.certain and entry.name.lower().endswith(".vmdk") and not self._is_placed(fact, entry):
                    lost.setdefault(entry.answer, []).append(entry)
            for found in lost.values():
                names = some(dict.fromkeys(entry.name for entry in found))
                where = (
                    f"in {found[0].directory}, of which it is not known where it lies,"
                    if found[0].directory
                    else "in a folder that nothing names"
                )
                label = facts.label(fact)
                yield Finding(
                    rules.UNPLACED_LISTING, self._site.name, fact.machine.name, f"{label}: {names}", f"{names}: listed {where} and on no row.",
                    label, found[0].line,
                )  # fmt: skip

    def _is_placed(self, fact: Fact, entry: Entry) -> bool:
        """Tell whether it is known where a listed disk lies, or a row has a disk of that name on that host."""
        if entry.directory.startswith(ROOT) and not (entry.followed and self._is_doubtful(fact, entry)):
            return True
        return self._is_on_row(entry.name, {fact.machine.name.casefold()})

    def _is_doubtful(self, fact: Fact, entry: Entry) -> bool:
        return any(host == fact.machine.name and directory == entry.directory for host, directory, _ in self._site.doubtful)

    def _is_on_row(self, name: str, hosts: set[str]) -> bool:
        found = self._names.get(name.lower(), set()) | self._names.get(disk_of(name.lower()), set())
        return any(host in hosts or host.startswith("(") for host in found) or (bool(found) and not hosts)

    def _mentioned(self, source: int, label: str, mentions: Sequence[Mention]) -> Iterator[Finding]:
        machines = {machine.name for machine in self._site.facts.machines[source]}
        host = next(iter(machines)) if len(machines) == 1 else ""
        told: set[str] = set()
        for line, what, text in mentions:
            if text in told or self._is_known(what, text, machines):
                continue
            told.add(text)
            message = f"{text} is named here, and nothing that was read of the line says it: it is on no row."
            yield Finding(rules.ONLY_NAMED, self._site.name, host, f"{label}: {text}", message, label, line)

    def _is_known(self, what: str, text: str, machines: set[str]) -> bool:
        if what != "vmdk":
            return text.lower() in self._digits
        path = text.replace("] ", "/", 1).replace("[", ROOT, 1) if text.startswith("[") else text.rpartition(":")[2]
        volumes = self._site.volumes
        for machine in machines:
            place = volumes.file_place(machine, path)
            if place.known and not volumes.is_pmem(place.datastore) and volumes.is_named(place.datastore):
                # Only what lies on persistent memory has a row without being asked.
                return True
        name = path.rpartition("/")[2].lower()
        hosts = {machine.casefold() for machine in machines if not machine.startswith("(")}
        if self._is_on_row(name, hosts):
            return True
        # A name that holds blanks ends in its last word.
        return any(known.endswith(f" {name}") for known in self._names)


def _is_placed(entries: Sequence[Entry]) -> bool:
    """Tell whether all of a listing's names are in one folder that is known."""
    if type(entries) is tuple or not isinstance(entries, Block):
        return False
    directory = entries.columns[DIRECTORY]
    return isinstance(directory, str) and directory.startswith(ROOT) and not entries.may_hold(_FOLLOWED, value=True)


_FOLLOWED = Entry._fields.index("followed")
