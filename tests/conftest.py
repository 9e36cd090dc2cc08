"""What tests share: captures written to a folder, the command line run in this process, and the shared captures."""

from __future__ import annotations

import io
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from reconcile.capture.read_source import read_source
from reconcile.commands.app import main
from reconcile.parsers.registry import PARSERS

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "captures"


class Ran(NamedTuple):
    """What a run of the command line came to."""

    code: int
    out: str
    err: str


# Seconds. No test takes a tenth of them; one that waits for what never comes would wait for ever.
DEADLINE = 300


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Let no test wait without a deadline."""
    if not hasattr(signal, "SIGALRM"):
        return (yield)

    def give_up(*_: object) -> None:
        message = f"{item.nodeid} waits for what does not come"
        raise TimeoutError(message)

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(DEADLINE)
    try:
        return (yield)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the real captures that are kept beside the project; without them the test is skipped."""
    if not SHARED.is_dir():
        pytest.skip("the shared captures are not beside this checkout")
    return SHARED


@pytest.fixture
def captures(tmp_path: Path) -> Callable[[dict[str, str | bytes]], Path]:
    """Write files, named by their paths, into a folder of captures; return the folder."""

    def write(files: dict[str, str | bytes], name: str = "captures") -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        for path, content in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return write


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run the command line as the shell would; `stdin` is what stands on standard input."""

    def call(*arguments: object, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "argv", ["reconcile", *(str(argument) for argument in arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return Ran(code, out, err)

    return call


@pytest.fixture
def records() -> Callable[..., list[object]]:
    """Read a source's text; return its records, having checked that every line is accounted for once."""

    def read(text: str | bytes, hint: str = "") -> list[object]:
        reading = read_source(text.encode() if isinstance(text, str) else text, hint)
        ledger = reading.ledger
        assert ledger.lines == ledger.recognised + ledger.noise + ledger.not_understood
        assert min(ledger) >= 0
        assert len(reading.unread) == ledger.not_understood
        return [record for part in reading.parts for record in part.records]

    return read


@pytest.fixture(scope="session")
def parsers() -> dict[str, object]:
    """Return the vocabulary by name."""
    return {parser.name: parser for parser in PARSERS}
