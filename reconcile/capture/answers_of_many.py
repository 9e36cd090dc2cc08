"""What one machine of many answered, as sections that its header names, and facts that say themselves whose they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconcile.facts.record_blocks import by_kind
from reconcile.facts.source_reading import Part
from reconcile.facts.strengths import HEADER, NOBODY, OBJECT, WORD
from reconcile.parsers.counting import take_apart
from reconcile.transcript.sections import Run, Section, Transcript

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.facts.records import Parsed, Record
    from reconcile.facts.source_reading import Unread
    from reconcile.transcript.fan_out import Asked


def whose(one: Asked) -> tuple[str, str, str]:
    """Return the machine that a header names, what names it, and its shell."""
    if not one.machine:
        return "", NOBODY, f"header {one.lines[0][0] if one.lines else 0}"
    return one.machine, HEADER, f"header {one.machine.casefold()}"


def transcript_of(one: Asked, first: int, hint: str) -> Transcript:
    """Take an answer apart, or what stands around answers; its lines have the numbers from `first` on."""
    found = take_apart([text for _, text in one.lines], hint)
    machine, named_by, shell = whose(one)
    by = first - 1
    sections: list[Section] = []
    is_its_own = one.is_answer
    for section in found.sections:
        if isinstance(section, Run):
            # Without forms there is none.
            continue
        prompt_line = section.prompt_line + by if section.prompt_line else 0
        moved = replace(section, first=section.first + by, prompt_line=prompt_line)
        # A prompt with a name says whose shell it is from there on.
        is_its_own = is_its_own and (not section.prompt_line or one.keeps) and (not section.machine or section.named_by == WORD)
        sections.append(replace(moved, machine=machine, named_by=named_by, shell=shell) if is_its_own else moved)
    volumes = tuple(volume._replace(line=volume.line + by) for volume in found.volumes)
    return Transcript(tuple(sections), tuple(number + by for number in found.noise), volumes, found.has_prompts)


def put_back(parts: Sequence[Part], unread: Sequence[Unread], numbers: Sequence[int], first: int) -> tuple[list[Part], list[Unread]]:
    """Give what was read of lines with the numbers from `first` on the numbers of the source's lines."""
    placed = [
        part._replace(
            line=numbers[part.line - first],
            blocks=tuple(tuple(record._replace(line=numbers[record.line - first]) for record in block) for block in part.blocks),
        )
        for part in parts
    ]
    left = {numbers[found.line - first]: found for found in unread}
    return placed, [found._replace(line=number) for number, found in left.items()]


def owned_parts(line: int, parsed: Parsed, shell: str) -> list[Part]:
    """Return the facts that say themselves whose they are, a part for each machine."""
    owned: dict[str, list[Record]] = {}
    for machine, record in parsed.owned:
        owned.setdefault(machine, []).append(record)
    return [
        Part(line, machine, OBJECT if machine else NOBODY, shell, lost=False, blocks=by_kind(records)) for machine, records in owned.items()
    ]
