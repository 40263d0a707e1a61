"""Slots -> readings for one day: dates, clocks and zones become instants.

Belongs here: what a printed time means for a given day and zone, and what the day adds to what a name says. Does not:
what holds for every day (entries.py), what a time looks like (times.py).
"""

from collections.abc import Mapping

import polars as pl

from epg_pipeline.config import Facts
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import INSTANT, READINGS, Readings, Slots, conform
from epg_pipeline.domain.reading.times import DATE_FORMS, TimeForms, time_forms, without_lookalikes
from epg_pipeline.domain.text import named_groups

SENTINEL_YEAR = 2090
"""Providers park an idle slot on a far date (2098-12-31, 2099-01-01)."""

_TWO_DIGITS, _MONTHS_OF_A_YEAR, _NOON, _HOURS, _MINUTES, _DAYS_OF_A_WEEK = 100, 12, 12, 24, 60, 7
_DATE_PARTS = ["year", "month", "day", "one", "two", "weekday", "form", "dates"]
_ORDERS = pl.DataFrame({"order": ["dm", "md"]}).join(pl.DataFrame({"shift": [0, -1, 1]}), how="cross")


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
        title=pl.when(pl.col("kind") == "placeholder").then(pl.lit("")).otherwise("title"), rules=_reading_rules()
    )
    silent = frame.filter(~has_text).with_columns(zone_is_stated=pl.lit(value=False))
    return conform(pl.concat([dated, silent], how="diagonal_relaxed").sort("_order"), READINGS, "readings")


def _kind() -> pl.Expr:
    """Without opponents it is a show; on a date that providers park idle slots on, nothing is on."""
    lacks_pair = pl.col("first").is_null()
    kind = pl.when(lacks_pair).then(pl.lit("show")).otherwise("kind")
    return pl.when("is_sentinel").then(pl.lit("placeholder")).otherwise(kind)


def _is_of_another_year(day: ProviderDay) -> pl.Expr:
    """A bracket at the end states a year other than about the day's: "Leeds United v Liverpool (2000)"."""
    return ((pl.col("year_in_brackets") - day.date.year).abs() > 1).fill_null(value=False)


def _reading_rules() -> pl.Expr:
    coverage = pl.when(pl.col("coverage") != "live").then(pl.format("coverage: {}", "coverage"))
    return pl.concat_list("rules", pl.concat_list(coverage).list.drop_nulls(), "time_rules")


def read_times(names: pl.DataFrame, day: ProviderDay, facts: Facts) -> pl.DataFrame:
    """`names` with what their payloads say about time.

    Adds date, clock, zone, zone_is_stated, starts_at (UTC), is_sentinel, time_rules (list of text).

    `names` has payload, timezone (the clock an unstated zone means) and dates (the order of a numeric one: "dm", "md",
    or null). A date without a year is the nearest to `day` that fits a stated weekday, a weekday alone the next one;
    a clock without a date is the day's. An impossible date, or one that its weekday contradicts, is null.
    """
    frame = _printed_times(names, facts)
    # A playlist prints few different dates: each is worked out once.
    printed = frame.select(_DATE_PARTS).unique()
    frame = frame.join(_dated(printed, day), on=_DATE_PARTS, how="left", nulls_equal=True, maintain_order="left")
    days_ahead = (pl.col("weekday") - day.date.isoweekday()) % _DAYS_OF_A_WEEK
    next_such_day = pl.lit(day.date) + pl.duration(days=days_ahead)
    frame = frame.with_columns(
        is_sentinel=(pl.col("year") >= SENTINEL_YEAR).fill_null(value=False),
        date=pl.when(pl.col("form") == "weekday").then(next_such_day).otherwise("date"),
        clock=_time_of_day(),
        zone_is_stated=pl.col("printed_zone").is_not_null(),
        zone=_zone_of(facts.zones),
    )
    frame = _with_start(frame, day)
    times = ("date", "clock", "zone", "zone_is_stated", "starts_at", "is_sentinel")
    return pl.concat([names, frame.select(*times, time_rules=_time_rules())], how="horizontal")


