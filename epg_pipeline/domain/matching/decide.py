"""Readings x events -> decisions with reasons.

Belongs here: which real event a name means, how sure that is, and why. Does not: reading a name (reading/), forms of
teams (domain/teams.py), events without two sides (titled_events.py).
"""

import polars as pl

from epg_pipeline.config import Facts
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import DECISIONS, Decisions, Events, Readings, conform
from epg_pipeline.domain.matching import time_evidence, titled_events
from epg_pipeline.domain.matching.verdict import FULL_SCORE, POINTS, SURE, evidence, ranked
from epg_pipeline.domain.teams import candidates, forms_of, team_key

_MIN_PAIR = 62.0
# Another league than the one said needs full names: "Vancouver @ Boston" of the WHL is not the NHL's. Clubs of soccer
# play in several.
_SAME_LEAGUE = 8.0
_LEAGUE_POINTS = {"same league": _SAME_LEAGUE, "same sport": 3.0, "other league": -12.0, "other sport": -60.0}
_OTHER_LEAGUE_IN_PART = -28.0
_CLOCK_AGREES, _ON_THE_DAY = 10.0, 8.0
_CLOCK_DIFFERS, _CLOCK_OF_NO_ZONE, _CLOCK_OFF_TODAY, _CLOCK_FAR = -4.0, -6.0, -14.0, -26.0
# A club's women are said to be; a school's name stands for both.
_UNSAID_WOMEN = 4.0
_FULL_NAME = 98.0
_GAME_AGREES, _GAME_DIFFERS = 8.0, -8.0
_EARLY, _LATE = 75, 35  # minutes a feed may open before the event, or a list be late
_CALLED_OFF, _OFF = ("postponed", "cancelled"), -6.0
_FAR = 14 * 60  # minutes; no zone is further off


def decide(readings: Readings, events: Events, day: ProviderDay, facts: Facts) -> Decisions:
    """DECISIONS for every row of READINGS, in its order: the event of EVENTS each name means, or why none.

    Both sides must support an event; family, competition, gender, side and time are evidence; of two that can't be
    distinguished neither is taken. Coverage of an event (a replay, a press conference) is not the event.
    """
    is_live = (pl.col("kind") == "event") & (pl.col("coverage") == "live") & pl.col("first").is_not_null()
    near = _in_reach(events, readings, day)
    named = _named_teams(readings, near, facts)
    found = _pair_candidates(readings.filter(is_live), near, named, day)
    weighed = _weighed(found, facts)
    offsets = time_evidence.learned_offsets(weighed)
    weighed = _weighed(time_evidence.with_offsets(found, offsets), facts)
    chosen = pl.concat([ranked(weighed, "pair"), titled_events.ranked_titles(readings, near, day)])
    chosen = chosen.sort("score", descending=True).unique("position", keep="first")
    return _decisions(time_evidence.applied(readings, offsets), chosen, near, named)


def _in_reach(events: pl.DataFrame, readings: pl.DataFrame, day: ProviderDay) -> pl.DataFrame:
    """The events on a date that any name may mean, so that a long schedule costs no more than a short one."""
    dates = readings.filter(pl.col("kind").is_in(["event", "show"])).select(
        date=time_evidence.dates_in_reach(day).list.explode()
    )
    near = events.filter(pl.col("event_date").is_in(dates["date"].unique().implode()))
    sides = [team_key(pl.col("league"), pl.col(side)).alias(f"{side}_team") for side in ("home", "away")]
    return near.with_columns(sides)


