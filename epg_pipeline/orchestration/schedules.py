"""The daily publish, and the list of all schedules.

Belongs here: what happens by the clock. Does not: what happens after something else (sensors.py).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

import dagster as dg

from epg_pipeline.adapters.clock import today
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.orchestration.event_schedules import events_around_today, weekly_teams
from epg_pipeline.orchestration.jobs import overview, publish_day, schedule_of
from epg_pipeline.orchestration.partitions import DAILY_PUBLISH, OF_PROVIDER, RANGE_END, RANGE_START, provider_day_key
from epg_pipeline.orchestration.retention import nightly_retention

MAX_PROVIDERS_PER_RUN = 50  # providers of one run: its start costs as much as publishing several of them


@dg.schedule(
    job=publish_day,
    cron_schedule=DAILY_PUBLISH,
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def daily_publish(context: dg.ScheduleEvaluationContext, store: dg.ResourceParam[Store]) -> Iterator[dg.RunRequest]:
    """Publishes every active provider from the database, at 06:00 UTC: neighbours among the partitions in one run."""
    tick = context.scheduled_execution_time
    days = {one.slug: today(one.timezone, tick) for one in store.providers.all(active_only=True)}
    for day, slugs in neighbours(context.instance.get_dynamic_partitions("providers"), days):
        first, last = (provider_day_key(slug, day) for slug in (slugs[0], slugs[-1]))
        run_key = f"{tick:%Y-%m-%d}:{slugs[0]}"
        if first == last:
            yield dg.RunRequest(run_key=run_key, partition_key=first, tags={OF_PROVIDER: slugs[0]})
        else:
            yield dg.RunRequest(run_key=run_key, tags={RANGE_START: str(first), RANGE_END: str(last)})


def neighbours(partitions: Sequence[str], days: dict[str, date]) -> Iterator[tuple[date, list[str]]]:
    """Providers with the same day that are neighbours in the order of partitions, MAX_PROVIDERS_PER_RUN at most.

    A range of partitions includes all between its ends, so a provider without a day, which is paused, ends a part.
    """
    for day, run in groupby(partitions, key=days.get):
        slugs = list(run)
        if day is not None:
            for start in range(0, len(slugs), MAX_PROVIDERS_PER_RUN):
                yield day, slugs[start : start + MAX_PROVIDERS_PER_RUN]


# The first look of the day follows the daily publish.
regular_overview = schedule_of("regular_overview", overview, "40 */3 * * *")

SCHEDULES = (daily_publish, regular_overview, events_around_today, weekly_teams, nightly_retention)
