"""What terminals, logins and programs say beside their answers: lines that are noise wherever they stand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Script started on 2026-11-22 21:48:48+00:00 [COMMAND="..."]        Script done on ...
_SCRIPT = re.compile(r"Script (?:started|done)(?: on|,|:)")
# =~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2026.11.22 10:12:13 =~=~=~=~=~=~=~=~=~=~=~=
_PUTTY = re.compile(r"=~=~=.*PuTTY log")
# [sudo] password for admin:        (root@192.0.2.1) Password:        Password:        root@192.0.2.1's password:        | Password:
_PASSWORD = re.compile(
    r"(?:\[sudo\] [^:\uff1a]{1,80}[:\uff1a]|(?:\(\S+\) |\| )?[Pp]assword(?: for \S+)?:|[^\s@]+@[^\s@']+'s password:|Enter passphrase for key '.{1,300}':"
    r"|Passphrase for key \".{1,300}\":)\s*$"
)
# login as: root        Using username "root".        Authenticating with public key "ops-2026" from agent
# Warning: Permanently added 'esx01' (ED25519) to the list of known hosts.        Last login: Mon Nov 23 09:12:44 2026 from 192.0.2.7
_LOGIN = re.compile(
    r"(?:login as: \S{1,64}\s*$|Using username \".{1,64}\"\.$|Using keyboard-interactive authentication\.$"
    r"|Keyboard-interactive authentication prompts from server:$|End of keyboard-interactive prompts from server$|Access denied\.?$"
    r"|Authenticating with public key \".{0,300}\"(?: from agent)?$|Server refused our key$|Further authentication required$"
    r"|Warning: Permanently added '.{1,300}' \([A-Za-z0-9-]{1,20}\) to the list of known hosts\.$"
    r"|The authenticity of host '.{1,300}' can't be established\.$|[A-Z0-9]{2,10} key fingerprint is \S{1,100}$|This key is not known by any other names\.?$"
    r"|Are you sure you want to continue connecting \(yes/no(?:/\[fingerprint\])?\)\?(?: yes)?$"
    r"|Last (?:failed )?login: (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) .{1,120}$|Shared connection to \S+ closed\.$"
    r"|Microsoft Windows \[Version [0-9.]{1,30}\]$|(?:\([cC]\) (?:[0-9]{4} )?|Copyright \([cC]\) (?:[0-9-]{4,9} )?)Microsoft Corporation\. +All rights reserved\.$"
    r"|Windows PowerShell$|PowerShell [0-9.]{1,20}$|Try the new cross-platform PowerShell https://\S{1,100}$"
    r"|Install the latest PowerShell for new features and improvements! https://\S{1,100}$"
    r"|Microsoft DiskPart version [0-9.]{1,30}$|Leaving DiskPart\.\.\.$|On computer: \S{1,255}$)"
)
# Connection to esx01 closed.        BusyBox v1.35.0 (Debian 1:1.35.0-4) multi-call binary.
_CLOSED = re.compile(r"Connection to \S+ closed\.$|BusyBox v[0-9.]+ .{0,100} multi-call binary\.$")
# What vmkfstools -v says while it works:
# DISKLIB-VMFS  : "./sql.vmdk" : open successful (21) size = 17179869184, hd = 0. Type 3        OBJLIB-LIB: ObjLib cleanup done.
# WORKER: asyncOps=0 maxActiveOps=0 maxPending=0 maxCompleted=0
_LIBRARIES = re.compile(r"(?:(?:DISKLIB|OBJLIB|FILEIO|SNAPSHOT|VMFS|IOCTL)-[A-Z0-9_]{1,20} {0,8}: ?\S|WORKER: [A-Za-z]{1,40}=)")
_FAILS = re.compile(r"(?i)fail|error|could not|cannot|denied|not found")
# What ESXi prints before the first prompt of a login.
_BANNER = re.compile(
    r"(?:The time and date of this login have been sent to the system logs\."
    r"|WARNING:$|   All commands run on the ESXi shell are logged and may be included in$|   support bundles\. Do not provide"
    r"|   passwords directly on the command line\.|   Most tools can prompt for secrets or accept them from standard input\."
    r"|VMware offers (?:supported, )?powerful and supported (?:and )?automat|VMware offers supported, powerful system admin"
    r"|see (?:www\.vmware\.com/go/sysadmintools|https://developer\.vmware\.com) for details\.$"
    r"|The ESXi Shell can be disabled by an administrative user\. See the"
    r"|vSphere Security documentation for more information\.$)"
)
# What sudo says of a wrong password, a login of the last one, and a package manager while it works or of how to get a command.
_TALK = re.compile(
    r"(?:Sorry, try again\.|D\u00e9sol\u00e9, essayez de nouveau\.|Das hat nicht funktioniert, bitte nochmal probieren\.|Lo siento, pruebe otra vez\."
    r"|(?:Derni\u00e8re connexion|Letzte Anmeldung|\u00daltimo inicio de sesi\u00f3n|Ultimo accesso|\u6700\u7d42\u30ed\u30b0\u30a4\u30f3|\u4e0a\u6b21\u767b\u5f55) ?[:\uff1a] ?\S.{0,120}"
    r"|(?:sudo )?(?:apt(?:-get)?|dnf|yum|zypper|pacman|snap) (?:install|-S) +[a-z0-9.+-]{1,40}(?: +# .{0,80})?|Try: sudo apt install <.{1,40}>"
    r"|(?:Reading package lists|Building dependency tree|Reading state information)\.\.\.(?: Done| [0-9]+%)?|Last metadata expiration check: .{1,100}"
    r"|Loaded plugins: .{1,200}|E: Unable to locate package \S{1,80}|No package \S{1,80} available\.)\s*$"
)
_COMMENT_SIGNS = frozenset({"/*", "*/"})
_BEGINS = frozenset("=[(| ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_ALL = (_SCRIPT, _PUTTY, _PASSWORD, _CLOSED, _BANNER, _LOGIN, _TALK)


def is_chatter(line: str) -> bool:
    """Tell whether a line is a terminal's or a login's own talk, or a comment's sign alone."""
    if line.rstrip() in _COMMENT_SIGNS:
        return True
    if not line or (line[0] not in _BEGINS and line.isascii()):
        return False
    if any(pattern.match(line) for pattern in _ALL) or _PASSWORD.match(line.strip()):
        return True
    return bool(_LIBRARIES.match(line)) and not _FAILS.search(line)


# Between these PuTTY prints what a server says before it asks who one is, each line behind a bar.
_BANNER_BEGINS = "Pre-authentication banner message from server:"
_BANNER_ENDS = "End of banner message from server"
_LONGEST_BANNER = 200


def banner_at(lines: Sequence[str], index: int) -> int:
    """Return how many lines the server's message has that PuTTY shows from this index on; 0 where none begins there or it has no end."""
    if lines[index].rstrip() != _BANNER_BEGINS:
        return 0
    for end in range(index + 1, min(index + _LONGEST_BANNER, len(lines))):
        if lines[end].startswith(_BANNER_ENDS):
            return end + 1 - index
        if not lines[end].startswith("|"):
            break
    return 0


def holds_banner(text: str) -> bool:
    """Tell whether PuTTY shows a server's message anywhere in a text."""
    return _BANNER_BEGINS in text
