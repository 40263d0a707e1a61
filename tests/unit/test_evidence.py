"""Every reason that matching gives has its sentence; an unknown one is told as it stands."""

from __future__ import annotations

import pytest
from reading import NEW_YORK, SATURDAY, decisions_of, event, events_of

from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.matching.explain import EventTitles, instant, sentences

GAMES = (
    event("mlb", "Chicago Cubs", "Milwaukee Brewers", "2025-11-15 18:00", event_id="one"),
    event("mlb", "Chicago Cubs", "Milwaukee Brewers", "2025-11-16 00:30", event_id="two"),
    event("nba", "Miami Heat", "San Antonio Spurs", "2025-11-16 00:30"),
    event("ufc", "", "", "2025-11-16 03:00", name="UFC 322: Della Maddalena vs. Makhachev"),
)
TITLES = EventTitles(events_of(*GAMES), ProviderDay(SATURDAY, NEW_YORK))

RUNNER_UP = (
    "The runner-up, 4.2 points behind: Chicago Cubs – Milwaukee Brewers (mlb, Sat 15 Nov 2025 19:30 America/New_York, "
    "00:30 UTC), event two. What separates them: pair 3.0, time 1.2."
)


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (
            "taken: pair score 107.5",
            "It is sure: 107.5 points, where 80 are needed and 5 more than any other event has.",
        ),
        ("time: -8 min from the printed clock (9.5)", "The event begins 8 minutes before the printed clock (+9.5)."),
        ("time: 0 min from the printed clock (10.0)", "The event begins just at the printed clock (+10)."),
        ("time: 300 min from the printed clock (-5.3)", "The event begins 300 minutes after the printed clock (-5.3)."),
        ("league: 8.0", "Its league is the one that name and family tell of (+8)."),
        ("league: 3.0", "Its sport is the one that name and family tell of (+3)."),
        ("league: -12.0", "Its league is another than name and family tell of (-12)."),
        ("league: -28.0", "Its league is another than name and family tell of (-28)."),
        ("league: -60.0", "Its sport is another than name and family tell of (-60)."),
        ("runner-up: two by 4.2 (pair 3.0, time 1.2)", RUNNER_UP),
        (
            "clock: moved by -60 min, as 4 of 5 matches show",
            "Its clock was moved by -60 minutes: 4 of 5 matches of such names are off by that.",
        ),
        (
            "runner-up: gone by 4.2 (nothing)",
            "The runner-up, 4.2 points behind: event gone. What separates them: nothing.",
        ),
        ("not the event: replay", "The name tells of a replay of the event, which is not the event itself."),
        ("manual: override 7", "An operator set it: override 7 pins it to this event (epg override list)."),
        (
            "manual: override 7 names gone, which is not on record",
            "Override 7 pins it to event gone, which is not on record, so it has no effect.",
        ),
        ("omen: a raven", "omen: a raven"),
        ("league: odd", "league: odd"),  # a known word in another form
        ("no colon at all", "no colon at all"),
    ],
)
def test_a_reason_is_a_sentence(reason, told):
    assert sentences([reason], TITLES) == [told]


def test_every_reason_given_for_all_sorts_of_names_has_a_sentence():
    names = [
        "MLB 01 : Brewers at Cubs @ 07:30 PM ET",
        "MLB 02 : Brewers at Cubs",
        "MLB 03 : Brewers at Cubs (Game 2)",
        "NBA 04 : Spurs at Heat @ 02:00 AM ET",
        "NBA 05 : Replay: Spurs at Heat",
        "NBA 06 : Spurs at Nobody @ 07:30 PM ET",
        "NBA 07 :",
        "ESPN+ 20 : The Pat McAfee Show @ 12:00 PM ET",
        "PPV 01 : UFC 322 Della Maddalena vs Makhachev @ 10:00 PM ET",
        "NFL 08 : Spurs at Heat @ 07:30 PM ET",
    ]
    reasons = decisions_of(names, *GAMES)["reasons"].explode().drop_nulls().unique().to_list()
    assert len(reasons) > len(names)
    assert [reason for reason in reasons if sentences([reason], TITLES) == [reason]] == []


def test_an_instant_in_utc_is_told_once():
    start = GAMES[0]["starts_at"]
    assert instant(start, "UTC") == "Sat 15 Nov 2025 18:00 UTC"
    assert instant(start, NEW_YORK) == "Sat 15 Nov 2025 13:00 America/New_York, 18:00 UTC"
