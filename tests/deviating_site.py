"""Random small sites whose captures are plain, and what may be otherwise in some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

STORE = "/vmfs/volumes/PMemDS-3f0c7a52-91d4-4e0b-b6a7-5d2e18c4f96"
VOLUME = "5e7b2b4a-0d5d5c38-6a0e-0025b5a0001f"


class Disk(NamedTuple):
    """A disk of a host: its VM's folder, its name, the digits of its UUID."""

    vm: str
    file: str
    uuid: str


class DeviatingSite:
    """Sessions of hosts and answers of guests. `listings` has what a folder's listing shows beside its disks, or instead of them."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.hosts: dict[str, list[Disk]] = {}
        self.guests: dict[str, list[tuple[str, str]]] = {}
        self.listings: dict[tuple[str, str], list[str]] = {}
        self.more: dict[str, str] = {}
        # What stands at the end of a host's session.
        self.last: dict[str, str] = {}
        for host in range(chance.randint(1, 3)):
            disks = self.hosts[f"esx0{host}"] = []
            for vm in range(chance.randint(1, 3)):
                own = [
                    Disk(f"vm{host}{vm}", f"vm{host}{vm}{f'_{disk}' if disk else ''}.vmdk", self.uuid())
                    for disk in range(chance.randint(1, 4))
                ]
                devices = [(f"nmem{number}", f"8902-{disk.uuid[-8:]}") for number, disk in enumerate(chance.sample(own, len(own)))]
                self.guests[own[0].vm] = chance.sample(devices, len(devices))
                disks += own

    def uuid(self) -> str:
        """Return the UUID of a new disk."""
        return f"6000c29{self.chance.randrange(16**17):017x}{self.chance.randrange(16**8):08x}"

    def deviate(self) -> None:
        """Let something be as in few sites."""
        self.chance.choice(DEVIATIONS)(self)

    def host(self) -> str:
        """Return some host."""
        return self.chance.choice(list(self.hosts))

    def guest(self) -> str:
        """Return some guest."""
        return self.chance.choice(list(self.guests))

    def disk(self, host: str) -> tuple[int, Disk]:
        """Return some disk of a host, with its index."""
        at = self.chance.randrange(len(self.hosts[host]))
        return at, self.hosts[host][at]

    def other(self) -> str:
        """Return the UUID of some disk."""
        return self.chance.choice([disk.uuid for disks in self.hosts.values() for disk in disks])

    def session(self, host: str, disks: list[Disk]) -> str:
        """Return what a host's screen shows."""
        store = f"{STORE}{host[-1]}"
        folders = list(dict.fromkeys(disk.vm for disk in disks))
        text = f"[root@{host}:~] cd {store}\n[root@{host}:{store}] ls\n" + "".join(f"{vm}\n" for vm in folders)
        for vm in folders:
            own = [disk for disk in disks if disk.vm == vm]
            names = self.listings.get((host, vm), [disk.file for disk in own])
            prompt = f"[root@{host}:{store}/{vm}] "
            text += f"[root@{host}:{store}] cd {vm}\n{prompt}ls\n" + self.chance.choice(["\n", "    "]).join(names) + "\n"
            text += "".join(f"{prompt}vmkfstools -J getuuid {disk.file}\n{answered(disk.uuid)}" for disk in own) + f"{prompt}cd ..\n"
        return text

    def files(self) -> dict[str, str]:
        """Return the captures."""
        found = {f"hosts/{host}.txt": self.session(host, disks) + self.last.get(host, "") for host, disks in self.hosts.items()}
        for guest, devices in self.guests.items():
            prompt = f"root@{guest}:~# ndctl list -D\n" if self.chance.random() < 0.3 else ""
            found[f"guests/{guest}.json"] = prompt + listed(devices)
        return {**found, **{f"more/{name}": text for name, text in self.more.items()}}


def answered(digits: str) -> str:
    """Return what vmkfstools prints of a UUID."""
    octets = [digits[at : at + 2] for at in range(0, 32, 2)]
    return f"UUID is {' '.join(octets[:8])}-{' '.join(octets[8:])}\n"


