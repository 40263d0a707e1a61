"""A game that moves or is called off: the days matched to it are matched again before the next publishing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from small_provider import DAY, ZONE, events_file, playlist

from epg_pipeline import flows
from epg_pipeline.adapters.event_files import read_events
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.events_flow import take_in_file


@pytest.fixture
def club(store, settings, tmp_path):
    """A provider that is matched and published for the day."""
    (tmp_path / "list.m3u").write_bytes(playlist())
    provider = store.add_provider("Club", str(tmp_path / "list.m3u"), ZONE, "goat")
    flows.import_events(store, events_file(tmp_path / "events.jsonl"))
    flows.refresh_provider(store, provider, DAY, DAY, settings)
    return provider


def live_start(store, club):
    opens = ProviderDay(DAY, ZONE).opens
    rows = store.programmes(club, opens, opens + timedelta(days=2))
    live = rows.filter(pl.col("block") == "live", pl.col("event_id") == "nba-sas-mia")
    return live["event_starts_at"].to_list()


def test_a_moved_game_is_where_it_moved_to_after_the_next_publishing(store, settings, club, tmp_path):
    (before,) = live_start(store, club)
    events = read_events(events_file(tmp_path / "events.jsonl")).events
    later = before + timedelta(minutes=30)
    is_it = pl.col("event_id") == "nba-sas-mia"
    moved = events.with_columns(
        starts_at=pl.when(is_it).then(pl.lit(later).cast(events.schema["starts_at"])).otherwise("starts_at")
    )
    take_in_file(store, moved)
    assert store.rematches_due(club) == {DAY, DAY + timedelta(days=1)}  # it may run past midnight
    flows.publish_provider(store, club, DAY, DAY, settings)
    assert live_start(store, club) == [later]
    assert store.rematches_due(club) == set()


def test_a_publishing_with_nothing_due_matches_nothing(store, settings, club, monkeypatch):
    asked = []
    monkeypatch.setattr(flows, "_decided", lambda *given: asked.append(given))
    flows.publish_provider(store, club, DAY, DAY, replace(settings))
    assert asked == []
