"""`epg match`: how names are read and decided, without database or network.

Belongs here: the result as JSON lines, and its summary. Does not: reading or deciding (domain/).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from epg_pipeline.cli.console import facts, say
from epg_pipeline.cli.events import tell_faults
from epg_pipeline.cli.options import Timezone, a_date

if TYPE_CHECKING:
    import polars as pl

    from epg_pipeline.domain.frames import Events

TheDay = Annotated[
    date, typer.Option("--date", parser=a_date, metavar="YYYY-MM-DD", help="The day the playlist is of.")
]
EventsFile = Annotated[
    Path | None, typer.Option("--events", metavar="FILE", help="The events to match against, JSON lines.")
]


def match(
    playlist: Annotated[Path, typer.Argument(help="An M3U file.")],
    day: TheDay,
    events: EventsFile = None,
    timezone: Timezone = "UTC",
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write one JSON object per entry; - is stdout.")
    ] = None,
) -> None:
    """Read and match a playlist's names, as a dry run: nothing is stored, fetched or published.

    \b
    Examples:
      epg match list.m3u --date 2025-10-18 --events october.jsonl --timezone America/New_York
      epg match list.m3u --date 2025-10-18 --out - | head
    """
    from epg_pipeline.adapters.web.playlists import fetch_playlist
    from epg_pipeline.domain.day import ProviderDay
    from epg_pipeline.flows.dry_run import provider_day

    body = fetch_playlist(str(playlist)).body or b""
    decisions = provider_day(body, load_events(events), ProviderDay(day, timezone))
    if out:
        _write(decisions, out)
    if out != "-":
        facts(f"{playlist.name}, {day}", _summary(decisions))


def load_events(file: Path | None) -> Events:
    """The events of the file, else of EPG_EVENTS_FILE; without either none, and a message says so."""
    from epg_pipeline.adapters.web.event_files import read_events
    from epg_pipeline.domain.frames import EVENTS, empty
    from epg_pipeline.settings import load_settings

    path = file or load_settings().events_file
    if path is None:
        say("No events (--events FILE): names are read, nothing can be matched.")
        return empty(EVENTS)
    held = read_events(path)
    tell_faults(tuple(held.faults))
    return held.events


def _write(decisions: pl.DataFrame, out: str) -> None:
    import sys

    import polars as pl

    starts_at = pl.col("starts_at").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    rows = decisions.select(
        "name", "is_slot", "kind", pl.concat_list("first", "second").list.drop_nulls().alias("competitors"), starts_at,
        "event_id", "match_status", "confidence", "evidence", "family", "slot", "title", "rules",
    )  # fmt: skip
    if out == "-":
        sys.stdout.write(rows.write_ndjson())
        return
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    rows.write_ndjson(out)


def _summary(decisions: pl.DataFrame) -> list[tuple[str, object]]:
    import polars as pl

    slots = decisions.filter("is_slot")
    counts = dict(slots.group_by("match_status").len().iter_rows())
    kinds = dict(slots.group_by("kind").len().iter_rows())
    return [
        ("Entries", decisions.height),
        ("Slots", slots.height),
        *((f"  {kind}", kinds.get(kind, 0)) for kind in ("event", "show", "placeholder")),
        ("Families", slots["family"].n_unique()),
        *(
            (status.capitalize(), counts.get(status, 0))
            for status in ("matched", "partial", "unmatched", "unparseable")
        ),
        ("Distinct events", slots.filter(pl.col("event_id").is_not_null())["event_id"].n_unique()),
    ]
