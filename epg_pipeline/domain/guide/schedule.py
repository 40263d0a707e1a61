"""Decisions -> programme blocks: what a slot shows from one midnight of its provider to the next.

Belongs here: which blocks a day has and what each is about. Does not: the words a viewer reads (tiers.py).
Blocks are laid in UTC, so a day of 23 or 25 hours needs no care; a block never depends on the hour on the wall.
"""

from datetime import datetime, timedelta

import polars as pl

from epg_pipeline.config.sports import Sports
from epg_pipeline.domain.day import EVENT_REACH, ProviderDay
from epg_pipeline.domain.frames import INSTANT, PROGRAMMES, Channels, Decisions, Programmes, conform
from epg_pipeline.domain.text import one_line

BLOCK = timedelta(hours=2)  # the longest block but a live one
ANNOUNCED = timedelta(hours=6)  # how long before its start an event is announced
IDLE_TITLE = "No Programming Today"

_FOUND = ("matched", "manual")
_SIDES = ("home", "away", "venue", "home_logo", "away_logo")
_ABOUT = ("title", "sub_title", "description", "league", "sport", "home", "away", "venue", "home_logo", "away_logo",
          "event_id", "event_starts_at", "coverage", "match_status", "confidence")  # fmt: skip


def schedule(decisions: Decisions, channels: Channels, day: ProviderDay, sports: Sports) -> Programmes:
    """PROGRAMMES of every channel for one day, tiling [day.opens, day.closes) without gap or overlap.

    `decisions` is DECISIONS, any number of rows a slot; `channels` is CHANNELS. Live blocks keep the event's true
    start and length: they may begin before the day opens and end after it closes. Rows are sorted by channel and start.
    """
    airings = _airings(decisions, channels, sports)
    timed = _without_overlap(airings.filter(pl.col("event_starts_at").is_not_null()))
    opens, closes = pl.lit(day.opens, INSTANT), pl.lit(day.closes, INSTANT)
    # An event of the small hours is announced the evening before.
    near = timed.filter(pl.col("event_starts_at") < closes + ANNOUNCED, pl.col("live_stops_at") > opens)
    live = near.filter(pl.col("event_starts_at") < closes).with_columns(
        starts_at="event_starts_at", stops_at="live_stops_at", block=pl.lit("live")
    )
    elsewhere = _subjects_without_live(airings, timed, near, channels, day)
    stretches = pl.concat([*_round_live(near, opens, closes), elsewhere.with_columns(begins=opens, ends=closes)],
                          how="diagonal_relaxed")  # fmt: skip
    programmes = pl.concat([live, _tiled(stretches, closes)], how="diagonal_relaxed")
    return conform(programmes.sort("channel_id", "starts_at"), PROGRAMMES, "programmes")


def own_blocks(programmes: Programmes, day: ProviderDay) -> Programmes:
    """PROGRAMMES as the day keeps them on record, none starting before it opens: so each row belongs to one day.

    A live block that began before midnight is kept from midnight on, whatever the day before has of it: a day can
    then be rebuilt, or be the only one, without leaving a gap in another. `stitch` joins the parts of an event again.
    """
    opens = pl.lit(day.opens, INSTANT)
    begun = programmes.with_columns(starts_at=pl.max_horizontal("starts_at", opens))
    return conform(begun.filter(pl.col("stops_at") > opens), PROGRAMMES, "a day's own programmes")


def stitch(programmes: Programmes, opens: datetime, closes: datetime) -> Programmes:
    """PROGRAMMES of several days as one guide of [opens, closes): no overlap, no shared start on any channel.

    A live block has its event's true time against the other blocks of any day, which are cut or dropped, and ends where
    the next live block starts; what two days keep of one event is one block. Of rows that share channel and start the
    last counts. Nothing is invented: a day that is not among the rows stays a gap. A live block that reaches over a
    border of the window keeps its true times.
    """
    rows = programmes.filter(pl.col("stops_at") > opens, pl.col("starts_at") < closes)
    once = rows.unique(["channel_id", "starts_at", pl.col("block") == "live"], keep="last", maintain_order=True)
    is_live = pl.col("block") == "live"
    live = _ending_at_next(_whole(once.filter(is_live)))
    rest = once.filter(~is_live)
    both = pl.concat([live, _outside(rest, live)])
    return conform(_ending_at_next(both), PROGRAMMES, "stitched programmes")


def _whole(live: pl.DataFrame) -> pl.DataFrame:
    """One row an event, from its true start as far as no other live block has that time."""
    ordered = live.sort("channel_id", "starts_at", maintain_order=True)
    part = ordered.with_columns(run=pl.struct("channel_id", "event_starts_at").rle_id())
    joined = part.with_columns(pl.col("starts_at").min().over("run"), pl.col("stops_at").max().over("run"))
    whole = joined.unique("run", keep="last", maintain_order=True)  # the later day knows the event better
    previous_stops = pl.col("stops_at").shift(1).over("channel_id")
    true_start = pl.max_horizontal("event_starts_at", previous_stops)
    return whole.drop("run").with_columns(starts_at=pl.min_horizontal("starts_at", true_start))


