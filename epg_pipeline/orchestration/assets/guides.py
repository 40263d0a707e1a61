"""From slots and events to the published guide."""

from collections.abc import Iterator

import dagster as dg

from epg_pipeline.adapters.clock import today
from epg_pipeline.domain.frames import PROGRAMMES
from epg_pipeline.flows import matching, provider_day
from epg_pipeline.orchestration import metadata
from epg_pipeline.orchestration.assets.events import canonical_events
from epg_pipeline.orchestration.assets.playlists import filtered_channels
from epg_pipeline.orchestration.partitions import FORCE
from epg_pipeline.orchestration.provider_day_runs import Done, each_provider_day, provider_day_asset


@provider_day_asset(
    "guides", {"polars", "postgres"}, [filtered_channels, canonical_events], metadata.of_table("epg_data", PROGRAMMES)
)
def matched_programmes(context: dg.AssetExecutionContext) -> Iterator[Done]:
    """Every slot's name as read, its event or why it has none, and its programme blocks of the day."""
    store = context.resources.store
    yield from each_provider_day(
        context, lambda provider, day: matching.match_day(store, provider, day), metadata.matched
    )


@provider_day_asset("guides", {"xml"}, [matched_programmes])
def published_xmltv(context: dg.AssetExecutionContext) -> Iterator[Done]:
    """The guide files of the day; for a day about now also the current guide, which players load."""
    store, settings, force = context.resources.store, context.resources.settings, FORCE in context.run.tags
    yield from each_provider_day(
        context,
        lambda provider, day: provider_day.publish_provider(
            store, provider, day, today(provider.timezone), settings, force=force
        ),
        lambda report: metadata.published(report, settings),
    )
