"""The guide server: what may be had, by whom, in which form, and what may not."""

from __future__ import annotations

import gzip
import http.client
import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from pathlib import Path
from types import SimpleNamespace

import pytest
from guide_server import GUIDE, PAGE, TOKEN, GuideServer, serving, write_guide, write_provider
from running import until

from epg_pipeline.serve import playlist_address, playlist_token, shelf

GUIDE_PATH, PLAYLIST_PATH = "/guides/club/guide.xml", "/guides/club/playlist.m3u"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("shelf") / "dist") as guides:
        yield guides


@pytest.fixture
def guides(running) -> GuideServer:
    running.refill()
    return running


@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("/guides/club/guide.xml", "application/xml; charset=utf-8", GUIDE),
        ("/guides/club/guide.xml.gz", "application/gzip", gzip.compress(GUIDE, mtime=0)),
        ("/guides/club/", "text/html; charset=utf-8", PAGE.encode()),
        ("/guides/club/index.html", "text/html; charset=utf-8", PAGE.encode()),
        ("/guides/club/report.html", "text/html; charset=utf-8", PAGE.encode()),
        ("/guides/club/kid/guide.xml", "application/xml; charset=utf-8", GUIDE),
        ("/guides/club/kid/guide.xml.gz", "application/gzip", gzip.compress(GUIDE, mtime=0)),
        ("/guides/club/kid/", "text/html; charset=utf-8", PAGE.encode()),
        ("/guides/club/goat-europe-london/guide.xml", "application/xml; charset=utf-8", GUIDE),
        ("/guides/club/2025-10-18/guide.xml", "application/xml; charset=utf-8", GUIDE),
        ("/guides/club/2025-10-18/guide.xml.gz", "application/gzip", gzip.compress(GUIDE, mtime=0)),
    ],
)
def test_guides_and_pages_come_whole_with_their_kind_and_to_head_without_body(guides, path, kind, body):
    got, head = guides.get(path), guides.head(path)
    assert (got.status, got.headers["content-type"], got.body) == (200, kind, body)
    assert got.headers["content-length"] == str(len(body))
    assert got.headers["access-control-allow-origin"] == "*"
    assert (head.status, head.body) == (200, b"")
    assert {**head.headers, "date": ""} == {**got.headers, "date": ""}


def test_the_summary_is_public(guides):
    got = guides.get("/guides/club/summary.json")
    assert (got.status, got.headers["content-type"]) == (200, "application/json")
    assert '"The Club"' in got.text


def test_the_providers_own_tier_has_the_own_guide(guides):
    """Its summary says goat, and a folder of that name is missing."""
    write_guide(guides.dist / "club", GUIDE + b"\n")
    assert guides.get("/guides/club/goat/guide.xml").body == GUIDE + b"\n"
    assert gzip.decompress(guides.get("/guides/club/goat/guide.xml.gz").body) == GUIDE + b"\n"
    assert guides.get("/guides/club/goat/").text == PAGE
    assert guides.get("/guides/club/buck/guide.xml").status == 404


def test_an_edition_of_the_own_tier_that_stands_is_served_as_such(guides):
    write_provider(guides.dist, editions=["goat"])
    write_guide(guides.dist / "club" / "goat", b"<tv>edition</tv>")
    assert guides.get("/guides/club/goat/guide.xml").body == b"<tv>edition</tv>"


def test_what_was_once_an_edition_and_is_the_own_tier_now_is_not_served_old(guides):
    write_guide(guides.dist / "club" / "goat", b"<tv>last month</tv>")
    assert guides.get("/guides/club/goat/guide.xml").body == GUIDE


@pytest.mark.parametrize(
    ("path", "to"), [("/guides/club", "club/"), ("/guides/club/kid", "kid/"), ("/guides/club/goat", "goat/")]
)
def test_a_folder_without_its_slash_leads_to_its_page(guides, path, to):
    got = guides.get(path)
    assert (got.status, got.headers["location"]) == (307, to)


