"""What needs a person: the rules, each said once."""

from __future__ import annotations

from reconcile.findings.finding import Rule, Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

NO_VMDK = Rule(
    "no-vmdk", _WARNING, "A device without a vmdk",
    "The guest's other devices were found on captured hosts, and this one was not; or the only vmdk with its digits is another's.",
    "On the host, ask every disk of the guest's folder on the PMem datastore: vmkfstools -J getuuid FILE.vmdk",
)  # fmt: skip
HOST_NOT_CAPTURED = Rule(
    "host-not-captured", _WARNING, "A device whose host was not captured",
    "No captured vmdk has this device's digits, and no other device of the guest was found either: nothing contradicts, too little was"
    " captured.",
    'On the host that runs the guest: for f in /vmfs/volumes/PMemDS-*/*/*.vmdk; do echo "$f"; vmkfstools -J getuuid "$f" 2>&1; done',
)  # fmt: skip
NO_DEVICE = Rule(
    "no-device", _WARNING, "A vmdk without a device",
    "Other vmdks of the VM's folder are devices of a captured guest, and this one is not; or the only device with its digits is another's.",
    "In the guest that the disk belongs to: ndctl list -DRNi, and lsblk -J -b -O, for a SCSI disk is no nmem.",
)  # fmt: skip
GUEST_NOT_CAPTURED = Rule(
    "guest-not-captured", _WARNING, "A vmdk whose guest was not captured",
    "No captured device has this vmdk's digits, and no other vmdk of its folder is a device of a guest of which all devices were listed:"
    " nothing contradicts, too little was captured.",
    "In the guest that the disk belongs to: ndctl list -DRNi",
)  # fmt: skip
RECREATED = Rule(
    "re-created", _WARNING, "Left over on both sides of one guest",
    "Devices of a guest have no vmdk, and vmdks of its folder have no device: one was removed and made anew between the captures.",
    "Capture both sides again, one right after the other.",
)  # fmt: skip
NOT_JOINABLE = Rule(
    "not-joinable", _NOTE, "A disk that nothing can join",
    "The guest shows this disk without the UUID of a vmdk, so it is not on the mapping. It is not missing.",
    "Nothing, if this disk does not matter. A guest shows UUIDs of SCSI disks alone, where its VM's settings have disk.EnableUUID = TRUE:"
    " that is for the VM's owner to change, not for a report.",
)  # fmt: skip
PERHAPS_VPMEM = Rule(
    "perhaps-vpmem", _WARNING, "A Windows disk that may be a vPMem device",
    "The disk's serial number has the form of a vPMem's id, 8902- and 8 digits. No capture of Windows is known that shows whether those are"
    " the last digits of the vmdk's UUID, as they are in Linux: so it is joined with no vmdk.",
    "Compare by hand: the VM's settings on the host (which file each NVDIMM uses) and the sizes; in Windows: Get-PmemDisk, Get-PhysicalDisk.",
)  # fmt: skip
DIGITS_UNREAD = Rule(
    "digits-unread", _WARNING, "Digits that join, in a line that was not read",
    "A line that this tool does not read holds the UUID or the serial of a vmdk or a device that stands alone. Nothing is concluded from it.",
    "In that guest: lsblk -J -b -O for a SCSI disk, ndctl list -DRNi for persistent memory; in Windows: Get-PhysicalDisk | Format-List. On a"
    " host: vmkfstools -J getuuid FILE.vmdk",
)  # fmt: skip
DISKS_NOT_ASKED = Rule(
    "disks-not-asked", _NOTE, "Disks whose vmdks were not asked",
    "Guests show their SCSI disks' UUIDs, and no vmdk outside persistent memory was asked for its own.",
    "Nothing, if only persistent memory matters. Else on each host: vmkfstools -J getuuid for the disks on its other datastores.",
)  # fmt: skip
VPMEM_DISK = Rule(
    "vpmem-disk", _NOTE, "A SCSI disk on persistent memory",
    "The vmdk lies on a PMem datastore, and the guest uses it as a SCSI disk (vPMemDisk): it is never an nmem.",
    "Nothing.",
)  # fmt: skip
SNAPSHOT = Rule(
    "snapshot", _NOTE, "A disk with a snapshot",
    "A snapshot's disk lies beside this vmdk, or the VM uses one: what the guest sees may differ in size from the file named here.",
    "On the host: vim-cmd vmsvc/snapshot.get VMID, and the VM's .vmx.",
)  # fmt: skip
AMBIGUOUS = Rule(
    "ambiguous", _ERROR, "Several answers",
    "Several devices and vmdks share the joining digits, and nothing captured tells them apart.",
    "Capture what tells them apart: every disk's UUID and a whole listing (ls -l) of each folder named here, the VMs' .vmx files and the"
    " guests' BIOS UUIDs (dmidecode -s system-uuid), sizes (ndctl list -DR), and the other devices of these guests.",
)  # fmt: skip
SHARED_DISK = Rule(
    "shared-disk", _WARNING, "A disk that several guests show",
    "Several guests show all 32 digits of one vmdk as a SCSI disk: their VMs share it (multi-writer), or one is a clone whose own vmdk was"
    " not captured. A row holds one device, so each stands on its own.",
    "Where the message does not say that the VMs share it: capture each VM's .vmx file and its guest's BIOS UUID (dmidecode -s system-uuid).",
)  # fmt: skip
DUPLICATE_UUID = Rule(
    "duplicate-uuid", _WARNING, "One UUID, two paths",
    "Two files have one UUID: a clone or a copy, or one file that was moved between the captures.",
    "On the host: ls -l in both folders and in /vmfs/volumes, and the VMs' .vmx files, which say who uses which. Change no UUID: a file may"
    " be in use.",
)  # fmt: skip
NAME_OR_ID = Rule(
    "name-or-id", _WARNING, "Perhaps one file under two names",
    "One UUID lies at one path under a datastore's name and under an id, and no capture says whether that is the id of that name: one file,"
    " or two.",
    "On each host: ls -l /vmfs/volumes",
)  # fmt: skip
SUFFIX_COLLISION = Rule(
    "suffix-collision", _WARNING, "Two UUIDs, one suffix",
    "Two disks with different UUIDs end in the same 8 digits, which by chance happens among n disks with n squared in 2^33.",
    "Check the named rows by hand: in the guest, size and contents of the device; on the host, those of the file.",
)  # fmt: skip
SHARED_ID = Rule(
    "shared-id", _WARNING, "One id, several devices",
    "Devices of different guests, or two of one guest, have the same id: clones, or one guest captured under two names.",
    "Say whose each capture is (hostname in the capture), and list the devices of each guest again: ndctl list -D",
)  # fmt: skip
SPLIT_GUEST = Rule(
    "split-guest", _WARNING, "One guest, two VM folders",
    "The vmdks of one guest's devices lie in more than one VM folder.",
    "Check the VM's settings on the host: which files its NVDIMMs and disks use. Check that all captures are this guest's.",
)  # fmt: skip
TWO_GUESTS = Rule(
    "two-guests-one-vm", _WARNING, "Two guests, one VM folder",
    "The vmdks of one VM folder are devices of more than one guest.",
    "Check that the guests' captures are named after the right machines; then the VMs' settings on the host.",
)  # fmt: skip
SIZE_DIFFERS = Rule(
    "size-differs", _WARNING, "Sizes differ",
    "The digits join, but device and vmdk are not of one size.",
    "List both again: ndctl list -DR in the guest, ls -l on the host. A disk that grew shows its new size after a reboot.",
)  # fmt: skip
NO_UUID = Rule(
    "no-uuid", _WARNING, "A vmdk whose UUID is not known",
    "The vmdk lies on a persistent-memory datastore, or its UUID was asked for, and no capture holds the answer. It may be the original of"
    " a clone that a device is matched with.",
    "On the host: vmkfstools -J getuuid FILE.vmdk. Where the file is locked, on the host that runs the VM.",
)  # fmt: skip
UNLISTED_VMDK = Rule(
    "unlisted-vmdk", _NOTE, "A UUID of a file that is not listed",
    "The UUID of this file was answered, but the captured listing of its folder does not show it.",
    "On the host: ls -l in the folder. The file came, went or was renamed between the two commands.",
)  # fmt: skip
UNLISTED_DATASTORE = Rule(
    "unlisted-datastore", _WARNING, "A PMem datastore nobody listed",
    "df shows a persistent-memory datastore of which nothing else was captured: its disks are not in this report.",
    "On the host: ls -lR /vmfs/volumes/PMemDS-*, then vmkfstools -J getuuid for each disk.",
)  # fmt: skip
UNNAMED_UUID = Rule(
    "unnamed-uuid", _WARNING, "A UUID of no named file",
    "An answer of vmkfstools stands in the capture with no name, and is never paired with one by order.",
    'On the host: for f in /vmfs/volumes/PMemDS-*/*/*.vmdk; do echo "$f"; vmkfstools -J getuuid "$f" 2>&1; done',
)  # fmt: skip
LOST_PROMPT = Rule(
    "lost-prompt", _WARNING, "An answer without its prompt",
    "An answer stands where another command's output was expected, so nothing says on which machine it was printed.",
    "Run that command again, and save its output with its prompt or in a file named after the machine.",
)  # fmt: skip
UNNAMED_MACHINE = Rule(
    "unnamed-machine", _NOTE, "A machine that nothing names",
    "Neither the capture nor its path says whose it is. The machine is called after the file, in parentheses.",
    "Put the machine's name into the file's name, or run hostname first.",
)  # fmt: skip
NAMESAKES = Rule(
    "one-name-two-machines", _WARNING, "One name, several machines",
    "Captures under one machine's name show that they are several machines', as of a clone that nobody renamed. Each is shown by itself.",
    "On each of them: hostname; dmidecode -s system-uuid (Windows: Get-CimInstance Win32_ComputerSystemProduct). Say with --machines whose each file is.",
)  # fmt: skip
NAME_DIFFERS = Rule(
    "name-differs", _NOTE, "A file called after another machine",
    "The path says one machine's name, and what stands in the file another's. What stands in the file counts.",
    "Look whether the file lies where it belongs.",
)  # fmt: skip
LOST_DIRECTORY = Rule(
    "lost-directory", _WARNING, "A directory that is not certain",
    "The transcript's cd commands lead here, but what was printed does not fit: a line is missing. Or it is not certain that the shell went"
    " where they say, as behind && or || or in a subshell. Folders are left empty.",
    "Capture again with full paths, or with a prompt that shows the directory.",
)  # fmt: skip
UUID_CHANGED = Rule(
    "uuid-changed", _WARNING, "A file with two UUIDs",
    "One file was seen with two UUIDs: it was re-created, or setuuid was run.",
    "On the host: vmkfstools -J getuuid FILE.vmdk, with date in front of it; and capture the guests again. What was answered last counts.",
)  # fmt: skip
RENUMBERED = Rule(
    "renumbered", _WARNING, "Captures that disagree on a device's number",
    "A device bears two names, or one name two ids, as after a reboot or when captures of two guests bear one guest's name. The ids"
    " hold; the names depend on when.",
    "In the guest, now: ndctl list -D, for disks lsblk -J -b -O; in Windows: Get-PhysicalDisk | Format-List",
)  # fmt: skip
GONE_SINCE = Rule(
    "gone-since", _WARNING, "A device that its guest has no longer",
    "A later capture of the guest shows all of its dimms, or all of its disks, and this one is not among them: it was removed, or is"
    " disabled. It is no vmdk's device now, and its name may be another's.",
    "In the guest: ndctl list -DRNi, which shows disabled dimms, too, or lsblk -J -b -O. On the host: which files the VM's .vmx names.",
)  # fmt: skip
CAPTURES_DISAGREE = Rule(
    "captures-disagree", _WARNING, "Captures that disagree on what is on a device",
    "What captures of one guest say of this device cannot hold at one time, and nothing tells which of them is the latest. What they do"
    " not agree on is left empty.",
    "In the guest, now, in one file: date; ndctl list -DRNi; lsblk -J -b -O; findmnt -J",
)  # fmt: skip
UNCERTAIN_LISTING = Rule(
    "uncertain-listing", _WARNING, "A listing whose names cannot be told apart",
    "The blanks between the names of this listing were lost or set by hand, so a disk in it may be missing from this report.",
    "On the host: ls -l in the folder, saved as it is printed.",
)  # fmt: skip
UNPLACED_LISTING = Rule(
    "unplaced-listing", _WARNING, "A listing of disks whose folder nothing names",
    "The listing shows disks, and neither a prompt nor the command says in which folder they lie, so they are on no row.",
    "On the host, with the folder's whole path: ls -l /vmfs/volumes/DATASTORE/VM",
)  # fmt: skip
ONLY_NAMED = Rule(
    "only-named", _WARNING, "A disk, an id or a UUID that is named and not read",
    "The capture names it, nothing that was read of the line says it, and no row has it.",
    "Read the line. If an answer stands there, ask again: on the host vmkfstools -J getuuid FILE.vmdk, in the guest ndctl list -DRNi, or"
    " lsblk -J -b -O for a SCSI disk",
)  # fmt: skip
ODD_UUID = Rule(
    "odd-uuid", _WARNING, "A UUID that is not of VMware's form",
    "Every UUID that VMware makes begins 6000c29; this one does not. Somebody set it, or it was copied wrong.",
    "On the host, ask again: vmkfstools -J getuuid FILE.vmdk",
)  # fmt: skip
NO_ID = Rule(
    "no-id", _WARNING, "A device without an id",
    "The capture shows the device without an id, so nothing ties it to a vmdk. Kernels before 4.7 give none.",
    "In the guest: grep . /sys/bus/nd/devices/nmem*/nfit/id",
)  # fmt: skip
MISPLACED = Rule(
    "misplaced-namespace", _NOTE, "A namespace printed in another region",
    "The capture shows this namespace inside a region that is not the one in its name. Some versions of ndctl do; the name counts.",
    "In the guest: ndctl list -N, and the link /sys/bus/nd/devices/namespaceR.K.",
)  # fmt: skip
NO_DIMMS = Rule(
    "no-dimms", _NOTE, "A guest with regions and no dimms",
    "Regions or namespaces of this guest were captured, but no dimm: without -D ndctl does not list them.",
    "In the guest: ndctl list -DRNi",
)  # fmt: skip
DISABLED_DIMM = Rule(
    "disabled-dimm", _WARNING, "A disabled or failed dimm",
    "The guest reports this dimm as disabled, or with a failure flag.",
    "In the guest: ndctl list -DHi, and the kernel's messages about nfit.",
)  # fmt: skip
DISABLED_NAMESPACE = Rule(
    "disabled-namespace", _NOTE, "A disabled namespace",
    "The guest reports this namespace as disabled: it has no block device now, and nothing on it is mounted. What was on it is still there.",
    "In the guest: ndctl list -Ni. Whether it should be enabled is for the guest's owner to say.",
)  # fmt: skip
FOREIGN_VENDOR = Rule(
    "foreign-vendor", _NOTE, "A dimm that VMware did not make",
    "Only ids of vendor 8902 carry a vmdk's digits. QEMU and Hyper-V use the same ids in every guest, so they are never joined.",
    "Nothing to do if this guest is no VMware guest.",
)  # fmt: skip
NO_GUEST_CAPTURE = Rule(
    "no-guest-capture", _WARNING, "No guest captured",
    "Vmdks were captured and no guest's devices, so nothing can be matched.",
    "In each guest: ndctl list -DRNi, and lsblk -J -b -O for SCSI disks; in Windows: what 'reconcile script windows' prints",
)  # fmt: skip
NO_HOST_CAPTURE = Rule(
    "no-host-capture", _WARNING, "No host captured",
    "Devices were captured and no vmdk's UUID, so nothing can be matched.",
    'On each host: for f in /vmfs/volumes/PMemDS-*/*/*.vmdk; do echo "$f"; vmkfstools -J getuuid "$f" 2>&1; done',
)  # fmt: skip
COMMAND_FAILED = Rule(
    "command-failed", _WARNING, "A command failed",
    "The capture holds an error message where an answer should be.",
    "Run the command again, as root, and save its output. A disk that is locked answers on the host that runs its VM, or once that is powered off.",
)  # fmt: skip
NOT_UNDERSTOOD = Rule(
    "not-understood", _WARNING, "Lines not understood",
    "These lines are neither what a known command prints nor known chatter. They are listed in the table unread.",
    "Read them. If an answer is among them, capture that command again, alone.",
)  # fmt: skip
NOT_READ = Rule(
    "not-read", _NOTE, "Output of a command that is not read",
    "This tool does not read what this command prints. The lines are listed in the table unread.",
    "Nothing, unless you expected something from it, or a finding digits-unread names one of its lines. See: reconcile formats",
)  # fmt: skip
TRUNCATED = Rule(
    "truncated", _WARNING, "A capture that is cut off",
    "An answer has no end. What stood whole in it was read.",
    "Run the command again and save all of its output.",
)  # fmt: skip
DAMAGED = Rule(
    "damaged", _WARNING, "A capture that is damaged",
    "An answer is broken in the middle. What stood whole in it was read.",
    "Run the command again and save its output unedited.",
)  # fmt: skip
NO_SUM = Rule(
    "no-sum", _NOTE, "A capture that has no sum of its own",
    "The script found no program on this machine that makes a SHA-256, so nothing in the file shows whether it was changed since.",
    "Where the file is copied to, make a sum of it at once, and keep that beside the captures: sha256sum * > SHA256SUMS",
)  # fmt: skip
CLAIMED_TWICE = Rule(
    "claimed-twice", _WARNING, "An answer that reads in two ways",
    "Several parsers each find something else in these lines, so none was believed. The lines are listed in the table unread.",
    "Save the command's output with its prompt, or under a name that begins with the command.",
)  # fmt: skip
BUNDLE_LACKS_ANSWER = Rule(
    "bundle-lacks-answer", _WARNING, "A support bundle without the answer",
    "No bundle of this kind is certain to hold what joins, and this one does not: no dimm's id in a guest's, no disk's UUID in a host's.",
    "In a guest: ndctl list -DRNi. On a host, for each disk of the PMem datastore: vmkfstools -J getuuid FILE.vmdk",
)  # fmt: skip
ENCODING_GUESSED = Rule(
    "encoding-guessed", _NOTE, "An encoding that was guessed",
    "The file says nothing of its encoding and is not UTF-8; letters beyond ASCII may be wrong.",
    "Save captures as UTF-8.",
)  # fmt: skip
REFUSED = Rule(
    "refused", _ERROR, "A source that was not read",
    "This source was met and could not be read, so the report is INCOMPLETE.",
    "See the source's note for why; make it readable, or leave it out on purpose.",
)  # fmt: skip
SUM_DIFFERS = Rule(
    "sum-differs", _ERROR, "A capture that is not what the site listed",
    "A list of sums that came with the captures gives another SHA-256 for this file: it was changed since, or copied wrong.",
    "Copy the file again from where the list was made, and find out who changed it.",
)  # fmt: skip
LISTED_MISSING = Rule(
    "listed-file-missing", _WARNING, "A listed file that did not come along",
    "A list of sums names this file, and it is not among the captures.",
    "Copy the file from where the list was made, or name it on the command line.",
)  # fmt: skip

