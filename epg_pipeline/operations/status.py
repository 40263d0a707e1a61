"""The state of the installation, and what an operator should do about it.

Belongs here: what counts as a problem, and the command that fixes it. Does not belong: reading the record
(adapters/store/status.py), printing (cli/installation.py).
"""

import json
import shlex
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from cronsim import CronSim, CronSimError

from epg_pipeline.adapters.store.connections import DatabaseParts
from epg_pipeline.adapters.store.dagster_tables import Automation, Run, automations, heartbeats, latest_runs
from epg_pipeline.adapters.store.incidents import EVENTS, FRESHNESS, PLAYLIST, UPLOADS, Incident
from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.status import FailedUploads, GuideMade, ProviderState, SetAside
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.domain.guide.checks import FALLEN
from epg_pipeline.operations.supervisor import Addresses, running_addresses, running_since
from epg_pipeline.settings import Settings

MAX_RUNS = 8  # about as many as there are jobs
# The parts of Dagster's daemon, by its names for them, without which nothing starts, or nothing ends that hangs.
DAEMON_PARTS = ("SCHEDULER", "SENSOR", "QUEUED_RUN_COORDINATOR", "MONITORING")
MAX_SILENCE = timedelta(minutes=5)  # each has a heartbeat every minute at least
ONE_DAY = timedelta(days=1)
MAX_REASON_LENGTH = 200


@dataclass(frozen=True)
class Problem:
    """A problem, and the command that fixes it. `provider` is a slug, "" for what concerns all of them."""

    kind: str
    provider: str
    message: str
    remedy: str
    day: date | None = None


@dataclass(frozen=True)
class Coming:
    """Something that runs by itself; `at` is None for what is switched off."""

    what: str
    at: datetime | None


@dataclass(frozen=True)
class Status:
    """One look at everything. `runs` is None where Dagster has no record, `up` where `epg up` does not run.

    `runs` are the newest of each job, `guides` those published last, by a run or by hand.
    """

    up: Addresses | None
    providers: list[ProviderState]
    runs: list[Run] | None
    guides: list[GuideMade]
    coming: list[Coming]
    problems: list[Problem]


def look(store: Store, settings: Settings, now: datetime) -> Status:
    """The state of everything at an instant, from the record and the published summaries. Changes nothing."""
    states, providers = store.status.provider_states(now), store.providers.all()
    database, up = store.dagster_database(), running_addresses(settings.home)
    planned = automations(database) or []
    todays = {state.slug: state.today for state in states}
    # Incidents of deleted providers stay on record, but are not a problem.
    incidents = [incident for incident in store.incidents.open() if (incident.provider or "") in {"", *todays}]
    reported = {(incident.kind, incident.provider) for incident in incidents}
    problems = [
        *up_problems(up, planned, silent_parts(database, settings.home, now)),
        *(incident_problem(incident, todays.get(incident.provider or "")) for incident in incidents),
        *(problem for state in states for problem in provider_problems(state, reported)),
        *settings_problems(providers),
        *held_back_problems([provider for provider in providers if provider.status == "active"], settings.dist),
        *map(_quarantine_problem, store.status.set_aside_since(now - ONE_DAY)),
        *(
            _upload_problem(failed)
            for failed in store.status.failed_uploads()
            if (UPLOADS, failed.slug) not in reported
        ),
    ]
    coming = _coming(planned, states, providers, now) if up else []
    runs, guides = latest_runs(database, MAX_RUNS), store.status.latest_guides(MAX_RUNS)
    return Status(up, states, runs, guides, coming, problems)


def silent_parts(database: DatabaseParts, home: Path, now: datetime) -> list[str]:
    """The parts of Dagster's daemon without a heartbeat for minutes, although `epg up` runs for this home."""
    since = running_since(home)
    if since is None or now - since < MAX_SILENCE:
        return []
    last = heartbeats(database)
    silent = [part for part in DAEMON_PARTS if part not in last or now - last[part] > MAX_SILENCE]
    return [part.replace("_", " ").lower() for part in silent]


