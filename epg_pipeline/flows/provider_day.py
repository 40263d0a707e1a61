"""A provider's day from playlist to published guide: what the command line runs in one go.

Belongs here: the order of the steps. Does not belong: the steps themselves (playlists.py, matching.py, publishing.py).
"""

import time
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.config.provider_settings import ProviderSettings
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.flows.matching import match_days
from epg_pipeline.flows.playlists import filter_channels, snapshot_playlist
from epg_pipeline.flows.progress import Step
from epg_pipeline.flows.publishing import days_ahead, publish_day
from epg_pipeline.flows.results import ProviderRun, Published
from epg_pipeline.settings import Settings


def refresh_provider(
    store: Store,
    provider: Provider,
    day: date,
    as_of: date,
    settings: Settings,
    step: Step = nullcontext,
    *,
    force: bool = False,
) -> ProviderRun:
    """Fetch, filter, match the day and those the current guide shows after it, publish; `step` shows the progress.

    A guide held back is reported in the run's `published`, see `publish_provider`.
    """
    began = time.monotonic()
    with step("Fetching the playlist"):
        snapshotted = snapshot_playlist(store, provider, day)
    with step("Finding the event slots"):
        filtered = filter_channels(store, provider, day, force=force)
    days = days_ahead(day, as_of, provider.settings)
    matched = match_days(store, provider, days, step, filtered.read)
    with step("Publishing"):
        published = publish_day(store, provider, day, as_of, settings, force=force)
    return ProviderRun(provider.name, snapshotted, filtered, matched, published, time.monotonic() - began)


def publish_provider(
    store: Store, provider: Provider, day: date, as_of: date, settings: Settings, *, force: bool = False
) -> Published:
    """Publish from the record alone; days of the current guide that wait for it are matched first.

    A guide reaches some days ahead, so each morning one day is new: its names are on record, its programmes are not.
    Days with events that were moved or called off since are matched again, too. A guide that is not fit to replace the
    last one is reported in `held_back`; `force` publishes one that lost too many programmes.
    """
    due = store.rematches.due(provider)
    waiting = [
        ahead
        for ahead in days_ahead(day, as_of, provider.settings)
        if not _is_scheduled(store, provider, ProviderDay(ahead, provider.timezone))
        or (due and {ahead, store.slots.names_day(provider, ahead)} & due)
    ]
    matched = match_days(store, provider, waiting)
    return replace(publish_day(store, provider, day, as_of, settings, force=force), matched=matched)


def steps_of(day: date, as_of: date, settings: ProviderSettings) -> int:
    """How many stages `refresh_provider` has, for a provider with these settings."""
    return 3 + len(days_ahead(day, as_of, settings))


def _is_scheduled(store: Store, provider: Provider, day: ProviderDay) -> bool:
    """Whether each channel has programmes of the day. Programmes tile the day, so checking noon is enough."""
    noon = day.opens + timedelta(hours=12)
    rows = store.programmes.between(provider, noon, noon + timedelta(microseconds=1))
    own = rows.filter(pl.col("starts_at") >= day.opens)
    names = store.slots.names_in_force(provider, day.date)
    return bool(own.height >= max(names.slots if names else 0, 1))
