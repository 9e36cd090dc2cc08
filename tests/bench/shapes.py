"""A fleet's captures, as people save them: sessions with prompts, bare answers, loops; ``df`` and ``ls`` in all their shapes.

A plain fleet has one shape for hosts (a session) and two for guests (bare JSON, or with a prompt in front), which every peer can read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from fleets import Host, Vm


def answer(uuid: str) -> str:
    """Return what vmkfstools says of a disk."""
    octets = [uuid[index : index + 2] for index in range(0, 32, 2)]
    return f"UUID is 60 00 C2 {' '.join(octets[3:8])}-{' '.join(octets[8:])}"


def texts(dice: random.Random, hosts: list[Host], *, plain: bool) -> Iterator[tuple[str, str]]:
    """Write a fleet's captures: paths below the site's folder, and what stands there."""
    for host in hosts:
        shape = _session if plain else dice.choice(_HOSTS)
        for path, text in shape(dice, host):
            yield f"{host.site}/hosts/{path}", text
        for vm in host.vms:
            if vm.serials() and vm.guest:
                guest = dice.choice(_PLAIN_GUESTS if plain else _GUESTS)
                for path, text in guest(dice, vm):
                    yield f"{host.site}/guests/{path}", text


# --- hosts


def _df(dice: random.Random, host: Host, unit: str) -> list[str]:
    """Write df's table as ESXi does: -h, -m, or bytes."""
    heads = {"h": ("Size", "Used", "Available"), "m": ("1M-blocks", "Used", "Available"), "": ("Bytes", "Used", "Available")}
    rows = [("VMFS-6", dice.randrange(1 << 38, 1 << 40), dice.random(), f"datastore{number + 1}") for number in range(dice.randint(1, 3))]
    volume = f"{dice.getrandbits(32):08x}-{dice.getrandbits(32):08x}-{dice.getrandbits(16):04x}-{dice.getrandbits(48):012x}"
    rows += [
        ("VFFS", 128_580_583_424, 0.46, f"OSDATA-{volume}"),
        ("vfat", 4_293_591_040, 0.05, "BOOTBANK1"),
        ("PMEM", 1 << 42, 0.2, host.datastore),
    ]
    table = [f"{'Filesystem':<10} {heads[unit][0]:>14} {heads[unit][1]:>14} {heads[unit][2]:>14} Use% Mounted on"]
    for kind, size, share, name in rows:
        used = int(size * share)
        cells = [_figure(number, unit) for number in (size, used, size - used)]
        table.append(f"{kind:<10} {cells[0]:>14} {cells[1]:>14} {cells[2]:>14} {round(share * 100):>3}% /vmfs/volumes/{name}")
    return table


def _figure(number: int, unit: str) -> str:
    if unit == "h":
        return f"{number / (1 << 40):.1f}T" if number >= 1 << 40 else f"{number / (1 << 30):.1f}G"
    return str(number >> 20 if unit == "m" else number)


def _columns(names: list[str]) -> list[str]:
    """Write names as ls does on a terminal: two in a line where they fit."""
    wide = max(map(len, names)) + 4
    return ["".join(name.ljust(wide) for name in names[index : index + 2]).rstrip() for index in range(0, len(names), 2)]


def _long(vm: Vm) -> list[str]:
    rows = [f"-rw-------    1 root     root     {disk.bytes:>10} Nov 18 09:12 {disk.name}" for disk in vm.disks]
    return [f"total {sum(disk.bytes for disk in vm.disks) >> 10}", *rows]


def _session(dice: random.Random, host: Host) -> Iterator[tuple[str, str]]:
    """Write a session that asks each disk by itself; ls one name a line above, in one line below."""
    at = f"/vmfs/volumes/{host.datastore}"
    home = f"[root@{host.name}:{at}]"
    lines = [f"[root@{host.name}:~] df -h", *_df(dice, host, "h"), f"[root@{host.name}:~] cd {at}", f"{home} ls"]
    lines += [vm.name for vm in host.vms]
    for vm in host.vms:
        prompt = f"[root@{host.name}:{at}/{vm.name}]"
        lines += [f"{home} cd {vm.name}", f"{prompt} ls", "    ".join(disk.name for disk in vm.disks)]
        for disk in vm.disks:
            lines += [f"{prompt} vmkfstools -J getuuid {disk.name}", answer(disk.uuid)]
        lines.append(f"{prompt} cd ..")
    yield f"{host.name}.txt", "\n".join(lines) + "\n"


def _long_session(dice: random.Random, host: Host) -> Iterator[tuple[str, str]]:
    """Write a session with uname, df in blocks, names in columns and long listings, and a prompt at its end."""
    at = f"/vmfs/volumes/{host.datastore}"
    home = f"[root@{host.name}:~]"
    lines = [f"{home} uname -a", f"VMkernel {host.name} 7.0.3 #1 SMP Release build-21930508 Jun 15 2023 10:33:28 x86_64 x86_64 x86_64 ESXi"]
    lines += [
        f"{home} df -m",
        *_df(dice, host, "m"),
        f"{home} cd {at}",
        f"[root@{host.name}:{at}] ls",
        *_columns([vm.name for vm in host.vms]),
    ]
    here = at
    for vm in host.vms:
        lines.append(f"[root@{host.name}:{here}] cd {at}/{vm.name}")
        here = f"{at}/{vm.name}"
        lines += [f"[root@{host.name}:{here}] ls -l", *_long(vm)]
        for disk in vm.disks:
            lines += [f"[root@{host.name}:{here}] vmkfstools -J getuuid {disk.name}", answer(disk.uuid)]
    yield f"{host.name}.txt", "\n".join([*lines, f"[root@{host.name}:{here}] "])


