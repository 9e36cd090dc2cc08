"""What the report's findings ask for: the other side that nobody captured, cut and failed answers, names, and what a person must look at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.base.uuid_text import uuid_text
from reconcile.facts.records import Damage, Dimm, Disk, Failure, Filesystem, Mapping, Mount, Namespace, Region
from reconcile.findings import rules
from reconcile.findings.advice import shell_commands as shell
from reconcile.findings.advice.needs import Lacks, Need
from reconcile.findings.checker import count, some
from reconcile.findings.finding import Severity
from reconcile.inventory.devices import DISK, VPMEM
from reconcile.matching.rows import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.findings.finding import Finding
    from reconcile.inventory.devices import Device
    from reconcile.inventory.site import Site
    from reconcile.matching.rows import Row

# Said by what hosts and guests lack, or by _missing_hosts and _missing_guests below.
_SAID = {
    rules.NO_UUID.name, rules.UNLISTED_DATASTORE.name, rules.NO_DIMMS.name, rules.HOST_NOT_CAPTURED.name, rules.GUEST_NOT_CAPTURED.name,
    rules.NO_HOST_CAPTURE.name, rules.NO_GUEST_CAPTURE.name,
}  # fmt: skip
_IN_GUEST = {rules.NO_DEVICE.name, rules.RENUMBERED.name, rules.SHARED_ID.name, rules.SIZE_DIFFERS.name}
_LACKS = {rules.REFUSED.name: Lacks.SOURCE, rules.TRUNCATED.name: Lacks.AGAIN, rules.DAMAGED.name: Lacks.AGAIN,
          rules.COMMAND_FAILED.name: Lacks.ANSWER, rules.UNNAMED_MACHINE.name: Lacks.NAME}  # fmt: skip
# What prints an answer that is cut, told by what was read of it.
_PRINTS = (
    ((Dimm, Region, Mapping, Namespace), shell.NDCTL, "ndctl"), (Disk, shell.LSBLK, "lsblk"), (Mount, "findmnt -J", "findmnt"),
    (Filesystem, "esxcli --formatter=json storage filesystem list", "esxcli"),
)  # fmt: skip

# Of a vPMem's id the last 8 digits are shown, of a disk's UUID all.
_SERIAL_LENGTH = 8
# ... It is of the output of: wmic diskdrive get serialnumber        ... of: Invoke-Command -ComputerName win07 { Get-Disk }
_WINDOWS = re.compile(
    r"of the output of: .{0,200}\b(?:wmic|diskpart|gwmi|gcim|icm|Get-[A-Z][A-Za-z]{2,30}|Invoke-Command)\b", re.IGNORECASE
)


# Where a whole side is missing, any need of that side settles that.
_OF_ALL = dict.fromkeys((Lacks.HOST, Lacks.LISTING, Lacks.UUIDS), rules.NO_HOST_CAPTURE.name) | dict.fromkeys(
    (Lacks.GUEST, Lacks.DIMMS), rules.NO_GUEST_CAPTURE.name
)


class Findings:
    """The findings of one site, as needs. `unbounded` says that any number of disks may stand in captures that hosts lack."""

    def __init__(self, site: Site, rows: Sequence[Row], found: Sequence[Finding]) -> None:
        self._site = site
        self._rows = rows
        self._found = [finding for finding in found if finding.site == site.name]
        self._tools = shell.Tools(site)
        self._failed = {(site.facts.label(fact), one.line): one.command for fact, one in site.facts.of(Failure)}

    def missing(self, lacking: Sequence[str], perhaps: Sequence[str], *, unbounded: bool) -> Iterator[Need]:
        """Give the hosts of guests, and the guests of VM folders, that nobody captured.

        Guests that are `lacking` dimms may be some, and so may those of which only SCSI disks are known, `perhaps`.
        """
        alone = [row.device for row in self._rows if row.status is Status.GUEST_ONLY and row.device and not (row.expected or row.rivals)]
        dimms = [device for device in alone if device.kind == VPMEM and device.joins]
        unknown = sum(not vmdk.uuid for vmdk in self._site.vmdks)
        if len(dimms) > unknown and not unbounded:
            yield self._host_of(dimms, "device", shell.ask_any_host())
        told = {finding.subject for finding in self._found if finding.rule is rules.HOST_NOT_CAPTURED}
        disks = [device for device in alone if device.kind == DISK and f"{device.name} {device.id}".strip() in told]
        if disks:
            yield self._host_of(disks, "disk", shell.ask_any_host_of_disks())
        yield from self._missing_guests(lacking, perhaps)

    def _host_of(self, alone: Sequence[Device], noun: str, command: str) -> Need:
        guests = tuple(dict.fromkeys(device.guest for device in alone))
        message = f"the host that runs {some(guests)}: {count(len(alone), noun)} with no vmdk on any captured host"
        return Need(self._site.name, "", "host", Lacks.HOST, guests, message, command, settles=("host-not-captured",))

    def unsettled(self, needs: Sequence[Need]) -> Iterator[Need]:
        """Give the errors and warnings that none of these needs settles: a report that has one is not complete."""
        settled = {rule for need in needs if need.necessary for rule in (*need.settles, _OF_ALL.get(need.lacks, ""))}
        for finding in self._found:
            if finding.rule.severity is not Severity.NOTE and finding.rule.name not in settled:
                yield self._need_of(finding, "")

    def _missing_guests(self, lacking: Sequence[str], perhaps: Sequence[str]) -> Iterator[Need]:
        folders: dict[tuple[str, str, str], list[str]] = {}
        # Who is asked for the whole list of its dimms shows what else lies where those lie that it showed.
        partial = self._site.digits.partial
        asked = (
            {row.vmdk.folder for row in self._rows if row.vmdk and row.device and (row.device.guest, row.device.kind) in partial}
            if partial
            else set()
        )
        for row in self._rows:
            vmdk = row.vmdk
            if row.status is not Status.HOST_ONLY or vmdk is None or not vmdk.uuid or row.expected or row.rivals:
                continue
            if vmdk.folder and vmdk.folder in asked:
                continue
            if vmdk.on_pmem or not vmdk.datastore:
                folders.setdefault((vmdk.host, vmdk.datastore, vmdk.vm), []).append(vmdk.name or uuid_text(vmdk.uuid))
        if len(folders) > len(lacking):
            some_of = [*lacking, *perhaps]
            hint = f" It may be {some(some_of, 'or')}, whose dimms are missing." if some_of else ""
            for (host, datastore, vm), names in folders.items():
                where = f"the VM folder {vm} on {host}, {datastore}" if vm else f"disks on {host} whose folder is not known"
                message = f"the guest of {where}: no captured guest shows {some(names)}.{hint}"
                subjects = tuple(f"{vm}/{name}" if vm else name for name in names)
                settles = ("guest-not-captured",)
                yield Need(self._site.name, "", "guest", Lacks.GUEST, subjects, message, shell.ask_any_guest(), settles=settles)

    def needs(self) -> Iterator[Need]:
        """Give what else the findings ask for."""
        for finding in self._found:
            name = finding.rule.name
            unnamed = finding.rule is rules.UNNAMED_MACHINE
            if name in _SAID or (finding.rule.severity is Severity.NOTE and not unnamed):
                continue
            yield self._need_of(finding, self._naming(finding) if unnamed else "")
        for outcome in self._site.outcomes:
            if outcome.reading and outcome.reading.status in {"empty", "binary"}:
                label, status = outcome.source.label, outcome.reading.status
                what = "is empty: if its command was to print something, run it again" if status == "empty" else "is no text"
                yield Need(self._site.name, "", "", Lacks.SOURCE, (label,), f"{label} {what}", necessary=False, source=label)

    def _need_of(self, finding: Finding, advice: str) -> Need:
        machine, command = self._command(finding)
        name = finding.rule.name
        return Need(
            self._site.name, machine, "", _LACKS.get(name, Lacks.LOOK), (finding.subject,), finding.message, command,
            advice or ("" if command else finding.rule.advice), (name,), source=finding.source, line=finding.line,
        )  # fmt: skip

    def _naming(self, finding: Finding) -> str:
        return (
            f"Put the machine's name into the name of {finding.source}, or write machines.csv with the lines pattern,machine and"
            f" {finding.source},NAME and give --machines machines.csv."
        )

    def _command(self, finding: Finding) -> tuple[str, str]:
        """Return where to run what for a finding, as far as one command settles it."""
        machine, name = finding.machine, finding.rule.name
        if finding.rule is rules.COMMAND_FAILED:
            command = self._failed.get((finding.source, finding.line or 0), "")
            missing = self._tools.missing_in(machine, command)
            return machine, self._tools.ask(machine, missing) if missing else command
        if finding.rule in {rules.TRUNCATED, rules.DAMAGED, rules.DIGITS_UNREAD}:
            return machine, self._readable(finding) if finding.rule is rules.DIGITS_UNREAD else self._cut(finding)
        if finding.rule is rules.NO_VMDK:
            return self._folders_of(machine)
        if name in _IN_GUEST and machine:
            guests = self._guests_of(finding) if finding.rule is rules.NO_DEVICE else [machine]
            commands = [self._tools.ask(guests[0], "ndctl")] if len(guests) == 1 else []
            if commands and finding.rule is rules.NO_DEVICE:
                commands.append(self._tools.ask(guests[0], "lsblk"))
            return (guests[0], "\n".join(commands)) if commands else (machine, "")
        return machine, ""

    def _readable(self, finding: Finding) -> str:
        """Return what prints digits that stand unread in a form that is read; a host's disks, and Windows, need words."""
        kinds = {machine.kind for machines in self._site.facts.machines for machine in machines if machine.name == finding.machine}
        if "host" in kinds or not finding.machine or _WINDOWS.search(finding.message):
            return ""
        is_disk = len(finding.subject.rpartition(" ")[2]) > _SERIAL_LENGTH
        command, word = (shell.LSBLK, "lsblk") if is_disk else (shell.NDCTL, "ndctl")
        return shell.saved(command, finding.machine, word, "json")

    def _cut(self, finding: Finding) -> str:
        for fact, damage in self._site.facts.of(Damage):
            if damage.line == finding.line and self._site.facts.label(fact) == finding.source:
                parts = self._site.facts.sources[fact.source].reading.parts
                records = next((part.records for part in parts if damage in part.records), ())
                for kinds, command, word in _PRINTS:
                    if any(isinstance(record, kinds) for record in records):
                        if word in shell.TOOLS:
                            return self._tools.ask(fact.machine.name, word)
                        return shell.saved(command, fact.machine.name, word, "json")
        return ""

    def _folders_of(self, guest: str) -> tuple[str, str]:
        """Return the host of a guest's other vmdks, and what asks every disk of their folders."""
        for row in self._rows:
            if row.device and row.vmdk and row.device.guest == guest and row.vmdk.folder and row.vmdk.path.startswith("/vmfs/volumes/"):
                store = "/".join(row.vmdk.path.split("/")[:4])
                return row.vmdk.hosts[0], shell.ask_uuids(row.vmdk.hosts[0], store, [f"{row.vmdk.vm}/*.vmdk"])
        return guest, ""

    def _guests_of(self, finding: Finding) -> list[str]:
        folders = {row.vmdk.folder for row in self._rows if row.vmdk and row.vmdk.path == finding.subject}
        return list(dict.fromkeys(row.device.guest for row in self._rows if row.device and row.vmdk and row.vmdk.folder in folders))
