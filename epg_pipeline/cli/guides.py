"""`epg demo`, `onboard`, `refresh`, `publish`, `upload`, `backfill`: guides, from the playlist to the public bucket.

Belongs here: which providers and days a command means, and its summary. Does not belong: the steps
(flows/provider_day.py, backfill.py, uploads.py).
"""

from __future__ import annotations

import time
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from epg_pipeline.adapters.clock import today
from epg_pipeline.cli.console import facts, fail, progress, say, say_first, say_left_out, table
from epg_pipeline.cli.shared import AsOf, Day, OnlyProvider, ProviderName, chosen_providers, date_option, opened
from epg_pipeline.errors import SettingsError

if TYPE_CHECKING:
    from epg_pipeline.adapters.store.providers import Provider
    from epg_pipeline.adapters.store.store import Store
    from epg_pipeline.flows.backfill import BackfilledDay
    from epg_pipeline.flows.progress import Step
    from epg_pipeline.flows.results import EventsImported, ProviderRun, Published, Uploaded
    from epg_pipeline.settings import Settings

app = typer.Typer()

EventsFile = Annotated[
    Path | None, typer.Option("--events", metavar="FILE", help="Add this events file's events first.")
]
Force = Annotated[
    bool, typer.Option("--force", help="Publish a guide even when it lost more programmes than the provider allows.")
]
MAX_SHOWN = 10
MAX_DAYS = 366


@app.command()
def demo(
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where the guide goes; EPG_DIST if left out.")
    ] = None,
) -> None:
    """Make the guide of a bundled sample playlist, with real games of one past day: no account, no network.

    The sample is an ordinary provider called Demo; `epg up` then shows it too. Running it again duplicates nothing.

    \b
    Example:
      epg demo --out dist
    """
    from epg_pipeline.demo.sample import demo_provider, load_sample

    sample = load_sample()
    say("Opening the database …")
    with opened(check_files=True) as (store, settings):
        dist = out.absolute() if out else settings.dist
        provider = demo_provider(store, sample)
        to_dist = settings.model_copy(update={"dist": dist})
        _run(store, to_dist, provider, sample.date, sample.date, sample.events)
    say(f"The guide as a page: {dist / provider.slug / 'index.html'}. Next: epg up")


@app.command()
def onboard(
    name: ProviderName, day: Day = None, events: EventsFile = None, as_of: AsOf = None, *, force: Force = False
) -> None:
    """Make a provider's first guide: fetch its playlist, find the event slots, read, match, publish.

    Running it again does the same as `epg refresh`: nothing is duplicated, unchanged rows are not written.

    \b
    Examples:
      epg onboard "My TV"
      epg onboard demo --date 2025-10-18 --as-of 2025-10-18 --events october.jsonl
    """
    _make(name, day, events, as_of, force=force)


@app.command()
def refresh(
    name: ProviderName, day: Day = None, events: EventsFile = None, as_of: AsOf = None, *, force: Force = False
) -> None:
    """Fetch a provider's playlist again and bring its guide up to date.

    A playlist that can't be fetched leaves the last good one in force; the summary says why.

    \b
    Example:
      epg refresh "My TV"
    """
    _make(name, day, events, as_of, force=force)


@app.command()
def publish(name: OnlyProvider = None, day: Day = None, as_of: AsOf = None, *, force: Force = False) -> None:
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
        providers = chosen_providers(store, [name] if name else [])
        with progress(len(providers)) as step:
            rows = [_publish(store, settings, provider, day, as_of, step, force=force) for provider in providers]
    columns = ("Provider", "Day", "Channels", "Programmes", "Bytes", "Current guide", "Bucket", "Seconds")
    table("Published", columns, [row for row in rows if row])
    if not all(rows):
        raise typer.Exit(1)


