"""Real playlists with labels, where they are beside the project: how well they are read and matched."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from reading import NEW_YORK, facts
from styles import Label, Score, mark

from epg_pipeline.adapters.web.event_files import read_events
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.matching.decide import decide
from epg_pipeline.domain.reading.dating import date_readings
from epg_pipeline.domain.reading.entries import read_entries
from epg_pipeline.domain.reading.playlist import parse_playlist

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the labelled playlists are not beside the project")


def labels_of(folder: Path) -> dict[str, Label]:
    """The folder's labels by name, in the form the style sets have."""
    rows = map(json.loads, (folder / "labels.jsonl").read_text("utf-8").splitlines())
    found = {}
    for row in rows:
        if " @ " in (row["b"] or ""):
            continue  # fifteen labels of names with a lower-case "pm" keep the clock in the second side
        scored = row["kind"] in ("event", "show") and not row["event_id"] and row["start_is_stated"]
        sides = (row["a"], row["b"]) if row["kind"] == "event" and row["a"] and row["b"] else ()
        start = datetime.fromisoformat(row["start_utc"]) if scored else None
        found[row["name"]] = Label(row["name"], folder.name, row["kind"], sides, start, row["event_id"] or "-")
    return found


def score_of(folder: Path, day: str, score: Score | None = None) -> Score:
    """The score of one folder's playlist for its day, added to `score`."""
    when = ProviderDay(date.fromisoformat(day), NEW_YORK)
    slots = read_entries(parse_playlist((folder / "playlist.m3u").read_bytes()), facts())
    decisions = decide(date_readings(slots, when, facts()), read_events(folder / "events.jsonl").events, when, facts())
    answers = {row["name"]: row for row in decisions.iter_rows(named=True)}
    score = score or Score()
    for name, label in labels_of(folder).items():
        mark(score, label, answers[name])
    return score


@pytest.fixture(scope="module")
def provider() -> Score:
    return score_of(SHARED / "provider-2025-10-08", "2025-10-08")


@pytest.fixture(scope="module")
def styles() -> Score:
    score = Score()
    for folder in sorted((SHARED / "styles").iterdir()):
        score_of(folder, folder.name, score)
    return score


@pytest.mark.parametrize(
    ("what", "least"),
    [("slot", 0.998), ("kind", 0.995), ("competitors", 0.99), ("start", 0.995), ("precision", 1.0), ("recall", 0.99)],
)
def test_the_reference_provider_s_day(provider, what, least):
    assert provider.share(what) >= least, [line for line in provider.mistakes if line.startswith(what)]


@pytest.mark.parametrize(("what", "least"), [("kind", 0.98), ("precision", 0.99), ("recall", 0.95)])
def test_the_playlists_of_other_styles(styles, what, least):
    assert styles.share(what) >= least, [line for line in styles.mistakes if line.startswith(what)]


def test_the_day_of_look_alikes_is_read_as_labelled():
    score = score_of(SHARED / "hard", "2025-11-15")
    matches = [line for line in score.mistakes if line.startswith(("precision", "recall"))]
    assert matches == []
