"""What parsers hand on: one plain tuple a fact, each with the line it stands on.

`line` is 1-based and counts the lines of the source as an editor shows them. `answer` numbers the answers within a source:
facts with one number were printed by one command in one go, so names such as ``nmem0`` mean the same thing in all of them.
Text that a capture does not give is ``""``; a figure that it does not give, or gives only rounded, is ``None``.
"""

from __future__ import annotations

from typing import NamedTuple

from reconcile.facts.worded_names import Worded


class Dimm(NamedTuple):
    """A dimm object of ``ndctl list -D``."""

    line: int
    answer: int
    dev: str
    id: str
    handle: int | None
    phys_id: int | None
    state: str
    flags: str
    health_state: str
    security: str


class Region(NamedTuple):
    """A region object of ``ndctl list -R``; `size` is the text as printed, `size_bytes` is exact or None."""

    line: int
    answer: int
    dev: str
    size: str
    size_bytes: int | None
    available_size: str
    type: str
    iset_id: str
    numa_node: int | None
    persistence_domain: str
    state: str
    bus: str


class Mapping(NamedTuple):
    """One dimm's part of a region, printed where both ``-R`` and ``-D`` were asked; figures in bytes."""

    line: int
    answer: int
    region: str
    dimm: str
    offset: int | None
    length: int | None
    position: int | None


class Namespace(NamedTuple):
    """A namespace object of ``ndctl list``; its region is the one that its own name gives (namespaceR.K is on regionR).

    `inside` is the region object that it was printed in, ``""`` where that is none. Versions before 60 print some in the wrong one.
    """

    line: int
    answer: int
    dev: str
    region: str
    mode: str
    map: str
    size: str
    size_bytes: int | None
    uuid: str
    blockdev: str
    chardev: str
    sector_size: int | None
    align: int | None
    name: str
    state: str
    inside: str = ""


class Filesystem(NamedTuple):
    """A file system of ESXi, from ``df`` or ``esxcli``: each figure as printed, and in bytes (as exact as it was printed)."""

    line: int
    type: str
    size: str
    used: str
    available: str
    size_bytes: int | None
    used_bytes: int | None
    available_bytes: int | None
    use_percent: int | None
    mounted_on: str


class Mount(NamedTuple):
    """A mounted device of a guest, from Linux's ``df``."""

    line: int
    device: str
    target: str
    fstype: str


class Entry(NamedTuple):
    """A name in a listing. `directory` is absolute, or relative where the capture does not tell more, or ``""``.

    `followed` says that the directory was followed through ``cd`` commands and not printed by a prompt or an argument.
    `certain` is False where blanks were lost and the cut between names is a guess.
    """

    line: int
    answer: int
    directory: str
    name: str
    kind: str
    size: str
    bytes: int | None
    modified: str
    target: str
    followed: bool
    certain: bool


class Listed(NamedTuple):
    """A directory that was listed, be it empty."""

    line: int
    answer: int
    directory: str
    followed: bool


class AskedWhole(NamedTuple):
    """A directory of which a loop over ``*.vmdk`` asked every disk, and none is without an answer or an error."""

    line: int
    directory: str
    followed: bool


class Answer(NamedTuple):
    """A disk's UUID, 32 lower-case hex digits. `name` is ``""`` where nothing names the file; `folder` ends in a slash or is ``""``."""

    line: int
    folder: str
    name: str
    uuid: str
    followed: bool

    @classmethod
    def of(cls, line: int, path: str, uuid: str, *, followed: bool) -> Answer:
        """Return the answer for a file's whole path."""
        end = path.rfind("/") + 1
        return cls(line, path[:end], path[end:], uuid, followed)

    @property
    def path(self) -> str:
        """The file's path, as far as the capture tells it."""
        return self.folder + self.name


class Unpaired(NamedTuple):
    """Why the answer on this line is no named file's."""

    line: int
    why: str


class Asked(NamedTuple):
    """A disk whose UUID was asked and not answered; `error` is what was printed instead, or ``""``."""

    line: int
    path: str
    error: str
    followed: bool


