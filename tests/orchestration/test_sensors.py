"""Which partitions exist, what the morning publishes, and which days events lead to: exactly those, each once."""

from __future__ import annotations

import warnings
from datetime import UTC, date, datetime, timedelta

import dagster as dg
import polars as pl
import pytest
from integration.source_site import source_site
from small_provider import DAY, ZONE, Answer, events_file, playlist, site

from epg_pipeline.adapters.web.event_files import read_events
from epg_pipeline.definitions import build_defs
from epg_pipeline.flows import events as event_flows
from epg_pipeline.flows import matching, playlists
from epg_pipeline.flows.events import take_in_file
from epg_pipeline.orchestration.partitions import days_in_a_row, open_days
from epg_pipeline.orchestration.schedules import MAX_PROVIDERS_PER_RUN, neighbours
from epg_pipeline.settings import SourceSettings

RANGE = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")
NEXT = DAY + timedelta(days=1)


def sensor(graph, name):
    return graph.get_repository_def().get_sensor_def(name)


def tick(graph, name, instance, store, cursor=None):
    return sensor(graph, name)(dg.build_sensor_context(instance=instance, cursor=cursor), store=store)


def test_providers_on_record_become_partitions(graph, instance, club, store):
    store.providers.pause(store.providers.add("Other", "/lists/other.m3u", "UTC", "kid"))
    outcome = tick(graph, "provider_partitions", instance, store)
    assert [request.partition_keys for request in outcome.dynamic_partitions_requests] == [["other"]]
    instance.add_dynamic_partitions("providers", ["other"])
    assert isinstance(tick(graph, "provider_partitions", instance, store), dg.SkipReason)


@pytest.fixture
def requests(graph, store, tmp_path):
    """The requests of the daily publish on the day, where these are the partitions of providers."""

    def requests(*slugs):
        schedule = graph.get_repository_def().get_schedule_def("daily_publish")
        with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
            instance.add_dynamic_partitions("providers", list(slugs))
            tick = datetime(2025, 10, 18, 6, tzinfo=UTC)
            context = dg.build_schedule_context(instance=instance, scheduled_execution_time=tick)
            return list(schedule(context, store=store))

    return requests


@pytest.fixture
def morning(requests):
    """What the daily publish asks for, as keys and partitions."""

    def morning(*slugs):
        asked = requests(*slugs)
        return [(one.run_key, one.partition_key or tuple(one.tags[tag] for tag in RANGE)) for one in asked]

    return morning


def test_the_morning_publish_is_asked_for_every_active_provider_once(morning, requests, store):
    for name in ("A", "Paused", "B", "C", "New"):
        store.providers.add(name, "/lists/none.m3u", ZONE, "kid")
    store.providers.pause(store.providers.find("paused"))
    partitions = ("b", "a", "paused", "c")  # "new" is none yet
    assert morning(*partitions) == [
        ("2025-10-18:b", (f"{DAY}|b", f"{DAY}|a")),
        ("2025-10-18:c", f"{DAY}|c"),
    ]
    together, alone = requests(*partitions)
    assert together.tags == {RANGE[0]: f"{DAY}|b", RANGE[1]: f"{DAY}|a"}  # about no provider alone: none waits for it
    assert alone.tags == {"epg/provider": "c"}


def test_each_zone_has_its_own_today(morning, store):
    for name, zone in (("East", "America/New_York"), ("Hawaii", "Pacific/Honolulu")):
        store.providers.add(name, "/lists/none.m3u", zone, "kid")
    assert [key for _, key in morning("east", "hawaii")] == ["2025-10-18|east", "2025-10-17|hawaii"]


def test_a_morning_of_many_is_some_runs_of_neighbours():
    partitions = [f"p-{number}" for number in range(200)]
    days = dict.fromkeys(partitions, DAY)
    parts = list(neighbours(partitions, days))
    assert [slug for _, slugs in parts for slug in slugs] == partitions
    assert {len(slugs) for _, slugs in parts} == {MAX_PROVIDERS_PER_RUN}
    del days["p-30"]
    assert "p-30" not in [slug for _, slugs in neighbours(partitions, days) for slug in slugs]


def test_the_morning_publish_asks_no_server_for_anything(run, instance, club, store, monkeypatch):
    from epg_pipeline.adapters.web import playlists as fetching
    from epg_pipeline.adapters.web import source_client

    def asked(*_, **__):
        raise AssertionError("a source was asked")

    other = store.providers.add("Other", "http://tv.example/list.m3u", ZONE, "kid")
    kept = store.playlists.in_force(club, DAY)
    store.playlists.save(other, DAY, store.playlists.body(kept), kept.entry_count)
    playlists.filter_channels(store, other, DAY)
    instance.add_dynamic_partitions("providers", ["other"])
    monkeypatch.setattr(fetching, "_ask", asked)
    monkeypatch.setattr(source_client.SourceClient, "ask_all", asked)
    assert run("publish_day", f"{DAY}|club", f"{DAY}|other").success
    made = instance.get_materialized_partitions(dg.AssetKey("published_xmltv"))
    assert {str(key) for key in made} == {f"{DAY}|club", f"{DAY}|other"}


