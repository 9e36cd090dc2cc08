"""Visits to a site that is acted out: nmems, SCSI disks and disks that two VMs share, which come, go, move and change their numbers between.

Datastores are shown by their names or by their ids, and the captures bear a time or none. What was so at each visit is kept.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import random

HOSTS = ("esx31", "esx32")
PMEM = {"esx31": "PMemDS-31313131-aaaa-4bbb-8ccc-0123456789ab", "esx32": "PMemDS-32323232-aaaa-4bbb-8ccc-0123456789ab"}
# Both hosts see bulk under one id, which may be renamed to bulk2; datastore1 is another one on each.
IDS = {
    ("esx31", "bulk"): "65b0beef-0a1b2c3d-4e5f-a0b1c2d3e4f5", ("esx32", "bulk"): "65b0beef-0a1b2c3d-4e5f-a0b1c2d3e4f5",
    ("esx31", "datastore1"): "65b03131-0a1b2c3d-4e5f-a0b1c2d3e4f5", ("esx32", "datastore1"): "65b03232-0a1b2c3d-4e5f-a0b1c2d3e4f5",
}  # fmt: skip
RENAMED = {(host, "bulk2"): IDS[host, "bulk"] for host in HOSTS}
SIZE = 1 << 30


class File(NamedTuple):
    """A vmdk: the host that sees it, its datastore's name, and the path in it."""

    host: str
    store: str
    vm: str
    name: str
    uuid: str
    scsi: bool

    @property
    def place(self) -> tuple[str, str, str]:
        """What it is, whoever shows it: the datastore's id, and the path in it."""
        return (IDS.get((self.host, self.store), self.store), self.vm, self.name)


@dataclass(frozen=True)
class Vm:
    """A VM and its guest: by the name of each device the file that it is."""

    name: str
    host: str
    devices: dict[str, File]


class Shown(NamedTuple):
    """What a device was at one visit: its guest, what identifies it, its name and its file."""

    guest: str
    ident: str
    name: str
    file: File


@dataclass
class Visit:
    """One visit: what there is, what of it was captured, and whether each answer bears a time."""

    vms: list[Vm]
    files: list[File]
    sources: dict[str, str] = field(default_factory=dict)
    shown: list[Shown] = field(default_factory=list)
    answered: set[File] = field(default_factory=set)
    # Guests and kinds of devices of which all were listed.
    whole: set[tuple[str, bool]] = field(default_factory=set)

    def truth(self) -> list[Shown]:
        """Return all devices that there are."""
        return [Shown(vm.name, ident_of(file), name, file) for vm in self.vms for name, file in vm.devices.items()]


def ident_of(file: File) -> str:
    """Return what identifies the device that a file is."""
    return file.uuid if file.scsi else f"8902-{file.uuid[-8:]}"


def begin(dice: random.Random) -> list[Vm]:
    """Make VMs, of which two may share a disk."""
    vms: list[Vm] = []
    for name in dice.sample(("wiki", "mail", "erp", "crm", "hr"), dice.randint(1, 3)):
        host = dice.choice(HOSTS)
        files = [File(host, PMEM[host], name, f"{name}_{number}.vmdk", _uuid(dice), scsi=False) for number in range(dice.randint(0, 3))]
        store = dice.choice(("bulk", "datastore1"))
        files += [File(host, store, name, f"{name}-os{number}.vmdk", _uuid(dice), scsi=True) for number in range(dice.randint(1, 3))]
        vms.append(Vm(name, host, _numbered(dice, files)))
    if len(vms) > 1 and dice.random() < 0.4:
        shared = File(vms[0].host, "bulk", vms[0].name, "quorum.vmdk", _uuid(dice), scsi=True)
        for index, vm in enumerate(vms[:2]):
            vms[index] = replace(vm, devices=_numbered(dice, [*vm.devices.values(), shared._replace(host=vm.host)]))
    return vms


def _uuid(dice: random.Random) -> str:
    return f"6000c29{dice.getrandbits(100):025x}"


def _numbered(dice: random.Random, files: list[File]) -> dict[str, File]:
    """Give devices names in any order, as a boot does."""
    files = dice.sample(files, len(files))
    nmems, disks = ([file for file in files if file.scsi is scsi] for scsi in (False, True))
    return {f"nmem{number}": file for number, file in enumerate(nmems)} | {f"sd{'abcdefgh'[at]}": file for at, file in enumerate(disks)}


def pass_time(dice: random.Random, vms: list[Vm]) -> list[Vm]:
    """Let devices be removed, added and made anew, VMs move to the other host, and guests boot."""
    return [_changed(dice, vm) if dice.random() < 0.7 else vm for vm in vms]


