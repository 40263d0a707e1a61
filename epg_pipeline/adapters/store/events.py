"""What the sources state of events, and the canonical events made of it.

Belongs here: the rows of `events`, `sourced_events`, `team_sources`, and the teams that events name. Does not belong:
deciding which rows are one event (a function that is passed in), fetching.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

import polars as pl
import psycopg

from epg_pipeline.adapters.store.connections import EVENTS_LOCK, SubStore, hold_lock, in_transaction
from epg_pipeline.adapters.store.frames import SaveResult, read_frame, stage, upsert
from epg_pipeline.adapters.store.sql_files import query
from epg_pipeline.domain import frames
from epg_pipeline.domain.events.links import LINKS
from epg_pipeline.domain.events.merge import CANONICAL, SOURCED, TEAM_NAMES, Merged, Sourced, TeamNames
from epg_pipeline.domain.frames import EVENTS

Merge: TypeAlias = "Callable[[Sourced, TeamNames], Merged]"

ONE_DAY = timedelta(days=1)
STATED_COLUMNS = [name for name in SOURCED if name not in ("source", "source_id")]
KEYS = pl.Schema({name: SOURCED[name] for name in ("source", "league", "listing", "source_id", "starts_at")})
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
        """Store SOURCED rows, and what `merge` makes of the days and leagues they touch as canonical events.

        `merge` is given all rows of those days (SOURCED) and the teams on record (TEAM_NAMES). Rows that change nothing
        touch nothing. Nothing is deleted: a row that a source lists no longer stays.
        """
        hold_lock(connection, EVENTS_LOCK)  # each merges what the other has stored
        once = rows.unique(["source", "source_id"], keep="last", maintain_order=True)
        stage(connection, once, "incoming_sourced")
        connection.execute(query("sourced_changes"))
        touched = _touched(connection)
        written = upsert(
            connection, "sourced_events", "stated_now", ("source", "source_id"), [*STATED_COLUMNS, "record_status"]
        )
        sourced = SaveResult(written, once.height - written)
        if touched is None:
            return EventsSaved(sourced, SaveResult(0, 0), 0)
        leagues, first, last = touched
        # A day more on both sides shows what the rows at the edge belong to; only what lies within is written.
        around = sourced_between(connection, leagues, first - ONE_DAY, last + ONE_DAY)
        made = merge(around, team_names(connection, leagues))
        inside = made.events.filter(pl.col("event_date").is_between(first, last))
        links = made.links.join(inside.select("event_id"), on="event_id", how="semi")
        return EventsSaved(sourced, *_save(connection, inside, links, made.teams))

    @in_transaction
    def sourced_keys(self, connection: psycopg.Connection, first: date, last: date) -> pl.DataFrame:
        """Which rows are on record for these UTC dates: source, league, listing, source_id, starts_at."""
        return read_frame(connection, query("sourced_known"), _instants(first, last), KEYS)


def _instants(first: date, last: date) -> dict[str, datetime]:
    opens = datetime.combine(first, time(), UTC)
    return {"first": opens, "last": datetime.combine(last, time(), UTC) + ONE_DAY}


def _touched(connection: psycopg.Connection) -> tuple[list[str], date, date] | None:
    """The leagues and the span of UTC dates that the new rows change, those of their earlier starts included."""
    row = connection.execute(query("touched_events")).fetchone()
    if row is None or row[0] is None:
        return None
    leagues, earliest, latest = row
    return list(leagues), earliest.astimezone(UTC).date() - ONE_DAY, latest.astimezone(UTC).date() + ONE_DAY


def _save(
    connection: psycopg.Connection, events: pl.DataFrame, links: pl.DataFrame, names: pl.DataFrame
) -> tuple[SaveResult, int]:
    teams = teams_of(events)
    save_teams(connection, teams, names, aliases_of(teams))
    stage(connection, events, "incoming_canonical")
    connection.execute(query("changed_events"))
    connection.execute(query("new_events"))
    columns = [name for name in CANONICAL if name != "event_id"] + ["home_team_id", "away_team_id", "record_status"]
    written = upsert(connection, "events", CANONICAL_ROWS, ("event_id",), columns)
    stage(connection, links.select(LINKS.names()), "incoming_links")
    connection.execute(query("link_sourced"))
    replaced = connection.execute(query("replace_events")).rowcount
    marked = connection.execute(query("mark_rematches")).rowcount
    return SaveResult(written, events.height - written, replaced=replaced), marked


def save_teams(connection: psycopg.Connection, teams: pl.DataFrame, names: pl.DataFrame, aliases: pl.DataFrame) -> int:
    """Store teams, what each source calls them (TEAM_NAMES), and aliases; counts the names that were new or changed.

    What a source calls a team other than by its name is an alias of it too.
    """
    stage(connection, names, "incoming_names")
    connection.execute(query("rename_teams"))
    stage(connection, teams, "incoming_teams")
    connection.execute(query("save_teams"))
    other_names = names.filter(pl.col("name") != pl.col("team")).select("league", name="team", alias="name")
    stage(connection, pl.concat([aliases, other_names]).unique(maintain_order=True), "incoming_aliases")
    connection.execute(query("save_team_aliases"))
    columns = ["name", "team_id", "record_status"]
    return upsert(connection, "team_sources", TEAM_ROWS, ("source", "league", "ref"), columns)


def teams_of(events: pl.DataFrame) -> pl.DataFrame:
    """One row per league and team; where events differ about a team, the latest event that says anything counts."""
    details = {"short_name": "short", "abbreviation": "abbr", "logo": "logo"}
    sides = [
        events.select(
            "league", "sport", "starts_at", "event_id", name=side, **{to: f"{side}_{of}" for to, of in details.items()}
        )
        for side in ("home", "away")
    ]  # fmt: skip
    stated = pl.col("sport", *details)
    return (
        pl.concat(sides)
        .filter(pl.col("name") != "")
        .sort("starts_at", "event_id", "name")
        .group_by("league", "name", maintain_order=True)
        .agg(stated.filter(stated != "").last())
        .with_columns(stated.fill_null(""))
    )


def aliases_of(teams: pl.DataFrame) -> pl.DataFrame:
    """Every form of each team's name in a frame of teams: league, name, alias."""
    forms = teams.unpivot(
        ["name", "short_name", "abbreviation"], index=["league"], variable_name="form", value_name="alias"
    )
    named = forms.with_columns(name=pl.concat([teams["name"]] * 3))
    return named.filter(pl.col("alias") != "").select("league", "name", "alias").unique(maintain_order=True)
