"""Fetching playlists from a loopback server that misbehaves as providers do."""

from __future__ import annotations

import gzip
import logging
import traceback

import pytest
from small_provider import PASSWORD, USER, Answer, playlist, site

from epg_pipeline.adapters.web.playlists import fetch_playlist
from epg_pipeline.errors import PlaylistFetchError, redact_url

GOOD = Answer(body=playlist())


def fetch(address, **options):
    return fetch_playlist(address, pause=0.01, **options)


def test_bytes_come_as_they_were_sent_and_the_project_names_itself():
    with site(GOOD) as server:
        assert fetch(server.address).body == playlist()
        assert server.requests[0][1]["user-agent"].startswith("epg-pipeline")


def test_an_undeclared_gzip_is_left_as_it_is():
    packed = gzip.compress(playlist())
    with site(Answer(body=packed)) as server:
        assert fetch(server.address).body == packed


def test_a_declared_gzip_is_unpacked():
    with site(Answer(body=gzip.compress(playlist()), headers={"Content-Encoding": "gzip"})) as server:
        assert fetch(server.address).body == playlist()


@pytest.mark.parametrize(
    "fault",
    [
        Answer(status=503),
        Answer(status=429),
        Answer(status=429, headers={"Retry-After": "0"}),
        Answer(drop=True),
        Answer(body=playlist(), cut_to=100),  # Content-Length says more than comes
    ],
    ids=["503", "429", "retry-after", "dropped", "cut short"],
)
def test_what_may_pass_is_tried_again(fault):
    with site(fault, fault, GOOD) as server:
        assert fetch(server.address).body == playlist()
        assert len(server.requests) == 3


def test_trying_again_has_an_end():
    with site(Answer(status=500)) as server:
        with pytest.raises(PlaylistFetchError, match="HTTP 500"):
            fetch(server.address, attempts=3)
        assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(status=401), "access refused"),
        (Answer(status=403), "access refused"),
        (Answer(status=404), "nothing there"),
        (Answer(status=884, body=b"blocked"), "HTTP 884"),
        (Answer(body=b""), "empty"),
        (Answer(body=b"  <!DOCTYPE html><html>login</html>"), "web page"),
        (Answer(body=b'\xef\xbb\xbf{"user_info": {}}'), "JSON"),
        (Answer(status=503, headers={"Retry-After": "3600"}), "asks to wait 3600 s"),
    ],
    ids=["401", "403", "404", "884", "empty", "html", "json", "long wait"],
)
def test_a_lasting_fault_is_reported_at_once(answer, words):
    with site(answer) as server:
        with pytest.raises(PlaylistFetchError, match=words):
            fetch(server.address)
        assert len(server.requests) == 1


def test_an_unchanged_playlist_is_not_sent_again():
    tagged = Answer(body=playlist(), headers={"ETag": '"v1"', "Last-Modified": "Sat, 18 Oct 2025 10:00:00 GMT"})
    with site(tagged) as server:
        first = fetch(server.address)
        assert (first.etag, first.last_modified) == ('"v1"', "Sat, 18 Oct 2025 10:00:00 GMT")
        again = fetch(server.address, etag=first.etag, last_modified=first.last_modified)
        assert again.body is None
        assert again.etag == '"v1"'


def test_a_redirect_is_followed():
    with site(GOOD) as target, site(Answer(status=302, headers={"Location": target.address})) as server:
        assert fetch(server.address).body == playlist()


@pytest.mark.parametrize(
    "answer",
    [Answer(status=404), Answer(status=500), Answer(drop=True), Answer(body=b"<html>"), Answer(status=302)],
    ids=["404", "500", "dropped", "html", "redirect to nowhere"],
)
def test_no_message_chain_or_log_line_carries_the_account(answer, caplog):
    caplog.set_level(logging.DEBUG)
    with site(answer) as server, pytest.raises(PlaylistFetchError) as caught:
        fetch(server.address, attempts=2)
    output = "".join(traceback.format_exception(caught.value)) + caplog.text
    link: BaseException | None = caught.value
    while link is not None:  # also what a traceback would not print
        output += repr(link)
        link = link.__cause__ or link.__context__
    assert PASSWORD not in output
    assert USER not in output


def test_a_successful_fetch_logs_no_address_either(caplog):
    caplog.set_level(logging.DEBUG)
    with site(GOOD) as server:
        fetch(server.address)
    assert PASSWORD not in caplog.text


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://127.0.0.1:1/x", "no connection"),
        ("http://carol:hunter2@[::1", "not an address"),
        ("http://carol:hunter2@host:badport/x", "not an address"),
        ("gopher://carol:hunter2@host/x", "not an address"),
        ("/nowhere/list.m3u", "does not exist"),
        ("/tmp", "folder"),
    ],
)
def test_an_address_that_can_not_work_is_reported_without_its_account(address, words):
    with pytest.raises(PlaylistFetchError, match=words) as caught:
        fetch(address, attempts=1)
    assert "hunter2" not in str(caught.value)


def test_files_are_read_by_path_and_by_file_address(tmp_path):
    file = tmp_path / "a list.m3u"
    file.write_bytes(playlist())
    assert fetch(str(file)).body == playlist()
    assert fetch(file.as_uri()).body == playlist()


def test_an_empty_file_is_no_playlist(tmp_path):
    file = tmp_path / "list.m3u"
    file.write_bytes(b" \n")
    with pytest.raises(PlaylistFetchError, match="empty"):
        fetch(str(file))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://u:p@tv.example:8080/live/u/p/1.ts?token=t", "http://tv.example:8080/…"),
        ("HTTPS://tv.example/get.php?username=u&password=p", "https://tv.example/…"),
        ("http://u:p@[broken", "(an address that can't be read)"),
        ("/lists/mine.m3u", "/lists/mine.m3u"),
    ],
)
def test_of_an_address_only_its_host_is_shown(address, expected):
    assert redact_url(address) == expected
