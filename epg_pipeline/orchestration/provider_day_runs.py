"""One run over many provider-days: a bad one is set aside with its reason, the others go on, the run fails at its end.

Belongs here: what every provider-day asset shares: its definition, the loop, and what Dagster records of each
partition. Does not belong: any work of an asset.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Protocol, TypeAlias, TypeVar

import dagster as dg
import polars as pl

from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.domain.guide.checks import Verdict, demand
from epg_pipeline.errors import CheckFailedError, EpgError, FlowError, one_line
from epg_pipeline.orchestration.checks import check_specs, checked, record
from epg_pipeline.orchestration.metadata import OWNERS, table
from epg_pipeline.orchestration.partitions import (
    OF_DAYS,
    OF_PROVIDER,
    PROVIDER_DAYS,
    demand_whole_range,
    provider_and_day,
)
from epg_pipeline.orchestration.resources import RunFaults

# With this mark Dagster records no materialisation for an output by itself: the loop has recorded them. The step must
# succeed for the steps after it to run, and must not claim the partitions that failed.
# tests/orchestration/test_ranges.py holds Dagster to it.
NO_EVENTS_OF_ITS_OWN = {"__source_asset_observation__": True}
MAX_NAMED = 20
BY_PARTITION = "by_partition"  # metadata of a failed run: each partition's reason and remedy, for incidents.py


class Judged(Protocol):
    """What a step reports of a provider's day."""

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What its checks found."""


Report = TypeVar("Report", bound=Judged)
Done: TypeAlias = dg.MaterializeResult[Any] | dg.Output[None]
Compute: TypeAlias = Callable[[dg.AssetExecutionContext], Iterator[Done]]


def provider_day_asset(
    group: str,
    kinds: set[str],
    deps: Sequence[dg.AssetsDefinition] = (),
    metadata: Mapping[str, Any] | None = None,
) -> Callable[[Compute], dg.AssetsDefinition]:
    """An asset over provider-days, with the checks of its name; what it computes is given to `each_provider_day`."""

    def asset(compute: Compute) -> dg.AssetsDefinition:
        return dg.asset(
            partitions_def=PROVIDER_DAYS,
            deps=deps,
            backfill_policy=dg.BackfillPolicy.single_run(),
            required_resource_keys={"store", "settings", "faults"},
            group_name=group,
            owners=OWNERS,
            check_specs=check_specs(compute.__name__),
            metadata=metadata,
            kinds=kinds,
        )(compute)

    return asset


def each_provider_day(
    context: dg.AssetExecutionContext,
    work: Callable[[Provider, date], Report],
    show: Callable[[Report], Mapping[str, Any]],
) -> Iterator[Done]:
    """Do the work for every partition of the run; `show` makes a partition's metadata of what it reports.

    A partition whose work raises, or that a blocking check refuses, is put in quarantine with the reason, and no later
    step of the run tries it. The last step that runs raises dg.Failure naming all of them, after the good ones are
    recorded: the run is seen to fail.
    """
    store: Store = context.resources.store
    faults: RunFaults = context.resources.faults
    demand_whole_range(context.run, context.partition_keys)
    _tag(context)
    for key in context.partition_keys:
        if key in faults:
            context.log.warning("%s: left out, it failed before: %s", key, faults[key])
            continue
        try:
            slug, day = provider_and_day(key)
            report = work(store.providers.find(slug), day)
            demand(report.verdicts, slug)
            _materialised(context, key, show(report))
            record(context, key, report.verdicts)
        except CheckFailedError as fault:
            record(context, key, fault.verdicts)
            _set_aside(context, key, fault)
        except Exception as fault:  # noqa: BLE001 - a bad partition must not stop the others
            _set_aside(context, key, fault if isinstance(fault, EpgError) else FlowError(one_line(fault)))
    if faults and _is_last_step(context):
        raise _failure(faults, len(context.partition_keys))
    yield dg.MaterializeResult(metadata=NO_EVENTS_OF_ITS_OWN)
    yield from checked(context)


def _tag(context: dg.AssetExecutionContext) -> None:
    """Have the UI find the run by provider and days, also one over a range, which Dagster tags with its ends alone.

    And have a run that is killed be tried again from its first step: which partitions had failed died with it, and a
    later step must not take them for good ones.
    """
    split = [provider_and_day(key) for key in context.partition_keys]
    slugs, days = sorted({slug for slug, _ in split}), sorted({day for _, day in split})
    tags = {
        OF_DAYS: str(days[0]) if len(days) == 1 else f"{days[0]} to {days[-1]}",
        "dagster/retry_strategy": "ALL_STEPS",
    }
    if len(slugs) == 1:
        tags[OF_PROVIDER] = slugs[0]
    context.instance.add_run_tags(context.run.run_id, tags)


def _materialised(context: dg.AssetExecutionContext, key: str, metadata: Mapping[str, Any]) -> None:
    context.log_event(dg.AssetMaterialization(context.asset_key, partition=key, metadata=metadata))


def _failure(faults: RunFaults, partitions: int) -> dg.Failure:
    named = "; ".join(f"{key}: {why}" for key, why in list(faults.items())[:MAX_NAMED])
    rows = pl.DataFrame({"partition": list(faults), "reason": [one_line(fault) for fault in faults.values()]})
    return dg.Failure(
        f"{len(faults)} of {partitions} partitions failed: {named}",
        metadata={
            "failed": len(faults),
            "of": partitions,
            "reasons": table(rows),
            BY_PARTITION: {key: [fault.message, fault.remedy] for key, fault in faults.items()},
        },
        allow_retries=False,
    )


def _is_last_step(context: dg.AssetExecutionContext) -> bool:
    """Whether no later step of the run goes over the same partitions; others know nothing of the faults."""
    layer = context.job_def.asset_layer
    later = layer.get(context.asset_key).child_keys & set(layer.executable_asset_keys)
    return not any(layer.get(key).partitions_def == PROVIDER_DAYS for key in later)


def _set_aside(context: dg.AssetExecutionContext, key: str, fault: EpgError) -> None:
    """Keep the partition out of the rest of the run, and its failure beside the provider's day in quarantine.

    Whatever prevents the latter must not hide the failure itself.
    """
    context.resources.faults[key] = fault
    context.log.error("%s: %s", key, fault)
    store: Store = context.resources.store
    try:
        slug, day = provider_and_day(key)
        rows = pl.DataFrame({"name": [key], "reason": [one_line(fault)]})
        store.quarantine.add(store.providers.find(slug), day, context.asset_key.to_user_string(), rows)
    except Exception as error:  # noqa: BLE001 - the first reason is the one that counts, and it is reported
        context.log.warning("%s: not noted in quarantine: %s", key, one_line(error))
