"""What names a machine has one order, and every word for it has its place in it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from reconcile.capture.read_source import read_source
from reconcile.facts import strengths
from reconcile.results import schema

WORDS = [value for name, value in vars(strengths).items() if name.isupper() and isinstance(value, str)]


def test_each_word_has_its_place():
    assert all(strengths.rank(word) >= 0 for word in WORDS)


def test_the_order_is_the_one_that_the_design_states():
    order = ["override", "object", "answer", "header", "prompt", "path", "word"]
    assert all(strengths.rank(one) < strengths.rank(other) for one, other in pairwise([*order, "nothing"]))
    assert set(order) <= set(WORDS)


def test_the_table_of_sources_says_the_order():
    (column,) = [column for column in schema.SOURCES.columns if column.name == "named_by"]
    told = column.meaning.partition(": ")[2].replace(" or ", ", ").split(", ")
    ranks = [strengths.rank(word) for word in told]
    assert ranks == sorted(ranks)
    assert set(told) == set(WORDS) - {"nobody", "unknown prompt"}


@pytest.mark.parametrize(
    ("prompt", "named_by"),
    [
        ("[root@esx01:~] ", "prompt"), ("user@esx01:~$ ", "prompt"), ("esx01:~ # ", "prompt"), ("esx01 $ ", "word"), ("esx01>$ ", "word"),
        ("esx01# ", "word"), ("# ", ""), ("bash-5.1$ ", ""),
    ],
)  # fmt: skip
def test_a_bare_word_in_front_of_a_sign_is_a_weak_name(prompt, named_by):
    reading = read_source(
        f"{prompt}df -h\nFilesystem   Size   Used Available Use% Mounted on\nVMFS-6  1G  1G  1G  1% /vmfs/volumes/ds\n".encode()
    )
    assert [part.named_by for part in reading.parts] == [named_by]
