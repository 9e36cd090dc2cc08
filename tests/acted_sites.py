"""Sites acted out at random: VMs that are cloned, moved, renamed, grown and set anew, and visits that capture a part of them.

What happens is kept as it happens, so which device is which file is known without asking any code of ours.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import random

GIB = 1 << 30
LOCKED = "Failed to open '{}' : Failed to lock the file (16392).\n"
Spot = tuple[str, str]


@dataclass(eq=False)
class File:
    """A vmdk as it is now."""

    host: str
    folder: str
    name: str
    uuid: str
    bytes: int

    @property
    def spot(self) -> Spot:
        """Its host and path."""
        return self.host, f"{self.home[1]}/{self.name}"

    @property
    def home(self) -> Spot:
        """Its host, and the path of its folder."""
        return self.host, f"/vmfs/volumes/PMemDS-0000000{self.host[-1]}-ef87-4b45-9e0d-8db94ea7740d/{self.folder}"


@dataclass(eq=False)
class Vm:
    """A VM: its guest's name, its files in the order of the guest's numbers, and the digits of its BIOS UUID."""

    guest: str
    files: list[File]
    bios: str


class Device(NamedTuple):
    """A device by its guest's name and its serial."""

    guest: str
    serial: str


@dataclass
class Seen:
    """What was captured: the sources; by device the spots where its file was then; and by spot the UUIDs that were answered there."""

    sources: dict[str, str] = field(default_factory=dict)
    truth: dict[Device, set[Spot]] = field(default_factory=dict)
    answered: dict[Spot, set[str]] = field(default_factory=dict)
    refused: set[Spot] = field(default_factory=set)
    # Folders that were listed, or of which each file was asked.
    whole: set[Spot] = field(default_factory=set)
    void: set[tuple[Spot, str]] = field(default_factory=set)


