"""Events and teams by the clock, and the events asset with sources that are asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from integration.source_site import Fault, game, source_site, team

from epg_pipeline.config.sources import Limits, load_sources
from epg_pipeline.definitions import build_defs
from epg_pipeline.orchestration.incidents import incidents
from epg_pipeline.settings import SourceSettings

START = datetime(2025, 10, 18, 20, tzinfo=UTC)


@pytest.fixture
def site():
    with source_site() as running:
        running.boards["hockey/nhl"] = [
            game(str(number), f"Home {number}", f"Away {number}", START + timedelta(days=number)) for number in range(3)
        ]
        running.teams["hockey/nhl"] = [team("Boston Bruins")]
        yield running


@pytest.fixture
def asking(store, settings, site, monkeypatch):
    """The definitions with a source that is asked, and that bears a hundred questions at once."""
    hurried = Limits(per_second=1000, burst=200, at_once=6, requests=600)
    packaged = load_sources()
    patched = packaged.model_copy(update={"espn": packaged.espn.model_copy(update={"limits": hurried})})
    monkeypatch.setattr("epg_pipeline.adapters.web.espn.load_sources", lambda: patched)
    sources = SourceSettings(names=("espn",), espn_address=site.espn)
    return build_defs(store=store, settings=settings.model_copy(update={"sources": sources}))


def test_a_range_of_days_is_one_refresh_and_tells_of_each_day(asking, instance, site, store):
    site.faults["basketball/nba"] = Fault(status=404)
    tags = {"dagster/asset_partition_range_start": "2025-10-18", "dagster/asset_partition_range_end": "2025-10-20"}
    assert asking.resolve_job_def("events_of_day").execute_in_process(instance=instance, tags=tags).success
    assert site.counts()["hockey/nhl"] == 1
    for day in ("2025-10-18", "2025-10-19", "2025-10-20"):
        record = instance.fetch_materializations(
            dg.AssetRecordsFilter(dg.AssetKey("canonical_events"), asset_partitions=[day]), limit=1
        ).records[0]
        metadata = record.asset_materialization.metadata
        assert metadata["dagster/row_count"].value == 1
        assert "espn nba 2025-10: " in metadata["faulty_lines"].value


def test_a_refresh_that_no_source_answers_goes_well_and_is_an_incident_all_the_same(
    asking, instance, site, store, settings, monkeypatch
):
    cursors = [None]

    def refreshed():
        job = asking.resolve_job_def("events_of_day")
        assert job.execute_in_process(instance=instance, partition_key="2025-10-18").success
        context = dg.build_sensor_context(instance=instance, cursor=cursors[-1])
        cursors.append(incidents(context, store=store, settings=settings).cursor)
        return [(one.title, one.reason) for one in store.incidents.open()]

    with monkeypatch.context() as patched:
        patched.setattr(site, "answer", lambda path, query: (404, {}))
        silence = "no answer at all from espn; what is on record stays"
        assert refreshed() == [("events", silence)]
    key = dg.AssetCheckKey(dg.AssetKey("canonical_events"), "sources_answered")
    found = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)[0].evaluation
    assert (found.passed, found.severity, found.description) == (False, dg.AssetCheckSeverity.ERROR, silence)
    assert refreshed() == []


def test_the_schedule_asks_for_yesterday_to_the_last_open_day():
    schedule = build_defs().resolve_schedule_def("events_around_today")
    tick = datetime(2026, 11, 21, 12, 20, tzinfo=UTC)
    with dg.build_schedule_context(scheduled_execution_time=tick) as context:
        (request,) = schedule.evaluate_tick(context).run_requests
    assert request.tags["dagster/asset_partition_range_start"] == "2026-11-20"
    assert request.tags["dagster/asset_partition_range_end"] == "2026-11-23"
    assert request.run_key == "2026-11-21T12:20"  # the four looks of a day are four requests


def test_the_weekly_job_tells_of_new_teams(asking, instance):
    result = asking.resolve_job_def("teams_sync").execute_in_process(instance=instance)
    assert result.success
    said = [entry.user_message for entry in instance.all_logs(result.run_id)]
    assert any("new: Boston Bruins (espn, nhl)" in line for line in said)
