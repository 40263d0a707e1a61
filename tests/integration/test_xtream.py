"""Xtream Codes accounts at a loopback panel that answers as panels do."""

from __future__ import annotations

import json
import logging
import threading
import traceback
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from small_provider import PASSWORD, USER, playlist

from epg_pipeline.adapters.web.playlists import fetch_playlist
from epg_pipeline.adapters.web.xtream import account_of, xtream_account
from epg_pipeline.domain.reading.playlist import parse_playlist
from epg_pipeline.errors import PlaylistFetchError, redact, redact_url

ACTIVE = {"user_info": {"auth": 1, "status": "Active", "exp_date": None}}
CATEGORIES = [{"category_id": "7", "category_name": "US | NBA"}, {"category_id": 8, "category_name": "UK"}]
STREAMS = [
    {"num": 2, "name": "NBA 02 : Jazz at Rockets", "stream_id": "502", "category_id": 7, "epg_channel_id": None},
    {
        "num": 1,
        "name": 'NBA 01 : "Heat"\nvs Spurs, 7 PM',
        "stream_id": 501,
        "category_id": "7",
        "stream_icon": "http://i/1",
    },
]


class Panel:
    """What the panel answers: a status, bytes or something for JSON, for the M3U and each action of its interface."""

    def __init__(self, m3u=404, **answers):
        self.answers = {"m3u": m3u, "account": ACTIVE, "get_live_categories": CATEGORIES, "get_live_streams": STREAMS}
        self.answers |= answers
        self.asked: list[str] = []

    def answer(self, path: str) -> tuple[int, bytes]:
        parts, query = urlsplit(path), parse_qs(urlsplit(path).query)
        assert (query["username"], query["password"]) == ([USER], [PASSWORD])
        page = "m3u" if parts.path == "/get.php" else query.get("action", ["account"])[0]
        self.asked.append(page)
        given = self.answers[page]
        if isinstance(given, int):
            return given, b""
        return 200, given if isinstance(given, bytes) else json.dumps(given).encode()


