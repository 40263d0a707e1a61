"""What each sport is to a viewer: names, emoji, lengths on air.

Belongs here: the schema of sports.yaml and its reading. Does not: which sport an event is (the sources say).
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

Order = Literal["at", "vs"]
Minutes = Field(gt=0, le=24 * 60)


class SportsError(ValueError):
    """sports.yaml does not say what it must; the text names the place and what is wrong."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sport(_Strict):
    """One sport: `minutes` on air, how it writes a pairing, whether its events have no sides, more categories."""

    name: str = Field(min_length=1)
    emoji: str = ""
    minutes: int = Minutes
    order: Order = "vs"
    solo: bool = False
    categories: tuple[str, ...] = ()


class LeagueHabit(_Strict):
    """Where a league differs from its sport; what is None is the sport's."""

    minutes: int | None = Field(default=None, gt=0, le=24 * 60)
    order: Order | None = None
    emoji: str | None = None
    art: str | None = Field(default=None, pattern=r"^https?://\S+$")


class Tellings(_Strict):
    """Minutes of what is about an event, or of a studio show, without being an event."""

    show: int = Minutes
    press: int = Minutes
    pregame: int = Minutes
    highlights: int = Minutes


class Sports(_Strict):
    """All sports, the leagues that differ, and the names leagues go by; as two tables for joins."""

    default: Sport
    tellings: Tellings
    sports: dict[str, Sport]
    leagues: dict[str, LeagueHabit] = {}
    league_names: dict[str, str] = {}
    league_sports: dict[str, str] = {}

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


def read_sports(text: str, leagues_text: str = "{}", where: str = "sports.yaml") -> Sports:
    """The sports a YAML text describes, with the names of the leagues of another; SportsError says what is wrong."""
    try:
        stated = yaml.safe_load(text)
        leagues = yaml.safe_load(leagues_text) or {}
        return Sports.model_validate(
            {
                **stated,
                "league_names": {key: league["name"] for key, league in leagues.items()},
                "league_sports": {key: league.get("sport", "") for key, league in leagues.items()},
            }
        )
    except yaml.YAMLError as error:
        raise SportsError(f"{where}: not YAML: {error}") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise SportsError(f"{where}: {faults}") from error
    except (TypeError, KeyError) as error:
        raise SportsError(f"{where}: a mapping is expected, with a name for every league ({error})") from error


@cache
def load_sports() -> Sports:
    """The packaged sports, read once; SportsError when the file was spoilt."""
    folder = files("epg_pipeline.config")
    return read_sports(
        folder.joinpath("sports.yaml").read_text("utf-8"), folder.joinpath("leagues.yaml").read_text("utf-8")
    )
