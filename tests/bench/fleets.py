"""Fleets made from a seed, of any size, with the truth about them: which device really is which vmdk, and what can be said of it.

A fleet is hosts with VMs, each with as many vmdks; a guest shows a device for each, numbered at random. Some vmdks have no device, some
devices no vmdk. On purpose there are three kinds of doubles: a VM cloned whole, whose rows nothing can tell apart (ambiguous); one vmdk
copied elsewhere, which the guest's other devices tell apart; and two vmdks of different guests with different UUIDs whose last 8 digits
agree, as chance makes n^2/2^33 of them, which the guests' other devices tell apart, too. All other digits are unlike.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

PRESETS = {"S": (10, 20, 4), "M": (200, 25, 4), "L": (2000, 50, 4)}
_SIZES = (1 << 28, 1 << 29, 1 << 30, 1 << 31)


@dataclass(frozen=True, slots=True)
class Plan:
    """What fleet to make. `orphans` and `doubles` are shares; `collisions` is a number, or None for as many as chance makes."""

    hosts: int
    vms: int
    dimms: int
    seed: int = 1
    sites: int = 1
    orphans: float = 0.02
    doubles: float = 0.001
    collisions: int | None = None
    plain: bool = True

    @property
    def vmdks(self) -> int:
        """How many there are, without the doubles."""
        return self.hosts * self.vms * self.dimms


class Truth(NamedTuple):
    """A row of the mapping as it must be; UUIDs are 32 digits."""

    site: str
    status: str
    guest: str
    device: str
    device_id: str
    host: str
    vm: str
    vmdk: str
    uuid: str


@dataclass(slots=True)
class Disk:
    """A vmdk, and the number of the device that its guest shows of it, or None."""

    name: str
    uuid: str
    bytes: int
    nmem: int | None = None


@dataclass(slots=True)
class Vm:
    """A VM's folder with its disks. `guest` is ``""`` where nobody captured it; `spare` are devices without a vmdk, by number."""

    name: str
    guest: str
    disks: list[Disk]
    spare: dict[int, str] = field(default_factory=dict)
    cloned: bool = False

    @property
    def shown(self) -> list[Disk]:
        """The disks that the guest shows."""
        return [disk for disk in self.disks if disk.nmem is not None]

    def serials(self) -> dict[int, tuple[str, int]]:
        """Return each device's serial and bytes by its number."""
        return {disk.nmem: (disk.uuid[-8:], disk.bytes) for disk in self.disks if disk.nmem is not None} | {
            number: (serial, _SIZES[0]) for number, serial in self.spare.items()
        }


@dataclass(slots=True)
class Host:
    """A host with its PMem datastore and what lies there."""

    site: str
    name: str
    datastore: str
    vms: list[Vm]


def make(plan: Plan) -> list[Host]:
    """Make a fleet."""
    dice = random.Random(plan.seed)
    suffixes = (f"{number:08x}" for number in dice.sample(range(1 << 32), plan.vmdks + plan.vmdks // 4 + 16))
    hosts = []
    for number in range(plan.hosts):
        site = f"site-{number * plan.sites // plan.hosts:02d}"
        first = number * plan.vms
        vms = [_vm(dice, plan, first + index, suffixes) for index in range(plan.vms)]
        hosts.append(Host(site, f"esx{number:04d}", f"PMemDS-{_guid(dice)}", vms))
    _double(dice, plan, hosts)
    for host in hosts:
        for vm in host.vms:
            _number(dice, plan, vm, suffixes)
    return hosts


def _guid(dice: random.Random) -> str:
    digits = f"{dice.getrandbits(128):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _vm(dice: random.Random, plan: Plan, number: int, suffixes: Iterator[str]) -> Vm:
    name = f"vm{number:06d}"
    disks = []
    for index in range(plan.dimms):
        uuid = f"6000c29{dice.getrandbits(68):017x}{next(suffixes)}"
        nmem = None if dice.random() < plan.orphans else index
        disks.append(Disk(f"{name}_{index}.vmdk" if index else f"{name}.vmdk", uuid, dice.choice(_SIZES), nmem))
    return Vm(name, f"db{number:06d}", disks)


def _double(dice: random.Random, plan: Plan, hosts: list[Host]) -> None:
    """Plant the doubles, at most one in a VM: each is told apart by the devices that have none."""
    for site in sorted({host.site for host in hosts}):
        here = [(host, vm) for host in hosts if host.site == site for vm in host.vms if len(vm.shown) > 1]
        dice.shuffle(here)
        vmdks = sum(len(vm.disks) for host in hosts if host.site == site for vm in host.vms)
        wanted = round(vmdks**2 / 2**33) if plan.collisions is None else plan.collisions
        count = max(1, round(len(here) * plan.doubles)) if plan.doubles and here else 0
        for _ in range(min(wanted, len(here) // 2)):
            one, other = dice.choice(here.pop()[1].shown), dice.choice(here.pop()[1].shown)
            other.uuid = other.uuid[:-8] + one.uuid[-8:]
        for host, vm in [here.pop() for _ in range(min(count, len(here)))]:
            vm.cloned = True
            host.vms.append(Vm(f"{vm.name}-clone", "", [Disk(disk.name, disk.uuid, disk.bytes) for disk in vm.disks]))
        for host, vm in [here.pop() for _ in range(min(count, len(here)))]:
            disk = dice.choice(vm.shown)
            host.vms.append(Vm(f"old-{vm.name}", "", [Disk(f"old-{disk.name}", disk.uuid, disk.bytes)]))


def _number(dice: random.Random, plan: Plan, vm: Vm, suffixes: Iterator[str]) -> None:
    """Give a guest's devices numbers at random, and give it some that no vmdk explains."""
    if not vm.guest:
        return
    spare = sum(dice.random() < plan.orphans for _ in vm.disks)
    numbers = list(range(len(vm.shown) + spare))
    dice.shuffle(numbers)
    for disk in vm.shown:
        disk.nmem = numbers.pop()
    vm.spare = {number: next(suffixes) for number in numbers}


def truths(hosts: list[Host]) -> Iterator[Truth]:
    """Say of every device and every vmdk what the report must say."""
    cloned = {disk.uuid for host in hosts for vm in host.vms if vm.cloned for disk in vm.shown}
    for host in hosts:
        for vm in host.vms:
            for disk in vm.disks:
                there = (host.name, vm.name, disk.name, disk.uuid)
                device = (vm.guest, f"nmem{disk.nmem}", f"8902-{disk.uuid[-8:]}")
                if disk.uuid in cloned:
                    yield Truth(host.site, "ambiguous", "", "", "", *there)
                    if vm.guest:
                        yield Truth(host.site, "ambiguous", *device, "", "", "", "")
                elif disk.nmem is None:
                    yield Truth(host.site, "host-only", "", "", "", *there)
                else:
                    yield Truth(host.site, "matched", *device, *there)
            for number, serial in vm.spare.items():
                yield Truth(host.site, "guest-only", vm.guest, f"nmem{number}", f"8902-{serial}", "", "", "", "")
