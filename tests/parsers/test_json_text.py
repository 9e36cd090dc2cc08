"""JSON within other text: where it begins and ends, what stood whole in a broken document, and on which line."""

from __future__ import annotations

from functools import partial

import pytest
from growth import TIMES, grows_with_the_square

from reconcile.capture.read_source import read_source
from reconcile.facts.records import Damage
from reconcile.transcript.json_text import find_documents


def found(text: str, first: int = 1):
    return find_documents(text.split("\n"), first)


def test_a_document_knows_its_first_and_its_last_line():
    (document,) = found('x\n[\n  {"dev":"nmem0"}\n]\ny', 10).documents
    assert (document.value, document.first, document.last, document.whole) == ([{"dev": "nmem0"}], 11, 13, True)


@pytest.mark.parametrize("line", ["[    0.03] x", "[root@a:~] ls", "[sudo] password for a:", "[1,2]", "[x]", "x [", '"a": [', "[1.5"])
def test_a_line_that_opens_no_list_of_objects_opens_no_document(line):
    assert found(line) == ((), frozenset(), frozenset(), ())


@pytest.mark.parametrize("line", ["[", "[ ", "  [", "[]", "[{}]", "{}", '{"a":1}', "\t{}", "[[]]"])
def test_a_bracket_or_a_brace_may_open_one(line):
    result = found(line)
    assert result.documents or result.damage


def test_text_behind_a_document_is_left():
    """A prompt that the terminal printed on the same line as the closing bracket."""
    result = found('[{"dev":"nmem0"}] root@db01:~#')
    assert [document.value for document in result.documents] == [[{"dev": "nmem0"}]]
    assert result.left == {1}
    assert not result.documents[0].comma


def test_a_comma_behind_an_object_says_that_the_next_is_of_the_same_answer():
    result = found('{"dev":"nmem0"},\n{"dev":"nmem1"}')
    assert [document.comma for document in result.documents] == [True, False]
    assert result.left == frozenset()


def test_whole_objects_are_saved_from_a_broken_document():
    result = found('[\n{"dev":"nmem0"},\n{"dev":"nmem1"},\n{"dev":"nm')
    assert [(document.value, document.first, document.whole) for document in result.documents] == [
        ({"dev": "nmem0"}, 2, False), ({"dev": "nmem1"}, 3, False),
    ]  # fmt: skip
    assert result.damage == ((1, "truncated"),)
    assert result.left == {4}
    assert result.brackets == {1}


def test_only_a_missing_end_is_a_truncation():
    assert found('[\n{"a":1}\n').damage == ((1, "truncated"),)
    assert found('[\n{"a":1}\n...\n').damage == ((1, "truncated"),)
    assert found('[\n{"a":1}}\n').damage == ((1, "damaged"),)
    assert found('[\n{"a":1}\nroot@db01:~# ls').damage == ((1, "damaged"),)


def test_the_outermost_whole_object_is_taken_and_not_what_is_in_it():
    result = found('{"regions":[\n{"dev":"region0","mappings":[{"dimm":"nmem0"}]},\n{"dev":')
    assert [document.value for document in result.documents] == [{"dev": "region0", "mappings": [{"dimm": "nmem0"}]}]


def test_brackets_in_texts_are_no_brackets():
    value = {"name": 'a ] } " [ {', "dev": "nmem0"}
    result = found('[\n{"name":"a ] } \\" [ {","dev":"nmem0"},\n{"x":')
    assert [document.value for document in result.documents] == [value]


def test_a_line_of_each_key_in_the_order_of_the_text():
    (document,) = found('[\n {"dev":"nmem0",\n "id":"x"},\n {"dev" : "nmem1"}\n]', 5).documents
    assert document.lines_of(frozenset({"dev"})) == [(6, "dev", "nmem0"), (8, "dev", "nmem1")]


@pytest.mark.parametrize(
    "text",
    [
        "[\n" * 20_000, "{\n" * 20_000, '{"a":\n' * 20_000, "[" * 100_000, '[{"a":1},\n' * 10_000, '"' * 50_000, '[\n"' + "\\" * 50_000,
        "[{}{}]\n" * 10_000, '{"dev":"nmem0"} x\n' * 10_000, ("[" * 500 + "\n") * 100, ("[" * 400 + "]" * 400 + "\n") * 50,
    ],
    ids=range(11),
)  # fmt: skip
def test_hostile_text_is_linear(text):
    """Each of these took quadratic time in some reader of JSON."""
    assert not grows_with_the_square(partial(found, text), partial(found, text[: len(text) // TIMES]))


@pytest.mark.parametrize("depth", [99, 101, 600, 990, 3000, 9000, 50000])
@pytest.mark.parametrize("name", ["ndctl", "lsblk", "findmnt"])
def test_one_limit_of_nesting_on_every_python(depth, name):
    """Up to the limit a document is read, beyond it nothing of it is and its lines are unread, whatever the decoder could do."""
    inner = {
        "ndctl": '{"dev":"nmem0","id":"8902-00012345"}', "lsblk": '{"blockdevices":[{"name":"sda"}]}',
        "findmnt": '{"filesystems":[{"target":"/","source":"/dev/sda","fstype":"xfs"}]}',
    }[name]  # fmt: skip
    opened, closed = ["[" if name == "ndctl" else '{"x":'] * depth, ["]" if name == "ndctl" else "}"] * depth
    command = {"ndctl": "ndctl list -D", "lsblk": "lsblk -J", "findmnt": "findmnt -J"}[name]
    for text in ("".join([*opened, inner, *closed]), "\n".join([*opened, inner, *closed])):
        reading = read_source(f"[root@lin5 ~]# {command}\n{text}\n".encode())
        records = [record for part in reading.parts for record in part.records if not isinstance(record, Damage)]
        assert sum(reading.ledger[1:]) == reading.ledger.lines
        if depth > 100:
            assert records == []
            assert reading.ledger.not_understood
        elif name == "ndctl":
            assert len(records) == 1