def _changed(dice: random.Random, vm: Vm) -> Vm:
    files = list(vm.devices.values())
    own = [file for file in files if file.name != "quorum.vmdk"]
    match dice.randrange(6):
        case 0 if len(own) > 1:
            files.remove(dice.choice(own))
        case 1:
            files.append(File(vm.host, PMEM[vm.host], vm.name, f"{vm.name}_9.vmdk", _uuid(dice), scsi=False))
        case 2:
            at = files.index(dice.choice(own))
            files[at] = files[at]._replace(uuid=_uuid(dice))
        case 3:
            host = next(host for host in HOSTS if host != vm.host)
            # Local disks are copied, and keep their UUIDs; on bulk they stay where they are.
            files = [file._replace(host=host, store=file.store if file.scsi else PMEM[host]) for file in files]
            return Vm(vm.name, host, _numbered(dice, files))
        case 4:
            return vm
    return Vm(vm.name, vm.host, _numbered(dice, files))


def visit(dice: random.Random, vms: list[Vm], day: int, *, dated: bool, bulk: str = "bulk") -> Visit:
    """Capture a part of what there is, on a day of November on which the datastore that both hosts see is called `bulk`."""
    files = list({file.place: file for vm in vms for file in vm.devices.values()}.values())
    found = Visit(vms, files)
    for host in HOSTS:
        seen = [file for file in files if file.host == host or file.store == "bulk"]
        if dice.random() < 0.85:
            text = _host(dice, found, host, [file._replace(host=host) for file in seen], bulk)
            found.sources[f"{host}-{day}.txt"] = _date(f"[root@{host}:~]", day, dated=dated) + text
    for vm in vms:
        # Some guests are captured twice, and each time something else is asked.
        for number in range(dice.choice((0, 1, 1, 1, 1, 2))):
            text = _guest(dice, found, vm)
            found.sources[f"{vm.name}-{day}-{number}.txt"] = _date(f"root@{vm.name}:~#", day, dated=dated) + text
    return found


def _date(prompt: str, day: int, *, dated: bool) -> str:
    return f"{prompt} date\nMon Nov {day} 10:00:00 UTC 2024\n" if dated else ""


def _host(dice: random.Random, visit: Visit, host: str, files: list[File], bulk: str) -> str:
    tied = dice.random() < 0.8
    text = f"[root@{host}:~] uname -n\n{host}\n"
    if tied:
        text += f"[root@{host}:~] ls -l /vmfs/volumes\ntotal 4\n" + "".join(
            f"lrwxr-xr-x    1 root     root            35 Nov 11 09:00 {name.replace('bulk', bulk)} -> {known}\n"
            for (of, name), known in IDS.items()
            if of == host
        )
    for store, vm in sorted({(file.store, file.vm) for file in files}):
        inside = [file for file in files if (file.store, file.vm) == (store, vm)]
        shown = dice.choice((store.replace("bulk", bulk), IDS.get((host, store), store))) if tied else IDS.get((host, store), store)
        prompt = f"[root@{host}:/vmfs/volumes/{shown}/{vm}]"
        if dice.random() < 0.6:
            rows = "".join(f"-rw-------    1 root     root     {SIZE} Nov 11 09:00 {file.name}\n" for file in inside)
            text += f"{prompt} ls -l\ntotal 8\n{rows}"
        for file in inside:
            if dice.random() < 0.85:
                octets = [file.uuid[at : at + 2] for at in range(0, 32, 2)]
                text += f"{prompt} vmkfstools -J getuuid {file.name}\nUUID is {' '.join(octets[:8])}-{' '.join(octets[8:])}\n"
                visit.answered.add(file)
    return text


def _guest(dice: random.Random, visit: Visit, vm: Vm) -> str:
    text = ""
    for scsi in (False, True):
        names = [name for name, file in vm.devices.items() if file.scsi is scsi]
        if not names or dice.random() < 0.2:
            continue
        one = dice.choice(names) if dice.random() < 0.2 else ""
        shown = [one] if one else names
        text += f"root@{vm.name}:~# " + (_disks(vm, shown, one) if scsi else _dimms(vm, shown, one))
        visit.shown += [Shown(vm.name, ident_of(vm.devices[name]), name, vm.devices[name]) for name in shown]
        if not one:
            visit.whole.add((vm.name, scsi))
    return text


def _dimms(vm: Vm, names: list[str], one: str) -> str:
    dimms = [{"dev": name, "id": ident_of(vm.devices[name])} for name in names]
    return f"ndctl list -D{f' -d {one}' if one else ''}\n{json.dumps(dimms, indent=1)}\n"


def _disks(vm: Vm, names: list[str], one: str) -> str:
    rows = "".join(f"{name:<4} disk {SIZE} {vm.devices[name].uuid}\n" for name in names)
    return f"lsblk -b -o NAME,TYPE,SIZE,SERIAL{f' {one}' if one else ''}\nNAME TYPE       SIZE SERIAL\n{rows}"
