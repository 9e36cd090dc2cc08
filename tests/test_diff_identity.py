"""diff: one thing is one in both visits, whatever each calls it, and what only one visit captured is no change."""

from __future__ import annotations

import json

import pytest

from reconcile import match, read
from reconcile.results.compare import compare

UUID = "6000c29d0c0b0a090807060504"
VOLUME, OTHER = "64b1c0de-1a2b3c4d-5e6f-b02628a1b2c3", "64b1c0de-1a2b3c4d-5e6f-b02628a1b2c4"
PMEM = "PMemDS-7d7d7d7d-1111-2222-3333-444444444444"


def asked(host: str, path: str, end: str) -> str:
    octets = [(UUID + end)[index : index + 2] for index in range(0, 32, 2)]
    folder, _, name = path.rpartition("/")
    return f"[root@{host}:/vmfs/volumes/{folder}] vmkfstools -J getuuid {name}\nUUID is {' '.join(octets[:8])}-{' '.join(octets[8:])}\n"


def volumes(host: str, **ids: str) -> str:
    links = "".join(f"lrwxr-xr-x    1 root     root            35 May  2 08:00 {name} -> {volume}\n" for name, volume in ids.items())
    return f"[root@{host}:~] ls -l /vmfs/volumes/\ntotal 8\n{links}"


def ndctl(guest: str, *devices: tuple[str, str], whole: bool = True) -> str:
    """Return a guest's dimms, with `whole` their regions and namespaces as well."""
    dimms = [{"dev": f"nmem{dev}", "id": f"8902-{end[-8:]}"} for dev, end in devices]
    if not whole:
        return f"[root@{guest} ~]# ndctl list -D\n{json.dumps(dimms)}\n"
    regions = [
        {
            "dev": f"region{dev}",
            "size": 1 << 30,
            "mappings": [{"dimm": f"nmem{dev}", "offset": 0, "length": 1 << 30}],
            "namespaces": [{"dev": f"namespace{dev}.0", "mode": "fsdax", "blockdev": f"pmem{dev}"}],
        }
        for dev, _ in devices
    ]
    return f"[root@{guest} ~]# ndctl list -DRN\n{json.dumps({'dimms': dimms, 'regions': regions})}\n"


def lsblk(guest: str, *disks: tuple[str, str]) -> str:
    shown = [{"name": name, "serial": (UUID + end), "size": 1 << 30, "type": "disk"} for name, end in disks]
    return f"[root@{guest} ~]# lsblk -J -b -o NAME,SERIAL,SIZE,TYPE\n{json.dumps({'blockdevices': shown})}\n"


@pytest.fixture
def visits(captures):
    """Compare two visits, each one text or several files; return what is told, and the exit code."""
    count = iter(range(100))

    def call(old: str | dict[str, str], new: str | dict[str, str]) -> tuple[list[tuple[str, str, str]], int]:
        results = [
            match(read(captures(visit if isinstance(visit, dict) else {"all.txt": visit}, f"{name}{next(count)}")))
            for visit, name in ((old, "old"), (new, "new"))
        ]
        comparison = compare(*results)
        return [(str(one.change), one.old, one.new) for one in comparison.changes], comparison.exit_code

    return call


def test_short_and_full_names_are_one_machine_across_the_visits(visits):
    old = asked("esx21", f"{PMEM}/erp/erp.vmdk", "0a0b0c") + ndctl("erp01", ("0", "04" + "0a0b0c"))
    new = old.replace("esx21", "esx21.lab.example").replace("erp01 ", "erp01.lab.example ")
    assert visits(old, new) == visits(new, old) == ([], 0)


def test_what_every_host_calls_alike_is_each_hosts_own(visits):
    old = asked("esx21", "local/erp/erp.vmdk", "000001") + asked("esx22", "local/erp/erp.vmdk", "000002")
    new = asked("esx21", "local/erp/erp.vmdk", "000003") + asked("esx22", "local/erp/erp.vmdk", "000004")
    shown = [f"6000c29d-0c0b-0a09-0807-06050400000{number}" for number in (1, 2, 3, 4)]
    assert visits(old, new) == ([("re-created", shown[0], shown[2]), ("re-created", shown[1], shown[3])], 1)
    told, _ = visits(asked("esx21", "local/erp/erp.vmdk", "000001"), asked("esx22", "local/erp/erp.vmdk", "000004"))
    assert [change for change, _, _ in told] == ["not captured now", "not captured before"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (volumes("esx21", fast=VOLUME) + asked("esx21", "fast/erp/erp.vmdk", "0a0b0c"), volumes("esx21", faster=VOLUME) + asked("esx21", "faster/erp/erp.vmdk", "0a0b0c")),
        (asked("esx21", f"{VOLUME}/erp/erp.vmdk", "0a0b0c"), volumes("esx21", fast=VOLUME) + asked("esx21", "fast/erp/erp.vmdk", "0a0b0c")),
        (asked("esx21", "fast/erp/erp.vmdk", "0a0b0c"), volumes("esx21", fast=VOLUME) + asked("esx21", f"{VOLUME}/erp/erp.vmdk", "0a0b0c")),
    ],
    ids=["renamed", "name learned", "id learned"],
)  # fmt: skip
def test_a_datastore_that_goes_by_another_name_is_no_change(old, new, visits):
    for before, after in ((old, new), (new, old)):
        told, code = visits(before, after)
        assert code == 0
        assert {change for change, _, _ in told} <= {"known otherwise"}


