"""Sessions under fifty prompts, known and never seen, with two hosts in one file: the same rows, or unnamed and said; never a wrong cell."""

from __future__ import annotations

import re

import pytest

from reconcile import match, read

ONE = "/vmfs/volumes/PMemDS-11111111-2222-3333-4444-555555555555"
OTHER = "/vmfs/volumes/PMemDS-66666666-7777-8888-9999-aaaaaaaaaaaa"
# Each says host and directory, or the directory alone in front of a path that is whole.
TELLING = (
    "[root@{h}:{d}] ", "[{h}:{d}] ", "root@{h} [ {d} ]# ", "{h} {d} > ", "[09:14 root@{h}:{d}] ", "(root@{h}:{d}) ", "root@{h} {d} % ",
    "[jdoe@corp.example@{h}:{d}] ", "[root@{h}:{d}]", "[root@{h}:{d}] $ ", "root@{h}:{d}# ", "09:14:22 root@{h}:{d}# ", "(base) root@{h}:{d}$ ",
    "user@{h} {d}> ", "{h}:{d} # ", "{h}:{d}> ", "<root@{h}:{d}> ", "root@{h}:{d} \u276f ", "[2026-11-22 10:00:01] root@{h}:{d}# ",
    "root@{h}|{d}# ", "root@{h} ({d})# ", "{h}::{d} > ", "[{h} {d}]# ", "CORP\\jdoe@{h}:{d}$ ", "(.venv) [root@{h}:{d}] ",
    "2026-11-28T10:00:01.123Z root@{h}:{d}# ", "[28/11/2026 10:00] \u2714 root@{h} {d} $ ", "\u256d\u2500root@{h} {d}\n\u2570\u2500\u27a4 ", "127 root@{h}:{d}# ",
    "28.11.2026 10:00:01 [root@{h}:{d}] ", "\U0001f40b root@{h} {d} # ", "\x1b[01;32mroot@{h}\x1b[00m:\x1b[01;34m{d}\x1b[00m# ",
    "[01;32mroot@{h}[00m:[01;34m{d}[00m# ", "^[[1;32mroot@{h}^[[0m:^[[1;34m{d}^[[0m# ",
)  # fmt: skip
# Each says the host and no directory.
HOST_ONLY = (
    "root@{h}:{d} (main)$ ",
    "[root@{h} 09:14:22 {d}]# ",
    "root@{h}# ",
    "{{root@{h}}} ",
    "[root@{h}] ",
    "[root@{h} vm]# ",
    "root@{h}> ",
    "(root@{h}) ",
    "ops@{h}% ",
    "\u250c\u2500(root@{h})\n\u2514\u2500# ",
)
# Each says the host as a bare word, or in a way that nobody could have foreseen, or not at all.
DOUBTFUL = (
    "[{h}] ", "{h}% ", "{h}>$ ", "{h} $ ", "{h}# ", "{h}> ", "\u00ab{h}\u00bb ", "{h} ==> ", "|{h}|> ", "[[{h}]] ", "{h}~> ", "[#12 {h}] ", "{h} :: {d} >> ", "<{h}> ",
    "-={h}=-> ", "{h} says] ", "\u03bb {h} \u279c ", "{{{h}: {d}}} ", "@{h}) ", "[{h}/esx99] ", "[root@{h}/esx99:{d}] ", "#{h}> ", "{h}! > ", "[{h}; {d}] ", "{h} {h} $ ",
    "  root@{h}  {d}  ", "\u279c  {h} ", "{h} in {d}\n\u276f ", "root@{h} [1] {d} # ", "PS root@{h} {d}> ", "\ue0b6 {h} \ue0b0 {d} \ue0b0 ", "&gt; [root@{h}:{d}] ", "{h}: ",
)  # fmt: skip
NAMELESS = ("{d} # ", "{d}# ", "{d}$ ", "{d}> ", "# ", "$ ", "> ", "bash-5.1$ ", "C:\\Users\\ops>", "PS C:\\Users\\ops> ", "~ # ")


def answer(serial: str) -> str:
    return f"UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b {' '.join(serial[at : at + 2] for at in range(0, 8, 2))}"


