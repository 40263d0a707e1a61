"""Decisions in plain words: one name in detail, or all that found no event, by cause.

Belongs here: what `epg match`, `why` and `unmatched` print. Does not: any judgement. Rules and reasons are shown as
recorded; causes and advice are from domain/matching.
"""

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import typer

from epg_pipeline.adapters.clock import today
from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.adapters.web.event_files import read_events
from epg_pipeline.cli.console import results, say, say_left_out, table
from epg_pipeline.cli.lookups import find_decisions, similar
from epg_pipeline.config import Facts
from epg_pipeline.domain.day import EVENT_REACH, ProviderDay
from epg_pipeline.domain.frames import EVENTS, Decisions, Events, empty
from epg_pipeline.domain.matching.diagnosis import ADVICE, diagnosed, remedy
from epg_pipeline.domain.matching.explain import (
    EventTitles,
    came_nearest,
    instant,
    sentences,
    titled,
    what_came_nearest,
)
from epg_pipeline.flows.dry_run import name_decided
from epg_pipeline.flows.facts import facts_on_record, installed_facts
from epg_pipeline.settings import load_settings

KINDS = {
    "event": "an event between two sides",
    "show": "a show or an event without two sides",
    "placeholder": "nothing: the slot is idle",
    "linear": "an ordinary channel, not an event slot",
    "vod": "a film or an episode, not an event slot",
}
VERDICTS = {
    "matched": "It is matched, with confidence {confidence:.2f}, to",
    "partial": "It is matched to no event; only one of its sides is known. The guide shows the name as read.",
    "unmatched": "It is matched to no event. The guide shows the name as read.",
    "unparseable": "There is nothing to match. The guide says that nothing is on.",
    "manual": "Its event was set by hand:",
}
NEVER = "It was set by hand that it is never an event. The guide says that nothing is on."


# epg match


def events_from(file: Path | None) -> Events:
    """The events of the file, else of EPG_EVENTS_FILE; without either none, and a message says so."""
    path = file or load_settings().events_file
    if path is None:
        say("No events (--events FILE): names are read, nothing can be matched.")
        return empty(EVENTS)
    content = read_events(path)
    say_left_out(content.faults)
    return content.events


def write_decisions(decisions: pl.DataFrame, out: str) -> None:
    """Write DECISIONS as JSON lines to a file, or to stdout for "-"."""
    rows = decisions.select(
        "name", "is_slot", "kind", pl.concat_list("first", "second").list.drop_nulls().alias("competitors"),
        pl.col("starts_at").dt.strftime("%Y-%m-%dT%H:%M:%SZ"), "event_id", "match_status", "confidence", "evidence",
        "family", "slot", "title", "rules",
    )  # fmt: skip
    if out == "-":
        sys.stdout.write(rows.write_ndjson())
        return
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    rows.write_ndjson(out)


def decisions_summary(decisions: pl.DataFrame) -> list[tuple[str, object]]:
    """Counts of DECISIONS, each with its title."""
    slots = decisions.filter("is_slot")
    statuses = dict(slots.group_by("match_status").len().iter_rows())
    kinds = dict(slots.group_by("kind").len().iter_rows())
    return [
        ("Entries", decisions.height),
        ("Slots", slots.height),
        *((f"  {kind}", kinds.get(kind, 0)) for kind in ("event", "show", "placeholder")),
        ("Families", slots["family"].n_unique()),
        *((name.capitalize(), statuses.get(name, 0)) for name in ("matched", "partial", "unmatched", "unparseable")),
        ("Distinct events", slots["event_id"].drop_nulls().n_unique()),
    ]


# epg why


def explain_name(name: str, day: date, events: Events, timezone: str) -> None:
    """Print how a name standing alone is read and decided."""
    local = ProviderDay(day, timezone)
    _explain(name_decided(name, events, local), events, local, installed_facts())


def explain_recorded(store: Store, provider: Provider, name: str | None, slot: str | None, day: date | None) -> None:
    """Print the decision on record about a provider's name or slot."""
    names_day, decisions = find_decisions(store, provider, day or today(provider.timezone))
    text = name or (slot or "").strip()
    is_wanted = pl.col("name") == text if name else pl.col("slot").str.to_lowercase() == text.lower()
    wanted = decisions.filter(is_wanted)
    if wanted.is_empty():
        near = similar(text, [*decisions["slot"].drop_nulls(), *decisions["name"]])
        raise typer.BadParameter(f"{provider.name} has no slot or name {text!r} on {names_day}{near}")
    local = ProviderDay(names_day, provider.timezone)
    _explain(Decisions(wanted.head(1)), _events_around(store, names_day), local, facts_on_record(store))


