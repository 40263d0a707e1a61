"""What counts as a loss when a guide is compared with the last one: like with like, and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from epg_pipeline.domain.guide.checks import lost_share, programmes_by_day

MONDAY = date(2025, 10, 6)
WEEK = [MONDAY + timedelta(days=number) for number in range(7)]


def test_programmes_are_counted_on_the_day_they_start_in_the_providers_zone():
    starts = [datetime(2025, 10, 6, hour, tzinfo=UTC) for hour in (3, 4, 23)]
    rows = pl.DataFrame({"starts_at": starts})
    assert programmes_by_day(rows, "America/New_York") == {MONDAY - timedelta(days=1): 1, MONDAY: 2}


@pytest.mark.parametrize(
    ("before", "now", "lost"),
    [
        ([100, 100, 100], [100, 100, 100], 0.0),
        ([100, 100, 100], [40, 40, 40], 0.6),
        ([100, 100, 100], [100, 100, 0], 1 / 3),  # one day is gone from the middle of the window
        ([100, 0, 0], [50, 900, 900], 0.5),  # what the last guide did not cover makes up for nothing
        ([0, 0, 100], [0, 0, 120], 0.0),  # more is not a loss
        ([0, 0, 0], [0, 0, 0], 0.0),
    ],
)
def test_the_share_lost_is_that_of_the_days_of_the_last_guide(before, now, lost):
    days = WEEK[:3]
    assert lost_share(dict(zip(days, before, strict=True)), dict(zip(days, now, strict=True)), days) == pytest.approx(
        lost
    )


@given(
    counts=st.lists(st.integers(1, 10_000), min_size=7, max_size=7),
    old=st.tuples(st.integers(0, 6), st.integers(0, 6)),
    new=st.tuples(st.integers(0, 6), st.integers(0, 6)),
)
def test_a_window_that_moves_widens_or_narrows_over_the_same_programmes_loses_nothing(counts, old, new):
    programmes = dict(zip(WEEK, counts, strict=True))
    last, coming = (WEEK[min(window) : max(window) + 1] for window in (old, new))
    assert lost_share({day: programmes[day] for day in last}, {day: programmes[day] for day in coming}, coming) == 0.0
