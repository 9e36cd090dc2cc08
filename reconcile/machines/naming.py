"""Whose capture is it? What the capture itself says; else what its path says; else nobody's, called after the source.

A machine that nothing names is nobody else: its name is the source's, in parentheses. Names are compared without case, and a
short name is the full one that begins with it, where the site has just one such.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.base.named_tuples import made
from reconcile.capture.nameless_prompts import have_nothing_in_common, shown_by
from reconcile.capture.unnamed_machines import contradict, ids_of
from reconcile.facts.machine_names import is_no_name
from reconcile.facts.path_names import ADDRESS, name_in_path
from reconcile.facts.record_blocks import kind_of
from reconcile.facts.records import (
    Answer,
    Asked,
    Attached,
    Dimm,
    Disk,
    Entry,
    Filesystem,
    Hostname,
    Mapping,
    Mount,
    Namespace,
    Region,
    UuidSet,
    Vm,
)
from reconcile.facts.source_reading import PlainReading
from reconcile.facts.strengths import ANSWER, COMMAND, HEADER, NOBODY, NOTHING, OBJECT, OVERRIDE, PATH, PROMPT, SSH, UNKNOWN, WORD
from reconcile.machines.machines_file import machine_of
from reconcile.machines.path_machines import names_that_folders_say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from reconcile.facts.source_reading import AnyReading, Part
    from reconcile.machines.machines_file import Override


class Machine(NamedTuple):
    """A part's machine: its name, what named it, and whether it is a ``host``, a ``guest`` or either (``""``)."""

    name: str
    named_by: str
    kind: str


_GUEST_RECORDS = frozenset({Dimm, Region, Mapping, Namespace, Mount, Disk})
_HOST_RECORDS = frozenset({Filesystem, Answer, Asked, UuidSet, Vm, Attached})


def name_machines(
    sources: Sequence[tuple[str, str, AnyReading]], overrides: Sequence[Override] = (), bundled: dict[str, str] | None = None
) -> list[tuple[Machine, ...]]:
    """Name the machine of each part of each source of one site.

    A source is its label (unique in the site), its path below the CAPTURE argument, and what was read of it. `overrides` are asked
    first; `bundled` says by label whose the bundle is that a source belongs to.
    """
    bundled = bundled or {}
    named: list[tuple[Machine, ...]] = []
    by_folder = names_that_folders_say(sources)
    for label, path, reading in sources:
        if label in by_folder:
            reading = reading._replace(in_path=by_folder[label])  # noqa: PLW2901 -- what its path says is not what it seemed to say
        overruled = machine_of(label, overrides) if overrides else ""
        if type(reading) is not PlainReading:
            named.append(tuple(_machines_of(label, path, reading, overruled, bundled.get(label, ""))))
        elif overruled:
            named.append((Machine(overruled, OVERRIDE, "guest"),))
        elif reading.host:
            named.append((made(Machine, (reading.host, PROMPT, "guest")),))
        elif reading.in_path and not bundled:
            named.append((made(Machine, (reading.in_path, PATH, "guest")),))
        else:
            by_path = name_in_path(path) if reading.in_path is None else reading.in_path
            named.append((_named(label, bundled.get(label, ""), by_path, "guest"),))
    words = _words_of_several(sources, named)
    canonical = canonical_names({machine[:2] for machines in named for machine in machines})
    if not canonical and not words:
        return named
    return [
        tuple(
            Machine(f"({label})", NOTHING, kind) if by == WORD and name in words else Machine(canonical.get(name, name), by, kind)
            for name, by, kind in machines
        )
        for (label, *_), machines in zip(sources, named, strict=True)
    ]


def _words_of_several(sources: Sequence[tuple[str, str, AnyReading]], named: Sequence[tuple[Machine, ...]]) -> set[str]:
    """Return the bare words in prompts that stand in captures whose paths name several machines, or lie in several folders."""
    places: dict[str, set[str]] = {}
    for (_, path, reading), machines in zip(sources, named, strict=True):
        for name, by, _ in machines:
            if by == WORD:
                by_path = name_in_path(path) if reading.in_path is None else reading.in_path
                places.setdefault(name, set()).add(by_path.casefold() or path.rpartition("/")[0])
    return {name for name, found in places.items() if len(found) > 1}


