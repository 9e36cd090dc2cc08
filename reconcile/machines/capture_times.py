"""When a capture was made, by what it says itself: the last ``date`` above it in the same session of the same machine, or a log's header.

A file's own time says when it was copied, not when it was made, and is never asked. Times of one clock can be compared: those that say
how far they are from UTC, and those that name the same zone.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from reconcile.capture.sessions import LOG_CLOCK
from reconcile.facts.records import Said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.machines.site_facts import SiteFacts

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


# Seconds. Zones are between 12 hours behind UTC and 14 in front of it.
_ZONES_APART = 26 * 3600


class Moment(NamedTuple):
    """A time on one clock: seconds, and the zone's name where that does not say how far it is from UTC."""

    zone: str
    seconds: int

    def is_after(self, other: Moment) -> bool:
        """Tell whether this is certainly later: on another clock, by more than zones can differ by."""
        apart = 0 if self.zone == other.zone != LOG_CLOCK else _ZONES_APART
        return self.seconds - other.seconds > apart


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


class When(NamedTuple):
    """When a line was printed: at which time, if that is known, in which session of which source, and as which of its lines.

    `session` is the line where the session begins. `is_ordered` says that the lines of the session stand in the order in which they were
    printed. `bundle` is the first source of the bundle that the source is in, else -1.
    """

    moment: Moment | None
    source: int
    session: int
    line: int
    is_ordered: bool
    bundle: int

    def is_after(self, other: When) -> bool:
        """Tell whether this is certainly later."""
        if self.is_ordered and (self.source, self.session) == (other.source, other.session):
            return self.line > other.line
        return self.moment is not None and other.moment is not None and self.moment.is_after(other.moment)

    def is_of_visit(self, other: When) -> bool:
        """Tell whether both were printed in one go: in one session, in one bundle, or at one time."""
        if self.bundle >= 0 or other.bundle >= 0:
            return self.bundle == other.bundle
        if self.moment and self.moment == other.moment:
            return True
        return (self.source, self.session) == (other.source, other.session)


class Moments:
    """The times that a site's captures tell, by source and machine. A time holds from its line on, in its session."""

    def __init__(self, facts: SiteFacts) -> None:
        self._facts = facts
        self._told: dict[tuple[int, str], list[tuple[int, Moment]]] = {}
        for fact, said in facts.of(Said):
            moment = read_moment(said.value) if said.what == "time" else None
            if moment:
                self._told.setdefault((fact.source, fact.machine.name), []).append((said.line, moment))
        self._bundles = {member: tuple(members) for members in facts.bundles.values() for member in members}
        self._starts: dict[tuple[int, str], tuple[list[int], list[tuple[int, Moment | None]]]] = {}

    def of(self, source: int, line: int, machine: str) -> When:
        """Return when a line of a source was printed."""
        starts, headers = self._sessions(source, machine)
        session = starts[bisect_right(starts, line) - 1]
        at, moment = _last(self._told.get((source, machine), ()), line)
        if at < session:
            # The time in a log's header holds for all of the log, whoever comes and goes in it.
            _, moment = _last(headers, line)
        members = self._bundles.get(source, ())
        if not moment and members:
            # In a bundle one file holds the time of all others.
            others = {moment for member in members for _, moment in self._told.get((member, machine), ())}
            moment = next(iter(others)) if len(others) == 1 else None
        # What nothing names, and is called after its source, may be of several machines.
        is_ordered = bool(self._facts.sources[source].reading.commands) and not machine.startswith("(")
        return When(moment, source, session, line, is_ordered, members[0] if members else -1)

    def _sessions(self, source: int, machine: str) -> tuple[list[int], list[tuple[int, Moment | None]]]:
        """Return the lines where a machine's sessions in a source begin, and the headers of logs with their times."""
        key = (source, machine)
        if key not in self._starts:
            reading = self._facts.sources[source].reading
            parts = sorted((part.line, named.name) for part, named in zip(reading.parts, self._facts.machines[source], strict=True))
            others = {_short(name) for _, name in parts} - {_short(machine)}
            starts = {0, *(bound.line for bound in reading.bounds if _short(bound.machine) not in others)}
            # Whoever comes back after another machine may have come back later.
            starts.update(line for (_, before), (line, name) in pairwise(parts) if name == machine != before)
            headers = [(bound.line, read_moment(bound.time)) for bound in reading.bounds if bound.is_header]
            self._starts[key] = (sorted(starts), headers)
        return self._starts[key]


def _last(told: Sequence[tuple[int, Moment | None]], line: int) -> tuple[int, Moment | None]:
    """Return the last time in or above a line, and where it stands; -1 and None where there is none."""
    at = bisect_right(told, line, key=itemgetter(0))
    return told[at - 1] if at else (-1, None)


def _short(name: str) -> str:
    """Return a machine's short name, without case: a shell may be left under one and entered under another."""
    return name.casefold().partition(".")[0]


def are_last(times: Sequence[When]) -> list[bool]:
    """Tell of each time whether none of the others is certainly later. Only the last of each clock and of each session can be."""
    of_clock: dict[str, tuple[Moment, When]] = {}
    of_session: dict[tuple[int, int], When] = {}
    for when in times:
        if when.moment and (when.moment.zone not in of_clock or when.moment > of_clock[when.moment.zone][0]):
            of_clock[when.moment.zone] = (when.moment, when)
        session = (when.source, when.session)
        if session not in of_session or when.line > of_session[session].line:
            of_session[session] = when
    clocks = [when for _, when in of_clock.values()]
    return [not any(other.is_after(when) for other in (*clocks, of_session[when.source, when.session])) for when in times]


class Timed(Protocol):
    """What was printed at some time; `is_whole` says that it shows all that there is."""

    @property
    def when(self) -> When:
        """When."""

    @property
    def is_whole(self) -> bool:
        """Whether."""


TimedType = TypeVar("TimedType", bound=Timed)


def newest(answers: Sequence[TimedType]) -> list[TimedType]:
    """Leave out what is of an earlier visit than an answer that shows all."""
    last: dict[str, When] = {}
    for answer in answers if len(answers) > 1 else ():
        moment = answer.when.moment
        if answer.is_whole and moment:
            before = last.get(moment.zone)
            if before is None or before.moment is None or moment > before.moment:
                last[moment.zone] = answer.when
    return [
        answer for answer in answers if not any(when.is_after(answer.when) and not when.is_of_visit(answer.when) for when in last.values())
    ]
