"""What an operator set by hand for slots and names.

Belongs here: the rows of `overrides`. Does not: applying them (domain/matching/overrides.py).
"""

from dataclasses import dataclass
from datetime import date

import polars as pl
import psycopg

from epg_pipeline.adapters.store.connections import SubStore, in_transaction
from epg_pipeline.adapters.store.frames import read_frame
from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.sql_files import query
from epg_pipeline.domain.frames import EVENTS
from epg_pipeline.domain.matching import overrides
from epg_pipeline.domain.matching.overrides import OVERRIDES
from epg_pipeline.errors import StoreError

PINNABLE = pl.Schema({name: EVENTS[name] for name in ("event_id", "league", "name", "home", "away", "starts_at")})


@dataclass(frozen=True)
class NewOverride:
    """An override as asked for: of a slot or of a name pattern; without an event it says "never an event"."""

    slot: str | None = None
    name_pattern: str | None = None
    day: date | None = None
    event_id: str | None = None
    note: str = ""


class Overrides(SubStore):
    """What operators set by hand."""

    @in_transaction
    def add(self, connection: psycopg.Connection, provider: Provider, new: NewOverride) -> int:
        """Record an override, and give its number. One just like it that is in force keeps its own."""
        row = connection.execute(query("add_override"), {"provider": provider.id, **vars(new)}).fetchone()
        if row is None:
            raise StoreError("The override was stored, but is not found again.")
        return int(row[0])

    @in_transaction
    def pinnable_event(self, connection: psycopg.Connection, event_id: str) -> pl.DataFrame:
        """The event of that id as one row of schema PINNABLE, none when it is not on record."""
        columns = ", ".join(PINNABLE)
        rows = f"SELECT {columns} FROM events WHERE event_id = %(id)s AND record_status = 'active'"  # noqa: S608
        return read_frame(connection, rows, {"id": event_id}, PINNABLE)

    @in_transaction
    def in_force(self, connection: psycopg.Connection, provider: Provider) -> overrides.Overrides:
        """The provider's overrides, oldest first, with what their events are; an OVERRIDES frame."""
        return read_frame(connection, query("overrides"), {"provider": provider.id}, OVERRIDES)

    @in_transaction
    def remove(self, connection: psycopg.Connection, number: int) -> bool:
        """Take an override out of force; the row stays. False when none of that number was in force."""
        statement = (
            "UPDATE overrides SET record_status = 'removed', updated_at = now() "
            "WHERE id = %s AND record_status = 'active'"
        )
        return connection.execute(statement, (number,)).rowcount == 1