RULES = (
    AMBIGUOUS, SHARED_DISK, REFUSED, SUM_DIFFERS, NO_VMDK, NO_DEVICE, RECREATED, HOST_NOT_CAPTURED, GUEST_NOT_CAPTURED, DUPLICATE_UUID, NAME_OR_ID, SUFFIX_COLLISION, SHARED_ID, SPLIT_GUEST, TWO_GUESTS, SIZE_DIFFERS,
    NO_UUID, UNNAMED_UUID, UNLISTED_DATASTORE, UNCERTAIN_LISTING, UNPLACED_LISTING, ONLY_NAMED, NAMESAKES, LOST_PROMPT, LOST_DIRECTORY, UUID_CHANGED, ODD_UUID, RENUMBERED, GONE_SINCE, CAPTURES_DISAGREE, NO_ID, DISABLED_DIMM,
    NO_GUEST_CAPTURE, NO_HOST_CAPTURE, COMMAND_FAILED, NOT_UNDERSTOOD, CLAIMED_TWICE, TRUNCATED, DAMAGED,
    BUNDLE_LACKS_ANSWER, LISTED_MISSING, DIGITS_UNREAD, PERHAPS_VPMEM,
    UNLISTED_VMDK, UNNAMED_MACHINE, NAME_DIFFERS, NO_DIMMS, MISPLACED, DISABLED_NAMESPACE, FOREIGN_VENDOR, NOT_JOINABLE, DISKS_NOT_ASKED, VPMEM_DISK, SNAPSHOT, NOT_READ, NO_SUM, ENCODING_GUESSED,
)  # fmt: skip
