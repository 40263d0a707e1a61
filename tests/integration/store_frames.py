"""Small frames that follow the contracts, for tests of the store."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import polars as pl
from guide_frames import evidence

from epg_pipeline.adapters.store.frames import SaveResult
from epg_pipeline.domain.frames import CHANNELS, DECISIONS, EVENTS, EVIDENCE, INSTANT, PROGRAMMES

DAY = date(2026, 11, 21)
OPENS = datetime(2026, 11, 21, 5, tzinfo=UTC)  # midnight in New York
ODD = 'Atlético "B" \\. \\N, \u2018q\u2019\t🏈'  # quotes, COPY's own marks, a tab, an emoji


def channels(count: int = 3, **overrides: object) -> pl.DataFrame:
    """So many slots "NBA 01" …; an override replaces a whole column."""
    numbers = range(1, count + 1)
    frame = pl.DataFrame(
        {
            "position": [10 * number for number in numbers],
            "channel_id": [f"NBA-{number:02}.demo" for number in numbers],
            "slot": [f"NBA {number:02}" for number in numbers],
            "family": ["NBA"] * count,
            "display_name": [f"NBA {number:02}" for number in numbers],
            "logo": ["", *[f"http://art.example/{number}.png" for number in numbers]][:count],
            "group_title": ["US | NBA"] * count,
            "options": ["#EXTVLCOPT:http-user-agent=Box/1" if number == 1 else "" for number in numbers],
            "url": [f"http://tv.example/live/carol/hunter2/{number}.ts" for number in numbers],
            "name": [f"NBA {number:02} : {ODD} vs Boston" for number in numbers],
        },
        schema={**CHANNELS, "name": pl.String()},
    )
    return frame.with_columns(**{name: pl.Series(name, values) for name, values in overrides.items()})


def events(count: int = 2, **overrides: object) -> pl.DataFrame:
    """That many NBA games an hour apart, each between two other teams."""
    numbers = range(count)
    texts = {name: [f"{name} {number}" for number in numbers] for name, kind in EVENTS.items() if kind == pl.String}
    frame = pl.DataFrame(
        {
            **texts,
            "event_id": [f"game-{number}" for number in numbers],
            "league": ["nba"] * count,
            "sport": ["basketball"] * count,
            "name": [""] * count,
            "venue": [ODD] * count,
            "event_date": [DAY] * count,
            "starts_at": [OPENS + timedelta(hours=number) for number in numbers],
            "status": ["scheduled"] * count,
            "source": ["file"] * count,
            "time_is_set": [True] * count,
        },
        schema=EVENTS,
    )
    return frame.with_columns(**{name: pl.Series(name, values) for name, values in overrides.items()})


def decisions(count: int = 3, **overrides: object) -> pl.DataFrame:
    """One decision for each slot of `channels`; the first is matched to game-0, the last says nothing."""
    slots = channels(count)
    says_nothing = pl.col("position") == slots["position"].max()
    is_matched = pl.col("position") == slots["position"].min()
    full = {
        "is_slot": pl.lit(True),
        "coverage": pl.lit("live"),
        "kind": pl.when(says_nothing).then(pl.lit("placeholder")).otherwise(pl.lit("event")),
        "title": pl.when(says_nothing).then(pl.lit("")).otherwise(pl.lit(f"{ODD} vs Boston")),
        "leagues": pl.when(is_matched).then(pl.lit(["nba", "wnba"])).otherwise(None),
        "game": pl.when(is_matched).then(pl.lit(2, dtype=pl.Int64)).otherwise(None),
        "starts_at": pl.when(is_matched).then(pl.lit(OPENS).cast(INSTANT)).otherwise(None),
        "date": pl.when(is_matched).then(pl.lit(DAY)).otherwise(None),
        "clock": pl.when(is_matched).then(pl.lit(time(19, 30))).otherwise(None),
        "zone_is_stated": is_matched,
        "rules": pl.lit(['shell: "NBA 01"', "clock: 7:30"]),
        "match_status": pl.when(says_nothing)
        .then(pl.lit("unparseable"))
        .when(is_matched)
        .then(pl.lit("matched"))
        .otherwise(pl.lit("unmatched")),
        "event_id": pl.when(is_matched).then(pl.lit("game-0")).otherwise(None),
        "confidence": pl.when(is_matched).then(0.1 + 0.2).otherwise(0.0),
        "evidence": pl.lit(evidence(verdict="taken", score=99.5, apart=[{"kind": "pair", "points": 1.5}]), EVIDENCE),
    }
    given = {name: pl.col(name) for name in ("position", "name", "slot", "family")} | full
    rest = {
        name: pl.when(is_matched).then(pl.lit(f"{name} {ODD}")).otherwise(None)
        for name, kind in DECISIONS.items()
        if name not in given and kind == pl.String
    }
    frame = slots.select(**(given | rest)).cast(DECISIONS).select(DECISIONS.names())
    return frame.with_columns(**{name: pl.Series(name, values) for name, values in overrides.items()})


def programmes(count: int = 3, blocks: int = 12, **overrides: object) -> pl.DataFrame:
    """Two-hour blocks that tile the day of each channel of `channels`."""
    begin = pl.lit(OPENS).cast(INSTANT) + pl.duration(hours=2 * pl.col("block_number"))
    texts = {
        name: pl.lit(f"{name} {ODD}") for name, kind in PROGRAMMES.items() if kind == pl.String and name != "channel_id"
    }
    frame = channels(count).join(
        pl.DataFrame({"block_number": range(blocks)}), how="cross", maintain_order="left_right"
    )
    frame = frame.select(
        **texts
        | {
            "channel_id": pl.col("channel_id"),
            "starts_at": begin,
            "stops_at": begin + pl.duration(hours=2),
            "block": pl.lit("live"),
            "event_id": pl.lit("game-0"),
            "event_starts_at": pl.lit(OPENS).cast(INSTANT),
            "coverage": pl.lit("live"),
            "match_status": pl.lit("matched"),
            "confidence": pl.lit(0.75),
        }
    )
    frame = frame.select(PROGRAMMES.names())
    return frame.with_columns(**{name: pl.Series(name, values) for name, values in overrides.items()})


def save_events(store, events: pl.DataFrame) -> SaveResult:
    """Save EVENTS as those of a file, as `epg events import` does."""
    from epg_pipeline.flows.events import take_in_file

    return take_in_file(store, events).sourced
