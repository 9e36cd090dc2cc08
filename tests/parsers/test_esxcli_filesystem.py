"""esxcli storage filesystem list: cut at the ruler, with empty names and blanks in cells."""

from __future__ import annotations

import json

import pytest

from reconcile import match, read
from reconcile.facts.records import Damage, Failure, Filesystem, Volume

ROWS = [
    ("/vmfs/volumes/66b0c33b-d2f3dff8-8f53-1e00f500013e", "", "66b0c33b-d2f3dff8-8f53-1e00f500013e", "true", "VMFS-6", "96368328704", "1"),
    (
        "/vmfs/volumes/5f8b4c97-234dcc30-d982-54ea7418ec3f",
        "fast disks (1)",
        "5f8b4c97-234dcc30-d982-54ea7418ec3f",
        "true",
        "PMEM",
        "8",
        "0",
    ),
    ("", "gone", "aaaa4c97-234dcc30-d982-54ea7418ec3f", "false", "VMFS-unknown version", "0", "0"),
]
HEADER = ("Mount Point", "Volume Name", "UUID", "Mounted", "Type", "Size", "Free")
PROMPT = "[root@esx01:~] esxcli storage filesystem list\n"


def table(rows=ROWS) -> str:
    widths = [max(len(row[index]) for row in (HEADER, *rows)) for index in range(7)]

    def line(row):
        cells = [
            cell.rjust(width) if index in {3, 5, 6} else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        return "  ".join(cells).rstrip()

    ruler = "  ".join("-" * width for width in widths)
    head = "  ".join(cell.ljust(width) for cell, width in zip(HEADER, widths, strict=True)).rstrip()
    return "\n".join([head, ruler, *map(line, rows)]) + "\n"


def comma(rows=ROWS) -> str:
    lines = [f"{free},{mount},{mounted},{size},{kind},{ident},{name}," for mount, name, ident, mounted, kind, size, free in rows]
    return "Free,MountPoint,Mounted,Size,Type,UUID,VolumeName,\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize("form", [table, comma])
def test_names_ids_and_sizes_are_read(records, form):
    found = records(PROMPT + form())
    assert [(row.mounted_on, row.type, row.size_bytes, row.available_bytes) for row in found if isinstance(row, Filesystem)] == [
        (mount, kind, int(size), int(free)) for mount, _, _, _, kind, size, free in ROWS if mount
    ]
    assert [(tie.name, tie.id) for tie in found if isinstance(tie, Volume)] == [(row[1], row[2]) for row in ROWS if row[1]]


def test_every_line_of_a_table_is_understood(records):
    assert len(records(PROMPT + table() + "\n" + "[root@esx01:~] \n")) == 4


def test_a_row_that_does_not_fit_the_ruler_is_not_read(records):
    broken = table().replace("fast disks (1)", "fast disks (1) and more than fits")
    assert "fast disks (1)" not in {tie.name for tie in records(PROMPT + broken) if isinstance(tie, Volume)}


def test_an_error_is_a_finding(records):
    (found,) = records(PROMPT + "sh: esxcli: not found\n")
    assert isinstance(found, Failure)


def test_it_ties_the_name_of_one_capture_to_the_id_of_another(captures):
    uuid = "UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c\n"
    host = PROMPT + table()
    host += '[root@esx01:~] vmkfstools -J getuuid "/vmfs/volumes/fast disks (1)/vm/a.vmdk"\n' + uuid
    host += "[root@esx01:/vmfs/volumes/5f8b4c97-234dcc30-d982-54ea7418ec3f/vm] vmkfstools -J getuuid a.vmdk\n" + uuid
    result = match(read(captures({"esx01.txt": host, "db01.json": '[{"dev":"nmem0","id":"8902-206b080c"}]'})))
    assert list(result.mapping["status"]) == ["matched"]
    assert result.mapping["datastore"].tolist() == ["fast disks (1)"]


@pytest.mark.parametrize("name", ["fslist_esxi8_esxinitya.txt", "df_bytes_and_fslist_esxi80u3_nolabel.txt"])
def test_published_tables_are_read_whole(shared, records, name):
    found = records((shared / "public" / "host" / name).read_bytes())
    assert sum(isinstance(record, Volume) for record in found) == 3


OBJECTS = [
    {"Free": 10, "MountPoint": "/vmfs/volumes/5f8b4c97-234dcc30-d982-54ea7418ec3f", "Mounted": True, "Size": 20, "Type": "VMFS-6",
     "UUID": "5f8b4c97-234dcc30-d982-54ea7418ec3f", "VolumeName": "fast disks (1)"},
    {"Free": 1, "MountPoint": "/vmfs/volumes/6f8b4c97-234dcc30-d982-54ea7418ec3f", "Mounted": True, "Size": 2, "Type": "vfat",
     "UUID": "6f8b4c97-234dcc30-d982-54ea7418ec3f", "VolumeName": ""},
]  # fmt: skip


@pytest.mark.parametrize("indent", [None, 0, 2, 4])
@pytest.mark.parametrize("prompt", ["", "[root@esx01:~] esxcli --formatter=json storage filesystem list\n"])
def test_json_says_what_the_table_says(indent, prompt, records):
    found = records(prompt + json.dumps(OBJECTS, indent=indent) + "\n")
    assert [(record.name, record.id) for record in found if isinstance(record, Volume)] == [
        ("fast disks (1)", "5f8b4c97-234dcc30-d982-54ea7418ec3f")
    ]
    assert [(record.type, record.size_bytes, record.mounted_on) for record in found if isinstance(record, Filesystem)] == [
        (row["Type"], row["Size"], row["MountPoint"]) for row in OBJECTS
    ]


def test_json_with_its_figures_as_text_is_the_same(records):
    assert records(
        json.dumps([{key: str(value).lower() if key == "Mounted" else str(value) for key, value in row.items()} for row in OBJECTS])
    ) == records(json.dumps(OBJECTS))


def test_json_cut_anywhere_says_so_and_nothing_else(records):
    text = "[root@esx01:~] esxcli --formatter=json storage filesystem list\n" + json.dumps(OBJECTS, indent=2) + "\n"
    whole = [record for record in records(text) if not isinstance(record, Damage)]
    for stop in range(80, len(text) - 2):
        found = records(text[:stop])
        facts = [record for record in found if not isinstance(record, Damage)]
        assert [record[1:] for record in facts] == [record[1:] for record in whole[: len(facts)]], stop
        assert not facts or any(isinstance(record, Damage) for record in found), stop


def ties(found):
    return [(tie.name, tie.id) for tie in found if isinstance(tie, Volume)], [
        (row.mounted_on, row.type, row.size_bytes) for row in found if isinstance(row, Filesystem)
    ]


def wrapped(width: int):
    def wrap(text: str) -> str:
        cut = [line[at : at + width].rstrip() for line in text.split("\n") for at in range(0, max(1, len(line)), width)]
        return "\n".join(cut)

    return wrap


DAMAGE = {
    "a broken header": lambda text: text.replace("UUID  ", "UUID\n", 1),
    "blanks collapsed": lambda text: "\n".join(" ".join(line.split()) for line in text.split("\n")),
    "blanks doubled": lambda text: text.replace(" ", "  "),
    "trailing tabs": lambda text: text.replace("\n", "\t\n"),
    "trailing blanks": lambda text: text.replace("\n", "   \n"),
    "indented": lambda text: "\n".join(f"    {line}" if line else "" for line in text.split("\n")),
    "an escaped ruler": lambda text: text.replace("---  ", "\\---  "),
    "wrapped at 80": wrapped(80),
    "wrapped at 100": wrapped(100),
    "wrapped at 120": wrapped(120),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_table_that_pasting_damaged_gives_the_same_rows_or_none(damage, records):
    """Each row is right or unread; of those that have all their cells each is read."""
    names, rows = ties(records(PROMPT + table()))
    found_names, found_rows = ties(records(PROMPT + DAMAGE[damage](table())))
    assert set(found_names) == set(names)
    assert set(found_rows) == set(rows)
