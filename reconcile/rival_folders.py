"""Folders in which a device's vmdk may lie just as well, though no captured vmdk there has its digits.

A clone keeps its original's UUIDs. So where two folders share a UUID, what one of them holds is no evidence while the other may hold the
same: while a vmdk there is of unknown UUID, or while nobody listed it whole.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from reconcile.plain_folders import PlainFolder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.digits import Digits
    from reconcile.vmdks import Vmdk

Folder = tuple[str, str]


class Folders(NamedTuple):
    """What is known of a site's folders: those that were `listed` whole, and those that hold a vmdk of `unknown` UUID.

    `newest` says of a file that was seen with several UUIDs which is the newest, ``""`` where that is not known.
    """

    listed: frozenset[Folder]
    unknown: frozenset[Folder]
    newest: Mapping[Folder, str]


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

    def unknown_twins(self, folder: Folder | None) -> frozenset[Folder]:
        """Return the folders that share a UUID with this one and hold a vmdk of unknown UUID."""
        return frozenset(self._unknown.get(folder, set()) - {folder}) if folder else frozenset()

    def unknown_in(self, folders: Iterable[Folder]) -> Iterator[Vmdk | Folder]:
        """Give the vmdks of unknown UUID in these folders; the folder itself where it is not known which they are."""
        for folder in sorted(folders):
            yield from self._unanswered.get(folder, (folder,))

    @cached_property
    def _sharing(self) -> list[set[Folder | None]]:
        """Return for each UUID that lies in several folders these folders, None for those not known."""
        digits = self._digits
        by_uuid: dict[str, set[Folder | None]] = {}
        for index, suffix in enumerate(digits.suffixes) if digits.shared_suffixes else ():
            if suffix in digits.shared_suffixes:
                vmdk = digits.vmdks[index]
                by_uuid.setdefault(vmdk.uuid, set()).add(vmdk.folder)
        return [folders for folders in by_uuid.values() if len(folders) > 1]

    @cached_property
    def _loose(self) -> set[Folder]:
        found: set[Folder] = set()
        for folders in self._sharing:
            loose = {folder for folder in folders if folder not in self._folders.listed or folder in self._folders.unknown}
            found.update(folder for folder in folders if folder and loose - {folder})
        return found

    @cached_property
    def _unknown(self) -> dict[Folder, set[Folder]]:
        found: dict[Folder, set[Folder]] = {}
        for folders in self._sharing:
            unknown = {folder for folder in folders if folder in self._folders.unknown and folder}
            for folder in folders if unknown else ():
                if folder:
                    found.setdefault(folder, set()).update(unknown)
        return found

    @cached_property
    def _unanswered(self) -> dict[Folder, list[Vmdk]]:
        found: dict[Folder, list[Vmdk]] = {}
        for piece in self._digits.vmdks.pieces:
            for vmdk in () if isinstance(piece, PlainFolder) else piece:
                if not vmdk.uuid and vmdk.folder:
                    found.setdefault(vmdk.folder, []).append(vmdk)
        return found
