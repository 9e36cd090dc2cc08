"""The vocabulary: which commands' output this tool reads. A new one is a file beside this one and a line in `PARSERS`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from reconcile.facts.records import Disputed, Parsed
from reconcile.parsers import (
    by_id,
    date,
    daxctl,
    descriptor,
    df,
    dmidecode,
    esxcli_filesystem,
    find_list,
    findmnt,
    hostname,
    ls,
    lsblk,
    ndctl,
    powershell,
    pwd,
    scsi_id,
    sha256sum,
    sysfs,
    vm_list,
    vmkfstools,
    vmkfstools_volume,
    vmx,
)
from reconcile.parsers.bulk_answers import Answers
from reconcile.parsers.bulk_sections import Forms
from reconcile.parsers.kinds import swallowed

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconcile.transcript.command_lines import Command, Simple
    from reconcile.transcript.sections import Section


@dataclass(frozen=True, slots=True)
class Parser:
    """One command of the vocabulary.

    `runs` tells from a command's words whether its output is for this parser, `starts` from a line whether an answer may begin
    there where no command is known, and `parse` reads a section. `command` is what to type to get such a capture. Where several see an
    answer begin, only those need try whose answers hold one of their `marks`.
    """

    name: str
    where: str
    command: str
    reads: str
    runs: Callable[[Simple], bool]
    starts: Callable[[str], bool]
    parse: Callable[[Section], Parsed]
    marks: tuple[str, ...] = ()


PARSERS = (
    Parser(
        "ndctl", "guest", "ndctl list -DRNi", "ndctl list with any flags: dimms, regions, mappings, namespaces",
        ndctl.runs, ndctl.starts, ndctl.parse,
    ),
    Parser(
        "vmkfstools", "host", "vmkfstools -J getuuid FILE.vmdk", "UUIDs of disks, one command each or from a loop that echoes names",
        vmkfstools.runs, vmkfstools.starts, vmkfstools.parse,
    ),
    Parser(
        "descriptor", "host", "grep -H ddb.uuid *.vmdk", "a disk's descriptor: the .vmdk file itself, cat FILE.vmdk, grep ddb.uuid",
        descriptor.runs, descriptor.starts, descriptor.parse,
    ),
    Parser(
        "df", "host, guest", "df -h", "file systems of ESXi (-h, -m, -k, bytes); mounts of Linux",
        df.runs, df.starts, df.parse,
    ),
    Parser(
        "lsblk", "guest", "lsblk -J -b -O", "block devices, what lies on what, serials, mounts; as a table, -J or -P",
        lsblk.runs, lsblk.starts, lsblk.parse, ('"blockdevices"', "NAME", "PATH"),
    ),
    Parser(
        "findmnt", "guest", "findmnt -J", "what is mounted where: findmnt as a table, -J or -P; mount; /proc/mounts",
        findmnt.runs, findmnt.starts, findmnt.parse, ('"filesystems"', "TARGET", " type ", " 0", " 1", " 2"),
    ),
    Parser(
        "esxcli", "host", "esxcli storage filesystem list", "datastores with name, volume id and size; text, --formatter=csv, --formatter=json",
        esxcli_filesystem.runs, esxcli_filesystem.starts, esxcli_filesystem.parse, ('"VolumeName"', "Mount Point", "MountPoint"),
    ),
    Parser(
        "daxctl", "guest", "daxctl list", "character devices of devdax namespaces",
        daxctl.runs, daxctl.starts, daxctl.parse, ('"chardev"',),
    ),
    Parser(
        "sysfs", "guest", "grep . /sys/bus/nd/devices/nmem*/nfit/id", "dimms, regions and mappings, where ndctl is missing; also nfit/serial with nfit/vendor",
        sysfs.runs, sysfs.starts, sysfs.parse,
    ),
    Parser(
        "scsi_id", "guest", "lsscsi -i", "SCSI disks' identifications: scsi_id, lsscsi -i",
        scsi_id.runs, scsi_id.starts, scsi_id.parse,
    ),
    Parser(
        "dmidecode", "guest", "dmidecode -t system", "the VM's BIOS UUID, vendor and product",
        dmidecode.runs, dmidecode.starts, dmidecode.parse,
    ),
    Parser(
        "powershell", "guest", "Get-PhysicalDisk | Format-List", "Windows disks and partitions, the VM's BIOS UUID; as a list, a table, JSON or CSV",
        powershell.runs, powershell.starts, powershell.parse, ("SerialNumber", "DriveLetter", "UUID", "Serial Number"),
    ),
    Parser(
        "volume", "host", "vmkfstools -P /vmfs/volumes/DATASTORE", "a datastore's name and volume id",
        vmkfstools_volume.runs, vmkfstools_volume.starts, vmkfstools_volume.parse,
    ),
    Parser(
        "vms", "host", "vim-cmd vmsvc/getallvms", "VMs, their names and files; also esxcli vm process list",
        vm_list.runs, vm_list.starts, vm_list.parse,
    ),
    Parser(
        "vmx", "host", "cat VM.vmx", "a VM's configuration: its name and which disk is in which slot; the .vmx file itself, cat, grep",
        vmx.runs, vmx.starts, vmx.parse,
    ),
    Parser(
        "by-id", "guest", "ls -l /dev/disk/by-id", "SCSI disks' identifications as links, from whatever shows them: ls -l, tree, find -ls",
        by_id.runs, by_id.starts, by_id.parse,
    ),
    Parser(
        "ls", "host, guest", "ls -l /vmfs/volumes/DATASTORE/VM",
        "listings: one name a line, columns, -l, -lh, -a, -R, symlinks; a guest's /dev/disk/by-id",
        ls.runs, ls.starts, ls.parse,
    ),
    Parser(
        "find", "host", "find /vmfs/volumes -name '*.vmdk'", "paths, one a line",
        find_list.runs, find_list.starts, find_list.parse,
    ),
    Parser(
        "hostname", "host, guest", "uname -a", "the machine's name: hostname, uname -n, uname -a",
        hostname.runs, hostname.starts, hostname.parse,
    ),
    Parser(
        "pwd", "host, guest", "pwd", "the working directory, where a prompt does not show it",
        pwd.runs, pwd.starts, pwd.parse,
    ),
    Parser(
        "date", "host, guest", "date -u", "the machine's clock",
        date.runs, date.starts, date.parse,
    ),
    Parser(
        "sha256sum", "anywhere", "sha256sum *", "sums of the captures themselves: coreutils, --tag, openssl, PowerShell's Get-FileHash",
        sha256sum.runs, sha256sum.starts, sha256sum.parse,
    ),
)  # fmt: skip


def parsers_of(command: Command) -> tuple[Parser, ...]:
    """Return the parsers that claim a command line; none where its output is not in the vocabulary or of several commands."""
    if vmkfstools.runs_loop(command):
        return (_BY_NAME["vmkfstools"],)
    only = command.only()
    if only is None:
        return ()
    return tuple(parser for parser in PARSERS if parser.runs(only))


def is_outside(command: Command) -> bool:
    """Tell whether a command line prints, and nothing of what it prints is in the vocabulary."""
    if command.unclear or not command.prints or vmkfstools.runs_loop(command):
        return False
    return not any(parser.runs(simple) for parser in PARSERS for simple in command.simples)


def parsers_starting(line: str) -> tuple[Parser, ...]:
    """Return the parsers that see an answer begin on this line."""
    return _starting_known(line) if len(line) < _SHORT else _starting(line)


# Such as the brackets of JSON: the same few lines, over and over.
_SHORT = 16


# What begins in a quotation mark and is no member of JSON: disks' names, and cells of CSV.
_NO_JSON = (".vmdk", '","', '";"')


def _starting(line: str) -> tuple[Parser, ...]:
    first = line.lstrip()[:1]
    if first in {"}", "]"} or (first == '"' and not any(sign in line for sign in _NO_JSON)):
        # Most lines of most captures: the inside of JSON.
        return ()
    return tuple(parser for parser in PARSERS if parser.starts(line))


def answer_of(parser: Parser, section: Section) -> Parsed:
    """Let a parser read a section. A line that it takes without a record, and which is of no kind that may be taken so, it did not understand."""
    parsed = parser.parse(section)
    lost = swallowed(parser.name, section, parsed)
    return parsed._replace(not_understood=tuple(sorted((*parsed.not_understood, *lost)))) if lost else parsed


def parsed_by(claiming: tuple[Parser, ...], section: Section) -> Parsed:
    """Let the parsers that claim a section read it. What more than one of them finds something in, none is believed of."""
    if len(claiming) > 1:
        text = "\n".join(section.lines)
        claiming = tuple(parser for parser in claiming if not parser.marks or any(mark in text for mark in parser.marks)) or claiming
    if len(claiming) == 1:
        return answer_of(claiming[0], section)
    parsed = [(parser.name, answer_of(parser, section)) for parser in claiming]
    found = [(name, one) for name, one in parsed if one.records or one.owned]
    if not found:
        return min((one for _, one in parsed), key=lambda one: len(one.not_understood))
    everything = set(range(section.first, section.first + len(section.lines)))
    taken = [everything.difference(one.noise, one.not_understood) for _, one in found]
    if len(set().union(*taken)) < sum(len(lines) for lines in taken):
        disputed = Disputed(section.first, " and ".join(name for name, _ in found))
        return Parsed((disputed,), (), tuple(sorted(everything)))
    left = everything.difference(*taken)
    noise = left.intersection(*(one.noise for _, one in found))
    return Parsed(
        tuple(record for _, one in found for record in one.records),
        tuple(sorted(noise)),
        tuple(sorted(left - noise)),
        tuple(owned for _, one in found for owned in one.owned),
    )


_starting_known = lru_cache(maxsize=4096)(_starting)
PLAIN_ANSWERS = Answers([ndctl.PLAIN])
PLAIN_FORMS = Forms([vmkfstools.PLAIN, ls.PLAIN])
_BY_NAME = {parser.name: parser for parser in PARSERS}
