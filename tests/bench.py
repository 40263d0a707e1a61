"""Figures of the hot paths, printed: `make bench`. Compare ratios taken in one run; machines are noisy.

Everything comes from the bundled demo, repeated: its playlist for slots, its events with other teams for more events.
"""

from __future__ import annotations

import json
import time
from datetime import date
from functools import partial
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import polars as pl
from guide_frames import dress

from epg_pipeline.adapters.web.event_files import read_events
from epg_pipeline.config import load_facts
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.guide.channels import channels_of
from epg_pipeline.domain.guide.schedule import schedule
from epg_pipeline.domain.guide.xmltv import to_xmltv
from epg_pipeline.domain.matching.decide import decide
from epg_pipeline.domain.reading.dating import date_readings
from epg_pipeline.domain.reading.entries import read_entries
from epg_pipeline.domain.reading.playlist import parse_playlist

if TYPE_CHECKING:
    from collections.abc import Callable

DEMO = Path(str(resources.files("epg_pipeline") / "demo"))
DAY = ProviderDay(date(2025, 10, 18), "America/New_York")
SLOTS, NAMES = 3_246, 100_000
ROUNDS = 3
Result = TypeVar("Result")


def timed(what: str, work: Callable[[], Result], rounds: int = ROUNDS) -> tuple[Result, float]:
    """The result of the work and the least seconds it took, printed."""
    best = float("inf")
    for _ in range(rounds):
        began = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - began)
    print(f"{what:<62}{best:8.2f} s")
    return result, best


def events_of(count: int) -> pl.DataFrame:
    """EVENTS of the demo, then the same games between other teams over the month that follows."""
    events = read_events(DEMO / "events.jsonl").events
    copies = [events]
    for turn in range(1, -(-count // events.height)):
        renamed = [pl.format("{} {}", side, pl.lit(f"Xy{turn}zq")).alias(side) for side in ("home", "away")]
        later = [(pl.col(column) + pl.duration(days=turn % 30)).alias(column) for column in ("event_date", "starts_at")]
        copies.append(
            events.with_columns(pl.format("{}-{}", "event_id", pl.lit(turn)).alias("event_id"), *renamed, *later)
        )
    return pl.concat(copies).head(count)


def entries_of(entries: pl.DataFrame, count: int) -> pl.DataFrame:
    """The entries repeated, each time with its own numbers, until there are so many."""
    copies = [
        entries.with_columns(
            name=pl.col("name").str.replace(r"^(\D{2,20})\d{2}\b", f"${{1}}{turn:03d}"),
            url=pl.col("url").str.replace("/live/", f"/live/{turn}/", literal=True),
        )
        for turn in range(-(-count // entries.height))
    ]
    return pl.concat(copies).head(count).with_columns(position=pl.int_range(pl.len()))


def main() -> None:
    """Print the figures of docs/benchmarks.md."""
    facts = load_facts()
    body = (DEMO / "playlist.m3u").read_bytes()
    lines = body.split(b"\n", 1)[1] * (30_000 // 493 + 1)
    timed("playlist of 30,000 entries parsed", lambda: parse_playlist(b"#EXTM3U\n" + lines))
    entries = parse_playlist(body)
    slots = read_entries(entries, facts).filter("is_slot")
    entries = entries.filter(entries["position"].is_in(slots["position"].implode()))

    def match(rows: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
        return decide(date_readings(read_entries(rows, facts), DAY, facts), events, DAY, facts)

    some = entries_of(entries, SLOTS)
    seconds = {}
    for count in (150, 1_500, 15_000):
        events = events_of(count)
        work = partial(match, some, events)
        _, seconds[count] = timed(f"{SLOTS:,} slots read and matched against {count:,} events", work)
    print(f"{'15,000 events cost over 150':<62}{seconds[15_000] / seconds[150]:8.2f} x")
    many = entries_of(entries, NAMES)
    timed(f"{NAMES:,} names read and matched against 1,500 events", lambda: match(many, events_of(1_500)), rounds=1)

    sorted_slots = read_entries(some, facts).filter("is_slot")
    channels = channels_of(sorted_slots, "bench")
    decisions = match(some, events_of(1_500))
    programmes, _ = timed("their day scheduled", lambda: schedule(decisions, channels, DAY, facts.sports))
    dressed, _ = timed(
        f"{programmes.height:,} programmes dressed (goat)",
        lambda: dress(programmes, "goat", DAY.timezone, facts.sports),
    )
    guide, _ = timed("the guide written as XMLTV", lambda: to_xmltv(channels, dressed))
    print(json.dumps({"channels": channels.height, "programmes": programmes.height, "guide_bytes": len(guide)}))


if __name__ == "__main__":
    main()
