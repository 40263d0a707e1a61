"""The providers of an installation.

Belongs here: the rows of `providers`, the checks before a change, and what must follow from one in the record. Does not
belong: what a setting means (config/provider_settings.py).
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict, Unpack

import psycopg
from psycopg import errors
from psycopg.types.json import Jsonb

from epg_pipeline.adapters.store.connections import (
    EVENTS_LOCK,
    PLAYLIST_CHANGES_LOCK,
    Connections,
    SubStore,
    hold_lock,
    in_transaction,
)
from epg_pipeline.adapters.store.frames import read_rows
from epg_pipeline.adapters.store.sealing import Seal
from epg_pipeline.adapters.store.sql_files import query
from epg_pipeline.config.provider_settings import TIERS, ProviderSettings, Tier, provider_settings
from epg_pipeline.config.time_zones import is_time_zone
from epg_pipeline.errors import ConfigError, StoreError, UnknownProviderError

PLAYLIST = "playlist address"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_NAME_LENGTH = 80
NOT_IN_GUIDES = {"check_minutes", "most_lost"}  # settings that change nothing of what is published


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

    @property
    def settings_fault(self) -> ConfigError | None:
        """What is wrong with its settings; None when they are valid."""
        try:
            provider_settings(self.stated, self.name)
        except ConfigError as fault:
            return fault
        return None


class ProviderChanges(TypedDict, total=False):
    """What may change of a provider; what is left out stays. The address is a secret."""

    name: str
    playlist_url: str
    timezone: str
    tier: str
    status: Literal["active", "paused"]
    settings: Mapping[str, object]


class Providers(SubStore):
    """The providers of an installation."""

    def __init__(self, connections: Connections, seal: Seal) -> None:
        """`seal` encrypts the playlists' addresses."""
        super().__init__(connections)
        self._seal = seal

    @in_transaction
    def all(self, connection: psycopg.Connection, *, active_only: bool = False) -> list[Provider]:
        """All providers by name, or those that are not paused."""
        return [row for row in _all(connection) if row.status == "active" or not active_only]

    @in_transaction
    def find(self, connection: psycopg.Connection, name_or_slug: str) -> Provider:
        """The provider of that exact name, else of that slug, else of that name in any letter case.

        UnknownProviderError lists those there are.
        """
        return _find(connection, name_or_slug)

    @in_transaction
    def playlist_url(self, connection: psycopg.Connection, provider: Provider) -> str:
        """The playlist's address in clear. A secret."""
        return self._seal.open(_sealed_playlist_url(connection, provider), PLAYLIST)

    def pause(self, provider: Provider) -> Provider:
        """The provider, no longer among the active ones; nothing of it is lost."""
        return self.change(provider, status="paused")

    @in_transaction
    def add(
        self, connection: psycopg.Connection, name: str, playlist_url: str, timezone: str, tier: str, slug: str = ""
    ) -> Provider:
        """A new provider; without a slug it gets one made from its name.

        A removed one of that name comes back instead, with its old slug, its settings, and the values passed here.
        StoreError when it is on record, or a value is not valid.
        """
        slug = slug or slug_of(name)
        _check_name(name)
        if not SLUG.fullmatch(slug):
            raise StoreError(
                f'"{slug}" is not a valid slug: use lower-case letters and digits with single hyphens between',
                "Pass another with --slug.",
            )
        _check_place(timezone, tier)
        name, sealed = name.strip(), self._seal.close(playlist_url, PLAYLIST)
        values = {"slug": slug, "name": name, "sealed": sealed, "timezone": timezone, "tier": tier}
        try:
            with connection.transaction():
                added = read_rows(connection, query("add_provider"), values, Provider)
        except errors.UniqueViolation:
            raise StoreError(*_slug_is_taken(connection, slug)) from None
        if not added:
            remedy = "To change it: epg provider edit; if it is paused: epg provider resume."
            raise StoreError(f'The provider "{name}" exists already', remedy)
        connection.execute(query("forget_validators"), {"id": added[0].id})
        return added[0]

    @in_transaction
    def change(
        self, connection: psycopg.Connection, provider: Provider, **changes: Unpack[ProviderChanges]
    ) -> Provider:
        """The provider with the changes. Its slug never changes, so its addresses and channel ids stay.

        After another address the next fetch is unconditional; after another zone, tier or setting its days from
        yesterday on are matched and published again. One that is resumed catches up on what it missed while paused.
        StoreError for a value that is not valid, ConfigError for a setting.
        """
        _check(provider, changes)
        values = _values(provider, changes, self._seal)
        is_elsewhere = values["sealed"] not in {None, _sealed_playlist_url(connection, provider)}
        is_resumed = provider.status == "paused" and changes.get("status") == "active"
        is_in_guides = _is_in_guides(provider, changes)
        if is_resumed or is_in_guides:
            for lock in (EVENTS_LOCK, PLAYLIST_CHANGES_LOCK):  # before the row, as whoever takes in events does
                hold_lock(connection, lock)
        try:
            with connection.transaction():
                is_changed = connection.execute(query("change_provider"), values).rowcount == 1
        except errors.UniqueViolation:
            raise StoreError(*_name_is_taken(connection, str(values["name"]))) from None
        if is_elsewhere:
            connection.execute(query("forget_validators"), {"id": provider.id})
        if is_changed and is_in_guides:
            connection.execute(query("mark_provider_rematches"), {"id": provider.id})
        if is_changed and is_resumed:
            connection.execute(query("ask_again"), {"id": provider.id})
        return _find(connection, provider.slug)

    @in_transaction
    def remove(self, connection: psycopg.Connection, provider: Provider) -> None:
        """Take the provider off the list; every row of it stays."""
        connection.execute(query("remove_provider"), {"id": provider.id})

    @in_transaction
    def removed_names(self, connection: psycopg.Connection) -> list[str]:
        """The names of the providers that were removed; adding one again brings it back."""
        rows = connection.execute("SELECT name FROM providers WHERE record_status = 'removed' ORDER BY name")
        return [name for (name,) in rows]


