"""One device, vmdk, guest, host or UUID: its rows, each sighting with the captured text, and why it is what it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.devices import DISK
from reconcile.errors import CaptureError
from reconcile.matching import Outcome, Status, name_of_vmdk
from reconcile.order import natural
from reconcile.tables import uuid_text
from reconcile.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.devices import Device
    from reconcile.matching import Row
    from reconcile.results import Result
    from reconcile.site import Place
    from reconcile.sites import Site
    from reconcile.vmdks import Vmdk

_BETWEEN_DIGITS = re.compile(r"[\s:-]|^0x")
_HEXADECIMAL = re.compile(r"[0-9a-f]{8}(?:[0-9a-f]{24,25})?$")
# A dimm's id stands a few lines below its name; with -v there are some 20 between.
_LINES_BELOW = 40
_LINES_ABOVE = 5
_MOST_KNOWN = 8
_WHY = {
    Outcome.CONTRADICTED: "The other side was captured and has no match for it.",
    Outcome.NOT_CAPTURED: "Too little was captured on the other side to say more.",
    Outcome.FOREIGN: "VMware did not make this device, so it is never joined.",
    Outcome.AMBIGUOUS: "Several share the digits, and nothing captured tells them apart.",
}


def explain(result: Result, subject: str) -> list[str]:
    """Tell all that is known of a subject, as lines of text. The joining digits stand in brackets in the captured text.

    `subject` is a device (``nmem0``, ``db01 nmem0``), an id, a vmdk's name or path, a guest, a host, a datastore, a VM's folder, a
    UUID or its last 8 digits, a block device or a mount point. `result` must follow from captures read with ``keep=True``. Raises
    `CaptureError` where nothing is called so.
    """
    wanted = _wanted(subject)
    told: list[str] = []
    for site, rows in result.by_site:
        for row in rows:
            if not wanted.isdisjoint(_names(row)):
                told += [*([""] if told else []), *_Teller(result, site, row).lines()]
    if not told:
        message = f"Nothing that was reconciled is called '{visible(subject)}'. {_known(result)}"
        raise CaptureError(message)
    return told


def _wanted(subject: str) -> set[str]:
    text = " ".join(subject.split()).casefold()
    digits = _BETWEEN_DIGITS.sub("", text)
    if not _HEXADECIMAL.match(digits):
        return {text}
    # scsi_id sets a 3 in front of the 32 digits.
    return {text, digits, digits[1:] if digits.startswith("36000c29") else digits}


def _names(row: Row) -> set[str]:
    """Return everything that a row could be asked for by, without case."""
    found: set[str] = set()
    device, vmdk = row.device, row.vmdk
    if device:
        short = device.guest.partition(".")[0]
        for guest in {device.guest, short}:
            found.update(f"{guest}{joint}{name}" for joint in (" ", "/", ":") for name in device.names)
        found.update((device.guest, short, *device.names, device.id, device.serial, device.uuid))
        found.update((*device.block_devices, *(f"/dev/{name}" for name in device.block_devices), *device.mountpoints))
    if vmdk:
        found.update((*vmdk.hosts, *(host.partition(".")[0] for host in vmdk.hosts), vmdk.datastore, vmdk.datastore_id, vmdk.vm))
        found.update((vmdk.path, vmdk.name, vmdk.name.removesuffix(".vmdk"), f"{vmdk.vm}/{vmdk.name}", vmdk.uuid, vmdk.suffix))
    return {name.casefold() for name in found if name}


def _known(result: Result) -> str:
    guests = sorted({device.guest for site, _ in result.by_site for device in site.devices}, key=natural)
    hosts = sorted({host for site, _ in result.by_site for vmdk in site.vmdks for host in vmdk.hosts}, key=natural)
    told = [
        f"{kind}: {', '.join(names[:_MOST_KNOWN])}{' ...' if len(names) > _MOST_KNOWN else ''}"
        for kind, names in (("Guests", guests), ("Hosts", hosts))
        if names
    ]
    return f"{'. '.join(told)}." if told else "There is no device and no vmdk in the captures."


class _Teller:
    def __init__(self, result: Result, site: Site, row: Row) -> None:
        self._result = result
        self._site = site
        self._row = row

    def lines(self) -> Iterator[str]:
        row, device, vmdk = self._row, self._row.device, self._row.vmdk
        sides = [f"{device.guest} {device.name}"] if device else []
        sides += [name_of_vmdk(vmdk)] if vmdk else []
        yield visible(f"{row.status}: {' is '.join(sides)}")
        yield f"  why       {self._why()}"
        for number, candidate in enumerate(row.candidates):
            yield visible(f"  {'' if number else 'could be':<9} {candidate}")
        for number, rival in enumerate(row.rivals):
            yield visible(f"  {'' if number else 'beside':<9} {rival}")
        if device:
            yield visible(f"  guest     {', '.join(self._about_device(device))}")
            yield from self._device_sightings(device)
        if vmdk:
            yield visible(f"  host      {', '.join(self._about_vmdk(vmdk))}")
            yield from self._vmdk_sightings(vmdk)
        findings = list(self._findings())
        for number, finding in enumerate(findings):
            yield visible(f"  {'' if number else 'findings':<9} {finding}")

    def _why(self) -> str:
        row = self._row
        if row.status is not Status.MATCHED:
            if row.vmdk and not row.vmdk.uuid:
                return "Its UUID was not captured."
            if row.device and not row.device.joins and row.outcome is not Outcome.FOREIGN:
                return "It has no id that could be joined."
            return _WHY[row.outcome]
        digits = "all 32 digits agree" if row.device and row.device.kind == DISK else f"the last 8 digits agree: {row.suffix}"
        return f"{row.evidence} ({digits})"

    def _about_device(self, device: Device) -> Iterator[str]:
        yield f"{device.guest} {device.name}, {device.kind}, id {device.id or 'unknown'}"
        if device.state or device.flags:
            yield f"{device.state} {device.flags}".strip()
        if device.bytes is not None:
            yield f"{device.bytes:,} bytes"
        yield from device.regions
        yield from device.namespaces
        yield from device.block_devices
        if device.mountpoints:
            yield f"mounted on {', '.join(device.mountpoints)}"

    def _about_vmdk(self, vmdk: Vmdk) -> Iterator[str]:
        yield f"{name_of_vmdk(vmdk)}, UUID {uuid_text(vmdk.uuid) or 'unknown'}"
        if vmdk.datastore_id and vmdk.datastore_id != vmdk.datastore:
            yield f"datastore {vmdk.datastore} is {vmdk.datastore_id}"
        if vmdk.bytes is not None:
            yield f"{vmdk.bytes:,} bytes"

    def _device_sightings(self, device: Device) -> Iterator[str]:
        digits = device.uuid or device.serial
        for sighting in device.sightings:
            lines = self._lines(sighting.place)
            yield self._quoted(sighting.place, sighting.place.line, lines, digits)
            below = range(sighting.place.line + 1, min(len(lines), sighting.place.line + _LINES_BELOW) + 1)
            if digits and not _pattern(digits).search(_line(lines, sighting.place.line)):
                at = next((number for number in below if _pattern(digits).search(_line(lines, number))), None)
                if at is not None:
                    yield self._quoted(sighting.place, at, lines, digits)

    def _vmdk_sightings(self, vmdk: Vmdk) -> Iterator[str]:
        for seen in vmdk.sightings:
            lines = self._lines(seen.place)
            if seen.answered and vmdk.name and vmdk.name not in _line(lines, seen.place.line):
                # What names the answer: the command in front of it, or the name that a loop echoed.
                above = range(seen.place.line - 1, max(0, seen.place.line - _LINES_ABOVE), -1)
                at = next((number for number in above if vmdk.name in _line(lines, number)), None)
                if at is not None:
                    yield self._quoted(seen.place, at, lines, "")
            disk = self._row.device and self._row.device.kind == DISK
            yield self._quoted(seen.place, seen.place.line, lines, vmdk.uuid if disk else vmdk.suffix)

    def _lines(self, place: Place) -> Sequence[str]:
        return self._result.captures.lines(self._site.name, self._site.facts.label(place))

    def _quoted(self, place: Place, number: int, lines: Sequence[str], digits: str) -> str:
        text = _line(lines, number).rstrip()
        if digits:
            text = _pattern(digits).sub(lambda found: f"[{found[0]}]", text)
        return visible(f"    {self._site.facts.label(place)}:{number}  {text.strip()}")

    def _findings(self) -> Iterator[str]:
        device, vmdk = self._row.device, self._row.vmdk
        subjects, machines = set(), {""}
        if device:
            subjects |= {f"{device.name} {device.id}".strip(), device.name, device.guest, device.id, device.uuid, device.serial}
            machines.add(device.guest)
        if vmdk:
            subjects |= {vmdk.path, vmdk.uuid, vmdk.suffix, vmdk.vm}
            machines.update((vmdk.host, *vmdk.hosts))
        for finding in self._result.all_findings:
            if finding.site == self._site.name and finding.subject in subjects and not machines.isdisjoint(finding.machine.split(", ")):
                yield f"{finding.rule.severity} {finding.rule.name}: {finding.message} {finding.rule.advice}"


def _line(lines: Sequence[str], number: int) -> str:
    return lines[number - 1] if 0 < number <= len(lines) else ""


def _pattern(digits: str) -> re.Pattern[str]:
    """Find digits as any command prints them: in one, or with blanks and dashes between."""
    return re.compile("[ -]?".join(digits), re.IGNORECASE)
