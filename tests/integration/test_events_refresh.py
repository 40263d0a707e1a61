"""A range of dates refreshed from both sources, served on loopback."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from source_site import Fault, game, season_of_games, source_site, tsdb_event, with_sources

from epg_pipeline.adapters.web.source_client import Pace
from epg_pipeline.config.sources import load_sources
from epg_pipeline.flows.events import plan, refresh_days, refresh_events, usual_range

TODAY = date(2026, 11, 21)
FIRST, LAST = usual_range(TODAY)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Clock:
    """A clock that only a test moves, or a sleep."""

    def __init__(self):
        self.now = NOON.timestamp()

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


@pytest.fixture
def site():
    with source_site() as running:
        yield running


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pace(clock):
    return Pace(timeout=60.0, attempts=2, pause=0.0, clock=clock, sleep=clock.sleep)


@pytest.fixture
def settings(settings, site):
    return with_sources(settings, site, key="own-key-s3cret")


def filled(site):
    """A game or two a day in every league that is asked, and what they come to by league."""
    sources = load_sources()
    for key, league in sources.espn.all_leagues().items():
        for path in league.path:
            if path.partition("/")[0] not in ("mma", "racing", "tennis", "golf"):
                site.boards[path] = season_of_games(f"{key} {path}", FIRST - timedelta(days=3), 16, 2)
    return site


def test_a_range_gives_every_league_its_events_once(store, settings, site, pace):
    filled(site)
    site.leagues["4738"] = [tsdb_event("71", "Texas Stars", "Iowa Wild", datetime(2026, 11, 21, 1, tzinfo=UTC), "4738")]
    report = refresh_events(store, settings, FIRST, LAST, TODAY, pace=pace)
    assert report.faults == ()
    events = store.events.between(FIRST, LAST)
    playing = {ask.league for ask in plan(settings, FIRST, LAST, TODAY) if ask.source == "espn"}
    paths = {key: len(league.path) for key, league in load_sources().espn.all_leagues().items()}
    sports = {"ufc", "pfl", "f1", "indycar", "nascar", "atp", "wta", "pga", "lpga"}
    expected = {key: 2 * 10 * paths[key] for key in playing - sports} | {"ahl": 1}
    assert report.leagues == expected == dict(Counter(events["league"].to_list()))
    assert events["event_id"].is_unique().all()
    assert events.filter((pl.col("home") == "") | (pl.col("away") == "")).is_empty()
    assert set(events["status"]) == {"scheduled"}


def test_the_same_again_asks_only_whether_anything_changed_and_writes_nothing(store, settings, site, pace, clock):
    filled(site)
    refresh_events(store, settings, FIRST, LAST, TODAY, pace=pace)
    assert all("if-none-match" not in one.headers for one in site.asked)
    site.asked.clear()
    clock.now += 7 * 3600
    report = refresh_events(store, settings, FIRST, LAST, TODAY, pace=pace)
    assert {one.status for one in site.asked} == {304}
    assert (report.sourced.written, report.events.written, report.rematches) == (0, 0, 0)
    assert report.faults == ()


def test_what_was_asked_a_moment_ago_is_not_asked_again(store, settings, site, pace):
    filled(site)
    refresh_events(store, settings, FIRST, LAST, TODAY, pace=pace)
    before = len(site.asked)
    again = refresh_events(store, settings, FIRST, LAST, TODAY, pace=pace)
    assert len(site.asked) == before
    assert all(run.kept == run.asks for run in again.runs)


def test_days_that_are_over_are_final(store, settings, site, pace, clock):
    past = date(2026, 11, 7)
    played = game("5", "Boston Celtics", "Miami Heat", datetime(2026, 11, 7, 23, tzinfo=UTC))
    done = {"type": {"name": "STATUS_FINAL", "state": "post", "completed": True, "shortDetail": "Final"}}
    played["competitions"][0]["status"] = done
    site.boards["football/college-football"] = [played]
    refresh_events(store, settings, past, past, TODAY, ["college-football"], pace)
    asked = len(site.asked)
    clock.now += 90 * 86400
    report = refresh_events(store, settings, past, past, TODAY + timedelta(days=90), ["college-football"], pace)
    assert store.events.between(past, past)["status"].to_list() == ["final"]
    assert [one for one in site.asked[asked:] if "/sports/" in one.path] == []
    assert report.runs[0].kept == report.runs[0].asks


def test_the_requests_are_those_of_the_plan(store, settings, site, pace):
    filled(site)
    planned = plan(settings, FIRST, LAST, TODAY)
    refresh_events(store, settings, FIRST, LAST, TODAY, pace=pace)
    assert len(site.asked) == len(planned)
    calls = Counter(ask.league for ask in planned if ask.source == "espn")
    assert calls["eng.1"] == calls["nfl"] == 1  # one month
    assert calls["ufc"] == 1
    assert calls["college-football"] == 11 * 2  # the days and the one before, two groups


def test_games_after_midnight_utc_are_found_under_the_american_day_before(store, settings, site, pace):
    late = datetime(2026, 11, 21, 3, 30, tzinfo=UTC)  # 22:30 on the 20th in New York
    site.boards["hockey/nhl"] = [game("5", "Vancouver Canucks", "Calgary Flames", late)]
    site.boards["football/college-football"] = [game("6", "Hawai'i Rainbow Warriors", "UNLV Rebels", late)]
    refresh_events(store, settings, TODAY, TODAY, TODAY, ["nhl", "college-football"], pace)
    assert sorted(store.events.between(TODAY, TODAY)["event_id"]) == ["espn-5", "espn-6"]


def test_college_games_of_every_group_are_asked_for_and_one_of_two_groups_is_one(store, settings, site, pace):
    start = datetime(2026, 11, 21, 18, tzinfo=UTC)
    upper, lower, both = (game(str(n), f"School {n}", f"College {n}", start) for n in (1, 2, 3))
    site.boards["football/college-football"] = [upper | {"_group": 90}, lower | {"_group": 35}, both]
    refresh_events(store, settings, TODAY, TODAY, TODAY, ["college-football"], pace)
    assert sorted(store.events.between(TODAY, TODAY)["event_id"]) == ["espn-1", "espn-2", "espn-3"]


def test_a_range_the_service_refuses_is_asked_for_by_day(store, settings, site, pace):
    site.refuse_ranges = True
    start = datetime(2026, 11, 22, 3, tzinfo=UTC)
    card = {
        "id": "9",
        "name": "UFC 999: One vs. Two",
        "date": "2026-11-22T03:00Z",
        "competitions": [
            {
                "id": "91",
                "date": "2026-11-22T03:00Z",
                "status": {"type": {"state": "pre", "name": "STATUS_SCHEDULED"}},
                "competitors": [
                    {"order": n, "athlete": {"displayName": name}} for n, name in ((1, "A One"), (2, "B Two"))
                ],
            }
        ],
    }
    site.boards["mma/ufc"] = [card]
    report = refresh_events(store, settings, FIRST, LAST, TODAY, ["ufc"], pace)
    assert report.faults == ()
    assert store.events.between(FIRST, LAST).select("event_id", "name", "home", "starts_at").rows() == [
        ("espn-9", "UFC 999: One vs. Two", "A One", start)
    ]


def test_a_league_the_service_refuses_altogether_is_not_asked_for_day_by_day(store, settings, site, pace):
    site.faults["soccer/eng.1"] = Fault(status=400)
    report = refresh_events(store, settings, FIRST, LAST, TODAY, ["eng.1"], pace)
    assert [fault.kind for fault in report.faults] == ["refused"]
    assert site.counts()["soccer/eng.1"] == 2


def test_a_month_of_just_as_many_events_as_a_cut_answer_keeps_them(store, settings, site, pace):
    site.boards["soccer/eng.1"] = season_of_games("ENG", FIRST, 5, 5)
    answer = site.answer

    def months_only(path, query):
        return answer(path, query) if len(query["dates"]) == 6 else (200, {"events": []})

    site.answer = months_only
    report = refresh_events(store, settings, FIRST, LAST, TODAY, ["eng.1"], pace)
    assert (report.faults, report.leagues) == ((), {"eng.1": 25})


def test_an_answer_cut_down_to_a_few_events_is_asked_for_in_parts(store, settings, site, pace, monkeypatch):
    site.boards["hockey/nhl"] = season_of_games("NHL", FIRST, 10, 60)
    report = refresh_events(store, settings, FIRST, LAST, TODAY, ["nhl"], pace)
    assert store.events.between(FIRST, LAST).height == 600  # a month holds more than the 500 of one answer
    assert report.faults == ()


def test_an_event_of_both_sources_is_one(store, settings, site, pace):
    start = datetime(2026, 11, 21, 20, tzinfo=UTC)
    site.boards["football/college-football"] = [game("6", "Troy Trojans", "Old Dominion Monarchs", start)]
    site.leagues["4479"] = [tsdb_event("60", "Troy", "Old Dominion", start, "4479")]
    refresh_events(store, settings, TODAY, TODAY, TODAY, ["college-football"], pace)
    event = store.events.between(TODAY, TODAY)
    assert event.select("event_id", "home", "league").rows() == [("espn-6", "Troy Trojans", "college-football")]


def test_a_key_of_ones_own_stays_in_its_header(store, settings, site, pace):
    report = refresh_events(store, settings, TODAY, TODAY, TODAY, ["ahl"], pace)
    seasons = [one for one in site.asked if "/schedule/" in one.path]
    assert [one.headers["x-api-key"] for one in seasons] == ["own-key-s3cret"]
    assert "own-key-s3cret" not in f"{report} {settings} {plan(settings, TODAY, TODAY, TODAY)}"
    assert all("own-key-s3cret" not in one.path for one in site.asked)


def test_without_a_key_days_are_asked_for_the_nearest_first(settings):
    free = settings.model_copy(
        update={"sources": settings.sources.model_copy(update={"thesportsdb_key": None, "names": ("thesportsdb",)})}
    )
    asks = plan(free, FIRST, LAST, TODAY, ["ahl", "fe"])
    assert [ask.first for ask in asks[:4]] == [TODAY, TODAY, FIRST, FIRST]
    assert max(ask.first for ask in asks) == TODAY + timedelta(days=2)  # what guides show
    past = plan(free, date(2026, 10, 1), date(2026, 10, 31), TODAY, ["ahl"])
    assert len(past) == 31


def test_every_request_says_who_asks(store, settings, site, pace):
    named = settings.model_copy(update={"sources": settings.sources.model_copy(update={"contact": "tv@example.org"})})
    refresh_events(store, named, TODAY, TODAY, TODAY, ["nhl", "ahl"], pace)
    assert all(one.headers["user-agent"].startswith("epg-pipeline/") for one in site.asked)
    assert all("tv@example.org" in one.headers["user-agent"] for one in site.asked)


def test_an_events_file_fills_in(store, settings, site, pace, tmp_path):
    start = datetime(2026, 11, 21, 23, tzinfo=UTC)
    site.boards["basketball/nba"] = [game("5", "Boston Celtics", "Miami Heat", start)]
    lines = [
        {
            "event_id": "own-1",
            "league": "nba",
            "home": "Boston Celtics",
            "away": "Miami Heat",
            "start_utc": "2026-11-21T23:00Z",
        },
        {"event_id": "own-2", "league": "cebl", "home": "Ottawa", "away": "Calgary", "start_utc": "2026-11-21T23:00Z"},
        {
            "event_id": "own-3",
            "league": "nba",
            "home": "Utah Jazz",
            "away": "Miami Heat",
            "start_utc": "2027-11-21T23:00Z",
        },
    ]
    (tmp_path / "own.jsonl").write_text("\n".join(map(json.dumps, lines)))
    sources = settings.sources.model_copy(update={"names": ("file", "espn")})
    mine = settings.model_copy(update={"events_file": tmp_path / "own.jsonl", "sources": sources})
    refresh_events(store, mine, TODAY, TODAY, TODAY, ["nba", "cebl"], pace)
    assert sorted(store.events.between(TODAY, TODAY)["event_id"]) == ["espn-5", "own-2"]
    assert store.events.between(date(2027, 11, 21), date(2027, 11, 21)).is_empty()


@pytest.mark.parametrize(
    ("days", "spans"),
    [
        ([1, 2, 3], [(1, 3)]),
        ([5, 1, 2], [(1, 2), (5, 5)]),
        (range(40), [(0, 30), (31, 39)]),
        ([], []),
    ],
)
def test_days_in_a_row_are_one_refresh_of_a_month_at_most(store, settings, site, days, spans):
    none = settings.model_copy(update={"sources": settings.sources.model_copy(update={"names": ("file",)})})
    begin = date(2026, 1, 1)
    reports = refresh_days(store, none, [begin + timedelta(days=day) for day in days], TODAY)
    assert [((one.first - begin).days, (one.last - begin).days) for one in reports] == spans


def test_a_range_from_today_reaches_as_far_as_the_usual_one(store, settings, site):
    none = settings.model_copy(update={"sources": settings.sources.model_copy(update={"names": ("file",)})})
    days = [FIRST, TODAY, TODAY + timedelta(days=1)]
    assert [(one.first, one.last) for one in refresh_days(store, none, days, TODAY)] == [(FIRST, LAST)]
    assert [one.last for one in refresh_days(store, none, [TODAY], TODAY)] == [TODAY]


def test_no_source_means_no_request(store, settings, site, pace):
    none = settings.model_copy(update={"sources": settings.sources.model_copy(update={"names": ("file",)})})
    report = refresh_events(store, none, FIRST, LAST, TODAY, pace=pace)
    assert (report.runs, site.asked) == ((), [])
