"""What keeps events and teams up to date by the clock: one refresh of the days around today, and one weekly sync.

Belongs here: when, and for which partitions. Does not: the refresh (assets/events.py), the sync (flows/teams.py).
"""

from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any

import dagster as dg

from epg_pipeline.adapters.clock import utc_now
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.flows.teams import sync_teams
from epg_pipeline.orchestration.jobs import HUNG_AFTER, events_of_day, schedule_of
from epg_pipeline.orchestration.partitions import DAYS_AHEAD
from epg_pipeline.orchestration.run_errors import reasons_shown
from epg_pipeline.settings import Settings

ONE_DAY = timedelta(days=1)
MAX_NAMED = 50


@dg.schedule(
    job=events_of_day,
    cron_schedule="20 */6 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def events_around_today(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
    """Refreshes the days from yesterday to the last that has a partition, in one run, four times a day."""
    tick = context.scheduled_execution_time
    today = tick.astimezone(UTC).date()
    tags = {
        "dagster/asset_partition_range_start": str(today - ONE_DAY),
        "dagster/asset_partition_range_end": str(today + (DAYS_AHEAD - 1) * ONE_DAY),
    }
    yield dg.RunRequest(run_key=f"{tick:%Y-%m-%dT%H:%M}", tags=tags)


@dg.op
def compare_team_lists(
    context: dg.OpExecutionContext, store: dg.ResourceParam[Store], settings: dg.ResourceParam[Settings]
) -> None:
    """New, renamed and vanished teams of the enabled sources, recorded and logged."""
    with reasons_shown():
        report = sync_teams(store, settings, utc_now().date())
    for fault in report.faults:
        context.log.warning(str(fault))
    found: dict[str, Any] = {"teams": report.teams, "leagues": report.leagues}
    for what, teams in (("new", report.new), ("renamed", report.renamed), ("vanished", report.vanished)):
        found[what] = teams.height
        for row in teams.head(MAX_NAMED).iter_rows(named=True):
            before = f", before: {row['was']}" if "was" in row else ""
            context.log.info("%s: %s (%s, %s%s)", what, row["name"], row["source"], row["league"], before)
    context.add_output_metadata(found)


@dg.job(description="The sources' lists of teams against the record.", tags=HUNG_AFTER)
def teams_sync() -> None:
    """One comparison of all lists."""
    compare_team_lists()


weekly_teams = schedule_of("weekly_teams", teams_sync, "40 4 * * 1")
