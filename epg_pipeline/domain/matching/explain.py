"""Reasons as sentences: what spoke for an event, what for another, and what came nearest.

Belongs here: one sentence for each machine-readable reason; one it does not know is told as it stands. Does not: giving
reasons (domain/matching/decide.py).
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import polars as pl

    from epg_pipeline.domain.day import ProviderDay

_TELLINGS = {
    "replay": "a replay of the event",
    "press": "a press conference",
    "pregame": "what comes before the event",
    "highlights": "highlights of the event",
}


_TITLED = ("event_id", "name", "home", "away", "league", "starts_at")


class EventTitles:
    """Events by id, as a person knows them."""

    def __init__(self, events: pl.DataFrame, day: ProviderDay) -> None:
        """Take the events at hand; times are told in the day's zone."""
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


def sentences(reasons: list[str], titles: EventTitles) -> list[str]:
    """One sentence for each reason, in their order."""
    return [_sentence(reason, titles) for reason in reasons]


def what_came_nearest(diagnosis: dict[str, Any], titles: EventTitles) -> list[str]:
    """What is known of a name that found no event, from its row of DIAGNOSES; never empty."""
    lines = [f"No team on record is called {side!r}." for side in diagnosis["unknown"]]
    if diagnosis["similar"]:
        lines.append("Teams with names like that: " + ", ".join(diagnosis["similar"]) + ".")
    lines += [titles.of(event_id) for event_id in diagnosis["nearest"]]
    return lines or ["No event near its date is like it, nor has one of its sides."]


def _sentence(reason: str, titles: EventTitles) -> str:
    word, _, detail = reason.partition(": ")
    tell = _SENTENCES.get(word)
    return tell(detail, titles) or reason if tell else reason


def _nothing(detail: str, _: EventTitles) -> str:
    return "" if detail != "placeholder" else "The name says that nothing is on."


def _not_the_event(detail: str, _: EventTitles) -> str:
    return f"The name tells of {_TELLINGS.get(detail, detail)}, which is not the event itself."


def _no_event(detail: str, _: EventTitles) -> str:
    if "opponents" in detail:
        return "It names no two sides, and its words are no event's title."
    return "No event on record has both of its sides near its date."


def _taken(detail: str, _: EventTitles) -> str:
    return f"It is sure: {_points(detail)} points, where 80 are needed and 5 more than any other event has."


def _ambiguous(detail: str, _: EventTitles) -> str:
    return f"Two events fit it nearly as well ({_points(detail)} points), and a wrong one would be worse than none."


def _weak(detail: str, _: EventTitles) -> str:
    return f"The event that fits best has {_points(detail)} points, and 80 are needed."


def _pair(detail: str, _: EventTitles) -> str:
    found = re.fullmatch(r"([\d.]+) \((.*) / (.*), (home|away) first\)", detail)
    if not found:
        return ""
    likeness, first, second, order = found.groups()
    return f'Both sides fit, {likeness} of 100: as "{first}" and "{second}", the {order} side printed first.'


def _league(detail: str, _: EventTitles) -> str:
    points = _number(detail)
    if points is None:
        return ""
    said = (
        "Its league is the one that name and family tell of"
        if points > _SPORT_ONLY
        else "Its sport is the one that name and family tell of"
        if points > 0
        else "Its sport is another than name and family tell of"
        if points <= _OTHER_SPORT
        else "Its league is another than name and family tell of"
    )
    return f"{said} ({points:+g})."


_SPORT_ONLY, _OTHER_SPORT = 5.0, -50.0


def _time(detail: str, _: EventTitles) -> str:
    found = re.fullmatch(r"(-?\d+) min from the printed clock \((-?[\d.]+)\)", detail)
    if not found:
        return ""
    minutes, points = int(found[1]), float(found[2])
    distance = f"{abs(minutes)} minutes {'after' if minutes > 0 else 'before'}" if minutes else "just at"
    return f"The event begins {distance} the printed clock ({points:+g})."


def _clock(detail: str, _: EventTitles) -> str:
    found = re.fullmatch(r"moved by (-?\d+) min, as (\d+) of (\d+) matches show", detail)
    if not found:
        return ""
    minutes, agreeing, of = found.groups()
    return f"Its clock was moved by {minutes} minutes: {agreeing} of {of} matches of such names are off by that."


def _game(detail: str, _: EventTitles) -> str:
    return f"The name says it is game {detail} of the day."


def _event(detail: str, _: EventTitles) -> str:
    return f"The event is {detail}."


def _nearest(detail: str, titles: EventTitles) -> str:
    return f"The nearest event: {titles.of(detail)}."


def _runner_up(detail: str, titles: EventTitles) -> str:
    found = re.fullmatch(r"(.*) by (-?[\d.]+)(?: \((.*)\))?", detail)
    if not found:
        return ""
    event_id, points, apart = found.groups()
    separated = f" What separates them: {apart}." if apart else ""
    return f"The runner-up, {points} points behind: {titles.of(event_id)}.{separated}"


def _manual(detail: str, titles: EventTitles) -> str:
    found = re.fullmatch(r"override (\d+)(?: names (.*), which is not on record| (says it is never an event))?", detail)
    if not found:
        return ""
    number, gone, never = found.groups()
    if gone:
        return f"Override {number} pins it to {titles.of(gone)}, which is not on record, so it has no effect."
    what = "says that it is never an event" if never else "pins it to this event"
    return f"An operator set it: override {number} {what} (epg override list)."


def _points(detail: str) -> str:
    return detail.rpartition(" ")[2]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


_SENTENCES: dict[str, Callable[[str, EventTitles], str]] = {
    "nothing": _nothing,
    "not the event": _not_the_event,
    "no event": _no_event,
    "taken": _taken,
    "ambiguous": _ambiguous,
    "weak": _weak,
    "pair": _pair,
    "league": _league,
    "time": _time,
    "clock": _clock,
    "game": _game,
    "event": _event,
    "nearest": _nearest,
    "runner-up": _runner_up,
    "manual": _manual,
}
