"""What the sources say of events -> one canonical event each.

Belongs here: which row of which source counts for which field, canonical ids, leagues as a file may print them. Does
not: finding out which rows are of one event (links.py), fetching, storing. All of it depends on the rows alone,
never on the order they come in or on what was merged before: that is why ids are the same whichever source is first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NewType

import polars as pl

from epg_pipeline.config import Facts
from epg_pipeline.domain.events.links import LINKS, Links, linked
from epg_pipeline.domain.frames import (
    EVENT_STATUSES,
    EVENTS,
    INSTANT,
    Contract,
    Events,
    conform,
    empty,
    not_null,
    one_of,
    texts,
)
from epg_pipeline.domain.text import folded

# One event as one source reports it.
Sourced = NewType("Sourced", pl.DataFrame)
SOURCED = Contract(
    Sourced,
    {
        "source": pl.String,
        "source_id": pl.String,  # unique within the source, and lasting
        "listing": pl.String,  # the source's own key of the league it listed the event under
        **texts("league", "sport", "name", "home", "away"),  # as in EVENTS, and so are the fields below
        **texts("home_short", "away_short", "home_abbr", "away_abbr", "home_logo", "away_logo"),
        **texts("home_ref", "away_ref"),  # the source's ids of the teams
        **texts("home_color", "away_color"),
        "starts_at": INSTANT,
        "time_is_set": pl.Boolean,
        "status": pl.String,
        "neutral": pl.Boolean,
        **texts("venue", "art"),
    },
    key=["source", "source_id"],
    rules={**one_of("status", EVENT_STATUSES), **not_null("starts_at")},
)
# EVENTS, and what only the record keeps.
Canonical = NewType("Canonical", pl.DataFrame)
CANONICAL = Contract(
    Canonical,
    {
        **EVENTS,
        "neutral": pl.Boolean,
        **texts("home_color", "away_color", "art"),
        "field_sources": pl.List(pl.String),
    },
    key=EVENTS.key,
    rules=EVENTS.rules,
)
# What a source's team id stands for: its own name of the team, and the team's name on record.
TeamNames = NewType("TeamNames", pl.DataFrame)
TEAM_NAMES = Contract(TeamNames, texts("source", "league", "ref", "name", "team"))
_FILLED = [name for name, kind in SOURCED.items() if kind == pl.String and name in CANONICAL and name != "status"]
_DEFAULTS: dict[str, Any] = {
    **{name: "" for name, kind in SOURCED.items() if kind == pl.String},
    "time_is_set": True,
    "status": "scheduled",
    "neutral": False,
}


def sourced(rows: Iterable[dict[str, Any]]) -> Sourced:
    """Rows that hold only what they know -> a SOURCED frame; of an id repeated by a source the first row stays.

    First by league: both tennis tours list a tournament they share, each under its own name.
    """
    frame = pl.DataFrame([_DEFAULTS | row for row in rows], schema=SOURCED)
    ordered = frame.sort("source", "source_id", "league", "listing", maintain_order=True)
    once = ordered.unique(SOURCED.key, keep="first", maintain_order=True)
    return conform(once, SOURCED, "sourced events")


def sourced_of(events: Events, facts: Facts) -> Sourced:
    """An EVENTS frame of a file -> SOURCED: the file's ids stay, leagues are known by key or by a form they print."""
    printed = {
        form: key
        for key, league in facts.leagues.items()
        for form in (league.name, *league.printed)
        if sum(form in (other.name, *other.printed) for other in facts.leagues.values()) == 1
    }
    forms = pl.DataFrame({"form": list(printed), "of_form": list(printed.values())}, schema=texts("form", "of_form"))
    forms = forms.with_columns(folded(pl.col("form"))).unique("form", keep="none")
    keyed = events.with_columns(form=folded(pl.col("league"))).join(forms, on="form", how="left", maintain_order="left")
    is_key = pl.col("league").is_in(list(facts.leagues))
    sports = {key: league.sport for key, league in facts.leagues.items()}
    league = pl.when(is_key).then("league").otherwise(pl.coalesce("of_form", "league"))
    rows = keyed.with_columns(source=pl.lit("file"), source_id="event_id", listing="league", league=league)
    sport = pl.col("league").replace_strict(sports, default=pl.col("sport"))
    rows = rows.with_columns(sport=pl.when(pl.col("sport") == "").then(sport).otherwise("sport"))
    missing = {name: pl.lit(default) for name, default in _DEFAULTS.items() if name not in rows.columns}
    once = rows.with_columns(**missing).unique("source_id", keep="last", maintain_order=True)
    return conform(once, SOURCED, "events of a file")


@dataclass(frozen=True)
class Merged:
    """Canonical events (CANONICAL), which row is of which of them (LINKS), and the teams' names (TEAM_NAMES)."""

    events: Canonical
    links: Links
    teams: TeamNames


