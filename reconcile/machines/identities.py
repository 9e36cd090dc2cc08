"""A name is evidence that two captures are one machine's, and not more: what the captures show may say that they are two machines'.

Two BIOS UUIDs under one name are two machines. So are files whose paths name other machines and whose answers contradict each other, as
of clones that nobody renamed.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from reconcile.base.uuid_text import canonical_uuid
from reconcile.capture.unnamed_machines import ids_of
from reconcile.facts.path_names import name_in_path, without_roles
from reconcile.facts.record_blocks import kind_of
from reconcile.facts.records import Said
from reconcile.facts.source_reading import PlainReading
from reconcile.facts.strengths import ANSWER, HEADER, PROMPT, WORD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconcile.facts.source_reading import AnyReading
    from reconcile.machines.naming import Machine

    _Sources = Sequence[tuple[str, str, AnyReading]]
    _Named = list[tuple[Machine, ...]]


class Namesakes(NamedTuple):
    """Several machines that bear one name: the labels of the first source of each, and what tells them apart."""

    name: str
    labels: tuple[str, ...]
    reason: str


# What says a name in the capture; what the user says, or an object, is not doubted, and a path names one machine.
_SAID = frozenset({ANSWER, HEADER, PROMPT, WORD})


def tell_apart(sources: _Sources, named: _Named) -> tuple[_Named, list[Namesakes]]:
    """Give machines that share a name names of their own, and say which these are."""
    by_name: defaultdict[str, list[int]] = defaultdict(list)
    for index, machines in enumerate(named):
        for name in {machine.name for machine in machines if machine.named_by in _SAID}:
            by_name[name].append(index)
    found: list[Namesakes] = []
    renamed: dict[int, dict[str, str]] = {}
    for name, indexes in by_name.items():
        if len(indexes) > 1:
            groups, reason = _groups(name, indexes, sources, named)
            if len(groups) > 1:
                labels = tuple(sources[group[0]][0] for group in groups)
                found.append(Namesakes(name, labels, reason))
                for group in groups:
                    for index in group:
                        renamed.setdefault(index, {})[name] = f"{name} ({sources[group[0]][0]})"
    for index, names in renamed.items():
        named[index] = tuple(machine._replace(name=names.get(machine.name, machine.name)) for machine in named[index])
    return named, found


def _groups(name: str, indexes: list[int], sources: _Sources, named: _Named) -> tuple[list[list[int]], str]:
    """Return the sources of each machine of one name, and what tells these apart."""
    shown = {index: _bios_uuids(name, index, sources, named) for index in indexes}
    if len(set().union(*shown.values())) > 1 and all(len(uuids) <= 1 for uuids in shown.values()):
        return _by_uuid(indexes, shown, sources), "they show different BIOS UUIDs"
    paths = {index: _other_name(sources[index]) for index in indexes}
    if len(set(paths.values()) - {""}) > 1 and _contradict(name, indexes, paths, sources, named):
        groups: dict[str, list[int]] = {}
        for index in indexes:
            groups.setdefault(paths[index] or f"({sources[index][0]})", []).append(index)
        return list(groups.values()), "their paths name different machines, and their answers contradict each other"
    return [indexes], ""


def _bios_uuids(name: str, index: int, sources: _Sources, named: _Named) -> set[str]:
    reading = sources[index][2]
    if type(reading) is PlainReading:
        return set()
    return {
        canonical_uuid(record.value)
        for part, machine in zip(reading.parts, named[index], strict=True)
        if machine.name == name
        for block in part.blocks
        if kind_of(block) is Said
        for record in block
        if isinstance(record, Said) and record.what == "bios uuid"
    }


def _by_uuid(indexes: Iterable[int], shown: dict[int, set[str]], sources: _Sources) -> list[list[int]]:
    """Put a source that shows no UUID to the one that a source of its folder shows, if that is one; else it is by itself."""
    folders: defaultdict[str, set[str]] = defaultdict(set)
    for index, uuids in shown.items():
        folders[_folder(sources[index][1])] |= uuids
    groups: dict[str, list[int]] = {}
    for index in indexes:
        uuids = shown[index] or folders[_folder(sources[index][1])]
        groups.setdefault(next(iter(uuids)) if len(uuids) == 1 else f"({sources[index][0]})", []).append(index)
    return list(groups.values())


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _other_name(source: tuple[str, str, AnyReading]) -> str:
    """Return the name that a source's path says, ``""`` where it says none."""
    _, path, reading = source
    found = name_in_path(path) if reading.in_path is None else reading.in_path
    return without_roles(found.partition(".")[0])


def _contradict(name: str, indexes: Iterable[int], paths: dict[int, str], sources: _Sources, named: _Named) -> bool:
    """Tell whether files whose paths name different machines show other dimms or disks, and none says when it was made."""
    shown: list[tuple[str, dict[str, str]]] = []
    for index in indexes:
        ids: dict[str, str] = {}
        for part, machine in zip(sources[index][2].parts, named[index], strict=True):
            if machine.name != name:
                continue
            if any(isinstance(record, Said) and record.what == "time" for record in part.records):
                return False
            ids |= ids_of(part)
        if ids and paths[index]:
            shown.append((paths[index], ids))
    return any(one != other and _differ(ids, others) for one, ids in shown for other, others in shown)


def _differ(ids: dict[str, str], others: dict[str, str]) -> bool:
    """Tell whether two sets of devices of one kind are not one machine's at one time."""
    for kind in (False, True):
        one, other = ({name: ident for name, ident in shown.items() if name.startswith("disk ") is kind} for shown in (ids, others))
        # Those of one machine may be numbered anew at each boot.
        if one and other and set(one.values()) != set(other.values()):
            return True
    return False
