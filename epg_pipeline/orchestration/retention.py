"""Old runs leave Dagster's record every night.

Belongs here: which runs go, and the job. Does not belong: ticks, which the daemon drops as dagster.yaml says; our
own tables, which keep everything.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import dagster as dg
from sqlalchemy import select

from epg_pipeline.adapters.clock import utc_now
from epg_pipeline.orchestration.dagster_private import (  # no public name leads to them
    AssetCheckExecutionsTable,
    SqlEventLogStorage,
    SqlEventLogStorageTable,
)
from epg_pipeline.orchestration.jobs import HUNG_AFTER, schedule_of
from epg_pipeline.orchestration.run_errors import reasons_shown
from epg_pipeline.settings import Settings

MAX_EVENTS_PER_QUERY = 5000


@dg.op
def delete_old_runs(context: dg.OpExecutionContext, settings: dg.ResourceParam[Settings]) -> None:
    """Delete finished runs older than EPG_KEEP_RUNS_DAYS, but none that a partition's latest state hangs on."""
    before = utc_now() - timedelta(days=settings.keep_runs_days)
    deleted = 0
    with reasons_shown():
        for run_id in old_runs(context.instance, before):
            forget(context.instance, run_id)
            deleted += 1
    context.log.info("%d runs from before %s were deleted", deleted, f"{before:%Y-%m-%d}")
    context.add_output_metadata({"deleted": deleted})


def old_runs(instance: dg.DagsterInstance, before: datetime) -> Iterator[str]:
    """The ids of finished runs made before an instant, without those that must stay, the newest first.

    The UI colours a partition by its latest materialisation, which is an event of a run: with the run the partition
    would turn to missing, though its guide is there. So a run stays until each partition it made was made again.
    """
    finished = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
    old = dg.RunsFilter(statuses=finished, created_before=before)
    latest = {
        storage_id
        for asset in instance.get_asset_keys()
        for storage_id in instance.get_latest_storage_id_by_partition(
            asset, dg.DagsterEventType.ASSET_MATERIALIZATION
        ).values()
    }
    kept = set(_runs_of(instance, sorted(latest)))
    yield from (run_id for run_id in instance.get_run_ids(old) if run_id not in kept)


def _runs_of(instance: dg.DagsterInstance, storage_ids: list[int]) -> Iterator[str]:
    """The runs that these events are of, thousands at a time: a query for each run would take longer every year."""
    log = instance.event_log_storage
    if not isinstance(log, SqlEventLogStorage):
        raise TypeError(f"{type(log).__name__} keeps no tables to read")
    event = SqlEventLogStorageTable.c
    with log.index_connection() as connection:
        for start in range(0, len(storage_ids), MAX_EVENTS_PER_QUERY):
            part = event.id.in_(storage_ids[start : start + MAX_EVENTS_PER_QUERY])
            yield from connection.execute(select(event.run_id).where(part).distinct()).scalars()


def forget(instance: dg.DagsterInstance, run_id: str) -> None:
    """Delete a run with its logs, and its results of checks, which Dagster leaves: eight for each partition."""
    instance.delete_run(run_id)
    instance.compute_log_manager.delete_logs(prefix=[run_id])
    log = instance.event_log_storage
    if isinstance(log, SqlEventLogStorage):
        with log.index_connection() as connection:
            of_run = AssetCheckExecutionsTable.c.run_id == run_id
            connection.execute(AssetCheckExecutionsTable.delete().where(of_run))


@dg.job(description="Drops old runs from Dagster's record; nothing of the guides' own record.", tags=HUNG_AFTER)
def retention() -> None:
    """One pass over the oldest runs."""
    delete_old_runs()


nightly_retention = schedule_of("nightly_retention", retention, "10 3 * * *")
