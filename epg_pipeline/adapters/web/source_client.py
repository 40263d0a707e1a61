"""Requests to public sources of events, at a pace they accept.

Belongs here: what every source shares: reused connections, few requests at once, the pace of a host, retries,
Retry-After, conditional requests, a cache, a budget, and errors in words. Does not belong: what is requested (espn.py,
thesportsdb.py), what an answer means. No message names an address beyond its host: the path may contain a key.
"""

import json
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib import metadata
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import urlsplit

import httpx

from epg_pipeline.adapters.clock import timestamp
from epg_pipeline.adapters.web import http
from epg_pipeline.adapters.web.host_pace import HostPace
from epg_pipeline.adapters.web.loose_json import ShapeError
from epg_pipeline.adapters.web.response_cache import Kept, ResponseCache
from epg_pipeline.config.sources import Limits

Value = TypeVar("Value")

FOR_EVER = float("inf")
TIMEOUT = 20.0
MAX_ANSWER_SECONDS = 60.0
MAX_BYTES = 96 << 20
MAX_FAILURES = 5  # in a row: then the rest of a source is left to the next run
BAD_REQUEST = 400
NOT_MADE = frozenset({"given-up", "budget", "closed"})


@dataclass(frozen=True)
class Ask:
    """One request to a source, for a league and some days. Its address and headers may hold a key: neither is shown."""

    source: str
    league: str
    listing: str  # the source's own name of the league, and the group asked
    label: str  # which part of the schedule, for people: "2026-11", "2026-11-22"
    first: date
    last: date
    address: str = field(repr=False)
    params: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class SourceFault:
    """Why a source, or one of its answers, gave nothing or not all: a kind for machines, a sentence for people."""

    source: str
    league: str
    label: str
    kind: str  # refused, missing, access, status, timeout, connection, cut, page, shape, closed, budget, given-up, ...
    text: str

    def __str__(self) -> str:
        """In one line, for people."""
        where = " ".join(part for part in (self.source, self.league, self.label) if part)
        return f"{where}: {self.text}"


class _AskError(Exception):
    """A request gave nothing; `is_transient` where a retry may help, after `wait` if the host said so."""

    def __init__(self, kind: str, text: str, *, is_transient: bool = False, wait: timedelta | None = None) -> None:
        super().__init__(text)
        self.kind, self.is_transient, self.wait = kind, is_transient, wait


@dataclass(frozen=True)
class Answer(Generic[Value]):
    """What became of one Ask: the value read of it or a fault, and how it was had: kept, unchanged or fetched."""

    ask: Ask
    value: Value | None
    fault: SourceFault | None
    how: str  # "kept" (no request), "unchanged" (304), "fetched", "failed"


@dataclass(frozen=True)
class _Got:
    """One answer as it came, and its JSON; the body of one that says "unchanged" is empty."""

    kept: Kept
    document: object


@dataclass
class Pace:
    """How patient a client is; tests shorten it."""

    timeout: float = TIMEOUT
    attempts: int = 3
    pause: float = 0.5
    seconds: float = 900.0
    clock: Callable[[], float] = timestamp
    sleep: Callable[[float], None] = time.sleep


