"""Cut a source into what each of many machines answered, where a tool or a loop asked many and printed a header in front of each answer.

A header that only a tool prints is believed at once. What people's own loops print may be the title of anything, so it is a header only
where the command line says so, or where several of one shape stand in front of answers to one question that show other ids.
"""

from __future__ import annotations

import re
from bisect import bisect
from itertools import groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from reconcile.transcript.headers import (
    LABEL,
    LABEL_MARKS,
    SALT_INDENT,
    TOOLS_DASHES,
    Header,
    Style,
    error_in,
    header_at,
    machine_in,
    may_be_machine,
    output_in,
)
from reconcile.transcript.json_text import DOCUMENT_START
from reconcile.transcript.line_prefixes import ANSWER_BEGINS, read_prefixed
from reconcile.transcript.names_in_front import shows_ids, stand_in_front
from reconcile.transcript.prompts import Kind, Prompt, PromptLines

if TYPE_CHECKING:
    from collections.abc import Sequence


class Asked(NamedTuple):
    """Lines of a source, each with its number: what one machine answered, or, where not `is_answer`, what stands around answers.

    `machine` is ``""`` where the header names none or several. `header` is how many lines the header has for itself. `error` is what a
    failed answer says, with its number. `keeps` says that prompts without a name of their own are this machine's, too.
    """

    machine: str
    lines: tuple[tuple[int, str], ...]
    header: int = 0
    is_answer: bool = True
    error: tuple[int, str] | None = None
    keeps: bool = False

    @property
    def is_in_place(self) -> bool:
        """Whether its lines stand one below the other as in the source."""
        return not self.lines or [number for number, _ in self.lines] == list(range(self.lines[0][0], self.lines[-1][0] + 1))


