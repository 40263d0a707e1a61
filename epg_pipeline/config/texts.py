"""What a viewer reads: templates by language, clocks and zone names.

Belongs here: the schema of texts.yaml and its reading; a template that could not be filled is refused here, before any
guide is written. Does not: the filling (domain/tiers.py).
"""

from __future__ import annotations

import string
from functools import cache
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field, TypeAdapter

from epg_pipeline.config.files import FILES, ConfigError, Fact, validated

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

FIELDS = frozenset({"title", "sub_title", "facts", "venue", "time", "date"})


def _fillable(template: str) -> str:
    for _, field, form, conversion in string.Formatter().parse(template):
        if field is not None and (field not in FIELDS or form or conversion):
            raise ValueError(f"{{{field}}} is no field of a template; there are {', '.join(sorted(FIELDS))}")
    if not template.strip():
        raise ValueError("a template must not be empty")
    return template


Template = Annotated[str, AfterValidator(_fillable)]


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

    all: str = Field(min_length=1)
    event: str = Field(min_length=1)
    show: str = Field(min_length=1)


class Language(Fact):
    """All words of one language; `date` and the clocks are strftime patterns."""

    titles: Titles
    descriptions: Descriptions
    categories: Categories
    twelve_hours: str
    twenty_four_hours: str
    date: str


class Marks(Fact):
    """What testing mode puts before the titles of names without an event, and of names that say nothing."""

    unmatched: str
    unparseable: str


class Habits(Fact):
    """The marks, and the habits of zones, whatever the language."""

    marks: Marks
    zone_names: dict[str, str]
    twelve_hour_zones: tuple[str, ...]


class Texts(Habits):
    """The words of one language with the habits of zones."""

    language: str
    words: Language

    def clock(self, timezone: str) -> str:
        """The strftime pattern viewers in the zone read a time in."""
        twelve = any(
            timezone.startswith(zone) if zone.endswith("/") else timezone == zone for zone in self.twelve_hour_zones
        )
        return self.words.twelve_hours if twelve else self.words.twenty_four_hours


class _File(Habits):
    languages: dict[str, Language]


@cache
def load_texts(language: str = "en", file: Traversable = FILES / "texts.yaml") -> Texts:
    """The words of a language, the packaged ones unless a file is given.

    ConfigError says which template is wrong and how, or which languages there are.
    """
    stated = validated(TypeAdapter(_File), file, "texts")
    if language not in stated.languages:
        raise ConfigError(
            f"config/{file.name}: no language {language!r}; there are {', '.join(sorted(stated.languages))}"
        )
    habits = {name: getattr(stated, name) for name in Habits.model_fields}
    return Texts(language=language, words=stated.languages[language], **habits)
