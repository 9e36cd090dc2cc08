"""Every session of the samples and the cases under prompts of every shape, another machine's behind it in one file: the same facts, or unnamed."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from test_prompt_shapes import DOUBTFUL, HOST_ONLY, NAMELESS, SPOILT, TELLING

from reconcile.capture.read_source import read_source
from reconcile.capture.sources import Outcome, Source
from reconcile.inventory.site import gather

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent
SHAPES = (*TELLING, *HOST_ONLY, *DOUBTFUL, *NAMELESS)
# [root@esx01:~] df        [root@db01 ~]# ndctl list        root@db01:~# ndctl list
PROMPT = re.compile(
    r"\[[a-z]+@(?P<a>[A-Za-z0-9.-]+):(?P<b>[~/][^\]]*)\] ?|\[[a-z]+@(?P<c>[A-Za-z0-9.-]+) (?P<d>[~/][^\] ]*)\][#$] |[a-z]+@(?P<e>[A-Za-z0-9.-]+):(?P<f>[~/][^#$ ]*)[#$] "
)
STORE = "/vmfs/volumes/PMemDS-0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
# What another machine says, by what the first one is.
OTHERS = {
    "host": ("qesx9", f"{STORE}/qvm", f"vmkfstools -J getuuid {STORE}/qvm/qvm.vmdk\nUUID is 60 00 C2 9f 0e 1d 2c 3b-4a 59 68 77 fe ed f0 0d\n"),
    "guest": ("qdb9", "~", 'ndctl list -D\n[\n  {\n    "dev":"nmem0",\n    "id":"8902-feedf00d"\n  }\n]\n'),
}  # fmt: skip


def sessions() -> Iterator[tuple[str, str, str]]:
    """Give the sessions whose commands stand behind a prompt of one of three common shapes: name, kind and text.

    Without jumps, whose prompts are others', and without links, of which a prompt without a folder leaves no more than the link's name.
    """
    files = [*(ROOT.parent / "samples" / "site").rglob("*.txt"), *(ROOT / "cases").glob("*/input/**/*.txt")]
    for file in sorted(files):
        text = file.read_bytes().decode(errors="replace")
        first = text.partition("\n")[0]
        if PROMPT.match(first) and len(text) < 6000 and "\r" not in text and not re.search(r"\bssh |vmdk -> ", text):
            yield str(file.relative_to(ROOT.parent)), "guest" if re.search(r"\b(?:ndctl|lsblk|findmnt)\b", text) else "host", text


SESSIONS = list(sessions())


def dressed(text: str, shape: str) -> str:
    """Return a session with each of its prompts in another shape."""
    lines = []
    for line in text.splitlines():
        found = PROMPT.match(line)
        if not found:
            lines.append(line)
            continue
        host, cwd = [part for part in found.groups() if part is not None]
        lines.append(shape.format(h=host, d=cwd) + line[found.end() :])
    return "\n".join(lines) + "\n"


def facts(text: str) -> dict[str, set[tuple[str, str]]]:
    """Return, by UUID or id, whose it is and which file or device."""
    reading = read_source(text.encode())
    assert reading.ledger.lines == reading.ledger.recognised + reading.ledger.noise + reading.ledger.not_understood
    (site,) = gather([Outcome(Source("s", "all.log", "all.log", "all.log"), reading)])
    found: dict[str, set[tuple[str, str]]] = {}
    for device in site.devices:
        found.setdefault(device.id, set()).add((device.guest, device.name))
    for vmdk in site.vmdks:
        if vmdk.uuid:
            found.setdefault(vmdk.uuid, set()).add((vmdk.host, vmdk.path))
    return found


def may_be(name: str, true: str) -> bool:
    """Tell whether a name or a path is the true one, a part of it, or nothing."""
    return not name or name == true or name.startswith(("(", f"{true}.")) or true.endswith(f"/{name.lstrip('/')}")


def wrong(made: dict[str, set[tuple[str, str]]], truth: dict[str, set[tuple[str, str]]]) -> list[object]:
    found: list[object] = [(ident, "lost") for ident in truth if ident not in made]
    for ident, places in made.items():
        for machine, thing in places:
            true = truth.get(ident, set())
            if not any(may_be(machine, other) for other, _ in true) or not any(may_be(thing, other) for _, other in true):
                found.append((ident, machine, thing, true))
            if not machine.startswith("(") and SPOILT.search(machine):
                found.append((ident, "cell", machine))
            if SPOILT.search(thing.rpartition("/")[2]):
                found.append((ident, "cell", thing))
    return found


def pairs() -> list[tuple[int, str]]:
    """Return each session with some shapes, and each shape with sessions of both kinds."""
    dice = random.Random("sessions under prompts")
    chosen = {(at, shape) for at in range(len(SESSIONS)) for shape in dice.sample(SHAPES, 6)}
    for kind in OTHERS:
        own = [at for at, (_, found, _) in enumerate(SESSIONS) if found == kind]
        chosen |= {(at, shape) for shape in SHAPES for at in dice.sample(own, 3)}
    return sorted(chosen)


def test_there_are_sessions_of_both_kinds():
    kinds = [kind for _, kind, _ in SESSIONS]
    assert kinds.count("host") > 30
    assert kinds.count("guest") > 10
    assert {name.split("/")[0] for name, _, _ in SESSIONS} == {"samples", "tests"}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_session_under_another_prompt_says_the_same_or_names_nobody(shape):
    for at, other in pairs():
        if other != shape:
            continue
        name, kind, text = SESSIONS[at]
        host, cwd, said = OTHERS[kind]
        behind = f"[root@{host}:{cwd}] {said}"
        truth = facts(text) | facts(behind)
        made = facts(dressed(text, shape) + dressed(behind, shape))
        assert wrong(made, truth) == [], name
