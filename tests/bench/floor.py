"""The floor: what reading, hashing and parsing cost at least.

Every file by os.read, SHA-256, JSON of guests, one pattern over hosts, in two processes; nothing is joined, written or accounted for.
It is a program by itself, so that it pays for Python's start as the tool does.

    python floor.py FOLDER...
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import re
import sys
from concurrent.futures import ProcessPoolExecutor

try:
    from orjson import loads
except ImportError:
    loads = json.loads

_OCTETS = r"((?:[0-9A-Fa-f]{2}[ -]){12}(?:[0-9A-Fa-f]{2} ?){4})"
_ASKED = re.compile(rf"^.*?[#>$\]] ?vmkfstools -J getuuid (.+?)\r?\nUUID is {_OCTETS}", re.MULTILINE)
_ECHOED = re.compile(rf"^(/.+\.vmdk)\r?\nUUID is {_OCTETS}", re.MULTILINE)
_JSON = re.compile(r"^[\[{]\s*$", re.MULTILINE)
_GUESTS, _HOSTS = 256, 16
_CHUNK = 1 << 16


def _files(folder: str) -> list[str]:
    found, pending = [], [folder]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                (pending if entry.is_dir(follow_symlinks=False) else found).append(entry.path)
    return sorted(found)


def _bytes(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        data = os.read(descriptor, _CHUNK)
        if len(data) == _CHUNK:
            parts = [data]
            while part := os.read(descriptor, 1 << 20):
                parts.append(part)
            data = b"".join(parts)
    finally:
        os.close(descriptor)
    return data


def _dimms(data: bytes) -> list[dict[str, object]]:
    if data[:2] == b"[\n":
        return loads(data)
    text = data.decode("utf-16" if data[:2] == b"\xff\xfe" else "utf-8")
    begin = _JSON.search(text)
    if begin is None:
        return []
    value = loads(text[begin.start() : max(text.rfind("]\n"), text.rfind("]\r"), text.rfind("}\n"), text.rfind("}\r")) + 1])
    return value if isinstance(value, list) else value["dimms"]


def _work(paths: list[str]) -> tuple[list[object], list[object], list[object]]:
    vmdks: list[object] = []
    devices: list[object] = []
    files: list[object] = []
    for path in paths:
        data = _bytes(path)
        files.append((path, len(data), hashlib.sha256(data).hexdigest()))
        if "/hosts/" in path:
            text = data.decode("utf-16" if data[:2] == b"\xff\xfe" else "utf-8")
            vmdks += [(path, name, uuid, uuid[-11:].replace(" ", "")) for name, uuid in _ASKED.findall(text) or _ECHOED.findall(text)]
        else:
            devices += [
                (path, dimm["dev"], dimm["id"], dimm["id"].rpartition("-")[2], dimm["handle"], dimm["phys_id"]) for dimm in _dimms(data)
            ]
    return vmdks, devices, files


def main() -> None:
    """Read folders of captures and say how much was there."""
    paths = [path for folder in sys.argv[1:] for path in _files(folder)]
    hosts = [path for path in paths if "/hosts/" in path]
    guests = [path for path in paths if "/hosts/" not in path]
    jobs = [hosts[at : at + _HOSTS] for at in range(0, len(hosts), _HOSTS)]
    jobs += [guests[at : at + _GUESTS] for at in range(0, len(guests), _GUESTS)]
    vmdks: list[object] = []
    devices: list[object] = []
    files: list[object] = []
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
        for found in pool.map(_work, jobs):
            vmdks += found[0]
            devices += found[1]
            files += found[2]
    sys.stdout.write(f"{len(files)} {len(vmdks)} {len(devices)} {loads.__module__}\n")


if __name__ == "__main__":
    main()
