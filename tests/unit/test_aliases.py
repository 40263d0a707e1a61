"""Aliases reach matching, and are learned only from what is certain."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from guide_frames import evidence
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import SATURDAY, event, events_of, facts, readings_of

from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.matching.aliases import (
    ALIASES,
    MATCHES,
    TEAMS,
    facts_with_aliases,
    learned_aliases,
    teams_called,
    the_bundled,
)
from epg_pipeline.domain.matching.decide import decide

ODD = "NBA 01 : Alamo Cowhands at Miami Heat @ 07:30 PM ET"
GAME = event("nba", "Miami Heat", "San Antonio Spurs", "2025-11-16 00:30")


def aliases(*rows: tuple[str, str, str, str, str]) -> pl.DataFrame:
    """ALIASES of (league, sport, team, alias, kind); a kind "-catalogue" is one removed by hand."""
    full = [(*row[:4], row[4].lstrip("-"), "removed" if row[4].startswith("-") else "active") for row in rows]
    return pl.DataFrame(full, schema=ALIASES, orient="row")


def found(name: str, known, *events) -> str | None:
    day = ProviderDay(SATURDAY, "America/New_York")
    return decide(readings_of([name]), events_of(*events), day, known)["event_id"].item()


@pytest.mark.parametrize("kind", ["manual", "learned", "source"])
def test_an_alias_on_record_finds_the_event(kind):
    known = facts_with_aliases(facts(), aliases(("nba", "basketball", "San Antonio Spurs", "Alamo Cowhands", kind)))
    assert found(ODD, facts(), GAME) is None
    assert found(ODD, known, GAME) == GAME["event_id"]


def test_learned_aliases_weigh_less_than_those_by_hand():
    texts = {}
    for kind in ("manual", "learned"):
        given_aliases = aliases(("nba", "basketball", "San Antonio Spurs", "Alamo Cowhands", kind))
        row = facts_with_aliases(facts(), given_aliases).teams.filter(
            pl.col("league") == "nba", pl.col("name") == "San Antonio Spurs"
        )
        texts[kind] = ["Alamo Cowhands" in row[column].item() for column in ("aliases", "further_aliases")]
    assert texts == {"manual": [True, False], "learned": [False, True]}


def test_a_team_that_the_catalogue_lacks_gets_its_alias_too():
    club = event("nba", "Gotham Rogues", "Miami Heat", "2025-11-16 00:30")
    known = facts_with_aliases(facts(), aliases(("nba", "basketball", "Gotham Rogues", "Alamo Cowhands", "manual")))
    assert known.teams.height == facts().teams.height + 1
    assert found(ODD, known, club) == club["event_id"]


def test_an_alias_holds_for_the_same_club_in_a_cup():
    cup = event("uefa.champions", "Liverpool", "Real Madrid", "2025-11-15 20:00")
    known = facts_with_aliases(facts(), aliases(("eng.1", "soccer", "Liverpool", "Mersey Liver Birds", "manual")))
    assert found("UCL 01 : Mersey Liver Birds vs Real Madrid @ 03:00 PM ET", known, cup) == cup["event_id"]


def test_a_catalogue_alias_removed_by_hand_is_no_longer_one():
    team = facts().teams.filter(pl.col("aliases") != "").row(0, named=True)
    alias = team["aliases"].split(";")[0]
    gone = aliases((team["league"], team["sport"], team["name"], alias, "-catalogue"))
    row = facts_with_aliases(facts(), gone).teams.filter(
        pl.col("league") == team["league"], pl.col("name") == team["name"]
    )
    assert alias in team["aliases"].split(";")
    assert alias not in row["aliases"].item().split(";")


def test_without_aliases_the_facts_are_the_same():
    assert facts_with_aliases(facts(), aliases()) is facts()


def test_aliases_change_no_other_team():
    given_aliases = aliases(("nba", "basketball", "San Antonio Spurs", "Alamo Cowhands", "manual"))
    changed = facts_with_aliases(facts(), given_aliases).teams
    spurs = (pl.col("league") == "nba") & (pl.col("name") == "San Antonio Spurs")
    kept = [column for column in changed.columns if column != "aliases"]
    assert changed.filter(~spurs).select(kept).equals(facts().teams.filter(~spurs).select(kept))
    said = [
        frame.filter(~spurs)["aliases"].str.split(";").list.eval(pl.element().filter(pl.element() != "")).list.len()
        for frame in (changed, facts().teams)
    ]
    assert (said[0] <= said[1]).all()  # spellings that fold to one count once


# Learning


SURE = evidence(verdict="taken", score=112.0, pair=93.0, minutes=5, time_points=9.7)
WEAK = SURE | {"pair": 75.0}
LATE = SURE | {"minutes": 300, "time_points": -5.2}
NO_CLOCK = SURE | {"minutes": None, "time_points": 8.0}


def matches(*rows: dict[str, object]) -> pl.DataFrame:
    """MATCHES: by default "Alamo Cowhands" at the Heat, on channel 1, sure by pair and clock."""
    plain = {
        "channel": 1,
        "day": SATURDAY,
        "match_status": "matched",
        "evidence": SURE,
        "first": "Alamo Cowhands",
        "second": "Miami Heat",
        "event_id": "a",
        "league": "nba",
        "sport": "basketball",
        "home": "Miami Heat",
        "away": "San Antonio Spurs",
        **dict.fromkeys(("home_short", "away_short", "home_abbr", "away_abbr"), ""),
    }
    return pl.DataFrame([plain | row for row in rows], schema=MATCHES)


def on(day: int, **more: object) -> dict[str, object]:
    """A match so many days later, of that day's event."""
    return {"day": SATURDAY + timedelta(days=day), "event_id": f"event {day}", **more}


