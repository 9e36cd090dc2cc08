"""The map: by host, datastore and VM folder the vmdks beside the devices that they are, each row unfolding to its evidence."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from reconcile.base.natural_order import natural
from reconcile.base.uuid_text import uuid_text
from reconcile.findings.finding import Severity
from reconcile.matching.rows import PLAIN_EVIDENCE, Outcome, Status
from reconcile.reports.escape import html_text
from reconcile.reports.page.anchors import RowIds
from reconcile.reports.page.lines import MOST_WHOLE, quoted, quoted_texts
from reconcile.reports.page.tables import word
from reconcile.results.evidence import quotes_of_device, quotes_of_vmdk, why
from reconcile.results.reconciliation import PagePiece
from reconcile.results.row_findings import FindingsOf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconcile.findings.finding import Finding
    from reconcile.inventory.devices import Device
    from reconcile.inventory.site import Site
    from reconcile.inventory.vmdks import Vmdk
    from reconcile.matching.rows import Row
    from reconcile.results.captures import Captures
    from reconcile.results.evidence import Quote
    from reconcile.results.reconciliation import Reconciliation, Reported

_THEN = " \u203a "
# Candidates that the row's own line names.
_MOST_NAMED = 2
_HEADINGS = (("vmdk", "Virtual disk"), ("status", "Status, digits that join"), ("device", "Guest and device"), ("place", "Host and folder"))


def map_lines(result: Reported) -> Iterator[str]:
    """Give the map as lines of HTML: each row of the mapping once."""
    whole = len(result.table("mapping").rows) <= MOST_WHOLE
    if not whole:
        yield "<p>Of this many rows each shows where either side was seen first. The table sightings has every place.</p>"
    yield from result.lines(WHOLE_ROWS if whole else SHORT_ROWS)


def column_heads() -> str:
    """Return the headings of the rows, which the page's script makes buttons that sort."""
    spans = "".join(f'<span data-sort="{name}">{title}</span>' for name, title in _HEADINGS)
    return f'<p class="heads">{spans}</p>'


def _rows(result: Reconciliation, *, whole: bool) -> Iterator[str]:
    findings = FindingsOf(result.all_findings)
    for site, rows in result.by_site:
        of_site = f"{site.name}: " if result.captures.are_several else ""
        ids = RowIds(site, rows)
        for place, in_place in groupby(_with_vmdks_first(rows), key=_place):
            yield f"<section>\n<h3>{html_text(of_site + place)}</h3>"
            for row in in_place:
                told = _Row(result.captures, site, row, findings.row(site, row), ids.of(row))
                yield from told.whole() if whole else told.short()
            yield "</section>"


WHOLE_ROWS = PagePiece(partial(_rows, whole=True), MOST_WHOLE)
SHORT_ROWS = PagePiece(partial(_rows, whole=False))


def _with_vmdks_first(rows: Sequence[Row]) -> list[Row]:
    """Put the rows into the map's order: by host, datastore and folder, and last the devices that have no vmdk."""
    placed = sorted((row for row in rows if row.vmdk), key=_home)
    return placed + sorted((row for row in rows if not row.vmdk), key=lambda row: natural(row.device.guest) if row.device else ())


def _home(row: Row) -> tuple[object, ...]:
    vmdk = row.vmdk
    return (natural(vmdk.host), natural(vmdk.datastore), vmdk.identity, natural(vmdk.vm), natural(vmdk.name)) if vmdk else ()


def _place(row: Row) -> str:
    """Say where a row's vmdk lies; of a device without one, whose it is."""
    vmdk = row.vmdk
    if vmdk is None:
        return f"Without a vmdk: guest {row.device.guest}" if row.device else ""
    store = vmdk.datastore or "a datastore that the captures do not name"
    return _THEN.join([f"Host {vmdk.host}", store, *([f"VM folder {vmdk.vm}"] if vmdk.vm else [])])


