"""diff: two visits, each change by itself, what was not captured again, and that nothing is told twice."""

from __future__ import annotations

import csv
import io
import random

import fleet as fleets
import pytest
from openpyxl import load_workbook

from reconcile import match, read
from reconcile.results.changes import MEANINGS, Change
from reconcile.results.compare import compare

DS = "PMemDS-11111111-2222-3333-4444-555555555555"
OTHER = "PMemDS-66666666-7777-8888-9999-000000000000"
UUID = "6000c29a0b1c2d3e4f506172"


def answer(path: str, suffix: str, host: str = "esx01") -> str:
    octets = [(UUID + suffix)[index : index + 2] for index in range(0, 32, 2)]
    return f"[root@{host}:~] vmkfstools -J getuuid {path}\nUUID is {' '.join(octets[:8])}-{' '.join(octets[8:])}\n"


def dimms(guest: str, *ids: str, first: int = 0) -> str:
    objects = ",".join(f'{{"dev":"nmem{number}","id":"8902-{ident}"}}' for number, ident in enumerate(ids, first))
    return f"[root@{guest} ~]# ndctl list -D\n[{objects}]\n"


PATH = f"/vmfs/volumes/{DS}/db01/db01.vmdk"
PATH_1 = f"/vmfs/volumes/{DS}/db01/db01_1.vmdk"
LISTED = f"[root@esx01:/vmfs/volumes/{DS}] ls -lR\n.:\ntotal 8\ndrwxr-xr-x    1 root     root           560 Nov 20 10:10 db01\n\n./db01:\ntotal 8\n"


def listing(*names: str) -> str:
    """Return a listing of the datastore, with these disks in the one folder that it has."""
    return LISTED + "".join(f"-rw-------    1 root     root     1073741824 Nov 20 10:11 {name}.vmdk\n" for name in names)


BEFORE = {"esx01.txt": answer(PATH, "11aa22bb") + answer(PATH_1, "33cc44dd"), "db01.txt": dimms("db01", "11aa22bb", "33cc44dd")}


@pytest.fixture
def visits(captures):
    """Compare two visits, given as files."""

    def call(old: dict[str, str], new: dict[str, str]):
        return compare(match(read(captures(old, "old"))), match(read(captures(new, "new"))))

    return call


def told(comparison) -> list[tuple[str, str, str]]:
    return [(str(changed.change), changed.old, changed.new) for changed in comparison.changes]


def test_the_same_visit_twice_is_no_change(visits):
    comparison = visits(BEFORE, BEFORE)
    assert comparison.changes == ()
    assert comparison.exit_code == 0
    assert comparison.same == 4


