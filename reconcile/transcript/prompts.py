"""The prompts behind which people type: which machine, which directory, which command.

Each shape was seen in a real capture or is a common setting; the sample stands above its expression. What none of them knows is a prompt all
the same where a head that ends as prompts do stands in front of a command that nobody writes elsewhere: then it is nobody's.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from reconcile.facts.machine_names import is_no_name
from reconcile.transcript.known_commands import is_known_command, is_typed_command
from reconcile.transcript.prompt_heads import SIGN_OR_CLOSING, Head, is_figures, nobodys_key, read_head, without_branch


class Kind(StrEnum):
    """What a prompt is: a shell's, one whose host is a bare word, the trace of ``set -x``, a program's, or one that nothing knows."""

    SHELL = "shell"
    WORD = "word"
    # The ``+`` of set -x: no new prompt, but what the shell in front of it runs.
    TRACE = "trace"
    # That of mysql, diskpart and the like: no shell's, and no machine's.
    PROGRAM = "program"
    # One whose head is not understood: whose it is, the prompt may say or not.
    UNKNOWN = "unknown"
    # One that names several machines at once.
    SEVERAL = "several"


# [root@esx01:~] df -h        [root@esxi:/vmfs/volumes/PMemDS-1/vm 1] ls        [root@vc1] df        [root@esx01:~]# ls
# [jdoe@corp.example@esx01:/tmp] ls        [root@esx01:/tmp] $ ls
_ESXI = re.compile(r"\[([^\]\s:]{1,128})@([^@:\]\s]{1,255})(?::([^\]]*))?\](?:[#$>%]| [$%>](?=\s|$))?(?:(\s.*)|(\S.*)|)$")
# [root@db01 ~]# ndctl list        [root@k8s-pmem-csi ndctl-71]# ndctl list -DNR        [core@<worker 3> ~]$ ndctl list
_RED_HAT = re.compile(r"\[([^\]\s:]{1,128})@(<[^<>\]]{1,60}>|[^@:\]\s]{1,255}) +([^\]\s][^\]]*)\] ?[#$%](?:(\s.*)|(\S.*)|)$")
# vi-admin@vma:~[192.0.2.10]> esxcli storage filesystem list: the management assistant, and in brackets the host that it speaks to
_VMA = re.compile(r"[A-Za-z0-9_.-]{1,64}@[A-Za-z0-9_.-]{1,255}:([~/][^][]*)\[([^]\s]{1,255})\]>(?:\s(.*)|)$")
# root@db01:~# ndctl list -D        user@db01:/mnt/db redo$ ls        jdoe@corp.example@db01:~$ ls
_DEBIAN = re.compile(r"([A-Za-z0-9_.@\\-]{1,128})@([A-Za-z0-9_.-]{1,255}):([~/][^$#>%]*)[$#>%](?:(\s.*)|(\S.*)|)$")
# PS C:\Users\admin> Get-PhysicalDisk        [WIN01]: PS C:\> Get-Disk        PS /home/ops> Get-Disk
_POWERSHELL = re.compile(r"(?:\[([^]\s]{1,255})\]: ?)?PS (?:[A-Za-z]{1,40}:\\|[/~])[^<>]{0,1000}>(?:\s{0,8}(\S.*)|)$")
# C:\Users\ops>powershell        C:\>ssh root@esx01
_WINDOWS = re.compile(r"[A-Za-z]:\\[^<>|\"?*]{0,1000}>\s{0,8}(\S.*|)$")
# linux-4o54:/home/viking # ndctl list -BiRN
_SUSE = re.compile(r"([A-Za-z0-9_.-]{1,255}):([~/]\S*) [#>](?:\s(.*)|)$")
# /vmfs/volumes/663e335e-dcaeabe2/gerrit # ls        ~ # cd /vmfs/volumes
_BUSYBOX = re.compile(r"(~|/.*?) [#$](?:\s(.*)|)$")
# esxi_host>$ df -h        guestvm $ sudo ndctl list -D        # ndctl list        bash-5.1$ ls        + vmkfstools -J getuuid a.vmdk
_PLAIN = re.compile(r"([A-Za-z0-9_.:~-]{0,40}?) ?([>$#%+]{1,3})\s+(\S.*)$")
# DISKPART> list disk        mysql> exit        SQL> exit        sftp> ls        >>> import os        MariaDB [(none)]> exit
# >>> a.vmdk <<< is what a loop prints
_PROGRAM = re.compile(
    r"(?:(?:diskpart|mysql|mariadb \[[^\]]{1,64}\]|sqlite|sqlplus|sql|rman|asmcmd|lsnrctl|ftp|lftp(?: [^>]{1,80})?|sftp|nslookup|ndctl|ipmctl|python|gdb|crash|lvm|telnet"
    r"|ipmitool|grub|parted|mongo|redis|psql|tftp|ntpq|chronyc|smb: [^>]{1,80}|racadm|netsh|wmic:[a-z\\]{1,40}|ntdsutil|node|irb|vsish|dsmc|rmcli|pg_[a-z]{1,20}) ?>"
    r"|>>>(?!.{0,400}(?:<<<|\.vmdk['\":]?)$)|\((?:gdb|parted|lldb)\)|virsh #|[a-z_]{1,40}=[#>]|In \[[0-9]{1,5}\]:)(?:\s(.*)|)$",
    re.IGNORECASE,
)
# Programs that list another machine's files.
_OTHERS_FILES = re.compile(r"(?:s|l|t)?ftp|smb:", re.IGNORECASE)

# What a host's name is made of, or a name that was blotted out as a whole.
_ONE_NAME = re.compile(r"[^\s/,;|*&@<>\[\]]+$|<[^<>]+>$")


# A path may have 4,096 bytes, and a command names one or two.
LONGEST_PROMPT = 16384


class Prompt(NamedTuple):
    """A prompt line. `host` is ``""`` where the prompt names none; `cwd` is None where it shows no directory.

    `shape` is a pattern of the prompts that look like it, with groups `host`, `dir` and `command`, where its shape alone is not enough to know
    them by. `head` is what tells the prompts of an unknown shell from others.
    """

    host: str
    cwd: str | None
    command: str
    kind: Kind = Kind.SHELL
    shape: str = ""
    head: str = ""


# The sign at the end of a prompt, or the bracket.
may_be_prompt = re.compile(r"[]#$>%+]").search
# Signs that other lines end in, too, or that few prompts have: they count only in front of a command, for which a whole source is searched once.
has_odd_prompts = re.compile(r"[)}\u2190-\u27ff\u00bb\u203a\u03bb\ue0b0\ue0b1] {0,4}(?:sudo )?[a-zA-Z]").search


# vmkfstools -J getuuid a.vmdk        esx12 vmkfstools -J getuuid a.vmdk        root@esx12: ndctl list -D -- with no sign in front at all
_UNSIGNED = re.compile(
    r"((?:\S{1,200}\s{1,4}){0,4})((?:sudo )?(?:vmkfstools (?:-\S{1,20} (?:[0-9] )?){0,4}-J getuuid \S.{0,1000}\.vmdk['\"]?|ndctl list(?: -\S{1,20}){0,6}))$"
)


def has_unsigned_prompts(text: str) -> bool:
    """Tell whether a text may hold a command line with no prompt's sign in front."""
    return (
        any(word in text for word in ("\nvmkfstools -", "\nndctl list"))
        or text.startswith(("vmkfstools -", "ndctl list"))
        or (("vmkfstools -" in text or "ndctl list" in text) and bool(_WORDS.search(text)))
    )


