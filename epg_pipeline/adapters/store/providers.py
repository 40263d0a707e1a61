"""Providers, their playlists' snapshots, and what was set aside.

Belongs here: reading `providers`, and the rows of `playlist_snapshots`, `provider_days` and `quarantine`. Does not:
changing a provider (provider_changes.py), channels and what is on them, what was published (publication_rows.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime  # noqa: TC003  the fields of the dataclasses are inspected at run time
from typing import TYPE_CHECKING

import polars as pl
from psycopg.rows import class_row

from epg_pipeline.adapters.store.frames import stage
from epg_pipeline.adapters.store.sql_files import query
from epg_pipeline.config.provider_settings import ProviderSettings, Tier, provider_settings
from epg_pipeline.errors import UnknownProviderError

if TYPE_CHECKING:
    import psycopg

PLAYLIST = "playlist address"
PROVIDER = (
    "SELECT id, slug, name, timezone, tier, status, settings AS stated FROM providers WHERE record_status = 'active'"
)


@dataclass(frozen=True)
class Provider:
    """A provider without its playlist's address, so that it can be shown and logged."""

    id: int
    slug: str
    name: str
    timezone: str
    tier: Tier
    status: str
    stated: dict[str, object] = field(default_factory=dict, hash=False)  # the settings that differ from the defaults

    @property
    def settings(self) -> ProviderSettings:
        """Its settings, defaults included; ConfigError names the one that is wrong, and costs this provider alone."""
        return provider_settings(self.stated, self.name)


@dataclass(frozen=True)
class NewProvider:
    """What is needed to add a provider. An empty slug is made from the name."""

    name: str
    timezone: str
    tier: str
    slug: str = ""


@dataclass(frozen=True)
class Snapshot:
    """One playlist as fetched. `day` is the date it was put in force for, perhaps earlier than the one asked about."""

    id: int
    slug: str
    day: date
    content_hash: str
    fetched_at: datetime
    entry_count: int
    byte_count: int
    etag: str | None
    last_modified: str | None


def all_providers(connection: psycopg.Connection, active_only: bool) -> list[Provider]:
    """The providers by name."""
    condition = " AND status = 'active'" if active_only else ""
    with connection.cursor(row_factory=class_row(Provider)) as cursor:
        return cursor.execute(f"{PROVIDER}{condition} ORDER BY name").fetchall()


def find_provider(connection: psycopg.Connection, name_or_slug: str) -> Provider:
    """The provider of that exact name, else of that slug, else of that name whatever its case."""
    known = all_providers(connection, active_only=False)
    wanted = name_or_slug.strip()
    for same in (
        lambda one: one.name == wanted,
        lambda one: one.slug == wanted,
        lambda one: one.name.casefold() == wanted.casefold(),
    ):
        for one in filter(same, known):
            return one
    listed = ", ".join(f"{one.name} ({one.slug})" for one in known) or "none yet; add one with: epg provider add"
    raise UnknownProviderError(f'No provider is called "{wanted}". Known: {listed}.')


def insert_snapshot(
    connection: psycopg.Connection,
    provider: Provider,
    day: date,
    content_hash: str,
    counts: dict[str, int],
    validators: dict[str, str | None],
) -> None:
    """Note a snapshot and put it in force for the day; a content seen before keeps its row."""
    values = {"provider": provider.id, "day": day, "hash": content_hash, **counts, **validators}
    connection.execute(query("save_snapshot"), values)
    connection.execute(query("put_snapshot_in_force"), values)


def snapshot_in_force(connection: psycopg.Connection, provider: Provider, day: date) -> Snapshot | None:
    """The snapshot of that day, else of the latest earlier day that has one."""
    with connection.cursor(row_factory=class_row(Snapshot)) as cursor:
        return cursor.execute(query("snapshot_in_force"), {"provider": provider.id, "day": day}).fetchone()


def insert_quarantined(
    connection: psycopg.Connection, provider: Provider | None, day: date, stage_name: str, rows: pl.DataFrame
) -> int:
    """Note what was set aside (columns `name`, `reason`), each thing once per day and stage; the number of new rows."""
    stage(connection, rows.select("name", "reason").cast(pl.String).unique(maintain_order=True), "set_aside")
    values = {"provider": provider.id if provider else None, "day": day, "stage": stage_name}
    return connection.execute(query("save_quarantine"), values).rowcount
