"""Candidates with their scores -> the verdict about each name, and the evidence it rests on.

Belongs here: the thresholds, which candidate is taken, what separates it from the runner-up, and the struct that a
decision keeps of all this. Does not belong: scoring (decide.py, titled_events.py), sentences (explain.py).
"""

from typing import NewType

import polars as pl

from epg_pipeline.domain.frames import EVIDENCE, SEPARATION, Contract, conform

# The score of a candidate event is that of its pair or title (0..100) and the points for or against it.
FULL_SCORE = 118.0  # the most an event can have; a match's confidence is its share of it
SURE = 80.0  # from here a candidate is taken,
MARGIN = 5.0  # if no other comes this near

POINTS = ("pair", "league_points", "time_points", "game_points")  # what a score is the sum of
_OFFSET = ("offset_minutes", "offset_agreeing", "offset_of")

# The best candidate of each reading, and how it stands against the second.
Ranked = NewType("Ranked", pl.DataFrame)
RANKED = Contract(
    Ranked,
    {
        "position": pl.Int64,
        "nearest": pl.String,  # the candidate's event
        "score": pl.Float64,
        "verdict": pl.String,  # taken, ambiguous (another is as good) or weak
        "method": pl.String,  # pair or title
        **dict.fromkeys(POINTS, pl.Float64),
        "league_relation": pl.String,  # of the event's league to what the name says: see decide.py; null for a title
        "minutes": pl.Int64,  # from the printed clock to the event's start; null without a clock
        "order": pl.String,  # home or away: the side that is printed first; null for a title
        "first_form": pl.String,  # the forms that the printed sides were recognised by
        "second_form": pl.String,
        "runner_up": pl.String,
        "margin": pl.Float64,  # by which the runner-up is behind
        "apart": pl.List(SEPARATION),  # the points that separate the two, by kind; those that do not are left out
    },
)


def ranked(candidates: pl.DataFrame, method: str) -> Ranked:
    """RANKED, one row per reading, of candidates with position, event_id, score, pair, time and what else they have."""
    own = (*POINTS, "league_relation", "minutes", "order", "first_form", "second_form")
    absent = {name: pl.lit(None, RANKED[name]) for name in own if name not in candidates.columns}
    best_of_event = candidates.with_columns(**absent, method=pl.lit(method)).sort(
        "score", descending=True, maintain_order=True
    ).unique(["position", "event_id"], keep="first", maintain_order=True)  # fmt: skip
    second = {f"next_{name}": pl.col(name).get(1, null_on_oob=True) for name in ("event_id", "score", *POINTS)}
    best = best_of_event.group_by("position", maintain_order=True).agg(
        pl.col("score", "method", *own).first(), nearest=pl.col("event_id").first(), **second
    )
    margin = pl.col("score") - pl.col("next_score")
    verdict = pl.coalesce(
        pl.when(pl.col("score") < SURE).then(pl.lit("weak")),
        pl.when(margin < MARGIN).then(pl.lit("ambiguous")),
        pl.lit("taken"),
    )
    best = best.with_columns(verdict=verdict, runner_up="next_event_id", margin=margin, apart=_apart())
    return conform(best, RANKED, "ranked candidates")


def _apart() -> pl.Expr:
    differences = [(name, (pl.col(name) - pl.col(f"next_{name}")).round(1)) for name in POINTS]
    separations = [
        pl.when(difference != 0).then(pl.struct(kind=pl.lit(name), points=difference).cast(SEPARATION))
        for name, difference in differences
    ]
    return pl.concat_list(separations).list.drop_nulls()


def evidence() -> pl.Expr:
    """The struct EVIDENCE of readings that are joined with RANKED, the event's status and the learned offset."""
    is_idle = pl.col("kind").is_in(["placeholder", "vod", "linear"])
    is_taken = pl.col("verdict").eq_missing(pl.lit("taken"))
    skipped = pl.when(is_idle).then("kind").when(pl.col("coverage") != "live").then("coverage")
    called_off = pl.when(pl.col("event_status").is_in(["postponed", "cancelled"])).then("event_status")
    return evidence_with(
        {
            **{name: pl.col(name) for name in RANKED if name != "position"},
            **{name: pl.col(name).round(1) for name in ("score", *POINTS, "margin")},
            **{name: pl.when(~is_taken).then(name) for name in ("nearest", *_OFFSET)},
            "skipped": skipped,
            "called_off": called_off,
            "game_number": pl.when(pl.col("game_points").fill_null(0) != 0).then("game"),
        }
    )


def evidence_with(fields: dict[str, pl.Expr]) -> pl.Expr:
    """EVIDENCE with these fields alone; the others are null."""
    return pl.struct(
        [fields.get(field.name, pl.lit(None)).cast(field.dtype).alias(field.name) for field in EVIDENCE.fields]
    )


def evidence_of(name: str) -> pl.Expr:
    """One field of a decision's evidence."""
    return pl.col("evidence").struct.field(name)
