"""What the sources say of events, and the canonical events made of it, in one transaction.

Belongs here: the rows of `sourced_events`, `team_sources` and `rematches`, and the canonical rows that come of them.
Does not: deciding which rows are of one event (that is handed in), fetching.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, TypeAlias

import polars as pl
from psycopg.rows import class_row

from epg_pipeline.adapters.store.events import aliases_of, teams_of
from epg_pipeline.adapters.store.frames import INSTANT, read_frame, stage, upsert
from epg_pipeline.adapters.store.sql_files import query
from epg_pipeline.adapters.store.written import Written
from epg_pipeline.domain.events.links import LINKS
from epg_pipeline.domain.events.merge import CANONICAL, SOURCED, TEAM_NAMES, Merged

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from epg_pipeline.adapters.store.providers import Provider

Merge: TypeAlias = "Callable[[pl.DataFrame, pl.DataFrame], Merged]"
RematchSeen: TypeAlias = tuple[date, str, datetime]  # the day, the event's id, and when it was asked for

ONE_DAY = timedelta(days=1)
LOCK = "epg events"  # two that take in events wait for each other: each merges what the other has stored
WHAT_WAS_TOLD = [name for name in SOURCED if name not in ("source", "source_id")]
KNOWN = pl.Schema(
    {
        "source": pl.String(),
        "league": pl.String(),
        "listing": pl.String(),
        "source_id": pl.String(),
        "starts_at": INSTANT,
    }
)
CANONICAL_ROWS = """(
    SELECT i.*, h.id AS home_team_id, a.id AS away_team_id, 'active' AS record_status
    FROM incoming_canonical AS i
    LEFT JOIN teams AS h ON h.league = i.league AND h.name = i.home
    LEFT JOIN teams AS a ON a.league = i.league AND a.name = i.away
)"""
TEAM_ROWS = """(
    SELECT i.source, i.league, i.ref, i.name, t.id AS team_id, 'active' AS record_status
    FROM incoming_names AS i
    JOIN teams AS t ON t.league = i.league AND t.name = i.team
)"""


@dataclass(frozen=True)
class TakenIn:
    """What taking in rows of sources did: their own rows, the canonical events, and provider days marked for it."""

    sourced: Written
    events: Written
    rematches: int


@dataclass(frozen=True)
class RematchAsked:
    """The days of a provider that wait for being matched again; `mark` numbers what asked for it last."""

    slug: str
    days: list[date]
    mark: int


def take_in(connection: psycopg.Connection, rows: pl.DataFrame, merge: Merge) -> TakenIn:
    """Store SOURCED rows, and anew the canonical events of the days and leagues they touch, as `merge` makes them.

    `merge` is given all rows of those days (SOURCED) and the teams on record (TEAM_NAMES). Rows that say nothing new
    touch nothing. Nothing is deleted: what is not told any more stays as it was.
    """
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (LOCK,))
    once = rows.unique(["source", "source_id"], keep="last", maintain_order=True)
    stage(connection, once, "incoming_sourced")
    connection.execute(query("sourced_told"))
    touched = _touched(connection)
    written = upsert(connection, "sourced_events", "told", ("source", "source_id"), [*WHAT_WAS_TOLD, "record_status"])
    sourced = Written(written, once.height - written, skipped=rows.height - once.height)
    if touched is None:
        return TakenIn(sourced, Written(0, 0), 0)
    leagues, first, last = touched
    # A day more on both sides tells what the rows at the edge belong to; only what lies within is written.
    around = sourced_between(connection, leagues, first - ONE_DAY, last + ONE_DAY)
    made = merge(around, team_names(connection, leagues))
    inside = made.events.filter(pl.col("event_date").is_between(first, last))
    links = made.links.join(inside.select("event_id"), on="event_id", how="semi")
    return TakenIn(sourced, *_save(connection, inside, links, made.teams))


def sourced_between(connection: psycopg.Connection, leagues: list[str], first: date, last: date) -> pl.DataFrame:
    """The rows of these leagues that start on these UTC dates, both included; a SOURCED frame."""
    values = {"leagues": leagues, **_instants(first, last)}
    return read_frame(connection, query("sourced_between"), values, SOURCED)


def known_between(connection: psycopg.Connection, first: date, last: date) -> pl.DataFrame:
    """Which rows are on record for these UTC dates: source, league, listing, source_id, starts_at."""
    return read_frame(connection, query("sourced_known"), _instants(first, last), KNOWN)


def team_names(connection: psycopg.Connection, leagues: list[str]) -> pl.DataFrame:
    """Which team each source's own id means, in these leagues; a TEAM_NAMES frame."""
    return read_frame(connection, query("team_names"), {"leagues": leagues}, TEAM_NAMES)


def rematches_due(connection: psycopg.Connection, provider: Provider) -> set[date]:
    """The provider's days whose decisions rest on an event that has changed since."""
    rows = connection.execute(
        "SELECT DISTINCT day FROM rematches WHERE provider_id = %s AND status = 'due'", (provider.id,)
    )
    return {day for (day,) in rows}


