"""Tables as JSON: a list of rows, or an object of tables. A number that is not known is null."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconcile.results.tables import Table


def rows_as_json(table: Table, *, ascii_only: bool = False) -> Iterator[str]:
    """Give a table as a JSON list, piece by piece, a row a line. `ascii_only` is for streams of any encoding."""
    names = [column.name for column in table.spec.columns]
    # json.dumps() makes an encoder for every row.
    encode = json.JSONEncoder(ensure_ascii=ascii_only).encode
    before = "[\n"
    for row in table.rows:
        yield before + encode(dict(zip(names, row, strict=True)))
        before = ",\n"
    yield "[]" if not table.rows else "\n]"


def tables_as_json(tables: Iterable[Table], *, ascii_only: bool = False) -> Iterator[str]:
    """Give tables as a JSON object, piece by piece. `ascii_only` is for streams of any encoding."""
    before = "{\n"
    for table in tables:
        yield f"{before}{json.dumps(table.spec.name)}: "
        yield from rows_as_json(table, ascii_only=ascii_only)
        before = ",\n"
    yield "\n}\n"


def json_blocks(tables: Iterable[Table]) -> Iterator[bytes]:
    """Give tables as the bytes of a JSON file, a row at a time."""
    # A lone surrogate has no UTF-8; its escape is what JSON calls it anyway.
    return (piece.encode("utf-8", "backslashreplace") for piece in tables_as_json(tables))
