"""Each table's columns, said once: name, type, width and meaning. CSV, workbook, documentation and checks read this."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """What a column holds. Ids, serials and UUIDs are text from the first byte to the last cell."""

    TEXT = "text"
    PROSE = "prose"
    ID = "id"
    COUNT = "count"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `width` is in characters, for the workbook."""

    name: str
    type: Type
    width: int
    meaning: str

    @property
    def is_number(self) -> bool:
        """Whether it holds whole numbers, or nothing."""
        return self.type in {Type.COUNT, Type.BYTES}


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table: its name in the contract, its sheet's title, what a row of it is, and its columns."""

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]


def _text(name: str, width: int, meaning: str) -> Column:
    return Column(name, Type.TEXT, width, meaning)


def _prose(name: str, width: int, meaning: str) -> Column:
    return Column(name, Type.PROSE, width, meaning)


def _id(name: str, width: int, meaning: str) -> Column:
    return Column(name, Type.ID, width, meaning)


def _count(name: str, width: int, meaning: str) -> Column:
    return Column(name, Type.COUNT, width, meaning)


def _bytes(name: str, meaning: str) -> Column:
    return Column(name, Type.BYTES, 17, meaning)


_SITE = _text("site", 14, "what is reconciled together")
_SOURCE = _text("source", 34, "the source's path below its CAPTURE")
_LINE = _count("line", 8, "the line in the source, as an editor counts")
_GUEST = _text("guest", 18, "the guest's name")
_WHERE = (_SOURCE, _LINE)

MAPPING = TableSpec("mapping", "Mapping", "a device, a vmdk, or a pair: every one once", (
    _SITE,
    _text("status", 13, "matched, ambiguous, guest-only or host-only"),
    _GUEST,
    _text("device", 12, "the device's name in the guest; all names where captures disagree"),
    _text("kind", 8, "vPMem: an NVDIMM; disk: a SCSI disk that shows its UUID"),
    _id("device_id", 38, "the dimm's id, or the disk's identification, as printed"),
    _text("host", 18, "the host's name; all of them where several see the vmdk"),
    _text("datastore", 46, "the datastore's name"),
    _text("vm", 22, "the VM's folder on the datastore"),
    _text("vmdk", 26, "the file's name"),
    _id("uuid", 38, "the vmdk's full UUID"),
    _id("uuid_suffix", 12, "the 8 digits that join"),
    _text("evidence", 30, "what makes it one answer"),
    _prose("candidates", 40, "for an ambiguous row, who else it could be"),
    _bytes("device_bytes", "the device's size, from its region's mapping"),
    _bytes("vmdk_bytes", "the vmdk's size, from a listing"),
    _text("region", 12, "the guest's regions on the device"),
    _text("namespaces", 16, "the namespaces on these"),
    _text("block_devices", 14, "the block or character devices of these"),
    _text("mountpoints", 20, "where these are mounted"),
    _text("guest_source", 34, "the source of the guest's side"),
    _count("guest_line", 10, "the line in it, of the first sighting"),
    _text("host_source", 34, "the source of the host's side"),
    _count("host_line", 10, "the line in it, of the first sighting"),
))  # fmt: skip

FINDINGS = TableSpec("findings", "Findings", "something that a person should know", (
    _id("id", 14, "stable: from rule and subject"),
    _text("severity", 10, "error, warning or note"),
    _text("rule", 20, "the rule's name; see Method"),
    _SITE,
    _text("machine", 18, "the host or guest that it is about"),
    _prose("subject", 40, "what it is about"),
    _prose("message", 60, "what was found"),
    _prose("advice", 50, "the command or step that would settle it"),
    _SOURCE, _LINE,
))  # fmt: skip