def test_a_player_that_has_the_guide_gets_none(guides):
    first = guides.get(GUIDE_PATH)
    for known in (first.headers["etag"], f'"other", W/{first.headers["etag"]}', "*"):
        again = guides.get(GUIDE_PATH, if_none_match=known)
        assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["vary"] == "Accept-Encoding"
    write_guide(guides.dist / "club", GUIDE + b"\n")
    assert guides.get(GUIDE_PATH, if_none_match=first.headers["etag"]).status == 200


def test_a_time_counts_only_without_a_mark(guides):
    first = guides.get(GUIDE_PATH)
    modified = first.headers["last-modified"]
    assert guides.get(GUIDE_PATH, if_modified_since=modified).status == 304
    assert guides.get(GUIDE_PATH, if_modified_since=modified, if_none_match='"other"').status == 200
    os.utime(guides.dist / "club" / "guide.xml", (0, 1e9))
    assert guides.get(GUIDE_PATH, if_modified_since=formatdate(1e9 - 1, usegmt=True)).status == 200
    assert guides.get(GUIDE_PATH, if_modified_since="yesterday").status == 200


@pytest.mark.parametrize(
    ("path", "accepted"),
    [
        (GUIDE_PATH, "gzip"),
        (GUIDE_PATH, "deflate, GZIP;q=0.5"),
        (GUIDE_PATH, "x-gzip"),
        (GUIDE_PATH, "br;q=1.0, gzip;q=0.8, *;q=0.1"),
        ("/guides/club/kid/guide.xml", "*"),
        ("/guides/club/", "gzip, deflate"),
        ("/guides/club/report.html", "gzip, deflate"),
        ("/", "gzip"),
    ],
)
def test_who_takes_gzip_gets_it_under_a_mark_of_its_own(guides, path, accepted):
    plain, packed = guides.get(path), guides.get(path, accept_encoding=accepted)
    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.body) < len(plain.body)
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["etag"] != plain.headers["etag"]
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert packed.headers["content-type"] == plain.headers["content-type"]
    assert guides.get(path, accept_encoding=accepted, if_none_match=packed.headers["etag"]).status == 304
    assert guides.get(path, accept_encoding=accepted, if_none_match=plain.headers["etag"]).status == 200


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "br, deflate", "gzip;q=0, *", "identity, gzip;q=0.5"])
def test_who_does_not_take_gzip_or_likes_it_less_gets_the_plain_guide(guides, accepted):
    got = guides.get(GUIDE_PATH, accept_encoding=accepted)
    assert "content-encoding" not in got.headers
    assert got.body == GUIDE


def test_the_packed_form_is_the_file_at_hand(guides):
    got = guides.get(GUIDE_PATH, accept_encoding="gzip")
    assert got.body == (guides.dist / "club" / "guide.xml.gz").read_bytes()


def test_a_packed_guide_is_a_file_not_an_encoding(guides):
    got = guides.get("/guides/club/guide.xml.gz", accept_encoding="gzip")
    assert "content-encoding" not in got.headers
    assert gzip.decompress(got.body) == GUIDE


def test_between_the_plain_file_and_the_packed_one_the_newer_is_sent_plain(guides):
    """As a kill between the two leaves them: the packed file is of the publish before."""
    folder = guides.dist / "club"
    packed = folder / "guide.xml.gz"
    (folder / "guide.xml").write_bytes(GUIDE + b"\n")
    for age in (-60, 0):  # older, or as old and of another length
        os.utime(packed, (0, (folder / "guide.xml").stat().st_mtime + age))
        got = guides.get(GUIDE_PATH, accept_encoding="gzip")
        assert "content-encoding" not in got.headers
        assert got.body == GUIDE + b"\n"
    packed.unlink()
    assert guides.get(GUIDE_PATH, accept_encoding="gzip").body == GUIDE + b"\n"


