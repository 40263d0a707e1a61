"""The sources' lists of teams against the record."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from source_site import Fault, game, source_site, team, tsdb_event, with_sources

from epg_pipeline.adapters.web.source_client import Pace
from epg_pipeline.flows.events import refresh_events
from epg_pipeline.flows.teams import sync_teams

TODAY = date(2026, 11, 21)
NAMES = ("Boston Celtics", "Miami Heat", "Utah Jazz", "Chicago Bulls")


@pytest.fixture
def site():
    with source_site() as running:
        running.teams["basketball/nba"] = [team(name) for name in NAMES]
        running.teams["4387"] = [
            {
                "idTeam": "1",
                "strTeam": "Boston Celtics",
                "strTeamShort": "BOS",
                "strBadge": "b.png",
                "strColour1": "#00FF00",
            },
            {"idTeam": "2", "strTeam": "Miami", "strTeamShort": "MIA", "strBadge": None},
        ]
        yield running


@pytest.fixture
def settings(settings, site):
    return with_sources(settings, site)


@pytest.fixture
def sync(store, settings):
    """A sync of one league; each is two days after the one before, when no answer is fresh any more."""
    days = iter(range(100))

    def sync(leagues=("nba",)):
        now = 1e9 + 2 * 86400 * next(days)
        return sync_teams(store, settings, TODAY, leagues, Pace(timeout=60, attempts=1, clock=lambda: now))

    return sync


def on_record(store):
    with store.connections.transaction() as connection:
        rows = connection.execute(
            "SELECT s.source, s.ref, t.name, s.record_status, t.id FROM team_sources AS s "
            "JOIN teams AS t ON t.id = s.team_id"
        ).fetchall()
    return {(source, ref): (name, status, identity) for source, ref, name, status, identity in rows}


def ref(name):
    return team(name)["id"]


def test_teams_of_both_sources_are_one_each(store, sync):
    report = sync()
    assert (report.teams, report.new.height, report.renamed.height, report.vanished.height) == (6, 6, 0, 0)
    kept = on_record(store)
    assert kept["thesportsdb", "1"][2] == kept["espn", ref("Boston Celtics")][2]
    assert kept["thesportsdb", "2"][0] == "Miami Heat"
    with store.connections.transaction() as connection:
        details = "SELECT location, nickname, color, abbreviation FROM teams WHERE name = 'Miami Heat'"
        assert connection.execute(details).fetchone() == ("Miami", "Heat", "112233", "MIA")


def test_the_same_lists_again_change_nothing(sync):
    sync()
    again = sync()
    assert (again.new.height, again.renamed.height, again.vanished.height) == (0, 0, 0)


def test_a_renamed_team_keeps_its_id_and_is_reported(store, site, sync):
    sync()
    before = on_record(store)["espn", ref("Utah Jazz")]
    site.teams["basketball/nba"][2] |= {"displayName": "Utah Mammoth"}
    report = sync()
    assert report.renamed.select("was", "name").rows() == [("Utah Jazz", "Utah Mammoth")]
    assert (report.new.height, report.vanished.height) == (0, 0)
    assert on_record(store)["espn", ref("Utah Jazz")] == ("Utah Mammoth", "active", before[2])


def test_a_second_source_s_new_name_does_not_rename_the_team(store, site, sync):
    sync()
    site.teams["4387"][1]["strTeam"] = "Miami Vice"
    report = sync()
    assert report.renamed.select("source", "was", "name").rows() == [("thesportsdb", "Miami", "Miami Vice")]
    assert on_record(store)["thesportsdb", "2"][0] == "Miami Heat"


def test_a_vanished_team_is_reported_and_stays_a_team(store, site, sync):
    sync()
    site.teams["basketball/nba"].pop()
    report = sync()
    assert report.vanished["name"].to_list() == ["Chicago Bulls"]
    assert on_record(store)["espn", ref("Chicago Bulls")][:2] == ("Chicago Bulls", "removed")
    assert sync().vanished.is_empty()
    site.teams["basketball/nba"].append(team("Chicago Bulls"))
    assert sync().new["name"].to_list() == ["Chicago Bulls"]


def test_a_list_that_lacks_most_teams_is_not_believed(store, site, sync):
    sync()
    site.teams["basketball/nba"] = [team("Boston Celtics")]
    report = sync()
    assert [fault.kind for fault in report.faults] == ["short"]
    assert report.vanished.is_empty()
    assert on_record(store)["espn", ref("Utah Jazz")][1] == "active"


@pytest.mark.parametrize("fault", [Fault(status=404), Fault(body=b"<html>"), Fault(change=lambda d: {"sports": []})])
def test_a_list_that_cannot_be_had_changes_nothing(store, site, sync, fault):
    sync()
    before = on_record(store)
    site.faults["basketball/nba"] = fault
    report = sync()
    assert [fault.league for fault in report.faults] == ["nba"]
    assert on_record(store) == before


def test_teams_of_events_and_of_lists_are_the_same(store, site, settings, sync):
    start = datetime(2026, 11, 21, 20, tzinfo=UTC)
    site.boards["basketball/nba"] = [game("5", "Boston Celtics", "Miami Heat", start)]
    site.leagues["4387"] = [tsdb_event("9", "Boston Celtics", "Miami", start, "4387", idHomeTeam="1", idAwayTeam="2")]
    refresh_events(store, settings, TODAY, TODAY, TODAY, ["nba"], Pace(timeout=60, attempts=1))
    before = on_record(store)
    report = sync()
    assert sorted(report.new["name"]) == ["Chicago Bulls", "Utah Jazz"]
    assert {key: on_record(store)[key] for key in before} == before
    assert store.events.between(TODAY, TODAY)["event_id"].to_list() == ["espn-5"]
