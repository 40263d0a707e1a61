"""Names in many styles and languages, each with what it means: how much of an unprepared playlist is read right."""

from __future__ import annotations

import pytest
from styles import DAYS, Score, events_of_day, labels_of, scored

# The scores reached over all styles together: a change may raise these, never lower them.
LEAST = {"slot": 0.99, "kind": 0.98, "competitors": 0.985, "start": 0.99, "precision": 0.998, "recall": 0.975}


@pytest.fixture(scope="module")
def score() -> Score:
    whole = Score()
    for day in DAYS:
        part = scored(labels_of(day), day)
        whole.counts.update(part.counts)
        whole.mistakes += part.mistakes
    return whole


@pytest.mark.parametrize(("what", "least"), LEAST.items())
def test_an_unprepared_playlist_is_read(score, what, least):
    assert score.share(what) >= least, [line for line in score.mistakes if line.startswith(what)]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_labels_are_sound(day):
    labels = labels_of(day)
    events = set(events_of_day(day)["event_id"])
    assert len({label.name for label in labels}) == len(labels)
    assert {label.event for label in labels} - events <= {"", "-"}
    assert {label.kind for label in labels} <= {"event", "show", "placeholder", "linear", "vod"}
    assert {len(label.sides) for label in labels} <= {0, 2}


@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_half_of_the_styles_are_read_the_same_without_the_others(day, half):
    # Clocks and layouts are learned from a playlist's names: with fewer of them the reading must not begin to err.
    styles = list(dict.fromkeys(label.style for label in labels_of(day)))[half::2]
    score = scored(tuple(label for label in labels_of(day) if label.style in styles), day)
    assert score.share("precision") >= 0.99, [line for line in score.mistakes if line.startswith("precision")]
    assert score.share("recall") >= 0.95, [line for line in score.mistakes if line.startswith("recall")]
