"""What real ndctl printed in an emulated guest, against what the kernel itself said there, without ndctl."""

from __future__ import annotations

import csv
import json
import re
import shlex
from typing import NamedTuple

import pytest

from reconcile.capture.read_source import read_source
from reconcile.facts.records import Dimm, Mapping, Namespace, Region

GUESTS = (
    "g01-plain2", "g02-plain2-mixed", "g03-nobus", "g04-nvdimm-on-empty", "g05-one", "g06-four-labels", "g07-numa2", "g09-vmw6",
    "g13-e820", "g14-virtio-pmem", "g17-nomodules",
)  # fmt: skip
# The kernel's names of modes, and ndctl's.
MODES = {"raw": "raw", "memory": "fsdax", "dax": "devdax", "safe": "sector"}
STAGE = re.compile(r"s[0-9]_")
FILTERS = frozenset("brdnmtU")
NOTHING = {"dimms": {}, "regions": {}, "namespaces": {}, "other": {}}


class Asked(NamedTuple):
    """What the flags of an ``ndctl list`` ask for."""

    dimms: bool
    regions: bool
    namespaces: bool
    disabled: bool
    empty: bool
    human: bool


def asked(command: str) -> Asked | None:
    """Read the flags; None where this is no ``ndctl list``, or where it is filtered."""
    words = shlex.split(command)
    if "ndctl" not in words or words[words.index("ndctl") + 1 : words.index("ndctl") + 2] != ["list"]:
        return None
    rest = words[words.index("list") + 1 :]
    if not all(re.fullmatch(r"-[BDRNFHMXCivuc]+", word) for word in rest):
        return None
    flags = "".join(rest)
    assert not FILTERS.intersection(flags)
    verbose = flags.count("v")
    everything = verbose >= 2
    kinds = set("BDRN").intersection(flags)
    return Asked(
        dimms="D" in kinds or everything,
        regions="R" in kinds or everything,
        namespaces="N" in kinds or not kinds or bool(verbose),
        disabled=bool({"i", "c"}.intersection(flags)) or verbose >= 3,
        empty="i" in flags or verbose >= 3,
        human="u" in flags,
    )