class DiskSize(NamedTuple):
    """A disk's size in bytes, from its descriptor's extents."""

    line: int
    path: str
    bytes: int
    followed: bool


class UuidSet(NamedTuple):
    """A ``vmkfstools -J setuuid``: what the disk's UUID was before no longer counts."""

    line: int
    path: str
    followed: bool


class Volume(NamedTuple):
    """A datastore's name and its volume id, seen to be the same."""

    line: int
    name: str
    id: str


class Disk(NamedTuple):
    """A block or character device of a guest. `kind` is what the command calls it: disk, part, lvm, devdax ...

    `device` and `parent` are names without ``/dev/``; `parent` is the device that it lies on, ``""`` for one that lies on none or
    where the command does not tell. `serial` and `wwn` are as printed. `answer` bounds what the names mean. `identified` says that the
    command shows identifications, so that none shown means that there is none. `kname` is the kernel's own name, dm-0, where shown.
    """

    line: int
    answer: int
    device: str
    kind: str
    serial: str
    wwn: str
    size: str
    bytes: int | None
    parent: str
    identified: bool = False
    kname: str = ""


class Vm(NamedTuple):
    """A virtual machine as its host knows it: its name, its configuration file and its BIOS UUID, each ``""`` where not shown.

    `vmx` is the file as printed, ``[datastore1] db01/db01.vmx`` or a path. `bios_uuid` is 32 lower-case digits in printed order.
    """

    line: int
    name: str
    vmx: str
    bios_uuid: str


class Attached(NamedTuple):
    """A virtual disk that a VM's configuration names: at `slot` (``scsi0:0``, ``nvdimm0:0``), `file` as printed."""

    line: int
    vmx: str
    slot: str
    file: str


class Said(NamedTuple):
    """What a machine says of itself: `what` is ``bios uuid`` (32 lower-case digits), ``time``, ``vendor`` or ``product``."""

    line: int
    what: str
    value: str


class Hostname(NamedTuple):
    """A machine that names itself; `by` is the command that did."""

    line: int
    name: str
    by: str


class Sum(NamedTuple):
    """A file's SHA-256 in a list that a site made, 64 lower-case digits; `escaped` says that a backslash in `path` is part of a name."""

    line: int
    path: str
    sha256: str
    escaped: bool


class Failure(NamedTuple):
    """An error message in a capture."""

    line: int
    command: str
    text: str


class Damage(NamedTuple):
    """A place where an answer is ``truncated`` or ``damaged``; what stood whole in it was kept. `note` says more, if there is more."""

    line: int
    status: str
    note: str = ""


class Partial(NamedTuple):
    """An answer of a guest that may not show all that there is: what it does not show is not missing.

    `disks` says that disks may lack, and `others` that anything else may: ``lsblk -d`` shows all disks, and what lies on none of them.
    """

    line: int
    answer: int
    disks: bool
    others: bool


class Disputed(NamedTuple):
    """An answer that several parsers read each in its own way; none was believed."""

    line: int
    parsers: str


Record = (
    Dimm
    | Region
    | Mapping
    | Namespace
    | Filesystem
    | Mount
    | Entry
    | Listed
    | AskedWhole
    | Answer
    | Unpaired
    | Worded
    | Asked
    | DiskSize
    | UuidSet
    | Volume
    | Disk
    | Vm
    | Attached
    | Said
    | Hostname
    | Sum
    | Failure
    | Damage
    | Partial
    | Disputed
)


class Parsed(NamedTuple):
    """What a parser made of a section: the facts, the lines that mean nothing, the lines that it did not understand.

    Lines are numbers in the source. Every other line of the section was recognised. `owned` are facts that say themselves which machine
    they are of, each with its name, ``""`` where that was cut.
    """

    records: tuple[Record, ...]
    noise: tuple[int, ...]
    not_understood: tuple[int, ...]
    owned: tuple[tuple[str, Record], ...] = ()