def test_other_files_in_another_order_are_no_change(visits):
    lines = BEFORE["db01.txt"].split("\n")
    assert visits(BEFORE, {"x/y.txt": BEFORE["esx01.txt"], "a.txt": "\n".join(lines)}).changes == ()


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ({"db01.txt": dimms("db01", "33cc44dd", "11aa22bb")}, [("renumbered", "nmem0", "nmem1"), ("renumbered", "nmem1", "nmem0")]),
        (
            {"esx01.txt": answer(PATH, "11aa22bb") + answer(PATH_1, "99999999"), "db01.txt": dimms("db01", "11aa22bb", "99999999")},
            [("re-created", "6000c29a-0b1c-2d3e-4f50-617233cc44dd, db01 nmem1 8902-33cc44dd", "6000c29a-0b1c-2d3e-4f50-617299999999, db01 nmem1 8902-99999999")],
        ),
        (
            {"esx01.txt": answer(PATH, "11aa22bb") + answer(PATH_1.replace("db01/", "dbx/"), "33cc44dd")},
            [("moved", f"esx01 {PATH_1}", f"esx01 {PATH_1.replace('db01/', 'dbx/')}")],
        ),
        (
            {"esx01.txt": answer(PATH, "11aa22bb"), "esx02.txt": answer(PATH_1.replace(DS, OTHER), "33cc44dd", "esx02")},
            [("moved", f"esx01 {PATH_1}", f"esx02 {PATH_1.replace(DS, OTHER)}")],
        ),
        (
            {"esx01.txt": answer(PATH, "11aa22bb") + listing("db01"), "db01.txt": dimms("db01", "11aa22bb")},
            [("gone", f"esx01 {PATH_1}", ""), ("gone", "db01 nmem1 8902-33cc44dd", "")],
        ),
        (
            {"esx01.txt": answer(PATH, "11aa22bb"), "db01.txt": dimms("db01", "11aa22bb").replace("-D", "-D -d nmem0")},
            [("not captured now", f"esx01 {PATH_1}", ""), ("not captured now", "db01 nmem1 8902-33cc44dd", "")],
        ),
        (
            {"esx01.txt": BEFORE["esx01.txt"] + answer(PATH.replace("db01.", "db01_2."), "55ee66ff")},
            [("not captured before", "", f"esx01 {PATH.replace('db01.', 'db01_2.')}")],
        ),
        ({"db01.txt": dimms("db01", "11aa22bb") + dimms("db02", "33cc44dd")}, [("reassigned", "db01 nmem1 8902-33cc44dd", "db02 nmem0 8902-33cc44dd")]),
        (
            {"db01.txt": dimms("db02", "11aa22bb", "33cc44dd")},
            [("not captured now", f"db01 {dev} 8902-{ident}", "") for dev, ident in (("nmem0", "11aa22bb"), ("nmem1", "33cc44dd"))]
            + [("not captured before", "", f"db02 {dev} 8902-{ident}") for dev, ident in (("nmem0", "11aa22bb"), ("nmem1", "33cc44dd"))],
        ),
        ({"db01.txt": "[root@db01 ~]# hostname\ndb01\n"}, [("not captured now", "db01 nmem0 8902-11aa22bb", ""), ("not captured now", "db01 nmem1 8902-33cc44dd", "")]),
        (
            {"esx01.txt": "[root@esx01:~] hostname\nesx01\n"},
            [("not captured now", f"esx01 {PATH}", ""), ("not captured now", f"esx01 {PATH_1}", "")],
        ),
        ({"db02.txt": dimms("db02", "55ee66ff")}, [("not captured before", "", "db02 nmem0 8902-55ee66ff")]),
    ],
    ids=["renumbered", "re-created", "moved folder", "moved host", "gone", "asked for a part", "not listed before", "reassigned", "guest called otherwise", "guest not captured", "host not captured", "new guest"],
)  # fmt: skip
def test_each_change_is_told_once_and_nothing_else_is(new, expected, visits):
    comparison = visits(BEFORE, {**BEFORE, **new})
    assert sorted(told(comparison)) == sorted(expected)
    assert comparison.exit_code == 1


def test_sizes_and_mounts(visits):
    def guest(size: int, target: str) -> str:
        listing = f'{{"dimms":[{{"dev":"nmem0","id":"8902-11aa22bb"}}],"regions":[{{"dev":"region0","size":{size},"mappings":[{{"dimm":"nmem0","offset":0,"length":{size}}}],"namespaces":[{{"dev":"namespace0.0","mode":"fsdax","blockdev":"pmem0"}}]}}]}}'
        mount = f"/dev/pmem0 on {target} type ext4 (rw)\n" if target else "proc on /proc type proc (rw)\n/dev/sda1 on / type xfs (rw)\n"
        return f"[root@db01 ~]# ndctl list -DRN\n{listing}\n[root@db01 ~]# mount\n{mount}"

    def host(size: int) -> str:
        return (
            f"[root@esx01:/vmfs/volumes/{DS}/db01] ls -l\ntotal 4\n-rw-------    1 root     root     {size} Nov 20 10:11 db01.vmdk\n"
            + answer(PATH, "11aa22bb")
        )

    old = {"db01.txt": guest(1 << 30, "/data"), "esx01.txt": host(1 << 30)}
    assert told(visits(old, {"db01.txt": guest(2 << 30, "/redo"), "esx01.txt": host(2 << 30)})) == [
        ("resized", "1073741824 bytes", "2147483648 bytes"), ("resized", "1073741824 bytes", "2147483648 bytes"), ("remounted", "/data", "/redo"),
    ]  # fmt: skip
    assert told(visits(old, {"db01.txt": guest(1 << 30, ""), "esx01.txt": host(1 << 30)})) == [("remounted", "/data", "not mounted")]
    # Where no mounts were captured, nothing is known of them.
    without = guest(1 << 30, "").partition("[root@db01 ~]# mount")[0]
    assert told(visits(old, {"db01.txt": without, "esx01.txt": host(1 << 30)})) == []


