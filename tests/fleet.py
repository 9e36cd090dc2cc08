"""Fleets made at random, with their truth: the captures as text, and which device really is which disk."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field

VENDOR = "8902"


@dataclass
class Disk:
    """A virtual disk file; `uuid` is 32 digits."""

    host: str
    datastore: str
    vm: str
    name: str
    uuid: str
    bytes: int
    scsi: bool = False

    @property
    def path(self) -> str:
        """Where it lies on its host."""
        return f"/vmfs/volumes/{self.datastore}/{self.vm}/{self.name}"

    def answer(self) -> str:
        """Return what vmkfstools answers."""
        octets = [self.uuid[index : index + 2] for index in range(0, 32, 2)]
        return f"UUID is {' '.join(octets[:8])}-{' '.join(octets[8:])}"


@dataclass
class Fleet:
    """Disks, and each guest's disks in the order of its nmem numbers; a text is a serial without a disk.

    `scsi` are each guest's SCSI disks in the order of their letters; in a guest without disk.EnableUUID they have no serials.
    """

    disks: list[Disk] = field(default_factory=list)
    guests: dict[str, list[Disk | str]] = field(default_factory=dict)
    scsi: dict[str, list[Disk]] = field(default_factory=dict)
    with_uuid: set[str] = field(default_factory=set)

    def truth(self) -> dict[tuple[str, str], Disk]:
        """Return the disk that each guest's device really is."""
        nmems = {
            (guest, f"nmem{number}"): disk
            for guest, disks in self.guests.items()
            for number, disk in enumerate(disks)
            if isinstance(disk, Disk)
        }
        return nmems | {
            (guest, f"sd{letter}"): disk
            for guest in self.guests
            if guest in self.with_uuid
            for letter, disk in zip("abcdefgh", self.scsi.get(guest, []), strict=False)
        }


def make(seed: int, *, collisions: bool) -> Fleet:
    """Make a fleet; with `collisions` some disks share their last digits, and some VMs are clones with their UUIDs."""
    dice = random.Random(seed)
    fleet = Fleet()
    suffixes = [f"{dice.getrandbits(32):08x}" for _ in range(6)]
    for host in range(dice.randint(1, 3)):
        guid = "".join(f"{dice.getrandbits(8):02x}" for _ in range(16))
        datastore = f"PMemDS-{guid[:8]}-{guid[8:12]}-{guid[12:16]}-{guid[16:20]}-{guid[20:]}"
        for vm in range(dice.randint(1, 4)):
            name = f"vm {host}{vm}" if dice.random() < 0.2 else f"vm{host}{vm}"
            _add_vm(fleet, dice, (f"esx{host:02d}", datastore, name), suffixes if collisions else [])
            if collisions and dice.random() < 0.3:
                _clone_vm(fleet, dice, name)
    return fleet


def _add_vm(fleet: Fleet, dice: random.Random, place: tuple[str, str, str], suffixes: list[str]) -> None:
    host, datastore, vm = place
    disks: list[Disk | str] = []
    for number in range(dice.randint(1, 4)):
        suffix = dice.choice(suffixes) if suffixes and dice.random() < 0.3 else f"{dice.getrandbits(32):08x}"
        uuid = f"6000c29{dice.getrandbits(68):017x}{suffix}"
        disks.append(Disk(host, datastore, vm, f"{vm}_{number}.vmdk" if number else f"{vm}.vmdk", uuid, dice.choice([1, 1, 2, 4]) << 30))
    fleet.disks += [disk for disk in disks if isinstance(disk, Disk)]
    scsi = [_scsi_disk(dice, place, number, suffixes) for number in range(dice.choice([0, 0, 1, 2, 3]))]
    fleet.disks += scsi
    if dice.random() < 0.2:
        disks.append(f"{dice.getrandbits(32):08x}")
    dice.shuffle(disks)
    # One guest cannot show two devices of one id under this generator: which of them were which could not be said.
    ids = [disk if isinstance(disk, str) else disk.uuid[-8:] for disk in disks]
    if len(set(ids)) == len(ids):
        fleet.guests[f"guest-{vm.replace(' ', '')}"] = disks
        fleet.scsi[f"guest-{vm.replace(' ', '')}"] = scsi
        if dice.random() < 0.7:
            fleet.with_uuid.add(f"guest-{vm.replace(' ', '')}")


def _scsi_disk(dice: random.Random, place: tuple[str, str, str], number: int, suffixes: list[str]) -> Disk:
    """Make an ordinary disk; one in four lies on persistent memory."""
    host, datastore, vm = place
    suffix = dice.choice(suffixes) if suffixes and dice.random() < 0.3 else f"{dice.getrandbits(32):08x}"
    uuid = f"6000c29{dice.getrandbits(68):017x}{suffix}"
    return Disk(
        host, datastore if dice.random() < 0.25 else "datastore1", vm, f"{vm}-os{number}.vmdk", uuid, dice.choice([8, 16]) << 30, scsi=True
    )


