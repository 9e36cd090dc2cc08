"""What tools that ask many machines print in front of the answer of each, and what loops of people's own print there.

A header names the machine whose answer follows as a prompt does. Sources: ansible's ad-hoc output as people publish it; the manuals of
ClusterShell, pdsh, salt, pssh and oc; loops that print the names which they go over.
"""

from __future__ import annotations

import json
import re
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.machine_names import is_no_name
from reconcile.facts.path_names import is_word_of_captures, name_in_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Style(Enum):
    """Who printed a header, and so how far what it says reaches, and how much it takes to believe it."""

    TOOL = auto()
    GATHERED = auto()
    INDENTED = auto()
    LOOP = auto()
    BARE = auto()
    POD = auto()
    FILE = auto()


class Header(NamedTuple):
    """A header on the line with index `at`. `size` is how many lines it takes; `machine` is ``""`` where it names none or several.

    `shape` tells the headers of one loop from those of another. `failed` says that what follows is no answer. `begins` are lines of the
    answer that stand on the header's own line.
    """

    at: int
    machine: str
    style: Style
    size: int = 1
    shape: str = ""
    failed: bool = False
    begins: tuple[str, ...] = ()
    is_json: bool = False
    is_whole: bool = False


# db01 | CHANGED | rc=0 >>        db01 | FAILED | rc=127 >>        db01 | UNREACHABLE! => {        db01 | SUCCESS => {
_ANSIBLE = re.compile(
    r"(\S{1,255}) \| (CHANGED|SUCCESS|success|FAILED!?|UNREACHABLE!?|SKIPPED)(?: \| rc=-?[0-9]{1,5})?"
    r"( >>| =>| \| \(stdout\)|:|) ?(.{0,1000000})$"
)
# ok: [db01] => {        changed: [db01]        fatal: [db02]: UNREACHABLE! => {        failed: [db03] (item=x) => {        what a playbook prints
_PLAYBOOK = re.compile(
    r"(ok|changed|fatal|failed|skipping): \[([^\]\s]{1,255})\](?:: (?:FAILED|UNREACHABLE)!)?(?: \(item=.{1,200}?\))? => (\{.{0,1000000})$"
)
# Host: db01        hostname=db01        # Guest db01        ## Host: db01
_LABEL = "(?:host|hostname|host name|guest|server|machine|vm|node)"
_LABELLED = re.compile(rf"(?:(?:#{{1,6}} )?{_LABEL} ?[:=] ?|#{{1,6}} {_LABEL} )([A-Za-z0-9][A-Za-z0-9._-]{{0,252}})$", re.IGNORECASE)
# [1] 03:44:22 [SUCCESS] db01        [2] 03:44:23 [FAILURE] root@db02:22 Exited with error code 127
_PSSH = re.compile(r"\[[0-9]{1,6}\] [0-9]{2}:[0-9]{2}:[0-9]{2} \[(SUCCESS|FAILURE)\] (\S{1,255})(?: .{0,300})?$")
# Starting pod/db01-debug ...        Starting pod/db01examplenet-debug-x7k2p ...
_POD = re.compile(r"Starting pod/([a-z0-9][a-z0-9.-]{0,252}?)-debug(?:-[a-z0-9]{5})? ?\.\.\.$")
# ---------------
_DASHES = re.compile(r"-{5,80}$")
# db[01-03],db07 (4)
_HOSTS = re.compile(r"([A-Za-z0-9][A-Za-z0-9._,\[\]-]{0,1000})(?: \([0-9]{1,6}\))?$")
# ==> guests/db01.json <==
_FILE = re.compile(r"==> ((?!/(?:sys|proc|dev|etc|vmfs|run)/)\S.{0,1000}) <==$")
# === db01 ===        --- db01 ---        ### db01        ***** host: db01 *****        == db01:
_LOOP = re.compile(
    r"([=#*+~]{2,80}|-{3,80}|>{2,80}) ?(?:(?:host|hostname|guest|node|server|machine|vm)(?:: ?| ))?"
    r"([A-Za-z0-9][A-Za-z0-9.@_-]{0,254}):? ?([=#*+~<-]{2,80})?$",
    re.IGNORECASE,
)
# db01:, and the answer below it is set in by four blanks
_SALT = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,254}):$")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$")
_ENDINGS = (".vmdk", ".vmx", ".json", ".txt", ".log", ".csv", ".sh", ".py")
# What a kernel calls devices: no loop over these goes over machines.
_DEVICES = re.compile(r"(?:nmem|region|ndbus|namespace|pmem|dax|sd[a-z]|nvme|dm-|md|loop|scsi|vmhba|disk|step|part)[0-9.]*[a-z]?$")
# What a device is known by: 8902-206b080c        36000c29d0c1b2a394857667584930211
_IDENT = re.compile(r"[0-9a-f]{4}-[0-9a-f]{8}$|(?:0x|naa\.|wwn-|eui\.)?[0-9a-f]{16,64}$|[0-9a-f]{8}-[0-9a-f]{4}-")
_DATE = re.compile(r"(?:19|20)[0-9]{2}-?[0-9]{2}-?[0-9]{2}")
SALT_INDENT = "    "


