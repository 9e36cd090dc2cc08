"""Support bundles: whose a bundle is, and whether one of its kind can carry the answer at all.

A bundle is a folder in a capture that a program filled, known by the names that this program gives: sosreport's
``sos_commands``, ``insights_commands``, a supportconfig's ``scc_HOST_...`` folder, vm-support's ``commands/localcli_...``, UAC's
``live_response``. One of its files says whose it is. Sources: sos and supportutils, and public parsers of vm-support and UAC.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.machine_names import is_no_name
from reconcile.facts.records import Answer, Dimm, Hostname

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconcile.machines.places import SourceOf


class Kind(NamedTuple):
    """A kind of bundle: what it is called, where it is made, and the folder or file by which it is known."""

    name: str
    side: str
    mark: re.Pattern[str]


KINDS = (
    Kind("sosreport", "guest", re.compile(r"(?:^|(?<=/))sos_commands/")),
    Kind("insights archive", "guest", re.compile(r"(?:^|(?<=/))insights_commands/")),
    Kind("supportconfig", "guest", re.compile(r"(?:^|(?<=/))(?=(?:scc|nts)_[^/]+/[a-z0-9-]+\.txt$)")),
    Kind("vm-support bundle", "host", re.compile(r"(?:^|(?<=/))commands/(?=(?:localcli|esxcfg|vmware|vmkfstools|uname_-a|ls_)[^/]*\.(?:txt|json)$)")),
    Kind("UAC collection", "host", re.compile(r"(?:^|(?<=/))live_response/")),
)  # fmt: skip


# What each of these marks holds, one or another.
_MARKS = ("commands/", "live_response/", "scc_", "nts_")


class Bundle(NamedTuple):
    """One bundle of a site: the CAPTURE argument that holds it and the folder below it, ``""`` or ending in a slash."""

    argument: str
    root: str
    kind: Kind


def find_bundles(sources: Sequence[SourceOf]) -> dict[Bundle, list[int]]:
    """Return the bundles among sources, each with the indexes of the sources in it."""
    found: dict[tuple[str, str], Bundle] = {}
    # Few captures have any: a look at all paths together says so.
    paths = "\n".join([source.path for source in sources])
    for source in sources if any(mark in paths for mark in _MARKS) else ():
        for kind in KINDS:
            mark = kind.mark.search(source.path)
            if mark:
                root = source.path[: mark.start()]
                if kind.name == "supportconfig":
                    root = source.path[: source.path.rindex("/") + 1]
                found.setdefault((source.argument, root), Bundle(source.argument, root, kind))
                break
    members: dict[Bundle, list[int]] = {bundle: [] for bundle in found.values()}
    if not found:
        return members
    for index, source in enumerate(sources):
        for root in _folders_above(source.path):
            bundle = found.get((source.argument, root))
            if bundle:
                members[bundle].append(index)
                break
    return members


def _folders_above(path: str) -> Iterable[str]:
    """Give the folders that a path is in, the nearest first; ``""`` is the argument itself."""
    end = path.rfind("/")
    while end >= 0:
        yield path[: end + 1]
        end = path.rfind("/", 0, end)
    yield ""


def names_of_bundles(sources: Sequence[SourceOf], bundles: dict[Bundle, list[int]]) -> dict[str, str]:
    """Return, by the label of each source in a bundle that says whose it is, that name."""
    named: dict[str, str] = {}
    for members in bundles.values():
        name = _name_said(sources[index] for index in members)
        if name:
            named.update((sources[index].label, name) for index in members)
    return named


# sos_commands/host/hostname        commands/uname_-a.txt        basic-environment.txt (supportconfig)
_SAYS_NAME = re.compile(r"(?:.*/)?(?:hostname(?:_-f)?|uname(?:_-a)?|basic-environment)(?:\.txt)?$")


def _name_said(members: Iterable[SourceOf]) -> str:
    names = {
        record.name.casefold(): record.name
        for source in members
        if _SAYS_NAME.match(source.path)
        for part in source.reading.parts
        if not part.lost
        for record in part.records
        if isinstance(record, Hostname) and not is_no_name(record.name)
    }
    shorts = {key.partition(".")[0] for key in names}
    return names[max(names, key=len)] if len(shorts) == 1 else ""


def lacks_answer(sources: Sequence[SourceOf], bundle: Bundle, members: Sequence[int]) -> bool:
    """Tell whether a bundle holds nothing that joins: no dimm's id in a guest's, no disk's UUID in a host's."""
    kind = Dimm if bundle.kind.side == "guest" else Answer
    return not any(isinstance(record, kind) for index in members for part in sources[index].reading.parts for record in part.records)
