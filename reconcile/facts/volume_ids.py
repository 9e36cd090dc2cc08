"""Volumes' ids, as folders below /vmfs/volumes show them, and which name a prompt ties to one."""

from __future__ import annotations

import re

# /vmfs/volumes/NAME is four parts: the empty one before the first slash, two folders, the volume.
_VOLUME_DEPTH = 4
# 66b0c33b-d2f3dff8-8f53-1e00f500013e        55ab62ec-2abeb31b        vsan:52a59308860999bb-a80c6ed5bd953476
_VOLUME_ID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{8}-[0-9a-f]{8}|vsan:[0-9a-f]{16}-[0-9a-f]{16}"
    r"|(?:PMemDS-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    re.IGNORECASE,
)


def is_volume_id(text: str) -> bool:
    """Tell whether a folder of ``/vmfs/volumes`` is a volume's id and not its name."""
    return bool(_VOLUME_ID.fullmatch(text))


def tied(known: str, shown: str) -> tuple[str, str] | None:
    """Return a volume's name and id, where one directory is known by the one and shown by the other."""
    by_name = known.split("/")
    by_id = shown.split("/")
    if len(by_name) < _VOLUME_DEPTH or len(by_name) != len(by_id) or is_volume_id(by_name[3]):
        return None
    same_place = by_name[:3] == by_id[:3] == ["", "vmfs", "volumes"] and by_name[4:] == by_id[4:]
    return (by_name[3], by_id[3]) if same_place and is_volume_id(by_id[3]) else None
