"""What the sources say of events, and the canonical events made of it.

Belongs here: the rows of `events`, `sourced_events`, `team_sources`, and the teams that events name. Does not belong:
deciding which rows are one event (a function that is passed in), fetching.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

import polars as pl
import psycopg

from epg_pipeline.adapters.store.connections import SubStore, in_transaction
from epg_pipeline.adapters.store.frames import SaveResult, read_frame, stage, upsert
from epg_pipeline.adapters.store.sql_files import query
from epg_pipeline.domain import frames
from epg_pipeline.domain.events.links import LINKS
from epg_pipeline.domain.events.merge import CANONICAL, SOURCED, TEAM_NAMES, Merged, Sourced, TeamNames
from epg_pipeline.domain.frames import EVENTS, INSTANT

Merge: TypeAlias = "Callable[[Sourced, TeamNames], Merged]"

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
class EventsSaved:
    """What taking in rows of sources did: their own rows, the canonical events, and provider days marked for it."""

    sourced: SaveResult
    events: SaveResult
    rematches: int


def sourced_between(connection: psycopg.Connection, leagues: list[str], first: date, last: date) -> Sourced:
    """The rows of these leagues that start on these UTC dates, both included; a SOURCED frame."""
    values = {"leagues": leagues, **_instants(first, last)}
    return read_frame(connection, query("sourced_between"), values, SOURCED)


def team_names(connection: psycopg.Connection, leagues: list[str]) -> TeamNames:
    """Which team each source's own id means, in these leagues; a TEAM_NAMES frame."""
    return read_frame(connection, query("team_names"), {"leagues": leagues}, TEAM_NAMES)


class Events(SubStore):
    """The canonical schedule, and what each source says of it."""

    @in_transaction
    def between(self, connection: psycopg.Connection, first: date, last: date) -> frames.Events:
        """The active events of these UTC dates, both included, by start; an EVENTS frame."""
        return read_frame(connection, query("events"), {"first": first, "last": last}, EVENTS)

    @in_transaction
    def take_in(self, connection: psycopg.Connection, rows: Sourced, merge: Merge) -> EventsSaved:
        """Store SOURCED rows, and anew the canonical events of the days and leagues they touch, as `merge` makes them.

        `merge` is given all rows of those days (SOURCED) and the teams on record (TEAM_NAMES). Rows that say nothing
        new touch nothing. Nothing is deleted: what is not told any more stays as it was.
        """
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (LOCK,))
        once = rows.unique(["source", "source_id"], keep="last", maintain_order=True)
        stage(connection, once, "incoming_sourced")
        connection.execute(query("sourced_told"))
        touched = _touched(connection)
        written = upsert(
            connection, "sourced_events", "told", ("source", "source_id"), [*WHAT_WAS_TOLD, "record_status"]
        )
        sourced = SaveResult(written, once.height - written)
        if touched is None:
            return EventsSaved(sourced, SaveResult(0, 0), 0)
        leagues, first, last = touched
        # A day more on both sides tells what the rows at the edge belong to; only what lies within is written.
        around = sourced_between(connection, leagues, first - ONE_DAY, last + ONE_DAY)
        made = merge(around, team_names(connection, leagues))
        inside = made.events.filter(pl.col("event_date").is_between(first, last))
        links = made.links.join(inside.select("event_id"), on="event_id", how="semi")
        return EventsSaved(sourced, *_save(connection, inside, links, made.teams))

    @in_transaction
    def sourced_keys(self, connection: psycopg.Connection, first: date, last: date) -> pl.DataFrame:
        """Which rows are on record for these UTC dates: source, league, listing, source_id, starts_at."""
        return read_frame(connection, query("sourced_known"), _instants(first, last), KNOWN)


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
) -> tuple[SaveResult, int]:
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
    return SaveResult(written, events.height - written, replaced=replaced), marked


def _aliases_of_names(names: pl.DataFrame) -> pl.DataFrame:
    """The names other sources have for a team, as aliases of it: league, name, alias."""
    return names.filter(pl.col("name") != pl.col("team")).select("league", name="team", alias="name")


def teams_of(events: pl.DataFrame) -> pl.DataFrame:
    """One row per league and team; where events differ about a team, the latest event that says anything counts."""
    sides = [
        events.select(
            "league",
            "sport",
            "starts_at",
            "event_id",
            name=pl.col(side),
            short_name=pl.col(f"{side}_short"),
            abbreviation=pl.col(f"{side}_abbr"),
            logo=pl.col(f"{side}_logo"),
        )
        for side in ("home", "away")
    ]
    said = pl.col("sport", "short_name", "abbreviation", "logo")
    return (
        pl.concat(sides)
        .filter(pl.col("name") != "")
        .sort("starts_at", "event_id", "name")
        .group_by("league", "name", maintain_order=True)
        .agg(said.filter(said != "").last())
        .with_columns(said.fill_null(""))
        .select("league", "name", "sport", "short_name", "abbreviation", "logo")
    )


def aliases_of(teams: pl.DataFrame) -> pl.DataFrame:
    """Every form of each team's name in a frame of teams: league, name, alias."""
    forms = teams.unpivot(
        ["name", "short_name", "abbreviation"], index=["league"], variable_name="form", value_name="alias"
    )
    named = forms.with_columns(name=pl.concat([teams["name"]] * 3))
    return named.filter(pl.col("alias") != "").select("league", "name", "alias").unique(maintain_order=True)
