"""`epg backfill`: remake past days.

Belongs here: which providers and days a command means, and its summary. Does not belong: the work (flows/backfill.py).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from epg_pipeline.cli.console import Progressed, fail, say, table
from epg_pipeline.cli.installation import chosen_providers, opened
from epg_pipeline.cli.options import AsOf, a_date
from epg_pipeline.cli.provider_day import note_recovery

if TYPE_CHECKING:
    from epg_pipeline.flows.backfill import BackfilledDay

FIRST = typer.Option("--from", parser=a_date, metavar="YYYY-MM-DD", help="The first day.")
LAST = typer.Option("--to", parser=a_date, metavar="YYYY-MM-DD", help="The last day; the first if left out.")
MAX_DAYS = 366


def backfill(
    first: Annotated[date, FIRST],
    last: Annotated[date | None, LAST] = None,
    provider: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Name or slug; repeatable. All active if left out.")
    ] = None,
    as_of: AsOf = None,
) -> None:
    """Make past days' guides again, from the recorded playlists and events, without any request.

    A past day has a separate guide, <slug>/<day>/guide.xml; the guide that players load stays as it is, unless it
    shows the day. The exit code is 1 when a day could not be made; the summary says why.

    \b
    Examples:
      epg backfill --provider "My TV" --from 2025-10-01 --to 2025-10-14
      epg backfill --from 2025-10-18
    """
    from epg_pipeline.flows.backfill import backfill_days

    days = _days(first, last or first)
    done: list[BackfilledDay] = []
    with opened() as (store, settings):
        chosen = chosen_providers(store, provider or [])
        if not chosen:
            return
        with Progressed(len(chosen) * len(days)) as progress:
            for chosen_provider in chosen:
                making = backfill_days(store, chosen_provider, days, settings, as_of)
                for day in days:
                    with progress.step(f"{chosen_provider.name}, {day}"):
                        done.append(next(making))
                    if not done[-1].problem:
                        note_recovery(store, chosen_provider, day)
    _summarise(done)


def _days(first: date, last: date) -> list[date]:
    if last < first:
        raise typer.BadParameter(f"it is before {first}", param_hint="--to")
    length = (last - first).days + 1
    if length > MAX_DAYS:
        raise typer.BadParameter(f"{length} days; at most {MAX_DAYS} at once", param_hint="--to")
    return [first + timedelta(days=number) for number in range(length)]


def _summarise(done: list[BackfilledDay]) -> None:
    columns = ("Provider", "Day", "Names of", "Slots", "Matched", "Programmes", "Current guide")
    made = [row for row in done if not row.problem]
    rows = [
        (
            row.provider,
            str(row.day),
            str(row.names_of),
            row.slots,
            row.statuses.get("matched", 0) + row.statuses.get("manual", 0),
            row.programmes,
            row.current,
        )
        for row in made
    ]
    if rows:
        table("Backfilled", columns, rows)
    for row in done:
        if row.problem:
            fail(f"{row.provider}, {row.day}: {row.problem}")
    say(f"{len(made)} of {len(done)} days made.")
    if len(made) < len(done):
        raise typer.Exit(1)
