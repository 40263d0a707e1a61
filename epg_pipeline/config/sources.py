"""Which league is asked where, and how much a source may be asked, as validated data.

Belongs here: the shape of sources.yaml, and reading it. Does not: a request or a row.
"""

from datetime import date
from functools import cache
from importlib.resources.abc import Traversable
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, field_validator

from epg_pipeline.config import LeagueKey
from epg_pipeline.config.files import FILES, Fact, validated

# Every source of events by priority, where two disagree, and how the ids of its events begin.
EVENT_SOURCES = {"espn": "espn-", "thesportsdb": "tsdb-", "file": ""}

Month = Annotated[int, Field(ge=1, le=12)]
Season = tuple[Month, Month]


class Limits(Fact):
    """How much a source may be asked: requests a second, at once after a pause, side by side, and in one refresh."""

    per_second: Annotated[float, Field(gt=0)]
    burst: Annotated[int, Field(ge=1)]
    at_once: Annotated[int, Field(ge=1, le=32)]
    requests: Annotated[int, Field(ge=1)]


class EspnLeague(Fact):
    """How ESPN is asked for one league; see the head of sources.yaml."""

    path: tuple[Annotated[str, Field(pattern=r"^[a-z-]+/[a-zA-Z0-9._-]+$")], ...]
    ask: Literal["month", "day", "range"] = "month"
    groups: tuple[int, ...] = ()
    season: Season | None = None

    @field_validator("path", mode="before")
    @classmethod
    def _one_or_several(cls, path: object) -> object:
        return (path,) if isinstance(path, str) else path


class Espn(Fact):
    """ESPN's public scoreboards."""

    address: str
    most_events: Annotated[int, Field(ge=1, le=500)]
    limits: Limits
    leagues: dict[LeagueKey, EspnLeague]
    soccer: tuple[LeagueKey, ...]

    def all_leagues(self) -> dict[str, EspnLeague]:
        """Every league that is asked, soccer with its one way of asking."""
        return self.leagues | {key: EspnLeague(path=(f"soccer/{key}",)) for key in self.soccer}


class TheSportsDbLeague(Fact):
    """How TheSportsDB is asked for one league: `season` is how it writes a season, 2026 or 2026-2027."""

    id: int
    season: Literal["year", "split"]
    months: Season | None = None
    with_key: bool = False


class TheSportsDb(Fact):
    """TheSportsDB, with its public key or one's own."""

    address: str
    free_key: str
    days_ahead_without_key: Annotated[int, Field(ge=0)]
    limits: Limits
    limits_with_key: Limits
    leagues: dict[LeagueKey, TheSportsDbLeague]


class Sources(Fact):
    """The services events come from."""

    espn: Espn
    thesportsdb: TheSportsDb


@cache
def load_sources(file: Traversable | None = None) -> Sources:
    """The packaged sources, read once in a process. ConfigError names the league that leagues.yaml lacks."""
    return validated(TypeAdapter(Sources), file or FILES / "sources.yaml", "source")


def plays(season: Season | None, day: date) -> bool:
    """Whether a day is in a season given by its first and last month, which may lie beyond the turn of the year."""
    if season is None:
        return True
    first, last = season
    return first <= day.month <= last if first <= last else day.month >= first or day.month <= last
