"""ESPN's scoreboards and team lists -> rows, and what is asked for."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from epg_pipeline.adapters.web.espn import EspnSource, read_scoreboard
from epg_pipeline.adapters.web.source_client import Ask, ShapeError
from epg_pipeline.config import load_facts
from epg_pipeline.domain.events.merge import merged, sourced
from epg_pipeline.domain.frames import EVENT_STATUSES
from epg_pipeline.settings import SourceSettings

RECORDED = Path(__file__).parents[2].parent / "shared" / "data" / "api" / "espn"
recorded = pytest.mark.skipif(not RECORDED.is_dir(), reason="recorded answers are not here")
DAY = date(2026, 11, 21)
ESPN = EspnSource(SourceSettings())


def asked(league):
    return Ask("espn", league, league, "x", DAY, DAY, "http://espn.example")


def rows_of(document, league):
    return read_scoreboard(asked(league), document, load_facts().leagues).rows


def answer(name):
    return json.loads((RECORDED / name).read_text("utf-8-sig"))


def status(name="STATUS_SCHEDULED", state="pre", **more):
    return {"type": {"name": name, "state": state, "shortDetail": "7:00 PM"}} | more


def side(where, name, **more):
    return {"homeAway": where, "team": {"id": "7", "displayName": name, "logo": "x.png"} | more}


def a_game(**more):
    competition = {
        "id": "5",
        "date": "2026-11-22T00:30Z",
        "timeValid": True,
        "status": status(),
        "venue": {"fullName": "Arena"},
        "competitors": [side("away", "Miami Heat"), side("home", "Boston Celtics")],
    }
    return {
        "id": "5",
        "name": "Miami Heat at Boston Celtics",
        "date": "2026-11-22T00:30Z",
        "competitions": [competition | more],
    }


def one(league="nba", **more):
    (row,) = rows_of({"events": [a_game(**more)]}, league)
    return row


def test_home_and_away_are_by_their_mark_not_by_their_order():
    row = one()
    assert (row["home"], row["away"], row["venue"]) == ("Boston Celtics", "Miami Heat", "Arena")
    assert row["starts_at"] == datetime(2026, 11, 22, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stated", "state"),
    [
        (status(), "scheduled"),
        (status("STATUS_IN_PROGRESS", "in"), "live"),
        (status("STATUS_HALFTIME", "in"), "live"),
        (status("STATUS_RAIN_DELAY", "in"), "live"),
        (status("STATUS_FINAL_PEN", "post"), "final"),
        (status("STATUS_POSTPONED", "post"), "postponed"),
        (status("STATUS_CANCELED", "post"), "cancelled"),
        (status("STATUS_SOMETHING_NEW", "pre"), "scheduled"),
        ({"type": {"state": "in"}}, "live"),
    ],
)
def test_states(stated, state):
    assert one(status=stated)["status"] == state


@pytest.mark.parametrize(
    ("more", "is_set"),
    [
        ({}, True),
        ({"timeValid": False}, False),
        ({"status": status() | {"type": {"state": "pre", "shortDetail": "11/21 - TBD"}}}, False),
    ],
)
def test_a_time_to_be_determined_is_none(more, is_set):
    assert one(**more)["time_is_set"] is is_set


def test_a_neutral_venue_is_noted():
    assert one(neutralSite=True)["neutral"] is True


@pytest.mark.parametrize("undecided", [side("home", "TBD"), side("home", "Winner", id="-2")])
def test_a_game_whose_side_is_to_be_determined_has_a_title_instead(undecided):
    row = one(competitors=[side("away", "Miami Heat"), undecided])
    assert (row["name"], row.get("home")) == ("Miami Heat at Boston Celtics", None)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"competitors": [side("home", "A")]}, "both a home and an away"),
        ({"competitors": {}}, "competitors is a dict"),
        ({"status": {"type": {"state": 3}}}, "state"),
        ({"date": "soon"}, "not an ISO 8601"),
    ],
)
def test_what_cannot_be_read_is_reported(more, words):
    listing = read_scoreboard(asked("nba"), {"events": [a_game(), a_game(**more)]}, load_facts().leagues)
    assert (len(listing.rows), listing.events) == (1, 2)
    assert words in listing.unread[0]


@pytest.mark.parametrize("document", [None, [], {"events": None}, {"events": {}}, {"events": [a_game(competitors=[])]}])
def test_another_shape_is_no_scoreboard(document):
    with pytest.raises(ShapeError):
        rows_of(document, "nba")


def test_an_empty_day_has_no_events():
    assert rows_of({"events": []}, "nba") == []


def test_ids_of_sports_that_number_apart_do_not_collide():
    assert one("prem-rugby")["source_id"] == "rugby-5"
    assert one("nba")["source_id"] == "5"


def test_seasons_save_requests():
    summer = {ask.league for ask in ESPN.asks(date(2026, 7, 10), date(2026, 7, 12), DAY)}
    assert "nfl" in summer  # its season begins in July
    assert not summer & {"nll", "college-football", "nhl"}


def test_a_range_over_two_months_is_two_requests():
    labels = [ask.label for ask in ESPN.asks(date(2026, 11, 27), date(2026, 12, 6), DAY, ["eng.1"])]
    assert labels == ["2026-11", "2026-12"]


def test_no_request_wants_more_events_than_the_service_gives_whole():
    limits = {dict(ask.params)["limit"] for ask in ESPN.asks(DAY, DAY, DAY)}
    assert limits == {"500"}


def test_at_least_forty_soccer_leagues_are_asked():
    leagues = {ask.league for ask in ESPN.asks(DAY, DAY, DAY) if "/soccer/" in ask.address}
    assert len(leagues) >= 40


COUNTS = [
    ("by-sport/nba.json", "nba", 4),
    ("by-sport/nhl.json", "nhl", 4),
    ("by-sport/cricket.json", "cricket", 3),
    ("by-sport/soccer_eng.1.json", "eng.1", 5),
    ("by-sport/soccer_usa.nwsl.json", "usa.nwsl", 3),
    ("by-sport/mma_ufc.json", "ufc", 2),  # the card and its prelims
    ("by-sport/racing_f1.json", "f1", 5),
    ("by-sport/golf_pga.json", "pga", 4),
    ("scoreboard_mlb_2022-09-17.json", "mlb", 17),
    ("scoreboard_nfl_2022-09-11.json", "nfl", 16),
    ("scoreboard_college-football_2022-09-17.json", "college-football", 25),
    ("scoreboard_fifa.world_2026-06.json", "fifa.world", 32),
    ("scoreboard_usa.1_2022-09-17.json", "usa.1", 11),
    ("scoreboard_womens-college-volleyball_2022-09-11.json", "womens-college-volleyball", 6),
]


@recorded
@pytest.mark.parametrize(("name", "league", "count"), COUNTS)
def test_recorded_scoreboards_are_read_whole(name, league, count):
    listing = read_scoreboard(asked(league), answer(name), load_facts().leagues)
    assert (len(listing.rows), listing.unread) == (count, ())
    events = merged(sourced(listing.rows), load_facts()).events
    assert events.height == count
    assert events["event_id"].is_unique().all()
    for row in events.iter_rows(named=True):
        assert (row["home"] and row["away"]) or row["name"]
        assert row["starts_at"].tzinfo is not None
        assert row["status"] in EVENT_STATUSES


@recorded
def test_a_recorded_card_is_its_main_part_and_its_prelims():
    main, prelims = rows_of(answer("by-sport/mma_ufc.json"), "ufc")
    assert (main["name"], main["home"], main["away"]) == (
        "UFC Fight Night: Cannonier vs. Strickland",
        "Jared Cannonier",
        "Sean Strickland",
    )
    assert main["starts_at"] == datetime(2022, 12, 18, 0, tzinfo=UTC)
    assert (prelims["name"], prelims["starts_at"].hour) == ("UFC Fight Night: Cannonier vs. Strickland - Prelims", 21)


@recorded
def test_a_recorded_weekend_is_its_sessions():
    rows = rows_of(answer("by-sport/racing_f1.json"), "f1")
    assert [row["name"].partition(" - ")[2] for row in rows][:2] == ["Practice 1", "Qualifying"]
    assert rows[-1]["name"] == "Azerbaijan Grand Prix - Race"
    assert {row["venue"] for row in rows} == {"Baku City Circuit"}


@recorded
def test_a_recorded_tournament_is_its_rounds_as_far_as_they_are_played():
    rows = rows_of(answer("by-sport/golf_pga.json"), "pga")
    assert [(row["name"], row["status"]) for row in rows] == [
        ("ZOZO CHAMPIONSHIP - Round 1", "final"),
        ("ZOZO CHAMPIONSHIP - Round 2", "final"),
        ("ZOZO CHAMPIONSHIP - Round 3", "final"),
        ("ZOZO CHAMPIONSHIP - Round 4", "live"),
    ]
    assert not any(row["time_is_set"] for row in rows)


@recorded
def test_recorded_tennis_goes_to_the_tour_it_belongs_to():
    rows = rows_of(answer("by-sport/tennis_atp.json"), "atp")
    matches = [row for row in rows if "home" in row]
    leagues = Counter(row["league"] for row in matches)
    assert leagues["wta"] > 50
    assert leagues["atp"] > 50
    assert all(row["home"] and row["away"] and "TBD" not in row["home"] for row in matches)
    days = [row for row in rows if "home" not in row]
    assert [row["name"] for row in days] == [f"Olympics - Day {number}" for number in range(1, 10)]


@recorded
@pytest.mark.parametrize(
    ("name", "league", "count"),
    [("college-football", "college-football", 54), ("mens-college-basketball", "mens-college-basketball", 362)],
)
def test_recorded_team_lists_are_read_whole(name, league, count):
    teams = ESPN.read_teams(asked(league), answer(f"teams_{name}.json"))
    assert len({team["ref"] for team in teams}) == count
    assert all(team["name"] and team["location"] and team["nickname"] for team in teams)
    assert sum(not team["logo"] for team in teams) <= 1


def test_sports_without_teams_are_not_asked_for_them():
    leagues = {ask.league for ask in ESPN.team_asks(DAY)}
    assert "nfl" in leagues
    assert not leagues & {"ufc", "f1", "atp", "pga"}
