"""What the UI shows: of every provider the worst first, and of each partition where to look further."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from small_provider import DAY, ZONE, playlist

from epg_pipeline.adapters import clock
from epg_pipeline.adapters.store.incidents import Failure
from epg_pipeline.flows import matching, playlists, provider_day
from epg_pipeline.orchestration.assets.overview import overview

MORNING = datetime(2025, 10, 19, 12, tzinfo=UTC)  # the day after the club's


GAME, UNKNOWN_GAME = "Miami Heat vs San Antonio Spurs @ 07:30 PM ET", "Troy vs Old Dominion @ 07:30 PM ET"


def named(found, of):
    """Names of so many events, of which so many are on record."""
    return tuple(f"NBA {number:02}: {GAME if number <= found else UNKNOWN_GAME}" for number in range(1, of + 1))


@pytest.fixture
def match(store, club, tmp_path):
    """Match a provider's day with these names; a provider that is not there is added."""

    def match(slug, names, day=DAY):
        file = tmp_path / f"{slug}.m3u"
        file.write_bytes(playlist(names))
        known = {provider.slug: provider for provider in store.providers.all()}
        provider = known.get(slug) or store.providers.add(slug, str(file), ZONE, "kid")
        playlists.snapshot_playlist(store, provider, day)
        playlists.filter_channels(store, provider, day, force=True)
        matching.match_day(store, provider, day)
        return provider

    return match


@pytest.fixture
def published(store, settings, club):
    matching.match_day(store, club, DAY)
    provider_day.publish_provider(store, club, DAY, DAY, settings)
    return club


def test_the_worst_provider_of_yesterday_stands_first_and_paused_ones_last(store, published, match):
    match("busy", named(9, of=12))
    store.providers.add("New", "/lists/new.m3u", ZONE, "kid")
    store.providers.pause(store.providers.add("Paused", "/lists/paused.m3u", ZONE, "kid"))
    rows = overview(store, MORNING).rows(named=True)
    assert [row["slug"] for row in rows] == ["busy", "club", "new", "paused"]
    assert (rows[0]["yesterday"], rows[0]["match_rate"]) == (DAY, pytest.approx(9 / 12))
    assert (rows[1]["events"], rows[1]["match_rate"]) == (3, None), "so few say nothing, though they are 2 of 3"
    assert (rows[1]["yesterday"], rows[1]["published_through"]) == (DAY, DAY + timedelta(days=2))


def test_a_provider_with_nothing_at_all_yesterday_is_the_worst(store, match):
    for slug in ("busy", "gone", "quiet"):
        match(slug, named(9, of=12))
    match("busy", named(3, of=12), DAY + timedelta(days=1))
    match("quiet", named(0, of=1), DAY + timedelta(days=1))
    store.incidents.note_failure(Failure("guide", "2025-10-19: its playlist is gone", "gone"))
    rows = overview(store, MORNING + timedelta(days=1)).rows(named=True)
    assert [(row["slug"], row["events"]) for row in rows] == [("gone", 0), ("busy", 12), ("club", 0), ("quiet", 1)]
    assert (rows[0]["match_rate"], rows[0]["usual"]) == (None, pytest.approx(9 / 12))
    assert rows[0]["problem"] == "2025-10-19: its playlist is gone"


def test_a_day_made_again_later_says_nothing_of_how_far_the_current_guide_reaches(store, settings, club):
    matching.match_day(store, club, DAY)
    provider_day.publish_provider(store, club, DAY + timedelta(days=1), DAY, settings)
    assert overview(store, MORNING)["published_through"].to_list() == [DAY + timedelta(days=2)]


def test_a_guide_is_due_half_an_hour_after_the_daily_publish(store, published):
    before, after = (overview(store, MORNING.replace(hour=6, minute=minute)) for minute in (10, 40))
    assert before["due_through"].to_list() == [DAY + timedelta(days=2)]
    assert after["due_through"].to_list() == [DAY + timedelta(days=3)]


def test_the_overview_runs_and_names_who_is_not_published(graph, instance, store, published):
    result = graph.resolve_job_def("overview").execute_in_process(instance=instance)
    assert result.success
    (evaluation,) = result.get_asset_check_evaluations()
    assert (evaluation.passed, evaluation.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert f"Club (through {DAY + timedelta(days=2)}, not " in evaluation.description
    shown = instance.get_latest_materialization_event(dg.AssetKey("provider_overview")).asset_materialization.metadata
    assert shown["worst"].value.startswith("Club: nothing to match")
    assert shown["worst_report"].value == "http://127.0.0.1:8080/guides/club/report.html"
    assert "url" not in {column.name for column in shown["providers"].schema.columns}


def test_the_worst_of_yesterday_is_explained_by_the_report_of_yesterday(graph, instance, store, club, settings):
    yesterday = clock.today(ZONE) - timedelta(days=1)
    playlists.snapshot_playlist(store, club, yesterday)
    playlists.filter_channels(store, club, yesterday)
    matching.match_day(store, club, yesterday)
    provider_day.publish_provider(store, club, yesterday, yesterday, settings)
    assert graph.resolve_job_def("overview").execute_in_process(instance=instance).success
    shown = instance.get_latest_materialization_event(dg.AssetKey("provider_overview")).asset_materialization.metadata
    assert shown["worst_report"].value == f"http://127.0.0.1:8080/guides/club/{yesterday}/report.html"


def test_the_overview_of_no_provider_is_empty(graph, instance, store):
    assert graph.resolve_job_def("overview").execute_in_process(instance=instance).success


def test_a_published_partition_leads_to_its_guide_and_pages(run, instance, club):
    today = f"{clock.today(ZONE)}|club"
    result = run("provider_day", today)
    assert result.success
    shown = instance.fetch_materializations(dg.AssetKey("published_xmltv"), limit=1).records[0].asset_materialization
    links = {name: value.value for name, value in shown.metadata.items() if isinstance(value, dg.UrlMetadataValue)}
    at = "http://127.0.0.1:8080/guides/club"
    assert links == {
        "guide": f"{at}/guide.xml",
        "guide page": f"{at}/index.html",
        "match report": f"{at}/report.html",
        "guide of the day": f"{at}/{clock.today(ZONE)}/guide.xml",
        "match report of the day": f"{at}/{clock.today(ZONE)}/report.html",
    }
    tags = instance.get_run_by_id(result.run_id).tags
    assert (tags["epg/provider"], tags["epg/days"]) == ("club", str(clock.today(ZONE)))
    assert tags["dagster/retry_strategy"] == "ALL_STEPS"  # a partition that failed is known to that process alone
