"""Plain guests, folders and pairs, which are kept in pieces, come to what their devices, vmdks and rows would one by one."""

from __future__ import annotations

import random
from functools import partial

import pytest
from deviating_site import DeviatingSite, Disk

import reconcile.capture.read_file
from reconcile import match, read
from reconcile.base.chained_sequence import Pieces, in_pieces
from reconcile.capture.read_source import read_source
from reconcile.inventory.uniform_folders import PlainFolder
from reconcile.inventory.uniform_guests import PlainGuest
from reconcile.matching.rows import PlainPairs, Row
from reconcile.reports.csv_file import csv_bytes
from reconcile.results import schema


def told(result):
    """Return everything that a result tells."""
    tables = {spec.name: list(result.table(spec.name).rows) for spec in schema.ALL}
    return tables, result.totals, list(result.by_site[0][1]), list(result.captures.sites[0].devices), list(result.captures.sites[0].vmdks)


def pieces_of(result):
    ((site, rows),) = result.by_site
    return [
        sum(isinstance(piece, kind) for piece in pieces)
        for pieces, kind in ((site.devices.pieces, PlainGuest), (site.vmdks.pieces, PlainFolder), (rows.pieces, PlainPairs))
    ]


@pytest.mark.parametrize("seed", range(8))
def test_pieces_come_to_what_their_things_would(seed, captures, monkeypatch):
    """Random sites with up to four deviations; the other side is read without any short way, and so has no plain piece."""
    chance = random.Random(f"pieces {seed}")
    plain = [0, 0, 0]
    for number in range(25):
        site = DeviatingSite(chance)
        for _ in range(chance.choice([0, 1, 1, 2, 3, 4])):
            site.deviate()
        path = captures(site.files(), f"s{number}")
        short = match(read(path, site="s"))
        with monkeypatch.context() as patch:
            patch.setattr(reconcile.capture.read_file, "read_source", partial(read_source, plain=False))
            ordinary = match(read(path, site="s"))
        assert pieces_of(ordinary) == [0, 0, 0]
        plain = [before + now for before, now in zip(plain, pieces_of(short), strict=True)]
        assert told(short) == told(ordinary)
        assert csv_bytes(short.table("mapping")) == csv_bytes(ordinary.table("mapping"))
    assert all(count > 20 for count in plain), plain


def test_everybody_is_in_a_plain_piece_where_nothing_deviates(captures):
    site = DeviatingSite(random.Random("plain"))
    result = match(read(captures(site.files())))
    guests, folders, pairs = pieces_of(result)
    assert guests == folders == pairs == len(site.guests)
    assert len(result.by_site[0][1]) == sum(map(len, site.hosts.values()))


def test_what_plain_pairs_have_in_common_is_guarded_and_quoted_in_a_csv(captures, monkeypatch):
    """What a site, a file or a folder is called may be anything, also where the rows are plain."""
    site = DeviatingSite(random.Random("plain"))
    files = {f'=1%s+{number}, "%"/{path}': text for number, (path, text) in enumerate(site.files().items())}
    path = captures(files)
    short = match(read(path, site='=100%d, "x"'))
    assert pieces_of(short)[2] == len(site.guests)
    monkeypatch.setattr(reconcile.capture.read_file, "read_source", partial(read_source, plain=False))
    ordinary = csv_bytes(match(read(path, site='=100%d, "x"')).table("mapping"))
    assert csv_bytes(short.table("mapping")) == ordinary
    assert b'"\'=100%d, ""x""",' in ordinary


def test_pieces_are_a_sequence():
    found = Pieces([["a"], [], ("b", "c")])
    assert (len(found), list(found), len(found.pieces)) == (3, ["a", "b", "c"], 2)
    assert [found[index] for index in (0, 1, 2, -1, -3)] == ["a", "b", "c", "c", "a"]
    assert (list(found[1:]), list(found[::-1]), "b" in found, found.index("c")) == (["b", "c"], ["c", "b", "a"], True, 2)
    for index in (3, -4):
        with pytest.raises(IndexError):
            found[index]
    assert in_pieces(found) is found
    assert (len(Pieces[str]([])), list(in_pieces(["x"]))) == (0, ["x"])


def test_a_plain_piece_gives_its_things_by_index_and_by_slice(captures):
    ((site, rows),) = match(read(captures(DeviatingSite(random.Random("plain")).files()))).by_site
    for pieces in (site.devices.pieces, site.vmdks.pieces, rows.pieces):
        piece = max(pieces, key=len)
        things = list(piece)
        assert [piece[index] for index in range(len(piece))] == things == list(piece[:])
        assert (piece[-1], piece[1:]) == (things[-1], tuple(things[1:]))
        with pytest.raises(IndexError):
            piece[len(piece)]
    assert all(isinstance(row, Row) for row in rows)


@pytest.mark.parametrize("folder", ["vm00", "elsewhere"])
def test_a_device_in_a_plain_folder_elsewhere_speaks_against_its_guests_other_folder(folder, captures):
    """Folders tell those apart that share their digits only where all other devices of the guest lie in one."""
    site = DeviatingSite(random.Random("plain"))
    one, shared, other, far = (f"6000c29{digits:>017}{digits}" for digits in ("aaaaaaaa", "bbbbbbbb", "cccccccc", "bbbbbbbb"))
    site.hosts = {
        "esx00": [Disk("vm00", "vm00.vmdk", one), Disk("vm00", "vm00_1.vmdk", shared), Disk(folder, f"{folder}_2.vmdk", other)],
        "esx01": [Disk("vm10", "vm10.vmdk", far.replace("0b", "1b", 1))],
    }
    site.guests = {"vm00": [(f"nmem{number}", f"8902-{uuid[-8:]}") for number, uuid in enumerate((one, shared, other))]}
    mapping = match(read(captures(site.files()))).mapping
    statuses = dict(zip(mapping["device"], mapping["status"], strict=True))
    assert statuses["nmem1"] == ("matched" if folder == "vm00" else "ambiguous")
    assert statuses["nmem0"] == statuses["nmem2"] == "matched"
