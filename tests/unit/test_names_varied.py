"""Marks added to a name change nothing; words that make it another programme change its meaning."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest
from styles import DAYS, answers, labels_of

NOTHING = {
    "upper case": str.upper,
    "lower case": str.lower,
    "quality": lambda name: f"{name} HD",
    "quality in brackets": lambda name: f"{name} [FHD]",
    "resolution": lambda name: f"{name} | 1080p",
    "superscript": lambda name: f"{name} ᴿᴬᵂ",
    "frames": lambda name: f"{name} 60FPS",
    "language": lambda name: f"{name} (English)",
    "feed": lambda name: f"{name} (Home Feed)",
    "live": lambda name: f"{name} LIVE",
    "spaces": lambda name: name.replace(" ", "  "),
    "hard spaces": lambda name: name.replace(" ", "\u00a0"),
    "injected marks": lambda name: "\u200b".join(re.findall(".{1,7}", name)),
    "escaped twice": lambda name: name.replace("&", "&amp;amp;"),
    "a picture": lambda name: f"{name} 🔥",
    "a bar behind": lambda name: f"{name} |",
}
ANOTHER_THING = {
    "replay": lambda name: f"{name} (Replay)",
    "highlights": lambda name: f"{name} Highlights",
    "a show before": lambda name: f"{name} - Pregame Show",
    "a show behind": lambda name: f"{name} - Postgame Show",
    "a conference": lambda name: f"{name} - Press Conference",
    "a simulation": lambda name: f"{name} (eSports)",
}
DAY = DAYS[-1]


@cache
def varied() -> dict[str, list[tuple[str, str | None, str]]]:
    """By change: name, event found and event meant of each name that finds its event as it stands.

    All changes of all names are one playlist: read together they cost little more than one of them.
    """
    changes = {"none": lambda name: name, **NOTHING, **ANOTHER_THING}
    labels = [
        (change, replace(label, name=changes[change](label.name))) for change in changes for label in labels_of(DAY)
    ]
    found = [answer["event_id"] for answer in answers(tuple(label for _, label in labels), DAY)]
    as_they_stand = zip(labels_of(DAY), found, strict=False)
    wanted = [place for place, (label, event) in enumerate(as_they_stand) if label.sides and event == label.event]
    size = len(labels_of(DAY))
    rows = [(label.name, event, label.event) for (_, label), event in zip(labels, found, strict=True)]
    return {change: [rows[turn * size + place] for place in wanted] for turn, change in enumerate(changes)}


@pytest.mark.parametrize("change", NOTHING)
def test_marks_added_to_a_name_change_nothing(change):
    lost = [(name, found) for name, found, meant in varied()[change] if found != meant]
    assert len(varied()["none"]) > 100
    assert len(lost) <= len(varied()["none"]) * 0.02, lost


@pytest.mark.parametrize("change", ANOTHER_THING)
def test_a_programme_about_an_event_is_never_taken_for_it(change):
    assert [(name, found) for name, found, _ in varied()[change] if found is not None] == []
