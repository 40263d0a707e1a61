"""Aliases and overrides on record: what people and matches teach holds over re-runs, and can be taken back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import polars as pl
import pytest
from small_provider import DAY, EVENTS, NAMES, ZONE, events_file, playlist
from store_frames import save_events

from epg_pipeline.adapters.store.overrides import NewOverride
from epg_pipeline.adapters.web.event_files import read_events
from epg_pipeline.config import catalogue_digest, load_teams
from epg_pipeline.errors import StoreError
from epg_pipeline.flows import matching, playlists
from epg_pipeline.flows.facts import facts_on_record, learn_aliases

GAME = "nba-sas-mia"
ODD = "NBA 04: Miami Heat vs Alamo Cowhands @ 07:30 PM ET"


@pytest.fixture
def club(store, tmp_path):
    """A provider whose playlist of the day is on record, with the events around it."""
    save_events(store, read_events(events_file(tmp_path / "events.jsonl")).events)
    provider = store.providers.add("Club", "http://tv.example/list.m3u", ZONE, "goat")
    keep(store, provider, DAY)
    return provider


def keep(store, provider, day, names=(*NAMES, ODD)):
    store.playlists.save(provider, day, playlist(names), len(names))
    playlists.filter_channels(store, provider, day)


def matched(store, provider, day=DAY):
    """The decisions of a day, made again, by slot."""
    matching.match_day(store, provider, day)
    return {row["slot"]: row for row in store.decisions.of_day(provider, day).iter_rows(named=True)}


# The catalogue


def test_the_catalogue_is_loaded_once_for_each_of_its_hashes(store_without_teams):
    store = store_without_teams
    small = load_teams().head(20)
    assert store.teams.load_catalogue(small, "a" * 64)
    assert not store.teams.load_catalogue(small, "a" * 64)
    teams = store.teams.all()
    assert teams.height == 20
    assert teams["in_catalogue"].all()
    assert store.teams.load_catalogue(small, "b" * 64)
    assert store.teams.load_catalogue(small, "a" * 64)  # back to an older one: it was not the latest


def test_what_a_source_says_of_a_team_stays(store, tmp_path):
    odd = {**EVENTS[0], "home_short": "MIAMI!", "home_abbr": "M!"}
    save_events(store, read_events(events_file(tmp_path / "events.jsonl", [odd])).events)
    heat = load_teams().filter(pl.col("league") == "nba", pl.col("name") == "Miami Heat")
    store.teams.load_catalogue(heat, "a" * 64)
    with store.connections.transaction() as connection:
        row = connection.execute("SELECT short_name, nickname FROM teams WHERE name = 'Miami Heat'").fetchone()
    assert row == ("MIAMI!", "Heat")


def test_an_alias_that_the_catalogue_drops_is_replaced_and_one_removed_by_hand_stays_so(store):
    heat = load_teams().filter(pl.col("league") == "nba", pl.col("name") == "Miami Heat")
    store.teams.load_catalogue(heat.with_columns(aliases=pl.lit("The Hot;Vice City")), "a" * 64)
    known = store.teams.list_aliases(["catalogue"])
    store.teams.remove_aliases(known.filter(pl.col("alias") == "Vice City")["alias_id"].to_list())
    store.teams.load_catalogue(heat.with_columns(aliases=pl.lit("Vice City")), "b" * 64)
    states = dict(store.teams.list_aliases(["catalogue"]).select("alias", "record_status").iter_rows())
    assert (states["The Hot"], states["Vice City"], states["Miami Heat"]) == ("replaced", "removed", "active")
    store.teams.load_catalogue(heat.with_columns(aliases=pl.lit("The Hot;Vice City")), "c" * 64)
    states = dict(store.teams.list_aliases(["catalogue"]).select("alias", "record_status").iter_rows())
    assert (states["The Hot"], states["Vice City"]) == ("active", "removed")


def test_the_facts_on_record_bring_the_bundled_catalogue(store):
    facts_on_record(store)
    assert store.teams.all().height == load_teams().height
    assert not store.teams.load_catalogue(load_teams(), catalogue_digest())


# Aliases


def spurs(store) -> int:
    facts_on_record(store)
    found = store.teams.all().filter(pl.col("league") == "nba", pl.col("team") == "San Antonio Spurs")
    return int(found["team_id"].item())


def test_an_alias_by_hand_counts_from_the_next_match_until_it_is_removed(store, club):
    assert matched(store, club)["NBA 04"]["event_id"] is None
    assert store.teams.add_alias(spurs(store), "Alamo Cowhands")
    assert not store.teams.add_alias(spurs(store), "Alamo Cowhands")
    assert matched(store, club)["NBA 04"]["event_id"] == GAME
    added = store.teams.list_aliases(["manual"], [spurs(store)])
    assert store.teams.remove_aliases(added["alias_id"].to_list()) == 1
    assert matched(store, club)["NBA 04"]["event_id"] is None
    assert store.teams.add_alias(spurs(store), "Alamo Cowhands")


def learnable(store, club):
    """Three days on which the Spurs, by another name, play somebody, and an operator says so."""
    for number in range(3):
        day = DAY + timedelta(days=number)
        keep(store, club, day, [ODD])
        store.overrides.add(club, NewOverride(slot="NBA 04", day=day, event_id=f"game {number}"))


@pytest.fixture
def three_games(store, tmp_path):
    rows = [{**EVENTS[0], "event_id": f"game {n}", "start_utc": f"2025-10-{18 + n}T23:30:00Z"} for n in range(3)]
    save_events(store, read_events(events_file(tmp_path / "more.jsonl", rows)).events)


def test_what_matches_teach_is_kept_apart_and_not_learned_again_once_forgotten(store, club, three_games):
    learnable(store, club)
    for number in range(3):
        matching.match_day(store, club, DAY + timedelta(days=number))
    learned = store.teams.list_aliases(["learned"])
    assert learned.select("team", "alias", "active").rows() == [("San Antonio Spurs", "Alamo Cowhands", True)]
    assert "Alamo Cowhands" in store.teams.aliases_for_matching().filter(pl.col("kind") == "learned")["alias"].to_list()
    assert store.teams.remove_aliases(learned["alias_id"].to_list()) == 1
    assert learn_aliases(store, club, DAY + timedelta(days=2)) == 0
    assert store.teams.aliases_for_matching().filter(pl.col("kind") == "learned").is_empty()


def test_nothing_is_learned_from_two_days(store, club, three_games):
    learnable(store, club)
    for number in range(2):
        matching.match_day(store, club, DAY + timedelta(days=number))
    assert store.teams.list_aliases(["learned"]).is_empty()


# Overrides


def test_a_pin_survives_runs_and_goes_when_it_is_removed(store, club):
    number = store.overrides.add(club, NewOverride(slot="NBA 03", day=DAY, event_id=GAME))
    assert store.overrides.add(club, NewOverride(slot="NBA 03", day=DAY, event_id=GAME)) == number
    for _ in range(2):
        row = matched(store, club)["NBA 03"]
        assert (row["match_status"], row["event_id"], row["confidence"]) == ("manual", GAME, 1.0)
    opens = matching.ProviderDay(DAY, ZONE)
    live = store.programmes.between(club, opens.opens, opens.closes).filter(
        pl.col("channel_id") == "NBA-03.club", pl.col("block") == "live"
    )
    assert live.select("match_status", "event_id").rows() == [("manual", GAME)]
    assert store.overrides.remove(number)
    assert not store.overrides.remove(number)
    assert matched(store, club)["NBA 03"]["match_status"] == "unparseable"


def test_a_name_that_is_never_an_event_is_idle_and_the_others_as_before(store, club):
    before = matched(store, club)
    store.overrides.add(club, NewOverride(name_pattern="pat mcafee"))
    after = matched(store, club)
    idle = after["ESPN+ 20"]
    assert (idle["match_status"], idle["event_id"]) == ("manual", None)
    assert (idle["evidence"]["override"], idle["evidence"]["override_effect"]) == (1, "never")
    local = matching.ProviderDay(DAY, ZONE)
    shown = store.programmes.between(club, local.opens, local.closes).filter(
        pl.col("channel_id").str.starts_with("ESPN")
    )
    assert set(shown["block"]) == {"idle"}
    with store.connections.transaction() as connection:
        rates = connection.execute("SELECT slots, matched, unparseable, match_rate FROM match_rates").fetchone()
    assert rates == (6, 2, 1, Decimal("0.5000"))
    assert {slot: row for slot, row in after.items() if slot != "ESPN+ 20"} == {
        slot: row for slot, row in before.items() if slot != "ESPN+ 20"
    }


def test_a_pin_of_tomorrow_leaves_today_alone_and_makes_tomorrows_guide(store, club):
    next_day = DAY + timedelta(days=1)
    store.overrides.add(club, NewOverride(slot="NBA 03", day=next_day, event_id="nba-uta-hou"))
    today, tomorrow = matching.match_days(store, club, [DAY, next_day])
    assert "manual" not in today.statuses
    assert tomorrow.statuses["manual"] == 1
    assert store.decisions.of_day(club, DAY).filter(pl.col("match_status") == "manual").is_empty()


def test_overrides_are_a_providers_own(store, club):
    other = store.providers.add("Other", "http://tv.example/other.m3u", ZONE, "goat")
    store.overrides.add(club, NewOverride(slot="NBA 03", event_id=GAME))
    assert store.overrides.in_force(other).is_empty()
    assert store.overrides.in_force(club).select("slot", "home", "event_id").rows() == [("NBA 03", "Miami Heat", GAME)]


def test_an_event_that_is_not_on_record_can_not_be_pinned(store, club):
    with pytest.raises(StoreError, match="nope"):
        store.overrides.add(club, NewOverride(slot="NBA 03", event_id="nope"))
    assert store.overrides.pinnable_event("nope").is_empty()
    assert store.overrides.pinnable_event(GAME)["home"].to_list() == ["Miami Heat"]
