"""What pasting does to a capture never makes another fact of it: it is read as before, or the lines are named as unread or in doubt."""

from __future__ import annotations

import html
import re
from collections import Counter
from pathlib import Path

import pytest
from parsers.test_disguises import COLUMNS, PROMPT, SAMPLES

from reconcile import match, read
from reconcile.capture.read_source import read_source
from reconcile.facts.records import Entry, Failure
from reconcile.parsers.registry import PARSERS


def each_line(change):
    return lambda text: "\n".join(change(line) if line.strip() else line for line in text.split("\n"))


def at_gaps(pattern, new):
    return each_line(lambda line: re.sub(pattern, new, line))


def wrapped(width):
    return each_line(lambda line: "\n".join(line[start : start + width] for start in range(0, len(line), width)))


def numbered(text):
    return "".join(f"{number:4d}  {line}\n" for number, line in enumerate(text.rstrip("\n").split("\n"), 1))


DAMAGES = {
    "blanks at the ends": each_line(lambda line: f"{line}  "),
    "tabs at the ends": each_line(lambda line: f"{line}\t"),
    "CR": each_line(lambda line: f"{line}\r"),
    "two CRs": each_line(lambda line: f"{line}\r\r"),
    "padded to the terminal's width": each_line(lambda line: line.ljust(132)),
    "tabs for blanks": at_gaps(r"(?<=\S) +(?=\S)", "\t"),
    "tabs for gaps": at_gaps(r"(?<=\S)  +(?=\S)", "\t"),
    "every blank twice": at_gaps(r"(?<=\S) +(?=\S)", lambda found: found[0] * 2),
    "single blanks twice": at_gaps(r"(?<=\S) (?=\S)", "  "),
    "gaps collapsed": at_gaps(r"(?<=\S) +(?=\S)", " "),
    "all blanks collapsed": at_gaps(" +", " "),
    "set in by blanks": each_line(lambda line: f"    {line}"),
    "set in by a tab": each_line(lambda line: f"\t{line}"),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "no-break spaces in gaps": lambda text: text.replace("  ", "\u00a0 "),
    "HTML entities": html.escape,
    "HTML's quotation marks": lambda text: text.replace('"', "&#8220;").replace("'", "&#8216;"),
    "curly quotation marks": lambda text: re.sub(r'"([^"\n]*)"', "\u201c\\1\u201d", text),
    "broken at 60": wrapped(60),
    "broken at 80": wrapped(80),
    "broken at 100": wrapped(100),
    "in a comment with stars": lambda text: "/*\n" + each_line(lambda line: f" * {line}")(text).rstrip("\n") + "\n */\n",
    "in a comment": lambda text: f"/*\n{text}*/\n",
    "behind //": each_line(lambda line: f"// {line}"),
    "behind >": each_line(lambda line: f"> {line}"),
    "in a fence": lambda text: f"```\n{text}```\n",
    "in a wiki's block": lambda text: f"{{noformat}}\n{text}{{noformat}}\n",
    "in HTML": lambda text: f"<pre>\n{text}</pre>\n",
    "HTML's line ends": each_line(lambda line: f"{line}<br>"),
    "Markdown's line ends": each_line(lambda line: f"{line}\\"),
    "bold": each_line(lambda line: f"**{line}**"),
    "italic": each_line(lambda line: f"*{line}*"),
    "underlined": each_line(lambda line: f"_{line}_"),
    "as code": each_line(lambda line: f"`{line}`"),
    "in a table's cell": each_line(lambda line: f"| {line} |"),
    "escaped": lambda text: text.replace("_", "\\_").replace("#", "\\#"),
    "long dashes": lambda text: text.replace("--", "\u2014"),
    "short dashes": lambda text: text.replace("-", "\u2013"),
    "hyphens that do not part": lambda text: text.replace("-", "\u2011"),
    "blanks without width": each_line(lambda line: f"\u200b{line}"),
    "a remark": each_line(lambda line: f"{line}   <-- new"),
    "a nmem as remark": each_line(lambda line: f"{line} (nmem1)"),
    "a comment as remark": each_line(lambda line: f"{line}  # note"),
    "numbered": numbered,
    "stamped": each_line(lambda line: f"2026-11-22 10:12:13 {line}"),
    "stamped as in Germany": each_line(lambda line: f"<22.11.2026 10:12:13> {line}"),
    "stamped as in America": each_line(lambda line: f"11/22/2026 10:12:13 AM {line}"),
    "stamped with a month": each_line(lambda line: f"[Nov 22 10:12:13.001] {line}"),
    "stamped with seconds alone": each_line(lambda line: f"1795860000.123 {line}"),
    "beside a pane": each_line(lambda line: f"\u2502 {line}"),
    "coloured, the escapes lost": each_line(lambda line: f"[01;34m{line}[0m"),
    "coloured, the escapes written": each_line(lambda line: f"^[[1;32m{line}^[[m"),
    "bulleted": each_line(lambda line: f"- {line}"),
}
ENDINGS = ("  ", "\t", "\r", "\r\r", "padded", "   <-- new", " (nmem1)")
# What stands behind a name in a list of sums is the name's: a file may be called so, and the sum is checked against the file.
OF_NAMES = {
    "a remark": {"sha256sum"},
    "a nmem as remark": {"sha256sum"},
    "a comment as remark": {"sha256sum"},
    # A sum with two blanks behind it is one of a text file, whose name may begin with a star.
    "every blank twice": {"sha256sum"},
    "single blanks twice": {"sha256sum"},
}
BLANKS = re.compile(r"\s+")


