"""The published guides over HTTP, for players and browsers.

Belongs here: which files may be had at which address, and who may have the private playlist. Does not: making guides,
the database (what is published lies in files, so a guide is served whatever else is down).
"""

from __future__ import annotations

import hmac
import os
import secrets
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

MEDIA_TYPES = {
    "guide.xml": "application/xml; charset=utf-8",
    "guide.xml.gz": "application/gzip",  # the file itself is compressed: no Content-Encoding, players unpack it
    "playlist.m3u": "audio/x-mpegurl; charset=utf-8",
    "index.html": "text/html; charset=utf-8",
}
PUBLIC = ("guide.xml", "guide.xml.gz", "index.html")
SLUG = "{slug:str}"


def guide_app(dist: Path, token: str) -> Starlette:
    """The server over the folder of published guides; `token` opens the private playlists.

    /guides/<slug>/ is a provider's page, beside it guide.xml, guide.xml.gz and, with ?token=, playlist.m3u;
    /guides/<slug>/<date>/ holds the guide of one day. Everything else is 404. ETag, ranges and HEAD work.
    """
    shelf = _Shelf(dist, token)
    return Starlette(
        routes=[
            Route("/", shelf.start_page),
            Route("/health", shelf.health),
            Route("/guides/", shelf.start_page),
            Route(f"/guides/{SLUG}", shelf.to_page),
            Route(f"/guides/{SLUG}/", shelf.page),
            Route(f"/guides/{SLUG}/playlist.m3u", shelf.playlist),
            Route(f"/guides/{SLUG}/{{name:str}}", shelf.current),
            Route(f"/guides/{SLUG}/{{day:str}}/{{name:str}}", shelf.of_day),
        ]
    )


def playlist_token(home: Path) -> str:
    """The secret in the address of the private playlists; made on first use, in a file only its owner reads."""
    path = home / "playlist.token"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(24))
        except FileExistsError:  # another process was quicker
            pass
    return path.read_text().strip()


class _Shelf:
    """The endpoints over one folder of guides. StaticFiles keeps every path inside it, links included."""

    def __init__(self, dist: Path, token: str) -> None:
        self._dist = dist
        self._token = token.encode()
        self._files = StaticFiles(directory=dist, check_dir=False)

    async def health(self, _request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def to_page(self, request: Request) -> Response:
        return RedirectResponse(f"{request.url.path}/")

    async def start_page(self, _request: Request) -> Response:
        slugs = sorted(path.parent.name for path in self._dist.glob("*/guide.xml"))
        rows = [
            f'<li><a href="/guides/{escape(slug)}/">{escape(slug)}</a> '
            f'<a class="file" href="/guides/{escape(slug)}/guide.xml">guide.xml</a> '
            f'<a class="file" href="/guides/{escape(slug)}/guide.xml.gz">guide.xml.gz</a></li>'
            for slug in slugs
        ]
        listing = (
            "".join(rows) or "<li>No guide is published yet: run <code>epg demo</code> or <code>epg onboard</code></li>"
        )
        return HTMLResponse(START_PAGE.replace("%LISTING%", listing))

    async def page(self, request: Request) -> Response:
        return await self._file(request, request.path_params["slug"], "index.html")

    async def current(self, request: Request) -> Response:
        self._only_public(request.path_params["name"])
        return await self._file(request, request.path_params["slug"], request.path_params["name"])

    async def of_day(self, request: Request) -> Response:
        day, name = request.path_params["day"], request.path_params["name"]
        self._only_public(name)
        return await self._file(request, request.path_params["slug"], day, name)

    async def playlist(self, request: Request) -> Response:
        given = request.query_params.get("token", "").encode()
        if not hmac.compare_digest(given, self._token):
            raise HTTPException(403, "The playlist holds stream addresses: add ?token=… (epg env prints it)")
        response = await self._file(request, request.path_params["slug"], "playlist.m3u")
        response.headers["cache-control"] = "private, no-store"
        return response

    def _only_public(self, name: str) -> None:
        if name not in PUBLIC:
            raise HTTPException(404)

    async def _file(self, request: Request, *parts: str) -> Response:
        if any(part.startswith(".") for part in parts):
            raise HTTPException(404)
        response = await self._files.get_response("/".join(parts), request.scope)
        if response.status_code == HTTPStatus.OK:
            response.headers["content-type"] = MEDIA_TYPES[parts[-1]]
        # A player asks again each time and gets 304 while nothing changed: a late event change shows at once.
        response.headers["cache-control"] = "no-cache"
        response.headers["x-content-type-options"] = "nosniff"
        return response


START_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>TV guides</title>
<meta name="viewport" content="width=device-width">
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; color: #1c2430 }
li { margin: .4rem 0 } a { color: #0b5cad } a.file { font-size: .85em; margin-left: .8em; color: #5a6675 }
@media (prefers-color-scheme: dark) { body { background: #12161c; color: #dde3ea } a { color: #7db7f0 } }
</style></head><body><h1>TV guides</h1>
<p>Open a guide as a page, or give the address of its <code>guide.xml</code> to your player.</p>
<ul>%LISTING%</ul></body></html>
"""