class Actors:
    """A site in which things happen."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.hosts = [f"esx0{number}" for number in range(1, dice.choice([2, 3, 4]))]
        self.vms: list[Vm] = []
        self.strays: list[File] = []
        self.seen = Seen()
        self._listed_sizes = False
        for number in range(dice.randint(1, 3)):
            name = dice.choice([f"vm{number}", f"vm{number}-000001", f"vm{number}-delta", f"vm{number}-204417"])
            host = dice.choice(self.hosts)
            files = [File(host, name, f"{name}{f'_{at}' if at else ''}.vmdk", self._uuid(), GIB) for at in range(dice.randint(1, 4))]
            self.vms.append(Vm(f"guest{number}", dice.sample(files, len(files)), f"{dice.getrandbits(128):032x}"))

    def _uuid(self) -> str:
        return f"6000c29{self.dice.getrandbits(100):025x}"

    def happen(self) -> None:
        """Let something happen."""
        vm = self.dice.choice(self.vms)
        self.dice.choice([self._clone, self._clone, self._copy, self._move, self._rename, self._grow, self._make_anew, self._remove])(vm)

    def _clone(self, vm: Vm) -> None:
        """Clone a VM: its UUIDs stay, and where its files were copied its BIOS UUID, too."""
        number = len(self.vms)
        host = self.dice.choice(self.hosts)
        files = [File(host, f"clone{number}", file.name, file.uuid, file.bytes) for file in vm.files]
        self.vms.append(Vm(f"guest{number}", files, self.dice.choice([vm.bios, f"{self.dice.getrandbits(128):032x}"])))

    def _copy(self, vm: Vm) -> None:
        """Files that no VM uses."""
        host, folder = self.dice.choice(self.hosts), f"copy{len(self.strays)}"
        chosen = self.dice.sample(vm.files, self.dice.randint(1, len(vm.files))) if vm.files else []
        self.strays += [File(host, folder, file.name, file.uuid, file.bytes) for file in chosen]

    def _move(self, vm: Vm) -> None:
        host = self.dice.choice(self.hosts)
        for file in vm.files:
            file.host = host

    def _rename(self, vm: Vm) -> None:
        for file in vm.files:
            file.folder = f"{vm.guest}-renamed"

    def _grow(self, vm: Vm) -> None:
        # Of a file that was listed and grew then, nothing undated tells that the listing is the older.
        for file in self.dice.sample(vm.files, min(1, len(vm.files))) if not self._listed_sizes else ():
            file.bytes *= 2

    def _make_anew(self, vm: Vm) -> None:
        for file in self.dice.sample(vm.files, min(1, len(vm.files))):
            file.uuid = self._uuid()

    def _remove(self, vm: Vm) -> None:
        if len(vm.files) > 1:
            self.strays.append(vm.files.pop(self.dice.randrange(len(vm.files))))

    def visit(self, number: int) -> None:
        """Capture a part of what there is."""
        files = [file for vm in self.vms for file in vm.files] + self.strays
        for host in self.hosts:
            if self.dice.random() < 0.85:
                there = [file for file in files if file.host == host]
                text = "".join(
                    self._folder(home, [file for file in there if file.home == home]) for home in sorted({f.home for f in there})
                )
                self.seen.sources[f"{number}/{host}.txt"] = text + f"[root@{host}:~] \n"
        for vm in self.vms:
            if self.dice.random() < 0.8:
                self._guest(number, vm)
            if self.dice.random() < 0.3 and vm.files:
                self._vmx(number, vm)

    def _folder(self, home: Spot, files: list[File]) -> str:
        host, path = home
        here = f"[root@{host}:{path}] "
        text = ""
        if self.dice.random() < 0.5:
            self._listed_sizes = True
            rows = "".join(f"-rw-------    1 root     root     {file.bytes} Nov 18 09:12 {file.name}\n" for file in files)
            text += f"{here}ls -l\ntotal 0\n{rows}"
            self.seen.whole.add(home)
            self.seen.refused.update(file.spot for file in files)
        careful = self.dice.random() < 0.6
        form = self.dice.randrange(3)
        text += f'{here}for f in {path}/*.vmdk; do echo "$f"; vmkfstools -J getuuid "$f" 2>&1; done\n' if form == 0 else ""
        for file in files:
            fate = "answered" if careful else self.dice.choice(["answered", "answered", "locked", "not asked"])
            if fate == "not asked" and form:
                continue
            shown = file.name if form == 1 else f"{path}/{file.name}"
            text += f"{shown}\n" if form == 0 else f"{here}vmkfstools -J getuuid {shown}\n"
            if fate == "answered":
                octets = [file.uuid[at : at + 2] for at in range(0, 32, 2)]
                text += f"UUID is {' '.join(octets[:8])}-{' '.join(octets[8:])}\n"
                self.seen.answered.setdefault(file.spot, set()).add(file.uuid)
                if self.dice.random() < 0.03:
                    text += f"{here}vmkfstools -J setuuid {path}/{file.name}\n" if form else ""
                    self.seen.void |= {(file.spot, file.uuid)} if form else set()
                    file.uuid = self._uuid() if form else file.uuid
            else:
                text += LOCKED.format(shown)
                self.seen.refused.add(file.spot)
        return text

    def _guest(self, number: int, vm: Vm) -> None:
        dimms = [{"dev": f"nmem{at}", "id": f"8902-{file.uuid[-8:]}"} for at, file in enumerate(vm.files)]
        regions = [
            {"dev": f"region{at}", "size": file.bytes, "mappings": [{"dimm": f"nmem{at}", "offset": 0, "length": file.bytes}]}
            for at, file in enumerate(vm.files)
        ]
        sized = self.dice.random() < 0.5
        shown = f"root@{vm.guest}:~# ndctl list -D{'R' if sized else ''}\n"
        shown += json.dumps({"dimms": dimms, "regions": regions} if sized else dimms, indent=1) + "\n"
        if self.dice.random() < 0.5:
            bios = vm.bios
            shown += f"root@{vm.guest}:~# dmidecode -s system-uuid\n{bios[:8]}-{bios[8:12]}-{bios[12:16]}-{bios[16:20]}-{bios[20:]}\n"
        self.seen.sources[f"{number}/{vm.guest}.txt"] = shown
        for file in vm.files:
            self.seen.truth.setdefault(Device(vm.guest, file.uuid[-8:]), set()).add(file.spot)

    def _vmx(self, number: int, vm: Vm) -> None:
        host, (octets, path) = vm.files[0].host, ([vm.bios[at : at + 2] for at in range(0, 32, 2)], f"/vmfs/volumes/bulk/{vm.guest}")
        lines = [f'displayName = "{vm.guest}"', f'uuid.bios = "{" ".join(octets[:8])}-{" ".join(octets[8:])}"']
        lines += [f'nvdimm0:{at}.fileName = "{file.spot[1]}"' for at, file in enumerate(vm.files)]
        shown = f"[root@{host}:~] cat {path}/{vm.guest}.vmx\n" + "\n".join(['.encoding = "UTF-8"', *lines]) + "\n"
        self.seen.sources[f"{number}/{vm.guest}-vmx.txt"] = shown


def act(dice: random.Random) -> Seen:
    """Act out a site and its visits."""
    actors = Actors(dice)
    for number in range(dice.choice([1, 1, 2])):
        for _ in range(dice.randint(0, 3)):
            actors.happen()
        actors.visit(number)
    return actors.seen
