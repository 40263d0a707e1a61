"""Teams of the bundled catalogue, and what teams are called: the record behind the forms that matching knows.

Belongs here: the rows of `team_aliases` that no event brings, and the catalogue's teams. Does not belong: the teams of
events (events.py), what a form is worth (domain/teams.py).
"""

from datetime import date

import polars as pl
import psycopg

from epg_pipeline.adapters.store.connections import EVENTS_LOCK, SubStore, hold_lock, in_transaction
from epg_pipeline.adapters.store.events import save_teams
from epg_pipeline.adapters.store.frames import read_frame, stage
from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.sql_files import query
from epg_pipeline.domain.events.merge import TEAM_NAMES, TeamNames
from epg_pipeline.domain.events.team_lists import Compared
from epg_pipeline.domain.matching import aliases
from epg_pipeline.domain.matching.aliases import ALIASES, MATCHES, TEAMS, Aliases, Matches

LISTED = pl.Schema({"alias_id": pl.Int64(), **ALIASES, "active": pl.Boolean()})


class Teams(SubStore):
    """Teams, what they are called, and the lists of the sources."""

    @in_transaction
    def load_catalogue(self, connection: psycopg.Connection, catalogue: pl.DataFrame, digest: str) -> bool:
        """Store a catalogue's teams and aliases (columns of teams.csv) unless the one of that hash was loaded last.

        What an operator removed stays removed; an alias that only an earlier catalogue had becomes `replaced`.
        """
        if _digest_in_force(connection) == digest:
            return False
        connection.execute("LOCK TABLE team_catalogues IN EXCLUSIVE MODE")  # two starts at once load it once
        if _digest_in_force(connection) == digest:
            return False
        columns = ("league", "sport", "name", "location", "nickname", "abbreviation")
        stage(connection, catalogue.select(*columns, short_name="short"), "catalogue_teams")
        connection.execute(query("save_catalogue_teams"))
        stage(connection, _aliases_of(catalogue), "catalogue_aliases")
        connection.execute(query("save_catalogue_aliases"))
        connection.execute(query("replace_catalogue_aliases"))
        connection.execute(
            "INSERT INTO team_catalogues (sha256, teams) VALUES (%s, %s) "
            "ON CONFLICT (sha256) DO UPDATE SET teams = excluded.teams, loaded_at = clock_timestamp()",
            (digest, catalogue.height),
        )
        return True

    @in_transaction
    def aliases_for_matching(self, connection: psycopg.Connection) -> Aliases:
        """ALIASES beyond the bundled catalogue and the events' own names: see `aliases_for_matching.sql`."""
        return read_frame(connection, query("aliases_for_matching"), {}, ALIASES)

    @in_transaction
    def all(self, connection: psycopg.Connection) -> aliases.Teams:
        """Every active team (TEAMS) with all it is called."""
        return read_frame(connection, query("known_teams"), {}, TEAMS)

    @in_transaction
    def list_aliases(
        self, connection: psycopg.Connection, kinds: list[str], team_ids: list[int] | None = None
    ) -> pl.DataFrame:
        """The aliases of these teams (None: of all) and kinds, removed ones included, by league and team; LISTED."""
        return read_frame(connection, query("listed_aliases"), {"teams": team_ids, "kinds": kinds}, LISTED)

    @in_transaction
    def add_alias(self, connection: psycopg.Connection, team_id: int, alias: str) -> bool:
        """Record an alias given by hand; says whether anything changed.

        One of another kind becomes the operator's own.
        """
        return connection.execute(query("add_alias"), {"team": team_id, "alias": alias}).rowcount == 1

    @in_transaction
    def remove_aliases(self, connection: psycopg.Connection, alias_ids: list[int]) -> int:
        """Take aliases out of use; the rows stay. The number that were in use."""
        return connection.execute(
            "UPDATE team_aliases SET record_status = 'removed', updated_at = now() "
            "WHERE id = ANY(%s) AND record_status = 'active'",
            (alias_ids,),
        ).rowcount

    @in_transaction
    def save_learned(self, connection: psycopg.Connection, learned: pl.DataFrame) -> int:
        """Record aliases (league, team, alias) as learned.

        One that was ever on record for its team is left as it is.
        """
        stage(connection, learned.select("league", "team", "alias"), "learned")
        return connection.execute(query("save_learned_aliases")).rowcount

    @in_transaction
    def matches(self, connection: psycopg.Connection, provider: Provider, first: date, last: date) -> Matches:
        """The provider's decisions of these days whose names call a side other than its event does; MATCHES."""
        values = {"provider": provider.id, "first": first, "last": last}
        return read_frame(connection, query("matches_to_learn_from"), values, MATCHES)

    @in_transaction
    def refs(self, connection: psycopg.Connection, leagues: list[str]) -> TeamNames:
        """The teams the sources list in these leagues, as on record; a TEAM_NAMES frame."""
        return read_frame(connection, query("team_refs"), {"leagues": leagues}, TEAM_NAMES)

    @in_transaction
    def save_lists(
        self, connection: psycopg.Connection, listed: pl.DataFrame, found: Compared, sports: dict[str, str]
    ) -> int:
        """Store LISTED teams as `found` has them; how many ids of sources were new or changed.

        A team never changes its id: a new name goes to the team that has it, a vanished one is only no longer listed.
        """
        hold_lock(connection, EVENTS_LOCK)
        teams = listed.join(found.names.select("source", "league", "ref", "team"), on=["source", "league", "ref"])
        stated = pl.col("short_name", "abbreviation", "logo", "location", "nickname", "color")
        once = (
            teams.group_by("league", "team", maintain_order=True)
            .agg(stated.filter(stated != "").first())
            .with_columns(stated.fill_null(""), sport=pl.col("league").replace_strict(sports, default=""))
            .rename({"team": "name"})
        )
        columns = ("league", "name", "sport", "short_name", "abbreviation", "logo")
        changed = save_teams(
            connection, once.select(columns), found.names, once.clear().select("league", "name", alias="name")
        )
        stage(connection, once.select("league", "name", "location", "nickname", "color"), "incoming_details")
        connection.execute(query("save_team_details"))
        stage(connection, found.vanished.select("source", "league", "ref"), "gone_refs")
        return changed + connection.execute(query("remove_team_refs")).rowcount


def _digest_in_force(connection: psycopg.Connection) -> str | None:
    row = connection.execute("SELECT sha256 FROM team_catalogues ORDER BY loaded_at DESC LIMIT 1").fetchone()
    return str(row[0]) if row else None


def _aliases_of(catalogue: pl.DataFrame) -> pl.DataFrame:
    forms = pl.concat_list("name", "short", "abbreviation", pl.col("aliases").str.split(";"))
    rows = catalogue.select("league", "name", alias=forms).explode("alias", empty_as_null=True, keep_nulls=True)
    return rows.filter(pl.col("alias") != "").unique(maintain_order=True)
