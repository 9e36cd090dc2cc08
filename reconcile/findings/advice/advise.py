"""What to do before leaving the site: what was captured of each machine, what is missing, and the command that gives it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol

from reconcile.base.natural_order import natural
from reconcile.facts.records import Answer, Attached, Dimm, Disk, Filesystem, Listed, Mount, Namespace, Region, Sum, Vm
from reconcile.findings.advice import shell_commands as shell
from reconcile.findings.advice.findings import Findings
from reconcile.findings.advice.guests import Guests
from reconcile.findings.advice.hosts import Hosts
from reconcile.findings.advice.needs import Advice, Lacks, MachineState, Need
from reconcile.findings.checker import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconcile.base.chained_sequence import Pieces
    from reconcile.findings.finding import Finding
    from reconcile.inventory.site import Site
    from reconcile.matching.rows import Row

__all__ = ["Advice", "Lacks", "MachineState", "Need", "advise", "advise_each"]

_TOLD = {
    Filesystem: "file system", Listed: "folder listed", Answer: "UUID", Vm: "VM", Attached: "attached disk",
    Dimm: "dimm", Region: "region", Namespace: "namespace", Mount: "mount", Disk: "block device",
}  # fmt: skip


class Checked(Protocol):
    """Sites with the rows of their mappings, and the findings about them."""

    @property
    def by_site(self) -> tuple[tuple[Site, Pieces[Row]], ...]:
        """The rows of the mapping, site by site."""

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """The findings, in order."""


def advise(result: Checked) -> Advice:
    """Say what a report would need before it needs nothing more.

    >>> import reconcile
    >>> advice = advise(reconcile.match(reconcile.read("samples/site")))
    >>> [need.lacks.value for need in advice.necessary if need.machine == "esx02"]
    ['uuids']
    """
    return advise_each([result])


def advise_each(results: Iterable[Checked]) -> Advice:
    """Say the same of results that are looked at one after the other."""
    machines: list[MachineState] = []
    needs: list[Need] = []
    sums: Counter[str] = Counter()

    def look_at(result: Checked) -> None:
        for site, rows in result.by_site:
            needs.extend(_needs(site, rows, result))
            machines.extend(_machines(site))
            sums.update(str(verdict) for verdict in site.manifest.verdicts.values())

    # Mapped, for a loop's variable would hold one result while the next is made.
    for _ in map(look_at, results):
        pass
    needs.sort(key=lambda need: (need.rank, natural(need.machine), need.site, need.subjects, need.source, need.line or 0))
    return Advice(tuple(machines), tuple(needs), tuple(sorted(sums.items())))


def _kinds(site: Site) -> dict[str, str]:
    """Return the machines that captures show, each with its kind; ``""`` where no answer tells one."""
    kinds: dict[str, str] = {}
    for source, machines in zip(site.facts.sources, site.facts.machines, strict=True):
        for part, machine in zip(source.reading.parts, machines, strict=True):
            if not all(isinstance(record, Sum) for record in part.records):
                kinds[machine.name] = machine.kind or kinds.get(machine.name, "")
    return kinds


def _needs(site: Site, rows: Sequence[Row], result: Checked) -> list[Need]:
    kinds = _kinds(site)
    hosts = Hosts(site, [name for name, kind in kinds.items() if kind == "host"])
    guests = Guests(site, [name for name, kind in kinds.items() if kind == "guest"], rows)
    findings = Findings(site, rows, result.all_findings)
    found = [*hosts.needs(), *guests.needs(), *_only_named(site, kinds)]
    unbounded = any(need.lacks is Lacks.LISTING and "unlisted-datastore" in need.settles for need in found)
    found += [*findings.missing(guests.lacking, guests.perhaps, unbounded=unbounded), *findings.needs()]
    found += findings.unsettled(found)
    standing = {finding.rule.name for finding in result.all_findings if finding.site == site.name}
    return [need._replace(settles=tuple(rule for rule in need.settles if rule in standing)) for need in found]


def _only_named(site: Site, kinds: dict[str, str]) -> Iterator[Need]:
    for name, kind in kinds.items():
        if not kind:
            message = "everything: nothing but its name or errors was captured"
            command = f"# if it is a host\n{shell.ask_any_host()}\n# if it is a guest\n{shell.ask_any_guest()}"
            yield Need(site.name, name, "", Lacks.MACHINE, (), message, command)


def _machines(site: Site) -> Iterator[MachineState]:
    counts: dict[str, Counter[type]] = {}
    for record in _TOLD:
        for fact, _ in site.facts.of(record):
            counts.setdefault(fact.machine.name, Counter())[record] += 1
    for name, kind in sorted(_kinds(site).items(), key=lambda item: natural(item[0])):
        have = counts.get(name, Counter())
        there = (count(have[one], noun).replace("folder listeds", "folders listed") for one, noun in _TOLD.items() if have[one])
        yield MachineState(site.name, name, kind, tuple(there))
