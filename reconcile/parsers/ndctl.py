"""``ndctl list`` with any flags, and the objects that other ``ndctl`` commands print.

What was asked does not say what is printed: ``-R -D`` prints an object of groups, a bare array of regions or nothing at all,
depending on what there is. So each object is known by the name in its ``dev`` (nmem, region, namespace, ndbus), wherever it
stands. With ``-u`` figures are texts: hexadecimal ones are exact and are read, those such as ``"1024.00 MiB (1073.74 MB)"`` are
rounded and stay text. Sources: ndctl's json.c and list.c from v53 to v81, and runs of 71, 76.1 and 81.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from reconcile.facts.record_blocks import VMWARE, Block, DimmsShape, PlainDimms
from reconcile.facts.records import Damage, Dimm, Namespace, Parsed, Record, Region
from reconcile.parsers.bulk_forms import Alike, Form
from reconcile.parsers.kinds import MEMBER, json_kinds
from reconcile.parsers.ndctl_objects import CHILDREN, KIND, records_of, text_of
from reconcile.parsers.parser import Parser
from reconcile.transcript.json_text import DOCUMENT_START, Document, JsonValue, find_documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reconcile.parsers.answered import Answered
    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section

    _LineOf = Callable[[str, str], int]

_VERSION = re.compile(r"[0-9]{2,3}(?:\.[0-9]+){0,3}(?:-[0-9a-z.+~-]+)?$")
# disabled 1 nmem        enabled 3 regions        destroyed 1 namespace        zeroed 2 nmems
_DONE = re.compile(
    r"(?:enabled|disabled|destroyed|created|checked|zeroed|initialized|read|wrote|reconfigured) [0-9]+ (?:nmem|region|namespace|device|bus)[a-z]*$"
)


_FIELDS = ("nmem[0-9]{1,5}", "[0-9a-f-]{1,64}", "(?:0|[1-9][0-9]{0,9})", "(?:0|[1-9][0-9]{0,9})")
_DIMM = r'  \{{\n    "dev":"{}",\n    "id":"{}",\n    "handle":{},\n    "phys_id":{}\n  \}}'
_DIMM_LINES = 6
_DIMMS = re.compile(_DIMM.format(*(f"({field})" for field in _FIELDS)))


def _plain(answer: str, line: int) -> tuple[Block[Dimm]]:
    """Read a plain answer's dimms."""
    devs, idents, handles, phys_ids = zip(*_DIMMS.findall(answer), strict=True)
    lines = tuple(range(line + 2, line + 2 + _DIMM_LINES * len(devs), _DIMM_LINES))
    if _IDS.match(" ".join((*idents, ""))) and len(set(idents)) == len(set(devs)) == len(idents):
        shape = DimmsShape(lines, line, devs, _numbers(handles), _numbers(phys_ids))
        return (PlainDimms(shape, tuple([idents[at][len(VMWARE) :] for at in shape.order])),)
    return (Block(Dimm, (lines, line, devs, idents, _numbers(handles), _numbers(phys_ids), "", "", "", "")),)


def _plain_alike(blocks: Sequence[Sequence[Record]], serials: Sequence[str]) -> tuple[PlainDimms] | None:
    """Read the dimms of an answer that differs from another in its serials alone."""
    (block,) = blocks
    if not isinstance(block, PlainDimms) or len(set(serials)) < len(serials):
        return None
    return (PlainDimms(block.shape, tuple([serials[at] for at in block.shape.order])),)


@lru_cache(maxsize=1 << 10)
def _numbers(texts: tuple[str, ...]) -> tuple[int, ...]:
    """Return handles as numbers; those of the first guest are those of nearly all."""
    return tuple(map(int, texts))


# 8902-206b080c, VMware's: one behind the other
_IDS = re.compile(rf"(?:{VMWARE}[0-9a-f]{{8}} )+\Z")
# What a guest's ndctl list -D prints of healthy dimms.
PLAIN = Form(
    r"(?:sudo )?ndctl list(?: -[BDHNRiv]{1,7})?",
    rf"\[\n(?:{_DIMM.format(*_FIELDS)}(?:,\n(?=  \{{)|\n(?=\]))){{1,9999}}+\](?:\n|\Z)",
    lambda _, answer, __, line: _plain(answer, line),
    alike=Alike(rf'"id":"{VMWARE}([0-9a-f]{{8}})"', _plain_alike),
)


_DEV = frozenset({"dev"})


