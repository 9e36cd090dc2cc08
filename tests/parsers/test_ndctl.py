"""``ndctl list``: every shape that it prints, each object known by its ``dev`` and each id kept as text."""

from __future__ import annotations

import json

import pytest

from reconcile.capture.read_source import read_source
from reconcile.facts.records import Damage, Dimm, Mapping, Namespace, Region

DIMM = {"dev": "nmem0", "id": "8902-206b080c", "handle": 1, "phys_id": 102}
OTHER = {"dev": "nmem1", "id": "8902-a2ebf260", "handle": 2, "phys_id": 103}
NAMESPACE = {
    "dev": "namespace3.1",
    "mode": "fsdax",
    "map": "dev",
    "size": 1056964608,
    "uuid": "u-1",
    "sector_size": 512,
    "blockdev": "pmem3.1",
}
REGION = {
    "dev": "region3", "size": 1073741824, "available_size": 0, "type": "pmem", "persistence_domain": "unknown",
    "mappings": [{"dimm": "nmem1", "offset": 0, "length": 1073741824, "position": 0}], "namespaces": [NAMESPACE],
}  # fmt: skip


def printed(value, indent: int | None = 2) -> str:
    """Lay a value out as json-c does: two blanks a level, none behind a colon."""
    return json.dumps(value, indent=indent, separators=(",", ":")) + "\n"


def of_kind(found, kind):
    return [record for record in found if isinstance(record, kind)]


def ids(found):
    return [(dimm.dev, dimm.id) for dimm in of_kind(found, Dimm)]