def machine_in(text: str) -> str:
    """Return the one machine that a header's text names, without a user and a port; ``""`` where that is none, or several."""
    name = text.rpartition("@")[2]
    host, colon, port = name.partition(":")
    name = host if colon and port.isdecimal() else name
    return "" if not _NAME.match(name) or is_no_name(name) or name.startswith("127.0.0.") else name


def may_be_machine(name: str) -> bool:
    """Tell whether a word of a loop's own header may be a machine: not a command, a role, a device or its id, a file, a date or a number."""
    return bool(
        _NAME.match(name)
        and not name.lower().endswith(_ENDINGS)
        and not is_word_of_captures(name)
        and not _DEVICES.match(name.lower())
        and not _DATE.match(name)
        and not _IDENT.match(name.lower())
        and not name.isdecimal()
    )


def header_at(lines: Sequence[str], at: int) -> Header | None:
    """Read a header that needs no more than its own lines to be known as one, or may be one."""
    line = lines[at].rstrip()
    if not line:
        return None
    if " | " in line and (found := _ANSIBLE.match(line)):
        return _ansible(found, at)
    read = _READERS.get(line[0])
    header = read(lines, at, line) if read else None
    return header or _salt(lines, at, line) or _labelled(at, line)


def _labelled(at: int, line: str) -> Header | None:
    """Read a line that calls a machine by a label, as people write above an answer that they save."""
    found = _LABELLED.match(line) if line[0] in _LABELS else None
    return Header(at, machine_in(found[1]), Style.LOOP, shape=LABEL) if found and may_be_machine(found[1]) else None


LABEL = "a label"
_LABELS = frozenset("#hHgGsSmMvVnN")
# What a text holds that may have such a line.
LABEL_MARKS = (
    *(f"{label}{sign}" for label in ("ost", "ostname", "ost name", "uest", "erver", "achine", "VM", "vm", "ode") for sign in (":", "=", " :", " =")),
    "# Host ", "# Guest ", "# host ", "# guest ", "# VM ", "# Server ", "# server ",
)  # fmt: skip


def _playbook(_: Sequence[str], at: int, line: str) -> Header | None:
    found = _PLAYBOOK.match(line)
    if not found:
        return None
    failed = found[1] in {"fatal", "failed", "skipping"}
    return Header(at, machine_in(found[2]), Style.TOOL, failed=failed, begins=(found[3],), is_json=True)


def _pssh(_: Sequence[str], at: int, line: str) -> Header | None:
    found = _PSSH.match(line)
    return Header(at, machine_in(found[2]), Style.TOOL, failed=found[1] == "FAILURE") if found else None


def _pod(_: Sequence[str], at: int, line: str) -> Header | None:
    found = _POD.match(line)
    return Header(at, machine_in(found[1]), Style.POD) if found else None


def _loop(lines: Sequence[str], at: int, line: str) -> Header | None:
    """Read what a loop prints, between signs of one kind; `tail` prints a file's name so, and clush and dshbak three lines."""
    file = _FILE.match(line)
    if file:
        name = file[1]
        return None if name.lower().endswith((".vmdk", ".vmx")) else Header(at, machine_in(name_in_path(name)), Style.FILE)
    if _DASHES.match(line):
        return _gathered(lines, at, line)
    found = _LOOP.match(line)
    name = found[2].rpartition("@")[2] if found else ""
    return Header(at, machine_in(name), Style.LOOP, shape=found[1][0] + (found[3] or "")[:1]) if found and may_be_machine(name) else None


def _salt(lines: Sequence[str], at: int, line: str) -> Header | None:
    if line[-1] != ":" or at + 1 >= len(lines) or not lines[at + 1].startswith(SALT_INDENT):
        return None
    found = _SALT.match(line)
    return Header(at, machine_in(found[1]), Style.INDENTED) if found and may_be_machine(found[1]) else None


