"""Names that only a listing knows: a loop printed words around them, and nothing says where in these the name begins.

    Sat Nov 28 10:02:11 UTC 2026 db 1.vmdk        and a listing of the folder has "db 1.vmdk", or both "1.vmdk" and "db 1.vmdk"

A listing counts where the same shell of the same machine shows it. Where just one vmdk of it stands in the words, that is the file; where
several do, none is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.facts.record_blocks import by_kind, kind_of
from reconcile.facts.records import Answer, Entry, Unpaired
from reconcile.facts.worded_names import Worded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconcile.facts.records import Record
    from reconcile.facts.source_reading import Part

_Shell = tuple[str, str, bool]
_WHY = "other words stand beside its name, and no listing of its folder tells which of them are the name"
# In front of a name and behind it: db.vmdk        (db.vmdk)        "db.vmdk":        FILE=db.vmdk        db.vmdk ...
_FRONT, _BEHIND = r"(?:^|(?<=[\s:=(\[\"'\u201c\u2018|>]))", r"(?=$|[\s:;,)\]\"'\u201d\u2019|<]|\.{2,3}(?:\s|$))"


def name_by_listings(parts: Sequence[Part]) -> list[Part]:
    """Return the parts, with the names that their listings know put to the answers that stand among words; the others say why they have none."""
    if not any(kind_of(block) is Worded for part in parts for block in part.blocks):
        return list(parts)
    listed: dict[_Shell, set[str]] = {}
    for part in parts:
        for block in part.blocks:
            if kind_of(block) is Entry:
                listed.setdefault(_shell_of(part), set()).update(_vmdks(block))
    return [_named(part, listed.get(_shell_of(part), set())) for part in parts]


def _shell_of(part: Part) -> _Shell:
    return part.machine, part.shell, part.lost


def _vmdks(entries: Iterable[Record]) -> Iterable[str]:
    """Give the paths of the disks that a listing shows."""
    for entry in entries:
        if isinstance(entry, Entry) and entry.certain and entry.name.lower().endswith(".vmdk"):
            yield f"{entry.directory}/{entry.name}" if entry.directory else entry.name


def _named(part: Part, listed: set[str]) -> Part:
    worded = {record.line: record for record in part.records if isinstance(record, Worded)}
    if not worded:
        return part
    found = {line: path for line, said in worded.items() if (path := _the_one(said, listed))}
    answers = [record for record in part.records if isinstance(record, Answer)]
    uuids: dict[str, set[str]] = {}
    for answer in answers:
        uuids.setdefault(found.get(answer.line, answer.path), set()).add(answer.uuid)
    # Two answers of one name, and neither is believed.
    found = {line: path for line, path in found.items() if len(uuids[path]) == 1}
    records: list[Record] = []
    told = {record.line for record in part.records if isinstance(record, Unpaired)}
    for record in part.records:
        if isinstance(record, Answer) and record.line in found:
            records.append(Answer.of(record.line, found[record.line], record.uuid, followed=worded[record.line].followed))
        elif isinstance(record, Worded):
            records += [Unpaired(record.line, _WHY)] * (record.line not in told and record.line not in found)
        elif not (isinstance(record, Unpaired) and record.line in found):
            records.append(record)
    return part._replace(blocks=by_kind(records))


def _the_one(said: Worded, listed: set[str]) -> str:
    """Return the path of the one listed disk whose name stands in the words, ``""`` where none does, or several do."""
    fitting = [path for path in listed if any(_stands_in(name, said.words) for name in _names_of(path, said.folder))]
    return fitting[0] if len(fitting) == 1 else ""


def _names_of(path: str, folder: str) -> list[str]:
    """Return how a loop that runs in a folder may call a path; one of which the folder is not known may call it by its last part."""
    if not folder:
        return [path.rpartition("/")[2]]
    return [path.removeprefix(f"{folder}/")] if path.startswith(f"{folder}/") else []


def _stands_in(name: str, words: str) -> bool:
    return name in words and re.search(rf"{_FRONT}(?:\./)?{re.escape(name)}{_BEHIND}", words) is not None
