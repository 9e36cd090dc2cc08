"""Whose capture is it? What the capture itself says; else what its path says; else nobody's, called after the source.

A machine that nothing names is nobody else: its name is the source's, in parentheses. Names are compared without case, and a
short name is the full one that begins with it, where the site has just one such.
"""

from __future__ import annotations

import re
import shlex
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from reconcile import strengths
from reconcile.bundles import name_in_folder
from reconcile.made import made
from reconcile.overrides import machine_of
from reconcile.parsers.blocks import kind_of
from reconcile.parsers.records import (
    Answer,
    Asked,
    Attached,
    Dimm,
    Disk,
    Entry,
    Filesystem,
    Hostname,
    Mapping,
    Mount,
    Namespace,
    Region,
    UuidSet,
    Vm,
)
from reconcile.prompts import is_no_name
from reconcile.readings import PlainReading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconcile.overrides import Override
    from reconcile.readings import AnyReading, Part

# Words of commands: what people call a capture after.
_CAPTURE_WORDS = frozenset(
    "ndctl list daxctl df ls vmkfstools getuuid uuid uuids lsblk findmnt uname hostname date esxcli dmesg mount dmidecode lsscsi"
    " stdout stderr sha256 sha256sum sha256sums".split()
)
# Words that never name a machine by themselves: roles, and what people call a file that holds whatever was on the screen.
_ROLE_WORDS = frozenset(
    "host hosts guest guests vm vms esx esxi capture captures output outputs site sites session sessions transcript terminal console"
    " screen putty paste pasted shell ssh command commands result results all full data dump raw new old before after file files"
    " pmem vpmem nvdimm nvdimms vmdk vmdks disk disks checksum checksums hash hashes sums manifest".split()
)
_EXTENSIONS = frozenset("txt log json out csv gz xz bz2 zip tar tgz typescript cap capture text lst".split())
_SEPARATOR = re.compile(r"([\s._,;=@()+-]+)")
# Folders of support bundles (sos, insights, vm-support), the same in everybody's.
_BUNDLE_FOLDERS = frozenset(
    "sos_commands insights_commands commands block date devicemapper filesys hardware host kernel pmem etc proc sys var tmp vmfs volumes"
    " data meta_data live_response system network storage vms".split()
)
# What is no name by itself, in small letters.
_NOT_BY_THEMSELVES = _CAPTURE_WORDS | _ROLE_WORDS | _BUNDLE_FOLDERS
# Letters that are flags behind the command in front of them: ndctl-list-DRN, df_h, ls-la.
_FLAGS = {
    "ndctl": re.compile(r"[BDRNFHMXCivuc]{1,14}$|[brdnmt]$"),
    "list": re.compile(r"[BDRNFHMXCivuc]{1,14}$|[brdnmt]$"),
    "daxctl": re.compile(r"[RDiu]{1,4}$"),
    "df": re.compile(r"[ahklmTiP]{1,4}$"),
    "ls": re.compile(r"[1aAhilnRrstFpd]{1,6}$"),
    "lsblk": re.compile(r"[JObPfto]{1,4}$"),
    "uname": re.compile(r"[asnrvmpio]{1,8}$"),
    "hostname": re.compile(r"[sfd]$"),
}
# Objects that a filter names: ndctl-list-D-d-nmem0, list_R_r_region0.
_OBJECT = re.compile(r"(?:nmem|region|namespace|ndbus|pmem|dax)[0-9]+$")
# 2026-11-22        20261122        2026-11-22T1012        20261122-101112
_DATE = re.compile(
    r"(?<![0-9])(?:19|20)[0-9]{2}([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12][0-9]|3[01])"
    r"(?:[T_ -]?[0-2][0-9][-:.]?[0-5][0-9](?:[-:.]?[0-5][0-9])?Z?)?(?![0-9])"
)


def name_in_path(path: str) -> str:
    """Return the machine's name in a source's path: the nearest part that says one, from the file's stem outward."""
    if "vmfs/volumes/" in path or (".vm" in path and _DISK_FILE.match(path.rpartition("/")[2])):
        # What lies below is named after datastores, VMs and disks, and so is a disk's own file.
        path = path.partition("vmfs/volumes/")[0] if "vmfs/volumes/" in path else path.rpartition("/")[0] + "/"
    folder, _, file = path.rpartition("/")
    return _name_in_file(folder, without_extensions(file))


def hint_and_name_in(path: str) -> tuple[str, str]:
    """Return what `hint_in_path` and `name_in_path` do, for most paths in one look."""
    if ".vm" in path or "vmfs/" in path:
        return hint_in_path(path), name_in_path(path)
    folder, _, file = path.rpartition("/")
    stem = without_extensions(file)
    return _hint_in(stem.lower()), _name_in_file(folder, stem)


def _name_in_file(folder: str, stem: str) -> str:
    # What a bundle's program calls its files says nothing; its folder's name does.
    bundle, above = _names_in_folders(folder)
    return bundle or name_in_folder(stem) or _name_in_part(stem) or above