def merged(rows: Sourced, facts: Facts, on_record: TeamNames | None = None) -> Merged:
    """One canonical event for each event that SOURCED rows describe.

    A team has the name its first source gives it, also in events which that source does not have; `on_record`
    (TEAM_NAMES) adds the teams that these rows do not name.
    """
    links = linked(rows, facts)
    joined = rows.join(links, on=["source", "source_id"], maintain_order="left").sort("rank", "listing", "source_id")
    joined = _as_the_first_has_them(joined)
    names = _names(joined, on_record if on_record is not None else empty(TEAM_NAMES))
    for side in ("home", "away"):
        of_side = names.select("source", "league", pl.col("ref").alias(f"{side}_ref"), "team")
        joined = joined.join(of_side, on=["source", "league", f"{side}_ref"], how="left", maintain_order="left")
        joined = joined.with_columns(pl.coalesce("team", side).alias(side)).drop("team")
    return Merged(_canonical(joined), Links(links.select(LINKS.names())), names)


def _names(rows: pl.DataFrame, on_record: TeamNames) -> TeamNames:
    """TEAM_NAMES of every team with an id: as the first source of its events prints it, else as on record."""
    sides = pl.concat(
        rows.select("event_id", "source", "league", "rank", side=pl.lit(side), ref=f"{side}_ref", printed=side)
        for side in ("home", "away")
    )
    sides = sides.filter((pl.col("ref") != "") & (pl.col("printed") != ""))
    firsts = sides.sort("rank", "event_id").unique(["event_id", "side"], keep="first", maintain_order=True)
    firsts = firsts.select("event_id", "side", first_rank="rank", first_source="source", first_printed="printed")
    by_event = sides.join(firsts, on=["event_id", "side"]).sort("first_rank", "event_id", "side")
    ids = ["source", "league", "ref"]
    best = by_event.unique(ids, keep="first", maintain_order=True)
    best = best.join(on_record.select(*ids, on_record="team"), on=ids, how="left")
    is_alone = (pl.col("first_source") == pl.col("source")) & (pl.col("rank") > 0)
    team = pl.when(is_alone).then(pl.coalesce("on_record", "printed")).otherwise("first_printed")
    ordered = best.with_columns(name="printed", team=team).sort("source", "league", "ref")
    return conform(ordered, TEAM_NAMES, "names of teams")


def _as_the_first_has_them(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows whose home side is the other's away side, turned round: the first row of an event says who is at home."""
    home = [name for name in SOURCED if name.startswith("home")]
    away = [name.replace("home", "away") for name in home]
    swapped = zip([*home, *away], [*away, *home], strict=True)
    return rows.with_columns(pl.when("is_turned").then(other).otherwise(own).alias(own) for own, other in swapped)


def _canonical(rows: pl.DataFrame) -> Canonical:
    """For each field the first row that says anything; a clock that is set goes before one that is not."""
    values = {name: pl.col(name).filter(pl.col(name) != "").first().fill_null("") for name in _FILLED}
    sources = {
        f"{name}_from": pl.col("source").filter(pl.col(name) != "").first() for name in _FILLED if name != "source"
    }
    clocked = pl.col("time_is_set")
    events = rows.group_by("event_id", maintain_order=True).agg(
        **values,
        **sources,
        first_source=pl.col("source").first(),
        starts_at=pl.coalesce(pl.col("starts_at").filter(clocked).first(), pl.col("starts_at").first()),
        starts_at_from=pl.coalesce(pl.col("source").filter(clocked).first(), pl.col("source").first()),
        time_is_set=clocked.any(),
        status=_status(),
        neutral=pl.col("neutral").first(),
    )
    events = events.with_columns(
        source="first_source", event_date=pl.col("starts_at").dt.date(), field_sources=_field_sources()
    )
    return conform(events.sort("starts_at", "event_id"), CANONICAL, "canonical events")


def _status() -> pl.Expr:
    """The first source's word; but a game it calls scheduled, and another cancelled or postponed, is off."""
    off = pl.col("status").filter(pl.col("status").is_in(["cancelled", "postponed"])).first()
    first = pl.col("status").first()
    status = pl.when(first == "scheduled").then(pl.coalesce(off, first)).otherwise(first)
    return status.cast(pl.Enum(EVENT_STATUSES)).cast(pl.String)


def _field_sources() -> pl.Expr:
    names = sorted({*_FILLED, "starts_at"} - {"source", "league", "sport"})
    others = [
        pl.when(pl.col(f"{name}_from") != pl.col("first_source")).then(pl.format(f"{name}: {{}}", f"{name}_from"))
        for name in names
    ]
    return pl.concat_list(others).list.drop_nulls()