CHANGES = TableSpec("changes", "Changes", "something that differs between two visits", (
    _text("change", 20, "what changed; see the words of it"),
    _GUEST,
    _text("device", 12, "the device's name, in the later visit where it is there"),
    _id("device_id", 38, "its id as printed"),
    _text("host", 18, "the host of the vmdk"),
    _prose("vmdk", 50, "the vmdk's path, in the later visit where it is there"),
    _id("uuid", 38, "the vmdk's full UUID"),
    _prose("old", 50, "what was so"),
    _prose("new", 50, "what is so"),
    _text("old_source", 34, "where the first visit's captures show it"),
    _count("old_line", 10, "the line there"),
    _text("new_source", 34, "where the second visit's captures show it"),
    _count("new_line", 10, "the line there"),
))  # fmt: skip

SOURCES = TableSpec("sources", "Sources", "every file met, read or not", (
    _SITE,
    _text("path", 40, "the source's path below its CAPTURE"),
    _id("sha256", 68, "of the bytes as read"),
    _bytes("bytes", "how many"),
    _text("encoding", 11, "how the bytes were read as text"),
    _text("machine", 20, "whose capture it is"),
    _text("named_by", 12, "what says so: prompt, ssh, hostname, uname, path, or nothing"),
    _prose("commands", 40, "the command lines behind its prompts"),
    _count("lines", 8, "lines = recognised + noise + not_understood"),
    _count("recognised", 12, "lines that are data, or messages that became findings"),
    _count("noise", 8, "blank lines, prompts, echoes, banners, known chatter"),
    _count("not_understood", 16, "lines listed in unread"),
    _text("status", 11, "read, truncated, damaged, refused, binary, empty or link"),
    _prose("note", 40, "why"),
))  # fmt: skip

UNREAD = TableSpec("unread", "Unread", "a line not understood", (
    _SITE, _SOURCE, _LINE,
    _prose("text", 100, "the line, with what does not print escaped"),
))  # fmt: skip

SIGHTINGS = TableSpec("sightings", "Sightings", "a place where a device or a vmdk was seen", (
    _SITE,
    _text("table", 10, "dimms or vmdks"),
    _prose("subject", 60, "which device or vmdk"),
    _SOURCE, _LINE,
))  # fmt: skip

DIMMS = TableSpec("dimms", "Dimms", "a dimm object of ndctl list", (
    _SITE, _GUEST,
    _text("dev", 9, "nmemN"),
    _id("id", 26, "as printed"),
    _id("vendor", 8, "the first four digits of the id; 8902 is VMware"),
    _id("serial", 10, "the last eight digits of the id"),
    _count("handle", 8, "the NFIT device handle"),
    _count("phys_id", 8, "the SMBIOS handle"),
    _text("state", 10, "disabled, or empty"),
    _text("flags", 20, "flag_failed_* and others that are set"),
    _text("health_state", 13, "where asked with -H"),
    _text("security", 10, "where the dimm has it"),
    *_WHERE,
))  # fmt: skip

REGIONS = TableSpec("regions", "Regions", "a region object of ndctl list", (
    _SITE, _GUEST,
    _text("dev", 9, "regionN"),
    _text("size", 26, "as printed"),
    _bytes("size_bytes", "exact, or empty where -u rounded it"),
    _text("available_size", 26, "as printed"),
    _text("type", 8, "pmem or blk"),
    _id("iset_id", 22, "the interleave set, as printed"),
    _count("numa_node", 10, "where printed"),
    _text("persistence_domain", 18, "as printed"),
    _text("state", 10, "disabled, or empty"),
    _text("bus", 9, "ndbusN, where printed"),
    *_WHERE,
))  # fmt: skip

MAPPINGS = TableSpec("mappings", "Mappings", "a dimm's part of a region (-R with -D)", (
    _SITE, _GUEST,
    _text("region", 9, "regionN"),
    _text("dimm", 9, "nmemN"),
    _bytes("offset", "in the dimm"),
    _bytes("length", "in the dimm"),
    _count("position", 9, "in the interleave set"),
    *_WHERE,
))  # fmt: skip

