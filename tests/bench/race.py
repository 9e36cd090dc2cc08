"""A race: all entrants in turn, round by round, so that what the machine does meanwhile meets each of them."""

from __future__ import annotations

import itertools
import math
import statistics
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from entrants import FLOOR
from watch import Run, watch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from entrants import Entrant
    from packing import Data

_TOLD = 400


@dataclass(slots=True)
class Standing:
    """How an entrant did: the memory and the verdict of its first run, which is not timed, and the runs that were."""

    name: str
    peak: float = 0.0
    verdict: str = ""
    runs: list[Run] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        """Whether it failed, or wrote what is not true."""
        return self.verdict.startswith(("WRONG", "FAILED"))

    @property
    def walls(self) -> list[float]:
        """The wall times of its rounds."""
        return [run.wall for run in self.runs]

    def median(self, what: str) -> float:
        """Return the median of `wall`, `cpu` or `others`."""
        return statistics.median(getattr(run, what) for run in self.runs)


def race(data: Data, entrants: Sequence[Entrant], rounds: int) -> list[Standing]:
    """Run each once to fill the page cache, measure its memory and check its answer; then time all of them in rounds."""
    (data.folder / "out").mkdir(exist_ok=True)
    standings = {entrant.name: Standing(entrant.name) for entrant in entrants}
    digests: dict[str, str] = {}
    for entrant in entrants:
        standing = standings[entrant.name]
        entrant.clear()
        run = watch(entrant.command, memory=True)
        standing.peak = run.peak
        standing.verdict = f"FAILED, exit {run.code}: {run.said[-_TOLD:]}" if entrant.failed(run.code) else entrant.verdict(data, run.said)
        if not standing.wrong:
            digests[entrant.name] = entrant.digest()
        _told(f"{entrant.name}: {standing.verdict}")
    if standings[FLOOR].wrong:
        sys.exit(f"The floor does not stand, so nothing can be measured by it. {standings[FLOOR].verdict}")
    running = [entrant for entrant in entrants if not standings[entrant.name].verdict.startswith("FAILED")]
    for number in range(rounds):
        first = number % len(running)
        for entrant in running[first:] + running[:first]:
            standing = standings[entrant.name]
            entrant.clear()
            run = watch(entrant.command)
            standing.runs.append(run)
            if entrant.failed(run.code):
                standing.verdict = f"FAILED in round {number + 1}, exit {run.code}: {run.said[-_TOLD:]}"
            elif not (entrant.peer or standing.wrong) and entrant.digest() != digests[entrant.name]:
                standing.verdict = f"WRONG: round {number + 1} wrote other bytes"
    return [standings[entrant.name] for entrant in entrants]


def _told(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def table(data: Data, standings: Sequence[Standing]) -> str:
    """Write the table of a race."""
    floor = _median_of(standings, FLOOR)
    plan = data.plan
    shape = "plain" if plan.plain else "all shapes"
    lines = [
        f"{plan.hosts} hosts x {plan.vms} VMs x {plan.dimms}, {shape}, {plan.sites} site(s), seed {plan.seed}: "
        f"{data.files:,} files, {data.bytes / 1e6:,.1f} MB, {plan.vmdks:,} vmdks; {max(len(item.runs) for item in standings)} rounds",
        f"{'':28}{'wall s':>8}{'min':>8}{'max':>8}{'cpu s':>8}{'x F':>7}{'peak MiB':>10}{'others':>8}  truth",
    ]
    for item in standings:
        if not item.runs:
            lines.append(f"{item.name:28}{item.verdict}")
            continue
        wall = item.median("wall")
        times = f"{wall:8.2f}{min(item.walls):8.2f}{max(item.walls):8.2f}{item.median('cpu'):8.2f}{wall / floor:7.2f}"
        lines.append(f"{item.name:28}{times}{item.peak:10.0f}{item.median('others'):8.0%}  {item.verdict}")
    return "\n".join(lines) + "\n"


def growth(races: Sequence[tuple[Data, Sequence[Standing]]]) -> str:
    """Write how time and memory grow from one size to the next; linear is as many times as the input."""
    lines = []
    for (small, before), (large, after) in itertools.pairwise(races):
        more = large.plan.vmdks / small.plan.vmdks
        lines.append(
            f"from {small.plan.vmdks:,} to {large.plan.vmdks:,} vmdks, {more:.1f} times the input ({large.bytes / small.bytes:.1f} in bytes)"
        )
        for item in after:
            other = next((other for other in before if other.name == item.name), None)
            if other and other.runs and item.runs:
                grown = [item.median(what) / other.median(what) for what in ("wall", "cpu")]
                lines.append(
                    f"{item.name:28}wall x {grown[0]:.1f}  cpu x {grown[1]:.1f}  peak x {item.peak / (other.peak or 1):.1f}"
                    f"  for 10 times the input: wall x {grown[0] ** _tenfold(more):.1f}"
                )
    return "\n".join(lines) + "\n" if lines else ""


def _tenfold(more: float) -> float:
    """Return the power that brings growth over `more` times the input to that over ten times."""
    return math.log(10) / math.log(more) if more > 1 else 1.0


def _median_of(standings: Iterable[Standing], name: str) -> float:
    return next(item.median("wall") for item in standings if item.name == name)
