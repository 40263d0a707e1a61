"""Blocks over midnight: each belongs to one day, and no channel is left without."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl

from epg_pipeline.domain.contracts import PROGRAMMES
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.midnight import own_blocks

DAY = ProviderDay(date(2025, 10, 18), "UTC")
MIDNIGHT = datetime(2025, 10, 18, tzinfo=UTC)


def blocks(*rows):
    """Blocks of channel, first hour and last hour, counted from midnight; the rest of a programme does not matter."""
    keys = ("channel_id", "starts_at", "stops_at")
    given = [(channel, *(MIDNIGHT + timedelta(hours=hour) for hour in span)) for channel, *span in rows]
    frame = pl.DataFrame(given, schema={name: PROGRAMMES[name] for name in keys}, orient="row")
    rest = (pl.lit(None, kind).alias(name) for name, kind in PROGRAMMES.items() if name not in keys)
    return frame.with_columns(*rest).select(PROGRAMMES.names())


def hours(programmes):
    return [
        (channel, (starts - MIDNIGHT) / timedelta(hours=1), (stops - MIDNIGHT) / timedelta(hours=1))
        for channel, starts, stops in programmes.select("channel_id", "starts_at", "stops_at").iter_rows()
    ]


def test_blocks_of_the_day_stay_as_they_are():
    rows = (("a", 0, 2), ("a", 2, 5), ("b", 22, 26))
    assert hours(own_blocks(blocks(*rows), blocks(), DAY)) == list(rows)


def test_a_block_the_day_before_has_is_left_to_it():
    assert hours(own_blocks(blocks(("a", -1, 2), ("a", 2, 4)), blocks(("a", -1, 2)), DAY)) == [("a", 2, 4)]


def test_a_block_nobody_has_begins_at_midnight():
    assert hours(own_blocks(blocks(("a", -1, 2)), blocks(), DAY)) == [("a", 0, 2)]
    assert hours(own_blocks(blocks(("a", -1, 2)), blocks(("b", -1, 2)), DAY)) == [("a", 0, 2)]


def test_of_a_block_that_is_longer_now_the_rest_is_kept():
    assert hours(own_blocks(blocks(("a", -1, 3)), blocks(("a", -1, 2)), DAY)) == [("a", 2, 3)]


def test_what_is_on_record_for_the_day_itself_changes_nothing():
    once = own_blocks(blocks(("a", -1, 2), ("a", 2, 4)), blocks(), DAY)
    again = own_blocks(blocks(("a", -1, 2), ("a", 2, 4)), once, DAY)
    assert again.equals(once)
