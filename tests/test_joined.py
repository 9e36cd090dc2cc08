"""The digits of two sides are joined as numbers where there are many; what comes of it is what a dict gives."""

from __future__ import annotations

import random

import pytest
from deviating_site import DeviatingSite

from reconcile import match, read
from reconcile.inventory import join_digits as joined
from reconcile.inventory.join_digits import Joined, join


def plainly(serials, suffixes):
    """Join by looking at every pair of counts, as the words of `Joined` say it."""
    return Joined(
        [max((at for at, serial in enumerate(serials) if serial == suffix != ""), default=-1) for suffix in suffixes],
        [at for at, serial in enumerate(serials) if serial == "" or serial not in suffixes],
        {serial for serial in serials if serial and serials.count(serial) > 1},
        {suffix for suffix in suffixes if suffix and suffixes.count(suffix) > 1},
        len(set(suffixes) - {""}),
    )


@pytest.mark.parametrize("seed", range(60))
def test_many_digits_are_joined_as_few_are(seed, monkeypatch):
    chance = random.Random(f"joined {seed}")
    pool = [
        "",
        "00000000",
        "ffffffff",
        "00012345",
        "1e100000",
        *(f"{chance.getrandbits(32):08x}" for _ in range(chance.choice([1, 5, 40]))),
    ]
    serials, suffixes = ([chance.choice(pool) for _ in range(chance.randrange(1, 60))] for _ in range(2))
    expected = plainly(serials, suffixes)
    assert join(serials, suffixes) == expected
    monkeypatch.setattr(joined, "MANY", 0)
    assert join(serials, suffixes) == expected
    are_numbers = any(serials) and any(suffixes)
    assert joined._sorted_join(serials, suffixes) == (expected if are_numbers else None)  # noqa: SLF001 -- that it was numbers


@pytest.mark.parametrize("odd", ["206B080C", "206b 80c", "206b080", "206b080c9", "206b08\u0660c", "206b080g", "20 6b080c"])
def test_what_is_not_8_small_figures_is_compared_as_text(odd, monkeypatch):
    monkeypatch.setattr(joined, "MANY", 0)
    for serials, suffixes in (
        ([odd, "206b080c"], ["206b080c", odd]),
        (["206b080c"], [odd]),
        ([odd], ["206b080c"]),
        (["206b080", "c206b080c"], ["206b080c"]),
    ):
        assert joined._sorted_join(serials, suffixes) is None  # noqa: SLF001 -- that it was not
        assert join(serials, suffixes) == plainly(serials, suffixes)


def test_a_site_of_many_is_matched_as_one_of_few(captures, monkeypatch):
    chance = random.Random("many")
    for number in range(20):
        site = DeviatingSite(chance)
        for _ in range(chance.randrange(4)):
            site.deviate()
        path = captures(site.files(), f"s{number}")
        few = match(read(path, site="s"))
        with monkeypatch.context() as patch:
            patch.setattr(joined, "MANY", 0)
            many = match(read(path, site="s"))
        assert list(many.table("mapping").rows) == list(few.table("mapping").rows)
        assert many.all_findings == few.all_findings
        assert many.totals == few.totals
