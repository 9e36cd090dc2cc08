"""Lists of sums that a site made over its captures: which source is what was captured there, and which is not.

A list speaks of the files below its own folder, as a rule; where it was made elsewhere and carried in, or names whole paths, that
folder counts below which most of its names and sums are found. A file that bears another name and has a listed sum was renamed.
"""

from __future__ import annotations

import itertools
import os
import posixpath
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from reconcile.capture.sources import STDIN, visible_path
from reconcile.facts.records import Hostname, Sum
from reconcile.machines.places import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconcile.capture.sources import Outcome, Source
    from reconcile.machines.site_facts import SiteFacts


class Verdict(StrEnum):
    """What the lists say of a source."""

    VERIFIED = "verified"
    DIFFERS = "differs"
    NOT_LISTED = "not listed"
    NOT_READ = "not read"
    LIST = "list"


class Differing(NamedTuple):
    """A source that is not what a list says, and where that stands."""

    label: str
    sha256: str
    listed: str
    place: Place


class Absent(NamedTuple):
    """A file that a list names and no capture is."""

    path: str
    place: Place


class Manifest(NamedTuple):
    """What the lists of a site say: by each source's label a verdict (none where there is no list), and what is wrong.

    `strange` are the lists of which not one file was found.
    """

    verdicts: dict[str, Verdict]
    differing: tuple[Differing, ...] = ()
    absent: tuple[Absent, ...] = ()
    strange: tuple[tuple[Place, int], ...] = ()


def find_manifest(outcomes: Sequence[Outcome], facts: SiteFacts) -> Manifest:
    """Compare a site's sources with the lists of sums among them."""
    lists: dict[int, list[Sum]] = {}
    for fact, listed in facts.of(Sum):
        lists.setdefault(fact.source, []).append(listed)
    lists = {index: sums for index, sums in lists.items() if _is_list(facts, index)}
    return _Comparison(outcomes, facts).of(lists) if lists else Manifest({})


def _is_list(facts: SiteFacts, index: int) -> bool:
    """Tell whether a source is a list and nothing else: what a session prints of a machine's own files is none."""
    return all(isinstance(record, Sum | Hostname) for part in facts.sources[index].reading.parts for record in part.records)


