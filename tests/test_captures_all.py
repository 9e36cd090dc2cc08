"""Any bytes in, a clear answer out: every real capture, every damage to one, and lines made to be slow to read."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from functools import partial

import pytest
from growth import TIMES, grows_with_the_square
from hypothesis import given, settings
from hypothesis import strategies as st

import reconcile
from reconcile.base.limits import DEFAULT
from reconcile.capture.read_source import read_source
from reconcile.facts.path_names import hint_in_path
from reconcile.machines.naming import name_machines
from reconcile.parsers.registry import PARSERS

HERE = "[root@esx01:/vmfs/volumes/PMemDS-1/vm]"
SESSION = f"""\
=~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2026.11.22 10:12:13 =~=~=~=~=~=~=~=~=~=~=~=
{HERE} df -h
Filesystem   Size   Used Available Use% Mounted on
VMFS-6     348.8G  19.7G    329.1G   6% /vmfs/volumes/datastore1 (1)
PMEM         5.9T   3.4G      5.9T   0% /vmfs/volumes/PMemDS-1

{HERE} ls
a.vmdk    b b.vmdk
a_1.vmdk
{HERE} ls -lR
.:
total 8
-rw-------    1 root     root     17179869184 Nov 20 10:11 a.vmdk
lrwxr-xr-x    1 root     root               1 Nov 20 10:11 b -> c