def _ansible(found: re.Match[str], at: int) -> Header | None:
    machine, failed = machine_in(found[1]), found[2].startswith(("FAILED", "UNREACHABLE", "SKIPPED"))
    rest = found[4]
    if rest.startswith("{"):
        return Header(at, machine, Style.TOOL, failed=failed, begins=(rest,), is_json=True)
    if found[3] == " >>" and not rest:
        return Header(at, machine, Style.TOOL, failed=failed)
    if not failed and "(stdout)" not in found[3]:
        return None
    # With -o an answer stands on one line, its line ends written as \n.
    output = rest.partition(" (stderr) ")
    shown = (output[2] if failed and output[2] else output[0]).replace("\\r", "").split("\\n")
    return Header(at, machine, Style.TOOL, failed=failed, begins=tuple(shown), is_whole=True)


def _gathered(lines: Sequence[str], at: int, dashes: str) -> Header | None:
    """Read the three lines that clush -b and dshbak -c print in front of an answer that one machine gave, or several."""
    if at + 2 >= len(lines) or lines[at + 2].rstrip() != dashes:
        return None
    found = _HOSTS.match(lines[at + 1].rstrip())
    if not found or not (set(",[") & set(found[1]) or may_be_machine(found[1])):
        return None
    return Header(at, machine_in(found[1]), Style.GATHERED, size=3, shape=TOOLS_DASHES if len(dashes) in _TOOLS_DASHES else "")


# clush prints 15 dashes, dshbak 16.
_TOOLS_DASHES = (15, 16)
TOOLS_DASHES = "of a tool's length"


_READERS: dict[str, Callable[[Sequence[str], int, str], Header | None]] = {
    "[": _pssh,
    "S": _pod,
    **dict.fromkeys("=#*+~->", _loop),
    **dict.fromkeys("ocfs", _playbook),
}


# "stdout_lines": [        "result.stdout_lines": [        "msg": [
_LINES_BEGIN = re.compile(r"(?:stdout_lines|stdout|msg)\": \[\s*$")


def output_in(texts: Sequence[str]) -> list[tuple[int, str]] | None:
    """Return the lines of a command's output that the JSON of an ansible module holds, each with the index of the line that it is on.

    None where it is no JSON, or no command's.
    """
    try:
        value = json.loads("\n".join(texts))
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    told = {key.rpartition(".")[2]: said for key, said in value.items()}
    value = told if "msg" not in told or "stdout" in told else {**told, "stdout": told["msg"]}
    shown = next((value[key] for key in ("stdout_lines", "stdout") if isinstance(value.get(key), list)), None)
    if shown and all(isinstance(one, dict) for one in shown):
        return _document_in(texts)
    if not isinstance(shown, list) or not all(isinstance(line, str) for line in shown):
        output = value.get("stdout")
        shown = output.split("\n") if isinstance(output, str) else None
    if shown is None:
        return None
    at = next((index for index, text in enumerate(texts) if _LINES_BEGIN.search(text)), None)
    if at is not None and len(texts) > at + len(shown) and all(json.dumps(line)[1:-1] in texts[at + 1 + n] for n, line in enumerate(shown)):
        return [(at + 1 + n, line) for n, line in enumerate(shown)]
    return [(0, line) for line in shown]


def _document_in(texts: Sequence[str]) -> list[tuple[int, str]] | None:
    """Return the lines of an answer in JSON that a playbook shows as it is, from its first bracket to its last."""
    first = next((index for index, text in enumerate(texts) if _LINES_BEGIN.search(text)), None)
    last = max((index for index, text in enumerate(texts) if text.strip() == "]"), default=0)
    return [(first, "["), *((index, texts[index]) for index in range(first + 1, last + 1))] if first is not None else None


def error_in(texts: Sequence[str]) -> tuple[int, str]:
    """Return what a failed block says, with the index of the line that says it."""
    try:
        value = json.loads("\n".join(texts))
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        said = next((value[key] for key in ("stderr", "msg") if isinstance(value.get(key), str) and value[key].strip()), "failed")
        return 0, " ".join(said.split())
    for index, text in enumerate(texts):
        # Ansible sets its own words behind the last line with no blank: not foundnon-zero return code
        said = text.removesuffix("non-zero return code").strip()
        if said:
            return index, said
    return 0, "failed"
