"""From CAPTURE arguments to sources: which files there are, what they are called in the report, and their bytes.

Captures are only ever read. Links that are met are listed and not followed; what is no regular file is not opened; of an
archive nothing is extracted.
"""

from __future__ import annotations

import glob
import hashlib
import io
import os
import stat
import sys
from operator import attrgetter
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, NamedTuple

from reconcile.archives import HEAD, Member, Whole, kind_of, members, unsupported
from reconcile.errors import CaptureError
from reconcile.limits import MIB
from reconcile.made import made
from reconcile.path_names import hint_and_name_in, without_extensions
from reconcile.reading import archive_reading, read_source
from reconcile.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from reconcile.compressed import Meter
    from reconcile.readings import AnyReading

STDIN = "-"
DEFAULT_SITE = "captures"

# Archives by their bytes, and no archives to anybody who saved one among his captures.
_DOCUMENTS = frozenset({".xlsx", ".xlsm", ".docx", ".pptx", ".ods", ".odt", ".jar", ".whl"})


class Source(NamedTuple):
    """One file to read. `label` is unique in its site; `path` is the path below the CAPTURE argument.

    `status` is ``""`` where it is to be read, else what the report says of it instead, with `note` saying why. `argument` is the
    CAPTURE that it was found in.
    """

    site: str
    label: str
    path: str
    file: str
    status: str = ""
    note: str = ""
    argument: str = ""


class Outcome(NamedTuple):
    """A source and what came of it: a reading, or a status that says why there is none."""

    source: Source
    reading: AnyReading | None


def locate(arguments: Sequence[str], *, site: str | None = None, sites: bool = False) -> list[Source]:
    """List the sources that CAPTURE arguments hold, in the report's order.

    With `sites` each argument is a site of its own, named after it; otherwise all are one, called `site`, or after the only
    argument. Raises `CaptureError` where an argument is not there.
    """
    if sites and site is not None:
        message = "--site names the one site, and --sites makes each CAPTURE its own. Give one of them."
        raise CaptureError(message)
    if site is not None and not site.strip():
        message = "--site was given no name. Give one, or leave --site out."
        raise CaptureError(message)
    if sites:
        found = [source for of_site in locate_sites(arguments) for source in of_site]
    else:
        arguments = _given(arguments)
        name = site if site is not None else _name_of(arguments[0]) if len(arguments) == 1 else DEFAULT_SITE
        found = _labelled(name, arguments)
    return sorted(found, key=lambda source: (source.site, source.label))


def locate_sites(arguments: Sequence[str]) -> Iterator[list[Source]]:
    """List the sources of CAPTURE arguments that are each a site of its own: a list an argument, in the report's order within it.

    Raises `CaptureError` as `locate` does.
    """
    arguments = _given(arguments)
    names = [_name_of(argument) for argument in arguments]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        message = f"Two CAPTURE arguments would both be the site '{twice}'. Rename one, or leave --sites out."
        raise CaptureError(message)
    for name, argument in zip(names, arguments, strict=True):
        yield sorted(_labelled(name, [argument]), key=lambda source: source.label)


def _given(arguments: Sequence[str]) -> list[str]:
    if not arguments:
        message = "No CAPTURE was given. Name files or folders that hold saved command output."
        raise CaptureError(message)
    return expanded(arguments)


def read(source: Source, meter: Meter) -> Iterator[Outcome]:
    """Read a source's bytes and what they say; of an archive, each member's, and last the archive's own outcome.

    Never raises for what a file holds, or for what the system refuses. `meter` counts what the run unpacks.
    """
    if source.status:
        yield Outcome(source, None)
        return
    try:
        if source.file == STDIN:
            yield from _read_bytes(source, _standard_input(meter), meter, depth=0)
            return
        outcome = read_file(source, meter)
        if outcome:
            yield outcome
            return
        with os.fdopen(os.open(source.file, _FLAGS), "rb") as stream:
            yield from _read_archive(source, stream, meter, depth=1)
    except OSError as error:
        yield _unreadable(source, error)


def read_file(source: Source, meter: Meter) -> Outcome | None:
    """Read one file and what it says; return None where it is an archive. Never raises, as `read`."""
    try:
        descriptor = os.open(source.file, _FLAGS)
        try:
            return _read_open(source, descriptor, meter)
        finally:
            os.close(descriptor)
    except OSError as error:
        return _unreadable(source, error)


