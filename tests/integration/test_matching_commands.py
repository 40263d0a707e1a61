"""`epg unmatched`, `why`, `alias`, `override` and `family test` as an operator runs them, one after the other."""

from __future__ import annotations

import json
import re

import pytest
from commands import epg
from small_provider import DAY, NAMES, PASSWORD, ZONE, events_file, playlist

ODD = "NBA 04: Miami Heat vs Alamo Cowhands @ 07:30 PM ET"
GAME = "nba-sas-mia"


@pytest.fixture
def club(run, tmp_path):
    """A provider "Club" with its first guide, one of whose names calls a team by an unknown name."""
    (tmp_path / "list.m3u").write_bytes(playlist((*NAMES, ODD)))
    run("provider", "add", "Club", "--playlist", tmp_path / "list.m3u", "--timezone", ZONE)

    def again():
        events = events_file(tmp_path / "events.jsonl")
        return run("refresh", "Club", "--date", DAY, "--as-of", DAY, "--events", events)

    assert again().code == 0
    return again


def test_help_of_every_command_teaches_by_example(tmp_path):
    for arguments in (
        ("unmatched",),
        ("alias", "add"),
        ("alias", "list"),
        ("alias", "remove"),
        ("alias", "forget-learned"),
        ("override", "pin"),
        ("override", "never"),
        ("override", "list"),
        ("override", "remove"),
        ("family", "test"),
    ):
        ran = epg(tmp_path / "home", *arguments, "--help")
        assert ran.code == 0
        assert "Example" in ran.out, arguments


def test_from_unmatched_by_an_alias_to_matched(run, club, tmp_path):
    out = tmp_path / "failed" / "unmatched.jsonl"
    ran = run("unmatched", "--provider", "Club", "--date", DAY, "--out", out)
    assert ran.code == 0, ran.output
    assert "3 of 5 names" in ran.out
    failed = {row["slot"]: row for row in map(json.loads, out.read_text().splitlines())}
    assert failed["NBA 04"]["cause"] == "one side unknown"
    assert failed["NBA 04"]["unknown"] == ["Alamo Cowhands"]
    assert failed["NBA 04"]["nearest"][0] == GAME
    assert (failed["ESPN+ 20"]["cause"], failed["NCAAF 03"]["cause"]) == ("no opponents", "league not on record")

    ran = run("alias", "add", "san antonio spurs", "Alamo  Cowhands")
    assert 'San Antonio Spurs (nba) is now called "Alamo Cowhands"' in ran.err
    club()
    output = run("why", "--provider", "club", "--slot", "nba 04", "--date", DAY).out
    assert "It is matched" in output
    assert GAME in output
    assert "Alamo Cowhands" in run("alias", "list").out

    assert run("alias", "remove", "San Antonio Spurs", "alamo cowhands").code == 0
    assert "No such alias" in run("alias", "list").err
    club()
    output = run("why", "--provider", "club", "--slot", "NBA 04", "--date", DAY).out
    assert "No team on record is called 'Alamo Cowhands'." in output
    assert "Miami Heat – San Antonio Spurs" in output  # the nearest event


def test_a_pin_is_confirmed_listed_kept_and_removed(run, club):
    ran = run("override", "pin", "Club", "--slot", "nba 03", "--event", GAME, "--note", "seen on air")
    assert ran.code == 0, ran.output
    number = re.search(r"Override (\d+)", ran.err)[1]
    assert "NBA 03:\n  is pinned to Miami Heat" in ran.err
    assert f"on {DAY}" in ran.err
    assert "Set by hand" in club().out
    assert "Set by hand" in club().out
    output = run("why", "--provider", "Club", "--slot", "NBA 03", "--date", DAY).out
    assert f"override {number} pins it to this event" in output
    listed = run("override", "list").out
    assert all(words in listed for words in ("NBA 03", GAME, "seen on air", str(DAY)))
    assert run("override", "remove", number).code == 0
    assert run("override", "remove", number).code == 2
    assert "Set by hand" not in club().out
    assert "No override in force" in run("override", "list").err