def listings(folder):
    """Give file name, stage, and what was asked, of each unfiltered list; a file without a stage is of the one before it."""
    stage = "s0"
    with (folder / "INDEX.tsv").open(newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            name = row["file"]
            if STAGE.match(name):
                stage = name[:2]
            wanted = asked(row["command"]) if row["rc"] == "0" and not name.startswith("nosys_") else None
            if wanted:
                yield name, _stage_of(name, stage), wanted


def _stage_of(name: str, stage: str) -> str:
    if name.startswith("nfitonly_"):
        return "s_nfitonly"
    return "" if name.startswith(("nomod_", "libonly_")) else stage


def claims(kernel):
    """Give namespaces of a stage with what sits on them: device, mode, size, and whether it is enabled."""
    for dev, namespace in kernel["namespaces"].items():
        holder = kernel["other"].get(namespace.get("holder", ""), {})
        regions = kernel["regions"]["region" + dev.removeprefix("namespace").partition(".")[0]]
        enabled = "driver" in regions and ("driver" in namespace or "driver" in holder)
        yield dev, MODES[namespace["mode"]], int(holder.get("size", namespace["size"])), enabled


@pytest.fixture
def guest(request, shared):
    folder = shared / "qemu" / request.param
    if not folder.is_dir():
        pytest.skip("this guest's captures are not beside this checkout")
    truth = json.loads((folder / "truth.json").read_text())
    lists = list(listings(folder))
    assert lists
    return folder, truth, lists


def compare(guest, kind, seen, expected):
    """Compare what each list says of one kind with what the kernel says, and with nothing where it was not asked."""
    folder, truth, lists = guest
    for name, stage, ask in lists:
        parts = read_source((folder / name).read_bytes()).parts
        facts = [seen(record) for part in parts for record in part.records if isinstance(record, kind)]
        assert sorted(facts) == sorted(expected(truth["stages"][stage] if stage else NOTHING, ask)), name


@pytest.mark.parametrize("guest", GUESTS, indirect=True)
def test_every_list_gives_exactly_the_dimms_that_the_kernel_knows(guest):
    """Disabled ones only with -i, -c or -vvv."""

    def expected(kernel, ask):
        return [
            (dev, dimm["nfit/id"], int(dimm["nfit/handle"], 16), "" if "driver" in dimm else "disabled")
            for dev, dimm in kernel["dimms"].items()
            if ask.dimms and ("driver" in dimm or ask.disabled)
        ]

    compare(guest, Dimm, lambda dimm: (dimm.dev, dimm.id, dimm.handle, dimm.state), expected)


@pytest.mark.parametrize("guest", GUESTS, indirect=True)
def test_every_list_gives_exactly_the_regions_with_sizes_where_they_are_exact(guest):
    """With -u a size is rounded, so it stays the text that it is."""

    def expected(kernel, ask):
        return [
            (dev, -1 if ask.human else int(region["size"]), "" if "driver" in region else "disabled")
            for dev, region in kernel["regions"].items()
            if ask.regions and ("driver" in region or ask.disabled)
        ]

    def seen(region):
        return region.dev, -1 if region.size_bytes is None else region.size_bytes, region.state

    compare(guest, Region, seen, expected)


@pytest.mark.parametrize("guest", GUESTS, indirect=True)
def test_every_list_with_both_flags_ties_regions_to_dimms_as_the_kernel_does(guest):
    def expected(kernel, ask):
        return [
            (dev, part["dimm"], int(part["dpa"]), int(part["length"]), int(part["position"]))
            for dev, region in kernel["regions"].items()
            for part in region["maps"]
            if ask.dimms and ask.regions and ("driver" in region or ask.disabled)
        ]

    compare(guest, Mapping, lambda mapping: mapping[2:], expected)


@pytest.mark.parametrize("guest", GUESTS, indirect=True)
def test_every_list_gives_exactly_the_namespaces_each_on_its_own_region(guest):
    """Disabled ones only with -i, or with -c where they have a size; empty seeds only with -i."""

    def expected(kernel, ask):
        return [
            (
                dev,
                "region" + dev.removeprefix("namespace").partition(".")[0],
                mode,
                -1 if ask.human and size >= 5_120_000 else size,
                enabled,
            )
            for dev, mode, size, enabled in claims(kernel)
            if ask.namespaces and (enabled or ask.empty or (ask.disabled and size))
        ]

    def seen(namespace):
        size = -1 if namespace.size_bytes is None else namespace.size_bytes
        return namespace.dev, namespace.region, namespace.mode, size, namespace.state != "disabled"

    compare(guest, Namespace, seen, expected)


@pytest.mark.parametrize("guest", GUESTS, indirect=True)
def test_every_line_of_a_plain_list_is_recognised(guest):
    """There is nothing in a file that holds one answer alone but the answer."""
    folder, _, lists = guest
    for name, _, _ in lists:
        reading = read_source((folder / name).read_bytes())
        assert reading.ledger.recognised == reading.ledger.lines, name
        assert reading.status == ("read" if reading.ledger.lines else "empty"), name


def test_ids_that_look_like_numbers_stay_as_printed(shared, records):
    """Six VMware-like ids, three of which a spreadsheet would turn into a number."""
    folder = shared / "qemu" / "g09-vmw6"
    for name in ("list_D.txt", "list_BDRNi.txt", "list_D_u.txt", "list_vvv.txt", "v71_list_D.txt", "v81_list_D.txt"):
        ids = {record.dev: record.id for record in records((folder / name).read_bytes()) if isinstance(record, Dimm)}
        assert ids == {
            "nmem0": "8902-5e3b8b61", "nmem1": "8902-00000abc", "nmem2": "8902-fbcadeac", "nmem3": "8902-12345678",
            "nmem4": "8902-1e100000", "nmem5": "8902-00e12345",
        }, name  # fmt: skip


@pytest.mark.parametrize("name", ["pasted_session.txt", "session.typescript"])
def test_a_session_of_several_lists_says_nothing_that_one_list_does_not(name, shared, records):
    """Prompts, escapes and several answers in one file: each answer's dimms are the kernel's, each with its own line."""
    folder = shared / "qemu" / "g01-plain2"
    truth = json.loads((folder / "truth.json").read_text())
    known = {(dev, dimm["nfit/id"], int(dimm["nfit/handle"], 16)) for dev, dimm in truth["stages"]["s0"]["dimms"].items()}
    dimms = [record for record in records((folder / name).read_bytes()) if isinstance(record, Dimm)]
    by_answer = {
        answer: {(dimm.dev, dimm.id, dimm.handle) for dimm in dimms if dimm.answer == answer} for answer in {d.answer for d in dimms}
    }
    assert len(by_answer) >= 2
    assert all(seen == known for seen in by_answer.values())
    lines = (folder / name).read_bytes().split(b"\n")
    assert all(f'"dev":"{dimm.dev}"'.encode() in lines[dimm.line - 1] for dimm in dimms)
