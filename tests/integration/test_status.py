"""`epg status`: providers, runs and problems, and how to fix them."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import polars as pl
import psycopg
import pytest
from filelock import FileLock
from small_provider import PASSWORD, ZONE, playlist

from epg_pipeline.adapters.store.incidents import Failure
from epg_pipeline.adapters.store.publications import Publication
from epg_pipeline.adapters.store.store import open_store
from epg_pipeline.domain.guide.checks import MIN_EVENTS
from epg_pipeline.operations.status import look
from epg_pipeline.operations.supervisor import LOCK, NOTED, Addresses, note_addresses

DAGSTERS = """
CREATE SCHEMA IF NOT EXISTS dagster;
CREATE TABLE dagster.runs (id bigint, run_id text, pipeline_name text, status text, create_timestamp timestamp,
                           start_time float8, end_time float8);
CREATE TABLE dagster.run_tags (run_id text, key text, value text);
CREATE TABLE dagster.instigators (instigator_type text, status text, instigator_body text);
INSERT INTO dagster.runs VALUES
    (1, 'a', '__ASSET_JOB', 'SUCCESS', '2026-11-22 06:00:00', 1795327200, 1795327212),
    (2, 'b', 'provider_day', 'STARTED', '2026-11-23 06:00:00', 1795413600, NULL);
INSERT INTO dagster.run_tags VALUES
    ('a', 'dagster/asset_partition_range_start', '2026-11-20|club'),
    ('a', 'dagster/asset_partition_range_end', '2026-11-22|club'),
    ('b', 'dagster/partition', '2026-11-23|club');
INSERT INTO dagster.instigators
SELECT kind, status, json_build_object('origin', json_build_object('job_name', name),
                                       'job_specific_data', json_build_object('cron_schedule', cron))
FROM (VALUES
    ('SCHEDULE', 'DECLARED_IN_CODE', 'daily_publish', '0 6 * * *'),
    ('SCHEDULE', 'STOPPED', 'weekly_teams', '40 4 * * 1'),
    ('SENSOR', 'DECLARED_IN_CODE', 'playlist_checks', null)
) AS known (kind, status, name, cron);
"""
NOW = datetime(2026, 11, 23, 7, 14, tzinfo=UTC)


@pytest.fixture
def opened(settings):
    """The store of an installation."""
    with open_store(settings) as store:
        yield store


@pytest.fixture
def club(opened):
    """A provider that was never fetched."""
    return opened.providers.add("Club TV", f"http://tv.example/{PASSWORD}", ZONE, "goat")


@contextmanager
def up_runs(home):
    """As if `epg up` had run for this home for an hour."""
    home.mkdir(exist_ok=True)
    with FileLock(home / LOCK):
        note_addresses(home, Addresses("http://127.0.0.1:3000", "http://127.0.0.1:8080"))
        an_hour_ago = (NOW - timedelta(hours=1)).timestamp()
        os.utime(home / NOTED, (an_hour_ago, an_hour_ago))
        yield


def remedies(store, settings, provider="club-tv"):
    return {one.message: one.remedy for one in look(store, settings, NOW).problems if one.provider == provider}


def test_a_provider_without_a_guide_is_a_problem_until_it_is_onboarded(opened, settings, club):
    assert remedies(opened, settings) == {"no guide was ever published": "epg onboard 'Club TV'"}
    opened.providers.pause(club)
    assert remedies(opened, settings) == {}


def test_each_problem_comes_with_the_command_that_fixes_it(opened, settings, club):
    opened.playlists.note_fetch(club, "http://tv.example/…: HTTP 500; the server has trouble")
    opened.quarantine.add(club, date(2026, 11, 23), "match", pl.DataFrame({"name": ["NBA 01"], "reason": ["odd"]}))
    with opened.connections.transaction() as connection:
        connection.execute(
            "INSERT INTO uploads (provider_id, key, bucket, sha256, status, reason) "
            "VALUES (%s, 'epg/club-tv/guide.xml', 'r2/b', repeat('0', 64), 'failed', 'no answer')",
            (club.id,),
        )
        connection.execute('UPDATE providers SET settings = \'{"colour": "red"}\'')
    (settings.dist / "club-tv").mkdir(parents=True)
    held_back = {"held_back": "kid: it lost 80%", "remedy": "epg publish --provider club-tv --force"}
    (settings.dist / "club-tv" / "summary.json").write_text(json.dumps(held_back))
    reported = "\n".join(f"{what} -> {remedy}" for what, remedy in remedies(opened, settings).items())
    for words in (
        "HTTP 500; the server has trouble -> epg refresh 'Club TV'",
        '1 set aside at match in the last 24 hours, such as "NBA 01": odd -> ',
        "1 files are not in the bucket: no answer -> epg publish --provider club-tv",
        "colour",
        "a guide is held back: kid: it lost 80% -> epg publish --provider club-tv --force",
    ):
        assert words in reported
    assert PASSWORD not in reported


def test_a_guide_held_back_without_a_loss_is_made_again_and_a_paused_provider_has_none(opened, settings, club):
    (settings.dist / "club-tv").mkdir(parents=True)
    (settings.dist / "club-tv" / "summary.json").write_text(
        '{"held_back": "club-tv: 1 of 3 channels have no full day"}'
    )
    reported = {what: remedy for what, remedy in remedies(opened, settings).items() if "held back" in what}
    assert list(reported.values()) == ["epg refresh club-tv"]
    opened.providers.pause(club)
    assert not [what for what in remedies(opened, settings) if "held back" in what]


def test_an_open_incident_about_a_playlist_is_reported_once(opened, settings, club):
    opened.playlists.note_fetch(club, "HTTP 500")
    opened.incidents.note_failure(Failure("playlist", "HTTP 500", "club-tv"))
    (what,) = (what for what in remedies(opened, settings) if "HTTP 500" in what)
    assert what.startswith("playlist of club-tv, since")
    opened.providers.remove(club)
    assert remedies(opened, settings) == {}, "a deleted provider is not a problem"


def test_an_old_guide_is_reported_once(opened, settings, club):
    note = Publication(date(2026, 11, 20), "club-tv/guide.xml", "goat", "0" * 64, 1, 1, 1)
    opened.publications.note(club, [note])
    assert [what for what in remedies(opened, settings) if "2026-11-20" in what] == ["the last guide is of 2026-11-20"]
    opened.incidents.note_failure(Failure("freshness", "no guide was published since 2026-11-20", "club-tv"))
    (what,) = (what for what in remedies(opened, settings) if "2026-11-20" in what)
    assert what.startswith("freshness of club-tv, since")


MATCHES = """
INSERT INTO events (event_id, event_date, league, sport, starts_at)
VALUES ('game', '2026-11-20', 'nba', 'basketball', now());
WITH slots AS (
    INSERT INTO channel_names (provider_id, slot, channel_id, family, name, display_name, position, stream_url_sealed,
                               first_seen, last_seen)
    SELECT id, 'NBA ' || number, 'club-tv.nba-' || number, 'NBA', 'a', 'a', number, '', '2026-11-01', '2026-11-23'
    FROM providers, generate_series(1, 11) AS number
    RETURNING id, position
)
INSERT INTO parsed_data (channel_name_id, day, position, name, kind, title, match_status, event_id, confidence)
SELECT id, day, position, 'a', kind, 'a', CASE WHEN is_matched THEN 'matched' ELSE 'unmatched' END,
       CASE WHEN is_matched THEN 'game' END, 0.5
