"""Whole days as the services really answered them, served on loopback over all leagues that are asked."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from source_site import season_of_games, source_site, tsdb_event

from epg_pipeline.adapters.web.source_client import Pace
from epg_pipeline.config.sources import load_sources
from epg_pipeline.domain.frames import EVENT_STATUSES
from epg_pipeline.flows.events import refresh_events
from epg_pipeline.settings import SourceSettings

RECORDED = Path(__file__).parents[2].parent / "shared" / "data" / "api" / "espn"
pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="recorded answers are not here")

SOCCER = ("eng.1", "eng.w.1", "esp.1", "fra.1", "ger.1", "ita.1", "usa.nwsl")
FILES = {
    "football/nfl": ["scoreboard_nfl_2022-09-11.json"],
    "football/college-football": ["scoreboard_college-football_2022-09-17.json"],
    "baseball/mlb": ["scoreboard_mlb_2022-09-17.json"],
    "hockey/nhl": ["by-sport/nhl.json", "scoreboard_nhl_2022-09-25.json"],
    "basketball/nba": ["by-sport/nba.json", "scoreboard_nba_2026-05-02.json"],
    "volleyball/womens-college-volleyball": ["scoreboard_womens-college-volleyball_2022-09-11.json"],
    "soccer/usa.1": ["by-sport/soccer_usa.1.json", "scoreboard_usa.1_2022-09-17.json"],
    **{f"soccer/{key}": [f"by-sport/soccer_{key}.json"] for key in SOCCER},
    "soccer/fifa.world": ["scoreboard_fifa.world_2026-06.json"],
    "mma/ufc": ["by-sport/mma_ufc.json"],
    "racing/f1": ["by-sport/racing_f1.json"],
    "golf/pga": ["by-sport/golf_pga.json"],
    "tennis/atp": ["by-sport/tennis_atp.json"],
    "tennis/wta": ["by-sport/tennis_wta.json", "by-sport/tennis_atp.json"],
}  # fmt: skip
LEAGUE_OF = {path: key for key, league in load_sources().espn.all_leagues().items() for path in league.path}


def recorded(path):
    return [event for name in FILES[path] for event in json.loads((RECORDED / name).read_text("utf-8-sig"))["events"]]


@pytest.fixture
def site():
    """The recorded scoreboards, and authored ones for every other league."""
    with source_site() as running:
        for path, key in LEAGUE_OF.items():
            if path in FILES:
                running.boards[path] = recorded(path)
            elif path.partition("/")[0] not in ("mma", "racing", "tennis", "golf"):
                running.boards[path] = [
                    event
                    for day in (date(2022, 9, 17), date(2026, 3, 21))
                    for event in season_of_games(f"{key} {path} {day.year}", day, 1, 3, clock=20)
                ]
        yield running


@pytest.fixture
def refreshed(store, settings, site):
    """A day refreshed from both services."""
    sources = SourceSettings(
        names=("espn", "thesportsdb"),
        espn_address=site.espn,
        thesportsdb_address=site.thesportsdb,
        thesportsdb_key="own-key",
    )

    def refreshed(day):
        mine = settings.model_copy(update={"sources": sources})
        return refresh_events(store, mine, day, day, day, pace=Pace(attempts=2, pause=0.0, sleep=lambda _: None))

    return refreshed


def games_of(path, day):
    """How many games of a recorded scoreboard start on a UTC date, counted on the answer itself."""
    return sum(event["date"].startswith(f"{day}") for event in recorded(path))


@pytest.mark.parametrize("day", [date(2022, 9, 11), date(2022, 9, 17), date(2022, 9, 18), date(2026, 3, 21)])
def test_a_recorded_day_ends_with_every_league_s_count(store, site, refreshed, day):
    report = refreshed(day)
    assert report.faults == ()
    events = store.events.between(day, day)
    counted = Counter(events["league"].to_list())
    assert report.leagues == counted
    for path in FILES:
        if path.partition("/")[0] not in ("mma", "racing", "tennis", "golf"):
            assert counted[LEAGUE_OF[path]] == games_of(path, day), path
    authored = set(counted) - {LEAGUE_OF[path] for path in FILES}
    assert all(counted[league] % 3 == 0 for league in authored)
    assert events["event_id"].is_unique().all()
    games = events.filter(pl.col("home") != "").sort("starts_at")
    after = pl.col("starts_at").diff().over("event_date", "league", "home", "away")
    assert games.filter(after < timedelta(hours=2)).is_empty()  # a doubleheader's games follow each other
    assert set(events["status"]) <= set(EVENT_STATUSES)
    assert events.filter((pl.col("home") == "") & (pl.col("name") == "")).is_empty()


def test_a_recorded_day_again_asks_only_for_changes_and_writes_nothing(store, site, refreshed):
    refreshed(date(2022, 9, 17))
    site.asked.clear()
    again = refreshed(date(2022, 9, 17))
    assert {one.status for one in site.asked} <= {304}
    assert (again.sourced.written, again.events.written) == (0, 0)


def test_a_game_both_services_have_is_one_whichever_listed_it_first(store, settings, site):
    day = date(2026, 3, 21)
    kick_off = datetime(2026, 3, 21, 12, 45, tzinfo=UTC)
    site.leagues["4328"] = [tsdb_event("60", "Brighton and Hove Albion", "Liverpool", kick_off, "4328")]
    leagues = {"eng.1": {"id": 4328, "season": "split"}}
    sources = load_sources()
    extended = sources.model_copy(
        update={
            "thesportsdb": sources.thesportsdb.model_validate(sources.thesportsdb.model_dump() | {"leagues": leagues})
        }
    )
    schedules = []
    for order in (("espn", "thesportsdb"), ("thesportsdb", "espn")):
        with store.connections.transaction() as connection:
            connection.execute(
                "TRUNCATE events, sourced_events, team_sources, teams, team_aliases, parsed_data, overrides"
            )
        for number, name in enumerate(order):
            given = SourceSettings(
                names=(name,), espn_address=site.espn, thesportsdb_address=site.thesportsdb, thesportsdb_key="own-key"
            )
            mine = settings.model_copy(update={"sources": given, "home": settings.home / f"{order[0]}{number}"})
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("epg_pipeline.adapters.web.thesportsdb.load_sources", lambda: extended)
                refresh_events(store, mine, day, day, day, ["eng.1"])
        schedules.append(store.events.between(day, day))
    assert schedules[0].equals(schedules[1])
    brighton = schedules[0].filter(pl.col("home").str.starts_with("Brighton"))
    assert brighton.select("event_id", "away").rows() == [("espn-740898", "Liverpool")]
