"""From a provider's address to its event slots."""

from typing import Any

import dagster as dg

from epg_pipeline import flows
from epg_pipeline.orchestration import shown
from epg_pipeline.orchestration.loops import each_provider_day
from epg_pipeline.orchestration.partitions import PROVIDER_DAYS

NEEDS = {"store", "settings", "faults"}


@dg.asset(
    partitions_def=PROVIDER_DAYS,
    backfill_policy=dg.BackfillPolicy.single_run(),
    required_resource_keys=NEEDS,
    group_name="guide",
    kinds={"http", "m3u"},
)
def raw_m3u(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
    """The playlist of a provider's day as fetched: an immutable snapshot, addressed by its content.

    A past day keeps the playlist that was in force then; only a day without any is given the one of now.
    """
    store = context.resources.store
    return each_provider_day(
        context, lambda provider, day: shown.snapshotted(flows.playlist_of_day(store, provider, day))
    )


@dg.asset(
    partitions_def=PROVIDER_DAYS,
    deps=[raw_m3u],
    backfill_policy=dg.BackfillPolicy.single_run(),
    required_resource_keys=NEEDS,
    group_name="guide",
    kinds={"polars", "postgres"},
)
def filtered_channels(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
    """The entries that are event slots, against those of the day before: added, changed, removed, unchanged."""
    store = context.resources.store
    return each_provider_day(context, lambda provider, day: shown.filtered(flows.filter_channels(store, provider, day)))
