"""What happens after something else: they discover and request, they do no work.

Belongs here: cursors, run keys, conditions. Does not: what happens by the clock (schedules.py).
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import dagster as dg

from epg_pipeline.adapters.postgres import Store
from epg_pipeline.orchestration.assets import matched_programmes, published_xmltv
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
    """Providers on record become partitions. A disabled one keeps its partition: its history stays to be seen."""
    known = set(context.instance.get_dynamic_partitions("providers"))
    new = [provider.slug for provider in store.providers() if provider.slug not in known]
    if not new:
        return dg.SkipReason("No new provider.")
    return dg.SensorResult(dynamic_partitions_requests=[PROVIDERS.build_add_request(new)])


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[events_of_day],
    request_job=provider_day,
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def rematch_after_events(
    context: dg.RunStatusSensorContext, store: dg.ResourceParam[Store]
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Events of a day came in: the provider-days that have a playlist for it are matched and published again."""
    known = set(context.instance.get_dynamic_partitions("providers"))
    run = context.dagster_run
    for day in _days(run.tags):
        for provider in store.providers(active_only=True):
            if provider.slug in known and store.snapshot(provider, day):
                yield dg.RunRequest(
                    run_key=f"{run.run_id}:{day}:{provider.slug}",
                    partition_key=provider_day_key(provider.slug, day),
                    asset_selection=[matched_programmes.key, published_xmltv.key],
                )


def _days(tags: Mapping[str, str]) -> list[date]:
    """The days a run over one partition, or over a range of them, was for."""
    first = tags.get("dagster/partition") or tags.get(RANGE_START)
    if not first:
        return []
    begin, end = date.fromisoformat(first), date.fromisoformat(tags.get(RANGE_END, first))
    return [begin + timedelta(days=n) for n in range((end - begin).days + 1)]


SENSORS = (provider_partitions, rematch_after_events)
