"""`epg onboard`, `refresh`, `publish`: providers' days, from playlist to guide.

Belongs here: which providers and days a command means, and its summary. Does not belong: the steps
(flows/provider_day.py).
"""

from __future__ import annotations

import time
from datetime import date  # noqa: TC003 - typer reads the annotations
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from epg_pipeline.cli.console import Progressed, facts, fail, say, table
from epg_pipeline.cli.events import tell_faults
from epg_pipeline.cli.installation import chosen_providers, opened
from epg_pipeline.cli.options import AsOf, TheDate  # noqa: TC001 - typer reads the annotations
from epg_pipeline.cli.uploads import tell_upload_faults

if TYPE_CHECKING:
    from epg_pipeline.adapters.store.providers import Provider
    from epg_pipeline.adapters.store.store import Store
    from epg_pipeline.flows.results import EventsImported, ProviderRun, Published
    from epg_pipeline.settings import Settings

Name = Annotated[str, typer.Argument(help="The provider's name or slug.")]
EventsFile = Annotated[
    Path | None, typer.Option("--events", metavar="FILE", help="Add this events file's events first.")
]
Force = Annotated[
    bool, typer.Option("--force", help="Publish a guide even when it lost more programmes than the provider allows.")
]
MAX_SHOWN = 10


def onboard(
    name: Name, day: TheDate = None, events: EventsFile = None, as_of: AsOf = None, *, force: Force = False
) -> None:
    """Make a provider's first guide: fetch its playlist, find the event slots, read, match, publish.

    Running it again does the same as `epg refresh`: nothing is duplicated, unchanged rows are not written.

    \b
    Examples:
      epg onboard "My TV"
      epg onboard demo --date 2025-10-18 --as-of 2025-10-18 --events october.jsonl
    """
    _make(name, day, events, as_of, force=force)


def refresh(
    name: Name, day: TheDate = None, events: EventsFile = None, as_of: AsOf = None, *, force: Force = False
) -> None:
    """Fetch a provider's playlist again and bring its guide up to date.

    A playlist that can't be fetched leaves the last good one in force; the summary says why.

    \b
    Example:
      epg refresh "My TV"
    """
    _make(name, day, events, as_of, force=force)


def publish(
    name: Annotated[
        str | None, typer.Option("--provider", metavar="NAME", help="Only this one; all active if left out.")
    ] = None,
    day: TheDate = None,
    as_of: AsOf = None,
    *,
    force: Force = False,
) -> None:
    """Publish guides from the database alone: no playlist is fetched, no service is called.

    A provider that fails is reported, the others are published; the exit code is 1 then. A guide that has lost too many
    of its programmes (the provider's setting most_lost) is held back and the last one stays; --force publishes it.

    \b
    Examples:
      epg publish
      epg publish --provider "My TV" --date 2025-10-18
      epg publish --provider "My TV" --force
    """
    with opened(check_files=True) as (store, settings):
        chosen = chosen_providers(store, [name] if name else [])
        if not chosen:
            return
        publish_one = partial(_publish_one, store, settings, day, as_of, force=force)
        with Progressed(len(chosen)) as progress:
            outcomes = [publish_one(provider, progress) for provider in chosen]
    columns = ("Provider", "Day", "Channels", "Programmes", "Bytes", "Current guide", "Bucket", "Seconds")
    table("Published", columns, [row for row in outcomes if row])
    if not all(outcomes):
        raise typer.Exit(1)


def _publish_one(
    store: Store,
    settings: Settings,
    day: date | None,
    as_of: date | None,
    provider: Provider,
    progress: Progressed,
    *,
    force: bool,
) -> tuple[object, ...] | None:
    """One provider's row of the summary; None, and a line that says why, when it can't be published."""
    from epg_pipeline.adapters.clock import today
    from epg_pipeline.flows.provider_day import publish_provider

    began = time.monotonic()
    now = as_of or today(provider.timezone)
    try:
        with progress.step(f"Publishing {provider.name}"):
            done = publish_provider(store, provider, day or now, now, settings, force=force)
    except Exception as fault:  # noqa: BLE001 - one provider never stops the others
        fail(fault, f"{provider.name} is not published: ")
        return None
    tell_upload_faults(done.uploads)
    if done.held_back:
        tell_held_back(provider.name, done)
        return None
    note_recovery(store, provider, done.day)
    counts = (done.channels, done.programmes, done.bytes, done.current)
    return (provider.name, str(done.day), *counts, done.uploads, time.monotonic() - began)


