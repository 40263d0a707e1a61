"""Everything a decision rests on has its sentence."""

from __future__ import annotations

import pytest
from guide_frames import decision, evidence
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
    "00:30 UTC), event two. What separates them: the sides 3, the time 1.2."
)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"verdict": "taken", "score": 107.5},
            "It is sure: 107.5 points, where 80 are needed and 5 more than any other event has.",
        ),
        ({"verdict": "weak", "score": 60.0}, "The event that fits best has 60.0 points, and 80 are needed."),
        (
            {"method": "pair", "pair": 98.0, "first_form": "cubs", "second_form": "brewers", "order": "home"},
            'Both sides fit, 98.0 of 100: as "cubs" and "brewers", the home side printed first.',
        ),
        ({"minutes": -8, "time_points": 9.5}, "The event begins 8 minutes before the printed clock (+9.5)."),
        ({"minutes": 0, "time_points": 10.0}, "The event begins exactly at the printed clock (+10)."),
        ({"minutes": 300, "time_points": -5.3}, "The event begins 300 minutes after the printed clock (-5.3)."),
        (
            {"league_relation": "same league", "league_points": 8.0},
            "Its league is the one that name and family state (+8).",
        ),
        (
            {"league_relation": "same sport", "league_points": 3.0},
            "Its sport is the one that name and family state (+3).",
        ),
        (
            {"league_relation": "other league", "league_points": -28.0},
            "Its league is not the one that name and family state (-28).",
        ),
        (
            {"league_relation": "other sport", "league_points": -60.0},
            "Its sport is not the one that name and family state (-60).",
        ),
        (
            {
                "runner_up": "two",
                "margin": 4.2,
                "apart": [{"kind": "pair", "points": 3.0}, {"kind": "time_points", "points": 1.2}],
            },
            RUNNER_UP,
        ),
        (
            {"runner_up": "gone", "margin": 4.2, "apart": []},
            "The runner-up, 4.2 points behind: event gone. What separates them: nothing.",
        ),
        (
            {"offset_minutes": -60, "offset_agreeing": 4, "offset_of": 5},
            "Its clock was moved by -60 minutes: 4 of 5 matches of such names are off by that.",
        ),
        ({"called_off": "postponed"}, "The event is postponed."),
        ({"game_number": 2}, "The name says it is game 2 of the day."),
        (
            {"override": 7, "override_effect": "pinned"},
            "An operator set it: override 7 pins it to this event (epg override list).",
        ),
        (
            {"override": 7, "override_effect": "gone", "override_event": "gone"},
            "Override 7 pins it to event gone, which is not on record, so it has no effect.",
        ),
        ({"skipped": "replay"}, "The name announces a replay of the event, which is not the event itself."),
        ({"skipped": "placeholder"}, "The name says that nothing is on."),
    ],
)
def test_each_piece_of_evidence_has_its_sentence(fields, sentence):
    assert sentence in sentences(decision(first="x", evidence=evidence(**fields)), TITLES)


def test_a_decision_without_evidence_says_how_to_get_it():
    assert sentences(decision(evidence=None), TITLES) == [
        "It was decided by an earlier version, which kept no evidence. To decide it again: epg backfill."
    ]


def test_every_decision_about_all_sorts_of_names_is_explained():
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
    explained = [sentences(row, TITLES) for row in decisions_of(names, *GAMES).iter_rows(named=True)]
    assert all(explained)
    assert not [line for lines in explained for line in lines if "None" in line]


def test_an_instant_in_utc_is_shown_once():
    start = GAMES[0]["starts_at"]
    assert instant(start, "UTC") == "Sat 15 Nov 2025 18:00 UTC"
    assert instant(start, NEW_YORK) == "Sat 15 Nov 2025 13:00 America/New_York, 18:00 UTC"