@pytest.fixture
def matched(store, tmp_path):
    """Three providers at a server that counts, their day matched the evening before; one is paused since."""
    with site(Answer(body=playlist())) as server:
        event_flows.import_events(store, events_file(tmp_path / "events.jsonl"))
        for name in ("First", "Second", "Paused", "Third"):
            provider = store.providers.add(name, server.address, ZONE, "goat")
            playlists.snapshot_playlist(store, provider, DAY)
            playlists.filter_channels(store, provider, DAY)
            matching.match_day(store, provider, DAY)
        store.providers.pause(store.providers.find("paused"))
        server.requests.clear()
        yield server


def test_the_tick_of_the_morning_publishes_without_a_request_to_any_source(
    matched, requests, store, settings, instance
):
    asked = requests("first", "second", "paused", "third")
    with source_site() as sources:
        addresses = SourceSettings(
            names=("espn", "thesportsdb"),
            espn_address=sources.espn,
            thesportsdb_address=sources.thesportsdb,
            thesportsdb_key="123",
        )
        job = build_defs(store=store, settings=settings.model_copy(update={"sources": addresses})).resolve_job_def(
            "publish_day"
        )
        instance.add_dynamic_partitions("providers", ["first", "second", "paused", "third"])
        for request in asked:
            assert job.execute_in_process(
                instance=instance, partition_key=request.partition_key, tags=request.tags
            ).success
        assert sources.asked == []
    assert matched.requests == []
    for slug in ("first", "second", "third"):
        assert b"San Antonio Spurs" in (settings.dist / slug / str(DAY) / "guide.xml").read_bytes()
    assert not (settings.dist / "paused").exists()


@pytest.mark.parametrize(
    ("days", "parts"),
    [([], []), ([3], [[3]]), ([5, 1, 2], [[1, 2], [5]]), ([30, 31], [[30, 31]])],
)
def test_days_in_a_row_stay_together(days, parts):
    made = days_in_a_row([date(2025, 10, day) for day in days])
    assert [[day.day for day in part] for part in made] == parts


def test_days_far_ahead_are_made_with_the_last_that_has_a_partition():
    today = datetime.now(UTC).date()
    made = open_days([date(2024, 12, 31), date(2025, 1, 1), *(today + timedelta(days=number) for number in range(6))])
    assert made == [date(2025, 1, 1), *(today + timedelta(days=number) for number in range(3))]


@pytest.fixture
def guided(store, settings, club):
    """The provider with its guides of two days made."""
    matching.match_days(store, club, [DAY, NEXT])
    return club


def taken_in(store, tmp_path, change):
    events = read_events(events_file(tmp_path / "again.jsonl")).events
    take_in_file(store, change(events))


def moved(minutes, event="nba-sas-mia"):
    later = pl.col("starts_at") + pl.duration(minutes=minutes)
    return lambda events: events.with_columns(
        starts_at=pl.when(pl.col("event_id") == event).then(later).otherwise("starts_at")
    )


def asked(outcome):
    return [tuple(request.tags[tag] for tag in RANGE) for request in outcome.run_requests]


def test_a_moved_event_asks_for_the_days_it_touches_and_no_others(graph, instance, guided, store, tmp_path):
    store.providers.add("Bystander", "/lists/none.m3u", ZONE, "kid")
    taken_in(store, tmp_path, moved(30))
    outcome = tick(graph, "rematch_after_events", instance, store)
    assert asked(outcome) == [(f"{DAY}|club", f"{NEXT}|club")]  # from 20:00 on, it may run past midnight
    (request,) = outcome.run_requests
    assert [key.to_user_string() for key in request.asset_selection] == ["matched_programmes", "published_xmltv"]
    assert request.tags["epg/provider"] == "club"
    again = tick(graph, "rematch_after_events", instance, store, outcome.cursor)
    assert isinstance(again, dg.SkipReason)
    assert tick(graph, "rematch_after_events", instance, store).run_requests[0].run_key == request.run_key


def test_an_event_that_stays_as_it_was_asks_for_nothing(graph, instance, guided, store, tmp_path):
    taken_in(store, tmp_path, lambda events: events)
    assert isinstance(tick(graph, "rematch_after_events", instance, store), dg.SkipReason)


