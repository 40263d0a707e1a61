"""Decisions on record -> the figures of a match report.

Belongs here: which state each slot is in, figures by family and cause, how sure matches are, and the sentences about
each slot. Does not belong: HTML (report_page.py), finding causes (diagnosis.py), the history of rates (the view
match_rates).
"""

import re
from typing import NewType

import polars as pl

from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import Contract, conform, one_of, texts
from epg_pipeline.domain.matching.diagnosis import ADVICE
from epg_pipeline.domain.matching.explain import EventTitles, sentences, what_came_nearest
from epg_pipeline.domain.matching.verdict import FULL_SCORE, evidence_of

# What a slot is for a reader, with its label; each slot is in one state: its event is found, one of its sides is known,
# an event that was not found, a show (which needs none), nothing on.
STATES = {
    "matched": "Event found",
    "partial": "One side known",
    "unmatched": "No event found",
    "show": "Shows",
    "idle": "Nothing on",
}
ADDRESS = re.compile(r"(?i)\b[a-z][a-z0-9+.-]*://\S*")
BIN = 5  # percent of confidence in one bin

Figures = NewType("Figures", pl.DataFrame)
FIGURES = Contract(
    Figures,
    {
        "family": pl.String,
        "slots": pl.Int64,
        "events": pl.Int64,  # slots that announce an event
        **dict.fromkeys(STATES, pl.Int64),
        "rate": pl.Float64,  # matched of events; null without events
    },
)
ReportSlots = NewType("ReportSlots", pl.DataFrame)
REPORT_SLOTS = Contract(
    ReportSlots,
    {
        **texts("slot", "family"),
        "name": pl.String,  # as printed, but for addresses
        "state": pl.String,
        "about": pl.String,  # the event, else the title as read; "" when nothing is on
        "league": pl.String,  # null when not known
        "starts_at": pl.Datetime("us", "UTC"),
        "confidence": pl.Float64,  # null unless matched
        "cause": pl.String,  # one of ADVICE, null unless an event is missing
        "why": pl.List(pl.String),  # sentences
    },
    rules=one_of("state", tuple(STATES)),
)


def with_states(decisions: pl.DataFrame) -> pl.DataFrame:
    """DECISIONS of event slots, with the column `state` added: one of STATES."""
    return decisions.filter("is_slot").with_columns(state=_state())


def _state() -> pl.Expr:
    status = pl.col("match_status")
    return (
        pl.when(status.is_in(["matched", "manual"]) & pl.col("event_id").is_not_null())
        .then(pl.lit("matched"))
        .when(status == "partial")
        .then(pl.lit("partial"))
        .when((status == "unmatched") & (pl.col("kind") == "show"))
        .then(pl.lit("show"))
        .when(status == "unmatched")
        .then(pl.lit("unmatched"))
        .otherwise(pl.lit("idle"))  # also what is set by hand as never an event
    )


def totals(stated: pl.DataFrame) -> pl.DataFrame:
    """FIGURES of all slots in one row; `stated` is what `with_states` gives."""
    return _counted(stated.with_columns(family=pl.lit("")))


def figures_by_family(stated: pl.DataFrame) -> pl.DataFrame:
    """FIGURES, one row a family: the one that misses most events first, then the largest."""
    return _counted(stated).sort(
        pl.col("events") - pl.col("matched"), "slots", "family", descending=[True, True, False]
    )


def _counted(stated: pl.DataFrame) -> pl.DataFrame:
    counted = stated.group_by("family").agg(
        pl.len().alias("slots"), *((pl.col("state") == state).sum().alias(state) for state in STATES)
    )
    events = pl.sum_horizontal("matched", "partial", "unmatched")
    counted = counted.with_columns(events=events).with_columns(
        pl.exclude("family").cast(pl.Int64), rate=pl.when(events > 0).then(pl.col("matched") / events)
    )
    return conform(counted, FIGURES, "figures of a match report")


