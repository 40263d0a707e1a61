"""What an operator set by hand, laid over what was decided.

Belongs here: which slots an override means, and what becomes of their decisions. Does not: where overrides are kept.
"""

import re
from collections.abc import Collection
from datetime import date
from typing import NewType

import polars as pl

from epg_pipeline.domain.frames import DECISIONS, INSTANT, Contract, Decisions, conform, texts
from epg_pipeline.domain.matching.verdict import evidence_with

_EVENT_TEXTS = ("league", "sport", "home", "away", "event_name", "venue", "home_logo", "away_logo")

# Overrides in force, oldest first, with what their events are.
Overrides = NewType("Overrides", pl.DataFrame)
OVERRIDES = Contract(
    Overrides,
    {
        "id": pl.Int64,
        "slot": pl.String,  # either the slot,
        "name_pattern": pl.String,  # or a regular expression found in the name, letter case aside
        "day": pl.Date,  # the day it holds for; null for every day
        "event_id": pl.String,  # null: never an event
        "note": pl.String,
        # From here on the event's, all null once it is removed from the record.
        **texts(*_EVENT_TEXTS),
        "starts_at": INSTANT,  # null also while its hour is not set
    },
    key=["id"],
)
_OF_THE_EVENT = ("event_id", *_EVENT_TEXTS)


def overridden(decisions: Decisions, overrides: Overrides, days: Collection[date]) -> Decisions:
    """DECISIONS with the overrides that hold on one of `days`; of several that fit a slot the newest counts.

    What is set by hand is `manual`. A pinned slot has the event's fields and its canonical start, whatever its name
    says. What is never an event becomes an idle slot without one: whoever says so does not want the name shown as one.
    Other rows stay as they are; so does a slot whose event has left the record, but for a reason that says it.
    """
    in_force = overrides.filter(pl.col("day").is_null() | pl.col("day").is_in(list(days)))
    if in_force.is_empty():
        return decisions
    by_hand = in_force.select(override="id", **{f"set_{name}": name for name in (*_OF_THE_EVENT, "starts_at")})
    marked = decisions.with_columns(override=_newest(in_force))
    touched = marked.filter(pl.col("override").is_not_null())
    changed = _set(touched.join(by_hand, on="override", how="left", maintain_order="left"))
    rest = marked.filter(pl.col("override").is_null())
    both = pl.concat([rows.select(decisions.columns) for rows in (rest, changed)])
    ordered = decisions.select("position").join(both, on="position", maintain_order="left")
    return conform(ordered, DECISIONS, "decisions set by hand")


def pattern_fault(pattern: str) -> str:
    """Why a pattern can't be used for names; "" when it can."""
    try:
        fits_nothing_at_all = pl.select(name=pl.lit("")).select(fits(pattern, strict=True)).item()
    except pl.exceptions.PolarsError as error:
        found = re.search(r"^error: (.*)$", str(error), re.MULTILINE)
        return _fault_in_words(pattern) or (found[1] if found else "it is not a regular expression")
    return "it fits every name" if fits_nothing_at_all else ""


def fits(pattern: str, *, strict: bool = False) -> pl.Expr:
    """Whether the name pattern of an override is found in `name`; a bad one never is, unless `strict` makes it fail."""
    return pl.col("name").str.contains(f"(?i){pattern}", strict=strict).fill_null(value=False)


def _fault_in_words(pattern: str) -> str:
    """What is wrong with a pattern in Python's words, with the place; "" when only the other engine refuses it."""
    try:
        re.compile(pattern)
    except re.error as error:
        return f"{error.msg} at {error.pos}"
    return ""


def _newest(overrides: pl.DataFrame) -> pl.Expr:
    """The number of the newest override that fits a slot. A loop over them: they are few, each with its own pattern."""
    chosen = pl.lit(None, pl.Int64)
    for number, slot, pattern in overrides.sort("id").select("id", "slot", "name_pattern").iter_rows():
        meant = pl.col("slot") == slot if slot is not None else fits(pattern)
        chosen = pl.when(pl.col("is_slot") & meant).then(pl.lit(number, pl.Int64)).otherwise(chosen)
    return chosen


def _set(touched: pl.DataFrame) -> pl.DataFrame:
    never, pinned = pl.col("set_event_id").is_null(), pl.col("set_league").is_not_null()
    effect = pl.when(never).then(pl.lit("never")).when(pinned).then(pl.lit("pinned")).otherwise(pl.lit("gone"))
    by_hand = {"override": pl.col("override"), "override_effect": effect, "override_event": pl.col("set_event_id")}
    # An event whose hour is not set yet begins when the name says.
    of_the_event = {name: pl.col(f"set_{name}") for name in _OF_THE_EVENT}
    of_the_event["starts_at"] = pl.coalesce("set_starts_at", "starts_at")
    return touched.with_columns(
        **{name: pl.when(pinned).then(new).when(~never).then(name) for name, new in of_the_event.items()},
        kind=pl.when(pinned).then(pl.lit("event")).when(never).then(pl.lit("placeholder")).otherwise("kind"),
        coverage=pl.when(pinned).then(pl.lit("live")).otherwise("coverage"),
        title=pl.when(never).then(pl.lit("")).when(pinned).then(_title_of_pinned()).otherwise("title"),
        match_status=pl.when(pinned | never).then(pl.lit("manual")).otherwise("match_status"),
        confidence=pl.when(pinned | never).then(1.0).otherwise("confidence"),
        evidence=pl.when(never | pinned)
        .then(evidence_with(by_hand))
        .otherwise(pl.col("evidence").struct.with_fields(**by_hand)),
    )


def _title_of_pinned() -> pl.Expr:
    """The title as read; where the name says nothing, the event's own or its sides."""
    says_nothing = ~pl.col("kind").is_in(["event", "show"]) | (pl.col("title") == "")
    pairing = pl.concat_str("set_home", pl.lit(" vs "), "set_away")
    its_own = pl.when(pl.col("set_event_name") != "").then("set_event_name").otherwise(pairing)
    return pl.when(says_nothing).then(its_own).otherwise("title")
