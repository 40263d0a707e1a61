"""HTTP as every part of the product uses it: what is worth a retry, Retry-After, bounded bodies, retries.

Belongs here: what playlists, Xtream accounts and event sources share. Does not belong: what is fetched, and the
messages, since they name what an operator can do about it. httpx is imported where it is used: it takes a fifth of a
second.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from stamina import Attempt

from epg_pipeline.adapters.clock import utc_now

if TYPE_CHECKING:
    import httpx  # takes a fifth of a second: commands that fetch nothing start without it

RETRYABLE_STATUSES = frozenset({408, 425, 429, *range(500, 600)})
MAX_WAIT_SECONDS = 30.0  # a server that asks for more is left to the next run
MAX_BACKOFF_SECONDS = 8.0

# httpx logs every request's address at INFO, httpcore its headers at DEBUG; no level set elsewhere may bring them back.
for _name in ("httpx", *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks"))):
    logging.getLogger(_name).addFilter(lambda _record: False)


class BodyError(Exception):
    """A body is too large, or takes too long; `is_slow` for the latter."""

    def __init__(self, *, is_slow: bool) -> None:
        """No text: each caller says what it means for what it fetches."""
        super().__init__()
        self.is_slow = is_slow


def retries(
    on: Callable[[Exception], bool | float | timedelta], attempts: int, pause: float, seconds: float | None = None
) -> Iterator[Attempt]:
    """Attempts with backoff and jitter, the first retry after some `pause` seconds, for at most `seconds`.

    `on` says of an error whether another attempt may help, or after what time the server wants it.
    """
    import stamina
    from stamina.instrumentation import LoggingOnRetryHook, set_on_retry_hooks

    # Where structlog happens to be installed, stamina would print its retries past the level set for its logger.
    set_on_retry_hooks([LoggingOnRetryHook])
    return iter(
        stamina.retry_context(
            on=on,
            attempts=attempts,
            timeout=seconds,
            wait_initial=pause,
            wait_max=MAX_BACKOFF_SECONDS,
            wait_jitter=pause,
        )
    )


def retry_after(header: str | None) -> timedelta | None:
    """What a Retry-After header asks for, given in seconds or as a date; None where it says nothing."""
    if not header:
        return None
    if header.strip().isdigit():
        return timedelta(seconds=int(header))
    try:
        return max(parsedate_to_datetime(header) - utc_now(), timedelta())
    except (ValueError, TypeError):
        return None


def conditional(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """The request headers that ask whether a copy with these validators is still current."""
    headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in headers.items() if value}


def read_body(response: httpx.Response, max_bytes: int, max_seconds: float, enough: int | None = None) -> bytes:
    """The whole body, or `enough` bytes of it; BodyError past a limit: a server that drips never trips a read timeout.

    An undeclared gzip stays as it is.
    """
    began, chunks, size = time.monotonic(), [], 0
    for chunk in response.iter_bytes():
        chunks.append(chunk)
        size += len(chunk)
        if enough and size >= enough:
            break
        if size > max_bytes:
            raise BodyError(is_slow=False)
        if time.monotonic() - began > max_seconds:
            raise BodyError(is_slow=True)
    return b"".join(chunks)
