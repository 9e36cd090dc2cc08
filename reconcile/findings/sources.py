"""What was read and what was not: refused files, errors, damage, lines not understood, machines without a name."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from reconcile.facts.records import Damage, Disputed, Failure, Said
from reconcile.facts.source_reading import PlainReading
from reconcile.facts.strengths import HEADER, NOBODY, NOTHING, OBJECT, OVERRIDE, PATH, UNKNOWN, rank
from reconcile.facts.vmfs_names import is_said_of_part
from reconcile.findings import rules
from reconcile.findings.checker import Checker, count, some
from reconcile.findings.finding import Finding, content_of
from reconcile.machines.support_bundles import lacks_answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconcile.machines.places import Fact


class Sources(Checker):
    """Checks the sources of a site."""

    def check(self) -> Iterator[Finding]:
        """Give the findings about sources."""
        for refused in self._site.refused:
            yield Finding(rules.REFUSED, self._site.name, "", refused.label, refused.note, refused.label, None)
        facts = self._site.facts
        for source in facts.sources:
            if type(source.reading) is PlainReading:
                # Nothing ails it.
                continue
            yield from self._unread(source.label, source.reading.unread)
            if source.reading.encoding == "cp1252":
                yield Finding(rules.ENCODING_GUESSED, self._site.name, "", source.label, source.reading.note, source.label, None)
        yield from self._nameless()
        yield from self._misnamed()
        for fact, failure in facts.of(Failure):
            if is_said_of_part(failure.text):
                continue
            label = facts.label(fact)
            command = f" of {failure.command}" if failure.command else ""
            message = f"The output{command} holds an error: {failure.text}"
            subject, about = f"{label}: {failure.text}", failure.command or self._content(fact)
            yield Finding(rules.COMMAND_FAILED, self._site.name, fact.machine.name, subject, message, label, failure.line, about)
        for fact, disputed in facts.of(Disputed):
            label = facts.label(fact)
            message = f"What begins here is read as output of {disputed.parsers}."
            yield Finding(
                rules.CLAIMED_TWICE, self._site.name, fact.machine.name, label, message, label, disputed.line, self._content(fact)
            )
        yield from self._bundles()
        yield from self._broken()
        yield from self._without_sum()
        for fact, damage in facts.of(Damage):
            rule = rules.TRUNCATED if damage.status == "truncated" else rules.DAMAGED
            label = facts.label(fact)
            json = f"The JSON that begins here {'has no end' if rule is rules.TRUNCATED else 'is broken'}; whole objects in it were read."
            message = f"{damage.note}; what stands in it was read." if damage.note else json
            yield Finding(rule, self._site.name, fact.machine.name, label, message, label, damage.line, self._content(fact))

    def _without_sum(self) -> Iterator[Finding]:
        """Give the captures of which the script itself could make no sum."""
        for fact, said in self._site.facts.of(Said):
            if said.what == "sum":
                label = self._site.facts.label(fact)
                message = f"The end of the capture in {label} says that this machine could make no sum of it."
                yield Finding(rules.NO_SUM, self._site.name, fact.machine.name, label, message, label, said.line, self._content(fact))

    def _content(self, fact: Fact) -> str:
        """Return what stands for the content of a source, of which one line says nothing by itself."""
        return self._site.facts.sources[fact.source].reading.sha256

    def _broken(self) -> Iterator[Finding]:
        """Give the sources that are broken as files: an archive or a member of one, cut or damaged."""
        rule_of = {"truncated": rules.TRUNCATED, "damaged": rules.DAMAGED}
        inside = {(fact.source, damage.status) for fact, damage in self._site.facts.of(Damage)}
        for index, source in enumerate(self._site.facts.sources):
            status = "" if type(source.reading) is PlainReading else source.reading.status
            if status in rule_of and (index, status) not in inside:
                message = f"{source.reading.note or status}; what came before was read."
                about = source.reading.sha256
                yield Finding(rule_of[status], self._site.name, "", f"{source.label}: file", message, source.label, None, about)

    def _bundles(self) -> Iterator[Finding]:
        facts = self._site.facts
        for bundle, members in facts.bundles.items():
            if lacks_answer(facts.sources, bundle, members):
                first = facts.sources[members[0]].label
                name = next((machine.name for index in members for machine in facts.machines[index]), "")
                what = "dimm's id" if bundle.kind.side == "guest" else "disk's UUID"
                message = f"This {bundle.kind.name} holds no {what}."
                yield Finding(rules.BUNDLE_LACKS_ANSWER, self._site.name, name, bundle.root or first, message, first, None)

    def _nameless(self) -> Iterator[Finding]:
        facts = self._site.facts
        for source, machines in zip(facts.sources, facts.machines, strict=True):
            if NOTHING not in [machine.named_by for machine in machines]:
                continue
            for part, machine in zip(source.reading.parts, machines, strict=True):
                if machine.named_by != NOTHING or not machine.kind:
                    continue
                rule = rules.LOST_PROMPT if part.lost or part.named_by in {NOBODY, UNKNOWN} else rules.UNNAMED_MACHINE
                message = f"Nothing says whose the answer is that begins here; its {machine.kind} is called {machine.name}."
                subject, about = f"{source.label}: {machine.kind}", source.reading.sha256 if part.lost else ""
                yield Finding(rule, self._site.name, machine.name, subject, message, source.label, part.line, about)

    def _misnamed(self) -> Iterator[Finding]:
        """Give machines that share a name, and sources whose path says another name than what stands in them."""
        facts = self._site.facts
        for found in facts.namesakes:
            message = f"{found.name} is the name of {count(len(found.labels), 'machine')}, for {found.reason}: {some(found.labels)}."
            yield Finding(rules.NAMESAKES, self._site.name, found.name, found.name, message, found.labels[0], None)
        for source, machines in zip(facts.sources, facts.machines, strict=True):
            reading = source.reading
            if type(reading) is PlainReading and (not reading.host or reading.host == reading.in_path):
                continue
            said = {machine.name: machine.named_by for machine in machines if rank(machine.named_by) < rank(PATH) and machine.kind}
            by_path = reading.in_path if len(said) == 1 else ""
            for name, named_by in said.items() if by_path else ():
                if named_by != OVERRIDE and not self._is_named_so(by_path or "", name, surely=named_by in {HEADER, OBJECT}):
                    message = f"The path says {by_path}, what stands in the file {name}."
                    yield Finding(rules.NAME_DIFFERS, self._site.name, name, source.label, message, source.label, None)

    def _is_named_so(self, by_path: str, name: str, *, surely: bool) -> bool:
        """Tell whether a path's name is a machine's name, or more than it, or no other machine's: surely, or that is known in this site."""
        short, said = by_path.casefold().partition(".")[0], name.casefold().partition(".")[0]
        return said in short or short in said or not (surely or short in self._shorts)

    @cached_property
    def _shorts(self) -> set[str]:
        """The short names of all machines of the site, and of the VMs' folders."""
        names = {machine.name for machines in self._site.facts.machines for machine in machines if machine.kind}
        return {name.casefold().partition(".")[0] for name in names} | {vmdk.vm.casefold() for vmdk in self._site.vmdks}

    def _unread(self, label: str, unread: Iterable[tuple[int, str, str]]) -> Iterator[Finding]:
        by_command: dict[str, list[tuple[int, str]]] = {}
        for line, text, command in unread:
            by_command.setdefault(command, []).append((line, text))
        for command, lines in by_command.items():
            told = count(len(lines), "line")
            rule = rules.NOT_READ if command else rules.NOT_UNDERSTOOD
            subject = f"{label}: {command}" if command else label
            message = f"{told} of the output of: {command}" if command else f"{told} not understood."
            about = content_of(text for _, text in lines)
            yield Finding(rule, self._site.name, "", subject, message, label, lines[0][0], about)
