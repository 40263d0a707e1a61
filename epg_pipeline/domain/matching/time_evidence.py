"""What a list's clock is worth: which dates a reading may mean, and the offset a family shows against real starts.

Belongs here: time as evidence, learned over a whole playlist. Does not: the forms of a printed time (times.py).
"""

import polars as pl

from epg_pipeline.domain.day import ProviderDay

_STEP = 30  # minutes: zones differ by whole or half hours
_AGREEING = 3
_SHARE, _LIST_SHARE = 0.75, 0.9
_SURE_PAIR = 92.0
_LEARNED = ("offset", "offset_agreeing", "offset_of")
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


def lateness(early: int, behind: int) -> pl.Expr:
    """Minutes from the printed clock, moved by the learned `offset`, to the event's start; null without a clock.

    Where the clock agrees as printed, it isn't moved: one list may hold names of several clocks. A clock without a date
    in a list of another zone may mean the day after or before there: only the hour counts.
    """
    printed, late = pl.col("minutes"), pl.col("minutes") - pl.col("offset")
    moved = pl.when(pl.col("date").is_null() & (pl.col("offset") != 0)).then(_within_a_day(late)).otherwise(late)
    return pl.when(printed.is_between(-behind, early)).then(printed).otherwise(moved)


def _within_a_day(minutes: pl.Expr) -> pl.Expr:
    """The same hour half a day off at most."""
    return (minutes + _DAY // 2) % _DAY - _DAY // 2


def is_a_day_off(late: pl.Expr, early: int, behind: int) -> pl.Expr:
    """The clock agrees on the day beside the stated date, in a sport whose sides don't meet two days running."""
    beside = late.abs() - _DAY
    agrees = (pl.when(late > 0).then(beside).otherwise(-beside)).is_between(-behind, early)
    return pl.col("date").is_not_null() & pl.col("event_sport").is_in(_ONCE_A_WEEK) & agrees


def learned_offsets(weighed: pl.DataFrame) -> pl.DataFrame:
    """family, zone_is_stated, offset, offset_agreeing, offset_of: the families whose sure matches agree on one offset.

    `offset` is in minutes; `offset_agreeing` of `offset_of` matches show it. The row with family null is that of the
    whole list. At least three matches, and most of them, must agree.
    """
    sure = weighed.filter(pl.col("minutes").is_not_null(), pl.col("pair") >= _SURE_PAIR)
    nearest = sure.sort(pl.col("minutes").abs()).unique(["position"], keep="first")
    # A feed opens up to half an hour before its event; a zone is off by the rest.
    hours = pl.when(pl.col("date").is_null()).then(_within_a_day(pl.col("minutes"))).otherwise("minutes")
    nearest = nearest.with_columns(offset=((hours - 10) / _STEP).round().cast(pl.Int64) * _STEP)
    nearest = nearest.with_columns(offset=pl.when(pl.col("offset").abs() <= _STEP).then(0).otherwise("offset"))
    nearest = nearest.with_columns(of_family="family")
    groups = pl.concat([nearest, nearest.with_columns(family=pl.lit(None, pl.String))])
    counts = groups.group_by("family", "zone_is_stated", "offset").agg(
        offset_agreeing=pl.len(), families=pl.col("of_family").n_unique()
    )
    agreeing = pl.col("offset_agreeing")
    counts = counts.with_columns(offset_of=agreeing.sum().over("family", "zone_is_stated"))
    share = agreeing / pl.col("offset_of")
    # What is learned for the whole list moves families without evidence, so several families must agree.
    is_shown = pl.col("family").is_not_null() | ((pl.col("families") >= _AGREEING) & (share >= _LIST_SHARE))
    shown = counts.filter(is_shown, agreeing >= _AGREEING, share >= _SHARE, pl.col("offset") != 0)
    return shown.select("family", "zone_is_stated", *_LEARNED)


def with_offsets(found: pl.DataFrame, offsets: pl.DataFrame) -> pl.DataFrame:
    """The candidates with the offset learned for their family, else for the whole list."""
    return _joined(found.drop("offset"), offsets).with_columns(pl.col("offset").fill_null(0))


def applied(readings: pl.DataFrame, offsets: pl.DataFrame) -> pl.DataFrame:
    """READINGS with starts_at moved by what was learned, and offset_minutes, offset_agreeing and offset_of.

    The three are null where nothing was learned.
    """
    frame = _joined(readings, offsets)
    moved = pl.col("starts_at") + pl.duration(minutes=pl.col("offset"))
    return frame.with_columns(starts_at=pl.coalesce(moved, "starts_at")).rename({"offset": "offset_minutes"})


def _joined(frame: pl.DataFrame, offsets: pl.DataFrame) -> pl.DataFrame:
    own = offsets.filter(pl.col("family").is_not_null())
    whole = offsets.filter(pl.col("family").is_null(), ~pl.col("zone_is_stated")).drop("family")
    frame = frame.join(own, on=["family", "zone_is_stated"], how="left", maintain_order="left")
    frame = frame.join(whole, on="zone_is_stated", how="left", suffix="_of_list", maintain_order="left")
    both = [pl.coalesce(name, f"{name}_of_list") for name in _LEARNED]
    return frame.with_columns(both).drop(f"{name}_of_list" for name in _LEARNED)
