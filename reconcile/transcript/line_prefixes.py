"""Answers in which a machine's name stands in front of every line, as pdsh, clush, dsh, fabric and ``parallel --tag`` print them."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from reconcile.transcript.headers import may_be_machine

if TYPE_CHECKING:
    from collections.abc import Sequence

Numbered = list[tuple[int, str]]

_PREFIXING = ("pdsh", "clush", "mussh", "salt", "parallel", "fab ")
# db01: [        db01:        [db01] out: [        [db01]: [        db01<tab>[
_NAMED = "([A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?)"
_PREFIX = re.compile(rf"(?:\[{_NAMED}\](?: out)?:|{_NAMED}(?::(?= |$)|(?=\t)))[ \t]?(.*)$")
# What the answers of a guest's commands begin with, and prompts of nobody.
ANSWER_BEGINS = re.compile(
    r"\s*[\[{]\s*$|\s*\{.*\}\s*,?$|NAME +|Filesystem +|TARGET +|Linux \S+ [0-9]|VMkernel \S+ |UUID is |lrwx|total [0-9]|Volume Name|Mount Point"
)


class PrefixedRun(NamedTuple):
    """The lines of one name without it, or, where `name` is ``""``, lines that bear none."""

    name: str
    lines: tuple[tuple[int, str], ...]


def read_prefixed(lines: Sequence[str], text: str) -> list[PrefixedRun]:
    """Read lines that bear names, where all lines of a run bear one; nothing where there is no such run. `text` is the lines as one."""
    first = next((line for line in lines if line.strip()), "")
    if not _PREFIX.match(first) and not any(word in text for word in _PREFIXING):
        return []
    found: list[PrefixedRun] = []
    for is_run, group in groupby(enumerate(lines, 1), lambda numbered: bool(_PREFIX.match(numbered[1]))):
        run = list(group)
        by_name = _by_name(run) if is_run else {}
        found += [PrefixedRun(name, tuple(answer)) for name, answer in by_name.items()] or [PrefixedRun("", tuple(run))]
    return found if any(run.name for run in found) else []


def _by_name(run: Numbered) -> dict[str, Numbered]:
    """Return the lines of each machine, or nothing where what stands behind the names does not look like answers."""
    by_name: dict[str, Numbered] = {}
    for number, line in run:
        found = _PREFIX.match(line)
        name = (found[1] or found[2]) if found else ""
        if found is None or not may_be_machine(name):
            return {}
        by_name.setdefault(name, []).append((number, found[3]))
    return by_name if all(_is_answer(answer) for answer in by_name.values()) else {}


def _is_answer(answer: Numbered) -> bool:
    first = next((text for _, text in answer if text.strip()), "")
    return bool(ANSWER_BEGINS.match(first))