def _clone_vm(fleet: Fleet, dice: random.Random, vm: str) -> None:
    originals = [disk for disk in fleet.disks if disk.vm == vm]
    copies = [Disk(disk.host, disk.datastore, f"{vm}-clone", disk.name, disk.uuid, disk.bytes, disk.scsi) for disk in originals]
    if dice.random() < 0.5:
        copies = copies[:1]
    fleet.disks += copies
    if dice.random() < 0.5:
        clone: list[Disk | str] = [disk for disk in copies if not disk.scsi]
        dice.shuffle(clone)
        if len({disk.uuid[-8:] for disk in copies}) == len(copies):
            fleet.guests[f"guest-{vm.replace(' ', '')}-clone"] = clone
            fleet.scsi[f"guest-{vm.replace(' ', '')}-clone"] = [disk for disk in copies if disk.scsi]
            fleet.with_uuid.add(f"guest-{vm.replace(' ', '')}-clone")


def host_text(dice: random.Random, host: str, disks: list[Disk], *, listed: bool = False) -> str:
    """Write a host's capture, as a session with prompts or as a loop that echoes names; `listed` says that each folder is listed."""
    lines = [f"[root@{host}:~] uname -a", f"VMkernel {host} 8.0.2 #1 SMP Release build-1 x86_64 ESXi"]
    if dice.random() < 0.5:
        lines.append(f'[root@{host}:~] for f in /vmfs/volumes/*/*/*.vmdk; do echo "$f"; vmkfstools -J getuuid "$f"; done')
        for disk in disks:
            lines += [disk.path, disk.answer()]
        return "\n".join(lines) + "\n"
    for vm in dict.fromkeys((disk.datastore, disk.vm) for disk in disks):
        here = f"/vmfs/volumes/{vm[0]}/{vm[1]}"
        mine = [disk for disk in disks if (disk.datastore, disk.vm) == vm]
        if dice.random() < 0.5 or listed:
            lines += [f"[root@{host}:{here}] ls -l", "total 0"]
            lines += [f"-rw-------    1 root     root     {disk.bytes:>9} Nov 18 09:12 {disk.name}" for disk in mine]
        for disk in mine:
            lines += [f'[root@{host}:{here}] vmkfstools -J getuuid "{disk.name}"', disk.answer()]
    return "\n".join(lines) + "\n"


def guest_text(dice: random.Random, guest: str, disks: list[Disk | str]) -> str:
    """Write a guest's capture: ``ndctl list -D``, or ``-DR`` with the sizes."""
    numbers = list(range(len(disks)))
    dice.shuffle(numbers)
    serials = [disk if isinstance(disk, str) else disk.uuid[-8:] for disk in disks]
    dimms = ",".join(f'\n  {{\n    "dev":"nmem{n}",\n    "id":"{VENDOR}-{serials[n]}"\n  }}' for n in numbers)
    if dice.random() < 0.5:
        return f"root@{guest}:~# ndctl list -D\n[{dimms}\n]\n"
    regions = ",".join(
        f'\n  {{\n    "dev":"region{n}",\n    "size":{disk.bytes},\n    "mappings":[\n      {{\n        "dimm":"nmem{n}",\n'
        f'        "offset":0,\n        "length":{disk.bytes}\n      }}\n    ]\n  }}'
        for n, disk in enumerate(disks)
        if isinstance(disk, Disk)
    )
    return f'root@{guest}:~# ndctl list -DR\n{{\n "dimms":[{dimms}\n ],\n "regions":[{regions}\n ]\n}}\n'


def scsi_text(dice: random.Random, guest: str, disks: list[Disk], *, with_uuid: bool) -> str:
    """Write what a guest shows of its SCSI disks: as a table, as JSON, or as links."""
    prompt = f"root@{guest}:~#"
    named = [(f"sd{letter}", disk, disk.uuid if with_uuid else "") for letter, disk in zip("abcdefgh", disks, strict=False)]
    form = dice.randrange(3)
    if form == 0:
        rows = "".join(f"{name}  {disk.bytes:>11} {uuid}".rstrip() + "\n" for name, disk, uuid in named)
        return f"{prompt} lsblk -b -o NAME,SIZE,SERIAL\nNAME        SIZE SERIAL\n{rows}"
    if form == 1:
        objects = [{"name": name, "type": "disk", "size": disk.bytes, "serial": uuid or None} for name, disk, uuid in named]
        return f"{prompt} lsblk -J -b -O\n{json.dumps({'blockdevices': objects}, indent=3)}\n"
    rows = "".join(f"lrwxrwxrwx 1 root root 9 Jun 27 15:05 scsi-3{uuid.upper()} -> ../../{name}\n" for name, _, uuid in named if uuid)
    return f"{prompt} ls -l /dev/disk/by-id\ntotal 0\n{rows}"


def captures(fleet: Fleet, seed: int, *, lost: float = 0.0, listed: bool = False) -> dict[str, str]:
    """Write a fleet's captures as files; each is left out with the chance `lost`, and of hosts each folder is listed where `listed` says so."""
    dice = random.Random(seed)
    files: dict[str, str] = {}
    for host in sorted({disk.host for disk in fleet.disks}):
        files[f"h-{host}.txt"] = host_text(dice, host, [disk for disk in fleet.disks if disk.host == host], listed=listed)
    for guest, disks in fleet.guests.items():
        files[f"g-{guest}.txt"] = guest_text(dice, guest, disks)
        if fleet.scsi.get(guest):
            files[f"g-{guest}.txt"] += scsi_text(dice, guest, fleet.scsi[guest], with_uuid=guest in fleet.with_uuid)
    return {name: text for name, text in files.items() if dice.random() >= lost}