# What each header holds, but those which one look at the first lines finds.
_MARKS = (
    " | ",
    "] => {",
    "] (item=",
    "[SUCCESS]",
    "[FAILURE]",
    "Starting pod/",
    ":\n    ",
    "==",
    "##",
    "# #",
    "***",
    "+++",
    "~~~",
    ">>>",
    "\n---",
)
# db01, and below it an answer in JSON
_BARE_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,252}\r?\n[\[{]", re.MULTILINE)
# A command line that asks other machines, or runs a script that may.
_REMOTE = re.compile(
    r"\b(?:ssh|rsh|plink|mosh|ansible|clush|pdsh|dshbak|pssh|parallel-ssh|parallel|salt|oc|kubectl|mussh|docker|podman|virsh|lxc|Invoke-Command|icm)\b"
    r"|-CimSession|-ComputerName|\.(?:sh|py|pl|ps1)\b"
)
_OVER_NAMES = re.compile(r"\bfor \w{1,60} in ([^;|&]{1,4000})")
_IDS = re.compile(r'"(?:id|serial|wwn)" ?: ?"([^"]{4,80})"|\b(?:0x|3)?(6000[cC]29[0-9a-fA-F]{25})\b')
_UUID_ANSWER = re.compile(r"UUID is\b", re.MULTILINE)
# [WARNING]: Platform linux on host db01 is using ...        Shared connection to db01 closed.        TASK [shell] ****        changed: [db01]
_TOOL_TALK = re.compile(
    r"\[(?:WARNING|DEPRECATION WARNING)\]: |Shared connection to \S+ closed\.$|PLAY RECAP \*+$"
    r"|(?:TASK|PLAY|RUNNING HANDLER) \[.{0,200}\] \*+$|(?:ok|changed|skipping): \[\S{1,255}\]$|\S{1,255} +: ok=[0-9]{1,6} +changed="
    r"|Temporary namespace \S+ is created for |To use host binaries, run `chroot|Pod IP: [0-9.]+$|Removing debug pod|Temporary namespace \S+ was removed|If you don't see a command prompt"
)
# Minion did not return. [No response]
_NO_ANSWER = re.compile(r"(?:Minion did not return|ERROR: Minions returned)")
# Headers behind which somebody may type: prompts that name nobody are that machine's.
_LASTING = frozenset({Style.LOOP, Style.POD, Style.FILE})
_POD_ENDS = re.compile(r"Removing debug pod|Temporary namespace \S+ was removed")


def cut_by_headers(lines: Sequence[str], text: str, in_path: str = "") -> list[Asked]:
    """Return a source's lines in order of its answers, or nothing where no header stands in it. `text` is the lines as one."""
    prefixed = read_prefixed(lines, text)
    if prefixed:
        return [Asked(machine_in(run.name), run.lines) if run.name else _around(list(run.lines)) for run in prefixed]
    if not _is_marked(text) and not text.startswith("--") and not _may_be_bare(text):
        return []
    prompts = PromptLines(text)
    found = _Headers(lines, text, in_path, prompts).found()
    return _cut(lines, found, prompts) if found else []


# By a character that few captures have, the marks that hold it: where it is missing, none of these need be looked for.
_SIGNS = "|=#*+~>(:"
_MARKS_BY_SIGN = {
    sign: [mark for mark in (*_MARKS, *LABEL_MARKS) if next((one for one in _SIGNS if one in mark), "") == sign] for sign in ("", *_SIGNS)
}


def _is_marked(text: str) -> bool:
    """Tell whether a text holds what headers hold."""
    return any(sign in text and any(mark in text for mark in marks) for sign, marks in _MARKS_BY_SIGN.items())


def _may_be_bare(text: str) -> bool:
    return ('"dev"' in text or '"blockdevices"' in text or "echo $" in text or 'echo "$' in text) and bool(
        _BARE_NAME.search(text) or "echo " in text
    )


class _Headers:
    """Finds the headers of a source, and holds those of loops against what stands behind them."""

    def __init__(self, lines: Sequence[str], text: str, in_path: str, prompts: PromptLines) -> None:
        self._lines = lines
        self._prompts = prompts
        self._text = text
        self._in_path = in_path.casefold()
        # The command lines behind prompts, by the index of the line.
        self._commands: list[tuple[int, str]] = []

    def found(self) -> list[Header]:
        headers: list[Header] = []
        at = 0
        while at < len(self._lines):
            header = header_at(self._lines, at)
            if header:
                headers.append(header)
                at += header.size
                continue
            line = self._lines[at]
            prompt = self._prompts.on(line)
            if prompt and prompt.command:
                self._commands.append((at, prompt.command))
            at += 1
        headers += self._bare({header.at for header in headers})
        headers.sort()
        groups: dict[tuple[Style, str], list[Header]] = {}
        for header in headers:
            groups.setdefault((header.style, header.shape), []).append(header)
        ends = {header.at: other.at for header, other in pairwise(headers)}
        behind = self._that_stand_behind(headers)
        believed = {key for key, group in groups.items() if self._is_believed(key[0], group, ends)}
        doubted = {key for key, group in groups.items() if key not in believed and self._is_in_doubt(group)}
        return [
            header._replace(machine="") if (header.style, header.shape) in doubted or header.at in behind else header
            for header in headers
            if (header.style, header.shape) in believed | doubted
        ]

    def _that_stand_behind(self, headers: list[Header]) -> set[int]:
        """Return where headers stand that say nothing of what follows: names behind the answers, or of other machines."""
        found: set[int] = set()
        begins = [-1, *(at for at, _ in self._commands)]
        printed = [header for header in headers if header.style not in {Style.TOOL, Style.POD}]
        for at, group in groupby(printed, lambda header: begins[bisect(begins, header.at) - 1]):
            places = [header.at for header in group]
            command = self._command_before(places[0])
            is_asked = not command or bool(_REMOTE.search(command)) or "echo " in command
            if not stand_in_front(command) or (is_asked and shows_ids("\n".join(self._lines[at + 1 : places[0]]))):
                found.update(places)
        return found

    def _bare(self, known: set[int]) -> list[Header]:
        """Return the lines that are a name alone, in front of what begins an answer."""
        names = {name for _, command in self._commands for found in _OVER_NAMES.finditer(command) for name in found[1].split()}
        found: list[Header] = []
        for at, line in enumerate(self._lines[:-1]):
            name = line.strip()
            if not name or at in known or at - 1 in known or not (name in names or may_be_machine(name)):
                continue
            below = self._lines[at + 1]
            if name in names or (DOCUMENT_START.match(below) and not line[0].isspace() and not self._prompts.on(below)):
                found.append(Header(at, machine_in(name), Style.BARE))
        return found

    def _is_believed(self, style: Style, group: list[Header], ends: dict[int, int]) -> bool:  # noqa: PLR0911 -- a reason each
        if style in {Style.TOOL, Style.POD, Style.FILE}:
            return True
        bodies = [(header, "\n".join(self._lines[header.at + header.size : self._end(header, ends)])) for header in group]
        if style is Style.INDENTED:
            return all(_is_set_in(body) for _, body in bodies)
        commands = [self._command_before(header.at) for header in group]
        is_remote = [bool(command and _REMOTE.search(command)) for command in commands]
        if all(is_remote):
            return True
        if any(command and not remote and _is_local_loop(command) for command, remote in zip(commands, is_remote, strict=True)):
            return False
        # Of a host's disks, what a loop prints in front is a file's name, or a VM's.
        if any(_UUID_ANSWER.search(body) for _, body in bodies):
            return False
        # Where a header names several, these gave one answer.
        if any(not header.machine for header in group):
            return style is Style.GATHERED
        return self._is_repeated(bodies) or self._is_alone(group)

    def _end(self, header: Header, ends: dict[int, int]) -> int:
        return ends.get(header.at, len(self._lines))

    def _command_before(self, at: int) -> str:
        before = bisect(self._commands, at - 1, key=itemgetter(0))
        return self._commands[before - 1][1] if before else ""

    def _is_repeated(self, bodies: list[tuple[Header, str]]) -> bool:
        """Tell whether several machines gave answers to one question, as ids show that are others in each."""
        ids: dict[str, set[str]] = {}
        begins: dict[str, str] = {}
        for header, body in bodies:
            found = {one or other for one, other in _IDS.findall(body)}
            ids.setdefault(header.machine.casefold(), set()).update(found)
            begins.setdefault(header.machine.casefold(), body.strip().partition("\n")[0])
        shown = [found for found in ids.values() if found]
        if len(ids) <= 1:
            return False
        if len(shown) > 1:
            return len(set().union(*shown)) == sum(map(len, shown))
        return len(set(begins.values())) == 1 and all(any(sign in name for sign in "0123456789.-") for name in ids)

    def _is_alone(self, group: list[Header]) -> bool:
        """Tell whether one header alone is to be believed: where it looks like a machine's name, and is a tool's own or the path says no other."""
        first = group[0]
        if len({header.machine.casefold() for header in group}) > 1 or first.style is Style.BARE:
            return False
        name = first.machine.casefold().partition(".")[0]
        says_so = self._in_path.partition(".")[0] == name
        if self._is_tools(first) or (first.shape == LABEL and says_so):
            return says_so or _looks_named(first.machine)
        return _looks_named(first.machine) and (not self._in_path or says_so)

    def _is_tools(self, header: Header) -> bool:
        """Tell whether three lines are those of clush or dshbak by their dashes and by the answer that begins right below."""
        below = header.at + header.size
        return header.shape == TOOLS_DASHES and below < len(self._lines) and bool(ANSWER_BEGINS.match(self._lines[below]))

    def _is_in_doubt(self, group: list[Header]) -> bool:
        """Tell whether one header alone looks like a machine's name, and the path says another: then the answer is neither's."""
        first = group[0]
        is_one = len({header.machine.casefold() for header in group}) == 1
        looks_so = is_one and (_looks_named(first.machine) or self._is_tools(first) or first.shape == LABEL)
        is_guests = bool(_IDS.search(self._text)) and not _UUID_ANSWER.search(self._text)
        return looks_so and is_guests and first.style in {Style.LOOP, Style.GATHERED} and not self._command_before(first.at)


def _looks_named(machine: str) -> bool:
    """Tell whether a word has a sign in it that titles seldom have, and machines' names often."""
    return any(sign in machine for sign in "0123456789.")


def _is_set_in(body: str) -> bool:
    lines = [line for line in body.split("\n") if line.strip()]
    return bool(lines) and lines[0].startswith(SALT_INDENT) and sum(line.startswith(SALT_INDENT) for line in lines) >= len(lines) - 2


_LOCAL_PRINTERS = frozenset("cat ls find while head tail grep df echo".split())


def _is_local_loop(command: str) -> bool:
    return bool(_OVER_NAMES.search(command)) or command.split(None, 1)[0] in _LOCAL_PRINTERS


def _cut(lines: Sequence[str], headers: list[Header], prompts: PromptLines) -> list[Asked]:
    found: list[Asked] = []
    before: set[str] = set()
    at = 0
    for header, end in zip(headers, [*(other.at for other in headers[1:]), len(lines)], strict=True):
        if header.at > at:
            around = list(enumerate(lines[at : header.at], at + 1))
            before |= _hosts_of(around, prompts)
            found.append(_around(around))
        stop = _stop(lines, header, end, before, prompts)
        found.append(_answer(lines, header, stop))
        at = stop
    if at < len(lines):
        found.append(_around(list(enumerate(lines[at:], at + 1))))
    return found


def _hosts_of(numbered: list[tuple[int, str]], prompts: PromptLines) -> set[str]:
    found = [prompts.on(line) for _, line in numbered]
    return {prompt.host for prompt in found if prompt and prompt.kind is not Kind.TRACE}


def _stop(lines: Sequence[str], header: Header, end: int, before: set[str], prompts: PromptLines) -> int:
    """Return where an answer ends: at the next header, or where the shell that asked prompts again."""
    for at in range(header.at + header.size, end):
        line = lines[at]
        if header.style is Style.INDENTED and line.strip() and not line.startswith(SALT_INDENT):
            return at
        if header.style is Style.POD and _POD_ENDS.match(line):
            return at
        prompt = prompts.on(line)
        if prompt and prompt.kind is not Kind.TRACE and _ends(header.style, prompt, before):
            return at
    return end


def _ends(style: Style, prompt: Prompt, before: set[str]) -> bool:
    return style not in _LASTING or prompt.host in before


def _around(numbered: list[tuple[int, str]]) -> Asked:
    return Asked("", _without_talk(numbered), is_answer=False)


def _without_talk(numbered: list[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    """Blank what a tool says of itself."""
    return tuple([(number, "" if _TOOL_TALK.match(line) else line) for number, line in numbered])


def _answer(lines: Sequence[str], header: Header, stop: int) -> Asked:
    number, size = header.at + 1, 0 if header.begins else header.size
    body = list(enumerate(lines[header.at + header.size : stop], number + header.size))
    if header.style is Style.INDENTED:
        body = [(at, line.removeprefix(SALT_INDENT)) for at, line in body]
    whole = [*((number, text) for text in header.begins), *body]
    texts = [text for _, text in whole]
    if header.failed or (header.style is Style.INDENTED and _NO_ANSWER.match(texts[0])):
        at, said = error_in(texts)
        return Asked(header.machine, tuple(whole), size, error=(whole[at][0] if whole else number, said))
    if header.is_json:
        output = output_in(_json_part(texts))
        whole = [(whole[at][0], text) for at, text in output] if output is not None else whole
    keeps = header.style in _LASTING
    return Asked(header.machine, _without_talk(whole), size, keeps=keeps)


def _json_part(texts: list[str]) -> list[str]:
    """Return the lines of a module's JSON, which ends in a brace that stands first on its line."""
    end = next((at for at, text in enumerate(texts) if at and text.rstrip() == "}"), len(texts) - 1)
    return texts[: end + 1]
