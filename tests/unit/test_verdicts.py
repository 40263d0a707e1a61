"""What each check of a provider's day lets pass, and what it says of the rest."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import MATCH_RATES
from epg_pipeline.domain.guide.checks import (
    Verdict,
    demand,
    events_of_leagues,
    guide_fit,
    match_rate,
    no_empty_channel,
    no_overlap,
    published_ahead,
    slot_count,
    unknown_families,
)
from epg_pipeline.errors import CheckFailedError

DAY = ProviderDay(date(2025, 10, 18), "America/New_York")
OPENS = DAY.opens


def programmes(*rows):
    """Rows of channel, hours from the day's opening to start and to stop."""
    return pl.DataFrame(
        [
            {
                "channel_id": channel,
                "starts_at": OPENS + timedelta(hours=start),
                "stops_at": OPENS + timedelta(hours=stop),
            }
            for channel, start, stop in rows
        ]
    )


CHANNELS = pl.DataFrame({"channel_id": ["a.x", "b.x"]})
TILED = (("a.x", 0, 12), ("a.x", 12, 24), ("b.x", 0, 24))


@pytest.mark.parametrize(
    ("now", "last", "holds", "blocks"),
    [
        (30, 0, True, False),  # nothing to compare with
        (30, 31, True, False),
        (24, 31, False, False),
        (15, 31, False, True),
        (0, 31, False, True),
        (0, 1, False, True),
        (1, 5, True, False),  # of a few slots a share says nothing
    ],
)
def test_a_playlist_that_lost_most_slots_is_refused_one_that_lost_some_is_reported(now, last, holds, blocks):
    verdict = slot_count(now, last)
    assert (verdict.holds, verdict.blocks) == (holds, blocks)
    assert verdict.figures == {"slots": now, "slots_before": last}


def test_every_channel_has_a_full_day():
    assert no_empty_channel(CHANNELS, programmes(*TILED), DAY).holds


@pytest.mark.parametrize(
    ("rows", "short"),
    [
        ((("b.x", 0, 24),), "1 of 2 channels have no full day on 2025-10-18: a.x"),
        ((("a.x", 0, 11), ("a.x", 12, 24), ("b.x", 0, 24)), "1 of 2 channels have no full day on 2025-10-18: a.x"),
        ((("a.x", -5, 20), ("b.x", 24, 48)), "2 of 2 channels have no full day on 2025-10-18: a.x, b.x"),
    ],
    ids=["no programme", "a gap", "programmes of other days"],
)
def test_a_channel_with_a_gap_blocks(rows, short):
    verdict = no_empty_channel(CHANNELS, programmes(*rows), DAY)
    assert (verdict.holds, verdict.blocks, verdict.said) == (False, True, short)


def test_a_day_of_a_clock_change_is_as_long_as_it_is():
    day = ProviderDay(date(2025, 11, 2), "America/New_York")  # 25 hours
    hours = pl.DataFrame(
        {"channel_id": ["a.x"], "starts_at": [day.opens], "stops_at": [day.opens + timedelta(hours=24)]}
    )
    channel = CHANNELS.head(1)
    assert not no_empty_channel(channel, hours, day).holds
    assert no_empty_channel(channel, hours.with_columns(stops_at=pl.lit(day.closes)), day).holds


def test_programmes_side_by_side_do_not_overlap():
    assert no_overlap(programmes(*TILED, ("a.x", 24, 26))).holds


@pytest.mark.parametrize("second", [("a.x", 23, 26), ("a.x", 0, 1)], ids=["runs into it", "begins with it"])
def test_overlapping_programmes_block(second):
    verdict = no_overlap(programmes(("a.x", 0, 24), second))
    assert (verdict.holds, verdict.blocks) == (False, True)
    assert "a.x at 2025-10-1" in verdict.said


def test_a_programme_within_one_that_began_long_before_overlaps_it():
    assert no_overlap(programmes(("a.x", 0, 24), ("a.x", 2, 3), ("a.x", 4, 5))).figures["overlapping"] == 2


def rates(*of_days, matched=50, unmatched=50):
    """MATCH_RATES up to the day, of these rates."""
    first = DAY.date - timedelta(days=len(of_days) - 1)
    rows = [
        {"day": first + timedelta(days=n), "slots": 200, "matched": matched, "partial": 0, "unmatched": unmatched}
        | {"unparseable": 100, "match_rate": rate}
        for n, rate in enumerate(of_days)
    ]
    return pl.DataFrame(rows, schema=MATCH_RATES)