NAMESPACES = TableSpec("namespaces", "Namespaces", "a namespace object of ndctl list", (
    _SITE, _GUEST,
    _text("dev", 14, "namespaceR.K"),
    _text("region", 9, "regionR, as the name says"),
    _text("mode", 8, "fsdax, devdax, sector, raw; memory and dax in old versions"),
    _text("map", 6, "where the page map is"),
    _text("size", 26, "as printed"),
    _bytes("size_bytes", "exact, or empty where -u rounded it"),
    _id("uuid", 38, "the namespace's own"),
    _text("blockdev", 10, "pmemN"),
    _text("chardev", 10, "daxN.M"),
    _count("sector_size", 11, "in bytes"),
    _count("align", 10, "in bytes"),
    _text("name", 12, "the alternative name"),
    _text("state", 10, "disabled, or empty"),
    *_WHERE,
))  # fmt: skip

DISKS = TableSpec("disks", "Disks", "a block or character device of a guest", (
    _SITE, _GUEST,
    _text("device", 12, "its name without /dev/"),
    _id("serial", 34, "as printed"),
    _id("wwn", 36, "as printed"),
    _bytes("bytes", "exact, or empty where it was rounded"),
    _text("parent", 12, "the device that it lies on"),
    _text("kind", 8, "what the command calls it: disk, part, lvm, devdax ..."),
    _text("size", 12, "as printed"),
    *_WHERE,
))  # fmt: skip

MOUNTS = TableSpec("mounts", "Mounts", "a mounted device of a guest", (
    _SITE, _GUEST,
    _text("device", 24, "as printed"),
    _text("target", 30, "where it is mounted"),
    _text("fstype", 10, "where printed"),
    *_WHERE,
))  # fmt: skip

FILESYSTEMS = TableSpec("filesystems", "Filesystems", "a file system of ESXi, from df or esxcli", (
    _SITE,
    _text("machine", 18, "the host's name"),
    _text("type", 9, "VMFS-6, PMEM, vfat ..."),
    _bytes("size_bytes", "as exact as printed: df -h and -m round"),
    _bytes("used_bytes", "as exact as printed"),
    _bytes("available_bytes", "as exact as printed"),
    _count("use_percent", 11, "as printed"),
    _text("mounted_on", 50, "where, to the end of the line"),
    _text("size", 14, "as printed"),
    _text("used", 14, "as printed"),
    _text("available", 14, "as printed"),
    *_WHERE,
))  # fmt: skip

LISTINGS = TableSpec("listings", "Listings", "a name in a listing", (
    _SITE,
    _text("machine", 18, "the machine's name"),
    _text("directory", 50, "as far as the capture tells"),
    _text("name", 30, "with its blanks"),
    _text("kind", 8, "file, dir, link ...; empty where ls did not say"),
    _bytes("bytes", "exact, or empty where -h rounded it"),
    _text("modified", 24, "as printed"),
    _text("target", 40, "of a link"),
    _text("size", 12, "as printed"),
    *_WHERE,
))  # fmt: skip

VMDKS = TableSpec("vmdks", "VMDKs", "a virtual disk: one UUID at one place", (
    _SITE,
    _text("host", 18, "the host's name; all of them where several see it"),
    _text("datastore", 46, "its name, as far as known"),
    _id("datastore_id", 38, "its volume id, where known"),
    _text("vm", 22, "the VM's folder"),
    _text("vmdk", 26, "the file's name"),
    _text("path", 60, "as captured first"),
    _id("uuid", 38, "empty where it was not answered"),
    _bytes("bytes", "from a listing, where known"),
    *_WHERE,
))  # fmt: skip

_CAPTURED_AT = _prose("captured_at", 34, "the times that date printed in its captures: one, or the first and the last")
_FINDINGS_ABOUT = _count("findings", 9, "errors and warnings about it")
_CAPTURES = _prose("captures", 44, "the sources that speak of it")

