"""The partitions: days, providers, and provider-days.

Belongs here: the definitions and the passage from a partition key to a day. Does not: which ones exist (sensors.py).
"""

from __future__ import annotations

from datetime import date

import dagster as dg

FIRST_DAY = "2025-01-01"
DAYS_AHEAD = 3  # today and the two days after it: their guides are published ahead

DAYS = dg.DailyPartitionsDefinition(start_date=FIRST_DAY, end_offset=DAYS_AHEAD)
PROVIDERS = dg.DynamicPartitionsDefinition(name="providers")
PROVIDER_DAYS = dg.MultiPartitionsDefinition({"date": DAYS, "provider": PROVIDERS})


def provider_day_key(provider_slug: str, day: date) -> dg.MultiPartitionKey:
    """The partition of one provider and day."""
    return dg.MultiPartitionKey({"date": day.isoformat(), "provider": provider_slug})


def provider_and_day(key: str) -> tuple[str, date]:
    """The provider's slug and the day a partition is of."""
    if not isinstance(key, dg.MultiPartitionKey):
        raise TypeError(f"partition {key!r} has no provider")
    dimensions = key.keys_by_dimension
    return dimensions["provider"], date.fromisoformat(dimensions["date"])
