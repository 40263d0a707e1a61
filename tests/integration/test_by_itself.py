"""What happens by itself once `epg up` runs: by the clock, and when something dies or hangs in its middle."""

from __future__ import annotations

import contextlib
import os
import signal
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from unittest import mock

import psycopg
import pytest
from commands import environment, epg
from homes import new_home, remove_home
from running import REPOSITORY, STARTS, Up, lives, of_partition, until
from small_provider import NAMES, ZONE, Answer, playlist, site

from epg_pipeline.adapters import clock
from epg_pipeline.adapters.embedded_postgres.place import running_postmaster, server_place
from epg_pipeline.adapters.embedded_postgres.server import lease_server
from epg_pipeline.adapters.store.store import open_store
from epg_pipeline.flows.playlist_polling import check_playlists
from epg_pipeline.settings import load_settings

pytestmark = pytest.mark.xdist_group("by itself")  # its servers mostly wait, beside those of test_up.py

# Seconds: Dagster looks at its runs every half minute, gives a code server up for a minute when it is away, and
# waits as long for an answer; and starts take their time on busy cores. How quick it is, is for no test to say.
RECOVERS = 300
LOOKS = "LOCK TABLE playlist_checks"  # every tick of changed_playlists reads it
WAITS = {
    "a run": "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted",
    "a tick": "SELECT 1 FROM pg_locks WHERE relation = 'playlist_checks'::regclass AND NOT granted",
}


class Installation:
    """Two providers with playlists on loopback servers, and an `epg up` that is killed and started again."""

    def __init__(self, home, sites) -> None:
        self.home, self.sites, self.up = home, sites, Up(home)
        with mock.patch.dict(os.environ, environment(home), clear=True):
            self.settings = load_settings()

    def change(self, slug: str, name: str) -> str:
        """The provider's list gets one name more, and is looked at; the mark of the request that follows from it."""
        body = playlist((*NAMES, f"NBA 09: {name} of {slug} vs Miami Heat @ 09:00 PM ET"))
        self.sites[slug].answers[:] = [Answer(body=body)]
        with open_store(self.settings) as store:
            assert [one.problem for one in check_playlists(store, [slug])] == [""]
        return sha256(body).hexdigest()

    @contextlib.contextmanager
    def held(self, *slugs: str, lock: str = ""):
        """As another process would, keep the days of providers, or what `lock` names, from those who need them."""
        keys = [f"epg provider day {self.number(slug)} {clock.today(ZONE)}" for slug in slugs]
        with lease_server(self.home) as lease, contextlib.closing(psycopg.connect(lease.address.conninfo())) as holder:
            for key in keys:
                holder.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (key,))
            if lock:
                holder.execute(lock)
            yield

    def number(self, slug: str) -> int:
        with open_store(self.settings) as store:
            return store.providers.find(slug).id

    def waiting(self, what: str) -> int:
        """How many of these wait for a lock."""
        with lease_server(self.home) as lease, psycopg.connect(lease.address.conninfo()) as connection:
            return len(connection.execute(WAITS[what]).fetchall())

    def ends(self, key: str, value: str) -> list[str]:
        """How the runs with a tag stand, the newest first; none while Dagster or its database is away."""
        query = "query($f: RunsFilter!) { runsOrError(filter: $f) { ... on Runs { results { status } } } }"
        try:
            found = self.up.ask(query, f={"tags": [{"key": key, "value": value}]})
        except OSError:
            return []
        return [run["status"] for run in found["runsOrError"].get("results", [])]

    def requests(self) -> int:
        """How many requests the providers' servers have had."""
        return sum(len(server.requests) for server in self.sites.values())

    def guide(self, slug: str) -> str:
        return (self.home / "dist" / slug / "guide.xml").read_text()


@pytest.fixture(scope="module")
def installation():
    home = new_home("itself")
    with site(Answer(body=playlist())) as club, site(Answer(body=playlist())) as other:
        sites = {"club": club, "other": other}
        for name, server in sites.items():
            added = epg(home, "provider", "add", name, "--playlist", server.address, "--timezone", ZONE)
            assert added.code == 0, added.output
            assert epg(home, "provider", "set", name, "check_minutes=0").code == 0  # the tests look themselves
            made = epg(home, "refresh", name)
            assert made.code == 0, made.output
        running = Installation(home, sites)
        yield running
        if running.up.process.poll() is None:
            running.up.stop()
    remove_home(home)


