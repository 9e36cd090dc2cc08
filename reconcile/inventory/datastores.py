"""Datastores: a name, a volume id and a PMem guid of one datastore are made one.

``/vmfs/volumes/datastore1`` exists on every host and is another datastore on each; a volume id, or the name ``PMemDS-...`` with a
whole guid, is the same everywhere. A shortened ``PMemDS-1`` is a name like any other. Which name is which id is seen in ``ls -l /vmfs/volumes``, or where a prompt shows the id of
a datastore that was entered by its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.record_blocks import may_hold
from reconcile.facts.records import Entry, Filesystem, Listed, Volume
from reconcile.facts.volume_ids import is_volume_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconcile.machines.site_facts import SiteFacts

ROOT = "/vmfs/volumes/"


class DiskPlace(NamedTuple):
    """Where a disk lies: `datastore` identifies the datastore, `inner` is the path in it.

    Where the path does not begin at a datastore, `datastore` holds what bounds the name's meaning: the host.
    """

    datastore: str
    inner: str
    known: bool


class Volumes:
    """The datastores of a site."""

    def __init__(self, facts: SiteFacts) -> None:
        self._id_of: dict[tuple[str, str], str] = {}
        # By host and directory where that lies, and by host and part of a path what the datastore is called.
        self._folders: dict[tuple[str, str], DiskPlace] = {}
        self._names: dict[tuple[str, str], tuple[str, str]] = {}
        self._name_of: dict[str, set[str]] = {}
        self._identities: dict[tuple[str, str], str] = {}
        self._on_pmem: dict[str, bool] = {}
        self._facts = facts
        self._seen: set[tuple[str, str]] | None = None
        ids: dict[tuple[str, str], set[str]] = {}
        listings: dict[tuple[str, str], set[int]] = {}
        for host, name, volume_id, listing in _ties(facts):
            ids.setdefault((host.casefold(), name), set()).add(volume_id.lower())
            if listing is not None:
                listings.setdefault((host.casefold(), name), set()).add(listing)
        for (host, name), found in ids.items():
            # A name that meant two volumes on one host (re-created, renamed) is tied to neither.
            if len(found) == 1:
                self._id_of[host, name] = next(iter(found))
        self._drop_shared_ids(listings)
        for (_, name), volume_id in self._id_of.items():
            self._name_of.setdefault(volume_id, set()).add(name)
        self._pmem = {
            self.identity(fact.machine.name, _component(record.mounted_on))
            for fact, record in facts.of(Filesystem)
            if record.type.upper() == "PMEM" and record.mounted_on.startswith(ROOT)
        }

    def _drop_shared_ids(self, listings: Mapping[tuple[str, str], set[int]]) -> None:
        """On one host an id has one name; where it seems to have two, a line was lost between them and neither is believed.

        But where listings, each in a source of its own, show both, the datastore was renamed: both are its names. `listings` are the
        sources whose listings show a host's name.
        """
        names: dict[tuple[str, str], set[str]] = {}
        for (host, name), volume_id in self._id_of.items():
            names.setdefault((host, volume_id), set()).add(name)
        for (host, volume_id), shown in names.items():
            sources = [source for name in shown for source in listings.get((host, name), {-1})]
            if len(shown) > 1 and (-1 in sources or len(set(sources)) < len(sources)):
                self._id_of = {key: found for key, found in self._id_of.items() if (key[0], found) != (host, volume_id)}

    @property
    def ties(self) -> dict[tuple[str, str], str]:
        """The volume ids that names are tied to, by host in small letters and name."""
        return dict(self._id_of)

    def identity(self, host: str, component: str) -> str:
        """Return what identifies a datastore, given the part of a path behind ``/vmfs/volumes/``."""
        key = (host, component)
        identity = self._identities.get(key)
        if identity is None:
            identity = self._identities[key] = self._identity(host, component)
        return identity

    def _identity(self, host: str, component: str) -> str:
        if _is_pmem_guid(component):
            return component.lower()
        volume_id = component.lower() if is_volume_id(component) else self._id_of.get((host.casefold(), component), "")
        if not volume_id:
            return f"{host.casefold()}\0{component}"
        pmem = sorted(name.lower() for name in self._name_of.get(volume_id, ()) if _is_pmem_guid(name))
        return pmem[0] if len(pmem) == 1 else volume_id

    def place(self, host: str, path: str) -> DiskPlace:
        """Return where a path leads."""
        if not path.startswith(ROOT):
            return DiskPlace(f"{host.casefold()}\0", path, known=False)
        component, _, inner = path[len(ROOT) :].partition("/")
        return DiskPlace(self.identity(host, component), inner, known=True)

    def file_place(self, host: str, path: str) -> DiskPlace:
        """Return where a file lies; a folder's files are asked about one after the other, so where it lies is kept."""
        directory, _, name = path.rpartition("/")
        if not directory.startswith(ROOT):
            return self.place(host, path)
        key = (host, directory)
        folder = self._folders.get(key)
        if folder is None:
            folder = self._folders[key] = self.place(host, directory)
        return DiskPlace(folder.datastore, f"{folder.inner}/{name}" if folder.inner else name, known=True)

    def folder(self, host: str, directory: str) -> tuple[str, str] | None:
        """Return a folder's datastore and the path in it, or None where they are not known; as `place`, in half the time."""
        if not directory.startswith(ROOT):
            return None
        component, _, inner = directory[len(ROOT) :].partition("/")
        return self.identity(host, component), inner

    def is_on_pmem(self, host: str, path: str) -> bool:
        """Tell whether a file lies on persistent memory."""
        place = self.file_place(host, path)
        return place.known and self.is_pmem(place.datastore)

    def is_pmem(self, identity: str) -> bool:
        """Tell whether a datastore is of persistent memory: by its name, or by its type in ``df``."""
        known = self._on_pmem.get(identity)
        if known is None:
            known = self._on_pmem[identity] = self._is_pmem(identity)
        return known

    def _is_pmem(self, identity: str) -> bool:
        names = (identity.rpartition("\0")[2], *self._name_of.get(identity, ()))
        return identity in self._pmem or any(map(is_pmem_name, names))

    def sees(self, host: str, identity: str) -> bool:
        """Tell whether a capture of a host shows that it has a datastore."""
        if self._seen is None:
            mounted = {(fact.machine.name, row.mounted_on) for fact, row in self._facts.of(Filesystem)}
            listed = {(fact.machine.name, row.directory) for fact, row in self._facts.of(Listed)}
            self._seen = {
                (name.casefold(), self.identity(name, _component(path))) for name, path in mounted | listed if path.startswith(ROOT)
            }
            self._seen |= {(host_name, self.identity(host_name, name)) for host_name, name in self._id_of}
        return (host.casefold(), identity) in self._seen

    def is_named(self, identity: str) -> bool:
        """Tell whether a datastore that is no persistent memory is known by more than its volume id."""
        return not is_volume_id(identity) or identity in self._name_of

    def names(self, host: str, path: str) -> tuple[str, str]:
        """Return a datastore's name and its volume id, each as far as known, for a path on a host."""
        if not path.startswith(ROOT):
            return "", ""
        component = _component(path)
        key = (host, component)
        names = self._names.get(key)
        if names is None:
            names = self._names[key] = self._names_of(host, component)
        return names

    def _names_of(self, host: str, component: str) -> tuple[str, str]:
        if is_volume_id(component) and not is_pmem_name(component):
            known = sorted(self._name_of.get(component.lower(), ()))
            return (known[0] if len(known) == 1 else component), component.lower()
        return component, self._id_of.get((host.casefold(), component), "")


def _is_pmem_guid(name: str) -> bool:
    """Tell whether a name is of persistent memory and holds a whole guid, which no two hosts share."""
    return is_pmem_name(name) and is_volume_id(name)


def is_pmem_name(name: str) -> bool:
    """Tell whether a datastore's name is one that ESXi gives to persistent memory."""
    return name[:7].casefold() == "pmemds-"


def _component(path: str) -> str:
    return path[len(ROOT) :].partition("/")[0]


def _ties(facts: SiteFacts) -> Iterator[tuple[str, str, str, int | None]]:
    """Give each host, name and id that belong together, with the source whose listing shows them, None where it is not a listing."""
    for fact, volume in facts.of(Volume):
        if volume.name != volume.id and is_volume_id(volume.id):
            yield fact.machine.name, volume.name, volume.id, None
    for fact, entries in facts.blocks(Entry):
        for entry in entries if may_hold(entries, _KIND, "link") else ():
            if entry.kind == "link" and entry.directory == ROOT[:-1] and is_volume_id(entry.target):
                yield fact.machine.name, entry.name, entry.target, fact.source


_KIND = Entry._fields.index("kind")
