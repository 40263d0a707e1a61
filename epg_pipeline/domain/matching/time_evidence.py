"""What a list's clock is worth: which dates a reading may mean, and the offset a family shows against real starts.

Belongs here: time as evidence, learned over a whole playlist. Does not: the forms of a printed time (times.py).
"""

import polars as pl

from epg_pipeline.domain.day import ProviderDay

_STEP = 30  # minutes: zones differ by whole or half hours
_AGREEING = 3
_SHARE, _LIST_SHARE = 0.75, 0.9
_SURE_PAIR = 92.0
_NO_OFFSET = 0
_DAY = 24 * 60
_ONCE_A_WEEK = ("soccer", "football", "rugby", "rugby-league", "australian-football", "gaelic-games")


def dates_in_reach(day: ProviderDay) -> pl.Expr:
    """The UTC dates on which an event of the reading may start (a list).

    A stated date and its neighbours, because lists are often a day early and zones wrong; without a date the day
    itself, its neighbours, and for a name without a clock one more: it may announce the weekend.
    """
    stated = pl.col("date").is_not_null()
    base = pl.coalesce("date", pl.lit(day.date))
    later = pl.when(stated | pl.col("clock").is_not_null()).then(None).otherwise(base.dt.offset_by("2d"))
    return pl.concat_list(base, base.dt.offset_by("-1d"), base.dt.offset_by("1d"), later).list.drop_nulls()


def is_in_reach(far: int) -> pl.Expr:
    """Time as a gate: within so many minutes of the printed clock; where the date may be a day off, a day more."""
    return pl.col("minutes").is_null() | (pl.col("minutes").abs() <= far + _DAY)


def lateness() -> pl.Expr:
    """Minutes from the printed clock, moved by the learned `offset`, to the event's start; null without a clock.

    A clock without a date in a list of another zone may mean the day after or before there: only the hour counts.
    """
    late = pl.col("minutes") - pl.col("offset")
    within_a_day = (late + _DAY // 2) % _DAY - _DAY // 2
    return pl.when(pl.col("date").is_null() & (pl.col("offset") != _NO_OFFSET)).then(within_a_day).otherwise(late)


def lateness_or_printed(early: int, behind: int) -> pl.Expr:
    """`lateness`, or where the clock as printed agrees, that: one list may hold names of several clocks."""
    printed = pl.col("minutes")
    return pl.when(printed.is_between(-behind, early)).then(printed).otherwise(lateness())


def is_a_day_off(late: pl.Expr, early: int, behind: int) -> pl.Expr:
    """The clock agrees on the day beside the stated date, in a sport whose sides don't meet two days running."""
    beside = late.abs() - _DAY
    agrees = (pl.when(late > 0).then(beside).otherwise(-beside)).is_between(-behind, early)
    return pl.col("date").is_not_null() & pl.col("event_sport").is_in(_ONCE_A_WEEK) & agrees


def learned_offsets(weighed: pl.DataFrame) -> pl.DataFrame:
    """family, zone_is_stated, offset (minutes), agreeing, of: where a family's sure matches agree on a constant offset.

    The row with family null is that of the whole list. At least three matches, and most of them, must agree.
    """
    sure = weighed.filter(pl.col("minutes").is_not_null(), pl.col("pair") >= _SURE_PAIR)
    nearest = sure.sort(pl.col("minutes").abs()).unique(["position"], keep="first")
    # A feed opens up to half an hour before its event; a zone is off by the rest.
    hours = (
        pl.when(pl.col("date").is_null()).then((pl.col("minutes") + _DAY // 2) % _DAY - _DAY // 2).otherwise("minutes")
    )
    nearest = nearest.with_columns(step=((hours - 10) / _STEP).round().cast(pl.Int64) * _STEP)
    nearest = nearest.with_columns(step=pl.when(pl.col("step").abs() <= _STEP).then(0).otherwise("step"))
    groups = [nearest, nearest.with_columns(family=pl.lit(None, pl.String))]
    families = [part.with_columns(of_family=nearest["family"]) for part in groups]
    counts = pl.concat(families).group_by("family", "zone_is_stated", "step").agg(
        agreeing=pl.len(), families=pl.col("of_family").n_unique()
    )  # fmt: skip
    counts = counts.with_columns(of=pl.col("agreeing").sum().over("family", "zone_is_stated"))
    # What is learned for the whole list moves families without evidence, so several families must agree.
    is_shown = pl.col("family").is_not_null() | (
        (pl.col("families") >= _AGREEING) & (pl.col("agreeing") >= _LIST_SHARE * pl.col("of"))
    )
    return (
        counts.filter(is_shown, pl.col("agreeing") >= _AGREEING, pl.col("agreeing") >= _SHARE * pl.col("of"))
        .filter(pl.col("step") != _NO_OFFSET)
        .select("family", "zone_is_stated", "agreeing", "of", offset="step")
    )


def with_offsets(found: pl.DataFrame, offsets: pl.DataFrame) -> pl.DataFrame:
    """The candidates with the offset learned for their family, else for the whole list."""
    return (
        _joined(found.drop("offset"), offsets)
        .with_columns(pl.col("offset").fill_null(0))
        .drop("offset_agreeing", "offset_of")
    )


def applied(readings: pl.DataFrame, offsets: pl.DataFrame) -> pl.DataFrame:
    """READINGS with starts_at moved by what was learned, and offset_minutes, offset_agreeing and offset_of.

    The three are null where nothing was learned.
    """
    frame = _joined(readings, offsets)
    moved = pl.col("starts_at") + pl.duration(minutes=pl.col("offset"))
    return frame.with_columns(
        starts_at=pl.when(pl.col("offset").is_not_null()).then(moved).otherwise("starts_at")
    ).rename({"offset": "offset_minutes"})


def _joined(frame: pl.DataFrame, offsets: pl.DataFrame) -> pl.DataFrame:
    own = offsets.filter(pl.col("family").is_not_null()).rename(
        {"agreeing": "own_agreeing", "of": "own_of", "offset": "own"}
    )
    whole = offsets.filter(pl.col("family").is_null(), ~pl.col("zone_is_stated")).drop("family")
    frame = frame.join(own, on=["family", "zone_is_stated"], how="left", maintain_order="left")
    frame = frame.join(whole, on="zone_is_stated", how="left", maintain_order="left")
    return frame.with_columns(
        offset=pl.coalesce("own", "offset"),
        offset_agreeing=pl.coalesce("own_agreeing", "agreeing"),
        offset_of=pl.coalesce("own_of", "of"),
    ).drop("own", "own_agreeing", "own_of", "agreeing", "of")
