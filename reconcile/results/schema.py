"""Each table's columns, said once: name, type, width and meaning. CSV, workbook, documentation and checks read this."""

from __future__ import annotations

from reconcile.findings.row_keys import Keys
from reconcile.results.columns import TableSpec, count, ident, prose, size, text

_SITE = text("site", 14, "what is reconciled together")
_SOURCE = text("source", 34, "the source's path below its CAPTURE")
_LINE = count("line", 8, "the line in the source, as an editor counts")
_GUEST = text("guest", 18, "the guest's name")
_WHERE = (_SOURCE, _LINE)
_SUFFIX = ident("uuid_suffix", 14, "the 8 digits that join")

MAPPING = TableSpec("mapping", "Mapping", "a device, a vmdk, or a pair: every one once", (
    _SITE,
    text("status", 13, "matched, ambiguous, guest-only or host-only"),
    _GUEST,
    text("device", 12, "the device's name in the guest; all names where captures disagree"),
    text("kind", 8, "vPMem: an NVDIMM; disk: a SCSI disk that shows its UUID"),
    ident("device_id", 44, "the dimm's id, or the disk's identification, as printed"),
    text("host", 18, "the host's name; all of them where several see the vmdk"),
    text("datastore", 54, "the datastore's name"),
    text("vm", 22, "the VM's folder on the datastore"),
    text("vmdk", 26, "the file's name"),
    ident("uuid", 44, "the vmdk's full UUID"),
    _SUFFIX,
    text("evidence", 30, "what makes it one answer"),
    prose("candidates", 40, "for an ambiguous row, who else it could be"),
    size("device_bytes", "the device's size, from its region's mapping"),
    size("vmdk_bytes", "the vmdk's size, from a listing"),
    text("region", 12, "the guest's regions on the device"),
    text("namespaces", 16, "the namespaces on these"),
    text("block_devices", 14, "the block or character devices of these"),
    text("mountpoints", 20, "where these are mounted"),
    text("guest_source", 34, "the source of the guest's side"),
    count("guest_line", 10, "the line in it, of the first sighting"),
    text("host_source", 34, "the source of the host's side"),
    count("host_line", 10, "the line in it, of the first sighting"),
    text("reason", 14, "why it is not matched: ambiguous, contradicted, not captured or foreign; empty where it is"),
    prose("findings", 30, "the ids of the findings about the row; the workbook shows their rules' names"),
))  # fmt: skip

# Its last columns are cells of the rows of `mapping` that it is about: as many as all of these rows have in common.
FINDINGS = TableSpec("findings", "Findings", "something that a person should know", (
    ident("id", 14, "stable: from the rule and what it is about"),
    text("severity", 10, "error, warning or note"),
    text("rule", 20, "the rule's name; see Method"),
    _SITE,
    text("machine", 18, "the host or guest that it is about"),
    prose("subject", 40, "what it is about"),
    prose("message", 60, "what was found"),
    prose("advice", 50, "the command or step that would settle it"),
    _SOURCE, _LINE,
    *(column for column in MAPPING.columns if column.name in Keys._fields),
))  # fmt: skip

CHANGES = TableSpec("changes", "Changes", "something that differs between two visits", (
    text("change", 20, "what changed; see the words of it"),
    _GUEST,
    text("device", 12, "the device's name, in the later visit where it is there"),
    ident("device_id", 44, "its id as printed"),
    text("host", 18, "the host of the vmdk"),
    prose("vmdk", 50, "the vmdk's path, in the later visit where it is there"),
    ident("uuid", 44, "the vmdk's full UUID"),
    prose("old", 50, "what was so"),
    prose("new", 50, "what is so"),
    text("old_source", 34, "where the first visit's captures show it"),
    count("old_line", 10, "the line there"),
    text("new_source", 34, "where the second visit's captures show it"),
    count("new_line", 10, "the line there"),
    text("site", 14, "the site, where sites are compared by their names"),
))  # fmt: skip

SOURCES = TableSpec("sources", "Sources", "every file met, read or not", (
    _SITE,
    text("path", 40, "the source's path below its CAPTURE"),
    ident("sha256", 78, "of the bytes as read"),
    size("bytes", "how many"),
    text("encoding", 11, "how the bytes were read as text"),
    text("machine", 20, "whose capture it is"),
    text("named_by", 12, "what says so, the strongest first: override, object, answer, header, ssh, command, prompt, path, word or nothing"),
    prose("commands", 40, "the command lines behind its prompts"),
    count("lines", 8, "lines = recognised + noise + not_understood"),
    count("recognised", 12, "lines that are data, or messages that became findings"),
    count("noise", 8, "blank lines, prompts, echoes, banners, known chatter"),
    count("not_understood", 16, "lines listed in unread"),
    text("status", 11, "read, truncated, damaged, refused, binary, empty or link"),
    text("manifest", 11, "by the site's own list of sums: verified, differs, not listed, not read, or list; empty where there is none"),
    prose("note", 40, "why"),
))  # fmt: skip