class _Row:
    def __init__(self, captures: Captures, site: Site, row: Row, findings: tuple[Finding, ...], ident: str) -> None:
        self._captures = captures
        self._site = site
        self._row = row
        self._findings = findings
        self._id = ident
        self._against = against = tuple(finding.rule for finding in findings if finding.rule.severity is not Severity.NOTE)
        # A row that a warning or an error stands against looks unlike one that nothing does.
        self._kind = f"row {row.status}{f' against {against[0].severity}' if against else ''}"

    def short(self) -> Iterator[str]:
        """Give the row with as few elements as it takes."""
        row, vmdk, device = self._row, self._row.vmdk, self._row.device
        chain = [f"{device.guest} {device.name}", *device.regions, *device.namespaces, *device.block_devices] if device else []
        mounts = [f"mounted on {', '.join(device.mountpoints)}"] if device and device.mountpoints else []
        told = _THEN.join([*chain, *mounts]) if device else _lacking("device", row)
        yield f'<details class="{self._kind}" id="{self._id}"><summary>'
        yield f"<span>{html_text(_name(vmdk) if vmdk else _lacking('vmdk', row))}</span>"
        yield f'<span class="joint">{row.status} {html_text(row.suffix)}{self._told_against()}</span>'
        yield f"<span>{html_text(told)}</span></summary>"
        yield f"<pre>{html_text(why(row))} {self._id}"
        for name, others in (("Could be", row.candidates), ("Beside", row.rivals)):
            if others:
                yield html_text(f"{name}: {'; '.join(others)}")
        for finding in self._findings:
            yield f'{finding.rule.severity} <a href="#{finding.id}">{finding.rule.name}</a>: {html_text(finding.message)}'
        if vmdk:
            yield html_text(f"{vmdk.host} {vmdk.path} {uuid_text(vmdk.uuid) or 'UUID not captured'}")
            yield from quoted_texts(quotes_of_vmdk(self._captures, self._site, row, 1))
        if device:
            yield html_text(f"{device.guest} {device.name} {device.kind} {device.id or 'id not captured'}")
            yield from quoted_texts(quotes_of_device(self._captures, self._site, device, 1))
        yield "</pre></details>"

    def whole(self) -> Iterator[str]:
        """Give the row with all that is known of it."""
        row = self._row
        # What makes most rows so is said where they unfold.
        reason = row.evidence or ("" if row.status is Status.AMBIGUOUS else row.outcome)
        evidence = f' <span class="soft">{html_text(reason)}</span>' if reason and reason != PLAIN_EVIDENCE else ""
        digits = f" <code>{html_text(row.suffix)}</code>" if row.suffix else ""
        yield f'<details class="{self._kind}" id="{self._id}"><summary>'
        yield f"<span>{_host_side(row)}</span>"
        yield f'<span class="joint">{word(str(row.status))}{digits}{evidence}{self._told_against()}</span>'
        yield f"<span>{_guest_side(row)}</span></summary>"
        yield f'<div class="more"><p>{html_text(why(row))} <a class="id" href="#{self._id}">{self._id}</a></p>'
        if row.candidates:
            yield f"<p>Could be: {html_text('; '.join(row.candidates))}</p>"
        if row.rivals:
            yield f"<p>Beside: {html_text('; '.join(row.rivals))}</p>"
        for finding in self._findings:
            link = f'<a href="#{finding.id}">{finding.rule.name}</a>'
            yield f"<p>{word(str(finding.rule.severity))} {link}: {html_text(finding.message)}</p>"
        yield '<div class="sides">'
        if row.vmdk:
            yield from _side("On the host", _about_vmdk(row.vmdk), quotes_of_vmdk(self._captures, self._site, row))
        if row.device:
            yield from _side("In the guest", _about_device(row.device), quotes_of_device(self._captures, self._site, row.device))
        yield "</div></div></details>"

    def _told_against(self) -> str:
        """Name the rules that stand against the row, by weight."""
        if not self._against:
            return ""
        named = "; ".join(
            f"{severity}: {', '.join(dict.fromkeys(rule.name for rule in rules))}"
            for severity, rules in groupby(self._against, key=lambda rule: rule.severity)
        )
        return f'<br><b class="said">{named}</b>'


def _name(vmdk: Vmdk) -> str:
    return vmdk.name or "a file that the capture does not name"


def _lacking(side: str, row: Row) -> str:
    """Say what stands in place of a row's other side: what it could be, else why there is none."""
    if row.candidates:
        more = len(row.candidates) - _MOST_NAMED
        return f"could be {' or '.join(row.candidates[:_MOST_NAMED])}{f' or {more} more' if more > 0 else ''}"
    if row.status is Status.AMBIGUOUS:
        return f"not certain which {side}"
    return f"no {side}" if row.outcome is Outcome.CONTRADICTED else f"no {side} captured"


def _host_side(row: Row) -> str:
    vmdk = row.vmdk
    if vmdk is None:
        return f'<span class="none">{html_text(_lacking("vmdk", row))}</span>'
    size = f' <span class="soft">{vmdk.bytes:,} bytes</span>' if vmdk.bytes is not None else ""
    return f"<b>{html_text(_name(vmdk))}</b>{size}"


def _guest_side(row: Row) -> str:
    device = row.device
    if device is None:
        return f'<span class="none">{html_text(_lacking("device", row))}</span>'
    chain = [*device.regions, *device.namespaces, *device.block_devices]
    told = "".join(f"{_THEN}{html_text(name)}" for name in chain)
    mounts = f"{_THEN}mounted on <b>{html_text(', '.join(device.mountpoints))}</b>" if device.mountpoints else ""
    return f"<b>{html_text(device.guest)} {html_text(device.name)}</b>{told}{mounts}"


def _about_vmdk(vmdk: Vmdk) -> Iterator[tuple[str, str]]:
    yield "path", f"<code>{html_text(vmdk.path)}</code>" if vmdk.path else "the capture names no file"
    yield "UUID", f"<code>{uuid_text(vmdk.uuid)}</code>" if vmdk.uuid else "not captured"
    if vmdk.datastore_id and vmdk.datastore_id != vmdk.datastore:
        yield "volume", f"<code>{html_text(vmdk.datastore_id)}</code>"
    if vmdk.bytes is not None:
        yield "bytes", f"{vmdk.bytes:,}"


def _about_device(device: Device) -> Iterator[tuple[str, str]]:
    yield "kind", html_text(device.kind)
    yield "id", f"<code>{html_text(device.id)}</code>" if device.id else "not captured"
    if device.former:
        yield "before", html_text(", ".join(device.former))
    if device.state or device.flags:
        yield "state", html_text(f"{device.state} {device.flags}".strip())
    if device.bytes is not None:
        yield "bytes", f"{device.bytes:,}"


def _side(title: str, about: Iterable[tuple[str, str]], quotes: Iterable[Quote]) -> Iterator[str]:
    facts = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in about)
    yield f"<div><h4>{title}</h4><dl>{facts}</dl>"
    yield '<ul class="lines">'
    yield from map(quoted, quotes)
    yield "</ul></div>"
