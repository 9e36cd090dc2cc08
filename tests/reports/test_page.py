"""The page: one file that asks for nothing, in which every row stands once, and no text of a capture is anything but text."""

from __future__ import annotations

import base64
import hashlib
import random
import re

import fleet as fleets
import hostile_text
import pytest
from hypothesis import example, given
from page_reader import Page, assert_harmless
from small_site import PAIR, UNSETTLED, of_serials

from reconcile import OutputError, match, read
from reconcile.base.printable import visible
from reconcile.reports.page.page import page_bytes
from reconcile.reports.summary import controls, measures, verdict
from reconcile.results import schema


def page_of(result) -> Page:
    return assert_harmless(page_bytes(result))


def test_the_policy_lets_nothing_load_and_only_its_own_script_and_style_run(result):
    data = page_bytes(result).decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', data)
    hashes = {}
    for tag in ("style", "script"):
        (body,) = re.findall(rf"<{tag}>(.*?)</{tag}>", data, re.DOTALL)
        hashes[tag] = f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'"
    assert policy == (
        f"default-src 'none'; style-src {hashes['style']}; script-src {hashes['script']}; base-uri 'none'; form-action 'none'"
    )
    assert "http:" not in data
    assert "https:" not in data


@pytest.mark.parametrize("seed", range(6))
def test_every_row_of_the_mapping_stands_on_the_map_once(seed, captures):
    result = match(read(captures(fleets.captures(fleets.make(seed, collisions=True), seed))))
    page = page_of(result)
    shown = sorted(found["class"].split()[1] for found in page.of("details") if found.get("class", "").startswith("row "))
    assert shown == sorted(result.mapping["status"])
    text = "\0".join(page.texts)
    for uuid in set(result.mapping["uuid"]) - {""}:
        assert uuid in text
    for finding in result.all_findings:
        assert len(page.of("li", id=finding.id)) == 1
        assert finding.message in text


def test_the_page_says_what_the_workbook_says(captures):
    result = match(read(captures({**UNSETTLED, "a.7z": b"7z\xbc\xaf\x27\x1c"})))
    page = page_of(result)
    text = "\0".join(page.texts)
    assert verdict(result) in page.texts
    for measure in [*measures(result), *controls(result)]:
        assert f"{measure.name}\0{measure.value:,}" if isinstance(measure.value, int) else f"{measure.name}\0{measure.value}" in text
    for spec in (*schema.OVERVIEWS, schema.SOURCES, schema.UNREAD):
        for row in result.table(spec.name).rows:
            for cell in row:
                assert cell in {None, ""} or (str(cell) if isinstance(cell, str) else f"{cell:,}") in page.texts, (spec.name, cell)


@pytest.mark.parametrize(
    ("marked", "files"),
    [
        (["20 6b 08 0c", "206b080c"], PAIR),
        (["00 01 23 45", "00012345"], of_serials("00012345")),
    ],
)
def test_a_row_shows_the_captured_lines_of_both_sides_with_the_digits_marked(captures, marked, files):
    data = page_bytes(match(read(captures(files)))).decode()
    assert re.findall(r"<mark>([^<]*)</mark>", data) == marked
    assert '<span class="at">esx01.txt:2</span><code>UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b <mark>' in data
    assert '<span class="at">db01.txt:2</span><code>[{&quot;dev&quot;:&quot;nmem0&quot;,&quot;id&quot;:&quot;8902-<mark>' in data


def test_an_answer_on_one_long_line_is_not_shown_whole_for_each_device(captures):
    serials = [f"{random.Random(number).getrandbits(32):08x}" for number in range(200)]
    result = match(read(captures(of_serials(*serials))))
    data = page_bytes(result).decode()
    assert len(data) < 600_000
    for serial in serials:
        assert f"8902-<mark>{serial}</mark>" in data


def rows_of(page: Page) -> list[dict[str, str | None]]:
    return [found for found in page.of("details") if (found.get("class") or "").startswith("row ")]


