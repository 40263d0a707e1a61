"""`epg teams`: the sources' lists of teams.

Belongs here: syncing them by hand, and what a person is told of it. Does not: the sync (flows/teams.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from epg_pipeline.adapters.clock import utc_now
from epg_pipeline.cli.console import facts, say, table
from epg_pipeline.cli.events import Leagues, known_leagues
from epg_pipeline.cli.installation import opened

if TYPE_CHECKING:
    import polars as pl

app = typer.Typer(help="The sources' lists of teams.", no_args_is_help=True, rich_markup_mode=None)
MOST_SHOWN = 40


@app.callback()
def group() -> None:
    """The sources' lists of teams."""


@app.command()
def sync(league: Leagues = None) -> None:
    """Compare the sources' lists of teams with the record: new, renamed and vanished teams are told and recorded.

    No team changes its id, and none is removed. It runs by itself once a week.

    \b
    Example:
      epg teams sync --league nfl
    """
    from epg_pipeline.flows.teams import sync_teams

    with opened() as (store, settings):
        report = sync_teams(store, settings, utc_now().date(), known_leagues(league))
    for fault in report.faults:
        say(f"{fault}")
    _show("New", report.new)
    _show("Renamed", report.renamed)
    _show("Vanished", report.vanished)
    rows = [("Teams listed", report.teams), ("Leagues", report.leagues), ("New", report.new.height)]
    rows += [("Renamed", report.renamed.height), ("Vanished", report.vanished.height), ("Faults", len(report.faults))]
    facts("Teams", rows)


def _show(title: str, teams: pl.DataFrame) -> None:
    if teams.is_empty():
        return
    columns = [name for name in ("source", "league", "ref", "was", "name") if name in teams.columns]
    table(title, [name.capitalize() for name in columns], teams.select(columns).head(MOST_SHOWN).rows())
    if teams.height > MOST_SHOWN:
        say(f"and {teams.height - MOST_SHOWN} more")