@app.command()
def upload(name: OnlyProvider = None) -> None:
    """Upload all published guides to the public bucket: for a new bucket, or after a long outage.

    Every publish uploads its files by itself. Objects that are already there are left alone.

    \b
    Examples:
      epg upload
      epg upload --provider "My TV"
    """
    from epg_pipeline.flows.results import Uploaded
    from epg_pipeline.flows.uploads import public_files, upload_published

    done: dict[str, Uploaded] = {}
    with opened() as (store, settings):
        if settings.storage is None:
            raise SettingsError(
                "no bucket is set",
                "Set R2_ACCOUNT_ID, R2_ACCESS_KEY, R2_SECRET_KEY and R2_BUCKET, or the S3_ variables.",
            )
        providers = chosen_providers(store, [name] if name else [])
        with progress(len(providers)) as step:
            for provider in providers:
                with step(f"Uploading {provider.name}"):
                    files = public_files(settings.dist, provider.slug)
                    done[provider.name] = upload_published(store, provider, settings, files) or Uploaded()
    say(f"The bucket: {settings.storage.label}")
    rows = [(name, up.done, up.unchanged, up.withdrawn, len(up.failed)) for name, up in done.items()]
    table("Uploaded", ("Provider", "Uploaded", "Unchanged", "Withdrawn", "Failed"), rows)
    for uploaded in done.values():
        _print_upload_faults(uploaded)
    if any(uploaded.failed for uploaded in done.values()):
        raise typer.Exit(1)