def said(shape: str, host: str, cwd: str, *steps: tuple[str, str]) -> str:
    return "".join(f"{shape.format(h=host, d=cwd)}{command}\n{output}\n" for command, output in steps)


def session(shape: str) -> str:
    """Two hosts in one file, each with a listing, a disk by its name in the directory, and one by its path."""
    return (
        said(shape, "esx12", f"{ONE}/db01", ("df -h", f"Filesystem   Size   Used Available Use% Mounted on\nPMEM   4.0G   3.4G  600.0M  85% {ONE}"),
             (f"vmkfstools -J getuuid {ONE}/db01/db01.vmdk", answer("aaaaaaa1")), ("vmkfstools -J getuuid db01_1.vmdk", answer("aaaaaaa2")))
        + said(shape, "esx13", f"{OTHER}/app", (f"vmkfstools -J getuuid {OTHER}/app/app.vmdk", answer("bbbbbbb1")),
               ("vmkfstools -J getuuid app_1.vmdk", answer("bbbbbbb2")))
    )  # fmt: skip


TRUTH = {
    "aaaaaaa1": ("esx12", "db01", "db01.vmdk"), "aaaaaaa2": ("esx12", "db01", "db01_1.vmdk"),
    "bbbbbbb1": ("esx13", "app", "app.vmdk"), "bbbbbbb2": ("esx13", "app", "app_1.vmdk"),
}  # fmt: skip
GUEST = '[{"dev":"nmem0","id":"8902-aaaaaaa1"},{"dev":"nmem1","id":"8902-aaaaaaa2"}]\n'
SPOILT = re.compile(r"vmkfstools|getuuid|-J\b|UUID is|ndctl|df -h|[#$%\u276f\u00ab\u03bb]|^\s|\s$|PMemDS-.* ")


def rows_of(tmp_path, shape: str, name: str = "hosts/session.txt"):
    for path, text in ((name, session(shape)), ("guests/db01.json", GUEST)):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return match(read(tmp_path, site="s"))


def check(result, *, hosts: bool, folders: bool) -> None:
    """Hold each row against the truth: what must be known is right, and what need not be is right or empty."""
    rows = {row.uuid_suffix: row for row in result.mapping.itertuples() if row.host}
    wrong = []
    for serial, (host, vm, vmdk) in TRUTH.items():
        row = rows.get(serial)
        if row is None:
            wrong.append((serial, "lost"))
            continue
        if row.host != host and (hosts or not row.host.startswith("(")):
            wrong.append((serial, "host", row.host))
        if (row.vm, row.vmdk) not in {(vm, vmdk)} | (set() if folders else {("", ""), ("", vmdk)}):
            wrong.append((serial, "file", row.vm, row.vmdk))
        cells = (row.host, row.vm, row.vmdk, row.datastore)
        wrong += [(serial, "cell", cell) for cell in cells if isinstance(cell, str) and not cell.startswith("(") and SPOILT.search(cell)]
    assert wrong == []
    if any(row.host.startswith("(") for row in rows.values()):
        assert {"lost-prompt", "unnamed-machine"} & set(result.findings["rule"])


@pytest.mark.parametrize("shape", TELLING)
def test_what_a_prompt_says_is_known(tmp_path, shape):
    check(rows_of(tmp_path, shape), hosts=True, folders=True)


@pytest.mark.parametrize("shape", HOST_ONLY)
def test_a_prompt_without_a_directory_says_whose_it_is(tmp_path, shape):
    check(rows_of(tmp_path, shape), hosts=True, folders=False)


@pytest.mark.parametrize("shape", DOUBTFUL)
@pytest.mark.parametrize("name", ["hosts/session.txt", "hosts/esx12.txt"])
def test_what_may_be_a_host_gives_no_answer_to_another(tmp_path, shape, name):
    check(rows_of(tmp_path, shape, name), hosts=False, folders=False)


@pytest.mark.parametrize("shape", NAMELESS)
def test_where_no_prompt_names_anybody_nobody_is_named(tmp_path, shape):
    result = rows_of(tmp_path, shape)
    check(result, hosts=False, folders=False)