./d:
total 0
{HERE} vmkfstools -J getuuid a.vmdk
UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c
{HERE} for f in *.vmdk; do echo "$f"; vmkfstools -J getuuid "$f"; done
a.vmdk
UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c
b b.vmdk
Failed to open 'b b.vmdk' : The system cannot find the file specified (25).
{HERE} uname -a
VMkernel esx01 7.0.3 #1 SMP Release build-1 Jan 1 2026 x86_64 ESXi
"""
GUEST = """\
\x1b[?2004hroot@db01:~# ndctl list -DRN
{
  "dimms":[
    {
      "dev":"nmem1",
      "id":"8902-00012345",
      "handle":1
    },
    {
      "dev":"nmem0",
      "id":"8902-1e100000",
      "handle":0
    }
  ],
  "regions":[
    {
      "dev":"region0",
      "size":1073741824,
      "mappings":[
        {
          "dimm":"nmem0",
          "offset":0,
          "length":1073741824
        }
      ],
      "namespaces":[
        {
          "dev":"namespace0.0",
          "mode":"raw",
          "size":1073741824
        }
      ]
    }
  ]
}
root@db01:~# df -h
Filesystem      Size  Used Avail Use% Mounted on
/dev/pmem0      974M   68K  907M   1% /mnt/db redo
root@db01:~# hostname
db01
root@db01:~#
"""
ALTERNATING = "".join(f"v{n}.vmdk\nUUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0{n}\n" for n in range(6))
BUSYBOX = (
    "Filesystem                Size      Used Available Use% Mounted on\n/dev/pmem0   973.4M     68.0K    906.2M   0% /mnt\n"
    "a-device-with-a-long-name\n                   100.0G     60.0M     99.9G   0% /vmfs/volumes/x y\n"
)
MADE = [SESSION, GUEST, ALTERNATING, BUSYBOX]
HINTS = st.sampled_from(["", "ls", "ls -lR", "hostname", "vmkfstools -J getuuid a.vmdk"])


def accounted(data: bytes, hint: str = ""):
    """Read bytes, and check that every line is accounted for, once, and every fact stands on a line that there is."""
    reading = read_source(data, hint)
    ledger = reading.ledger
    assert ledger.lines == ledger.recognised + ledger.noise + ledger.not_understood
    assert min(ledger) >= 0
    numbers = [unread.line for unread in reading.unread]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == ledger.not_understood
    assert all(1 <= number <= ledger.lines for number in numbers)
    assert all(1 <= record.line <= ledger.lines for part in reading.parts for record in part.records)
    return reading


def test_every_capture_there_is_is_read_and_accounted_for(shared):
    files = [file for file in sorted(shared.rglob("*")) if file.is_file() and file.stat().st_size <= DEFAULT.member_bytes]
    assert len(files) > 1000
    sources = []
    for file in files:
        path = str(file.relative_to(shared))
        sources.append((path, path, accounted(file.read_bytes(), hint_in_path(path))))
    assert len(name_machines(sources)) == len(sources)


def test_reading_twice_is_reading_once(shared):
    """No clock, no counter, no order of a set shows in what was read."""
    for file in sorted(shared.glob("public/*/*")):
        assert read_source(file.read_bytes()) == read_source(file.read_bytes())


def test_what_hides_in_a_capture_of_something_else_is_nobodys_dimm(shared):
    """What lsblk, findmnt, dmesg and the rest hold is block devices and mounts at most."""
    for pattern in ("lsblk*", "findmnt*", "*dmesg*", "proc_iomem*", "*help*"):
        for file in sorted(shared.glob(f"qemu/g*/{pattern}")):
            kinds = {type(record).__name__ for part in accounted(file.read_bytes()).parts for record in part.records}
            assert kinds <= {"Failure", "Disk", "Mount"}, file.name


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.binary(max_size=600), HINTS)
def test_any_bytes_are_read(data, hint):
    accounted(data, hint)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.text(max_size=300), HINTS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be"]))
def test_any_text_is_read(text, hint, encoding):
    accounted(text.encode(encoding, "replace"), hint)


PIECES = sorted(
    {line for text in MADE for line in text.split("\n")} | {"", " ", "[", "]", "{", "}", "# ls", "> x", "+ ls", "a.vmdk", "./d:", "x"}
)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25), HINTS)
def test_any_order_of_real_lines_is_read(lines, hint):
    accounted("\n".join(lines).encode(), hint)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.data())
def test_any_damage_to_a_capture_is_read(data):
    """Lines lost, doubled and swapped, an end cut off at any byte, bytes flipped."""
    lines = data.draw(st.sampled_from(MADE)).split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        one, other = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        damage = data.draw(st.sampled_from(["lose", "double", "swap"]))
        if damage == "lose" and len(lines) > 1:
            del lines[one]
        elif damage == "double":
            lines.insert(other, lines[one])
        else:
            lines[one], lines[other] = lines[other], lines[one]
    raw = bytearray("\n".join(lines).encode())
    for at in data.draw(st.lists(st.integers(0, max(0, len(raw) - 1)), max_size=5)):
        if raw:
            raw[at] ^= 1 << data.draw(st.integers(0, 7))
    accounted(bytes(raw[: data.draw(st.integers(0, len(raw)))]))


@pytest.mark.parametrize("text", MADE, ids=["session", "guest", "alternating", "busybox"])
def test_a_capture_cut_at_every_byte_is_read(text):
    data = text.encode()
    for stop in range(len(data) + 1):
        accounted(data[:stop])


ATOMS = ("a", " ", "\t", "7", "0 ", '"', "[{", "x  ", "a@b:", "a.vmdk ", "/x ", "-> ")
STARTS = (
    "", " ", "[", "[root@a", "[root@a:", "[root@a ", "root@a:~", "a:/", "/", "~ ", "+ ", "  ", '"', "UUID is ", "Failed to open ", "DISKLIB-X : ",
    "Filesystem ", "-rw-r--r-- 1 root root 1 Nov 20 10:11 ", "vfat 1 1 1 1% /", "total 1", "Script started", "[sudo] password for ", "for ",
    "\x1b[", "\x1b]", "==== ", "vmkfstools getuuid ", "ls: ", "Connection to ", "BusyBox v1 ", "Linux a", "usage: ", "failed to ", "2026",
)  # fmt: skip
LENGTH = 22_000
HOSTILE = tuple((start, atom) for start in STARTS for atom in ATOMS)
USED = re.compile(r"\b([A-Z_]*[A-Z][A-Z_]+)\.(match|fullmatch|search|finditer|split|sub)\(")


def uses() -> list[tuple[str, str, re.Pattern[str]]]:
    """List every compiled expression of the package, with each way in which its module uses it; ``match`` for those in tables."""
    found: dict[tuple[str, str], re.Pattern[str]] = {}
    for found_module in pkgutil.walk_packages(reconcile.__path__, "reconcile."):
        if found_module.name.endswith("__main__"):
            continue
        module = importlib.import_module(found_module.name)
        ways: dict[str, set[str]] = {}
        for name, way in USED.findall(inspect.getsource(module)):
            ways.setdefault(name, set()).add(way)
        for name, value in vars(module).items():
            tabled = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
            for one in (value, *tabled):
                if isinstance(one, re.Pattern) and isinstance(one.pattern, str):
                    for way in ways.get(name, {"match"}):
                        found[way, one.pattern] = one
    return [(way, text, pattern) for (way, text), pattern in sorted(found.items())]


def line_of(start: str, atom: str, length: int = LENGTH) -> str:
    return (start + atom * (length // len(atom)))[:length] + "!"


def apply(pattern: re.Pattern[str], way: str, line: str) -> None:
    """Use an expression as the package does."""
    if way == "sub":
        pattern.sub("", line)
    elif way == "finditer":
        assert all(pattern.finditer(line)) or line
    else:
        getattr(pattern, way)(line)


USES = uses()


def test_every_expression_of_the_package_is_tried():
    assert {way for way, _, _ in USES} >= {"match", "search", "finditer", "sub", "fullmatch"}
    assert len(USES) > 50


@pytest.mark.parametrize(("way", "text", "pattern"), USES, ids=[f"{way} {text[:30]}" for way, text, _ in USES])
def test_no_expression_is_slow_on_any_line(way, text, pattern):
    """A line may be as long as a file; an expression whose time grows with the square of it would never end."""
    for start, atom in HOSTILE:
        line, less = line_of(start, atom), line_of(start, atom, LENGTH // TIMES)
        assert not grows_with_the_square(partial(apply, pattern, way, line), partial(apply, pattern, way, less)), line[:60]


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_no_parser_is_slow_to_see_whether_a_line_is_its_own(parser):
    for start, atom in HOSTILE[::5]:
        line, less = line_of(start, atom), line_of(start, atom, LENGTH // TIMES)
        assert not grows_with_the_square(partial(parser.starts, line), partial(parser.starts, less)), line[:60]


@pytest.mark.parametrize("head", ["", "# ls", "# ndctl list", "Filesystem  Size  Used Avail Use% Mounted on"])
@pytest.mark.parametrize("atom", ["\t", " ", "7", "a.vmdk  ", "x   ", "a@b:", "a -> ", "[{", '"dev":'])
def test_no_capture_of_one_long_line_is_slow(head, atom):
    """Whatever calls whatever how often: the whole way from bytes to facts."""

    def capture(length: int) -> bytes:
        long = atom * (length // len(atom))
        return "\n".join([head, f"[a{long}!", f"total {long}!", f"root@a:~# {long}", f"a.vmdk {long}.vmdk"]).encode()

    assert not grows_with_the_square(partial(read_source, capture(16_000)), partial(read_source, capture(16_000 // TIMES)))
