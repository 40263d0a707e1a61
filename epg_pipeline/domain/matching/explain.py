"""Evidence -> sentences: what spoke for an event, what for another, and what came nearest.

Belongs here: every sentence that is made from a decision's evidence. Does not belong: finding evidence (decide.py,
verdict.py).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.matching.verdict import MARGIN, SURE

_COVERAGES = {
    "replay": "a replay of the event",
    "press": "a press conference",
    "pregame": "what comes before the event",
    "highlights": "highlights of the event",
    "other": "something about the event",
}
_RELATIONS = {
    "same league": "Its league is the one that name and family state",
    "same sport": "Its sport is the one that name and family state",
    "other league": "Its league is not the one that name and family state",
    "other sport": "Its sport is not the one that name and family state",
}
_KINDS = {"pair": "the sides", "league_points": "the league", "time_points": "the time", "game_points": "the game"}
_TITLED = ("event_id", "name", "home", "away", "league", "starts_at")


class EventTitles:
    """Events by id, as a person knows them."""

    def __init__(self, events: pl.DataFrame, day: ProviderDay) -> None:
        """`events` are the EVENTS at hand; times are shown in the day's zone."""
        self._events = {event["event_id"]: event for event in events.select(_TITLED).iter_rows(named=True)}
        self._zone = day.timezone

    def of(self, event_id: str) -> str:
        """The event's title, league and start, with its id; the id alone for an event that is not at hand."""
        event = self._events.get(event_id)
        if event is None:
            return f"event {event_id}"
        return f"{titled(event)} ({event['league']}, {instant(event['starts_at'], self._zone)}), event {event_id}"


def titled(event: dict[str, Any]) -> str:
    """An event's own title, else its two sides."""
    return event["name"] or f"{event['home']} – {event['away']}"


def instant(moment: datetime, timezone: str) -> str:
    """A moment on the clock of a zone, with its UTC time."""
    utc = moment.astimezone(UTC)
    local = f"{utc.astimezone(ZoneInfo(timezone)):%a %d %b %Y %H:%M} {timezone}"
    return local if timezone == "UTC" else f"{local}, {utc:%H:%M} UTC"


def sentences(decision: dict[str, Any], titles: EventTitles) -> list[str]:
    """What a decision (a row of DECISIONS) rests on, one sentence each; one for a row without evidence too."""
    evidence = decision["evidence"]
    if evidence is None:
        return ["It was decided by an earlier version, which kept no evidence. To decide it again: epg backfill."]
    return [*_by_hand(evidence, titles), *_skipped(decision, evidence), *_verdict(evidence), *_points(evidence, titles)]


def what_came_nearest(diagnosis: dict[str, Any], titles: EventTitles) -> list[str]:
    """What is known about a name that found no event, from its row of DIAGNOSES; never empty."""
    lines = [f"No team on record is called {side!r}." for side in diagnosis["unknown"]]
    if diagnosis["similar"]:
        lines.append("Teams with names like that: " + ", ".join(diagnosis["similar"]) + ".")
    lines += [titles.of(event_id) for event_id in diagnosis["nearest"]]
    return lines or ["No event near its date is like it, nor has one of its sides."]


def came_nearest(diagnosis: dict[str, Any], titles: EventTitles) -> str:
    """The event or the teams nearest to one row of DIAGNOSES; "" where nothing is like it."""
    if diagnosis["nearest"]:
        return titles.of(diagnosis["nearest"][0])
    return f"teams: {', '.join(diagnosis['similar'])}" if diagnosis["similar"] else ""


def _by_hand(evidence: dict[str, Any], titles: EventTitles) -> Iterator[str]:
    number, effect = evidence["override"], evidence["override_effect"]
    if effect == "gone":
        event = titles.of(evidence["override_event"])
        yield f"Override {number} pins it to {event}, which is not on record, so it has no effect."
    elif number is not None:
        what = "says that it is never an event" if effect == "never" else "pins it to this event"
        yield f"An operator set it: override {number} {what} (epg override list)."


def _skipped(decision: dict[str, Any], evidence: dict[str, Any]) -> Iterator[str]:
    skipped = evidence["skipped"]
    if skipped == "placeholder":
        yield "The name says that nothing is on."
    elif skipped in _COVERAGES:
        yield f"The name announces {_COVERAGES[skipped]}, which is not the event itself."
    elif skipped is None and evidence["verdict"] is None and evidence["override_effect"] in (None, "gone"):
        has_pair = decision["first"] is not None
        yield (
            "No event on record has both of its sides near its date."
            if has_pair
            else "It names no two sides, and its words are not the title of any event."
        )


def _verdict(evidence: dict[str, Any]) -> Iterator[str]:
    score = evidence["score"]
    match evidence["verdict"]:
        case "taken":
            yield f"It is sure: {score} points, where {SURE:g} are needed and {MARGIN:g} more than any other event has."
        case "ambiguous":
            yield f"Two events fit it nearly as well ({score} points), and a wrong one would be worse than none."
        case "weak":
            yield f"The event that fits best has {score} points, and {SURE:g} are needed."
    if evidence["method"] == "pair":
        forms = f'as "{evidence["first_form"]}" and "{evidence["second_form"]}"'
        yield f"Both sides fit, {evidence['pair']} of 100: {forms}, the {evidence['order']} side printed first."


def _points(evidence: dict[str, Any], titles: EventTitles) -> Iterator[str]:
    if evidence["league_points"]:
        relation = _RELATIONS.get(evidence["league_relation"] or "same league")
        yield f"{relation} ({evidence['league_points']:+g})."
    if (minutes := evidence["minutes"]) is not None:
        distance = f"{abs(minutes)} minutes {'after' if minutes > 0 else 'before'}" if minutes else "exactly at"
        yield f"The event begins {distance} the printed clock ({evidence['time_points']:+g})."
    if evidence["called_off"]:
        yield f"The event is {evidence['called_off']}."
    if evidence["game_number"]:
        yield f"The name says it is game {evidence['game_number']} of the day."
    if evidence["nearest"]:
        yield f"The nearest event: {titles.of(evidence['nearest'])}."
    if evidence["runner_up"]:
        apart = ", ".join(f"{_KINDS[kind['kind']]} {kind['points']:g}" for kind in evidence["apart"]) or "nothing"
        runner_up = titles.of(evidence["runner_up"])
        yield f"The runner-up, {evidence['margin']} points behind: {runner_up}. What separates them: {apart}."
    if evidence["offset_minutes"] is not None:
        shown = f"{evidence['offset_agreeing']} of {evidence['offset_of']} matches of such names are off by that"
        yield f"Its clock was moved by {evidence['offset_minutes']} minutes: {shown}."
