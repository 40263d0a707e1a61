"""`epg events`: the canonical schedule.

Belongs here: bringing events in by hand or from the services, seeing what would be asked and what is on record. Does
not: the refresh itself (flows/events.py).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from epg_pipeline.adapters.clock import utc_now
from epg_pipeline.cli.console import Progressed, facts, say, table
from epg_pipeline.cli.installation import opened
from epg_pipeline.cli.options import a_date

if TYPE_CHECKING:
    from epg_pipeline.flows.events import EventsRefreshed

app = typer.Typer(help="The canonical schedule of events.", no_args_is_help=True, rich_markup_mode=None)

From = Annotated[
    date | None,
    typer.Option("--from", parser=a_date, metavar="YYYY-MM-DD", help="First UTC date; yesterday if left out."),
]
To = Annotated[
    date | None,
    typer.Option("--to", parser=a_date, metavar="YYYY-MM-DD", help="Last UTC date; eight days ahead if left out."),
]
Leagues = Annotated[
    list[str] | None, typer.Option("--league", metavar="KEY", help="Only this league; may be repeated.")
]
MOST_FAULTS = 30


@app.callback()
def group() -> None:
    """The canonical schedule of events."""


@app.command(name="import")
def import_(file: Annotated[Path, typer.Argument(help="JSON lines, one event each; may be gzipped.")]) -> None:
    """Add a file's events to the schedule: new ones are added, changed ones updated, none removed.

    \b
    Example:
      epg events import october.jsonl
    """
    from epg_pipeline.flows.events import import_events

    with opened() as (store, _):
        report = import_events(store, file)
    tell_faults(report.faults)
    rows = [("Events", report.events), ("Leagues", report.leagues)]
    facts("Events", [*rows, ("Rows written", report.rows_written), ("Rows unchanged", report.rows_unchanged)])


@app.command()
def plan(first: From = None, last: To = None, league: Leagues = None) -> None:
    """Show which requests a refresh of these dates would make; none is made.

    \b
    Examples:
      epg events plan
      epg events plan --from 2026-11-20 --to 2026-11-29 --league nfl
    """
    from collections import Counter

    from epg_pipeline.flows.events import plan as planned
    from epg_pipeline.settings import load_settings

    begin, end = _range(first, last)
    asks = planned(load_settings(), begin, end, _today(), known_leagues(league))
    rows = Counter((ask.source, ask.league) for ask in asks)
    parts = {key: [ask.label for ask in asks if (ask.source, ask.league) == key] for key in rows}
    shown = [(*key, len(parts[key]), _labels(parts[key])) for key in rows]
    table(f"Requests for {begin} to {end}", ("Source", "League", "Requests", "Asked for"), shown)
    totals = Counter(ask.source for ask in asks)
    leagues = Counter(source for source, _ in rows)
    facts("Together", [(f"{source}: {leagues[source]} leagues", count) for source, count in totals.items()])


@app.command()
def refresh(first: From = None, last: To = None, league: Leagues = None) -> None:
    """Bring the schedule up to date from every source that is enabled (EPG_EVENT_SOURCES; all if unset).

    A source that fails costs its own events only: what is on record of them stays, and the next refresh asks again.
    The exit code is 1 when a source gave no answer at all.

    \b
    Examples:
      epg events refresh
      epg events refresh --from 2026-10-01 --to 2026-10-31 --league nhl --league nba
    """
    from epg_pipeline.adapters.store.incidents import EVENTS
    from epg_pipeline.flows.events import refresh_events

    begin, end = _range(first, last)
    with opened() as (store, settings):
        with Progressed(1) as progress, progress.step(f"Asking for {begin} to {end}"):
            report = refresh_events(store, settings, begin, end, _today(), known_leagues(league))
        if not report.silent or len(report.silent) < len(report.runs):  # one that answers ends the incident
            store.incidents.note_recoveries([(EVENTS, None)])
    _tell(report)
    if report.silent:
        say(f"No answer at all from {' and '.join(report.silent)}; what is on record stays.")
        raise typer.Exit(1)


@app.command(name="list")
def list_(
    day: Annotated[
        date | None, typer.Option("--date", parser=a_date, metavar="YYYY-MM-DD", help="UTC date; today if left out.")
    ] = None,
    league: Leagues = None,
) -> None:
    """Show the events on record that start on a UTC date.

    \b
    Example:
      epg events list --date 2026-11-21 --league nhl
    """
    import polars as pl

    asked, only = day or _today(), known_leagues(league)
    with opened() as (store, _):
        events: pl.DataFrame = store.events.between(asked, asked)
    events = events if only is None else events.filter(pl.col("league").is_in(only))
    rows = [_shown(row) for row in events.iter_rows(named=True)]
    table(f"Events of {asked} (UTC)", ("Start", "League", "Event", "State", "Venue", "Id"), rows)
    say(f"{events.height} events in {events['league'].n_unique()} leagues")


def _shown(row: dict[str, Any]) -> tuple[str, ...]:
    starts = f"{row['starts_at']:%H:%M}" if row["time_is_set"] else "TBD"
    title = row["name"] or f"{row['away']} at {row['home']}"
    return (starts, row["league"], title, row["status"], row["venue"], row["event_id"])


def _today() -> date:
    return utc_now().date()


def _range(first: date | None, last: date | None) -> tuple[date, date]:
    from epg_pipeline.flows.events import usual_range

    usual = usual_range(_today())
    begin, end = first or min(usual[0], last or usual[0]), last or max(usual[1], first or usual[1])
    if end < begin:
        raise typer.BadParameter(f"--to {end} is before --from {begin}")
    return begin, end


def known_leagues(leagues: list[str] | None) -> list[str] | None:
    """The leagues asked for; an unknown one is told with those that look like it."""
    from difflib import get_close_matches

    from epg_pipeline.config import load_leagues

    for league in leagues or ():
        if league not in load_leagues():
            near = ", ".join(get_close_matches(league, load_leagues(), n=3)) or "see config/leagues.yaml"
            raise typer.BadParameter(f"no league is called {league!r}; near it: {near}")
    return leagues or None


def _labels(labels: list[str], most: int = 3) -> str:
    distinct = list(dict.fromkeys(labels))
    more = f" … {distinct[-1]}" if len(distinct) > most else ""
    return ", ".join(distinct[:most] if not more else distinct[:1]) + more


def _tell(report: EventsRefreshed) -> None:
    for fault in report.faults[:MOST_FAULTS]:
        say(f"{fault}")
    if len(report.faults) > MOST_FAULTS:
        say(f"and {len(report.faults) - MOST_FAULTS} more faults")
    columns = ("Source", "Asked", "Kept", "Unchanged", "Fetched", "Failed", "Requests", "Events")
    rows = [
        (run.source, run.asks, run.kept, run.unchanged, run.fetched, run.failed, run.requests, run.rows)
        for run in report.runs
    ]
    table(f"Events of {report.first} to {report.last}", columns, rows)
    facts(
        "On record",
        [
            ("Events", sum(report.leagues.values())),
            ("Leagues", len(report.leagues)),
            ("Rows written", report.events.written),
            ("Replaced", report.events.replaced),
            ("Days to match again", report.rematches),
            ("Faults", len(report.faults)),
        ],
    )


def tell_faults(faults: tuple[str, ...], most: int = 5) -> None:
    """The first faulty lines of a file, and how many more there are."""
    for fault in faults[:most]:
        say(f"left out: {fault}")
    if len(faults) > most:
        say(f"left out: {len(faults) - most} more lines")
