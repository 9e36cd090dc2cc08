"""The guest's layers of block devices (partitions, LVM, device-mapper) and their mount points.

Three kinds of names look alike. ``/dev/pmem1`` is the kernel's device, ``/dev/mapper/pmem1`` a target that somebody called so, and the
word ``pmem1`` alone is the source of a pseudo file system, which is no device. Only what ``lsblk`` shows ties the second to the first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from reconcile.base.natural_order import natural
from reconcile.facts.records import Disk, Mount, Partial
from reconcile.inventory.mount_spelling import spell_out
from reconcile.inventory.newest_answer import settle
from reconcile.machines.capture_times import newest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from reconcile.machines.capture_times import Moments, When
    from reconcile.machines.site_facts import SiteFacts

# pmem0        pmem1p1        pmem0.1        pmem1s1        sda3        nvme0n1p2: the device, and a partition of it.
_PARTITION = re.compile(r"(pmem[0-9]+(?:\.[0-9]+)?s?)(?:p?[0-9]+)?$|([svxh]d[a-z]{1,3}|xvd[a-z]{1,3})[0-9]+$|(nvme[0-9]+n[0-9]+)p[0-9]+$")
# The kernel's devices that lie on no other.
_BOTTOM = re.compile(r"pmem[0-9]+(?:\.[0-9]+)?s?$|[svh]d[a-z]{1,3}$|xvd[a-z]{1,3}$|nvme[0-9]+n[0-9]+$|PhysicalDrive[0-9]+$")
# What lsblk calls targets of device-mapper. A partition of one (kpartx) is "part".
_MAPPED = frozenset({"lvm", "crypt", "mpath", "dm"})
_MAPPER = "mapper/"
_DEPTH_OF_LV = 2


@dataclass(slots=True, eq=False)
class Layer:
    """What one answer says of mounts, each a device and its mount point, and of what lies on what. For names of devices see `node_of`."""

    when: When
    label: str
    is_whole: bool = True
    shows_mounts: bool = False
    mounts: list[tuple[str, str]] = field(default_factory=list)
    parents: dict[str, set[str]] = field(default_factory=dict)
    shows_disks: bool = False


class Mounted(NamedTuple):
    """Where file systems are mounted that lie on a device, and the mount points of which the captures disagree, each with its sources."""

    targets: tuple[str, ...]
    disputed: tuple[str, ...]


class Stack:
    """What some answers of a guest say together. Where times are known the newest counts; what cannot hold at one time is disputed."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._parents: dict[str, set[str]] = {}
        self._doubtful: set[str] = set()
        self._below: dict[str, frozenset[str]] = {}
        self._put_together(newest([layer for layer in layers if layer.parents]))
        # Of each mount whether it is disputed, and who says it; of each device the mounts that lie on it.
        self._mounts: dict[tuple[str, str], tuple[bool, list[str]]] = {}
        self._on: dict[str, dict[tuple[str, str], None]] = {}
        self._mount(newest([layer for layer in layers if layer.shows_mounts]))

    def on(self, devices: Collection[str]) -> Mounted:
        """Return where file systems are mounted that lie on any of these of the kernel's devices."""
        found = dict.fromkeys(mount for device in devices for mount in self._on.get(device, ()))
        sure = {target for node, target in found if not self._mounts[node, target][0]}
        disputed: dict[str, dict[str, None]] = {}
        for node, target in found:
            is_disputed, labels = self._mounts[node, target]
            if is_disputed and target not in sure:
                disputed.setdefault(target, {}).update(dict.fromkeys(labels))
        return Mounted(
            tuple(sorted(sure, key=natural)),
            tuple(f"{target} in {' and '.join(disputed[target])}" for target in sorted(disputed, key=natural)),
        )

    def _put_together(self, layers: Sequence[Layer]) -> None:
        claims: dict[str, list[tuple[frozenset[str], When]]] = {}
        for layer in layers:
            for node, parents in layer.parents.items():
                claims.setdefault(node, []).append((frozenset(parents), layer.when))
        for node, said in claims.items():
            settled = settle(said)
            self._parents[node] = set().union(*settled.standing)
            if settled.is_disputed:
                self._doubtful.add(node)

    def _mount(self, layers: Sequence[Layer]) -> None:
        by_target: dict[str, list[tuple[frozenset[str], When]]] = {}
        # df shows a device with one of its mount points, and an old lsblk with one that may be another: each is held against its like.
        by_node: dict[tuple[str, bool], list[tuple[frozenset[str], When]]] = {}
        for layer in layers:
            for target, bottoms in self._bottoms(layer.mounts).items():
                by_target.setdefault(target, []).append((bottoms, layer.when))
            for node, targets in _grouped(layer.mounts).items() if layer.is_whole else ():
                by_node.setdefault((node, layer.shows_disks), []).append((targets, layer.when))
        of_target = {target: settle(claims) for target, claims in by_target.items()}
        of_node = {node: settle(claims) for node, claims in by_node.items()}
        for layer in layers:
            own, ends = _grouped(layer.mounts), self._bottoms(layer.mounts)
            for node, target in layer.mounts:
                there, here = of_target.get(target), of_node.get((node, layer.shows_disks))
                if (there and target in ends and ends[target] not in there.standing) or (
                    here and layer.is_whole and own[node] not in here.standing
                ):
                    # A later answer says otherwise.
                    continue
                disputed = bool((there and there.is_disputed) or (here and here.is_disputed) or self._doubtful & self.below(node))
                self._note(node, target, layer.label, disputed=disputed)

    def _note(self, node: str, target: str, label: str, *, disputed: bool) -> None:
        was, labels = self._mounts.get((node, target), (False, []))
        self._mounts[node, target] = (was or disputed, [*labels, label] if label not in labels else labels)
        for device in self.below(node):
            self._on.setdefault(device, {})[node, target] = None

    def _bottoms(self, mounts: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
        """Return what each mount point lies on in the end, of those of which that is known."""
        found: dict[str, set[str]] = {}
        unknown: set[str] = set()
        for node, target in mounts:
            ends = {name for name in self.below(node) if not self._parents.get(name) and not _whole_of(name)}
            if ends and all(_BOTTOM.match(name) for name in ends):
                found.setdefault(target, set()).update(ends)
            else:
                unknown.add(target)
        return {target: frozenset(ends) for target, ends in found.items() if target not in unknown}

    def below(self, node: str) -> frozenset[str]:
        """Return a device and all that it lies on."""
        if node not in self._below:
            pending = [node]
            seen: set[str] = set()
            while pending:
                name = pending.pop()
                if name not in seen:
                    seen.add(name)
                    pending += self._parents.get(name, ())
                    whole = _whole_of(name)
                    if whole:
                        pending.append(whole)
            self._below[node] = frozenset(seen)
        return self._below[node]


def _whole_of(name: str) -> str:
    """Return the device that the kernel's name of a partition names, or ``""``."""
    found = _PARTITION.match(name)
    whole = next(part for part in found.groups() if part) if found else ""
    return whole if whole != name else ""


def _grouped(mounts: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for node, target in mounts:
        found.setdefault(node, set()).add(target)
    return {node: frozenset(targets) for node, targets in found.items()}


def find_layers(facts: SiteFacts, moments: Moments) -> dict[str, list[Layer]]:
    """Return what each machine's answers say of mounts and of what lies on what."""
    found: dict[tuple[str, int, int], Layer] = {}
    partial = {(fact.source, mark.line) for fact, mark in facts.of(Partial) if mark.others}

    def layer_of(machine: str, source: int, line: int) -> Layer:
        key = (machine, source, line)
        if key not in found:
            found[key] = Layer(moments.of(source, line, machine), facts.sources[source].label, (source, line) not in partial)
        return found[key]

    for fact, disks in facts.blocks(Disk):
        layer = layer_of(fact.machine.name, fact.source, fact.line)
        layer.shows_disks = True
        layer.parents = dict(_Tree(disks).parents())
    for fact, mounts in facts.blocks(Mount):
        layer = layer_of(fact.machine.name, fact.source, fact.line)
        layer.shows_mounts = True
        layer.mounts = [(node, mount.target) for mount in mounts if (node := node_of(mount.device))]
    layers: dict[str, list[Layer]] = {}
    for (machine, _, _), layer in found.items():
        layers.setdefault(machine, []).append(layer)
    for of_machine in layers.values():
        spelt = spell_out(mount for layer in of_machine for mount in layer.mounts)
        for layer in of_machine if spelt else ():
            layer.mounts = list(dict.fromkeys((node, spelt.get((node, target), target)) for node, target in layer.mounts))
    return layers


def node_of(path: str) -> str:
    """Return a mounted device's name: the kernel's, or ``mapper/`` and the target's; ``""`` for what is no device.

    >>> node_of("/dev/pmem1"), node_of("/dev/mapper/pmem1"), node_of("/dev/vg-a/lv"), node_of("pmem1")
    ('pmem1', 'mapper/pmem1', 'mapper/vg--a-lv', '')
    """
    if path.startswith("PhysicalDrive"):
        return path
    if not path.startswith("/dev/"):
        return ""
    name = path.removeprefix("/dev/")
    parts = name.split("/")
    if len(parts) == _DEPTH_OF_LV and not name.startswith(_MAPPER):
        # A logical volume's target is VG-LV, with the dashes in both doubled.
        return _MAPPER + "-".join(part.replace("-", "--") for part in parts)
    return name


class _Tree:
    """What lies on what in one answer. `lsblk` may show one name for a target and for one of the kernel's devices."""

    def __init__(self, disks: Sequence[Disk]) -> None:
        self._disks = disks
        self._nodes: dict[str, set[str]] = {}
        for disk in disks:
            node = self._node(disk)
            self._nodes.setdefault(disk.device, set()).add(node)
            if disk.kname:
                self._nodes.setdefault(disk.kname, set()).add(node)

    @staticmethod
    def _node(disk: Disk) -> str:
        return _MAPPER + disk.device if disk.kind in _MAPPED else disk.device

    def parents(self) -> Iterator[tuple[str, set[str]]]:
        """Give each device with what it lies on."""
        found: dict[str, set[str]] = {}
        for disk in self._disks:
            node = self._node(disk)
            above = self._nodes.get(disk.parent, {disk.parent}) if disk.parent else ()
            # Of two of one name nothing says which it is.
            if len(above) == 1:
                found.setdefault(node, set()).update(above)
            if disk.kind == "part" and not _PARTITION.match(disk.device):
                found.setdefault(_MAPPER + disk.device, set()).add(disk.device)
        yield from found.items()