def test_a_page_packed_before_is_packed_again_when_it_changes(guides):
    assert gzip.decompress(guides.get("/guides/club/", accept_encoding="gzip").body) == PAGE.encode()
    (guides.dist / "club" / "index.html").write_text("<h1>Another</h1>")
    assert gzip.decompress(guides.get("/guides/club/", accept_encoding="gzip").body) == b"<h1>Another</h1>"


@pytest.mark.parametrize(
    ("asked", "part", "place"),
    [
        ("bytes=0-4", GUIDE[:5], f"bytes 0-4/{len(GUIDE)}"),
        ("bytes=7-", GUIDE[7:], f"bytes 7-{len(GUIDE) - 1}/{len(GUIDE)}"),
        ("bytes=-5", GUIDE[-5:], f"bytes {len(GUIDE) - 5}-{len(GUIDE) - 1}/{len(GUIDE)}"),
        ("bytes=3-999999", GUIDE[3:], f"bytes 3-{len(GUIDE) - 1}/{len(GUIDE)}"),
        ("bytes=-999999", GUIDE, f"bytes 0-{len(GUIDE) - 1}/{len(GUIDE)}"),
    ],
)
def test_a_part_is_sent_as_such_and_always_of_the_plain_guide(guides, asked, part, place):
    got = guides.get(GUIDE_PATH, range=asked, accept_encoding="gzip")
    assert (got.status, got.body, got.headers["content-range"]) == (206, part, place)
    assert got.headers["content-length"] == str(len(part))
    assert "content-encoding" not in got.headers


@pytest.mark.parametrize("asked", [f"bytes={len(GUIDE)}-", "bytes=-0", "bytes=999999-9999999"])
def test_a_part_behind_the_end_is_refused_with_the_size(guides, asked):
    got = guides.get(GUIDE_PATH, range=asked)
    assert (got.status, got.headers["content-range"]) == (416, f"bytes */{len(GUIDE)}")


@pytest.mark.parametrize(
    "asked", ["bytes=4-2", "bytes=-", "lines=1-2", "bytes=0-1,4-5", "bytes=a-b", f"bytes={'9' * 5000}-"]
)
def test_what_is_no_single_part_is_answered_whole(guides, asked):
    got = guides.get(GUIDE_PATH, range=asked)
    assert (got.status, got.body) == (200, GUIDE)


def test_parts_are_continued_only_of_the_same_guide(guides):
    first = guides.get(GUIDE_PATH)
    for known in (first.headers["etag"], first.headers["last-modified"]):
        assert guides.get(GUIDE_PATH, range="bytes=5-", if_range=known).status == 206
    for other in ('"other"', f"W/{first.headers['etag']}", formatdate(0, usegmt=True)):
        assert guides.get(GUIDE_PATH, range="bytes=5-", if_range=other).status == 200


def test_the_playlist_needs_the_token(guides):
    for refused in (
        guides.get(PLAYLIST_PATH),
        guides.get(f"{PLAYLIST_PATH}?token=the-toke"),
        guides.get(f"{PLAYLIST_PATH}?token=t%C3%B6k%ED%A0%80"),
        guides.get(PLAYLIST_PATH, authorization="Bearer wrong"),
        guides.get(PLAYLIST_PATH, authorization=f"Basic {TOKEN}"),
        guides.get("/guides/nobody/playlist.m3u"),
    ):
        assert refused.status == 403
        assert "epg playlist-url" in refused.text
        assert "hunter2" not in refused.text
    for opened in (
        guides.get(f"{PLAYLIST_PATH}?token={TOKEN}"),
        guides.get(PLAYLIST_PATH, authorization=f"bearer {TOKEN}"),
    ):
        assert opened.status == 200
        assert "hunter2" in opened.text
        assert opened.headers["cache-control"] == "private, no-store"
        assert "access-control-allow-origin" not in opened.headers
    assert guides.get(f"/guides/nobody/playlist.m3u?token={TOKEN}").status == 404


