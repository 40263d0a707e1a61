"""The daily publish.

Belongs here: what happens by the clock. Does not: what happens after something else (sensors.py).
"""

from collections.abc import Iterator

import dagster as dg

from epg_pipeline.adapters.postgres import Store
from epg_pipeline.flows import today
from epg_pipeline.orchestration.jobs import publish_day
from epg_pipeline.orchestration.partitions import provider_day_key


@dg.schedule(
    job=publish_day,
    cron_schedule="0 6 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def daily_publish(context: dg.ScheduleEvaluationContext, store: dg.ResourceParam[Store]) -> Iterator[dg.RunRequest]:
    """Publishes every active provider from the database, at 06:00 UTC."""
    known = set(context.instance.get_dynamic_partitions("providers"))
    tick = context.scheduled_execution_time
    for provider in store.providers(active_only=True):
        if provider.slug in known:
            key = provider_day_key(provider.slug, today(provider.timezone, tick))
            yield dg.RunRequest(run_key=f"{tick:%Y-%m-%d}:{provider.slug}", partition_key=key)


SCHEDULES = (daily_publish,)