def histogram(stated: pl.DataFrame) -> pl.DataFrame:
    """from, found, short: by steps of BIN percent, how many matches were that sure, and how many best guesses.

    A best guess is the event that fitted best and was not taken, since too little spoke for it or another fitted as
    well. Names that no event fits at all are in no bin; matches set by hand count as wholly sure.
    """
    guess = pl.when(evidence_of("verdict") != "taken").then(evidence_of("score") / FULL_SCORE)
    is_found = pl.col("state") == "matched"
    sure = pl.when(is_found).then("confidence").otherwise(guess).clip(0, 1)
    binned = stated.select(is_found=is_found, **{"from": (sure * 100 // BIN * BIN).clip(0, 100 - BIN).cast(pl.Int64)})
    counts = (
        binned.drop_nulls("from")
        .group_by("from")
        .agg(found=pl.col("is_found").sum().cast(pl.Int64), short=(~pl.col("is_found")).sum().cast(pl.Int64))
    )
    every = pl.DataFrame({"from": pl.int_range(0, 100, BIN, eager=True)})
    return every.join(counts, on="from", how="left", maintain_order="left").with_columns(
        pl.col("found", "short").fill_null(0)
    )


def of_other_days(stated: pl.DataFrame, day: ProviderDay) -> tuple[int, int]:
    """How many names that miss their event are of days before yesterday, and how many of days not yet shown.

    A day is not shown yet when it is more than two days ahead. Names without any date count to neither.
    """
    missing = stated.filter(pl.col("state").is_in(["partial", "unmatched"]))
    start = pl.coalesce("starts_at", pl.col("date").cast(pl.Datetime("us", "UTC")))
    old, far = start < day.shifted(-1).opens, start >= day.shifted(3).opens
    return missing.select(old=old.sum(), far=far.sum()).row(0)


def by_cause(diagnoses: pl.DataFrame) -> pl.DataFrame:
    """cause, names: how many names of DIAGNOSES have each cause, in the order of ADVICE; none without a name."""
    order = pl.col("cause").replace_strict({cause: place for place, cause in enumerate(ADVICE)}, return_dtype=pl.Int64)
    return diagnoses.group_by("cause").agg(names=pl.len()).sort(order)


def report_slots(stated: pl.DataFrame, diagnoses: pl.DataFrame, events: pl.DataFrame, day: ProviderDay) -> ReportSlots:
    """REPORT_SLOTS in the playlist's order: what each name was taken for and why, in sentences.

    `diagnoses` is DIAGNOSES of the same decisions, `events` the EVENTS at hand, which the sentences name by title.
    """
    is_matched = pl.col("state") == "matched"
    sides = pl.concat_str("home", pl.lit(" – "), "away")
    event = pl.when(pl.col("event_name").fill_null("") != "").then("event_name").otherwise(sides)
    slots = (
        stated.sort("position")
        .join(diagnoses.select("position", "cause"), on="position", how="left", maintain_order="left")
        .with_columns(
            name=without_addresses(pl.col("name")),
            about=without_addresses(pl.when(is_matched).then(pl.coalesce(event, "title")).otherwise("title")),
            confidence=pl.when(is_matched).then("confidence"),
            why=_sentences(stated.sort("position"), diagnoses, EventTitles(events, day)),
        )
    )
    return conform(slots, REPORT_SLOTS, "slots of a match report")


def without_addresses(text: pl.Expr) -> pl.Expr:
    """The text without the addresses in it: a report is public, and an address may carry an account."""
    return text.str.replace_all(ADDRESS.pattern, "(address)")


def _sentences(stated: pl.DataFrame, diagnoses: pl.DataFrame, titles: EventTitles) -> pl.Series:
    """One slot at a time, because sentences are made from words, not from columns."""
    nearest = {row["position"]: what_came_nearest(row, titles) for row in diagnoses.iter_rows(named=True)}
    rows = stated.select("position", "first", "evidence").iter_rows(named=True)
    why = [[*sentences(row, titles), *nearest.get(row["position"], [])] for row in rows]
    return pl.Series("why", why, pl.List(pl.String)).list.eval(without_addresses(pl.element()))
