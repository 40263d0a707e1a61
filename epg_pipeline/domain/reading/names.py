"""Slot names -> readings.

Belongs here: everything that can be known from a name, its group and its family, for a given day and zone.
Does not: which real event it is (matching.py), anything stored, any clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from epg_pipeline.domain.frames import READINGS, conform
from epg_pipeline.domain.reading.competitions import with_competition
from epg_pipeline.domain.reading.opponents import game_number_of, gender_of, read_opponents
from epg_pipeline.domain.reading.slot_prefix import family_table
from epg_pipeline.domain.reading.times import read_times, without_times
from epg_pipeline.domain.teams import side_of

if TYPE_CHECKING:
    from epg_pipeline.config import Facts
    from epg_pipeline.domain.day import ProviderDay


def read_names(slots: pl.DataFrame, day: ProviderDay, facts: Facts) -> pl.DataFrame:
    """READINGS for every row of SLOTS, in its order: kind, title, competitors, start in UTC, and which rule gave what.

    A clock without a zone is the family's, else the provider's; without a date it is on `day`.

    What is no slot, or a slot with nothing on, is passed through unread.
    """
    speaks = pl.col("is_slot") & (pl.col("kind") == "event")
    frame = slots.with_row_index("_order")
    read = _read(frame.filter(speaks), day, facts)
    readings = pl.concat([read, _unread(frame.filter(~speaks), read.schema)]).sort("_order")
    return conform(readings, READINGS, "readings")


def _read(slots: pl.DataFrame, day: ProviderDay, facts: Facts) -> pl.DataFrame:
    frame = slots.join(family_table(facts.families), on="family", how="left", maintain_order="left")
    frame = frame.with_columns(
        cut=without_times(pl.col("payload"), facts), timezone=pl.col("timezone").fill_null(day.timezone)
    )
    frame = read_times(frame, day, facts)
    frame = with_competition(read_opponents(frame, facts), facts)
    frame = frame.with_columns(coverage=pl.when(_is_of_another_year(day)).then(pl.lit("replay")).otherwise("coverage"))
    sides = (side_of(pl.col(name), facts.words) for name in ("first", "second"))
    told = {"kind": _kind(), "competition": _competition(), "side": pl.coalesce(*sides), **_evidence(facts)}
    frame = frame.lazy().with_columns(**told).collect().with_columns(rules=_rules())
    frame = frame.with_columns(title=pl.when(pl.col("kind") == "placeholder").then(pl.lit("")).otherwise("title"))
    return frame.select("_order", *READINGS.names())


def _unread(slots: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """What has nothing on, or is no slot, in the same columns, all it does not say null."""
    said = slots.with_columns(
        title=pl.lit(""),
        coverage=pl.lit("live"),
        zone_is_stated=pl.lit(value=False),
        rules=pl.concat_list(pl.format("kind: {}", "kind")),
    )
    return said.select(
        pl.col(name) if name in said.columns else pl.lit(None, kind).alias(name) for name, kind in schema.items()
    )


def _kind() -> pl.Expr:
    is_event = pl.col("kind") == "event"
    return (
        pl.when(is_event & pl.col("is_sentinel"))
        .then(pl.lit("placeholder"))
        .when(is_event & pl.col("first").is_null())
        .then(pl.lit("show"))
        .otherwise("kind")
    )


def _is_of_another_year(day: ProviderDay) -> pl.Expr:
    """A bracket at the end states a year that is not about now: "Leeds United v Liverpool (2000)"."""
    year = pl.col("cut").str.extract(r"[\[(]((?:19|20)\d\d)[\])]\s*$").cast(pl.Int32, strict=False)
    return ((year - day.date.year).abs() > 1).fill_null(value=False)


def _competition() -> pl.Expr:
    """The printed competition; a lone word that names just the sport ("flovolleyball") is none."""
    is_sport = (
        pl.col("competition_sport").is_not_null()
        & pl.col("competition_leagues").is_null()
        & ~pl.col("competition").str.contains(" ", literal=True)
    )
    return pl.when(~is_sport).then("competition")


def _evidence(facts: Facts) -> dict[str, pl.Expr]:
    """What competition, family and words tell of leagues, sport and gender, before any event is looked at."""
    leagues = pl.coalesce("competition_leagues", "family_leagues")
    one_league = pl.when(leagues.list.len() == 1).then(leagues.list.first())
    sports = {key: league.sport for key, league in facts.leagues.items()}
    genders = {key: league.gender for key, league in facts.leagues.items() if league.gender == "women"}
    words = pl.concat_str("payload", pl.lit(" "), "family")
    return {
        "leagues": leagues,
        "sport": pl.coalesce(
            leagues.list.first().replace_strict(sports, default=None, return_dtype=pl.String),
            "competition_sport",
            "family_sport",
        ),
        "gender": pl.coalesce(
            gender_of(words, facts.words), one_league.replace_strict(genders, default=None, return_dtype=pl.String)
        ),
        "game": game_number_of(pl.col("payload")),
    }


def _rules() -> pl.Expr:
    said = pl.concat_list(
        pl.when(pl.col("family") != "").then(pl.format("family: {}", "family")),
        pl.when(pl.col("first").is_not_null()).then(pl.format("opponents: {}", "opponent_rule")),
        pl.when(pl.col("competition").is_not_null()).then(pl.format("competition: {}", "competition")),
        pl.when(pl.col("coverage") != "live").then(pl.format("coverage: {}", "coverage")),
    ).list.drop_nulls()
    return pl.concat_list(said, "time_rules")