GUESTS = TableSpec("guests", "Guests", "a guest, with what was captured of it", (
    _SITE, _GUEST,
    _count("devices", 9, "its devices; each stands on a row of Mapping"),
    _count("matched", 9, "of them"),
    _count("ambiguous", 10, "of them"),
    _count("guest_only", 10, "of them"),
    _bytes("bytes", "of its devices, as far as known"),
    _count("regions", 9, "in its captures"),
    _count("namespaces", 11, "in its captures"),
    _prose("mountpoints", 30, "of its devices"),
    _prose("hosts", 24, "where the vmdks of its devices lie"),
    _prose("vms", 24, "the VM folders of these"),
    _FINDINGS_ABOUT, _CAPTURED_AT, _CAPTURES,
))  # fmt: skip

HOSTS = TableSpec("hosts", "Hosts", "a host, with what was captured of it", (
    _SITE,
    _text("host", 18, "the host's name"),
    _count("datastores", 11, "that its captures show"),
    _count("vmdks", 9, "that it sees; each stands on a row of Mapping"),
    _count("matched", 9, "of them"),
    _count("ambiguous", 10, "of them"),
    _count("host_only", 10, "of them"),
    _count("no_uuid", 9, "whose UUID was not captured"),
    _prose("guests", 40, "whose devices they are"),
    _text("df", 6, "whether its file systems were captured: yes or no"),
    _text("ls", 6, "whether listings were"),
    _text("getuuid", 9, "whether UUIDs were"),
    _FINDINGS_ABOUT, _CAPTURED_AT, _CAPTURES,
))  # fmt: skip

DATASTORES = TableSpec("datastores", "Datastores", "a datastore that the captures show", (
    _SITE,
    _prose("host", 24, "the hosts that see it"),
    _text("datastore", 46, "its name, as far as known"),
    _id("datastore_id", 38, "its volume id, where known"),
    _text("type", 10, "VMFS-6, PMEM ...; empty where neither df nor esxcli shows it"),
    _text("mounted_on", 56, "where"),
    _bytes("size_bytes", "as exact as printed: df -h and -m round"),
    _bytes("used_bytes", "as exact as printed"),
    _bytes("available_bytes", "as exact as printed"),
    _count("use_percent", 11, "as printed"),
    _count("vmdks", 9, "that lie on it"),
    _count("matched", 9, "of them"),
    _count("no_uuid", 9, "whose UUID was not captured"),
    _bytes("vmdk_bytes", "of the vmdks, as far as known"),
    _SOURCE, _LINE,
))  # fmt: skip

VMS = TableSpec("vms", "VMs", "a virtual machine as its host knows it", (
    _SITE,
    _text("host", 18, "the host's name"),
    _text("name", 22, "the VM's name, which need not be its folder's"),
    _text("vmx", 60, "its configuration file, as printed"),
    _id("bios_uuid", 38, "the VM's own, never a disk's"),
    *_WHERE,
))  # fmt: skip

ATTACHMENTS = TableSpec("attachments", "Attachments", "a disk that a VM's configuration names", (
    _SITE,
    _text("host", 18, "the host's name"),
    _text("vmx", 60, "the configuration file, where known"),
    _text("slot", 12, "scsi0:0, nvdimm0:0 ..."),
    _text("file", 60, "as printed"),
    *_WHERE,
))  # fmt: skip

SYSTEMS = TableSpec("systems", "Systems", "what a machine says of itself", (
    _SITE,
    _text("machine", 18, "the machine's name"),
    _text("what", 12, "time, bios uuid, vendor or product"),
    _text("value", 40, "as printed; a UUID as 32 digits"),
    *_WHERE,
))  # fmt: skip

CAPTURED = (
    SOURCES, UNREAD, SIGHTINGS, DIMMS, REGIONS, MAPPINGS, NAMESPACES, DISKS, MOUNTS, FILESYSTEMS, LISTINGS, VMDKS, VMS, ATTACHMENTS, SYSTEMS,
)  # fmt: skip
OVERVIEWS = (GUESTS, HOSTS, DATASTORES)
ALL = (MAPPING, FINDINGS, *OVERVIEWS, *CAPTURED)
