"""All hosts of a fleet in one file: where headers, commands or prompts name them each has its own disks, and else nobody has."""

from __future__ import annotations

import fleet as fleets
import pytest
from test_fan_out import ansible, clush, each, loop, pssh, site_of

from reconcile.matching.rows import Status


def hosts_answers(fleet: fleets.Fleet) -> list[tuple[str, str]]:
    """Return what each host prints for a loop over all of its disks."""
    return [
        (host, "".join(f"{disk.path}\n{disk.answer()}\n" for disk in fleet.disks if disk.host == host))
        for host in dict.fromkeys(disk.host for disk in fleet.disks)
    ]


ASKS = """for f in /vmfs/volumes/*/*/*.vmdk; do echo "$f"; vmkfstools -J getuuid "$f"; done"""
HOST_STYLES = {
    "ansible": ansible,
    "pssh": pssh,
    "ssh": each(f"ssh root@{{}} '{ASKS}'"),
    "prompts": lambda answers: "".join(f"[root@{name}:~] {ASKS}\n{text}" for name, text in answers),
    "jumps": lambda answers: "".join(f"me@jump:~$ ssh root@{name}\n~ # {ASKS}\n{text}~ # exit\n" for name, text in answers),
    "labelled": lambda answers: "".join(f"[{name}] {ASKS}\n{text}" for name, text in answers),
}
WEAK_HOSTS = {
    "no name": lambda answers: "".join(f"~ # {ASKS}\n{text}" for _, text in answers),
    "one name": lambda answers: "".join(f"esxi_host>$ {ASKS}\n{text}" for _, text in answers),
    "loop": loop,
    "clush": clush,
    "a list": lambda answers: "me@jump:~$ for h in $(cat list); do ssh $h sh uuids.sh; done\n" + "".join(text for _, text in answers),
    "pods": each("kubectl exec {} -- sh uuids.sh"),
}


def hosts_rows(seed: int, style) -> tuple[set[tuple[str, str, str]], set[tuple[str, str, str]]]:
    """Return the vmdks found where all hosts are poured into one file, and those that there are: host, path, UUID."""
    fleet = fleets.make(seed, collisions=False)
    site, rows = site_of({"all.txt": style(hosts_answers(fleet))})
    assert not any(row.status is Status.MATCHED for row in rows)
    found = {(vmdk.host, vmdk.path, vmdk.uuid) for vmdk in site.vmdks if vmdk.uuid}
    return found, {(disk.host, disk.path, disk.uuid) for disk in fleet.disks}


@pytest.mark.parametrize("style", HOST_STYLES)
def test_hosts_that_are_named_in_one_file_are_told_apart(style):
    for seed in range(12):
        found, truth = hosts_rows(seed, HOST_STYLES[style])
        assert found == truth, seed


@pytest.mark.parametrize("style", WEAK_HOSTS)
def test_no_host_that_is_not_named_gets_anothers_disk(style):
    for seed in range(12):
        found, truth = hosts_rows(seed, WEAK_HOSTS[style])
        pairs = {(path, uuid) for _, path, uuid in truth}
        single = len({host for host, _, _ in truth}) == 1
        for host, path, uuid in found:
            assert not path or (path, uuid) in pairs, seed
            assert host.startswith("(") or (host, path, uuid) in truth or (single and host == "esxi_host"), (seed, host, path)
