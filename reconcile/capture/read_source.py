"""One source, from its bytes to facts and a ledger. Everything here is plain data, so that it can be done anywhere.

A section goes to the parser of its command. Lines that this parser leaves are then offered, as nobody's output, to whichever
parser sees an answer begin in them: so an answer whose prompt was lost is still read, and is nobody's until something names it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from reconcile.capture.answers_of_many import owned_parts, put_back, transcript_of, whose
from reconcile.capture.listed_names import name_by_listings
from reconcile.capture.nameless_prompts import without_names
from reconcile.capture.rescued_parts import rescued_parts, without_blocks_indent
from reconcile.capture.sessions import find_bounds
from reconcile.capture.unnamed_machines import split_unnamed
from reconcile.facts.record_blocks import PlainDimms, by_kind, kind_of
from reconcile.facts.records import Damage, Failure, Record
from reconcile.facts.source_reading import Ledger, Mention, Part, PlainReading, Reading, Unread
from reconcile.facts.strengths import OBJECT
from reconcile.parsers import vmkfstools
from reconcile.parsers.counting import take_apart
from reconcile.parsers.mentions import find_mentions, typed_mentions
from reconcile.parsers.partial_answers import mark_partial
from reconcile.parsers.registry import PLAIN_ANSWERS, PLAIN_FORMS, is_outside, parsed_by, parsers_of
from reconcile.transcript.chatter import is_chatter
from reconcile.transcript.decode import decode
from reconcile.transcript.failures import is_failure, is_of_no_disk
from reconcile.transcript.fan_out import cut_by_headers
from reconcile.transcript.own_scripts import holds_recording, split_recordings
from reconcile.transcript.paste_marks import undress, unquote, without_indent
from reconcile.transcript.sections import Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.facts.records import Volume
    from reconcile.facts.source_reading import AnyReading
    from reconcile.parsers.bulk_answers import Whole
    from reconcile.transcript.fan_out import Asked
    from reconcile.transcript.own_scripts import Facts
    from reconcile.transcript.sections import Section, Transcript


def read_source(data: bytes, hint: str = "", in_path: str | None = None, *, plain: bool = True) -> AnyReading:
    """Read a source's bytes. `hint` is a command line that its name speaks of; see `reconcile.transcript.split.split`. `in_path` is handed on.

    Without `plain` no short way is taken; what is read is the same, in parts of one section each.
    """
    digest = hashlib.sha256(data).hexdigest()
    whole = PLAIN_ANSWERS.read(data.decode("ascii")) if plain and not hint and len(data) < _SHORT and data.isascii() else None
    if whole:
        return _of_whole(whole, digest, data, in_path)
    text = decode(data)
    if not text.lines:
        status = "binary" if text.encoding == "binary" else "empty"
        return Reading(digest, len(data), text.encoding, status, text.note, "", (), (), (), Ledger(0, 0, 0, 0), ())
    lines, whole_text, undressed, is_recorded = _bare(text.lines)
    recordings: list[int] = []
    if is_recorded:
        reader, recordings = _read_recorded(lines, text.encoding)
    else:
        reader = _read_lines(lines, whole_text, hint, in_path or "", plain=plain)
    # Lines are shown as they stand in the file.
    unread = tuple(found._replace(text=text.lines[found.line - 1]) for found in sorted(reader.unread))
    ledger = Ledger(len(lines), len(lines) - reader.noise - len(unread), reader.noise, len(unread))
    bounds = find_bounds(whole_text, reader.sections, recordings)
    parts = without_names(name_by_listings(reader.parts), reader.sections, bounds)
    return Reading(
        sha256=digest,
        bytes=len(data),
        encoding=text.encoding,
        status=reader.status,
        note="; ".join(note for note in (text.note, undressed) if note),
        typed="\n".join(reader.commands),
        parts=tuple(split_unnamed(parts, reader.unread)),
        volumes=tuple(reader.volumes),
        unread=unread,
        ledger=ledger,
        prompted=tuple(reader.prompted),
        in_path=in_path,
        mentions=tuple(reader.mentions),
        bounds=bounds,
    )


def _read_recorded(lines: Sequence[str], encoding: str) -> tuple[_Reader, list[int]]:
    """Read what scripts of ours recorded; return the lines in which the recordings begin, too."""
    transcript, recordings = split_recordings(lines, encoding)
    reader = _Reader()
    reader.parts += [_part_of(facts) for facts in recordings]
    reader.read_all(transcript)
    return reader, [facts.line for facts in recordings]


def _read_lines(lines: Sequence[str], text: str, hint: str, in_path: str, *, plain: bool) -> _Reader:
    """Read the answers of many machines by their headers, or of one by its prompts."""
    reader = _Reader()
    asked = cut_by_headers(lines, text, in_path)
    if asked and reader.read_asked(asked, hint, len(lines)):
        return reader
    reader = _Reader()
    reader.read_all(take_apart(lines, _fitting(hint, lines), PLAIN_FORMS if plain else None, text))
    return reader


# Bytes. An answer that is a source by itself has a few hundred.
_SHORT = 1 << 16


def _of_whole(whole: Whole, digest: str, data: bytes, in_path: str | None) -> AnyReading:
    """Return what is read of a source that is one plain answer."""
    _, host, command, lines, blocks = whole
    block = blocks[0] if len(blocks) == 1 else None
    if isinstance(block, PlainDimms):
        return PlainReading(digest, len(data), lines, host, command, in_path, block.shape, block.serials)
    named_by = "prompt" if host else ""
    part = Part(whole.line, host, named_by, host, lost=False, blocks=blocks)
    prompts = 1 if host else 0
    return Reading(
        digest, len(data), "utf-8", "read", "", command, (part,), (), (),
        Ledger(lines, lines - prompts, prompts, 0), ((host, named_by),) if host else (), in_path,
    )  # fmt: skip


def _fitting(hint: str, lines: Sequence[str]) -> str:
    """Return the hint, and for a file called after a disk that holds vmkfstools' answer instead of the disk's text: that command."""
    if not hint.startswith("cat "):
        return hint
    first = next((line for line in lines if line.strip()), "")
    return f"vmkfstools -J getuuid {hint[4:]}" if first.lstrip().startswith("UUID is ") else hint


def _bare(lines: tuple[str, ...]) -> tuple[tuple[str, ...], str, str, bool]:
    """Return the lines as they were printed, the same as one text, a note of what was taken off, and whether scripts of ours wrote them."""
    text = "\n".join(lines)
    if holds_recording(lines, text):
        return lines, text, "", True
    bare, note = undress(lines, text)
    if not note:
        bare = without_blocks_indent(lines, text)
        return bare, "\n".join(bare) if bare is not lines else text, "", False
    text = "\n".join(bare)
    if holds_recording(bare, text):
        # In what our own scripts wrote, every character counts.
        bare, note = unquote(lines)
        return bare, text, note, True
    return bare, text, note, False


def _part_of(facts: Facts) -> Part:
    named_by = OBJECT if facts.machine else ""
    return Part(facts.line, facts.machine, named_by, facts.shell, lost=False, blocks=by_kind(facts.records))


def archive_reading(sha256: str, size: int, status: str, note: str) -> Reading:
    """Return what is said of an archive itself; its members are sources of their own."""
    return Reading(sha256, size, "", status, note, "", (), (), (), Ledger(0, 0, 0, 0), ())


class _Reader:
    """Collects the facts of one source's sections, and what became of each line."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.unread: list[Unread] = []
        self.mentions: list[Mention] = []
        self.noise = 0
        # In the order in which they are met, each once.
        self.commands: dict[str, None] = {}
        self.prompted: dict[tuple[str, str], None] = {}
        self.volumes: list[Volume] = []
        self.sections: list[Section | Run] = []

    @property
    def status(self) -> str:
        """What became of the source: ``read``, or how the first answer that is not whole was damaged."""
        damaged = (block for part in self.parts for block in part.blocks if kind_of(block) is Damage)
        return next((record.status for block in damaged for record in block if isinstance(record, Damage)), "read")

    def read_all(self, transcript: Transcript) -> None:
        """Read a source, or a stretch of one."""
        self.sections += transcript.sections
        for section in transcript.sections:
            if section.machine:
                self.prompted[section.machine, section.named_by] = None
            if isinstance(section, Run):
                self.take(section)
                self.commands |= dict.fromkeys(section.commands)
            else:
                self.read(section)
                if section.prompt_line and section.command.text:
                    self.commands[section.command.text] = None
        self.noise += len(transcript.noise)
        self.volumes += transcript.volumes

    def read_asked(self, asked: Sequence[Asked], hint: str, total: int) -> bool:
        """Read what each of several machines answered; return whether there is a fact in it."""
        beyond = total
        for one in asked:
            # Lines that do not stand one below the other are read under numbers that no line has, and put back.
            first = one.lines[0][0] if one.lines and one.is_in_place else beyond + 1
            inner = _Reader()
            self.noise += one.header
            if one.error:
                failure = Failure(one.error[0], "", one.error[1])
                inner.parts.append(Part(failure.line, *whose(one), lost=False, blocks=((failure,),)))
            else:
                inner.read_all(transcript_of(one, first, _fitting(hint, [text for _, text in one.lines])))
            if first > total:
                beyond += len(one.lines)
                numbers = [number for number, _ in one.lines]
                # What stands apart is no session of its own.
                inner.sections = []
                inner.mentions = [(numbers[line - first], what, named) for line, what, named in inner.mentions]
                inner.parts, inner.unread = put_back(inner.parts, inner.unread, numbers, first)
                # Several lines that were read may stand on one of the source's.
                inner.noise = inner.noise if len(set(numbers)) == len(numbers) else 0
            self._add(inner)
        return any(part.blocks for part in self.parts)

    def _add(self, other: _Reader) -> None:
        self.sections += other.sections
        self.mentions += other.mentions
        self.parts += other.parts
        self.unread += other.unread
        self.noise += other.noise
        self.commands |= other.commands
        self.prompted |= other.prompted
        self.volumes += other.volumes

    def take(self, run: Run) -> None:
        self.noise += run.prompts
        if run.blocks:
            self.parts.append(Part(run.line, run.machine, run.named_by, run.host, lost=False, blocks=run.blocks))

    def read(self, section: Section) -> None:
        if not section.ending and section.lines and section.lines[0][:1] in _INDENTED:
            section = replace(section, lines=without_indent(section.lines))
        command = section.command
        claiming = parsers_of(command)
        records: tuple[Record, ...] = ()
        rest: Sequence[int] = range(section.first, section.first + len(section.lines))
        if claiming:
            parsed = parsed_by(claiming, section)
            records, rest = parsed.records, parsed.not_understood
            self.noise += len(parsed.noise)
            self.parts += owned_parts(section.first, parsed, section.shell)
        records += vmkfstools.typed_into(section)
        rescued: list[Part] = []
        if not section.ending:
            # What a script of ours wrote down is that command's answer, and nobody else's.
            rescued, rest, noise = rescued_parts(section, rest, {record.line for record in records if isinstance(record, Damage)})
            self.noise += noise
        failures, left = self._talk(section, rest)
        failures += self._ended(section, failed=bool(failures) or any(isinstance(record, Failure) for record in records))
        if records or failures:
            own = (*records, *failures)
            own += mark_partial(command, section.first, own, is_recorded=section.ending is not None)
            self.parts.append(Part(section.first, section.machine, section.named_by, section.shell, lost=False, blocks=by_kind(own)))
        self.parts += rescued
        outside = command.text if is_outside(command) else ""
        self.unread += [Unread(number, section.lines[number - section.first], outside) for number in left]
        told = (*records, *failures, *(record for part in rescued for record in part.records))
        self.mentions += find_mentions(section, told, () if outside else left)
        if claiming:
            self.mentions += typed_mentions(section, told)

    def _talk(self, section: Section, numbers: Sequence[int]) -> tuple[list[Record], list[int]]:
        """Take blank lines, a terminal's talk and error messages out of what no parser wanted."""
        failures: list[Record] = []
        left: list[int] = []
        leaving = section.command.text in {"", "exit", "logout"} or not section.prompt_line
        usage = False
        for number in numbers:
            line = section.lines[number - section.first]
            text = line.strip()
            # What a command prints behind its usage is indented, but for the headings of it.
            usage = bool(_USAGE.match(line)) or (usage and (not text or line[0] in " \t" or bool(_HELP.match(line))))
            if not text or usage or is_chatter(line) or is_chatter(text) or (leaving and text in {"exit", "logout"}):
                self.noise += 1
            elif section.error or (is_failure(text) and not (is_outside(section.command) and is_of_no_disk(section.command, text))):
                failures.append(Failure(number, section.command.text, text))
            else:
                left.append(number)
        return failures, left

    def _ended(self, section: Section, *, failed: bool) -> list[Record]:
        """Give what a command said beside its answer where a script of ours ran it, and that it failed where it said nothing."""
        if not section.ending:
            return []
        line, status, errors = section.ending
        failures: list[Record] = [
            Failure(number, section.command.text, text.strip()) for number, text in errors if status or is_failure(text.strip())
        ]
        told = {failure.line for failure in failures}
        self.unread += [Unread(number, text, "") for number, text in errors if number not in told]
        if status and not failures and not failed:
            failures.append(Failure(line, section.command.text, f"{section.error} of {section.command.text}"))
        return failures


# What an answer's first line begins with where it was set in as a whole. A blank line may stand in front.
_INDENTED = frozenset({" ", "\t", ""})
#  usage: ndctl list [<options>]        Usage: ls [-1AaCxdLHRFplinshrSXvctu] [-w WIDTH] [FILE]...
_USAGE = re.compile(r" {0,4}[Uu]sage:(?: [a-z]|\s*$)")
_HELP = re.compile(r"(?:[A-Z][A-Za-z ]{2,40}:|For more (?:details|information) see .{1,60})\s*$")