def _events_around(store: Store, day: date) -> Events:
    return store.events.between(day - EVENT_REACH, day + EVENT_REACH)


def _explain(decided: Decisions, events: Events, day: ProviderDay, facts: Facts) -> None:
    for line in _explanation(decided, events, day, diagnosed(decided, events, day, facts)):
        results().print(line, markup=False, soft_wrap=True)


def _explanation(decided: Decisions, events: Events, day: ProviderDay, diagnoses: pl.DataFrame) -> Iterator[str]:
    """How a name, the one row of DECISIONS, was read for the day and decided.

    `diagnoses` has the name's row of DIAGNOSES when it found no event.
    """
    row, titles = decided.row(0, named=True), EventTitles(events, day)
    yield from (row["name"], f"  on {day.date} ({day.timezone})", "", "How it is read")
    yield from (f"  {line}" for line in _reading(row, day))
    if row["is_slot"]:
        yield from ("", "What was decided", *(f"  {line}" for line in _decision(row, events, day)))
    if diagnoses.height:
        nearest = what_came_nearest(diagnoses.row(0, named=True), titles)
        yield from ("", "What came nearest", *(f"  {line}" for line in nearest))


def _reading(row: dict[str, Any], day: ProviderDay) -> Iterator[str]:
    if row["is_slot"]:
        family = f" of the family {row['family']}" if row["family"] else ""
        yield f"It is the slot {row['slot']!r}{family}."
    yield f"It describes {KINDS[row['kind']]}."
    if row["first"]:
        yield f"The sides, as printed: {row['first']} and {row['second']}."
    elif row["title"]:
        yield f"The title: {row['title']}."
    if row["competition"]:
        yield f"The competition it names: {row['competition']}."
    if row["date"]:
        yield f"The date it states: {row['date']}."
    if row["clock"]:
        source = "as the name says" if row["zone_is_stated"] else "the name gives no zone"
        yield f"The clock it states: {row['clock']:%H:%M}, read in {row['zone']} ({source})."
    if row["starts_at"] and row["match_status"] not in {"matched", "manual"}:
        yield f"So it starts {instant(row['starts_at'], day.timezone)}."
    if row["rules"]:
        yield "By these rules: " + "; ".join(row["rules"]) + "."


def _decision(row: dict[str, Any], events: Events, day: ProviderDay) -> Iterator[str]:
    is_never = row["match_status"] == "manual" and row["event_id"] is None
    yield NEVER if is_never else VERDICTS[row["match_status"]].format(**row)
    found = events.filter(pl.col("event_id") == row["event_id"]) if row["event_id"] else events.clear()
    for event in found.iter_rows(named=True):
        venue = f", {event['venue']}" if event["venue"] else ""
        yield f"  {titled(event)} ({event['league']}{venue}), {instant(event['starts_at'], day.timezone)}"
        yield f"  event {event['event_id']}, from {event['source']}"
    yield from ("Because:", *(f"  - {line}" for line in sentences(row, EventTitles(events, day))))


# epg unmatched


def print_unmatched(store: Store, provider: Provider, day: date | None, examples: int) -> list[str]:
    """Print one provider's table of names without an event; return them as lines of JSON."""
    names_day, decisions = find_decisions(store, provider, day or today(provider.timezone))
    events, local = _events_around(store, names_day), ProviderDay(names_day, provider.timezone)
    failed = diagnosed(decisions, events, local, facts_on_record(store))
    titles = EventTitles(events, local)
    total = decisions.filter(pl.col("kind").is_in(["event", "show"])).height
    title = f"{provider.name}, {names_day}: {failed.height} of {total} names of events and shows have no event"
    rows = [row for cause in ADVICE for row in _rows(failed.filter(pl.col("cause") == cause), cause, examples, titles)]
    if rows:
        table(title, ("Cause", "Names", "For example", "Nearest", "What to do"), rows)
    else:
        say(f"{title}.")
    lines = ({"provider": provider.slug, "day": str(names_day), **row} for row in failed.iter_rows(named=True))
    return [json.dumps(line, ensure_ascii=False) + "\n" for line in lines]


def _rows(failed: pl.DataFrame, cause: str, examples: int, titles: EventTitles) -> Iterator[tuple[object, ...]]:
    """A cause's row, and one for each further example."""
    if failed.is_empty():
        return
    advice = ADVICE[cause]
    rows = failed.unique("name", keep="first", maintain_order=True).head(examples).to_dicts()
    names = [(row["name"], came_nearest(row, titles) or "–", remedy(row)) for row in rows] or [("", "", advice.remedy)]
    yield (advice.meaning, f"{failed.height:,}", *names[0])
    for name, nearest, action in names[1:]:
        yield ("", "", name, nearest, "" if action == advice.remedy else action)
