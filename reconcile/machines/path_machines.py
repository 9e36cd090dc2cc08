"""Names from paths, looked at together: where one file's name stands in several folders, it or the folder's may be the machine's.

What the captures show decides: ids that several folders have in common are one machine's, captured several times; other ids in each are
several machines'. Where folders hold answers to other questions, they are called after these.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.path_names import name_in_path, names_of_stem_and_folders
from reconcile.facts.record_blocks import kind_of
from reconcile.facts.records import Answer, Dimm, Disk, Said
from reconcile.facts.source_reading import PlainReading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconcile.facts.source_reading import AnyReading


class _Shown(NamedTuple):
    """What sources of one folder show: ids and UUIDs, and which kinds of facts."""

    ids: set[str]
    kinds: set[object]


def names_that_folders_say(sources: Sequence[tuple[str, str, AnyReading]]) -> dict[str, str]:
    """Return, by label, the machine's name that a source's folders say, for those whose file's name is no machine's."""
    names = [reading.in_path for _, _, reading in sources]
    if len(set(names)) == len(names):
        return {}
    by_name: defaultdict[str, list[int]] = defaultdict(list)
    for index, name in enumerate(names):
        by_name[name_in_path(sources[index][1]) if name is None else name].append(index)
    repeated: dict[str, dict[str, list[int]]] = {}
    for name, indexes in by_name.items():
        if name and len(indexes) > 1:
            folders = _by_folder(name, indexes, sources)
            if len(folders) > 1:
                repeated[name] = folders
    return _decided(repeated, sources) if repeated else {}


def _by_folder(name: str, indexes: Iterable[int], sources: Sequence[tuple[str, str, AnyReading]]) -> dict[str, list[int]]:
    """Return the sources whose file's own name says it, by their folder."""
    found: dict[str, list[int]] = {}
    folders = {sources[index][1].rpartition("/")[0] for index in indexes}
    for index in indexes if len(folders) > 1 else ():
        path = sources[index][1]
        if names_of_stem_and_folders(path)[0] == name:
            found.setdefault(path.rpartition("/")[0], []).append(index)
    return found


def _decided(repeated: dict[str, dict[str, list[int]]], sources: Sequence[tuple[str, str, AnyReading]]) -> dict[str, str]:
    shown = {name: {folder: _shown(sources[index][2] for index in found) for folder, found in by.items()} for name, by in repeated.items()}
    same = {folder for by in shown.values() if _have_in_common(by.values()) for folder in by}
    named: dict[str, str] = {}
    others = {name for name, by in shown.items() if _are_others(by, same)}
    for name in others:
        above = {folder: _machine_above(sources[indexes[0]][1]) for folder, indexes in repeated[name].items()}
        if "" in above.values() or len(set(above.values())) == 1:
            # Folders of visits, and of sites: nothing says another name than the file's own.
            continue
        for folder, indexes in repeated[name].items():
            rivals = [shown[other][folder].ids for other in others if other != name and folder in shown[other]]
            own = shown[name][folder].ids
            # A folder of several machines is called after none of them.
            apart = bool(own) and any(ids and not ids & own for ids in rivals)
            named.update((sources[index][0], f"{above[folder]}/{name}" if apart else above[folder]) for index in indexes)
    return named


# visit2        run-3        round 1
_TIMES = re.compile(r"(?:visit|run|round|day|week|month|pass|try|attempt|time|site|rack|batch|part|q)[-_ ]?[0-9a-z]{0,4}$", re.IGNORECASE)


def _machine_above(path: str) -> str:
    """Return the machine's name that the folders say, where they are not called after visits and places."""
    name = names_of_stem_and_folders(path)[1]
    return "" if _TIMES.match(name) else name


def _have_in_common(folders: Iterable[_Shown]) -> bool:
    shown = [folder.ids for folder in folders]
    return len(set().union(*shown)) < sum(map(len, shown))


def _are_others(by_folder: dict[str, _Shown], same: set[str]) -> bool:
    """Tell whether what bears one name in several folders is several machines'."""
    folders = list(by_folder.values())
    if _have_in_common(folders) or not same.isdisjoint(by_folder):
        return False
    # Of several kinds, each folder may hold another part of one machine's.
    return len(set().union(*(folder.kinds for folder in folders))) < sum(len(folder.kinds) for folder in folders)


def _shown(readings: Iterable[AnyReading]) -> _Shown:
    ids: set[str] = set()
    kinds: set[object] = set()
    for reading in readings:
        if type(reading) is PlainReading:
            ids.update(f"8902-{serial}" for serial in reading.serials)
            kinds.add(Dimm)
            continue
        for part in reading.parts:
            for block in part.blocks:
                kinds.add(kind_of(block))
                for record in block if kind_of(block) in _WITH_IDS else ():
                    ids.add(_id_of(record))
    return _Shown(ids - {""}, kinds)


_WITH_IDS = frozenset({Dimm, Disk, Answer, Said})


def _id_of(record: object) -> str:
    if isinstance(record, Dimm):
        return record.id
    if isinstance(record, Disk):
        return (record.serial or record.wwn).casefold()
    if isinstance(record, Answer):
        return record.uuid
    return record.value if isinstance(record, Said) and record.what == "bios uuid" else ""
