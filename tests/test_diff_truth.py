"""diff held against a site that is acted out: two visits, each of which saves only a part, and no change is said that did not happen."""

from __future__ import annotations

import random
from typing import NamedTuple

import pytest

from reconcile import match, read
from reconcile.results.compare import compare

SEEDS = range(150)
VOLUME = "65a0beef-0a1b2c3d-4e5f-a0b1c2d3e4f5"
PMEM = "PMemDS-1c1c1c1c-2d2d-3e3e-4f4f-5a5a5a5a5a5a"


class Disk(NamedTuple):
    """A disk of the acted-out site: where it lies, its UUID, and the number of its device."""

    store: str
    vm: str
    name: str
    uuid: str
    number: int

    @property
    def serial(self) -> str:
        """The digits that join."""
        return self.uuid[-8:]


def begin(rng: random.Random) -> list[Disk]:
    disks = []
    for vm in rng.sample(("wiki", "mail", "erp", "crm"), rng.randint(1, 3)):
        store = rng.choice((PMEM, VOLUME))
        disks += [Disk(store, vm, f"{vm}_{number}.vmdk", fresh(rng), number) for number in range(rng.randint(1, 3))]
    return disks


def fresh(rng: random.Random) -> str:
    return f"6000c29{rng.randrange(16**25):025x}"


def act(rng: random.Random, disks: list[Disk]) -> list[Disk]:
    """Let some disks be removed, made anew and added, and let the guests boot, which renumbers what is left."""
    after = []
    for disk in disks:
        match rng.randrange(8):
            case 0:
                continue
            case 1:
                after.append(disk._replace(uuid=fresh(rng)))
            case _:
                after.append(disk)
    if rng.random() < 0.4:
        vm = rng.choice(disks)
        after.append(vm._replace(name=f"{vm.vm}_new.vmdk", uuid=fresh(rng), number=9))
    by_vm: dict[str, list[Disk]] = {}
    for disk in after:
        by_vm.setdefault(disk.vm, []).append(disk)
    return [
        disk._replace(number=number) for found in by_vm.values() for number, disk in enumerate(sorted(found, key=lambda one: one.number))
    ]


def visit(rng: random.Random, disks: list[Disk]) -> str:
    """Save what somebody happens to ask: under short or full names, by the volume's name or id, of some files and some devices."""
    domain = rng.choice(("", ".lab.example"))
    host, name = f"esx40{domain}", rng.choice(("fast", "faster"))
    text = ""
    known = rng.random() < 0.7
    if known:
        text += (
            f"[root@{host}:~] ls -l /vmfs/volumes\ntotal 4\nlrwxr-xr-x    1 root     root            35 Jun  1 09:00 {name} -> {VOLUME}\n"
        )
    shown = {PMEM: PMEM, VOLUME: rng.choice((name, VOLUME)) if known else VOLUME}
    for store in (PMEM, VOLUME):
        for vm in sorted({disk.vm for disk in disks if disk.store == store}):
            inside = [disk for disk in disks if (disk.store, disk.vm) == (store, vm)]
            prompt = f"[root@{host}:/vmfs/volumes/{shown[store]}/{vm}]"
            if rng.random() < 0.5:
                text += f"{prompt} ls -l\ntotal 8\n" + "".join(
                    f"-rw-------    1 root     root     {1 << 30} Jun  1 09:00 {disk.name}\n" for disk in inside
                )
            for disk in inside:
                if rng.random() < 0.8:
                    octets = [disk.uuid[at : at + 2] for at in range(0, 32, 2)]
                    text += f"{prompt} vmkfstools -J getuuid {disk.name}\nUUID is {' '.join(octets[:8])}-{' '.join(octets[8:])}\n"
    for vm in sorted({disk.vm for disk in disks if disk.store == PMEM}):
        devices = [disk for disk in disks if (disk.store, disk.vm) == (PMEM, vm)]
        command = "ndctl list -D"
        match rng.randrange(4):
            case 0:
                continue
            case 1:
                devices = [rng.choice(devices)]
                command += rng.choice((f" -d nmem{devices[0].number}", f" | grep -A3 {devices[0].serial}"))
        objects = ",".join(f'{{"dev":"nmem{disk.number}","id":"8902-{disk.serial}"}}' for disk in devices)
        text += f"[root@{vm}{domain} ~]# {command}\n[{objects}]\n"
    return text


@pytest.mark.parametrize("seed", SEEDS)
def test_no_change_is_said_that_did_not_happen(seed, captures):
    rng = random.Random(seed)
    old = begin(rng)
    new = act(rng, old) if rng.random() < 0.7 else old
    texts = [visit(rng, disks) or "[root@esx40:~] hostname\nesx40\n" for disks in (old, new)]
    # What a capture names nobody can use is not compared at all.
    folders = [captures({"all.txt": f"[root@esx40:~] df -h\nFilesystem Size Used Available Use% Mounted on\nPMEM 1.0G 1.0G 0.0B 100% /vmfs/volumes/{PMEM}\n{text}"}, name) for text, name in zip(texts, ("old", "new"), strict=True)]  # fmt: skip
    files = [{(disk.vm, disk.name): disk for disk in disks} for disks in (old, new)]
    devices = [{(disk.vm, disk.serial): disk for disk in disks} for disks in (old, new)]
    for changed in compare(*(match(read(folder)) for folder in folders)).changes:
        word, told = str(changed.change), (str(changed.change), changed.old, changed.new)
        if changed.about == "vmdk":
            vm, name = changed.vmdk.path.split("/")[-2:]
            was, is_ = (found.get((vm, name)) for found in files)
        else:
            was, is_ = (found.get((changed.device.guest.partition(".")[0], changed.device.serial)) for found in devices)
        assert word not in {"moved", "reassigned", "resized", "remounted", "not comparable"}, told
        if word == "re-created":
            assert was.uuid != is_.uuid, told
        elif word in {"gone", "appeared"}:
            assert (was is None, is_ is None) == ((False, True) if word == "gone" else (True, False)), told
        elif word == "renumbered":
            assert was.number != is_.number, told


def test_what_happened_is_said_where_all_was_saved(captures):
    old = [Disk(PMEM, "wiki", f"wiki_{number}.vmdk", fresh(random.Random(number)), number) for number in range(3)]
    new = [old[0]._replace(uuid=fresh(random.Random(7))), old[2]._replace(number=1)]

    class Everything(random.Random):
        def random(self) -> float:
            return 0.1

        def randrange(self, *bounds: int) -> int:
            return bounds[-1] - 1

    texts = [visit(Everything(), disks) for disks in (old, new)]
    results = [match(read(captures({"all.txt": text}, name))) for text, name in zip(texts, ("old", "new"), strict=True)]
    assert [str(changed.change) for changed in compare(*results).changes] == ["re-created", "renumbered", "gone", "gone"]