def test_a_uuid_that_only_one_visit_knows_is_said_to_be_that(visits):
    old = {"esx01.txt": listing("db01")}
    new = {"esx01.txt": listing("db01") + answer(PATH, "11aa22bb")}
    shown = "6000c29a-0b1c-2d3e-4f50-617211aa22bb"
    comparison = visits(old, new)
    assert told(comparison) == [("learned", "UUID not known", shown)]
    assert comparison.exit_code == 1
    assert told(visits(new, old)) == [("not captured now", shown, "UUID not known")]


def test_what_has_no_uuid_is_known_by_where_it_lies(visits):
    two, one = {"esx01.txt": listing("db01", "db01_1")}, {"esx01.txt": listing("db01")}
    assert told(visits(two, two)) == []
    assert visits(two, two).same == 2
    assert told(visits(two, one)) == [("gone", f"esx01 {PATH_1}", "")]
    assert told(visits(one, two)) == [("appeared", "", f"esx01 {PATH_1}")]
    assert told(visits(two, {"esx01.txt": "[root@esx01:~] hostname\nesx01\n"})) == [
        ("not captured now", f"esx01 {path}", "") for path in (PATH, PATH_1)
    ]


def test_a_clone_that_came_is_new_and_its_original_stays(visits):
    copy = PATH.replace("db01/", "copy/")
    cloned = {**BEFORE, "esx01.txt": BEFORE["esx01.txt"] + answer(copy, "11aa22bb")}
    comparison = visits({**BEFORE, "esx01.txt": BEFORE["esx01.txt"] + listing("db01", "db01_1")}, cloned)
    assert ("appeared", "", f"esx01 {copy}") in told(comparison)
    assert not any(word in {"gone", "moved", "re-created"} for word, _, _ in told(comparison))
    # Of two that both go elsewhere nothing tells which went where.
    elsewhere = {"esx01.txt": answer(PATH.replace("db01/", "a/"), "11aa22bb") + answer(PATH.replace("db01/", "b/"), "11aa22bb")}
    comparison = visits(cloned, elsewhere)
    assert [word for word, _, _ in told(comparison)].count("not comparable") == 4
    assert comparison.exit_code == 1


def test_each_change_points_at_both_captures(visits):
    comparison = visits(BEFORE, {**BEFORE, "db01.txt": "\n\n" + dimms("db01", "33cc44dd", "11aa22bb")})
    rows = comparison.table.frame
    assert rows[["change", "guest", "device", "device_id", "old_source", "old_line", "new_source", "new_line"]].to_numpy().tolist() == [
        ["renumbered", "db01", "nmem1", "8902-11aa22bb", "db01.txt", 2, "db01.txt", 4],
        ["renumbered", "db01", "nmem0", "8902-33cc44dd", "db01.txt", 2, "db01.txt", 4],
    ]


@pytest.mark.parametrize("seed", range(30))
def test_a_fleet_is_as_it_was_and_what_is_taken_away_is_said(seed, visits):
    fleet = fleets.make(seed, collisions=True)
    files = fleets.captures(fleet, seed)
    assert visits(files, fleets.captures(fleet, seed)).changes == ()
    gone = random.Random(seed).choice(sorted(name for name in files))
    left = {name: text for name, text in files.items() if name != gone}
    if not left:
        return
    words = {str(changed.change) for changed in visits(files, left).changes}
    assert words <= {"not captured now", "status"}
    assert {str(changed.change) for changed in visits(left, files).changes} <= {"not captured before", "status"}


