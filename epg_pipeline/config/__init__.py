"""The product's facts as validated data: families, leagues, sports, zones, teams.

Belongs here: reading the packaged files (an operator's own families go before them); an error names file and entry.
Does not: any rule that uses the facts.
"""

import hashlib
import re
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal, Self

import polars as pl
from pydantic import AfterValidator, Field, TypeAdapter, model_validator

from epg_pipeline.config.files import FILES, Fact, shown, validated
from epg_pipeline.config.sports import League, Leagues, Sports, load_leagues, load_sports
from epg_pipeline.config.time_zones import TimeZone
from epg_pipeline.errors import ConfigError

__all__ = ["Facts", "Families", "Family", "League", "LeagueKey", "Leagues", "Sports", "Words"]
__all__ += ["catalogue_digest", "facts_with_families", "load_facts", "load_families", "load_leagues", "load_teams"]


def _sport_key(key: str) -> str:
    if key not in load_sports().sports:
        raise ValueError(f"sport {key!r} is not in sports.yaml")
    return key


def _league_key(key: str) -> str:
    if key not in load_leagues():
        raise ValueError(f"league {key!r} is not in leagues.yaml")
    return key


SportKey = Annotated[str, AfterValidator(_sport_key)]
LeagueKey = Annotated[str, AfterValidator(_league_key)]


class Family(Fact):
    """What a slot family's shell implies for its payload; see the head of families.yaml."""

    name: Annotated[str, Field(min_length=1)]
    shells: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    patterns: tuple[str, ...] = ()
    sport: SportKey | None = None
    leagues: tuple[LeagueKey, ...] = ()
    timezone: TimeZone | None = None
    dates: Literal["dm", "md"] | None = None
    idle: bool = True

    @model_validator(mode="after")
    def _has_a_shell(self) -> Self:
        if not self.shells and not self.patterns:
            raise ValueError("it has neither shells nor patterns, so that no name can belong to it")
        for number, pattern in enumerate(self.patterns, 1):
            _require_pattern(pattern, number)
        return self


class Words(Fact):
    """Words of many languages by which a name says what is on; see words.yaml."""

    replay: tuple[str, ...]
    highlights: tuple[str, ...]
    pregame: tuple[str, ...]
    press: tuple[str, ...]
    beside: tuple[str, ...]
    idle: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    reserve: tuple[str, ...]
    youth: tuple[str, ...]
    others: tuple[str, ...]
    school: tuple[str, ...]
    beside_time: tuple[str, ...]
    behind_time: tuple[str, ...]
    weekdays: Annotated[tuple[tuple[str, ...], ...], Field(min_length=7, max_length=7)]
    months: Annotated[tuple[tuple[str, ...], ...], Field(min_length=12, max_length=12)]
    exonyms: dict[str, str]


Families = tuple[Family, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """All of config, read and checked, for the domain's functions. Equal only to itself, so that it can key caches."""

    families: Families
    leagues: Leagues
    sports: Sports
    zones: dict[str, str]
    sport_words: dict[str, tuple[str, ...]]
    words: Words
    teams: pl.DataFrame


@cache
def load_facts() -> Facts:
    """The packaged facts, read once in a process. ConfigError names the file and entry that is wrong."""
    return Facts(
        families=load_families(),
        leagues=load_leagues(),
        sports=load_sports(),
        zones=load_zones(),
        sport_words=validated(
            TypeAdapter(dict[SportKey, tuple[str, ...]]), FILES / "sport_words.yaml", "words of sport"
        ),
        words=validated(TypeAdapter(Words), FILES / "words.yaml", "word list"),
        teams=load_teams(),
    )


def load_families(file: Traversable | None = None) -> Families:
    """The slot families, in file order; read at each call, because an operator's file may change while a process runs.

    ConfigError names the family whose pattern, zone, league or sport is wrong.
    """
    source = file or FILES / "families.yaml"
    families = validated(TypeAdapter(Families), source, "family")
    names: set[str] = set()
    shells: dict[str, str] = {}
    for family in families:
        _require(family.name not in names, source, family.name, "there are two families of this name")
        names.add(family.name)
        for shell in family.shells:
            other = shells.setdefault(" ".join(shell.casefold().split()), family.name)
            _require(other == family.name, source, family.name, f"shell {shell!r} is also family {other!r}'s")
    return families


def facts_with_families(facts: Facts, file: Path) -> Facts:
    """The facts with an operator's own families before the packaged ones; one of the same name takes its place."""
    own = load_families(file)
    names = {family.name for family in own}
    return replace(facts, families=(*own, *(family for family in facts.families if family.name not in names)))


@cache
def load_zones(file: Traversable | None = None) -> dict[str, str]:
    """Printed zone abbreviations (upper case) -> IANA zones."""
    return validated(TypeAdapter(dict[str, TimeZone]), file or FILES / "zones.yaml", "zone")


@cache
def load_teams() -> pl.DataFrame:
    """The bundled catalogue of team forms: one row a team, the columns of teams.csv as text, "" where unknown.

    `further_aliases` is empty here: it is for what an installation learns, and weighs less
    (domain/matching/aliases.py).
    """
    teams = pl.read_csv((FILES / "teams.csv").read_bytes(), infer_schema=False).fill_null("")
    return teams.with_columns(further_aliases=pl.lit(""))


@cache
def catalogue_digest() -> str:
    """The SHA-256 of the bundled catalogue's file, by which a database is known to hold this version."""
    return hashlib.sha256((FILES / "teams.csv").read_bytes()).hexdigest()


def _require_pattern(pattern: str, number: int) -> None:
    try:
        groups = re.compile(pattern).groupindex
        pl.select(pl.lit("").str.extract(pattern))  # the engine that will run it knows no look-around
    except re.error as error:
        raise ValueError(f"pattern {number} does not compile ({error.msg} at {error.pos})") from None
    except pl.exceptions.PolarsError as error:
        found = re.search(r"^error: (.*)$", str(error), re.MULTILINE)
        raise ValueError(f"pattern {number} does not compile ({found[1] if found else error})") from None
    if not {"shell", "payload"} <= set(groups):
        raise ValueError(f"pattern {number} lacks the group (?P<shell>…) or (?P<payload>…)")


def _require(holds: bool, file: Traversable, entry: str, fault: str) -> None:
    if not holds:
        raise ConfigError(f'{shown(file)}: "{entry}": {fault}', "Fix it there.")
