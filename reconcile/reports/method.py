"""The method in words: how rows come about, what the rules mean, what the report cannot tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.findings.rules import RULES

if TYPE_CHECKING:
    from reconcile.results.reconciliation import Reported

_TOPICS = (
    ("The rule", "The last 32 bits of a vmdk's UUID, as vmkfstools -J getuuid prints it, are the serial at the end of the dimm's id in"
     " ndctl list -D: UUID 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c is id 8902-206b080c. 8902 is VMware's vendor code; ids of"
     " other vendors are never joined. The rule is observed on real machines and follows from how Linux prints the id; VMware has not"
     " published it."),
    ("Ordinary disks", "With disk.EnableUUID a SCSI disk shows its vmdk's whole UUID in the guest (lsblk, /dev/disk/by-id, scsi_id): such a"
     " disk is a device of kind disk and joins on all 32 digits. A disk that shows none, a virtual NVMe or SATA disk is not joinable, and"
     " not missing. A vmdk on persistent memory that is a SCSI disk (vPMemDisk) is no nmem."),
    ("matched", "One device and one vmdk have these digits, or evidence that does not depend on names leaves one of several."),
    ("ambiguous", "Several devices and vmdks share the digits and nothing captured tells them apart. n devices and m vmdks stand as n rows"
     " with no host's side and m rows with no guest's side."),
    ("guest-only", "A device whose digits no captured vmdk has, or whose id says nothing."),
    ("host-only", "A vmdk whose digits no captured device has, or whose UUID is not known."),
    ("Left over", "A row of one side is contradicted where another device of the guest, or another vmdk of the VM folder, found its match:"
     " the other side was captured and this is not in it. Otherwise too little was captured, and the finding says what."),
    ("Evidence", "uuid: all 32 digits. uuid suffix: the last 8 alone leave one answer. not a SCSI disk: of several vmdks, the others are"
     " SCSI disks by all 32 digits. in its VM's .vmx: of several, the one that the configuration of the VM names"
     " whose BIOS UUID the guest shows. same VM as X: of several, the one in the VM folder of this guest's device"
     " X, which matched by itself. size: of several, the one whose size does not differ by 16 MiB or more. The order of lists, the"
     " number in nmemN and likeness of names decide nothing."),
    ("The same thing twice", "A device is one guest and one id; a vmdk is one UUID at one place. A datastore's name and its volume id are"
     " one where the captures tie them. All sightings are kept in the table sightings."),
    ("Lines", "For each source, lines = recognised + noise + not understood. Noise is blank lines, prompts, echoes, banners and known"
     " chatter. Every line not understood is listed on Unread. An error message is a finding and never data."),
    ("Sizes", "A vmdk's size is that of its -flat file or its own in ls -l; a device's is what its region maps of it. Where a command"
     " printed a rounded figure, the exact one is left empty."),
    ("Limits", "32 bits can agree by chance: among n vmdks a foreign serial hits one with probability n in 2^32. A clone made in the Web"
     " Client, or a copied file, has its original's UUID. What was not captured is not missing: it is just not in this report."),
    ("Custody", "This report knows the captures from the moment it read them: the hash of each stands on Sources. It cannot tell what"
     " happened to them before."),
    ("Check a row", "Open the source named in guest_source and host_source at the lines named, and compare the last 8 digits. Compare the"
     " file's SHA-256 (sha256sum, Get-FileHash) with Sources."),
    ("Text in cells", "All text from captures is typed as text; there is no formula in this workbook. Characters that do not print are shown"
     " escaped (\\x1b), and a text longer than a cell can be ends in [cut]. Saving a sheet as CSV from a spreadsheet drops that protection."),
)  # fmt: skip


def topics(result: Reported) -> list[tuple[str, str, str]]:
    """Return topic, severity (of a rule, else ``""``) and text, in the order of reading."""
    told = [(topic, "", text) for topic, text in (*_TOPICS, ("Chance", _chance(result)))]
    return told + [(f"Rule {rule.name}", str(rule.severity), f"{rule.title}. {rule.meaning} Advice: {rule.advice}") for rule in RULES]


def _chance(result: Reported) -> str:
    """Say for this very report how likely digits agree by chance: n distinct suffixes in 2^32 for a device whose vmdk is not among them."""
    figures = result.captures.figures
    most = figures.suffixes
    expected = figures.hits / _SERIALS
    return (
        f"In this report a device whose vmdk was not captured hits another's digits by chance with a probability of"
        f" {_figure(most / _SERIALS)} at most ({most:,} different suffixes in 2^32). If none of its {figures.joining:,} devices had its vmdk"
        f" among the captured ones, {_figure(expected)} of them would be expected to match all the same."
    )


_SERIALS = 1 << 32


def _figure(number: float) -> str:
    return f"{number:.1e}" if number else "0"
