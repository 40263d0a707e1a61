"""What a viewer reads: templates by language and tier, clocks, days and zone names.

Belongs here: the schema of texts.yaml, its reading, and an operator's own file over it; a template that can't be
filled is refused here, before any guide is written. Does not: the filling (domain/guide/tiers.py).
"""

import string
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal, Self

import polars as pl
from pydantic import AfterValidator, Field, TypeAdapter

from epg_pipeline.config.files import FILES, Fact, read_yaml, shown, validated
from epg_pipeline.config.provider_settings import Clock, Tier
from epg_pipeline.errors import ConfigError

PACKAGED = FILES / "texts.yaml"
FIELDS = frozenset({"title", "sub_title", "facts", "venue", "time", "date"})


def _fillable(template: str) -> str:
    for _, field, form, conversion in string.Formatter().parse(template):
        if field is not None and (field not in FIELDS or form or conversion):
            raise ValueError(f"{{{field}}} is not a field of a template; there are {', '.join(sorted(FIELDS))}")
    if not template.strip():
        raise ValueError("a template must not be empty")
    return template


def _strftime(pattern: str) -> str:
    try:
        pl.select(pl.lit(datetime(2000, 1, 1)).dt.strftime(pattern))  # noqa: DTZ001 - any time will do
    except pl.exceptions.PolarsError:
        raise ValueError(f'"{pattern}" is not a pattern for strftime such as %H:%M') from None
    return pattern


Template = Annotated[str, AfterValidator(_fillable)]
Pattern = Annotated[str, Field(min_length=1), AfterValidator(_strftime)]
Sort = Literal["pre", "live", "post", "later", "next", "untimed", "idle"]
Words = Annotated[str, Field(min_length=1)]


class Titles(Fact):
    """One template for each sort of block; filler is "later", "next" or "untimed" by what it is about."""

    pre: Template
    live: Template
    post: Template
    later: Template
    next: Template
    untimed: Template
    idle: Template


class Descriptions(Titles):
    """The same for descriptions; `shown` is a live block that is not the event itself."""

    shown: Template


class Categories(Fact):
    """The words for any programme, a live event, and a studio show."""

    all: Words
    event: Words
    show: Words


class TierTexts(Fact):
    """Where a tier differs; what is left out is the language's template."""

    titles: dict[Sort, Template] = Field(default_factory=dict)
    descriptions: dict[Sort | Literal["shown"], Template] = Field(default_factory=dict)


class Language(Fact):
    """All words of one language.

    The clocks and `date` are strftime patterns, in which %a and %b are one of `weekdays` and `months`. `abbreviations`
    are the language's forms of a zone's abbreviation (CEST: MESZ).
    """

    titles: Titles
    descriptions: Descriptions
    categories: Categories
    place: Template
    twelve_hours: Pattern
    twenty_four_hours: Pattern
    date: Pattern
    weekdays: Annotated[tuple[Words, ...], Field(min_length=7, max_length=7)]
    months: Annotated[tuple[Words, ...], Field(min_length=12, max_length=12)]
    abbreviations: dict[str, Words] = Field(default_factory=dict)
    tiers: dict[Tier, TierTexts] = Field(default_factory=dict)

    def of_tier(self, tier: Tier) -> Self:
        """The same with the tier's templates in place."""
        own = self.tiers.get(tier, TierTexts())
        titles = self.titles.model_copy(update=dict(own.titles.items()))
        descriptions = self.descriptions.model_copy(update=dict(own.descriptions.items()))
        return self.model_copy(update={"titles": titles, "descriptions": descriptions})


class Marks(Fact):
    """What testing mode puts before titles of names without an event, and of names that can't be read."""

    unmatched: str
    unparseable: str


class Habits(Fact):
    """The marks, and the habits of zones, whatever the language."""

    marks: Marks
    zone_names: dict[str, str]
    twelve_hour_zones: tuple[str, ...]


class Texts(Habits):
    """The words of one language and tier with the habits of zones, which `hours` overrides."""

    language: str
    words: Language
    hours: Clock = "zone"

    def clock(self, timezone: str) -> str:
        """The strftime pattern viewers in the zone read a time in."""
        is_usual = any(
            timezone == zone or (zone.endswith("/") and timezone.startswith(zone)) for zone in self.twelve_hour_zones
        )
        is_twelve = self.hours == "12" or (self.hours == "zone" and is_usual)
        return self.words.twelve_hours if is_twelve else self.words.twenty_four_hours


class _File(Habits):
    languages: dict[str, Language]


def load_texts(language: str = "en", own: Path | None = None, *, tier: Tier = "goat", clock: Clock = "zone") -> Texts:
    """The words of a language and tier: the packaged ones, with an operator's `own` file laid over them.

    That file contains only what differs; a new language must be complete in it. `clock` "12" or "24" overrides a zone's
    habit. ConfigError says which template is wrong and how, or which languages there are.
    """
    now = own.stat() if own and own.exists() else None
    stated = _read(own, (now.st_mtime_ns, now.st_size) if now else ())
    if language not in stated.languages:
        where = shown(own or PACKAGED)
        raise ConfigError(f"{where}: no language {language!r}; there are {', '.join(sorted(stated.languages))}")
    habits = {name: getattr(stated, name) for name in Habits.model_fields}
    return Texts(language=language, words=stated.languages[language].of_tier(tier), hours=clock, **habits)


@cache
def _read(own: Path | None, _stands: tuple[int, ...]) -> _File:
    """The texts, read once in a process, and again when the operator's file changes."""
    rows = read_yaml(PACKAGED)
    if own is not None:
        rows = _laid_over(rows, read_yaml(own) or {}, own)
    return validated(TypeAdapter(_File), own or PACKAGED, "texts", rows)


def _laid_over(rows: object, own: object, file: Traversable) -> Mapping[str, object]:
    """Our rows with the operator's in place of some, at any depth."""
    if not isinstance(rows, dict) or not isinstance(own, dict):
        raise ConfigError(f"{shown(file)}: texts by language are expected, as in config/texts.yaml", "Fix it there.")
    both = dict(rows)
    for key, value in own.items():  # a few dozen templates
        ours = rows.get(key)
        both[key] = _laid_over(ours, value, file) if isinstance(ours, dict) and isinstance(value, dict) else value
    return both
