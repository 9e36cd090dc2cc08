"""The result in a few words and figures: for the terminal, and for the first sheet."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, NamedTuple

from reconcile.base.printable import visible
from reconcile.base.version import __version__
from reconcile.results.changes import MEANINGS, REAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.results.compare import Comparison
    from reconcile.results.reconciliation import Reported
    from reconcile.results.totals import Totals


PASS, FAIL = "PASS", "FAIL"


class Measure(NamedTuple):
    """A figure or a word, and how it is counted."""

    name: str
    value: int | str
    how: str


def verdict(result: Reported) -> str:
    """Say in one sentence what the report comes to."""
    totals = result.totals
    if totals.refused:
        return f"INCOMPLETE: {counted(totals.refused, 'source')} could not be read."
    if totals.errors or totals.warnings:
        parts = [counted(totals.errors, "error")] if totals.errors else []
        parts += [counted(totals.warnings, "warning")] if totals.warnings else []
        return f"FINDINGS PRESENT: {' and '.join(parts)} for a person to look at."
    if not totals.matched:
        return "NOTHING TO RECONCILE: no device and no vmdk that could be one."
    if totals.guest_only or totals.host_only:
        one_sided = counted(totals.guest_only + totals.host_only, "row")
        return f"RECONCILED: nothing needs a person; {one_sided} on one side only, as the notes say."
    return "RECONCILED: every device is one vmdk, and nothing needs a person."


def sentence(result: Reported) -> str:
    """Say in whole sentences what the figures come to."""
    totals = result.totals
    told = [
        f"{totals.matched:,} of {counted(totals.devices, 'device')} and of {counted(totals.vmdks, 'vmdk')}"
        f" {'is' if totals.matched == 1 else 'are'} matched, one with one."
    ]
    for parts_of, one, more in (
        (((totals.ambiguous_devices, "device"), (totals.ambiguous_vmdks, "vmdk")), "is ambiguous", "are ambiguous"),
        (((totals.guest_only, "device"), (totals.host_only, "vmdk")), "is on one side only", "are on one side only"),
        (((totals.errors, "error"), (totals.warnings, "warning")), "needs a person", "need a person"),
        (((totals.refused, "source"),), "could not be read", "could not be read"),
    ):
        some = [counted(number, noun) for number, noun in parts_of if number]
        if some:
            told.append(f"{' and '.join(some)} {one if sum(number for number, _ in parts_of) == 1 else more}.")
    return " ".join(told)


def lines(result: Reported, written: Sequence[str]) -> list[str]:
    """Return the summary that a person reads in three seconds."""
    totals = result.totals
    findings = ", ".join(
        counted(number, word) for number, word in ((totals.errors, "error"), (totals.warnings, "warning"), (totals.notes, "note"))
    )
    told = [
        verdict(result),
        f"  devices   {totals.devices:,}: {totals.matched:,} matched, {totals.ambiguous_devices:,} ambiguous,"
        f" {totals.guest_only:,} on the guest's side only",
        f"  vmdks     {totals.vmdks:,}: {totals.matched:,} matched, {totals.ambiguous_vmdks:,} ambiguous,"
        f" {totals.host_only:,} on the host's side only",
        *_left_over(result),
        f"  findings  {findings}",
        f"  lines     {totals.not_understood:,} of {totals.lines:,} not understood, in {counted(totals.sources, 'source')}",
    ]
    return told + [f"  report    {visible(path)}" for path in written]


def _left_over(result: Reported) -> list[str]:
    """Say of the rows with one side how many contradict the captures, and how many only lack some."""
    totals = result.totals
    if not totals.guest_only + totals.host_only:
        return []
    told = [f"{totals.contradicted:,} contradicted by the other side's captures", f"{totals.not_captured:,} not captured on the other side"]
    told += [f"{totals.foreign:,} not VMware's"] if totals.foreign else []
    return [f"  left over {totals.guest_only + totals.host_only:,}: {', '.join(told)}"]


def comparison_verdict(comparison: Comparison) -> str:
    """Say in one sentence what changed."""
    if comparison.old.totals.refused or comparison.new.totals.refused:
        refused = comparison.old.totals.refused + comparison.new.totals.refused
        return f"INCOMPLETE: {counted(refused, 'source')} could not be read."
    told = ", ".join(
        f"{number:,} {change}" for change, number in sorted(comparison.counts.items(), key=lambda item: list(MEANINGS).index(item[0]))
    )
    same = f"{comparison.same:,} devices and vmdks are as they were."
    if comparison.counts.keys() & REAL:
        return f"CHANGED: {told}; {same}"
    if comparison.exit_code:
        return f"NOT ALL COMPARED: no change is seen, but {told}; {same}"
    return f"UNCHANGED: {same}" if not told else f"UNCHANGED: {told}; {same}"


def parts(totals: Totals) -> tuple[tuple[str, tuple[tuple[int, str], ...]], ...]:
    """Return what a picture of the totals shows: each side's name, with figures and words that add up to it."""
    return (
        ("Devices", ((totals.matched, "matched"), (totals.ambiguous_devices, "ambiguous"), (totals.guest_only, "guest-only"))),
        ("vmdks", ((totals.matched, "matched"), (totals.ambiguous_vmdks, "ambiguous"), (totals.host_only, "host-only"))),
    )


