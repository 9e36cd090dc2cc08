"""The rules applied: what one site's captures and its mapping show that a person should know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile import findings as rules
from reconcile.bundles import lacks_answer
from reconcile.findings import Finding, Rule
from reconcile.matching import SIZE_GRAIN, Row, Status, name_of_vmdk
from reconcile.order import natural
from reconcile.parsers.records import Damage, Disputed, Entry, Failure, Filesystem, Namespace, Region, UuidSet
from reconcile.vmdks import is_disk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconcile.devices import Device
    from reconcile.site import Place
    from reconcile.sites import Site
    from reconcile.vmdks import Vmdk

_MOST_NAMES = 5
# NAA type 6 and VMware's OUI 00-0C-29.
_VMWARE_UUID = "6000c29"


def check(site: Site, rows: Sequence[Row]) -> Iterator[Finding]:
    """Give the findings of one site, in no particular order."""
    checker = _Checker(site)
    yield from checker.sources()
    yield from checker.devices()
    yield from checker.vmdks()
    yield from checker.mapping(rows)
    yield from checker.guests_and_folders(rows)


class _Checker:
    def __init__(self, site: Site) -> None:
        self._site = site

    def _finding(self, rule: Rule, machine: str, subject: str, message: str, place: Place | None = None) -> Finding:
        source = self._site.facts.sources[place.source].label if place else ""
        return Finding(rule, self._site.name, machine, subject, message, source, place.line if place else None)

    # What was read

    def sources(self) -> Iterator[Finding]:
        for refused in self._site.refused:
            yield Finding(rules.REFUSED, self._site.name, "", refused.label, refused.note, refused.label, None)
        facts = self._site.facts
        for source in facts.sources:
            yield from self._unread(source.label, source.reading.unread)
            if source.reading.encoding == "cp1252":
                yield Finding(rules.ENCODING_GUESSED, self._site.name, "", source.label, source.reading.note, source.label, None)
        yield from self._nameless()
        for fact, failure in facts.of(Failure):
            label = facts.label(fact)
            command = f" of {failure.command}" if failure.command else ""
            message = f"The output{command} holds an error: {failure.text}"
            yield Finding(
                rules.COMMAND_FAILED, self._site.name, fact.machine.name, f"{label}: {failure.text}", message, label, failure.line
            )
        for fact, disputed in facts.of(Disputed):
            label = facts.label(fact)
            message = f"What begins here is read as output of {disputed.parsers}."
            yield Finding(rules.CLAIMED_TWICE, self._site.name, fact.machine.name, label, message, label, disputed.line)
        yield from self._bundles()
        yield from self._broken()
        for fact, damage in facts.of(Damage):
            rule = rules.TRUNCATED if damage.status == "truncated" else rules.DAMAGED
            label = facts.label(fact)
            message = (
                f"The JSON that begins here {'has no end' if rule is rules.TRUNCATED else 'is broken'}; whole objects in it were read."
            )
            yield Finding(rule, self._site.name, fact.machine.name, label, message, label, damage.line)

    def _broken(self) -> Iterator[Finding]:
        """Give the sources that are broken as files: an archive or a member of one, cut or damaged."""
        rule_of = {"truncated": rules.TRUNCATED, "damaged": rules.DAMAGED}
        inside = {(fact.source, damage.status) for fact, damage in self._site.facts.of(Damage)}
        for index, source in enumerate(self._site.facts.sources):
            status = source.reading.status
            if status in rule_of and (index, status) not in inside:
                message = f"{source.reading.note or status}; what came before was read."
                yield Finding(rule_of[status], self._site.name, "", f"{source.label}: file", message, source.label, None)

    def _bundles(self) -> Iterator[Finding]:
        facts = self._site.facts
        for bundle, members in facts.bundles.items():
            if lacks_answer(facts.sources, bundle, members):
                first = facts.sources[members[0]].label
                name = next((machine.name for index in members for machine in facts.machines[index]), "")
                what = "dimm's id" if bundle.kind.side == "guest" else "disk's UUID"
                message = f"This {bundle.kind.name} holds no {what}."
                yield Finding(rules.BUNDLE_LACKS_ANSWER, self._site.name, name, bundle.root or first, message, first, None)

    def _nameless(self) -> Iterator[Finding]:
        facts = self._site.facts
        for source, machines in zip(facts.sources, facts.machines, strict=True):
            for part, machine in zip(source.reading.parts, machines, strict=True):
                if machine.named_by != "nothing" or not machine.kind:
                    continue
                rule = rules.LOST_PROMPT if part.lost else rules.UNNAMED_MACHINE
                message = f"Nothing says whose the answer is that begins here; its {machine.kind} is called {machine.name}."
                yield Finding(rule, self._site.name, machine.name, f"{source.label}: {machine.kind}", message, source.label, part.line)

    def _unread(self, label: str, unread: Iterable[tuple[int, str, str]]) -> Iterator[Finding]:
        by_command: dict[str, list[int]] = {}
        for line, _, command in unread:
            by_command.setdefault(command, []).append(line)
        for command, lines in by_command.items():
            count = _count(len(lines), "line")
            rule = rules.NOT_READ if command else rules.NOT_UNDERSTOOD
            subject = f"{label}: {command}" if command else label
            message = f"{count} of the output of: {command}" if command else f"{count} not understood."
            yield Finding(rule, self._site.name, "", subject, message, label, lines[0])

    # The guests' side

    def devices(self) -> Iterator[Finding]:
        for device in self._site.devices:
            yield from self._device(device)
        yield from self._shared_ids()
        yield from self._shared_names()
        yield from self._no_dimms()
        known = any(vmdk.uuid for vmdk in self._site.vmdks)
        if any(device.joins for device in self._site.devices) and not known:
            yield self._finding(rules.NO_HOST_CAPTURE, "", "hosts", f"{_count(len(self._site.devices), 'device')} and no UUID of a vmdk.")
        if self._site.vmdks and not self._site.devices:
            yield self._finding(rules.NO_GUEST_CAPTURE, "", "guests", f"{_count(len(self._site.vmdks), 'vmdk')} and no device of a guest.")

    def _device(self, device: Device) -> Iterator[Finding]:
        subject = f"{device.name} {device.id}".strip()
        if not device.id:
            yield self._finding(rules.NO_ID, device.guest, subject, f"{device.name} has no id in the capture.", device.first)
        elif not device.vendor:
            message = f"{device.name} has the id {device.id}, which is not of the form VENDOR-SERIAL."
            yield self._finding(rules.NO_ID, device.guest, subject, message, device.first)
        elif not device.joins:
            message = f"{device.name} has the id {device.id}, of vendor {device.vendor}."
            yield self._finding(rules.FOREIGN_VENDOR, device.guest, subject, message, device.first)
        if len(device.names) > 1:
            message = f"The device with id {device.id} was seen as {device.name}."
            yield self._finding(rules.RENUMBERED, device.guest, subject, message, device.first)
        failed = [flag for flag in device.flags.split() if flag.startswith("flag_failed")]
        if device.state == "disabled" or failed:
            message = f"{device.name} is reported as {', '.join([*([device.state] if device.state else []), *failed])}."
            yield self._finding(rules.DISABLED_DIMM, device.guest, subject, message, device.first)

    def _shared_ids(self) -> Iterator[Finding]:
        by_id: dict[str, list[Device]] = {}
        for device in self._site.devices:
            if device.joins:
                by_id.setdefault(device.id, []).append(device)
        for ident, devices in by_id.items():
            if len(devices) > 1:
                names = _some(f"{device.guest} {device.name}" for device in devices)
                yield self._finding(rules.SHARED_ID, "", ident, f"The id {ident} is that of {names}.", devices[0].first)

    def _shared_names(self) -> Iterator[Finding]:
        by_name: dict[tuple[str, str], list[Device]] = {}
        for device in self._site.devices:
            for name in device.names:
                by_name.setdefault((device.guest, name), []).append(device)
        for (guest, name), devices in by_name.items():
            if len(devices) > 1 and all(len(device.names) == 1 for device in devices):
                ids = _some(device.id or "none" for device in devices)
                yield self._finding(rules.RENUMBERED, guest, name, f"{name} of {guest} was seen with the ids {ids}.", devices[-1].first)

    def _no_dimms(self) -> Iterator[Finding]:
        have = {device.guest for device in self._site.devices}
        told: set[str] = set()
        facts = self._site.facts
        named = [(fact, record.dev, record.line) for fact, record in facts.of(Region)]
        named += [(fact, record.dev, record.line) for fact, record in facts.of(Namespace)]
        for fact, dev, line in named:
            guest = fact.machine.name
            if guest not in have and guest not in told:
                told.add(guest)
                message = f"{dev} of {guest} was captured, and none of its dimms."
                yield Finding(rules.NO_DIMMS, self._site.name, guest, guest, message, facts.label(fact), line)

    # The hosts' side

    def vmdks(self) -> Iterator[Finding]:
        for vmdk in self._site.vmdks:
            yield from self._vmdk(vmdk)
        yield from self._shared_uuids()
        yield from self._uncertain()
        yield from self._datastores()
        for host, directory, place in self._site.doubtful:
            message = f"What was printed in {directory} does not fit one directory; its files are shown without a folder."
            yield self._finding(rules.LOST_DIRECTORY, host, directory, message, place)

    def _shared_uuids(self) -> Iterator[Finding]:
        by_uuid: dict[str, list[Vmdk]] = {}
        by_suffix: dict[str, dict[str, Vmdk]] = {}
        by_place: dict[tuple[str, str, str], list[Vmdk]] = {}
        for vmdk in (vmdk for vmdk in self._site.vmdks if vmdk.uuid):
            by_uuid.setdefault(vmdk.uuid, []).append(vmdk)
            by_suffix.setdefault(vmdk.suffix, {})[vmdk.uuid] = vmdk
            if vmdk.datastore:
                by_place.setdefault((vmdk.identity, vmdk.vm, vmdk.name), []).append(vmdk)
        for uuid, found in by_uuid.items():
            if len(found) > 1:
                names = _some(name_of_vmdk(vmdk) for vmdk in found)
                yield self._finding(
                    rules.DUPLICATE_UUID, "", uuid, f"{_count(len(found), 'file')} with the UUID {uuid}: {names}.", found[0].first
                )
        for suffix, others in by_suffix.items():
            if len(others) > 1:
                names = _some(name_of_vmdk(vmdk) for vmdk in others.values())
                first = min(vmdk.first for vmdk in others.values())
                yield self._finding(rules.SUFFIX_COLLISION, "", suffix, f"{_count(len(others), 'UUID')} end in {suffix}: {names}.", first)
        for found in by_place.values():
            if len(found) > 1:
                path, uuids = found[0].path, ", ".join(vmdk.uuid for vmdk in found)
                yield self._finding(rules.UUID_CHANGED, found[0].host, path, f"{path} was seen with {uuids}.", found[-1].first)
        for fact, change in self._site.facts.of(UuidSet):
            path = change.path or "a file that the command does not plainly name"
            message = f"setuuid was run on {path}: what its UUID was before no longer counts."
            label = self._site.facts.label(fact)
            yield Finding(rules.UUID_CHANGED, self._site.name, fact.machine.name, path, message, label, change.line)

    def _uncertain(self) -> Iterator[Finding]:
        facts, volumes = self._site.facts, self._site.volumes
        known = {(vmdk.identity, vmdk.vm, vmdk.name) for vmdk in self._site.vmdks}
        for fact, entry in facts.of(Entry):
            if entry.certain or not is_disk(entry.name):
                continue
            place = volumes.place(fact.machine.name, entry.directory)
            if (place.datastore, place.inner, entry.name) not in known and (not place.known or volumes.is_pmem(place.datastore)):
                message = f"{entry.name} may be a disk in {entry.directory or 'a folder that is not known'}, or a part of a name."
                label = facts.label(fact)
                yield Finding(
                    rules.UNCERTAIN_LISTING, self._site.name, fact.machine.name, entry.directory or label, message, label, entry.line
                )

    def _vmdk(self, vmdk: Vmdk) -> Iterator[Finding]:
        if vmdk.uuid and not vmdk.uuid.startswith(_VMWARE_UUID):
            message = f"The UUID of {vmdk.path or 'an unnamed file'} is {vmdk.uuid}."
            yield self._finding(rules.ODD_UUID, vmdk.host, vmdk.path or vmdk.uuid, message, vmdk.first)
        if not vmdk.uuid:
            why = f": {vmdk.errors[0]}" if vmdk.errors else "."
            yield self._finding(rules.NO_UUID, vmdk.host, vmdk.path, f"The UUID of {vmdk.path} is not known{why}", vmdk.first)
        elif not vmdk.path:
            message = f"The UUID {vmdk.uuid} was answered for a file that the capture does not name."
            yield self._finding(rules.UNNAMED_UUID, vmdk.host, vmdk.uuid, message, vmdk.first)
        elif vmdk.datastore and all(seen.answered for seen in vmdk.sightings) and self._is_listed(vmdk):
            message = f"{vmdk.path} has a UUID and does not stand in the listing of its folder."
            yield self._finding(rules.UNLISTED_VMDK, vmdk.host, vmdk.path, message, vmdk.first)

    def _is_listed(self, vmdk: Vmdk) -> bool:
        return (vmdk.identity, vmdk.vm) in self._site.listed

    def _datastores(self) -> Iterator[Finding]:
        facts, volumes = self._site.facts, self._site.volumes
        have = {vmdk.identity for vmdk in self._site.vmdks} | {identity for identity, _ in self._site.listed}
        for fact, row in facts.of(Filesystem):
            if not row.mounted_on.startswith("/vmfs/volumes/"):
                continue
            place = volumes.place(fact.machine.name, row.mounted_on)
            if volumes.is_pmem(place.datastore) and place.datastore not in have:
                used = f", {row.used} used" if row.used else ""
                message = f"{row.mounted_on} ({row.size}{used}) was not listed."
                label = facts.label(fact)
                yield Finding(rules.UNLISTED_DATASTORE, self._site.name, fact.machine.name, row.mounted_on, message, label, row.line)

    # Both sides

    def mapping(self, rows: Sequence[Row]) -> Iterator[Finding]:
        groups: dict[str, list[Row]] = {}
        for row in rows:
            if row.status is Status.AMBIGUOUS:
                groups.setdefault(row.suffix, []).append(row)
            elif row.device:
                yield from self._device_row(row, row.device)
            elif row.vmdk:
                yield from self._vmdk_row(row, row.vmdk)
        for suffix, group in groups.items():
            yield self._ambiguous(suffix, group)

    def _ambiguous(self, suffix: str, group: Sequence[Row]) -> Finding:
        devices = [row.device for row in group if row.device]
        vmdks = [row.vmdk for row in group if row.vmdk]
        names = _some(f"{device.name} of {device.guest}" for device in devices)
        first = min(device.first for device in devices)
        message = f"{names} could be {_some((name_of_vmdk(vmdk) for vmdk in vmdks), 'or')}."
        return self._finding(rules.AMBIGUOUS, ", ".join(dict.fromkeys(device.guest for device in devices)), suffix, message, first)

    def _device_row(self, row: Row, device: Device) -> Iterator[Finding]:
        subject = f"{device.name} {device.id}".strip()
        if row.status is Status.GUEST_ONLY and device.joins:
            message = f"No captured vmdk has a UUID that ends in {device.serial}."
            if row.rivals:
                message = f"The vmdk with a UUID that ends in {device.serial} is another device's: {_some(row.rivals)}."
            yield self._finding(rules.NO_VMDK, device.guest, subject, message, device.first)
        elif row.vmdk and device.bytes is not None and row.vmdk.bytes is not None and abs(device.bytes - row.vmdk.bytes) >= SIZE_GRAIN:
            message = f"{device.name} of {device.guest} has {device.bytes} bytes, {row.vmdk.path} has {row.vmdk.bytes}."
            yield self._finding(rules.SIZE_DIFFERS, device.guest, subject, message, device.first)

    def _vmdk_row(self, row: Row, vmdk: Vmdk) -> Iterator[Finding]:
        subject = vmdk.path or vmdk.uuid
        if vmdk.uuid and (vmdk.on_pmem or not vmdk.datastore):
            message = f"No captured device has the serial {vmdk.suffix}."
            if row.rivals:
                message = f"The device with the serial {vmdk.suffix} is another vmdk's: {_some(row.rivals)}."
            yield self._finding(rules.NO_DEVICE, vmdk.host, subject, message, vmdk.first)

    def guests_and_folders(self, rows: Sequence[Row]) -> Iterator[Finding]:
        folders: dict[str, dict[tuple[str, str], Vmdk]] = {}
        guests: dict[tuple[str, str], dict[str, Device]] = {}
        for row in rows:
            if row.device and row.vmdk and row.vmdk.folder:
                folders.setdefault(row.device.guest, {}).setdefault(row.vmdk.folder, row.vmdk)
                guests.setdefault(row.vmdk.folder, {}).setdefault(row.device.guest, row.device)
        for guest, found in folders.items():
            if len(found) > 1:
                names = sorted((f"{vmdk.host} {vmdk.datastore}/{vmdk.vm}" for vmdk in found.values()), key=natural)
                first = min(vmdk.first for vmdk in found.values())
                yield self._finding(rules.SPLIT_GUEST, guest, guest, f"The devices of {guest} are vmdks of {_some(names)}.", first)
        for (_, vm), users in guests.items():
            if len(users) > 1:
                first = min(device.first for device in users.values())
                told = _some(sorted(users, key=natural))
                yield self._finding(rules.TWO_GUESTS, "", vm, f"The vmdks in the folder {vm} are devices of {told}.", first)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _some(names: Iterable[str], joint: str = "and") -> str:
    """Join names as one says them; of many only the first few."""
    listed = list(names)
    if len(listed) > _MOST_NAMES:
        listed = [*listed[:_MOST_NAMES], f"{len(listed) - _MOST_NAMES:,} more"]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} {joint} {listed[-1]}"
