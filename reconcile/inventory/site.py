"""A site: all that was captured of machines that are reconciled together, each thing once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconcile.base.chained_sequence import Pieces
from reconcile.base.named_tuples import made
from reconcile.facts.records import AskedWhole, Disk, Listed
from reconcile.inventory.block_layers import find_layers
from reconcile.inventory.checksum_lists import Manifest, find_manifest
from reconcile.inventory.datastores import Volumes
from reconcile.inventory.digits import Digits
from reconcile.inventory.doubtful_directories import doubtful_directories
from reconcile.inventory.find_devices import find_devices
from reconcile.inventory.find_vmdks import find_vmdks
from reconcile.inventory.rival_folders import Folders
from reconcile.inventory.scsi_disks import Unjoinable, find_disks
from reconcile.inventory.uniform_folders import PlainFolder
from reconcile.inventory.vm_disks import Ties, find_ties
from reconcile.inventory.vmdks import VMWARE_UUID
from reconcile.inventory.void_uuids import newest_uuids
from reconcile.machines.capture_times import Moments
from reconcile.machines.places import Fact, Place, SourceOf
from reconcile.machines.site_facts import SiteFacts

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from reconcile.capture.sources import Outcome, Source
    from reconcile.inventory.devices import Device
    from reconcile.inventory.folder_files import Snapshot
    from reconcile.inventory.vmdks import Vmdk
    from reconcile.machines.machines_file import Override


@dataclass(frozen=True, slots=True)
class Site:
    """One site. `listed` has the folders that were listed whole, `asked` those of which every disk was asked: datastore and path in it. `unjoinable` are disks without a UUID.

    `unknown` are the folders that hold a vmdk of unknown UUID, and `snapshots` those of vmdks. `newest` says of a file that was seen
    with several UUIDs, by datastore and path in it, which is the newest, ``""`` where that is not known, and `void` are folders with the UUIDs that setuuid made void there.
    `ties` are the disks of each guest's VM, where its configuration is known. `manifest` is what lists of sums say of the sources.
    """

    name: str
    outcomes: tuple[Outcome, ...]
    facts: SiteFacts
    volumes: Volumes
    digits: Digits
    unjoinable: tuple[Unjoinable, ...]
    ties: Ties
    doubtful: tuple[tuple[str, str, Place], ...]
    listed: frozenset[tuple[str, str]]
    asked: frozenset[tuple[str, str]]
    unknown: frozenset[tuple[str, str]]
    snapshots: tuple[Snapshot, ...]
    newest: dict[tuple[str, str], str]
    void: frozenset[tuple[tuple[str, str], str]]
    manifest: Manifest

    @property
    def devices(self) -> Pieces[Device]:
        """The devices, guest by guest in natural order, and then the disks."""
        return self.digits.devices

    @property
    def vmdks(self) -> Pieces[Vmdk]:
        """The vmdks in natural order."""
        return self.digits.vmdks

    @property
    def folders(self) -> Folders:
        """What is known of the folders."""
        return Folders(self.listed | self.asked, self.unknown, self.newest, self.void)

    @property
    def refused(self) -> list[Source]:
        """The sources that were met and could not be read."""
        return [outcome.source for outcome in self.outcomes if outcome.source.status == "refused"]


def gather(outcomes: Sequence[Outcome], overrides: Sequence[Override] = ()) -> tuple[Site, ...]:
    """Put the outcomes of reading together, site by site, in the sites' order. `overrides` say whose some of the sources are."""
    by_site: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_site.setdefault(outcome.source.site, []).append(outcome)
    return tuple(_site(name, sorted(found, key=lambda outcome: outcome.source.label), overrides) for name, found in sorted(by_site.items()))


def _site(name: str, outcomes: list[Outcome], overrides: Sequence[Override]) -> Site:
    sources = [made(SourceOf, (source.label, source.path, reading, source.argument)) for source, reading in outcomes if reading]
    facts = SiteFacts(name, sources, overrides)
    volumes = Volumes(facts)
    doubtful = doubtful_directories(facts)
    vmdks = find_vmdks(facts, volumes, doubtful)
    moments = Moments(facts)
    layers = find_layers(facts, moments)
    disks = find_disks(facts, layers, moments, _odd_uuids(vmdks.disks) if facts.blocks(Disk) else frozenset())
    found = find_devices(facts, layers, moments)
    devices = Pieces([*found.devices, disks.devices])
    return Site(
        name,
        tuple(outcomes),
        facts,
        volumes,
        Digits(devices, vmdks.disks, found.partial | disks.partial),
        disks.others,
        find_ties(facts, volumes, vmdks.disks),
        vmdks.doubtful,
        _folders_of(facts.of(Listed), volumes, doubtful),
        _folders_of(facts.of(AskedWhole), volumes, doubtful),
        vmdks.unknown,
        vmdks.snapshots,
        newest_uuids(vmdks.disks, vmdks.several, facts),
        vmdks.void,
        find_manifest(outcomes, facts),
    )


def _folders_of(
    records: Iterable[tuple[Fact, Listed | AskedWhole]], volumes: Volumes, doubtful: Container[tuple[int, str, str]]
) -> frozenset[tuple[str, str]]:
    """Return the folders that records speak of whose place is certain: datastore and path in it."""
    found: set[tuple[str, str]] = set()
    for fact, record in records:
        place = volumes.place(fact.machine.name, record.directory)
        if place.known and not (record.followed and (fact.source, fact.machine.name, record.directory) in doubtful):
            found.add((place.datastore, place.inner))
    return frozenset(found)


def _odd_uuids(vmdks: Pieces[Vmdk]) -> frozenset[str]:
    """Return the vmdks' UUIDs that are not of the form that VMware gives."""
    uuids = (uuid for piece in vmdks.pieces for uuid in (piece.uuids if isinstance(piece, PlainFolder) else [vmdk.uuid for vmdk in piece]))
    return frozenset(uuid for uuid in uuids if uuid and not uuid.startswith(VMWARE_UUID))
