"""Why names found no event, by cause, what came nearest, and what a person can do about it.

Belongs here: the causes, their meaning and remedy, the cause of each failure, the events and teams nearest to it. Does
not: any decision, sentences about one name (explain.py).
"""

import shlex
from typing import Any, NamedTuple, NewType

import polars as pl
from rapidfuzz import fuzz, process

from epg_pipeline.config import Facts
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import Contract, Decisions, Events, conform, one_of, texts
from epg_pipeline.domain.matching import time_evidence
from epg_pipeline.domain.matching.verdict import SURE, evidence_of
from epg_pipeline.domain.teams import candidates, forms_of, known_forms, team_key
from epg_pipeline.domain.text import folded


class Advice(NamedTuple):
    """What a cause means, and what to do about it."""

    meaning: str
    remedy: str


# Each cause, in the order in which a person can do most about them.
ADVICE = {
    "one side unknown": Advice("One side is not a team on record", 'epg alias add "TEAM" "AS PRINTED", if it is one'),
    "both sides unknown": Advice(
        "Neither side is a team on record", "epg alias add for each; or its league is not on record: epg events import"
    ),
    "ambiguous": Advice("Two events fit equally well", "epg override pin PROVIDER --slot SLOT --event EVENT_ID"),
    "not sure enough": Advice(
        "An event fits, but not well enough", "epg why NAME says what is missing; epg override pin"
    ),
    "no such fixture": Advice(
        "Both teams are known, no event of both is near",
        "nothing, if the name is old; else its schedule lacks it: epg events import",
    ),
    "league not on record": Advice("No event of its league or sport is near", "epg events import, or another source"),
    "no opponents": Advice("A show, or a title without two sides", "nothing; epg override pin, if it is an event"),
    "not the event": Advice("A replay, a talk, highlights", "nothing: the guide shows the name as read"),
}

Diagnoses = NewType("Diagnoses", pl.DataFrame)
DIAGNOSES = Contract(
    Diagnoses,
    {
        "position": pl.Int64,
        **texts("slot", "name", "family", "match_status"),
        "cause": pl.String,  # one of ADVICE
        "unknown": pl.List(pl.String),  # the printed sides that are not a team on record
        "nearest": pl.List(pl.String),  # ids of events, the nearest first; at most three
        "similar": pl.List(pl.String),  # names of teams like the unknown sides
    },
    key=["position"],
    rules=one_of("cause", tuple(ADVICE)),
)

_SIDES = ("first", "second")
_MAX_NEAREST = 3
_MIN_SIMILAR = 70
_MAX_TEXTS = 300  # texts compared with every team's name; nobody reads more than that
_REACH_DAYS = 8


def diagnosed(decisions: Decisions, events: Events, day: ProviderDay, facts: Facts) -> Diagnoses:
    """DIAGNOSES for every slot of DECISIONS that announces something and has no event, in the playlist's order."""
    says_something = pl.col("kind").is_in(["event", "show"])
    failed = decisions.filter("is_slot", says_something, ~pl.col("match_status").is_in(["matched", "manual"]))
    sided = events.filter(pl.col("home") != "", pl.col("away") != "")
    texts = pl.concat([failed["first"], failed["second"]])
    named = candidates(texts, forms_of(sided, facts), facts)
    frame = _with_unknown(failed, named, facts).with_columns(is_on_record=_is_on_record(failed, events, day))
    frame = frame.with_columns(cause=_cause())
    frame = frame.join(_nearest_events(frame, named, sided, day), on="position", how="left", maintain_order="left")
    stored = pl.concat_list(evidence_of("nearest"), evidence_of("runner_up")).list.drop_nulls()
    nearest = pl.when(stored.list.len() > 0).then(stored).otherwise(pl.col("nearest").fill_null([]))
    frame = frame.with_columns(nearest=nearest).join(
        _similar_teams(frame, sided, facts), on="position", how="left", maintain_order="left"
    )
    return conform(frame.with_columns(pl.col("similar").fill_null([])).sort("position"), DIAGNOSES, "diagnoses")


