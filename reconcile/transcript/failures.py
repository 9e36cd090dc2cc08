"""Error messages, as shells and the commands of the vocabulary print them. They are findings and never data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconcile.transcript.command_lines import Command

# sh: ndctl: not found        -bash: ndctl: command not found        bash: line 1: vmkfstools: command not found
_SHELL = re.compile(r"-?(?:ba|a|da|k|z)?sh: .{1,400}")
# ls: sql-000001.vmdk: No such file or directory        df: /nowhere: can't find mount point        sudo: a password is required
_COMMAND = re.compile(
    r"(?:/[a-z/]*/)?(?:ls|df|cat|cd|find|grep|vmkfstools|ndctl|daxctl|sudo|ssh|mount|lsblk|findmnt|esxcli|localcli|vim-cmd"
    r"|uname|hostname|date|sha256sum|busybox)(?:-[0-9.]+)?: .{1,400}"
)
# Failed to open 'sql-000005.vmdk' : The parent of this virtual disk could not be opened (23).
# Failed to open virtual disk 'a-flat.vmdk' : The file specified is not a virtual disk (15).
FAILED_TO_OPEN = re.compile(
    r"Failed to (?:open|lock) (?:(?:the file|(?:virtual )?disk) )?['\u2018\"`]?(.{0,300}?)['\u2019\"]?(?: ?: ?.{0,300}| \([0-9]+\)\.?)$"
)
# DISKLIB-LINK : "/vmfs/volumes/x/sql/sql-000001.vmdk" : failed to open (The system cannot find the file specified).
_DISKLIB = re.compile(r"(?:DISKLIB|OBJLIB|FILEIO)-[A-Z]+ {0,8}:.{1,400}?[Ff]ailed to.{1,400}")
#   Error: unknown switch `Z'        Unknown command: 'lsit'        no matching devices found
# failed to create namespace: No space left on device        error destroying namespaces: Device or resource busy
# nmem3 is active, skipping...        libndctl: ndctl_namespace_enable: namespace1.0: failed to enable
_NDCTL = re.compile(
    r" {0,4}(?:Error: .{1,300}|Unknown command: '.{0,200}'|no matching devices found|Warning: failed to exec .{1,200}"
    r"|no man viewer handled the request|lib(?:ndctl|daxctl): .{1,300}|(?:nmem|region|namespace)[0-9.]{1,12}(?:: .{1,300}| is active, skipping\.\.\.)"
    r"|(?:failed to|error) [a-z]{4,12} [a-z -]{2,40}: .{1,200})$"
)
# Error when running esxcli, return status was: 1        VmFileSystem: SlowRefresh() failed: Unable to get FS Attrs for /vmfs/volumes/x
_ESXI = re.compile(r"(?:Error when running esxcli.{0,200}|VmFileSystem: SlowRefresh\(\) failed.{0,300}|Error(?: interacting)?: .{1,300})$")
# Permission denied        Operation not permitted        Host key verification failed.
_PLAIN = re.compile(
    r"(?:Permission denied.{0,100}|Operation not permitted|Host key verification failed\.|Killed|Segmentation fault.{0,60})$"
)
# Command 'ndctl' not found, but can be installed with:        La commande \u00ab ndctl \u00bb n'a pas \u00e9t\u00e9 trouv\u00e9e, mais peut \u00eatre install\u00e9e avec :
_NOT_FOUND = re.compile(
    r"(?:(?:La commande|Der Befehl|Befehl|O comando|Il comando|Command|Commande|Comando|El comando|La orden|Kommando) .{1,60}?"
    r"(?:not found|pas \u00e9t\u00e9 trouv\u00e9e|introuvable|nicht gefunden|n\u00e3o (?:foi )?encontrado|non (?:\u00e8 stato )?trovato|no (?:se ha )?encontrad[oa])"
    r"|No se (?:ha encontrado|encontr\u00f3) la orden .{1,60}|\u30b3\u30de\u30f3\u30c9 .{1,60}\u898b\u3064\u304b\u308a\u307e\u305b\u3093"
    r"|(?:\u627e\u4e0d\u5230\u547d\u4ee4|\u672a\u627e\u5230\u547d\u4ee4).{1,60}).{0,120}$"
)
# Get-PhysicalDisk : The term 'Get-PhysicalDisk' is not recognized        Get-Disk : Zugriff verweigert
_POWERSHELL = re.compile(r"(?:Get|Select|Format|Export|ConvertTo|Invoke)-[A-Z][A-Za-z]{2,40} ?: .{1,400}$")
_ALL = (_NOT_FOUND, _POWERSHELL, _SHELL, _COMMAND, FAILED_TO_OPEN, _DISKLIB, _NDCTL, _ESXI, _PLAIN)
_MAY_FAIL = re.compile(r"[:'\u2018`(\u00ab\u201c\u300c\"]|denied|permitted|failed|found|Killed|fault|handled|skipping")


def is_failure(line: str) -> bool:
    """Tell whether a line is an error message."""
    if not line or not _MAY_FAIL.search(line):
        return False
    return any(pattern.match(line) for pattern in _ALL)


# What is of disks, of where they lie, or of how other machines are asked for them.
_OF_DISKS = re.compile(
    r"disk|vmdk|vmfs|vmx|datastore|storage|volume|scsi|nvm|ndctl|daxctl|pmem|nmem|blk|mount|uuid|vim-cmd|esxcli|localcli|/dev/|/sys/|/proc/"
    r"|\b(?:sudo|ssh|su|cd|ls|find|df|Get-\w+|Invoke-\w+|wmic|pwsh|powershell|sh|bash|for|while)\b",
    re.IGNORECASE,
)


def is_of_no_disk(command: Command, line: str) -> bool:
    """Tell whether an error is of a command that nobody types for a disk's sake: it says nothing of what is missing here."""
    if command.elsewhere or command.target:
        return False
    return not _OF_DISKS.search(command.text) and not _OF_DISKS.search(_SHELLS_NAME.sub("", line))


# -bash: htop: command not found
_SHELLS_NAME = re.compile(r"^-?(?:ba|a|da|k|z)?sh: (?:line [0-9]{1,4}: )?")
