"""What is broken, since when, and whom it was told to.

Belongs here: the rows of `incidents`. Does not: what counts as a failure of a run (orchestration/incidents.py), the
messages and their sending (operations/alerts.py, notify.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from epg_pipeline.adapters.clock import utc_now
from epg_pipeline.adapters.store.connections import SubStore
from epg_pipeline.adapters.store.sql_files import query

MOST_TRIES = 20  # the last is made a day after the first
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=2)

EVENTS = "events"  # the subject of incidents of the sources

Stage = Literal["failure", "recovery"]


def guide_of(slug: str) -> str:
    """The subject of incidents of a provider's guide."""
    return f"guide of {slug}"


@dataclass(frozen=True)
class Failure:
    """Something that failed: the same subject each time, the provider's slug if it is one's, the day it was about."""

    subject: str
    reason: str
    provider: str | None = None
    day: date | None = None


@dataclass(frozen=True)
class Incident:
    """A failure from its first sight on; `closed_at` is set once it is over. `tries` were made to tell of it."""

    id: int
    subject: str
    provider: str | None
    day: date | None
    reason: str
    opened_at: datetime
    closed_at: datetime | None
    seen: int
    tries: int = 0

    @property
    def kind(self) -> str:
        """What fails: guide, playlist, uploads, freshness, events or run."""
        return self.subject.partition(" of ")[0]

    @property
    def stage(self) -> Stage:
        """What there is to tell of it."""
        return "failure" if self.closed_at is None else "recovery"


class Incidents(SubStore):
    """The record of incidents. Every method is one transaction."""

    def note_failure(self, failure: Failure) -> None:
        """A failure was seen: it opens an incident, or is one more sight of the open one."""
        with self._connections.transaction() as connection:
            connection.execute(
                "INSERT INTO incidents (subject, provider_id, day, reason) "
                "VALUES (%s, (SELECT id FROM providers WHERE slug = %s), %s, %s) "
                "ON CONFLICT (subject) WHERE closed_at IS NULL DO UPDATE SET reason = excluded.reason, "
                "day = greatest(incidents.day, excluded.day), last_seen = now(), seen = incidents.seen + 1",
                (failure.subject, failure.provider, failure.day, failure.reason),
            )

    def note_recoveries(self, subjects: Sequence[str], day: date | None = None) -> int:
        """These work again, as seen on a day; how many incidents end by it. One about a later day stays open."""
        with self._connections.transaction() as connection:
            return connection.execute(
                "UPDATE incidents SET closed_at = now() WHERE closed_at IS NULL AND subject = ANY(%(subjects)s) "
                "AND (day IS NULL OR %(day)s::date IS NULL OR day <= %(day)s)",
                {"subjects": list(subjects), "day": day},
            ).rowcount

    def note_standing_faults(self) -> None:
        """Open and close incidents by what the record says of playlists and uploads."""
        with self._connections.transaction() as connection:
            connection.execute(query("note_standing_faults"), {"now": utc_now()})

    def open(self) -> list[Incident]:
        """What is broken now, the longest first."""
        with (
            self._connections.transaction() as connection,
            connection.cursor(row_factory=class_row(Incident)) as cursor,
        ):
            return cursor.execute(
                "SELECT i.id, i.subject, p.slug AS provider, i.day, i.reason, i.opened_at, i.closed_at, i.seen "
                "FROM incidents AS i LEFT JOIN providers AS p ON p.id = i.provider_id "
                "WHERE i.closed_at IS NULL ORDER BY i.opened_at, i.id"
            ).fetchall()

    def untold(self, channel: str, now: datetime) -> list[Incident]:
        """What the channel is still to be told, and may be by now: a message that failed waits, ever longer."""
        values = {"channel": channel, "now": now, "most_tries": MOST_TRIES}
        with (
            self._connections.transaction() as connection,
            connection.cursor(row_factory=class_row(Incident)) as cursor,
        ):
            return cursor.execute(query("untold_incidents"), values).fetchall()

    def told(self, channel: str, incidents: Sequence[Incident], now: datetime) -> None:
        """The channel knows of these, each in the stage it was read in."""
        for stage in sorted({incident.stage for incident in incidents}):
            ids = [incident.id for incident in incidents if incident.stage == stage]
            self._note(channel, stage, ids, {"at": now.isoformat()})

    def not_told(self, channel: str, incidents: Sequence[Incident], now: datetime, problem: str) -> None:
        """The channel could not be told of these, and why; they are tried again after a while, MOST_TRIES in all."""
        for incident in incidents:
            pause = min(FIRST_PAUSE * 2**incident.tries, LONGEST_PAUSE)
            outcome = {"tries": incident.tries + 1, "next": (now + pause).isoformat(), "problem": problem}
            self._note(channel, incident.stage, [incident.id], outcome)

    def _note(self, channel: str, stage: Stage, ids: list[int], outcome: dict[str, object]) -> None:
        values = {"channel": channel, "stage": stage, "ids": ids, "outcome": Jsonb(outcome)}
        with self._connections.transaction() as connection:
            connection.execute(query("note_told"), values)