def test_a_row_keeps_its_id_when_more_is_captured(captures):
    files = (PAIR, {**PAIR, **UNSETTLED, "db02.txt": 'root@a01:~# ndctl list -D\n[{"dev":"nmem0","id":"8902-0000aaaa"}]\n'})
    few, more = ({row["id"] for row in rows_of(page_of(match(read(captures(found), site="x"))))} for found in files)
    assert (len(few), len(more)) == (1, 3)
    assert few < more


def test_rows_about_the_same_have_ids_of_their_own(captures):
    twice = 'root@db01:~# ndctl list -D\n[{"dev":"nmem0","id":"8902-206b080c"},{"dev":"nmem1","id":"8902-206b080c"}]\n'
    ids = [row["id"] for row in rows_of(page_of(match(read(captures({"db01.txt": twice})))))]
    assert len(ids) == len(set(ids)) == 2
    assert ids[1] == f"{ids[0]}-2"


# One UUID at two paths: a device and two vmdks that nothing tells apart.
CLONED = {**PAIR, "esx02.txt": str(PAIR["esx01.txt"]).replace("esx01", "esx02").replace("db01/", "clone/").replace("PMemDS-1", "PMemDS-2")}


@pytest.mark.parametrize("most_whole", [0, 5000])
def test_an_ambiguous_row_says_what_it_could_be(captures, monkeypatch, most_whole):
    monkeypatch.setattr("reconcile.reports.page.map.MOST_WHOLE", most_whole)
    result = match(read(captures(CLONED)))
    page = page_of(result)
    assert [str(row.status) for _, rows in result.by_site for row in rows] == ["ambiguous"] * 3
    told = [text for text in page.texts if "could be" in text.partition(" of ")[0]]
    assert told.count("could be db01 nmem0") == 2
    assert "could be esx01 /vmfs/volumes/PMemDS-1/db01/db01.vmdk or esx02 /vmfs/volumes/PMemDS-2/clone/db01.vmdk" in told
    assert not [text for text in page.texts if text.startswith(("no device", "no vmdk"))]


@pytest.mark.parametrize("seed", [1, 2, 5])
def test_rows_and_findings_lead_to_each_other(seed, captures):
    result = match(read(captures(fleets.captures(fleets.make(seed, collisions=True), seed))))
    data = page_bytes(result).decode()
    assert_harmless(data.encode())
    to_findings = {
        (part[: part.index('"')], found) for part in re.split('<details class="row [^"]*" id="', data)[1:]
        for found in re.findall('href="#(F-[0-9a-f]+)"', part.partition("</details>")[0])
    }  # fmt: skip
    to_rows = {
        (found, part[: part.index('"')]) for part in re.split('<li class="finding [a-z]*" id="', data)[1:]
        for found in re.findall('href="#(R-[0-9a-f-]+)"', part.partition("</li>\n<li")[0].partition("</ol>")[0])
    }  # fmt: skip
    assert to_rows
    assert to_rows == to_findings


def test_a_row_that_something_stands_against_says_so_and_a_clean_one_does_not(captures):
    data = page_bytes(match(read(captures(UNSETTLED)))).decode()
    against, clean = (
        re.findall(f'<details class="row {kind}".*?</summary>', data, re.DOTALL) for kind in ("guest-only against warning", "matched")
    )
    assert len(against) == len(clean) == 1
    assert '<b class="said">warning: host-not-captured</b>' in against[0]
    assert "said" not in clean[0]


def test_a_finding_shows_the_lines_of_all_its_rows(captures):
    data = page_bytes(match(read(captures(CLONED)))).decode()
    (finding,) = re.findall('<li class="finding [a-z]*" id="[^"]*" data-rule="duplicate-uuid".*?</ul>', data, re.DOTALL)
    for place in ("esx01.txt:1", "esx01.txt:2", "esx02.txt:1", "esx02.txt:2"):
        assert f'<span class="at">{place}</span>' in finding


