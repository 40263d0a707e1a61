"""What several sources say of events -> one event each, whichever source comes first."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import polars as pl
import pytest

from epg_pipeline.config import load_facts
from epg_pipeline.domain.events.merge import SOURCED, TEAM_NAMES, merged, sourced, sourced_of
from epg_pipeline.domain.frames import EVENTS

NIGHT = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def game(source, identity, home, away, starts="2026-11-21 23:00", league="nba", **more):
    row = {"source": source, "source_id": identity, "listing": league, "league": league, "sport": "basketball",
           "home": home, "away": away, "starts_at": at(starts)}  # fmt: skip
    return row | {"home_ref": f"{source}:{home}", "away_ref": f"{source}:{away}"} | more


def espn(identity, *rest, **more):
    return game("espn", identity, *rest, **more)


def tsdb(identity, *rest, **more):
    return game("thesportsdb", identity, *rest, **more)


def events(*rows, on_record=None):
    return merged(sourced(rows), load_facts(), on_record).events


def test_one_game_of_two_sources_is_one_event_with_the_best_of_both():
    got = events(
        tsdb("9", "Boston Celtics", "Miami Heat", venue="TD Garden", art="http://art.example/9.jpg"),
        espn("1", "Boston Celtics", "Miami Heat", home_abbr="BOS", starts="2026-11-21 23:10"),
    ).row(0, named=True)
    assert (got["event_id"], got["source"], got["starts_at"]) == ("espn-1", "espn", at("2026-11-21 23:10"))
    assert (got["venue"], got["home_abbr"]) == ("TD Garden", "BOS")
    assert got["field_sources"] == ["art: thesportsdb", "venue: thesportsdb"]


@pytest.mark.parametrize(
    ("league", "ours", "theirs"),
    [
        ("college-football", "Troy Trojans", "Troy"),
        ("eng.1", "Brighton & Hove Albion", "Brighton and Hove Albion"),
        ("ger.1", "1. FC Union Berlin", "Union Berlin"),
        ("ned.1", "Some Unheard-of FC", "Some Unheard-of"),
    ],
)
def test_a_team_is_one_however_it_is_written(league, ours, theirs):
    got = events(espn("1", ours, "Ajax", league=league), tsdb("9", theirs, "Ajax", league=league))
    assert got["event_id"].to_list() == ["espn-1"]
    assert got["home"].to_list() == [ours]


def test_a_team_with_two_names_is_known_by_its_opponent_and_the_start():
    result = merged(
        sourced([
            espn("1", "FC Cologne", "Hamburg SV", league="ger.1"),
            tsdb("9", "1. FC Köln", "Hamburg SV", league="ger.1", starts="2026-11-21 23:30"),
            tsdb("10", "1. FC Köln", "Mainz", league="ger.1", starts="2026-11-28 23:00"),
        ]),
        load_facts(),
    )  # fmt: skip
    assert result.events["event_id"].to_list() == ["espn-1", "tsdb-10"]
    assert result.events["home"].to_list() == ["FC Cologne", "FC Cologne"]


def test_the_side_that_is_at_home_is_the_first_sources():
    got = events(
        espn("1", "Miami Heat", "Boston Celtics"),
        tsdb("9", "Boston Celtics", "Miami Heat", home_logo="b.png", away_logo="m.png"),
    )
    assert got.select("home", "home_logo", "away_logo").row(0) == ("Miami Heat", "m.png", "b.png")


def test_a_doubleheader_is_two_events_each_with_its_own_row_of_the_other_source():
    got = events(
        espn("1", "Rays", "Tigers", starts="2026-07-11 17:00", league="mlb"),
        espn("2", "Rays", "Tigers", starts="2026-07-11 22:00", league="mlb"),
        tsdb("9", "Rays", "Tigers", starts="2026-07-11 22:05", league="mlb", venue="Second game's"),
    )
    assert got.select("event_id", "venue").rows() == [("espn-1", ""), ("espn-2", "Second game's")]


def test_games_of_two_evenings_on_one_utc_date_stay_two():
    got = events(
        espn("1", "Rays", "Tigers", starts="2026-07-11 00:10", league="mlb"),
        tsdb("9", "Rays", "Tigers", starts="2026-07-11 23:10", league="mlb"),
    )
    assert got["event_id"].to_list() == ["espn-1", "tsdb-9"]


def test_a_game_one_source_lists_twice_is_one():
    got = events(tsdb("10", "Leeds", "Hull", league="super-league"), tsdb("9", "Leeds", "Hull", league="super-league"))
    assert got["event_id"].to_list() == ["tsdb-10"]


def test_games_whose_sides_are_to_be_determined_stay_apart():
    got = events(tsdb("1", "TBD", "TBD", league="nfl"), tsdb("2", "TBD", "TBD", league="nfl"))
    assert got.height == 2


def test_reserve_sides_are_other_teams():
    got = events(espn("1", "LAFC", "Austin FC", league="usa.1"), tsdb("9", "LAFC 2", "Austin FC II", league="usa.1"))
    assert got.height == 2


def test_a_card_is_one_by_the_words_of_its_title():
    ufc = {"league": "ufc", "sport": "mma"}
    got = events(
        espn("1", "Cannonier", "Strickland", name="UFC Fight Night: Cannonier vs. Strickland", **ufc),
        tsdb(
            "9",
            "",
            "",
            name="UFC Fight Night 216 Cannonier vs Strickland",
            starts="2026-11-21 22:00",
            art="p.jpg",
            **ufc,
        ),
        tsdb("8", "", "", name="UFC 300 Pereira vs Hill", **ufc),
    )
    assert got.select("event_id", "art").rows() == [("espn-1", "p.jpg"), ("tsdb-8", "")]


def test_a_clock_that_is_set_goes_before_one_that_is_not():
    got = events(
        espn("1", "Boston Celtics", "Miami Heat", starts="2026-11-21 05:00", time_is_set=False),
        tsdb("9", "Boston Celtics", "Miami Heat"),
    ).row(0, named=True)
    assert (got["starts_at"], got["time_is_set"]) == (NIGHT, True)
    assert "starts_at: thesportsdb" in got["field_sources"]


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        ("scheduled", "postponed", "postponed"),
        ("scheduled", "final", "scheduled"),
        ("final", "cancelled", "final"),
        ("cancelled", "scheduled", "cancelled"),
    ],
)
def test_a_game_that_is_off_is_off_while_the_first_source_has_not_seen_it_played(first, second, state):
    got = events(
        espn("1", "Boston Celtics", "Miami Heat", status=first),
        tsdb("9", "Boston Celtics", "Miami Heat", status=second),
    )
    assert got["status"].to_list() == [state]


def test_a_file_may_list_a_game_under_two_names_of_its_league():
    lines = pl.DataFrame(
        [
            {"event_id": identity, "league": league, "home": "Old Dominion", "away": "Troy", "starts_at": NIGHT,
             "event_date": NIGHT.date(), "status": "scheduled", "time_is_set": True}
            for identity, league in (("a", "NCAAF"), ("b", "NCAA Division 1 Football"))
        ],
        schema=EVENTS,
    ).with_columns(pl.col(pl.String).fill_null(""))  # fmt: skip
    got = merged(sourced_of(lines, load_facts()), load_facts()).events
    assert got.select("event_id", "league", "sport").rows() == [("b", "college-football", "football")]


def test_a_file_that_names_an_event_by_the_id_on_record_adds_to_it():
    got = events(
        espn("1", "Army Black Knights", "Navy", league="college-football"),
        game("file", "espn-1", "Army", "Somebody else", league="college-football", venue="Michie Stadium"),
    )
    assert got.select("event_id", "home", "venue").rows() == [("espn-1", "Army Black Knights", "Michie Stadium")]


def test_a_team_on_record_keeps_its_name_where_only_the_other_source_has_the_game():
    on_record = pl.DataFrame(
        {
            "source": ["thesportsdb"],
            "league": ["ger.1"],
            "ref": ["thesportsdb:1. FC Köln"],
            "name": ["1. FC Köln"],
            "team": ["FC Cologne"],
        },
        schema=TEAM_NAMES,
    )
    got = events(tsdb("9", "1. FC Köln", "Mainz", league="ger.1"), on_record=on_record)
    assert got["home"].to_list() == ["FC Cologne"]


def test_no_rows_give_no_events():
    assert merged(SOURCED.to_frame(), load_facts()).events.is_empty()


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_rows_says_nothing(seed):
    teams = ["Boston Celtics", "Miami Heat", "Utah Jazz", "Chicago Bulls", "LA Clippers", "Detroit Pistons"]
    rng = random.Random(seed)  # noqa: S311 - no secret
    rows = []
    for number in range(40):
        home, away = rng.sample(teams, 2)
        starts = f"2026-11-{rng.randint(20, 23)} {rng.randint(0, 23):02}:{rng.choice(('00', '10', '30'))}"
        make = rng.choice([espn, tsdb])
        rows.append(make(str(number), home, away, starts, venue=rng.choice(["", f"venue {number}"])))
    one = merged(sourced(rows), load_facts())
    rng.shuffle(rows)
    two = merged(sourced(rows), load_facts())
    assert one.events.equals(two.events)
    assert one.links.equals(two.links)