def test_a_new_event_asks_for_the_days_of_slots_that_wait_for_it(graph, instance, guided, store, tmp_path):
    def troy(events, days=0, league="college-football"):
        start = datetime(2025, 10, 18, 23, 30, tzinfo=UTC) + timedelta(days=days)
        return events.head(1).with_columns(
            event_id=pl.lit(f"new-{league}-{days}"),
            league=pl.lit(league),
            event_date=pl.lit(start.date()),
            home=pl.lit("Old Dominion Monarchs"),
            away=pl.lit("Troy Trojans"),
            starts_at=pl.lit(start).cast(events.schema["starts_at"]),
        )

    taken_in(store, tmp_path, lambda events: troy(events, days=9))
    taken_in(store, tmp_path, lambda events: troy(events, league="nhl"))
    assert isinstance(tick(graph, "rematch_after_events", instance, store), dg.SkipReason)
    taken_in(store, tmp_path, troy)
    assert asked(tick(graph, "rematch_after_events", instance, store)) == [(f"{DAY}|club", f"{NEXT}|club")]


def test_the_run_that_is_asked_for_leaves_nothing_due(graph, run, instance, guided, store, tmp_path):
    taken_in(store, tmp_path, moved(30))
    (request,) = tick(graph, "rematch_after_events", instance, store).run_requests
    first, last = (request.tags[tag] for tag in RANGE)
    assert run("provider_day", first, last, assets=["matched_programmes", "published_xmltv"]).success
    assert store.rematches.due(guided) == set()


def test_a_paused_provider_is_asked_for_nothing(graph, instance, guided, store, tmp_path):
    store.providers.pause(guided)
    taken_in(store, tmp_path, moved(30))
    assert isinstance(tick(graph, "rematch_after_events", instance, store), dg.SkipReason)


def test_what_a_pause_has_kept_waiting_is_asked_for_when_it_is_over(graph, instance, guided, store, tmp_path):
    today = datetime.now(UTC).date()
    taken_in(store, tmp_path, moved(30))
    with store.connections.transaction() as connection:  # days that are over are nobody's concern
        connection.execute("UPDATE rematches SET day = %s WHERE day = %s", (today, DAY))
    passed = tick(graph, "rematch_after_events", instance, store).cursor
    store.providers.change(store.providers.pause(guided), status="active")
    outcome = tick(graph, "rematch_after_events", instance, store, passed)
    assert (f"{today}|club", f"{today}|club") in asked(outcome)


def test_days_that_the_run_under_way_takes_in_are_asked_for_by_nobody(graph, instance, guided, store, tmp_path):
    (tmp_path / "list.m3u").write_bytes(playlist(("NBA 01: Boston Celtics vs Orlando Magic @ 8 PM ET",)))
    playlists.snapshot_playlist(store, guided, DAY)
    playlists.filter_channels(store, guided, DAY)
    assert store.rematches.due(guided) == {NEXT}  # until the publish that follows
    assert isinstance(tick(graph, "rematch_after_events", instance, store), dg.SkipReason)


def test_a_past_day_keeps_its_playlist_and_one_before_the_first_says_that_there_is_none(
    run, instance, club, store, tmp_path
):
    (tmp_path / "list.m3u").write_text("#EXTM3U\n#EXTINF:-1,NBA 01:\nhttp://tv.example/1.ts\n")
    assert run("provider_day", f"{DAY}|club", assets=["raw_m3u"]).success
    result = run("provider_day", f"{DAY - timedelta(days=1)}|club", assets=["raw_m3u"])
    (failed,) = (event for event in result.all_events if event.is_step_failure)
    assert f"no playlist was kept for {DAY - timedelta(days=1)} or before" in failed.step_failure_data.error.to_string()


def test_a_backfill_of_a_job_fails_aloud_instead_of_making_one_day_and_calling_it_done(graph, instance, club):
    # The tags of such a run, as launchPartitionBackfill with a partition set gives them.
    tags = {RANGE[0]: f"{DAY}|club", RANGE[1]: f"{NEXT}|club"}
    tags |= {"dagster/partition/date": str(DAY), "dagster/partition/provider": "club"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the slashes in Dagster's own tags
        result = graph.resolve_job_def("provider_day").execute_in_process(
            instance=instance, tags=tags, raise_on_error=False
        )
    (failed,) = (event for event in result.all_events if event.is_step_failure)
    assert failed.step_key == "raw_m3u"
    assert "Launch it from the assets" in failed.step_failure_data.error.to_string()
    assert instance.get_materialized_partitions(dg.AssetKey("raw_m3u")) == set()