class _Comparison:
    """Compares the lists of one site with its sources, one list after the other."""

    def __init__(self, outcomes: Sequence[Outcome], facts: SiteFacts) -> None:
        self._outcomes = outcomes
        self._read = [index for index, outcome in enumerate(outcomes) if outcome.reading]
        self._bundled = {index for members in facts.bundles.values() for index in members}
        self._at: dict[str, list[int]] = {}
        self._by_sum: dict[str, list[int]] = {}
        self._place_of: list[str] = []
        for index, outcome in enumerate(outcomes):
            where = _location(outcome.source)
            self._place_of.append(where)
            self._at.setdefault(where, []).append(index)
            if outcome.reading:
                self._by_sum.setdefault(outcome.reading.sha256, []).append(index)
        self._verdicts: dict[int, Verdict] = {}
        self._differing: list[Differing] = []
        self._absent: list[Absent] = []
        self._strange: list[tuple[Place, int]] = []

    def of(self, lists: dict[int, list[Sum]]) -> Manifest:
        counted = {self._read[number]: self._compare(number, sums) for number, sums in lists.items()}
        if not any(counted.values()):
            return Manifest({})
        for index, counts in counted.items():
            if counts:
                self._verdicts.setdefault(index, Verdict.LIST)
        verdicts = {}
        for index, outcome in enumerate(self._outcomes):
            above = [other for container in _containers(self._place_of[index]) for other in self._at.get(container, ())]
            own = [self._verdicts[found] for found in (index, *above) if found in self._verdicts]
            verdicts[outcome.source.label] = own[0] if own else Verdict.NOT_LISTED
        return Manifest(verdicts, tuple(self._differing), tuple(self._absent), tuple(self._strange))

    def _compare(self, number: int, sums: Sequence[Sum]) -> bool:
        """Compare one list; return whether it counts, as one in a support bundle of which nothing is found does not."""
        own = self._read[number]
        names = [_parts(listed) for listed in sums]
        base, dropped = self._placed(own, sums, names)
        found = [self._at.get(_below(base, parts[dropped:]), []) for parts in names]
        named = {index for indexes in found for index in indexes}
        absent: list[Absent] = []
        counts = False
        for listed, indexes in zip(sums, found, strict=True):
            if own in indexes or (not indexes and posixpath.basename(listed.path) == posixpath.basename(self._place_of[own])):
                # A list that was being written while its files were summed has its own first bytes' sum.
                continue
            renamed = [] if indexes else [index for index in self._by_sum.get(listed.sha256, ()) if index not in named and index != own]
            for index in indexes or renamed:
                self._judge(index, listed, Place(number, listed.line))
            counts = counts or bool(indexes or renamed)
            if not indexes and not renamed:
                absent.append(Absent(visible_path(listed.path), Place(number, listed.line)))
        if counts:
            self._absent += absent
        elif absent and own not in self._bundled:
            self._strange.append((absent[0].place, len(absent)))
        return counts or own not in self._bundled

    def _judge(self, index: int, listed: Sum, place: Place) -> None:
        outcome = self._outcomes[index]
        if outcome.reading is None:
            self._verdicts.setdefault(index, Verdict.NOT_READ)
        elif outcome.reading.sha256 == listed.sha256:
            self._verdicts.setdefault(index, Verdict.VERIFIED)
        else:
            self._verdicts[index] = Verdict.DIFFERS
            self._differing.append(Differing(outcome.source.label, outcome.reading.sha256, listed.sha256, place))

    def _placed(self, own: int, sums: Sequence[Sum], names: Sequence[tuple[str, ...]]) -> tuple[str, int]:
        """Return the folder that a list's names begin at, and how many of their first parts to drop."""
        best, most = (posixpath.dirname(self._place_of[own]), 0), (-1, -1)
        sample = list(zip(sums, names, strict=True))[:_ENOUGH]
        for base in itertools.islice(self._bases(own), _MOST_FOLDERS):
            for dropped in range(min(_MOST_FOLDERS, max(len(parts) for _, parts in sample))):
                agree = met = 0
                for listed, parts in sample:
                    indexes = self._at.get(_below(base, parts[dropped:]), ()) if len(parts) > dropped else ()
                    met += bool(indexes)
                    agree += any((found := self._outcomes[index].reading) and found.sha256 == listed.sha256 for index in indexes)
                if (agree, met) > most:
                    best, most = (base, dropped), (agree, met)
                if met == len(sample):
                    return best
        return best

    def _bases(self, own: int) -> Iterable[str]:
        """Give the folders that a list may speak of: its own, archives, and those above it."""
        base = posixpath.dirname(self._place_of[own])
        yield base
        yield from sorted({f"{container}!" for place in self._place_of for container in _containers(place)})[: _MOST_FOLDERS // 2]
        while base not in {"", "/"}:
            base = posixpath.dirname(base)
            yield base


# Where a list's names begin shows in the first of them; nobody keeps captures more folders deep.
_ENOUGH = 200
_MOST_FOLDERS = 16


def _location(source: Source) -> str:
    """Return where a source lies, with ``/`` between folders and ``!/`` behind archives."""
    if source.file == STDIN:
        return STDIN
    file = visible_path(source.file)
    file = file.replace(os.sep, "/") if os.sep != "/" else file
    _, mark, inner = source.path.partition("!/")
    return f"{file}!/{inner}" if mark and not file.endswith(source.path) else file


def _containers(place: str) -> list[str]:
    """Return the archives that a place is in, the nearest first."""
    parts = place.split("!/")
    return ["!/".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]


def _parts(listed: Sum) -> tuple[str, ...]:
    r"""Return a name's folders and its last part. A backslash that no escape speaks of is Windows': ``guests\db01.txt``."""
    path = visible_path(listed.path if listed.escaped else listed.path.replace("\\", "/"))
    return tuple(part for part in path.split("/") if part not in {"", "."})


def _below(base: str, parts: Sequence[str]) -> str:
    path = "/".join((base.rstrip("/"), *parts))
    return posixpath.normpath(path) if ".." in parts else path
