"""A decision in plain words.

Belongs here: sentences about one name. Does not: any judgement; rules and reasons are told as they were recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from epg_pipeline.domain.matching.explain import EventTitles, instant, sentences, titled, what_came_nearest

if TYPE_CHECKING:
    from epg_pipeline.domain.day import ProviderDay

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


def explained(decided: pl.DataFrame, events: pl.DataFrame, day: ProviderDay, diagnoses: pl.DataFrame) -> list[str]:
    """Lines that tell how a name, the one row of DECISIONS, was read for the day and decided.

    `diagnoses` has the name's row of DIAGNOSES when it found no event: what came nearest is told from it.
    """
    row, titles = decided.row(0, named=True), EventTitles(events, day)
    lines = [f"{row['name']}", f"  on {day.date} ({day.timezone})", "", "How it is read"]
    lines += [f"  {line}" for line in _reading(row, day)]
    if row["is_slot"]:
        lines += ["", "What was decided", *(f"  {line}" for line in _decision(row, events, day))]
    if diagnoses.height:
        lines += [
            "",
            "What came nearest",
            *(f"  {line}" for line in what_came_nearest(diagnoses.row(0, named=True), titles)),
        ]
    return lines


def _reading(row: dict[str, Any], day: ProviderDay) -> list[str]:
    lines = []
    if row["is_slot"]:
        known = f" of the family {row['family']}" if row["family"] else ""
        lines.append(f"It is the slot {row['slot']!r}{known}.")
    lines.append(f"It tells of {KINDS[row['kind']]}.")
    if row["first"]:
        lines.append(f"The sides, as printed: {row['first']} and {row['second']}.")
    elif row["title"]:
        lines.append(f"The title: {row['title']}.")
    if row["competition"]:
        lines.append(f"The competition it names: {row['competition']}.")
    lines += _time(row, day)
    if row["rules"]:
        lines.append("By these rules: " + "; ".join(row["rules"]) + ".")
    return lines


def _time(row: dict[str, Any], day: ProviderDay) -> list[str]:
    lines = []
    if row["date"]:
        lines.append(f"The date it states: {row['date']}.")
    if row["clock"]:
        said = "as the name says" if row["zone_is_stated"] else "the name gives no zone"
        lines.append(f"The clock it states: {row['clock']:%H:%M}, read in {row['zone']} ({said}).")
    if row["starts_at"] and row["match_status"] not in {"matched", "manual"}:
        lines.append(f"So it starts {instant(row['starts_at'], day.timezone)}.")
    return lines


def _decision(row: dict[str, Any], events: pl.DataFrame, day: ProviderDay) -> list[str]:
    by_hand_none = row["match_status"] == "manual" and row["event_id"] is None
    lines = [NEVER if by_hand_none else VERDICTS[row["match_status"]].format(**row)]
    found = events.filter(pl.col("event_id") == row["event_id"]) if row["event_id"] else events.clear()
    if found.height:
        event = found.row(0, named=True)
        venue = f", {event['venue']}" if event["venue"] else ""
        lines.append(f"  {titled(event)} ({event['league']}{venue}), {instant(event['starts_at'], day.timezone)}")
        lines.append(f"  event {event['event_id']}, from {event['source']}")
    return [*lines, "Because:", *(f"  - {line}" for line in sentences(row, EventTitles(events, day)))]