def described(totals: Totals) -> str:
    """Say in words what a picture of the totals shows."""
    return "; ".join(
        f"{name}: {sum(number for number, _ in figures):,}, of these {', '.join(f'{number:,} {word}' for number, word in figures)}"
        for name, figures in parts(totals)
    )


def measures(result: Reported) -> list[Measure]:
    """Return the report's figures, each with how it is counted."""
    totals = result.totals
    return [
        Measure("Devices", totals.devices, "guests' devices captured; each stands on one row of Mapping"),
        Measure("Devices matched", totals.matched, "with the one vmdk that the evidence leaves"),
        Measure("Devices ambiguous", totals.ambiguous_devices, "several vmdks are possible"),
        Measure("Devices on the guest's side only", totals.guest_only, "no captured vmdk has their digits"),
        Measure("vmdks", totals.vmdks, "virtual disks captured; each stands on one row of Mapping"),
        Measure("vmdks matched", totals.matched, "with the one device that the evidence leaves"),
        Measure("vmdks ambiguous", totals.ambiguous_vmdks, "several devices are possible"),
        Measure("vmdks on the host's side only", totals.host_only, "no captured device has their digits, or their UUID is not known"),
        Measure(
            "Left over, contradicted", totals.contradicted, "on one side only, while the other side of the guest or VM folder was captured"
        ),
        Measure("Left over, not captured", totals.not_captured, "on one side only, and too little was captured to say that this is wrong"),
        Measure("Left over, not VMware's", totals.foreign, "devices that VMware did not make, which are never joined"),
        Measure("Errors", totals.errors, "findings that leave a row unsettled, or the report incomplete"),
        Measure("Warnings", totals.warnings, "findings that need a person"),
        Measure("Notes", totals.notes, "findings that need nobody"),
        Measure("Sources", totals.sources, "files met, read or not"),
        Measure("Sources not read", totals.refused, "refused or unreadable; see Sources"),
        Measure("Lines", totals.lines, "in all sources read"),
        Measure("Lines not understood", totals.not_understood, "all of them stand on Unread"),
    ]


def controls(result: Reported) -> list[Measure]:
    """Return the control totals: each is counted in two ways that must agree."""
    totals, figures = result.totals, result.captures.figures
    on_rows = totals.matched + totals.ambiguous_devices + totals.guest_only
    vmdks_on_rows = totals.matched + totals.ambiguous_vmdks + totals.host_only
    unread = len(result.table("unread").rows)
    return [
        _control("Devices", figures.devices, on_rows, "devices captured = matched + ambiguous + guest's side only"),
        _control("vmdks", figures.vmdks, vmdks_on_rows, "vmdks captured = matched + ambiguous + host's side only"),
        _control(
            "Left over",
            totals.guest_only + totals.host_only,
            totals.contradicted + totals.not_captured + totals.foreign,
            "guest's side only + host's side only = contradicted + not captured + not VMware's",
        ),
        _control("Lines", totals.lines, figures.accounted, "lines = recognised + noise + not understood, over all sources"),
        _control("Unread", totals.not_understood, unread, "lines not understood = rows of Unread"),
    ]


def _control(name: str, one: int, other: int, how: str) -> Measure:
    return Measure(name, PASS if one == other else FAIL, f"{how}: {one:,} and {other:,}")


def scope(result: Reported) -> list[Measure]:
    """Return what the report is about: sites, the times that the captures tell, the tool, the sources' hash."""
    return [
        Measure("Sites", ", ".join(result.captures.figures.sites), "what is reconciled together"),
        Measure(
            "Options", "; ".join(result.captures.options) or "none", "what was asked for beyond the usual; verify must be given the same"
        ),
        Measure("Oldest time in the captures", *_captured(result, first=True)),
        Measure("Newest time in the captures", *_captured(result, first=False)),
        Measure("Tool and rules", f"vpmem-reconcile {__version__}", "the rules are those of this version; see Method"),
        Measure("All sources", "SHA-256", f"{sources_digest(result)} over the lines 'sha256  site/path', sorted"),
    ]


def _captured(result: Reported, *, first: bool) -> tuple[str, str]:
    """Say when the first or the last capture was made, as far as they say so themselves."""
    figures = result.captures.figures
    if not figures.times:
        return "unknown", "no capture holds the answer of date"
    others = figures.times - figures.known
    remark = f"of {counted(figures.known, 'time')} that date printed" + (
        f"; {others:,} more in zones that say no distance to UTC" if others else ""
    )
    seconds = figures.first if first else figures.last
    return ("unknown" if seconds is None else f"{dt.datetime.fromtimestamp(seconds, dt.UTC):%Y-%m-%d %H:%M:%S} UTC"), remark


def newest_moment(result: Reported) -> dt.datetime | None:
    """Return the newest time that the captures tell of themselves, in UTC."""
    seconds = result.captures.figures.last
    return None if seconds is None else dt.datetime.fromtimestamp(seconds, dt.UTC)


def sources_digest(result: Reported) -> str:
    """Return one SHA-256 over all sources: of the sorted lines ``sha256  site/path``."""
    spec = result.table("sources")
    names = [column.name for column in spec.spec.columns]
    site, path, sha256 = (names.index(name) for name in ("site", "path", "sha256"))
    told = sorted(f"{row[sha256]}  {row[site]}/{row[path]}\n" for row in spec.rows)
    return hashlib.sha256("".join(told).encode("utf-8", "backslashreplace")).hexdigest()


def counted(number: int, noun: str) -> str:
    """Say a number of things."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
