"""What other slot families would change in the reading of a playlist.

Belongs here: two readings of the same entries, side by side. Does not: reading itself, matching, where families
are stored.
"""

from typing import NewType

import polars as pl

from epg_pipeline.config import Facts
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import Contract, Entries, Readings, conform, texts
from epg_pipeline.domain.reading.dating import date_readings
from epg_pipeline.domain.reading.entries import read_entries

# One row for each value that is read differently.
FamilyChanges = NewType("FamilyChanges", pl.DataFrame)
FAMILY_CHANGES = Contract(
    FamilyChanges,
    {
        "position": pl.Int64,
        "name": pl.String,
        "what": pl.String,  # a column of READINGS: family, slot, kind, first, second, …
        **texts("before", "after"),  # "" for nothing
    },
)
READ = ("is_slot", "family", "slot", "kind", "first", "second", "competition", "sport", "leagues", "starts_at")


def family_changes(entries: Entries, day: ProviderDay, before: Facts, after: Facts) -> FamilyChanges:
    """FAMILY_CHANGES in what the ENTRIES' names say with the facts `after` instead of `before`, in playlist order."""
    old, new = (_as_text(date_readings(read_entries(entries, facts), day, facts)) for facts in (before, after))
    both = old.join(new, on=["position", "name", "what"], suffix="_new", maintain_order="left")
    differing = both.filter(pl.col("text") != pl.col("text_new")).rename({"text": "before", "text_new": "after"})
    order = pl.col("what").replace_strict({what: number for number, what in enumerate(READ)}, return_dtype=pl.Int64)
    return conform(differing.sort("position", order), FAMILY_CHANGES, "changes")


def _as_text(readings: Readings) -> pl.DataFrame:
    """position, name, what, text: everything that is compared, one row each."""
    as_text = {
        "is_slot": pl.when("is_slot").then(pl.lit("yes")).otherwise(pl.lit("no")),
        "leagues": pl.col("leagues").list.join(", "),
        "starts_at": pl.col("starts_at").dt.strftime("%Y-%m-%d %H:%M UTC"),
    }
    columns = [as_text.get(name, pl.col(name)).fill_null("").alias(name) for name in READ]
    compared = readings.select("position", "name", *columns)
    return compared.unpivot(READ, index=["position", "name"], variable_name="what", value_name="text")