THREE = (on(0), on(1), on(2))


def learned(*rows: dict[str, object]) -> list[tuple[str, str]]:
    return learned_aliases(matches(*rows), facts()).select("team", "alias").rows()


def test_three_certain_matches_teach_an_alias():
    found = learned_aliases(matches(*THREE), facts())
    assert found.rows() == [("nba", "San Antonio Spurs", "Alamo Cowhands", 3, 3)]


def test_three_slots_with_two_events_teach_it_as_well():
    assert learned(on(0), on(0, channel=2), on(1)) == [("San Antonio Spurs", "Alamo Cowhands")]


@pytest.mark.parametrize(
    ("why", "rows"),
    [
        ("two sightings are not enough", THREE[:2]),
        ("one event on three slots may be wrong thrice", (on(0), on(0, channel=2), on(0, channel=3))),
        ("the sides were not sure", [{**row, "evidence": WEAK} for row in THREE]),
        ("the clock did not agree", [{**row, "evidence": LATE} for row in THREE]),
        ("without a clock", [{**row, "evidence": NO_CLOCK} for row in THREE]),
        ("the other side was not named in full", [{**row, "second": "Heatt"} for row in THREE]),
        ("it is a form of the team already", [{**row, "first": "Spurs"} for row in THREE]),
        ("another team of the sport is called so", [{**row, "first": "Lakers"} for row in THREE]),
        ("it is another side of the club", [{**row, "first": "Alamo Cowhands U21"} for row in THREE]),
        ("it is too short", [{**row, "first": "SAX"} for row in THREE]),
        ("it names both", [{**row, "first": "San Antonio Spurs"} for row in THREE]),
        (
            "it was another team's name as well",
            (*THREE, on(3, away="Utah Jazz"), on(4, away="Utah Jazz"), on(5, away="Utah Jazz")),
        ),
    ],
)
def test_nothing_is_learned_where(why, rows):
    assert learned(*rows) == [], why


def test_what_an_operator_pinned_teaches_without_a_score():
    pinned = [{**row, "match_status": "manual", "evidence": evidence(override=1)} for row in THREE]
    assert learned(*pinned) == [("San Antonio Spurs", "Alamo Cowhands")]


def test_what_was_learned_finds_the_event_where_the_name_alone_would_not():
    rows = learned_aliases(matches(*THREE), facts()).with_columns(
        sport=pl.lit("basketball"), kind=pl.lit("learned"), record_status=pl.lit("active")
    )
    known = facts_with_aliases(facts(), rows.select(ALIASES.names()))
    assert found(ODD, known, GAME) == GAME["event_id"]


SOME_TEXT = st.text(max_size=30) | st.sampled_from(
    ["Spurs", "a;b", ";", "(", "Miami", "U21", "\\", "São Paulo II", "x" * 90]
)


@settings(max_examples=5)
@given(
    st.lists(
        st.tuples(SOME_TEXT, SOME_TEXT, st.sampled_from(["manual", "learned", "source", "-catalogue"])), max_size=6
    )
)
def test_any_alias_of_any_team_can_be_on_record(rows):
    given_aliases = aliases(*(("nba", "basketball", team, alias, kind) for team, alias, kind in rows))
    known = facts_with_aliases(facts(), given_aliases)
    assert known.teams.columns == facts().teams.columns
    assert known.teams.height >= facts().teams.height
    assert known.teams["name"].head(facts().teams.height).equals(facts().teams["name"])
    assert found("NBA 01 : Spurs at Heat @ 07:30 PM ET", known, GAME) is not None


@settings(max_examples=8)
@given(SOME_TEXT, SOME_TEXT)
def test_what_is_learned_is_printed_and_new(first, second):
    rows = learned_aliases(matches(*({**row, "first": first, "second": second} for row in THREE)), facts())
    printed = {" ".join(first.split()), " ".join(second.split()), first, second}
    assert set(rows["alias"]) <= printed
    assert rows.height <= 1


# Finding a team

KNOWN = pl.DataFrame(
    [
        (1, "eng.1", "soccer", "Arsenal", ["Arsenal", "The Gunners"], True),
        (2, "uefa.champions", "soccer", "Arsenal", ["Arsenal"], False),
        (3, "ncaa", "", "Miami Hurricanes", ["Miami"], True),
        (4, "usa.1", "soccer", "Inter Miami CF", ["Miami"], True),
        (5, "ger.1", "soccer", "Bayern München", [], True),
    ],
    schema=TEAMS,
    orient="row",
)


@pytest.mark.parametrize(
    ("text", "league", "ids"),
    [
        ("arsenal", None, [1, 2]),
        ("the gunners", None, [1]),
        ("Miami", None, [3, 4]),
        ("Miami", "usa.1", [4]),
        ("bayern munchen", None, [5]),  # accents aside
        ("nobody", None, []),
    ],
)
def test_a_team_is_found_by_all_it_is_called(text, league, ids):
    assert teams_called(KNOWN, text, league)["team_id"].to_list() == ids


def test_of_one_team_in_several_listings_the_catalogues_is_meant():
    assert the_bundled(teams_called(KNOWN, "Arsenal"))["team_id"].to_list() == [1]
