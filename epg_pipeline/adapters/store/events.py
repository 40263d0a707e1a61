"""The canonical schedule: events, their teams, and how sources write these.

Belongs here: the rows of `events`, `teams` and `team_aliases`. Does not: merging sources, finding an event for a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from epg_pipeline.adapters.store.frames import read_frame, stage, upsert
from epg_pipeline.adapters.store.sql_files import query
from epg_pipeline.adapters.store.written import Written
from epg_pipeline.domain.frames import EVENTS, conform

if TYPE_CHECKING:
    from datetime import date

    import psycopg

WITH_TEAMS = """(
    SELECT i.*, h.id AS home_team_id, a.id AS away_team_id, 'active' AS record_status
    FROM incoming_events AS i
    LEFT JOIN teams AS h ON h.league = i.league AND h.name = i.home
    LEFT JOIN teams AS a ON a.league = i.league AND a.name = i.away
)"""


def save_canonical_events(connection: psycopg.Connection, events: pl.DataFrame) -> Written:
    """Store an EVENTS frame with its teams; of an event id given twice the later row stays. Counts events."""
    given = conform(events, EVENTS, "events to store").with_columns(pl.col(pl.String).fill_null(""))
    once = given.unique("event_id", keep="last", maintain_order=True)
    teams = teams_of(once)
    stage(connection, teams, "incoming_teams")
    connection.execute(query("save_teams"))
    stage(connection, aliases_of(teams), "incoming_aliases")
    connection.execute(query("save_team_aliases"))
    stage(connection, once, "incoming_events")
    columns = [name for name in EVENTS if name != "event_id"] + ["home_team_id", "away_team_id", "record_status"]
    written = upsert(connection, "events", WITH_TEAMS, ("event_id",), columns)
    return Written(written, once.height - written, skipped=given.height - once.height)


def events_between(connection: psycopg.Connection, first: date, last: date) -> pl.DataFrame:
    """The active events of these UTC dates, both included, by start; an EVENTS frame."""
    return read_frame(connection, query("events"), {"first": first, "last": last}, EVENTS)


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