def test_the_tick_of_the_next_morning_publishes_and_asks_no_source(installation):
    day, before = clock.today("UTC") + timedelta(days=1), installation.requests()
    guides = [installation.home / "dist" / slug / str(day) / "guide.xml" for slug in installation.sites]
    assert [guide.exists() for guide in guides] == [False, False]
    until(STARTS, lambda: installation.up.partitions() == ["club", "other"], "the partitions")
    query = (
        "mutation($s: ScheduleSelector!, $t: Float!) { scheduleDryRun(selectorData: $s, timestamp: $t) "
        "{ ... on DryRunInstigationTick { evaluationResult { runRequests { tags { key value } } } } } }"
    )
    at = datetime.combine(day, time(6), UTC).timestamp()
    ticked = installation.up.ask(query, s={**REPOSITORY, "scheduleName": "daily_publish"}, t=at)
    for number, request in enumerate(ticked["scheduleDryRun"]["evaluationResult"]["runRequests"]):
        tags = {tag["key"]: tag["value"] for tag in request["tags"]}
        installation.up.launch("publish_day", {**tags, "morning": str(number)})
        until(STARTS, lambda number=number: installation.ends("morning", str(number)) == ["SUCCESS"], "the publish")
    assert [guide.exists() for guide in guides] == [True, True]
    assert installation.requests() == before


def test_runs_that_hang_are_ended_and_tried_again(installation):
    """One waits for a lock, where it can be interrupted; the other's process takes no notice of anything."""
    today = clock.today(ZONE)

    def launch(slug):
        before, waiting = installation.up.workers(), installation.waiting("a run")
        limit = {"dagster/max_runtime": "15", "hung": slug}  # seconds, and enough for the retry
        installation.up.launch("provider_day", {**of_partition(slug, today), **limit})
        until(STARTS, lambda: installation.waiting("a run") > waiting, "the run")
        (process,) = set(installation.up.workers()) - set(before)
        return process

    def is_ended(slug):
        return "FAILURE" in installation.ends("hung", slug)

    with installation.held("other"):
        with installation.held("club"):
            processes = [launch("club"), launch("other")]
            os.kill(processes[1], signal.SIGSTOP)
            until(RECOVERS, lambda: is_ended("club"), "the end of the first")
        until(RECOVERS, lambda: is_ended("other"), "the end of the second")
    assert not any(map(lives, processes))
    for slug in ("club", "other"):
        until(RECOVERS, lambda slug=slug: "SUCCESS" in installation.ends("hung", slug), "the retry")
        assert installation.ends("hung", slug) == ["SUCCESS", "FAILURE"]


@pytest.mark.parametrize(
    "killed",
    [lambda up: up.code_server()[0], lambda up: up.process.pid],
    ids=["code server", "daemon and all"],
)
def test_what_is_killed_in_the_middle_of_a_run_and_of_a_tick_is_done_once(installation, killed, request):
    """`epg up` reports a part that dies and stops the others; starting it again is left to a service manager."""
    name = request.node.callspec.id
    with under_way(installation, name) as changes:
        family = installation.up.children()
        os.kill(killed(installation.up), signal.SIGKILL)
        installation.up.process.wait(STARTS)
        until(STARTS, lambda: not any(map(lives, family)), "the end of all, of the run too")
    installation.up = Up(installation.home)
    are_done_once(installation, name, changes)


def test_a_database_killed_in_the_middle_of_a_run_and_of_a_tick_loses_nothing(installation):
    restarts = installation.up.output.count("was restarted")
    with under_way(installation, "database") as changes:
        os.kill(running_postmaster(server_place(installation.home)).pid, signal.SIGKILL)
    until(STARTS, lambda: installation.up.output.count("was restarted") > restarts, "the database")
    are_done_once(installation, "database", changes)


@contextlib.contextmanager
def under_way(installation, name):
    """One changed playlist whose run is in its middle, and another whose tick is: the marks of both requests."""
    with installation.held("club"):
        changes = {"club": installation.change("club", name)}
        until(STARTS, lambda: installation.ends("epg/playlist", changes["club"]), "the request")
        changes["other"] = installation.change("other", name)
        with installation.held(lock=LOOKS):
            until(STARTS, lambda: installation.waiting("a run") and installation.waiting("a tick"), "both")
            yield changes


def are_done_once(installation, name, changes):
    def ends(slug):
        return installation.ends("epg/playlist", changes[slug])

    def are_done():
        assert installation.up.process.poll() is None, installation.up.output
        return "SUCCESS" in ends("club") and "SUCCESS" in ends("other")

    until(RECOVERS, are_done, "both guides")
    assert ends("club") == ["SUCCESS", "FAILURE"]  # the retry, and what was killed
    assert ends("other") == ["SUCCESS"]
    for slug in changes:
        assert f"{name} of {slug}" in installation.guide(slug)
