"""Teams, leagues, slots and events on record that a person means by a text.

Belongs here: finding them, and usage errors that list what comes near. Does not: what a command does with them.
Commands import this module when they run: it needs Polars.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl
import typer
from rapidfuzz import fuzz, process, utils

from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.config import load_leagues
from epg_pipeline.domain.frames import Decisions
from epg_pipeline.domain.matching.aliases import KINDS, teams_called, the_bundled
from epg_pipeline.domain.text import folded
from epg_pipeline.flows.facts import facts_on_record

MIN_SIMILARITY = 60  # of 100


def similar(text: str, names: Iterable[str]) -> str:
    """The end of an error message: the names nearest to a text, "" where none is near."""
    distinct = list(dict.fromkeys(names))
    near = process.extract(
        text, distinct, scorer=fuzz.WRatio, processor=utils.default_process, limit=3, score_cutoff=MIN_SIMILARITY
    )
    return f"; similar: {', '.join(name for name, _, _ in near)}" if near else ""


def check_leagues(keys: Iterable[str]) -> None:
    """A usage error where a key is not a league's."""
    for key in keys:
        if key not in load_leagues():
            near = similar(key, load_leagues()) or "; see config/leagues.yaml"
            raise typer.BadParameter(f"no league is called {key!r}{near}")


def find_teams(store: Store, team: str, league: str | None) -> pl.DataFrame:
    """TEAMS on record that bear a name or alias."""
    facts_on_record(store)  # the catalogue must be on record before a team of it can be found
    teams = store.teams.all()
    found = teams_called(teams, team, league)
    if found.is_empty():
        if league and league not in teams["league"]:
            raise typer.BadParameter(
                f"no league {league!r} has teams on record; leagues are written like nfl, eng.1, ncaa"
            )
        near = similar(team, teams.filter(pl.col("league") == league)["team"] if league else teams["team"])
        raise typer.BadParameter(f"no team on record is called {team!r}{near}")
    return found


def find_team(store: Store, team: str, league: str | None) -> dict[str, Any]:
    """The one row of TEAMS that bears a name or alias; a usage error where several do."""
    found = the_bundled(find_teams(store, team, league))
    if found.height > 1:
        raise typer.BadParameter(
            f"several teams are called {team!r}: {', '.join(_titles(found))}; give its full name, or --league"
        )
    return found.row(0, named=True)


def other_teams(store: Store, alias: str, team: dict[str, Any]) -> list[str]:
    """Other teams of the sport that bear the alias too, each with its league."""
    found = teams_called(store.teams.all(), alias)
    return _titles(found.filter(pl.col("sport") == team["sport"], pl.col("team") != team["team"]))


def _titles(teams: pl.DataFrame) -> list[str]:
    return teams.select(pl.format("{} ({})", "team", "league")).to_series().to_list()


def listed_aliases(store: Store, kinds: Iterable[str], team: str | None, league: str | None) -> pl.DataFrame:
    """The aliases of these kinds, removed ones included: of a team, of a league, or all."""
    teams = find_teams(store, team, league)["team_id"].to_list() if team else None
    aliases = store.teams.list_aliases(list(kinds), teams)
    return aliases.filter(pl.col("league") == league) if league else aliases


def find_aliases(store: Store, alias: str, team: str, league: str | None) -> pl.DataFrame:
    """The aliases in use by which a team bears this name; its own name is not one of them."""
    active = listed_aliases(store, KINDS, team, league).filter("active")
    found = active.filter(folded(pl.col("alias")) == folded(pl.lit(alias)))
    if found.is_empty():
        listed = ", ".join(active["alias"].unique(maintain_order=True)) or "nothing"
        raise typer.BadParameter(f"{team} is not called {alias!r}; on record are: {listed}")
    if found.filter(pl.col("alias") == pl.col("team")).height:
        raise typer.BadParameter(f"{alias!r} is the team's own name, by which events know it; it stays")
    return found


def find_slot(store: Store, provider: Provider, text: str) -> str:
    """The slot as it is on record, letter case aside."""
    slots = store.slots.keys(provider)
    for slot in slots:
        if slot.lower() == text.strip().lower():
            return slot
    raise typer.BadParameter(f"{provider.name} has no slot {text!r}{similar(text, slots)}", param_hint="--slot")


def find_event(store: Store, event_id: str) -> dict[str, Any]:
    """The event of that id, as one row of PINNABLE."""
    found = store.overrides.pinnable_event(event_id)
    if found.is_empty():
        raise typer.BadParameter(
            f"no event {event_id!r} is on record; epg unmatched and epg why show the ids of those near a name",
            param_hint="--event",
        )
    return found.row(0, named=True)


def find_decisions(store: Store, provider: Provider, day: date) -> tuple[date, Decisions]:
    """The day whose names hold on a date, and the decisions about them; a usage error when nothing was matched."""
    if store.playlists.in_force(provider, day) is None:
        raise typer.BadParameter(f"{provider.name} has no playlist of {day} or before; fetch one: epg refresh")
    names_day = store.slots.names_day(provider, day)
    decisions = store.decisions.of_day(provider, names_day)
    if decisions.is_empty():
        raise typer.BadParameter(f"{provider.name}: the names of {names_day} were not matched yet: epg refresh")
    return names_day, decisions