class SourceClient:
    """Asks one source during one refresh; several such clients may work side by side, also in other processes."""

    def __init__(
        self,
        source: str,
        limits: Limits,
        hosts: HostPace,
        cache: Path,
        *,
        contact: str = "",
        pace: Pace | None = None,
    ) -> None:
        """`hosts` is the pace that all clients of this process keep, `cache` the folder of kept answers."""
        self.source = source
        self.requests = 0
        self._limits, self._hosts, self._cache = limits, hosts, ResponseCache(cache)
        self._pace = pace or Pace()
        self._ends = time.monotonic() + self._pace.seconds
        self._guard = threading.Lock()
        self._failures = 0
        self._http = httpx.Client(
            timeout=self._pace.timeout,
            follow_redirects=True,
            headers={"User-Agent": user_agent(contact), "Accept": "application/json"},
            limits=httpx.Limits(max_connections=limits.at_once, max_keepalive_connections=limits.at_once),
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask_all(
        self,
        asks: Sequence[Ask],
        read: Callable[[Ask, object], Value],
        life: Callable[[Ask, Value], float],
    ) -> list[Answer[Value]]:
        """An Answer to each Ask, in their order, a few of them under way at a time.

        `read` makes the value of an answer's JSON, or raises ShapeError; only what it can read is kept, as fresh for as
        many seconds as `life` says. Nothing is raised for what a source does: each fault stands in its Answer.
        """
        with ThreadPoolExecutor(self._limits.at_once, thread_name_prefix=self.source) as pool:
            return list(pool.map(lambda ask: self._answered(ask, read, life), asks))

    def _answered(
        self, ask: Ask, read: Callable[[Ask, object], Value], life: Callable[[Ask, Value], float]
    ) -> Answer[Value]:
        asked = f"{ask.address}?{ask.params}"
        kept = self._cache.get(asked)
        value = self._readable(ask, kept, read)
        if kept is not None and value is not None and kept.fresh_until > self._pace.clock():
            return Answer(ask, value, None, "kept")
        try:
            got = self._fetched(ask, None if value is None else kept)
            fresh = got.kept.body == b"" and value is not None
            new = value if fresh and value is not None else read(ask, got.document)
        except (_AskError, ShapeError) as fault:
            kind = fault.kind if isinstance(fault, _AskError) else "shape"
            return Answer(ask, None, SourceFault(ask.source, ask.league, ask.label, kind, str(fault)), "failed")
        body = kept.body if fresh and kept is not None else got.kept.body
        until = self._pace.clock() + life(ask, new)
        self._cache.put(asked, Kept(body, got.kept.etag, got.kept.last_modified, until))
        return Answer(ask, new, None, "unchanged" if fresh else "fetched")

    def _readable(self, ask: Ask, kept: Kept | None, read: Callable[[Ask, object], Value]) -> Value | None:
        """The value of a kept answer; None where there is none, or it can't be read any more."""
        if kept is None:
            return None
        try:
            return read(ask, _json(kept.body))
        except (ShapeError, _AskError):
            return None

    def _fetched(self, ask: Ask, kept: Kept | None) -> _Got:
        """What the source says, after as many attempts as the pace allows."""
        try:
            for attempt in http.retries(_worth_retrying, self._pace.attempts, self._pace.pause):
                with attempt:
                    got = self._once(ask, kept)
        except _AskError as fault:
            self._note_end(fault)
            raise
        self._note_end(None)
        return got

    def _note_end(self, fault: _AskError | None) -> None:
        """Count requests that fail one after the other; one that was not made says nothing of the host."""
        if fault is not None and fault.kind in NOT_MADE:
            return
        with self._guard:
            self._failures = self._failures + 1 if fault is not None and fault.is_transient else 0

    def _once(self, ask: Ask, kept: Kept | None) -> _Got:
        host = urlsplit(ask.address).netloc.rpartition("@")[2]
        self._admit(host)
        headers = dict(ask.headers) | (http.conditional(kept.etag, kept.last_modified) if kept else {})
        fault: _AskError
        try:
            with self._http.stream("GET", ask.address, params=dict(ask.params), headers=headers) as response:
                if response.status_code == httpx.codes.NOT_MODIFIED and kept is not None:
                    return _Got(Kept(b"", kept.etag, kept.last_modified, 0.0), None)
                self._check_status(response, host)
                body = http.read_body(response, MAX_BYTES, MAX_ANSWER_SECONDS)
                validators = response.headers.get("etag"), response.headers.get("last-modified")
                return _Got(Kept(body, *validators, 0.0), _json(body))
        except http.BodyError as error:
            fault = (
                _AskError("timeout", f"{host}: still sending after {MAX_ANSWER_SECONDS:.0f} s", is_transient=True)
                if error.is_slow
                else _AskError("shape", f"{host}: an answer of more than {MAX_BYTES >> 20} MB")
            )
        except httpx.TimeoutException:
            fault = _AskError("timeout", f"{host}: no answer within {self._pace.timeout:g} s", is_transient=True)
        except httpx.ConnectError:
            fault = _AskError("connection", f"{host}: no connection; check the network", is_transient=True)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.TooManyRedirects):
            fault = _AskError("refused", f"{host}: not an address that can be asked; check the source's address")
        except httpx.HTTPError:
            fault = _AskError("cut", f"{host}: the answer broke off", is_transient=True)
        raise fault  # outside of the handlers: httpx's own fault names the address, and a key may stand in it

    def _admit(self, host: str) -> None:
        """Wait for the host's pace; _AskError when the refresh may not ask any more."""
        with self._guard:
            if self._failures >= MAX_FAILURES:
                raise _AskError("given-up", f"{host}: not asked, it failed {self._failures} times in a row before")
            if self.requests >= self._limits.requests:
                raise _AskError(
                    "budget", f"{host}: not asked, the refresh's {self._limits.requests} requests are spent"
                )
            self.requests += 1
        try:
            wait = self._wait(host)
        except _AskError:
            with self._guard:
                self.requests -= 1
            raise
        if wait > 0:
            self._pace.sleep(wait)

    def _wait(self, host: str) -> float:
        """The seconds until the host may be asked; _AskError when that is too long."""
        now = self._pace.clock()
        if (closed := self._hosts.closed_for(host, now)) > http.MAX_WAIT_SECONDS:
            raise _AskError("closed", f"{host}: not asked, it wants no request for another {closed:.0f} s")
        wait = self._hosts.reserve(host, self._limits.per_second, self._limits.burst, now)
        if wait > max(self._ends - time.monotonic(), 0):
            raise _AskError("budget", f"{host}: not asked, the refresh's {self._pace.seconds:.0f} s would be over")
        return wait

    def _check_status(self, response: httpx.Response, host: str) -> None:
        status = response.status_code
        if status in http.RETRYABLE_STATUSES:
            wait = http.retry_after(response.headers.get("retry-after"))
            if wait is not None:
                self._hosts.close(host, wait.total_seconds(), self._pace.clock())
            if wait is not None and wait.total_seconds() > http.MAX_WAIT_SECONDS:
                raise _AskError("closed", f"{host}: HTTP {status}, wants no request for {wait.total_seconds():.0f} s")
            raise _AskError("status", f"{host}: HTTP {status}", is_transient=True, wait=wait)
        if status in (401, 403):
            raise _AskError("access", f"{host}: HTTP {status}, access refused; check the source's key")
        if status == httpx.codes.NOT_FOUND:
            raise _AskError("missing", f"{host}: HTTP 404; is the league still there? See config/sources.yaml")
        if status == BAD_REQUEST:
            raise _AskError("refused", f"{host}: HTTP 400, it does not take this way of asking")
        if not response.is_success:
            raise _AskError("status", f"{host}: HTTP {status}")


def user_agent(contact: str = "") -> str:
    """Who asks: the project and its version, and whom to write to where the operator says so."""
    try:
        version = metadata.version("epg-pipeline")
    except metadata.PackageNotFoundError:
        version = "0"
    return f"epg-pipeline/{version} ({f'{contact}; ' if contact else ''}a television guide; asks a few times a day)"


def _worth_retrying(fault: Exception) -> bool | timedelta:
    """A time the host names is waited for by all, when they are next admitted."""
    if not isinstance(fault, _AskError) or not fault.is_transient:
        return False
    return timedelta() if fault.wait is not None else True


def _json(body: bytes) -> object:
    """The JSON of an answer; _AskError distinguishes a web page from a body that was cut short."""
    start = body[:200].lstrip().lower()
    if start.startswith((b"<", b"\xef\xbb\xbf<")):
        raise _AskError("page", "the answer is a web page, not JSON; the source may have moved or be in maintenance")
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _AskError(
            "cut", "the answer is not complete JSON: cut short, or another format", is_transient=True
        ) from None
