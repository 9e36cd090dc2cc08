"""Two vmdks whose UUIDs agree in the last digits alone: what else is known of their folders tells whose each is."""

from __future__ import annotations

from reconcile import match, read

VOLUME = "/vmfs/volumes/PMemDS-3f0c7a52-91d4-4e0b-b6a7-5d2e18c4f963"
SHARED = "0badcafe"


def uuid(front: str, serial: str) -> str:
    digits = f"6000c29{front}{'5' * (25 - len(front) - 8)}{serial}"
    pairs = [digits[at : at + 2] for at in range(0, 32, 2)]
    return f"{' '.join(pairs[:8])}-{' '.join(pairs[8:])}"


def site(disks: dict[str, list[tuple[str, str]]], guests: dict[str, list[str]]) -> dict[str, str | bytes]:
    """Return captures: by folder each disk's front and serial, listed whole; by guest the serials of its dimms."""
    text = ""
    for folder, those in disks.items():
        names = [f"{folder}_{number}.vmdk" for number in range(len(those))]
        text += f"[root@esx01:~] ls {VOLUME}/{folder}\n" + "".join(f"{name}\n" for name in names)
        for name, (front, serial) in zip(names, those, strict=True):
            text += f"[root@esx01:~] vmkfstools -J getuuid {VOLUME}/{folder}/{name}\nUUID is {uuid(front, serial)}\n"
    files: dict[str, str | bytes] = {"esx01.txt": text}
    for guest, serials in guests.items():
        dimms = ",".join(f'{{"dev":"nmem{number}","id":"8902-{serial}"}}' for number, serial in enumerate(serials))
        files[f"{guest}.txt"] = f"[root@{guest} ~]# ndctl list -D\n[{dimms}]\n"
    return files


GUESTS = {"app": ["aaaaaaaa", SHARED], "web": ["bbbbbbbb", SHARED]}


def pairs_of(files, captures):
    rows = match(read(captures(files))).mapping
    return {(row.guest, row.device): row.vmdk for row in rows[rows["status"] == "matched"].itertuples()}


def test_a_vmdk_that_no_device_shows_is_no_reason_to_doubt_another_folders(captures):
    disks = {"a": [("1", "aaaaaaaa"), ("2", SHARED), ("3", "cccccccc")], "w": [("4", "bbbbbbbb"), ("5", SHARED)]}
    found = pairs_of(site(disks, GUESTS), captures)
    assert found == {("app", "nmem0"): "a_0.vmdk", ("app", "nmem1"): "a_1.vmdk", ("web", "nmem0"): "w_0.vmdk", ("web", "nmem1"): "w_1.vmdk"}


def test_beside_a_copy_it_is_one(captures):
    """The folder `a` may be the guest's whose other disk there was made anew, and `w` a clone of it."""
    disks = {"a": [("5", SHARED), ("3", "cccccccc")], "w": [("4", "bbbbbbbb"), ("5", SHARED)]}
    found = pairs_of(site(disks, {"web": GUESTS["web"]}), captures)
    assert ("web", "nmem1") not in found
