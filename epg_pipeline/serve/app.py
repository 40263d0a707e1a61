"""The addresses of the guide server.

Belongs here: which address leads where, who may read what is there, the headers each kind of file is sent with. Does
not belong: how a file is sent (files.py), what lies where (shelf.py), what the start page and the metrics say.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from epg_pipeline.adapters.clock import utc_now
from epg_pipeline.adapters.delivery.guide_files import MEDIA_TYPES, gzipped
from epg_pipeline.serve.files import Opened, answer, wants_packed
from epg_pipeline.serve.metrics import CountedRequests, Metrics
from epg_pipeline.serve.shelf import PRIVATE, PUBLIC, Shelf
from epg_pipeline.serve.start_page import start_page
from epg_pipeline.serve.tokens import opens

PACKED = ("guide.xml", "index.html", "report.html")  # sent in gzip to whoever takes that
MESSAGES = {
    403: "The playlist holds stream addresses. Its address, with the token that opens it, prints: epg playlist-url",
    404: "Nothing is published at this address. What is, the start page lists: /",
    405: "What is published can be read, not changed: use GET or HEAD.",
}
_log = logging.getLogger(__name__)


def guide_app(dist: Path, token: str, now: Callable[[], datetime] = utc_now, bucket: str = "") -> Starlette:
    """The server over the folder of published guides; `token` opens the private playlists.

    `bucket` is where anyone finds the same guides in the public bucket, "" when nowhere; the start page shows it.

    /guides/<slug>/ is a provider's page, beside it guide.xml, guide.xml.gz, report.html, summary.json and, with the
    token, playlist.m3u; /guides/<slug>/<edition or date>/ holds the guide of that edition or day. / lists the
    providers, /metrics is for Prometheus, /health says that the server lives. Everything else is 404.
    """
    counter = _Counter(Shelf(dist), token, now, bucket)
    provider = "/guides/{slug:str}"
    routes = [
        Route("/", counter.start),
        Route("/health", counter.health),
        Route("/metrics", counter.measure),
        Route("/guides/", counter.start),
        Route(f"{provider}/", counter.page),
        Route(f"{provider}/{PRIVATE}", counter.playlist),
        *(Route(f"{provider}/{name}", counter.file, name=name) for name in PUBLIC),
        Route(f"{provider}/{{folder:str}}/", counter.page),
        *(Route(f"{provider}/{{folder:str}}/{name}", counter.file, name=name) for name in PUBLIC),
        Route(provider, counter.to_page),
        Route(f"{provider}/{{folder:str}}", counter.to_page),
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(CountedRequests, metrics=counter.metrics)],
        exception_handlers={HTTPException: _in_words, OSError: _unreadable},
    )


async def _in_words(_request: Request, fault: Exception) -> Response:
    status = fault.status_code if isinstance(fault, HTTPException) else 500
    headers = dict(fault.headers or {}) if isinstance(fault, HTTPException) else {}
    text = MESSAGES.get(status) or (fault.detail if isinstance(fault, HTTPException) else "The guide server failed.")
    return PlainTextResponse(f"{text}\n", status, {**headers, "cache-control": "no-store"})


async def _unreadable(request: Request, fault: Exception) -> Response:
    """A file that is there and can't be read is the operator's business: the log says which and why."""
    _log.error("%s: %s", request.url.path, fault)
    headers = {"cache-control": "no-store", "retry-after": "60"}
    return PlainTextResponse("This can't be read at the moment; the guide server's log says why.\n", 503, headers)


class _Counter:
    """The endpoints: the counter at which the shelf's files are handed out."""

    def __init__(self, shelf: Shelf, token: str, now: Callable[[], datetime], bucket: str) -> None:
        self._shelf = shelf
        self._token = token
        self._now = now
        self._bucket = bucket
        self.metrics = Metrics(shelf)

    async def health(self, _request: Request) -> Response:
        return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})

    # Not async from here on: files are read, so each runs in a thread.

    def measure(self, request: Request) -> Response:
        body, kind = self.metrics.exposition(request.headers.get("accept", ""))
        return Response(body, headers={"content-type": kind, "cache-control": "no-store"})

    def start(self, request: Request) -> Response:
        server = f"{request.base_url}guides"
        page = start_page(self._shelf.guides(), server, self._bucket, self._now()).encode()
        headers = {**_typed("index.html", "no-cache"), "vary": "Accept-Encoding"}
        if wants_packed(request):
            page, headers = gzipped(page), {**headers, "content-encoding": "gzip"}
        return answer(request, Opened.of_bytes(page), headers)

    def to_page(self, request: Request) -> Response:
        slug, folder = _where(request)
        if not (self._shelf.has_folder(slug, folder) if folder else self._shelf.has_provider(slug)):
            raise HTTPException(404)
        return RedirectResponse(f"{(folder or slug)}/")  # relative: right behind whatever stands before this server

    def page(self, request: Request) -> Response:
        return self._public(request, "index.html")

    def file(self, request: Request) -> Response:
        return self._public(request, request.url.path.rpartition("/")[2])

    def playlist(self, request: Request) -> Response:
        if not opens(request, self._token):
            raise HTTPException(403)
        opened = self._shelf.open(_where(request)[0], PRIVATE, private=True)
        if opened is None:
            raise HTTPException(404)
        return answer(request, opened, _typed(PRIVATE, "private, no-store"))

    def _public(self, request: Request, name: str) -> Response:
        slug, folder = _where(request)
        # A player asks again each time and gets 304 while nothing changed: a late event change shows at once. The
        # origin is for players that run in a browser; nothing here is private.
        headers = {**_typed(name, "no-cache"), "access-control-allow-origin": "*"}
        if name in PACKED:
            headers["vary"] = "Accept-Encoding"
            packed = self._shelf.open_packed(slug, name, folder) if wants_packed(request) else None
            if packed is not None:
                return answer(request, packed, {**headers, "content-encoding": "gzip"})
        opened = self._shelf.open(slug, name, folder)
        if opened is None:
            raise HTTPException(404)
        return answer(request, opened, headers)


def _typed(name: str, caching: str) -> dict[str, str]:
    return {"content-type": MEDIA_TYPES[name], "cache-control": caching, "x-content-type-options": "nosniff"}


def _where(request: Request) -> tuple[str, str]:
    return request.path_params["slug"], request.path_params.get("folder", "")
