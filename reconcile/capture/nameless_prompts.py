"""Whether behind prompts that name nobody, or name him by a bare word, one machine answered or several.

Two whole answers to one question that have nothing in common are two machines', where no command between them could have changed that much:
a host's table of file systems has at least its own boot volumes in it each time, a folder keeps its files, a guest its dimms until it is
switched off. A host has one datastore on persistent memory. What merely differs may have changed meanwhile, and a folder that is known only by
following ``cd`` may be another one.
"""

from __future__ import annotations

import re
from bisect import bisect
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.record_blocks import kind_of
from reconcile.facts.records import Answer, Dimm, Disk, Entry, Filesystem, Hostname, Listed, Partial
from reconcile.facts.source_reading import Part
from reconcile.facts.strengths import HEADER, NOBODY, UNKNOWN, WORD
from reconcile.transcript.sections import Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconcile.facts.source_reading import Bound
    from reconcile.transcript.sections import Run

Shown = dict[str, frozenset[str]]
_NAMELESS = frozenset({"", WORD})
_PMEM_STORE = "datastore on persistent memory"
_PMEM = re.compile(r"/vmfs/volumes/(PMemDS-[0-9a-f-]{36})(?=/|$)", re.IGNORECASE)
# What may leave nothing of what was there, or end what one prompt stands for.
_CHANGES = re.compile(
    r"\b(?:rm|mv|cp|mkfs\S{0,8}|u?mount|reboot|poweroff|shutdown|halt|init|kexec|exit|logout|su|ssh|plink|putty|mosh|telnet|vim-cmd|unmount|unregister|delete"
    r"|setuuid|vmkfstools +-(?!J|P|q|t|v|h))\b"
)


def shown_by(part: Part) -> Shown:
    """Return what a part shows of what every whole answer shows, by the question."""
    found: dict[str, set[str]] = {}
    kinds: set[object] = {kind_of(block) for block in part.blocks}
    for block in part.blocks:
        for question, thing in _things(block, kind_of(block), kinds):
            found.setdefault(question, set()).add(thing)
    return {question: frozenset(things) for question, things in found.items()}


def _things(block: Iterable[object], kind: object, kinds: set[object]) -> Iterator[tuple[str, str]]:
    for record in block if kind in {Answer, Entry, Filesystem, Dimm, Disk} else ():
        where = ""
        if isinstance(record, Filesystem):
            where = record.mounted_on
            yield "file systems", record.mounted_on
        elif isinstance(record, Entry):
            where = f"{record.directory}/{record.name}"
            if Listed in kinds and record.directory and not record.followed:
                yield f"listing of {record.directory}", record.name
        elif isinstance(record, Answer):
            where = record.path
        elif isinstance(record, Dimm) and record.id and Partial not in kinds:
            yield "dimms", record.id
            yield _NAMES_OF["dimms"], record.dev
        elif isinstance(record, Disk) and (record.serial or record.wwn) and Partial not in kinds:
            yield "disks", (record.serial or record.wwn).casefold()
            yield _NAMES_OF["disks"], record.device
        pmem = _PMEM.match(where)
        if pmem:
            yield _PMEM_STORE, pmem[1].casefold()


def have_nothing_in_common(one: Shown, other: Shown) -> bool:
    """Tell whether two answers to one question share nothing."""
    return any(_is_other(question, one, other) for question in one)


def _is_other(question: str, one: Shown, other: Shown) -> bool:
    """Tell whether one question has two answers that share nothing. Commands that ask for one device each share none of these."""
    if question not in other or question in _NAMES_OF.values() or not one[question].isdisjoint(other[question]):
        return False
    names = _NAMES_OF.get(question)
    return names is None or not one[names].isdisjoint(other[names])


# What the devices are called whose ids an answer shows.
_NAMES_OF = {"dimms": "names of dimms", "disks": "names of disks"}