FROM slots,
     (VALUES (DATE '2026-11-23', 4), (DATE '2026-11-22', 8), (DATE '2026-11-09', 6), (DATE '2026-10-01', 0))
         AS days (day, good),
     LATERAL (SELECT position <= good AS is_matched, CASE position WHEN 11 THEN 'placeholder' ELSE 'event' END AS kind)
         AS verdict
"""
ONE_NAME_LESS = "UPDATE parsed_data SET kind = 'placeholder' WHERE position = 10 AND day = %s"


def test_a_match_rate_that_fell_against_the_four_weeks_before_is_reported(opened, settings, club):
    with opened.connections.transaction() as connection:
        connection.execute(MATCHES)
    (state,) = look(opened, settings, NOW).providers
    assert (state.rate_today, state.rate_before) == (4 / 10, 14 / 20), "over the slots that name an event"
    reported = remedies(opened, settings)
    assert (
        reported["40% of its events are matched today, 70% in the four weeks before"]
        == "epg unmatched --provider 'Club TV'"
    )


def test_a_day_with_fewer_names_than_a_check_would_judge_has_no_rate_and_counts_for_none(opened, settings, club):
    with opened.connections.transaction() as connection:
        connection.execute(MATCHES)
        connection.execute(ONE_NAME_LESS, (date(2026, 11, 22),))
    (state,) = look(opened, settings, NOW).providers
    assert (state.rate_today, state.rate_before) == (4 / 10, 6 / 10)
    with opened.connections.transaction() as connection:
        connection.execute(ONE_NAME_LESS, (NOW.date(),))
    found = look(opened, settings, NOW)
    assert (found.providers[0].events_today, found.providers[0].rate_today) == (MIN_EVENTS - 1, None)
    assert not [problem.message for problem in found.problems if "matched" in problem.message]


def test_runs_and_schedules_are_read_from_dagsters_tables(opened, settings, club, database):
    assert look(opened, settings, NOW).runs is None
    with psycopg.connect(database) as connection:
        connection.execute(DAGSTERS)
    found = look(opened, settings, NOW)
    newest, oldest = found.runs
    assert (newest.job, newest.partition, newest.status, newest.ended_at) == (
        "provider_day",
        "2026-11-23|club",
        "STARTED",
        None,
    )
    assert (oldest.job, oldest.partition) == ("materialize", "2026-11-20|club … 2026-11-22|club")
    assert oldest.ended_at - oldest.started_at == timedelta(seconds=12)
    assert found.coming == [], "epg up does not run"
    assert "the schedule weekly_teams is switched off" in remedies(opened, settings, "")


def test_runs_that_come_all_day_leave_the_mornings_to_be_seen(opened, settings, club, database):
    with psycopg.connect(database) as connection:
        connection.execute(DAGSTERS)
        connection.execute(
            "INSERT INTO dagster.runs SELECT number, number::text, 'playlist_check', 'SUCCESS', '2026-11-23 07:00:00' "
            "FROM generate_series(3, 40) AS number"
        )
    assert [run.job for run in look(opened, settings, NOW).runs] == ["playlist_check", "provider_day", "materialize"]


def test_while_epg_up_runs_what_comes_next_is_shown(opened, settings, club, database):
    with psycopg.connect(database) as connection:
        connection.execute(DAGSTERS)
    opened.playlists.note_fetch(club)
    settings.home.mkdir(exist_ok=True)
    with FileLock(settings.home / LOCK):
        starts = look(opened, settings, NOW)
        assert starts.up == Addresses("", ""), "it starts"
        assert not [one.message for one in starts.problems if "daemon" in one.message]
        note_addresses(settings.home, Addresses("http://127.0.0.1:3000", "http://127.0.0.1:8080"))
        found = look(opened, settings, NOW)
    assert found.up.dagster == "http://127.0.0.1:3000"
    at = {one.what: one.at for one in found.coming}
    assert at["daily_publish"] == datetime(2026, 11, 24, 6, tzinfo=UTC)
    assert at["weekly_teams"] is None
    assert at["check for changed playlists"] >= NOW
    assert look(opened, settings, NOW).up is None


def test_a_sensor_that_is_switched_off_is_reported_and_its_work_is_not_announced(opened, settings, club, database):
    with psycopg.connect(database) as connection:
        connection.execute(DAGSTERS)
        connection.execute("UPDATE dagster.instigators SET status = 'STOPPED' WHERE instigator_type = 'SENSOR'")
    with up_runs(settings.home):
        found = look(opened, settings, NOW)
    assert [one.what for one in found.coming] == ["daily_publish", "weekly_teams"]
    (remedy,) = (one.remedy for one in found.problems if one.message == "the sensor playlist_checks is switched off")
    assert remedy == "switch it on: http://127.0.0.1:3000/automation"


def test_a_daemon_without_heartbeat_is_reported_while_epg_up_runs(opened, settings, club):
    reported = "Dagster's daemon has no heartbeat (scheduler, sensor, queued run coordinator, monitoring)"
    assert reported not in remedies(opened, settings, "")
    with up_runs(settings.home):
        assert remedies(opened, settings, "")[reported] == "restart epg up"


REFRESH, PUBLISH = "epg refresh club-tv", "epg publish --provider club-tv"


@pytest.mark.parametrize(
    ("kind", "advised", "day", "remedy"),
    [
        ("guide", f"{REFRESH} --force, if that is right", 22, f"{REFRESH} --force, if that is right"),
        ("guide", "", 23, REFRESH),
        ("guide", "", 22, f"{PUBLISH} --date 2026-11-22"),
        ("playlist", "", 23, f"{REFRESH}; new credentials: epg provider edit club-tv"),
        ("uploads", "", 23, PUBLISH),
    ],
    ids=["its own", "today", "another day", "playlist", "uploads"],
)
def test_an_incident_shows_its_own_remedy_or_the_usual_one(opened, settings, club, kind, advised, day, remedy):
    of = day if isinstance(day, date) else date(2026, 11, day)
    opened.incidents.note_failure(Failure(kind, f"{of}: it broke", "club-tv", of, advised))
    (offered,) = (found for what, found in remedies(opened, settings).items() if what.startswith(f"{kind} of"))
    assert offered == remedy


def test_the_command_prints_one_screen_and_one_json_object(run, database, tmp_path):
    assert "No provider yet" in run("status").err
    (tmp_path / "list.m3u").write_bytes(playlist())
    run("provider", "add", "Club", "--playlist", tmp_path / "list.m3u", "--timezone", ZONE)
    assert run("onboard", "Club").code == 0
    assert "Last guides" in run("status").out, "Dagster has no record yet"
    with psycopg.connect(database) as connection:
        connection.execute(DAGSTERS)
    ran = run("status")
    assert ran.code == 0, ran.output
    for words in ("Club", "Last runs", "provider_day", "Problems", "epg up"):
        assert words in ran.out
    found = json.loads(run("status", "--json").out)
    assert found["providers"][0]["slots"] == 5
    assert found["guides"][0]["slug"] == "club"
    assert found["up"] is None
    assert {problem["remedy"] for problem in found["problems"]} >= {"epg up"}
