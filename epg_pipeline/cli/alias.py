"""`epg alias`: names of teams beyond those of the bundled catalogue.

Belongs here: the commands and what they print. Does not: finding the team a person means (lookups.py), what an alias is
worth (the domain).
"""

from typing import Annotated, Literal, get_args

import typer

from epg_pipeline.cli.console import say, table
from epg_pipeline.cli.shared import opened

app = typer.Typer(name="alias", help="Other names of teams: add, list, remove, forget.", no_args_is_help=True)

Team = Annotated[str, typer.Argument(help="The team, by its name or an alias it has already.")]
League = Annotated[
    str | None, typer.Option(metavar="LEAGUE", help="Its league, such as nfl or eng.1, where several teams share it.")
]
Kind = Literal["catalogue", "source", "manual", "learned"]  # where an alias comes from
MAX_LENGTH = 80


@app.command()
def add(
    team: Team, alias: Annotated[str, typer.Argument(help="What playlists call it.")], league: League = None
) -> None:
    """Add another name of a team; from the next match on it counts like those of the catalogue.

    \b
    Examples:
      epg alias add "San Antonio Spurs" "SAS Spurs"
      epg alias add Miami "The U" --league ncaa
    """
    from epg_pipeline.cli.lookups import find_team, other_teams

    text = " ".join(alias.split())
    if not any(letter.isalnum() for letter in text) or ";" in text or len(text) > MAX_LENGTH:
        raise typer.BadParameter(f"an alias has letters or digits, no semicolon, and at most {MAX_LENGTH} characters")
    with opened() as (store, _):
        found = find_team(store, team, league)
        is_new = store.teams.add_alias(found["team_id"], text)
        others = other_teams(store, text, found)
    say(f'{found["team"]} ({found["league"]}) {"is now called" if is_new else "was called already"} "{text}".')
    if others:
        say(f"Other teams have that name: {', '.join(others)}. League and time decide which one an entry is about.")
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
    """List the aliases on record: those added by hand and learned ones, or all of a team.

    \b
    Examples:
      epg alias list
      epg alias list --kind learned
      epg alias list --team "Troy Trojans"
    """
    from epg_pipeline.cli.lookups import listed_aliases

    kinds = [kind] if kind else get_args(Kind) if team else ["manual", "learned"]
    with opened() as (store, _):
        aliases = listed_aliases(store, kinds, team, league)
    shown = aliases if removed else aliases.filter("active")
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
    from epg_pipeline.cli.lookups import find_aliases

    with opened() as (store, _):
        found = find_aliases(store, alias, team, league)
        store.teams.remove_aliases(found["alias_id"].to_list())
    for name, its_league in found.select("team", "league").unique(maintain_order=True).iter_rows():
        say(f'Removed: {name} ({its_league}) is not called "{alias}" any more. Bring it back: epg alias add')
    if "source" in found["kind"]:
        say("The event sources use this name too, so entries with it are still matched to their events.")


@app.command(name="forget-learned")
def forget_learned(
    team: Annotated[str | None, typer.Option(metavar="TEAM", help="Only what was learned of this team.")] = None,
    league: League = None,
) -> None:
    """Take the aliases that were learned from matches out of use, all or those of a team.

    They stay on record and are not learned again; `epg alias add` brings back one that was right.

    \b
    Examples:
      epg alias forget-learned --team "San Antonio Spurs"
      epg alias forget-learned
    """
    from epg_pipeline.cli.lookups import listed_aliases

    with opened() as (store, _):
        learned = listed_aliases(store, ["learned"], team, league).filter("active")
        count = store.teams.remove_aliases(learned["alias_id"].to_list())
    say(f"{count} learned {'alias is' if count == 1 else 'aliases are'} forgotten.")
