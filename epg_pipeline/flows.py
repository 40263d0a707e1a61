"""A provider's day, step by step: the functions the Dagster assets and the command line both call.

Belongs here: loading, calling the domain, storing, and reporting what was done. Does not: any rule of the domain, any
output to a person, any schedule. Only this module asks the clock, and only where the caller gave no day.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

import polars as pl

from epg_pipeline.adapters.event_files import read_events
from epg_pipeline.adapters.http import PlaylistFetchError, fetch_playlist
from epg_pipeline.config import load_facts
from epg_pipeline.domain.channels import channels_of
from epg_pipeline.domain.checks import demand, no_empty_channel, no_overlap
from epg_pipeline.domain.contracts import ENTRIES, SLOTS, conform
from epg_pipeline.domain.day import EVENT_REACH, ProviderDay
from epg_pipeline.domain.matching import decide
from epg_pipeline.domain.names import read_names
from epg_pipeline.domain.overrides import overridden
from epg_pipeline.domain.playlist import PlaylistError, parse_playlist
from epg_pipeline.domain.schedule import own_blocks, schedule
from epg_pipeline.domain.slots import sort_entries
from epg_pipeline.isolation import without_faulty
from epg_pipeline.judging import check_matched, check_slots, names_day, slots_in_force
from epg_pipeline.known_facts import facts_on_record, installed_facts, learn_aliases
from epg_pipeline.publishing import FlowError, days_ahead, publish_day
from epg_pipeline.reports import (
    PREVIEW_ROWS,
    EventsImported,
    Filtered,
    Matched,
    ProviderRun,
    Published,
    Quarantined,
    Snapshotted,
)

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from epg_pipeline.adapters.postgres import Provider, Snapshot, Store
    from epg_pipeline.config import Facts, Sports
    from epg_pipeline.config.provider_settings import ProviderSettings
    from epg_pipeline.domain.checks import Verdict
    from epg_pipeline.settings import Settings


class Step(Protocol):
    """Told of a part of the work as it begins; its context ends with the part."""

    def __call__(self, what: str, /) -> AbstractContextManager[object]:
        """The context the part is done in."""


@dataclass(frozen=True)
class Decided:
    """The decisions in force from a day on: those about the names of that day's playlist."""

    day: date
    channels: pl.DataFrame
    decisions: pl.DataFrame
    faulty: tuple[Quarantined, ...]


def today(timezone: str, now: datetime | None = None) -> date:
    """The date in that zone, now or at the instant given."""
    return (now or datetime.now(UTC)).astimezone(ZoneInfo(timezone)).date()


def local_days(utc_days: list[date], timezone: str) -> list[date]:
    """The dates of a zone that some UTC dates in a row reach into: 01:00 UTC is the evening before in New York."""
    opens, closes = ProviderDay(min(utc_days)).opens, ProviderDay(max(utc_days)).closes - timedelta(microseconds=1)
    first, last = today(timezone, opens), today(timezone, closes)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def provider_day(body: bytes, events: pl.DataFrame, day: ProviderDay) -> pl.DataFrame:
    """DECISIONS for every entry of a playlist, slots and others, for one day: no database, no network, no clock."""
    facts = installed_facts()
    return decide(read_names(sort_entries(parse_playlist(body), facts), day, facts), events, day, facts)


def name_decided(name: str, events: pl.DataFrame, day: ProviderDay) -> pl.DataFrame:
    """The one row of DECISIONS for a name standing alone."""
    facts = installed_facts()
    blank = {column: "" for column, kind in ENTRIES.items() if kind == pl.String}
    entry = pl.DataFrame([{**blank, "position": 0, "name": name}], schema=ENTRIES)
    return decide(read_names(sort_entries(entry, facts), day, facts), events, day, facts)


def playlist_of_day(store: Store, provider: Provider, day: date, fetched: str = "") -> Snapshotted:
    """The playlist for a day: today's as it is now, of another day the one kept for it or before it.

    What a provider sends today says nothing of last week, so a past day before the first playlist has none: FlowError.
    It is not tomorrow's list yet either: a coming day's is today's. `fetched` is the hash of a playlist that was
    fetched a moment ago and kept; it is not fetched again.
    """
    now = today(provider.timezone)
    kept = store.snapshot(provider, day)
    if kept is not None and kept.content_hash == fetched:
        return replace(_kept(kept), changed=True)
    if kept is not None and day != now:
        return _kept(kept)
    if day < now:
        _snapshot_of(store, provider, day)
    return snapshot_playlist(store, provider, now)


