"""`epg family`: your own slot families.

Belongs here: trying a file of families on a playlist. Does not: reading with them (the domain), their rules (config/).
"""

from __future__ import annotations

from datetime import date  # noqa: TC003 - typer reads the annotations
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from epg_pipeline.adapters.clock import today
from epg_pipeline.cli.console import facts, say, table
from epg_pipeline.cli.shared import Day, Timezone, opened

if TYPE_CHECKING:
    import polars as pl

app = typer.Typer(
    name="family", help="Your own slot families: try them out before they are used.", no_args_is_help=True
)

WHAT = {
    "is_slot": "an event slot",
    "family": "family",
    "slot": "slot",
    "kind": "kind",
    "first": "first side",
    "second": "second side",
    "competition": "competition",
    "sport": "sport",
    "leagues": "leagues",
    "starts_at": "start",
}


@app.command(name="test")
def try_families(
    families: Annotated[
        Path, typer.Argument(metavar="FAMILIES.yaml", help="Your families, written as the packaged ones.")
    ],
    playlist: Annotated[Path | None, typer.Option(metavar="FILE", help="Try them on this M3U file,")] = None,
    provider: Annotated[
        str | None, typer.Option(metavar="NAME", help="or on the playlist on record of this provider.")
    ] = None,
    day: Day = None,
    timezone: Timezone = "UTC",
    examples: Annotated[int, typer.Option(min=0, help="How many changed names to show.")] = 20,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write all changes as JSON lines, one each.")] = None,
) -> None:
    """Show what a file of families would change in the reading of a playlist. Nothing is stored.

    The file's families come before the packaged ones; one of the same name takes its place. Once it does what it
    should, name it in EPG_FAMILIES and restart epg up. A family says what its slots begin with, and what that
    implies:

    \b
      - name: Club TV
        shells: [Club TV, CLUBTV]     # what stands before the number
        sport: soccer
        leagues: [eng.1]
        timezone: Europe/London       # of a clock without a zone
        dates: dm                     # 04/10 is the 4th of October

    \b
    Examples:
      epg family test my-families.yaml --playlist list.m3u --date 2025-10-18 --timezone Europe/London
      epg family test my-families.yaml --provider "My TV"
    """
    from epg_pipeline.config import facts_with_families, load_facts
    from epg_pipeline.domain.day import ProviderDay
    from epg_pipeline.domain.reading.family_changes import family_changes
    from epg_pipeline.domain.reading.playlist import parse_playlist

    if (playlist is None) == (provider is None):
        raise typer.BadParameter("choose what to try them on: --playlist FILE, or --provider NAME")
    wanted = facts_with_families(load_facts(), families.absolute())  # a faulty file is reported before anything is read
    body, of_day, zone = _recorded(provider, day) if provider else _from_file(playlist, day, timezone)
    entries = parse_playlist(body)
    changes = family_changes(entries, ProviderDay(of_day, zone), load_facts(), wanted)
    _print(changes, entries.height, examples)
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        changes.write_ndjson(out)
        say(f"Written: {out}, {changes.height} changes")


def _from_file(playlist: Path | None, day: date | None, timezone: str) -> tuple[bytes, date, str]:
    from epg_pipeline.adapters.web.playlists import fetch_playlist

    return fetch_playlist(str(playlist)).body or b"", day or today(timezone), timezone


def _recorded(name: str, day: date | None) -> tuple[bytes, date, str]:
    with opened() as (store, _):
        provider = store.providers.find(name)
        snapshot = store.playlists.in_force(provider, day or today(provider.timezone))
        if snapshot is None:
            raise typer.BadParameter(f"{provider.name} has no playlist on record for that day; fetch one: epg refresh")
        return store.playlists.body(snapshot), snapshot.day, provider.timezone


def _print(changes: pl.DataFrame, entries: int, examples: int) -> None:
    import polars as pl

    if changes.is_empty():
        say(f"Nothing changes: all {entries:,} names are read as before.")
        return
    counts = dict(changes.group_by("what").len().iter_rows())
    totals = [("Names", entries), ("Names read differently", changes["position"].n_unique())]
    facts("What would change", [*totals, *((f"  {WHAT[what]}", counts[what]) for what in WHAT if what in counts)])
    new_slots = changes.filter(pl.col("what") == "slot", pl.col("before") != "").height
    shown = changes.with_columns(pl.col("before", "after").replace("", None))  # a dash in the tables
    moved = shown.filter(pl.col("what") == "family").group_by("before", "after").len("names")
    if moved.height:
        rows = moved.sort("names", "after", descending=[True, False], nulls_last=True).rows()
        table("Families", ("Before", "After", "Names"), rows)
    first_names = shown.filter(pl.col("position").rank("dense") <= examples).select(
        pl.when(pl.col("position").is_first_distinct()).then("name").otherwise(pl.lit("")),
        pl.col("what").replace_strict(WHAT),
        "before",
        "after",
    )
    if first_names.height:
        table("Names read differently", ("Name", "What", "Before", "After"), first_names.rows())
    if new_slots:
        say(f"{new_slots} slots get another key: they would be new channels, and players lose sight of the old ones.")
