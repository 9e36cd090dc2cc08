"""The contract: the tables' names and columns, and that every format has just these."""

from __future__ import annotations

import csv
import io
import json
import random

import openpyxl
import pytest
from small_site import UNSETTLED

from reconcile import match, read
from reconcile.base.natural_order import in_natural_order, natural
from reconcile.base.uuid_text import uuid_text, uuid_texts
from reconcile.findings.finding import Severity
from reconcile.findings.rules import RULES
from reconcile.reports.csv_file import csv_bytes
from reconcile.reports.json_file import json_blocks
from reconcile.reports.workbook.layouts import heading
from reconcile.reports.workbook.workbook import workbook_bytes
from reconcile.results import schema
from reconcile.results.columns import TableSpec, Type

MAPPING = """site status guest device kind device_id host datastore vm vmdk uuid uuid_suffix evidence candidates device_bytes vmdk_bytes
    region namespaces block_devices mountpoints guest_source guest_line host_source host_line reason findings""".split()
FINDINGS = """id severity rule site machine subject message advice source line guest device device_id host datastore vm vmdk uuid
    uuid_suffix""".split()
AT_LEAST = {
    "sources": "site path sha256 bytes encoding machine named_by commands lines recognised noise not_understood status note",
    "unread": "site source line text",
    "sightings": "site table subject source line",
    "dimms": "site guest dev id vendor serial handle phys_id state flags health_state security source line",
    "regions": "site guest dev size size_bytes iset_id numa_node persistence_domain state source line",
    "mappings": "site guest region dimm offset length position source line",
    "namespaces": "site guest dev mode map size size_bytes uuid blockdev sector_size align name state source line",
    "disks": "site guest device serial wwn bytes parent kind source line uuid_suffix",
    "mounts": "site guest device target fstype source line",
    "filesystems": "site machine type size_bytes used_bytes available_bytes use_percent mounted_on source line",
    "listings": "site machine directory name kind bytes modified target source line",
    "vmdks": "site host datastore datastore_id vm vmdk path uuid bytes source line uuid_suffix",
}
IDS = {
    "mapping": {"device_id", "uuid", "uuid_suffix"},
    "findings": {"id", "device_id", "uuid", "uuid_suffix"},
    "sources": {"sha256"},
    "dimms": {"id", "vendor", "serial"},
    "regions": {"iset_id"},
    "namespaces": {"uuid"},
    "disks": {"serial", "wwn", "uuid_suffix"},
    "vmdks": {"datastore_id", "uuid", "uuid_suffix"},
    "datastores": {"datastore_id"},
    "vms": {"bios_uuid"},
}
RULE_NAMES = """no-vmdk no-device ambiguous duplicate-uuid suffix-collision split-guest two-guests-one-vm size-differs no-uuid unlisted-vmdk
    unlisted-datastore unnamed-uuid uuid-changed renumbered no-id no-dimms disabled-dimm foreign-vendor command-failed not-understood
    truncated refused""".split()


def names(spec: TableSpec) -> list[str]:
    return [column.name for column in spec.columns]


every_table = pytest.mark.parametrize("spec", schema.ALL, ids=lambda spec: spec.name)


def test_mapping_has_exactly_the_columns_of_the_contract():
    assert names(schema.MAPPING) == MAPPING


def test_findings_has_exactly_the_columns_of_the_contract():
    assert names(schema.FINDINGS) == FINDINGS


def test_there_are_the_tables_of_the_contract():
    assert {spec.name for spec in schema.CAPTURED} >= set(AT_LEAST)


@pytest.mark.parametrize("name", AT_LEAST)
def test_the_other_tables_have_at_least_their_columns(name):
    (spec,) = (spec for spec in schema.CAPTURED if spec.name == name)
    assert set(AT_LEAST[name].split()) <= set(names(spec))


@every_table
def test_every_column_says_what_it_means_and_stands_once(spec):
    assert len(set(names(spec))) == len(names(spec))
    assert spec.about
    for column in spec.columns:
        assert column.meaning.strip(), column.name
        assert column.width >= 4


@every_table
def test_ids_are_ids_and_bytes_and_lines_are_numbers(spec):
    types = {column.name: column.type for column in spec.columns}
    assert {name for name, kind in types.items() if kind is Type.ID} == IDS.get(spec.name, set())
    for column in spec.columns:
        if column.name.endswith("bytes") or column.name.endswith("line") or column.name in {"offset", "length"}:
            assert column.is_number, column.name


def test_titles_can_be_sheets_and_are_told_apart():
    titles = [spec.title for spec in schema.ALL]
    assert len({title.lower() for title in titles}) == len(titles)
    assert all(len(title) <= 20 for title in titles)
    assert all(title.isalnum() for title in titles)


@pytest.mark.parametrize("name", RULE_NAMES)
def test_there_is_the_rule(name):
    assert [rule.name for rule in RULES].count(name) == 1


def test_every_rule_says_what_it_means_and_what_to_do():
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert len({rule.title for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.severity in Severity
        assert rule.meaning.endswith((".", "]")), rule.name
        assert rule.advice, rule.name


def test_a_refused_source_is_an_error_and_a_cut_one_a_warning():
    weights = {rule.name: rule.severity for rule in RULES}
    assert (weights["refused"], weights["truncated"], weights["damaged"]) == (Severity.ERROR, Severity.WARNING, Severity.WARNING)


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    folder = tmp_path_factory.mktemp("captures")
    for name, text in UNSETTLED.items():
        (folder / name).write_text(str(text))
    return match(read(folder))


@every_table
def test_every_format_has_the_columns_of_the_schema(result, spec):
    table = result.table(spec.name)
    assert list(table.frame.columns) == names(spec)
    assert next(csv.reader(io.StringIO(csv_bytes(table).decode("utf-8-sig")))) == names(spec)
    for row in json.loads(b"".join(json_blocks([table])))[spec.name]:
        assert list(row) == names(spec)


@every_table
def test_the_library_has_every_table(result, spec):
    owner = result if spec in {schema.MAPPING, schema.FINDINGS, *schema.OVERVIEWS} else result.captures
    assert list(getattr(owner, spec.name).columns) == names(spec)


def test_the_workbook_has_the_columns_of_the_schema(result):
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(result)))
    shown = {spec.title: spec for spec in schema.ALL if spec.title in book.sheetnames}
    assert set(shown) == {"Findings", "Mapping", "VMDKs", "Guests", "Hosts", "Datastores", "Sources", "Unread"}
    for title, spec in shown.items():
        # The sheet's order is its own: what answers comes first.
        assert {heading(name) for name in names(spec)} <= {cell.value for cell in book[title][1]}


@pytest.mark.parametrize("number", [0, 1, 2, 7, 200])
def test_many_uuids_are_shown_as_each_is(number):
    chance = random.Random(number)
    digits = [f"{chance.randrange(16**32):032x}" for _ in range(number)]
    assert uuid_texts("".join(digits)) == [uuid_text(one) for one in digits]
    assert all(shown.replace("-", "") == one for shown, one in zip(uuid_texts("".join(digits)), digits, strict=True))


@pytest.mark.parametrize("names", [["b2", "b10"], ["b2", "b1"], ["a\nb", "a\nb2", "a"], ["1\n2", "3"], ["a", "A"], ["x1y2", "x3y1"], []])
def test_names_that_differ_in_figures_alone_stand_in_their_natural_order(names):
    for given in (names, names[::-1]):
        assert in_natural_order(iter(given)) == sorted(given, key=natural)
