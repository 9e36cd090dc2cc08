"""Where the sessions of one source part: logins and their ends, and the headers of programs that keep a log or a record.

What a session says of its time holds for none but itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.facts.source_reading import Bound
from reconcile.transcript.sections import Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.transcript.sections import Run

# Script started on 2026-11-22 21:48:48+00:00 [COMMAND="..."]        Script started on Sun Nov 22 21:48:48 2026        Script done on ...
_SCRIPT = re.compile(r"^Script (?:started|done)(?:,| on|:)[ \t]*(.{0,80})", re.MULTILINE)
# =~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2026.11.22 10:12:13 =~=~=~=~=~=~=~=~=~=~=~=
_PUTTY = re.compile(r"^=~=~=[=~]{0,80} PuTTY log ([0-9]{4})\.([0-9]{2})\.([0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2})", re.MULTILINE)
# Last login: Sun Nov 22 10:12:13 2026 from 192.0.2.1        Connection to db01 closed.
_LOGIN = re.compile(r"^(?:Last login: |Connection to (\S{1,255}) closed)", re.MULTILINE)
_LEAVING = frozenset({"exit", "logout"})
# How the clock of whoever kept a PuTTY log is called: it is no guest's.
LOG_CLOCK = "PUTTY"


def find_bounds(text: str, sections: Sequence[Section | Run], recordings: Sequence[int]) -> tuple[Bound, ...]:
    """Return the bounds in a source's text, in order. `recordings` are the lines where recordings of our own begin."""
    found = [*_in_sections(sections), *(Bound(line, "", is_header=True, time="") for line in recordings)]
    if "Script " in text:
        found += [Bound(line, "", is_header=True, time=at[1].partition(" [")[0].strip()) for line, at in _matches(_SCRIPT, text)]
    if "PuTTY log" in text:
        found += [
            Bound(line, "", is_header=True, time=f"{'-'.join(at.group(1, 2, 3))} {at[4]} {LOG_CLOCK}")
            for line, at in _matches(_PUTTY, text)
        ]
    if "Last login: " in text or "Connection to " in text:
        found += [Bound(line, at[1] or "", is_header=False, time="") for line, at in _matches(_LOGIN, text)]
    return tuple(sorted(found))


def _in_sections(sections: Sequence[Section | Run]) -> Iterator[Bound]:
    """Give where shells were left, and where something else stands behind a recording of our own."""
    is_recorded = False
    for section in sections:
        if type(section) is not Section:
            continue
        if section.prompt_line and section.command.text in _LEAVING:
            yield Bound(section.prompt_line, section.machine, is_header=False, time="")
        if is_recorded and section.ending is None:
            yield Bound(section.prompt_line or section.first, "", is_header=True, time="")
        is_recorded = section.ending is not None


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Give each match with its line."""
    line, before = 1, 0
    for found in pattern.finditer(text):
        line += text.count("\n", before, found.start())
        before = found.start()
        yield line, found
