"""The partitions: days, providers, and provider-days.

Belongs here: the definitions and the passage from a partition key to a day. Does not: which ones exist (sensors.py).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

import dagster as dg

FIRST_DAY = "2025-01-01"
DAILY_PUBLISH = "0 6 * * *"  # UTC
# Today and the two days after it. A provider whose guide reaches farther gets it from the publish of its today, and a
# refresh of events that reaches into the future goes a week ahead whatever its partitions.
DAYS_AHEAD = 3

DAYS = dg.DailyPartitionsDefinition(start_date=FIRST_DAY, end_offset=DAYS_AHEAD)
PROVIDERS = dg.DynamicPartitionsDefinition(name="providers")
PROVIDER_DAYS = dg.MultiPartitionsDefinition({"date": DAYS, "provider": PROVIDERS})


def provider_day_key(provider_slug: str, day: date) -> dg.MultiPartitionKey:
    """The partition of one provider and day."""
    return dg.MultiPartitionKey({"date": day.isoformat(), "provider": provider_slug})


RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
# On runs about one provider; dagster.yaml lets one such run go on at a time. (Dagster's own tag of a partition's
# provider does the same for runs of one partition, whoever asked for them.)
OF_PROVIDER = "epg/provider"
FORCE = "epg/force"  # on a run that takes over what blocking checks refuse, as --force does
OF_DAYS = "epg/days"  # so that the UI's list of runs can be searched by them


def add_missing(instance: dg.DagsterInstance, slugs: Iterable[str]) -> list[dg.AddDynamicPartitionsRequest]:
    """The request for the partitions that these providers do not have yet; nothing when they have."""
    missing = sorted(set(slugs) - set(instance.get_dynamic_partitions("providers")))
    return [PROVIDERS.build_add_request(missing)] if missing else []


def open_days(days: Sequence[date]) -> list[date]:
    """The days that have a partition; one further ahead counts as the last of them."""
    first, last = date.fromisoformat(FIRST_DAY), date.fromisoformat(DAYS.get_last_partition_key() or FIRST_DAY)
    return sorted({min(day, last) for day in days if day >= first})


def days_in_a_row(days: Sequence[date]) -> Iterator[list[date]]:
    """The days, sorted, in parts without a gap."""
    part: list[date] = []
    for day in sorted(days):
        if part and day - part[-1] > timedelta(days=1):
            yield part
            part = []
        part.append(day)
    if part:
        yield part


def run_over_days(provider_slug: str, days: Sequence[date]) -> dict[str, str]:
    """The tags that make one run of a provider's days in a row."""
    first, last = (str(provider_day_key(provider_slug, day)) for day in (days[0], days[-1]))
    return {RANGE_START: first, RANGE_END: last, OF_PROVIDER: provider_slug}


def demand_whole_range(run: dg.DagsterRun, partition_keys: Sequence[str]) -> None:
    """dg.Failure for a run that was asked for a range and is given another part of it.

    That is a backfill of a *job*: Dagster gives each of its runs the first partition of all, whatever it asked for, and
    calls it a success (dagster #28861). One of assets does what it says.
    """
    ends = {run.tags[tag] for tag in (RANGE_START, RANGE_END) if tag in run.tags}
    if ends - {str(key) for key in partition_keys}:
        raise dg.Failure(
            "This backfill of a job would make one of its partitions only (dagster #28861), so it makes none. "
            "Launch it from the assets (select them, then Materialize), or run: epg backfill",
            allow_retries=False,
        )


def provider_and_day(key: str) -> tuple[str, date]:
    """The provider's slug and the day a partition is of."""
    if not isinstance(key, dg.MultiPartitionKey):
        raise TypeError(f"partition {key!r} has no provider")
    dimensions = key.keys_by_dimension
    return dimensions["provider"], date.fromisoformat(dimensions["date"])