def _printed_times(names: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """_row, timezone, dates, and the parts of the date and clock that each payload prints, null where it has none."""
    forms = time_forms(facts)
    payloads = names.with_row_index("_row").select("_row", _text=without_lookalikes(pl.col("payload")))
    texts = payloads.filter(pl.col("_text").str.contains(r"\d"))
    dates = [
        ("(?i)" + pattern, _date_parts(pattern, form, forms))
        for form, pattern in zip(DATE_FORMS, forms.dates, strict=True)
    ]
    clocks = [(pattern, _clock_parts(pattern)) for pattern in forms.clocks]
    frame = names.select("timezone", "dates").with_row_index("_row")
    for patterns in (dates, clocks):
        frame = frame.join(_first_found(texts, patterns), on="_row", how="left", maintain_order="left")
    return frame


def _first_found(texts: pl.DataFrame, patterns: list[tuple[str, dict[str, pl.Expr]]]) -> pl.DataFrame:
    """_row and the parts of the first pattern that a text matches.

    Pattern after pattern over what is left: testing for a match is cheap, extracting its groups is not.
    """
    found = []
    for pattern, parts in patterns:
        texts = texts.with_columns(_hit=pl.col("_text").str.contains(pattern))
        found.append(texts.filter("_hit").select("_row", **parts))
        texts = texts.filter(~pl.col("_hit"))
    return pl.concat(found)


def _date_parts(pattern: str, form: str, forms: TimeForms) -> dict[str, pl.Expr]:
    """The groups of a date pattern, as numbers."""
    numbers, words = ("year", "month", "day", "one", "two"), ("name", "weekday", "later")
    groups = named_groups(pl.col("_text"), "(?i)" + pattern, *numbers, *words)
    parts = {name: groups[name].cast(pl.Int32, strict=False) for name in numbers}
    year = parts["year"]
    return parts | {
        "year": pl.when(year < _TWO_DIGITS).then(year + 2000).otherwise(year),
        "month": pl.coalesce(parts["month"], _numbered(groups["name"], forms.months)),
        "weekday": _numbered(pl.coalesce(groups["weekday"], groups["later"]), forms.weekdays),
        "form": pl.lit(form),
    }


def _numbered(word: pl.Expr, numbers: Mapping[str, int]) -> pl.Expr:
    word = word.str.to_lowercase().str.strip_chars(" .,")
    return word.replace_strict(dict(numbers), default=None, return_dtype=pl.Int32)


def _dated(printed: pl.DataFrame, day: ProviderDay) -> pl.DataFrame:
    """The date meant: of every possible year and order, the one that fits the weekday and is nearest to the day."""
    is_dm = pl.col("order") == "dm"
    month = pl.coalesce("month", pl.when(is_dm).then("two").otherwise("one"))
    number = pl.coalesce("day", pl.when(is_dm).then("one").otherwise("two"))
    year = pl.coalesce("year", day.date.year + pl.col("shift"))
    text = pl.format("{}-{}-{}", year, month.cast(pl.String).str.zfill(2), number.cast(pl.String).str.zfill(2))
    in_family_order = pl.col("dates").is_null() | (pl.col("dates") == pl.col("order"))
    is_only_order = number > _MONTHS_OF_A_YEAR  # whatever the family's: no month is the 22nd
    return (
        printed.join(_ORDERS, how="cross", maintain_order="left_right")
        .with_columns(date=text.str.to_date("%Y-%m-%d", strict=False))
        .filter(
            pl.col("date").is_not_null(),
            pl.col("one").is_null() | in_family_order | is_only_order,
            pl.col("weekday").is_null() | (pl.col("weekday") == pl.col("date").dt.weekday()),
        )
        .sort((pl.col("date") - day.date).abs(), maintain_order=True)
        .unique(_DATE_PARTS, keep="first", maintain_order=True)
        .select(*_DATE_PARTS, "date")
    )


def _clock_parts(pattern: str) -> dict[str, pl.Expr]:
    """The groups of a clock pattern."""
    groups = named_groups(pl.col("_text"), pattern, "hour", "minute", "second", "half", "half2", "letter", "zone")
    half = pl.coalesce(groups["half"], groups["half2"], groups["letter"])
    return {
        "hour": groups["hour"].cast(pl.Int32, strict=False),
        "minute": groups["minute"].cast(pl.Int32, strict=False).fill_null(0),
        "second": groups["second"].cast(pl.Int32, strict=False).fill_null(0),
        "half": half.str.slice(0, 1).str.to_lowercase(),
        "printed_zone": groups["zone"].str.to_uppercase(),
    }


def _time_of_day() -> pl.Expr:
    hour, minute, second, half = (pl.col(name) for name in ("hour", "minute", "second", "half"))
    # "15:00 PM" is three in the afternoon; "12:30 AM" half past midnight.
    is_afternoon, is_midnight = (half == "p") & (hour < _NOON), (half == "a") & (hour == _NOON)
    hour = pl.when(is_afternoon).then(hour + _NOON).when(is_midnight).then(0).otherwise(hour)
    # Seconds that are a multiple of five count the slots of one start (five a slot), running over into the minutes.
    counts_slots = (second > 0) & (second % 5 == 0)
    minute = pl.when(counts_slots).then(minute - minute % 5).otherwise(minute)
    return pl.when((hour < _HOURS) & (minute < _MINUTES)).then(pl.time(hour, minute))


def _zone_of(zones: Mapping[str, str]) -> pl.Expr:
    printed = pl.col("printed_zone")
    offset = printed.str.extract(r"(?:GMT|UTC)\s?([+-]\d{1,2})", 1).cast(pl.Int32, strict=False)
    # POSIX names count westward: GMT-1 is Etc/GMT+1.
    fixed = pl.when(offset.is_between(-12, 14)).then(
        pl.format("Etc/GMT{}{}", pl.when(offset <= 0).then(pl.lit("+")).otherwise(pl.lit("-")), offset.abs())
    )
    named = printed.replace_strict(dict(zones), default=None, return_dtype=pl.String)
    return pl.coalesce(fixed, named, "timezone")


def _with_start(frame: pl.DataFrame, day: ProviderDay) -> pl.DataFrame:
    """starts_at: the clock on the date, in the zone; without a date, on whichever date falls into the day."""
    # A loop over zones because a conversion takes one zone for a whole column; a playlist has only a few.
    parts = []
    for (zone,), part in frame.partition_by("zone", as_dict=True).items():
        on_date = _instant(pl.col("date"), str(zone))
        around = [_instant(pl.lit(day.date).dt.offset_by(f"{shift}d"), str(zone)) for shift in (0, -1, 1)]
        today = pl.coalesce(
            pl.when(start.is_between(day.opens, day.closes, closed="left")).then(start) for start in around
        )
        no_date = pl.col("form").is_null()
        parts.append(part.with_columns(starts_at=pl.when(no_date).then(today).otherwise(on_date)))
    return pl.concat(parts).sort("_row") if parts else frame.with_columns(starts_at=pl.lit(None, INSTANT))


def _instant(date: pl.Expr, zone: str) -> pl.Expr:
    local = date.dt.combine(pl.col("clock"), time_unit="us")
    # An hour that a DST change skips is read an hour later, as a clock that was not put forward would show;
    # an hour that comes twice is the first.
    exact = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    later = local.dt.offset_by("1h").dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return pl.coalesce(exact, later).dt.convert_time_zone("UTC")


def _time_rules() -> pl.Expr:
    rejected = pl.lit("date: rejected, impossible or not that weekday")
    zone = pl.when("zone_is_stated").then(pl.lit("stated")).otherwise(pl.lit("unstated"))
    clock = pl.format("clock: {} {} zone {}", pl.col("clock").dt.to_string("%H:%M"), zone, pl.col("zone"))
    date = pl.coalesce(pl.format("date: {} {}", "form", "date"), rejected)
    return pl.concat_list(pl.when(pl.col("form").is_not_null()).then(date), clock).list.drop_nulls()
