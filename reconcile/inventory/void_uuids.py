"""UUIDs that ``vmkfstools -J setuuid`` made void: what a file answered before it no longer counts, however the file was called."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.records import Answer, UuidSet
from reconcile.inventory.uniform_folders import PlainFolder
from reconcile.machines.capture_times import Moments

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from reconcile.base.chained_sequence import Pieces
    from reconcile.inventory.datastores import DiskPlace
    from reconcile.inventory.vmdks import Vmdk
    from reconcile.machines.capture_times import Moment
    from reconcile.machines.places import Fact
    from reconcile.machines.site_facts import SiteFacts


class _Set(NamedTuple):
    """A setuuid: where it stands, and its host."""

    source: int
    line: int
    host: str


def find_void_answers(facts: SiteFacts, place_of: Callable[[Fact, str, bool], DiskPlace]) -> set[tuple[int, int]]:
    """Return source and line of the void answers. `place_of` says which file a path of a fact means, which was followed or was not.

    In one source what stands above a setuuid was answered before it. Of two sources the times in them tell. Where these are not known an
    answer is void, but for one with a UUID that the file surely answered later: what may be void decides nothing.
    """
    changes: dict[DiskPlace, list[_Set]] = {}
    for fact, change in facts.of(UuidSet):
        if change.path:
            place = place_of(fact, change.path, change.followed)
            changes.setdefault(place, []).append(_Set(fact.source, change.line, fact.machine.name))
    answers: dict[DiskPlace, list[tuple[Fact, Answer]]] = {}
    for fact, answer in facts.of(Answer) if changes else ():
        place = place_of(fact, answer.path, answer.followed)
        if place in changes and answer.path:
            answers.setdefault(place, []).append((fact, answer))
    moments = Moments(facts) if answers else None
    return {void for place, found in answers.items() if moments for void in _void(found, changes[place], moments)}


def _void(answers: list[tuple[Fact, Answer]], changes: list[_Set], moments: Moments) -> Iterator[tuple[int, int]]:
    """Give those of one file's answers that its changes made void."""
    told = [(_is_before(fact, answer, changes, moments), fact, answer) for fact, answer in answers]
    later = {answer.uuid for before, _, answer in told if before is False}
    for before, fact, answer in told:
        if before or (before is None and answer.uuid not in later):
            yield fact.source, answer.line


def _is_before(fact: Fact, answer: Answer, changes: Iterable[_Set], moments: Moments) -> bool | None:
    """Tell whether an answer was given before one of the changes; None where that is not known of one and of no other."""
    told: set[bool | None] = set()
    for change in changes:
        if change.source == fact.source:
            told.add(answer.line < change.line)
            continue
        then = moments.of(change.source, change.line, change.host).moment
        when = moments.of(fact.source, answer.line, fact.machine.name).moment
        comparable = then is not None and when is not None and then.zone == when.zone and then != when
        told.add(when < then if comparable and then and when else None)
    return True if True in told else None if None in told else False


def newest_uuids(disks: Pieces[Vmdk], several: Collection[tuple[str, str]], facts: SiteFacts) -> dict[tuple[str, str], str]:
    """Return which UUID is the newest of each of the files that were seen with `several`, by its place; ``""`` where the captures' times do not tell."""
    if not several:
        return {}
    moments = Moments(facts)
    latest: dict[tuple[str, str], dict[str, Moment | None]] = {}
    for piece in disks.pieces:
        for vmdk in () if isinstance(piece, PlainFolder) else piece:
            if vmdk.place and vmdk.place in several and vmdk.uuid:
                times = [moments.of(seen.source, seen.line, seen.host).moment for seen in vmdk.sightings if seen.answered]
                known = [time for time in times if time]
                is_whole = len(known) == len(times) and len({time.zone for time in known}) == 1
                latest.setdefault(vmdk.place, {})[vmdk.uuid] = max(known) if is_whole else None
    return {place: _newest(uuids) for place, uuids in latest.items()}


def _newest(latest: dict[str, Moment | None]) -> str:
    times = [time for time in latest.values() if time]
    if len(times) < len(latest) or len({time.zone for time in times}) > 1 or times.count(max(times)) > 1:
        return ""
    return next(uuid for uuid, time in latest.items() if time == max(times))
