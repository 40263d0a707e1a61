"""A run over several dates: each is reported separately, and a bad one does not stop the others."""

from __future__ import annotations

from datetime import date, timedelta

import dagster as dg
import pytest
from small_provider import DAY

from epg_pipeline.flows import matching, provider_day
from epg_pipeline.orchestration.partitions import provider_day_key

DAYS = [DAY + timedelta(days=n) for n in range(5)]
BAD = DAYS[2]
FIRST, LAST = f"{DAYS[0]}|club", f"{DAYS[-1]}|club"
CHAIN = ["raw_m3u", "filtered_channels", "matched_programmes", "published_xmltv"]


def materialised(instance, asset):
    return {str(key) for key in instance.get_materialized_partitions(dg.AssetKey(asset))}


def keys(days):
    return {str(provider_day_key("club", day)) for day in days}


@pytest.fixture
def poisoned(monkeypatch):
    whole = matching.match_day

    def match_day(store, provider, day: date):
        if day == BAD:
            raise ValueError("a day that can't be matched")
        return whole(store, provider, day)

    monkeypatch.setattr(matching, "match_day", match_day)


def test_five_dates_are_five_materialisations_with_metadata_of_their_own(run, instance, club):
    assert run("provider_day", FIRST, LAST).success
    for asset in CHAIN:
        records = instance.fetch_materializations(dg.AssetKey(asset), limit=20).records
        assert {record.partition_key for record in records} == keys(DAYS)
        assert len(records) == 5
    files = {record.asset_materialization.metadata["files"].value for record in records}
    assert len(files) == 5


def test_a_poisoned_date_leaves_the_others_done_and_the_run_failed(run, instance, club, store, poisoned):
    result = run("provider_day", FIRST, LAST)
    good = keys(day for day in DAYS if day != BAD)
    assert not result.success
    assert materialised(instance, "raw_m3u") == keys(DAYS)
    assert materialised(instance, "filtered_channels") == keys(DAYS)
    assert materialised(instance, "matched_programmes") == good
    assert materialised(instance, "published_xmltv") == good
    failures = [event for event in result.all_events if event.is_step_failure]
    assert [event.step_key for event in failures] == ["published_xmltv"]
    assert f"{BAD}|club: ValueError: a day that can't be matched" in failures[0].step_failure_data.error.to_string()


def test_the_good_dates_keep_their_metadata(run, instance, club, poisoned):
    run("provider_day", FIRST, LAST)
    records = instance.fetch_materializations(dg.AssetKey("published_xmltv"), limit=20).records
    assert len(records) == 4
    assert all(record.asset_materialization.metadata["channels"].value == 5 for record in records)


def test_the_reason_is_in_quarantine(run, club, store, poisoned):
    run("provider_day", FIRST, LAST)
    with store.connections.transaction() as connection:
        rows = connection.execute("SELECT day, stage, name, reason FROM quarantine").fetchall()
    assert rows == [(BAD, "matched_programmes", f"{BAD}|club", "ValueError: a day that can't be matched")]


def test_a_step_run_alone_fails_itself(run, instance, club, poisoned):
    result = run("provider_day", FIRST, LAST, assets=["matched_programmes"])
    assert not result.success
    assert materialised(instance, "matched_programmes") == keys(day for day in DAYS if day != BAD)


def test_a_run_that_makes_the_overview_too_is_seen_to_fail(run, instance, club, monkeypatch):
    monkeypatch.setattr(provider_day, "publish_provider", lambda *_, **__: 1 / 0)
    assert not run("__ASSET_JOB", FIRST, assets=["published_xmltv", "provider_overview"]).success


def test_mended_dates_are_made_good_by_a_second_run(run, instance, club, poisoned, monkeypatch):
    run("provider_day", FIRST, LAST)
    monkeypatch.undo()
    assert run("provider_day", f"{BAD}|club").success
    assert materialised(instance, "published_xmltv") == keys(DAYS)


def test_an_unknown_provider_is_a_bad_partition_like_any_other(run, instance, club):
    instance.add_dynamic_partitions("providers", ["stranger"])
    result = run("provider_day", f"{DAY}|stranger")
    assert not result.success
    assert (
        "No provider is called"
        in next(e for e in result.all_events if e.is_step_failure).step_failure_data.error.to_string()
    )


def test_a_range_of_event_days_is_one_run(run, instance, club):
    assert run("events_of_day", str(DAYS[0]), str(DAYS[-1])).success
    assert materialised(instance, "canonical_events") == {str(day) for day in DAYS}
