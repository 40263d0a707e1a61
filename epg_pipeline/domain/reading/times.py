"""Dates, clocks and zones in a payload -> instants; and the payload with its times cut out.

Belongs here: what a printed time means, for a given day and zones. Does not: what it looks like (time_patterns.py).
"""

from collections.abc import Mapping

import polars as pl

from epg_pipeline.config import Facts
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import INSTANT
from epg_pipeline.domain.reading.time_patterns import (
    JOINER,
    MONTHS,
    NEVER_A_DATE,
    TEAMS_LIKE_TIMES,
    TimeForms,
    time_forms,
)

TIME_WAS_HERE = "\x07"
"""Stands in a cut payload where a time was: it separates what stood before from what stood after.

A control character because a repaired name has none, and an ASCII one because word boundaries cost nothing there.
"""

SENTINEL_YEAR = 2090
"""Providers park an idle slot on a far date (2098-12-31, 2099-01-01)."""

_TWO_DIGITS, _MONTHS_OF_A_YEAR, _NOON, _HOURS, _MINUTES, _DAYS_OF_A_WEEK = 100, 12, 12, 24, 60, 7
_DATE_PARTS = ["year", "month", "day", "one", "two", "weekday", "form", "dates"]
_ROUND_THE_CLOCK = "\x0e"  # stands for "24/7" while dates are looked for
_FORM_NAMES = ("iso", "day month", "month day", "day month", "numeric", "numeric", "dotted", "dotted", "weekday")


def without_times(payload: pl.Expr, facts: Facts) -> pl.Expr:
    """The payload with every date and clock cut out, TIME_WAS_HERE in their place (one for a run of them)."""
    forms = time_forms(facts)
    mark = f" {TIME_WAS_HERE} "
    text = _protected(payload)
    for pattern in forms.dates:
        rest = "${rest}" if "<rest>" in pattern else ""
        text = text.str.replace_all("(?i)" + pattern, mark + rest)
    for pattern in forms.cut_clocks:
        text = text.str.replace_all(pattern, "${before}" + mark + "${rest}")
    # What is left between and around the parts of one time: marks, brackets, weekdays, "at", "Uhr", a stray T.
    between = rf"(?:[\s@|,()\[\]~/–T-]|st(?:art|op)\s*:|{forms.beside}|{forms.behind})*"
    behind = rf"(?:[\s@,)\]~/]|{forms.behind})*"
    text = text.str.replace_all(rf"{TIME_WAS_HERE}(?:{between}{TIME_WAS_HERE})*{behind}", TIME_WAS_HERE)
    # What stands before a time is cut piece by piece: a pattern that ends at the piece's end costs no search.
    before = rf"(?:(?:[|-]|^)\s*\p{{L}}{{2,9}}\.?,\s*)?(?:[\s@|,(\[~/–-]|start\s*:|{forms.beside})*$"
    pieces = text.str.split(TIME_WAS_HERE)
    pieces = pieces.list.eval(
        pl.when(pl.int_range(pl.len()) < pl.len() - 1)
        .then(pl.element().str.replace(before, ""))
        .otherwise(pl.element())
    )
    text = pieces.list.join(mark)
    text = text.str.replace_all(_ROUND_THE_CLOCK, "24/7", literal=True)
    return text.str.replace_all(JOINER, "", literal=True).str.strip_chars()


def _protected(payload: pl.Expr) -> pl.Expr:
    """The payload with what only looks like a date or a weekday made to look otherwise."""
    text = payload.str.replace_all(NEVER_A_DATE, _ROUND_THE_CLOCK)
    for pattern, protected in TEAMS_LIKE_TIMES:
        text = text.str.replace_all(pattern, protected)
    return text


