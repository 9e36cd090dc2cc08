"""The library: its names, its DataFrames, and that ids are text from the first byte to the last cell."""

from __future__ import annotations

import csv
import doctest
import gc
import importlib
import io
import json
import pickle
import pkgutil
import re
from importlib import resources

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from small_site import PAIR, SERIALS, UNSETTLED, UUID, contents, of_serials

import reconcile
from reconcile import OutputError, ReconcileError
from reconcile.results import schema


@pytest.fixture
def result(captures):
    return reconcile.match(reconcile.read(captures(UNSETTLED)))


def test_all_is_sorted_and_there():
    assert reconcile.__all__ == sorted(reconcile.__all__)
    assert all(hasattr(reconcile, name) for name in reconcile.__all__)
    assert {"read", "match", "Captures", "Result", "ReconcileError"} <= set(reconcile.__all__)


def test_the_package_says_that_it_is_typed():
    assert resources.files(reconcile).joinpath("py.typed").is_file()


def test_the_first_steps_are_examples_that_run():
    for module in ("reconcile", "reconcile.library"):
        assert any(test.examples for test in doctest.DocTestFinder().find(importlib.import_module(module)))


def test_every_module_says_what_it_is_for():
    for found in pkgutil.walk_packages(reconcile.__path__, "reconcile."):
        if not found.name.endswith("__main__"):
            assert importlib.import_module(found.name).__doc__, found.name


def test_read_takes_paths_of_any_kind(captures):
    folder = captures(PAIR)
    one, other = reconcile.read(folder / "db01.txt", str(folder / "esx01.txt")), reconcile.read(folder)
    assert list(one.sources["sha256"]) == list(other.sources["sha256"])


def test_read_and_match_give_tables(result):
    rows = result.mapping.set_index("guest")
    assert dict(rows["status"]) == {"db01": "matched", "web01": "guest-only"}
    assert rows.loc["db01", "uuid"] == UUID
    assert list(result.findings["rule"]) == ["host-not-captured", "not-understood"]
    assert list(result.captures.dimms["guest"]) == ["db01", "web01"]
    assert list(result.captures.vmdks["uuid"]) == [UUID]


@pytest.mark.parametrize("spec", schema.ALL, ids=lambda spec: spec.name)
def test_text_is_str_and_numbers_are_int64_also_where_there_are_no_rows(result, spec):
    frame = result.table(spec.name).frame
    for column in spec.columns:
        assert frame[column.name].dtype == (pd.Int64Dtype() if column.is_number else pd.StringDtype(na_value=float("nan"))), column.name


def test_a_number_that_is_not_known_is_na_and_an_empty_text_is_empty(result):
    dimm = result.captures.dimms.iloc[0]
    assert dimm["handle"] is pd.NA
    assert dimm["state"] == ""


@pytest.mark.parametrize("number", [2**63 - 1, 2**63, 2**64 - 1, 10**19, -1, 0])
def test_a_number_of_any_size_can_be_had_as_a_frame(captures, number):
    """What does not fit is not known; it is never another number."""
    captures = reconcile.read(
        captures({"db01.txt": f'root@db01:~# ndctl list -R\n[{{"dev":"region0","size":{number},"numa_node":{number}}}]\n'})
    )
    (row,) = captures.regions.to_dict("records")
    assert row["size"] == str(number)
    assert row["size_bytes"] in {number, None}
    assert row["numa_node"] in {number, None}
    assert (row["size_bytes"] is None) == (number >= 2**63)


