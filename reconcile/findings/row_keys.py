"""What a finding says of the rows of the table `mapping` that it is about: cells of theirs, by which they are found again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconcile.base.uuid_text import uuid_text
from reconcile.inventory.vmdks import Vmdk

if TYPE_CHECKING:
    from reconcile.inventory.devices import Device


class Keys(NamedTuple):
    """Cells of rows of `mapping`, in its words; ``""`` for what those rows need not have in common."""

    guest: str = ""
    device: str = ""
    device_id: str = ""
    host: str = ""
    datastore: str = ""
    vm: str = ""
    vmdk: str = ""
    uuid: str = ""
    uuid_suffix: str = ""


NO_KEYS = Keys()


def keys_of(*sides: Device | Vmdk) -> Keys:
    """Return the cells by which the row of a device, of a vmdk, or of both as a pair is known."""
    keys = NO_KEYS
    for side in sides:
        if isinstance(side, Vmdk):
            keys = file_of(side)._replace(
                guest=keys.guest, device=keys.device, device_id=keys.device_id, uuid=uuid_text(side.uuid), uuid_suffix=side.suffix
            )
        else:
            suffix = side.serial if side.is_vmwares else ""
            keys = keys._replace(guest=side.guest, device=side.name, device_id=side.id, uuid_suffix=keys.uuid_suffix or suffix)
    return keys


def file_of(vmdk: Vmdk) -> Keys:
    """Return the cells that say where a vmdk lies, whatever its UUID is."""
    return Keys(host=vmdk.host, datastore=vmdk.datastore, vm=vmdk.vm, vmdk=vmdk.name)
