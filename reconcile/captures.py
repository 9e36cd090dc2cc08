"""From CAPTURE arguments to sources: which files there are, what they are called in the report, and their bytes.

Captures are only ever read. Links that are met are listed and not followed; what is no regular file is not opened.
"""

from __future__ import annotations

import glob
import os
import stat
import sys
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from reconcile.errors import CaptureError
from reconcile.machines import hint_in_path
from reconcile.reading import read_source
from reconcile.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.reading import Reading

MOST_BYTES = 64 << 20
STDIN = "-"
DEFAULT_SITE = "captures"

_ARCHIVES = (
    (0, b"PK\x03\x04", "a zip archive"), (0, b"\x1f\x8b", "a gzip file"), (0, b"\xfd7zXZ\x00", "an xz file"), (4, b"1AY&SY", "a bzip2 file"),
    (257, b"ustar", "a tar archive"), (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"), (0, b"Rar!\x1a\x07", "a rar archive"),
)  # fmt: skip
_DOCUMENTS = frozenset({".xlsx", ".xlsm", ".docx", ".pptx", ".ods", ".odt", ".jar", ".whl"})


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read. `label` is unique in its site; `path` is the path below the CAPTURE argument.

    `status` is ``""`` where it is to be read, else what the report says of it instead, with `note` saying why.
    """

    site: str
    label: str
    path: str
    file: str
    status: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A source and what came of it: a reading, or a status that says why there is none."""

    source: Source
    reading: Reading | None


def locate(arguments: Sequence[str], *, site: str | None = None, sites: bool = False) -> list[Source]:
    """List the sources that CAPTURE arguments hold, in the report's order.

    With `sites` each argument is a site of its own, named after it; otherwise all are one, called `site`, or after the only
    argument. Raises `CaptureError` where an argument is not there.
    """
    if not arguments:
        message = "No CAPTURE was given. Name files or folders that hold saved command output."
        raise CaptureError(message)
    if sites and site is not None:
        message = "--site names the one site, and --sites makes each CAPTURE its own. Give one of them."
        raise CaptureError(message)
    if site is not None and not site.strip():
        message = "--site was given no name. Give one, or leave --site out."
        raise CaptureError(message)
    arguments = expanded(arguments)
    if sites:
        names = [_name_of(argument) for argument in arguments]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            message = f"Two CAPTURE arguments would both be the site '{twice}'. Rename one, or leave --sites out."
            raise CaptureError(message)
        found = [source for name, argument in zip(names, arguments, strict=True) for source in _labelled(name, [argument])]
    else:
        name = site if site is not None else _name_of(arguments[0]) if len(arguments) == 1 else DEFAULT_SITE
        found = _labelled(name, arguments)
    return sorted(found, key=lambda source: (source.site, source.label))


def read(source: Source) -> Outcome:
    """Read a source's bytes and what they say. Never raises for what a file holds, or for what the system refuses."""
    if source.status:
        return Outcome(source, None)
    try:
        data = _standard_input() if source.file == STDIN else _bytes_of(source.file)
    except OSError as error:
        return _refused(source, f"cannot be read: {error.strerror or error}")
    if data is None:
        return _refused(source, "not a regular file; what a pipe gives is read with -")
    if len(data) > MOST_BYTES:
        return _refused(source, f"larger than {MOST_BYTES >> 20} MiB; no terminal prints that much")
    archive = next((what for at, magic, what in _ARCHIVES if data[at : at + len(magic)] == magic), "")
    if archive and PurePath(source.file).suffix.lower() not in _DOCUMENTS:
        return _refused(source, f"{archive}; unpack it and name the folder")
    return Outcome(source, read_source(data, hint_in_path(source.path)))


def _standard_input() -> bytes:
    if sys.stdin is None:
        message = "Standard input is closed, so - gives nothing. Name files, or send something in."
        raise CaptureError(message)
    return sys.stdin.buffer.read(MOST_BYTES + 1)


def _refused(source: Source, note: str) -> Outcome:
    return Outcome(replace(source, status="refused", note=note), None)


def _bytes_of(file: str) -> bytes | None:
    """Read a file at once, so that what is hashed is what is parsed. None where it is no regular file."""
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        chunks: list[bytes] = []
        size = 0
        while size <= MOST_BYTES:
            chunk = os.read(descriptor, MOST_BYTES + 1)
            if not chunk:
                break
            chunks.append(chunk)
            size += len(chunk)
        return b"".join(chunks)
    finally:
        os.close(descriptor)


def expanded(arguments: Sequence[str]) -> list[str]:
    """Expand patterns, which Windows' shell does not; raises `CaptureError` for one that matches nothing."""
    found: list[str] = []
    for argument in arguments:
        before = len(found)
        if not argument:
            message = "A CAPTURE is empty. Name a file or a folder; . is this one."
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
    return visible_path((path.name if path.is_dir() else path.stem) or DEFAULT_SITE)


def _labelled(site: str, arguments: Sequence[str]) -> list[Source]:
    """List the files of one site's arguments, each once, under names that tell them apart."""
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
            return [replace(source, label=labels[index]) for index, (_, source) in enumerate(found)]
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
        yield Source(site, STDIN, STDIN, STDIN)
        return
    # A link that is named is followed; one that is met is not.
    file = os.path.realpath(argument)
    if not os.path.exists(file):  # noqa: PTH110 -- strings all the way: this runs for each of 100,000 files
        message = f"'{visible_path(argument)}' is not there. Check the name; a CAPTURE is a file or a folder of saved command output."
        raise CaptureError(message)
    if os.path.isdir(file):  # noqa: PTH112
        yield from _walk(site, file, "")
    else:
        name = visible_path(os.path.basename(argument))  # noqa: PTH119
        yield Source(site, name, name, file)


def _walk(site: str, folder: str, below: str) -> Iterator[Source]:
    pending = [(folder, below)]
    while pending:
        folder, below = pending.pop()
        try:
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            label = below.rstrip("/") or "."
            yield Source(site, label, label, folder, "refused", f"cannot be listed: {error.strerror or error}")
            continue
        for entry in found:
            path = below + visible_path(entry.name)
            if entry.is_symlink():
                yield Source(site, path, path, entry.path, "link", "a link, not followed")
            elif entry.is_dir(follow_symlinks=False):
                pending.append((entry.path, f"{path}/"))
            else:
                yield Source(site, path, path, entry.path)


def visible_path(text: str) -> str:
    """Return a file's name with bytes that are no text, and characters that do not print, escaped."""
    # A name's bytes are read as UTF-8 whatever the locale is: the same files give the same report.
    text = os.fsencode(text).decode("utf-8", "surrogateescape")
    return visible(text)
