"""The commands that captures are made with: what may stand behind a prompt that says nothing else."""

from __future__ import annotations

import re

# An output line that looks like ``NAME $ WORD`` is a prompt only if WORD is one of these.
KNOWN_COMMANDS = frozenset(
    "busybox cat cd clear cp daxctl date df dmesg dmidecode du echo esxcfg-scsidevs esxcli esxtop exit export find findmnt for free"
    " grep head history hostname hostnamectl id ifconfig ip ipmctl less ll localcli logout ls lsblk lscpu lspci lsscsi mkdir"
    " mkfs.ext4 mkfs.xfs mount mv ndctl nproc ps pwd reboot rm scp scsi_id script sed ssh stat su sudo tail tee time timeout"
    " touch tree udevadm umount uname uptime vdo vim-cmd vm-support vmkfstools vmware voma vi vim watch who whoami xxd"
    " ansible blkid diskpart docker egrep fdisk kubectl mosh nsenter oc parted pdsh plink podman popd powershell pushd putty"
    " pwsh readlink salt sftp sha256sum virsh wmic xargs zsh".split()
)
# Get-PhysicalDisk        Invoke-Command
_CMDLET = re.compile(r"(?:Get|Set|New|Enter|Exit|Invoke|Update|Select|Write|Export|Initialize)-[A-Z][A-Za-z]{1,60}$")
# "# dmidecode 3.4" is the first line that dmidecode prints: a number is nothing that it could be called with.
_NO_COMMAND = re.compile(r"dmidecode [0-9.]{1,12}\s*$")
_FIRST_WORD = re.compile(r"[^\s;|&<>]+")
# test -d db02        [ -d db02 ] && cd db02
_CONDITION = re.compile(r"(?:test|\[\[?) +(?:! +)?(?:-[a-z]|[\"'$])")

# A command that is typed and said in no other way: a program of the vocabulary with what only a command line has behind it.
_TELLING = re.compile(
    r"(?:(?:sudo|doas|time|busybox|nohup)(?: +-[A-Za-z]+)* +)?(?:/[a-z/]{1,40}/)?"
    r"(?:vmkfstools +-|(?:ndctl|daxctl) +(?:list|create|destroy|disable|enable|read|write|zero|version|--?[a-z])|lsblk(?: +[-/]| *$)|esxcli +(?:-\S+ +\S* *)?"
    r"(?:storage|system|hardware|vm|software|network)\b|localcli +(?:storage|system|vm)\b|vim-cmd +[a-z]+/|lsscsi(?: +-| *$)|findmnt(?: +[-/]| *$)"
    r"|dmidecode(?: +-| *$)|df(?: +-[a-zA-Z]| *$)|ls(?: +[-/~.*\"'$]| *$)|cd(?: +[~/.\"'$]| *$)|(?:cat|e?grep|zgrep|head|tail)\s.{0,300}(?:vmdk|vmx|/sys/|/proc/)"
    r"|uname +-|scsi_id +-|udevadm +[a-z]|sha256sum +\S|readlink +-|hostname *$|pwd *$|exit *$|logout *$|mount *$|blkid *$|for +[A-Za-z_]+ +in\s|find +[~/.]|(?:ssh|plink|putty|mosh) +\S|date(?: +[-+]| *$)"
    r"|(?:kubectl|oc|docker|podman) +exec|wmic +\S|(?:Get|Invoke|Enter)-[A-Z][A-Za-z]{2,60}(?: +[-|]| *$))"
)


def is_known_command(text: str) -> bool:
    """Tell whether a text begins with a command that captures are made with."""
    found = _FIRST_WORD.match(text)
    if found is None or _NO_COMMAND.match(text):
        return False
    word = found[0].rpartition("/")[2]
    return (
        word in KNOWN_COMMANDS
        or (word[:1].isupper() and bool(_CMDLET.match(word)))
        or (word in _CONDITIONS and bool(_CONDITION.match(text)))
    )


_CONDITIONS = frozenset({"test", "[", "[["})


def is_typed_command(text: str) -> bool:
    """Tell whether a text is a command line that nobody writes but behind a prompt."""
    return bool(_TELLING.match(text))