def _named(label: str, bundled: str, by_path: str, kind: str) -> Machine:
    """Name a machine of which the source itself says nothing."""
    if bundled:
        return Machine(bundled, ANSWER, kind)
    return Machine(by_path, PATH, kind) if by_path else Machine(f"({label})", NOTHING, kind)


def _machines_of(label: str, path: str, reading: AnyReading, overruled: str, bundled: str) -> list[Machine]:
    if overruled:
        return [Machine(overruled, OVERRIDE, _kind_of(part)) for part in reading.parts]
    by_path = reading.in_path
    if by_path is None:
        by_path = name_in_path(path) if any(not part.machine or part.named_by == WORD for part in reading.parts) else ""
    source = _Source(label, bundled, by_path, reading)
    return source.nobodies_told_apart([source.machine_of(at) for at in range(len(reading.parts))])


class _Source:
    """One source: what names the machine of each of its parts."""

    def __init__(self, label: str, bundled: str, by_path: str, reading: AnyReading) -> None:
        self._label = label
        self._bundled = bundled
        self._by_path = by_path
        self._reading = reading
        self._said = said_names(reading.parts)
        prompted = {(name.casefold(), by) for name, by in reading.prompted}
        words = {name for name, by in prompted if by == WORD}
        # Whether something in the source says that its parts are several machines', or which one's they are.
        self._is_named = len(words) < len(prompted) or any(part.named_by in {HEADER, NOBODY} for part in reading.parts)
        objects = {part.machine.casefold().partition(".")[0] for part in reading.parts if part.named_by == OBJECT}
        are_others = bool(objects - {by_path.casefold().partition(".")[0]})
        self._are_several = self._is_named or len(words) > 1 or are_others or contradict(reading.parts, reading.unread)
        only = {name for names in self._said.values() for _, name in names}
        self._own = next(iter(self._said.get("", [(0, "")])))[1] if len(only) == 1 else ""

    def machine_of(self, at: int) -> Machine:  # noqa: PLR0911 -- one a strength
        """Name the machine of one part: by what says so most strongly."""
        part = self._reading.parts[at]
        kind = _kind_of(part)
        if part.named_by == OBJECT:
            return Machine(part.machine, OBJECT, kind) if part.machine else self._nobody(kind)
        if part.named_by == NOBODY and not (part.shell.startswith(HEADER) and part.shell in self._said):
            return self._nobody(kind)
        if part.lost and (self._reading.prompted or self._said):
            return self._nobody(kind)
        said = "" if part.lost or part.named_by in {SSH, COMMAND} else self._answer(part)
        if said and not (part.machine and _are_one(said, part.machine)):
            return Machine(said, ANSWER, kind)
        if part.machine and (part.named_by != WORD or self._are_several or not self._by_path):
            return Machine(part.machine, part.named_by, kind)
        if said is None or self._are_several or part.named_by == UNKNOWN or self._was_left_as_another(part):
            return self._nobody(kind)
        return _named(self._label, self._bundled, self._by_path, kind)

    def _answer(self, part: Part) -> str | None:
        """Return the name that the part's shell gave itself, ``""`` where it gave none, None where it gave several and none counts."""
        names = self._said.get(part.shell)
        if not names:
            return "" if part.machine or part.shell or part.named_by == UNKNOWN else self._own
        if len({name.casefold() for _, name in names}) == 1:
            return names[0][1]
        # What was captured by one recipe each begins with the name: each answer stands below its own.
        above = [name for line, name in names if line <= part.line]
        first = min(other.line for other in self._reading.parts if other.shell == part.shell)
        return above[-1] if above and names[0][0] <= first else None

    def _was_left_as_another(self, part: Part) -> bool:
        """Tell whether the session of a part ends with the words that another machine's connection was closed than the path names."""
        left = next((bound.machine for bound in self._reading.bounds if bound.line > part.line), "")
        return bool(left) and not ADDRESS.match(left) and not is_no_name(left) and bool(self._by_path) and not _are_one(left, self._by_path)

    def _nobody(self, kind: str) -> Machine:
        return Machine(f"({self._label})", NOTHING, kind)

    def nobodies_told_apart(self, machines: list[Machine]) -> list[Machine]:
        """Give those whom nothing names a name each, where what they show, or what stands between them, says that they are several."""
        nobody = f"({self._label})"
        shown: list[dict[str, str]] = []
        wholes: list[dict[str, frozenset[str]]] = []
        lines: list[int] = []
        for at, (part, machine) in enumerate(zip(self._reading.parts, machines, strict=True)):
            if machine.name != nobody or machine.named_by != NOTHING:
                continue
            own, whole = ids_of(part), shown_by(part)
            fits = bool(shown) and not any(shown[-1].get(dev, ident) != ident for dev, ident in own.items())
            if not fits or have_nothing_in_common(whole, wholes[-1]):
                shown.append({})
                wholes.append({})
                lines.append(part.line)
            shown[-1].update(own)
            wholes[-1].update({question: things | wholes[-1].get(question, frozenset()) for question, things in whole.items()})
            if len(shown) > 1:
                machines[at] = machine._replace(name=f"({self._label}:{lines[-1]})")
        return machines


