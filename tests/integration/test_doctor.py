"""`epg doctor`: what it finds in order, what it doesn't, and how to fix it."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import psycopg
import pytest
from commands import environment, epg
from dagster._daemon.daemon import MonitoringDaemon, SchedulerDaemon, SensorDaemon
from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon
from dagster._daemon.types import DaemonHeartbeat
from dagster._serdes import serialize_value
from filelock import FileLock
from small_provider import PASSWORD, USER, ZONE, Answer, playlist, site

from epg_pipeline.adapters.store.store import open_store
from epg_pipeline.operations.doctor import (
    check_clock,
    check_daemon,
    check_database,
    check_guides_folder,
    check_home,
    check_keys,
    check_playlists,
    check_room,
    check_running,
    check_snapshots,
    check_variables,
    examine,
)
from epg_pipeline.operations.supervisor import LOCK, NOTED, Addresses, note_addresses
from epg_pipeline.settings import variables

KEY = "a key for tests, of no worth at all"


KNOWN = {variable.name for variable in variables()}


def clock():
    return datetime.now(UTC)


@pytest.fixture
def opened(settings):
    """The store of an installation."""
    with open_store(settings) as store:
        yield store


def levels(findings):
    return [one.level for one in findings]


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("EPG_DATABASE_ULR", "Did you mean EPG_DATABASE_URL?"),
        ("EGP_HOME", "Did you mean EPG_HOME?"),
        ("R2_ACCES_KEY", "Did you mean R2_ACCESS_KEY?"),
        ("EPG_SOMETHING_ELSE", "Unset it"),
    ],
)
def test_a_variable_whose_name_looks_like_ours_is_reported(name, remedy):
    (finding,) = check_variables({name: PASSWORD, "PATH": "/bin"}, KNOWN)
    assert (finding.level, finding.text) == ("warn", f"{name} is not a variable of this program")
    assert remedy in finding.fix
    assert PASSWORD not in repr(finding)


def test_variables_that_are_read_and_those_of_others_are_no_finding():
    given = {"EPG_HOME": "h", "EPG_NOTIFY_SLACK": "x", "EPG_XTREAM_PASSWORD": "x", "R2_BUCKET": "b", "HOME": "/root"}
    (finding,) = check_variables(given, KNOWN)
    assert finding.level == "ok"
    assert "HOME," not in finding.text.replace("EPG_HOME,", "")


def test_a_setting_that_can_not_be_ends_the_look_with_its_name(tmp_path):
    with mock.patch.dict(os.environ, environment(tmp_path, EPG_EVENT_SOURCES="esbn"), clear=True):
        found = list(examine(clock))
    assert (found[-1].level, found[-1].part) == ("fail", "settings")
    assert "esbn" in found[-1].text


def test_secrets_others_may_read_are_reported_with_the_command_that_closes_them(tmp_path):
    key = tmp_path / "secret.key"
    key.write_text("k")
    key.chmod(0o644)
    tmp_path.chmod(0o777)
    assert {(one.level, one.fix) for one in check_home(tmp_path)} == {
        ("fail", f"chmod 600 {key}"),
        ("warn", f"chmod go-w {tmp_path}"),
    }
    key.chmod(0o600)
    tmp_path.chmod(0o755)
    assert levels(check_home(tmp_path)) == levels(check_home(tmp_path / "later")) == ["ok"]


def test_a_folder_that_can_not_be_written_fails(tmp_path, monkeypatch):
    assert levels(check_guides_folder(tmp_path / "dist")) == ["ok"]
    monkeypatch.setattr("os.access", lambda *_: False)
    assert levels(check_guides_folder(tmp_path / "dist")) == levels(check_home(tmp_path)) == ["fail"]


def test_little_room_is_reported_before_there_is_none():
    assert [one.level for one in check_room({Path("/a"): 50 << 30, Path("/b"): 1 << 30, Path("/c"): 1 << 20})] == [
        "ok",
        "warn",
        "fail",
    ]


def test_a_wrong_clock_is_reported():
    now = clock()
    clocks = {"a": now, "b": now - timedelta(minutes=2), "c": now + timedelta(hours=1), "d": None}
    assert levels(check_clock(clocks, now)) == ["ok", "warn", "fail"]


def test_a_database_is_reported_with_its_version(opened):
    found = list(check_database(opened, clock))
    assert levels(found) == ["ok", "ok"]
    assert "tables at version" in found[0].text
    assert "pooler" not in found[0].text


def test_a_key_that_is_not_the_one_of_before_is_reported(opened, settings, database):
    opened.providers.add("Club", f"http://tv.example/{PASSWORD}", ZONE, "goat")
    assert levels(check_keys(opened, opened.providers.all())) == ["ok"]
    other = settings.model_copy(update={"secret_key_text": "another key, just as long as the first one"})
    with open_store(other) as store:
        (finding,) = check_keys(store, store.providers.all())
    assert finding.level == "fail"
    assert "Restore the key" in finding.fix


def test_a_snapshot_that_is_gone_is_reported(opened, settings):
    club = opened.providers.add("Club", "http://tv.example/", "UTC", "goat")
    kept = opened.playlists.save(club, clock().date(), playlist(), 7)
    assert levels(check_snapshots(opened, [club], clock())) == ["ok"]
    (settings.home / "snapshots" / "club" / kept.content_hash).unlink()
    (finding,) = check_snapshots(opened, [club], clock())
    assert (finding.level, finding.fix) == ("fail", "epg refresh club")


@pytest.mark.parametrize(
    ("answer", "level"),
    [
        (Answer(body=playlist()), "ok"),
        (Answer(status=403), "fail"),
        (Answer(body=b"<html>"), "fail"),
        (Answer(status=500), "fail"),
        (Answer(drop=True), "fail"),
    ],
    ids=["playlist", "refused", "page", "trouble", "dropped"],
)
def test_a_providers_server_is_asked_once_and_for_no_more_than_it_takes(opened, answer, level):
    with site(answer) as server:
        club = opened.providers.add("Club", server.address, "UTC", "goat")
        found = list(check_playlists(opened, [club], clock))
        assert levels(found) == [level]
        assert len(server.requests) == 1
    assert PASSWORD not in repr(found)
    assert USER not in repr(found)


def test_an_xtream_account_is_asked_for_its_state(opened):
    with site(Answer(body=b'{"user_info": {"auth": 1, "status": "Banned"}}')) as server:
        host = server.address.partition("@")[2].partition("/")[0]
        club = opened.providers.add("Club", f"xtream+http://{USER}:{PASSWORD}@{host}", "UTC", "goat")
        (finding,) = check_playlists(opened, [club], clock)
    assert "the account is banned" in finding.text
    assert PASSWORD not in repr(finding)


def test_parts_that_should_run_and_do_not_answer_are_reported(tmp_path):
    assert levels(check_running(tmp_path)) == ["warn"]
    with site(Answer(body=b"ok")) as server, FileLock(tmp_path / LOCK):
        assert levels(check_running(tmp_path)) == ["warn"], "it starts"
        base = f"http://{server.address.partition('@')[2].partition('/')[0]}"
        note_addresses(tmp_path, Addresses("http://127.0.0.1:1", base))
        guides, dagster = check_running(tmp_path)
    assert (guides.level, dagster.level) == ("ok", "fail")
    assert str(tmp_path / "logs") in dagster.fix


BEATS = "CREATE SCHEMA IF NOT EXISTS dagster; CREATE TABLE dagster.daemon_heartbeats (daemon_type text, body text)"
PARTS = (SchedulerDaemon, SensorDaemon, QueuedRunCoordinatorDaemon, MonitoringDaemon)


def test_a_daemon_that_does_nothing_any_more_is_reported_although_dagsters_pages_answer(opened, settings, database):
    now, addresses = clock(), Addresses("http://127.0.0.1:1", "http://127.0.0.1:2")
    settings.home.mkdir(exist_ok=True)
    assert levels(check_daemon(opened, settings.home, now)) == [], "epg up does not run"
    with psycopg.connect(database, autocommit=True) as connection, FileLock(settings.home / LOCK):
        assert levels(check_daemon(opened, settings.home, now)) == [], "it starts"
        note_addresses(settings.home, addresses)
        assert levels(check_daemon(opened, settings.home, now)) == ["ok"], "it began a moment ago"
        os.utime(settings.home / NOTED, (0, 0))
        assert levels(check_daemon(opened, settings.home, now)) == ["fail"], "and never gave a sign"
        connection.execute(BEATS)
        for minutes, part in enumerate(PARTS):
            beat = DaemonHeartbeat((now - timedelta(minutes=minutes)).timestamp(), part.daemon_type(), "its id")
            row = (beat.daemon_type, serialize_value(beat))  # as Dagster's own storage writes it
            connection.execute("INSERT INTO dagster.daemon_heartbeats VALUES (%s, %s)", row)
        assert levels(check_daemon(opened, settings.home, now)) == ["ok"]
        (finding,) = check_daemon(opened, settings.home, now + timedelta(minutes=2, seconds=30))
    assert (finding.level, finding.text) == ("fail", "Dagster's daemon has no heartbeat (monitoring)")
    assert str(settings.home / "logs" / "dagster-daemon.log") in finding.fix


def test_the_command_ends_with_1_when_something_fails_and_0_when_not(database, tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    ran = epg(home, "doctor", "--offline", EPG_DATABASE_URL=database, EPG_SECRET_KEY=KEY)
    assert ran.code == 0, ran.output
    assert "0 failed" in ran.out
    url = f"postgresql://epg:{PASSWORD}@127.0.0.1:1/none"
    ran = epg(home, "doctor", "--offline", EPG_DATABASE_URL=url, EPG_SECRET_KEY=KEY)
    assert ran.code == 1
    assert "No connection to the database" in ran.out
    assert "epg up" in ran.out, "the other parts are checked all the same"
    assert PASSWORD not in ran.output


def test_sources_are_asked_once_each_and_their_clock_is_compared(database, tmp_path):
    with site(Answer(body=b"{}")) as server:
        base = f"http://{server.address.partition('@')[2].partition('/')[0]}"
        addresses = {"EPG_ESPN_URL": base, "EPG_THESPORTSDB_URL": base, "EPG_EVENT_SOURCES": "espn,thesportsdb"}
        given = environment(tmp_path, EPG_DATABASE_URL=database, EPG_SECRET_KEY=KEY, **addresses)
        with mock.patch.dict(os.environ, given, clear=True):
            found = list(examine(lambda: clock() + timedelta(hours=1)))
        assert len(server.requests) == 2
    assert [one.text for one in found if one.part == "sources"] == ["espn answers", "thesportsdb answers"]
    assert [one.level for one in found if one.part == "clock"] == ["fail", "fail", "fail"], "the database's, and theirs"
