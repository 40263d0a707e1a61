"""What a source of events is: how it is asked, how its answers are read.

Belongs here: the protocol, and what the sources share. Does not belong: any one source (espn.py, thesportsdb.py), the
list of them (sources.py), making requests (source_client.py).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

from epg_pipeline.adapters.web.loose_json import ShapeError
from epg_pipeline.adapters.web.source_client import Answer, Ask, SourceClient
from epg_pipeline.config import Leagues
from epg_pipeline.config.sources import Limits

ONE_DAY = timedelta(days=1)
Team = dict[str, str]


@dataclass(frozen=True)
class Listing:
    """What one answer listed: rows of SOURCED, how many events it had, and why some of them gave no row."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    events: int = 0
    unread: tuple[str, ...] = ()
    over: bool = False  # every event is over and done


def listing_of(events: Sequence[object], rows_of: Callable[[object], list[dict[str, Any]]]) -> Listing:
    """The rows of an answer's events. One that can't be read costs itself; ShapeError when none can."""
    rows: list[dict[str, Any]] = []
    unread = []
    for number, event in enumerate(events):
        try:
            rows += rows_of(event)
        except ShapeError as fault:
            unread.append(f"event {number + 1}: {fault}")
    if events and len(unread) == len(events):
        raise ShapeError(f"none of the {len(events)} events can be read; the first: {unread[0]}")
    return Listing(rows, len(events), tuple(unread), all(row["status"] in ("final", "cancelled") for row in rows))


@dataclass(frozen=True)
class Days:
    """Dates from `first` to `last`, both included."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        """Each of them."""
        return (self.first + ONE_DAY * number for number in range((self.last - self.first).days + 1))


class EventSource(Protocol):
    """A service that lists events. To add one: a module with such a class, and its entry in sources.py."""

    name: str  # as in settings, config and rows
    limits: Limits  # how much it may be asked
    margin: timedelta  # its events may start so far outside the dates that were asked for
    expected: tuple[str, ...]  # fields that every game has: where all games of a league lack one, it was renamed
    lists_all: bool  # an answer lists every event of its days, so one that is missing means something

    def asks(self, first: date, last: date, today: date, only: Sequence[str] | None = None) -> list[Ask]:
        """The requests for the events of these UTC dates, both included, of all leagues or only those named."""

    def fetch(self, client: SourceClient, asks: Sequence[Ask], today: date, leagues: Leagues) -> list[Answer[Listing]]:
        """An Answer for each Ask, or for the smaller ones it had to be split into."""

    def team_asks(self, day: date, only: Sequence[str] | None = None) -> list[Ask]:
        """The requests for the teams of the leagues."""

    def read_teams(self, ask: Ask, document: object) -> list[Team]:
        """A league's teams: source, league, ref, name, short_name, abbreviation, location, nickname, logo, color."""
