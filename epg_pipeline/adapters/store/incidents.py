"""What is broken, since when, and who was notified.

Belongs here: the rows of `incidents`. Does not belong: what counts as a failure of a run (orchestration/incidents.py),
the messages (operations/alerts.py) and their delivery (delivery/notify.py).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias

import psycopg
from psycopg.types.json import Jsonb

from epg_pipeline.adapters.clock import utc_now
from epg_pipeline.adapters.store.connections import SubStore, in_transaction
from epg_pipeline.adapters.store.frames import read_rows
from epg_pipeline.adapters.store.sql_files import query

MAX_TRIES = 20  # the last is made a day after the first
FIRST_PAUSE, MAX_PAUSE = timedelta(seconds=30), timedelta(hours=2)

# Kinds; the run of another job than a provider's day is "run of JOB".
EVENTS, GUIDE, PLAYLIST, UPLOADS, FRESHNESS = "events", "guide", "playlist", "uploads", "freshness"

Stage = Literal["failure", "recovery"]
Working: TypeAlias = tuple[str, str | None]  # a kind, and the slug of the provider if it concerns one


@dataclass(frozen=True)
class Failure:
    """Something that failed: its kind, why, the provider's slug if it concerns one, the day, and what to do."""

    kind: str
    reason: str
    provider: str | None = None
    day: date | None = None
    remedy: str = ""


@dataclass(frozen=True)
class Incident:
    """A failure since it was first seen; `closed_at` is set once it is over, `tries` counts failed messages."""

    id: int
    kind: str
    provider: str | None
    day: date | None
    reason: str
    remedy: str
    opened_at: datetime
    closed_at: datetime | None
    seen: int
    tries: int = 0

    @property
    def title(self) -> str:
        """What it is about, for people."""
        return f"{self.kind} of {self.provider}" if self.provider else self.kind

    @property
    def stage(self) -> Stage:
        """Whether a message about it reports the failure or the recovery."""
        return "failure" if self.closed_at is None else "recovery"


class Incidents(SubStore):
    """The record of incidents."""

    @in_transaction
    def note_failure(self, connection: psycopg.Connection, failure: Failure) -> None:
        """Open an incident, or count one more sight of the open one."""
        connection.execute(query("note_failure"), asdict(failure))

    @in_transaction
    def note_recoveries(
        self, connection: psycopg.Connection, working: Sequence[Working], day: date | None = None
    ) -> int:
        """Close the incidents of what works again, as seen on a day, and count them. One about a later day stays."""
        values = {"kinds": [kind for kind, _ in working], "slugs": [slug or "" for _, slug in working], "day": day}
        return connection.execute(query("note_recoveries"), values).rowcount

    @in_transaction
    def note_standing_faults(self, connection: psycopg.Connection) -> None:
        """Open and close incidents by what the record says of playlists, uploads and the age of guides."""
        connection.execute(query("note_standing_faults"), {"now": utc_now()})

    @in_transaction
    def open(self, connection: psycopg.Connection) -> list[Incident]:
        """What is broken now, the longest first."""
        return read_rows(connection, query("open_incidents"), {}, Incident)

    @in_transaction
    def to_notify(self, connection: psycopg.Connection, channel: str, now: datetime) -> list[Incident]:
        """What the channel is to be notified of now; a message that failed waits, longer each time."""
        values = {"channel": channel, "now": now, "max_tries": MAX_TRIES}
        return read_rows(connection, query("incidents_to_notify"), values, Incident)

    def note_notified(self, channel: str, incidents: Sequence[Incident], now: datetime) -> None:
        """The channel was notified of these, each in the stage it was read in."""
        for stage in sorted({incident.stage for incident in incidents}):
            ids = [incident.id for incident in incidents if incident.stage == stage]
            self._note(channel, stage, ids, {"at": now.isoformat()})

    def note_not_notified(self, channel: str, incidents: Sequence[Incident], now: datetime, problem: str) -> None:
        """The channel could not be notified of these, and why; they are tried again later, MAX_TRIES times in all."""
        for incident in incidents:
            pause = min(FIRST_PAUSE * 2**incident.tries, MAX_PAUSE)
            outcome = {"tries": incident.tries + 1, "next": (now + pause).isoformat(), "problem": problem}
            self._note(channel, incident.stage, [incident.id], outcome)

    @in_transaction
    def _note(
        self, connection: psycopg.Connection, channel: str, stage: Stage, ids: list[int], outcome: dict[str, object]
    ) -> None:
        values = {"channel": channel, "stage": stage, "ids": ids, "outcome": Jsonb(outcome)}
        connection.execute(query("note_notified"), values)