def _are_one(name: str, other: str) -> bool:
    """Tell whether two names do not contradict each other: they are one, or one is the other's short form."""
    shorter, longer = sorted((name.casefold(), other.casefold()), key=len)
    return shorter == longer or longer.startswith(f"{shorter}.")


# What nearly every source says of itself.
_NOT_SAID: dict[str, list[tuple[int, str]]] = {}


# What a shell that asked another machine shows says nothing of the shell's own.
_OF_OTHERS = frozenset({SSH, COMMAND, OBJECT})


def said_names(parts: Iterable[Part]) -> dict[str, list[tuple[int, str]]]:
    """Return the names that each shell of a source gives itself, each with its line."""
    names: dict[str, list[tuple[int, str]]] = {}
    for part in parts:
        is_anothers = part.lost or part.named_by in _OF_OTHERS or (part.named_by == NOBODY and not part.shell.startswith(HEADER))
        for block in () if is_anothers else part.blocks:
            if kind_of(block) is Hostname:
                for record in block:
                    if isinstance(record, Hostname) and not is_no_name(record.name):
                        names.setdefault(part.shell, []).append((record.line, record.name))
    return names or _NOT_SAID


def _kind_of(part: Part) -> str:
    for block in part.blocks:
        kind = kind_of(block)
        if kind in _GUEST_RECORDS:
            return "guest"
        if kind in _HOST_RECORDS or any(isinstance(record, Entry) and record.directory.startswith("/vmfs/") for record in block):
            return "host"
    return ""


def canonical_names(machines: Collection[tuple[str, str]]) -> dict[str, str]:
    """Map names to those that are shown instead: of spellings the first in order, of a short and its one full name the full.

    `machines` are names, each with what names it: what a path says behind a dot is no domain.
    """
    distinct = sorted({name for name, _ in machines})
    keys = [name.casefold() for name in distinct]
    # Of those with one key, the first is the last that is put in.
    shown = dict(zip(reversed(keys), reversed(distinct), strict=True))
    full: dict[str, set[str]] = {}
    for name, by in machines:
        if "." in name and not ADDRESS.match(name) and not name.startswith("(") and (by != PATH or _DOMAIN.search(name)):
            full.setdefault(name.casefold().partition(".")[0], set()).add(name.casefold())
    longer = {short: min(keys_of) for short, keys_of in full.items() if len(keys_of) == 1}
    if not longer and len(shown) == len(distinct):
        return {}
    found = {name: shown[longer.get(key, key)] for name, key in zip(distinct, keys, strict=True)}
    return {name: another for name, another in found.items() if name != another}


# db01.example.net: what a file's name has behind one dot alone, as in web.1 and db01.dev, tells files apart and is no domain.
_DOMAIN = re.compile(r"\.[A-Za-z0-9-]{1,63}\.[A-Za-z]{2,63}$")
