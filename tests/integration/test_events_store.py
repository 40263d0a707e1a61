"""Rows of sources -> canonical events on record: merged, lasting, and never blanked."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from store_frames import channels as some_channels
from store_frames import decisions as some_decisions

from epg_pipeline.adapters.store.frames import SaveResult
from epg_pipeline.config import load_facts
from epg_pipeline.domain.events.merge import merged, sourced

SATURDAY = date(2026, 11, 21)


def row(source, identity, home, away, starts="2026-11-21 23:00", **more):
    given = {"source": source, "source_id": identity, "listing": "nba", "league": "nba", "sport": "basketball",
             "home": home, "away": away, "home_ref": f"{source} {home}", "away_ref": f"{source} {away}",
             "starts_at": datetime.fromisoformat(starts).replace(tzinfo=UTC)}  # fmt: skip
    return given | more


def merge(rows, known):
    return merged(rows, load_facts(), known)


def take_in(store, *rows):
    return store.events.take_in(sourced(rows), merge)


def on_record(store, first=SATURDAY, last=SATURDAY):
    return store.events.between(first, last)


ESPN = row("espn", "1", "Boston Celtics", "Miami Heat", home_abbr="BOS", home_logo="b.png")
TSDB = row("thesportsdb", "9", "Boston", "Miami Heat", starts="2026-11-21 23:10", venue="TD Garden")


def test_what_two_sources_say_becomes_one_event(store):
    assert take_in(store, ESPN, TSDB).events == SaveResult(1, 0)
    event = on_record(store).row(0, named=True)
    assert (event["event_id"], event["venue"], event["home_logo"]) == ("espn-1", "TD Garden", "b.png")


def test_the_same_again_writes_nothing(store):
    take_in(store, ESPN, TSDB)
    again = take_in(store, ESPN, TSDB)
    assert (again.sourced, again.events, again.rematches) == (SaveResult(0, 2), SaveResult(0, 0), 0)


@pytest.mark.parametrize("order", [(ESPN, TSDB), (TSDB, ESPN)], ids=["espn first", "thesportsdb first"])
def test_whichever_source_comes_first_events_ids_and_teams_are_the_same(store_without_teams, order):
    store = store_without_teams
    for events in order:
        take_in(store, events)
    both = on_record(store)
    assert both.select("event_id", "home", "away", "venue", "source").rows() == [
        ("espn-1", "Boston Celtics", "Miami Heat", "TD Garden", "espn")
    ]
    with store.connections.transaction() as connection:
        teams = connection.execute("SELECT name FROM teams WHERE record_status = 'active' ORDER BY name").fetchall()
        refs = connection.execute("SELECT count(*), count(DISTINCT team_id) FROM team_sources").fetchone()
    assert [name for (name,) in teams] == ["Boston Celtics", "Miami Heat"]
    assert refs == (4, 2)


def test_a_moved_game_keeps_its_id_and_leaves_no_event_behind(store):
    take_in(store, ESPN, TSDB)
    take_in(store, {**ESPN, "starts_at": datetime(2026, 11, 24, 1, tzinfo=UTC)})
    moved = on_record(store, SATURDAY, date(2026, 11, 25))
    assert sorted(moved.select("event_id", "event_date").rows()) == [
        ("espn-1", date(2026, 11, 24)),
        ("tsdb-9", SATURDAY),  # the other source still says Saturday
    ]
    take_in(store, {**TSDB, "starts_at": datetime(2026, 11, 24, 1, tzinfo=UTC)})
    assert on_record(store, SATURDAY, date(2026, 11, 25))["event_id"].to_list() == ["espn-1"]


def test_a_field_left_out_later_is_not_blanked(store):
    take_in(store, ESPN, TSDB)
    take_in(store, {**ESPN, "home_abbr": "", "home_logo": ""}, {**TSDB, "venue": ""})
    event = on_record(store).row(0, named=True)
    assert (event["venue"], event["home_logo"], event["home_abbr"]) == ("TD Garden", "b.png", "BOS")


def test_another_team_does_not_inherit_the_logo_of_the_one_before(store):
    take_in(store, ESPN)
    take_in(store, row("espn", "1", "Utah Jazz", "Miami Heat"))
    event = on_record(store).row(0, named=True)
    assert (event["home"], event["home_logo"]) == ("Utah Jazz", "")


def test_a_team_its_source_renames_stays_the_same_team(store):
    take_in(store, ESPN)
    with store.connections.transaction() as connection:
        before = connection.execute("SELECT id FROM teams WHERE name = 'Boston Celtics'").fetchone()
    take_in(store, {**ESPN, "home": "Boston Clovers"})
    with store.connections.transaction() as connection:
        after = connection.execute("SELECT id FROM teams WHERE name = 'Boston Clovers'").fetchone()
        old = connection.execute("SELECT count(*) FROM team_aliases WHERE alias = 'Boston Celtics'").fetchone()
    assert (before, old) == (after, (1,))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"starts_at": datetime(2026, 11, 22, 1, tzinfo=UTC)}, "moved"),
        ({"status": "cancelled"}, "cancelled"),
        ({"away": "Utah Jazz"}, "renamed"),
        ({"status": "final"}, None),
        ({"home_logo": "new.png"}, None),
    ],
)
def test_days_matched_to_an_event_that_changes_are_marked(store, provider, change, reason):
    take_in(store, ESPN)
    store.slots.save(provider, SATURDAY, some_channels())
    found = some_decisions().with_columns(event_id=pl.col("event_id").replace("game-0", "espn-1"))
    store.decisions.save(provider, SATURDAY, found)
    marked = take_in(store, {**ESPN, **change}).rematches
    with store.connections.transaction() as connection:
        due = connection.execute("SELECT day, event_id, reason FROM rematches WHERE status = 'due'").fetchall()
    assert due == ([(SATURDAY, "espn-1", reason)] if reason else [])
    assert marked == len(due)


def test_all_of_a_taking_in_is_undone_when_merging_fails(store):
    def fails(rows, known):
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        store.events.take_in(sourced([ESPN]), fails)
    assert store.events.sourced_keys(SATURDAY, SATURDAY).is_empty()
    assert take_in(store, ESPN).events == SaveResult(1, 0)
