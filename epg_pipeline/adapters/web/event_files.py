"""Events files (JSON lines, one event each, also gzipped) -> EVENTS frame.

Belongs here: reading such a file, and reporting lines that are not events. Does not: merging sources, storing.

A line is an object with event_id, start_utc (ISO 8601) and, as far as known, league, sport, name, home, away,
home_short, away_short, home_abbr, away_abbr, venue, home_logo, away_logo, source, status (one of EVENT_STATUSES), and
time_tbd (true where start_utc gives only the day).
"""

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from epg_pipeline.adapters.web.loose_json import instant, text
from epg_pipeline.domain.frames import EVENT_STATUSES, EVENTS, Events, conform
from epg_pipeline.errors import EventsFileError

TEXTS = [name for name, kind in EVENTS.items() if kind == pl.String]
GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True)
class EventsFile:
    """What a file held: its events (EVENTS contract; of two with one id the later line counts) and its faulty lines."""

    events: Events
    faults: list[str]


def read_events(path: Path) -> EventsFile:
    """The events of a JSON lines file; a faulty line is reported by its number and never stops the others.

    Raises EventsFileError when the file can't be read or holds lines but not one event.
    """
    rows: list[dict[str, Any]] = []
    faults: list[str] = []
    # A loop, not a frame reader: that one rejects the whole file for one bad line, and can't say which it was.
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            rows.append(_event(line))
        except (ValueError, OverflowError) as fault:
            faults.append(f"line {number}: {fault}")
    if faults and not rows:
        raise EventsFileError(f"{path}: no line of it is an event ({faults[0]}); see the README for the format")
    return EventsFile(_frame(rows), faults)


def _lines(path: Path) -> Iterable[str]:
    try:
        content = path.read_bytes()
        if content.startswith(GZIP_MAGIC):
            content = gzip.decompress(content)
        return content.decode("utf-8-sig").splitlines()
    except FileNotFoundError:
        fault = f"{path} does not exist; check the path"
    except UnicodeDecodeError:
        fault = f"{path} is not UTF-8 text; give a file of JSON lines, one event each"
    except (OSError, EOFError) as error:
        fault = (
            f"{path} can't be read ({getattr(error, 'strerror', None) or error}); check the file and its permissions"
        )
    raise EventsFileError(fault)


def _event(line: str) -> dict[str, Any]:
    """One line's fields, its start as an instant; ValueError says what is wrong with it."""
    try:
        fields = json.loads(line)
    except json.JSONDecodeError as fault:
        raise ValueError(f"not JSON ({fault.msg} at {fault.pos})") from None
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - a fault of the file's content, reported like the others
    missing = [name for name in ("event_id", "start_utc") if not text(fields, name)]
    if missing:
        raise ValueError(f"{' and '.join(missing)} missing")
    row: dict[str, Any] = {name: text(fields, name) for name in TEXTS}
    row["status"] = row["status"] if row["status"] in EVENT_STATUSES else "scheduled"
    starts_at = instant(text(fields, "start_utc"), "start_utc")
    return {
        **row,
        "source": row["source"] or "file",
        "starts_at": starts_at,
        "time_is_set": fields.get("time_tbd") is not True,
    }


def _frame(rows: list[dict[str, Any]]) -> Events:
    schema = {name: kind for name, kind in EVENTS.items() if name != "event_date"}
    frame = pl.DataFrame(rows, schema=schema).unique("event_id", keep="last", maintain_order=True)
    return conform(frame.with_columns(event_date=pl.col("starts_at").dt.date()), EVENTS, "events file")
