"""One device, vmdk, guest, host or UUID: its rows, each sighting with the captured text, and why it is what it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.base.errors import CaptureError
from reconcile.base.natural_order import natural
from reconcile.base.printable import visible
from reconcile.base.uuid_text import uuid_text
from reconcile.inventory.vmdks import name_of_vmdk
from reconcile.reports.explain_source import rule_lines, source_lines
from reconcile.results.evidence import quote_of_finding, quotes_of_device, quotes_of_vmdk, why
from reconcile.results.row_findings import FindingsOf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconcile.findings.finding import Finding
    from reconcile.inventory.devices import Device
    from reconcile.inventory.site import Site
    from reconcile.inventory.vmdks import Vmdk
    from reconcile.matching.rows import Row
    from reconcile.results.evidence import Quote
    from reconcile.results.reconciliation import Reconciliation

_IN_FRONT = re.compile(r"^(?:/dev/disk/by-id/)?(?:(?:wwn-|naa\.|scsi-|uuid is |ddb\.uuid = )?(?:0x)?)[\"']?")
_BETWEEN_DIGITS = re.compile(r"[\s:\"'-]")
_WITH_TYPE = 33
_HEXADECIMAL = re.compile(r"[0-9a-f]{8}(?:[0-9a-f]{24,25})?$")
_MOST_KNOWN = 8


def explain(result: Reconciliation, subject: str) -> list[str]:
    """Tell all that is known of a subject, as lines of text. `result` must follow from captures read with ``keep=True``.

    The joining digits stand in brackets in the captured text. Raises `CaptureError` where nothing is called so.
    """
    return explain_each([result], subject)


def explain_each(results: Iterable[Reconciliation], subject: str) -> list[str]:
    """Tell all that is known of a subject, as lines of text, of results that are looked at one after the other.

    `subject` is a finding's id, a rule's name, a source's path, a device (``nmem0``, ``db01 nmem0``), an id, a vmdk's name or path, a
    guest, a host, a datastore, a VM's folder, a UUID or its last 8 digits, a block device or a mount point.
    """
    wanted = _wanted(subject)
    known = _Known()

    def explained(result: Reconciliation) -> list[list[str]]:
        findings = FindingsOf(result.all_findings)
        known.see(result)
        told = [
            list(_Teller(result, findings, site, row).lines())
            for site, rows in result.by_site
            for row in rows
            if not wanted.isdisjoint(_names(row))
        ]
        of_rows = {line for lines in told for line in lines}
        about = (_finding_lines(result, finding) for finding in result.all_findings if not wanted.isdisjoint(_names_of(finding)))
        return told + list(source_lines(result, wanted)) + [lines for lines in about if not of_rows.issuperset(lines)]

    # Mapped, for a loop's variable would hold one result while the next is made.
    told = [lines for found in map(explained, results) for lines in found]
    if not told and (about_rule := rule_lines(wanted)):
        return about_rule
    if not told:
        message = f"Nothing that was reconciled is called '{visible(subject)}'. {known.told(wanted)}"
        raise CaptureError(message)
    first, *others = told
    return first + [line for lines in others for line in ("", *lines)]


def _names_of(finding: Finding) -> set[str]:
    """Return what a finding could be asked for by: its id, its rule, and the source that it names."""
    return {finding.id.casefold(), finding.rule.name, finding.source.casefold()} - {""}


def _finding_lines(result: Reconciliation, finding: Finding) -> list[str]:
    """Tell a finding, with the captured line that it names."""
    about = " ".join(text for text in (finding.machine, finding.subject) if text)
    lines = [
        visible(f"{finding.rule.severity} {finding.rule.name} {finding.id}: {about}"),
        visible(f"  found     {finding.message}"),
        visible(f"  meaning   {finding.rule.meaning}"),
        visible(f"  do        {finding.rule.advice}"),
    ]
    if finding.source and finding.line:
        quote = quote_of_finding(result.captures, finding)
        lines.append(visible(f"    {quote.label}:{quote.line}  {''.join(part for part, _ in quote.parts)}"))
    return lines


class _Known:
    """What there is, for who asked for what is not."""

    def __init__(self) -> None:
        self._guests: dict[str, list[str]] = {}
        self._hosts: set[str] = set()

    def see(self, result: Reconciliation) -> None:
        for site, _ in result.by_site:
            for device in site.devices:
                self._guests.setdefault(device.guest, []).append(device.name)
            self._hosts.update(host for vmdk in site.vmdks for host in vmdk.hosts)

    def told(self, wanted: set[str]) -> str:
        """Say it; of a guest that was named, its devices."""
        for guest, names in self._guests.items():
            spelt = {guest.casefold(), guest.partition(".")[0].casefold()}
            if any(text.startswith(f"{name}{joint}") for text in wanted for name in spelt for joint in (" ", "/", ":")):
                return f"Devices of {visible(guest)}: {', '.join(visible(name) for name in sorted(names, key=natural))}."
        known = (("Guests", self._guests), ("Hosts", self._hosts))
        told = [f"{kind}: {_some(names)}" for kind, names in known if names]
        return f"{'. '.join(told)}." if told else "There is no device and no vmdk in the captures."


def _some(names: Iterable[str]) -> str:
    ordered = [visible(name) for name in sorted(names, key=natural)]
    return f"{', '.join(ordered[:_MOST_KNOWN])}{' ...' if len(ordered) > _MOST_KNOWN else ''}"


def _wanted(subject: str) -> set[str]:
    text = " ".join(subject.split()).casefold()
    # wwn-0x6000c29...        naa.6000c29...        scsi-36000c29...        UUID is 60 00 C2 9...
    digits = _BETWEEN_DIGITS.sub("", _IN_FRONT.sub("", text))
    if not _HEXADECIMAL.match(digits):
        return {text}
    # scsi_id sets a 3 in front of the 32 digits.
    return {text, digits, digits[1:] if len(digits) == _WITH_TYPE and digits[0] == "3" else digits}


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


class _Teller:
    def __init__(self, result: Reconciliation, findings: FindingsOf, site: Site, row: Row) -> None:
        self._findings = findings
        self._result = result
        self._site = site
        self._row = row

    def lines(self) -> Iterator[str]:
        row, device, vmdk, captures = self._row, self._row.device, self._row.vmdk, self._result.captures
        sides = [f"{device.guest} {device.name}"] if device else []
        sides += [name_of_vmdk(vmdk)] if vmdk else []
        yield visible(f"{row.status}: {' is '.join(sides)}")
        yield f"  why       {why(row)}"
        for number, candidate in enumerate(row.candidates):
            yield visible(f"  {'' if number else 'could be':<9} {candidate}")
        for number, rival in enumerate(row.rivals):
            yield visible(f"  {'' if number else 'beside':<9} {rival}")
        if device:
            yield visible(f"  guest     {', '.join(self._about_device(device))}")
            yield from (self._quoted(quote) for quote in quotes_of_device(captures, self._site, device))
        if vmdk:
            yield visible(f"  host      {', '.join(self._about_vmdk(vmdk))}")
            yield from (self._quoted(quote) for quote in quotes_of_vmdk(captures, self._site, self._row))
        for number, finding in enumerate(self._findings.row(self._site, row)):
            told = f"{finding.rule.severity} {finding.rule.name}: {finding.message} {finding.rule.advice}"
            yield visible(f"  {'' if number else 'findings':<9} {told}")

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

    def _quoted(self, quote: Quote) -> str:
        text = "".join(f"[{part}]" if marked else part for part, marked in quote.parts)
        return visible(f"    {quote.label}:{quote.line}  {text}")