def test_what_is_never_an_event_leaves_the_unmatched(run, club):
    ran = run("override", "never", "Club", "--name", "alamo cowhands")
    assert f"{ODD}\n  is never an event" in ran.err
    club()
    assert "Alamo" not in run("unmatched", "--date", DAY).out
    assert "never an event" in run("why", ODD, "--provider", "Club", "--date", DAY).out


def test_wrong_questions_are_answered_with_what_there_is(run, club):
    for arguments, words in (
        (("override", "pin", "Club", "--slot", "NBA 30", "--event", GAME), "similar: NBA 0"),
        (("override", "pin", "Club", "--slot", "NBA 03", "--event", "nope"), "no event 'nope' is on record"),
        (("override", "pin", "Club", "--event", GAME), "say which names"),
        (("override", "never", "Club", "--name", "("), "unterminated subpattern"),
        (("override", "never", "Club", "--name", ".*"), "it fits every name"),
        (("alias", "add", "Spurz San Antonio", "x y"), "San Antonio Spurs"),
        (("alias", "add", "Miami", "The U"), "--league"),
        (("alias", "add", "San Antonio Spurs", "a;b"), "no semicolon"),
        (("alias", "remove", "San Antonio Spurs", "San Antonio Spurs"), "own name"),
        (("why",), "give a NAME and --date"),
        (("why", "--provider", "Club", "--slot", "NBA 99", "--date", DAY), "similar: NBA 0"),
        (("unmatched", "--provider", "Club", "--date", "2020-01-01"), "no playlist"),
        (("family", "test", "mine.yaml"), "--playlist FILE, or --provider NAME"),
    ):
        ran = run(*arguments)
        assert ran.code == 2, (arguments, ran.output)
        assert words in " ".join(ran.err.split()), arguments


def test_families_are_tried_before_they_are_used(run, club, tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text("- {name: Hoops, shells: [NBA], sport: basketball, leagues: [nba], timezone: Europe/London}\n")
    on_file = run("family", "test", mine, "--playlist", tmp_path / "list.m3u", "--date", DAY, "--timezone", ZONE)
    on_record = run("family", "test", mine, "--provider", "Club", "--date", DAY, "--out", tmp_path / "changes.jsonl")
    assert on_file.code == on_record.code == 0, on_file.output
    assert on_file.out == on_record.out
    assert "Hoops" in on_file.out
    assert PASSWORD not in on_file.output + on_record.output + (tmp_path / "changes.jsonl").read_text()
    assert {json.loads(line)["after"] for line in (tmp_path / "changes.jsonl").read_text().splitlines()} == {"Hoops"}

    output = run("why", NAMES[0], "--date", DAY, EPG_FAMILIES=str(mine)).out
    assert "of the family Hoops" in output
    mine.write_text("- {name: Hoops, patterns: ['(']}\n")
    for command in (("refresh", "Club"), ("up",)):
        ran = run(*command, EPG_FAMILIES=str(mine))
        assert ran.code == 1
        assert 'mine.yaml: family "Hoops": pattern 1 does not compile' in ran.err


def test_why_names_the_runner_up_and_what_separates_them(tmp_path):
    rows = [
        {"event_id": name, "league": "mlb", "sport": "baseball", "home": "Chicago Cubs", "away": "Milwaukee Brewers",
         "start_utc": start}
        for name, start in (("early", "2025-10-18T18:00:00Z"), ("late", "2025-10-18T23:30:00Z"))
    ]  # fmt: skip
    events = events_file(tmp_path / "events.jsonl", rows)
    ask = ("why", "--date", DAY, "--events", events, "--timezone", ZONE)
    output = " ".join(epg(tmp_path / "home", *ask, "MLB 01 : Brewers at Cubs @ 07:30 PM ET").out.split())
    assert "event late, from file" in output
    assert re.search(r"The runner-up, [\d.]+ points behind: Chicago Cubs – Milwaukee Brewers .* event early", output)
    assert re.search(r"What separates them: the time [\d.]+", output)
    output = " ".join(epg(tmp_path / "home", *ask, "MLB 01 : Brewers at Cubs").out.split())
    assert "Two events fit it nearly as well" in output
    assert "What came nearest" in output
    assert "event early" in output
