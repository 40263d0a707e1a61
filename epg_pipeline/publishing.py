"""Programmes on record -> guide files.

Belongs here: which days a guide shows, what goes into its folder, noting what was published. Does not: the texts of a
guide (domain/tiers.py), its form (domain/xmltv.py), how files are written (adapters/guide_files.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from epg_pipeline.adapters.guide_files import WrittenFile, guide_folder, write_guide
from epg_pipeline.adapters.postgres import Publication
from epg_pipeline.config import load_facts
from epg_pipeline.domain.clone import clone_playlist
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.page import guide_page
from epg_pipeline.domain.schedule import stitch
from epg_pipeline.domain.tiers import dress
from epg_pipeline.domain.xmltv import to_xmltv
from epg_pipeline.reports import PREVIEW_ROWS, Published

if TYPE_CHECKING:
    from epg_pipeline.adapters.postgres import Provider, Store
    from epg_pipeline.settings import Settings

DAYS_BEFORE, DAYS_AFTER = 1, 2  # the current guide's window round today


class FlowError(Exception):
    """A step can't be done; the message says why and what to do."""


@dataclass(frozen=True)
class Guide:
    """The channels and dressed programmes of some days in a row."""

    channels: pl.DataFrame
    programmes: pl.DataFrame


def is_current(day: date, as_of: date) -> bool:
    """Whether the current guide, as players load it on `as_of`, shows the day."""
    return -DAYS_BEFORE <= (day - as_of).days <= DAYS_AFTER


def days_ahead(day: date, as_of: date) -> list[date]:
    """The day and, when the current guide shows it, the days after it there: today's names already tell of them."""
    last = as_of + timedelta(days=DAYS_AFTER) if is_current(day, as_of) else day
    return [day + timedelta(days=number) for number in range((last - day).days + 1)]


def publish_day(store: Store, provider: Provider, day: date, as_of: date, settings: Settings) -> Published:
    """Write a day's own guide, and for a day about `as_of` the current one, its page and the private clone playlist.

    Everything comes from the record. GuideHeldBackError, with the last guide left in place, when the new one would not
    be valid; FlowError when there is nothing to publish.
    """
    local = ProviderDay(day, provider.timezone)
    current = is_current(day, as_of)
    now = ProviderDay(as_of, provider.timezone)
    window = [now.shifted(number) for number in range(-DAYS_BEFORE, DAYS_AFTER + 1)] if current else [local]
    shown = _dressed(store, provider, window)
    guide = _guide(store, provider, shown, [local])
    folder = guide_folder(settings.dist, provider.slug, day=day)
    files = write_guide(folder, to_xmltv(guide.channels, guide.programmes))
    if current:
        guide = _guide(store, provider, shown, window)
        files += _write_current(provider, guide, window, settings)
    _note(store, provider, day, guide, files, settings)
    return Published(
        day=day,
        channels=guide.channels.height,
        programmes=guide.programmes.height,
        bytes=sum(file.byte_count for file in files),
        files=tuple(file.path for file in files),
        current=current,
        preview=guide.programmes.select("channel_id", "starts_at", "block", "title").head(PREVIEW_ROWS),
    )


def _dressed(store: Store, provider: Provider, days: list[ProviderDay]) -> pl.DataFrame:
    """DRESSED programmes of some days in a row. Read and dressed once: a day's guide is a part of the current one."""
    opens, closes = days[0].opens, days[-1].closes
    programmes = stitch(store.programmes(provider, opens, closes), opens, closes)
    return dress(programmes, provider.tier, provider.timezone, load_facts().sports)


def _why_nothing(store: Store, provider: Provider, day: date) -> str:
    """Why a day has no guide: nothing was fetched yet, or what was fetched holds no slot."""
    if store.snapshot(provider, day) is None:
        return f"nothing is on record for {day}; make it first: epg refresh"
    if store.channels(provider, day).is_empty():
        return f"its playlist of {day} holds no event slot; see how its names are read: epg match"
    return f"its slots of {day} have no programmes yet; make them: epg refresh"


def _guide(store: Store, provider: Provider, shown: pl.DataFrame, days: list[ProviderDay]) -> Guide:
    """The part of the programmes that is on during some days, with the channels in force on the last of them."""
    channels = store.channels(provider, days[-1].date)
    during = shown.filter(pl.col("stops_at") > days[0].opens, pl.col("starts_at") < days[-1].closes)
    own = during.join(channels, on="channel_id", how="semi")  # a slot gone since keeps its record, not its guide
    if own.is_empty():
        raise FlowError(f"{provider.name}: {_why_nothing(store, provider, days[-1].date)}")
    return Guide(channels.join(own, on="channel_id", how="semi", maintain_order="left"), own)


def _write_current(
    provider: Provider, guide: Guide, window: list[ProviderDay], settings: Settings
) -> list[WrittenFile]:
    page = guide_page(guide.channels, guide.programmes, window, provider.name, load_facts().sports)
    playlist = clone_playlist(guide.channels, f"{settings.guide_url}/guides/{provider.slug}/guide.xml.gz")
    folder = guide_folder(settings.dist, provider.slug)
    return write_guide(folder, to_xmltv(guide.channels, guide.programmes), playlist=playlist, page=page)


def _note(
    store: Store, provider: Provider, day: date, guide: Guide, files: list[WrittenFile], settings: Settings
) -> None:
    for file in files:
        publication = Publication(
            day=day,
            path=file.path.relative_to(settings.dist).as_posix(),
            tier=provider.tier,
            sha256=file.sha256,
            byte_count=file.byte_count,
            channel_count=guide.channels.height,
            programme_count=guide.programmes.height,
        )
        store.record_publication(provider, publication)
