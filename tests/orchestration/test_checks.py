"""The checks of a partition: where their results stand, and what one that fails keeps from happening."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg
import pytest
from small_provider import DAY, playlist

from epg_pipeline.adapters import clock
from epg_pipeline.definitions import build_defs
from epg_pipeline.domain.guide.checks import Verdict
from epg_pipeline.errors import CheckFailedError
from epg_pipeline.flows import events as event_flows
from epg_pipeline.flows import matching, playlists
from epg_pipeline.orchestration.assets import overview
from epg_pipeline.orchestration.checks import CHECKS

DAYS = [DAY + timedelta(days=n) for n in range(3)]
KEYS = [f"{day}|club" for day in DAYS]
BAD = KEYS[1]
GOOD = {KEYS[0], KEYS[2]}


def results(instance, asset, check):
    """The latest result of a check for each partition, as far as the UI takes it for up to date."""
    key = dg.AssetCheckKey(dg.AssetKey(asset), check)
    found = instance.event_log_storage.get_asset_check_partition_info([key])
    return {one.partition_key: one.latest_execution_status.value for one in found if one.is_current}


def latest(instance, asset, check):
    key = dg.AssetCheckKey(dg.AssetKey(asset), check)
    return instance.event_log_storage.get_asset_check_execution_history(key, limit=1)[0].evaluation


def materialised(instance, asset):
    return {str(key) for key in instance.get_materialized_partitions(dg.AssetKey(asset))}


@pytest.fixture
def overlapping(monkeypatch):
    """The second day's programmes overlap."""
    whole = matching.no_overlap

    def no_overlap(programmes):
        is_bad = programmes["starts_at"].min().date() == DAYS[1]
        return Verdict("no_overlap", False, "two at once", blocks=True) if is_bad else whole(programmes)

    monkeypatch.setattr(matching, "no_overlap", no_overlap)


def test_every_partition_of_a_range_has_its_own_results(run, instance, club):
    assert run("provider_day", KEYS[0], KEYS[-1]).success
    for asset, checks in CHECKS.items():
        for check in checks:
            # Two are about names, and the later days have none.
            judged = KEYS[:1] if check in {"match_rate", "events_of_leagues"} else KEYS
            assert results(instance, asset, check) == dict.fromkeys(judged, "SUCCEEDED"), (asset, check)


def test_a_check_that_fails_blocks_the_publish_of_its_partition_alone(
    run, instance, club, settings, overlapping, monkeypatch
):
    result = run("provider_day", KEYS[0], KEYS[-1])
    assert not result.success
    assert results(instance, "matched_programmes", "no_overlap") == {
        KEYS[0]: "SUCCEEDED",
        BAD: "FAILED",
        KEYS[2]: "SUCCEEDED",
    }
    assert materialised(instance, "matched_programmes") == GOOD
    assert materialised(instance, "published_xmltv") == GOOD
    assert not (settings.dist / "club" / str(DAYS[1])).exists()
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert f"1 of 3 partitions failed: {BAD}: two at once" in failure.step_failure_data.error.to_string()
    reasons = failure.step_failure_data.user_failure_data.metadata["reasons"].records
    assert [record.data for record in reasons] == [{"partition": BAD, "reason": "two at once"}]
    monkeypatch.undo()
    assert run("provider_day", BAD).success
    assert results(instance, "matched_programmes", "no_overlap") == dict.fromkeys(KEYS, "SUCCEEDED")


def test_what_a_publish_matches_has_its_results_where_they_belong(run, instance, store, tmp_path, monkeypatch):
    file = tmp_path / "list.m3u"
    file.write_bytes(playlist())
    club = store.providers.add("Club", str(file), "UTC", "goat")
    today = clock.today("UTC")
    playlists.snapshot_playlist(store, club, today)
    playlists.filter_channels(store, club, today)
    keys = [f"{today + timedelta(days=number)}|club" for number in range(3)]  # what the current guide shows
    with monkeypatch.context() as patched:
        bad = Verdict("no_overlap", False, "two at once", blocks=True)
        patched.setattr(matching, "no_overlap", lambda programmes: bad)
        assert not run("publish_day", keys[0]).success
    assert results(instance, "matched_programmes", "no_overlap") == {keys[0]: "FAILED"}
    assert run("publish_day", keys[0]).success
    assert results(instance, "matched_programmes", "no_overlap") == dict.fromkeys(keys, "SUCCEEDED")
    assert results(instance, "published_xmltv", "guide_fit") == {keys[0]: "SUCCEEDED"}


