"""Objects of ``ndctl list``: dimms, regions with their mappings, namespaces, wherever they are printed in one another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.records import Dimm, Mapping, Namespace, Record, Region
from reconcile.transcript.json_text import Document, JsonValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconcile.transcript.json_text import Document, JsonValue

    _LineOf = Callable[[str, str], int]


KIND = re.compile(r"(nmem|region|namespace|ndbus)[0-9]")
# namespace0.1 is the second namespace on region0.
_NAMESPACE = re.compile(r"namespace([0-9]+)\.[0-9]+$")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{1,16}$|[0-9]{1,20}$")
CHILDREN = frozenset({"dimms", "regions", "namespaces"})


def records_of(document: Document, answer: int) -> Iterator[Record]:
    """Give the records of a document of JSON, each with the line of its name. `answer` tells the answers of a source apart."""
    lines = iter(document.lines_of(frozenset({"dev", "dimm"})))

    def line_of(key: str, value: str) -> int:
        for line, name, text in lines:
            if name == key and text == value:
                return line
        return document.first

    yield from _walk(document.value, answer, line_of, _Inside("", ""))


class _Inside(NamedTuple):
    """The objects that an object is printed in."""

    bus: str
    region: str


def _walk(value: JsonValue, answer: int, line_of: _LineOf, inside: _Inside) -> Iterator[Record]:
    if isinstance(value, list):
        for element in value:
            yield from _walk(element, answer, line_of, inside)
    if not isinstance(value, dict):
        return
    dev = text_of(value, "dev")
    found = KIND.match(dev)
    if found:
        yield from _object(value, answer, line_of, inside, found[1])
        inside = _Inside(dev if found[1] == "ndbus" else inside.bus, dev if found[1] == "region" else inside.region)
    for key, child in value.items():
        if key in CHILDREN:
            yield from _walk(child, answer, line_of, inside)


def _object(value: dict[str, JsonValue], answer: int, line_of: _LineOf, inside: _Inside, kind: str) -> Iterator[Record]:
    dev = text_of(value, "dev")
    line = line_of("dev", dev)
    match kind:
        case "nmem":
            yield _dimm(value, answer, line)
        case "region":
            yield _region(value, answer, line, inside.bus)
            yield from _mappings(value, answer, dev, line_of)
        case "namespace":
            yield _namespace(value, answer, line)._replace(inside=inside.region)
        case _:
            pass


def _dimm(value: dict[str, JsonValue], answer: int, line: int) -> Dimm:
    flags = sorted(key for key, flag in value.items() if key.startswith("flag_") and flag is True)
    if value.get("security_frozen") is True:
        flags.append("security_frozen")
    health = value.get("health")
    return Dimm(
        line=line,
        answer=answer,
        dev=text_of(value, "dev"),
        id=text_of(value, "id"),
        handle=_figure(value, "handle"),
        phys_id=_figure(value, "phys_id"),
        state=text_of(value, "state"),
        flags=" ".join(flags),
        health_state=text_of(health, "health_state") if isinstance(health, dict) else "",
        security=text_of(value, "security"),
    )


def _region(value: dict[str, JsonValue], answer: int, line: int, bus: str) -> Region:
    return Region(
        line=line,
        answer=answer,
        dev=text_of(value, "dev"),
        size=_printed(value, "size"),
        size_bytes=_figure(value, "size"),
        available_size=_printed(value, "available_size"),
        type=text_of(value, "type"),
        iset_id=_printed(value, "iset_id"),
        numa_node=_figure(value, "numa_node"),
        persistence_domain=text_of(value, "persistence_domain"),
        state=text_of(value, "state"),
        bus=bus,
    )


def _mappings(value: dict[str, JsonValue], answer: int, region: str, line_of: _LineOf) -> Iterator[Mapping]:
    mappings = value.get("mappings")
    for mapping in mappings if isinstance(mappings, list) else []:
        if isinstance(mapping, dict) and isinstance(mapping.get("dimm"), str):
            dimm = text_of(mapping, "dimm")
            figures = (_figure(mapping, key) for key in ("offset", "length", "position"))
            yield Mapping(line_of("dimm", dimm), answer, region, dimm, *figures)


def _namespace(value: dict[str, JsonValue], answer: int, line: int) -> Namespace:
    dev = text_of(value, "dev")
    number = _NAMESPACE.match(dev)
    return Namespace(
        line=line,
        answer=answer,
        dev=dev,
        region=f"region{number[1]}" if number else "",
        mode=text_of(value, "mode"),
        map=text_of(value, "map"),
        size=_printed(value, "size"),
        size_bytes=_figure(value, "size"),
        uuid=text_of(value, "uuid"),
        blockdev=text_of(value, "blockdev"),
        chardev=text_of(value, "chardev") or _first_chardev(value.get("daxregion")),
        sector_size=_figure(value, "sector_size"),
        align=_figure(value, "align"),
        name=text_of(value, "name"),
        state=text_of(value, "state"),
    )


def _first_chardev(daxregion: JsonValue) -> str:
    """With -X or -v the character devices stand in a list of their own."""
    devices = daxregion.get("devices") if isinstance(daxregion, dict) else None
    names = [text_of(device, "chardev") for device in devices if isinstance(device, dict)] if isinstance(devices, list) else []
    return " ".join(name for name in names if name)


def text_of(value: dict[str, JsonValue], key: str) -> str:
    """Return a text, and nothing for what is no text: an id that became a number is no longer what was printed."""
    found = value.get(key)
    return found if isinstance(found, str) else ""


def _printed(value: dict[str, JsonValue], key: str) -> str:
    found = value.get(key)
    return "" if found is None or isinstance(found, dict | list | bool) else str(found)


def _figure(value: dict[str, JsonValue], key: str) -> int | None:
    """Return an exact figure: a number, or with -u a hexadecimal text. A rounded one is None."""
    found = value.get(key)
    if isinstance(found, int) and not isinstance(found, bool):
        return found
    if isinstance(found, str) and _HEXADECIMAL.match(found):
        return int(found, 16 if found.startswith("0x") else 10)
    return None
