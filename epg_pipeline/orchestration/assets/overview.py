"""The state of every provider, the worst first: what an operator looks at in the morning.

Belongs here: the table, and whether guides are published as far ahead as they should be. Does not belong: how one
provider's day went (the other assets show that), what is a problem and how to fix it (`epg status`).
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import dagster as dg
import polars as pl
from cronsim import CronSim

from epg_pipeline.adapters.clock import today, utc_now
from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.status import ProviderState
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.config.provider_settings import ProviderSettings
from epg_pipeline.domain.guide.checks import published_ahead
from epg_pipeline.orchestration.assets.guides import published_xmltv
from epg_pipeline.orchestration.checks import result_of
from epg_pipeline.orchestration.metadata import OWNERS, table
from epg_pipeline.orchestration.partitions import DAILY_PUBLISH
from epg_pipeline.settings import Settings

TIME_TO_PUBLISH = timedelta(minutes=30)
ONE_DAY = timedelta(days=1)
OVERVIEW = pl.Schema(
    {
        "slug": pl.String(), "provider": pl.String(), "status": pl.String(), "yesterday": pl.Date(),
        "events": pl.Int64(), "match_rate": pl.Float64(), "usual": pl.Float64(), "slots": pl.Int64(),
        "published_through": pl.Date(), "due_through": pl.Date(), "problem": pl.String(),
    }
)  # fmt: skip
AHEAD = dg.AssetCheckSpec(
    "published_ahead",
    asset="provider_overview",
    description="Every active provider is published through today and its days_after.",
)


@dg.asset(
    owners=OWNERS,
    deps=[published_xmltv],
    check_specs=[AHEAD],
    group_name="overview",
    kinds={"postgres"},
)
def provider_overview(
    store: dg.ResourceParam[Store], settings: dg.ResourceParam[Settings]
) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
    """Every provider, the worst first: yesterday's match rate against its usual one, how far it is published."""
    providers = overview(store, utc_now())
    yield dg.MaterializeResult(metadata=_shown(providers, settings))
    yield result_of(published_ahead(providers.filter(pl.col("status") == "active")))


def overview(store: Store, now: datetime) -> pl.DataFrame:
    """A row for each provider: active ones first, of these the lowest match rate; no event where one is usual is lower.

    A day of few events has no rate, and stands after those that have one. The columns are OVERVIEW and `change`, of the
    match rate against the usual one. A guide is due since the last daily publish that had time to end.
    """
    known = {provider.slug: provider for provider in store.providers.all()}
    published_at = next(CronSim(DAILY_PUBLISH, now - TIME_TO_PUBLISH - ONE_DAY))
    states = store.status.provider_states(now - ONE_DAY)
    broken = {incident.provider: incident.reason for incident in store.incidents.open()}
    rows = [
        _row(state, known[state.slug], published_at, broken.get(state.slug)) for state in states if state.slug in known
    ]
    is_missing = (pl.col("events") == 0) & pl.col("usual").is_not_null()
    rank = pl.when(is_missing).then(-1.0).otherwise("match_rate")
    order = (pl.col("status") != "active", rank, "slug")
    change = (pl.col("match_rate") - pl.col("usual")).alias("change")
    return pl.DataFrame(rows, schema=OVERVIEW).with_columns(change).sort(order, nulls_last=[False, True, False])


def _row(state: ProviderState, provider: Provider, published_at: datetime, problem: str | None) -> dict[str, object]:
    ahead = timedelta(days=_days_after(provider))
    through = state.published_day + ahead if state.published_day else None
    due: date = today(state.timezone, published_at) + ahead
    return {
        "slug": state.slug, "provider": state.name, "status": state.status, "yesterday": state.today,
        "events": state.events_today, "match_rate": state.rate_today, "usual": state.rate_before, "slots": state.slots,
        "published_through": through, "due_through": due, "problem": problem or state.fetch_problem or None,
    }  # fmt: skip


def _days_after(provider: Provider) -> int:
    return (ProviderSettings() if provider.settings_fault else provider.settings).days_after


def _shown(providers: pl.DataFrame, settings: Settings) -> dict[str, Any]:
    """The worst by name with the way to its report, then all of them, then figures to plot."""
    active = providers.filter(pl.col("status") == "active")
    figures: dict[str, Any] = {"dagster/row_count": providers.height, "active": active.height}
    if active.is_empty():
        return figures
    worst = active.row(0, named=True)
    rates = active["match_rate"].drop_nulls()
    return {
        "worst": f"{worst['provider']}: {_found(worst['match_rate'], worst['events'])} on {worst['yesterday']}",
        "worst_report": dg.MetadataValue.url(_report(settings, worst["slug"], worst["yesterday"])),
        "providers": table(_legible(providers)),
        **({"lowest_match_rate": rates.min(), "mean_match_rate": rates.mean()} if rates.len() else {}),
        **figures,
    }


def _report(settings: Settings, slug: str, day: date) -> str:
    """Where the match report of a day is; where it has none, that of the names in force."""
    of_day = f"{slug}/{day}/report.html"
    there = of_day if (settings.dist / of_day).exists() else f"{slug}/report.html"
    return f"{settings.guide_url}/guides/{there}"


def _found(rate: float | None, events: int) -> str:
    if rate is not None:
        return f"{rate:.0%} matched"
    return f"too few events to judge ({events})" if events else "nothing to match"


def _legible(providers: pl.DataFrame) -> pl.DataFrame:
    """The columns an operator looks at first, first; shares in percent."""
    percent = pl.col("match_rate", "usual", "change") * 100
    texts = pl.format("{}%", percent.round(0).cast(pl.Int64))
    rates = ("match_rate", "usual", "change", "events")
    return providers.with_columns(texts).select(
        "provider", *rates, "published_through", "slots", "status", "yesterday", "problem"
    )
