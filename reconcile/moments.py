"""When a capture was made, by what it says itself: the nearest ``date`` of the same machine.

A file's own time says when it was copied, not when it was made, and is never asked. Times of one clock can be compared: those that say
how far they are from UTC, and those that name the same zone.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.parsers.records import Said

if TYPE_CHECKING:
    from reconcile.site import SiteFacts

_MONTHS = {name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}
_CLOCK = r"(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2})(?::(?P<s>[0-9]{2})(?:[.,][0-9]+)?)?(?: (?P<half>[AP]M))?"
_ZONE = r"(?: ?(?P<zone>Z|[A-Z]{3,5}|[+-][0-9]{2}(?::?[0-9]{2})?))?"
# Sun Nov 22 10:12:13 UTC 2026        Sun 22 Nov 2026 10:12:13 AM CET        2026-11-22T10:12:13+00:00
_FORMS = (
    re.compile(rf"(?:[A-Z][a-z]{{2}},? +)?(?P<month>[A-Z][a-z]{{2}}) +(?P<day>[0-9]{{1,2}}),? +{_CLOCK}{_ZONE} +(?P<year>[0-9]{{4}})$"),
    re.compile(rf"(?:[A-Z][a-z]{{2}},? +)?(?P<day>[0-9]{{1,2}}) +(?P<month>[A-Z][a-z]{{2}}) +(?P<year>[0-9]{{4}}),? +{_CLOCK}{_ZONE}$"),
    re.compile(rf"(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{2}})-(?P<day>[0-9]{{2}})[T ]{_CLOCK}{_ZONE}$"),
)
_UTC = frozenset({"Z", "UTC", "GMT"})
_NOON = 12


class Moment(NamedTuple):
    """A time on one clock: seconds, and the zone's name where that does not say how far it is from UTC."""

    zone: str
    seconds: int


def read_moment(text: str) -> Moment | None:
    """Read a time as ``date`` prints it, or return None.

    >>> read_moment("Sun Nov 22 10:12:13 UTC 2026") == read_moment("2026-11-22T11:12:13+01:00")
    True
    """
    found = next((match for form in _FORMS if (match := form.match(" ".join(text.split())))), None)
    if not found:
        return None
    hour = int(found["h"])
    if found["half"]:
        hour = hour % _NOON + (_NOON if found["half"] == "PM" else 0)
    month = _MONTHS.get(found["month"], 0) if found["month"].isalpha() else int(found["month"])
    try:
        at = dt.datetime(int(found["year"]), month, int(found["day"]), hour, int(found["m"]), int(found["s"] or 0), tzinfo=dt.UTC)
    except ValueError:
        return None
    zone = found["zone"] or "?"
    seconds = int(at.timestamp())
    if zone in _UTC:
        return Moment("", seconds)
    if zone[0] in "+-":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        ahead = int(digits[:2]) * 3600 + int(digits[2:]) * 60
        return Moment("", seconds - ahead if zone[0] == "+" else seconds + ahead)
    return Moment(zone, seconds)


class Moments:
    """The times that a site's captures tell, by source and machine."""

    def __init__(self, facts: SiteFacts) -> None:
        self._told: dict[tuple[int, str], list[tuple[int, Moment]]] = {}
        for fact, said in facts.of(Said):
            moment = read_moment(said.value) if said.what == "time" else None
            if moment:
                self._told.setdefault((fact.source, fact.machine.name), []).append((said.line, moment))
        # In a bundle one file holds the time of all others.
        self._bundles = {member: tuple(members) for members in facts.bundles.values() for member in members} if self._told else {}

    def of(self, source: int, line: int, machine: str) -> Moment | None:
        """Return when a line of a source was printed: by the last ``date`` above it, else by the first below, or None."""
        told = self._told.get((source, machine))
        if told:
            above = [moment for at, moment in told if at <= line]
            return above[-1] if above else told[0][1]
        others = {moment for member in self._bundles.get(source, ()) for _, moment in self._told.get((member, machine), ())}
        return next(iter(others)) if len(others) == 1 else None