@lru_cache(maxsize=1 << 10)
def _names_in_folders(path: str) -> tuple[str, str]:
    """Return the names that a source's folders say: of a bundle, and else of a machine, each ``""`` where there is none."""
    parts = [without_extensions(part.removesuffix("!")) if part.endswith("!") else part for part in reversed(path.split("/"))]
    bundle = next((name for part in parts if (name := name_in_folder(part))), "")
    return bundle, next((name for part in parts if (name := _name_in_part(part))), "")


def _name_in_part(part: str) -> str:
    if part.isalnum() and part.isascii() and not part.isdecimal():
        # What a file mostly is called after: its machine and nothing else. A fleet has 100,000 such names.
        lower = part.lower()
        if lower not in _NOT_BY_THEMSELVES and not _OBJECT.match(lower) and "19" not in part and "20" not in part:
            return "" if is_no_name(part) else part
    return "" if part.casefold() in _BUNDLE_FOLDERS else _name_in(part)


# db01.vmdk        db01.vmdk.txt        getuuid_db01_1.vmdk.txt        vmkfstools -J getuuid db01.vmdk.log        db01.vmx
_DISK_FILE = re.compile(
    r"(?:(?:vmkfstools|getuuid|uuid|-?J|cat|grep|ddb)[\s_.-]+){0,4}([^/]{1,250}\.(?:vmdk|vmx))(?:[\s._-](?:uuid|getuuid|txt|log|out)){0,3}$"
)


def hint_in_path(path: str) -> str:
    """Return the command line that a source's name speaks of, for the commands whose output does not show what it is.

    A source that is called after a disk or a VM's configuration holds that file, as if it had been shown by ``cat``, or what was
    asked of it; in a bundle its path says where it lay.
    """
    file = path.rpartition("/")[2]
    disk = _DISK_FILE.match(file) if ".vm" in file else None
    if disk:
        _, volumes, inner = path.rpartition("vmfs/volumes/")
        folder = f"/{volumes}{inner}".rpartition("/")[0] + "/" if volumes else ""
        return f"cat {shlex.quote(folder + disk[1])}"
    return _hint_in(without_extensions(file).lower())


def _hint_in(stem: str) -> str:
    if not _ANY_HINT.search(stem):
        return ""
    return next((_HINTS[word] for word in _SEPARATOR.split(stem) if word in _HINTS), "")


# Of the commands whose output does not say what it is. ndctl, df and others stand here so that the first word counts.
_HINTS = {
    "ls": "ls", "hostname": "hostname", "daxctl": "daxctl list", "date": "date", "ndctl": "", "df": "",
    "sha256": "sha256sum", "sha256sum": "sha256sum", "sha256sums": "sha256sum",
}  # fmt: skip
_ANY_HINT = re.compile("|".join(_HINTS))


def without_extensions(name: str) -> str:
    """Return a file's name without the endings that captures and archives have."""
    while True:
        stem, dot, extension = name.rpartition(".")
        if not dot or not stem or extension.lower() not in _EXTENSIONS:
            return name
        name = stem


def _name_in(part: str) -> str:
    """Take capture words, flags, objects and dates away; what is left is a name unless it is all role words or figures."""
    if _ADDRESS.match(part):
        return part
    part = _DATE.sub(" ", part) if "19" in part or "20" in part else part
    tokens = _SEPARATOR.split(part)
    words = tokens[0::2]
    if _is_plain(words):
        return "" if is_no_name(part) else part
    gaps = ["", *tokens[1::2]]
    kept: list[tuple[str, str]] = []
    command = ""
    skipped = False
    for gap, word in zip(gaps, words, strict=True):
        lower = word.lower()
        flags = _FLAGS.get(command)
        if not word or lower in _CAPTURE_WORDS or _OBJECT.match(lower) or (flags and flags.match(word)):
            command = lower if lower in _CAPTURE_WORDS else command
            skipped = True
            continue
        kept.append(("-" if skipped and kept and not gap.strip(" ") else gap, word))
        command, skipped = "", False
    if all(word.lower() in _ROLE_WORDS for _, word in kept) or all(word.isdecimal() for _, word in kept):
        return ""
    name = "".join(gap + word for gap, word in kept)[len(kept[0][0]) :].strip()
    return "" if is_no_name(name) else name


def _is_plain(words: Sequence[str]) -> bool:
    """Tell whether nothing is to be taken away from a name's words, and they are one."""
    lower = [word.lower() for word in words]
    return (
        "" not in lower
        and _CAPTURE_WORDS.isdisjoint(lower)
        and not _ROLE_WORDS.issuperset(lower)
        and not any(map(_OBJECT.match, lower))
        and not "".join(lower).isdecimal()
    )


class Machine(NamedTuple):
    """A part's machine: its name, what named it, and whether it is a ``host``, a ``guest`` or either (``""``)."""

    name: str
    named_by: str
    kind: str


