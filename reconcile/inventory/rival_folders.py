"""Folders in which a device's vmdk may lie just as well, though no captured vmdk there has its digits.

A clone keeps its original's UUIDs. So where two folders share a UUID, what one of them holds is no evidence while the other may hold the
same: while a vmdk there is of unknown UUID, or while nobody listed it whole. And where a folder is called after the guest, or its vmdks are,
the guest's disk may be one of unknown UUID there: a name settles nothing, but it is a reason to doubt.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from reconcile.inventory.uniform_folders import PlainFolder
from reconcile.inventory.vmdks import name_of_folder, name_of_vmdk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.inventory.digits import Digits
    from reconcile.inventory.vmdks import Vmdk

Folder = tuple[str, str]

# What stands behind a VM's name in those of its disks: db01.vmdk        db01_1.vmdk
_NUMBER = re.compile(r"(?:_[0-9]+)?\.vmdk$")


class Folders(NamedTuple):
    """What is known of a site's folders: those that were `listed` whole, and those that hold a vmdk of `unknown` UUID.

    `newest` says of a file that was seen with several UUIDs which is the newest, ``""`` where that is not known. `void` are
    folders with UUIDs that files there had before ``setuuid``, which a clone still has.
    """

    listed: frozenset[Folder]
    unknown: frozenset[Folder]
    newest: Mapping[Folder, str]
    void: frozenset[tuple[Folder, str]] = frozenset()


NO_FOLDERS = Folders(frozenset(), frozenset(), {})


class RivalFolders:
    """The folders of a site that share UUIDs, and what they may hold unseen."""

    def __init__(self, digits: Digits, folders: Folders) -> None:
        self._digits = digits
        self._folders = folders

    def holds_unknown(self, folder: Folder | None) -> bool:
        """Tell whether a folder holds a vmdk of unknown UUID, or is not known itself."""
        return folder is None or folder in self._folders.unknown

    def has_loose_twin(self, folder: Folder) -> bool:
        """Tell whether a folder that shares a UUID with this one may hold more than was seen."""
        return folder in self._loose

    def holds_unused(self, folder: Folder | None) -> bool:
        """Tell whether a folder holds a vmdk whose digits no device shows: it may have been made anew since the guest was captured."""
        return folder in self._unused

    @cached_property
    def _unused(self) -> set[Folder | None]:
        digits = self._digits
        return {digits.vmdks[index].folder for index, at in enumerate(digits.found) if at < 0 and digits.suffixes[index]}

    def loose_twins(self, folder: Folder | None) -> frozenset[Folder]:
        """Return the folders that share a UUID with this one and hold a vmdk of unknown UUID, or may hold more than was seen."""
        return frozenset(self._loose_twins.get(folder, set()) - {folder}) if folder else frozenset()

    def raise_no_doubt(self, guest: str, folder: Folder | None) -> bool:
        """Tell whether a folder has no twin that may hold more than was seen, and no vmdk of unknown UUID has this guest's name."""
        return folder not in self._loose_twins and _short(guest) not in self._called

    def called(self, guest: str, vmdk: Vmdk, *, pmem: bool) -> frozenset[Folder]:
        """Return the folders, but this vmdk's, that have a guest's name and hold a vmdk of unknown UUID as this one; an nmem's is on PMem.

        One that may be this vmdk's, of a datastore that one capture names and another shows by its id, is none of them. A VM's ordinary
        disks lie in folders of its name on several datastores, so where this vmdk has that name, too, the other is no rival.
        """
        names = {_short(guest)} if self._folders.unknown and vmdk.folder else set()
        if not pmem:
            names -= set(_names_of(vmdk))
        on_pmem = pmem or vmdk.on_pmem
        return frozenset(
            other.folder
            for name in names
            for other in self._called.get(name, ())
            if other.folder and other.folder != vmdk.folder and other.on_pmem == on_pmem and not may_be_one_folder(vmdk, other)
        )

    def unknown_in(self, folders: Iterable[Folder]) -> Iterator[str]:
        """Name the vmdks of unknown UUID in these folders; by the folder itself where it is not known which they are."""
        for folder in sorted(folders):
            beside = self._shared.get(folder)
            there = f"{beside.host} {beside.path.rpartition('/')[0]}" if beside and beside.path else name_of_folder(folder)
            yield from map(name_of_vmdk, self._unanswered.get(folder, ())) if folder in self._unanswered else (f"a vmdk of {there}",)

    @cached_property
    def _sharing(self) -> list[set[Folder | None]]:
        """Return for each UUID that lies in several folders these folders, None for those not known."""
        by_uuid: dict[str, set[Folder | None]] = {}
        for vmdk in self._alike:
            by_uuid.setdefault(vmdk.uuid, set()).add(vmdk.folder)
        for folder, uuid in self._folders.void:
            by_uuid.setdefault(uuid, set()).add(folder)
        return [folders for folders in by_uuid.values() if len(folders) > 1]

    @cached_property
    def _alike(self) -> list[Vmdk]:
        """The vmdks that share their last digits with another, or with what one had."""
        digits = self._digits
        wanted = digits.shared_suffixes | {uuid[-8:] for _, uuid in self._folders.void}
        if not wanted:
            return []
        return [digits.vmdks[index] for index, suffix in enumerate(digits.suffixes) if suffix in wanted]

    @cached_property
    def _shared(self) -> dict[Folder, Vmdk]:
        """One such vmdk of each folder that has some."""
        return {vmdk.folder: vmdk for vmdk in reversed(self._alike) if vmdk.folder}

    @cached_property
    def _loose(self) -> set[Folder]:
        """Return the folders with a twin, known or not, that may hold more than was seen."""
        found: set[Folder] = set()
        for folders in self._sharing:
            loose = {folder for folder in folders if self._is_loose(folder)}
            found.update(folder for folder in folders if folder and loose - {folder})
        return found

    @cached_property
    def _loose_twins(self) -> dict[Folder, set[Folder]]:
        found: dict[Folder, set[Folder]] = {}
        for folders in self._sharing:
            loose = {folder for folder in folders if folder and self._is_loose(folder)}
            for folder in folders if loose else ():
                if folder:
                    found.setdefault(folder, set()).update(loose)
        return found

    def _is_loose(self, folder: Folder | None) -> bool:
        return folder not in self._folders.listed or folder in self._folders.unknown

    @cached_property
    def _called(self) -> dict[str, list[Vmdk]]:
        """Return the vmdks of unknown UUID by the names that they and their folders have."""
        found: dict[str, list[Vmdk]] = {}
        for vmdk in (vmdk for vmdks in self._unanswered.values() for vmdk in vmdks):
            for name in set(_names_of(vmdk)):
                found.setdefault(name, []).append(vmdk)
        return found

    @cached_property
    def _unanswered(self) -> dict[Folder, list[Vmdk]]:
        found: dict[Folder, list[Vmdk]] = {}
        for piece in self._digits.vmdks.pieces:
            for vmdk in () if isinstance(piece, PlainFolder) else piece:
                if not vmdk.uuid and vmdk.folder:
                    found.setdefault(vmdk.folder, []).append(vmdk)
        return found


def _names_of(vmdk: Vmdk) -> tuple[str, str]:
    """Return the names of the VM that a vmdk's folder and its own name tell of."""
    return _short(vmdk.vm.rpartition("/")[2]), _NUMBER.sub("", vmdk.name).casefold()


def _short(name: str) -> str:
    return name.partition(".")[0].casefold()


def may_be_one_folder(one: Vmdk, other: Vmdk) -> bool:
    """Tell whether two folders of one path may be one: in a datastore whose name one capture shows and another its id."""
    is_one_named = ("\0" in one.identity) != ("\0" in other.identity)
    return one.vm == other.vm and is_one_named and not set(one.hosts).isdisjoint(other.hosts)
