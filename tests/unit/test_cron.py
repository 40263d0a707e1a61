"""When a schedule comes next."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from epg_pipeline.operations.cron import next_time

NOW = datetime(2026, 11, 23, 7, 14, 30, tzinfo=UTC)  # a Monday


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("0 6 * * *", datetime(2026, 11, 24, 6, tzinfo=UTC)),
        ("20 */6 * * *", datetime(2026, 11, 23, 12, 20, tzinfo=UTC)),
        ("40 4 * * 1", datetime(2026, 11, 30, 4, 40, tzinfo=UTC)),
        ("0 12 * * 7", datetime(2026, 11, 29, 12, tzinfo=UTC)),  # Sunday, too
        ("15 7 * * *", datetime(2026, 11, 23, 7, 15, tzinfo=UTC)),
        ("14 7 * * *", datetime(2026, 11, 24, 7, 14, tzinfo=UTC)),  # this minute has begun
        ("*/30 * * * *", datetime(2026, 11, 23, 7, 30, tzinfo=UTC)),
        ("5,50 8-9 * * *", datetime(2026, 11, 23, 8, 5, tzinfo=UTC)),
        ("0 0 1 1 *", datetime(2027, 1, 1, tzinfo=UTC)),
        ("0 0 25 * 2", datetime(2026, 11, 24, tzinfo=UTC)),  # the 25th, or a Tuesday
        ("0 0 29 2 *", None),  # beyond a year
    ],
)
def test_the_next_minute_a_cron_text_means(cron, expected):
    assert next_time(cron, NOW) == expected


@pytest.mark.parametrize("cron", ["", "0 6 * *", "@daily", "0 six * * *", '["0 6 * * *"]'])
def test_what_is_no_such_text_is_refused(cron):
    with pytest.raises(ValueError, match=r"five fields|invalid literal"):
        next_time(cron, NOW)
