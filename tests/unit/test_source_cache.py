"""Answers kept on disk, and the pace that clients share."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from epg_pipeline.adapters.web.host_pace import HostPace
from epg_pipeline.adapters.web.http import retry_after
from epg_pipeline.adapters.web.response_cache import Kept, ResponseCache
from epg_pipeline.config.sources import load_sources, plays
from epg_pipeline.errors import ConfigError

ASKED = "http://tsdb.example/v1/json/own-key-s3cret/eventsday.php?d=2026-11-21"
KEPT = Kept(b'{"events": null}\n' * 3, '"abc"', "Sat, 21 Nov 2026 10:00:00 GMT", 123.5)


def test_an_answer_comes_back_as_it_was(tmp_path):
    cache = ResponseCache(tmp_path)
    assert cache.get(ASKED) is None
    cache.put(ASKED, KEPT)
    assert cache.get(ASKED) == KEPT
    assert cache.get(ASKED + "&l=1") is None


def test_neither_name_nor_content_of_a_file_holds_what_was_asked(tmp_path):
    ResponseCache(tmp_path).put(ASKED, KEPT)
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert len(files) == 1
    assert "s3cret" not in str(files[0])
    assert b"s3cret" not in files[0].read_bytes()


@pytest.mark.parametrize("damage", [b"", b"{}", b"\x00\xff", b'{"etag": null}\nnot gzip'])
def test_a_damaged_answer_is_none(tmp_path, damage):
    cache = ResponseCache(tmp_path)
    cache.put(ASKED, KEPT)
    (file,) = (file for file in tmp_path.rglob("*") if file.is_file())
    file.write_bytes(damage)
    assert cache.get(ASKED) is None
    whole = ResponseCache(tmp_path / "whole")
    whole.put(ASKED, KEPT)
    (file,) = (file for file in (tmp_path / "whole").rglob("*") if file.is_file())
    file.write_bytes(file.read_bytes()[:-9])
    assert whole.get(ASKED) is None


def test_requests_to_a_host_are_spaced_after_a_burst():
    pace = HostPace()
    assert [pace.reserve("host:80", per_second=2, burst=3, now=1000.0) for _ in range(5)] == [0.0, 0.0, 0.0, 0.5, 1.0]
    assert pace.reserve("another", per_second=2, burst=1, now=1000.0) == 0.0


def test_a_host_that_closed_is_closed_for_every_client():
    pace = HostPace()
    pace.close("host", 60, now=1000.0)
    assert pace.closed_for("host", now=1000.0) == 60
    assert pace.reserve("host", 10, 5, now=1000.0) == 60
    assert pace.closed_for("another", now=1000.0) == 0
    assert pace.closed_for("host", now=1060.0) == 0


def test_a_clock_that_was_set_back_delays_nothing():
    pace = HostPace()
    pace.reserve("host", 1, 1, now=10_000_000.0)
    assert pace.reserve("host", 1, 1, now=1000.0) == 0.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, None), ("", None), ("7", 7.0), ("soon", None), ("Sat, 21 Nov 1999 10:00:00 GMT", 0.0)],
)
def test_what_a_retry_after_says(header, seconds):
    assert retry_after(header) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("season", "month", "does"),
    [(None, 1, True), ((9, 2), 1, True), ((9, 2), 3, False), ((3, 6), 6, True), ((3, 6), 7, False), ((9, 2), 9, True)],
)
def test_a_season_may_lie_over_the_new_year(season, month, does):
    from datetime import date

    assert plays(season, date(2026, month, 15)) is does


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nfl: {path: football/nfl", "is not valid YAML"),
        ("espn: {}", "espn"),
        ("football/nfl", "source"),
    ],
)
def test_a_wrong_file_of_sources_is_reported(tmp_path, text, words):
    (tmp_path / "sources.yaml").write_text(text)
    with pytest.raises(ConfigError, match=words):
        load_sources(tmp_path / "sources.yaml")


def test_an_unknown_league_is_refused(tmp_path):
    packaged = Path(__file__).parents[2] / "epg_pipeline" / "config" / "sources.yaml"
    (tmp_path / "sources.yaml").write_text(
        packaged.read_text("utf-8").replace("    nfl: {path", "    nflx: {path"), "utf-8"
    )
    with pytest.raises(ConfigError, match=r"leagues\.nflx.*league 'nflx' is not in leagues\.yaml"):
        load_sources(tmp_path / "sources.yaml")
