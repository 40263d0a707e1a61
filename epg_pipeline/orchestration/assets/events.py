"""The canonical schedule, by day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import dagster as dg

from epg_pipeline.adapters.clock import utc_now
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.domain.frames import EVENTS
from epg_pipeline.domain.guide.checks import Verdict, sources_answered
from epg_pipeline.flows import events as event_flows
from epg_pipeline.orchestration import metadata
from epg_pipeline.orchestration.checks import result_of
from epg_pipeline.orchestration.metadata import OWNERS
from epg_pipeline.orchestration.partitions import DAYS, demand_whole_range
from epg_pipeline.orchestration.run_errors import reasons_shown
from epg_pipeline.settings import Settings

ANSWERED = dg.AssetCheckSpec(
    "sources_answered",
    asset="canonical_events",
    description="Every source answers. Where one does not, you are notified; what is on record stays.",
)


@dg.asset(
    partitions_def=DAYS,
    backfill_policy=dg.BackfillPolicy.single_run(),
    group_name="events",
    owners=OWNERS,
    check_specs=[ANSWERED],
    kinds={"json", "postgres"},
    metadata=metadata.of_table("events", EVENTS),
)
def canonical_events(
    context: dg.AssetExecutionContext, store: dg.ResourceParam[Store], settings: dg.ResourceParam[Settings]
) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
    """One row per real event of a UTC date, merged over the sources that are asked. Nothing is ever removed.

    Days that follow each other are one refresh. A source that fails costs its own rows, and is named.
    """
    demand_whole_range(context.run, context.partition_keys)
    with reasons_shown():
        verdict = _refresh(context, store, settings)
    yield dg.MaterializeResult()
    yield result_of(verdict)


def _refresh(context: dg.AssetExecutionContext, store: Store, settings: Settings) -> Verdict:
    """Refresh the run's days, record each, and judge the sources by all their answers."""
    days = [date.fromisoformat(key) for key in context.partition_keys]
    asked: set[str] = set()
    answered: set[str] = set()
    for report in event_flows.refresh_days(store, settings, days, utc_now().date()):
        asked |= {run.source for run in report.runs if run.asks}
        answered |= {run.source for run in report.runs} - {*report.silent}
        faults = tuple(map(str, report.faults))
        for fault in faults:
            context.log.warning(fault)
        for day in (day for day in days if report.first <= day <= report.last):
            of_day = replace(
                event_flows.events_on_record(store, day), rows_written=report.events.written, faults=faults
            )
            context.add_asset_metadata(metadata.imported(of_day), partition_key=str(day))
    return sources_answered(asked, asked - answered)