@pytest.mark.parametrize(
    ("of_days", "holds", "said"),
    [
        ((0.6, 0.7, 0.8, 0.6), True, "60% of the slots that name an event found it; 70% is usual"),
        ((0.6, 0.7, 0.8, 0.5), False, "50% of the slots"),
        ((0.6, 0.7, 0.1), True, "too few earlier days"),
        ((0.6, 0.7, 0.8, None), True, "Not judged"),
    ],
)
def test_a_match_rate_is_held_against_the_providers_own_days(of_days, holds, said):
    verdict = match_rate(rates(*of_days), DAY.date)
    assert (verdict.holds, verdict.blocks) == (holds, False)
    assert said in verdict.said


def test_days_with_few_events_tell_nothing():
    few = rates(0.6, 0.7, 0.8, 0.1, matched=2, unmatched=3)
    assert match_rate(few, DAY.date).said.startswith("Not judged")


def test_leagues_that_names_tell_of_and_no_event_is_known_of_are_named():
    evening = OPENS + timedelta(hours=19)
    decisions = pl.DataFrame(
        {
            "kind": ["event"] * 9,
            "league": ["nba"] * 3 + ["nhl"] * 3 + ["elsewhere"] * 3,
            "starts_at": [evening, None, evening] * 3,
        },
        schema_overrides={"starts_at": pl.Datetime("us", "UTC")},
    )
    events = pl.DataFrame({"league": ["nhl", "nba"], "starts_at": [evening, evening + timedelta(days=5)]})
    verdict = events_of_leagues(decisions, events, DAY, {"nba", "nhl"})
    assert (verdict.holds, verdict.blocks) == (False, False)
    assert "No event on record around 2025-10-18 of: nba (3 slots)." in verdict.said
    assert events_of_leagues(decisions.filter(pl.col("league") != "nba"), events, DAY, {"nba", "nhl"}).holds


def test_families_that_config_does_not_have_are_named():
    slots = pl.DataFrame(
        {
            "position": range(6),
            "is_slot": [True] * 5 + [False],
            "family": ["NBA", "FOO TV", "FOO TV", "FOO TV", "BAR", "CNN"],
            "name": ["NBA 01:", "FOO TV 1: A vs B", "FOO TV 2:", "FOO TV 3:", "BAR 1:", "CNN 1"],
        }
    )
    verdict = unknown_families(slots, {"NBA"})
    assert (verdict.holds, verdict.blocks) == (False, False)
    assert '"FOO TV" (3 slots, such as "FOO TV 1: A vs B")' in verdict.said
    assert "BAR" not in verdict.said
    assert unknown_families(slots, {"NBA", "FOO TV"}).holds


def test_a_provider_that_is_not_published_far_enough_is_named():
    providers = pl.DataFrame(
        {
            "provider": ["Good", "Late", "New"],
            "published_through": [date(2025, 10, 20), date(2025, 10, 19), None],
            "due_through": [date(2025, 10, 20)] * 3,
        }
    )
    verdict = published_ahead(providers)
    assert not verdict.holds
    assert "Late (through 2025-10-19, not 2025-10-20), New (through no day, not 2025-10-20)" in verdict.said
    assert published_ahead(providers.head(1)).holds


def test_guides_held_back_block():
    assert guide_fit(()).holds
    verdict = guide_fit(["club: it lost 41% of its programmes"])
    assert (verdict.holds, verdict.blocks) == (False, True)
    assert "it lost 41% of its programmes" in verdict.said


def test_what_blocks_is_raised_with_all_verdicts_unless_it_is_forced():
    verdicts = [
        Verdict("one", True, "fine"),
        Verdict("two", False, "wrong", blocks=True),
        Verdict("three", False, "odd"),
    ]
    with pytest.raises(CheckFailedError, match=r"^wrong$") as caught:
        demand(verdicts, "club")
    assert [verdict.check for verdict in caught.value.verdicts] == ["one", "two", "three"]
    assert [verdict.blocks for verdict in demand(verdicts, "club", force=True)] == [False, False, False]


def test_a_remedy_is_a_finished_command_for_the_provider_and_part_of_what_is_shown():
    with pytest.raises(CheckFailedError) as caught:
        demand([slot_count(1, 40)], "fast-date-tv")
    (verdict,) = caught.value.verdicts
    assert caught.value.remedy == "epg refresh fast-date-tv --force, if the provider did drop its slots"
    assert verdict.text == f"{verdict.said}. {caught.value.remedy}"
    assert slot_count(40, 40).text == slot_count(40, 40).said


def test_long_lists_are_cut_short():
    many = pl.DataFrame({"channel_id": [f"c{n}.x" for n in range(30)]})
    none = programmes(("a.x", 0, 24)).clear()
    assert no_empty_channel(many, none, DAY).said.endswith("c9.x and 20 more")
