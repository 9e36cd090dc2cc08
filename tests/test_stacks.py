"""What lies on what, and which mounts stand, where several answers speak of them."""

from __future__ import annotations

import pytest

from reconcile.inventory.block_layers import Layer, Stack
from reconcile.inventory.mount_spelling import spell_out
from reconcile.inventory.newest_answer import settle
from reconcile.machines.capture_times import When, read_moment

MONDAY, TUESDAY = "2026-11-09 10:00:00 UTC", "2026-11-10 10:00:00 UTC"


def layer(label: str, date: str, *mounts: tuple[str, str], whole: bool = True, **parents: str) -> Layer:
    when = When(read_moment(date), ord(label), 0, 1, is_ordered=False, bundle=-1)
    return Layer(when, label, whole, bool(mounts), list(mounts), {f"mapper/{name}": set(under.split()) for name, under in parents.items()})


def test_of_two_dated_answers_the_newer_counts():
    stack = Stack([layer("a", TUESDAY, ("pmem0", "/new")), layer("b", MONDAY, ("pmem0", "/old"), ("pmem1", "/gone"))])
    assert (stack.on(["pmem0"]), stack.on(["pmem1"])) == ((("/new",), ()), ((), ()))


def test_what_a_newer_answer_does_not_speak_of_is_left():
    stack = Stack([layer("a", TUESDAY, ("pmem0", "/new"), whole=False), layer("b", MONDAY, ("pmem1", "/still"), ("pmem2", "/new"))])
    assert stack.on(["pmem0"]).targets == ("/new",)
    assert stack.on(["pmem1"]).targets == ("/still",)
    assert stack.on(["pmem2"]) == ((), ())


@pytest.mark.parametrize("other", [("pmem1", "/data"), ("pmem0", "/elsewhere")])
def test_of_two_undated_answers_that_exclude_each_other_neither_counts(other):
    found = Stack([layer("a", "", ("pmem0", "/data")), layer("b", "", other)]).on(["pmem0"])
    assert found.targets == ()
    assert "/data in a" in found.disputed


def test_answers_that_complement_each_other_are_one():
    tree = layer("a", "", lv="pmem0 pmem1")
    more = layer("b", "", ("mapper/lv", "/wide"), ("pmem2", "/data"))
    same = layer("c", "", ("pmem2", "/data"), ("pmem2", "/bind"), ("mapper/lv", "/wide"))
    stack = Stack([tree, more, same])
    assert stack.on(["pmem1"]) == (("/wide",), ())
    assert stack.on(["pmem2"]) == (("/bind", "/data"), ())


def test_a_target_on_another_device_in_each_of_two_answers_is_on_neither():
    stack = Stack([layer("a", "", lv="pmem0"), layer("b", "", lv="pmem1"), layer("c", "", ("mapper/lv", "/wide"))])
    assert [stack.on([name]) for name in ("pmem0", "pmem1")] == [((), ("/wide in c",))] * 2


def test_claims_of_one_thing():
    one, other = layer("a", MONDAY).when, layer("b", TUESDAY).when
    x, y, both = frozenset("x"), frozenset("y"), frozenset("xy")
    assert settle([(x, one), (y, other)]) == (frozenset([y]), False)
    assert settle([(x, one), (y, one)]) == (frozenset([x, y]), True)
    assert settle([(x, one), (both, other)]) == (frozenset([x, both]), False)


def test_bytes_that_do_not_print_are_question_marks():
    mounts = [
        ("pmem0", "/srv/\u00fc\tb"),
        ("pmem0", "/srv/???b"),
        ("pmem0", "/srv/??b"),
        ("pmem0", "/srv/\u00fc?b"),
        ("pmem1", "/srv/???b"),
    ]
    full = "/srv/\u00fc\tb"
    assert spell_out(mounts) == {("pmem0", spelt): full for spelt in ("/srv/???b", "/srv/??b", "/srv/\u00fc?b")}
