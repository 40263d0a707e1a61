"""What a name says for one day: kind, title, opponents, start, and by which rule."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import Cases, decisions_of, event, read, readings_of, utc

from epg_pipeline.domain.frames import KINDS, READINGS, conform
from epg_pipeline.domain.text import repaired

KINDS_READ = Cases(
    ("NBA 05: Lakers @ Celtics 7:30 PM ET", "event"),
    ("ESPN+ 05 : The Pat McAfee Show @ 12:00 PM ET", "show"),
    ("NBA 06:", "placeholder"),
    ("(Victory+ 045) | (2098-12-31 08:00:44)", "placeholder"),
    ("AU (STAN 97) | (2099-01-01 00:00:34)", "placeholder"),
    ("##### NBA #####", "placeholder"),
    ("Wild at Heart", "linear"),
    ("Ted Lasso S03E12", "vod"),
)


@pytest.mark.parametrize(("name", "kind"), KINDS_READ.cases)
def test_a_reading_has_its_kind(name, kind):
    assert KINDS_READ.read(name)["kind"] == kind


def test_a_whole_reading_of_a_name():
    reading = read("ESPN+ 20 : Women's Soccer: #25 Kentucky vs. #20 LSU @ Nov 15 07:00 PM ET")
    assert reading["family"] == "ESPN+"
    assert reading["slot"] == "ESPN+ 20"
    assert (reading["first"], reading["second"]) == ("Kentucky", "LSU")
    assert reading["competition"] == "Women's Soccer"
    assert (reading["sport"], reading["gender"]) == ("soccer", "women")
    assert reading["starts_at"] == utc("2025-11-16 00:00")
    assert (reading["zone"], reading["zone_is_stated"]) == ("America/New_York", True)
    assert reading["coverage"] == "live"
    assert reading["title"] == "#25 Kentucky vs. #20 LSU"


def test_every_reading_says_which_rule_gave_what():
    rules = " | ".join(read("NBA 05: REPLAY: Lakers @ Celtics Nov 15 7:30 PM ET")["rules"])
    for rule in ("family: NBA", "opponents: at", "coverage: replay", "date: ", "clock: 19:30 stated"):
        assert rule in rules


FAMILIES = Cases(
    ("NBA 05: A vs B", "basketball", ["nba"]),
    ("NHL | 01: A vs B", "hockey", ["nhl"]),
    ("USA Real MLB 01: A vs B", "baseball", ["mlb"]),
    ("EPL 01: A vs B", "soccer", ["eng.1"]),
    ("UFC 01: A vs B", "mma", ["ufc"]),
    ("ESPN+ 01 : A vs B", None, None),
    ("LIVE EVENT 01: NHL: A vs B", "hockey", ["nhl"]),
    ("LIVE EVENT 01: Spain - La Liga : A vs B", "soccer", ["esp.1"]),
    ("ESPN+ 01 : Volleyball: A vs B", "volleyball", None),
    ("NBA 05: NBA G League: A vs B", "basketball", ["nba-g-league"]),  # the printed competition knows better
)


@pytest.mark.parametrize(("name", "sport", "leagues"), FAMILIES.cases)
def test_family_and_competition_narrow_sport_and_leagues(name, sport, leagues):
    reading = FAMILIES.read(name)
    assert (reading["sport"], reading["leagues"]) == (sport, leagues)


@pytest.mark.parametrize(
    ("name", "zone", "start"),
    [
        ("NBA 05: A vs B 1:30 PM", "Europe/Berlin", "2025-11-15 18:30"),  # the family's zone, not the provider's
        ("EPL 01: A vs B 15:00", "America/New_York", "2025-11-15 15:00"),
        ("GAAGO : GAME 01 A v B 19:00", "America/New_York", "2025-11-15 19:00"),
        ("FIBA 01: A vs B 19:00", "Europe/Berlin", "2025-11-15 18:00"),  # a family that knows none: the provider's
        ("A vs B 19:00 CET", "America/New_York", "2025-11-15 18:00"),  # the printed zone before all
    ],
)
def test_a_clock_is_read_in_the_zone_it_means(name, zone, start):
    assert read(name, zone=zone)["starts_at"] == utc(start)


def test_a_doubleheader_s_game_is_read():
    assert read("MLB 05: Twins at Guardians (Game 2) @ 06:40 PM ET")["game"] == 2
    assert read("MLB 05: Twins at Guardians @ 06:40 PM ET")["game"] is None


def test_an_entry_that_is_not_a_slot_passes_through_unread():
    frame = readings_of(["Ted Lasso S03E12", "NBA 05: A vs B 7:30 PM", "##### NBA #####"])
    assert frame["position"].to_list() == [0, 1, 2]
    assert frame["title"].to_list() == ["", "A vs B", ""]
    assert frame["starts_at"].is_not_null().to_list() == [False, True, False]


HAND_MADE = [
    "NBA 05: Lakers @ Celtics 7:30 PM ET",
    "NBA 05:",
    "ESPN+ 20 : #25 Kentucky vs. #20 LSU @ Nov 15 07:00 PM ET",
    "Lakers vs Celtics",
    "Ted Lasso S03E12",
    "US (MLS 028) | MLS: San Jose vs. Austin (2025-10-18 20:55:40)",
    "UEFA Champions League 03 : Real Madrid 20:00 Juventus  22/10",
]


def test_a_reading_does_not_depend_on_the_others_or_on_the_order():
    def by_name(names: list[str]) -> dict[str, dict[str, object]]:
        rows = readings_of(names).drop("position", "slot").to_dicts()
        return {row["name"]: row for row in rows}

    together = by_name(HAND_MADE)
    assert by_name(HAND_MADE[::-1]) == together
    assert by_name(HAND_MADE[:1])[HAND_MADE[0]] == together[HAND_MADE[0]]


WILD = st.one_of(
    st.text(max_size=100),
    st.lists(
        st.sampled_from(
            [
                "NBA ",
                "05",
                ":",
                " ",
                "|",
                "Lakers",
                "vs",
                "@",
                "at",
                " - ",
                "-",
                "(",
                ")",
                "[",
                "]",
                "7:30",
                "PM",
                "ET",
                "Oct",
                "22",
                "/",
                "#",
                "24/7",
                "S01E02",
                "2025",
                "\x00",
                "\u200b",
                "é",
                "🏀",
                "日本",
                "\U0001f3c0",
                "A",
                "x",
                "",
                "''",
                '"',
                "&amp;",
                "Ã©",
                "\\",
                "%",
                "{}",
                "\t",
                "\u202e",
                "TBA",
                "PPV",
                "ⓧ",
                "１２",
            ]
        ),
        max_size=25,
    ).map("".join),
)


@settings(max_examples=5)
@given(st.lists(WILD.filter(bool), min_size=40, max_size=70))
def test_no_name_breaks_the_reader_or_makes_it_say_what_is_not_there(names):
    frame = conform(readings_of(names), READINGS, "readings")
    assert frame.height == len(names)
    assert set(frame["kind"]) <= set(KINDS)
    for row in frame.iter_rows(named=True):
        _check_reading(row)


def _check_reading(row: dict[str, object]) -> None:
    start = row["starts_at"]
    if start is not None:
        assert isinstance(start, datetime)
        assert start.tzinfo is not None
        assert datetime(1970, 1, 1, tzinfo=UTC) < start < datetime(2100, 1, 3, tzinfo=UTC)
    assert (row["first"] is None) == (row["second"] is None)
    assert row["first"] is None or row["first"].strip() != ""
    if row["kind"] in ("placeholder", "linear", "vod"):
        assert (row["first"], row["starts_at"], row["title"]) == (None, None, "")


@settings(max_examples=3)
@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), min_size=30, max_size=50))
def test_a_competitor_is_part_of_the_repaired_name(pairs):
    names = [f"NBA 05: {first} vs {second} 7:30 PM ET" for first, second in pairs]
    frame = readings_of(names).with_columns(text=repaired(pl.col("name")))
    for row in frame.filter(pl.col("first").is_not_null()).iter_rows(named=True):
        for side in (row["first"], row["second"]):
            # A side may bridge what was cut from its middle (a time, a bracket): its words stand in the name, in order.
            place = 0
            for word in re.findall(r"\w+", side.replace("_", " ")):
                found = row["text"].find(word, place)
                assert found >= 0, (side, row["text"])
                place = found + len(word)


def test_very_long_names_are_read():
    names = [
        "A" * 20_000,
        "NBA 05: " + "A vs " * 4000,
        "NBA 05: " + "(" * 5000,
        "1" * 10_000,
        "NBA 05: " + "Oct 22 " * 2000,
        "#" * 10_000,
        "NBA 05: A vs B " + "[x] " * 3000,
    ]
    assert conform(readings_of(names), READINGS, "readings").height == len(names)


def test_no_names_give_an_empty_frame_of_readings():
    assert conform(readings_of([]), READINGS, "readings").is_empty()
    assert decisions_of([], event("nba", "A", "B", "2025-11-15 20:00")).is_empty()