def listed(devices: list[tuple[str, str]]) -> str:
    """Return what ndctl prints of dimms."""
    objects = [
        f'  {{\n    "dev":"{dev}",\n    "id":"{ident}",\n    "handle":{number + 1},\n    "phys_id":{number}\n  }}'
        for number, (dev, ident) in enumerate(devices)
    ]
    return "[\n" + ",\n".join(objects) + "\n]\n" if devices else ""


def _not_asked(site: DeviatingSite) -> None:
    disks = site.hosts[host := site.host()]
    if len(disks) > 1:
        del disks[site.disk(host)[0]]


def _with_uuid(change: Callable[[DeviatingSite, str], str]) -> Callable[[DeviatingSite], None]:
    def deviate(site: DeviatingSite) -> None:
        host = site.host()
        at, disk = site.disk(host)
        site.hosts[host][at] = disk._replace(uuid=change(site, disk.uuid))

    return deviate


def _twice(site: DeviatingSite) -> None:
    guest = site.guest()
    site.guests[f"{guest}-again"] = list(site.guests[guest])


def _with_id(change: Callable[[DeviatingSite, str], tuple[str, str]]) -> Callable[[DeviatingSite], None]:
    def deviate(site: DeviatingSite) -> None:
        devices = site.guests[site.guest()]
        if devices:
            at = site.chance.randrange(len(devices))
            devices[at] = change(site, devices[at][0])

    return deviate


def _gone(site: DeviatingSite) -> None:
    devices = site.guests[site.guest()]
    if devices:
        devices.pop()


def _listed_beside(site: DeviatingSite) -> None:
    host = site.host()
    _, disk = site.disk(host)
    names = [one.file for one in site.hosts[host] if one.vm == disk.vm]
    stem = disk.file.removesuffix(".vmdk")
    names.append(site.chance.choice([f"{stem}-flat.vmdk", f"{stem}-000001.vmdk", "other.vmdk", "vm.vmx", "OTHER.VMDK", disk.file]))
    site.listings[host, disk.vm] = names


def _not_listed(site: DeviatingSite) -> None:
    host = site.host()
    _, disk = site.disk(host)
    site.listings[host, disk.vm] = ["vm.vmx", *(one.file for one in site.hosts[host] if one.vm == disk.vm and one != disk)]


def _listed_instead(site: DeviatingSite) -> None:
    host = site.host()
    _, disk = site.disk(host)
    site.listings[host, disk.vm] = ["new.vmdk" if one == disk else one.file for one in site.hosts[host] if one.vm == disk.vm]


def _listed_again(site: DeviatingSite) -> None:
    host = site.host()
    _, disk = site.disk(host)
    who = site.chance.choice([host, "esx09"])
    names = [one.file for one in site.hosts[host] if one.vm == disk.vm]
    shown = "\n".join(site.chance.choice([names, names[1:], [*names, "new.vmdk"]]))
    site.more[f"{who}-listed.txt"] = f"[root@{who}:{STORE}{host[-1]}/{disk.vm}] ls\n{shown}\n"


def _moved(site: DeviatingSite) -> None:
    host = site.host()
    at, disk = site.disk(host)
    _, other = site.disk(host)
    site.hosts[host][at] = disk._replace(vm=site.chance.choice([other.vm, "elsewhere"]))


def _asked_again(site: DeviatingSite) -> None:
    host = site.host()
    site.more[f"{host}-again.txt"] = site.session(host, site.chance.sample(site.hosts[host], len(site.hosts[host])))


def _seen_by_two(site: DeviatingSite) -> None:
    host = site.host()
    site.more["esx09.txt"] = site.session(host, site.hosts[host]).replace(f"@{host}:", "@esx09:")


def _by_volume_id(site: DeviatingSite) -> None:
    host = site.host()
    name = f"{STORE}{host[-1]}"
    tie = f"lrwxr-xr-x    1 root     root            35 May 24 17:10 {name.rpartition('/')[2]} -> {VOLUME}\n"
    session = site.session(host, site.hosts[host]).replace(f"{name}/", f"/vmfs/volumes/{VOLUME}/")
    site.more[f"{host}-volumes.txt"] = f"[root@{host}:~] ls -l /vmfs/volumes\n{tie}{session}"