def rematches_asked(connection: psycopg.Connection, after: tuple[int, str], limit: int) -> list[RematchAsked]:
    """What is due of active providers and came in after a mark and slug, in the order of these."""
    values = {"mark": after[0], "slug": after[1], "limit": limit}
    with connection.cursor(row_factory=class_row(RematchAsked)) as cursor:
        return cursor.execute(query("rematches_to_ask_for"), values).fetchall()


def rematches_seen(connection: psycopg.Connection, provider: Provider, days: list[date]) -> list[RematchSeen]:
    """What is due of these days of the provider now. A row that is asked for again later has another instant."""
    return connection.execute(
        "SELECT day, event_id, updated_at FROM rematches "
        "WHERE provider_id = %s AND day = ANY(%s::date[]) AND status = 'due'",
        (provider.id, days),
    ).fetchall()


def note_rematched(connection: psycopg.Connection, provider: Provider, day: date, seen: list[RematchSeen]) -> None:
    """The provider's day was matched to the events as they were when this was seen to be due; what came since stays."""
    of_day = [(event_id, asked_at) for on_day, event_id, asked_at in seen if on_day == day]
    connection.execute(
        "UPDATE rematches AS r SET status = 'done', updated_at = now() "
        "FROM unnest(%s::text[], %s::timestamptz[]) AS s (event_id, asked_at) "
        "WHERE r.provider_id = %s AND r.day = %s AND r.status = 'due' "
        "AND r.event_id = s.event_id AND r.updated_at = s.asked_at",
        ([event_id for event_id, _ in of_day], [asked_at for _, asked_at in of_day], provider.id, day),
    )


def _instants(first: date, last: date) -> dict[str, datetime]:
    opens = datetime.combine(first, time(), UTC)
    return {"first": opens, "last": datetime.combine(last, time(), UTC) + ONE_DAY}


def _touched(connection: psycopg.Connection) -> tuple[list[str], date, date] | None:
    """The leagues and the span of UTC dates that the told rows change, where they were before included."""
    columns = ", ".join(f"i.{name}" for name in WHAT_WAS_TOLD), ", ".join(f"t.{name}" for name in WHAT_WAS_TOLD)
    row = connection.execute(
        "SELECT array_agg(DISTINCT i.league ORDER BY i.league), "  # noqa: S608 - our own column names
        "min(least(i.starts_at, i.started_at)), max(greatest(i.starts_at, i.started_at)) "
        "FROM told AS i LEFT JOIN sourced_events AS t ON t.source = i.source AND t.source_id = i.source_id "
        f"WHERE t.source IS NULL OR t.event_id IS NULL OR ({columns[0]}) IS DISTINCT FROM ({columns[1]})"
    ).fetchone()
    if row is None or row[0] is None:
        return None
    leagues, earliest, latest = row
    return list(leagues), earliest.astimezone(UTC).date() - ONE_DAY, latest.astimezone(UTC).date() + ONE_DAY


def _save(
    connection: psycopg.Connection, events: pl.DataFrame, links: pl.DataFrame, names: pl.DataFrame
) -> tuple[Written, int]:
    stage(connection, names, "incoming_names")
    connection.execute(query("rename_teams"))
    teams = teams_of(events)
    stage(connection, teams, "incoming_teams")
    connection.execute(query("save_teams"))
    aliases = pl.concat([aliases_of(teams), _aliases_of_names(names)]).unique(maintain_order=True)
    stage(connection, aliases, "incoming_aliases")
    connection.execute(query("save_team_aliases"))
    upsert(connection, "team_sources", TEAM_ROWS, ("source", "league", "ref"), ["name", "team_id", "record_status"])
    stage(connection, events, "incoming_canonical")
    connection.execute(query("changed_events"))
    connection.execute(query("new_events"))
    columns = [name for name in CANONICAL if name != "event_id"] + ["home_team_id", "away_team_id", "record_status"]
    written = upsert(connection, "events", CANONICAL_ROWS, ("event_id",), columns)
    stage(connection, links.select(LINKS.names()), "incoming_links")
    connection.execute(
        "CREATE TEMPORARY TABLE left_events ON COMMIT DROP AS SELECT DISTINCT s.event_id FROM sourced_events AS s "
        "JOIN incoming_links AS i USING (source, source_id) WHERE s.event_id <> i.event_id"
    )
    connection.execute(query("link_sourced"))
    replaced = connection.execute(query("replace_events")).rowcount
    marked = connection.execute(query("mark_rematches")).rowcount
    return Written(written, events.height - written, replaced=replaced), marked


def _aliases_of_names(names: pl.DataFrame) -> pl.DataFrame:
    """The names other sources have for a team, as aliases of it: league, name, alias."""
    return names.filter(pl.col("name") != pl.col("team")).select("league", name="team", alias="name")
