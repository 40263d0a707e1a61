"""`epg alias`: what teams are called, beyond what the bundled catalogue knows.

Belongs here: which team and alias a person means, and what came of it. Does not: what an alias is worth (the domain).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from epg_pipeline.cli.console import say, table
from epg_pipeline.cli.installation import opened

if TYPE_CHECKING:
    import polars as pl

    from epg_pipeline.adapters.store.store import Store

app = typer.Typer(help="Other names of teams: add, list, remove, forget.", no_args_is_help=True, rich_markup_mode=None)

Team = Annotated[str, typer.Argument(help="The team, by its name or anything it is called already.")]
League = Annotated[
    str | None, typer.Option(metavar="LEAGUE", help="Its league, such as nfl or eng.1, where several teams share it.")
]
LONGEST = 80


class Kind(StrEnum):
    """Where an alias comes from."""

    catalogue = "catalogue"
    source = "source"
    manual = "manual"
    learned = "learned"


@app.command()
def add(
    team: Team, alias: Annotated[str, typer.Argument(help="What playlists call it.")], league: League = None
) -> None:
    """Teach that a team is called so as well; from the next match on the alias counts like the catalogue's own.

    \b
    Examples:
      epg alias add "San Antonio Spurs" "SAS Spurs"
      epg alias add Miami "The U" --league ncaa
    """
    text = _checked(alias)
    with opened() as (store, _):
        found = _one_team(store, team, league)
        is_new = store.teams.add_alias(found["team_id"], text)
        others = _others_called(store, text, found)
    said = "is now called" if is_new else "was called already"
    say(f'{found["team"]} ({found["league"]}) {said} "{text}".')
    if others:
        say(f"So are: {', '.join(others)}. Where names could mean both, league and time must tell them apart.")
    if is_new:
        say("It counts from the next match on: epg refresh NAME")


@app.command(name="list")
def list_(
    team: Annotated[str | None, typer.Option(metavar="TEAM", help="Only this team's, of every kind.")] = None,
    league: League = None,
    kind: Annotated[
        Kind | None, typer.Option(help="Only of this kind; without --team: manual and learned if left out.")
    ] = None,
    removed: Annotated[bool, typer.Option("--removed", help="Also those that were removed.")] = False,
) -> None:
    """The aliases on record: by hand and learned ones, or all of a team.

    \b
    Examples:
      epg alias list
      epg alias list --kind learned
      epg alias list --team "Troy Trojans"
    """
    import polars as pl

    kinds = [kind.value] if kind else [one.value for one in Kind] if team else ["manual", "learned"]
    with opened() as (store, _):
        rows = store.teams.list_aliases(kinds, _team_ids(store, team, league) if team else None)
    if league:
        rows = rows.filter(pl.col("league") == league)
    shown = rows if removed else rows.filter("active")
    if shown.is_empty():
        say("No such alias on record. Add one: epg alias add TEAM ALIAS")
        return
    columns = ("team", "league", "alias", "kind", "record_status")
    table("Aliases", ("Team", "League", "Alias", "Kind", "State"), shown.select(columns).rows())


@app.command()
def remove(
    team: Team, alias: Annotated[str, typer.Argument(help="The alias to take out of use.")], league: League = None
) -> None:
    """Take an alias out of use, whatever its kind. It stays on record, and does not come back by itself.

    \b
    Examples:
      epg alias remove "San Antonio Spurs" "SAS Spurs"
    """
    import polars as pl

    from epg_pipeline.domain.text import folded

    with opened() as (store, _):
        known = store.teams.list_aliases([one.value for one in Kind], _team_ids(store, team, league))
        meant = known.filter(folded(pl.col("alias")) == pl.select(folded(pl.lit(alias))).item(), pl.col("active"))
        if meant.is_empty():
            listed = ", ".join(known.filter("active")["alias"].unique(maintain_order=True)) or "nothing"
            raise typer.BadParameter(f"{team} is not called {alias!r}; on record are: {listed}")
        if meant.filter(pl.col("alias") == pl.col("team")).height:
            raise typer.BadParameter(f"{alias!r} is the team's own name, by which events know it; it stays")
        store.teams.remove_aliases(meant["alias_id"].to_list())
    for name, its_league in meant.select("team", "league").unique(maintain_order=True).iter_rows():
        say(f'{name} ({its_league}) is no longer called "{alias}". Bring it back: epg alias add')
    if "source" in meant["kind"]:
        say("The events themselves bear this name: a name that prints it is still matched to them.")


@app.command(name="forget-learned")
def forget_learned(
    team: Annotated[str | None, typer.Option(metavar="TEAM", help="Only what was learned of this team.")] = None,
    league: League = None,
) -> None:
    """Take every alias that was learned from matches out of use, or a team's.

    They stay on record and are not learned again; one that was right comes back with `epg alias add`.

    \b
    Examples:
      epg alias forget-learned --team "San Antonio Spurs"
      epg alias forget-learned
    """
    import polars as pl

    with opened() as (store, _):
        known = store.teams.list_aliases([Kind.learned.value], _team_ids(store, team, league) if team else None)
        meant = known.filter("active", pl.col("league") == league if league else pl.lit(value=True))
        count = store.teams.remove_aliases(meant["alias_id"].to_list())
    say(f"{count} learned {'alias is' if count == 1 else 'aliases are'} forgotten.")


def _checked(alias: str) -> str:
    text = " ".join(alias.split())
    if not any(letter.isalnum() for letter in text) or ";" in text or len(text) > LONGEST:
        raise typer.BadParameter(f"an alias has letters or digits, no semicolon, and at most {LONGEST} characters")
    return text


def _teams(store: Store, team: str, league: str | None) -> pl.DataFrame:
    from epg_pipeline.domain.matching.aliases import teams_called
    from epg_pipeline.flows.facts import facts_on_record

    facts_on_record(store)  # the catalogue must be on record before a team of it can be found
    known = store.teams.all()
    found = teams_called(known, team, league)
    if found.is_empty():
        raise typer.BadParameter(_no_such_team(known, team, league))
    return found


def _one_team(store: Store, team: str, league: str | None) -> dict[str, Any]:
    from epg_pipeline.domain.matching.aliases import the_bundled

    found = the_bundled(_teams(store, team, league))
    if found.height > 1:
        each = ", ".join(f"{name} ({its})" for name, its in found.select("team", "league").iter_rows())
        raise typer.BadParameter(f"several teams are called {team!r}: {each}; give its full name, or --league")
    return found.row(0, named=True)


def _team_ids(store: Store, team: str, league: str | None) -> list[int]:
    return _teams(store, team, league)["team_id"].to_list()


def _others_called(store: Store, text: str, team: dict[str, Any]) -> list[str]:
    """Other teams of the sport that bear the alias too."""
    import polars as pl

    from epg_pipeline.domain.matching.aliases import teams_called

    found = teams_called(store.teams.all(), text).filter(
        pl.col("sport") == team["sport"], pl.col("team") != team["team"]
    )  # fmt: skip
    return [f"{name} ({league})" for name, league in found.select("team", "league").iter_rows()]


def _no_such_team(known: pl.DataFrame, team: str, league: str | None) -> str:
    from rapidfuzz import fuzz, process, utils

    leagues = set(known["league"])
    if league and league not in leagues:
        return f"no league {league!r} has teams on record; leagues are written like nfl, eng.1, ncaa"
    names = known.filter(known["league"] == league)["team"] if league else known["team"]
    hits = process.extract(
        team, names.unique().to_list(), scorer=fuzz.WRatio, processor=utils.default_process, limit=3, score_cutoff=60
    )
    like = f"; there are: {', '.join(hit[0] for hit in hits)}" if hits else ""
    return f"no team on record is called {team!r}{like}"