_WORDS = re.compile(r"(?:^|\n) {0,4}(?:[^\s\]#$>%+]{1,200} {1,4}){1,4}(?:sudo )?(?:vmkfstools -|ndctl list)")
# Words alone are prose as soon as there are a few of them.
_FEW = 3


def match_prompt(line: str) -> Prompt | None:
    """Read a line as a prompt with a command behind it, or return None."""
    text = line.strip()
    if not text or len(text) > LONGEST_PROMPT:
        return None
    return (_known(text) if may_be_prompt(text) else None) or _by_command(text) or _unsigned(text)


class PromptLines:
    """Reads lines of one text as prompts. What ends in an odd sign is looked at only where the text has a command behind such a one."""

    def __init__(self, text: str) -> None:
        self._is_odd = bool(has_odd_prompts(text)) or has_unsigned_prompts(text)

    def on(self, line: str) -> Prompt | None:
        """Return the prompt on a line, None where there is none."""
        return match_prompt(line) if self._is_odd or may_be_prompt(line) else None


def _known(text: str) -> Prompt | None:
    """Read a line as a prompt of one of the shapes that stand above."""
    first = text[0]
    shell = _POWERSHELL.match(text) if "PS " in text else None
    if shell:
        return Prompt(shell[1] or "", None, shell[2] or "")
    if text[1:3] == ":\\" and (found := _WINDOWS.match(text)):
        return Prompt("", None, found[1])
    program = _PROGRAM.match(text)
    if program and (program[1] is None or "\\" not in text[:3]):
        return Prompt("others" if _OTHERS_FILES.match(text) else "", None, program[1] or "", Kind.PROGRAM)
    if first == "[":
        return _bracketed(text)
    if first not in "/~#$%>+":
        return _named(text) or _plain(text)
    return _busybox(text) or _plain(text)


def _bracketed(text: str) -> Prompt | None:
    found = _ESXI.match(text)
    if found and (not found[5] or is_known_command(found[5])):
        return _whose(found[2], found[3], (found[4] or found[5] or "")[1 if found[4] else 0 :])
    found = _RED_HAT.match(text)
    if found and (not found[5] or is_known_command(found[5])):
        # This prompt shows the last part of the directory alone, so only ``~`` and ``/`` tell where one is.
        shown = found[3] if found[3] in {"~", "/"} else ""
        return _whose(found[2], shown, (found[4] or found[5] or "")[1 if found[4] else 0 :])
    return None