def test_serials_that_look_like_numbers_stay_as_they_are_everywhere(captures, tmp_path):
    found = reconcile.match(reconcile.read(captures(of_serials(*SERIALS))))
    ids = [f"8902-{serial}" for serial in SERIALS]
    assert list(found.mapping["status"]) == ["matched"] * 3
    assert list(found.mapping["uuid_suffix"]) == list(SERIALS)
    assert list(found.mapping["device_id"]) == ids
    assert list(found.captures.dimms["serial"]) == list(SERIALS)
    found.to_csv(tmp_path / "out")
    with (tmp_path / "out" / "mapping.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["uuid_suffix"] for row in csv.DictReader(file)] == list(SERIALS)
    again = pd.read_csv(tmp_path / "out" / "dimms.csv", dtype=str, keep_default_na=False)
    assert list(again["serial"]) == list(SERIALS)
    reconcile.reports.write.write_reports(found, [str(tmp_path / "all.json")])
    told = json.loads((tmp_path / "all.json").read_bytes())
    assert [row["uuid_suffix"] for row in told["mapping"]] == list(SERIALS)
    found.to_excel(tmp_path / "audit.xlsx")
    header, *rows = CalamineWorkbook.from_path(tmp_path / "audit.xlsx").get_sheet_by_name("Mapping").to_python()
    assert [row[header.index("UUID suffix")] for row in rows] == list(SERIALS)
    assert [row[header.index("device id")] for row in rows] == ids


def test_to_csv_writes_the_mapping_or_a_folder(result, tmp_path):
    result.to_csv(tmp_path / "mapping.csv")
    result.to_csv(str(tmp_path / "out/"))
    assert (tmp_path / "mapping.csv").read_bytes() == (tmp_path / "out" / "mapping.csv").read_bytes()
    frame = pd.read_csv(io.BytesIO((tmp_path / "mapping.csv").read_bytes()), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert list(frame["status"]) == list(result.mapping["status"])


def test_to_csv_writes_nothing_but_csv(result, tmp_path):
    for name in ("x.xlsx", "x.json"):
        with pytest.raises(OutputError):
            result.to_csv(tmp_path / name)
    assert contents(tmp_path).keys().isdisjoint({"x.xlsx", "x.json"})


@pytest.mark.parametrize(
    ("said", "written"), [("audit.xlsx", "audit.xlsx"), ("audit", "audit.xlsx"), ("audit.XLSX", "audit.XLSX"), ("v1.2", "v1.2.xlsx")]
)
def test_to_excel_writes_a_workbook(result, tmp_path, said, written):
    result.to_excel(tmp_path / said)
    assert "Mapping" in CalamineWorkbook.from_path(tmp_path / written).sheet_names


def test_to_excel_into_a_folder_is_refused(result, tmp_path):
    before = contents(tmp_path)
    with pytest.raises(OutputError):
        result.to_excel(f"{tmp_path}/")
    assert contents(tmp_path) == before


def test_what_exists_is_replaced_only_with_force(result, tmp_path):
    for write, name in ((result.to_excel, "a.xlsx"), (result.to_csv, "a.csv"), (result.to_csv, "out")):
        write(tmp_path / name)
        with pytest.raises(OutputError, match="exists"):
            write(tmp_path / name)
        write(tmp_path / name, force=True)


def test_nothing_is_written_among_the_captures(result, tmp_path):
    with pytest.raises(OutputError, match="among the captures"):
        result.to_excel(tmp_path / "captures" / "audit.xlsx")


def test_the_exit_code_is_the_commands(result, captures):
    assert result.exit_code == 1
    assert reconcile.match(reconcile.read(captures(PAIR, "other"))).exit_code == 0


def test_what_the_user_can_cause_is_a_reconcile_error(tmp_path, captures):
    with pytest.raises(ReconcileError, match="is not there"):
        reconcile.read(tmp_path / "nowhere")
    with pytest.raises(ReconcileError, match="reads"):
        reconcile.read(captures({"x": "hello\n"}))
    with pytest.raises(ReconcileError, match="No CAPTURE"):
        reconcile.read()


def test_the_lines_not_understood_are_escaped_in_every_format(captures, tmp_path):
    """As the column says; so the formats agree, and a terminal shows what it is given."""
    found = reconcile.match(reconcile.read(captures({**PAIR, "x.txt": "evil \x9b31m \u202e line\n"})))
    assert list(found.captures.unread["text"]) == [r"evil \x9b31m \u202e line"]
    found.to_csv(tmp_path / "out")
    assert r"evil \x9b31m \u202e line" in (tmp_path / "out" / "unread.csv").read_text("utf-8-sig")


def test_results_pickle_and_say_the_same_afterwards(captures):
    before = reconcile.match(reconcile.read(captures(UNSETTLED)))
    after = pickle.loads(pickle.dumps(before))  # noqa: S301 -- made here
    for name in ("mapping", "findings", "vmdks"):
        pd.testing.assert_frame_equal(after.table(name).frame, before.table(name).frame)
    source = before.captures.sources.iloc[0]
    assert after.captures.lines(source["site"], source["path"]) == before.captures.lines(source["site"], source["path"])


def test_a_frame_is_ones_own(result):
    mine = result.mapping
    mine["status"] = "spoiled"
    dimms = result.captures.dimms
    del dimms["id"]
    assert "spoiled" not in set(result.mapping["status"])
    assert "id" in result.captures.dimms.columns


def test_a_result_says_what_it_is(result):
    assert re.fullmatch(r"<Result: [0-9]+ matched of [0-9]+ devices and [0-9]+ vmdks>", repr(result))


@pytest.mark.parametrize("wrong", [io.BytesIO(b"x"), ["a", "b"], 5, b"a"])
def test_what_is_no_path_is_refused_with_what_to_do(wrong):
    with pytest.raises(reconcile.CaptureError, match=f"not {type(wrong).__name__}"):
        reconcile.read(wrong)


def test_no_number_of_workers_is_refused(captures):
    with pytest.raises(reconcile.CaptureError, match="workers=-1"):
        reconcile.read(captures(UNSETTLED), workers=-1)


def test_a_result_explains_and_is_compared(result, captures):
    device = result.mapping[result.mapping["device"] != ""].iloc[0]
    assert any(device["device"] in line for line in result.explain(device["guest"]))
    with pytest.raises(reconcile.CaptureError):
        result.explain("nobody knows this")
    assert result.changes_since(result).empty
    assert result.changes_since(result).columns[0] == "change"


def test_limits_are_the_librarys(captures):
    with pytest.raises(reconcile.CaptureError):
        reconcile.read(captures(UNSETTLED), limits=reconcile.Limits(member_bytes=1))


def test_the_host_programs_collector_is_left_as_it_was(captures):
    for before in (True, False):
        (gc.enable if before else gc.disable)()
        try:
            result = reconcile.match(reconcile.read(captures(UNSETTLED)))
            assert len(result.findings)
            assert gc.isenabled() is before
        finally:
            gc.enable()


def test_vmdks_and_disks_have_the_digits_that_join_them_to_the_mapping(captures):
    said = "[root@esx01:/vmfs/volumes/ds/db01] vmkfstools -J getuuid db01.vmdk\nUUID is 60 00 c2 9e 10 20 30 40-50 60 70 80 91 a2 b3 c4\n"
    shown = '{"blockdevices":[{"name":"sda","serial":"6000c29e102030405060708091a2b3c4","type":"disk"},{"name":"sr0","serial":"00000001","type":"rom"}]}'
    result = reconcile.match(reconcile.read(captures({"esx01.txt": said, "db01.lsblk.json": shown})))
    assert list(result.captures.vmdks["uuid_suffix"]) == ["91a2b3c4"]
    assert list(result.captures.disks["uuid_suffix"]) == ["91a2b3c4", ""]
    joined = result.mapping.merge(result.captures.disks, on=["site", "guest", "device", "uuid_suffix"])
    assert list(joined["vmdk"]) == ["db01.vmdk"]


@pytest.mark.parametrize("ask", [reconcile.read, reconcile.match_sites], ids=["read", "match_sites"])
@pytest.mark.parametrize(
    ("given", "more", "said"),
    [
        (["samples/site"], {}, "and not list. Give its parts one by one"),
        (io.BytesIO(b"x"), {}, "and not BytesIO. Write what it holds to a file"),
        (b"samples/site", {}, "and not bytes"),
        ("samples/site", {"workers": -1}, "workers=-1 is no number of processes"),
    ],
)
def test_what_is_no_path_and_no_number_of_processes_is_said(ask, given, more, said):
    with pytest.raises(reconcile.CaptureError, match=said):
        ask(given, **more)
