"""`epg status`, `doctor`, `settings`, `notify`: the state of this installation.

Belongs here: what is printed, for people and for machines. Does not belong: what a problem is (operations/status.py),
the checks (operations/doctor.py), the schema of the settings (settings.py), messages and how they are sent
(operations/alerts.py, adapters/delivery/notify.py).
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from epg_pipeline.adapters.clock import utc_now
from epg_pipeline.cli.console import fail, results, say, table
from epg_pipeline.cli.shared import opened
from epg_pipeline.errors import NotifyError, SettingsError

if TYPE_CHECKING:
    from datetime import datetime

    from epg_pipeline.adapters.store.dagster_tables import Run
    from epg_pipeline.adapters.store.status import ProviderState
    from epg_pipeline.operations.status import Status

app = typer.Typer()
notify = typer.Typer(name="notify", help="Notifications when something breaks.", no_args_is_help=True)

MAX_PROVIDERS, MAX_PROBLEMS = 15, 20  # what one screen holds
REST = "more: epg status --json"
HOUR_SECONDS, DAY_SECONDS = 3600, 86400
PART_WIDTH = 12


@app.command()
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


@app.command()
def doctor(
    offline: Annotated[
        bool, typer.Option("--offline", help="Make no request to event sources, bucket or playlists.")
    ] = False,
    playlists: Annotated[bool, typer.Option("--playlists", help="Also check every provider's server.")] = False,
) -> None:
    """Check settings, folders, database, key, clock, bucket and sources, and say how to fix what is wrong.

    The exit code is 1 when something fails; a warning leaves it 0.

    \b
    Examples:
      epg doctor
      epg doctor --offline
      epg doctor --playlists

    `epg settings` lists the environment variables.
    """
    from epg_pipeline.operations.doctor import examine

    counts = {"ok": 0, "warn": 0, "fail": 0}
    for finding in examine(utc_now, offline=offline, playlists=playlists):
        counts[finding.level] += 1
        typer.echo(f"{finding.level:<5} {finding.part:<{PART_WIDTH}} {finding.text}")
        if finding.fix:
            typer.echo(f"{'':<{PART_WIDTH + 7}}→ {finding.fix}")
    typer.echo(f"{counts['ok']} ok, {counts['warn']} to look at, {counts['fail']} failed")
    if counts["fail"]:
        raise typer.Exit(1)


@app.command()
def settings(
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the table of the README.")] = False,
) -> None:
    """List every environment variable, what it means, its default, and whether it is set. No value is shown.

    \b
    Examples:
      epg settings
      EPG_HOME=/srv/epg epg settings
    """
    from epg_pipeline.settings import environment, settings_table, variables

    if markdown:
        results().print(settings_table(), markup=False, highlight=False, soft_wrap=True)
        return
    values = environment()
    rows = [(name, "yes" if values.get(name) else "", default, text) for name, text, default in variables()]
    table("Environment variables", ("Variable", "Set", "Default", "Means"), rows)


@notify.command()
def test() -> None:
    """Send a test message by every channel that is set up; exit code 1 when one fails.

    \b
    The channels, by environment:
      EPG_NOTIFY_WEBHOOK   an address that takes JSON
      EPG_NOTIFY_SLACK     an incoming webhook of Slack, Mattermost, Rocket.Chat or Discord (with /slack)
      EPG_NOTIFY_MAIL      smtp://USER:PASSWORD@HOST:587?to=ADDRESS&from=ADDRESS

    \b
    Example:
      epg notify test
    """
    from epg_pipeline.adapters.delivery.notify import channels
    from epg_pipeline.operations.alerts import trial_message
    from epg_pipeline.settings import load_settings

    configured = channels(load_settings().notify)
    if not configured:
        raise SettingsError(
            "no channel is set up", "Set EPG_NOTIFY_WEBHOOK, _SLACK or _MAIL; see epg notify test --help."
        )
    failed = 0
    for channel in configured:
        try:
            channel.send(trial_message())
        except NotifyError as error:
            failed += 1
            fail(f"{channel.name}: not sent: {error}")
        else:
            say(f"{channel.name}: sent")
    if failed:
        raise typer.Exit(1)


def _print_json(found: Status, now: datetime) -> None:
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
    with_problem = {problem.provider for problem in found.problems}
    states = found.providers
    if len(states) > MAX_PROVIDERS:  # those with a problem first
        states = sorted(states, key=lambda state: state.slug not in with_problem)
    columns = ("Provider", "Status", "Slots", "Playlist", "Guide", "Matched today", "Four weeks before")
    table("Providers", columns, [_provider_row(state, now) for state in states], MAX_PROVIDERS, REST)
    if found.runs:
        table("Last runs", ("Run", "Of", "Status", "Began", "Took"), [_run_row(run, now) for run in found.runs])
    elif found.guides:
        made = [(guide.slug, str(guide.day), guide.programmes, _ago(guide.published_at, now)) for guide in found.guides]
        table("Last guides", ("Of", "Day", "Programmes", "Published"), made)
    if found.coming:
        table("Next", ("What", "When"), [(coming.what, _ahead(coming.at, now)) for coming in found.coming])
    problems = [(problem.provider or "all", problem.message, problem.remedy) for problem in found.problems]
    if problems:
        table("Problems", ("Provider", "Problem", "Fix"), problems, MAX_PROBLEMS, REST)
    else:
        say("No problems.")


def _provider_row(state: ProviderState, now: datetime) -> tuple[object, ...]:
    checked = _ago(state.fetched_at, now) + (" (failed)" if state.fetch_problem else "")
    rates = ("–" if rate is None else f"{rate:.1%}" for rate in (state.rate_today, state.rate_before))
    return (state.name, state.status, state.slots, checked, _ago(state.published_at, now), *rates)


def _run_row(run: Run, now: datetime) -> tuple[object, ...]:
    took = f"{((run.ended_at or now) - run.started_at).total_seconds():.0f} s" if run.started_at else None
    return (run.job, run.partition or None, run.status.lower(), _ago(run.started_at or run.created_at, now), took)


def _ago(moment: datetime | None, now: datetime) -> str:
    return "never" if moment is None else f"{_duration((now - moment).total_seconds())} ago"


def _ahead(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "switched off"
    return f"in {_duration((moment - now).total_seconds())} ({moment:%a %H:%M} UTC)"


def _duration(seconds: float) -> str:
    if seconds < HOUR_SECONDS:
        return f"{max(0, seconds) // 60:.0f} min"
    return f"{seconds / HOUR_SECONDS:.0f} h" if seconds < 2 * DAY_SECONDS else f"{seconds / DAY_SECONDS:.0f} days"
