"""The real services, a few requests: `make smoke`. Skipped without a network, and in every other run."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from epg_pipeline.adapters.web.espn import EspnSource
from epg_pipeline.adapters.web.thesportsdb import TheSportsDbSource
from epg_pipeline.config import load_facts
from epg_pipeline.config.sources import load_sources
from epg_pipeline.domain.events.merge import merged, sourced
from epg_pipeline.flows.events import source_client
from epg_pipeline.settings import Settings, SourceSettings

TODAY = datetime.now(UTC).date()
pytestmark = pytest.mark.skipif(not os.environ.get("EPG_SMOKE"), reason="asks real services: run make smoke")


def reachable(address):
    host = urlsplit(address).hostname
    try:
        socket.create_connection((host, 443), timeout=5).close()
    except OSError:
        pytest.skip(f"no network to {host}")


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path, dist=tmp_path / "dist", sources=SourceSettings(names=("espn", "thesportsdb")))


def good(answers):
    assert [str(answer.fault) for answer in answers if answer.fault] == []
    rows = [row for answer in answers for row in answer.value.rows]
    events = merged(sourced(rows), load_facts()).events
    assert events.height == len({row["source_id"] for row in rows})
    return events


def answers_of(settings, source, asks):
    with source_client(settings, source) as client:
        return source.fetch(client, asks, TODAY, load_facts().leagues)


@pytest.mark.parametrize("league", ["eng.1", "nfl", "mens-college-basketball", "ufc", "f1", "pga", "atp"])
def test_espn_answers_as_expected(settings, league):
    source = EspnSource(settings.sources)
    reachable(load_sources().espn.address)
    asks = source.asks(TODAY - timedelta(days=1), TODAY + timedelta(days=1), TODAY, [league])
    assert set(good(answers_of(settings, source, asks))["league"]) <= {league, "wta"}


def test_espn_has_games_at_all(settings):
    source = EspnSource(settings.sources)
    reachable(load_sources().espn.address)
    leagues = ["nhl", "nba", "mlb", "eng.1", "usa.1"]
    asks = source.asks(TODAY - timedelta(days=3), TODAY + timedelta(days=7), TODAY, leagues)
    events = good(answers_of(settings, source, asks))
    assert events.filter(events["home_logo"] != "").height > 10


def test_thesportsdb_answers_as_expected(settings):
    source = TheSportsDbSource(settings.sources)
    reachable(load_sources().thesportsdb.address)
    good(answers_of(settings, source, source.asks(TODAY, TODAY, TODAY)[:5]))
