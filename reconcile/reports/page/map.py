"""The map: host, datastore and VM folder; in each the vmdks beside the devices that they are, each row unfolding to its evidence."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from reconcile.base.natural_order import natural
from reconcile.base.uuid_text import uuid_text
from reconcile.reports.escape import html_text
from reconcile.reports.page.tables import word
from reconcile.results.evidence import quotes_of_device, quotes_of_vmdk, why
from reconcile.results.reconciliation import PagePiece
from reconcile.results.row_findings import FindingsOf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconcile.inventory.devices import Device
    from reconcile.inventory.site import Site
    from reconcile.inventory.vmdks import Vmdk
    from reconcile.matching.rows import Row
    from reconcile.results.captures import Captures
    from reconcile.results.evidence import Quote
    from reconcile.results.reconciliation import Reconciliation, Reported

# Of a page with more rows than this, each is written with a sixth of the elements, which is what a browser's time and memory go into,
# and shows the first sighting of either side only; the table sightings has them all.
MOST_WHOLE = 5000
_THEN = " \u203a "


def map_lines(result: Reported) -> Iterator[str]:
    """Give the map as lines of HTML: each row of the mapping once."""
    whole = len(result.table("mapping").rows) <= MOST_WHOLE
    if not whole:
        yield "<p>Of this many rows each shows where either side was seen first. The table sightings has every place.</p>"
    yield (
        '<p class="legend" aria-hidden="true"><span>the host\'s side: vmdk</span><span class="joint">status, digits that join</span>'
        "<span>the guest's side: guest, device, and what lies on it</span></p>"
    )
    yield from result.lines(WHOLE_ROWS if whole else SHORT_ROWS)


def _rows(result: Reconciliation, *, whole: bool) -> Iterator[str]:
    findings = FindingsOf(result.all_findings)
    for site, rows in result.by_site:
        of_site = f"{site.name}: " if result.captures.are_several else ""
        for host, on_host in groupby(_with_vmdks_first(rows), key=lambda row: row.vmdk.host if row.vmdk else None):
            heading = f"{of_site}host {host}" if host is not None else f"{of_site}devices without a vmdk"
            yield f"<section>\n<h3>{html_text(heading[:1].upper() + heading[1:])}</h3>"
            for place, on_place in groupby(on_host, key=_place):
                yield f"<section>\n<h4>{html_text(place)}</h4>"
                for folder, in_folder in groupby(on_place, key=lambda row: row.vmdk.vm if row.vmdk else ""):
                    yield "<section>"
                    if folder:
                        yield f"<h5>VM folder {html_text(folder)}</h5>"
                    for row in in_folder:
                        told = _Row(result.captures, findings, site, row)
                        yield from told.whole() if whole else told.short()
                    yield "</section>"
                yield "</section>"
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
    if row.vmdk:
        return f"Datastore {row.vmdk.datastore}" if row.vmdk.datastore else "A datastore that the captures do not name"
    return f"Guest {row.device.guest}" if row.device else ""


class _Row:
    def __init__(self, captures: Captures, findings: FindingsOf, site: Site, row: Row) -> None:
        self._captures = captures
        self._findings = findings
        self._site = site
        self._row = row

    def short(self) -> Iterator[str]:
        """Give the row with as few elements as it takes."""
        row, vmdk, device = self._row, self._row.vmdk, self._row.device
        yield f'<details class="row {row.status}" data-status="{row.status}"><summary>'
        yield f"<span>{html_text(vmdk.name or 'a file that the capture does not name') if vmdk else 'no vmdk'}</span>"
        yield f'<span class="joint">{row.status} {html_text(row.suffix)}</span>'
        chain = [f"{device.guest} {device.name}", *device.regions, *device.namespaces, *device.block_devices] if device else ["no device"]
        mounts = [f"mounted on {', '.join(device.mountpoints)}"] if device and device.mountpoints else []
        yield f"<span>{html_text(_THEN.join([*chain, *mounts]))}</span></summary>"
        yield f'<pre class="lines">{html_text(why(row))}'
        for name, others in (("Could be", row.candidates), ("Beside", row.rivals)):
            if others:
                yield html_text(f"{name}: {'; '.join(others)}")
        for finding in self._findings.row(self._site, row):
            yield f'{finding.rule.severity} <a href="#{finding.id}">{finding.rule.name}</a>: {html_text(finding.message)}'
        if vmdk:
            yield html_text(f"{vmdk.host} {vmdk.path} {uuid_text(vmdk.uuid) or 'UUID not captured'}")
            yield from (f"  {_text(quote)}" for quote in quotes_of_vmdk(self._captures, self._site, row, 1))
        if device:
            yield html_text(f"{device.guest} {device.name} {device.kind} {device.id or 'id not captured'}")
            yield from (f"  {_text(quote)}" for quote in quotes_of_device(self._captures, self._site, device, 1))
        yield "</pre></details>"

    def whole(self) -> Iterator[str]:
        """Give the row with all that is known of it."""
        row = self._row
        evidence = f'<br><span class="soft">{html_text(row.evidence)}</span>' if row.evidence else ""
        digits = f" <code>{html_text(row.suffix)}</code>" if row.suffix else ""
        yield f'<details class="row {row.status}" data-status="{row.status}"><summary>'
        yield f"<span>{self._host_side(row.vmdk)}</span>"
        yield f'<span class="joint">{word(str(row.status))}{digits}{evidence}</span>'
        yield f"<span>{self._guest_side(row.device)}</span></summary>"
        yield f'<div class="more"><p>{html_text(why(row))}</p>'
        if row.candidates:
            yield f"<p>Could be: {html_text('; '.join(row.candidates))}</p>"
        if row.rivals:
            yield f"<p>Beside: {html_text('; '.join(row.rivals))}</p>"
        for finding in self._findings.row(self._site, row):
            link = f'<a href="#{finding.id}">{finding.rule.name}</a>'
            yield f"<p>{word(str(finding.rule.severity))} {link}: {html_text(finding.message)}</p>"
        yield '<div class="sides">'
        if row.vmdk:
            yield from _side("On the host", _about_vmdk(row.vmdk), quotes_of_vmdk(self._captures, self._site, row))
        if row.device:
            yield from _side("In the guest", _about_device(row.device), quotes_of_device(self._captures, self._site, row.device))
        yield "</div></div></details>"

    @staticmethod
    def _host_side(vmdk: Vmdk | None) -> str:
        if vmdk is None:
            return '<span class="none">no vmdk</span>'
        size = f' <span class="soft">{vmdk.bytes:,} bytes</span>' if vmdk.bytes is not None else ""
        return f"<b>{html_text(vmdk.name or 'a file that the capture does not name')}</b>{size}"

    @staticmethod
    def _guest_side(device: Device | None) -> str:
        if device is None:
            return '<span class="none">no device</span>'
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
    yield f"<div><h6>{title}</h6><dl>{facts}</dl>"
    yield '<ul class="lines">'
    yield from map(quoted, quotes)
    yield "</ul></div>"


def quoted(quote: Quote) -> str:
    """Return a line of a capture with where it stands, the digits that join marked."""
    return f'<li><span class="at">{html_text(quote.label)}:{quote.line}</span><code>{_marked(quote)}</code></li>'


def _text(quote: Quote) -> str:
    return f"{html_text(quote.label)}:{quote.line}  {_marked(quote)}"


def _marked(quote: Quote) -> str:
    return "".join(f"<mark>{html_text(part)}</mark>" if marked else html_text(part) for part, marked in quote.parts)