def test_a_token_that_was_emptied_opens_no_playlist(tmp_path):
    write_provider(tmp_path)
    with serving(tmp_path, token="") as guides:
        assert guides.get(PLAYLIST_PATH).status == guides.get(f"{PLAYLIST_PATH}?token=").status == 403


@pytest.mark.parametrize(
    "path",
    [
        "/guides/other/guide.xml",
        "/guides/other",
        "/guides/club/nothing.xml",
        "/guides/club/nothing",
        "/guides/club/link.xml",
        "/guides/club/.guide.xml.x.part",
        "/guides/../secret.key",
        "/guides/%2e%2e/secret.key",
        "/guides/../guide.xml",
        "/guides/%2e%2e/guide.xml",
        "/guides/club/%2e%2e/guide.xml",
        "/guides/club/..%2f..%2fguide.xml",
        "/guides/club/kid/../guide.xml/",
        "/guides/club/..%2f..%2fsecret.key",
        "/guides/club/kid/playlist.m3u",
        "/guides/club/2025-10-18/../playlist.m3u/",
        "/guides/stolen/guide.xml",
        "/guides/out/guide.xml",
        "/guides/pipe/guide.xml",
        "/guides/folder/guide.xml",
        "/guides/loop/guide.xml",
        "/secret.key",
        "/guides//guide.xml",
        "/guides/club//guide.xml",
        "/guides/club/%00/guide.xml",
        f"/guides/{'a' * 3000}/guide.xml",
        "/guides/club\\kid/guide.xml",
        "//guides/club/guide.xml",
    ],
)
def test_nothing_else_can_be_had(guides, path):
    dist = guides.dist
    write_guide(dist.parent)  # beside the shelf, one step up
    (dist.parent / "secret.key").write_text("key")
    (dist / "club" / "link.xml").symlink_to(dist.parent / "secret.key")
    (dist / "club" / ".guide.xml.x.part").write_text("half")
    (dist / "out").symlink_to(dist.parent)
    for slug in ("stolen", "pipe", "folder", "loop"):
        (dist / slug).mkdir()
    (dist / "stolen" / "guide.xml").symlink_to(dist / "club" / "playlist.m3u")
    (dist / "loop" / "guide.xml").symlink_to("guide.xml")
    os.mkfifo(dist / "pipe" / "guide.xml")
    (dist / "folder" / "guide.xml").mkdir()
    got = guides.get(path)
    assert got.status == 404
    assert got.text == "Nothing is published at this address. What is, the start page lists: /\n"


def test_a_link_to_another_guide_on_the_shelf_is_followed(guides):
    (guides.dist / "nickname").symlink_to(guides.dist / "club")
    assert guides.get("/guides/nickname/guide.xml").body == GUIDE


def test_a_shelf_that_is_a_link_itself_is_served(tmp_path):
    write_provider(tmp_path / "disk")
    (tmp_path / "dist").symlink_to(tmp_path / "disk")
    with serving(tmp_path / "dist") as guides:
        assert guides.get(GUIDE_PATH).body == GUIDE


