"""What hosts lack: the list of their datastores, listings of those of persistent memory, and UUIDs of the disks on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.base.natural_order import natural
from reconcile.facts.records import Attached, Entry, Filesystem, Listed
from reconcile.findings.advice import shell_commands as shell
from reconcile.findings.advice.needs import Lacks, Need
from reconcile.findings.checker import count, some

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconcile.inventory.site import Site
    from reconcile.inventory.vmdks import Vmdk

_ROOT = "/vmfs/volumes"
_DEEP = len(_ROOT.split("/"))
# More names than these are asked by a pattern, where that gives the same files.
_MOST_NAMED = 12
# What lies beside folders; a plain ls does not tell which is which.
_FILES = (".vmdk", ".vmx", ".vmxf", ".vmsd", ".nvram", ".log", ".vswp", ".sf", ".lck", ".txt")


class Hosts:
    """The hosts of one site, and their datastores of persistent memory: by host and what identifies a datastore, its path."""

    def __init__(self, site: Site, hosts: Iterable[str]) -> None:
        self._site = site
        self.names = sorted(hosts, key=natural)
        self.stores: dict[tuple[str, str], str] = {}
        self._seen: set[str] = set()
        self._folders: dict[str, set[str]] = {}
        self._gather()

    def _gather(self) -> None:
        facts = self._site.facts
        for fact, filesystem in facts.of(Filesystem):
            self._seen.add(fact.machine.name)
            self._store(fact.machine.name, filesystem.mounted_on)
        for fact, listed in facts.of(Listed):
            self._listing(fact.machine.name, listed.directory)
        for fact, entry in facts.of(Entry):
            self._entry(fact.machine.name, entry)
        for vmdk in self._site.vmdks:
            for host in vmdk.hosts if vmdk.on_pmem else ():
                self._store(host, vmdk.path)
            if vmdk.vm:
                self._folders.setdefault(vmdk.identity, set()).add(vmdk.vm)
        for fact, attached in facts.of(Attached):
            self._store(fact.machine.name, attached.file)

    def _entry(self, host: str, entry: Entry) -> None:
        self._listing(host, entry.directory)
        if entry.directory == _ROOT:
            self._store(host, f"{_ROOT}/{entry.name}")
        elif entry.certain and entry.kind in {"", "dir"} and not entry.name.startswith(".") and not entry.name.endswith(_FILES):
            place = self._site.volumes.place(host, entry.directory)
            if place.known and not place.inner:
                self._folders.setdefault(place.datastore, set()).add(entry.name)

    def _listing(self, host: str, directory: str) -> None:
        if directory.rstrip("/") == _ROOT:
            self._seen.add(host)
        self._store(host, directory)

    def _store(self, host: str, path: str) -> None:
        parts = path.split("/")
        place = self._site.volumes.place(host, path)
        if place.known and len(parts) > _DEEP and parts[_DEEP] and self._site.volumes.is_pmem(place.datastore):
            self.stores.setdefault((host, place.datastore), "/".join(parts[: _DEEP + 1]))

    def needs(self) -> Iterator[Need]:
        """Give what the hosts lack."""
        for host in self.names:
            if host not in self._seen:
                message = "the list of its datastores, so nobody knows whether one of persistent memory was left out"
                yield self._need(host, Lacks.DATASTORES, (), message, shell.ask_overview(host))
        have = {vmdk.identity for vmdk in self._site.vmdks} | {identity for identity, _ in self._site.listed}
        for (host, identity), path in sorted(self.stores.items()):
            if identity not in have:
                message = f"everything on {path}: a listing, and its disks' UUIDs"
                command = f"{shell.ask_listing(host, path)}\n{shell.ask_uuids(host, path, ['*/*.vmdk'])}"
                yield self._need(host, Lacks.LISTING, (path,), message, command, ("unlisted-datastore", "host-not-captured"))
                continue
            yield from self._listings(host, identity, path)
        yield from self._uuids()

    def _listings(self, host: str, identity: str, path: str) -> Iterator[Need]:
        if (identity, "") not in self._site.listed:
            message = f"a listing of {path}, so nobody knows whether a disk was left out"
            yield self._need(host, Lacks.LISTING, (path,), message, shell.ask_listing(host, path))
            return
        folders = sorted((name for name in self._folders.get(identity, ()) if (identity, name) not in self._site.listed), key=natural)
        if folders:
            message = f"a listing of {some(folders)} on {path}, so nobody knows whether a disk was left out"
            command = shell.ask_listing(host, path, folders)
            yield self._need(host, Lacks.LISTING, tuple(f"{path}/{name}" for name in folders), message, command)

    def _uuids(self) -> Iterator[Need]:
        groups: dict[tuple[str, str], list[Vmdk]] = {}
        for vmdk in self._site.vmdks:
            if not vmdk.uuid:
                host = vmdk.hosts[0]
                groups.setdefault((host, self.stores.get((host, vmdk.identity), "")), []).append(vmdk)
        for (host, store), vmdks in groups.items():
            paths = tuple(dict.fromkeys(vmdk.path for vmdk in vmdks))
            errors = sorted({error for vmdk in vmdks for error in vmdk.errors})
            names = some(f"{vmdk.vm}/{vmdk.name}" if vmdk.vm else vmdk.name for vmdk in vmdks)
            where = f" on {store}" if store else ""
            why = f"; asked, and answered: {errors[0]}" if errors else ""
            message = f"{'the UUID' if len(vmdks) == 1 else 'the UUIDs'} of {names}{where} ({count(len(vmdks), 'disk')}){why}"
            command = shell.ask_uuids(host, store, self._inner(vmdks)) if store else shell.ask_files(host, paths)
            yield self._need(host, Lacks.UUIDS, paths, message, command, ("no-uuid", "host-not-captured"))

    def _inner(self, vmdks: list[Vmdk]) -> list[str]:
        """Return the disks' paths on their datastore; of many, patterns where these give just them."""
        if len(vmdks) <= _MOST_NAMED:
            return [f"{vmdk.vm}/{vmdk.name}" if vmdk.vm else vmdk.name for vmdk in vmdks]
        asked = {(vmdk.identity, vmdk.vm) for vmdk in self._site.vmdks if vmdk.uuid}
        inner: dict[str, None] = {}
        for vmdk in vmdks:
            whole = vmdk.vm and (vmdk.identity, vmdk.vm) not in asked
            inner[f"{vmdk.vm}/*.vmdk" if whole else f"{vmdk.vm}/{vmdk.name}".lstrip("/")] = None
        return list(inner)

    def _need(  # noqa: PLR0913, PLR0917 -- one argument a column
        self, host: str, lacks: Lacks, subjects: tuple[str, ...], message: str, command: str, settles: tuple[str, ...] = ()
    ) -> Need:
        return Need(self._site.name, host, "host", lacks, subjects, message, command, settles=settles)
