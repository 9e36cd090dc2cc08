"""Directories that were followed through ``cd``: where the captures contradict them, a line was lost and they are not believed.

A prompt without a directory leaves only the ``cd`` commands to say where one is. If one of these is missing from the transcript,
everything behind it is put in the wrong folder. Three things show that: one file with two UUIDs, a UUID of a file that the
listing of its directory does not show, and two listings of one directory that differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from reconcile.facts.record_blocks import may_hold
from reconcile.facts.records import Answer, Entry, Listed, UuidSet
from reconcile.machines.places import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.machines.places import Fact
    from reconcile.machines.site_facts import SiteFacts

Directory = tuple[int, str, str]


def doubtful_directories(facts: SiteFacts) -> dict[Directory, Place]:
    """Return source, machine and path of each directory that is in doubt, and a place that shows it."""
    found: dict[Directory, Place] = {}
    listings = _listings(facts)
    changed = {(fact.source, change.path) for fact, change in facts.of(UuidSet)}
    uuids: dict[tuple[int, str, str], str] = {}
    for fact, answer in _followed(facts, Answer):
        directory, _, name = answer.path.rpartition("/")
        if not directory:
            continue
        key = (fact.source, fact.machine.name, directory)
        place = Place(fact.source, answer.line)
        before = uuids.setdefault((fact.source, fact.machine.name, answer.path), answer.uuid)
        if before != answer.uuid and (fact.source, answer.path) not in changed:
            found.setdefault(key, place)
        names = listings.get(key)
        if names and not name.startswith(".") and not any(name in listed for _, listed in names):
            found.setdefault(key, place)
    for key, names in listings.items():
        if any(listed != names[0][1] for _, listed in names):
            found.setdefault(key, names[1][0])
    return found


def _listings(facts: SiteFacts) -> dict[Directory, list[tuple[Place, frozenset[str]]]]:
    """Return the names in each whole listing of each followed directory."""
    names: dict[tuple[int, int, str], set[str]] = {}
    for fact, entry in _followed(facts, Entry):
        if not entry.name.startswith("."):
            names.setdefault((fact.source, entry.answer, entry.directory), set()).add(entry.name)
    found: dict[Directory, list[tuple[Place, frozenset[str]]]] = {}
    for fact, listed in _followed(facts, Listed):
        shown = frozenset(names.get((fact.source, listed.answer, listed.directory), ()))
        key = (fact.source, fact.machine.name, listed.directory)
        found.setdefault(key, []).append((Place(fact.source, listed.line), shown))
    return found


_Followed = TypeVar("_Followed", Answer, Entry, Listed)


def _followed(facts: SiteFacts, kind: type[_Followed]) -> Iterator[tuple[Fact, _Followed]]:
    """Give the facts of one kind whose directory was followed."""
    field = kind._fields.index("followed")
    for fact, block in facts.blocks(kind):
        if may_hold(block, field, value=True):
            yield from ((fact, record) for record in block if record.followed)
