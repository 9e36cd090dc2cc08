"""The shells of one source: prompts that it showed before, and where their people jumped to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.facts import strengths
from reconcile.facts.machine_names import is_no_name
from reconcile.transcript.loops.names_and_answers import prints
from reconcile.transcript.prompt_heads import nobodys_key
from reconcile.transcript.prompts import LONGEST_PROMPT, Kind, Prompt, match_prompt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.transcript.command_lines import Command

# A source has a handful of shells; who changes the prompt with each line has none that could be learned.
_MOST = 64


class LearnedPrompts:
    """Prompts of one source: known by their shape, or as those that stood before in front of a known command."""

    def __init__(self) -> None:
        self._seen: dict[str, Prompt] = {}
        self._shapes: dict[str, re.Pattern[str]] = {}
        self._unknown: set[str] = set()
        self._is_nameless_seen = False

    @property
    def is_empty(self) -> bool:
        """Whether every prompt so far shows by itself that it is one."""
        return not self._seen and not self._shapes

    def read(self, line: str) -> Prompt | None:
        """Read a line as a prompt: by its shape, or as one that was seen before, with whatever command behind it or none."""
        prompt = match_prompt(line)
        if prompt:
            self._learn(line, prompt)
            return prompt
        if self.is_empty or not line or len(line) > LONGEST_PROMPT:
            return None
        text = line.strip()
        if text in self._seen:
            return self._seen[text]._replace(command="")
        head = self.head_of(line)
        if head and (self._seen[head].host or self._seen[head].kind is Kind.UNKNOWN):
            return self._seen[head]._replace(command=text[len(head) :].strip())
        return self._by_shape(text)

    def _learn(self, line: str, prompt: Prompt) -> None:
        if prompt.kind is Kind.UNKNOWN:
            self._unknown.add(prompt.head)
        elif not prompt.host and prompt.kind is Kind.SHELL:
            self._is_nameless_seen = True
        if not prompt.command or prompt.kind in {Kind.TRACE, Kind.PROGRAM} or len(self._seen) + len(self._shapes) > _MOST:
            return
        if prompt.shape:
            if prompt.shape not in self._shapes:
                self._shapes[prompt.shape] = re.compile(prompt.shape)
        elif prompt.cwd is None:
            self._seen[line[: line.rindex(prompt.command)].strip()] = prompt

    def add_unknown(self, title: str) -> str:
        """Add a prompt that nothing knows by its upper line; return what tells it from others."""
        head = nobodys_key(title)
        self._unknown.add(head)
        return head

    def _by_shape(self, text: str) -> Prompt | None:
        for pattern in self._shapes.values():
            found = pattern.match(text)
            if found:
                host = "" if is_no_name(found["host"]) else found["host"]
                return Prompt(host, found["dir"].rstrip(), found["command"] or "")
        return None

    def head_of(self, line: str) -> str | None:
        """Return the head, seen before without a directory, that a line begins with."""
        text = line.strip()
        return next((head for head in self._seen if text.startswith(f"{head} ")), None)

    def shell_of(self, head: str) -> str:
        """Return the shell whose prompts have a head."""
        return shell_of(self._seen[head])

    @property
    def is_several(self) -> bool:
        """Whether prompts that nothing knows differ from each other, or stand beside others that name nobody."""
        return len(self._unknown) > 1 or (bool(self._unknown) and self._is_nameless_seen)

    def is_unknown(self, shell: str) -> bool:
        """Tell whether a shell's prompts are of those that nothing knows."""
        return shell.startswith(_UNKNOWN)


_UNKNOWN = "? "


def shell_of(prompt: Prompt) -> str:
    """Return what tells the shells of one source apart."""
    if prompt.kind is Kind.UNKNOWN:
        return _UNKNOWN + prompt.head
    return prompt.host