def _loop(dice: random.Random, host: Host) -> Iterator[tuple[str, str]]:
    """Write a session with one loop over all disks."""
    at = f"/vmfs/volumes/{host.datastore}"
    home = f"[root@{host.name}:~]"
    lines = [f"{home} df", *_df(dice, host, ""), f'{home} for f in {at}/*/*.vmdk; do echo "$f"; vmkfstools -J getuuid "$f"; done']
    for vm in host.vms:
        for disk in vm.disks:
            lines += [f"{at}/{vm.name}/{disk.name}", answer(disk.uuid)]
    yield f"{host.name}.txt", "\n".join([*lines, f"{home} "])


def _bare(dice: random.Random, host: Host) -> Iterator[tuple[str, str]]:
    """Write a folder of bare answers: df, ls -lR, and a loop that echoes each name."""
    at = f"/vmfs/volumes/{host.datastore}"
    tree = [f"{at}:", "total 0", *(f"drwxr-xr-x    1 root     root             8 Nov 18 09:12 {vm.name}" for vm in host.vms)]
    asked = []
    for vm in host.vms:
        tree += ["", f"{at}/{vm.name}:", *_long(vm)]
        for disk in vm.disks:
            asked += [f"{at}/{vm.name}/{disk.name}", answer(disk.uuid)]
    yield f"{host.name}/df.txt", "\n".join(_df(dice, host, "")) + "\n"
    yield f"{host.name}/ls-lR.txt", "\n".join(tree) + "\n"
    yield f"{host.name}/getuuid.txt", "\n".join(asked) + "\n"


_HOSTS = (_session, _long_session, _loop, _bare)


# --- guests


def _dimms(dice: random.Random, vm: Vm) -> str:
    """Write the array of dimms in any order, for ndctl has none."""
    serials = list(vm.serials().items())
    dice.shuffle(serials)
    objects = [
        f'  {{\n    "dev":"nmem{number}",\n    "id":"8902-{serial}",\n    "handle":{number + 1},\n    "phys_id":{100 + number}\n  }}'
        for number, (serial, _) in serials
    ]
    return "[\n" + ",\n".join(objects) + "\n]\n"


def _json(dice: random.Random, vm: Vm) -> Iterator[tuple[str, str]]:
    yield f"{vm.guest}.json", _dimms(dice, vm)


def _prompted(dice: random.Random, vm: Vm) -> Iterator[tuple[str, str]]:
    yield f"{vm.guest}.txt", f"root@{vm.guest}:~# ndctl list -D\n{_dimms(dice, vm)}"


def _sudo(dice: random.Random, vm: Vm) -> Iterator[tuple[str, str]]:
    prompt = f"[admin@{vm.guest} ~]$ "
    yield f"{vm.guest}.txt", f"{prompt}sudo ndctl list -D\n[sudo] password for admin: \n{_dimms(dice, vm)}{prompt}"


def _chain(dice: random.Random, vm: Vm) -> Iterator[tuple[str, str]]:
    """Write a folder with the dimms, their regions and namespaces, and df with what is mounted."""
    regions = [_region(number, size) for number, (_, size) in vm.serials().items()]
    dimms = _dimms(dice, vm).rstrip("\n").replace("\n", "\n  ")
    yield f"{vm.guest}/ndctl-list-NRD.json", f'{{\n  "dimms":{dimms},\n  "regions":[\n{",".join(regions)}\n  ]\n}}\n'
    table = ["Filesystem      Size  Used Avail Use% Mounted on", "tmpfs           951M   96K  951M   1% /run"]
    table += [
        f"/dev/pmem{number:<5} {size >> 20:>5}M   24K {size >> 20:>5}M   1% /mnt/pmem{number}" for number, (_, size) in vm.serials().items()
    ]
    yield f"{vm.guest}/df-h.txt", "\n".join(table) + "\n"


def _region(number: int, size: int) -> str:
    return (
        f'    {{\n      "dev":"region{number}",\n      "size":{size},\n      "align":16777216,\n      "available_size":0,\n'
        f'      "max_available_extent":0,\n      "type":"pmem",\n      "mappings":[\n        {{\n          "dimm":"nmem{number}",\n'
        f'          "offset":0,\n          "length":{size},\n          "position":0\n        }}\n      ],\n'
        f'      "persistence_domain":"unknown",\n      "namespaces":[\n        {{\n          "dev":"namespace{number}.0",\n'
        f'          "mode":"raw",\n          "size":{size},\n          "sector_size":512,\n          "blockdev":"pmem{number}"\n'
        f"        }}\n      ]\n    }}"
    )


_PLAIN_GUESTS = (_json,) * 9 + (_prompted,)
_GUESTS = (_json, _json, _prompted, _sudo, _chain)
