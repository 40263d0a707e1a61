"""The state of the installation, from the record.

Belongs here: reading providers with their latest fetch, guide and match rates, what was set aside, failed uploads.
Does not belong: what is a problem and how to fix it (operations/status.py), Dagster's own tables (dagster_tables.py).
"""

from dataclasses import dataclass
from datetime import date, datetime

import psycopg

from epg_pipeline.adapters.store.connections import SubStore, in_transaction
from epg_pipeline.adapters.store.frames import read_rows
from epg_pipeline.adapters.store.sql_files import query
from epg_pipeline.domain.guide.checks import MIN_EVENTS, WEEKS


@dataclass(frozen=True)
class ProviderState:
    """The state of a provider: instants in UTC, rates from 0 to 1, None for what never happened.

    A rate is None, too, where there are too few events for it to mean anything; `events_today` is their number.
    """

    slug: str
    name: str
    timezone: str
    tier: str
    status: str
    today: date
    slots: int
    fetched_at: datetime | None
    fetch_problem: str
    changed_at: datetime | None
    published_at: datetime | None
    published_day: date | None
    events_today: int
    rate_today: float | None
    rate_before: float | None


@dataclass(frozen=True)
class SetAside:
    """Rows of a provider's stage that were set aside, with one of them and its reason."""

    slug: str
    stage: str
    rows: int
    name: str
    reason: str


@dataclass(frozen=True)
class FailedUploads:
    """Files of a provider that did not arrive in the bucket, with one reason."""

    slug: str
    files: int
    reason: str


@dataclass(frozen=True)
class GuideMade:
    """A current guide that was published with new content."""

    slug: str
    day: date
    published_at: datetime
    channels: int
    programmes: int


class Status(SubStore):
    """The state of the installation."""

    @in_transaction
    def provider_states(self, connection: psycopg.Connection, now: datetime) -> list[ProviderState]:
        """Every provider by name. Its `rate_before` is over earlier days with enough events."""
        values = {"now": now, "days": 7 * WEEKS, "fewest_events": MIN_EVENTS}
        return read_rows(connection, query("provider_states"), values, ProviderState)

    @in_transaction
    def set_aside_since(self, connection: psycopg.Connection, since: datetime) -> list[SetAside]:
        """What went into quarantine from a moment on."""
        return read_rows(connection, query("quarantined_since"), {"since": since}, SetAside)

    @in_transaction
    def failed_uploads(self, connection: psycopg.Connection) -> list[FailedUploads]:
        """Which providers' files are still to arrive."""
        return read_rows(connection, query("failed_uploads"), {}, FailedUploads)

    @in_transaction
    def latest_guides(self, connection: psycopg.Connection, limit: int) -> list[GuideMade]:
        """The current guides that were published last, newest first, whoever published them."""
        return read_rows(connection, query("latest_guides"), {"limit": limit}, GuideMade)
