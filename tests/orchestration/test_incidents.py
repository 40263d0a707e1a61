"""What runs say of what works: failures and recoveries of guides and jobs, and which old runs may go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from small_provider import DAY

from epg_pipeline.flows import matching, playlists, provider_day
from epg_pipeline.orchestration.incidents import incidents, outcome_of, providers_of
from epg_pipeline.orchestration.retention import forget, old_runs

NEXT = DAY + timedelta(days=1)
GUIDE = ["matched_programmes", "published_xmltv"]


@pytest.fixture
def poisoned(monkeypatch):
    """A day that can't be matched, until it is fixed."""
    whole = matching.match_day

    def match_day(store, provider, day, **given):
        if day == NEXT:
            raise ValueError("a day that can't be matched: http://tv.example/get/carol/hunter2")
        return whole(store, provider, day, **given)

    with monkeypatch.context() as patched:
        patched.setattr(matching, "match_day", match_day)
        yield patched


@pytest.fixture
def tick(instance, store, settings):
    """One tick after the other, each with the cursor of the one before."""
    cursors = [None]

    def tick():
        context = dg.build_sensor_context(instance=instance, cursor=cursors[-1])
        result = incidents(context, store=store, settings=settings)
        cursors.append(result.cursor)
        return result.skip_reason.skip_message

    return tick


def opened(store):
    return [(one.title, one.provider, one.seen) for one in store.incidents.open()]


def test_a_failed_day_is_an_incident_of_its_provider_until_it_is_fixed(run, instance, club, store, poisoned, tick):
    assert tick() == "0 runs ended, 0 messages sent"
    first, last = f"{DAY}|club", f"{NEXT}|club"
    run("provider_day", first, last, assets=GUIDE)
    assert tick() == "1 runs ended, 0 messages sent"
    assert opened(store) == [("guide of club", "club", 1)]
    (incident,) = store.incidents.open()
    assert incident.day == NEXT
    assert incident.reason == f"{NEXT}: ValueError: a day that can't be matched: http://tv.example/…"
    tick()
    assert opened(store) == [("guide of club", "club", 1)]  # the run is not looked at again
    run("provider_day", first, assets=GUIDE)
    tick()
    assert opened(store) == [("guide of club", "club", 1)]  # another day says nothing of this one
    poisoned.undo()
    run("provider_day", last, assets=["filtered_channels"])
    tick()
    assert opened(store) == [("guide of club", "club", 1)]  # nor does a step that makes no guide
    run("provider_day", last, assets=GUIDE)
    tick()
    assert opened(store) == []


def test_a_run_that_is_tried_again_is_no_incident_yet(graph, instance, store, tick):
    def ended(**tags):
        job = graph.resolve_job_def("teams_sync")
        instance.report_run_failed(instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags=tags))
        tick()

    ended(**{"dagster/will_retry": "true"})
    assert opened(store) == []
    ended()
    assert opened(store) == [("run of teams_sync", None, 1)]


def test_a_run_that_broke_off_is_an_incident_of_the_provider_it_was_about(graph, instance, club):
    job = graph.resolve_job_def("publish_day")
    instance.add_dynamic_partitions("providers", ["other", "third"])

    def outcome(first, last):
        tags = {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}
        run = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags=tags)
        assert providers_of(instance, run)[0] == outcome.expected
        instance.report_run_failed(run, "the process is gone")
        (failure,) = outcome_of(instance, instance.get_run_by_id(run.run_id)).failures
        return failure.kind, failure.provider, failure.reason, failure.day

    outcome.expected = ["club"]
    assert outcome(f"{DAY}|club", f"{NEXT}|club") == ("guide", "club", "the process is gone", NEXT)
    outcome.expected = ["club", "other", "third"]
    assert outcome(f"{DAY}|club", f"{DAY}|third") == ("run of publish_day", None, "the process is gone", DAY)


def test_of_old_runs_those_stay_that_a_partition_hangs_on(run, instance, club):
    replaced = run("provider_day", f"{DAY}|club", assets=["raw_m3u"]).run_id
    kept = run("provider_day", f"{DAY}|club", assets=["raw_m3u", "filtered_channels"]).run_id
    soon = datetime.now(UTC) + timedelta(seconds=1)
    assert list(old_runs(instance, soon)) == [replaced]
    assert list(old_runs(instance, soon - timedelta(days=1))) == []
    forget(instance, replaced)
    fetched = dg.AssetCheckKey(dg.AssetKey("raw_m3u"), "playlist_fetched")
    history = instance.event_log_storage.get_asset_check_execution_history(fetched, limit=5)
    assert [record.run_id for record in history] == [kept]
    for asset in ("raw_m3u", "filtered_channels"):
        made = instance.get_materialized_partitions(dg.AssetKey(asset))
        assert {str(key) for key in made} == {f"{DAY}|club"}
    assert instance.get_run_by_id(kept)


def test_the_nightly_job_deletes_and_says_how_many(graph, run, instance, club):
    run("provider_day", f"{DAY}|club", assets=["raw_m3u"])
    result = graph.resolve_job_def("retention").execute_in_process(instance=instance)
    assert result.success  # nothing is older than a month
    assert len(instance.get_run_ids()) == 2


def test_an_old_failure_is_reported_only_if_it_is_of_late(graph, instance, store, tick, monkeypatch):
    from epg_pipeline.orchestration import incidents as module

    job = graph.resolve_job_def("teams_sync")
    instance.report_run_failed(instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED))
    monkeypatch.setattr(module, "FIRST_LOOK_BACK", timedelta(seconds=-5))
    assert tick() == "0 runs ended, 0 messages sent"


def test_two_runs_for_one_day_at_once_give_what_one_gives(store, settings, club):
    from concurrent.futures import ThreadPoolExecutor

    def whole(_):
        playlists.filter_channels(store, club, DAY)
        matching.match_day(store, club, DAY)
        return provider_day.publish_provider(store, club, DAY, DAY, settings)

    alone = whole(None)
    guide = (settings.dist / "club" / "guide.xml").read_bytes()
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(whole, range(4)))
    assert {one.programmes for one in together} == {alone.programmes}
    assert (settings.dist / "club" / "guide.xml").read_bytes() == guide
    opens = datetime(2025, 10, 18, 4, tzinfo=UTC)
    rows = store.programmes.between(club, opens, opens + timedelta(days=1))
    assert not rows.select("channel_id", "starts_at").is_duplicated().any()
