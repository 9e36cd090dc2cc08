"""Which machine a source's path names, and which command: what is left of a name when words of captures, flags, dates and endings are gone."""

from __future__ import annotations

import re
import shlex
from functools import lru_cache
from typing import TYPE_CHECKING

from reconcile.facts.machine_names import is_no_name

if TYPE_CHECKING:
    from collections.abc import Sequence


# Words of commands: what people call a capture after.
_CAPTURE_WORDS = frozenset(
    "ndctl list daxctl df ls vmkfstools getuuid uuid uuids lsblk findmnt uname hostname date esxcli dmesg mount mounts proc dmidecode lsscsi"
    " stdout stderr sha256 sha256sum sha256sums".split()
)
# Words that never name a machine by themselves: roles, and what people call a file that holds whatever was on the screen.
_ROLE_WORDS = frozenset(
    "host hosts guest guests vm vms esx esxi capture captures output outputs site sites session sessions transcript terminal console"
    " screen putty paste pasted shell ssh command commands result results all full data dump raw new old before after file files"
    " pmem vpmem nvdimm nvdimms vmdk vmdks disk disks checksum checksums hash hashes sums manifest"
    " dimm dimms region regions namespace namespaces datastore datastores volumes info information log logs cap notes note report later again"
    " monday tuesday wednesday thursday friday saturday sunday".split()
)
_EXTENSIONS = frozenset(
    "txt log json jsonl out csv tsv gz xz bz2 zip tar tgz typescript cap capture text lst md asc doc docx rtf odt htm html eml msg xml yaml yml".split()
)
_SEPARATOR = re.compile(r"([\s._,;=@()+-]+)")
# Folders of support bundles (sos, insights, vm-support), the same in everybody's.
_BUNDLE_FOLDERS = frozenset(
    "sos_commands insights_commands commands block date devicemapper filesys hardware host kernel pmem etc proc sys var tmp vmfs volumes"
    " data meta_data live_response system network storage vms".split()
)
# What is no name by itself, in small letters.
_NOT_BY_THEMSELVES = _CAPTURE_WORDS | _ROLE_WORDS | _BUNDLE_FOLDERS
# What titles in a capture are called after, besides.
_TITLES = frozenset(
    "storage network memory cpu system summary overview filesystem filesystems mounts namespaces regions dimms drives volumes snapshots"
    " datastores devices properties details configuration config settings version versions info information status state errors warnings"
    " note notes todo end begin start stop done ok success failed error warning example examples introduction appendix contents first second"
    " third last next previous hardware software kernel inventory report results checks step steps"
    "".split()
)
# What is a flag right behind the command in front of it: ndctl-list-DRN, df_h, ls-la. As people write them, for CRM and mail are names.
_NDCTL_FLAGS = re.compile(r"[BDRNFHMXCivu]{1,14}$|[brdnmt]$")
_FLAGS = {
    "list": _NDCTL_FLAGS,
    # Without the word list, all three of them.
    "ndctl": re.compile(r"(?=[DNR]{0,2}D)(?=[DNR]{0,2}R)(?=[DNR]{0,2}N)[DNR]{3}[BHiuv]{0,4}$"),
    "daxctl": re.compile(r"[RD]i?u?$"),
    "df": re.compile(r"(?:[hkmHTiPa]|[hkmPa]T|T[hkm]|ah|ha|hP|Ph)$"),
    "ls": re.compile(r"(?:[1aAlRFdist]|l[ahrtRAdis]{1,4}|[aA]l[hrtRi]{0,3}|R[1al]{1,3}|1[aAR])$"),
    "lsblk": re.compile(r"(?:[JObPfto]|[JbfPp]O|O[Jb]|JbO|bJO|JOb|bOJ|[Jf]b|bJ|Pb|bP|fs)$"),
    "findmnt": re.compile(r"(?:[PJlrnbDAR]|[lrnPJ][ob])$"),
    "lsscsi": re.compile(r"(?:[sguvdlitcL]|[sguv]{2})$"),
    "uname": re.compile(r"(?:[asnrvmpio]|s?n?r|sr[vm]{1,2})$"),
    "hostname": re.compile(r"(?:[sfd]|fqdn)$"),
}
# Objects that a filter names: ndctl-list-D-d-nmem0, list_R_r_region0.
_OBJECT = re.compile(r"(?:nmem|region|namespace|ndbus)[0-9]+$")
# Devices, as the kernel counts them: pmem0, dax1.0, and only behind a command, for a machine may be called pmem1.
_DEVICE = re.compile(r"(?:pmem|dax)(?:0|[1-9][0-9]{0,2})$")
_SHOWS_DEVICES = frozenset({"lsblk", "df", "mount", "mounts", "findmnt", "daxctl", "list", "ls"})
# 2026-11-22        20261122        2026-11-22T1012        20261122-101112
_DATE = re.compile(
    r"(?<![0-9])(?:19|20)[0-9]{2}([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12][0-9]|3[01])"
    r"(?:[T_ -]?[0-2][0-9][-:.]?[0-5][0-9](?:[-:.]?[0-5][0-9])?Z?)?(?![0-9])"
)


