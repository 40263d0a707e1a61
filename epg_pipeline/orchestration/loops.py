"""One run over many provider-days: a bad one is set aside with its reason, the others go on, the run fails at its end.

Belongs here: the loop every provider-day asset shares, and what Dagster is told of each partition. Does not: any work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg

from epg_pipeline.isolation import reason
from epg_pipeline.orchestration.partitions import provider_and_day

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from epg_pipeline.adapters.postgres import Provider, Store

# With this mark Dagster records no materialisation of its own for an output. The step must succeed for the steps after
# it to run, and must not claim the partitions that failed. tests/orchestration/test_ranges.py holds Dagster to it.
NO_EVENTS_OF_ITS_OWN = {"__source_asset_observation__": True}
MOST_NAMED = 20


def each_provider_day(
    context: dg.AssetExecutionContext, work: Callable[[Provider, date], Mapping[str, Any]]
) -> dg.MaterializeResult[Any]:
    """Do the work for every partition of the run; it gives back the metadata of that partition.

    A partition whose work raises is put in quarantine with the reason, and no later step of the run tries it. The last
    step that runs raises dg.Failure naming all of them, after the good ones are recorded: the run is seen to fail.
    """
    store: Store = context.resources.store
    faults: dict[str, str] = context.resources.faults
    done: dict[str, Mapping[str, Any]] = {}
    for key in context.partition_keys:
        if key in faults:
            context.log.warning("%s: left out, it failed before: %s", key, faults[key])
            continue
        try:
            slug, day = provider_and_day(key)
            done[key] = work(store.provider(slug), day)
            if problem := done[key].get("problem"):
                context.log.warning("%s: %s", key, problem)
        except Exception as fault:  # noqa: BLE001 - a bad partition must not stop the others
            faults[key] = reason(fault)
            context.log.error("%s: %s", key, faults[key])  # noqa: TRY400 - a trace could show an address
            _quarantine(context, key, faults[key])
    return _reported(context, done, faults)


def _reported(
    context: dg.AssetExecutionContext, done: dict[str, Mapping[str, Any]], faults: dict[str, str]
) -> dg.MaterializeResult[Any]:
    if not faults:
        for key, metadata in done.items():
            context.add_asset_metadata(metadata, partition_key=key)
        return dg.MaterializeResult()
    for key, metadata in done.items():
        context.log_event(dg.AssetMaterialization(context.asset_key, partition=key, metadata=metadata))
    if _is_last_step(context):
        named = "; ".join(f"{key}: {why}" for key, why in list(faults.items())[:MOST_NAMED])
        raise dg.Failure(
            f"{len(faults)} of {len(context.partition_keys)} partitions failed: {named}", allow_retries=False
        )
    return dg.MaterializeResult(metadata=NO_EVENTS_OF_ITS_OWN)


def _is_last_step(context: dg.AssetExecutionContext) -> bool:
    layer = context.job_def.asset_layer
    return not layer.get(context.asset_key).child_keys & set(layer.executable_asset_keys)


def _quarantine(context: dg.AssetExecutionContext, key: str, why: str) -> None:
    """Record the failure beside the provider's day. Whatever prevents that must not hide the failure itself."""
    import polars as pl

    store: Store = context.resources.store
    try:
        slug, day = provider_and_day(key)
        rows = pl.DataFrame({"name": [key], "reason": [why]})
        store.quarantine(store.provider(slug), day, context.asset_key.to_user_string(), rows)
    except Exception as fault:  # noqa: BLE001 - the first reason is the one that counts, and it is reported
        context.log.warning("%s: not noted in quarantine: %s", key, reason(fault))
