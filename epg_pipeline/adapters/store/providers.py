"""Providers, their playlists' snapshots, and what was set aside.

Belongs here: reading `providers`, and the rows of `playlist_snapshots`, `provider_days` and `quarantine`. Does not:
changing a provider (provider_changes.py), channels and what is on them, what was published (publication_rows.py).
"""

from dataclasses import dataclass, field

import psycopg

from epg_pipeline.adapters.store.frames import read_rows
from epg_pipeline.config.provider_settings import ProviderSettings, Tier, provider_settings
from epg_pipeline.errors import UnknownProviderError

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


def all_providers(connection: psycopg.Connection, *, active_only: bool) -> list[Provider]:
    """The providers by name."""
    condition = " AND status = 'active'" if active_only else ""
    return read_rows(connection, f"{PROVIDER}{condition} ORDER BY name", {}, Provider)


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
