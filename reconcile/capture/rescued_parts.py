"""Offer what a section's own parser left to whichever parser sees an answer begin in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.capture.answers_of_many import owned_parts
from reconcile.facts.record_blocks import by_kind
from reconcile.facts.records import Damage, Hostname
from reconcile.facts.source_reading import Part
from reconcile.facts.strengths import NOBODY
from reconcile.parsers.partial_answers import mark_partial
from reconcile.parsers.registry import parsed_by, parsers_starting
from reconcile.transcript.chatter import is_chatter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.parsers.parser import Parser
    from reconcile.transcript.sections import Section

# A block of Markdown is set in by so many blanks.
_SET_IN = ("    ", "\t")


def without_blocks_indent(lines: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Return lines without the indentation of each block, between blank lines, in which an answer begins; `text` is the lines as one."""
    if not any(f"\n\n{indent}" in text for indent in _SET_IN):
        return lines
    kept = list(lines)
    start = 0
    while start < len(lines):
        stop = start + 1
        while stop < len(lines) and lines[start].strip() and lines[stop].strip():
            stop += 1
        block = lines[start:stop]
        indent = next((indent for indent in _SET_IN if all(line.startswith(indent) for line in block)), "")
        if indent and parsers_starting(block[0].removeprefix(indent)) and not parsers_starting(block[0]):
            kept[start:stop] = [line.removeprefix(indent) for line in block]
        start = stop
    return tuple(kept)


def rescued_parts(section: Section, numbers: Sequence[int], damaged: set[int]) -> tuple[list[Part], list[int], int]:
    """Offer what is left to whoever sees an answer begin in it.

    Return what was read, the lines that still are left, and how many others mean nothing.
    """
    parts: list[Part] = []
    left: list[int] = []
    noise = 0
    given = set(numbers)
    unknown = 0
    for start, stop, claiming in _runs(section, numbers):
        if not claiming:
            unknown = stop if _says_something(section, start, stop) else 0
            left += [number for number in range(start, stop) if number in given]
            continue
        own = _is_own(section, claiming)
        parsed = parsed_by(claiming, section.cut(start, stop, own=own, behind_unknown=start == unknown))
        # Blank lines are not noise yet: whoever comes next may want to see them.
        blank = {number for number in parsed.noise if not section.lines[number - section.first].strip()}
        noise += len(given.intersection(parsed.noise) - blank)
        left += [number for number in (*parsed.not_understood, *blank) if number in given]
        parts += owned_parts(start, parsed, section.shell)
        if parsed.records:
            records = tuple(
                record
                for record in parsed.records
                if (own or not isinstance(record, Hostname)) and not (isinstance(record, Damage) and record.line in damaged)
            )
            records += mark_partial(section.command, start, records) if own else ()
            machine, named_by = (section.machine, section.named_by) if own else ("", _nobodys(section))
            parts.append(Part(start, machine, named_by, section.shell, not own, by_kind(records)))
    return parts, sorted(left), noise


def _nobodys(section: Section) -> str:
    """Say that an answer which a section's own parser did not take is surely not the prompt's machine's, where a command asked another one."""
    return NOBODY if section.command.elsewhere or section.command.target or section.named_by == NOBODY else ""


def _says_something(section: Section, start: int, stop: int) -> bool:
    """Tell whether the last line of a run that is not blank is more than a terminal's own talk."""
    lines = section.lines[start - section.first : stop - section.first]
    last = next((line for line in reversed(lines) if line.strip()), "")
    return bool(last) and not is_chatter(last)


def _is_own(section: Section, claiming: tuple[Parser, ...]) -> bool:
    """Tell whether an answer that a section's parser did not take is that section's all the same.

    It is where no prompt stands in front at all, or where the command line runs several commands and this is one's.
    """
    command = section.command
    if not section.prompt_line:
        return True
    return command.only() is None and any(parser.runs(simple) for parser in claiming for simple in command.simples)


def _runs(section: Section, numbers: Sequence[int]) -> list[tuple[int, int, tuple[Parser, ...]]]:
    """Cut lines into runs of neighbours, blank lines aside, and each run where another parser sees an answer begin."""
    runs: list[tuple[int, int, tuple[Parser, ...]]] = []
    current: tuple[Parser, ...] = ()
    start = before = 0
    for number in numbers:
        line = section.lines[number - section.first]
        if not line.strip() and before:
            continue
        starting = parsers_starting(line) if line else ()
        between = section.lines[before + 1 - section.first : number - section.first] if before else ()
        apart = any(text.strip() for text in between)
        if not before or apart or (starting and not any(parser in starting for parser in current)):
            if before:
                runs.append((start, number if not apart else before + 1, current))
            start, current = number, starting
        elif starting and starting != current:
            # An answer of another command may follow in the same form, as JSON does.
            current = tuple(dict.fromkeys((*current, *starting)))
        before = number
    if before:
        runs.append((start, max(before, numbers[-1]) + 1 if _only_blank(section, before, numbers[-1]) else before + 1, current))
    return runs


def _only_blank(section: Section, before: int, last: int) -> bool:
    return not any(line.strip() for line in section.lines[before + 1 - section.first : last + 1 - section.first])
