"""The findings about each row of the mapping, by the cells that say which rows a finding is about."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from reconcile.base.uuid_text import uuid_text
from reconcile.findings.row_keys import NO_KEYS, Keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reconcile.findings.finding import Finding
    from reconcile.inventory.site import Site
    from reconcile.matching.rows import PlainPairs, Row

    # What takes some cells of all, and the findings' numbers by these cells.
    _Lookup = tuple[Callable[[Keys], object], dict[object, list[int]]]

# What a finding about single rows is known by among plain pairs, the first that it has.
_OF_PAIRS = ("uuid_suffix", "guest", "vm")
_SHARED = frozenset(Keys._fields.index(name) for name in ("guest", "host", "datastore", "vm"))
_GUEST = Keys._fields.index("guest")
# A device of which neither name nor id is known has neither on its row.
_NAMELESS = (_GUEST, Keys._fields.index("device"), Keys._fields.index("device_id"))


class FindingsOf:
    """The findings about each row, site by site."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        by_site: dict[str, list[Finding]] = {}
        for finding in findings:
            if finding.rows or finding.keys != NO_KEYS:
                by_site.setdefault(finding.site, []).append(finding)
        self._by_site = {site: SiteFindings(found) for site, found in by_site.items()}

    def site(self, name: str) -> SiteFindings:
        """Return those about the rows of a site."""
        return self._by_site.get(name, _NONE)

    def row(self, site: Site, row: Row) -> tuple[Finding, ...]:
        """Return the findings about a row, in order."""
        return self.site(site.name).row(row)


class SiteFindings:
    """The findings about the rows of a site, in order; each is looked up by all combinations of cells by which one is known."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self._findings = findings
        self._known: dict[tuple[int, ...], dict[object, list[int]]] = {}
        # By what it is told cheaply whether some of a guest's or a folder's many plain pairs may have a finding of their own.
        self._touched: dict[str, set[str]] = {name: set() for name in _OF_PAIRS}
        self._are_all_touched = False
        for number, finding in enumerate(findings):
            for keys in finding.rows or (finding.keys,):
                self._add(keys, number)
        self._lookups = [(_getter(shape), known) for shape, known in self._known.items()]
        self._shared = [(_getter(shape), known) for shape, known in self._known.items() if _SHARED.issuperset(shape)]

    def _add(self, keys: Keys, number: int) -> None:
        shape = _shape(keys)
        self._known.setdefault(shape, {}).setdefault(_getter(shape)(keys), []).append(number)
        if not _SHARED.issuperset(shape):
            name = next((name for name in _OF_PAIRS if getattr(keys, name)), None)
            if name:
                self._touched[name].add(getattr(keys, name))
            self._are_all_touched |= name is None

    def row(self, row: Row) -> tuple[Finding, ...]:
        """Return those about a row, in order."""
        return self._found(self._lookups, cells_of(row)) if self._lookups else ()

    def pairs(self, pairs: PlainPairs) -> tuple[Finding, ...] | None:
        """Return those about all of some plain pairs; None where some of them may have other findings than the others."""
        if not self._lookups:
            return ()
        touched, of, vm = self._touched, pairs.folder.of, pairs.folder.vm
        if self._are_all_touched or pairs.guest.guest in touched["guest"] or vm in touched["vm"]:
            return None
        if touched["uuid_suffix"] and not touched["uuid_suffix"].isdisjoint(pairs.suffixes):
            return None
        shared = Keys(guest=pairs.guest.guest, host=of.hosts[0], datastore=of.datastore, vm=vm)
        return self._found(self._shared, shared) if self._shared else ()

    def _found(self, lookups: Iterable[_Lookup], cells: Keys) -> tuple[Finding, ...]:
        numbers = {number for cells_told, known in lookups for number in known.get(cells_told(cells), ())}
        return tuple(self._findings[number] for number in sorted(numbers))


def _shape(keys: Keys) -> tuple[int, ...]:
    """Return the indexes of the cells that keys speak of."""
    told = tuple(at for at, cell in enumerate(keys) if cell)
    return _NAMELESS if told == (_GUEST,) else told


def _getter(shape: tuple[int, ...]) -> Callable[[Keys], object]:
    return itemgetter(*shape)


def cells_of(row: Row) -> Keys:
    """Return a row's own cells, as the table `mapping` has them."""
    device, vmdk = row.device, row.vmdk
    guest = (device.guest, device.name, device.id) if device else ("", "", "")
    stored = (vmdk.host, vmdk.datastore, vmdk.vm, vmdk.name, uuid_text(vmdk.uuid)) if vmdk else ("",) * 5
    return Keys(*guest, *stored, row.suffix)


_NONE = SiteFindings(())
