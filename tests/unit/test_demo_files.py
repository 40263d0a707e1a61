"""The bundled sample shows every sort of name a provider's playlist holds, and the games its names mean."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
import yaml

from epg_pipeline.adapters.web.event_files import EventsFile, read_events
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.reading.playlist import parse_playlist

DEMO = Path(__file__).parents[2] / "epg_pipeline" / "demo"


@pytest.fixture(scope="module")
def day() -> ProviderDay:
    sample = yaml.safe_load((DEMO / "demo.yaml").read_text(encoding="utf-8"))
    assert isinstance(sample["date"], date)
    return ProviderDay(sample["date"], sample["timezone"])


@pytest.fixture(scope="module")
def text() -> str:
    return (DEMO / "playlist.m3u").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def names() -> list[str]:
    return parse_playlist((DEMO / "playlist.m3u").read_bytes())["name"].to_list()


@pytest.fixture(scope="module")
def file() -> EventsFile:
    return read_events(DEMO / "events.jsonl")


@pytest.fixture(scope="module")
def events(file: EventsFile) -> pl.DataFrame:
    return file.events


def shells(names: list[str]) -> set[str]:
    """What stands before a slot's number, of names that have a number followed by a mark or by nothing."""
    found = (re.match(r"(\D+?)\s*\d{1,3}ⓧ?\s*(?:[:|-]|$)", name) for name in names)
    return {match[1] for match in found if match}


def test_the_playlist_is_large_and_varied_enough(names):
    assert len(names) >= 300
    assert len(shells(names)) >= 28


def test_stream_addresses_lead_nowhere(text):
    addresses = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert len(addresses) >= 300
    assert all(re.fullmatch(r"http://demo\.invalid/(live|movie|series)/USER/PASS/\d+\.\w+", url) for url in addresses)
    assert len(set(addresses)) == len(addresses)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^NCAAF \d+ : .+ at .+ @ \d\d:\d\d [AP]M ET$",  # a plain event
        r"^UEFA Champions League \d+ : .+ \d\d:\d\d .+  \d\d/\d\d$",  # the time between the teams
        r"^USA \| MLS \d+ⓧ: .+ \| Sat 18th Oct",
        r"\(2025-10-18 \d\d:\d\d:\d\d\)$",
        r"@ \d\d Oct \d\d:\d\d CEST$",
        r"^ESPN\+ 45 :$",  # blank
        r"NO EVENT",
        r"No programmed channel today$",
        r"TBA$",
        r"2098-12-31",  # a sentinel date
        r"March 15 8:30 pm$",  # a stale name
        r"^ESPN\+ \d+ : College GameDay",  # a studio show
        r"Press Conference",
        r"^##### ",  # a header row
        r"S\d\d E\d\d$",  # series
        r" v .+ - \d{4}$",  # a film
        r"\[24/7\]",
        r"^[A-Z]{2} \| .+ \| (ABC|CBS|NBC|FOX|CW) ",  # a local station
        r"Ã©",  # mojibake
        r"&amp;amp;",
        r"[ᴴᴰᴿᴬᵂ]",
        "\u200b",
    ],
)
def test_every_sort_of_name_is_in_the_playlist(names, pattern):
    assert any(re.search(pattern, name) for name in names)


@pytest.mark.parametrize(
    "dialect", ['tvg-id = "', "tvg-name='", "#EXTGRP:", "#EXTVLCOPT:", "#KODIPROP:", "\n# One day"]
)
def test_the_playlist_speaks_dialects(text, dialect):
    assert dialect in text


def test_a_name_with_a_comma_inside_its_attribute_is_read_whole(names):
    assert (
        "ESPN+ 20 : Field Hockey: Boston University vs. Lafayette (Patriot League, Week 7) @ Oct 18 01:00 PM ET"
        in names
    )


def test_every_line_of_the_events_file_is_an_event_around_the_day(file, events, day):
    assert file.faults == []
    assert 150 <= events.height <= 300
    assert events["event_id"].is_unique().all()
    opens, closes = day.opens - timedelta(days=1), day.closes + timedelta(days=1)
    assert events["starts_at"].is_between(opens, closes, closed="left").all()


def test_events_have_two_sides_or_a_name_of_their_own(events):
    sides = events.select(home=pl.col("home") != "", away=pl.col("away") != "", named=pl.col("name") != "")
    assert (sides["home"] == sides["away"]).all()
    assert (sides["home"] != sides["named"]).all()


def test_events_span_many_leagues(events):
    assert events["league"].n_unique() >= 12
    assert events["sport"].n_unique() >= 6


def test_most_of_the_days_games_are_on_some_slot(events, names, day):
    on_the_day = events.filter(
        pl.col("starts_at").is_between(day.opens, day.closes, closed="left"), pl.col("home") != ""
    ).select("home_short", "away_short")
    shown = [pair for pair in on_the_day.rows() if any(all(side in name for side in pair) for name in names)]
    assert on_the_day.height >= 100
    assert len(shown) >= 0.6 * on_the_day.height
