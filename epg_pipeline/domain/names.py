"""Slot names -> readings.

Belongs here: everything that can be known from a name, its group and its family, for a given day and zone.
Does not: which real event it is (matching.py), anything stored, any clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from epg_pipeline.domain.competitions import with_competition
from epg_pipeline.domain.contracts import READINGS, conform
from epg_pipeline.domain.opponents import game_number_of, gender_of, read_opponents
from epg_pipeline.domain.shells import family_table
from epg_pipeline.domain.team_forms import side_of
from epg_pipeline.domain.times import read_times, without_times

if TYPE_CHECKING:
    from epg_pipeline.config import Facts
    from epg_pipeline.domain.day import ProviderDay


def read_names(slots: pl.DataFrame, day: ProviderDay, facts: Facts) -> pl.DataFrame:
    """READINGS for every row of SLOTS, in its order: kind, title, competitors, start in UTC, and which rule gave what.

    A clock without a zone is the family's, else the provider's; without a date it is on `day`.

    What is no slot, or a slot with nothing on, is passed through unread.
    """
    frame = slots.join(family_table(facts.families), on="family", how="left", maintain_order="left")
    frame = frame.with_columns(cut=without_times(pl.col("payload"), facts))
    frame = read_times(frame.with_columns(pl.col("timezone").fill_null(day.timezone)), day, facts)
    frame = with_competition(read_opponents(frame, facts), facts)
    frame = frame.with_columns(kind=_kind(), **_evidence(facts))
    frame = frame.with_columns(
        side=pl.coalesce(side_of(pl.col("first"), facts.words), side_of(pl.col("second"), facts.words))
    )
    frame = frame.with_columns(rules=_rules())
    return conform(_unread_where_nothing_is_on(frame), READINGS, "readings")


def _kind() -> pl.Expr:
    is_event = pl.col("kind") == "event"
    return (
        pl.when(is_event & pl.col("is_sentinel"))
        .then(pl.lit("placeholder"))
        .when(is_event & pl.col("first").is_null())
        .then(pl.lit("show"))
        .otherwise("kind")
    )


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
        pl.when(pl.col("telling") != "live").then(pl.format("telling: {}", "telling")),
    ).list.drop_nulls()
    return pl.concat_list(said, "time_rules")


def _unread_where_nothing_is_on(frame: pl.DataFrame) -> pl.DataFrame:
    is_read = pl.col("is_slot") & pl.col("kind").is_in(["event", "show"])
    nulled = (
        "competition",
        "first",
        "second",
        "gender",
        "side",
        "game",
        "starts_at",
        "date",
        "clock",
        "sport",
        "leagues",
    )
    return frame.with_columns(
        *(pl.when(is_read).then(name).alias(name) for name in nulled),
        title=pl.when(is_read).then("title").otherwise(pl.lit("")),
        telling=pl.when(is_read).then("telling").otherwise(pl.lit("live")),
        rules=pl.when(is_read).then("rules").otherwise(pl.concat_list(pl.format("kind: {}", "kind"))),
    )
