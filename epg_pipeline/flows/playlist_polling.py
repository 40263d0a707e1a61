"""Checks whether providers' playlists have changed: many at once, and a failing one does not affect the others.

Belongs here: the conditional fetch, detecting a change, storing what was fetched. Does not: when to check, what follows
from a change (orchestration/changed_playlists.py), how an address is fetched (adapters/web).
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from threading import Lock

from epg_pipeline.adapters.clock import today, utc_now
from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.adapters.web.playlists import fetch_playlist
from epg_pipeline.domain.reading.playlist import parse_playlist
from epg_pipeline.errors import one_line

MAX_CONCURRENCY = 16  # most of the time of a poll is spent waiting
MAX_ATTEMPTS = 2  # the next poll comes soon


@dataclass(frozen=True)
class Checked:
    """One look: the day and the hash of the content when it changed, or the problem; neither when all is as it was."""

    slug: str
    day: date | None = None
    content_hash: str = ""
    problem: str = ""


def check_playlists(store: Store, slugs: list[str]) -> Iterator[Checked]:
    """Poll the playlists of these providers, and yield each result as it comes in, noted on record.

    A changed playlist is kept as the snapshot in force for the provider's current day, so that it is not fetched again.
    An unchanged playlist has no effect: undated names keep the date they first arrived on.
    """
    known, keeping = store.playlists.begin(slugs), Lock()
    providers = [provider for provider in store.providers.all(active_only=True) if provider.slug in known]
    with ThreadPoolExecutor(MAX_CONCURRENCY) as pool:
        looks = [pool.submit(_look, store, provider, known[provider.slug], keeping) for provider in providers]
        for look in as_completed(looks):
            checked, now = look.result(), utc_now()
            if checked.day:
                store.playlists.note_change(checked.slug, now, checked.day, checked.content_hash)
            else:
                store.playlists.note_poll(checked.slug, now, checked.problem)
            yield checked


def _look(store: Store, provider: Provider, seen: str, keeping: Lock) -> Checked:
    try:
        return _found(store, provider, seen, keeping)
    except Exception as fault:  # noqa: BLE001 - one provider must not disturb the others
        return Checked(provider.slug, problem=one_line(fault))


def _found(store: Store, provider: Provider, seen: str, keeping: Lock) -> Checked:
    day = today(provider.timezone)
    last = store.playlists.in_force(provider, day)
    validators = (last.etag, last.last_modified) if last else (None, None)
    fetched = fetch_playlist(
        store.providers.playlist_url(provider), etag=validators[0], last_modified=validators[1], attempts=MAX_ATTEMPTS
    )
    if fetched.body is None and last is not None:
        return _checked(provider, last.day, last.content_hash, seen)
    body = fetched.body or b""
    is_kept = last is not None and last.content_hash == sha256(body).hexdigest()
    with keeping:  # a long playlist takes room: one at a time
        entries = last.entry_count if is_kept and last else parse_playlist(body).height
        # Kept also when it is the same: the server may have sent a new ETag or Last-Modified.
        in_force = last.day if is_kept and last else day
        kept = store.playlists.save(provider, in_force, body, entries, fetched.etag, fetched.last_modified)
    return _checked(provider, in_force, kept.content_hash, seen)


def _checked(provider: Provider, day: date, content_hash: str, seen: str) -> Checked:
    return Checked(provider.slug) if content_hash == seen else Checked(provider.slug, day, content_hash)
