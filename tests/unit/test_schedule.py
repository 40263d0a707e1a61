"""What a slot shows from midnight to midnight, and several days as one guide."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from guide_frames import BLANK, TROY, channels_for, decisions_of

from epg_pipeline.config.sports import load_sports
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import PROGRAMMES
from epg_pipeline.domain.guide.schedule import IDLE_TITLE, schedule, stitch

NEW_YORK = ProviderDay(date(2025, 10, 8), "America/New_York")
SLOT = "NCAAF 03"


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2025, 10, day, hour, minute, tzinfo=UTC)


def day_of(*rows: dict, day: ProviderDay = NEW_YORK) -> pl.DataFrame:
    return schedule(decisions_of(*({"slot": SLOT} | row for row in rows)), channels_for(SLOT), day, load_sports())


def spans(programmes: pl.DataFrame, block: str) -> list[tuple[datetime, datetime]]:
    return programmes.filter(pl.col("block") == block).select("starts_at", "stops_at").rows()


def assert_tiles(programmes: pl.DataFrame, opens: datetime, closes: datetime) -> None:
    """Each channel from `opens` or before to `closes` or after, every block where the one before it ended."""
    for rows in programmes.partition_by("channel_id"):
        starts, stops = rows["starts_at"].to_list(), rows["stops_at"].to_list()
        assert all(start < stop for start, stop in zip(starts, stops, strict=True))
        assert starts[1:] == stops[:-1]
        assert starts[0] == opens or (starts[0] < opens and rows["block"][0] == "live")
        assert stops[-1] == closes or (stops[-1] > closes and rows["block"][-1] == "live")


def test_a_matched_event_is_announced_shown_for_its_sports_length_and_followed_up():
    programmes = day_of(TROY)  # 7:30 PM in New York
    assert spans(programmes, "live") == [(utc(8, 23, 30), utc(9, 3))]  # 210 minutes of college football
    assert spans(programmes, "pre") == [
        (utc(8, 17, 30), utc(8, 19, 30)), (utc(8, 19, 30), utc(8, 21, 30)), (utc(8, 21, 30), utc(8, 23, 30)),
    ]  # fmt: skip
    assert spans(programmes, "post") == [(utc(9, 3), utc(9, 4))]
    assert_tiles(programmes, NEW_YORK.opens, NEW_YORK.closes)
    assert programmes["title"].unique().to_list() == ["Troy at Old Dominion"]
    assert programmes["sub_title"].unique().to_list() == ["NCAA Football: Troy at Old Dominion"]
    assert set(programmes["event_starts_at"]) == {TROY["starts_at"]}


@pytest.mark.parametrize(
    ("league", "sport", "minutes"),
    [
        ("college-football", "football", 210), ("nfl", "football", 180), ("nba", "basketball", 150),
        ("nhl", "hockey", 150), ("mlb", "baseball", 180), ("esp.1", "soccer", 120), (None, "boxing", 240),
        ("unheard-of", "quidditch", 150), (None, None, 150), ("nfl", "", 180),
    ],
)  # fmt: skip
def test_a_live_block_lasts_what_its_league_or_else_its_sport_lasts(league, sport, minutes):
    start, stop = spans(day_of(TROY | {"league": league, "sport": sport}), "live")[0]
    assert stop - start == timedelta(minutes=minutes)


def test_a_providers_own_lengths_count():
    sports = load_sports().lasting({"nfl": 200, "boxing": 300})
    fight = {"slot": "Box 1", "title": "A vs B", "sport": "boxing", "starts_at": utc(8, 12)}
    decisions = decisions_of(TROY | {"league": "nfl"}, fight)
    programmes = schedule(decisions, channels_for(SLOT, "Box 1"), NEW_YORK, sports)
    lengths = [(stop - start).seconds // 60 for start, stop in spans(programmes, "live")]
    assert sorted(lengths) == [200, 300]


def test_hosts_come_first_where_the_sport_says_so():
    madrid = {
        "match_status": "matched",
        "home": "Real Madrid",
        "away": "Juventus",
        "starts_at": utc(8, 19),
        "sport": "soccer",
    }
    assert day_of(madrid)["title"][0] == "Real Madrid vs Juventus"
    assert day_of(madrid | {"sport": "hockey"})["title"][0] == "Juventus at Real Madrid"
    assert day_of(madrid | {"sport": "basketball", "league": "euroleague"})["title"][0] == "Real Madrid vs Juventus"


def test_an_event_with_a_name_of_its_own_goes_by_it():
    card = {"match_status": "matched", "event_name": "UFC 320", "home": "Ankalaev", "away": "Pereira", "sport": "mma",
            "league": "ufc", "starts_at": utc(8, 19), "title": "UFC 320 Main Card"}  # fmt: skip
    programmes = day_of(card)
    assert programmes["title"][0] == "UFC 320"
    assert programmes["sub_title"][0] == "UFC: Ankalaev vs Pereira"


def test_an_unmatched_name_has_the_same_blocks_under_its_own_title():
    name = {
        "title": "Troy at Old Dominion",
        "starts_at": utc(8, 23, 30),
        "sport": "football",
        "league": "college-football",
    }
    programmes, matched = day_of(name), day_of(TROY)
    assert programmes.select("starts_at", "stops_at", "block").equals(matched.select("starts_at", "stops_at", "block"))
    assert set(programmes["title"]) == {"Troy at Old Dominion"}
    assert set(programmes["match_status"]) == {"unmatched"}


@pytest.mark.parametrize(
    "row", [BLANK, {"kind": "event", "match_status": "unparseable", "title": "???"}, {"title": ""}]
)
def test_a_name_that_says_nothing_leaves_its_slot_idle(row):
    programmes = day_of(row)
    assert set(programmes["block"]) == {"idle"}
    assert set(programmes["title"]) == {IDLE_TITLE}
    assert programmes.height == 12
    assert_tiles(programmes, NEW_YORK.opens, NEW_YORK.closes)


def test_a_slot_nothing_was_decided_about_is_idle_too():
    programmes = schedule(decisions_of(), channels_for(SLOT, "NBA 01"), NEW_YORK, load_sports())
    assert programmes.height == 24
    assert set(programmes["match_status"]) == {"unparseable"}
    assert_tiles(programmes, NEW_YORK.opens, NEW_YORK.closes)


def test_no_channels_give_no_programmes():
    programmes = schedule(decisions_of(TROY), channels_for(), NEW_YORK, load_sports())
    assert programmes.is_empty()
    assert programmes.schema == PROGRAMMES


def test_an_event_near_midnight_is_announced_from_the_day_s_beginning():
    programmes = day_of(TROY | {"starts_at": utc(8, 9)})  # five in the morning
    assert spans(programmes, "pre") == [(utc(8, 4), utc(8, 5)), (utc(8, 5), utc(8, 7)), (utc(8, 7), utc(8, 9))]
    assert spans(programmes, "filler") == []


def test_an_event_runs_past_midnight_whole():
    programmes = day_of(TROY | {"starts_at": utc(9, 3)})  # eleven in the evening
    assert spans(programmes, "live") == [(utc(9, 3), utc(9, 6, 30))]
    assert programmes["stops_at"].max() == utc(9, 6, 30)


def test_an_event_of_last_night_still_running_is_shown_from_its_true_start():
    programmes = day_of(TROY | {"starts_at": utc(8, 2)})
    assert spans(programmes, "live") == [(utc(8, 2), utc(8, 5, 30))]
    assert spans(programmes, "post")[0][0] == utc(8, 5, 30)
    assert_tiles(programmes, NEW_YORK.opens, NEW_YORK.closes)


def test_an_event_that_ended_as_the_day_began_is_over():
    programmes = day_of(TROY | {"starts_at": utc(8, 0, 30)})  # ends at 04:00, the midnight
    assert set(programmes["block"]) == {"idle"}


def test_a_name_of_a_later_day_makes_filler_that_says_what_is_next():
    programmes = day_of(TROY | {"starts_at": utc(10, 23)})
    assert set(programmes["block"]) == {"filler"}
    assert set(programmes["title"]) == {"Troy at Old Dominion"}
    assert set(programmes["event_starts_at"]) == {utc(10, 23)}


def test_a_stale_name_is_no_event():
    programmes = day_of(TROY | {"starts_at": utc(3, 23)})
    assert set(programmes["block"]) == {"idle"}
    assert set(programmes["event_starts_at"]) == {None}
    assert set(programmes["match_status"]) == {"matched"}


def test_a_date_months_ahead_is_a_stale_name_without_its_year():
    months = {"title": "LAFC vs New York City", "starts_at": datetime(2026, 3, 2, 2, 30, tzinfo=UTC)}
    assert set(day_of(months)["block"]) == {"idle"}
    assert set(day_of(months | {"starts_at": utc(28, 2)})["title"]) == {"LAFC vs New York City"}
    assert set(day_of(months | {"starts_at": utc(30, 12)})["title"]) == {IDLE_TITLE}


def test_a_name_without_a_clock_fills_its_day_and_no_other():
    name = {"title": "Open Practice", "date": date(2025, 10, 8)}
    assert set(day_of(name)["title"]) == {"Open Practice"}
    assert set(day_of(name)["block"]) == {"filler"}
    assert set(day_of(name, day=NEW_YORK.shifted(1))["block"]) == {"idle"}


def test_a_studio_show_has_a_programme_of_its_own():
    show = {
        "kind": "show",
        "match_status": "unparseable",
        "title": "The Pat McAfee Show",
        "starts_at": utc(8, 16),
        "league": "nfl",
    }
    programmes = day_of(show)
    assert spans(programmes, "live") == [(utc(8, 16), utc(8, 17))]
    assert set(programmes["coverage"]) == {"show"}
    assert set(programmes["title"]) == {"The Pat McAfee Show"}
    assert set(programmes["match_status"]) == {"unmatched"}


@pytest.mark.parametrize(
    "race",
    [
        {"match_status": "matched", "event_name": "United States Grand Prix", "league": "f1", "title": "F1 US GP"},
        {"title": "United States Grand Prix", "league": "f1"},
    ],
)
def test_a_race_has_no_opponents_and_is_no_show(race):
    programmes = day_of(race | {"kind": "show", "starts_at": utc(8, 19)})
    assert spans(programmes, "live") == [(utc(8, 19), utc(8, 21))]
    assert set(programmes["coverage"]) == {"live"}
    assert set(programmes["title"]) == {"United States Grand Prix"}


def test_what_is_about_an_event_keeps_its_own_title_and_length():
    press = TROY | {"coverage": "press", "title": "Troy press conference"}
    programmes = day_of(press)
    assert set(programmes["title"]) == {"Troy press conference"}
    assert spans(programmes, "live") == [(utc(8, 23, 30), utc(9, 0, 15))]
    replay = day_of(TROY | {"coverage": "replay", "title": "Troy vs Old Dominion (Replay)"})
    assert spans(replay, "live") == [(utc(8, 23, 30), utc(9, 3))]


def test_the_later_of_two_events_cuts_the_earlier():
    first, second = TROY | {"starts_at": utc(8, 16)}, TROY | {"starts_at": utc(8, 18), "away": "Navy", "event_id": "b"}
    programmes = day_of(second, first)
    assert spans(programmes, "live") == [(utc(8, 16), utc(8, 18)), (utc(8, 18), utc(8, 21, 30))]
    assert_tiles(programmes, NEW_YORK.opens, NEW_YORK.closes)


def test_between_two_events_the_first_is_over_until_the_second_is_announced():
    first, second = TROY | {"starts_at": utc(8, 5)}, TROY | {"starts_at": utc(8, 20), "away": "Navy", "event_id": "b"}
    programmes = day_of(first, second)
    after = programmes.filter(pl.col("block") == "post", pl.col("starts_at") < utc(8, 20))
    assert after.select(pl.col("starts_at").min(), pl.col("stops_at").max()).row(0) == (utc(8, 8, 30), utc(8, 14))
    assert set(after["title"]) == {"Troy at Old Dominion"}
    assert len(spans(programmes, "pre")) == 4  # one of the first event's, cut by midnight, and three of the second's


def test_of_two_names_for_one_start_the_surer_counts():
    unsure = {"title": "Something", "starts_at": TROY["starts_at"], "confidence": 0.3}
    programmes = day_of(unsure, TROY)
    assert set(programmes["title"]) == {"Troy at Old Dominion"}


def test_a_start_within_a_second_of_another_is_the_same_start():
    start = utc(8, 16)
    programmes = day_of(
        {"title": "A vs B", "starts_at": start}, {"title": "C vs D", "starts_at": start.replace(microsecond=9)}
    )
    assert spans(programmes, "live") == [(start, utc(8, 18, 30))]


def test_titles_are_one_line_without_control_characters():
    programmes = day_of({"title": "A\x00 vs\n B\u2028", "starts_at": utc(8, 16)})
    assert set(programmes["title"]) == {"A vs B"}


@pytest.mark.parametrize(("on", "hours"), [(date(2025, 3, 9), 23), (date(2025, 11, 2), 25)])
def test_days_of_a_clock_change_are_tiled_whole(on, hours):
    day = ProviderDay(on, "America/New_York")
    assert day.closes - day.opens == timedelta(hours=hours)
    for row in (BLANK, TROY | {"starts_at": day.opens + timedelta(hours=3)}):
        assert_tiles(day_of(row, day=day), day.opens, day.closes)


def test_an_event_of_the_small_hours_is_announced_the_evening_before():
    programmes = day_of(TROY | {"starts_at": utc(9, 5)})  # one in the morning of the day after
    assert spans(programmes, "filler")[-1] == (utc(8, 22), utc(8, 23))
    assert spans(programmes, "pre") == [(utc(8, 23), utc(9, 1)), (utc(9, 1), utc(9, 3)), (utc(9, 3), utc(9, 4))]
    assert spans(programmes, "live") == []
    next_day = day_of(TROY | {"starts_at": utc(9, 5)}, day=NEW_YORK.shifted(1))
    assert spans(next_day, "pre") == [(utc(9, 4), utc(9, 5))]


def test_a_live_block_past_midnight_keeps_its_time_against_the_next_day():
    late = day_of(TROY | {"starts_at": utc(9, 3)})  # until 06:30, two and a half hours into the next day
    idle = day_of(BLANK, day=NEW_YORK.shifted(1))
    guide = stitch(pl.concat([late, idle]), NEW_YORK.opens, NEW_YORK.shifted(1).closes)
    assert spans(guide, "live") == [(utc(9, 3), utc(9, 6, 30))]
    assert spans(guide, "idle")[0] == (utc(9, 6, 30), utc(9, 8))


def test_a_live_block_past_midnight_ends_where_the_next_days_event_starts():
    late, early = (
        day_of(TROY | {"starts_at": utc(9, 3)}),
        day_of(TROY | {"starts_at": utc(9, 5)}, day=NEW_YORK.shifted(1)),
    )
    guide = stitch(pl.concat([late, early]), NEW_YORK.opens, NEW_YORK.shifted(1).closes)
    assert spans(guide, "live") == [(utc(9, 3), utc(9, 5)), (utc(9, 5), utc(9, 8, 30))]
    assert_tiles(guide, NEW_YORK.opens, NEW_YORK.shifted(1).closes)


def test_an_event_only_the_next_day_knows_of_takes_its_time_from_the_day_before():
    idle, late = day_of(BLANK), day_of(TROY | {"starts_at": utc(9, 3)}, day=NEW_YORK.shifted(1))
    guide = stitch(pl.concat([idle, late]), NEW_YORK.opens, NEW_YORK.shifted(1).closes)
    assert spans(guide, "live") == [(utc(9, 3), utc(9, 6, 30))]
    assert spans(guide, "idle")[-1] == (utc(9, 2), utc(9, 3))
    assert_tiles(guide, NEW_YORK.opens, NEW_YORK.shifted(1).closes)


def test_a_window_holds_what_overlaps_it_and_a_missing_day_stays_missing():
    three = [day_of(BLANK), day_of(BLANK, day=NEW_YORK.shifted(2))]
    guide = stitch(pl.concat(three), NEW_YORK.opens + timedelta(hours=3), NEW_YORK.shifted(2).closes)
    assert guide["starts_at"].min() == NEW_YORK.opens + timedelta(hours=2)
    assert not guide.filter(
        pl.col("starts_at").is_between(NEW_YORK.closes, NEW_YORK.shifted(2).opens, closed="left")
    ).height
