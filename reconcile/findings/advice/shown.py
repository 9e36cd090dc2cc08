"""Advice as a terminal of 80 columns shows it: words are never cut, and a command keeps its own lines."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from reconcile.base.printable import visible
from reconcile.findings.checker import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.findings.advice.needs import Advice, MachineState, Need

_WIDTH = 79


def shown(advice: Advice) -> Iterator[str]:
    """Give the lines."""
    necessary = advice.necessary
    if necessary:
        yield f"MORE IS NEEDED: {count(len(necessary), 'thing')} before you leave. What to do first stands first."
    else:
        yield "COMPLETE: a report would need nothing more."
    states = {(state.site, state.name): state for state in advice.machines}
    groups: dict[tuple[str, str, bool], list[Need]] = {}
    for need in advice.needs:
        groups.setdefault((need.site, need.machine or f"({need.lacks})", need.necessary), []).append(need)
    several = len({state.site for state in advice.machines}) > 1
    for (site, name, needed), needs in groups.items():
        yield ""
        yield from _group(states.get((site, name)), needs, f"{visible(site)}: " if several else "", needed=needed)
    wanting = {(need.site, need.machine) for need in necessary}
    complete = [visible(state.name) for state in advice.machines if (state.site, state.name) not in wanting]
    if complete:
        yield ""
        yield from _wrapped(f"nothing necessary is missing of: {', '.join(complete)}", "", "  ")
    if advice.sums:
        yield from _wrapped(f"lists of sums: {', '.join(f'{number:,} {verdict}' for verdict, number in advice.sums)}", "", "  ")
    if any(need.command for need in advice.needs):
        yield ""
        yield from _wrapped(
            "Put the files that the commands write in /tmp beside the captures, in place of those that are cut or hold errors, and check again.",
            "",
            "",
        )


def _group(state: MachineState | None, needs: Sequence[Need], site: str, *, needed: bool) -> Iterator[str]:
    first = needs[0]
    kind = (state.kind if state else "") or first.kind
    name = visible(first.machine) if first.machine else f"a {kind} that nobody captured" if first.kind else "the captures"
    yield f"{site}{name}{f' ({kind})' if kind and first.machine else ''}{'' if needed else ', good to have'}"
    if state and state.there and needed:
        yield from _wrapped(", ".join(state.there), "  there    ", " " * 11)
    commands: dict[str, list[Need]] = {}
    for number, need in enumerate(needs):
        commands.setdefault(need.command or f"\0{number}", []).append(need)
    for command, together in commands.items():
        for need in together:
            where = f" ({need.source}{f':{need.line}' if need.line else ''})" if need.source else ""
            label = "  missing  " if need.command and not need.source else "  see to   "
            settles = f" [{', '.join(need.settles)}]" if need.settles else ""
            yield from _wrapped(f"{need.message}{where}{settles}", label, " " * 11)
            if need.advice:
                yield from _wrapped(need.advice, "  do       ", " " * 11)
        if not first.machine and first.kind:
            yield from _wrapped(f"the easy way: run what 'reconcile script {first.kind}' prints; or:", "  do       ", " " * 11)
        if not command.startswith("\0"):
            yield from (f"    {visible(line)}" for line in command.split("\n"))


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        visible(text), _WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