def test_a_partition_materialised_before_shows_that_it_fails_now(run, instance, club, monkeypatch):
    assert run("provider_day", BAD).success
    bad = Verdict("no_overlap", False, "two at once", blocks=True)
    monkeypatch.setattr(matching, "no_overlap", lambda programmes: bad)
    assert not run("provider_day", BAD).success
    assert results(instance, "matched_programmes", "no_overlap") == {BAD: "FAILED"}


def test_a_collapsed_playlist_is_not_taken(run, instance, store, tmp_path):
    file = tmp_path / "list.m3u"
    many = tuple(f"NBA {number:02}: Miami Heat vs San Antonio Spurs @ 07:30 PM ET" for number in range(1, 31))
    file.write_bytes(playlist(many))
    club = store.providers.add("Club", str(file), "UTC", "goat")
    today = clock.today("UTC")
    playlists.snapshot_playlist(store, club, today - timedelta(days=1))
    playlists.filter_channels(store, club, today - timedelta(days=1))
    file.write_bytes(playlist(many[:3]))
    assert not run("provider_day", f"{today}|club").success
    evaluation = latest(instance, "filtered_channels", "slot_count")
    assert (evaluation.passed, evaluation.severity, evaluation.partition) == (
        False,
        dg.AssetCheckSeverity.ERROR,
        f"{today}|club",
    )
    assert "the playlist has 3 event slots, the last one had 30" in evaluation.description
    assert materialised(instance, "published_xmltv") == set()
    assert store.slots.channels(club, today).height == 30
    assert matching.match_day(store, club, today).names_of == today - timedelta(days=1)
    with pytest.raises(CheckFailedError, match="epg refresh club --force"):
        playlists.filter_channels(store, club, today)
    assert playlists.filter_channels(store, club, today, force=True).slots == 3


def test_a_warning_stops_nothing(run, instance, club, store, tmp_path):
    """The playlist can't be fetched any more: the last good one stays in force, the guide is made of it."""
    (tmp_path / "list.m3u").unlink()
    today = clock.today("America/New_York")
    assert run("provider_day", f"{today}|club").success
    evaluation = latest(instance, "raw_m3u", "playlist_fetched")
    assert (evaluation.passed, evaluation.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert materialised(instance, "published_xmltv") == {f"{today}|club"}


def test_of_an_error_nobody_foresaw_dagster_keeps_no_address(run, instance, club, monkeypatch, caplog):
    """Our errors show their message, others only a number; the log of the process has it, redacted."""
    secret = "http://carol:hunter2-s3cret@tv.example/get/carol/hunter2-s3cret/list.m3u"
    monkeypatch.setenv("DAGSTER_REDACT_USER_CODE_ERRORS", "1")

    def fail(*_):
        raise ValueError(f"GET {secret}")

    monkeypatch.setattr(event_flows, "refresh_days", fail)
    result = run("events_of_day", str(DAY))
    monkeypatch.setattr(overview, "overview", fail)
    masked = run("overview", None)
    assert not result.success
    assert not masked.success
    assert "ValueError: GET http://tv.example/" in _kept(instance, result)
    assert "error ID" in _kept(instance, masked)
    assert "hunter2-s3cret" not in _kept(instance, result) + _kept(instance, masked)
    assert "tv.example" in caplog.text
    assert "hunter2-s3cret" not in caplog.text


def test_a_database_that_is_away_is_reported_in_our_words(settings, instance, monkeypatch):
    monkeypatch.setenv("DAGSTER_REDACT_USER_CODE_ERRORS", "1")
    away = settings.model_copy(update={"database_url": "postgresql://epg:hunter2@127.0.0.1:1/epg"})
    job = build_defs(settings=away).resolve_job_def("overview")
    result = job.execute_in_process(instance=instance, raise_on_error=False)
    assert not result.success
    assert "No connection" in _kept(instance, result)
    assert "hunter2" not in _kept(instance, result)


def _kept(instance, result):
    return "".join(str(entry) for entry in instance.all_logs(result.run_id))
