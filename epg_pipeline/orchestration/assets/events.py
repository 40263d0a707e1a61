"""The canonical schedule, by day."""

from datetime import date
from typing import Any

import dagster as dg

from epg_pipeline import flows
from epg_pipeline.orchestration import shown
from epg_pipeline.orchestration.partitions import DAYS


@dg.asset(
    partitions_def=DAYS,
    backfill_policy=dg.BackfillPolicy.single_run(),
    required_resource_keys={"store", "settings"},
    group_name="guide",
    kinds={"json", "postgres"},
)
def canonical_events(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
    """One row per real event of a UTC date; the events file is taken in where one is set. Nothing is ever removed."""
    store, file = context.resources.store, context.resources.settings.events_file
    for key in context.partition_keys:
        day = date.fromisoformat(key)
        report = flows.import_events_of(store, file, day) if file else flows.events_on_record(store, day)
        context.add_asset_metadata(shown.imported(report), partition_key=key)
    return dg.MaterializeResult()
