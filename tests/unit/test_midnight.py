"""Blocks over midnight: each row belongs to one day, an event is one block, and no day leaves a gap in another."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import PROGRAMMES
from epg_pipeline.domain.guide.schedule import own_blocks, stitch

DAY = ProviderDay(date(2025, 10, 18), "UTC")
MIDNIGHT = datetime(2025, 10, 18, tzinfo=UTC)


def at(hour: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hour)


def blocks(*rows: tuple[str, float, float, str]) -> pl.DataFrame:
    """Blocks from (block, first hour, last hour, event); hours count from midnight, "A23" begins an hour before."""
    values = [
        {"channel_id": "a.demo", "starts_at": at(starts), "stops_at": at(stops), "block": block,
         "title": event or "idle", "match_status": "matched", "confidence": 1.0,
         "event_starts_at": at(float(event[1:])) if event else None}
        for block, starts, stops, event in rows
    ]  # fmt: skip
    keys = ("channel_id", "starts_at", "stops_at", "block", "title", "match_status", "confidence", "event_starts_at")
    frame = pl.DataFrame(values, schema={name: PROGRAMMES[name] for name in keys})
    rest = (pl.lit(None, kind).alias(name) for name, kind in PROGRAMMES.items() if name not in keys)
    return frame.with_columns(*rest).select(PROGRAMMES.names())


def as_hours(programmes: pl.DataFrame) -> list[tuple[str, float, float, str]]:
    return [
        (
            block,
            (starts - MIDNIGHT) / timedelta(hours=1),
            (stops - MIDNIGHT) / timedelta(hours=1),
            title if title != "idle" else "",
        )
        for block, starts, stops, title in programmes.select("block", "starts_at", "stops_at", "title").iter_rows()
    ]


def two_days(*rows: tuple[str, float, float, str]) -> list[tuple[str, float, float, str]]:
    return as_hours(stitch(blocks(*rows), DAY.shifted(-1).opens, DAY.closes))


def test_a_day_keeps_the_part_of_an_event_after_its_midnight():
    day = blocks(("live", -1, 2, "A-1"), ("idle", 2, 4, ""), ("live", 22, 26, "B22"))
    assert as_hours(own_blocks(day, DAY)) == [("live", 0, 2, "A-1"), ("idle", 2, 4, ""), ("live", 22, 26, "B22")]
    assert own_blocks(own_blocks(day, DAY), DAY).equals(own_blocks(day, DAY))


def test_a_block_that_ended_at_midnight_does_not_belong_to_the_day():
    assert as_hours(own_blocks(blocks(("live", -2, 0, "A-2"), ("idle", 0, 2, "")), DAY)) == [("idle", 0, 2, "")]


@pytest.mark.parametrize("other", [2, 1.5, 3])
def test_the_parts_of_an_event_that_two_days_keep_are_one_block_as_long_as_the_longer(other):
    shown = two_days(("pre", -3, -1, "A-1"), ("live", -1, other, "A-1"), ("live", 0, 2, "A-1"), ("post", 2, 4, "A-1"))
    longest = max(other, 2)
    assert shown == [("pre", -3, -1, "A-1"), ("live", -1, longest, "A-1"), ("post", longest, 4, "A-1")]


def test_an_event_that_only_the_later_day_has_keeps_its_true_start():
    shown = two_days(("idle", -4, -2, ""), ("idle", -2, 0, ""), ("live", 0, 2, "A-1"), ("post", 2, 4, "A-1"))
    assert shown == [("idle", -4, -2, ""), ("idle", -2, -1, ""), ("live", -1, 2, "A-1"), ("post", 2, 4, "A-1")]


def test_another_event_the_day_before_keeps_its_time():
    shown = two_days(("live", -2, -0.5, "B-2"), ("idle", -0.5, 0, ""), ("live", 0, 2, "A-1"))
    assert shown == [("live", -2, -0.5, "B-2"), ("live", -0.5, 2, "A-1")]


def test_two_events_over_midnight_leave_no_gap():
    # The day before has another event between: its part of A ends there, the part of the day itself goes on.
    shown = two_days(("live", -1, -0.25, "A-1"), ("live", -0.25, 0.5, "B-0.25"), ("live", 0, 2, "A-1"))
    assert shown == [("live", -1, -0.25, "A-1"), ("live", -0.25, 0, "B-0.25"), ("live", 0, 2, "A-1")]
