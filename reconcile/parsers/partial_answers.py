"""Which answers of a guest do not show all that there is: their command filters, or its output went through one that drops lines."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.records import Damage, Dimm, Disk, Failure, Mapping, Mount, Namespace, Partial, Region
from reconcile.transcript.command_lines import pipe_ends

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.facts.records import Record
    from reconcile.transcript.command_lines import Command, Simple

_OF_GUESTS = (Dimm, Region, Mapping, Namespace, Mount, Disk)
# What passes on all that it is given.
_PASSES = frozenset(
    "tee cat less more sort nl unbuffer dos2unix ft fl format-table format-list sort-object convertto-json convertto-csv export-csv out-string out-file out-host"
    " tee-object".split()
)
# Of PowerShell's Select-Object, what takes some objects and not all: -First 1, -Unique.
_SELECTS_SOME = ("-f", "-l", "-s", "-i", "-u")
# One file of sysfs by its name, which says nothing of the others: /sys/bus/nd/devices/nmem0/nfit/id
_ONE_FILE = re.compile(r"(?:.*/)?(?:nmem|region)[0-9]+(?:/.*)?$")
# Options without a word of their own, as -d and -J: in -dno the word of o stands behind.
_SHORT = re.compile(r"-[A-Za-z]+$")
# ls -l /dev/disk/by-id/
_BY_ID = re.compile(r"/dev/disk(?:/by-[a-z]+)?/?\*?$")
# Get-Disk -CimSession win07
_OF_MACHINE = frozenset({"-cimsession", "-computername"})


class _Options(NamedTuple):
    """Of a command, the options that filter and those that take a word and do not, and whether any other word filters."""

    filters: str
    long: tuple[str, ...]
    takes: str
    names: bool


_COMMANDS = {
    # Source: ndctl's manual page of list, v81.
    "ndctl": _Options("brdnmtU", ("--bus", "--region", "--dimm", "--namespace", "--mode", "--type", "--numa-node"), "", names=False),
    # Source: util-linux's manual pages of lsblk and findmnt, 2.38.
    "lsblk": _Options("dSNveI", ("--nodeps", "--scsi", "--nvme", "--virtio", "--exclude", "--include"), "oxMEwT", names=True),
    "findmnt": _Options("tOSTNpUx", ("--types", "--options", "--source", "--target", "--task", "--uniq"), "oMFw", names=True),
    "df": _Options("tx", ("--type", "--exclude-type"), "B", names=True),
    "mount": _Options("tO", ("--types",), "", names=True),
}
# findmnt -T takes a path; what these say of the form is no filter.
_FORMS = frozenset({"list", "ext4", "xfs"})


def mark_partial(command: Command, first: int, records: Sequence[Record], *, is_recorded: bool = False) -> tuple[Record, ...]:
    """Return a mark for a guest's answer that begins in line `first` and may not show all that there is.

    A script of ours asks for everything, with each file by its name, so of what is recorded only what failed is not whole.
    """
    if not any(isinstance(record, _OF_GUESTS) for record in records):
        return ()
    broken = any(isinstance(record, Failure | Damage) for record in records)
    disks, others = (broken or (not is_recorded and drops(command)) for drops in (may_drop_disks, may_drop))
    return (Partial(first, first, disks, others),) if disks or others else ()


def may_drop(command: Command) -> bool:
    """Tell whether a command line shows less than there is.

    >>> from reconcile.transcript.command_lines import parse_command
    >>> [may_drop(parse_command(text)) for text in ("ndctl list -DRNi | tee x", "ndctl list -D -d nmem0", "lsblk | grep pmem")]
    [False, True, True]
    """
    piped = any(simple.piped for simple in command.simples)
    return any(map(_filters, command.simples)) or (piped and not all(map(_passes, pipe_ends(command.text) or [()])))


def may_drop_disks(command: Command) -> bool:
    """Tell whether a command line shows less than all disks: only what is known to list them all does not.

    >>> from reconcile.transcript.command_lines import parse_command
    >>> [may_drop_disks(parse_command(text)) for text in ("lsblk -dno NAME,SERIAL", "lsblk -dno NAME,SERIAL sdb", "Get-Disk -Number 1")]
    [False, True, True]
    """
    piped = any(simple.piped for simple in command.simples)
    if command.loop or any(map(_drops_disks, command.simples)):
        return True
    return piped and not all(map(_passes, pipe_ends(command.text) or [()]))


def _drops_disks(simple: Simple) -> bool:
    name, rest = simple.name.lower(), [word.lower() for word in simple.words[1:]]
    if name == "lsblk":
        # -d leaves out what lies on disks, and -S what is no SCSI disk.
        words = (re.sub("[dS]", "", word) if _SHORT.match(word) else word for word in simple.words)
        return _filters(simple._replace(words=tuple(word for word in words if word not in {"-", "--nodeps", "--scsi"})))
    if name in {"get-disk", "get-physicaldisk"}:
        return bool(set(rest) - _OF_MACHINE - {word for before, word in pairwise(rest) if before in _OF_MACHINE})
    if name == "ls":
        return not all(word.startswith("-") or _BY_ID.match(word) for word in rest)
    if name == "wmic":
        return "where" in rest
    return (name == "lsscsi" and any(not word.startswith("-") for word in rest)) or name in {"udevadm", "scsi_id"}


def _filters(simple: Simple) -> bool:
    if simple.name in {"grep", "cat", "head", "tail"}:
        return simple.name in {"head", "tail"} or any(_ONE_FILE.match(word) for word in simple.words[1:])
    options = _COMMANDS.get(simple.name)
    if options is None:
        return False
    words = iter(simple.words[1:])
    for word in words:
        if word.startswith("--"):
            name, _, value = word.partition("=")
            if name in options.long:
                return (value or next(words, "")) != "all"
        elif word.startswith("-") and len(word) > 1:
            at = next((index for index, letter in enumerate(word) if index and letter in options.filters + options.takes), 0)
            if at and word[at] in options.filters:
                return (word[at + 1 :] or next(words, "")) != "all"
            if at and not word[at + 1 :]:
                next(words, "")
        elif options.names and word not in _FORMS:
            return True
    return False


def _passes(words: tuple[str, ...]) -> bool:
    """Tell whether the end of a pipe prints all that it is given."""
    if not words:
        return False
    name, rest = words[0].rpartition("/")[2], words[1:]
    if name == "jq":
        return all(word == "." or word in {"-C", "-M", "-S", "--color-output", "--sort-keys"} for word in rest)
    if name.startswith("python"):
        return rest[:2] == ("-m", "json.tool")
    if name.lower() in {"select", "select-object"}:
        return not any(word.lower().startswith(_SELECTS_SOME) for word in rest)
    return name.lower() in _PASSES


# ndctl-list-D-d-nmem0.json: a file that is called after one device
_NAMES_ONE = re.compile(r"(?:nmem|region|namespace|ndbus|sd[a-z])[0-9.]*(?=[-_. ]|$)")


def is_named_after_one(path: str) -> bool:
    """Tell whether a file is called after one device: where no command stands in it, it may show that alone.

    >>> [is_named_after_one(path) for path in ("db01/ndctl-list-D-d-nmem0.json", "db01/ndctl-list-D.json")]
    [True, False]
    """
    return bool(_NAMES_ONE.search(path.rpartition("/")[2]))
