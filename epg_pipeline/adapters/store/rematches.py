"""The days of providers that wait to be matched again because an event, a name or a setting changed.

Belongs here: the rows of `rematches`. Does not belong: what asks for them (the SQL of events, slots and providers).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

import psycopg
from psycopg.rows import class_row

from epg_pipeline.adapters.store.connections import SubStore, in_transaction
from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.sql_files import query

RematchSeen: TypeAlias = tuple[date, str, datetime]  # the day, the event's id, and when it was asked for


@dataclass(frozen=True)
class RematchRequest:
    """The days of a provider that wait for being matched again; `mark` numbers what asked for it last."""

    slug: str
    days: list[date]
    mark: int


class Rematches(SubStore):
    """The days of providers that wait for being matched again."""

    @in_transaction
    def due(self, connection: psycopg.Connection, provider: Provider) -> set[date]:
        """The provider's days whose decisions rest on an event that has changed since."""
        rows = connection.execute(
            "SELECT DISTINCT day FROM rematches WHERE provider_id = %s AND status = 'due'", (provider.id,)
        )
        return {day for (day,) in rows}

    @in_transaction
    def requested(self, connection: psycopg.Connection, after: tuple[int, str], limit: int) -> list[RematchRequest]:
        """What is due of active providers and came in after a mark and slug, in the order of these."""
        values = {"mark": after[0], "slug": after[1], "limit": limit}
        with connection.cursor(row_factory=class_row(RematchRequest)) as cursor:
            return cursor.execute(query("rematches_to_ask_for"), values).fetchall()

    @in_transaction
    def seen(self, connection: psycopg.Connection, provider: Provider, days: list[date]) -> list[RematchSeen]:
        """What is due of these days of the provider now. A row that is asked for again later has another instant."""
        return connection.execute(
            "SELECT day, event_id, updated_at FROM rematches "
            "WHERE provider_id = %s AND day = ANY(%s::date[]) AND status = 'due'",
            (provider.id, days),
        ).fetchall()

    @in_transaction
    def done(self, connection: psycopg.Connection, provider: Provider, day: date, seen: list[RematchSeen]) -> None:
        """The provider's day was matched to the events as they were when this was seen to be due.

        What came since stays.
        """
        of_day = [(event_id, asked_at) for on_day, event_id, asked_at in seen if on_day == day]
        connection.execute(
            "UPDATE rematches AS r SET status = 'done', updated_at = now() "
            "FROM unnest(%s::text[], %s::timestamptz[]) AS s (event_id, asked_at) "
            "WHERE r.provider_id = %s AND r.day = %s AND r.status = 'due' "
            "AND r.event_id = s.event_id AND r.updated_at = s.asked_at",
            ([event_id for event_id, _ in of_day], [asked_at for _, asked_at in of_day], provider.id, day),
        )
