"""A real guide server over a folder that each test fills, and a client that sends exactly the given headers."""

from __future__ import annotations

import gzip
import http.client
import json
import shutil
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import uvicorn

from epg_pipeline.serve import guide_app

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "the-token"
NOW = datetime(2025, 10, 18, 16, tzinfo=UTC)  # noon in New York
GUIDE = b'<?xml version="1.0"?><tv>' + b"<!-- so that packing pays -->" * 40 + b"</tv>"
PAGE = "<h1>Club</h1>" + "<p>Troy at Old Dominion</p>" * 40
SUMMARY = {
    "provider": "The Club",
    "slug": "club",
    "timezone": "America/New_York",
    "tier": "goat",
    "day": "2025-10-18",
    "published_at": "2025-10-18T10:02:03+00:00",
    "channels": 1234,
    "programmes": 56789,
    "slots": 1234,
    "matched": 300,
    "partial": 20,
    "unmatched": 80,
    "unparseable": 830,
    "manual": 4,
    "match_rate": 0.7525,
    "editions": ["kid", "goat-europe-london"],
    "held_back": None,
    "uploads_failed": 0,
}


def write_guide(folder: Path, guide: bytes = GUIDE) -> None:
    """A guide as publishing leaves it: the plain file, then the packed one."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in (("guide.xml", guide), ("guide.xml.gz", gzip.compress(guide, mtime=0))):
        part = folder / f".{name}.part"
        part.write_bytes(body)
        part.replace(folder / name)
    (folder / "index.html").write_text(PAGE)


def write_provider(dist: Path, slug: str = "club", **said: object) -> Path:
    """The folder of a provider with all that publishing leaves; its summary says what is given."""
    folder = dist / slug
    for place in (folder, folder / "kid", folder / "goat-europe-london", folder / "2025-10-18"):
        write_guide(place)
    (folder / "report.html").write_text(PAGE)
    (folder / "playlist.m3u").write_text("#EXTM3U\nhttp://tv.example/live/carol/hunter2/1.ts\n")
    (folder / "summary.json").write_text(json.dumps({**SUMMARY, "slug": slug, **said}))
    return folder


@dataclass
class Got:
    """An answer, whole."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class GuideServer:
    """A running server. Paths are sent as they are: a client that tidies them up would hide what ".." does."""

    dist: Path
    port: int = 0
    now: datetime = field(default=NOW)

    def ask(self, method: str, path: str, **headers: str) -> Got:
        """The answer to one request; `if_range` becomes If-Range."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, headers={name.replace("_", "-"): text for name, text in headers.items()})
            answer = connection.getresponse()
            return Got(answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Got:
        return self.ask("GET", path, **headers)

    def head(self, path: str, **headers: str) -> Got:
        return self.ask("HEAD", path, **headers)

    def refill(self) -> None:
        """One provider, everything in its place."""
        shutil.rmtree(self.dist, ignore_errors=True)
        write_provider(self.dist)
        self.now = NOW


@contextmanager
def serving(dist: Path, token: str = TOKEN, bucket: str = ""):
    """A server over the folder, which need not be there."""
    guides = GuideServer(dist)
    app = guide_app(dist, token, lambda: guides.now, bucket)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    guides.port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield guides
    finally:
        server.should_exit = True
        thread.join(60)