def _is_in_guides(provider: Provider, changes: ProviderChanges) -> bool:
    """Whether these changes alter published guides."""

    def shown(settings: Mapping[str, object]) -> dict[str, object]:
        return {key: value for key, value in settings.items() if key not in NOT_IN_GUIDES}

    is_set = "settings" in changes and shown(changes["settings"]) != shown(provider.stated)
    return is_set or bool(changes.keys() & {"timezone", "tier"})


def _check(provider: Provider, changes: ProviderChanges) -> None:
    if "name" in changes:
        _check_name(changes["name"])
    _check_place(changes.get("timezone", provider.timezone), changes.get("tier", provider.tier))
    if "settings" in changes:
        provider_settings(changes["settings"], provider.name)


def _values(provider: Provider, changes: ProviderChanges, seal: Seal) -> dict[str, Any]:
    """What change_provider.sql takes: null for what stays."""
    address, settings = changes.get("playlist_url"), changes.get("settings")
    return {
        "id": provider.id,
        "name": changes["name"].strip() if "name" in changes else None,
        "sealed": seal.close(address, PLAYLIST) if address else None,
        "timezone": changes.get("timezone"),
        "tier": changes.get("tier"),
        "status": changes.get("status"),
        "settings": None if settings is None else Jsonb(dict(settings)),
    }


def _sealed_playlist_url(connection: psycopg.Connection, provider: Provider) -> bytes:
    """The playlist's address as stored."""
    row = connection.execute("SELECT playlist_url_sealed FROM providers WHERE id = %s", (provider.id,)).fetchone()
    if row is None:
        raise UnknownProviderError(f'No provider is called "{provider.name}" any more')
    return bytes(row[0])


def slug_of(name: str) -> str:
    """A name for addresses and folders: lower-case ASCII letters and digits, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))


def _check_name(name: str) -> None:
    if not name.strip():
        raise StoreError("A provider needs a name")
    if not name.isprintable() or len(name) > MAX_NAME_LENGTH:
        raise StoreError(f"A provider's name has at most {MAX_NAME_LENGTH} characters, all of them printable")


def _check_place(timezone: str, tier: str) -> None:
    if tier not in TIERS:
        raise StoreError(f'"{tier}" is not a tier', f"Use one of: {', '.join(TIERS)}.")
    if not is_time_zone(timezone):
        raise StoreError(f'"{timezone}" is not a time zone', "Use an IANA name such as America/New_York.")


def _slug_is_taken(connection: psycopg.Connection, slug: str) -> tuple[str, str]:
    """Message and remedy."""
    name, is_removed = _holder(connection, "slug", slug)
    if is_removed:
        remedy = f'Add "{name}" again to bring it back, or give another slug with --slug.'
        return f'The removed provider "{name}" keeps the slug "{slug}"', remedy
    return f'Another provider has the slug "{slug}"', "Give another one with --slug."


def _name_is_taken(connection: psycopg.Connection, name: str) -> tuple[str, str]:
    """Message and remedy."""
    is_removed = _holder(connection, "name", name)[1]
    remedy = f'It is removed; epg provider add "{name}" brings it back.' if is_removed else ""
    return f'Another provider is called "{name}"', remedy


def _holder(connection: psycopg.Connection, column: Literal["name", "slug"], value: str) -> tuple[str, bool]:
    statement = f"SELECT name, record_status = 'removed' FROM providers WHERE {column} = %s"  # noqa: S608 - our columns
    return connection.execute(statement, (value,)).fetchone() or (value, False)


def _all(connection: psycopg.Connection) -> list[Provider]:
    return read_rows(connection, query("providers"), {}, Provider)


def _find(connection: psycopg.Connection, name_or_slug: str) -> Provider:
    providers, wanted = _all(connection), name_or_slug.strip()
    by_name, by_slug = ({getattr(row, key): row for row in providers} for key in ("name", "slug"))
    any_case = {row.name.casefold(): row for row in reversed(providers)}
    found = by_name.get(wanted) or by_slug.get(wanted) or any_case.get(wanted.casefold())
    if found is None:
        listed = ", ".join(f"{row.name} ({row.slug})" for row in providers)
        none_yet = "none yet; add one with: epg provider add"
        raise UnknownProviderError(f'No provider is called "{wanted}". Known: {listed or none_yet}.')
    return found