def note_recovery(store: Store, provider: Provider, day: date) -> None:
    """End the incident of the provider's guide once a command made that day's: whoever was notified hears of it."""
    from epg_pipeline.adapters.store.incidents import GUIDE

    store.incidents.note_recoveries([(GUIDE, provider.slug)], day)


def _make(name: str, day: date | None, events: Path | None, as_of: date | None, *, force: bool) -> None:
    from epg_pipeline.adapters.clock import today
    from epg_pipeline.flows.events import import_events
    from epg_pipeline.flows.provider_day import refresh_provider, steps_of

    imported: EventsImported | None = None
    with opened(check_files=True) as (store, settings):
        provider = store.providers.find(name)
        now = as_of or today(provider.timezone)
        wanted = day or now
        with Progressed(steps_of(wanted, now, provider.settings) + bool(events)) as progress:
            if events:
                with progress.step("Importing events"):
                    imported = import_events(store, events)
                tell_faults(imported.faults)
            run = refresh_provider(store, provider, wanted, now, settings, progress.step, force=force)
        if not run.published.held_back:
            note_recovery(store, provider, run.published.day)
    summarise(run, imported)


def summarise(run: ProviderRun, events: EventsImported | None = None) -> None:
    """What a run did, with the events imported for it; what failed and why, and where the guide is."""
    if run.snapshotted.problem:
        say(f"The last good playlist stays in force: {run.snapshotted.problem}")
    for slot in run.quarantined[:MAX_SHOWN]:
        say(f"quarantined at {slot.stage}: {slot.name}: {slot.reason}")
    facts(f"{run.provider}, {run.published.day}", [*_counts(run, events), ("Seconds", run.seconds)])
    say("Written: " + ", ".join(str(path) for path in shown_files(run.published)))
    if run.published.uploads and run.published.uploads.address:
        say(f"Public address of the guide: {run.published.uploads.address}")
    tell_upload_faults(run.published.uploads)
    tell_held_back(run.provider, run.published)
    if run.published.held_back:
        raise typer.Exit(1)


def tell_held_back(provider: str, published: Published) -> None:
    """A line for each reason why guides are held back."""
    for guides in published.held_back:
        fail(f"{provider}: held back, the last one stays: {guides}")
    if published.remedy:
        say(published.remedy)


def _counts(run: ProviderRun, events: EventsImported | None) -> list[tuple[str, object]]:
    first, filtered = run.matched[0], run.filtered
    statuses = [
        (status.capitalize(), first.statuses.get(status, 0))
        for status in ("matched", "partial", "unmatched", "unparseable")
    ]
    if by_hand := first.statuses.get("manual"):
        statuses.insert(1, ("Set by hand", by_hand))
    slots_since = f"{filtered.added} new, {filtered.changed} renamed, {filtered.removed} gone"
    return [
        ("Entries", filtered.entries),
        ("Slots", filtered.slots),
        ("Against the day before", slots_since),
        *statuses,
        ("Quarantined", len(run.quarantined)),
        ("Programmes", run.published.programmes),
        ("Rows written", run.rows_written + (events.rows_written if events else 0)),
        ("Rows unchanged", run.rows_unchanged + (events.rows_unchanged if events else 0)),
        ("Bytes published", run.published.bytes),
        *([("In the bucket", run.published.uploads)] if run.published.uploads else []),
    ]


def shown_files(published: Published) -> list[Path]:
    """The files to report: those of the current guide and the guide of each edition, or else the day's.

    An edition's folder has the same files as the provider's own.
    """
    if not published.current:
        return list(published.files)
    further = [path for path in published.files if path.parent.name in published.editions]
    current = [path for path in published.files if path not in further and path.parent.name != str(published.day)]
    return current + [path for path in further if path.name == "guide.xml"]
