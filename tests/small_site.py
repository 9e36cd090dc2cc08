"""The smallest site that reconciles, one that does not, and what tests ask of folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

UUID = "6000c298-42c7-54f8-02c2-d49b206b080c"
GUEST = 'root@db01:~# ndctl list -D\n[{"dev":"nmem0","id":"8902-206b080c"}]\n'
HOST = (
    "[root@esx01:~] vmkfstools -J getuuid /vmfs/volumes/PMemDS-1/db01/db01.vmdk\nUUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c\n"
)
PAIR: dict[str, str | bytes] = {"db01.txt": GUEST, "esx01.txt": HOST}
# A device that no vmdk is, and lines that nobody understands.
UNSETTLED: dict[str, str | bytes] = {
    **PAIR,
    "web01.txt": 'root@web01:~# ndctl list -D\n[{"dev":"nmem0","id":"8902-00012345"}]\nwhat is this\n',
}
# Serials that a spreadsheet would take for numbers, on both sides.
SERIALS = ("00012345", "1e100000", "12345678")


def answer(serial: str) -> str:
    """Return what vmkfstools answers for a disk whose UUID ends in these digits."""
    pairs = [serial[index : index + 2] for index in range(0, 8, 2)]
    return f"UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b {' '.join(pairs)}\n"


def of_serials(*serials: str) -> dict[str, str | bytes]:
    """Return captures of one guest and one host with a disk for each serial."""
    devices = ",".join(f'{{"dev":"nmem{number}","id":"8902-{serial}"}}' for number, serial in enumerate(serials))
    disks = "".join(f"/vmfs/volumes/PMemDS-1/db01/disk_{number}.vmdk\n{answer(serial)}" for number, serial in enumerate(serials))
    return {"db01.txt": f"root@db01:~# ndctl list -D\n[{devices}]\n", "esx01.txt": disks}


def contents(folder: Path) -> dict[str, bytes | None]:
    """Return all that is below a folder, by its path: a file's bytes, a folder's None."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}
