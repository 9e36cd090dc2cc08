"""What was captured, as tables."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING

from reconcile.results.figures import Figures, count_figures
from reconcile.results.tables import CAPTURED, Table, captured_rows
from reconcile.transcript.decode import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from reconcile.capture.sources import Source
    from reconcile.inventory.site import Site
    from reconcile.results.columns import TableRow


class CapturedTables(ABC):
    """What was captured, as tables. Each is a DataFrame; ids, serials and UUIDs are text, sizes are ``Int64`` bytes.

    `kept` says whether the sources' lines can be shown, `roots` are the paths that were read, `options` what was asked for beyond the usual,
    and `are_several` says that other sites are reported together with these.
    """

    def __init__(self, roots: tuple[str, ...], options: tuple[str, ...], *, kept: bool, are_several: bool) -> None:
        self.roots = roots
        self.options = options
        self.kept = kept
        self.are_several = are_several

    @abstractmethod
    def table(self, name: str) -> Table:
        """Return a table by its name in the contract, as plain rows."""

    @property
    @abstractmethod
    def figures(self) -> Figures:
        """What was captured, in figures."""

    @property
    @abstractmethod
    def refused(self) -> list[Source]:
        """The sources that were met and could not be read."""

    @property
    def sources(self) -> pd.DataFrame:
        """Every file met, with its hash and what became of its lines."""
        return self.table("sources").frame

    @property
    def unread(self) -> pd.DataFrame:
        """The lines not understood."""
        return self.table("unread").frame

    @property
    def sightings(self) -> pd.DataFrame:
        """Every place where a device or a vmdk was seen."""
        return self.table("sightings").frame

    @property
    def dimms(self) -> pd.DataFrame:
        """The guests' dimms, a row an object of ``ndctl list``."""
        return self.table("dimms").frame

    @property
    def regions(self) -> pd.DataFrame:
        """The guests' regions."""
        return self.table("regions").frame

    @property
    def mappings(self) -> pd.DataFrame:
        """Which dimm is in which region."""
        return self.table("mappings").frame

    @property
    def namespaces(self) -> pd.DataFrame:
        """The guests' namespaces."""
        return self.table("namespaces").frame

    @property
    def disks(self) -> pd.DataFrame:
        """The guests' block and character devices."""
        return self.table("disks").frame

    @property
    def mounts(self) -> pd.DataFrame:
        """The guests' mounted devices."""
        return self.table("mounts").frame

    @property
    def filesystems(self) -> pd.DataFrame:
        """The hosts' file systems."""
        return self.table("filesystems").frame

    @property
    def listings(self) -> pd.DataFrame:
        """The names in listings."""
        return self.table("listings").frame

    @property
    def vmdks(self) -> pd.DataFrame:
        """The hosts' vmdks, each once."""
        return self.table("vmdks").frame

    @property
    def vms(self) -> pd.DataFrame:
        """The virtual machines that hosts speak of."""
        return self.table("vms").frame

    @property
    def attachments(self) -> pd.DataFrame:
        """The disks that the VMs' configurations name."""
        return self.table("attachments").frame

    @property
    def systems(self) -> pd.DataFrame:
        """What machines say of themselves: time, BIOS UUID, vendor."""
        return self.table("systems").frame


class Captures(CapturedTables):
    """What was captured of sites that are held, with their sources' lines where these were kept."""

    def __init__(
        self,
        sites: tuple[Site, ...],
        roots: tuple[str, ...],
        kept: dict[tuple[str, str], bytes] | None = None,
        options: tuple[str, ...] = (),
        *,
        are_several: bool = False,
    ) -> None:
        super().__init__(roots, options, kept=kept is not None, are_several=are_several or len(sites) > 1)
        self._sites = sites
        self._kept = kept
        self._lines = _cached_lines(kept)

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in vars(self).items() if name != "_lines"}

    def __setstate__(self, state: dict[str, object]) -> None:
        vars(self).update(state)
        self._lines = _cached_lines(self._kept)

    def lines(self, site: str, label: str) -> tuple[str, ...]:
        """Return a source's lines as they stand in the file; none if the captures were not read with ``keep=True``."""
        return self._lines(site, label)

    @cached_property
    def _tables(self) -> dict[str, Table]:
        return {}

    @property
    def sites(self) -> tuple[Site, ...]:
        """The sites, in order."""
        return self._sites

    def table(self, name: str) -> Table:
        """Return a table by its name in the contract, as plain rows."""
        if name not in self._tables:
            # When it is asked for: a report holds few of them, and in a large fleet each is a million cells.
            self._tables[name] = Table(CAPTURED[name], self.rows(name))
        return self._tables[name]

    def rows(self, name: str) -> Iterator[TableRow]:
        """Give the rows of a table as they are made."""
        return captured_rows(name, self._sites)

    @cached_property
    def figures(self) -> Figures:
        """What was captured, in figures."""
        return count_figures(self.sites)

    @property
    def refused(self) -> list[Source]:
        """The sources that were met and could not be read."""
        return [source for site in self._sites for source in site.refused]


def _cached_lines(kept: dict[tuple[str, str], bytes] | None) -> Callable[[str, str], tuple[str, ...]]:
    # A source's rows mostly stand together: the last few sources are enough. The cache knows nothing of the captures, which else would
    # hold themselves.
    return lru_cache(maxsize=256)(partial(_decoded, kept or {}))


def _decoded(kept: dict[tuple[str, str], bytes], site: str, label: str) -> tuple[str, ...]:
    return decode(kept.get((site, label), b"")).lines
