"""``daxctl list``: character devices of namespaces in devdax mode. ``ndctl`` prints such objects too, inside namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.facts.records import Damage, Disk, Failure, Parsed, Record
from reconcile.parsers.kinds import json_kinds
from reconcile.parsers.parser import Parser
from reconcile.transcript.failures import is_failure
from reconcile.transcript.json_text import Document, JsonValue, find_documents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section


def runs(simple: Simple) -> bool:
    """Tell whether this command is daxctl."""
    return simple.name == "daxctl"


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line; what is in the JSON tells."""
    return line.strip() in {"[", "{"} or (line.startswith(("[{", "{")) and '"chardev"' in line)


def parse(section: Section) -> Parsed:
    """Read the devices that stand in a list of their own, or in one of daxctl's regions."""
    records: list[Record] = []
    taken: set[int] = set()
    if any('"chardev"' in line for line in section.lines):
        found = find_documents(section.lines, section.first)
        for document in found.documents:
            made = list(_records(document, section.first))
            if made and not (taken and section.command.simples):
                # One command prints one answer. A second one lost its prompt.
                records += made
                taken.update(range(document.first, document.last + 1))
        records += [Damage(line, status) for line, status in found.damage if taken]
    noise: list[int] = []
    rest: list[int] = []
    for number, line in section.numbered():
        if number in taken:
            continue
        if is_failure(line.strip()) and section.command.simples:
            records.append(Failure(number, section.command.text, line.strip()))
        else:
            (rest if line.strip() else noise).append(number)
    return Parsed(tuple(records), tuple(noise), tuple(rest))


def _records(document: Document, answer: int) -> Iterator[Disk]:
    lines = iter(document.lines_of(frozenset({"chardev"})))
    values = document.value if isinstance(document.value, list) else [document.value]
    for device in (device for value in values for device in _devices(value)):
        name = device["chardev"]
        if isinstance(name, str):
            size, mode = device.get("size"), device.get("mode")
            exact = size if isinstance(size, int) and not isinstance(size, bool) else None
            line = next((line for line, _, text in lines if text == name), document.first)
            kind = mode if isinstance(mode, str) else "dax"
            yield Disk(line, answer, name, kind, "", "", str(size) if isinstance(size, int | str) else "", exact, "")


def _devices(value: JsonValue) -> Iterator[dict[str, JsonValue]]:
    """Give the devices of a list's element: itself, or those of a region, which has a path and no name."""
    if not isinstance(value, dict) or "dev" in value:
        return
    if "chardev" in value:
        yield value
    devices = value.get("devices")
    if "path" in value and isinstance(devices, list):
        yield from (device for device in devices if isinstance(device, dict) and "chardev" in device)


PARSER = Parser(
    name="daxctl",
    where="guest",
    command="daxctl list",
    reads="character devices of devdax namespaces",
    runs=runs,
    starts=starts,
    parse=parse,
    marks=('"chardev"',),
    without_facts=json_kinds(("chardev",)),
)