def runs(simple: Simple) -> bool:
    """Tell whether this command is ndctl."""
    return simple.name == "ndctl"


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line."""
    return bool(DOCUMENT_START.match(line) or _DONE.match(line))


def parse(section: Section) -> Parsed:
    """Read dimms, regions, mappings and namespaces."""
    found = find_documents(section.lines, section.first)
    speaks_of_devices = any('"dev"' in line for line in section.lines)
    records: list[Record] = [Damage(line, status) for line, status in found.damage if speaks_of_devices]
    taken: set[int] = set()
    answer = section.first
    first_answer = True
    hidden: set[int] = set()
    before: Document | None = None
    devs: set[str] = set()
    for document in found.documents:
        if before and not before.comma and not _goes_on(before, document, devs):
            answer, first_answer, devs = document.first, False, set()
        before = document
        devs |= _devs(document)
        if not first_answer and section.command.simples:
            # One command prints one answer. A second one lost its prompt, and nothing tells whose it is.
            break
        made = list(records_of(document, answer))
        made, lost = _without_hidden(document, made)
        hidden |= lost
        if made or _is_empty(document.value) or _names_a_bus(document):
            records += made
            taken.update(range(document.first, document.last + 1))
    if taken:
        taken |= found.brackets
    taken -= found.left | hidden
    noise, rest = _talk(section, taken, found.left)
    return Parsed(tuple(records), tuple(noise), tuple(rest))


def _without_hidden(document: Document, made: list[Record]) -> tuple[list[Record], set[int]]:
    """Find dimms, regions and namespaces under a key that ndctl does not print: nothing is made of them, and their lines are not read.

    Return what was made, without what has the name of such a one in front of it, for nobody can tell their lines apart.
    """
    read = sum(isinstance(record, Dimm | Region | Namespace) for record in made)
    if document.text.count('"dev"') <= read:
        return made, set()
    named = [(line, dev) for line, _, dev in document.lines_of(frozenset({"dev"})) if _is_device(dev)]
    shown = [(dev, visible) for dev, visible in _shown(document.value) if _is_device(dev)]
    lost = [index for index, (_, visible) in enumerate(shown) if not visible]
    if not lost or [dev for _, dev in named] != [dev for dev, _ in shown]:
        return made, set()
    behind = {dev for index, (dev, visible) in enumerate(shown) if visible and any(shown[at][0] == dev for at in lost if at < index)}
    lines = document.text.split("\n")
    hidden: set[int] = set()
    for line, _ in [named[at] for at in lost] + [one for one in named if one[1] in behind]:
        # To the end of the object, or of what stands on one line.
        stop = next((at for at in range(line - document.first, len(lines)) if "}" in lines[at]), len(lines) - 1)
        hidden.update(range(line, document.first + stop + 1))
    return [record for record in made if getattr(record, "dev", "") not in behind], hidden


def _is_device(dev: str) -> bool:
    kind = KIND.match(dev)
    return kind is not None and kind[1] != "ndbus"


def _shown(value: JsonValue, *, visible: bool = True) -> Iterator[tuple[str, bool]]:
    """Give the names of all objects in the order of the text, and whether only keys that ndctl prints lead to them."""
    if isinstance(value, list):
        for element in value:
            yield from _shown(element, visible=visible)
    elif isinstance(value, dict):
        if text_of(value, "dev"):
            yield text_of(value, "dev"), visible
        for key, child in value.items():
            yield from _shown(child, visible=visible and key in CHILDREN)


def _devs(document: Document) -> set[str]:
    return {name for key, name in ((key, name) for _, key, name in document.lines_of(_DEV)) if key == "dev"}


def _goes_on(before: Document, document: Document, devs: set[str]) -> bool:
    """Tell whether an object is of the answer in front of it, as versions before 62 and ``jq '.[]'`` print one value a device.

    These are objects, one right below the other, and none shows a device that another shows: two answers of whole lists are two.
    """
    are_objects = isinstance(before.value, dict) and isinstance(document.value, dict)
    is_next = document.first == before.last + 1
    return are_objects and is_next and devs.isdisjoint(_devs(document))


def _is_empty(value: JsonValue) -> bool:
    return value in ([], {})


def _names_a_bus(document: Document) -> bool:
    """Tell whether there is a bus: it has no table of its own, and with -B alone there is nothing else."""
    return any(value.startswith("ndbus") for _, _, value in document.lines_of(frozenset({"dev"})))


def _talk(section: Section, taken: set[int], left: frozenset[int]) -> tuple[list[int], list[int]]:
    """Sort the lines around the documents: blank ones, what a command changed, a version."""
    noise: list[int] = []
    rest: list[int] = []
    own = bool(section.command.simples)
    for number, line in section.numbered():
        if number in taken:
            continue
        chatter = number not in left and (_DONE.match(line) or (own and _VERSION.match(line)))
        (noise if not line.strip() or chatter else rest).append(number)
    return noise, rest


def _is_bus(answered: Answered, number: int) -> bool:
    return all(value.startswith('"ndbus') for key, value in MEMBER.findall(answered.text(number)) if key in {"dev", "dimm"})


_NDCTL = json_kinds(("dev", "dimm"), ("id", "blockdev", "chardev"))


PARSER = Parser(
    name="ndctl",
    where="guest",
    command="ndctl list -DRNi",
    reads="ndctl list with any flags: dimms, regions, mappings, namespaces",
    runs=runs,
    starts=starts,
    parse=parse,
    without_facts={**_NDCTL, "a bus": lambda answered, number: '"dev"' in answered.text(number) and _is_bus(answered, number)},
)
