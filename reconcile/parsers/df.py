"""``df`` of ESXi, and of Linux.

ESXi prints the file system's type where Linux prints the device, and the unit in the header's second word: ``Size`` (-h),
``Bytes``, ``1M-blocks`` (-m), ``1K-blocks`` (-k). It sizes every column by its content, so nothing is cut by position. The last
column may hold blanks: ``datastore1 (1)`` is ESXi's own name for a second datastore1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.records import Filesystem, Mount, Parsed, Record
from reconcile.parsers.kinds import is_end_of_row
from reconcile.parsers.parser import Parser
from reconcile.transcript.chatter import is_chatter
from reconcile.transcript.failures import is_failure

if TYPE_CHECKING:
    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section

# Filesystem   Size   Used Available Use% Mounted on        Filesystem           1K-blocks      Used Available Use% Mounted on
_HEADER = re.compile(
    r"\s*Filesystem\s+(?:(Type)\s+)?(\S+)\s+(?:Used|IUsed)\s+(Available|Avail|IFree)\s+(?:I?Use%|Capacity)\s+Mounted\s+on(?:\s+(?:<[-=<]|#\s|//\s|\u2190|\(nmem[0-9]).*)?\s*$"
)
# Dateisystem               Gr\u00f6\u00dfe Benutzt Verf. Verw% Eingeh\u00e4ngt auf        Sys. de fichiers blocs de 1K Utilis\u00e9 Disponible Uti% Mont\u00e9 sur
# The layout is the same in every language; what ends in % stands in front of the mount point.
_FOREIGN = re.compile(r"(\S[^/%]{8,160}?)\s(\S{0,14}%|%[^\s/%]{1,8})\s{1,4}(\S[^/%]{0,30})$")
_FOREIGN_BEGINS = (
    "Dateisystem", "Sys. de fichiers", "Sys. fichiers", "Syst\u00e8me de fichiers", "S.ficheros", "S. ficheros", "Sist. de ficheros", "Sistema de ficheros",
    "Sistema de archivos", "S.archivos", "File system", "Sist. Arq.", "Sist.Arq.", "Sistema de arquivos", "Bestandssysteem", "Sys. fich.", "Souborov\u00fd syst", "Filsystem", "Dosyasistemi", "Dosya sistemi", "Tiedostoj", "F\u00e1jlrendszer", "System plik\u00f3w",
    "\u30d5\u30a1\u30a4\u30eb\u30b7\u30b9", "\u6587\u4ef6\u7cfb\u7edf", "\u6a94\u6848\u7cfb\u7d71", "\ud30c\uc77c \uc2dc\uc2a4\ud15c", "\u0424\u0430\u0439\u043b\u043e\u0432\u0430\u044f", "\u0424\u0430\u0439\u043b.\u0441\u0438\u0441\u0442\u0435\u043c\u0430",
)  # fmt: skip
# The heading of a column that holds the type, with -T.
_TYPES = frozenset({
    "Type",
    "Typ",
    "Tipo",
    "Soort",
    "\u30bf\u30a4\u30d7",
    "\u7c7b\u578b",
    "\u985e\u578b",
    "\u0422\u0438\u043f",
    "\ud615\uc2dd",
})
_TYPE = re.compile(r"[a-z][a-z0-9._-]{1,20}$")
# VMFS-6     348.8G  19.7G    329.1G   6% /vmfs/volumes/datastore1
_ROW = re.compile(r"\s*(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+([0-9]{1,3}|-)%?\s+(/.*)$")
# /dev/pmem0      454M   24K  419M   1% /mnt/pmem        datastore two        2684354560         0 2684354560   0% /mnt/x
# The first "N% /" of a line parts figures and mount point; blanks may stand in the device's name and in the mount point's.
_LINUX_END = re.compile(r"\s(?:[0-9]{1,3}%|-)\s+(/.*)$")
_LINUX_FIGURE = re.compile(r"-?[0-9.,]+[KMGTPE]?i?$|-$")
_FIGURE = re.compile(r"([0-9]+)(?:\.([0-9]+))?([KMGTPE]?)$")
_FACTORS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40, "P": 1 << 50, "E": 1 << 60}
_UNITS = {"bytes": 1, "size": 1, "1k-blocks": 1 << 10, "1024-blocks": 1 << 10, "1m-blocks": 1 << 20}
# What ESXi calls its file systems. The set is open; a row under ESXi's header is read whatever its type.
_ESXI_TYPE = re.compile(r"(?:VMFS(?:-[0-9L]\w*)?|VMFSOS|VFFS|vfat|NFS(?:41)?|PMEM|vsan|VVOL|OTHER)$", re.IGNORECASE)


# A mount point may have 4,096 bytes.
_LONGEST_ROW = 16384


class _Table(NamedTuple):
    """What a header says: figures in units of `factor` bytes (None where it does not say), and whose df it is."""

    factor: int | None
    linux: bool
    typed: bool
    foreign: bool = False


def runs(simple: Simple) -> bool:
    """Tell whether this command is df."""
    return simple.name == "df"


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line."""
    return bool(_HEADER.match(line)) or _is_esxi_row(line) or (line.startswith(_FOREIGN_BEGINS) and _foreign(line) is not None)