def snapshot_playlist(store: Store, provider: Provider, day: date) -> Snapshotted:
    """Fetch a provider's playlist and keep it as the one in force for the day.

    One that can't be had, or is none, leaves the last good snapshot in force and the report's `problem` says why;
    FlowError when there is none to fall back on.
    """
    last = store.snapshot(provider, day)
    try:
        body, etag, last_modified = _fetch(store, provider, last)
        entries = parse_playlist(body)
    except (PlaylistFetchError, PlaylistError) as fault:
        store.note_fetch(provider, str(fault))
        if last is None:
            raise FlowError(f"{provider.name}: {fault}") from None
        return _kept(last, str(fault))
    kept = store.save_snapshot(provider, day, body, entries.height, etag, last_modified)
    store.note_fetch(provider)
    changed = last is None or last.content_hash != kept.content_hash
    return Snapshotted(entries.height, len(body), kept.content_hash, changed)


def filter_channels(store: Store, provider: Provider, day: date, *, force: bool = False) -> Filtered:
    """Sort the entries of the snapshot in force, and record its event slots and how they differ from the day before.

    They are recorded for the snapshot's own day: a later day without a playlist of its own has no names of its own.
    CheckFailedError, with nothing recorded, when most slots are gone; `force` takes the playlist as it is.
    """
    snapshot = _snapshot_of(store, provider, day)
    facts = facts_on_record(store)
    entries = sort_entries(parse_playlist(store.snapshot_body(snapshot)), facts)
    verdicts = demand(check_slots(store, provider, snapshot.day, entries, facts), force=force)
    slots = entries.filter("is_slot")
    channels = channels_of(slots, provider.slug).join(slots.select("position", "name"), on="position")
    changes = store.save_slots(provider, snapshot.day, channels)
    return Filtered(
        entries=entries.height,
        slots=channels.height,
        families=channels["family"].n_unique(),
        added=changes.added,
        changed=changes.changed,
        removed=changes.removed,
        unchanged=changes.unchanged,
        preview=channels.select("slot", "name", "family", "channel_id").head(PREVIEW_ROWS),
        verdicts=verdicts,
    )


def import_events(store: Store, path: Path) -> EventsImported:
    """Add a file's events to the canonical schedule: new ones are added, changed ones updated, none ever removed.

    An event that a service tells of too is one event with what both know of it.
    """
    from epg_pipeline.events_flow import take_in_file  # brings all sources along, which publishing must not wait for

    file = read_events(path)
    written = take_in_file(store, file.events).events.written
    return _events_report(file.events, written, max(file.events.height - written, 0), tuple(file.faults))


def events_on_record(store: Store, day: date) -> EventsImported:
    """What the database holds for one UTC date."""
    return _events_report(store.events(day, day), 0, 0, ())


def match_day(store: Store, provider: Provider, day: date) -> Matched:
    """Read the slots' names for one day, find their events, and record decisions and programme blocks."""
    return match_days(store, provider, [day])[0]


def match_days(store: Store, provider: Provider, days: list[date], step: Step = nullcontext) -> tuple[Matched, ...]:
    """The same for several days; names that hold for more than one are read once.

    A name is read for the day its playlist is of: "7 pm" in today's list is today, also in the guide of tomorrow. A
    slot that a step fails on is quarantined with its reason and gets an idle guide; the others get theirs. FlowError
    when there is no playlist for a day or before it.
    """
    decided: dict[date, Decided] = {}
    reports = []
    seen = store.rematches_seen(provider, days)  # before the events are read: what changes from here on stays due
    for day in days:
        with step(f"Matching {day}"), store.lock(provider, day):
            _snapshot_of(store, provider, day)
            names_of = names_day(store, provider, day)
            if names_of not in decided:
                decided[names_of] = _decided(store, provider, names_of, max(days))
            reports.append(_recorded(store, provider, day, decided[names_of]))
            store.rematched(provider, day, seen)
    if days:
        learn_aliases(store, provider, max(days))
    return tuple(reports)


