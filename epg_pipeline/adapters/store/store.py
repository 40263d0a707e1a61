"""The store: everything the pipeline records, in PostgreSQL.

Belongs here: the one object the flows read and write through, and how it is opened. Does not: SQL (`sql/queries`), the
rows of single tables (the modules `*_rows`), the server (embedded.py). Every `save_*` is one transaction: killed in the
middle it leaves what was there, and done again it gives what an undisturbed run gives.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Protocol, Self, Unpack

from epg_pipeline.adapters.clock import utc_now
from epg_pipeline.adapters.store import (
    events as event_rows,
)
from epg_pipeline.adapters.store import (
    overrides,
    provider_changes,
    providers,
    slots,
    sourced_events,
    team_lists,
    teams,
)
from epg_pipeline.adapters.store import (
    programmes as programme_rows,
)
from epg_pipeline.adapters.store.connections import (
    Connections,
    DatabaseParts,
    checked_conninfo,
    dagster_parts,
    parts_of,
)
from epg_pipeline.adapters.store.incidents import Incidents
from epg_pipeline.adapters.store.migrations import migrate
from epg_pipeline.adapters.store.overrides import NewOverride
from epg_pipeline.adapters.store.playlist_checks import PlaylistChecks
from epg_pipeline.adapters.store.providers import NewProvider, Provider, Snapshot
from epg_pipeline.adapters.store.publications import Publication, Publications
from epg_pipeline.adapters.store.sealing import Seal
from epg_pipeline.adapters.store.slots import SlotChanges
from epg_pipeline.adapters.store.snapshots import SnapshotFiles
from epg_pipeline.adapters.store.sql_files import sql_folder
from epg_pipeline.adapters.store.uploads import Uploads
from epg_pipeline.adapters.store.written import Written
from epg_pipeline.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime
    from pathlib import Path

    import polars as pl

    from epg_pipeline.adapters.embedded_postgres.server import Lease
    from epg_pipeline.adapters.store.provider_changes import ProviderChanges
    from epg_pipeline.adapters.store.sourced_events import Merge, RematchAsked, RematchSeen, TakenIn
    from epg_pipeline.domain.events.team_lists import Compared

__all__ = [
    "NewOverride",
    "Provider",
    "Publication",
    "SlotChanges",
    "Snapshot",
    "Store",
    "Written",
    "open_store",
]


class StoreSettings(Protocol):
    """What of the settings the store needs."""

    @property
    def home(self) -> Path:
        """Keeps the embedded server's data and the snapshots."""

    @property
    def database_url(self) -> str | None:
        """Another database than the embedded one."""

    @property
    def secret_key_text(self) -> str | None:
        """The sealing key itself, if it does not lie in the file."""

    @property
    def secret_key(self) -> Path:
        """The file of the sealing key."""


def open_store(settings: StoreSettings) -> Store:
    """The store of an installation, its tables up to date; starts the embedded server unless a database is named.

    Close it, or use it as a context manager: the last user's leaving stops the embedded server. StoreError says what is
    in the way and what to do.
    """
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise StoreError(
            f"{settings.home} can't be made ({fault.strerror}). Name another folder in EPG_HOME."
        ) from None
    text = settings.secret_key_text
    seal = Seal(text) if text else Seal.from_file(settings.secret_key)
    snapshots = SnapshotFiles(settings.home / "snapshots", seal)
    if settings.database_url:
        store = Store(settings.database_url, seal, snapshots)
    else:
        from epg_pipeline.adapters.embedded_postgres.server import (
            lease_server,  # needs a POSIX system; another database does not
        )

        lease = lease_server(settings.home)
        store = Store(lease.address.conninfo(), seal, snapshots, lease)
    with contextlib.ExitStack() as undo:
        undo.callback(store.close)
        migrate(store.connections, sql_folder() / "migrations")
        undo.pop_all()
    return store