# db07-by-id        ls-l-dev-disk-by-id        cat-proc-self-mounts
_FILES_ASKED = re.compile(
    r"(?i)(?<![a-z0-9])(?:(?:dev[-_. ])?(?:disk[-_. ])?by[-_. ](?:id|path|uuid|label)|cat[-_. ]proc[-_. ](?:self[-_. ])?mounts)(?![a-z0-9])"
)
# Where such a thing, or a date, was taken out: what parted it from both sides parts these now.
_CUT = re.compile(r"[\s._,;=@()+-]{0,9}\0[\s._,;=@()+-]{0,9}")
# 10.0.0.5
ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}$")


def name_in_path(path: str) -> str:
    """Return the machine's name in a source's path: the nearest part that says one, from the file's stem outward."""
    if "vmfs/volumes/" in path or (".vm" in path and _DISK_FILE.match(path.rpartition("/")[2])):
        # What lies below is named after datastores, VMs and disks, and so is a disk's own file.
        path = path.partition("vmfs/volumes/")[0] if "vmfs/volumes/" in path else path.rpartition("/")[0] + "/"
    folder, _, file = path.rpartition("/")
    return _name_in_file(folder, without_extensions(file))


def is_word_of_captures(word: str) -> bool:
    """Tell whether a word is one that captures, their folders or the titles in them are called after, and so no machine's name by itself."""
    return word.lower() in _NOT_BY_THEMSELVES or word.lower() in _TITLES


def hint_and_name_in(path: str) -> tuple[str, str]:
    """Return what `hint_in_path` and `name_in_path` do, for most paths in one look."""
    if ".vm" in path or "vmfs/" in path:
        return hint_in_path(path), name_in_path(path)
    folder, _, file = path.rpartition("/")
    stem = without_extensions(file)
    return _hint_in(stem.lower()), _name_in_file(folder, stem)


def names_of_stem_and_folders(path: str) -> tuple[str, str]:
    """Return the name that a source's own file name says, and the nearest that its folders say, each ``""`` where there is none."""
    folder, _, file = path.rpartition("/")
    return _name_in_part(without_extensions(file)), _names_in_folders(folder)[1]


def without_roles(name: str) -> str:
    """Return a path's name without words of captures and roles around it, in small letters: db01-before is db01."""
    words = [word for word in re.split(r"[\s_-]+", name.casefold()) if word not in _NOT_BY_THEMSELVES and not word.isdecimal()]
    return "-".join(words)


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
    only = _ONLY.search(stem) if "ndctl" in stem else None
    if only:
        return f"ndctl list -{only[1]} {only[2]}"
    return next((_HINTS[word] for word in _SEPARATOR.split(stem) if word in _HINTS), "")


# ndctl-list-D-d-nmem0        ndctl_list_-R_-r_region0: what such a file holds is not all that the guest has.
_ONLY = re.compile(r"[-_. ]([bdnr])[-_. ]{1,3}((?:nmem|region|namespace|ndbus)[0-9]{1,4})(?![0-9])")
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
    if ADDRESS.match(part):
        return part
    part = _DATE.sub("\0", part) if "19" in part or "20" in part else part
    part = _CUT.sub("-", _FILES_ASKED.sub("\0", part))
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
        is_device = _OBJECT.match(lower) or (command in _SHOWS_DEVICES and _DEVICE.match(lower))
        if not word or lower in _CAPTURE_WORDS or is_device or (flags and flags.match(word)):
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


# sosreport-db01-2026-11-22-abcdefg        sosreport-db01.01234567-20261122101112        scc_db01_261122_1012
# vm-support-esx01-2026-11-22.1234        esx-esx01-2026-11-22--10.12-12345        insights-db01-20261122101112        uac-esx01-esxi-2026...
_FOLDERS = (
    re.compile(r"sosreport-(.+)-[0-9]{4}-[0-9]{2}-[0-9]{2}-[a-z]{7}$"),
    re.compile(r"sosreport-(.+?)(?:\.[0-9]+)?-[0-9]{14}$"),
    re.compile(r"(?:scc|nts)_(.+)_[0-9]{6}_[0-9]{4}$"),
    re.compile(r"(?:esx|vm-support)-(.+?)-[0-9]{4}-[0-9]{2}-[0-9]{2}[-.].*$"),
    re.compile(r"insights-(.+)-[0-9]{14}$"),
    re.compile(r"uac-(.+)-[a-z]+-[0-9]{14}$"),
)


# What each of these begins with.
_FOLDERS_BEGIN = ("sosreport-", "scc_", "nts_", "esx-", "vm-support-", "insights-", "uac-")


def name_in_folder(part: str) -> str:
    """Return the machine's name in the name of a bundle's own folder or archive, or ``""``."""
    if not part.startswith(_FOLDERS_BEGIN):
        return ""
    return next((found[1] for pattern in _FOLDERS if (found := pattern.match(part))), "")
