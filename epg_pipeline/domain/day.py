"""One provider's local day: the unit everything is computed for.

Belongs here: turning a date and a zone into instants. Does not: asking what day it is (the caller passes it).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EVENT_REACH = timedelta(days=21)  # names announce events weeks ahead, and stay for weeks after them


@dataclass(frozen=True, slots=True)
class ProviderDay:
    """A calendar date in a provider's zone; `opens` and `closes` are the UTC instants of its two midnights.

    A day of a DST change is 23 or 25 hours long. `timezone` is an IANA name.
    """

    date: date
    timezone: str = "UTC"

    @property
    def opens(self) -> datetime:
        """The instant the day begins, in UTC."""
        return datetime.combine(self.date, time(), ZoneInfo(self.timezone)).astimezone(UTC)

    @property
    def closes(self) -> datetime:
        """The instant the next day begins, in UTC: the day is half-open."""
        return self.shifted(1).opens

    def shifted(self, days: int) -> ProviderDay:
        """The same provider's day so many days later (earlier when negative)."""
        return ProviderDay(self.date + timedelta(days=days), self.timezone)
