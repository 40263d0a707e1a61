"""Sets of labelled names in many styles: read from a fixture, run through the product, scored.

Belongs here: the fixture's form, and what counts as right. Does not: the names themselves (fixtures/styles-*.txt).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from reading import NEW_YORK, entries_of, facts

from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import EVENTS
from epg_pipeline.domain.matching.decide import decide
from epg_pipeline.domain.reading.dating import date_readings
from epg_pipeline.domain.reading.entries import read_entries

FIXTURES = Path(__file__).parent / "fixtures"
DAYS = tuple(sorted(date.fromisoformat(path.stem.removeprefix("styles-")) for path in FIXTURES.glob("styles-*.txt")))
SLOT_KINDS = ("event", "show", "placeholder")


@dataclass(frozen=True)
class Label:
    """What one name means; a field that is "" or None is not scored, event "-" means none."""

    name: str
    style: str
    kind: str
    sides: tuple[str, ...] = ()
    starts_at: datetime | None = None
    event: str = ""


@dataclass
class Score:
    """Counts of right and wrong by what was asked, and a line for each mistake."""

    counts: Counter[tuple[str, bool]] = field(default_factory=Counter)
    mistakes: list[str] = field(default_factory=list)

    def tally(self, what: str, *, right: bool, mistake: str) -> None:
        """Count one answer; a wrong one leaves its line."""
        self.counts[what, right] += 1
        if not right:
            self.mistakes.append(f"{what}: {mistake}")

    def share(self, what: str) -> float:
        """The right answers' share, 0 to 1; 1 when nothing was asked."""
        right, wrong = self.counts[what, True], self.counts[what, False]
        return right / (right + wrong) if right + wrong else 1.0


@cache
def labels_of(day: date) -> tuple[Label, ...]:
    """The labelled names of a day's fixture, in its order."""
    found, style = [], ""
    for line in (FIXTURES / f"styles-{day}.txt").read_text("utf-8").splitlines():
        if line.startswith("== "):
            style = line.removeprefix("== ")
        elif line and not line.startswith("# "):
            found.append(_label(line, style))
    return tuple(found)


def _label(line: str, style: str) -> Label:
    name, _, label = line.rpartition(" => ")
    kind, sides, starts, event = (part.strip() for part in (label.split(";") + [""] * 3)[:4])
    return Label(
        name,
        style,
        kind,
        tuple(side.strip() for side in sides.split("~")) if sides else (),
        datetime.fromisoformat(starts).replace(tzinfo=UTC) if starts else None,
        event,
    )


@cache
def events_of_day(day: date) -> pl.DataFrame:
    """EVENTS around a day, from its fixture."""
    rows = pl.read_csv(FIXTURES / f"styles-{day}.events.csv", infer_schema=False).fill_null("")
    rows = rows.with_columns(pl.col("starts_at").str.to_datetime("%Y-%m-%dT%H:%M", time_unit="us", time_zone="UTC"))
    rows = rows.with_columns(event_date=pl.col("starts_at").dt.date())
    rows = rows.with_columns(status=pl.lit("scheduled"), time_is_set=pl.lit(value=True))
    return rows.with_columns(pl.lit("").alias(name) for name in EVENTS if name not in rows.columns).select(*EVENTS)


def answers(labels: tuple[Label, ...], day: date) -> list[dict[str, Any]]:
    """The decision for each label's name, all of them one playlist of a provider in New York."""
    when = ProviderDay(day, NEW_YORK)
    slots = read_entries(entries_of(*(label.name for label in labels)), facts())
    return decide(date_readings(slots, when, facts()), events_of_day(day), when, facts()).to_dicts()


def scored(labels: tuple[Label, ...], day: date) -> Score:
    """The score of a whole playlist of labelled names."""
    score = Score()
    for label, answer in zip(labels, answers(labels, day), strict=True):
        mark(score, label, answer)
    return score


def mark(score: Score, label: Label, answer: dict[str, Any]) -> None:
    """Add one name's answer to the score."""
    is_slot = label.kind in SLOT_KINDS
    score.tally(
        "slot", right=answer["is_slot"] == is_slot, mistake=f"{label.name} :: {answer['kind']}, is {label.kind}"
    )
    if is_slot:
        # An event without opponents (a race, a card, a show) may be called either.
        alike = {label.kind, "event"} if label.kind == "show" or not label.sides else {label.kind}
        alike |= {"show"} if label.kind == "event" and not label.sides else set()
        score.tally("kind", right=answer["kind"] in alike, mistake=f"{label.name} :: {answer['kind']}, is {label.kind}")
    if label.sides:
        got = [answer["first"] or "", answer["second"] or ""]
        right = sorted(map(plain, got)) == sorted(map(plain, label.sides))
        score.tally("competitors", right=right, mistake=f"{label.name} :: {got}")
    if label.starts_at and not answer["event_id"]:
        right = answer["starts_at"] == label.starts_at
        score.tally("start", right=right, mistake=f"{label.name} :: {answer['starts_at']}, is {label.starts_at}")
    if label.event:
        _mark_event(score, label, answer)


def _mark_event(score: Score, label: Label, answer: dict[str, Any]) -> None:
    got, meant = answer["event_id"], None if label.event == "-" else label.event
    read = [answer[part] for part in ("first", "second", "starts_at", "evidence")]
    note = f"{label.name} :: {got}, is {meant}, read {read}"
    if got is not None:
        score.tally("precision", right=got == meant, mistake=note)
    if meant is not None:
        score.tally("recall", right=got == meant, mistake=note)


def plain(text: str) -> str:
    """A competitor for comparing: letters and digits only."""
    text = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[\W_]+", "", "".join(letter for letter in text if not unicodedata.combining(letter)))
