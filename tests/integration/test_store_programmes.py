"""Events, decisions and programmes: stored as they are, rewritten only where they differ, never lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from psycopg import sql
from store_frames import DAY, ODD, OPENS, channels, decisions, events, programmes, save_events

from epg_pipeline.adapters.store.frames import SaveResult
from epg_pipeline.domain.frames import DECISIONS, EVENTS, INSTANT, MATCH_RATES, PROGRAMMES, conform
from epg_pipeline.errors import ContractError, StoreError

CLOSES = OPENS + timedelta(days=1)
NEXT = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _slots(store, provider):
    store.slots.save(provider, DAY, channels())
    save_events(store, events())


def _rows(store, query: str) -> list[tuple]:
    with store.connections.transaction() as connection:
        return connection.execute(query).fetchall()


def _versions(store, table: str) -> list[tuple]:
    """Which row version stands where: a rewritten row has another."""
    with store.connections.transaction() as connection:
        select = sql.SQL("SELECT id, xmin::text, ctid::text FROM {} ORDER BY id").format(sql.Identifier(table))
        return connection.execute(select).fetchall()


def test_events_come_back_as_they_were_saved(store):
    read = store.events.between(DAY, DAY)
    conform(read, EVENTS, "events")
    assert read.equals(events())
    assert store.events.between(NEXT, NEXT).is_empty()


def test_saving_the_same_events_again_writes_no_row(store):
    before = [_versions(store, table) for table in ("events", "teams", "team_aliases")]
    assert save_events(store, events()) == SaveResult(0, 2)
    assert [_versions(store, table) for table in ("events", "teams", "team_aliases")] == before


def test_an_event_that_is_moved_is_updated_and_the_others_are_left(store):
    moved = events(3, starts_at=[OPENS, OPENS + timedelta(hours=9), OPENS]).with_columns(
        pl.col("starts_at").cast(INSTANT)
    )
    assert save_events(store, moved) == SaveResult(written=2, unchanged=1)
    assert store.events.between(DAY, DAY).sort("event_id").equals(moved.sort("event_id"))


def test_of_an_event_given_twice_the_later_row_stays(store):
    twice = pl.concat([events(1), events(1, venue=["Elsewhere"])])
    assert save_events(store, twice) == SaveResult(1, 0)
    assert store.events.between(DAY, DAY).filter(pl.col("event_id") == "game-0")["venue"].to_list() == ["Elsewhere"]


def test_events_know_their_teams_and_teams_their_names(store):
    rows = _rows(
        store,
        "SELECT h.name, h.short_name, h.abbreviation, array_agg(DISTINCT a.alias ORDER BY a.alias) FROM events AS e "
        "JOIN teams AS h ON h.id = e.home_team_id JOIN team_aliases AS a ON a.team_id = h.id "
        "WHERE e.event_id = 'game-0' GROUP BY 1, 2, 3",
    )
    assert rows == [("home 0", "home_short 0", "home_abbr 0", ["home 0", "home_abbr 0", "home_short 0"])]


def test_an_event_without_opponents_has_no_teams(store):
    race = events(1, event_id=["race"], name=["Monaco Grand Prix"], home=[""], away=[""])
    save_events(store, race)
    assert _rows(store, "SELECT home_team_id, away_team_id FROM events WHERE event_id = 'race'") == [(None, None)]


def test_what_a_source_leaves_out_about_a_team_is_not_forgotten(store):
    save_events(store, events(2, home_short=["", ""], home_logo=["", ""], home_abbr=["", ""]))
    rows = _rows(store, "SELECT short_name, abbreviation, logo FROM teams WHERE name = 'home 0'")
    assert rows == [("home_short 0", "home_abbr 0", "home_logo 0")]


def test_decisions_come_back_as_they_were_saved(store, provider):
    assert store.decisions.save(provider, DAY, decisions()) == SaveResult(3, 0)
    read = store.decisions.of_day(provider, DAY)
    conform(read, DECISIONS, "decisions")
    assert read.equals(decisions())


def test_saving_the_same_decisions_again_writes_no_row(store, provider):
    store.decisions.save(provider, DAY, decisions())
    before = _versions(store, "parsed_data")
    assert store.decisions.save(provider, DAY, decisions()) == SaveResult(0, 3)
    assert _versions(store, "parsed_data") == before


def test_entries_that_are_no_slots_are_not_stored_and_unknown_slots_are_reported(store, provider):
    slots_and_films = decisions(4).with_columns(is_slot=pl.col("slot") != "NBA 02")
    assert store.decisions.save(provider, DAY, slots_and_films) == SaveResult(2, 0)  # NBA 04 has no channel
    assert store.decisions.of_day(provider, DAY)["slot"].to_list() == ["NBA 01", "NBA 03"]


def test_a_slot_that_is_no_longer_decided_leaves_the_day_but_not_the_record(store, provider):
    store.decisions.save(provider, DAY, decisions())
    assert store.decisions.save(provider, DAY, decisions()[:2]) == SaveResult(0, 2, replaced=1)
    assert store.decisions.of_day(provider, DAY).height == 2
    assert store.decisions.save(provider, DAY, decisions()) == SaveResult(1, 2)
    assert store.decisions.of_day(provider, DAY).equals(decisions())


def test_a_decision_for_an_event_that_is_not_stored_is_refused(store, provider):
    unknown = decisions().with_columns(event_id=pl.when(pl.col("event_id").is_not_null()).then(pl.lit("game-99")))
    with pytest.raises(StoreError, match="game-99"):
        store.decisions.save(provider, DAY, unknown)
    assert store.decisions.of_day(provider, DAY).is_empty()


def test_programmes_come_back_as_they_were_saved(store, provider):
    assert store.programmes.save(provider, DAY, programmes()) == SaveResult(36, 0)
    read = store.programmes.between(provider, OPENS, CLOSES)
    conform(read, PROGRAMMES, "programmes")
    assert read.equals(programmes())


def test_saving_the_same_programmes_again_writes_no_row_and_takes_no_id(store, provider):
    store.programmes.save(provider, DAY, programmes())
    before = _versions(store, "epg_data")
    assert store.programmes.save(provider, DAY, programmes()) == SaveResult(0, 36)
    assert _versions(store, "epg_data") == before
    store.programmes.save(
        provider, NEXT, programmes(1, 1).with_columns(pl.col("starts_at", "stops_at") + pl.duration(days=1))
    )
    assert _rows(store, "SELECT max(id) FROM epg_data") == [(37,)]


def test_only_blocks_that_differ_are_rewritten(store, provider):
    store.programmes.save(provider, DAY, programmes())
    one = (pl.col("channel_id") == "NBA-02.demo") & (pl.col("starts_at") == OPENS)
    changed = programmes().with_columns(title=pl.when(one).then(pl.lit("Another")).otherwise("title"))
    assert store.programmes.save(provider, DAY, changed) == SaveResult(1, 35)
    assert store.programmes.between(provider, OPENS, CLOSES).equals(changed)


def test_blocks_that_vanish_from_the_schedule_are_replaced_and_revived_when_they_return(store, provider):
    store.programmes.save(provider, DAY, programmes())
    longer = programmes().filter(pl.col("starts_at") != OPENS + timedelta(hours=2))
    assert store.programmes.save(provider, DAY, longer) == SaveResult(0, 33, replaced=3)
    assert store.programmes.between(provider, OPENS, CLOSES).equals(longer)
    assert _rows(store, "SELECT record_status, count(*) FROM epg_data GROUP BY 1 ORDER BY 1") == [
        ("active", 33),
        ("replaced", 3),
    ]
    assert store.programmes.save(provider, DAY, programmes()) == SaveResult(3, 33)
    assert store.programmes.between(provider, OPENS, CLOSES).equals(programmes())


def test_the_day_after_takes_nothing_from_a_live_block_that_runs_past_midnight(store, provider):
    late = programmes(1, 1).with_columns(starts_at=pl.lit(CLOSES - timedelta(hours=1)).cast(INSTANT))
    late = late.with_columns(stops_at=pl.col("starts_at") + pl.duration(hours=3))
    store.programmes.save(provider, DAY, late)
    after = programmes(1).with_columns(pl.col("starts_at", "stops_at") + pl.duration(days=1))
    assert store.programmes.save(provider, NEXT, after) == SaveResult(12, 0)
    assert store.programmes.between(provider, CLOSES, CLOSES + timedelta(hours=1)).height == 2
    assert store.programmes.save(provider, NEXT, after) == SaveResult(0, 12)


def test_a_later_day_takes_over_a_block_with_the_same_start(store, provider):
    store.programmes.save(provider, DAY, programmes(1, 2))
    assert store.programmes.save(provider, NEXT, programmes(1, 1, title=["Taken over"])) == SaveResult(1, 0)
    assert store.programmes.save(provider, NEXT, programmes(1, 0)) == SaveResult(0, 0, replaced=1)
    assert store.programmes.between(provider, OPENS, CLOSES)["starts_at"].to_list() == [OPENS + timedelta(hours=2)]


def test_programmes_are_those_that_overlap_the_window(store, provider):
    store.programmes.save(provider, DAY, programmes(1))
    window = store.programmes.between(provider, OPENS + timedelta(hours=3), OPENS + timedelta(hours=6))
    assert window["starts_at"].to_list() == [OPENS + timedelta(hours=2), OPENS + timedelta(hours=4)]


def test_of_two_blocks_with_one_start_the_first_stays_and_unknown_channels_are_reported(store, provider):
    twice = pl.concat(
        [programmes(1), programmes(1, 1, channel_id=["nba-01.DEMO"]), programmes(1, 1, channel_id=["Nobody.demo"])]
    )
    assert store.programmes.save(provider, DAY, twice) == SaveResult(12, 0)
    assert store.programmes.between(provider, OPENS, CLOSES).equals(programmes(1))


def test_sports_metadata_and_tier_features_are_json_objects(store, provider):
    idle = {name: pl.lit("") for name in ("league", "sport", "home", "away", "venue", "home_logo", "away_logo")}
    frame = pl.concat([programmes(1, 1), programmes(2, 1)[1:].with_columns(**idle, event_id=None)])
    store.programmes.save(provider, DAY, frame)
    (full, features), (none, _) = _rows(store, "SELECT sports_metadata, tier_features FROM epg_data ORDER BY id")
    assert full["home"] == f"home {ODD}"
    assert full["away_logo"] == f"away_logo {ODD}"
    assert features == {}
    assert none == {}


def test_a_block_that_ends_before_it_begins_stores_nothing_of_the_day(store, provider):
    backwards = programmes(1, 2).with_columns(stops_at=pl.col("starts_at"))
    with pytest.raises(ContractError, match="a block stops after it starts"):
        store.programmes.save(provider, DAY, backwards)
    assert _rows(store, "SELECT count(*) FROM epg_data") == [(0,)]


def test_a_control_character_that_postgres_can_not_hold_is_dropped(store, provider):
    store.programmes.save(provider, DAY, programmes(1, 1, title=["Bos\0ton"]))
    assert store.programmes.between(provider, OPENS, CLOSES)["title"].to_list() == ["Boston"]


def test_the_views_tell_channels_programmes_and_match_rate_per_provider_and_day(store, provider):
    store.decisions.save(provider, DAY, decisions())
    store.programmes.save(provider, DAY, programmes())
    assert _rows(store, "SELECT provider, day, channels, added FROM channels_per_day") == [("demo", DAY, 3, 3)]
    assert _rows(store, "SELECT provider, day, channels, programmes, live FROM programmes_per_day") == [
        ("demo", DAY, 3, 36, 36)
    ]
    rows = _rows(
        store, "SELECT provider, day, slots, matched, unmatched, unparseable, match_rate::float FROM match_rates"
    )
    assert rows == [("demo", DAY, 3, 1, 1, 1, 0.5)]  # of the two slots that name an event


def test_match_rates_are_counted_by_day_and_a_card_that_was_found_counts_among_the_events(store, provider):
    store.decisions.save(provider, DAY, decisions(kind=["show", "event", "placeholder"]))
    store.decisions.save(provider, DAY - timedelta(days=1), decisions(kind=["event", "show", "placeholder"]))
    rates = store.decisions.match_rates(provider, DAY - timedelta(days=30), DAY)
    assert rates.schema == MATCH_RATES
    assert rates.select("day", "matched", "match_rate").rows() == [(DAY - timedelta(days=1), 1, 1.0), (DAY, 1, 0.5)]
    assert store.decisions.match_rates(provider, DAY, DAY)["day"].to_list() == [DAY]


def test_times_mean_the_same_whatever_the_sessions_zone_and_date_style(database, store, provider):
    from psycopg.conninfo import make_conninfo

    from epg_pipeline.adapters.store.store import Store

    store.programmes.save(provider, DAY, programmes())
    store.decisions.save(provider, DAY, decisions())
    odd = make_conninfo(database, options="-c timezone=Asia/Kathmandu -c datestyle=German -c intervalstyle=iso_8601")
    with Store(odd, store.slots._seal, store.playlists._files) as elsewhere:
        assert elsewhere.programmes.between(provider, OPENS, CLOSES).equals(programmes())
        assert elsewhere.decisions.of_day(provider, DAY).equals(decisions())
        assert elsewhere.programmes.save(provider, DAY, programmes()) == SaveResult(0, 36)
        assert elsewhere.decisions.save(provider, DAY, decisions()) == SaveResult(0, 3)


def test_instants_of_any_zone_bound_a_window(store, provider):
    from zoneinfo import ZoneInfo

    store.programmes.save(provider, DAY, programmes(1))
    opens = datetime(2026, 11, 21, tzinfo=ZoneInfo("America/New_York"))
    assert store.programmes.between(provider, opens, opens + timedelta(hours=2)).height == 1
    assert store.programmes.between(provider, opens.astimezone(UTC), opens + timedelta(hours=2)).height == 1
