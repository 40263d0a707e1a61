"""The graph: what it is made of, and one provider-day through it."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest
import yaml
from small_provider import DAY, PASSWORD, USER, ZONE, Answer, site

from epg_pipeline.adapters import clock
from epg_pipeline.definitions import build_defs
from epg_pipeline.orchestration.partitions import provider_and_day, provider_day_key

CHAIN = ["raw_m3u", "filtered_channels", "matched_programmes", "published_xmltv"]
KEY = f"{DAY}|club"


def metadata_of(instance, asset, partition=KEY):
    record = instance.fetch_materializations(
        dg.AssetRecordsFilter(dg.AssetKey(asset), asset_partitions=[partition]), limit=1
    ).records[0]
    return record.asset_materialization.metadata


def test_a_partition_key_names_its_provider_and_day():
    key = provider_day_key("my-tv", DAY)
    assert str(key) == f"{DAY}|my-tv"
    assert provider_and_day(key) == ("my-tv", DAY)
    with pytest.raises(TypeError, match="no provider"):
        provider_and_day("2025-10-18")


def test_a_provider_day_runs_from_playlist_to_guide(run, instance, club, settings):
    result = run("provider_day", KEY)
    assert result.success
    assert [event.step_key for event in result.all_events if event.is_step_materialization] == CHAIN
    assert metadata_of(instance, "raw_m3u")["dagster/row_count"].value == 7
    filtered = metadata_of(instance, "filtered_channels")
    assert filtered["dagster/row_count"].value == 5
    assert "NBA-01.club" in {row.data["channel_id"] for row in filtered["preview"].records}
    matched = metadata_of(instance, "matched_programmes")
    assert (matched["matched"].value, matched["unparseable"].value) == (2, 1)
    assert metadata_of(instance, "published_xmltv")["channels"].value == 5
    assert (settings.dist / "club" / str(DAY) / "guide.xml").exists()


def test_nothing_dagster_keeps_carries_the_account(run, instance, club):
    result = run("provider_day", KEY)
    entries = instance.all_logs(result.run_id)
    assert entries
    assert PASSWORD not in "".join(str(entry) for entry in entries)


@pytest.mark.parametrize("answer", [Answer(status=403), Answer(body=b"<html>")], ids=["refused", "a web page"])
def test_a_fetch_that_fails_is_reported_without_the_account(run, instance, store, answer):
    with site(answer) as server:
        store.providers.add("Other", server.address, ZONE, "kid")
        instance.add_dynamic_partitions("providers", ["other"])
        result = run("provider_day", f"{clock.today(ZONE)}|other")
    assert not result.success
    kept = "".join(str(entry) for entry in instance.all_logs(result.run_id))
    assert "127.0.0.1" in kept
    assert PASSWORD not in kept
    assert f"{USER}:" not in kept


def test_events_of_a_day_come_from_the_file(run, instance, club):
    assert run("events_of_day", str(DAY)).success
    shown = metadata_of(instance, "canonical_events", str(DAY))
    assert shown["dagster/row_count"].value == 1  # the other begins after midnight, UTC
    assert shown["rows_written"].value == 0  # on record already


def test_without_a_file_the_record_is_reported(instance, club, store, settings):
    definitions = build_defs(store=store, settings=settings)
    result = definitions.resolve_job_def("events_of_day").execute_in_process(instance=instance, partition_key=str(DAY))
    assert result.success
    assert metadata_of(instance, "canonical_events", str(DAY))["dagster/row_count"].value == 1


def test_a_coming_day_has_todays_playlist_and_does_not_hide_what_today_becomes(run, instance, club, store, tmp_path):
    now = clock.today("America/New_York")
    ahead = now + timedelta(days=1)
    assert run("provider_day", f"{now}|club").success
    assert run("provider_day", f"{ahead}|club").success
    assert store.playlists.in_force(club, ahead).day == now
    (tmp_path / "list.m3u").write_text(
        "#EXTM3U\n#EXTINF:-1,NBA 01: Boston Celtics vs Orlando Magic @ 8 PM ET\nhttp://tv.example/1.ts\n"
    )
    assert not run("provider_day", f"{now}|club").success
    fit = dg.AssetCheckKey(dg.AssetKey("published_xmltv"), "guide_fit")
    assert not instance.event_log_storage.get_asset_check_execution_history(fit, limit=1)[0].evaluation.passed
    assert run("publish_day", f"{now}|club", force=True).success  # that four of five slots are gone is what was meant
    assert store.slots.channels(club, ahead)["name"].to_list() == ["NBA 01: Boston Celtics vs Orlando Magic @ 8 PM ET"]


def test_the_code_location_has_one_name_however_it_is_started():
    root = Path(__file__).parents[2]
    location = yaml.safe_load((root / "workspace.yaml").read_text())["load_from"][0]["python_module"]
    project = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["dg"]["project"]
    assert location["location_name"] == project["code_location_name"]
    assert location["module_name"] == project["code_location_target_module"]
    assert (
        f"location_name: {location['location_name']}"
        in (root / "epg_pipeline" / "operations" / "supervisor.py").read_text()
    )
