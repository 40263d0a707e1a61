"""Events files: JSON lines -> EVENTS."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime

import pytest

from epg_pipeline.adapters.web.event_files import read_events
from epg_pipeline.domain.frames import EVENTS
from epg_pipeline.errors import EventsFileError

GAME = {"event_id": "g1", "league": "nba", "sport": "basketball", "home": "Heat", "away": "Spurs",
        "start_utc": "2025-10-18T23:30:00Z", "venue": None}  # fmt: skip


def written(path, *lines):
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return path


def test_an_event_is_read_with_its_utc_date(tmp_path):
    held = read_events(written(tmp_path / "e.jsonl", GAME))
    assert held.events.schema == EVENTS
    row = held.events.row(0, named=True)
    assert row["starts_at"] == datetime(2025, 10, 18, 23, 30, tzinfo=UTC)
    assert row["event_date"] == date(2025, 10, 18)
    assert (row["venue"], row["name"], row["source"]) == ("", "", "file")


@pytest.mark.parametrize(
    ("printed", "hour"),
    [
        ("2025-10-18T23:30Z", 23),
        ("2025-10-18T19:30:00-04:00", 23),
        ("2025-10-18 23:30:00", 23),  # the field is called start_utc
        ("20251018T233000Z", 23),
    ],
)
def test_instants_come_in_several_writings(tmp_path, printed, hour):
    held = read_events(written(tmp_path / "e.jsonl", {**GAME, "start_utc": printed}))
    assert held.events["starts_at"][0] == datetime(2025, 10, 18, hour, 30, tzinfo=UTC)


def test_a_faulty_line_is_reported_by_number_and_stops_no_other(tmp_path):
    held = read_events(
        written(
            tmp_path / "e.jsonl",
            GAME,
            "{half",
            "[1]",
            {"event_id": "x"},
            {**GAME, "event_id": "g2", "start_utc": "soon"},
            "",
        )
    )
    assert held.events["event_id"].to_list() == ["g1"]
    assert [fault.split(":")[0] for fault in held.faults] == ["line 2", "line 3", "line 4", "line 5"]
    assert "start_utc missing" in held.faults[2]


@pytest.mark.parametrize("event_id", [["g2"], 2.5, True, " "])
def test_an_event_whose_id_is_not_text_is_reported_instead_of_read_without_an_id(tmp_path, event_id):
    held = read_events(written(tmp_path / "e.jsonl", GAME, {**GAME, "event_id": event_id}))
    assert held.events["event_id"].to_list() == ["g1"]
    assert held.faults == ["line 2: event_id missing"]


def test_of_two_lines_with_one_id_the_later_counts(tmp_path):
    held = read_events(written(tmp_path / "e.jsonl", GAME, {**GAME, "venue": "Kaseya Center"}))
    assert held.events["venue"].to_list() == ["Kaseya Center"]


def test_a_gzipped_file_with_a_byte_order_mark_is_read(tmp_path):
    file = tmp_path / "e.jsonl.gz"
    file.write_bytes(gzip.compress(b"\xef\xbb\xbf" + json.dumps(GAME).encode()))
    assert read_events(file).events.height == 1


def test_an_empty_file_holds_no_events(tmp_path):
    assert read_events(written(tmp_path / "e.jsonl", "")).events.is_empty()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"#EXTM3U\n#EXTINF:-1,x\n", "no line of it is an event"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"\x1f\x8bnope", "can't be read"),
    ],
    ids=["a playlist", "not text", "broken gzip"],
)
def test_another_file_is_refused_in_words(tmp_path, content, words):
    file = tmp_path / "e.jsonl"
    file.write_bytes(content)
    with pytest.raises(EventsFileError, match=words):
        read_events(file)


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(EventsFileError, match="does not exist"):
        read_events(tmp_path / "none.jsonl")
