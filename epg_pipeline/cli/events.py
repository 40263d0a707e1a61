"""`epg events`, `epg teams`: the canonical schedule, and the sources' lists of teams.

Belongs here: importing a file, refreshing from the sources, showing planned requests and what is on record. Does not:
the refresh (flows/events.py, flows/teams.py).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from epg_pipeline.adapters.clock import today
from epg_pipeline.cli.console import facts, progress, say, say_first, say_left_out, table
from epg_pipeline.cli.shared import date_option, opened

if TYPE_CHECKING:
    from epg_pipeline.flows.events import EventsRefreshed

app = typer.Typer(name="events", help="The canonical schedule of events.", no_args_is_help=True)
teams = typer.Typer(name="teams", help="The sources' lists of teams.", no_args_is_help=True)

From = Annotated[date | None, date_option("--from", "First UTC date; yesterday if left out.")]
To = Annotated[date | None, date_option("--to", "Last UTC date; eight days ahead if left out.")]


def _existing(leagues: list[str] | None) -> list[str] | None:
    if leagues:
        from epg_pipeline.cli.lookups import check_leagues

        check_leagues(leagues)
    return leagues


Leagues = Annotated[
    list[str] | None,
    typer.Option("--league", callback=_existing, metavar="KEY", help="Only this league; may be repeated."),
]
MAX_FAULTS = 30
MAX_TEAMS = 40
MAX_LABELS = 3


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
    say_left_out(report.faults)
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
    from epg_pipeline.flows.events import plan as planned
    from epg_pipeline.settings import load_settings

    begin, end = _range(first, last)
    asks = planned(load_settings(), begin, end, today("UTC"), league)
    labels: dict[tuple[str, str], list[str]] = defaultdict(list)
    for ask in asks:
        labels[ask.source, ask.league].append(ask.label)
    rows = [(*key, len(parts), _shortened(parts)) for key, parts in labels.items()]
    table(f"Requests for {begin} to {end}", ("Source", "League", "Requests", "Asked for"), rows)
    requests, leagues = Counter(ask.source for ask in asks), Counter(source for source, _ in labels)
    facts("Together", [(f"{source}: {leagues[source]} leagues", count) for source, count in requests.items()])


@app.command()
def refresh(first: From = None, last: To = None, league: Leagues = None) -> None:
    """Bring the schedule up to date from every source that is enabled (EPG_EVENT_SOURCES; all if unset).

    When a source fails, its events on record stay, and the next refresh asks again. The others are not affected.
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
        with progress(1) as step, step(f"Asking for {begin} to {end}"):
            report = refresh_events(store, settings, begin, end, today("UTC"), league)
        if not report.silent or len(report.silent) < len(report.runs):  # a source that answers ends the incident
            store.incidents.note_recoveries([(EVENTS, None)])
    _print(report)
    if report.silent:
        say(f"No answer at all from {' and '.join(report.silent)}; what is on record stays.")
        raise typer.Exit(1)


@app.command(name="list")
def list_(
    day: Annotated[date | None, date_option("--date", "UTC date; today if left out.")] = None, league: Leagues = None
) -> None:
    """Show the events on record that start on a UTC date.

    \b
    Example:
      epg events list --date 2026-11-21 --league nhl
    """
    wanted = day or today("UTC")
    with opened() as (store, _):
        events = store.events.between(wanted, wanted)
    rows = [_row(event) for event in events.iter_rows(named=True) if not league or event["league"] in league]
    table(f"Events of {wanted} (UTC)", ("Start", "League", "Event", "State", "Venue", "Id"), rows)
    say(f"{len(rows)} events in {len({row[1] for row in rows})} leagues")


@teams.command()
def sync(league: Leagues = None) -> None:
    """Compare the sources' lists of teams with the record; new, renamed and vanished teams are shown and recorded.

    No team changes its id, and none is removed. It runs by itself once a week.

    \b
    Example:
      epg teams sync --league nfl
    """
    from epg_pipeline.flows.teams import sync_teams

    with opened() as (store, settings):
        report = sync_teams(store, settings, today("UTC"), league)
    say_first(report.faults, MAX_FAULTS, "more faults")
    changes = {"New": report.new, "Renamed": report.renamed, "Vanished": report.vanished}
    for title, changed in changes.items():
        columns = [name for name in ("source", "league", "ref", "was", "name") if name in changed.columns]
        if changed.height:
            table(title, [name.capitalize() for name in columns], changed.select(columns).rows(), MAX_TEAMS)
    counts = [(title, changed.height) for title, changed in changes.items()]
    facts(
        "Teams", [("Teams listed", report.teams), ("Leagues", report.leagues), *counts, ("Faults", len(report.faults))]
    )


def _row(event: dict[str, Any]) -> tuple[str, ...]:
    start = f"{event['starts_at']:%H:%M}" if event["time_is_set"] else "TBD"
    title = event["name"] or f"{event['away']} at {event['home']}"
    return (start, event["league"], title, event["status"], event["venue"], event["event_id"])


def _range(first: date | None, last: date | None) -> tuple[date, date]:
    from epg_pipeline.flows.events import usual_range

    usual = usual_range(today("UTC"))
    begin, end = first or min(usual[0], last or usual[0]), last or max(usual[1], first or usual[1])
    if end < begin:
        raise typer.BadParameter(f"--to {end} is before --from {begin}")
    return begin, end


def _shortened(labels: list[str]) -> str:
    distinct = list(dict.fromkeys(labels))
    return ", ".join(distinct) if len(distinct) <= MAX_LABELS else f"{distinct[0]} … {distinct[-1]}"


def _print(report: EventsRefreshed) -> None:
    say_first(report.faults, MAX_FAULTS, "more faults")
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