def _whose(host: str, cwd: str | None, command: str) -> Prompt:
    """Return a prompt of a host, or of nobody where what stands in the host's place is more than one name."""
    if not _ONE_NAME.match(host):
        return Prompt("", cwd, command, Kind.SEVERAL)
    return Prompt(host, cwd, command, Kind.WORD if host[0] == "<" else Kind.SHELL)


def _named(text: str) -> Prompt | None:
    found = _VMA.match(text)
    if found:
        return Prompt(found[2], found[1], found[3] or "")
    found = _DEBIAN.match(text)
    if found and (not found[5] or is_known_command(found[5])):
        directory, cut = without_branch(found[3].rstrip())
        return Prompt(found[2], "" if cut else directory, (found[4] or found[5] or "")[1 if found[4] else 0 :])
    found = _SUSE.match(text)
    if found:
        return Prompt(found[1], found[2], found[3] or "")
    return None


def _busybox(text: str) -> Prompt | None:
    found = _BUSYBOX.match(text)
    if found and (not found[2] or is_known_command(found[2])):
        return Prompt("", found[1], found[2] or "")
    return None


def _plain(text: str) -> Prompt | None:
    found = _PLAIN.match(text)
    if not found or not is_known_command(found[3]):
        return None
    name = found[1].rstrip(":~")
    if not name and set(found[2]) == {"+"}:
        return Prompt("", None, found[3], Kind.TRACE)
    host = "" if is_no_name(name) else name
    return Prompt(host, None, found[3], Kind.WORD if host else Kind.SHELL)


_COMMAND_BEHIND = re.compile(rf"(?<={SIGN_OR_CLOSING})\s{{0,8}}(?=[A-Za-z/\[.])")
_LONGEST_HEAD = 1024


def _by_command(text: str) -> Prompt | None:
    """Read a line as a prompt by what stands behind its head: a command of those that captures are made with."""
    for found in _COMMAND_BEHIND.finditer(text, 1, _LONGEST_HEAD):
        command = text[found.end() :]
        if not is_known_command(command):
            continue
        raw = text[: found.start()]
        head = read_head(raw)
        if raw.endswith(("->", "=>")):
            # A link's name may be a command's, but has no options.
            head = head if " " in command else None
            if head is None and (" " not in command or not is_typed_command(command)):
                return None
        if head and (head.cwd is not None or "@" in raw or is_typed_command(command)):
            return _of_head(head, command)
        if not is_typed_command(command) or is_figures(raw) or not _is_head(raw):
            return None
        return Prompt("", None, command, Kind.UNKNOWN, head=nobodys_key(raw))
    return None


def _unsigned(text: str) -> Prompt | None:
    """Read a line as a command that stands behind words without a sign between, or behind nothing."""
    first = _SIGN_FIRST.match(text)
    if first and is_typed_command(first[2]):
        return Prompt("", None, first[2], Kind.UNKNOWN, head=nobodys_key(first[1]))
    found = _UNSIGNED.match(text) if "vmkfstools" in text or "ndctl" in text else None
    head = found[1].strip() if found else ""
    if found and head.startswith(("ssh ", "plink ")) and is_typed_command(text):
        return Prompt("", None, text, Kind.UNKNOWN, head="")
    if not found or (head and not _is_head(head)) or (len(head.split()) > _FEW and not _SAYS_WHERE.search(head)):
        return None
    return Prompt("", None, found[2], Kind.UNKNOWN, head=nobodys_key(found[1]))


# The sign in front of a folder's name, and a branch: ➜  db01 git:(main) ✗ ls -l
_SIGN_FIRST = re.compile(
    r"([\u279c\u276f\u03bb\u25b6\u2192]\s{1,4}[^\s\u2190-\u27ff]{1,200}(?: git:\(\S{1,60}\))?(?: \u2717)?)\s{1,4}(\S.*)$"
)
# root@esx12        /vmfs/volumes        ~        a sign of a font
_SAYS_WHERE = re.compile(r"[@/~]|[^\x00-\u24ff]")
# A head is no sentence, no quotation, no assignment, and no line of a script.
_IS_HEAD = re.compile(r"\S{1,200}(?: {1,4}\S{1,200}){0,5}$")
_IS_SPEECH = re.compile(r"[\"'`]|[A-Za-z0-9_]=[^>=-]|\b(?:echo|printf|for|if|then|run|type|use|and|the)\b")


def _is_head(raw: str) -> bool:
    closed = raw[:1] in {"[", "(", "{", "<"} and raw[-1:] in {"]", ")", "}", ">"}
    return bool(_IS_HEAD.match(raw)) and not _IS_SPEECH.search(raw) and (closed or ";" not in raw)


def _of_head(head: Head, command: str) -> Prompt:
    host = "" if is_no_name(head.host) else head.host
    return Prompt(host, head.cwd, command, Kind.WORD if host and head.weak else Kind.SHELL, head.pattern)
