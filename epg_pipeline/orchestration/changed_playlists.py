"""Changed playlists: when to poll, and what follows from a change.

Belongs here: the job that polls, the sensor that requests it, and the sensor that requests what follows. Does not
belong: the polling itself (flows/playlist_polling.py). A poll may take minutes, and a tick must not: so ticks read the
record and request runs, and one run polls all playlists that are due.
"""

import hashlib

import dagster as dg

from epg_pipeline.adapters.clock import utc_now
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.flows.playlist_polling import check_playlists
from epg_pipeline.orchestration.assets.playlists import FETCHED
from epg_pipeline.orchestration.jobs import HUNG_AFTER, provider_day
from epg_pipeline.orchestration.partitions import OF_PROVIDER, add_missing, provider_day_key
from epg_pipeline.orchestration.run_errors import reasons_shown

MAX_REQUESTS = 1  # of a tick: Dagster takes half a second to record one, and the queue does two in ten seconds anyway
RETRY_MINUTES = 30  # a run that broke off without noting anything is asked for again after that
UNDER_WAY = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]


@dg.op
def look_at_playlists(context: dg.OpExecutionContext, store: dg.ResourceParam[Store]) -> None:
    """Asks every server that is due whether its playlist changed, and keeps what did."""
    counts = {"checked": 0, "changed": 0, "failed": 0}
    with reasons_shown():
        for found in check_playlists(store, list(store.playlists.due(utc_now()))):
            counts["checked"] += 1
            if found.problem:
                counts["failed"] += 1
                context.log.warning("%s: %s", found.slug, found.problem)
            elif found.day:
                counts["changed"] += 1
                context.log.info("%s: changed, in force from %s", found.slug, found.day)
    context.add_output_metadata(counts)


@dg.job(description="Asks the servers of the providers that are due whether their playlists changed.", tags=HUNG_AFTER)
def playlist_check() -> None:
    """One look at all playlists that are due."""
    look_at_playlists()


# By its name: with the job itself, Dagster warns about one of its parameters at every start.
@dg.sensor(job_name="playlist_check", minimum_interval_seconds=30, default_status=dg.DefaultSensorStatus.RUNNING)
def playlist_checks(
    context: dg.SensorEvaluationContext, store: dg.ResourceParam[Store]
) -> dg.RunRequest | dg.SkipReason:
    """Asks for a look when a provider's `check_minutes` are over since the last; one look goes on at a time."""
    due = store.playlists.due(utc_now())
    if not due:
        return dg.SkipReason("No playlist is due.")
    going = dg.RunsFilter(job_name=playlist_check.name, statuses=UNDER_WAY)
    if context.instance.get_run_records(going, limit=1):
        return dg.SkipReason("A look is under way.")
    # The last looks are part of the key: done, the next look at the same providers is another request.
    whom = hashlib.sha256(repr(sorted((slug, str(seen)) for slug, seen in due.items())).encode()).hexdigest()[:16]
    return dg.RunRequest(run_key=f"{int(utc_now().timestamp()) // (RETRY_MINUTES * 60)}:{whom}")


@dg.sensor(job=provider_day, minimum_interval_seconds=5, default_status=dg.DefaultSensorStatus.RUNNING)
def changed_playlists(
    context: dg.SensorEvaluationContext, store: dg.ResourceParam[Store]
) -> dg.SensorResult | dg.SkipReason:
    """A changed playlist leads to a new guide of that provider alone, for the day on which it changed.

    A tag of the run names the content that was fetched, so that it is not fetched again. One whose guide fails is
    requested again, after longer and longer pauses, until it is made, the list changes again, or the next day is over.
    """
    seen = int(context.cursor or 0)
    changes = store.playlists.changes(seen, MAX_REQUESTS, utc_now())
    if not changes:
        return dg.SkipReason("No playlist has changed.")
    requests = [
        dg.RunRequest(
            # The mark too: a list that is put back as it was in the morning is a change again. So is a failure.
            run_key=f"{change.slug}:{change.day}:{change.content_hash}:{change.mark}:{change.failed}",
            partition_key=provider_day_key(change.slug, change.day),
            tags={FETCHED: change.content_hash, OF_PROVIDER: change.slug},
        )
        for change in changes
    ]
    added = add_missing(context.instance, (change.slug for change in changes))
    seen = max(seen, *(change.mark for change in changes))
    return dg.SensorResult(run_requests=requests, cursor=str(seen), dynamic_partitions_requests=added)
