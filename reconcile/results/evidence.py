"""Why a row is what it is: the captured text of both sides, with the digits that join, and the reason in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconcile.inventory.devices import DISK
from reconcile.matching.rows import Outcome, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.findings.finding import Finding
    from reconcile.inventory.devices import Device
    from reconcile.inventory.site import Site
    from reconcile.machines.places import Place
    from reconcile.matching.rows import Row
    from reconcile.results.captures import Captures

# A dimm's id stands a few lines below its name; with -v there are some 20 between.
_LINES_BELOW = 40
_LINES_ABOVE = 5
# Characters; what commands print for people is shorter.
_LONG = 400
_WHY = {
    Outcome.CONTRADICTED: "The other side was captured and has no match for it.",
    Outcome.NOT_CAPTURED: "Too little was captured on the other side to say more.",
    Outcome.FOREIGN: "VMware did not make this device, so it is never joined.",
    Outcome.AMBIGUOUS: "Several share the digits, and nothing captured tells them apart.",
}


class Quote(NamedTuple):
    """A line of a source: in parts, each with whether it is the digits that join."""

    label: str
    line: int
    parts: tuple[tuple[str, bool], ...]


def why(row: Row) -> str:
    """Say in one sentence why a row is what it is."""
    if row.status is not Status.MATCHED:
        if row.vmdk and not row.vmdk.uuid:
            return "Its UUID was not captured."
        if row.device and row.device.gone:
            return "A later capture shows all of the guest's devices without it."
        if row.device and not row.device.joins and row.outcome is not Outcome.FOREIGN:
            return "It has no id that could be joined."
        return _WHY[row.outcome]
    digits = "all 32 digits agree" if row.device and row.device.kind == DISK else f"the last 8 digits agree: {row.suffix}"
    return f"{row.evidence} ({digits})"


def quotes_of_device(captures: Captures, site: Site, device: Device, most: int | None = None) -> Iterator[Quote]:
    """Quote a device's sightings, all or the first `most`: where it is named, and where its id stands if that is on another line."""
    digits = device.uuid or device.serial
    for sighting in device.sightings[:most]:
        lines = _lines(captures, site, sighting.place)
        line = sighting.place.line
        yield _quote(site, sighting.place, line, lines, digits)
        if digits and not _holds(_line(lines, line), digits):
            below = range(line + 1, min(len(lines), line + _LINES_BELOW) + 1)
            at = next((number for number in below if _holds(_line(lines, number), digits)), None)
            if at is not None:
                yield _quote(site, sighting.place, at, lines, digits)


def quotes_of_vmdk(captures: Captures, site: Site, row: Row, most: int | None = None) -> Iterator[Quote]:
    """Quote the sightings of a row's vmdk, all or the first `most`: what names the file, and the answer."""
    vmdk = row.vmdk
    if vmdk is None:
        return
    digits = vmdk.uuid if row.device and row.device.kind == DISK else vmdk.suffix
    sightings = sorted(vmdk.sightings, key=lambda seen: not seen.answered) if most else vmdk.sightings
    for seen in sightings[:most]:
        lines = _lines(captures, site, seen.place)
        line = seen.place.line
        if seen.answered and vmdk.name and vmdk.name not in _line(lines, line):
            # What names the answer: the command in front of it, or the name that a loop echoed.
            above = range(line - 1, max(0, line - _LINES_ABOVE), -1)
            at = next((number for number in above if vmdk.name in _line(lines, number)), None)
            if at is not None:
                yield _quote(site, seen.place, at, lines, "")
        yield _quote(site, seen.place, line, lines, digits)


def quote_of_finding(captures: Captures, finding: Finding) -> Quote:
    """Quote the line that a finding names; no text where it is about a source as a whole."""
    text = _line(captures.lines(finding.site, finding.source), finding.line or 0).strip()
    return Quote(finding.source, finding.line or 0, ((text if len(text) <= _LONG else _shortened(text), False),))


def _lines(captures: Captures, site: Site, place: Place) -> Sequence[str]:
    return captures.lines(site.name, site.facts.label(place))


def _quote(site: Site, place: Place, number: int, lines: Sequence[str], digits: str) -> Quote:
    text = _line(lines, number).strip()
    parts: list[tuple[str, bool]] = []
    end = 0
    if digits and _holds(text, digits):
        for start, stop in _spans(text, digits):
            parts += [(text[end:start], False), (text[start:stop], True)]
            end = stop
    parts.append((text[end:], False))
    if len(text) > _LONG:
        parts = [(words if marked else _shortened(words), marked) for words, marked in parts]
    return Quote(site.facts.label(place), number, tuple(part for part in parts if part[0]))


def _shortened(text: str) -> str:
    """Of a long text keep both ends: a whole answer may stand on one line, and only what is around the digits is wanted."""
    return text if len(text) <= _LONG // 2 else f"{text[: _LONG // 4]} ... {text[-_LONG // 4 :]}"


def _line(lines: Sequence[str], number: int) -> str:
    return lines[number - 1] if 0 < number <= len(lines) else ""


def _holds(text: str, digits: str) -> bool:
    """Tell whether a line holds digits, without the cost of a pattern."""
    return digits in text.replace(" ", "").replace("-", "").lower()


def _spans(text: str, digits: str) -> Iterator[tuple[int, int]]:
    """Find digits as any command prints them: in one, or with a blank or a dash between. A pattern for each row would cost more."""
    places = [at for at, character in enumerate(text) if character not in " -"]
    compact = "".join(text[at] for at in places).lower()
    if len(compact) != len(places):
        # A character whose lower case is two.
        return
    at = compact.find(digits)
    while at >= 0:
        yield places[at], places[at + len(digits) - 1] + 1
        at = compact.find(digits, at + len(digits))
