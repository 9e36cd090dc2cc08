"""Figures of what was captured, which can be added up site by site."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.records import Said
from reconcile.inventory.devices import VPMEM
from reconcile.inventory.uniform_guests import PlainGuest
from reconcile.machines.capture_times import read_moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconcile.inventory.site import Site


class Figures(NamedTuple):
    """What the sites' captures hold.

    `accounted` are lines recognised, noise or not understood. `times` counts what ``date`` printed; `known` those of them that say how
    far they are from UTC, of which `first` and `last` are in seconds. `suffixes` is the most that one site has, `joining` the devices
    that may join; `hits` are pairs of one and the other in one site.
    """

    sites: tuple[str, ...] = ()
    devices: int = 0
    vmdks: int = 0
    accounted: int = 0
    times: int = 0
    known: int = 0
    first: int | None = None
    last: int | None = None
    suffixes: int = 0
    joining: int = 0
    hits: int = 0


def count_figures(sites: Iterable[Site]) -> Figures:
    """Count what sites hold."""
    return add_figures(map(_of_site, sites))


def add_figures(found: Iterable[Figures]) -> Figures:
    """Add figures of different sites up."""
    total = Figures()
    for more in found:
        ends = [second for second in (total.first, total.last, more.first, more.last) if second is not None]
        total = Figures(
            total.sites + more.sites, total.devices + more.devices, total.vmdks + more.vmdks, total.accounted + more.accounted,
            total.times + more.times, total.known + more.known, min(ends, default=None), max(ends, default=None),
            max(total.suffixes, more.suffixes), total.joining + more.joining, total.hits + more.hits,
        )  # fmt: skip
    return total


def _of_site(site: Site) -> Figures:
    told = [said.value for _, said in site.facts.of(Said) if said.what == "time"]
    known = [moment.seconds for moment in map(read_moment, told) if moment and not moment.zone]
    ledger = site.facts.ledger
    suffixes = site.digits.number_of_suffixes
    joining = sum(
        len(guest) if isinstance(guest, PlainGuest) else sum(device.kind == VPMEM and device.joins for device in guest)
        for guest in site.devices.pieces
    )
    return Figures(
        sites=(site.name,),
        devices=len(site.devices),
        vmdks=len(site.vmdks),
        accounted=ledger.recognised + ledger.noise + ledger.not_understood,
        times=len(told),
        known=len(known),
        first=min(known, default=None),
        last=max(known, default=None),
        suffixes=suffixes,
        joining=joining,
        hits=suffixes * joining,
    )
