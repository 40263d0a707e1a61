"""What found no event is explained by its cause, with the nearest events."""

from __future__ import annotations

import polars as pl
import pytest
from reading import NEW_YORK, SATURDAY, decisions_of, event, events_of, facts

from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import EVENTS, empty
from epg_pipeline.domain.matching.diagnosis import ADVICE, DIAGNOSES, diagnosed

EVENTS_OF_THE_DAY = (
    event("nba", "Miami Heat", "San Antonio Spurs", "2025-11-16 00:30"),
    event("nba", "Boston Celtics", "Utah Jazz", "2025-11-16 01:00"),
    event("mlb", "Chicago Cubs", "Milwaukee Brewers", "2025-11-15 18:00", event_id="first"),
    event("mlb", "Chicago Cubs", "Milwaukee Brewers", "2025-11-16 00:00", event_id="second"),
)
NAMES = {
    "NBA 01 : Spurs at Heat @ 07:30 PM ET": None,
    "NBA 02 : Miami Heat at Zanzibar Dhows @ 07:30 PM ET": "one side unknown",
    "NBA 03 : Timbuktu Camels at Zanzibar Dhows @ 07:30 PM ET": "both sides unknown",
    "NBA 04 : Miami Heat at Utah Jazz @ 07:30 PM ET": "no such fixture",
    "NHL 05 : Bruins at Rangers @ 07:30 PM ET": "league not on record",
    "MLB 06 : Brewers at Cubs": "ambiguous",
    "ESPN+ 20 : The Pat McAfee Show @ 12:00 PM ET": "no opponents",
    "NBA 07 : Press Conference: Spurs at Heat @ 10:00 PM ET": "not the event",
    "NBA 08 :": None,
    "USA | CNN HD": None,
}


@pytest.fixture(scope="module")
def diagnoses() -> dict[str, dict]:
    decisions = decisions_of(list(NAMES), *EVENTS_OF_THE_DAY)
    day = ProviderDay(SATURDAY, NEW_YORK)
    found = diagnosed(decisions, events_of(*EVENTS_OF_THE_DAY), day, facts())
    assert found.schema == DIAGNOSES
    return {row["name"]: row for row in found.iter_rows(named=True)}


@pytest.mark.parametrize(("name", "cause"), NAMES.items())
def test_each_failure_has_its_cause_and_the_rest_none(diagnoses, name, cause):
    assert (diagnoses[name]["cause"] if name in diagnoses else None) == cause


def test_unknown_sides_are_named_with_the_teams_like_them(diagnoses):
    row = diagnoses["NBA 02 : Miami Heat at Zanzibar Dhows @ 07:30 PM ET"]
    assert row["unknown"] == ["Zanzibar Dhows"]
    assert row["nearest"] == ["Miami Heat v San Antonio Spurs"]


def test_a_misspelt_team_is_reported_with_the_team_it_is_like():
    name = "NBA 02 : Miami Heat at Santonio Sprs @ 07:30 PM ET"
    rows = diagnosed(
        decisions_of([name], *EVENTS_OF_THE_DAY), events_of(*EVENTS_OF_THE_DAY), ProviderDay(SATURDAY), facts()
    )
    assert "San Antonio Spurs" in rows["similar"].item().to_list()


def test_teams_of_another_sport_are_not_like_an_unknown_side():
    name = "NHL 02 : Boston Bruins at Stoke Citi @ 07:30 PM ET"
    hockey = event("nhl", "Boston Bruins", "Utah Mammoth", "2025-11-16 00:30")
    rows = diagnosed(decisions_of([name], hockey), events_of(hockey), ProviderDay(SATURDAY), facts())
    assert rows["unknown"].item().to_list() == ["Stoke Citi"]
    assert "Stoke City" not in rows["similar"].item().to_list()


def test_an_ambiguous_name_has_both_events(diagnoses):
    assert sorted(diagnoses["MLB 06 : Brewers at Cubs"]["nearest"]) == ["first", "second"]


def test_without_events_every_failure_still_has_a_cause():
    decisions = decisions_of(list(NAMES))
    rows = diagnosed(decisions, empty(EVENTS), ProviderDay(SATURDAY, NEW_YORK), facts())
    assert set(rows["cause"]) <= set(ADVICE)
    assert rows.height == decisions.filter("is_slot", pl.col("kind").is_in(["event", "show"])).height


def test_every_cause_is_reported_with_what_to_do():
    assert all(advice.meaning and advice.remedy for advice in ADVICE.values())
