"""The prompts behind which people type: which machine, which directory, which command.

Each shape was seen in a real capture; the sample stands above its expression.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# Commands that may stand behind a prompt which says nothing else. An output line that looks like ``NAME $ WORD`` is a
# prompt only if WORD is one of these.
KNOWN_COMMANDS = frozenset(
    "busybox cat cd clear cp daxctl date df dmesg dmidecode du echo esxcfg-scsidevs esxcli esxtop exit export find findmnt for free"
    " grep head history hostname hostnamectl id ifconfig ip ipmctl less ll localcli logout ls lsblk lscpu lspci lsscsi mkdir"
    " mkfs.ext4 mkfs.xfs mount mv ndctl nproc ps pwd reboot rm scp scsi_id script sed ssh stat su sudo tail tee time timeout"
    " touch tree udevadm umount uname uptime vdo vim-cmd vm-support vmkfstools vmware voma vi vim watch who whoami xxd".split()
)

# [root@esx01:~] df -h        [root@esxi:/vmfs/volumes/PMemDS-1/vm 1] ls        [root@vc1] df        [root@esx01:~]# ls
_ESXI = re.compile(r"\[([^@\]\s]{1,64})@([^:\]\s]{1,255})(?::([^\]]*))?\][#$]?(?:\s(.*)|)$")
# [root@db01 ~]# ndctl list        [root@k8s-pmem-csi ndctl-71]# ndctl list -DNR
_RED_HAT = re.compile(r"\[([^@\]\s]{1,64})@([^:\]\s]{1,255}) +([^\]\s][^\]]*)\][#$](?:\s(.*)|)$")
# vi-admin@vma:~[192.0.2.10]> esxcli storage filesystem list: the management assistant, and in brackets the host that it speaks to
_VMA = re.compile(r"[A-Za-z0-9_.-]{1,64}@[A-Za-z0-9_.-]{1,255}:([~/][^][]*)\[([^]\s]{1,255})\]>(?:\s(.*)|)$")
# root@db01:~# ndctl list -D        user@db01:/mnt/db redo$ ls
_DEBIAN = re.compile(r"([A-Za-z0-9_.-]{1,64})@([A-Za-z0-9_.-]{1,255}):([~/][^$#>]*)[$#>](?:\s(.*)|)$")
# PS C:\Users\admin> Get-PhysicalDisk        [WIN01]: PS C:\> Get-Disk
_POWERSHELL = re.compile(r"(?:\[([^]\s]{1,255})\]: )?PS [A-Za-z]:\\[^<>]{0,1000}>(?:\s(.*)|)$")
# linux-4o54:/home/viking # ndctl list -BiRN
_SUSE = re.compile(r"([A-Za-z0-9_.-]{1,255}):([~/]\S*) [#>](?:\s(.*)|)$")
# /vmfs/volumes/663e335e-dcaeabe2/gerrit # ls        ~ # cd /vmfs/volumes
_BUSYBOX = re.compile(r"(~|/.*?) [#$](?:\s(.*)|)$")
# esxi_host>$ df -h        guestvm $ sudo ndctl list -D        # ndctl list        bash-5.1$ ls        + vmkfstools -J getuuid a.vmdk
_PLAIN = re.compile(r"([A-Za-z0-9_.:~-]{0,40}?) ?([>$#%+]{1,3})\s+(\S.*)$")

# "# dmidecode 3.4" is the first line that dmidecode prints: a number is nothing that it could be called with.
_NO_COMMAND = re.compile(r"dmidecode [0-9.]{1,12}\s*$")

_FIRST_WORD = re.compile(r"[^\s;|&<>]+")
_NO_NAMES = re.compile(r"(?:-?(?:ba|a|da|k|z|tc|c)?sh(?:-[0-9.]+)?|localhost(?:\..*)?|~|root|admin)", re.IGNORECASE)


# A path may have 4,096 bytes, and a command names one or two.
LONGEST_PROMPT = 16384


class Prompt(NamedTuple):
    """A prompt line. `host` is ``""`` where the prompt names none; `cwd` is None where it shows no directory.

    `trace` marks the ``+`` of ``set -x``: no new prompt, but what the shell in front of it runs. `weak` marks a host that is a bare word
    in front of a sign, with neither user nor directory.
    """

    host: str
    cwd: str | None
    command: str
    trace: bool = False
    weak: bool = False


def match_prompt(line: str) -> Prompt | None:
    """Read a line as a prompt with a command behind it, or return None."""
    text = line.strip()
    if not text or len(text) > LONGEST_PROMPT or not may_be_prompt(text):
        return None
    first = text[0]
    shell = _POWERSHELL.match(text) if "PS " in text else None
    if shell:
        return Prompt(shell[1] or "", None, shell[2] or "")
    if first == "[":
        return _bracketed(text)
    if first not in "/~#$%>+":
        return _named(text) or _plain(text)
    return _busybox(text) or _plain(text)


# The sign at the end of a prompt, or the bracket.
may_be_prompt = re.compile(r"[]#$>%+]").search


def _bracketed(text: str) -> Prompt | None:
    found = _ESXI.match(text)
    if found:
        return Prompt(found[2], found[3], found[4] or "")
    found = _RED_HAT.match(text)
    if found:
        # This prompt shows the last part of the directory alone, so only ``~`` and ``/`` tell where one is.
        shown = found[3] if found[3] in {"~", "/"} else ""
        return Prompt(found[2], shown, found[4] or "")
    return None


def _named(text: str) -> Prompt | None:
    found = _VMA.match(text)
    if found:
        return Prompt(found[2], found[1], found[3] or "")
    found = _DEBIAN.match(text)
    if found:
        return Prompt(found[2], found[3].rstrip(), found[4] or "")
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
    if not found or not is_known_command(found[3]) or _NO_COMMAND.match(found[3]):
        return None
    name = found[1].rstrip(":~")
    trace = not name and set(found[2]) == {"+"}
    host = "" if _NO_NAMES.fullmatch(name) else name
    return Prompt(host, None, found[3], trace, weak=bool(host))


def is_known_command(text: str) -> bool:
    """Tell whether a text begins with a command that captures are made with."""
    found = _FIRST_WORD.match(text)
    return found is not None and found[0].rpartition("/")[2] in KNOWN_COMMANDS


def is_no_name(name: str) -> bool:
    """Tell whether a host name says nothing: ``localhost`` is every ESXi host before somebody names it."""
    return not name or bool(_NO_NAMES.fullmatch(name))
