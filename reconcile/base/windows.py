"""What Windows does otherwise: links of a second kind, names that are devices, and what a closed pipe is called there."""

from __future__ import annotations

import errno
import os
import re
import stat

IS_WINDOWS = os.name == "nt"
# Source: Microsoft, "Naming Files, Paths, and Namespaces": also with any ending, and with superscript figures.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])[ ]*(?:[.:].*)?$", re.IGNORECASE)
# Python's name for it exists on Windows alone.
_JUNCTION = 0xA0000003


def is_link(entry: os.DirEntry[str]) -> bool:
    """Tell whether an entry of a folder leads elsewhere: a symbolic link, or a junction, which is a folder to all that do not ask."""
    if entry.is_symlink():
        return True
    if not IS_WINDOWS or not entry.is_dir(follow_symlinks=False):
        return False
    status = entry.stat(follow_symlinks=False)
    return getattr(status, "st_reparse_tag", 0) == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", _JUNCTION)


def is_reserved(path: str) -> bool:
    """Tell whether a path's last name is a device's on this machine, which no file can have."""
    return IS_WINDOWS and _DEVICES.match(re.split(r"[\\/]", path.rstrip("\\/"))[-1]) is not None


def is_closed_pipe(error: OSError) -> bool:
    """Tell whether an error says that whoever read our output has had enough. Windows calls an argument invalid, as the C library does."""
    return isinstance(error, BrokenPipeError) or (IS_WINDOWS and error.errno == errno.EINVAL and error.filename is None)