def _read_open(source: Source, descriptor: int, meter: Meter) -> Outcome | None:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        return _refused(source, "not a regular file; what a pipe gives is read with -")
    # One more byte than the file has says that there are no more, in the same call.
    data = os.read(descriptor, min(status.st_size + 1, _CHUNK))
    if _is_archive(data, source.path):
        return None
    # A file that is read at once is the rule, so what is hashed is what is parsed.
    if len(data) == status.st_size < _CHUNK:
        return _read_plain(source, data, meter)
    chunks, size = [data], len(data)
    while chunks[-1] and size <= meter.limits.member_bytes:
        chunks.append(os.read(descriptor, _CHUNK))
        size += len(chunks[-1])
    return _read_plain(source, b"".join(chunks), meter)


def _unreadable(source: Source, error: OSError) -> Outcome:
    return _refused(source, f"cannot be read: {error.strerror or error}")


_CHUNK = 1 << 18
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def _read_bytes(source: Source, data: bytes, meter: Meter, depth: int) -> Iterator[Outcome]:
    """Read what is in memory already: standard input, or an archive's member."""
    if not _is_archive(data[:HEAD], source.path):
        yield _read_plain(source, data, meter)
    elif depth >= meter.limits.depth:
        yield _refused(source, "an archive in an archive in an archive; unpack it and name the folder (--max-depth)")
    else:
        yield from _read_archive(source, io.BytesIO(data), meter, depth + 1)


def _is_archive(head: bytes, path: str) -> bool:
    return bool(kind_of(head)) and PurePath(path).suffix.lower() not in _DOCUMENTS


def _read_plain(source: Source, data: bytes, meter: Meter) -> Outcome:
    if len(data) > meter.limits.member_bytes:
        return _refused(source, f"larger than {meter.limits.member_bytes // MIB} MiB; no terminal prints that much (--max-file)")
    foreign = unsupported(data[:HEAD])
    if foreign:
        return _refused(source, f"{foreign}; unpack it and name the folder")
    if meter.kept is not None:
        meter.kept[source.site, source.label] = data
    return Outcome(source, read_source(data, *hint_and_name_in(source.path)))


def _read_archive(source: Source, stream: BinaryIO, meter: Meter, depth: int) -> Iterator[Outcome]:
    """Read an archive's members, and archives among them as deep as the limits allow."""
    digest = hashlib.sha256()
    size = 0
    while chunk := stream.read(MIB):
        digest.update(chunk)
        size += len(chunk)
    stream.seek(0)
    seen: dict[str, int] = {}
    for count, member in enumerate(members(stream, source.path, meter)):
        if isinstance(member, Whole):
            if member.status == "refused":
                yield _refused(source, member.note)
            else:
                note = "; ".join(text for text in (f"an archive, {count:,} members", member.note) if text)
                yield Outcome(source, archive_reading(digest.hexdigest(), size, member.status, note))
            return
        name = visible_path(member.path.removeprefix("./"))
        times = seen[name] = seen.get(name, 0) + 1
        again = f" ({times})" if times > 1 else ""
        inner: Source = made(
            Source, (source.site, f"{source.label}!/{name}{again}", f"{source.path}!/{name}", source.file, "", "", source.argument)
        )
        if member.data is not None and not member.status and not _is_archive(member.data[:HEAD], inner.path):
            yield _read_plain(inner, member.data, meter)
        else:
            yield from _read_member(inner, member, meter, depth)


def _read_member(source: Source, member: Member, meter: Meter, depth: int) -> Iterator[Outcome]:
    if member.data is None:
        yield Outcome(source._replace(status=member.status, note=member.note), None)
        return
    for outcome in _read_bytes(source, member.data, meter, depth):
        if outcome.reading and member.status and outcome.source.label == source.label:
            yield outcome._replace(reading=outcome.reading.in_full()._replace(status=member.status, note=member.note))
        else:
            yield outcome


def _refused(source: Source, note: str) -> Outcome:
    return Outcome(source._replace(status="refused", note=note), None)


def _standard_input(meter: Meter) -> bytes:
    if sys.stdin is None:
        message = "Standard input is closed, so - gives nothing. Name files, or send something in."
        raise CaptureError(message)
    return sys.stdin.buffer.read(meter.limits.archive_bytes)


def expanded(arguments: Sequence[str]) -> list[str]:
    """Expand patterns, which Windows' shell does not; raises `CaptureError` for one that matches nothing."""
    found: list[str] = []
    for argument in arguments:
        before = len(found)
        if not argument:
            message = "A CAPTURE is empty. Name a file, a folder or an archive; . is this folder."
            raise CaptureError(message)
        if argument != STDIN and not os.path.lexists(argument) and glob.has_magic(argument):
            found += sorted(glob.glob(argument))  # noqa: PTH207 -- the pattern may be absolute
        else:
            found.append(argument)
        if len(found) == before:
            message = f"Nothing matches '{argument}'. Check the pattern, or name the files."
            raise CaptureError(message)
    return found


