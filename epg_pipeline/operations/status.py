"""How the installation stands, and what an operator should do about it.

Belongs here: what counts as a problem, and the command that mends it. Does not: reading the record
(adapters/store/status.py), printing (cli/status.py).
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from epg_pipeline.adapters.store.dagster_tables import Automation, Run, automations, heartbeats, latest_runs
from epg_pipeline.adapters.store.incidents import EVENTS
from epg_pipeline.domain.guide.checks import FALLEN
from epg_pipeline.errors import ConfigError
from epg_pipeline.operations.cron import next_time
from epg_pipeline.operations.supervisor import Addresses, running_addresses, running_since

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from epg_pipeline.adapters.store.connections import DatabaseParts
    from epg_pipeline.adapters.store.incidents import Incident
    from epg_pipeline.adapters.store.providers import Provider
    from epg_pipeline.adapters.store.status import FailedUploads, GuideMade, ProviderState, SetAside
    from epg_pipeline.adapters.store.store import Store
    from epg_pipeline.settings import Settings

MOST_RUNS = 8  # about as many as there are jobs
# The parts of Dagster's daemon, by its names for them, without which nothing starts, or nothing ends that hangs.
DAEMON_PARTS = ("SCHEDULER", "SENSOR", "QUEUED_RUN_COORDINATOR", "MONITORING")
LONGEST_SILENCE = timedelta(minutes=5)  # each gives a sign of life every minute at least
ONE_DAY = timedelta(days=1)
LONGEST_REASON = 200


@dataclass(frozen=True)
class Problem:
    """Something that is not as it should be: a provider's slug or "" , what it is, and the command that mends it."""

    provider: str
    what: str
    mend: str


@dataclass(frozen=True)
class Coming:
    """Something that will happen by itself; `at` is None for what is switched off."""

    what: str
    at: datetime | None


@dataclass(frozen=True)
class Status:
    """One look at everything. `runs` is None where Dagster has no record, `up` where it does not run.

    `runs` are the newest of each job, `guides` those published last, by a run or by hand.
    """

    up: Addresses | None
    providers: list[ProviderState]
    runs: list[Run] | None
    guides: list[GuideMade]
    coming: list[Coming]
    problems: list[Problem]


def look(store: Store, settings: Settings, now: datetime) -> Status:
    """How everything stands at an instant; reads the record and the published summaries, and changes nothing."""
    states, known = store.status.provider_states(now), store.providers.all()
    database, up = store.dagster_database(), running_addresses(settings.home)
    planned = automations(database) or []
    todays = {state.slug: state.today for state in states}
    incidents = [one for one in store.incidents.open() if (one.provider or "") in {"", *todays}]  # of none deleted
    told = {one.subject for one in incidents}
    problems = [
        *_of_up(up, planned, silent_parts(database, settings.home, now)),
        *(_of_incident(one, todays.get(one.provider or "")) for one in incidents),
        *(problem for state in states for problem in _of_provider(state, told)),
        *_of_settings(known),
        *_of_guides([one for one in known if one.status == "active"], settings.dist),
        *map(_of_set_aside, store.status.set_aside_since(now - ONE_DAY)),
        *(_of_uploads(one) for one in store.status.failed_uploads() if f"uploads of {one.slug}" not in told),
    ]
    coming = _coming(planned, states, known, now) if up else []
    runs, guides = latest_runs(database, MOST_RUNS), store.status.latest_guides(MOST_RUNS)
    return Status(up, states, runs, guides, coming, problems)


def silent_parts(database: DatabaseParts, home: Path, now: datetime) -> list[str]:
    """The parts of Dagster's daemon that gave no sign of life for minutes, although `epg up` runs for this home."""
    since = running_since(home)
    if since is None or now - since < LONGEST_SILENCE:
        return []
    last = heartbeats(database)
    silent = [part for part in DAEMON_PARTS if part not in last or now - last[part] > LONGEST_SILENCE]
    return [part.replace("_", " ").lower() for part in silent]


def _of_up(up: Addresses | None, planned: Sequence[Automation], silent: Sequence[str]) -> Iterator[Problem]:
    if up is None:
        yield Problem(
            "", "epg up does not run here: unless Dagster runs elsewhere, nothing happens by itself", "epg up"
        )
    if silent:
        yield Problem("", f"Dagster's daemon gives no sign of life ({', '.join(silent)})", "restart epg up")
    for one in planned:
        if not one.is_on:
            kind = "schedule" if one.cron else "sensor"
            where = f"{up.dagster}/automation" if up and up.dagster else "Dagster's page Automation, once epg up runs"
            yield Problem("", f"the {kind} {one.name} is switched off", f"switch it on: {where}")


def _of_incident(incident: Incident, today: date | None) -> Problem:
    since = f"since {incident.opened_at:%Y-%m-%d %H:%M} UTC"
    what = f"{incident.subject}, {since}: {_short(incident.reason)}"
    return Problem(incident.provider or "", what, _mended_by(incident, today))