def _foreign(line: str) -> _Table | None:
    """Read a heading in another language than English; None where this is none."""
    found = _FOREIGN.match(line.rstrip()) if len(line) <= _LONGEST_HEADER else None
    if not found or len(found[1].split()) < _FIGURES:
        return None
    return _Table(None, linux=True, typed=not _TYPES.isdisjoint(found[1].split()), foreign=True)


_LONGEST_HEADER = 240


def _is_esxi_row(line: str) -> bool:
    found = _ROW.match(line)
    return bool(found and found[6].startswith("/vmfs/volumes/") and _ESXI_TYPE.match(found[1]))


def parse(section: Section) -> Parsed:
    """Read file systems (ESXi) or mounts (Linux)."""
    reader = _Reader(max((len(line) for line in section.lines), default=0))
    for number, line in section.numbered():
        reader.read(number, line)
    reader.end()
    return Parsed(tuple(reader.records), tuple(reader.noise), tuple(sorted(reader.rest)))


class _Reader:
    """Reads an answer line by line. A second header in one section is a second answer, whose command is not known."""

    def __init__(self, widest: int) -> None:
        self._widest = widest
        self._full = 0
        self.records: list[Record] = []
        self.noise: list[int] = []
        self.rest: list[int] = []
        self._table: _Table | None = None
        self._over = False
        self._device: tuple[int, str] | None = None

    def read(self, number: int, line: str) -> None:
        if not line.strip():
            self.noise.append(number)
            return
        if len(line) > _LONGEST_ROW:
            self.rest.append(number)
            return
        header = _HEADER.match(line)
        if header:
            self._over = self._table is not None
            self._table = _Table(_UNITS.get(header[2].lower()), _is_linux(header), bool(header[1]))
        elif self._table is None and not is_failure(line):
            self._table = _foreign(line)
            header = _FOREIGN.match(line.rstrip()) if self._table else None
        if self._over or not (header or self._end_of_row(number, line) or self._row(number, line)):
            self.rest.append(number)
        elif len(line) == self._widest >= _NARROWEST:
            self._full = number

    def _end_of_row(self, number: int, line: str) -> bool:
        """Add to ESXi's row in front what a narrow terminal broke off: the row fills the width that no line goes beyond."""
        row = self.records[-1] if self.records else None
        if self._full != number - 1 or not isinstance(row, Filesystem) or row.line != self._full:
            return False
        if line[0].isspace() or is_failure(line) or is_chatter(line) or len(line.split()) > _MOST_BLANKS or "/vmfs" in line:
            return False
        self.records[-1] = row._replace(mounted_on=row.mounted_on + line.rstrip())
        return True

    def end(self) -> None:
        if self._device:
            self.rest.append(self._device[0])
            self._device = None

    def _row(self, number: int, line: str) -> bool:
        table = self._table
        if table is None:
            return _is_esxi_row(line) and self._filesystem(number, line, None)
        # The header of GNU's plain df is that of ESXi's df -k; but all that ESXi mounts is below /vmfs.
        if not table.linux and "/vmfs/" in line and self._filesystem(number, line, table.factor):
            return True
        return self._mount(number, line, table)

    def _filesystem(self, number: int, line: str, factor: int | None) -> bool:
        found = _ROW.match(line)
        if not found or found[5] == "-" or found[1].startswith("/") or not found[6].startswith("/vmfs/"):
            return False
        size, used, available = found[2], found[3], found[4]
        if not all(_FIGURE.match(text) for text in (size, used, available)):
            return False
        exact = (_bytes(size, factor), _bytes(used, factor), _bytes(available, factor))
        self.records.append(Filesystem(number, found[1], size, used, available, *exact, int(found[5]), _bare(found[6])))
        return True

    def _mount(self, number: int, line: str, table: _Table) -> bool:
        end = _LINUX_END.search(line)
        parts = line[: end.start()].rsplit(None, _FIGURES) if end else []
        figures = parts[-_FIGURES:]
        if not end or len(figures) < _FIGURES or not all(_LINUX_FIGURE.match(figure) for figure in figures):
            self.end()
            if not line[0].isspace() and not is_failure(line):
                # A device too long for its column stands alone, and its figures on the next line.
                self._device = (number, line.rstrip())
                return True
            return False
        name = parts[0].strip() if len(parts) > _FIGURES else ""
        fstype = ""
        if table.typed:
            name, _, fstype = name.rpartition(" ")
            name = name.rstrip()
        if table.foreign and (" " in name or (table.typed and not _TYPE.match(fstype))):
            # Its heading is not known word for word: a column more, and nobody could say which is which.
            return False
        if self._device and line[0].isspace() and not name:
            name = self._device[1]
            self._device = None
        self.end()
        if not name or name[0] in _MARKS or (_ESXI_TYPE.match(name) and end[1].startswith("/vmfs/volumes/")):
            # A type of ESXi is no device: its heading was damaged.
            return False
        self.records.append(Mount(number, name, _bare(end[1]), fstype))
        return True