def test_what_was_not_asked_before_is_not_said_to_have_appeared(visits):
    plain = "/vmfs/volumes/datastore1/db01/db01.vmdk"
    serial = (UUID + "55ee66ff").lower()
    more = {
        "esx01.txt": BEFORE["esx01.txt"] + answer(plain, "55ee66ff"),
        "db01.txt": BEFORE["db01.txt"]
        + f'[root@db01 ~]# lsblk -J -b -o NAME,SERIAL,SIZE,TYPE\n{{"blockdevices":[{{"name":"sda","serial":"{serial}","size":1073741824,"type":"disk"}}]}}\n',
    }
    assert {change for change, _, _ in told(visits(BEFORE, more))} == {"not captured before"}
    assert {change for change, _, _ in told(visits(more, BEFORE))} == {"not captured now"}


def test_a_datastore_that_was_emptied_was_captured(visits):
    empty = f"[root@esx01:/vmfs/volumes/{DS}/db01] ls -l\ntotal 0\n[root@esx01:/vmfs/volumes/{DS}/db01] hostname\nesx01\n"
    new = {"esx01.txt": empty, "db01.txt": BEFORE["db01.txt"]}
    assert {change for change, _, _ in told(visits(BEFORE, new)) if change != "status"} == {"gone"}
    assert {change for change, _, _ in told(visits(new, BEFORE)) if change != "status"} == {"appeared"}
    above = {"esx01.txt": listing().partition("drwx")[0], "db01.txt": BEFORE["db01.txt"]}
    assert {change for change, _, _ in told(visits(BEFORE, above)) if change != "status"} == {"gone"}


def test_every_change_has_a_meaning():
    assert list(MEANINGS) == list(Change)


@pytest.fixture
def two(captures):
    return captures(BEFORE, "old"), captures({**BEFORE, "db01.txt": dimms("db01", "33cc44dd", "11aa22bb")}, "new")


def test_the_command_line_writes_and_sums_up(two, run, tmp_path):
    ran = run("diff", *two, "-o", tmp_path / "c.csv", "-o", tmp_path / "c.xlsx", "-o", tmp_path / "c.json", "-o", "-")
    assert ran.code == 1
    assert ran.err.startswith("CHANGED: 2 renumbered; 2 devices and vmdks are as they were.\n  report    ")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "c.csv").read_text("utf-8-sig"))))
    assert [(row["change"], row["old"], row["new"]) for row in rows] == [("renumbered", "nmem0", "nmem1"), ("renumbered", "nmem1", "nmem0")]
    assert ran.out.replace("\n", "\r\n").encode() == (tmp_path / "c.csv").read_bytes()[3:]
    book = load_workbook(tmp_path / "c.xlsx")
    assert book.sheetnames == ["Summary", "Changes"]
    assert book["Changes"]["A2"].value == "renumbered"


def test_nothing_changed_is_zero(two, run):
    ran = run("diff", two[0], two[0], "-o", "-")
    assert ran.code == 0
    assert ran.err == "UNCHANGED: 4 devices and vmdks are as they were.\n"


def test_a_comparison_is_no_folder_and_replaces_nothing(two, run, tmp_path):
    assert "a comparison is one table" in run("diff", *two, "-o", f"{tmp_path}/out/").err
    (tmp_path / "c.csv").write_text("mine")
    ran = run("diff", *two, "-o", tmp_path / "c.csv")
    assert ran.code == 2
    assert (tmp_path / "c.csv").read_text() == "mine"


def test_what_could_not_be_read_makes_it_incomplete(two, run):
    (two[1] / "x.7z").write_bytes(b"7z\xbc\xaf\x27\x1c")
    ran = run("diff", *two, "-o", "-")
    assert ran.code == 2
    assert ran.err.startswith("INCOMPLETE: 1 source could not be read.\n")
