"""Sources that misbehave: what is healthy lands, what is on record stays, and the report names each fault."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from source_site import Fault, game, season_of_games, source_site, tsdb_event, with_sources

from epg_pipeline.adapters.web.host_pace import HostPace
from epg_pipeline.adapters.web.source_client import MAX_FAILURES, Ask, Pace, SourceClient, user_agent
from epg_pipeline.config.sources import Limits, load_sources
from epg_pipeline.flows.events import plan, refresh_events

TODAY = date(2026, 11, 21)
START = datetime(2026, 11, 21, 20, tzinfo=UTC)
HEALTHY = "basketball/nba"
SICK = "hockey/nhl"


@pytest.fixture
def site():
    with source_site() as running:
        running.boards[HEALTHY] = [game("1", "Boston Celtics", "Miami Heat", START)]
        running.boards[SICK] = [game(str(n), f"Home {n}", f"Away {n}", START) for n in range(10, 16)]
        running.leagues["4738"] = [tsdb_event("71", "Texas Stars", "Iowa Wild", START, "4738")]
        yield running


@pytest.fixture
def settings(settings, site):
    return with_sources(settings, site)


@pytest.fixture
def slept():
    return []


@pytest.fixture
def refresh(store, settings, slept):
    """A refresh of one day; its waits are noted, not made. Each is an hour after the one before."""
    hours = iter(range(100))

    def refresh(leagues=("nba", "nhl", "ahl"), **more):
        now = START.timestamp() + 7 * 3600 * next(hours)
        pace = Pace(
            **({"timeout": 60.0, "attempts": 2, "pause": 0.1, "sleep": slept.append, "clock": lambda: now} | more)
        )
        return refresh_events(store, settings, TODAY, TODAY, TODAY, leagues, pace)

    return refresh


def kinds(report):
    return {(fault.source, fault.league, fault.kind) for fault in report.faults}


def without(name):
    def change(document):
        for event in document["events"]:
            event["competitions"][0].pop(name, None)
            event.pop(name, None)
        return document

    return change


def with_teams(change):
    def changed(document):
        for event in document["events"]:
            for side in event["competitions"][0]["competitors"]:
                change(side["team"])
        return document

    return changed


FAULTS = {
    "errors of the server": (Fault(status=500), "status", "HTTP 500"),
    "no answer": (Fault(hang=8), "timeout", "no answer within"),
    "a body cut short": (Fault(cut=True), "cut", "broke off"),
    "half a JSON": (Fault(body=b'{"events": [{"id": "1'), "cut", "not complete JSON"),
    "a web page": (Fault(body=b"<!DOCTYPE html><html>maintenance</html>"), "page", "a web page"),
    "nothing at all": (Fault(body=b""), "cut", "not complete JSON"),
    "a list": (Fault(body=b"[]"), "shape", "not an object"),
    "events of a wrong type": (Fault(change=lambda d: d | {"events": {}}), "shape", "not a list"),
    "no events at all": (Fault(change=lambda d: {"leagues": []}), "shape", "events is missing"),
    "another type of event": (Fault(change=lambda d: d | {"events": ["x", 1]}), "shape", "none of the 2 events"),
    "competitions renamed": (Fault(change=without("competitions")), "shape", "competitions"),
    "times renamed": (Fault(change=without("date")), "shape", "date"),
    "states renamed": (Fault(change=without("status")), "shape", "status"),
    "names renamed": (Fault(change=with_teams(lambda t: t.pop("displayName"))), "shape", "displayName"),
    "venues renamed": (Fault(change=without("venue")), "field", "none of 6 games has a venue"),
    "logos of a wrong type": (Fault(change=with_teams(lambda t: t.update(logo=[1]))), "field", "home_logo"),
    "an empty day": (Fault(change=lambda d: d | {"events": []}), "empty", "6 are on record"),
    "some events gone": (Fault(change=lambda d: d | {"events": d["events"][:4]}), "unlisted", "2 of 6"),
    "a league removed": (Fault(status=404), "missing", "HTTP 404"),
    "no access": (Fault(status=403), "access", "refused"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_costs_its_own_rows_is_named_and_heals(store, site, refresh, name):
    fault, kind, words = FAULTS[name]
    fault = replace(fault)
    assert refresh().faults == ()
    before = store.events.between(TODAY, TODAY)
    site.boards[HEALTHY].append(game("2", "Utah Jazz", "Chicago Bulls", START))
    site.faults[SICK] = fault
    report = refresh(**({"timeout": 2.0, "attempts": 1} if fault.hang else {}))
    assert kinds(report) == {("espn", "nhl", kind)}
    assert words in str(report.faults[0])
    after = store.events.between(TODAY, TODAY)
    assert set(after["event_id"]) == {*before["event_id"], "espn-2"}
    on_record = after.filter(after["event_id"] != "espn-2").sort("event_id")
    assert on_record.equals(before.sort("event_id"))
    assert report.silent == ()
    site.faults.clear()
    assert refresh().faults == ()


def test_what_passes_is_tried_again(site, refresh):
    site.faults[SICK] = Fault(status=503, times=1)
    assert refresh().faults == ()
    assert site.counts()[SICK] == 2


def test_what_does_not_pass_is_not(site, refresh):
    site.faults[SICK] = Fault(status=404)
    refresh()
    assert site.counts()[SICK] == 1


def test_a_host_that_names_a_time_is_waited_for(site, refresh, slept):
    site.faults[SICK] = Fault(status=429, headers={"Retry-After": "7"}, times=1)
    # So few requests that all may follow the pause at once: of more, the last are spaced out after it.
    assert refresh(["nhl"]).faults == ()
    assert max(slept) == pytest.approx(7, abs=0.5)


def test_a_host_that_wants_long_peace_gets_it(store, site, settings, slept):
    site.faults["*"] = Fault(status=429, headers={"Retry-After": "119"})
    pace = Pace(timeout=60.0, attempts=3, pause=0.0, sleep=slept.append)
    one_host = settings.model_copy(update={"sources": settings.sources.model_copy(update={"names": ("espn",)})})
    first = refresh_events(store, one_host, TODAY, TODAY, TODAY, ["nba", "nhl", "eng.1", "ger.1"], pace)
    assert {fault.kind for fault in first.faults} == {"closed"}
    assert first.silent == ("espn",)
    asked = len(site.asked)
    again = refresh_events(store, one_host, TODAY, TODAY, TODAY, ["nba", "nhl"], pace)
    assert len(site.asked) == asked  # also the next run keeps away
    assert "wants no request" in str(again.faults[0])


def test_a_dead_source_is_given_up_soon_and_the_other_lands(store, settings, site, slept):
    dead = settings.sources.model_copy(update={"espn_address": "http://127.0.0.1:9/sports"})
    pace = Pace(timeout=60.0, attempts=2, pause=0.0, sleep=slept.append)
    report = refresh_events(store, settings.model_copy(update={"sources": dead}), TODAY, TODAY, TODAY, None, pace)
    assert report.silent == ("espn",)
    assert store.events.between(TODAY, TODAY)["event_id"].to_list() == ["tsdb-71"]
    espn = next(run for run in report.runs if run.source == "espn")
    assert espn.requests <= (MAX_FAILURES + 6) * 2  # six are under way at a time
    assert {"connection", "given-up"} <= {fault.kind for fault in report.faults}


def test_every_source_down_leaves_the_record_as_it_is(store, site, refresh):
    refresh()
    before = store.events.between(TODAY, TODAY)
    site.faults["*"] = Fault(status=502)
    report = refresh()
    assert set(report.silent) == {"espn", "thesportsdb"}
    assert store.events.between(TODAY, TODAY).equals(before)


def test_one_event_that_cannot_be_read_costs_itself(store, site, refresh):
    site.boards[SICK][0]["competitions"][0]["competitors"][0]["homeAway"] = "left"
    report = refresh()
    assert kinds(report) == {("espn", "nhl", "unread")}
    assert "1 of 6 events can't be read" in report.faults[0].text
    assert store.events.between(TODAY, TODAY).height == 7


def test_the_other_source_s_faults_are_named_too(store, site, refresh):
    site.faults["4738"] = Fault(body=b'{"Message": "premium only"}')
    report = refresh()
    assert kinds(report) == {("thesportsdb", "ahl", "shape")}
    assert "neither events nor schedule" in str(report.faults[0])


def test_a_postponed_game_says_so_and_one_moved_goes_to_its_new_day(store, site, refresh):
    refresh()
    status = {"type": {"name": "STATUS_POSTPONED", "state": "post", "completed": False, "shortDetail": "Postponed"}}
    site.boards[HEALTHY][0]["competitions"][0]["status"] = status
    site.boards[SICK][0] = game("10", "Home 10", "Away 10", START + timedelta(days=5))
    assert refresh().faults == ()
    states = dict(store.events.between(TODAY, TODAY).select("event_id", "status").iter_rows())
    assert states["espn-1"] == "postponed"
    assert "espn-10" not in states
    moved = date(2026, 11, 26)
    assert store.events.between(moved, moved)["event_id"].to_list() == ["espn-10"]


@contextmanager
def asked_for(tmp_path, site, count, **limits):
    """The answers to so many different requests of one client."""
    allowed = Limits(**({"per_second": 1000, "burst": 1000, "at_once": 1, "requests": 100} | limits))
    client = SourceClient("espn", allowed, HostPace(), tmp_path / "cache")
    query = (("dates", "20261121"), ("limit", "9"))
    asks = [Ask("espn", "nba", "x", str(n), TODAY, TODAY, f"{site.espn}/a/{n}/scoreboard", query) for n in range(count)]
    yield client.ask_all(asks, lambda ask, document: document, lambda ask, value: 0.0)
    client.close()


def test_no_more_requests_are_under_way_than_allowed(tmp_path, site):
    together, under_way, most, guard = threading.Barrier(3), 0, 0, threading.Lock()
    answer = site.answer

    def with_others(path, query):
        nonlocal under_way, most
        with guard:
            under_way += 1
            most = max(most, under_way)
        together.wait(60)  # three are under way, or the test fails
        with guard:
            under_way -= 1
        return answer(path, query)

    site.answer = with_others
    with asked_for(tmp_path, site, 12, at_once=3) as answers:
        assert [one.how for one in answers] == ["fetched"] * 12
    assert most == 3


def test_a_refresh_asks_no_more_than_its_budget(tmp_path, site):
    with asked_for(tmp_path, site, 6, requests=4) as answers:
        assert [one.fault.kind for one in answers if one.fault] == ["budget", "budget"]
    assert len(site.asked) == 4


def test_connections_are_used_again(tmp_path, site):
    with asked_for(tmp_path, site, 5):
        assert len(site.ports) == 1


def test_the_user_agent_names_the_project_and_whom_to_write_to():
    assert user_agent("me@example.org").startswith("epg-pipeline/")
    assert "me@example.org" in user_agent("me@example.org")


def test_eight_days_of_sixty_leagues_take_the_requests_of_the_plan(store, settings, site):
    sources = settings.sources.model_copy(update={"names": ("espn",)})
    college = ["mens-college-basketball", "womens-college-basketball", "college-football"]
    leagues = ["nfl", "nba", "nhl", *college, *load_sources().espn.soccer[:54]]
    for key in leagues:
        for path in load_sources().espn.all_leagues()[key].path:
            site.boards[path] = season_of_games(path, TODAY - timedelta(days=2), 12, 3)
    last = TODAY + timedelta(days=7)
    mine = settings.model_copy(update={"sources": sources})
    planned = plan(mine, TODAY, last, TODAY, leagues)
    report = refresh_events(store, mine, TODAY, last, TODAY, leagues, Pace(sleep=lambda _: None))
    assert (report.faults, len(report.leagues)) == ((), 60)
    assert len(site.asked) == len(planned) == 57 + 9 * (1 + 1 + 2)  # months; the days and the one before, by group