@pytest.mark.parametrize("path", [GUIDE_PATH, "/", "/metrics", PLAYLIST_PATH, "/guides/club/"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_changed(guides, path, method):
    got = guides.ask(method, path)
    assert (got.status, set(got.headers["allow"].split(", "))) == (405, {"GET", "HEAD"})
    assert got.text == "What is published can be read, not changed: use GET or HEAD.\n"


def test_a_file_that_can_not_be_read_costs_that_request_alone(guides, monkeypatch):
    """Such as one that belongs to another account."""

    def refusing(path, *rest):
        if str(path).endswith("kid/guide.xml"):
            raise PermissionError(13, "Permission denied", str(path))
        return os.open(path, *rest)

    monkeypatch.setattr(shelf, "os", SimpleNamespace(**{**vars(os), "open": refusing}))
    got = guides.get("/guides/club/kid/guide.xml")
    assert (got.status, got.headers["retry-after"]) == (503, "60")
    assert str(guides.dist) not in got.text
    assert guides.get(GUIDE_PATH).status == 200


def test_it_runs_before_anything_is_published(tmp_path):
    with serving(tmp_path / "none") as guides:
        assert guides.get("/health").text == "ok\n"
        assert "No guide is published yet" in guides.get("/").text
        assert guides.get("/metrics").status == 200
        assert guides.get(GUIDE_PATH).status == 404


def test_a_guide_replaced_while_it_is_sent_arrives_as_it_was(guides):
    large = b"<tv>" + os.urandom(1_500_000).hex().encode() + b"</tv>"
    write_guide(guides.dist / "club", large)
    connection = http.client.HTTPConnection("127.0.0.1", guides.port, timeout=60)
    connection.request("GET", GUIDE_PATH)
    answer = connection.getresponse()
    begin = answer.read(1000)
    write_guide(guides.dist / "club", b"<tv>new</tv>")
    assert begin + answer.read() == large
    connection.close()
    assert guides.get(GUIDE_PATH).body == b"<tv>new</tv>"


def test_many_players_at_once_all_get_one_whole_guide_while_it_is_replaced(guides):
    """Each guide is one letter, so that a mixture would show; its mark must always stand for the same letter."""
    versions = [
        b"<tv>" + letter * (200_000 + 7 * number) + b"</tv>" for number, letter in enumerate([b"a", b"b", b"c"])
    ]
    write_guide(guides.dist / "club", versions[0])
    done = threading.Event()

    def publish() -> None:
        while not done.is_set():
            for version in versions:
                write_guide(guides.dist / "club", version)

    def fetch(number: int) -> tuple[str, bytes]:
        got = guides.get(GUIDE_PATH, accept_encoding=("identity", "gzip")[number % 2])
        assert got.status == 200
        packed = got.headers.get("content-encoding") == "gzip"
        return got.headers["etag"], gzip.decompress(got.body) if packed else got.body

    publisher = threading.Thread(target=publish)
    publisher.start()
    try:
        with ThreadPoolExecutor(32) as players:
            fetched = list(players.map(fetch, range(200)))
    finally:
        done.set()
        publisher.join()
    assert {body for _, body in fetched} <= set(versions)
    assert len(set(fetched)) == len({mark for mark, _ in fetched})


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system does not list a process's open files")
def test_players_that_break_off_leave_no_file_open(guides):
    """Nor are they read to for nothing: the guide has gigabytes of nothing, which would take a while."""
    guide = guides.dist / "club" / "guide.xml"
    os.truncate(guide, 20_000_000_000)
    for _ in range(3):
        connection = http.client.HTTPConnection("127.0.0.1", guides.port, timeout=60)
        connection.request("GET", GUIDE_PATH)
        connection.getresponse().read(10)
        connection.close()
    guide = str(guide)
    until(60, lambda: not _held(guide), "the end of every read")


def _held(path: str) -> int:
    return sum(os.path.realpath(descriptor) == path for descriptor in Path("/proc/self/fd").iterdir())


def test_the_token_is_made_once_for_its_owner_alone(tmp_path):
    home = tmp_path / "home"
    with ThreadPoolExecutor(8) as askers:
        tokens = set(askers.map(lambda _: playlist_token(home), range(8)))
    assert len(tokens) == 1
    assert len(min(tokens)) >= 24
    assert stat.S_IMODE((home / "playlist.token").stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == ["playlist.token"]


def test_the_address_of_a_playlist_opens_it(guides):
    address = playlist_address(f"http://127.0.0.1:{guides.port}/", "club", TOKEN)
    assert guides.get(address.removeprefix(f"http://127.0.0.1:{guides.port}")).status == 200
