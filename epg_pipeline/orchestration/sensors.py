"""What happens after something else: they discover and request, they do no work.

Belongs here: providers becoming partitions, days matched again after their events changed, and the list of all sensors.
Does not: what happens by the clock (schedules.py).
"""

import dagster as dg

from epg_pipeline.adapters.store.store import Store
from epg_pipeline.orchestration.assets.guides import matched_programmes, published_xmltv
from epg_pipeline.orchestration.changed_playlists import MAX_REQUESTS, changed_playlists, playlist_checks
from epg_pipeline.orchestration.incidents import incidents
from epg_pipeline.orchestration.jobs import provider_day
from epg_pipeline.orchestration.partitions import add_missing, days_in_a_row, open_days, run_over_days


@dg.sensor(
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    job=provider_day,
)
def provider_partitions(
    context: dg.SensorEvaluationContext, store: dg.ResourceParam[Store]
) -> dg.SensorResult | dg.SkipReason:
    """Providers on record become partitions. One that is paused or removed keeps its own: its history stays to be seen.

    Nothing is scheduled for it: schedules and sensors ask the record for the active ones.
    """
    added = add_missing(context.instance, (provider.slug for provider in store.providers.all()))
    return dg.SensorResult(dynamic_partitions_requests=added) if added else dg.SkipReason("No new provider.")


@dg.sensor(
    job=provider_day,
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def rematch_after_events(
    context: dg.SensorEvaluationContext, store: dg.ResourceParam[Store]
) -> dg.SensorResult | dg.SkipReason:
    """The provider-days that changed or new events touch are matched and published again, those in a row in one run.

    Whoever takes in events marks those days on record, so it does not matter how they came in: by a run or by `epg`.
    A day further ahead than the last that has a partition is made with that one: its publishing matches all that wait.
    The cursor is the last mark and slug asked for. A day whose run fails stays due: the next publish matches it.
    """
    mark, _, slug = (context.cursor or "0").partition(" ")
    asked = store.rematches.requested((int(mark), slug), MAX_REQUESTS)
    if not asked:
        return dg.SkipReason("No event has changed under a guide.")
    requests = [
        dg.RunRequest(
            run_key=f"{one.mark}:{one.slug}:{days[0]}:{days[-1]}",
            tags=run_over_days(one.slug, days),
            asset_selection=[matched_programmes.key, published_xmltv.key],
        )
        for one in asked
        for days in days_in_a_row(open_days(one.days))
    ]
    return dg.SensorResult(
        run_requests=requests,
        cursor=f"{asked[-1].mark} {asked[-1].slug}",
        dynamic_partitions_requests=add_missing(context.instance, (one.slug for one in asked)),
    )


SENSORS = (provider_partitions, playlist_checks, changed_playlists, rematch_after_events, incidents)
