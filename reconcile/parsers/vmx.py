"""A VM's configuration: the ``.vmx`` file itself, ``cat`` of it, or ``grep`` in it.

It says what the VM is called and which disks it has in which slot. The keys of NVDIMMs are read by their shape, for no sample was ever
published. ``uuid.bios`` and its like look like a disk's UUID and are never taken for one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.facts.records import Attached, Failure, Parsed, Record, Vm
from reconcile.parsers.kinds import said_by_record
from reconcile.parsers.parser import Parser
from reconcile.transcript.failures import is_failure
from reconcile.transcript.typed_paths import is_literal

if TYPE_CHECKING:
    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section

# nvdimm0:0.fileName = "/vmfs/volumes/PMemDS-1/db01/db01.vmdk"        ./db01/db01.vmx:scsi0:0.fileName = "db01.vmdk"
_SETTING = re.compile(r"(?:(\S[^:=]{0,1024}\.vmx):)?\s{0,8}([.A-Za-z][A-Za-z0-9_.:-]{0,200}) ?= ?\"([^\"]*)\"\s*$")
_DISK = re.compile(r"((?:scsi|nvme|sata|ide|nvdimm)[0-9]{1,3}(?::[0-9]{1,3})?)\.filename$")
_FIRST = re.compile(r"(?:\.encoding|config\.version|virtualHW\.version) ?= ?\"")
_ESCAPED = re.compile(r"\|([0-9A-Fa-f]{2})")
_READERS = frozenset({"cat", "head", "less", "more"})
_SEARCHERS = frozenset({"grep", "egrep", "fgrep"})
_LONGEST = 16384


def runs(simple: Simple) -> bool:
    """Tell whether this command shows a VM's configuration, or searches some."""
    operands = [word for word in simple.words[1:] if not word.startswith("-")]
    if simple.name in _SEARCHERS:
        return len(operands) > 1 and all(word.endswith(".vmx") for word in operands[1:])
    return simple.name in _READERS and len(operands) == 1 and operands[0].endswith(".vmx")


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line."""
    return bool(_FIRST.match(line))


def parse(section: Section) -> Parsed:
    """Read the VM's name, its BIOS UUID and its disks."""
    only = section.command.only()
    shown = [word for word in only.words[1:] if word.endswith(".vmx") and is_literal(word)] if only else []
    own = section.path(shown[0]) if len(shown) == 1 else ""
    records: list[Record] = []
    noise: list[int] = []
    rest: list[int] = []
    vms: dict[str, dict[str, tuple[int, str]]] = {}
    for number, line in section.numbered():
        found = _SETTING.match(line) if len(line) <= _LONGEST else None
        if not line.strip() or line.startswith("#"):
            noise.append(number)
        elif found:
            vmx = section.path(found[1]) if found[1] else own
            key, value = found[2].lower(), _ESCAPED.sub(lambda code: chr(int(code[1], 16)), found[3])
            if key in vms.setdefault(vmx, {}):
                # A file has each key once, so this is another file's, and nothing says which.
                rest.append(number)
                continue
            vms[vmx][key] = (number, value)
            disk = _DISK.match(key)
            if disk and value.lower().endswith(".vmdk"):
                records.append(Attached(number, vmx, disk[1], value))
        elif is_failure(line.strip()):
            records.append(Failure(number, section.command.text, line.strip()))
        else:
            rest.append(number)
    for vmx, settings in vms.items():
        at, name = settings.get("displayname", (0, ""))
        if at:
            records.append(Vm(at, name, vmx, _digits(settings.get("uuid.bios", (0, ""))[1])))
    return Parsed(tuple(records), tuple(noise), tuple(rest))


def _digits(text: str) -> str:
    digits = text.replace(" ", "").replace("-", "").lower()
    return digits if re.fullmatch(r"[0-9a-f]{32}", digits) else ""


PARSER = Parser(
    name="vmx",
    where="host",
    command="cat VM.vmx",
    reads="a VM's configuration: its name and which disk is in which slot; the .vmx file itself, cat, grep",
    runs=runs,
    starts=starts,
    parse=parse,
    without_facts={
        "a setting that is in a record": said_by_record(r"(?:\S[^:=]{0,1024}\.vmx:)?\s{0,8}uuid\.bios ?= ?\"([^\"]*)\"\s*$"),
        "a setting that no table has": r"(?:\S[^:=]{0,1024}\.vmx:)?\s{0,8}(?!uuid\.bios ?=|displayName ?=|[a-z0-9:]{1,20}\.fileName ?= ?\"[^\"]*\.vmdk\")(?i:[.a-z][a-z0-9_.:-]{0,200}) ?=",
    },
)