def read_times(names: pl.DataFrame, day: ProviderDay, facts: Facts) -> pl.DataFrame:
    """`names` with what their payloads say of time.

    Adds date, clock, zone, zone_is_stated, starts_at (UTC), is_sentinel, time_rules (list of text).

    `names` has payload, timezone (the clock an unstated zone means) and dates (the order of a numeric one: "dm", "md",
    or null). A date without a year is the nearest to `day` that fits a stated weekday, a weekday alone the next one;
    a clock without a date is the day's. An impossible date, or one that its weekday contradicts, is null.
    """
    forms = time_forms(facts)
    frame = names.select("payload", "timezone", "dates").with_row_index("_row")
    texts = frame.select("_row", _text=_protected(pl.col("payload"))).filter(pl.col("_text").str.contains(r"\d"))
    dates = [("(?i)" + pattern, _date_parts(pattern, n, forms)) for n, pattern in enumerate(forms.dates)]
    clocks = [(pattern, _clock_parts(pattern)) for pattern in forms.clocks]
    for patterns in (dates, clocks):
        frame = frame.join(_first_found(texts, patterns), on="_row", how="left", maintain_order="left")
    frame = frame.with_columns(is_sentinel=(pl.col("year") >= SENTINEL_YEAR).fill_null(value=False))
    # A playlist prints few different dates: each is worked out once.
    printed = frame.select(_DATE_PARTS).unique()
    frame = frame.join(_dated(printed, day), on=_DATE_PARTS, how="left", nulls_equal=True, maintain_order="left")
    frame = frame.with_columns(clock=_time_of_day())
    frame = frame.with_columns(zone_is_stated=pl.col("printed_zone").is_not_null(), zone=_zone_of(facts.zones))
    frame = _with_start(frame, day)
    times = ("date", "clock", "zone", "zone_is_stated", "starts_at", "is_sentinel")
    return pl.concat([names, frame.select(*times, time_rules=_rules())], how="horizontal")


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


def _date_parts(pattern: str, form: int, forms: TimeForms) -> dict[str, pl.Expr]:
    """The groups of a date pattern, as numbers."""
    groups = pl.col("_text").str.extract_groups("(?i)" + pattern)
    names = ("year", "month", "day", "one", "two", "weekday", "later", "name")
    has = {name for name in names if f"<{name}>" in pattern}

    def number(name: str) -> pl.Expr:
        return groups.struct.field(name).cast(pl.Int32, strict=False) if name in has else pl.lit(None, pl.Int32)

    weekdays = [groups.struct.field(name) for name in ("weekday", "later") if name in has]
    year = number("year")
    return {
        "year": pl.when(year < _TWO_DIGITS).then(year + 2000).otherwise(year),
        "month": _month_number(groups.struct.field("name")) if "name" in has else number("month"),
        "day": number("day"),
        "one": number("one"),
        "two": number("two"),
        "weekday": _weekday_number(pl.coalesce(weekdays), forms) if weekdays else pl.lit(None, pl.Int32),
        "form": pl.lit(form, pl.Int32),
    }


def _month_number(name: pl.Expr) -> pl.Expr:
    number = pl.lit(None, pl.Int32)
    for month, printed in enumerate(MONTHS, 1):
        number = pl.when(name.str.contains(rf"(?i)^(?:{'|'.join(printed)})\.?$")).then(month).otherwise(number)
    return number.cast(pl.Int32)


def _weekday_number(name: pl.Expr, forms: TimeForms) -> pl.Expr:
    word = name.str.to_lowercase().str.strip_chars(" .,")
    return word.replace_strict(forms.weekdays, default=None, return_dtype=pl.Int32)