class Jumps:
    """Where ``ssh`` and the like led whose prompts do not say where they are."""

    def __init__(self) -> None:
        self._stack: list[tuple[str, str]] = []

    def whose(self, prompt: Prompt) -> tuple[str, str, str]:
        """Return a prompt's shell, the machine's name and what names it."""
        if prompt.kind is Kind.SEVERAL:
            return "several", "", strengths.NOBODY
        if prompt.host and not is_no_name(prompt.host):
            return prompt.host, prompt.host, strengths.WORD if prompt.kind is Kind.WORD else strengths.PROMPT
        if self._stack and not prompt.host and prompt.kind is Kind.SHELL:
            machine, named_by = self._stack[-1]
            return f"{machine} behind", machine, named_by
        return shell_of(prompt), "", ""

    def typed(self, prompt: Prompt, command: Command) -> None:
        """Take note of what was typed at a prompt: the way there, or back."""
        only = command.simples[0].name if command.simples else ""
        if command.text in {"exit", "logout"} and self._stack:
            self._stack.pop()
        elif prompt.host and not is_no_name(prompt.host):
            self._stack.clear()
        if command.target and not command.simples:
            self._stack.append((command.target, command.asked_by))
        elif only in _ENTERING and _INTERACTIVE.search(command.text):
            self._stack.append(("", strengths.NOBODY))

    def said(self, command: Command, lines: Sequence[str]) -> None:
        """Take a jump back that led nowhere, or that ended in what was printed; follow a login that no command in front led to."""
        if command.text in {"", "exit", "logout"} and (machine := _logged_in(lines)):
            self._stack.append((machine, strengths.SSH))
            return
        if not self._stack:
            return
        failed = command.target and not command.simples and any(map(_REFUSED.match, lines))
        ended = command.text not in {"exit", "logout"} and any(map(_CLOSED.match, lines))
        if failed or ended:
            self._stack.pop()


# ssh: connect to host db01 port 22: Connection refused        root@db01: Permission denied (publickey,password).
_REFUSED = re.compile(
    r"\s*(?:ssh: .{1,300}|(?:\S{1,300}: )?Permission denied.{0,200}|Host key verification failed\.|FATAL ERROR: .{1,300}|Connection (?:refused|reset|timed out).{0,200}"
    r"|kex_exchange_identification: .{1,200}|Network error: .{1,200})$"
)
# Shared connection to db01 closed.        $ client_loop: send disconnect: Broken pipe        Timeout, server db01 not responding.
_CLOSED = re.compile(
    r"(?:\S{0,200}[\]#$>%] ?)?\s*(?:(?:Shared c|C)onnection to \S{1,300} closed(?: by remote host)?\.?|Connection closed by (?:foreign|remote) host\.?|Connection (?:reset|closed) by \S.{0,200}"
    r"|client_loop: .{1,200}|packet_write_wait: .{1,200}|Write failed: Broken pipe|Timeout, server \S{1,300} not responding\.|Read from remote host \S.{1,300})$"
)
# root@db01's password:
_LOGIN = re.compile(r"\s{0,80}[^\s@]{1,100}@([A-Za-z][\w.-]{0,253})'s password:")


def _logged_in(lines: Sequence[str]) -> str:
    """Return the machine that asked for a password last, by name and not by address, and let the user in; ``""`` where none did."""
    machine = ""
    for line in lines:
        if "assword" in line and (found := _LOGIN.match(line)):
            machine = "" if is_no_name(found[1]) else found[1]
        elif _REFUSED.match(line) or _CLOSED.match(line):
            machine = ""
    return machine


_ENTERING = frozenset("kubectl oc docker podman lxc virsh nsenter machinectl chroot telnet crictl".split())
_INTERACTIVE = re.compile(r"\s-(?:it|ti|i|t)\b|\b(?:console|shell|debug|bash|sh|telnet|chroot|nsenter)\b")


def asked(command: Command, machine: str, named_by: str, cwd: str) -> tuple[str, str, str]:
    """Return whose a command's answer is that was typed on a machine, what says so, and where there it ran."""
    if command.target:
        if is_no_name(command.target):
            return "", strengths.NOBODY, "~"
        return command.target, command.asked_by, "~"
    return ("", strengths.NOBODY, "") if command.elsewhere else (machine, named_by, cwd)


_ECHOES = re.compile(r"\b(?:echo|printf|cat|print)\b|-print")


# ls *.vmdk | xargs -t -n1 vmkfstools -J getuuid        find . -name "*.vmdk" | xargs --verbose -I{} vmkfstools -J getuuid {}
_SHOWS = re.compile(r"\bxargs (?:[^|;]{1,200} )?(?:-[0rpx]{0,4}t[0-9nLrpx]{0,4}|--verbose) (?:[^|;]{1,200} )?vmkfstools ")


def echoes(command: Command, prompt: Prompt, line: str) -> bool:
    """Tell whether what looks like a prompt in the answer is what a loop, ``xargs -t`` or ``history`` says."""
    if prompt.kind is Kind.TRACE or (prompt.host and prompt.kind is not Kind.UNKNOWN):
        return False
    if prompt.kind is Kind.UNKNOWN and command.simples and command.simples[0].name in {"history", "fc"}:
        return True
    says = command.loop and bool(_ECHOES.search(command.text))
    if prompt.kind is Kind.UNKNOWN and not prompt.head:
        return says or (line.startswith("vmkfstools ") and bool(_SHOWS.search(command.text)))
    return says and prints(command.text, line)