def test_a_finding_about_a_source_as_a_whole_names_no_line(captures):
    data = page_bytes(match(read(captures({**PAIR, "a.7z": b"7z\xbc\xaf\x27\x1c"})))).decode()
    assert '<span class="at">a.7z</span>' in data
    assert "a.7z:0" not in data


def test_of_very_many_rows_each_shows_either_side_once(captures, monkeypatch):
    monkeypatch.setattr("reconcile.reports.page.map.MOST_WHOLE", 0)
    monkeypatch.setattr("reconcile.reports.page.findings.MOST_WHOLE", 0)
    listed = (
        "[root@esx01:~] ls -l /vmfs/volumes/PMemDS-1/db01\ntotal 4\n-rw-------    1 root     root     1073741824 Nov 20 10:11 db01.vmdk\n"
    )
    result = match(read(captures({**PAIR, "esx01.txt": listed + str(PAIR["esx01.txt"])})))
    data = page_bytes(result).decode()
    assert re.findall(r"<mark>([^<]*)</mark>", data) == ["20 6b 08 0c", "206b080c"]
    assert "each shows where either side was seen first" in data
    assert "10:11 db01.vmdk" not in data


def test_a_long_table_stands_in_pieces_and_none_of_its_rows_is_lost(captures):
    result = match(read(captures({**PAIR, "x.txt": "".join(f"line {number}\n" for number in range(1203))})))
    page = page_of(result)
    assert [f"Unread: a row is a line not understood, rows {begin:,} to {end:,} of 1,203" in page.texts for begin, end in ((1, 500), (501, 1000), (1001, 1203))] == [True] * 3  # fmt: skip
    assert {f"line {number}" for number in range(1203)} <= set(page.texts)


@hostile_text.thorough
@given(hostile_text.many_texts)
@example(hostile_text.ALL)
def test_hostile_text_is_text(saying, texts):
    page = assert_harmless(page_bytes(saying(texts)))
    shown = "\0".join(page.texts)
    for text in texts:
        assert visible(text) in shown


def test_every_known_trick_in_a_capture_is_text(captures):
    lines = [text for text in [*hostile_text.ALL, "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'] if "\0" not in text]
    names = {f"<b>&amp;{number}\"'.txt": f"root@<i>x:~# {line}\n{line}\n".encode("utf-8", "replace") for number, line in enumerate(lines)}
    path = '/vmfs/volumes/PMemDS-1/<u>vm</u>/"><script>.vmdk'
    names["esx01.txt"] = f"{path}\n".encode() + str(PAIR["esx01.txt"]).split("\n")[1].encode() + b"\n"
    page = page_of(match(read(captures({**PAIR, **names}), site="</title><script>alert(1)</script>")))
    assert '"><script>.vmdk' in page.texts


def test_captures_that_were_read_without_their_lines_give_no_page(captures, tmp_path):
    result = match(read(captures(PAIR), keep=False))
    with pytest.raises(OutputError, match="keep=True"):
        result.to_html(tmp_path / "a.html")
    assert not (tmp_path / "a.html").exists()


def colours(css: str) -> list[dict[str, str]]:
    return [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_text_can_be_read_on_its_ground_in_light_dark_and_print(root):
    """WCAG 2, 1.4.3: 4.5 to 1; what is seen by its shape alone 3 to 1."""
    schemes = colours((root / "reconcile/reports/page/page.css").read_text())
    assert len(schemes) == 3
    for scheme in schemes:
        for text, ground in (
            ("text", "ground"),
            ("text", "panel"),
            ("soft", "ground"),
            ("soft", "panel"),
            ("accent", "ground"),
            ("mark", "mark-ground"),
        ):
            assert contrast(scheme[text], scheme[ground]) >= 4.5, (text, ground)
        for word in ("good", "warn", "bad"):
            assert contrast(scheme[word], scheme[f"{word}-ground"]) >= 4.5, word
            assert contrast(scheme[word], scheme["ground"]) >= 3, word
    assert contrast(schemes[0]["focus"], schemes[0]["ground"]) >= 3
    assert contrast(schemes[1]["focus"], schemes[1]["ground"]) >= 3
