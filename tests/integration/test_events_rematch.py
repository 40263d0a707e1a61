"""A game that moves or is called off: the days matched to it are matched again before the next publishing."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from small_provider import DAY, ZONE, events_file, playlist

from epg_pipeline.adapters.web.event_files import read_events
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.flows import events as event_flows
from epg_pipeline.flows import matching, provider_day
from epg_pipeline.flows.events import take_in_file


@pytest.fixture
def club(store, settings, tmp_path):
    """A provider that is matched and published for the day."""
    (tmp_path / "list.m3u").write_bytes(playlist())
    provider = store.providers.add("Club", str(tmp_path / "list.m3u"), ZONE, "goat")
    event_flows.import_events(store, events_file(tmp_path / "events.jsonl"))
    provider_day.refresh_provider(store, provider, DAY, DAY, settings)
    return provider


def live_start(store, club):
    opens = ProviderDay(DAY, ZONE).opens
    rows = store.programmes.between(club, opens, opens + timedelta(days=2))
    live = rows.filter(pl.col("block") == "live", pl.col("event_id") == "nba-sas-mia")
    return live["event_starts_at"].to_list()


def move(store, folder, later):
    events = read_events(events_file(folder / "events.jsonl")).events
    is_it = pl.col("event_id") == "nba-sas-mia"
    moved = pl.when(is_it).then(pl.lit(later).cast(events.schema["starts_at"])).otherwise("starts_at")
    take_in_file(store, events.with_columns(starts_at=moved))


def test_a_moved_game_is_where_it_moved_to_after_the_next_publishing(store, settings, club, tmp_path):
    (before,) = live_start(store, club)
    later = before + timedelta(minutes=30)
    move(store, tmp_path, later)
    assert store.rematches.due(club) == {DAY, DAY + timedelta(days=1)}  # it may run past midnight
    provider_day.publish_provider(store, club, DAY, DAY, settings)
    assert live_start(store, club) == [later]
    assert store.rematches.due(club) == set()


def test_a_game_that_moves_while_its_day_is_matched_waits_for_the_next_time(
    store, settings, club, tmp_path, monkeypatch
):
    (before,) = live_start(store, club)
    later, decided = before + timedelta(minutes=30), matching._decided

    def decided_just_before(*given):
        found = decided(*given)
        move(store, tmp_path, later)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(matching, "_decided", decided_just_before)
        matching.match_day(store, club, DAY)
    assert live_start(store, club) == [before]
    assert DAY in store.rematches.due(club)
    provider_day.publish_provider(store, club, DAY, DAY, settings)
    assert live_start(store, club) == [later]


def test_a_publishing_with_nothing_due_matches_nothing(store, settings, club, monkeypatch):
    asked = []
    monkeypatch.setattr(matching, "_decided", lambda *given: asked.append(given))
    provider_day.publish_provider(store, club, DAY, DAY, settings)
    assert asked == []