@app.command()
def backfill(
    first: Annotated[date, date_option("--from", "The first day.")],
    last: Annotated[date | None, date_option("--to", "The last day; the first if left out.")] = None,
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
        providers = chosen_providers(store, provider or [])
        with progress(len(providers) * len(days)) as step:
            for chosen in providers:
                backfilled = backfill_days(store, chosen, days, settings, as_of)
                for day in days:
                    with step(f"{chosen.name}, {day}"):
                        done.append(next(backfilled))
                    if not done[-1].problem:
                        _note_recovery(store, chosen, day)
    _summarise_days(done)


def _make(name: str, day: date | None, events: Path | None, as_of: date | None, *, force: bool) -> None:
    with opened(check_files=True) as (store, settings):
        provider = store.providers.find(name)
        now = as_of or today(provider.timezone)
        _run(store, settings, provider, day or now, now, events, force=force)


def _run(
    store: Store,
    settings: Settings,
    provider: Provider,
    day: date,
    as_of: date,
    events: Path | None,
    *,
    force: bool = False,
) -> None:
    """Import the events file, make the provider's guide, and print the summary."""
    from epg_pipeline.flows.events import import_events
    from epg_pipeline.flows.provider_day import refresh_provider, steps_of

    imported: EventsImported | None = None
    with progress(steps_of(day, as_of, provider.settings) + bool(events)) as step:
        if events:
            with step("Importing events"):
                imported = import_events(store, events)
            say_left_out(imported.faults)
        run = refresh_provider(store, provider, day, as_of, settings, step, force=force)
    if not run.published.held_back:
        _note_recovery(store, provider, run.published.day)
    _summarise(run, imported)


def _publish(
    store: Store,
    settings: Settings,
    provider: Provider,
    day: date | None,
    as_of: date | None,
    step: Step,
    *,
    force: bool,
) -> tuple[object, ...] | None:
    """Publish one provider and return its row of the summary; None, with a message, when that is not possible."""
    from epg_pipeline.flows.provider_day import publish_provider

    began = time.monotonic()
    now = as_of or today(provider.timezone)
    try:
        with step(f"Publishing {provider.name}"):
            done = publish_provider(store, provider, day or now, now, settings, force=force)
    except Exception as error:  # noqa: BLE001 - one provider never stops the others
        fail(error, f"{provider.name} is not published: ")
        return None
    _print_upload_faults(done.uploads)
    if done.held_back:
        _print_held_back(provider.name, done)
        return None
    _note_recovery(store, provider, done.day)
    counts = (done.channels, done.programmes, done.bytes, done.current)
    return (provider.name, str(done.day), *counts, done.uploads, time.monotonic() - began)


def _note_recovery(store: Store, provider: Provider, day: date) -> None:
    """End the incident of the provider's guide of that day; whoever was notified is notified of the recovery."""
    from epg_pipeline.adapters.store.incidents import GUIDE

    store.incidents.note_recoveries([(GUIDE, provider.slug)], day)


def _days(first: date, last: date) -> list[date]:
    if last < first:
        raise typer.BadParameter(f"it is before {first}", param_hint="--to")
    length = (last - first).days + 1
    if length > MAX_DAYS:
        raise typer.BadParameter(f"{length} days; at most {MAX_DAYS} at once", param_hint="--to")
    return [first + timedelta(days=number) for number in range(length)]


def _summarise_days(done: list[BackfilledDay]) -> None:
    columns = ("Provider", "Day", "Names of", "Slots", "Matched", "Programmes", "Current guide")
    rows: list[tuple[object, ...]] = []
    for day in done:
        if day.problem:
            fail(f"{day.provider}, {day.day}: {day.problem}")
            continue
        matched = day.statuses.get("matched", 0) + day.statuses.get("manual", 0)
        rows.append((day.provider, str(day.day), str(day.names_of), day.slots, matched, day.programmes, day.current))
    if rows:
        table("Backfilled", columns, rows)
    say(f"{len(rows)} of {len(done)} days made.")
    if len(rows) < len(done):
        raise typer.Exit(1)


def _summarise(run: ProviderRun, events: EventsImported | None) -> None:
    """Print what a run did, with the events imported for it, what failed and why, and where the guide is."""
    published = run.published
    if run.snapshotted.problem:
        say(f"The last good playlist stays in force: {run.snapshotted.problem}")
    quarantined = [f"quarantined at {slot.stage}: {slot.name}: {slot.reason}" for slot in run.quarantined]
    say_first(quarantined, MAX_SHOWN, "more slots quarantined")
    facts(f"{run.provider}, {published.day}", [*_counts(run, events), ("Seconds", run.seconds)])
    say("Written: " + ", ".join(str(path) for path in _shown_files(published)))
    if published.uploads and published.uploads.address:
        say(f"Public address of the guide: {published.uploads.address}")
    _print_upload_faults(published.uploads)
    _print_held_back(run.provider, published)
    if published.held_back:
        raise typer.Exit(1)


def _counts(run: ProviderRun, events: EventsImported | None) -> list[tuple[str, object]]:
    filtered, statuses = run.filtered, run.matched[0].statuses
    by_hand = [("Set by hand", statuses["manual"])] if statuses.get("manual") else []
    return [
        ("Entries", filtered.entries),
        ("Slots", filtered.slots),
        ("Against the day before", f"{filtered.added} new, {filtered.changed} renamed, {filtered.removed} gone"),
        ("Matched", statuses.get("matched", 0)),
        *by_hand,
        *((status.capitalize(), statuses.get(status, 0)) for status in ("partial", "unmatched", "unparseable")),
        ("Quarantined", len(run.quarantined)),
        ("Programmes", run.published.programmes),
        ("Rows written", run.rows_written + (events.rows_written if events else 0)),
        ("Rows unchanged", run.rows_unchanged + (events.rows_unchanged if events else 0)),
        ("Bytes published", run.published.bytes),
        *([("In the bucket", run.published.uploads)] if run.published.uploads else []),
    ]


def _shown_files(published: Published) -> list[Path]:
    """The files to report: those of the current guide and the guide of each edition, or else the day's.

    An edition's folder has the same files as the provider's.
    """
    if not published.current:
        return list(published.files)
    editions = [path for path in published.files if path.parent.name in published.editions]
    current = [path for path in published.files if path not in editions and path.parent.name != str(published.day)]
    return current + [path for path in editions if path.name == "guide.xml"]


def _print_upload_faults(uploaded: Uploaded | None) -> None:
    for fault in uploaded.faults if uploaded else ():
        fail(f"not uploaded, the next publish tries again: {fault}")


def _print_held_back(provider: str, published: Published) -> None:
    for guides in published.held_back:
        fail(f"{provider}: held back, the last one stays: {guides}")
    if published.remedy:
        say(f"What to do: {published.remedy}")
