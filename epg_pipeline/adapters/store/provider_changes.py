"""What an operator says of providers: a new one, another address, a pause, a removal.

Belongs here: the writes to `providers` and what must follow from them in the record, with the checks before. Does not:
reading providers (provider_rows.py), what a setting means (config/provider_settings.py).
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Literal, TypedDict, Unpack

import psycopg
from psycopg import errors
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from epg_pipeline.adapters.store.connections import Connections, SubStore, in_transaction
from epg_pipeline.adapters.store.events import LOCK as EVENTS
from epg_pipeline.adapters.store.playlists import LOCK as CHANGES
from epg_pipeline.adapters.store.providers import PLAYLIST, Provider, all_providers, find_provider
from epg_pipeline.adapters.store.sealing import Seal
from epg_pipeline.adapters.store.sql_files import query
from epg_pipeline.config.provider_settings import TIERS, provider_settings
from epg_pipeline.config.time_zones import is_time_zone
from epg_pipeline.errors import StoreError, UnknownProviderError

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_NAME = 80
NOT_IN_GUIDES = {"check_minutes", "most_lost"}  # settings that change nothing of what is published


class ProviderChanges(TypedDict, total=False):
    """What may be said anew of a provider; what is left out stays. The address is a secret."""

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
        return all_providers(connection, active_only=active_only)

    @in_transaction
    def find(self, connection: psycopg.Connection, name_or_slug: str) -> Provider:
        """The provider of that name or slug. UnknownProviderError lists those there are."""
        return find_provider(connection, name_or_slug)

    @in_transaction
    def playlist_url(self, connection: psycopg.Connection, provider: Provider) -> str:
        """The playlist's address in clear. A secret."""
        return self._seal.open(sealed_playlist_url(connection, provider), PLAYLIST)

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
                f'"{slug}" is not a valid slug: use lower-case letters and digits with single hyphens between. '
                "Pass another with --slug."
            )
        _check_place(timezone, tier)
        values = {
            "slug": slug,
            "name": name.strip(),
            "sealed": self._seal.close(playlist_url, PLAYLIST),
            "timezone": timezone,
            "tier": tier,
        }
        try:
            with connection.transaction(), connection.cursor(row_factory=class_row(Provider)) as cursor:
                added = cursor.execute(query("add_provider"), values).fetchone()
        except errors.UniqueViolation:
            raise StoreError(_slug_is_taken(connection, slug)) from None
        if added is None:
            raise StoreError(
                f'The provider "{name.strip()}" exists already. To change it: epg provider edit; if it is paused: '
                "epg provider resume."
            )
        _forget_validators(connection, added)
        return added

    @in_transaction
    def change(
        self, connection: psycopg.Connection, provider: Provider, **changes: Unpack[ProviderChanges]
    ) -> Provider:
        """The provider with the changes. Its slug never changes, so its addresses and channel ids stay.

        Another address makes the next fetch an unconditional one; another zone, tier or setting has its days from
        yesterday on matched and published anew. One that is resumed is asked for what came up while it was paused.
        StoreError for a value that can't be, ConfigError for a setting.
        """
        _check(provider, changes)
        values = _values(provider, changes, self._seal)
        is_elsewhere = values["sealed"] not in {None, sealed_playlist_url(connection, provider)}
        is_resumed = provider.status == "paused" and changes.get("status") == "active"
        if is_resumed or _is_in_guides(
            provider, changes
        ):  # before the row: whoever takes in events locks in this order
            for lock in (EVENTS, CHANGES):  # under which marks become visible in their order
                connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (lock,))
        try:
            with connection.transaction():
                is_changed = connection.execute(query("change_provider"), values).rowcount == 1
        except errors.UniqueViolation:
            raise StoreError(_name_is_taken(connection, str(values["name"]))) from None
        if is_elsewhere:
            _forget_validators(connection, provider)
        if is_changed and _is_in_guides(provider, changes):
            connection.execute(query("mark_provider_rematches"), {"id": provider.id})
        if is_changed and is_resumed:
            connection.execute(query("ask_again"), {"id": provider.id})
        return find_provider(connection, provider.slug)

    @in_transaction
    def remove(self, connection: psycopg.Connection, provider: Provider) -> None:
        """Take the provider off the list; every row of it stays."""
        connection.execute(
            "UPDATE providers SET record_status = 'removed', updated_at = now() "
            "WHERE id = %s AND record_status = 'active'",
            (provider.id,),
        )

    @in_transaction
    def removed_names(self, connection: psycopg.Connection) -> list[str]:
        """The names of the providers that were removed; adding one again brings it back."""
        rows = connection.execute("SELECT name FROM providers WHERE record_status = 'removed' ORDER BY name")
        return [name for (name,) in rows]


def _is_in_guides(provider: Provider, changes: ProviderChanges) -> bool:
    """Whether guides that are published look otherwise by these changes."""

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


def sealed_playlist_url(connection: psycopg.Connection, provider: Provider) -> bytes:
    """The playlist's address as stored."""
    row = connection.execute("SELECT playlist_url_sealed FROM providers WHERE id = %s", (provider.id,)).fetchone()
    if row is None:
        raise UnknownProviderError(f'No provider is called "{provider.name}" any more.')
    return bytes(row[0])


def slug_of(name: str) -> str:
    """A name for addresses and folders: lower-case ASCII letters and digits, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))


def _forget_validators(connection: psycopg.Connection, provider: Provider) -> None:
    """An ETag or a date means nothing to another server: asked with it, that might say "unchanged" of another list.

    And it is due to be looked at.
    """
    connection.execute(
        "UPDATE playlist_snapshots SET etag = NULL, last_modified = NULL WHERE provider_id = %s", (provider.id,)
    )
    connection.execute("UPDATE playlist_checks SET checked_at = NULL WHERE provider_id = %s", (provider.id,))


def _check_name(name: str) -> None:
    if not name.strip():
        raise StoreError("A provider needs a name.")
    if not name.isprintable() or len(name) > LONGEST_NAME:
        raise StoreError(f"A provider's name has at most {LONGEST_NAME} characters, all of them printable.")


def _check_place(timezone: str, tier: str) -> None:
    if tier not in TIERS:
        raise StoreError(f'"{tier}" is no tier: {", ".join(TIERS)}.')
    if not is_time_zone(timezone):
        raise StoreError(f'"{timezone}" is no time zone: use an IANA name such as America/New_York.')


def _slug_is_taken(connection: psycopg.Connection, slug: str) -> str:
    name, is_removed = _holder(connection, "slug", slug)
    if is_removed:
        return (
            f'The removed provider "{name}" has the slug "{slug}" for ever: add "{name}" again to bring it back, or '
            "give another slug with --slug."
        )
    return f'Another provider has the slug "{slug}": give one of its own with --slug.'


def _name_is_taken(connection: psycopg.Connection, name: str) -> str:
    _, is_removed = _holder(connection, "name", name)
    removed = f' It is removed; epg provider add "{name}" brings it back.' if is_removed else ""
    return f'Another provider is called "{name}".{removed}'


def _holder(connection: psycopg.Connection, column: Literal["name", "slug"], value: str) -> tuple[str, bool]:
    statement = f"SELECT name, record_status = 'removed' FROM providers WHERE {column} = %s"  # noqa: S608 - our columns
    row = connection.execute(statement, (value,)).fetchone()
    return row or (value, False)
