"""Slots -> readings for one day.

Belongs here: what a day and its zone add to what a name says. Does not: what holds for every day (entries.py), what a
printed time looks like and means (times.py).
"""

import polars as pl

from epg_pipeline.config import Facts
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import READINGS, Readings, Slots, conform
from epg_pipeline.domain.reading.times import read_times


def date_readings(slots: Slots, day: ProviderDay, facts: Facts) -> Readings:
    """READINGS for every row of SLOTS, in its order: kind, start in UTC, and which rule gave what.

    A clock without a zone is the family's, else the provider's; without a date it is on `day`. Nothing is read of what
    is not a slot or has nothing on.
    """
    has_text = pl.col("is_slot") & (pl.col("kind") == "event")
    frame = slots.with_row_index("_order")
    texts = frame.filter(has_text).with_columns(timezone=pl.col("timezone").fill_null(day.timezone))
    dated = read_times(texts, day, facts).with_columns(
        coverage=pl.when(_is_of_another_year(day)).then(pl.lit("replay")).otherwise("coverage"), kind=_kind()
    )
    dated = dated.with_columns(
        title=pl.when(pl.col("kind") == "placeholder").then(pl.lit("")).otherwise("title"), rules=_rules()
    )
    silent = frame.filter(~has_text).with_columns(zone_is_stated=pl.lit(value=False))
    return conform(pl.concat([dated, silent], how="diagonal_relaxed").sort("_order"), READINGS, "readings")


def _kind() -> pl.Expr:
    """Without opponents it is a show; on a date that providers park idle slots on, nothing is on."""
    lacks_pair = pl.col("first").is_null()
    kind = pl.when(lacks_pair).then(pl.lit("show")).otherwise("kind")
    return pl.when("is_sentinel").then(pl.lit("placeholder")).otherwise(kind)


def _is_of_another_year(day: ProviderDay) -> pl.Expr:
    """A bracket at the end states a year that is not about now: "Leeds United v Liverpool (2000)"."""
    return ((pl.col("year_in_brackets") - day.date.year).abs() > 1).fill_null(value=False)


def _rules() -> pl.Expr:
    coverage = pl.when(pl.col("coverage") != "live").then(pl.format("coverage: {}", "coverage"))
    return pl.concat_list("rules", pl.concat_list(coverage).list.drop_nulls(), "time_rules")