def test_one_volume_and_another_are_two_places_and_an_untied_name_may_be_any(visits):
    one, other = asked("esx21", f"{VOLUME}/erp/erp.vmdk", "0a0b0c"), asked("esx21", f"{OTHER}/erp/erp.vmdk", "0a0b0c")
    assert [change for change, _, _ in visits(one, other)[0]] == ["moved"]
    told, code = visits(one, asked("esx21", "fast/erp/erp.vmdk", "0a0b0c"))
    assert ([change for change, _, _ in told], code) == (["not comparable"], 1)


def test_a_disk_that_a_second_guest_shows_is_not_reassigned(visits):
    host = asked("esx21", "fast/erp/shared.vmdk", "0a0b0c")
    one, both = host + lsblk("erp02", ("sdb", "0a0b0c")), host + lsblk("erp01", ("sdb", "0a0b0c")) + lsblk("erp02", ("sdb", "0a0b0c"))
    assert [change for change, _, _ in visits(one, both)[0]] == ["not captured before"]
    assert [change for change, _, _ in visits(both, one)[0]] == ["not captured now"]
    handed_over = host + lsblk("erp01", ("sdb", "0a0b0c")) + lsblk("erp02", ("sda", "0a0b0d"))
    assert ("reassigned", f"erp02 sdb {UUID}0a0b0c", f"erp01 sdb {UUID}0a0b0c") in visits(one, handed_over)[0]


def test_a_mount_is_compared_where_the_way_to_it_was_captured(visits):
    df = "[root@erp01 ~]# df -h\nFilesystem      Size  Used Avail Use% Mounted on\n/dev/sda1        20G  3.0G   17G  16% /\n/dev/pmem0     1008M  2.0M  955M   1% {}\n"
    chain, bare = ndctl("erp01", ("0", "040a0b0c")), ndctl("erp01", ("0", "040a0b0c"), whole=False)
    assert visits(chain + df.format("/redo"), bare + df.format("/redo")) == ([], 0)
    assert visits(bare + df.format("/redo"), chain + df.format("/redo")) == ([], 0)
    assert visits(chain + df.format("/redo"), chain + df.format("/log")) == ([("remounted", "/redo", "/log")], 1)
    without = df.format("/redo").partition("/dev/pmem0")[0]
    assert visits(chain + df.format("/redo"), chain + without) == ([("remounted", "/redo", "not mounted")], 1)
    # What lies on a volume of the device mapper is not known without lsblk.
    mapper = without + "/dev/mapper/vg-redo 1008M  2.0M  955M   1% /redo\n"
    assert visits(chain + df.format("/redo"), chain + mapper) == ([], 0)
    some = df.replace("df -h", "df -h | grep sda").format("/redo").partition("/dev/pmem0")[0]
    assert visits(chain + df.format("/redo"), chain + some) == ([], 0)


def test_names_and_sizes_that_one_visit_leaves_open_are_not_said_to_be_others(visits):
    first, second = ndctl("erp01", ("0", "040a0b0c")), ndctl("erp01", ("0", "040a0b0d"), ("1", "040a0b0c"))
    told, _ = visits({"1/erp01.txt": first}, {"1/erp01.txt": first, "2/erp01.txt": second})
    assert told == [("appeared", "", "erp01 nmem0 8902-040a0b0d")]
    assert [change for change, _, _ in visits({"a.txt": first}, {"b.txt": second})[0]] == ["renumbered", "appeared"]


@pytest.mark.parametrize("name", ["ndctl-list-D-d-nmem0.json", "ndctl_list_D_nmem0.json"])
def test_a_file_that_is_called_after_one_device_is_no_answer_about_all(name, visits):
    dimms = [{"dev": f"nmem{number}", "id": f"8902-040a0b0{number}"} for number in (0, 1)]
    told, _ = visits({"guests/erp01/ndctl-list-D.json": json.dumps(dimms)}, {f"guests/erp01/{name}": json.dumps(dimms[:1])})
    assert [change for change, _, _ in told] == ["not captured now"]
    told, _ = visits({"guests/erp01/ndctl-list-D.json": json.dumps(dimms)}, {"guests/erp01/ndctl-list-D.json": json.dumps(dimms[:1])})
    assert [change for change, _, _ in told] == ["gone"]


def test_a_guest_that_shows_no_ids_now_has_lost_no_device(visits):
    now = '[root@erp01 ~]# ndctl list -D\n[{"dev":"nmem0"}]\n'
    told, _ = visits(ndctl("erp01", ("0", "040a0b0c"), whole=False), now)
    assert "gone" not in {change for change, _, _ in told}


def test_the_command_line_shows_changes_and_compares_site_by_site(run, captures):
    captures(
        {"berlin/a.txt": asked("esx21", "local/erp/erp.vmdk", "000001"), "paris/a.txt": asked("esx21", "local/erp/erp.vmdk", "000002")},
        "old",
    )
    captures(
        {"berlin/a.txt": asked("esx21", "local/erp/erp.vmdk", "000001"), "paris/a.txt": asked("esx21", "local/erp/erp.vmdk", "000003")},
        "new",
    )
    folder = captures({}, "old").parent
    ran = run("diff", folder / "old", folder / "new", "--sites", "--max-file", "5")
    assert ran.code == 1
    assert ran.out.split() == [
        "re-created",
        "paris:",
        "esx21",
        "/vmfs/volumes/local/erp/erp.vmdk:",
        "6000c29d-0c0b-0a09-0807-060504000002",
        "->",
        "6000c29d-0c0b-0a09-0807-060504000003",
    ]
    assert ran.err == "CHANGED: 1 re-created; 1 devices and vmdks are as they were.\n"
    assert run("diff", folder / "old" / "berlin", folder / "new" / "berlin", "-q")[1:] == ("", "")
    assert "is no folder with an entry for each site" in run("diff", folder / "old" / "berlin" / "a.txt", folder / "new", "--sites").err