_GUEST_RECORDS = frozenset({Dimm, Region, Mapping, Namespace, Mount, Disk})
_HOST_RECORDS = frozenset({Filesystem, Answer, Asked, UuidSet, Vm, Attached})


def name_machines(
    sources: Sequence[tuple[str, str, AnyReading]], overrides: Sequence[Override] = (), bundled: dict[str, str] | None = None
) -> list[tuple[Machine, ...]]:
    """Name the machine of each part of each source of one site.

    A source is its label (unique in the site), its path below the CAPTURE argument, and what was read of it. `overrides` are asked
    first; `bundled` says by label whose the bundle is that a source belongs to.
    """
    bundled = bundled or {}
    named: list[tuple[Machine, ...]] = []
    for label, path, reading in sources:
        overruled = machine_of(label, overrides) if overrides else ""
        if type(reading) is not PlainReading:
            named.append(tuple(_machines_of(label, path, reading, overruled, bundled.get(label, ""))))
        elif overruled:
            named.append((Machine(overruled, _OVERRULED, "guest"),))
        elif reading.host:
            named.append((made(Machine, (reading.host, "prompt", "guest")),))
        elif reading.in_path and not bundled:
            named.append((made(Machine, (reading.in_path, "path", "guest")),))
        else:
            by_path = name_in_path(path) if reading.in_path is None else reading.in_path
            named.append((_named(label, bundled.get(label, ""), by_path, "guest"),))
    canonical = _canonical_names([machine.name for machines in named for machine in machines])
    if not canonical:
        return named
    return [tuple(Machine(canonical.get(name, name), by, kind) for name, by, kind in machines) for machines in named]


def _named(label: str, bundled: str, by_path: str, kind: str) -> Machine:
    """Name a machine of which the source itself says nothing."""
    if bundled:
        return Machine(bundled, "bundle", kind)
    return Machine(by_path, "path", kind) if by_path else Machine(f"({label})", "nothing", kind)


_OVERRULED = strengths.OVERRIDE


def _machines_of(label: str, path: str, reading: AnyReading, overruled: str, bundled: str) -> list[Machine]:
    if overruled:
        return [Machine(overruled, _OVERRULED, _kind_of(part)) for part in reading.parts]
    said = _said_by_hostname(reading)
    own = said.get("") if len({name for name, _ in said.values()}) == 1 else None
    by_path = reading.in_path
    if by_path is None:
        by_path = name_in_path(path) if any(not part.machine for part in reading.parts) else ""
    machines: list[Machine] = []
    for part in reading.parts:
        kind = _kind_of(part)
        if part.machine:
            machines.append(Machine(part.machine, part.named_by, kind))
        elif part.named_by == strengths.NOBODY or (part.lost and (reading.prompted or said)):
            machines.append(_named(label, "", "", kind))
        elif by_hostname := said.get(part.shell, own):
            machines.append(Machine(*by_hostname, kind))
        elif reading.prompted:
            machines.append(_named(label, "", "", kind))
        else:
            machines.append(_named(label, bundled, by_path, kind))
    return machines


# What nearly every source says of itself.
_NOBODY: dict[str, tuple[str, str]] = {}


def _said_by_hostname(reading: AnyReading) -> dict[str, tuple[str, str]]:
    """Return, for each shell of a source that names itself without contradiction, its name and the command that said it."""
    names: dict[str, dict[str, str]] = {}
    for part in reading.parts:
        for block in () if part.machine or part.lost or part.named_by == strengths.NOBODY else part.blocks:
            if kind_of(block) is Hostname:
                for record in block:
                    if isinstance(record, Hostname) and not is_no_name(record.name):
                        names.setdefault(part.shell, {})[record.name] = record.by
    return {shell: next(iter(found.items())) for shell, found in names.items() if len(found) == 1} if names else _NOBODY


def _kind_of(part: Part) -> str:
    for block in part.blocks:
        kind = kind_of(block)
        if kind in _GUEST_RECORDS:
            return "guest"
        if kind in _HOST_RECORDS or any(isinstance(record, Entry) and record.directory.startswith("/vmfs/") for record in block):
            return "host"
    return ""


def _canonical_names(names: Iterable[str]) -> dict[str, str]:
    """Map names to those that are shown instead: of spellings the first in order, of a short and its one full name the full."""
    distinct = sorted(set(names))
    keys = [name.casefold() for name in distinct]
    # Of those with one key, the first is the last that is put in.
    shown = dict(zip(reversed(keys), reversed(distinct), strict=True))
    full: dict[str, list[str]] = {}
    for key in shown:
        if "." in key and not _ADDRESS.match(key) and not key.startswith("("):
            full.setdefault(key.partition(".")[0], []).append(key)
    longer = {short: keys_of[0] for short, keys_of in full.items() if len(keys_of) == 1}
    if not longer and len(shown) == len(distinct):
        return {}
    found = {name: shown[longer.get(key, key)] for name, key in zip(distinct, keys, strict=True)}
    return {name: another for name, another in found.items() if name != another}


_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}$")
