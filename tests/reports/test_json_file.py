"""JSON: whole, exact, and null where a number is not known."""

from __future__ import annotations

import json

import hostile_text
from hypothesis import example, given

from reconcile import match, read
from reconcile.reports.json_file import json_blocks, rows_as_json
from reconcile.results import schema


def test_all_tables_are_one_object_of_lists(result):
    told = json.loads(b"".join(json_blocks(result.table(spec.name) for spec in schema.ALL)))
    assert list(told) == [spec.name for spec in schema.ALL]
    for spec in schema.ALL:
        rows = [dict(zip([column.name for column in spec.columns], row, strict=True)) for row in result.table(spec.name).rows]
        assert told[spec.name] == rows


def test_one_table_is_a_list_a_row_a_line(result):
    text = "".join(rows_as_json(result.table("mapping")))
    assert [row["status"] for row in json.loads(text)] == ["guest-only", "matched"]
    assert text.count("\n") == 1 + len(result.mapping)


def test_a_table_without_rows_is_an_empty_list(result):
    assert json.loads("".join(rows_as_json(result.table("disks")))) == []


def test_a_number_that_is_not_known_is_null_and_an_empty_text_is_empty(result):
    (_, matched) = json.loads("".join(rows_as_json(result.table("mapping"))))
    assert matched["device_bytes"] is None
    assert matched["region"] == ""
    assert matched["guest_line"] == 2


def test_large_numbers_are_exact(captures):
    folder = captures({"db01.txt": 'root@db01:~# ndctl list -R\n[{"dev":"region0","size":9007199254740993}]\n'})
    (row,) = json.loads("".join(rows_as_json(match(read(folder)).table("regions"))))
    assert row["size_bytes"] == 9007199254740993


@hostile_text.quick
@given(hostile_text.many_texts)
@example(hostile_text.ALL)
def test_hostile_text_comes_back_as_it_was(saying, texts):
    data = b"".join(json_blocks([saying(texts).table("findings")]))
    data.decode("utf-8")
    told = json.loads(data)["findings"]
    # JSON says a character beyond the first plane as two surrogates, and two that stand together as that character.
    assert [row["message"].encode("utf-16", "surrogatepass") for row in told] == [text.encode("utf-16", "surrogatepass") for text in texts]


def test_the_text_is_utf_8_without_a_bom_and_ends_with_a_line_end(result):
    data = b"".join(json_blocks([result.table("mapping")]))
    assert data.startswith(b"{\n")
    assert data.endswith(b"}\n")
    assert b"\r" not in data
