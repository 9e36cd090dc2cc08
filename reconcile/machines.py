"""Whose capture is it? What the capture itself says; else what its path says; else nobody's, called after the source.

A machine that nothing names is nobody else: its name is the source's, in parentheses. Names are compared without case, and a
short name is the full one that begins with it, where the site has just one such.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconcile.made import made
from reconcile.overrides import machine_of
from reconcile.parsers.blocks import kind_of
from reconcile.parsers.records import (
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
from reconcile.path_names import ADDRESS, name_in_path
from reconcile.prompts import is_no_name
from reconcile.readings import PlainReading
from reconcile.strengths import ANSWER, NOBODY, NOTHING, OVERRIDE, PATH, PROMPT, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconcile.overrides import Override
    from reconcile.readings import AnyReading, Part


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
    for label, path, reading in sources:
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
    canonical = canonical_names([machine.name for machines in named for machine in machines])
    if not canonical:
        return named
    return [tuple(Machine(canonical.get(name, name), by, kind) for name, by, kind in machines) for machines in named]


def _named(label: str, bundled: str, by_path: str, kind: str) -> Machine:
    """Name a machine of which the source itself says nothing."""
    if bundled:
        return Machine(bundled, ANSWER, kind)
    return Machine(by_path, PATH, kind) if by_path else Machine(f"({label})", NOTHING, kind)


def _machines_of(label: str, path: str, reading: AnyReading, overruled: str, bundled: str) -> list[Machine]:
    if overruled:
        return [Machine(overruled, OVERRIDE, _kind_of(part)) for part in reading.parts]
    said = _said_by_hostname(reading)
    own = said.get("") if len({name for name, _ in said.values()}) == 1 else None
    by_path = reading.in_path
    if by_path is None:
        by_path = name_in_path(path) if any(not part.machine for part in reading.parts) else ""
    machines: list[Machine] = []
    for part in reading.parts:
        kind = _kind_of(part)
        if part.machine:
            machines.append(Machine(part.machine, part.named_by, kind))
        elif part.named_by == NOBODY or (part.lost and (reading.prompted or said)):
            machines.append(_named(label, "", "", kind))
        elif by_hostname := said.get(part.shell, own if part.named_by != UNKNOWN else None):
            machines.append(Machine(*by_hostname, kind))
        elif reading.prompted or part.named_by == UNKNOWN:
            machines.append(_named(label, "", "", kind))
        else:
            machines.append(_named(label, bundled, by_path, kind))
    return machines


# What nearly every source says of itself.
_NOT_SAID: dict[str, tuple[str, str]] = {}


def _said_by_hostname(reading: AnyReading) -> dict[str, tuple[str, str]]:
    """Return, for each shell of a source that names itself without contradiction, its name and what says it."""
    names: dict[str, dict[str, str]] = {}
    for part in reading.parts:
        for block in () if part.machine or part.lost or part.named_by == NOBODY else part.blocks:
            if kind_of(block) is Hostname:
                for record in block:
                    if isinstance(record, Hostname) and not is_no_name(record.name):
                        names.setdefault(part.shell, {})[record.name] = ANSWER
    return {shell: next(iter(found.items())) for shell, found in names.items() if len(found) == 1} if names else _NOT_SAID


def _kind_of(part: Part) -> str:
    for block in part.blocks:
        kind = kind_of(block)
        if kind in _GUEST_RECORDS:
            return "guest"
        if kind in _HOST_RECORDS or any(isinstance(record, Entry) and record.directory.startswith("/vmfs/") for record in block):
            return "host"
    return ""


def canonical_names(names: Iterable[str]) -> dict[str, str]:
    """Map names to those that are shown instead: of spellings the first in order, of a short and its one full name the full."""
    distinct = sorted(set(names))
    keys = [name.casefold() for name in distinct]
    # Of those with one key, the first is the last that is put in.
    shown = dict(zip(reversed(keys), reversed(distinct), strict=True))
    full: dict[str, list[str]] = {}
    for key in shown:
        if "." in key and not ADDRESS.match(key) and not key.startswith("("):
            full.setdefault(key.partition(".")[0], []).append(key)
    longer = {short: keys_of[0] for short, keys_of in full.items() if len(keys_of) == 1}
    if not longer and len(shown) == len(distinct):
        return {}
    found = {name: shown[longer.get(key, key)] for name, key in zip(distinct, keys, strict=True)}
    return {name: another for name, another in found.items() if name != another}
