"""What each sport is to a viewer: names, emoji, lengths on air.

Belongs here: the schema of sports.yaml and its reading. Does not: which sport an event is (the sources say).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources.abc import Traversable
from typing import Literal

import polars as pl
from pydantic import BaseModel, Field, TypeAdapter

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


class LeagueHabit(Fact):
    """Where a league differs from its sport; what is None is the sport's."""

    minutes: int | None = Field(default=None, gt=0, le=24 * 60)
    order: Order | None = None
    emoji: str | None = None
    art: str | None = Field(default=None, pattern=r"^https?://\S+$")


class CoverageMinutes(Fact):
    """Minutes of what is about an event, or of a studio show, without being an event."""

    show: int = Minutes
    press: int = Minutes
    pregame: int = Minutes
    highlights: int = Minutes


class Sports(Fact):
    """All sports, the leagues that differ, and the names leagues go by; as two tables for joins."""

    default: Sport
    coverage: CoverageMinutes
    sports: dict[str, Sport]
    leagues: dict[str, LeagueHabit] = Field(default_factory=dict)
    league_names: dict[str, str] = Field(default_factory=dict)
    league_sports: dict[str, str] = Field(default_factory=dict)

    def of_sports(self) -> pl.DataFrame:
        """One row a sport, keyed `sport`, with its name as sport_name; the row "" is the default."""
        rows = {"": self.default, **self.sports}
        return pl.DataFrame(
            {
                "sport": list(rows),
                "sport_name": [sport.name for sport in rows.values()],
                "emoji": [sport.emoji for sport in rows.values()],
                "minutes": [sport.minutes for sport in rows.values()],
                "order": [sport.order for sport in rows.values()],
                "solo": [sport.solo for sport in rows.values()],
                "categories": [list(sport.categories) for sport in rows.values()],
            },
            schema_overrides={"minutes": pl.Int64, "categories": pl.List(pl.String)},
        )

    def of_leagues(self) -> pl.DataFrame:
        """One row a league of here or leagues.yaml, keyed `league`: its name, sport, and own habits."""
        keys = sorted({*self.leagues, *self.league_names})
        habits = [self.leagues.get(key, LeagueHabit()) for key in keys]
        return pl.DataFrame(
            {
                "league": keys,
                "league_name": [self.league_names.get(key) for key in keys],
                "league_sport": [self.league_sports.get(key) for key in keys],
                "league_minutes": [habit.minutes for habit in habits],
                "league_order": [habit.order for habit in habits],
                "league_emoji": [habit.emoji for habit in habits],
                "league_art": [habit.art for habit in habits],
            },
            schema=pl.Schema(
                {
                    "league": pl.String,
                    "league_name": pl.String,
                    "league_sport": pl.String,
                    "league_minutes": pl.Int64,
                    "league_order": pl.String,
                    "league_emoji": pl.String,
                    "league_art": pl.String,
                }
            ),
        )

    def lasting(self, minutes: Mapping[str, int]) -> Sports:
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


class _LeagueName(BaseModel):
    """What is needed here of an entry of leagues.yaml."""

    name: str
    sport: str = ""


def load_sports(file: Traversable | None = None) -> Sports:
    """The sports of a file, the packaged one if none is given; ConfigError says which entry is wrong and how."""
    return _packaged() if file is None else _read(file)


@cache
def _packaged() -> Sports:
    return _read(FILES / "sports.yaml")


def _read(file: Traversable) -> Sports:
    leagues = validated(TypeAdapter(dict[str, _LeagueName]), FILES / "leagues.yaml", "league")
    return validated(TypeAdapter(Sports), file, "sports").model_copy(
        update={
            "league_names": {key: league.name for key, league in leagues.items()},
            "league_sports": {key: league.sport for key, league in leagues.items()},
        }
    )
