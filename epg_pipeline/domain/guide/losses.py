"""How much of its programmes a guide lost against the last one.

Belongs here: comparing like with like. Does not: how much may be lost (a provider's setting), what follows.
"""

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl


def programmes_by_day(programmes: pl.DataFrame, timezone: str) -> dict[date, int]:
    """How many PROGRAMMES start on each date of a zone; a date without any is left out."""
    day = pl.col("starts_at").dt.convert_time_zone(timezone).dt.date()
    return dict(programmes.group_by(day.alias("day")).len().sort("day").iter_rows())


def lost_share(before: Mapping[date, int], now: Mapping[date, int], days: Iterable[date]) -> float:
    """The share (0 to 1) of the last guide's programmes that the new one lacks, over the `days` the last one covers.

    A window that moved on or became narrower loses nothing by that: name the days the new guide is to show. Days that
    the last guide does not cover don't count, so a growing guide is never compared with its beginnings.
    """
    covered = [day for day in days if before.get(day)]
    had = sum(before[day] for day in covered)
    has = sum(now.get(day, 0) for day in covered)
    return max(0.0, 1 - has / had) if had else 0.0
