"""The checks as Dagster shows them: a tab of each asset, a result for every partition.

Belongs here: which asset has which checks, and recording their verdicts. Does not belong: the judging
(domain/guide/checks.py).

A verdict that blocks sets its partition aside: the later steps of the run leave it out, the others go on, and the run
ends failed. Dagster's own blocking would stop the other partitions of a range too; it acts on results that an asset
yields, not on those it logs, and logged ones can name their partition also where a run has many.
"""

import warnings
from collections.abc import Iterable, Iterator

import dagster as dg

from epg_pipeline.domain.guide.checks import Verdict
from epg_pipeline.errors import redact
from epg_pipeline.orchestration.dagster_private import CheckTarget
from epg_pipeline.orchestration.partitions import PROVIDER_DAYS, provider_and_day, provider_day_key

# Asset -> check -> what it says. Those in BLOCKING keep the guide from being published.
CHECKS = {
    "raw_m3u": {"playlist_fetched": "The playlist could be fetched; else the last good one stays in force."},
    "filtered_channels": {
        "slot_count": "About as many event slots as in the last playlist. A playlist that lost most is not taken.",
        "unknown_families": "Every family of numbered slots is one of config; others are read all the same.",
    },
    "matched_programmes": {
        "no_empty_channel": "Every channel has programmes all day.",
        "no_overlap": "No two programmes of a channel are on at once.",
        "match_rate": "About as many names found their event as in the provider's own last weeks.",
        "events_of_leagues": "There are events on record of the leagues that the names state.",
    },
    "published_xmltv": {
        "guide_fit": "Every guide written is valid XMLTV, has programmes, and has not lost too many of them.",
    },
}
ASSETS = {check: dg.AssetKey(asset) for asset, checks in CHECKS.items() for check in checks}
BLOCKING = {"slot_count", "no_empty_channel", "no_overlap", "guide_fit"}


def check_specs(asset: str) -> list[dg.AssetCheckSpec]:
    """The checks of an asset, one result for each of its partitions."""
    with warnings.catch_warnings():
        # New in Dagster, and may still change: tests/orchestration/test_checks.py covers it.
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return [
            dg.AssetCheckSpec(
                name, asset=asset, description=said, blocking=name in BLOCKING, partitions_def=PROVIDER_DAYS
            )
            for name, said in CHECKS[asset].items()
        ]


def result_of(verdict: Verdict) -> dg.AssetCheckResult:
    """The verdict of a check that has one result a run, whatever the partitions, as the asset yields it."""
    return dg.AssetCheckResult(
        passed=verdict.holds,
        check_name=verdict.check,
        severity=_severity(verdict),
        description=verdict.text,
        metadata=dict(verdict.figures),
    )


def _severity(verdict: Verdict) -> dg.AssetCheckSeverity:
    return dg.AssetCheckSeverity.ERROR if verdict.blocks else dg.AssetCheckSeverity.WARN


def record(context: dg.AssetExecutionContext, key: str, verdicts: Iterable[Verdict]) -> None:
    """Log what the checks found, each of the asset it belongs to and the day that was judged.

    A publish matches the days that wait for it: their verdicts are of another asset, and may be of another day.
    """
    slug, _ = provider_and_day(key)
    for verdict in verdicts:
        asset, judged = ASSETS[verdict.check], provider_day_key(slug, verdict.day) if verdict.day else key
        if not verdict.holds:
            context.log.warning("%s: %s", judged, redact(verdict.text))
        context.log_event(
            dg.AssetCheckEvaluation(
                asset_key=asset,
                check_name=verdict.check,
                passed=verdict.holds,
                severity=_severity(verdict),
                description=redact(verdict.text),
                metadata=dict(verdict.figures),
                target_materialization_data=_latest(context, asset, judged),
                blocking=verdict.blocks,
                partition=judged,
            )
        )


def checked(context: dg.AssetExecutionContext) -> Iterator[dg.Output[None]]:
    """Report to Dagster that the step has finished its checks, whose results were recorded."""
    for spec in context.assets_def.check_specs:
        if spec.key in context.selected_asset_check_keys:
            yield dg.Output(None, output_name=spec.get_python_identifier())


def _latest(context: dg.AssetExecutionContext, asset: dg.AssetKey, key: str) -> CheckTarget | None:
    """What the checks were made of. A result without it counts as out of date once there is a materialisation."""
    of_partition = dg.AssetRecordsFilter(asset, asset_partitions=[key])
    records = context.instance.fetch_materializations(of_partition, limit=1).records
    if not records:
        return None
    latest = records[0]
    return CheckTarget(storage_id=latest.storage_id, run_id=latest.run_id, timestamp=latest.timestamp)