def facts(text):
    """Return what is read, each fact as its kind and its telling columns, and whether something is left in doubt."""
    reading = read_source(text.encode())
    records = [record for part in reading.parts for record in part.records]
    doubt = bool(reading.unread or reading.mentions) or any(
        isinstance(record, Failure) or (isinstance(record, Entry) and not record.certain) for record in records
    )
    told = Counter(
        (type(record).__name__, *(BLANKS.sub(" ", str(getattr(record, name))) for name in COLUMNS[type(record)]))
        for record in records
        if type(record) in COLUMNS
    )
    return told, doubt


def test_every_parser_is_damaged():
    assert {parser.name for parser in PARSERS} <= {sample.split(maxsplit=1)[0] for sample in SAMPLES}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_makes_no_other_fact(damage):
    """With its prompt and without: what is read of the damaged answer was read of the clean one, or it is another file's name in doubt."""
    wrong: dict[str, list[object]] = {}
    for sample, (command, output, _) in SAMPLES.items():
        for text in (f"{PROMPT} {command}\n{output}", output):
            clean, _ = facts(text)
            found, doubt = facts(DAMAGES[damage](text))
            more = [fact for fact in found - clean if not is_in_doubt(fact, clean, doubt=doubt)]
            if clean and more and sample not in OF_NAMES.get(damage, ()):
                wrong.setdefault(sample, []).append(more)
    assert wrong == {}


def is_in_doubt(fact, clean, *, doubt):
    """Tell whether a fact is less than a clean one, as an answer of no named file is, or a part of a listed name, where a doubt is said."""
    kind, name, *_ = fact
    if kind == "Answer" and not name:
        return True
    return doubt and kind == "Entry" and any(of == kind and name in known.split() for of, known, *_ in clean)


def with_endings(folder: Path, target: Path, ending: str) -> Path:
    """Write the captures of a case with something behind each line that is not blank."""
    for file in sorted((folder / "input").rglob("*")):
        if not file.is_file():
            continue
        data = file.read_bytes()
        try:
            text = data.decode()
        except UnicodeDecodeError:
            text = ""
        if text and "\0" not in text:
            change = (lambda line: line.ljust(132)) if ending == "padded" else (lambda line: f"{line}{ending}")
            data = each_line(change)(text).encode()
        copy = target / file.relative_to(folder / "input")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(data)
    return target


CASES = sorted(folder for folder in (Path(__file__).parent / "cases").iterdir() if folder.is_dir())


@pytest.mark.parametrize("offset", range(len(ENDINGS)))
def test_whatever_stands_at_the_ends_of_lines_nobody_is_lost_in_silence(offset, tmp_path):
    """Of each case one ending in turn: a vmdk and a device is on a row, or a finding or an unread line names it; and nothing looks better."""
    for index, folder in enumerate(CASES):
        if index % len(ENDINGS) != offset:
            continue
        ending = ENDINGS[(index // len(ENDINGS) + offset) % len(ENDINGS)]
        clean = match(read(folder / "input"))
        damaged = match(read(with_endings(folder, tmp_path / folder.name, ending)))
        where = f"{folder.name} with {ending!r}"
        assert damaged.exit_code >= clean.exit_code, where
        told = " ".join([
            *(f"{found.message} {found.subject}" for found in damaged.all_findings),
            *map(str, damaged.captures.unread["text"]),
        ])
        for column in ("vmdk", "device_id", "uuid"):
            for name in set(map(str, clean.mapping[column])) - set(map(str, damaged.mapping[column])) - {""}:
                assert name in told or name.replace("-", "")[-8:] in re.sub("[ -]", "", told).lower(), f"{where}: {name}"
