"""What several answers say of one thing: which of it stands, where what they say cannot all hold at one time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconcile.machines.capture_times import When

# Of one thing. More than that are not told apart, which costs the square of their number.
_MOST = 64


class Settled(NamedTuple):
    """The sets of names that stand, and whether some of these exclude each other."""

    standing: frozenset[frozenset[str]]
    is_disputed: bool


def settle(claims: Iterable[tuple[frozenset[str], When]]) -> Settled:
    """Settle claims about one thing, each a set of names: two exclude each other where they have nothing in common.

    Of two such the later stands, where times tell; else both do, and are disputed.
    """
    times: dict[frozenset[str], list[When]] = {}
    for names, when in claims:
        times.setdefault(names, []).append(when)
    if len(times) > _MOST:
        return Settled(frozenset(times), is_disputed=True)
    gone = {names for names in times if any(_is_later(times[other], times[names]) for other in times if names.isdisjoint(other))}
    standing = [names for names in times if names not in gone]
    disputed = any(one.isdisjoint(other) for at, one in enumerate(standing) for other in standing[:at])
    return Settled(frozenset(standing), disputed)


def _is_later(some: list[When], others: list[When]) -> bool:
    """Tell whether one of some is later than all others."""
    return any(all(when.is_after(other) for other in others) for when in some)
