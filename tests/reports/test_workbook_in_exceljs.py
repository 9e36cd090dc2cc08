"""The workbook read by exceljs, a third reader, where node and that package are there (NODE_PATH says where)."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from reconcile import match, read
from reconcile.results import schema

PROGRAM = """
const excel = require('exceljs');
const book = new excel.Workbook();
book.xlsx.readFile(process.argv[1]).then(() => {
    const sheets = {};
    book.eachSheet(sheet => {
        const rows = [];
        sheet.eachRow(row => rows.push(row.values.slice(1).map(cell => cell && cell.text !== undefined ? cell.text : cell)));
        sheets[sheet.name] = rows;
    });
    console.log(JSON.stringify(sheets));
}).catch(error => { console.error(error.stack); process.exit(1); });
"""


def node(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["node", "-e", *map(str, arguments)], capture_output=True, text=True, check=False, timeout=120)  # noqa: S603, S607


@pytest.fixture(scope="module")
def exceljs():
    if not shutil.which("node") or node("require('exceljs')").returncode:
        pytest.skip("node and its package exceljs are not here")


def test_exceljs_reads_every_sheet_and_every_row(exceljs, root, tmp_path):
    result = match(read(root / "samples" / "site"))
    result.to_excel(tmp_path / "audit.xlsx")
    ran = node(PROGRAM, tmp_path / "audit.xlsx")
    assert ran.returncode == 0, ran.stderr
    sheets = json.loads(ran.stdout)
    for spec in (schema.MAPPING, schema.FINDINGS, *schema.OVERVIEWS):
        assert len(sheets[spec.title]) == 1 + len(result.table(spec.name).rows), spec.title
    header, *rows = sheets["Mapping"]
    at = header.index("device id")
    assert [row[at] or "" for row in rows] == list(result.mapping["device_id"])
