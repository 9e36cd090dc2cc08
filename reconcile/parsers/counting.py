"""Do questions and answers count up? Commands that were typed ahead stand in a row, and their answers behind the last of them.

Of a command that asked for one UUID and is followed by two, where one in front of it got none, nobody knows which answer is whose: lines may
have changed places as well. So all of these are of no named file. An answer too many with no question that lacks one is of no file, either,
and the first one stays the command's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconcile.parsers import uuid_questions, vmkfstools
from reconcile.transcript.failures import is_failure
from reconcile.transcript.loops.uuid_lines import answer_on
from reconcile.transcript.sections import PlainSections, Run, Section, Transcript
from reconcile.transcript.split import split

if TYPE_CHECKING:
    from collections.abc import Sequence


DOUBT = (
    "a command in front of it got no answer, and here are more answers than were asked for: they were typed ahead, or lines changed places"
)
TYPED_AHEAD = "several commands stand in front of these answers: they were typed ahead"


def take_apart(lines: Sequence[str], hint: str = "", forms: PlainSections | None = None, text: str = "") -> Transcript:
    """Take a source's lines apart, as `reconcile.transcript.split.split` does, with a note on sections whose answers cannot be told apart."""
    found = split(lines, hint, forms, text)
    sections = counted(found.sections)
    if sections is None:
        found = split(lines, hint, None, text)
        sections = counted(found.sections)
    return found._replace(sections=sections or found.sections)


def counted(sections: Sequence[Section | Run]) -> tuple[Section | Run, ...] | None:
    """Return the sections, with a note on each whose answers cannot be told apart.

    None where a short way may have taken some of them: then the source is to be taken apart without one.
    """
    asking = [index for index, section in enumerate(sections) if isinstance(section, Section) and "getuuid" in section.command.text]
    if not asking:
        return tuple(sections)
    counts = {index: _count(section) for index in asking if isinstance(section := sections[index], Section)}
    found = list(sections)
    machines = {section.machine for section in sections if section.machine}
    _mark_typed_ahead(found, counts)
    for index, (asked, answered, ahead) in counts.items():
        section = found[index]
        if not isinstance(section, Section):
            continue
        if ahead:
            found[index] = replace(section, doubt=TYPED_AHEAD)
        elif answered > asked:
            group = _group(sections, counts, index, section.shell)
            if group is None:
                return None
            for member in group:
                one = found[member]
                found[member] = replace(one, doubt=DOUBT) if isinstance(one, Section) else one
            if not group and len(machines) == 1:
                found[index] = replace(section, keeps_surplus=True)
    return tuple(found)


def _mark_typed_ahead(found: list[Section | Run], counts: dict[int, tuple[int, int, bool]]) -> None:
    """Mark the questions without a prompt that stand right behind one with a prompt which got no answer: whose the next answer is, nobody knows."""
    for index in counts:
        section, before = found[index], found[index - 1] if index else None
        if isinstance(section, Section) and isinstance(before, Section) and index - 1 in counts and not section.machine and before.machine:
            asked, answered, _ = counts[index - 1]
            if before.doubt == TYPED_AHEAD or answered < asked:
                found[index] = replace(section, doubt=TYPED_AHEAD, machine=before.machine, named_by=before.named_by, shell=before.shell)


def _count(section: Section) -> tuple[int, int, bool]:
    """Count a section's questions and answers, and tell whether other questions stand among these."""
    if vmkfstools.runs_loop(section.command):
        missing = vmkfstools.missing(section)
        return missing, 0, False
    only = section.command.only()
    if only is None or not vmkfstools.runs(only) or "setuuid" in only.words:
        return 0, 0, False
    answers = sum(answer_on(line) is not None for line in section.lines if "UUID" in line)
    failed = not answers and any(is_failure(line.strip()) for line in section.lines)
    ahead = any(map(uuid_questions.is_question, section.lines))
    return 1, answers or int(failed), ahead


def _group(sections: Sequence[Section | Run], counts: dict[int, tuple[int, int, bool]], index: int, shell: str) -> list[int] | None:
    """Return the sections from the question that lacks an answer down to the one with one too many; none where no question lacks one.

    None where the way back leads through sections that a short way took.
    """
    balance = counts[index][1] - counts[index][0]
    group = [index]
    for before in range(index - 1, -1, -1):
        section = sections[before]
        if isinstance(section, Run):
            # Those taken at a stroke may lie between.
            return None if any("getuuid" in command for command in section.commands) else []
        if section.shell != shell or (before not in counts and any(line.strip() for line in section.lines)):
            return []
        if before in counts:
            group.append(before)
            balance -= counts[before][0] - counts[before][1]
            if balance <= 0:
                return group
    return []