def _named_teams(readings: pl.DataFrame, near: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """The teams of those events that each printed competitor may mean (see `candidates`)."""
    announced = readings.filter(pl.col("kind") == "event")
    return candidates(pl.concat([announced["first"], announced["second"]]), forms_of(near, facts), facts)


def _pair_candidates(pairs: pl.DataFrame, near: pl.DataFrame, named: pl.DataFrame, day: ProviderDay) -> pl.DataFrame:
    """Every event in reach of a reading's time whose two sides may be its two competitors, in either order.

    Columns: of the reading, event_* of the event, pair (0..100), minutes (event start minus read start, null without).
    """
    sided = near.filter((pl.col("home") != "") & (pl.col("away") != ""))
    dated = pairs.select(
        "position", "family", "first", "second", "sport", "leagues", "gender", "game", "starts_at", "date", "clock",
        "zone_is_stated", event_date=time_evidence.dates_in_reach(day),
    ).explode("event_date", empty_as_null=True, keep_nulls=True)  # fmt: skip
    by_side = pl.concat(
        sided.select(
            "event_id", "event_date", "league", "status", "time_is_set", event_sport="sport",
            event_starts_at="starts_at", team=f"{side}_team", other=f"{other}_team", order=pl.lit(side),
        )
        for side, other in (("home", "away"), ("away", "home"))
    )  # fmt: skip
    first = named.select(first="text", team="team", first_score="score", first_form="form")
    second = named.select(second="text", other="team", second_score="score", second_form="form")
    found = dated.join(first, on="first").join(by_side, on=["team", "event_date"]).join(second, on=["second", "other"])
    low, high = pl.min_horizontal("first_score", "second_score"), pl.max_horizontal("first_score", "second_score")
    found = found.with_columns(
        pair=low * 0.65 + high * 0.35,
        # An event whose hour is not set yet has only its day to be compared.
        minutes=pl.when("time_is_set").then((pl.col("event_starts_at") - pl.col("starts_at")).dt.total_minutes()),
        on_the_day=pl.col("event_starts_at").is_between(day.opens, day.closes, closed="left"),
        offset=pl.lit(0, pl.Int64),
    )
    return found.filter(pl.col("pair") >= _MIN_PAIR, time_evidence.is_in_reach(_FAR))


def _weighed(found: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """The candidates with `score` and the points it is made of, those of the wrong gender left out."""
    genders = {key: league.gender or "open" for key, league in facts.leagues.items()}
    # A league that config lacks shows it in its key: ESPN's are "esp.w.1", "womens-…".
    by_key = pl.when(pl.col("league").str.contains(r"(?i)\.w\.|women|\bw[a-z]?nba")).then(pl.lit("women"))
    by_league = pl.col("league").replace_strict(genders, default=None, return_dtype=pl.String)
    for_women = pl.coalesce(by_league, by_key, pl.lit("open")) == "women"
    wrong_gender = pl.col("gender").is_in(["women", "men"]) & ((pl.col("gender") == "women") != for_women)
    weighed = found.with_columns(league_relation=_league_relation(), for_women=for_women).filter(
        ~wrong_gender.fill_null(value=False)
    )
    weighed = weighed.with_columns(
        league_points=_league_points(facts), time_points=_time_points(facts), game_points=_game_points()
    )
    # A name of today hardly means the game that was called off when the pair stands on another date.
    called_off = pl.when(pl.col("status").is_in(_CALLED_OFF)).then(_OFF).otherwise(0.0)
    return weighed.with_columns(score=pl.sum_horizontal(POINTS) + called_off)


def _league_relation() -> pl.Expr:
    """How the event's league stands to the one that the name states; null where either has no sport."""
    has_sports = pl.col("sport").is_not_null() & (pl.col("event_sport") != "")
    return pl.coalesce(
        pl.when(pl.col("leagues").list.contains(pl.col("league"))).then(pl.lit("same league")),
        pl.when(has_sports & (pl.col("sport") != pl.col("event_sport"))).then(pl.lit("other sport")),
        pl.when(has_sports & pl.col("leagues").is_not_null()).then(pl.lit("other league")),
        pl.when(has_sports).then(pl.lit("same sport")),
    )


def _league_points(facts: Facts) -> pl.Expr:
    in_part = pl.min_horizontal("first_score", "second_score") < _FULL_NAME
    in_part &= (pl.col("league_relation") == "other league") & (pl.col("event_sport") != "soccer")
    by_relation = pl.col("league_relation").replace_strict(_LEAGUE_POINTS, default=0.0, return_dtype=pl.Float64)
    points = pl.when(in_part).then(_OTHER_LEAGUE_IN_PART).otherwise(by_relation)
    schools = [key for key, league in facts.leagues.items() if league.school]
    unsaid = pl.col("for_women") & pl.col("gender").is_null() & ~pl.col("league").is_in(schools)
    return points - pl.when(unsaid & (points < _SAME_LEAGUE)).then(_UNSAID_WOMEN).otherwise(0.0)


def _time_points(facts: Facts) -> pl.Expr:
    late, has_date = time_evidence.lateness(_EARLY, _LATE), pl.col("date").is_not_null()
    return pl.coalesce(
        pl.when(pl.col("minutes").is_null()).then(pl.when("on_the_day").then(_ON_THE_DAY).otherwise(0.0)),
        # Nearer is better, so that the clock distinguishes the games of a doubleheader.
        pl.when(late.is_between(-_LATE, _EARLY)).then(_CLOCK_AGREES - late.abs() / 15),
        pl.when(time_evidence.is_a_day_off(late, _EARLY, _LATE)).then(_CLOCK_DIFFERS),
        pl.when(has_date & (late.abs() <= _FAR)).then(_CLOCK_DIFFERS - late.abs() / 240),
        pl.when(has_date | ~pl.col("on_the_day")).then(_CLOCK_FAR),
        # In a series an undated name means the game of the playlist's day, however far its clock is off.
        pl.when(_clock_is_known(facts)).then(_CLOCK_OFF_TODAY),
        pl.lit(_CLOCK_OF_NO_ZONE),
    )


def _clock_is_known(facts: Facts) -> pl.Expr:
    """Whether a zone is printed, or config knows the family's; else the clock is the provider's by assumption only."""
    with_zone = [family.name for family in facts.families if family.timezone]
    return pl.col("zone_is_stated") | pl.col("family").is_in(with_zone)


def _game_points() -> pl.Expr:
    """A "Game 2" counts only where two games of the pair stand on one day: in a series it counts the days."""
    same_pair = ["position", "team", "other", "event_date"]
    turn = pl.col("event_starts_at").rank("dense").over(same_pair)
    is_double = pl.col("event_id").n_unique().over(same_pair) > 1
    return (
        pl.when(is_double & pl.col("game").is_not_null())
        .then(pl.when(turn == pl.col("game")).then(_GAME_AGREES).otherwise(_GAME_DIFFERS))
        .otherwise(0.0)
    )


def _decisions(readings: pl.DataFrame, chosen: pl.DataFrame, events: pl.DataFrame, named: pl.DataFrame) -> Decisions:
    event = events.select(
        "event_id", "league", "home", "away", "venue", "home_logo", "away_logo", event_sport="sport",
        event_name="name", event_starts_at=pl.when("time_is_set").then("starts_at"), event_status="status",
    ).unique("event_id")  # fmt: skip
    frame = readings.join(chosen, on="position", how="left", maintain_order="left")
    frame = frame.with_columns(event_id=pl.when(pl.col("verdict") == "taken").then("nearest"))
    frame = frame.join(event, on="event_id", how="left", maintain_order="left")
    one_league = pl.when(pl.col("leagues").list.len() == 1).then(pl.col("leagues").list.first())
    is_matched = pl.col("event_id").is_not_null()
    nothing_read = pl.col("title").str.len_chars() == 0
    status = pl.coalesce(
        pl.when(is_matched).then(pl.lit("matched")),
        pl.when(~pl.col("kind").is_in(["event", "show"]) | nothing_read).then(pl.lit("unparseable")),
        pl.when(_has_one_side(named)).then(pl.lit("partial")),
        pl.lit("unmatched"),
    )
    frame = frame.with_columns(
        match_status=status,
        confidence=pl.when(is_matched).then((pl.col("score") / FULL_SCORE).clip(0, 1).round(3)).otherwise(0.0),
        league=pl.coalesce("league", one_league),
        sport=pl.coalesce("event_sport", "sport"),
        starts_at=pl.coalesce("event_starts_at", "starts_at"),
        evidence=evidence(),
    )
    return conform(frame, DECISIONS, "decisions")


def _has_one_side(named: pl.DataFrame) -> pl.Expr:
    """Whether just one competitor is a team that plays in the events at hand."""
    teams = named.filter(pl.col("score") >= SURE)["text"].unique().implode()
    return (pl.col("kind") == "event") & (pl.col("first").is_in(teams) != pl.col("second").is_in(teams))
