"""`epg events`: the canonical schedule.

Belongs here: bringing events in by hand. Does not: fetching them from services.
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from epg_pipeline.cli.console import facts, say

app = typer.Typer(help="The canonical schedule of events.", no_args_is_help=True, rich_markup_mode=None)


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
    from epg_pipeline.adapters.postgres import open_store
    from epg_pipeline.flows import import_events
    from epg_pipeline.settings import Settings

    with open_store(Settings.from_environment()) as store:
        report = import_events(store, file)
    tell_faults(report.faults)
    rows = [("Events", report.events), ("Leagues", report.leagues)]
    facts("Events", [*rows, ("Rows written", report.rows_written), ("Rows unchanged", report.rows_unchanged)])


def tell_faults(faults: tuple[str, ...], most: int = 5) -> None:
    """The first faulty lines of a file, and how many more there are."""
    for fault in faults[:most]:
        say(f"left out: {fault}")
    if len(faults) > most:
        say(f"left out: {len(faults) - most} more lines")