def _on_two_stores(site: DeviatingSite) -> None:
    host = site.host()
    disks = [disk._replace(uuid=site.uuid()) for disk in site.hosts[host]]
    site.more[f"{host}-two.txt"] = site.session(host, disks).replace(STORE, STORE.replace("PMemDS-3f", "PMemDS-4f"))


def _set_anew(site: DeviatingSite) -> None:
    host = site.host()
    _, disk = site.disk(host)
    asked = site.session(host, site.hosts[host])
    site.more[f"{host}-set.txt"] = f"[root@{host}:{STORE}{host[-1]}/{disk.vm}] vmkfstools -J setuuid {disk.file}\n{asked}"


def _set_last(site: DeviatingSite) -> None:
    host = site.host()
    _, disk = site.disk(host)
    site.last[host] = f"[root@{host}:{STORE}{host[-1]}/{disk.vm}] vmkfstools -J setuuid {disk.file}\n"


def _called_like_a_part(site: DeviatingSite) -> None:
    host = site.host()
    at, disk = site.disk(host)
    stem = disk.file.removesuffix(".vmdk")
    site.hosts[host][at] = disk._replace(file=f"{stem}{site.chance.choice(['-flat', '-000001', '-ctk', '0', '-1'])}.vmdk")


def _called_by_number(site: DeviatingSite) -> None:
    host = site.host()
    _, disk = site.disk(host)
    vm = site.chance.choice(["vm-000001", "vm-flat", "vm10"])
    site.hosts[host] = [one._replace(vm=vm, file=one.file.replace(disk.vm, vm)) if one.vm == disk.vm else one for one in site.hosts[host]]


def _captured_again(site: DeviatingSite) -> None:
    guest = site.guest()
    site.more[f"again/{guest}.json"] = listed(site.guests[guest][::-1])


def _with_region(site: DeviatingSite) -> None:
    guest = site.guest()
    dimm = site.guests[guest][0][0] if site.guests[guest] else "nmem0"
    mapping = f'{{"dimm":"{dimm}","offset":0,"length":1073741824,"position":0}}'
    site.more[f"{guest}-R.json"] = f'[{{"dev":"region0","size":1073741824,"mappings":[{mapping}]}}]\n'


def _with_disk(site: DeviatingSite) -> None:
    guest = site.guest()
    site.more[f"{guest}-disks.txt"] = f"root@{guest}:~# lsscsi -i\n[0:0:0:0] disk VMware Virtual_disk 2.0 /dev/sda 3{site.other()}\n"


def _adrift(site: DeviatingSite) -> None:
    _, disk = site.disk(host := site.host())
    unnamed = answered(site.other())
    site.more[f"{host}-adrift.txt"] = site.chance.choice([unnamed, f"[root@{host}:~] vmkfstools -J getuuid {disk.file}\n{unnamed}"])


def _called_otherwise(site: DeviatingSite) -> None:
    guest = site.guest()
    site.guests[guest.upper()] = site.guests.pop(guest)


DEVIATIONS: list[Callable[[DeviatingSite], None]] = [
    _not_asked, _twice, _gone, _listed_beside, _listed_beside, _not_listed, _listed_instead, _listed_again, _moved, _moved, _asked_again, _seen_by_two, _by_volume_id, _on_two_stores, _set_anew, _set_last, _set_last, _called_like_a_part, _called_by_number, _captured_again,
    _with_region, _with_disk, _adrift, _called_otherwise,
    _with_uuid(lambda site, _: site.other()),
    _with_uuid(lambda site, uuid: uuid[:-8] + site.other()[-8:]),
    _with_uuid(lambda site, uuid: site.chance.choice(["50000aa", "7000c29"]) + uuid[7:]),
    _with_id(lambda site, dev: (dev, site.chance.choice(["8089-a2-1834-00001d2c", "8902-0A0B0C0D", "8902-123", "x"]))),
    _with_id(lambda site, _: (f"nmem{site.chance.randrange(6)}", f"8902-{site.other()[-8:]}")),
]  # fmt: skip