BOTH = [("nmem0", "8902-206b080c"), ("nmem1", "8902-a2ebf260")]
SHAPES = {
    "an array": ([DIMM, OTHER], BOTH),
    "an array of one": ([DIMM], BOTH[:1]),
    "a bare object, before v62 and with -u": (DIMM, BOTH[:1]),
    "an object of groups": ({"dimms": [DIMM, OTHER], "regions": [REGION]}, BOTH),
    "dimms and namespaces without regions": ({"dimms": [DIMM, OTHER], "namespaces": [NAMESPACE]}, BOTH),
    "buses": (
        [{"provider": "ACPI.NFIT", "dev": "ndbus0", "dimms": [DIMM], "regions": [REGION]}, {"dev": "ndbus1", "dimms": [OTHER]}],
        BOTH,
    ),
    "one bare bus, with -u": ({"provider": "ACPI.NFIT", "dev": "ndbus0", "dimms": [DIMM, OTHER]}, BOTH),
    "one line, through jq -c": ([DIMM, OTHER], BOTH),
    "a bare array of regions": ([REGION], []),
    "an empty array": ([], []),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_finds_the_dimms_in_each_shape(shape, records):
    value, expected = SHAPES[shape]
    assert ids(records(printed(value, None if "jq" in shape else 2))) == expected


@pytest.mark.parametrize("shape", SHAPES)
def test_every_line_of_each_shape_is_recognised(shape):
    reading = read_source(printed(SHAPES[shape][0]).encode())
    assert reading.ledger.recognised == reading.ledger.lines
    assert reading.status == "read"


def test_a_region_gives_its_mappings_and_its_namespaces(records):
    found = records(printed({"dimms": [OTHER], "regions": [REGION]}))
    lines = printed({"dimms": [OTHER], "regions": [REGION]}).split("\n")
    at = {key: next(number for number, line in enumerate(lines, 1) if key in line) for key in ('"region3"', '"dimm":', '"namespace3.1"')}
    assert of_kind(found, Region) == [
        Region(at['"region3"'], 1, "region3", "1073741824", 1073741824, "0", "pmem", "", None, "unknown", "", "")
    ]
    assert of_kind(found, Mapping) == [Mapping(at['"dimm":'], 1, "region3", "nmem1", 0, 1073741824, 0)]
    assert of_kind(found, Namespace) == [
        Namespace(
            at['"namespace3.1"'],
            1,
            "namespace3.1",
            "region3",
            "fsdax",
            "dev",
            "1056964608",
            1056964608,
            "u-1",
            "pmem3.1",
            "",
            512,
            None,
            "",
            "",
            "region3",
        )
    ]


def test_a_dimm_gives_all_that_is_printed_of_it(records):
    dimm = {
        **DIMM, "state": "disabled", "flag_failed_flush": True, "flag_smart_event": True, "security": "locked", "security_frozen": True,
        "health": {"health_state": "non-critical", "temperature_celsius": 31.0},
    }  # fmt: skip
    flags = "flag_failed_flush flag_smart_event security_frozen"
    assert records(printed([dimm])) == [Dimm(3, 1, "nmem0", "8902-206b080c", 1, 102, "disabled", flags, "non-critical", "locked")]


@pytest.mark.parametrize(
    ("shown", "figure"),
    [("0", 0), ("0x66", 102), ("10", 10), ("0xffff", 65535), (7, 7), ("", None), ("x", None), (None, None), (True, None), ("0x", None)],
)
def test_figures_of_u_are_hexadecimal_texts_and_zero_is_bare(shown, figure, records):
    """With -u ``%#llx`` prints ``"0x66"``, and ``"0"`` for zero."""
    assert [dimm.handle for dimm in records(printed([{**DIMM, "handle": shown}]))] == [figure]


def test_a_size_that_u_rounds_stays_text_and_a_small_one_is_exact(records):
    region = {"dev": "region0", "size": "1024.00 MiB (1073.74 MB)", "available_size": 0, "mappings": []}
    (found,) = records(printed(region))
    assert (found.size, found.size_bytes, found.available_size) == ("1024.00 MiB (1073.74 MB)", None, "0")


def test_a_mapping_of_u_keeps_its_exact_length(records):
    region = {"dev": "region0", "mappings": [{"dimm": "nmem0", "offset": "0", "length": "0x40000000", "position": 0}]}
    assert of_kind(records(printed(region)), Mapping)[0][4:] == (0, 1 << 30, 0)


def test_a_namespace_is_on_the_region_of_its_own_name_wherever_it_hangs(records):
    """Real ndctl 76.1 hangs namespaces of a region that is not listed on the one before it."""
    found = records(printed([{"dev": "region0", "namespaces": [{"dev": "namespace5.0", "size": 1}]}]))
    assert [namespace.region for namespace in of_kind(found, Namespace)] == ["region5"]


def test_a_namespace_gives_the_character_devices_of_its_daxregion(records):
    listed = {"dev": "namespace1.0", "mode": "devdax", "daxregion": {"id": 1, "devices": [{"chardev": "dax1.0"}, {"chardev": "dax1.1"}]}}
    assert [namespace.chardev for namespace in records(printed([listed]))] == ["dax1.0 dax1.1"]
    assert [namespace.chardev for namespace in records(printed([{"dev": "namespace1.0", "chardev": "dax1.0"}]))] == ["dax1.0"]


def test_a_region_knows_its_bus_and_its_iset_id_as_printed(records):
    """``iset_id`` was a signed figure in old builds and exceeds 2^63 in others; nothing is done to it."""
    buses = [
        {"dev": "ndbus0", "regions": [{"dev": "region0", "iset_id": -7818001283394}]},
        {"dev": "ndbus1", "regions": [{"dev": "region1"}]},
    ]
    buses[1]["regions"][0]["iset_id"] = 18446744073709551615
    found = records(printed(buses))
    assert [(region.dev, region.bus, region.iset_id) for region in found] == [
        ("region0", "ndbus0", "-7818001283394"), ("region1", "ndbus1", "18446744073709551615"),
    ]  # fmt: skip


@pytest.mark.parametrize("serial", ["00012345", "12345678", "1e100000", "00000000", "0x123456", "1E100000", "99999999"])
def test_an_id_stays_the_text_that_it_is(serial, records):
    assert ids(records(printed([{**DIMM, "id": f"8902-{serial}"}]))) == [("nmem0", f"8902-{serial}")]
    assert ids(records(printed([{**DIMM, "id": serial}]))) == [("nmem0", serial)]


@pytest.mark.parametrize("number", ["12345678", "1e3", "1.5", "true", "null", "[]", "{}", '["8902-206b080c"]'])
def test_an_id_that_is_no_text_is_no_id(number, records):
    """A number went through something that read and wrote it; its leading zeros may be gone."""
    assert ids(records(f'[{{"dev":"nmem0","id":{number}}}]\n')) == [("nmem0", "")]


@pytest.mark.parametrize(
    "damaged",
    [
        '{"dev":"nmem0","id":"8902-206b080c","id":"8902-a2ebf260"}', '{"dev":"nmem0","id":"8902-206b080c","handle":NaN}',
        '{"dev":"nmem0","id":"8902-206b080c","handle":Infinity}', '{"dev":"nmem0","id":"8902-206b080c","handle":%s}' % ("7" * 5000),
        '{"dev":"nmem0","id":"8902-206b080c","handle":ture}', '{"dev":"nmem0","id":"8902-206b080c" "handle":1}',
        '{"dev":"nmem0","x":' + "[" * 100_000 + "]" * 100_000 + "}",
    ],
    ids=["twice one key", "NaN", "Infinity", "5000 digits", "ture", "no comma", "100000 deep"],
)  # fmt: skip
def test_what_no_ndctl_prints_is_damage_and_no_dimm(damaged):
    """The one beside it is whole, and is kept."""
    reading = read_source(f"[\n{damaged},\n{json.dumps(OTHER)}\n]\n".encode())
    found = [record for part in reading.parts for record in part.records]
    assert [dimm.dev for dimm in of_kind(found, Dimm)] in (["nmem1"], [])
    assert of_kind(found, Damage)
    assert reading.status in {"damaged", "truncated"}
    assert sum(reading.ledger[1:]) == reading.ledger.lines


@pytest.mark.parametrize("depth", [10, 1000, 100_000])
def test_nesting_however_deep_is_no_crash(depth):
    reading = read_source(("[" * depth + "]" * depth + "\n").encode())
    assert sum(reading.ledger[1:]) == reading.ledger.lines == 1
    assert not [record for part in reading.parts for record in part.records if not isinstance(record, Damage)]


def test_lost_brackets_lose_nothing(records):
    """People copy from the first brace to the last."""
    text = "".join(f"{json.dumps(dimm, indent=2)}{end}\n" for dimm, end in ((DIMM, ","), (OTHER, "")))
    found = records(text)
    assert ids(found) == BOTH
    assert [dimm.line for dimm in found] == [2, 8]
    assert len({dimm.answer for dimm in found}) == 1


def test_an_end_that_was_cut_off_is_said_and_what_stood_whole_is_kept():
    lines = printed([DIMM, OTHER]).split("\n")
    closed = lines.index("  },")
    named = closed - 3
    for stop in range(1, len(lines) - 2):
        reading = read_source("\n".join(lines[:stop]).encode())
        found = [record for part in reading.parts for record in part.records]
        assert ids(found) == (BOTH[:1] if stop > closed else []), stop
        assert reading.status == ("truncated" if stop >= named else "read"), stop


def test_a_middle_that_was_cut_out_is_damage_and_never_joins_two_dimms():
    """Without the lines between, one dimm's name would stand with the other's id."""
    lines = printed([DIMM, OTHER]).rstrip("\n").split("\n")
    for start in range(1, len(lines)):
        for stop in range(start + 1, len(lines) + 1):
            reading = read_source("\n".join(lines[:start] + lines[stop:]).encode())
            found = [record for part in reading.parts for record in part.records]
            gone = "\n".join(lines[start:stop])
            # Where just these two are gone, what is left is what ndctl prints of one dimm.
            seamless = "8902-206b080c" in gone and "nmem1" in gone and "8902-a2ebf260" not in gone and '"nmem0"' not in gone
            wrong = {(dimm, ident) for dimm, ident in ids(found) if ident} - set(BOTH)
            assert not wrong or seamless, (start, stop)


@pytest.mark.parametrize(
    "line", ["[    0.03] pmem0: detected", "[    0.031524] x", "[root@esx01:~] ", "[sudo] password for bob:", "#==[ Command ]=="]
)
def test_brackets_of_other_things_are_no_json(line):
    reading = read_source(f"{line}\n{printed([DIMM])}".encode())
    found = [record for part in reading.parts for record in part.records]
    assert [(dimm.line, dimm.id) for dimm in of_kind(found, Dimm)] == [(4, "8902-206b080c")]
    assert not of_kind(found, Damage)


@pytest.mark.parametrize("text", ["[\n  1,\n  2\n]\n", '{"a":1}\n', '["nmem0"]\n', "[ ]\nx\n", '{"services":[{"name":"sda"}]}\n'])
def test_json_of_other_commands_gives_nothing(text, records):
    assert records(text) == []


def test_line_numbers_are_those_of_an_editor(records):
    text = f"root@db01:~# ndctl list -D\n{printed([DIMM, OTHER])}\nroot@db01:~# \n"
    lines = text.split("\n")
    assert [f'"dev":"{dimm.dev}"' in lines[dimm.line - 1] for dimm in records(text)] == [True, True]


def test_one_name_in_two_objects_has_two_lines(records):
    """A region's mappings speak of nmem0 before it is listed itself."""
    region = {"dev": "region0", "mappings": [{"dimm": "nmem0", "offset": 0, "length": 1}]}
    text = printed({"regions": [region], "dimms": [{"dev": "nmem0", "id": "x"}, {"dev": "nmem0", "id": "y"}]})
    lines = text.split("\n")
    found = of_kind(records(text), Dimm)
    assert [dimm.id in lines[dimm.line] for dimm in found] == [True, True]


def test_a_second_document_in_one_command_belongs_to_nobody():
    """Its prompt was lost, and with it whose it is."""
    reading = read_source(f"root@db01:~# ndctl list -D\n{printed([DIMM])}{printed([OTHER])}".encode())
    assert [(part.machine, part.lost, ids(part.records)) for part in reading.parts] == [("db01", False, BOTH[:1]), ("", True, BOTH[1:])]


def test_a_document_behind_another_command_is_still_read_and_is_nobodys():
    reading = read_source(f"root@db01:~# uname -r\n6.1.0\n{printed([DIMM])}".encode())
    assert [(part.machine, part.lost, ids(part.records)) for part in reading.parts] == [("", True, BOTH[:1])]


def test_several_documents_without_a_prompt_are_several_answers(records):
    """nmem0 of one answer need not be nmem0 of the next."""
    found = records(printed([DIMM]) + printed([{**OTHER, "dev": "nmem0"}]))
    assert len({dimm.answer for dimm in found}) == 2


@pytest.mark.parametrize("command", ["ndctl list -D", "sudo ndctl list -DR", "/usr/bin/ndctl list"])
def test_nothing_found_is_nothing(command):
    """Real ndctl prints nothing and exits 0 where there is nothing, or nothing enabled."""
    reading = read_source(f"root@db01:~# {command}\nroot@db01:~# \n".encode())
    assert not reading.parts
    assert reading.ledger == (2, 0, 2, 0)
    assert reading.commands == (command,)


@pytest.mark.parametrize("line", ["disabled 1 nmem", "enabled 3 regions", "destroyed 1 namespace", "zeroed 2 nmems"])
def test_what_other_subcommands_say_they_did_is_noise(line):
    reading = read_source(f"root@db01:~# ndctl disable-dimm nmem0\n{line}\n".encode())
    assert reading.ledger == (2, 0, 2, 0)


@pytest.mark.parametrize(
    ("text", "expected", "unread"),
    [
        ('{\n"dimms":[\n{\n"dev":"nmem0",\n"id":"8902-00012345"\n}\n],\n"db02":{\n"dimms":[\n{\n"dev":"nmem0",\n"id":"8902-1e100000"\n}\n]\n}\n}\n', [("nmem0", "8902-00012345", 4)], [11, 12, 13]),
        ('{\n"dimms":[\n{\n"dev":"nmem0",\n"id":"8902-00012345"\n}\n],\n"rest":[\n{\n"dev":"nmem1",\n"id":"8902-1e100000"\n}\n]\n}\n', [("nmem0", "8902-00012345", 4)], [10, 11, 12]),
        ('{\n"db02":{\n"dimms":[\n{\n"dev":"nmem0",\n"id":"8902-1e100000"\n}\n]\n},\n"dimms":[\n{\n"dev":"nmem0",\n"id":"8902-00012345"\n}\n]\n}\n', [], list(range(1, 17))),
        ('{"dimms":[{"dev":"nmem0","id":"8902-00012345"}],"db02":{"dev":"nmem3","id":"8902-1e100000"}}\n', [("nmem0", "8902-00012345", 1)], [1]),
    ],
)  # fmt: skip
def test_an_object_under_a_key_that_nobody_knows_is_unread(text, expected, unread):
    reading = read_source(text.encode())
    dimms = [(record.dev, record.id, record.line) for part in reading.parts for record in part.records if isinstance(record, Dimm)]
    assert dimms == expected
    assert [line.line for line in reading.unread] == unread
    assert sum(reading.ledger[1:]) == reading.ledger.lines