def _airings(decisions: pl.DataFrame, channels: pl.DataFrame, sports: Sports) -> pl.DataFrame:
    """One row for everything a slot's name announces: its channel, what it is about, and when."""
    # An event set by hand counts also where the name says nothing.
    is_found = pl.col("match_status").is_in(_FOUND)
    is_read = (pl.col("kind") == "event") & (pl.col("match_status") != "unparseable")
    says_something = is_found | is_read | (pl.col("kind") == "show")
    announced = decisions.filter("is_slot", says_something).join(channels.select("slot", "channel_id"), on="slot")
    # Without opponents a title may still be an event: one that was found, or one of a sport without sides.
    is_show = (pl.col("kind") == "show") & ~is_found & ~pl.col("solo").fill_null(value=False)
    return (
        _with_habits(announced, sports)
        .with_columns(
            coverage=pl.when(is_show).then(pl.lit("show")).otherwise(pl.col("coverage").fill_null("live")),
            title=_title(sports),
            event_starts_at=pl.col("starts_at").dt.truncate("1s"),  # a guide counts in seconds
            confidence=pl.col("confidence").fill_null(0.0),
            match_status=pl.col("match_status").replace("unparseable", "unmatched"),
        )
        .filter(pl.col("title") != "")
        .with_columns(sub_title=_sub_title(), live_stops_at=pl.col("event_starts_at") + _length(sports))
        .with_columns(one_line(pl.col("league", *_SIDES)).fill_null(""), pl.col("event_id").fill_null(""))
        .with_columns(description=_facts())
        .select("channel_id", "position", "date", "live_stops_at", *_ABOUT)
    )


def _with_habits(announced: pl.DataFrame, sports: Sports) -> pl.DataFrame:
    """The rows with the usual length and title order of their league and sport (the league's, if none is stated)."""
    sport = pl.coalesce(_known("sport"), _known("league_sport"), pl.lit(""))
    habits = sports.of_sports().select("sport", "minutes", "order", "solo", "sport_name")
    return (
        announced.join(sports.of_leagues(), on="league", how="left")
        .with_columns(sport=sport)
        .join(habits, on="sport", how="left")
    )


def _known(column: str) -> pl.Expr:
    return pl.when(pl.col(column) != "").then(column)


def _title(sports: Sports) -> pl.Expr:
    """The event's own title or its pairing as its sport writes it; else the name's, as for a replay or a press talk."""
    order = pl.coalesce("league_order", "order", pl.lit(sports.default.order))
    home, away = _known("home"), _known("away")
    pairing = pl.when(order == "at").then(away + pl.lit(" at ") + home).otherwise(home + pl.lit(" vs ") + away)
    is_the_event = pl.col("match_status").is_in(_FOUND) & pl.col("coverage").fill_null("live").eq("live")
    canonical = pl.when(is_the_event).then(pl.coalesce(_known("event_name"), pairing))
    return one_line(pl.coalesce(canonical, _known("title"), pl.lit("")))


def _sub_title() -> pl.Expr:
    """The match-up under its league, printed competition or sport: "NCAA Football: Troy at Old Dominion"."""
    pairing = pl.when(pl.col("event_name") != "").then(_known("home") + pl.lit(" vs ") + _known("away"))
    about = pl.coalesce(pairing, "title")
    sport_name = pl.when(pl.col("sport") != "").then("sport_name")
    # Without an event the league is only what the printed competition may mean: the print is the safer word.
    is_found = pl.col("match_status").is_in(_FOUND)
    printed = pl.when(~is_found).then(_known("competition"))
    competition = pl.coalesce(printed, "league_name", _known("competition"), _known("league"), sport_name)
    names_it = about.str.to_lowercase().str.starts_with(competition.str.to_lowercase())
    return one_line(pl.coalesce(pl.when(~names_it).then(pl.format("{}: {}", competition, about)), about))


def _facts() -> pl.Expr:
    """A sentence of what and where, for descriptions."""
    venue = pl.col("venue")
    where = pl.when(venue != "").then(pl.lit(" Venue: ") + venue + pl.lit(".")).otherwise(pl.lit(""))
    return pl.col("sub_title").str.strip_chars_end(".") + pl.lit(".") + where


def _length(sports: Sports) -> pl.Expr:
    of_the_event = pl.coalesce("league_minutes", "minutes", pl.lit(sports.default.minutes, pl.Int64))
    beside_it = pl.col("coverage").replace_strict(sports.coverage.model_dump(), default=None, return_dtype=pl.Int64)
    return pl.duration(minutes=pl.coalesce(beside_it, of_the_event))


def _without_overlap(timed: pl.DataFrame) -> pl.DataFrame:
    """The airings of each channel in order, one a start (the surest), each cut where the next begins."""
    surest = timed.sort(
        "channel_id", "event_starts_at", "confidence", "position", descending=[False, False, True, False]
    )
    one_a_start = surest.unique(["channel_id", "event_starts_at"], keep="first", maintain_order=True)
    following = pl.col("event_starts_at").shift(-1).over("channel_id")
    return one_a_start.with_columns(live_stops_at=pl.min_horizontal("live_stops_at", following))