@contextmanager
def serving(panel: Panel):
    """The address of an account at the panel."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = panel.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield xtream_account(f"127.0.0.1:{server.server_port}", USER, PASSWORD).address
    finally:
        server.shutdown()
        server.server_close()
        thread.join(60)


def fetched(panel: Panel):
    with serving(panel) as address:
        return fetch_playlist(address, attempts=2, pause=0.01).body


def entries(panel: Panel):
    return parse_playlist(fetched(panel)).rows(named=True)


def refused(panel: Panel) -> str:
    with serving(panel) as address, pytest.raises(PlaylistFetchError) as caught:
        fetch_playlist(address, attempts=2, pause=0.01)
    return str(caught.value)


def test_the_panels_own_m3u_is_taken_where_there_is_one():
    panel = Panel(m3u=playlist())
    assert fetched(panel) == playlist()
    assert panel.asked == ["m3u"]


@pytest.mark.parametrize("m3u", [403, 404, 884, b"", b"<html>blocked", b'{"user_info":{}}', b"#EXTM3U\n"])
def test_where_the_m3u_is_disabled_the_playlist_is_made_of_the_panels_lists(m3u):
    first, second = entries(Panel(m3u))
    assert first["name"] == 'NBA 01 : "Heat" vs Spurs, 7 PM'
    assert first["tvg_name"] == "NBA 01 : 'Heat' vs Spurs, 7 PM"
    assert (first["logo"], first["group_title"]) == ("http://i/1", "US | NBA")
    assert first["url"].endswith(f"/live/{USER}/{PASSWORD}/501.ts")
    assert (second["name"], second["tvg_id"]) == ("NBA 02 : Jazz at Rockets", "")


def test_an_unchanged_account_gives_the_same_bytes_in_whatever_order_the_panel_lists():
    panel = Panel()
    with serving(panel) as address:
        first = fetch_playlist(address).body
        panel.answers["get_live_streams"] = [*reversed(STREAMS), STREAMS[0]]
        panel.answers["get_live_categories"] = CATEGORIES[::-1]
        assert fetch_playlist(address).body == first


def test_messy_lists_give_what_can_be_used():
    messy = {
        "0": {"name": None, "stream_id": 1},
        "1": {"name": "no id"},
        "2": {"name": "several categories", "stream_id": 3.0, "category_id": ["99", 8], "num": "x"},
        "3": "not an object",
        "4": {"name": "nulls", "stream_id": 4, "category_id": None, "stream_icon": None, "num": None},
        "5": {"name": "the other key", "stream_id": "a/b", "category_ids": [8], "num": True},
        "6": {"name": {"odd": 1}, "stream_id": [5]},
    }
    found = {row["name"]: row for row in entries(Panel(get_live_streams=messy))}
    assert set(found) == {"several categories", "nulls", "the other key"}
    assert [row["group_title"] for row in found.values()] == ["UK", "", "UK"]
    assert found["the other key"]["url"].endswith("/a%2Fb.ts")
    assert found["several categories"]["url"].endswith("/3.ts")


def test_a_long_list_is_read_whole():
    many = [{"num": number, "name": f"TV {number}", "stream_id": number} for number in range(30_000, 0, -1)]
    rows = parse_playlist(fetched(Panel(get_live_streams=many, get_live_categories=[])))
    assert (rows.height, rows["name"][0], rows["name"][-1]) == (30_000, "TV 1", "TV 30000")


@pytest.mark.parametrize(
    ("info", "says"),
    [
        ({"auth": 0}, "knows no such account; check user and password"),
        ({"auth": "0"}, "knows no such account"),
        ({"auth": 1, "status": "Expired", "exp_date": "1790812800"}, "the account is expired on 2026-10-01"),
        ({"auth": "1", "status": "Banned", "exp_date": None}, "the account is banned; ask the provider"),
        ({"auth": True, "status": "DISABLED"}, "the account is disabled"),
        ({"exp_date": 1_000_000_000}, "the account expired on 2001-09-09"),
    ],
)
def test_what_is_wrong_with_an_account_is_reported(info, says):
    assert says in refused(Panel(account={"user_info": info}))
    assert says in refused(Panel(account={}, get_live_streams={"user_info": info}))


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"account": b"<html>"}, "player_api.php gave no JSON"),
        ({"account": b"  "}, "player_api.php gave an empty answer"),
        ({"get_live_streams": 404}, "HTTP 404"),
        ({"get_live_streams": []}, "the account lists no live stream"),
        ({"get_live_streams": None}, "the account lists no live stream"),
        ({"m3u": 503}, "HTTP 503"),
        ({"account": 500}, "HTTP 500"),
        ({"get_live_streams": b"[" * 100_000}, "no JSON"),
    ],
)
def test_no_failure_tells_the_password_anywhere(answers, says, caplog):
    caplog.set_level(logging.DEBUG)
    with serving(Panel(**answers)) as address, pytest.raises(PlaylistFetchError, match=says) as caught:
        fetch_playlist(address, attempts=2, pause=0.01)
    output = (
        "".join(traceback.format_exception(caught.value))
        + caplog.text
        + repr(account_of(address))
        + redact_url(address)
    )
    output += redact(f"GET {address} failed")
    link: BaseException | None = caught.value
    while link is not None:
        output += repr(link)
        link = link.__cause__ or link.__context__
    assert PASSWORD not in output
    assert USER not in output


def test_trouble_of_the_panel_is_tried_again_and_does_not_count_as_a_disabled_m3u():
    panel = Panel(m3u=500)
    refused(panel)
    assert panel.asked == ["m3u", "m3u"]


def test_an_account_comes_back_from_its_address_whatever_its_letters():
    account = xtream_account("https://tv.example:8443/panel/get.php", "c@r:l", "p/w?#ü%")
    assert account.server == "https://tv.example:8443/panel"
    assert account_of(account.address) == account
    assert redact_url(account.address) == "xtream+https://tv.example:8443/…"
    with pytest.raises(PlaylistFetchError, match="incomplete"):
        account_of("xtream+http://tv.example")


@pytest.mark.parametrize("server", ["", "ftp://h", "http://", "http://u:p@h", "http://h:port", "http://[::1"])
def test_what_is_no_server_is_refused(server):
    with pytest.raises(ValueError, match="HOST:PORT"):
        xtream_account(server, "carol", "pw")