UNREAD = TableSpec("unread", "Unread", "a line not understood", (
    _SITE, _SOURCE, _LINE,
    prose("text", 100, "the line, with what does not print escaped"),
))  # fmt: skip

SIGHTINGS = TableSpec("sightings", "Sightings", "a place where a device or a vmdk was seen", (
    _SITE,
    text("table", 10, "dimms or vmdks"),
    prose("subject", 60, "which device or vmdk"),
    _SOURCE, _LINE,
))  # fmt: skip

DIMMS = TableSpec("dimms", "Dimms", "a dimm object of ndctl list", (
    _SITE, _GUEST,
    text("dev", 9, "nmemN"),
    ident("id", 26, "as printed"),
    ident("vendor", 8, "the first four digits of the id; 8902 is VMware"),
    ident("serial", 10, "the last eight digits of the id"),
    count("handle", 8, "the NFIT device handle"),
    count("phys_id", 8, "the SMBIOS handle"),
    text("state", 10, "disabled, or empty"),
    text("flags", 20, "flag_failed_* and others that are set"),
    text("health_state", 13, "where asked with -H"),
    text("security", 10, "where the dimm has it"),
    *_WHERE,
))  # fmt: skip

REGIONS = TableSpec("regions", "Regions", "a region object of ndctl list", (
    _SITE, _GUEST,
    text("dev", 9, "regionN"),
    text("size", 26, "as printed"),
    size("size_bytes", "exact, or empty where -u rounded it"),
    text("available_size", 26, "as printed"),
    text("type", 8, "pmem or blk"),
    ident("iset_id", 22, "the interleave set, as printed"),
    count("numa_node", 10, "where printed"),
    text("persistence_domain", 18, "as printed"),
    text("state", 10, "disabled, or empty"),
    text("bus", 9, "ndbusN, where printed"),
    *_WHERE,
))  # fmt: skip

MAPPINGS = TableSpec("mappings", "Mappings", "a dimm's part of a region (-R with -D)", (
    _SITE, _GUEST,
    text("region", 9, "regionN"),
    text("dimm", 9, "nmemN"),
    size("offset", "in the dimm"),
    size("length", "in the dimm"),
    count("position", 9, "in the interleave set"),
    *_WHERE,
))  # fmt: skip

NAMESPACES = TableSpec("namespaces", "Namespaces", "a namespace object of ndctl list", (
    _SITE, _GUEST,
    text("dev", 14, "namespaceR.K"),
    text("region", 9, "regionR, as the name says"),
    text("mode", 8, "fsdax, devdax, sector, raw; memory and dax in old versions"),
    text("map", 6, "where the page map is"),
    text("size", 26, "as printed"),
    size("size_bytes", "exact, or empty where -u rounded it"),
    ident("uuid", 44, "the namespace's own"),
    text("blockdev", 10, "pmemN"),
    text("chardev", 10, "daxN.M"),
    count("sector_size", 11, "in bytes"),
    count("align", 10, "in bytes"),
    text("name", 12, "the alternative name"),
    text("state", 10, "disabled, or empty"),
    *_WHERE,
))  # fmt: skip

DISKS = TableSpec("disks", "Disks", "a block or character device of a guest", (
    _SITE, _GUEST,
    text("device", 12, "its name without /dev/"),
    ident("serial", 34, "as printed"),
    ident("wwn", 36, "as printed"),
    size("bytes", "exact, or empty where it was rounded"),
    text("parent", 12, "the device that it lies on"),
    text("kind", 8, "what the command calls it: disk, part, lvm, devdax ..."),
    text("size", 12, "as printed"),
    *_WHERE,
    _SUFFIX,
))  # fmt: skip

MOUNTS = TableSpec("mounts", "Mounts", "a mounted device of a guest", (
    _SITE, _GUEST,
    text("device", 24, "as printed"),
    text("target", 30, "where it is mounted"),
    text("fstype", 10, "where printed"),
    *_WHERE,
))  # fmt: skip

FILESYSTEMS = TableSpec("filesystems", "Filesystems", "a file system of ESXi, from df or esxcli", (
    _SITE,
    text("machine", 18, "the host's name"),
    text("type", 9, "VMFS-6, PMEM, vfat ..."),
    size("size_bytes", "as exact as printed: df -h and -m round"),
    size("used_bytes", "as exact as printed"),
    size("available_bytes", "as exact as printed"),
    count("use_percent", 11, "as printed"),
    text("mounted_on", 50, "where, to the end of the line"),
    text("size", 14, "as printed"),
    text("used", 14, "as printed"),
    text("available", 14, "as printed"),
    *_WHERE,
))  # fmt: skip

LISTINGS = TableSpec("listings", "Listings", "a name in a listing", (
    _SITE,
    text("machine", 18, "the machine's name"),
    text("directory", 50, "as far as the capture tells"),
    text("name", 30, "with its blanks"),
    text("kind", 8, "file, dir, link ...; empty where ls did not say"),
    size("bytes", "exact, or empty where -h rounded it"),
    text("modified", 24, "as printed"),
    text("target", 40, "of a link"),
    text("size", 12, "as printed"),
    *_WHERE,
))  # fmt: skip

