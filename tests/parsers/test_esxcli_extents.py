"""esxcli storage vmfs extent list: names and volume ids, and nothing of the devices below."""

from __future__ import annotations

from reconcile.facts.records import Failure, Volume

ONE, OTHER = "5f8b4c97-234dcc30-d982-54ea7418ec3f", "66b0c33b-d2f3dff8-8f53-1e00f500013e"
TABLE = f"""\
Volume Name     VMFS UUID                            Extent Number  Device Name           Partition
--------------  -----------------------------------  -------------  --------------------  ---------
datastore1      {ONE}              0  mpx.vmhba0:C0:T0:L0           8
fast disks (1)  {OTHER}              0  naa.60003ff44dc75adc          1
fast disks (1)  {OTHER}              1  naa.60003ff44dc75add          1
"""
PROMPT = "[root@esx01:~] esxcli storage vmfs extent list\n"


def test_each_row_ties_a_name_to_its_volume(records):
    tied = [Volume(4, "datastore1", ONE), Volume(5, "fast disks (1)", OTHER), Volume(6, "fast disks (1)", OTHER)]
    assert records(PROMPT + TABLE) == tied
    assert records(TABLE) == [tie._replace(line=tie.line - 1) for tie in tied]


def test_names_tie_folders_that_are_captured_under_name_and_id(captures):
    from reconcile import match, read  # noqa: PLC0415 -- the other tests read one source

    answer = "UUID is 60 00 C2 9a 7b e0 5d 31-48 f2 a9 0c 3d 41 f7 e8\n"
    asked = "".join(f"[root@esx01:~] vmkfstools -J getuuid /vmfs/volumes/{name}/app/app.vmdk\n{answer}" for name in ("datastore1", ONE))
    assert len(match(read(captures({"esx01.txt": asked}))).captures.vmdks) == 2
    assert len(match(read(captures({"esx01.txt": asked + PROMPT + TABLE}, "tied"))).captures.vmdks) == 1


def test_what_is_no_row_is_unread(captures):
    from reconcile import read  # noqa: PLC0415 -- as above

    cut = TABLE.replace(f"{OTHER}              1", f"{OTHER[:20]}              1")
    assert list(read(captures({"esx01.txt": PROMPT + cut})).unread["line"]) == [6]


def test_an_error_is_one(records):
    assert records(PROMPT + "Error: Unknown command or namespace storage vmfs extent list\n") == [
        Failure(2, "esxcli storage vmfs extent list", "Error: Unknown command or namespace storage vmfs extent list")
    ]
