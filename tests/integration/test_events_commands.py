"""`epg events` and `epg teams`, as users run them, against services on loopback."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from commands import epg
from source_site import Fault, game, source_site, team

KEY = "own-key-s3cret"
TODAY = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def site():
    with source_site() as running:
        running.boards["basketball/nba"] = [game("5", "Boston Celtics", "Miami Heat", TODAY)]
        running.boards["soccer/eng.1"] = [game("6", "Arsenal", "Chelsea", TODAY + timedelta(days=1))]
        running.teams["basketball/nba"] = [team("Boston Celtics"), team("Miami Heat")]
        yield running


@pytest.fixture
def run(home, site):
    """Run a command with the services on loopback."""

    def run(*arguments, **more):
        services = {"EPG_ESPN_URL": site.espn, "EPG_THESPORTSDB_URL": site.thesportsdb, "EPG_THESPORTSDB_KEY": KEY}
        given = {"EPG_EVENT_SOURCES": "espn,thesportsdb", **services}
        done = epg(home, *arguments, **(given | more))
        assert KEY not in done.output
        return done

    return run


def test_a_refresh_and_what_it_brought(run, site):
    done = run("events", "refresh", "--league", "nba", "--league", "eng.1")
    assert done.code == 0, done.output
    listed = run("events", "list", "--date", f"{TODAY:%Y-%m-%d}", "--league", "nba")
    assert "Miami Heat at Boston Celtics" in listed.output
    assert "espn-5" in listed.output
    assert "Chelsea" not in listed.output
    assert "1 events in 1 leagues" in listed.output


def test_a_plan_asks_nothing(run, site):
    done = run("events", "plan", "--from", "2026-11-20", "--to", "2026-11-29")
    assert done.code == 0, done.output
    assert "college-football" in done.output
    assert site.asked == []


def test_a_source_that_is_down_is_reported_by_message_and_exit_code(run, site):
    site.faults["*"] = Fault(status=404)
    done = run("events", "refresh", "--league", "eng.1")
    assert done.code == 1
    assert "espn eng.1" in done.output
    assert "HTTP 404" in done.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("events", "plan", "--league", "nbaa"), "similar: nba"),
        (("events", "refresh", "--from", "2026-11-20", "--to", "2026-11-10"), "is before"),
        (("events", "plan", "--from", "tomorrow"), "not a date"),
    ],
)
def test_a_usage_error_says_what_is_wrong(run, arguments, words):
    done = run(*arguments)
    assert done.code == 2
    assert words in done.output


def test_an_unknown_source_is_reported(run):
    done = run("events", "plan", EPG_EVENT_SOURCES="espm")
    assert done.code == 1
    assert "'espm' is not a source of events" in done.output
    assert "unexpected" not in done.output


def test_the_teams_are_synced(run, site):
    done = run("teams", "sync", "--league", "nba")
    assert done.code == 0, done.output
    assert "Boston Celtics" in done.output
    site.teams["basketball/nba"][0]["displayName"] = "Boston Clovers"
    # The lists of a day are cached: the second sync asks for none, and has nothing to compare.
    again = run("teams", "sync", "--league", "nba")
    assert again.code == 0
    assert "Clovers" not in again.output
