"""Playlists of a provider: fetched, kept as snapshots, and their event slots recorded.

Belongs here: which playlist is in force for a day, and what of it is slots. Does not belong: reading the slots' names
(matching.py), polling for changes (playlist_polling.py).
"""

from dataclasses import replace
from datetime import date

from epg_pipeline.adapters.clock import today
from epg_pipeline.adapters.store.playlists import Snapshot
from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.adapters.web.playlists import fetch_playlist
from epg_pipeline.domain.frames import Slots
from epg_pipeline.domain.guide.channels import channels_of
from epg_pipeline.domain.guide.checks import demand
from epg_pipeline.domain.reading.entries import read_entries
from epg_pipeline.domain.reading.playlist import parse_playlist
from epg_pipeline.errors import FlowError, PlaylistError, PlaylistFetchError
from epg_pipeline.flows.checks import check_slots
from epg_pipeline.flows.facts import facts_on_record
from epg_pipeline.flows.results import PREVIEW_ROWS, Filtered, Snapshotted


def playlist_of_day(store: Store, provider: Provider, day: date, fetched: str = "") -> Snapshotted:
    """The playlist for a day: today's as it is now, of another day the one kept for it or before it.

    What a provider sends today says nothing of last week, so a past day before the first playlist has none: FlowError.
    It is not tomorrow's list yet either: a coming day's is today's. `fetched` is the hash of a playlist that was
    fetched a moment ago and kept; it is not fetched again.
    """
    now = today(provider.timezone)
    kept = store.playlists.in_force(provider, day)
    if kept is not None and kept.content_hash == fetched:
        return replace(_kept(kept), changed=True)
    if kept is not None and day != now:
        return _kept(kept)
    if day < now:
        snapshot_of(store, provider, day)
    return snapshot_playlist(store, provider, now)


def snapshot_playlist(store: Store, provider: Provider, day: date) -> Snapshotted:
    """Fetch a provider's playlist and keep it as the one in force for the day.

    One that can't be had, or is none, leaves the last good snapshot in force and the report's `problem` says why;
    FlowError when there is none to fall back on.
    """
    last = store.playlists.in_force(provider, day)
    try:
        body, etag, last_modified = _fetch(store, provider, last)
        entries = parse_playlist(body)
    except (PlaylistFetchError, PlaylistError) as fault:
        store.playlists.note_fetch(provider, str(fault))
        if last is None:
            raise FlowError(f"{provider.name}: {fault}") from None
        return _kept(last, str(fault))
    kept = store.playlists.save(provider, day, body, entries.height, etag, last_modified)
    store.playlists.note_fetch(provider)
    changed = last is None or last.content_hash != kept.content_hash
    return Snapshotted(entries.height, len(body), kept.content_hash, changed)


def filter_channels(store: Store, provider: Provider, day: date, *, force: bool = False) -> Filtered:
    """Read the entries of the snapshot in force, and record its event slots and how they differ from the day before.

    They are recorded for the snapshot's own day: a later day without a playlist has no names.
    CheckFailedError, with nothing recorded, when most slots are gone; `force` takes the playlist as it is.
    """
    snapshot = snapshot_of(store, provider, day)
    facts = facts_on_record(store)
    entries = read_entries(parse_playlist(store.playlists.body(snapshot)), facts)
    verdicts = demand(check_slots(store, provider, snapshot.day, entries, facts), provider.slug, force=force)
    slots = Slots(entries.filter("is_slot"))
    channels = channels_of(slots, provider.slug).join(slots.select("position", "name"), on="position")
    changes = store.slots.save(provider, snapshot.day, channels)
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
        read=slots,
    )


def snapshot_of(store: Store, provider: Provider, day: date) -> Snapshot:
    """The snapshot in force on a day; FlowError when there is none."""
    snapshot = store.playlists.in_force(provider, day)
    if snapshot is None:
        raise FlowError(f"{provider.name}: no playlist was kept for {day} or before", f"epg refresh {provider.slug}")
    return snapshot


def _fetch(store: Store, provider: Provider, last: Snapshot | None) -> tuple[bytes, str | None, str | None]:
    """The playlist's bytes with what to ask by next time; an unchanged one comes from the snapshot at hand."""
    etag, last_modified = (last.etag, last.last_modified) if last else (None, None)
    fetched = fetch_playlist(store.providers.playlist_url(provider), etag=etag, last_modified=last_modified)
    if fetched.body is None and last is not None:
        return store.playlists.body(last), last.etag, last.last_modified
    return fetched.body or b"", fetched.etag, fetched.last_modified


def _kept(snapshot: Snapshot, problem: str = "") -> Snapshotted:
    return Snapshotted(snapshot.entry_count, snapshot.byte_count, snapshot.content_hash, False, problem)
