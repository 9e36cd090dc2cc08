"""Sites of which nothing is missing, section by section, each with what is lacking where that section is taken away."""

from __future__ import annotations

import json
from typing import NamedTuple

import fleet as fleets


class Section(NamedTuple):
    """What one command printed on a machine; `lacks` is what a site without it lacks."""

    side: str
    machine: str
    lacks: str
    word: str
    command: str
    text: str


def sections(seed: int) -> list[Section]:
    """Make a site of hosts and guests at random, of which everything was captured."""
    fleet = fleets.make(seed, collisions=False)
    disks = [disk for disk in fleet.disks if not disk.scsi]
    made: list[Section] = []
    for host in sorted({disk.host for disk in disks}):
        made += _host(host, [disk for disk in disks if disk.host == host])
    for guest, devices in fleet.guests.items():
        made += _guest(guest, [disk for disk in devices if isinstance(disk, fleets.Disk)])
    return made


def _host(host: str, disks: list[fleets.Disk]) -> list[Section]:
    store = f"/vmfs/volumes/{disks[0].datastore}"
    vms = list(dict.fromkeys(disk.vm for disk in disks))
    df = f"Filesystem Bytes Used Available Use% Mounted on\nPMEM 270582939648 21474836480 249108103168 8% {store}\n"
    listing = f"{store}:\ntotal 0\n" + "".join(f"drwxr-xr-x    1 root     root             8 Nov 18 09:12 {vm}\n" for vm in vms)
    for vm in vms:
        rows = [f"-rw-------    1 root     root     {disk.bytes:>9} Nov 18 09:12 {disk.name}\n" for disk in disks if disk.vm == vm]
        listing += f"\n{store}/{vm}:\ntotal 8\n{''.join(rows)}"
    answers = "".join(f"{disk.path}\n{disk.answer()}\n" for disk in disks)
    loop = 'for f in /vmfs/volumes/PMemDS-*/*/*.vmdk; do echo "$f"; vmkfstools -J getuuid "$f"; done'
    return [
        Section("host", host, "datastores", "df", "df", df),
        Section("host", host, "listing", "ls-lR", f"ls -lR {store}", listing),
        Section("host", host, "uuids", "getuuid", loop, answers),
    ]


def _guest(guest: str, disks: list[fleets.Disk]) -> list[Section]:
    numbered = list(enumerate(disks))
    dimms = [{"dev": f"nmem{number}", "id": f"8902-{disk.uuid[-8:]}"} for number, disk in numbered]
    regions = [
        {"dev": f"region{number}", "size": disk.bytes, "mappings": [{"dimm": f"nmem{number}", "offset": 0, "length": disk.bytes}]}
        for number, disk in numbered
    ]
    spaces = [{"dev": f"namespace{number}.0", "mode": "fsdax", "blockdev": f"pmem{number}"} for number, _ in numbered]
    blocks = [{"name": f"pmem{number}", "type": "disk", "size": disk.bytes, "serial": None} for number, disk in numbered]
    df = "Filesystem      Size  Used Avail Use% Mounted on\n"
    df += "".join(f"/dev/pmem{number}      974M   68K  907M   1% /data/{number}\n" for number, _ in numbered)
    return [
        Section("guest", guest, "dimms", "ndctl-list-DR", "ndctl list -DR", _json({"dimms": dimms, "regions": regions})),
        Section("guest", guest, "namespaces", "ndctl-list-N", "ndctl list -N", _json(spaces)),
        Section("guest", guest, "mounts", "df", "df -h", df),
        Section("guest", guest, "disks", "lsblk", "lsblk -J -b -O", _json({"blockdevices": blocks})),
    ]


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


def as_files(found: list[Section]) -> dict[str, str]:
    """Write a file for each command."""
    return {f"{one.side}s/{one.machine}/{one.word}.txt": one.text for one in found}


def as_sessions(found: list[Section]) -> dict[str, str]:
    """Write a file for each machine, a session with prompts."""
    files: dict[str, str] = {}
    for one in found:
        prompt = f"[root@{one.machine}:~]" if one.side == "host" else f"root@{one.machine}:~#"
        files[f"{one.machine}.txt"] = f"{files.get(f'{one.machine}.txt', '')}{prompt} {one.command}\n{one.text}"
    return files