class _Stretch(NamedTuple):
    """Parts of one shell that do not contradict each other, what they show, and on which line each question was last answered.

    `sure` are those from the first to the last one that shows a thing again; those behind them may be of the machine that comes next.
    """

    shown: dict[str, frozenset[str]]
    answered: dict[str, int]
    parts: list[int]
    sure: list[int]


def without_names(parts: Sequence[Part], sections: Sequence[Section | Run], bounds: Sequence[Bound]) -> Sequence[Part]:
    """Return the parts; where several machines answered in a shell without a name, no path names them, and each has a shell of its own."""
    typed = [section for section in sections if isinstance(section, Section) and section.prompt_line]
    prompts = sorted(section.prompt_line for section in typed if section.named_by in _NAMELESS)
    if len(prompts) < _TWO:
        return parts
    changes = [section.prompt_line for section in typed if _CHANGES.search(section.command.text)]
    cuts = _Cuts(prompts, sorted([*changes, *(bound.line for bound in bounds)]))
    shells: dict[str, list[int]] = {}
    for at, part in enumerate(parts):
        if part.named_by in _NAMELESS and not part.lost and not part.shell.startswith(HEADER):
            shells.setdefault(part.shell, []).append(at)
    found = list(parts)
    for own in shells.values():
        stretches = cuts.stretches(parts, own) if len(_names_said(parts, own)) < _TWO else []
        for number, stretch in enumerate(stretches if len(stretches) > 1 else ()):
            sure = set(stretch.parts if stretch is stretches[-1] else stretch.sure)
            for at in stretch.parts:
                found[at] = _nobodys(parts[at], number, UNKNOWN if at in sure else NOBODY)
    return found


def _nobodys(part: Part, number: int, named_by: str) -> Part:
    """Return a part as one of a shell of its own that no path names."""
    return Part(part.line, "", named_by, f"{part.shell} {number}", part.lost, part.blocks)


_TWO = 2


class _Cuts:
    """Knows where one machine's answers may end and another's begin: on which lines prompts stand, and commands that change much."""

    def __init__(self, prompts: Sequence[int], changes: Sequence[int]) -> None:
        self._prompts = prompts
        self._changes = changes

    def stretches(self, parts: Sequence[Part], own: Sequence[int]) -> list[_Stretch]:
        """Cut a shell's parts where one contradicts what stands in front of it."""
        seen = {at: shown_by(parts[at]) for at in own}
        together = {things for shown in seen.values() if len(things := shown.get(_PMEM_STORE, frozenset())) > 1}
        found = [_Stretch({}, {}, [], [])]
        for at in own:
            line, shown = parts[at].line, seen[at]
            if any(self._contradicts(question, shown, line, found[-1], together) for question in shown):
                found.append(_Stretch({}, {}, [], []))
            stretch = found[-1]
            stretch.parts.append(at)
            if not stretch.shown or any(_is_again(question, shown, stretch.shown) for question in shown):
                stretch.sure[:] = stretch.parts
            for question, things in shown.items():
                stretch.shown[question] = stretch.shown.get(question, frozenset()) | things
                stretch.answered[question] = line
        return found

    def _contradicts(self, question: str, shown: Shown, line: int, stretch: _Stretch, together: set[frozenset[str]]) -> bool:
        if not _is_other(question, shown, stretch.shown):
            return False
        if any(both & shown[question] and both & stretch.shown[question] for both in together):
            return False
        last = stretch.answered[question]
        return bisect(self._prompts, last) < bisect(self._prompts, line) and bisect(self._changes, last) == bisect(self._changes, line)


def _is_again(question: str, shown: Shown, before: Shown) -> bool:
    return question not in _NAMES_OF.values() and not shown[question].isdisjoint(before.get(question, frozenset()))


def _names_said(parts: Sequence[Part], own: Sequence[int]) -> set[str]:
    return {
        record.name.casefold()
        for at in own
        for block in parts[at].blocks
        if kind_of(block) is Hostname
        for record in block
        if isinstance(record, Hostname)
    }
