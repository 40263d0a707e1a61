"""From a provider's address to its event slots."""

from collections.abc import Iterator

import dagster as dg

from epg_pipeline.domain.frames import CHANNELS, ENTRIES
from epg_pipeline.flows import playlists
from epg_pipeline.orchestration import metadata
from epg_pipeline.orchestration.partitions import FORCE
from epg_pipeline.orchestration.provider_day_runs import Done, each_provider_day, provider_day_asset

FETCHED = "epg/playlist"  # tag of a run: the hash of the content that was already fetched for it


@provider_day_asset("playlists", {"http", "m3u"}, metadata=metadata.of_table("playlist_snapshots", ENTRIES))
def raw_m3u(context: dg.AssetExecutionContext) -> Iterator[Done]:
    """The playlist of a provider's day as fetched: an immutable snapshot, addressed by its content.

    A past day keeps the playlist that was in force then; one before the first has none, and fails.
    """
    store, fetched = context.resources.store, context.run.tags.get(FETCHED, "")
    yield from each_provider_day(
        context, lambda provider, day: playlists.playlist_of_day(store, provider, day, fetched), metadata.snapshotted
    )


@provider_day_asset("playlists", {"polars", "postgres"}, [raw_m3u], metadata.of_table("channel_names", CHANNELS))
def filtered_channels(context: dg.AssetExecutionContext) -> Iterator[Done]:
    """The entries that are event slots, against those of the day before: added, changed, removed, unchanged."""
    store, force = context.resources.store, FORCE in context.run.tags
    yield from each_provider_day(
        context, lambda provider, day: playlists.filter_channels(store, provider, day, force=force), metadata.filtered
    )
