"""Playlist addresses -> bytes, over HTTP, from a file, or of an Xtream account.

Belongs here: fetching, retrying temporary failures, detecting what is not a playlist, keeping addresses out of every
message: a playlist's address carries the account's user and password. Does not: reading the playlist
(domain/reading/playlist.py), keeping it (snapshots.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from epg_pipeline.adapters.web import http, xtream
from epg_pipeline.adapters.web.playlist_answer import Fetched, check_playlist
from epg_pipeline.errors import NoPlaylistError, PlaylistFetchError, redact_url

if TYPE_CHECKING:
    import httpx  # takes a fifth of a second: commands that fetch nothing start without it

USER_AGENT = "epg-pipeline"
CONNECT_TIMEOUT, READ_TIMEOUT = 10.0, 20.0  # seconds
MAX_FETCH_SECONDS = 180.0  # seconds; a server that drips a byte a second never trips the read timeout
MAX_BYTES = 1 << 30


class _TransientFetchError(PlaylistFetchError):
    """A fault worth another try; `wait` is what the server asked for, None where it asked for nothing."""

    def __init__(self, message: str, wait: timedelta | None = None) -> None:
        super().__init__(message)
        self.wait = wait


def fetch_playlist(
    address: str, *, etag: str | None = None, last_modified: str | None = None, attempts: int = 4, pause: float = 0.5
) -> Fetched:
    """The playlist at an http(s) or file address, at a plain path, or of an Xtream Codes account.

    Given the `etag` or `last_modified` of the copy at hand, an unchanged playlist comes back with `body` None. What
    may pass (connection faults, 5xx, 408, 425, 429) is tried `attempts` times, first after `pause` seconds, with
    backoff and as Retry-After asks. Raises PlaylistFetchError for all else, and for an answer that is empty or a page.
    """
    request = partial(fetch, attempts=attempts, pause=pause)
    if xtream.is_xtream(address):
        return xtream.fetch_account(address, partial(request, etag=etag, last_modified=last_modified), request)
    path = local_path(address)
    if path is not None:
        return Fetched(_read(path))
    fetched = request(address, etag=etag, last_modified=last_modified)
    check_playlist(fetched.body, redact_url(address))
    return fetched


def fetch(
    address: str, *, etag: str | None = None, last_modified: str | None = None, attempts: int = 4, pause: float = 0.5
) -> Fetched:
    """What a web address gives, whatever it is, with the retries, limits and errors of `fetch_playlist`."""
    headers = {"User-Agent": USER_AGENT, "Accept": "*/*", **http.conditional(etag, last_modified)}
    for attempt in http.retries(_worth_retrying, attempts, pause, MAX_FETCH_SECONDS):
        with attempt:
            return _ask(address, headers)
    raise AssertionError("a retry context returns or raises")  # pragma: no cover


def peek(address: str, headers: Mapping[str, str] | None = None) -> Fetched:
    """The first bytes of what a web address gives: asked once, and broken off. Errors as of `fetch`."""
    return _ask(address, {"User-Agent": USER_AGENT, **(headers or {})}, enough=1)


def check_address(address: str) -> datetime | None:
    """Check that a playlist can be fetched, without fetching all of it; the time by the server's clock, if it sent one.

    PlaylistFetchError, as of `fetch_playlist`, when not.
    """
    if xtream.is_xtream(address):
        return xtream.check_account(address, peek, partial(fetch, attempts=1))
    path = local_path(address)
    if path is not None:
        _read(path)
        return None
    fetched = peek(address)
    check_playlist(fetched.body, redact_url(address))
    return fetched.sent_at


def local_path(address: str) -> Path | None:
    """The file an address means, or None for an address of the web."""
    scheme, separator, rest = address.strip().partition("://")
    if not separator:
        return Path(address.strip()).expanduser()
    if scheme.lower() == "file":
        return Path(unquote(urlsplit(f"file://{rest}").path))
    return None


def _worth_retrying(fault: Exception) -> bool | timedelta:
    if not isinstance(fault, _TransientFetchError):
        return False
    return True if fault.wait is None else fault.wait


def _read(path: Path) -> bytes:
    if path.is_dir():
        raise PlaylistFetchError(f"{path} is a folder; name the playlist file in it")
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        raise PlaylistFetchError(f"{path} does not exist; check the path") from None
    except OSError as error:
        raise PlaylistFetchError(f"{path} can't be read ({error.strerror}); check its permissions") from None
    check_playlist(body, str(path))
    return body


def _ask(address: str, headers: dict[str, str], enough: int | None = None) -> Fetched:
    """One request, broken off once there are `enough` bytes.

    Every fault of httpx becomes one of ours, without its text or its chain, which name the address.
    """
    import httpx

    where = redact_url(address)
    fault: PlaylistFetchError
    try:
        with _answer(address, headers) as response:
            if response.status_code == HTTPStatus.NOT_MODIFIED:
                return Fetched(None, headers.get("If-None-Match"), headers.get("If-Modified-Since"))
            _check_status(response, where)
            sent = response.headers
            body = http.read_body(response, MAX_BYTES, MAX_FETCH_SECONDS, enough)
            return Fetched(body, sent.get("etag"), sent.get("last-modified"), _date(sent.get("date")))
    except (http.BodyError, httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        fault = _fault(error, where)
    raise fault  # outside of the handler: inside, the fault of httpx would hang on as its context


def _fault(error: Exception, where: str) -> PlaylistFetchError:
    import httpx

    is_transient = True
    match error:
        case http.BodyError():
            is_transient = False
            slow = f"still sending after {MAX_FETCH_SECONDS:.0f} s; try again later"
            text = slow if error.is_slow else f"more than {MAX_BYTES >> 20} MB; this can't be a playlist"
        case httpx.InvalidURL() | httpx.UnsupportedProtocol() | UnicodeError():
            is_transient = False
            text = "not an address that can be fetched; give an http or https address, or a file"
        case httpx.TooManyRedirects():
            is_transient = False
            text = "redirects in a circle; ask the provider for the address in force"
        case httpx.TimeoutException():
            text = f"no answer in time ({type(error).__name__}); is the server up? Try again later"
        case httpx.ConnectError():
            text = f"no connection ({error}); check the host name and the network"
        case httpx.DecodingError():
            text = "the compressed answer is damaged; try again later"
        case _:
            text = f"the answer was cut short ({type(error).__name__}); try again later"
    return (_TransientFetchError if is_transient else PlaylistFetchError)(f"{where}: {text}")


@contextmanager
def _answer(address: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
    import httpx

    with (
        httpx.Client(
            timeout=httpx.Timeout(READ_TIMEOUT, connect=CONNECT_TIMEOUT), follow_redirects=True, max_redirects=5
        ) as client,
        client.stream("GET", address.strip(), headers=headers) as response,
    ):
        yield response


def _check_status(response: httpx.Response, where: str) -> None:
    status = response.status_code
    if status in http.RETRYABLE_STATUSES:
        wait = http.retry_after(response.headers.get("retry-after"))
        if wait is not None and wait.total_seconds() > http.MAX_WAIT_SECONDS:
            raise PlaylistFetchError(
                f"{where}: HTTP {status}, asks to wait {wait.total_seconds():.0f} s; try again then"
            )
        raise _TransientFetchError(f"{where}: HTTP {status}; the server has trouble, try again later", wait)
    if status in (401, 403):
        raise NoPlaylistError(
            f"{where}: HTTP {status}, access refused; check user and password, and that the account is paid"
        )
    if status == HTTPStatus.NOT_FOUND:
        raise NoPlaylistError(f"{where}: HTTP 404, nothing there; check the address")
    if not response.is_success:
        raise NoPlaylistError(f"{where}: HTTP {status}, not a playlist; ask the provider for the address in force")


def _date(header: str | None) -> datetime | None:
    """The instant of a Date header, if it is one."""
    try:
        return parsedate_to_datetime(header).astimezone(UTC) if header else None
    except ValueError:
        return None