def _with_unknown(failed: pl.DataFrame, named: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    in_events = named.filter(pl.col("score") >= SURE)["text"].unique().implode()
    schools = facts.teams.filter(pl.col("league") == "ncaa").select(folded(pl.col("location"))).to_series()
    in_catalogue = pl.concat([known_forms(facts), schools]).implode()
    sides = {side: pl.col(side).is_in(in_events) | folded(pl.col(side)).is_in(in_catalogue) for side in _SIDES}
    unknown = pl.concat_list(pl.when(~known.fill_null(value=False)).then(side) for side, known in sides.items())
    return failed.with_columns(unknown=unknown.list.drop_nulls())


def _is_on_record(failed: pl.DataFrame, events: pl.DataFrame, day: ProviderDay) -> pl.Series:
    """Whether any event of the reading's leagues, else of its sport, is on record near its date."""
    near = failed.select("position", "leagues", "sport", event_date=time_evidence.dates_in_reach(day))
    dates = near.explode("event_date", empty_as_null=True, keep_nulls=True)
    of_league = dates.explode("leagues", empty_as_null=True, keep_nulls=True).join(
        events.select("event_date", leagues="league").unique(), on=["leagues", "event_date"], how="semi"
    )
    of_sport = dates.filter(pl.col("leagues").is_null()).join(
        events.select("event_date", "sport").unique(), on=["sport", "event_date"], how="semi"
    )
    found = pl.concat([of_league["position"], of_sport["position"]]).unique().implode()
    says_none = pl.col("leagues").is_null() & pl.col("sport").is_null()
    return near.select(says_none | pl.col("position").is_in(found)).to_series()


def _cause() -> pl.Expr:
    unknown = pl.col("unknown").list.len()
    return pl.coalesce(
        pl.when(pl.col("coverage") != "live").then(pl.lit("not the event")),
        pl.when(evidence_of("verdict") == "ambiguous").then(pl.lit("ambiguous")),
        pl.when(evidence_of("verdict") == "weak").then(pl.lit("not sure enough")),
        pl.when(pl.col("first").is_null()).then(pl.lit("no opponents")),
        pl.when(~pl.col("is_on_record")).then(pl.lit("league not on record")),
        pl.when(unknown == 0).then(pl.lit("no such fixture")),
        pl.when(unknown == 1).then(pl.lit("one side unknown")),
        pl.lit("both sides unknown"),
    )


def _nearest_events(frame: pl.DataFrame, named: pl.DataFrame, sided: pl.DataFrame, day: ProviderDay) -> pl.DataFrame:
    """position, nearest: the events of a team that one side may be, the likelier team and the nearer start first."""
    asked = pl.concat(frame.select("position", "starts_at", "date", text=side) for side in _SIDES)
    moment = pl.coalesce("starts_at", pl.col("date").cast(pl.Datetime("us", "UTC")), pl.lit(day.opens))
    by_side = pl.concat(
        sided.select("event_id", event_starts_at="starts_at", team=team_key(pl.col("league"), pl.col(side)))
        for side in ("home", "away")
    )
    found = asked.with_columns(moment=moment).join(named, on="text").join(by_side, on="team")
    away = (pl.col("event_starts_at") - pl.col("moment")).dt.total_hours().abs()
    found = found.with_columns(away=away).filter(pl.col("away") <= _REACH_DAYS * 24)
    # An event that both sides may mean stands before one that only one of them does.
    each = found.group_by("position", "event_id", "text").agg(pl.col("score").max(), pl.col("away").min())
    both = each.group_by("position", "event_id").agg(pl.col("score").sum(), pl.col("away").min())
    likely = both.filter(pl.col("score") >= SURE).sort(
        "position", "score", "away", "event_id", descending=[False, True, False, False]
    )
    return likely.group_by("position", maintain_order=True).agg(nearest=pl.col("event_id").head(_MAX_NEAREST))


def _similar_teams(frame: pl.DataFrame, sided: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """position, similar: the teams of the sport whose names are most like the sides that are unknown."""
    unknown = frame.select("position", "sport", text="unknown").explode("text").drop_nulls("text")
    played = [sided.select("sport", name=side) for side in ("home", "away")]
    names = pl.concat([facts.teams.select("sport", "name"), *played]).unique(maintain_order=True)
    names = names.with_columns(form=folded(pl.col("name")))
    asked = unknown.select("text", "sport", form=folded(pl.col("text"))).unique(maintain_order=True).head(_MAX_TEXTS)
    rows = []
    for (sport,), of_one_sport in asked.group_by("sport", maintain_order=True):
        # A school plays every sport, so the catalogue states none for it.
        of_sport = names if sport is None else names.filter(pl.col("sport").is_in([str(sport), ""]))
        forms = dict(of_sport.select("form", "name").iter_rows())
        # One text at a time because Polars cannot express the scorer; the number of texts is capped.
        for text, form in of_one_sport.select("text", "form").iter_rows():
            hits = process.extract(
                form, forms.keys(), scorer=fuzz.token_sort_ratio, limit=_MAX_NEAREST, score_cutoff=_MIN_SIMILAR
            )
            rows.append((text, sport, [forms[hit[0]] for hit in hits]))
    similar = pl.DataFrame(
        rows, schema={"text": pl.String, "sport": pl.String, "similar": pl.List(pl.String)}, orient="row"
    )
    each = unknown.join(similar, on=["text", "sport"], nulls_equal=True)
    of_both_sides = pl.col("similar").list.explode().drop_nulls().unique(maintain_order=True)
    return each.group_by("position", maintain_order=True).agg(of_both_sides)


def remedy(diagnosis: dict[str, Any]) -> str:
    """What to do about one row of DIAGNOSES: the command itself, where the row has what it takes."""
    if diagnosis["cause"] == "one side unknown" and diagnosis["similar"]:
        team, printed = shlex.quote(diagnosis["similar"][0]), shlex.quote(diagnosis["unknown"][0])
        return f"epg alias add {team} {printed}, if it is that one"
    return ADVICE[diagnosis["cause"]].remedy
