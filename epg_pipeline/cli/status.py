"""`epg status`: everything on one screen.

Belongs here: what is printed, for people and for machines. Does not belong: what a problem is
(operations/status.py).
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from epg_pipeline.adapters.clock import utc_now
from epg_pipeline.cli.console import say, table
from epg_pipeline.cli.installation import opened

if TYPE_CHECKING:
    from datetime import datetime

    from epg_pipeline.adapters.store.dagster_tables import Run
    from epg_pipeline.adapters.store.status import ProviderState
    from epg_pipeline.operations.status import Status

MAX_PROVIDERS, MAX_PROBLEMS = 15, 20  # what one screen holds
HOUR_SECONDS, DAY_SECONDS = 3600, 86400


def status(
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object, with all providers.")] = False,
) -> None:
    """Show providers, last runs, what comes next, and each problem with the command that fixes it.

    \b
    Examples:
      epg status
      epg status --json
    """
    from epg_pipeline.operations.status import look

    now = utc_now()
    with opened() as (store, settings):
        found = look(store, settings, now)
    if as_json:
        _print_json(found, now)
    else:
        _print(found, now)


def _print_json(found: Status, now: datetime) -> None:
    import json

    def plain(value: object) -> str:
        return value.isoformat() if hasattr(value, "isoformat") else str(value)

    typer.echo(json.dumps({"now": now, **asdict(found)}, default=plain, ensure_ascii=False, indent=2))


def _print(found: Status, now: datetime) -> None:
    if found.up and found.up.dagster:
        say(f"Running: Dagster {found.up.dagster}, guides {found.up.guides}/guides/")
    elif found.up:
        say("Starting.")
    if not found.providers:
        say("No provider yet. Add one: epg provider add NAME --playlist URL")
        return
    _print_providers(found, now)
    if found.runs:
        table("Last runs", ("Run", "Of", "Status", "Began", "Took"), [_run_row(run, now) for run in found.runs])
    elif found.guides:
        made = [(guide.slug, str(guide.day), guide.programmes, _ago(guide.published_at, now)) for guide in found.guides]
        table("Last guides", ("Of", "Day", "Programmes", "Published"), made)
    if found.coming:
        rows = [(coming.what, _ahead(coming.at, now)) for coming in found.coming]
        table("Next", ("What", "When"), rows)
    _print_problems(found)


def _print_problems(found: Status) -> None:
    if not found.problems:
        say("No problems.")
        return
    rows = [(problem.provider or "all", problem.message, problem.remedy) for problem in found.problems[:MAX_PROBLEMS]]
    table("Problems", ("Provider", "Problem", "Fix"), rows)
    if left := len(found.problems) - len(rows):
        say(f"… and {left} more: epg status --json")


def _print_providers(found: Status, now: datetime) -> None:
    """Those with a problem first where not all have room."""
    troubled = {problem.provider for problem in found.problems}
    shown = found.providers
    if len(shown) > MAX_PROVIDERS:
        shown = sorted(shown, key=lambda state: state.slug not in troubled)[:MAX_PROVIDERS]
    columns = ("Provider", "Status", "Slots", "Playlist", "Guide", "Matched today", "Four weeks before")
    table("Providers", columns, [_provider_row(state, now) for state in shown])
    if left := len(found.providers) - len(shown):
        say(f"… and {left} more: epg status --json")


def _provider_row(state: ProviderState, now: datetime) -> tuple[Any, ...]:
    checked = _ago(state.fetched_at, now) + (" (failed)" if state.fetch_problem else "")
    return (
        state.name,
        state.status,
        state.slots,
        checked,
        _ago(state.published_at, now),
        _share(state.rate_today),
        _share(state.rate_before),
    )


def _run_row(run: Run, now: datetime) -> tuple[Any, ...]:
    took = (run.ended_at or now) - run.started_at if run.started_at else None
    return (
        run.job,
        run.partition or "–",
        run.status.lower(),
        _ago(run.started_at or run.created_at, now),
        f"{took.total_seconds():.0f} s" if took else "–",
    )


def _share(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.1%}"


def _ago(moment: datetime | None, now: datetime) -> str:
    return "never" if moment is None else f"{_long((now - moment).total_seconds())} ago"


def _ahead(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "switched off"
    return f"in {_long((moment - now).total_seconds())} ({moment:%a %H:%M} UTC)"


def _long(seconds: float) -> str:
    if seconds < HOUR_SECONDS:
        return f"{max(0, seconds) // 60:.0f} min"
    return f"{seconds / HOUR_SECONDS:.0f} h" if seconds < 2 * DAY_SECONDS else f"{seconds / DAY_SECONDS:.0f} days"