def up_problems(up: Addresses | None, planned: Sequence[Automation], silent: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with `epg up`, Dagster's daemon, schedules and sensors."""
    if up is None:
        message = "epg up does not run here: no schedule or sensor runs unless Dagster runs elsewhere"
        yield Problem("running", "", message, "epg up")
    if silent:
        yield Problem("running", "", f"Dagster's daemon has no heartbeat ({', '.join(silent)})", "restart epg up")
    for automation in planned:
        if not automation.is_on:
            kind = "schedule" if automation.cron else "sensor"
            where = f"{up.dagster}/automation" if up and up.dagster else "Dagster's page Automation, once epg up runs"
            yield Problem("automation", "", f"the {kind} {automation.name} is switched off", f"switch it on: {where}")


def incident_problem(incident: Incident, today: date | None) -> Problem:
    """An open incident with its remedy; `today` is the day of now in its provider's zone."""
    since = f"since {incident.opened_at:%Y-%m-%d %H:%M} UTC"
    message = f"{incident.title}, {since}: {_short(incident.reason)}"
    remedy = _incident_remedy(incident, today)
    return Problem(incident.kind, incident.provider or "", message, remedy, incident.day)


def _incident_remedy(incident: Incident, today: date | None) -> str:
    provider = incident.provider
    if provider is None:
        return "epg events refresh" if incident.kind == EVENTS else "see the run in Dagster; then: epg doctor"
    # Today's guide can be made from a new playlist; another day keeps the playlist it has.
    publish = f"epg publish --provider {provider}"
    guide = f"epg refresh {provider}" if incident.day in (None, today) else f"{publish} --date {incident.day}"
    usual = {PLAYLIST: f"epg refresh {provider}; new credentials: epg provider edit {provider}", UPLOADS: publish}
    return incident.remedy or usual.get(incident.kind, guide)


def provider_problems(state: ProviderState, reported: Collection[tuple[str, str | None]]) -> Iterator[Problem]:
    """What the record says of a provider; `reported` are kind and provider of the open incidents, not repeated here."""
    if state.status != "active":
        return
    name, slug = shlex.quote(state.name), state.slug
    if state.published_at is None:
        yield Problem("guide", slug, "no guide was ever published", f"epg onboard {name}")
    elif state.published_day and state.published_day < state.today and (FRESHNESS, slug) not in reported:
        message = f"the last guide is of {state.published_day}"
        yield Problem("freshness", slug, message, f"epg publish --provider {name}", state.published_day)
    if state.fetch_problem and (PLAYLIST, slug) not in reported:
        remedy = f"epg refresh {name}; new credentials: epg provider edit {name}"
        yield Problem("playlist", slug, _short(state.fetch_problem), remedy)
    before, today = state.rate_before, state.rate_today
    if before is not None and today is not None and today < before - FALLEN:
        message = f"{today:.0%} of its events are matched today, {before:.0%} in the four weeks before"
        yield Problem("match rate", slug, message, f"epg unmatched --provider {name}", state.today)


def settings_problems(providers: Sequence[Provider]) -> Iterator[Problem]:
    """Providers whose settings are not valid."""
    for provider in providers:
        if fault := provider.settings_fault:
            remedy = f"epg provider set {shlex.quote(provider.name)} --unset KEY"
            yield Problem("settings", provider.slug, fault.message, remedy)


def held_back_problems(providers: Sequence[Provider], dist: Path) -> Iterator[Problem]:
    """Guides that the last publish held back."""
    for provider in providers:
        summary = published_summary(dist, provider.slug)
        if reason := summary.get("held_back"):
            remedy = str(summary.get("remedy") or f"epg refresh {provider.slug}")
            yield Problem("guide", provider.slug, f"a guide is held back: {_short(str(reason))}", remedy)


def published_summary(dist: Path, slug: str) -> dict[str, Any]:
    """The contents of summary.json of the last publish; empty when it does not exist or can't be read."""
    try:
        summary = json.loads((dist / slug / "summary.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return summary if isinstance(summary, dict) else {}


def _quarantine_problem(rows: SetAside) -> Problem:
    example = f'"{_short(rows.name)}": {_short(rows.reason)}'
    message = f"{rows.rows} set aside at {rows.stage} in the last 24 hours, such as {example}"
    return Problem("quarantine", rows.slug, message, f"epg refresh {rows.slug}" if rows.slug else "epg events refresh")


def _upload_problem(failed: FailedUploads) -> Problem:
    message = f"{failed.files} files are not in the bucket: {_short(failed.reason)}"
    return Problem("uploads", failed.slug, message, f"epg publish --provider {failed.slug}")


def _coming(
    planned: Sequence[Automation], states: Sequence[ProviderState], providers: Sequence[Provider], now: datetime
) -> list[Coming]:
    """What comes next, the soonest first; what is switched off at the end."""
    found = [Coming(job.name, _next_time(job.cron, now) if job.is_on else None) for job in planned if job.cron]
    is_checked = not any(job.name == "playlist_checks" and not job.is_on for job in planned)
    if is_checked and (due := _checks_due(states, providers, now)):
        found.append(Coming("check for changed playlists", max(min(due), now)))
    return sorted(found, key=lambda coming: (coming.at is None, coming.at or now))


def _checks_due(states: Sequence[ProviderState], providers: Sequence[Provider], now: datetime) -> list[datetime]:
    minutes = {provider.slug: _check_minutes(provider) for provider in providers}
    looked = {state.slug: state.fetched_at or now for state in states if state.status == "active"}
    return [at + timedelta(minutes=minutes[slug]) for slug, at in looked.items() if minutes.get(slug)]


def _next_time(cron: str, now: datetime) -> datetime | None:
    """The next time of a schedule in UTC, None for one that is not valid."""
    try:
        return next(CronSim(cron, now))
    except (CronSimError, StopIteration):
        return None


def _check_minutes(provider: Provider) -> int:
    return 0 if provider.settings_fault else provider.settings.check_minutes


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_REASON_LENGTH else f"{line[:MAX_REASON_LENGTH]} …"
