"""The guide server: what may be had, by whom, and what may not."""

from __future__ import annotations

import gzip
import http.client
import stat
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import uvicorn

from epg_pipeline.serve import guide_app, playlist_token

GUIDE = b'<?xml version="1.0"?><tv></tv>'


@pytest.fixture
def dist(tmp_path):
    folder = tmp_path / "dist" / "club"
    (folder / "2025-10-18").mkdir(parents=True)
    (folder / "guide.xml").write_bytes(GUIDE)
    (folder / "guide.xml.gz").write_bytes(gzip.compress(GUIDE))
    (folder / "index.html").write_text("<h1>Club</h1>")
    (folder / "playlist.m3u").write_text("#EXTM3U\n")
    (folder / ".guide.xml.x.part").write_text("half")
    (folder / "2025-10-18" / "guide.xml").write_bytes(GUIDE)
    (tmp_path / "secret.key").write_text("key")
    (folder / "link.xml").symlink_to(tmp_path / "secret.key")
    return tmp_path / "dist"


@dataclass
class Got:
    status_code: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


class Client:
    """Sends paths as they are: a client that tidies them up would hide what the server does with ".."."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None) -> Got:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, headers=headers or {})
            answer = connection.getresponse()
            got = {name.lower(): value for name, value in answer.getheaders()}
            return Got(answer.status, got, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **options) -> Got:
        return self.ask("GET", path, **options)


@contextmanager
def served(dist):
    server = uvicorn.Server(uvicorn.Config(guide_app(dist, "the-token"), port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield Client(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def client(dist):
    with served(dist) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/guides/club/guide.xml", "application/xml; charset=utf-8"),
        ("/guides/club/guide.xml.gz", "application/gzip"),
        ("/guides/club/2025-10-18/guide.xml", "application/xml; charset=utf-8"),
        ("/guides/club/", "text/html; charset=utf-8"),
    ],
)
def test_guides_and_pages_come_with_their_kind(client, path, kind):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind


def test_a_provider_without_its_slash_leads_to_its_page(client):
    answer = client.get("/guides/club")
    assert (answer.status_code, answer.headers["location"]) == (307, "club/")


def test_a_packed_guide_is_a_file_not_an_encoding(client):
    answer = client.get("/guides/club/guide.xml.gz")
    assert "content-encoding" not in answer.headers
    assert gzip.decompress(answer.content) == GUIDE


def test_a_player_that_has_the_guide_gets_none(client, dist):
    first = client.get("/guides/club/guide.xml")
    again = client.get("/guides/club/guide.xml", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    (dist / "club" / "guide.xml").write_bytes(GUIDE + b"\n")
    assert client.get("/guides/club/guide.xml", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_head_and_ranges_work(client):
    head = client.ask("HEAD", "/guides/club/guide.xml")
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(GUIDE)), b"")
    part = client.get("/guides/club/guide.xml", headers={"Range": "bytes=0-4"})
    assert (part.status_code, part.content) == (206, GUIDE[:5])


def test_the_playlist_needs_the_token(client):
    assert client.get("/guides/club/playlist.m3u").status_code == 403
    assert client.get("/guides/club/playlist.m3u?token=the-toke").status_code == 403
    assert client.get("/guides/club/playlist.m3u?token=t%C3%B6k").status_code == 403
    answer = client.get("/guides/club/playlist.m3u?token=the-token")
    assert (answer.status_code, answer.text) == (200, "#EXTM3U\n")
    assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/guides/other/guide.xml",
        "/guides/club/nothing.xml",
        "/guides/club/link.xml",
        "/guides/club/.guide.xml.x.part",
        "/guides/../secret.key",
        "/guides/%2e%2e/secret.key",
        "/guides/club/%2e%2e/guide.xml",
        "/guides/club/..%2f..%2fsecret.key",
        "/guides/club/2025-10-18/playlist.m3u",
        "/guides/club/2025-10-18/../playlist.m3u/",
        "/secret.key",
        "/guides//guide.xml",
        "/guides/club/%00/guide.xml",
    ],
)
def test_nothing_else_can_be_had(client, path):
    assert client.get(path).status_code in (403, 404)


def test_nothing_can_be_changed(client):
    for method in ("POST", "PUT", "DELETE"):
        assert client.ask(method, "/guides/club/guide.xml").status_code == 405


def test_the_start_page_lists_the_guides_and_no_playlist(client, dist):
    page = client.get("/").text
    assert "/guides/club/guide.xml" in page
    assert "playlist.m3u" not in page
    (dist / "club" / "guide.xml").unlink()
    assert "No guide is published yet" in client.get("/guides/").text


def test_it_runs_before_anything_is_published(tmp_path):
    with served(tmp_path / "none") as client:
        assert client.get("/health").text == "ok\n"
        assert client.get("/").status_code == 200
        assert client.get("/guides/club/guide.xml").status_code == 404


def test_the_token_is_made_once_for_its_owner_alone(tmp_path):
    home = tmp_path / "home"
    token = playlist_token(home)
    assert len(token) >= 24
    assert playlist_token(home) == token
    assert stat.S_IMODE((home / "playlist.token").stat().st_mode) == 0o600
