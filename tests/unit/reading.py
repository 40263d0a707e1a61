"""Names read and decided in one line, for tests that want to be read as sentences.

Belongs here: entries, days and events from what matters in them. Does not: any rule of the product.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from epg_pipeline.config import Facts, load_facts
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import ENTRIES, EVENTS
from epg_pipeline.domain.matching.decide import decide
from epg_pipeline.domain.reading.dating import date_readings
from epg_pipeline.domain.reading.entries import read_entries

if TYPE_CHECKING:
    from collections.abc import Sequence

SATURDAY = date(2025, 11, 15)
NEW_YORK = "America/New_York"


@cache
def facts() -> Facts:
    """The packaged facts."""
    return load_facts()


def entries_of(*names: str) -> pl.DataFrame:
    """ENTRIES with these names, in this order, each with its own stream."""
    rows = [
        {
            "position": place,
            "name": name,
            "tvg_id": "",
            "tvg_name": name,
            "logo": "",
            "group_title": "",
            "options": "",
            "url": f"http://provider.invalid/USERNAME/PASSWORD/{place + 1}",
        }
        for place, name in enumerate(names)
    ]
    return pl.DataFrame(rows, schema=ENTRIES)


def slots_of(*names: str) -> pl.DataFrame:
    """SLOTS of these names."""
    return read_entries(entries_of(*names), facts())


def sorted_name(name: str) -> dict[str, Any]:
    """How one name alone is sorted: is_slot, kind, family, slot, payload."""
    return slots_of(name).row(0, named=True)


def readings_of(names: Sequence[str], day: date = SATURDAY, zone: str = NEW_YORK) -> pl.DataFrame:
    """READINGS of these names for a day of a provider in `zone`."""
    return date_readings(slots_of(*names), ProviderDay(day, zone), facts())


@cache
def reads(names: tuple[str, ...], day: date = SATURDAY, zone: str = NEW_YORK) -> dict[str, dict[str, Any]]:
    """The readings of these names by name: a name costs far less among many, and none looks at another."""
    return {row["name"]: row for row in readings_of(names, day, zone).iter_rows(named=True)}


def read(name: str, day: date = SATURDAY, zone: str = NEW_YORK) -> dict[str, Any]:
    """The reading of one name alone."""
    return reads((name,), day, zone)[name]


class Cases:
    """Parametrised cases of which the first value is a name: read together, asked one by one."""

    def __init__(self, *cases: tuple[Any, ...], day: date = SATURDAY, zone: str = NEW_YORK) -> None:
        """`cases` as pytest.mark.parametrize takes them; `day` and `zone` hold for all."""
        self.cases = cases
        self.day, self.zone = day, zone

    def read(self, name: str) -> dict[str, Any]:
        """One case's reading."""
        return reads(tuple(dict.fromkeys(case[0] for case in self.cases)), self.day, self.zone)[name]


def utc(text: str) -> datetime:
    """An instant from "2025-11-15 20:00" in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def event(league: str, home: str, away: str, starts: str, **more: str) -> dict[str, Any]:
    """A row of EVENTS: its id is "home v away", or the name of an event without sides."""
    sport = facts().leagues[league].sport if league in facts().leagues else ""
    start = utc(starts)
    row: dict[str, Any] = dict.fromkeys(EVENTS, "")
    row |= {
        "event_id": f"{home} v {away}" if home else more["name"],
        "league": league,
        "sport": sport,
        "home": home,
        "away": away,
        "starts_at": start,
        "event_date": start.date(),
        "status": "scheduled",
        "time_is_set": True,
    }
    return row | more


def events_of(*events: dict[str, Any]) -> pl.DataFrame:
    """EVENTS of these rows."""
    return pl.DataFrame(list(events), schema=EVENTS)


def decisions_of(
    names: Sequence[str], *events: dict[str, Any], day: date = SATURDAY, zone: str = NEW_YORK
) -> pl.DataFrame:
    """DECISIONS for these names against these events."""
    return decide(readings_of(names, day, zone), events_of(*events), ProviderDay(day, zone), facts())


def decided(name: str, *events: dict[str, Any], day: date = SATURDAY, zone: str = NEW_YORK) -> dict[str, Any]:
    """The decision for one name alone against these events."""
    return decisions_of([name], *events, day=day, zone=zone).row(0, named=True)


def day_after(day: date, days: int = 1) -> date:
    """The date so many days later."""
    return day + timedelta(days=days)
