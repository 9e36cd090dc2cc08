"""From CAPTURE arguments to sources: which files there are, and what they are called in the report.

Links that are met are listed and not followed.
"""

from __future__ import annotations

import glob
import os
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reconcile.base.errors import CaptureError
from reconcile.base.named_tuples import made
from reconcile.base.printable import visible
from reconcile.base.windows import is_link, is_reserved
from reconcile.facts.path_names import without_extensions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.facts.source_reading import AnyReading

STDIN = "-"
DEFAULT_SITE = "captures"


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
    if is_reserved(argument):
        message = f"'{visible_path(argument)}' is a device's name on Windows, whatever its ending. Rename the file where it was made."
        raise CaptureError(message)
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
            if is_link(entry):
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