VMDKS = TableSpec("vmdks", "VMDKs", "a virtual disk: one UUID at one place", (
    _SITE,
    text("host", 18, "the host's name; all of them where several see it"),
    text("datastore", 54, "its name, as far as known"),
    ident("datastore_id", 44, "its volume id, where known"),
    text("vm", 22, "the VM's folder"),
    text("vmdk", 26, "the file's name"),
    prose("path", 80, "as captured first"),
    ident("uuid", 44, "empty where it was not answered"),
    size("bytes", "from a listing, where known"),
    *_WHERE,
    _SUFFIX,
))  # fmt: skip

_CAPTURED_AT = prose("captured_at", 34, "the times that date printed in its captures: one, or the first and the last")
_FINDINGS_ABOUT = count("findings", 9, "errors and warnings about it")
_CAPTURES = prose("captures", 44, "the sources that speak of it")

GUESTS = TableSpec("guests", "Guests", "a guest, with what was captured of it", (
    _SITE, _GUEST,
    count("devices", 9, "its devices; each stands on a row of Mapping"),
    count("matched", 9, "of them"),
    count("ambiguous", 10, "of them"),
    count("guest_only", 10, "of them"),
    size("bytes", "of its devices, as far as known"),
    count("regions", 9, "in its captures"),
    count("namespaces", 11, "in its captures"),
    prose("mountpoints", 30, "of its devices"),
    prose("hosts", 24, "where the vmdks of its devices lie"),
    prose("vms", 24, "the VM folders of these"),
    _FINDINGS_ABOUT, _CAPTURED_AT, _CAPTURES,
))  # fmt: skip

HOSTS = TableSpec("hosts", "Hosts", "a host, with what was captured of it", (
    _SITE,
    text("host", 18, "the host's name"),
    count("datastores", 11, "that its captures show"),
    count("vmdks", 9, "that it sees; each stands on a row of Mapping"),
    count("matched", 9, "of them"),
    count("ambiguous", 10, "of them"),
    count("host_only", 10, "of them"),
    count("no_uuid", 9, "whose UUID was not captured"),
    prose("guests", 40, "whose devices they are"),
    text("df", 6, "whether its file systems were captured: yes or no"),
    text("ls", 6, "whether listings were"),
    text("getuuid", 9, "whether UUIDs were"),
    _FINDINGS_ABOUT, _CAPTURED_AT, _CAPTURES,
))  # fmt: skip

DATASTORES = TableSpec("datastores", "Datastores", "a datastore that the captures show", (
    _SITE,
    prose("host", 24, "the hosts that see it"),
    text("datastore", 54, "its name, as far as known"),
    ident("datastore_id", 44, "its volume id, where known"),
    text("type", 10, "VMFS-6, PMEM ...; empty where neither df nor esxcli shows it"),
    text("mounted_on", 62, "where"),
    size("size_bytes", "as exact as printed: df -h and -m round"),
    size("used_bytes", "as exact as printed"),
    size("available_bytes", "as exact as printed"),
    count("use_percent", 11, "as printed"),
    count("vmdks", 9, "that lie on it"),
    count("matched", 9, "of them"),
    count("no_uuid", 9, "whose UUID was not captured"),
    size("vmdk_bytes", "of the vmdks, as far as known"),
    _SOURCE, _LINE,
))  # fmt: skip

VMS = TableSpec("vms", "VMs", "a virtual machine as its host knows it", (
    _SITE,
    text("host", 18, "the host's name"),
    text("name", 22, "the VM's name, which need not be its folder's"),
    text("vmx", 60, "its configuration file, as printed"),
    ident("bios_uuid", 44, "the VM's own, never a disk's"),
    *_WHERE,
))  # fmt: skip

ATTACHMENTS = TableSpec("attachments", "Attachments", "a disk that a VM's configuration names", (
    _SITE,
    text("host", 18, "the host's name"),
    text("vmx", 60, "the configuration file, where known"),
    text("slot", 12, "scsi0:0, nvdimm0:0 ..."),
    text("file", 60, "as printed"),
    *_WHERE,
))  # fmt: skip

SYSTEMS = TableSpec("systems", "Systems", "what a machine says of itself", (
    _SITE,
    text("machine", 18, "the machine's name"),
    text("what", 12, "time, bios uuid, vendor, product or sum"),
    text("value", 40, "as printed; a UUID as 32 digits"),
    *_WHERE,
))  # fmt: skip

CAPTURED = (
    SOURCES, UNREAD, SIGHTINGS, DIMMS, REGIONS, MAPPINGS, NAMESPACES, DISKS, MOUNTS, FILESYSTEMS, LISTINGS, VMDKS, VMS, ATTACHMENTS, SYSTEMS,
)  # fmt: skip
OVERVIEWS = (GUESTS, HOSTS, DATASTORES)
ALL = (MAPPING, FINDINGS, *OVERVIEWS, *CAPTURED)
# Those that workbook and page show.
SHEETS = (FINDINGS, MAPPING, VMDKS, *OVERVIEWS, SOURCES, UNREAD)