def publish_provider(
    store: Store, provider: Provider, day: date, as_of: date, settings: Settings, *, force: bool = False
) -> Published:
    """Publish from the record alone; days of the current guide that wait for it are matched first.

    A guide reaches some days ahead, so each morning one day is new: its names are on record, its programmes are not.
    And events that were moved or called off since leave days behind that were matched to them as they were.
    A guide that is not fit to replace the last one is told in the report's `held_back`; `force` lets one pass that lost
    too many programmes.
    """
    due = store.rematches_due(provider)
    waiting = [
        ahead
        for ahead in days_ahead(day, as_of, provider.settings)
        if not _is_scheduled(store, provider, ProviderDay(ahead, provider.timezone))
        or (due and {ahead, names_day(store, provider, ahead)} & due)
    ]
    matched = match_days(store, provider, waiting)
    return replace(publish_day(store, provider, day, as_of, settings, force=force), matched=matched)


def refresh_provider(
    store: Store,
    provider: Provider,
    day: date,
    as_of: date,
    settings: Settings,
    step: Step = nullcontext,
    *,
    force: bool = False,
) -> ProviderRun:
    """Fetch, filter, match the day and those the current guide shows after it, publish; `step` is told of each part.

    A guide held back is told in the run's `published`, see `publish_provider`.
    """
    began = time.monotonic()
    with step("Fetching the playlist"):
        snapshotted = snapshot_playlist(store, provider, day)
    with step("Finding the event slots"):
        filtered = filter_channels(store, provider, day, force=force)
    matched = match_days(store, provider, days_ahead(day, as_of, provider.settings), step)
    with step("Publishing"):
        published = publish_day(store, provider, day, as_of, settings, force=force)
    return ProviderRun(provider.name, snapshotted, filtered, matched, published, time.monotonic() - began)


def steps_of(day: date, as_of: date, settings: ProviderSettings) -> int:
    """How many steps `refresh_provider` tells of, for a provider with these settings."""
    return 3 + len(days_ahead(day, as_of, settings))


def _fetch(store: Store, provider: Provider, last: Snapshot | None) -> tuple[bytes, str | None, str | None]:
    """The playlist's bytes with what to ask by next time; an unchanged one comes from the snapshot at hand."""
    known = (last.etag, last.last_modified) if last else (None, None)
    fetched = fetch_playlist(store.playlist_url(provider), etag=known[0], last_modified=known[1])
    if fetched.body is None and last is not None:
        return store.snapshot_body(last), last.etag, last.last_modified
    return fetched.body or b"", fetched.etag, fetched.last_modified


def _kept(snapshot: Snapshot, problem: str = "") -> Snapshotted:
    return Snapshotted(snapshot.entry_count, snapshot.byte_count, snapshot.content_hash, False, problem)


def _snapshot_of(store: Store, provider: Provider, day: date) -> Snapshot:
    snapshot = store.snapshot(provider, day)
    if snapshot is None:
        raise FlowError(f"{provider.name}: no playlist was kept for {day} or before; fetch one first: epg refresh")
    return snapshot


def _decided(store: Store, provider: Provider, day: date, last: date) -> Decided:
    """DECISIONS for the names of a day, about events up to the last; the names a step fails on are set aside."""
    facts = facts_on_record(store)
    local = ProviderDay(day, provider.timezone)
    channels = store.channels(provider, day)
    events = store.events(day - EVENT_REACH, last + EVENT_REACH)
    slots, unsorted = without_faulty(lambda rows: _as_slots(rows, facts), channels, "sort")
    readings, unread = without_faulty(lambda rows: read_names(rows, local, facts), slots, "read")
    decisions, undecided = without_faulty(lambda rows: decide(rows, events, local, facts), readings, "decide")
    return Decided(day, channels, decisions, (*unsorted, *unread, *undecided))


def _of_day(day: date, *verdicts: Verdict) -> tuple[Verdict, ...]:
    return tuple(replace(verdict, day=day) for verdict in verdicts)