def _round_live(near: pl.DataFrame, opens: pl.Expr, closes: pl.Expr) -> list[pl.DataFrame]:
    """The stretches between live blocks: before the announcement, the announcement itself, and after the last one.

    What lies between two events is about the earlier until the later is announced.
    """
    previous_ends = pl.col("live_stops_at").shift(1).over("channel_id")
    free_from = pl.max_horizontal(previous_ends.fill_null(opens), opens)
    announced = pl.max_horizontal(pl.col("event_starts_at") - ANNOUNCED, free_from)
    ordered = near.with_columns(begins=free_from, announced=announced)
    first = ordered.filter(pl.col("channel_id").is_first_distinct()).with_columns(
        ends="announced", block=pl.lit("filler")
    )
    before = ordered.with_columns(begins="announced", ends="event_starts_at", block=pl.lit("pre"))
    next_announced = pl.col("announced").shift(-1).over("channel_id")
    after = ordered.with_columns(begins="live_stops_at", ends=pl.coalesce(next_announced, closes), block=pl.lit("post"))
    return [first, before, after]


def _subjects_without_live(
    airings: pl.DataFrame, timed: pl.DataFrame, near: pl.DataFrame, channels: pl.DataFrame, day: ProviderDay
) -> pl.DataFrame:
    """For each channel without a live block today or soon after, what its filler is about.

    A name of today without a clock, else the next event on a later day, else nothing: the day is idle. A date further
    off than names ever announce is last year's or last spring's, printed without its year.
    """
    may_be_today = pl.col("date").is_null() | (pl.col("date") == day.date)
    unclocked = airings.filter(pl.col("event_starts_at").is_null(), may_be_today)
    ahead = pl.col("event_starts_at").is_between(day.closes, day.closes + EVENT_REACH, closed="left")
    upcoming = timed.filter(ahead).sort("event_starts_at")
    subjects = pl.concat([unclocked.sort("position"), upcoming]).unique("channel_id", keep="first", maintain_order=True)
    statuses = airings.select("channel_id", stale_status="match_status").unique("channel_id", keep="first")
    idle = pl.col("title").is_null()
    return (
        channels.select("channel_id")
        .join(near, on="channel_id", how="anti")
        .join(subjects, on="channel_id", how="left")
        .join(statuses, on="channel_id", how="left")
        .with_columns(
            block=pl.when(idle).then(pl.lit("idle")).otherwise(pl.lit("filler")),
            title=pl.col("title").fill_null(IDLE_TITLE),
            match_status=pl.coalesce("match_status", "stale_status", pl.lit("unparseable")),
            confidence=pl.col("confidence").fill_null(0.0),
        )
        .with_columns(pl.col(pl.String).fill_null(""))
        .drop("stale_status")
    )


def _tiled(stretches: pl.DataFrame, closes: pl.Expr) -> pl.DataFrame:
    """Blocks of at most two hours over [begins, ends): full ones from the beginning; before an event, up to its end.

    What lies beyond `closes` is the next day's.
    """
    length = BLOCK // timedelta(microseconds=1)
    span = (pl.col("ends") - pl.col("begins")).dt.total_microseconds()
    count = (span + length - 1) // length
    # The first block before an event begins earlier than its stretch, so that the last one is full.
    early = pl.when(pl.col("block") == "pre").then(pl.col("count") * length - span).otherwise(0)
    begin = pl.col("begins") + pl.duration(microseconds=pl.col("turn") * length - early)
    return (
        stretches.filter(pl.col("ends") > pl.col("begins"))
        .with_columns(count=count)
        .with_columns(turn=pl.int_ranges(0, pl.col("count")))
        .explode("turn")
        .with_columns(
            starts_at=pl.max_horizontal(begin, "begins"), stops_at=pl.min_horizontal(begin + BLOCK, "ends", closes)
        )
        .filter(pl.col("starts_at") < closes)
    )


def _ending_at_next(programmes: pl.DataFrame) -> pl.DataFrame:
    ordered = programmes.sort("channel_id", "starts_at")
    following = pl.col("starts_at").shift(-1).over("channel_id")
    return ordered.with_columns(stops_at=pl.min_horizontal("stops_at", following))


def _outside(rest: pl.DataFrame, live: pl.DataFrame) -> pl.DataFrame:
    """What is left of the other blocks once the live ones have their time; one that spans a live block gives two."""
    gaps = live.select("channel_id", free_from="stops_at", free_until=pl.col("starts_at").shift(-1).over("channel_id"))
    leading = live.group_by("channel_id").agg(free_until=pl.col("starts_at").min(), free_from=pl.lit(None, INSTANT))
    free = pl.concat([gaps, leading.select(gaps.columns)])
    return (
        rest.join(free, on="channel_id", how="left")
        .with_columns(
            starts_at=pl.max_horizontal("starts_at", "free_from"), stops_at=pl.min_horizontal("stops_at", "free_until")
        )
        .filter(pl.col("stops_at") > pl.col("starts_at"))
        .select(rest.columns)
    )
