"""Plain sessions of a host, and what is read of a text with and without the short ways."""

from __future__ import annotations

from itertools import groupby

from reconcile.capture.read_source import read_source

UUID = "UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c\n"
DS = "/vmfs/volumes/PMemDS-3f0c7a52-91d4-4e0b-b6a7-5d2e18c4f963"
VISITS = f"[root@esx01:~] cd {DS}\n" + "".join(
    f"[root@esx01:{DS}] cd {vm}\n[root@esx01:{DS}/{vm}] ls\n{listing}"
    + "".join(f"[root@esx01:{DS}/{vm}] vmkfstools -J getuuid {name}\n{UUID.replace('98', hundred)}" for hundred, name in disks)
    + f"[root@esx01:{DS}/{vm}] cd ..\n"
    for vm, listing, disks in (
        ("db01", "db01.vmdk    db01_1.vmdk  db01_10.vmdk  db01_2.vmdk\n", [("00", "db01.vmdk"), ("01", "db01_10.vmdk"), ("02", "db01_2.vmdk")]),
        ("db02", "db02.vmdk\ndb02_1.vmdk\n", [("10", "db02.vmdk"), ("11", "db02_1.vmdk")]),
        ("db.3", "x.vmx\n", [("20", "db.3.vmdk")]),
        ("db04", "db04.vmdk  db04_1.vmdk\ndb04_2.vmdk\n", [("30", "a.vmdk"), ("31", "a.vmdk")]),
    )
) + f"[root@esx01:{DS}] ls\n"  # fmt: skip


def told(data: bytes, *, plain: bool):
    """Return a reading, with neighbouring parts of one machine put together."""
    reading = read_source(data, plain=plain).in_full()
    parts = [
        (*whose, sorted(((type(record).__name__, *record) for part in found for record in part.records), key=repr))
        for whose, found in groupby(reading.parts, key=lambda part: (part.machine, part.named_by, part.shell, part.lost))
    ]
    return reading._replace(parts=tuple(parts))


def visit(cwd: str, name: str, *, host: str = "esx01", shown: str = "") -> str:
    """Go into a folder, list it, ask about a disk, and come back."""
    inside = f"[root@{host}:{shown or f'{cwd}/{name}'}] "
    asked = f"{inside}vmkfstools -J getuuid a.vmdk\n{UUID}"
    return f"[root@{host}:{cwd}] cd {name}\n{inside}ls\na.vmdk\n{asked}{inside}cd ..\n[root@{host}:{cwd}] ls\nx\n"
