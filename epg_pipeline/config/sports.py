"""Sports and leagues as a viewer knows them: names, emoji, lengths on air, the forms a playlist prints.

Belongs here: the schemas of sports.yaml and leagues.yaml, and their reading. Does not: which sport an event is (the
sources say).
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources.abc import Traversable
from typing import Literal, Self

import polars as pl
from pydantic import Field, TypeAdapter

from epg_pipeline.config.files import FILES, Fact, validated

Order = Literal["at", "vs"]
Minutes = Field(gt=0, le=24 * 60)


class Sport(Fact):
    """One sport: `minutes` on air, how it writes a pairing, whether its events have no sides, more categories."""

    name: str = Field(min_length=1)
    emoji: str = ""
    minutes: int = Minutes
    order: Order = "vs"
    solo: bool = False
    categories: tuple[str, ...] = ()


class League(Fact):
    """A league: its display name, sport, gender, and the forms a playlist prints it in."""

    name: str
    sport: str
    country: str | None = None
    gender: Literal["men", "women"] | None = None
    school: bool = False
    national: bool = False
    printed: tuple[str, ...] = ()
    printed_with_country: tuple[str, ...] = ()


Leagues = dict[str, League]


class LeagueHabit(Fact):
    """Where a league differs from its sport; None means as the sport."""

    minutes: int | None = Field(default=None, gt=0, le=24 * 60)
    order: Order | None = None
    emoji: str | None = None
    art: str | None = Field(default=None, pattern=r"^https?://\S+$")


class CoverageMinutes(Fact):
    """Minutes of a studio show, and of what is about an event without being it."""

    show: int = Minutes
    press: int = Minutes
    pregame: int = Minutes
    highlights: int = Minutes


class Sports(Fact):
    """All sports, and the leagues that differ; with the leagues' names as two tables for joins."""

    default: Sport
    coverage: CoverageMinutes
    sports: dict[str, Sport]
    leagues: dict[str, LeagueHabit] = Field(default_factory=dict)

    def of_sports(self) -> pl.DataFrame:
        """One row per sport, keyed `sport`, with its name as sport_name; the row "" is the default."""
        rows = [{"sport": key, **sport.model_dump()} for key, sport in {"": self.default, **self.sports}.items()]
        return pl.DataFrame(rows, schema_overrides={"categories": pl.List(pl.String)}).rename({"name": "sport_name"})

    def of_leagues(self) -> pl.DataFrame:
        """One row per league of sports.yaml or leagues.yaml, keyed `league`: its name, sport, and own habits."""
        leagues = load_leagues()
        keys = sorted({*self.leagues, *leagues})
        columns = {"league": pl.String, "league_name": pl.String, "league_sport": pl.String} | {
            f"league_{habit}": pl.Int64 if habit == "minutes" else pl.String for habit in LeagueHabit.model_fields
        }
        rows = [
            (
                key,
                *((league.name, league.sport) if (league := leagues.get(key)) else (None, None)),
                *self.leagues.get(key, LeagueHabit()).model_dump().values(),
            )
            for key in keys
        ]
        return pl.DataFrame(rows, schema=columns, orient="row")

    def lasting(self, minutes: Mapping[str, int]) -> Self:
        """The same with other live minutes for the leagues (or, where no league goes by that key, sports) named.

        For a provider whose feeds are longer or shorter than usual.
        """
        sports, leagues = dict(self.sports), dict(self.leagues)
        for key, length in minutes.items():  # a handful of settings
            if key in sports:
                sports[key] = sports[key].model_copy(update={"minutes": length})
            else:
                leagues[key] = leagues.get(key, LeagueHabit()).model_copy(update={"minutes": length})
        return self.model_copy(update={"sports": sports, "leagues": leagues})


@cache
def load_leagues(file: Traversable | None = None) -> Leagues:
    """The leagues by key. ConfigError says which entry is wrong and how."""
    return validated(TypeAdapter(Leagues), file or FILES / "leagues.yaml", "league")


@cache
def load_sports(file: Traversable | None = None) -> Sports:
    """The sports of a file, the packaged one if none is given; ConfigError says which entry is wrong and how."""
    return validated(TypeAdapter(Sports), file or FILES / "sports.yaml", "sports")
