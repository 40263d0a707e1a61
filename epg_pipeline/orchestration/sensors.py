"""What happens after something else: they discover and request, they do no work.

Belongs here: cursors, run keys, conditions. Does not: what happens by the clock (schedules.py).
"""

from collections.abc import Iterator
from datetime import date, timedelta

import dagster as dg

from epg_pipeline.adapters.postgres import Store
from epg_pipeline.flows import local_days
from epg_pipeline.orchestration.assets import canonical_events, matched_programmes, published_xmltv
from epg_pipeline.orchestration.jobs import events_of_day, provider_day
from epg_pipeline.orchestration.partitions import PROVIDERS, provider_day_key

RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"


@dg.sensor(
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    job=provider_day,
)
def provider_partitions(
    context: dg.SensorEvaluationContext, store: dg.ResourceParam[Store]
) -> dg.SensorResult | dg.SkipReason:
    """Providers on record become partitions. A paused one keeps its partition: its history stays to be seen."""
    known = set(context.instance.get_dynamic_partitions("providers"))
    new = [provider.slug for provider in store.providers() if provider.slug not in known]
    if not new:
        return dg.SkipReason("No new provider.")
    return dg.SensorResult(dynamic_partitions_requests=[PROVIDERS.build_add_request(new)])


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    request_job=provider_day,
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def rematch_after_events(
    context: dg.RunStatusSensorContext, store: dg.ResourceParam[Store]
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Events of some days came in: the provider-days that have a playlist are matched and published again.

    It looks at every run, not only at those of the job: one launched from the graph, or by a backfill, has no job.
    """
    known = set(context.instance.get_dynamic_partitions("providers"))
    event_days = _event_days(context.dagster_run)
    for provider in store.providers(active_only=True) if event_days else ():
        days = [day for day in local_days(event_days, provider.timezone) if store.snapshot(provider, day)]
        if days and provider.slug in known:
            # A range of one run, not a run for each day: a backfill of a month touches thirty days of each provider.
            first, last = (str(provider_day_key(provider.slug, day)) for day in (days[0], days[-1]))
            yield dg.RunRequest(
                run_key=f"{context.dagster_run.run_id}:{provider.slug}",
                tags={RANGE_START: first, RANGE_END: last},
                asset_selection=[matched_programmes.key, published_xmltv.key],
            )


def _event_days(run: dg.DagsterRun) -> list[date]:
    """The UTC days whose events a run brought in: of one partition, or of a range; none if it was about others."""
    brought = run.job_name == events_of_day.name or canonical_events.key in (run.asset_selection or ())
    first = run.tags.get("dagster/partition") or run.tags.get(RANGE_START)
    if not brought or not first:
        return []
    begin, end = date.fromisoformat(first), date.fromisoformat(run.tags.get(RANGE_END, first))
    return [begin + timedelta(days=number) for number in range((end - begin).days + 1)]


SENSORS = (provider_partitions, rematch_after_events)
