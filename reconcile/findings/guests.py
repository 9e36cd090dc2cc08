"""The guests' side: what their devices show before anything is joined."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from reconcile.base.uuid_text import uuid_text
from reconcile.facts.records import Entry, Namespace, Region
from reconcile.findings import rules
from reconcile.findings.checker import Checker, count, some
from reconcile.findings.finding import Finding
from reconcile.findings.row_keys import NO_KEYS, Keys, keys_of
from reconcile.inventory.devices import DISK, VPMEM
from reconcile.inventory.uniform_guests import PlainGuest
from reconcile.inventory.vmdks import name_of_vmdk
from reconcile.machines.places import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.inventory.devices import Device


# /sys/bus/nd/devices/nmem12, in which driver is a link where the kernel has enabled the dimm
_DRIVER_OF = re.compile(r"/?sys/bus/nd/devices/(nmem[0-9]+)$")


class Guests(Checker):
    """Checks the devices of a site's guests."""

    def check(self) -> Iterator[Finding]:
        """Give the findings about guests and their devices."""
        for device in self._closely():
            # What nearly every device is: healthy, VMware's, and seen under one name.
            if not (device.joins and len(device.names) == 1 and not (device.former or device.flags or device.state or device.disputes)):
                yield from self._device(device)
        yield from self._without_driver()
        for other in self._site.unjoinable:
            message = f"{other.device} of {other.guest} is joined with no vmdk: {other.reason}."
            rule = rules.PERHAPS_VPMEM if other.serial else rules.NOT_JOINABLE
            yield self._finding(rule, other.guest, other.device, message, other.place)
        yield from self._shared_ids()
        yield from self._shared_names()
        yield from self._no_dimms()
        yield from self._disabled_namespaces()
        for fact, namespace in self._site.facts.of(Namespace):
            if namespace.inside not in {"", namespace.region}:
                message = f"{namespace.dev} of {fact.machine.name} is shown in {namespace.inside}."
                rows = map(keys_of, self._devices_of(fact.machine.name, namespace.dev))
                place = Place(fact.source, namespace.line)
                yield self._finding(rules.MISPLACED, fact.machine.name, namespace.dev, message, place, rows=rows)
        known = any(vmdk.uuid for vmdk in self._site.vmdks)
        if any(device.joins for device in self._site.devices) and not known:
            yield self._finding(rules.NO_HOST_CAPTURE, "", "hosts", f"{count(len(self._site.devices), 'device')} and no UUID of a vmdk.")
        if self._site.vmdks and not self._site.devices:
            yield self._finding(rules.NO_GUEST_CAPTURE, "", "guests", f"{count(len(self._site.vmdks), 'vmdk')} and no device of a guest.")

    def _closely(self) -> Iterator[Device]:
        """Give the devices that more may be said of than of those of plain guests."""
        return (device for guest in self._site.devices.pieces if not isinstance(guest, PlainGuest) for device in guest)

    def _without_driver(self) -> Iterator[Finding]:
        """Give the dimms that sysfs shows without a driver, where it shows the drivers of others: the kernel enabled those alone."""
        drivers: defaultdict[int, set[str]] = defaultdict(set)
        for fact, entry in self._site.facts.of(Entry):
            found = _DRIVER_OF.match(entry.directory) if entry.name == "driver" else None
            if found:
                drivers[fact.source].add(found[1])
        for device in self._closely() if drivers else ():
            seen = device.sightings[0]
            if device.kind == VPMEM and seen.source in drivers and seen.dev not in drivers[seen.source] and not device.state:
                message = f"{device.name} has no driver in {self._site.facts.sources[seen.source].label}: it is disabled."
                yield self._finding(rules.DISABLED_DIMM, device.guest, _subject(device), message, device.first, keys=keys_of(device))

    def _device(self, device: Device) -> Iterator[Finding]:
        subject = _subject(device)
        if device.kind != DISK:
            yield from self._id(device)
        if device.gone:
            yield self._gone(device)
        elif _is_renumbered(device):
            message = f"The device with id {device.id} was seen as {device.name}."
            if not device.names:
                message = f"The device with id {device.id} was seen as {', '.join(device.former)}, which later is another's name."
            elif device.former:
                message = f"The device with id {device.id} was seen as {', '.join(device.former)}, and last as {device.name}."
            yield self._finding(rules.RENUMBERED, device.guest, subject, message, device.first, keys=keys_of(device))
        failed = [flag for flag in device.flags.split() if flag.startswith("flag_failed")]
        if not device.gone and (device.state == "disabled" or failed):
            message = f"{device.name} is reported as {', '.join([*([device.state] if device.state else []), *failed])}."
            yield self._finding(rules.DISABLED_DIMM, device.guest, subject, message, device.first, keys=keys_of(device))
        if device.disputes:
            message = f"Captures of {device.guest} disagree on {device.name or device.id}: {'; '.join(device.disputes)}."
            yield self._finding(rules.CAPTURES_DISAGREE, device.guest, subject, message, device.first, keys=keys_of(device))

    def _id(self, device: Device) -> Iterator[Finding]:
        """Say of a dimm why nothing joins it."""
        subject = _subject(device)
        name = device.name or ", ".join(device.former)
        if not device.id:
            yield self._finding(rules.NO_ID, device.guest, subject, f"{name} has no id in the capture.", device.first, keys=keys_of(device))
        elif not device.vendor:
            message = f"{name} has the id {device.id}, which is not of the form VENDOR-SERIAL."
            yield self._finding(rules.NO_ID, device.guest, subject, message, device.first, keys=keys_of(device))
        elif not device.is_vmwares:
            message = f"{name} has the id {device.id}, of vendor {device.vendor}."
            yield self._finding(rules.FOREIGN_VENDOR, device.guest, subject, message, device.first, keys=keys_of(device))

    def _gone(self, device: Device) -> Finding:
        """Say that a guest has a device no longer, and which vmdk has its digits."""
        was = f"{', '.join(device.former)} of {device.guest}, id {device.id or 'unknown'}"
        message = f"{was}, is not among the {'disks' if device.kind == DISK else 'dimms'} in {device.gone}, which is later."
        digits = self._site.digits
        at = [index for index, suffix in enumerate(digits.suffixes) if device.is_vmwares and suffix == device.serial]
        if at:
            message += f" It was {some((name_of_vmdk(digits.vmdks[index]) for index in at), 'or')}."
        return self._finding(rules.GONE_SINCE, device.guest, device.id or was, message, device.first, keys=keys_of(device))

    def _shared_ids(self) -> Iterator[Finding]:
        by_id: dict[str, list[Device]] = {}
        serials = self._site.digits.shared_serials
        for index, serial in enumerate(self._site.digits.serials) if serials else ():
            if serial in serials:
                device = self._site.devices[index]
                by_id.setdefault(device.uuid or device.id, []).append(device)
        for ident, devices in by_id.items():
            if len(devices) > 1:
                names = some(f"{device.guest} {device.name}" for device in devices)
                shown = uuid_text(ident) if devices[0].kind == DISK else ident
                what = "UUID" if devices[0].kind == DISK else "id"
                message = f"The {what} {shown} is that of {names}."
                yield self._finding(rules.SHARED_ID, "", shown, message, devices[0].first, keys=Keys(uuid_suffix=devices[0].serial))

    def _shared_names(self) -> Iterator[Finding]:
        by_name: dict[tuple[str, str], list[Device]] = {}
        names: defaultdict[str, list[str]] = defaultdict(list)
        # A plain guest has each name once.
        for device in self._closely():
            names[device.guest] += device.names
            names[device.guest] += device.former
        guests = {guest for guest, found in names.items() if len(set(found)) < len(found)}
        for device in self._site.devices if guests else ():
            for name in (*device.names, *device.former) if device.guest in guests else ():
                by_name.setdefault((device.guest, name), []).append(device)
        for (guest, name), devices in by_name.items():
            if len(devices) > 1 and not any(_is_renumbered(device) for device in devices):
                ids = some(device.id or "none" for device in devices)
                message, rows = f"{name} of {guest} was seen with the ids {ids}.", map(keys_of, devices)
                yield self._finding(rules.RENUMBERED, guest, name, message, devices[-1].first, keys=Keys(guest), rows=rows)

    def _disabled_namespaces(self) -> Iterator[Finding]:
        """Give the namespaces that hold something and are disabled. With -i ndctl also lists the seeds of such as may be made, of no size."""
        told: set[tuple[str, str]] = set()
        for fact, namespace in self._site.facts.of(Namespace):
            key = fact.machine.name, namespace.dev
            if namespace.state == "disabled" and namespace.size != "0" and key not in told:
                told.add(key)
                on = self._devices_of(*key)
                where = f" on {some(device.name for device in on)}" if on else ""
                message = f"{namespace.dev} of {fact.machine.name}{where} is disabled."
                keys = keys_of(on[0]) if len(on) == 1 else NO_KEYS
                place = Place(fact.source, namespace.line)
                yield self._finding(rules.DISABLED_NAMESPACE, *key, message, place, keys=keys, rows=map(keys_of, on))

    def _devices_of(self, guest: str, namespace: str) -> list[Device]:
        return [device for device in self._site.devices if device.guest == guest and namespace in device.namespaces]

    def _no_dimms(self) -> Iterator[Finding]:
        told: set[str] = set()
        facts = self._site.facts
        named = [(fact, record.dev, record.line) for fact, record in facts.of(Region)]
        named += [(fact, record.dev, record.line) for fact, record in facts.of(Namespace)]
        have = {device.guest for device in self._site.devices if device.kind == VPMEM} if named else set()
        for fact, dev, line in named:
            guest = fact.machine.name
            if guest not in have and guest not in told:
                told.add(guest)
                message = f"{dev} of {guest} was captured, and none of its dimms."
                yield Finding(rules.NO_DIMMS, self._site.name, guest, guest, message, facts.label(fact), line)


def _subject(device: Device) -> str:
    return f"{device.name} {device.id}".strip()


def _is_renumbered(device: Device) -> bool:
    """Tell whether the captures call a device by different names; one that an answer shows on two paths has both at once."""
    by_answer: dict[tuple[int, int], set[str]] = {}
    for sighting in device.sightings:
        by_answer.setdefault(sighting.answer, set()).add(sighting.dev)
    if not device.names:
        return True
    return len({*device.names, *device.former}) > 1 and (
        device.kind == VPMEM or len({frozenset(names) for names in by_answer.values()}) > 1
    )