def _mended_by(incident: Incident, today: date | None) -> str:
    """By what the incident is called; the subjects are those of orchestration/incidents.py and the standing faults."""
    provider, day = incident.provider, f" --date {incident.day}" if incident.day else ""
    if provider is None:
        return "epg events refresh" if incident.subject == EVENTS else "the run in Dagster tells more; then: epg doctor"
    if incident.subject.startswith("playlist"):
        return f"epg refresh {provider}; new credentials: epg provider edit {provider}"
    if incident.subject.startswith("uploads"):
        return f"epg publish --provider {provider}"
    # Today's is made from its playlist on; another day has the playlist it has.
    anew = f"epg refresh {provider}" if incident.day in (None, today) else f"epg publish --provider {provider}{day}"
    return _told_in(incident.reason, provider, day) or anew


def _told_in(reason: str, provider: str, day: str = "") -> str:
    """The command that a reason names, in full; nothing when it names none. A guide is made before a loss is forced."""
    if "epg refresh --force" in reason:
        return f"epg refresh {provider} --force, if the provider did drop its slots"
    if "epg refresh" in reason:
        return f"epg refresh {provider}"
    if "--force" in reason:
        return f"epg publish --provider {provider}{day} --force, if it is right"
    return f"epg match PLAYLIST{day or ' --date DAY'}" if "epg match" in reason else ""


def _of_provider(state: ProviderState, told: Collection[str]) -> Iterator[Problem]:
    """What the record says of a provider that no incident says already; `told` are the subjects of the open ones."""
    if state.status != "active":
        return
    name = shlex.quote(state.name)
    if state.published_at is None:
        yield Problem(state.slug, "no guide was ever published", f"epg onboard {name}")
    elif state.published_day and state.published_day < state.today and f"freshness of {state.slug}" not in told:
        yield Problem(state.slug, f"the last guide is of {state.published_day}", f"epg publish --provider {name}")
    if state.fetch_problem and f"playlist of {state.slug}" not in told:
        yield Problem(
            state.slug, _short(state.fetch_problem), f"epg refresh {name}; new credentials: epg provider edit {name}"
        )
    before, today = state.rate_before, state.rate_today
    if before is not None and today is not None and today < before - FALLEN:
        what = f"{today:.0%} of its events are matched today, {before:.0%} in the four weeks before"
        yield Problem(state.slug, what, f"epg unmatched --provider {name}")


def _of_settings(providers: Sequence[Provider]) -> Iterator[Problem]:
    for provider in providers:
        try:
            _ = provider.settings
        except ConfigError as fault:
            yield Problem(provider.slug, str(fault), f"epg provider set {shlex.quote(provider.name)} --unset KEY")


def _of_guides(providers: Sequence[Provider], dist: Path) -> Iterator[Problem]:
    for provider in providers:
        if reason := published_summary(dist, provider.slug).get("held_back"):
            name = shlex.quote(provider.name)
            mend = _told_in(str(reason), name) or f"epg refresh {name}"
            yield Problem(provider.slug, f"a guide is held back: {_short(str(reason))}", mend)


def published_summary(dist: Path, slug: str) -> dict[str, Any]:
    """What the last publish says of itself in summary.json; nothing when there is none that can be read."""
    try:
        summary = json.loads((dist / slug / "summary.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return summary if isinstance(summary, dict) else {}


def _of_set_aside(one: SetAside) -> Problem:
    example = f'"{_short(one.name)}": {_short(one.reason)}'
    what = f"{one.rows} set aside at {one.stage} in the last 24 hours, such as {example}"
    return Problem(one.slug, what, f"epg refresh {one.slug}" if one.slug else "epg events refresh")


def _of_uploads(one: FailedUploads) -> Problem:
    what = f"{one.files} files are not in the bucket: {_short(one.reason)}"
    return Problem(one.slug, what, f"epg publish --provider {one.slug}")


def _coming(
    planned: Sequence[Automation], states: Sequence[ProviderState], providers: Sequence[Provider], now: datetime
) -> list[Coming]:
    """What comes next, the soonest first; what is switched off at the end."""
    found = [Coming(one.name, _next(one.cron, now) if one.is_on else None) for one in planned if one.cron]
    does_look = not any(one.name == "playlist_checks" and not one.is_on for one in planned)
    if does_look and (due := _looks_due(states, providers, now)):
        found.append(Coming("look for changed playlists", max(min(due), now)))
    return sorted(found, key=lambda one: (one.at is None, one.at or now))


def _looks_due(states: Sequence[ProviderState], providers: Sequence[Provider], now: datetime) -> list[datetime]:
    minutes = {provider.slug: _check_minutes(provider) for provider in providers}
    looked = {state.slug: state.fetched_at or now for state in states if state.status == "active"}
    return [at + timedelta(minutes=minutes[slug]) for slug, at in looked.items() if minutes.get(slug)]


def _next(cron: str, now: datetime) -> datetime | None:
    try:
        return next_time(cron, now)
    except ValueError:
        return None


def _check_minutes(provider: Provider) -> int:
    try:
        return provider.settings.check_minutes
    except ConfigError:
        return 0


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_REASON else f"{line[:LONGEST_REASON]} …"
