"""The sources' lists of teams on record.

Belongs here: storing what a comparison of lists found. Does not: the comparison (domain/events/team_lists.py), events'
teams.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from epg_pipeline.adapters.store.frames import read_frame, stage, upsert
from epg_pipeline.adapters.store.sourced_events import LOCK, TEAM_ROWS
from epg_pipeline.adapters.store.sql_files import query
from epg_pipeline.domain.events.merge import TEAM_NAMES

if TYPE_CHECKING:
    import psycopg

    from epg_pipeline.domain.events.team_lists import Compared


def team_refs(connection: psycopg.Connection, leagues: list[str]) -> pl.DataFrame:
    """The teams the sources list in these leagues, as on record; a TEAM_NAMES frame."""
    return read_frame(connection, query("team_refs"), {"leagues": leagues}, TEAM_NAMES)


def save_lists(connection: psycopg.Connection, listed: pl.DataFrame, found: Compared, sports: dict[str, str]) -> int:
    """Store LISTED teams as `found` has them; how many ids of sources were new or changed.

    A team never changes its id: a new name goes to the team that has it, a vanished one is only no longer listed.
    """
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (LOCK,))
    stage(connection, found.names, "incoming_names")
    connection.execute(query("rename_teams"))
    teams = listed.join(found.names.select("source", "league", "ref", "team"), on=["source", "league", "ref"])
    said = pl.col("short_name", "abbreviation", "logo", "location", "nickname", "color")
    once = (
        teams.group_by("league", "team", maintain_order=True)
        .agg(said.filter(said != "").first())
        .with_columns(said.fill_null(""), sport=pl.col("league").replace_strict(sports, default=""))
        .rename({"team": "name"})
    )
    stage(connection, once.select("league", "name", "sport", "short_name", "abbreviation", "logo"), "incoming_teams")
    connection.execute(query("save_teams"))
    stage(connection, once.select("league", "name", "location", "nickname", "color"), "incoming_details")
    connection.execute(query("save_team_details"))
    others = found.names.filter(pl.col("name") != pl.col("team")).select("league", name="team", alias="name").unique()
    stage(connection, others, "incoming_aliases")
    connection.execute(query("save_team_aliases"))
    changed = upsert(
        connection, "team_sources", TEAM_ROWS, ("source", "league", "ref"), ["name", "team_id", "record_status"]
    )
    stage(connection, found.vanished.select("source", "league", "ref"), "gone_refs")
    return changed + connection.execute(query("remove_team_refs")).rowcount
