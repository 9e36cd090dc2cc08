"""datapackage.json: what it says of the CSVs is so, and ids are strings to whoever reads them by it."""

from __future__ import annotations

import csv
import hashlib
import json

from small_site import SERIALS, of_serials

from reconcile import match, read
from reconcile.results import schema


def test_it_says_of_each_csv_what_is_in_it(captures, tmp_path):
    result = match(read(captures(of_serials(*SERIALS))))
    result.to_folder(tmp_path / "out")
    package = json.loads((tmp_path / "out" / "datapackage.json").read_bytes())
    assert package["profile"] == "tabular-data-package"
    resources = {resource["name"]: resource for resource in package["resources"]}
    assert list(resources) == [spec.name for spec in schema.ALL]
    for spec in schema.ALL:
        resource = resources[spec.name]
        data = (tmp_path / "out" / resource["path"]).read_bytes()
        assert resource["bytes"] == len(data)
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        header, *rows = csv.reader(data.decode("utf-8-sig").splitlines())
        assert resource["rows"] == len(rows) == len(result.table(spec.name).rows)
        assert [field["name"] for field in resource["schema"]["fields"]] == header
        for field, column in zip(resource["schema"]["fields"], spec.columns, strict=True):
            assert field["type"] == ("integer" if column.is_number else "string")
            assert field["description"] == column.meaning


def test_a_reader_that_goes_by_it_gets_every_serial_as_it_was(captures, tmp_path):
    match(read(captures(of_serials(*SERIALS)))).to_folder(tmp_path / "out")
    package = json.loads((tmp_path / "out" / "datapackage.json").read_bytes())
    (mapping,) = [resource for resource in package["resources"] if resource["name"] == "mapping"]
    types = {field["name"]: {"integer": int, "string": str}[field["type"]] for field in mapping["schema"]["fields"]}
    with (tmp_path / "out" / mapping["path"]).open(encoding="utf-8-sig", newline="") as file:
        rows = [{name: types[name](value) if value else None for name, value in row.items()} for row in csv.DictReader(file)]
    assert sorted(row["uuid_suffix"] for row in rows) == sorted(SERIALS)
    assert {row["guest_line"] for row in rows} == {2}


def test_the_run_file_counts_what_a_csv_shows_otherwise_than_the_capture(captures, tmp_path):
    captured = captures({**of_serials(*SERIALS), "x.txt": "=1+1\nfine\n\x1b[2Jx\n-rw------- 1\n"})
    match(read(captured)).to_folder(tmp_path / "out")
    told = json.loads((tmp_path / "out" / "run.json").read_bytes())
    assert told["csv_fields_guarded"]["unread"] == 2
    assert told["csv_fields_guarded"]["mapping"] == 0
