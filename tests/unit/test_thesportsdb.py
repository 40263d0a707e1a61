"""TheSportsDB's days, seasons and team lists -> rows, and what is asked for."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from epg_pipeline.adapters.web.source_client import Ask, ShapeError
from epg_pipeline.adapters.web.thesportsdb import TheSportsDbSource, read_events
from epg_pipeline.config import load_facts
from epg_pipeline.settings import SourceSettings

RECORDED = Path(__file__).parents[2].parent / "shared" / "data" / "api" / "thesportsdb"
recorded = pytest.mark.skipif(not RECORDED.is_dir(), reason="recorded answers are not here")
DAY = date(2026, 11, 21)
OWN = TheSportsDbSource(SourceSettings(thesportsdb_address="http://tsdb.example/api", thesportsdb_key="own-key-s3cret"))
FREE = TheSportsDbSource(SourceSettings(thesportsdb_address="http://tsdb.example/api"))

EVENT = {
    "idEvent": "7",
    "strTimestamp": "2026-11-21T23:30:00",
    "strEvent": "Texas Stars vs Iowa Wild",
    "idLeague": "4738",
    "strHomeTeam": "Texas Stars",
    "strAwayTeam": "Iowa Wild",
    "idHomeTeam": "1",
    "idAwayTeam": "2",
    "dateEvent": "2026-11-21",
    "strTime": "23:30:00",
    "strVenue": None,
    "strStatus": "NS",
    "strPostponed": "no",
    "strThumb": "",
    "strPoster": "p.jpg",
}


def listing_of(document, league="ahl", listing="4738"):
    ask = Ask("thesportsdb", league, listing, "x", DAY, DAY, "http://tsdb.example")
    return read_events(ask, document, load_facts().leagues)


def one(**more):
    (row,) = listing_of({"events": [EVENT | more]}).rows
    return row


def test_an_event_is_read_with_its_utc_stamp():
    row = one()
    assert (row["home"], row["away"], row["sport"]) == ("Texas Stars", "Iowa Wild", "hockey")
    assert row["starts_at"] == datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    assert (row["time_is_set"], row["art"], row["venue"]) == (True, "p.jpg", "")


@pytest.mark.parametrize(
    ("fields", "start", "is_set"),
    [
        ({"strTimestamp": None}, (21, 23, 30), True),
        ({"strTimestamp": None, "strTime": None}, (21, 0, 0), False),
        ({"strTimestamp": "2026-11-22T00:30:00+00:00"}, (22, 0, 30), True),  # a stamp beyond the day it is listed under
        ({"strTimestamp": "2026-11-21T00:00:00", "strTime": "00:00:00", "strStatus": ""}, (21, 0, 0), False),
        ({"strTimestamp": "2026-11-21T00:00:00", "strTime": "00:00:00"}, (21, 0, 0), True),
    ],
)
def test_starts(fields, start, is_set):
    row = one(**fields)
    assert row["starts_at"] == datetime(2026, 11, *start, tzinfo=UTC)
    assert row["time_is_set"] is is_set


@pytest.mark.parametrize(
    ("stated", "postponed", "state"),
    [
        ("NS", "no", "scheduled"),
        (None, "no", "scheduled"),
        ("FT", "no", "final"),
        ("AOT", "no", "final"),
        ("Match Finished", "no", "final"),
        ("Q3", "no", "live"),
        ("IN9", "no", "live"),
        ("PST", "no", "postponed"),
        ("POST", "no", "postponed"),
        ("NS", "yes", "postponed"),
        ("CANC", "no", "cancelled"),
        ("ABD", "no", "cancelled"),
    ],
)
def test_states(stated, postponed, state):
    assert one(strStatus=stated, strPostponed=postponed)["status"] == state


def test_an_event_without_sides_has_its_title():
    row = one(strHomeTeam=None, strAwayTeam="", strEvent="Monza Sprint")
    assert (row["name"], row["home"]) == ("Monza Sprint", "")


def test_an_empty_day_is_null():
    assert listing_of({"events": None}).rows == []


def test_a_season_s_events_lack_their_league():
    season = {name: value for name, value in EVENT.items() if name != "idLeague"}
    assert listing_of({"schedule": [season]}).rows[0]["league"] == "ahl"


def test_an_event_of_another_league_is_left_out():
    listing = listing_of({"events": [EVENT, EVENT | {"idLeague": "4328"}]})
    assert (len(listing.rows), len(listing.unread)) == (1, 1)


@pytest.mark.parametrize("document", [None, [], {}, {"events": "none"}, {"events": [EVENT | {"idEvent": None}]}])
def test_another_shape_is_no_list(document):
    with pytest.raises(ShapeError):
        listing_of(document)


def test_with_a_key_a_season_is_one_request_and_the_key_stands_in_a_header():
    wanted = OWN.asks(date(2026, 11, 20), date(2026, 11, 29), DAY, ["ahl", "boxing"])
    assert [(ask.league, ask.label) for ask in wanted] == [("ahl", "2026-2027"), ("boxing", "2026")]
    assert all("/v2/json/schedule/league/" in ask.address for ask in wanted)
    assert all(dict(ask.headers) == {"X-API-KEY": "own-key-s3cret"} for ask in wanted)
    assert "s3cret" not in f"{wanted} {OWN}"


def test_a_season_that_ends_in_the_new_year_is_the_old_year_s():
    wanted = OWN.asks(date(2027, 1, 2), date(2027, 1, 2), DAY, ["nfl", "ahl"])
    assert [(ask.league, ask.label) for ask in wanted] == [("ahl", "2026-2027"), ("nfl", "2026")]


def test_without_a_key_leagues_that_espn_has_are_not_asked():
    wanted = FREE.asks(DAY, DAY, DAY)
    leagues = {ask.league for ask in wanted}
    assert {"ahl", "boxing"} <= leagues
    assert not leagues & {"nfl", "nba", "college-football"}
    assert FREE.team_asks(DAY) == []


@recorded
def test_recorded_events_are_read_whole():
    document = json.loads((RECORDED / "events_round_4629_r9_2026.json").read_text("utf-8"))
    first, second = listing_of(document, "aut.1", "4629").rows
    assert (first["home"], first["venue"], first["status"]) == ("Hajduk Split", "Gradski stadion Poljud", "scheduled")
    assert first["starts_at"] == datetime(2026, 10, 10, 13, tzinfo=UTC)
    assert second["status"] == "postponed"
    assert first["home_logo"].endswith("23mvtk1579955412.png")


@recorded
@pytest.mark.parametrize(
    ("name", "listing", "state"),
    [("eventslast_133602_captured_2026-10-02.json", "4570", "final"), ("tralahm_event_info.json", "4328", "scheduled")],
)
def test_recorded_answers_of_other_kinds_are_read(name, listing, state):
    document = json.loads((RECORDED / name).read_text("utf-8-sig"))
    (row,) = listing_of(document, "eng.1", listing).rows
    assert (row["home"], row["status"]) == ("Liverpool", state)
