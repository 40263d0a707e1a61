"""What an operator sets by hand stands above what was decided, and touches nothing else."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from guide_frames import evidence
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import NEW_YORK, SATURDAY, day_after, decisions_of, event, utc

from epg_pipeline.config.sports import load_sports
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import DECISIONS
from epg_pipeline.domain.guide.channels import channels_of
from epg_pipeline.domain.guide.schedule import schedule
from epg_pipeline.domain.matching.overrides import OVERRIDES, overridden, pattern_fault

GAME = event("nba", "Miami Heat", "San Antonio Spurs", "2025-11-16 00:30")
NAMES = (
    "NBA 01 : Spurs at Heat @ 07:30 PM ET",
    "NBA 02 : Knicks at Celtics @ 08:00 PM ET",
    "NBA 03 :",
    "ESPN+ 20 : Classic Games Show @ 09:00 AM ET",
    "USA | CNN HD",
)


def decisions() -> pl.DataFrame:
    return decisions_of(NAMES, GAME)


def overrides(*rows: dict[str, object]) -> pl.DataFrame:
    """OVERRIDES numbered from 1; one with an event has that of GAME unless it says otherwise."""
    game = {name: GAME[name] for name in ("league", "sport", "home", "away", "venue", "home_logo", "away_logo")}
    of_the_event = {**game, "event_name": "", "starts_at": GAME["starts_at"]}
    empty = {**dict.fromkeys(OVERRIDES), "note": ""}
    full = [
        {**empty, "id": number, **(of_the_event if row.get("event_id") else {}), **row}
        for number, row in enumerate(rows, 1)
    ]
    return pl.DataFrame(full, schema=OVERRIDES)


def by_slot(frame: pl.DataFrame) -> dict[str, dict[str, object]]:
    return {row["slot"]: row for row in frame.iter_rows(named=True)}


def test_a_pinned_slot_is_about_the_event_whatever_its_name_says():
    rows = by_slot(overridden(decisions(), overrides({"slot": "NBA 03", "event_id": GAME["event_id"]}), [SATURDAY]))
    pinned = rows["NBA 03"]
    assert (pinned["match_status"], pinned["confidence"], pinned["event_id"]) == ("manual", 1.0, GAME["event_id"])
    assert (pinned["home"], pinned["away"], pinned["league"]) == ("Miami Heat", "San Antonio Spurs", "nba")
    assert (pinned["starts_at"], pinned["kind"]) == (utc("2025-11-16 00:30"), "event")
    assert pinned["evidence"] == evidence(override=1, override_effect="pinned", override_event=GAME["event_id"])


def test_what_is_never_an_event_is_an_idle_slot():
    made = overridden(decisions(), overrides({"name_pattern": "classic GAMES"}), [SATURDAY])
    row = by_slot(made)["ESPN+ 20"]
    assert (row["match_status"], row["kind"], row["event_id"], row["starts_at"]) == (
        "manual",
        "placeholder",
        None,
        None,
    )
    assert row["evidence"] == evidence(override=1, override_effect="never")


def test_a_match_that_is_never_an_event_loses_all_of_the_event():
    assert by_slot(decisions())["NBA 01"]["match_status"] == "matched"
    row = by_slot(overridden(decisions(), overrides({"slot": "NBA 01"}), [SATURDAY]))["NBA 01"]
    assert [row[name] for name in ("event_id", "home", "away", "league", "venue")] == [None] * 5


def test_an_override_of_another_day_does_nothing():
    other = overrides({"slot": "NBA 03", "event_id": GAME["event_id"], "day": day_after(SATURDAY)})
    assert overridden(decisions(), other, [SATURDAY]).equals(decisions())
    assert not overridden(decisions(), other, [SATURDAY, day_after(SATURDAY)]).equals(decisions())


def test_the_newest_override_that_fits_counts():
    made = overridden(
        decisions(), overrides({"slot": "NBA 01"}, {"name_pattern": "spurs", "event_id": GAME["event_id"]}), [SATURDAY]
    )
    assert by_slot(made)["NBA 01"]["evidence"]["override"] == 2


def test_a_pin_to_an_event_that_left_the_record_keeps_the_decision_and_says_so():
    gone = overrides({"slot": "NBA 01", "event_id": "gone", "starts_at": None, "league": None})
    row, before = by_slot(overridden(decisions(), gone, [SATURDAY]))["NBA 01"], by_slot(decisions())["NBA 01"]
    assert row["event_id"] == before["event_id"]
    assert row["evidence"] == before["evidence"] | {"override": 1, "override_effect": "gone", "override_event": "gone"}


def test_a_pin_to_an_event_without_an_hour_starts_when_the_name_says():
    unset = overrides({"slot": "NBA 02", "event_id": GAME["event_id"], "starts_at": None})
    row = by_slot(overridden(decisions(), unset, [SATURDAY]))["NBA 02"]
    assert (row["match_status"], row["starts_at"]) == ("manual", utc("2025-11-16 01:00"))


def test_only_event_slots_are_overridden():
    assert overridden(decisions(), overrides({"name_pattern": "CNN"}), [SATURDAY]).equals(decisions())


def test_a_pattern_that_no_longer_compiles_fits_nothing():
    assert overridden(decisions(), overrides({"name_pattern": "("}), [SATURDAY]).equals(decisions())


def test_the_guide_of_a_pinned_idle_slot_shows_the_event():
    made = overridden(decisions(), overrides({"slot": "NBA 03", "event_id": GAME["event_id"]}), [SATURDAY])
    slots = made.filter("is_slot").with_columns(
        **{name: pl.lit("") for name in ("tvg_id", "tvg_name", "logo", "group_title", "options", "url", "payload")}
    )
    channels = channels_of(slots, "club")
    guide = schedule(made, channels, ProviderDay(SATURDAY, NEW_YORK), load_sports())
    live = guide.filter(pl.col("channel_id") == "NBA-03.club", pl.col("block") == "live").to_dicts()
    assert [(row["title"], row["starts_at"], row["match_status"]) for row in live] == [
        ("San Antonio Spurs at Miami Heat", utc("2025-11-16 00:30"), "manual")
    ]


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("big fight", ""),
        (r"\p{L}+ vs", ""),  # what the engine that runs it knows is allowed
        ("(", "missing ), unterminated subpattern at 0"),
        ("(?=a)b", "look-around"),
        ("x*", "it fits every name"),
    ],
)
def test_a_pattern_is_checked_by_the_engine_that_runs_it(pattern, fault):
    found = pattern_fault(pattern)
    assert fault in found
    assert bool(found) == bool(fault)


WORDS = st.sampled_from(
    ["NBA 01", "nba 02", "NBA 03", "ESPN+ 20", "spurs", "a|b", "NBA", "(", "at .*s", "show$", "xyz"]
)
DAYS = st.sampled_from([None, SATURDAY, date(2030, 1, 1)])


@st.composite
def any_overrides(draw):
    rows = []
    for _ in range(draw(st.integers(0, 4))):
        key = draw(st.sampled_from(["slot", "name_pattern"]))
        event_id = draw(st.sampled_from([None, GAME["event_id"]]))
        rows.append({key: draw(WORDS), "event_id": event_id, "day": draw(DAYS)})
    return overrides(*rows)


@settings(max_examples=60)
@given(any_overrides())
def test_overrides_never_change_other_rows_nor_their_order(given_overrides):
    before = DECIDED
    after = overridden(before, given_overrides, [SATURDAY])
    assert after.schema == DECISIONS
    assert after["position"].to_list() == before["position"].to_list()
    is_set = after["evidence"].struct.field("override").is_not_null()
    assert after.filter(~is_set).equals(before.filter(~is_set))
    assert after.select("name", "slot", "rules").equals(before.select("name", "slot", "rules"))
    again = overridden(after, given_overrides, [SATURDAY])
    assert again.equals(after)


DECIDED = decisions()