def _name_of(argument: str) -> str:
    if argument == STDIN:
        return DEFAULT_SITE
    path = Path(os.path.abspath(argument))  # noqa: PTH100 -- resolve() would follow links and change the name
    return visible_path((path.name if path.is_dir() else without_extensions(path.stem)) or DEFAULT_SITE)


def _labelled(site: str, arguments: Sequence[str]) -> list[Source]:
    """List the files of one site's arguments, each once, under names that tell them apart."""
    if len(arguments) == 1:
        found = list(_files_of(site, arguments[0]))
        # Escaped, two names may look alike.
        alike = len({source.path for source in found}) < len(found)
        return _told_apart([(arguments[0], source) for source in found]) if alike else found
    files: dict[str, tuple[str, Source]] = {}
    for argument in arguments:
        for source in _files_of(site, argument):
            # Arguments are resolved, and below them nothing is followed, so a file has one path.
            known = files.get(source.file)
            if known is None or source.path < known[1].path:
                files[source.file] = (argument, source)
    return _told_apart(list(files.values()))


def _told_apart(found: list[tuple[str, Source]]) -> list[Source]:
    """Put as much of the argument's own path in front of those that have one path in common as tells them apart."""
    labels = {index: source.path for index, (_, source) in enumerate(found)}
    depth = 0
    while True:
        by_label: dict[str, list[int]] = {}
        for index, label in labels.items():
            by_label.setdefault(label, []).append(index)
        labels_before = dict(labels)
        crowded = [index for indexes in by_label.values() if len(indexes) > 1 for index in indexes]
        if not crowded:
            return [
                source if source.label == labels[index] else source._replace(label=labels[index]) for index, (_, source) in enumerate(found)
            ]
        depth += 1
        for index in crowded:
            argument, source = found[index]
            if any(found[other][0] == argument for other in by_label[labels_before[index]] if other != index):
                # Two names in one folder that look alike once escaped: nothing above tells them apart.
                labels[index] = f"{labels_before[index]} ({1 + by_label[labels_before[index]].index(index)})"
                continue
            above = Path(os.path.abspath(argument))  # noqa: PTH100 -- as above
            parts = (above if above.is_dir() else above.parent).parts[-depth:]
            labels[index] = "/".join([visible_path(part.strip(os.sep)) for part in parts] + [source.path])


def _files_of(site: str, argument: str) -> Iterator[Source]:
    if argument == STDIN:
        yield Source(site, STDIN, STDIN, STDIN, argument=argument)
        return
    # A link that is named is followed; one that is met is not.
    file = os.path.realpath(argument)
    if not os.path.exists(file):  # noqa: PTH110 -- strings all the way: this runs for each of 100,000 files
        message = (
            f"'{visible_path(argument)}' is not there. Check the name; a CAPTURE is a file, a folder or an archive of saved command output."
        )
        raise CaptureError(message)
    if os.path.isdir(file):  # noqa: PTH112
        yield from _walk(site, file, argument)
    else:
        name = visible_path(os.path.basename(argument))  # noqa: PTH119
        yield Source(site, name, name, file, argument=argument)


_NAME = attrgetter("name")


def _walk(site: str, folder: str, argument: str) -> Iterator[Source]:
    pending = [(folder, "")]
    while pending:
        folder, below = pending.pop()
        try:
            with os.scandir(folder) as entries:
                found = sorted(entries, key=_NAME)
        except OSError as error:
            label = below.rstrip("/") or "."
            yield Source(site, label, label, folder, "refused", f"cannot be listed: {error.strerror or error}", argument)
            continue
        for entry in found:
            path = below + visible_path(entry.name)
            if entry.is_symlink():
                yield Source(site, path, path, entry.path, "link", "a link, not followed", argument)
            elif entry.is_dir(follow_symlinks=False):
                pending.append((entry.path, f"{path}/"))
            else:
                yield made(Source, (site, path, path, entry.path, "", "", argument))


def visible_path(text: str) -> str:
    """Return a file's name with bytes that are no text, and characters that do not print, escaped."""
    if text.isascii() and text.isprintable():
        return text
    # A name's bytes are read as UTF-8 whatever the locale is: the same files give the same report.
    text = os.fsencode(text).decode("utf-8", "surrogateescape")
    return visible(text)