def _recorded(store: Store, provider: Provider, day: date, decided: Decided) -> Matched:
    """Schedule and record one day from what was decided; decisions are kept with the day the names are of.

    What is set by hand holds for the names of its day, and for its day's guide.
    """
    by_hand = overridden(decided.decisions, store.overrides(provider), (decided.day, day))
    decided = replace(decided, decisions=by_hand)
    local = ProviderDay(day, provider.timezone)
    sports = load_facts().sports.lasting(provider.settings.minutes)
    programmes, unscheduled = _scheduled(decided, local, sports)
    verdicts = demand(_of_day(day, no_empty_channel(decided.channels, programmes, local), no_overlap(programmes)))
    saved = [store.save_programmes(provider, day, own_blocks(programmes, local))]
    if decided.day == day:
        saved.append(store.save_decisions(provider, day, decided.decisions))
        verdicts += _of_day(day, *check_matched(store, provider, day, decided.decisions))
    faulty = (*decided.faulty, *unscheduled)
    if faulty:
        rows = pl.DataFrame({"name": [slot.name for slot in faulty], "reason": [slot.reason for slot in faulty]})
        store.quarantine(provider, day, "match", rows)
    return Matched(
        day=day,
        names_of=decided.day,
        slots=decided.channels.height,
        statuses=_statuses(decided),
        events=decided.decisions.filter((pl.col("kind") == "event") | _is_found).height,
        found=decided.decisions.filter(_is_found).height,
        programmes=programmes.height,
        rows_written=sum(one.written for one in saved),
        rows_unchanged=sum(one.unchanged for one in saved),
        quarantined=faulty,
        preview=_decisions_preview(decided.decisions),
        verdicts=verdicts,
    )


_is_found = pl.col("match_status").is_in(["matched", "manual"]) & pl.col("event_id").is_not_null()


def _statuses(decided: Decided) -> dict[str, int]:
    counts = dict(decided.decisions.group_by("match_status").len().sort("match_status").iter_rows())
    if left_out := decided.channels.height - decided.decisions.height:
        counts["unparseable"] = counts.get("unparseable", 0) + left_out
    return counts


def _decisions_preview(decisions: pl.DataFrame) -> pl.DataFrame:
    """Some of what was decided, the telling ones first: those that fell short."""
    order = pl.col("match_status").replace_strict({"partial": 0, "unmatched": 1, "matched": 2}, default=3)
    shown = decisions.sort(order, "position").group_by("match_status", maintain_order=True).head(PREVIEW_ROWS // 3)
    return shown.select("name", "match_status", "confidence", "event_id", "starts_at", "reasons").head(PREVIEW_ROWS)


def _as_slots(channels: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """SLOTS of channels on record: what the name says is read anew, the slot it belongs to is the recorded one."""
    blank = pl.lit("")
    entries = conform(channels.with_columns(tvg_id=blank, tvg_name=blank), ENTRIES, "channels as entries")
    known = channels.select("position", known_slot="slot", known_family="family")
    return (
        sort_entries(entries, facts)
        .join(known, on="position", maintain_order="left")
        .with_columns(slot="known_slot", is_slot=pl.lit(True))
        .select(SLOTS.names())
    )


def _scheduled(decided: Decided, day: ProviderDay, sports: Sports) -> tuple[pl.DataFrame, list[Quarantined]]:
    """PROGRAMMES of every channel; one that can't be scheduled with what was decided for it is idle."""
    decisions, channels = decided.decisions, decided.channels
    programmes, faulty = without_faulty(lambda rows: schedule(decisions, rows, day, sports), channels, "schedule")
    if not faulty:
        return programmes, faulty
    left = channels.filter(pl.col("name").is_in([slot.name for slot in faulty]))
    return pl.concat([programmes, schedule(decisions.clear(), left, day, sports)]), faulty


def _events_report(events: pl.DataFrame, written: int, unchanged: int, faults: tuple[str, ...]) -> EventsImported:
    preview = events.select("event_id", "league", "name", "home", "away", "starts_at").head(PREVIEW_ROWS)
    return EventsImported(events.height, events["league"].n_unique(), written, unchanged, faults, preview)


def _is_scheduled(store: Store, provider: Provider, day: ProviderDay) -> bool:
    """Whether each channel has programmes of the day. They tile its whole day, so the middle tells for all of it."""
    noon = day.opens + timedelta(hours=12)
    rows = store.programmes(provider, noon, noon + timedelta(microseconds=1))
    own = rows.filter(pl.col("starts_at") >= day.opens)
    return own.height >= max(slots_in_force(store, provider, day.date), 1)