def _dated(frame: pl.DataFrame, day: ProviderDay) -> pl.DataFrame:
    """The date meant: of every possible year and order, the one that fits the weekday and is nearest to the day."""
    candidates = []
    for order in ("dm", "md"):
        month = pl.coalesce("month", pl.col("two") if order == "dm" else pl.col("one"))
        number = pl.coalesce("day", pl.col("one") if order == "dm" else pl.col("two"))
        allowed = pl.col("one").is_null() | pl.col("dates").is_null() | (pl.col("dates") == order) | (
            # the family's order, unless the numbers allow only the other
            (pl.col("one") > _MONTHS_OF_A_YEAR) if order == "dm" else (pl.col("two") > _MONTHS_OF_A_YEAR)
        )  # fmt: skip
        for shift in (0, -1, 1):
            year = pl.coalesce("year", pl.lit(day.date.year + shift))
            text = pl.format("{}-{}-{}", year, month.cast(pl.String).str.zfill(2), number.cast(pl.String).str.zfill(2))
            candidates.append(pl.when(allowed).then(text.str.to_date("%Y-%m-%d", strict=False)))
    frame = frame.with_columns(_candidates=pl.concat_list(candidates))
    fits = pl.element().is_not_null()
    distance = (pl.element() - pl.lit(day.date)).dt.total_days().abs()
    possible = frame.select(
        pl.col("_candidates").list.eval(pl.element().filter(fits).sort_by(distance.filter(fits), maintain_order=True))
    ).to_series()
    frame = frame.with_columns(_candidates=possible)
    weekday = pl.col("weekday")
    fitting = pl.concat_list(
        pl.when(weekday.is_null() | (pl.col("_candidates").list.get(n, null_on_oob=True).dt.weekday() == weekday)).then(
            pl.col("_candidates").list.get(n, null_on_oob=True)
        )
        for n in range(6)
    )
    ahead = (weekday - day.date.isoweekday()) % _DAYS_OF_A_WEEK
    next_such_day = pl.lit(day.date) + pl.duration(days=ahead)
    is_weekday_alone = pl.col("form") == _FORM_NAMES.index("weekday")
    date = pl.when(is_weekday_alone).then(next_such_day).otherwise(fitting.list.drop_nulls().list.first())
    return frame.select(*_DATE_PARTS, date=date)


def _clock_parts(pattern: str) -> dict[str, pl.Expr]:
    """The groups of a clock pattern."""
    groups = pl.col("_text").str.extract_groups(pattern)

    def part(name: str) -> pl.Expr:
        return groups.struct.field(name) if f"<{name}>" in pattern else pl.lit(None, pl.String)

    half = pl.coalesce(part("half"), part("half2"), part("letter"))
    return {
        "hour": part("hour").cast(pl.Int32, strict=False),
        "minute": part("minute").cast(pl.Int32, strict=False).fill_null(0),
        "second": part("second").cast(pl.Int32, strict=False).fill_null(0),
        "half": half.str.slice(0, 1).str.to_lowercase(),
        "printed_zone": part("zone").str.to_uppercase(),
    }


def _time_of_day() -> pl.Expr:
    hour, minute, second, half = (pl.col(name) for name in ("hour", "minute", "second", "half"))
    # "15:00 PM" is three in the afternoon; "12:30 AM" half past midnight.
    hour = (
        pl.when((half == "p") & (hour < _NOON))
        .then(hour + _NOON)
        .when((half == "a") & (hour == _NOON))
        .then(0)
        .otherwise(hour)
    )
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
    # A loop over zones because the zone of a conversion is one for a whole column; a playlist holds a handful.
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
    # An hour that a DST change skips is read an hour later, as a clock that was not put forward shows it;
    # an hour that comes twice is the first.
    exact = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    later = local.dt.offset_by("1h").dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return pl.coalesce(exact, later).dt.convert_time_zone("UTC")


def _rules() -> pl.Expr:
    form = pl.col("form").replace_strict(dict(enumerate(_FORM_NAMES)), default=None, return_dtype=pl.String)
    rejected = pl.col("form").is_not_null() & pl.col("date").is_null()
    zone = pl.when("zone_is_stated").then(pl.lit("stated")).otherwise(pl.lit("unstated"))
    return pl.concat_list(
        pl.when(rejected)
        .then(pl.lit("date: rejected, impossible or not that weekday"))
        .when(form.is_not_null())
        .then(pl.format("date: {} {}", form, pl.col("date"))),
        pl.when(pl.col("clock").is_not_null()).then(
            pl.format("clock: {} {} zone {}", pl.col("clock").dt.to_string("%H:%M"), zone, pl.col("zone"))
        ),
    ).list.drop_nulls()
