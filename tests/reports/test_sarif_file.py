"""Findings as SARIF: each once, with its rule, level, place and an id that stays."""

from __future__ import annotations

import json
from urllib.parse import unquote

import pytest
from small_site import PAIR, UNSETTLED

from reconcile import match, read
from reconcile.reports.sarif_file import sarif_text

LEVELS = {"none", "note", "warning", "error"}


def log_of(result):
    log = json.loads(sarif_text(result))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    return run


@pytest.fixture
def unsettled(captures):
    return match(read(captures({**UNSETTLED, "rack 2/a%b #1.zip.txt": "nobody knows this line\n"})))


def test_each_finding_is_a_result_with_its_rule_and_level(unsettled):
    run = log_of(unsettled)
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert len(run["results"]) == len(unsettled.all_findings)
    for told, finding in zip(run["results"], unsettled.all_findings, strict=True):
        assert told["ruleId"] == finding.rule.name == rules[told["ruleIndex"]]["id"]
        assert told["level"] == finding.rule.severity == rules[told["ruleIndex"]]["defaultConfiguration"]["level"]
        assert told["level"] in LEVELS
        assert finding.message in told["message"]["text"]
        assert told["partialFingerprints"] == {"findingId/v1": finding.id}
    for rule in rules:
        assert all(rule[name]["text"] for name in ("shortDescription", "fullDescription", "help"))


def test_a_place_is_a_source_and_a_line(unsettled):
    run = log_of(unsettled)
    for told, finding in zip(run["results"], unsettled.all_findings, strict=True):
        if not finding.source:
            assert "locations" not in told
            continue
        (place,) = (location["physicalLocation"] for location in told["locations"])
        assert unquote(place["artifactLocation"]["uri"]) == finding.source
        assert place.get("region", {}).get("startLine") == finding.line
    uris = [place["physicalLocation"]["artifactLocation"]["uri"] for told in run["results"] for place in told.get("locations", ())]
    assert "rack%202/a%25b%20%231.zip.txt" in uris


def test_a_name_with_a_colon_is_no_scheme(captures):
    run = log_of(match(read(captures({**PAIR, "c:x.txt": "nobody knows this line\n"}))))
    uris = [place["physicalLocation"]["artifactLocation"]["uri"] for told in run["results"] for place in told.get("locations", ())]
    assert uris == ["c%3Ax.txt"]


def test_what_could_not_be_read_was_no_success(captures):
    assert log_of(match(read(captures(PAIR))))["invocations"] == [{"executionSuccessful": True}]
    refused = match(read(captures({**PAIR, "old.7z": b"7z\xbc\xaf\x27\x1crest"})))
    assert log_of(refused)["invocations"] == [{"executionSuccessful": False}]


def test_the_same_captures_give_the_same_text(captures):
    folder = captures(UNSETTLED)
    assert sarif_text(match(read(folder))) == sarif_text(match(read(folder)))


def test_the_command_prints_it(captures, run):
    ran = run("report", captures(UNSETTLED), "--format", "sarif", "-q")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.isascii()
    assert json.loads(ran.out)["version"] == "2.1.0"


def test_sites_read_one_at_a_time_give_the_same_log(captures, run):
    folder = captures(UNSETTLED)
    one, other = (run("report", folder, *options, "--format", "sarif", "-q").out for options in ([], ["--sites"]))
    assert one == other
