"""Answers kept on disk, and the pace that processes share."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from epg_pipeline.adapters.web.host_limits import HostLimits
from epg_pipeline.adapters.web.response_cache import Kept, ResponseCache
from epg_pipeline.adapters.web.source_client import retry_after
from epg_pipeline.config.sources import load_sources, plays
from epg_pipeline.errors import ConfigError

ASKED = "http://tsdb.example/v1/json/own-key-s3cret/eventsday.php?d=2026-11-21"
KEPT = Kept(b'{"events": null}\n' * 3, '"abc"', "Sat, 21 Nov 2026 10:00:00 GMT", 123.5)

RESERVES = """
import sys
from pathlib import Path
from epg_pipeline.adapters.web.host_limits import HostLimits
limits = HostLimits(Path(sys.argv[1]), clock=lambda: 1000.0)
print(*(limits.reserve("host", 2, 1) for _ in range(5)))
"""


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


def test_processes_share_one_pace(tmp_path):
    lines = [sys.executable, "-c", RESERVES, str(tmp_path)]
    running = [
        subprocess.Popen(lines, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) for _ in range(3)
    ]
    waits = [float(wait) for process in running for wait in process.communicate(timeout=60)[0].split()]
    assert sorted(waits) == [number / 2 for number in range(15)]


def test_a_host_that_closed_is_closed_for_every_process(tmp_path):
    one, other = (HostLimits(tmp_path, clock=lambda: 1000.0) for _ in range(2))
    one.close("host", 60)
    assert other.closed_for("host") == 60
    assert other.reserve("host", 10, 5) == 60
    assert other.closed_for("another") == 0


def test_a_damaged_note_is_as_none(tmp_path):
    limits = HostLimits(tmp_path)
    limits.close("host", 60)
    (note,) = tmp_path.glob("*.json")
    note.write_text("{half")
    assert limits.closed_for("host") == 0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, None), ("", None), ("7", 7.0), ("soon", None), ("Sat, 21 Nov 1999 10:00:00 GMT", 0.0)],
)
def test_what_a_retry_after_says(header, seconds):
    assert retry_after(header) == seconds


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
        ("nfl: {path: football/nfl", "no YAML"),
        ("espn: {}", "espn"),
        ("football/nfl", "source"),
    ],
)
def test_a_wrong_file_of_sources_is_told(tmp_path, text, words):
    (tmp_path / "sources.yaml").write_text(text)
    with pytest.raises(ConfigError, match=words):
        load_sources(tmp_path / "sources.yaml")


def test_a_league_that_is_none_is_told(tmp_path):
    packaged = Path(__file__).parents[2] / "epg_pipeline" / "config" / "sources.yaml"
    (tmp_path / "sources.yaml").write_text(
        packaged.read_text("utf-8").replace("    nfl: {path", "    nflx: {path"), "utf-8"
    )
    with pytest.raises(ConfigError, match=r'league "nflx" is not in leagues\.yaml'):
        load_sources(tmp_path / "sources.yaml")
