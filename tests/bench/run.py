"""The bench: fleets of any size, the whole job beside the floor and the peers in one run, the answers checked against the truth.

    python tests/bench/run.py --size S M L --captures folder tgz --output csv xlsx
    python tests/bench/run.py --size M --varied --sites 4
    python tests/bench/run.py --size L --peers FOLDER --peers-python VENV/bin/python

The tool is the `reconcile` installed beside this Python, or what --tool names. The exit code is 1 where an answer is wrong. The README
beside this file says how to read the table.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from entrants import floor, ours, peers
from fleets import PRESETS, Plan
from packing import KINDS, write
from race import growth, race, table


def _size(text: str) -> tuple[int, int, int]:
    """Read S, M, L, or hosts, VMs a host and dimms a VM as 20x5x4."""
    if text in PRESETS:
        return PRESETS[text]
    try:
        hosts, vms, dimms = map(int, text.split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is neither S, M, L nor like 20x5x4") from None
    return hosts, vms, dimms


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=_size, nargs="+", default=[PRESETS["S"], PRESETS["M"]], metavar="SIZE", help="S, M, L or HxVxD")
    parser.add_argument("--rounds", type=int, default=3, help="timed rounds [3]")
    parser.add_argument("--captures", nargs="+", choices=KINDS, default=["folder"], help="what the tool reads [folder]")
    parser.add_argument(
        "--output", nargs="+", choices=["csv", "xlsx", "html", "json", "folder"], default=["csv"], help="what it writes [csv]"
    )
    parser.add_argument("--workers", nargs="+", type=int, default=[], metavar="N", help="run it with each of these --workers")
    parser.add_argument("--tool", nargs="+", default=[str(Path(sys.executable).with_name("reconcile"))], help="the tool, if another")
    parser.add_argument("--varied", action="store_true", help="all shapes of captures, a share of them UTF-16 or CRLF")
    parser.add_argument("--sites", type=int, default=1, help="sites, reconciled each by itself [1]")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--collisions", type=int, metavar="N", help="chance collisions a site [n^2/2^33]")
    parser.add_argument("--peers", type=Path, metavar="FOLDER", help="race the peers in a folder, on the same captures")
    parser.add_argument("--peer", nargs="+", default=["p1", "p2b", "p4", "p5"], help="which of them [p1 p2b p4 p5]")
    parser.add_argument("--peers-python", default=sys.executable, metavar="PYTHON", help="a Python that has what the peers need")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="keep the fleets here, and take those that are here")
    options = parser.parse_args()
    if options.peers and (options.varied or options.sites > 1):
        parser.error("the peers read plain fleets of one site; leave --varied and --sites out")
    return options


def main() -> int:
    """Run the races and print their tables."""
    options = _options()
    folder = options.data or Path(tempfile.mkdtemp(prefix="reconcile-bench-"))
    races = []
    try:
        for hosts, vms, dimms in options.size:
            plan = Plan(hosts, vms, dimms, options.seed, options.sites, collisions=options.collisions, plain=not options.varied)
            shape = "varied" if options.varied else "plain"
            kinds = "-".join(sorted(options.captures))
            name = f"{hosts}x{vms}x{dimms}-{options.sites}-{options.seed}-{options.collisions}-{shape}-{kinds}"
            data = write(plan, folder / name, tuple(options.captures))
            entrants = [floor(data), *ours(data, options.tool, options.captures, options.output, options.workers)]
            entrants += peers(data, options.peers, options.peer, options.peers_python) if options.peers else []
            standings = race(data, entrants, options.rounds)
            races.append((data, standings))
            sys.stdout.write(table(data, standings) + "\n")
            sys.stdout.flush()
        sys.stdout.write(growth(races))
    finally:
        if options.data is None:
            shutil.rmtree(folder)
    return int(any(item.wrong for _, standings in races for item in standings))


if __name__ == "__main__":
    sys.exit(main())
