"""The days of providers that wait to be matched again because an event, a name or a setting changed.

Belongs here: the rows of `rematches`. Does not belong: what asks for them (the SQL of events, slots and providers).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

import psycopg

from epg_pipeline.adapters.store.connections import SubStore, in_transaction
from epg_pipeline.adapters.store.frames import read_rows
from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.sql_files import query

RematchSeen: TypeAlias = tuple[date, str, datetime]  # the day, the event's id, and when it was requested


@dataclass(frozen=True)
class RematchRequest:
    """The days of a provider that wait to be matched again; `mark` numbers the last request."""

    slug: str
    days: list[date]
    mark: int


class Rematches(SubStore):
    """The days of providers that wait to be matched again."""

    @in_transaction
    def due(self, connection: psycopg.Connection, provider: Provider) -> set[date]:
        """The provider's days whose decisions rest on an event that has changed since."""
        return {day for (day,) in connection.execute(query("due_days"), {"provider": provider.id})}

    @in_transaction
    def requested(self, connection: psycopg.Connection, after: tuple[int, str], limit: int) -> list[RematchRequest]:
        """What is due of active providers and came in after a mark and slug, in the order of these."""
        values = {"mark": after[0], "slug": after[1], "limit": limit}
        return read_rows(connection, query("rematches_to_request"), values, RematchRequest)

    @in_transaction
    def seen(self, connection: psycopg.Connection, provider: Provider, days: list[date]) -> list[RematchSeen]:
        """What is due of these days of the provider now. A row that is asked for again later has another instant."""
        return connection.execute(query("due_rematches"), {"provider": provider.id, "days": days}).fetchall()

    @in_transaction
    def done(self, connection: psycopg.Connection, provider: Provider, day: date, seen: list[RematchSeen]) -> None:
        """The provider's day was matched to the events as of when these requests were read; later ones stay due."""
        seen = [rematch for rematch in seen if rematch[0] == day]
        events, instants = [event_id for _, event_id, _ in seen], [asked_at for _, _, asked_at in seen]
        values = {"provider": provider.id, "day": day, "events": events, "instants": instants}
        connection.execute(query("rematches_done"), values)