class Store:
    """The record of all providers. Frames follow the contracts of the domain; threads may share one store."""

    def __init__(self, dsn: str, seal: Seal, snapshots: SnapshotFiles, lease: Lease | None = None) -> None:
        """Nothing is opened yet, and the tables are taken to be there: see `open_store`."""
        self._dsn = checked_conninfo(dsn)
        self.connections = Connections(self._dsn)
        self._seal = seal
        self._snapshots = snapshots
        self._lease = lease
        self.checks = PlaylistChecks(self.connections)
        self.incidents = Incidents(self.connections)
        self.publications = Publications(self.connections)
        self.uploads = Uploads(self.connections)

    def close(self) -> None:
        """Close all connections and let the embedded server go. Harmless when repeated."""
        self.connections.close()
        if self._lease is not None:
            self._lease.release()

    def __enter__(self) -> Self:
        """The store itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    # Where it is

    def dagster_database(self) -> DatabaseParts:
        """Where Dagster keeps its tables: a database of its own on the embedded server, else a schema beside ours."""
        if self._lease is not None:
            from epg_pipeline.adapters.embedded_postgres.server import DAGSTER_DATABASE

            return parts_of(self._lease.address.conninfo(DAGSTER_DATABASE))
        return dagster_parts(self._dsn)

    def keep_server_running(self) -> None:
        """Have the embedded server stay up when its users leave, until `embedded.stop_server`; else nothing to do."""
        if self._lease is not None:
            self._lease.keep_running()

    def revive_server(self) -> bool:
        """Start the embedded server again if it died; says whether it had. StoreError when it can't be."""
        return self._lease is not None and self._lease.revive()

    # Providers

    def providers(self, *, active_only: bool = False) -> list[Provider]:
        """All providers by name, or those that are not paused."""
        with self.connections.transaction() as connection:
            return providers.all_providers(connection, active_only)

    def provider(self, name_or_slug: str) -> Provider:
        """The provider of that name or slug. UnknownProvider lists those there are."""
        with self.connections.transaction() as connection:
            return providers.find_provider(connection, name_or_slug)

    def add_provider(self, name: str, playlist_url: str, timezone: str, tier: str, slug: str = "") -> Provider:
        """A new provider; without a slug it gets one from its name.

        A removed one of that name comes back instead, with its old slug, its settings and what is given now. StoreError
        when it is on record, or a value can't be.
        """
        new = NewProvider(name, timezone, tier, slug)
        with self.connections.transaction() as connection:
            return provider_changes.insert_provider(connection, new, playlist_url, self._seal)

    def change_provider(self, provider: Provider, **changes: Unpack[ProviderChanges]) -> Provider:
        """The provider with what is given anew; the slug never changes. See `update_provider`."""
        with self.connections.transaction() as connection:
            return provider_changes.update_provider(connection, provider, changes, self._seal)

    def pause_provider(self, provider: Provider) -> Provider:
        """The provider, no longer among the active ones; nothing of it is lost."""
        return self.change_provider(provider, status="paused")

    def remove_provider(self, provider: Provider) -> None:
        """Take the provider off the list; its record stays, and adding its name again brings it back."""
        with self.connections.transaction() as connection:
            provider_changes.mark_removed(connection, provider)

    def removed_providers(self) -> list[str]:
        """The names of the providers that were removed."""
        with self.connections.transaction() as connection:
            return provider_changes.removed_names(connection)

    def note_fetch(self, provider: Provider, problem: str = "") -> None:
        """The provider's playlist was asked for just now; `problem` says why it gave none."""
        self.checks.begin([provider.slug])
        self.checks.note(provider.slug, utc_now(), problem)

    def playlist_url(self, provider: Provider) -> str:
        """The playlist's address in clear. A secret."""
        with self.connections.transaction() as connection:
            sealed = provider_changes.sealed_playlist_url(connection, provider)
        return self._seal.open(sealed, providers.PLAYLIST)

    # Playlists

    def save_snapshot(
        self,
        provider: Provider,
        day: date,
        body: bytes,
        entry_count: int,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> Snapshot:
        """Keep a playlist as fetched and put it in force for the day; the same content is kept once."""
        content_hash = self._snapshots.put(provider.slug, body)
        counts = {"entry_count": entry_count, "byte_count": len(body)}
        validators = {"etag": etag, "last_modified": last_modified}
        with self.connections.transaction() as connection:
            providers.insert_snapshot(connection, provider, day, content_hash, counts, validators)
            saved = providers.snapshot_in_force(connection, provider, day)
        if saved is None:
            raise StoreError(f"The snapshot of {provider.name} was stored, but is not found again.")
        return saved

    def snapshot(self, provider: Provider, day: date) -> Snapshot | None:
        """The snapshot in force on a date: that day's, else the latest earlier one; None before the first."""
        with self.connections.transaction() as connection:
            return providers.snapshot_in_force(connection, provider, day)

    def snapshot_body(self, snapshot: Snapshot) -> bytes:
        """The playlist's bytes as fetched. They carry secrets. StoreError when the file is gone or damaged."""
        return self._snapshots.body(snapshot.slug, snapshot.content_hash)

    # Slots

    def save_slots(self, provider: Provider, day: date, channels: pl.DataFrame) -> SlotChanges:
        """Store the slots of a day, a CHANNELS frame with the slot's `name`; how they differ from those stored last.

        A slot keeps the channel id it got first: read the channels back before scheduling on them.
        """
        with self.connections.transaction() as connection:
            return slots.save_day_slots(connection, provider, day, channels, self._seal)

    def channels(self, provider: Provider, day: date) -> pl.DataFrame:
        """The channels in force on a date, in the playlist's order: a CHANNELS frame (`url` is secret) and `name`."""
        with self.connections.transaction() as connection:
            return slots.channels_in_force(connection, provider, day, self._seal)

    def slots(self, provider: Provider) -> list[str]:
        """Every slot the provider ever had."""
        with self.connections.transaction() as connection:
            return slots.channel_keys(connection, provider)["slot"].to_list()

    # Events, decisions, programmes

    def save_events(self, events: pl.DataFrame) -> Written:
        """Store an EVENTS frame, with the teams it tells of and their aliases. Other events stay as they are."""
        with self.connections.transaction() as connection:
            return event_rows.save_canonical_events(connection, events)

    def take_in_events(self, rows: pl.DataFrame, merge: Merge) -> TakenIn:
        """Store what sources say (SOURCED), and the canonical events that `merge` makes of all rows of those days."""
        with self.connections.transaction() as connection:
            return sourced_events.take_in(connection, rows, merge)

    def known_sourced(self, first_date: date, last_date: date) -> pl.DataFrame:
        """Which rows of sources are on record for these UTC dates, both included."""
        with self.connections.transaction() as connection:
            return sourced_events.known_between(connection, first_date, last_date)

    def rematches_due(self, provider: Provider) -> set[date]:
        """The provider's days whose decisions rest on an event that has changed since."""
        with self.connections.transaction() as connection:
            return sourced_events.rematches_due(connection, provider)

    def rematches_asked(self, after: tuple[int, str], limit: int) -> list[RematchAsked]:
        """What is due of active providers and came in after a mark and slug, in the order of these."""
        with self.connections.transaction() as connection:
            return sourced_events.rematches_asked(connection, after, limit)

    def rematches_seen(self, provider: Provider, days: list[date]) -> list[RematchSeen]:
        """What is due of these days, for `rematched`: to be asked before the events are read."""
        with self.connections.transaction() as connection:
            return sourced_events.rematches_seen(connection, provider, days)

    def rematched(self, provider: Provider, day: date, seen: list[RematchSeen]) -> None:
        """The provider's day was matched, so what was seen to be due is done; what was asked for since stays due."""
        with self.connections.transaction() as connection:
            sourced_events.note_rematched(connection, provider, day, seen)

    def team_refs(self, leagues: list[str]) -> pl.DataFrame:
        """The teams the sources list in these leagues, as on record: their ids, and which team each means."""
        with self.connections.transaction() as connection:
            return team_lists.team_refs(connection, leagues)

    def save_team_lists(self, listed: pl.DataFrame, found: Compared, sports: dict[str, str]) -> int:
        """Store the sources' lists of teams as the comparison found them; how many of their ids are new or changed."""
        with self.connections.transaction() as connection:
            return team_lists.save_lists(connection, listed, found, sports)

    def events(self, first_date: date, last_date: date) -> pl.DataFrame:
        """The events that start on these UTC dates, both included; an EVENTS frame."""
        with self.connections.transaction() as connection:
            return event_rows.events_between(connection, first_date, last_date)

    def save_decisions(self, provider: Provider, day: date, decisions: pl.DataFrame) -> Written:
        """Store a DECISIONS frame as the whole of the day; the events it names must be stored."""
        with self.connections.transaction() as connection:
            return programme_rows.save_day_decisions(connection, provider, day, decisions)

    def decisions(self, provider: Provider, day: date) -> pl.DataFrame:
        """The decisions of a day, of its event slots; a DECISIONS frame."""
        with self.connections.transaction() as connection:
            return programme_rows.decisions_of_day(connection, provider, day)

    def match_rates(self, provider: Provider, first_day: date, last_day: date) -> pl.DataFrame:
        """How many slots found their event on each day that is on record; a MATCH_RATES frame, by day."""
        with self.connections.transaction() as connection:
            return programme_rows.match_rates_between(connection, provider, first_day, last_day)

    def save_programmes(self, provider: Provider, day: date, programmes: pl.DataFrame) -> Written:
        """Store a PROGRAMMES frame as the whole of the day; blocks of the day it no longer has become `replaced`."""
        with self.connections.transaction() as connection:
            return programme_rows.save_day_programmes(connection, provider, day, programmes)

    def programmes(self, provider: Provider, opens: datetime, closes: datetime) -> pl.DataFrame:
        """The programmes that overlap [opens, closes), by channel and start; a PROGRAMMES frame."""
        with self.connections.transaction() as connection:
            return programme_rows.programmes_between(connection, provider, opens, closes)

    # Teams and their aliases

    def load_catalogue(self, catalogue: pl.DataFrame, digest: str) -> bool:
        """Store the bundled catalogue's teams and aliases, once per hash of it; says whether there was need to."""
        with self.connections.transaction() as connection:
            return teams.load_catalogue(connection, catalogue, digest)

    def teams(self) -> pl.DataFrame:
        """Every team on record with all it is called; a TEAMS frame."""
        with self.connections.transaction() as connection:
            return teams.known_teams(connection)

    def aliases(self) -> pl.DataFrame:
        """What matching must know beyond the bundled catalogue; an ALIASES frame."""
        with self.connections.transaction() as connection:
            return teams.aliases_for_matching(connection)

    def list_aliases(self, kinds: list[str], team_ids: list[int] | None = None) -> pl.DataFrame:
        """Aliases of these kinds, of these teams or of all, removed ones too; schema `team_rows.LISTED`."""
        with self.connections.transaction() as connection:
            return teams.listed_aliases(connection, team_ids, kinds)

    def add_alias(self, team_id: int, alias: str) -> bool:
        """Record an alias given by hand; says whether it is new."""
        with self.connections.transaction() as connection:
            return teams.add_alias(connection, team_id, alias)

    def remove_aliases(self, alias_ids: list[int]) -> int:
        """Take aliases out of use; how many were in use. The record keeps them, and none comes back by itself."""
        with self.connections.transaction() as connection:
            return teams.remove_aliases(connection, alias_ids)

    def save_learned(self, learned: pl.DataFrame) -> int:
        """Record learned aliases (league, team, alias); how many were never on record before."""
        with self.connections.transaction() as connection:
            return teams.save_learned(connection, learned)

    def matches(self, provider: Provider, first_day: date, last_day: date) -> pl.DataFrame:
        """The provider's matches from which aliases can be learned; a MATCHES frame."""
        with self.connections.transaction() as connection:
            return teams.matches_between(connection, provider, first_day, last_day)

    # Set by hand

    def add_override(self, provider: Provider, new: NewOverride) -> int:
        """Record what an operator set for a slot or for names; its number. StoreError when the event is unknown."""
        with self.connections.transaction() as connection:
            return overrides.insert_override(connection, provider, new)

    def pinnable_event(self, event_id: str) -> pl.DataFrame:
        """The event of that id on record: event_id, league, name, home, away, starts_at; no row when there is none."""
        with self.connections.transaction() as connection:
            return overrides.event_of_id(connection, event_id)

    def overrides(self, provider: Provider) -> pl.DataFrame:
        """The provider's overrides in force, oldest first; an OVERRIDES frame."""
        with self.connections.transaction() as connection:
            return overrides.overrides_in_force(connection, provider)

    def remove_override(self, number: int) -> bool:
        """Take an override out of force; says whether it was."""
        with self.connections.transaction() as connection:
            return overrides.remove_override(connection, number)

    # What came of it

    def quarantine(self, provider: Provider | None, day: date, stage: str, rows: pl.DataFrame) -> int:
        """Note rows that were set aside, with columns `name` and `reason`; how many were not noted before."""
        with self.connections.transaction() as connection:
            return providers.insert_quarantined(connection, provider, day, stage, rows)

    # One at a time

    @contextlib.contextmanager
    def lock(self, provider: Provider, part: date | str) -> Iterator[None]:
        """Alone with a provider's day, or its uploads: whoever else wants it waits. Not to be taken twice in a thread.

        The lock is a transaction's, kept open on a connection of its own, so it also holds through a pooler; it ends
        with the process that has it.
        """
        with self.connections.transaction() as connection:
            connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            key = f"epg provider day {provider.id} {part}"
            connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (key,))
            yield