def _bare(path: str) -> str:
    """Return a mount point without what somebody wrote behind it, and without blanks at its end."""
    return _REMARK.sub("", path.rstrip()).rstrip().replace("\t", " ")


# With these no device begins, and text that was set in bold or quoted does.
_MARKS = frozenset("*_`|>")
# /mnt/db   <-- new        /vmfs/volumes/datastore1 (1) # old        /mnt/db (nmem1)
_REMARK = re.compile(r"\s(?:<[-=<]|#\s|//\s|\u2190|\u2192|\(nmem[0-9]).*$")
_FIGURES = 3
# A terminal is 80 wide or more. datastore1 (1) has a blank.
_NARROWEST = 60
_MOST_BLANKS = 2


def _is_linux(header: re.Match[str]) -> bool:
    """GNU's header says Avail. busybox's says Available like ESXi's, but pads its first column to 20 characters."""
    if header[1] or header[3] != "Available" or header[2] in {"1024-blocks", "Inodes"}:
        return True
    gap = header.start(2) - (header[0].index("Filesystem") + len("Filesystem"))
    return header[2] != "Bytes" and gap > _ESXI_WIDEST_GAP


# ESXi's columns are as wide as their content: "Size" stands 4 characters behind "Filesystem" at most, "1K-blocks" a few more.
# busybox leaves 11 and more.
_ESXI_WIDEST_GAP = 10


def _bytes(text: str, factor: int | None) -> int | None:
    """Return a figure in bytes, as exact as it was printed; None where its unit is not known."""
    found = _FIGURE.match(text)
    if not found or (factor is None and not found[3]):
        return None
    whole, tenths, unit = found[1], found[2] or "", found[3]
    scale = _FACTORS[unit] * (factor or 1)
    parts: int = 10 ** len(tenths)
    return (int(whole + tenths) * scale + parts // 2) // parts


PARSER = Parser(
    name="df",
    where="host, guest",
    command="df -h",
    reads="file systems of ESXi (-h, -m, -k, bytes); mounts of Linux",
    runs=runs,
    starts=starts,
    parse=parse,
    without_facts={
        "a heading": r".{1,160}(?:\S{0,14}%|%[^\s/%]{1,8})\s{1,4}\S[^/%]{0,30}$|.*\bCapacity\s+Mounted on\s*$",
        "a device too long for its column, or the end of a row": is_end_of_row,
    },
)
