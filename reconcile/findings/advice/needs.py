"""What advice is made of: a machine with what was captured of it, and a thing that is missing, with the command that gives it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from reconcile.base.errors import EXIT_FINDINGS, EXIT_RECONCILED, EXIT_TROUBLE


class Lacks(StrEnum):
    """What is missing, in the order in which to see to it."""

    SOURCE = "source"
    AGAIN = "again"
    ANSWER = "answer"
    HOST = "host"
    MACHINE = "machine"
    DATASTORES = "datastores"
    LISTING = "listing"
    UUIDS = "uuids"
    GUEST = "guest"
    DIMMS = "dimms"
    NAME = "name"
    LOOK = "look"
    REGIONS = "regions"
    NAMESPACES = "namespaces"
    MOUNTS = "mounts"
    DISKS = "disks"


_ORDER = {lacks: index for index, lacks in enumerate(Lacks)}


class Need(NamedTuple):
    """One thing to do. `machine` is where to do it, ``""`` where no capture tells; `kind` is ``host``, ``guest`` or ``""``.

    `subjects` are the files, folders, guests or devices that it is about, `settles` the rules of the findings that it settles.
    `command` is ready to paste, and `advice` says in words what no command does. What is not `necessary` is good to have.
    """

    site: str
    machine: str
    kind: str
    lacks: Lacks
    subjects: tuple[str, ...]
    message: str
    command: str = ""
    advice: str = ""
    settles: tuple[str, ...] = ()
    necessary: bool = True
    source: str = ""
    line: int | None = None

    @property
    def rank(self) -> tuple[bool, int]:
        """The key to sort by: needs that are necessary first, then in the order of `Lacks`."""
        return (not self.necessary, _ORDER[self.lacks])


class MachineState(NamedTuple):
    """A machine, and in words what was captured of it."""

    site: str
    name: str
    kind: str
    there: tuple[str, ...]


class Advice(NamedTuple):
    """What was captured of each machine, and what to do before leaving the site, first things first.

    `sums` counts the sources by what the site's own lists of sums say of them.
    """

    machines: tuple[MachineState, ...]
    needs: tuple[Need, ...]
    sums: tuple[tuple[str, int], ...] = ()

    @property
    def necessary(self) -> tuple[Need, ...]:
        """What a report needs, without what is good to have."""
        return tuple(need for need in self.needs if need.necessary)

    @property
    def exit_code(self) -> int:
        """0 where a report would need nothing more, 1 where something is missing, 2 where something could not be read."""
        if any(need.lacks is Lacks.SOURCE and need.necessary for need in self.needs):
            return EXIT_TROUBLE
        return EXIT_FINDINGS if self.necessary else EXIT_RECONCILED
