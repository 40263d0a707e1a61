"""What a viewer reads: templates by language, clocks and zone names.

Belongs here: the schema of texts.yaml and its reading; a template that could not be filled is refused here, before any
guide is written. Does not: the filling (domain/tiers.py).
"""

from __future__ import annotations

import string
from functools import cache
from importlib.resources import files
from typing import Annotated

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

FIELDS = frozenset({"title", "sub_title", "facts", "venue", "time", "date"})


class TextsError(ValueError):
    """texts.yaml does not say what it must; the text names the place and what is wrong."""


def _fillable(template: str) -> str:
    for _, field, form, conversion in string.Formatter().parse(template):
        if field is not None and (field not in FIELDS or form or conversion):
            raise ValueError(f"{{{field}}} is no field of a template; there are {', '.join(sorted(FIELDS))}")
    if not template.strip():
        raise ValueError("a template must not be empty")
    return template


Template = Annotated[str, AfterValidator(_fillable)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Titles(_Strict):
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


class Categories(_Strict):
    """The words for any programme, a live event, and a studio show."""

    all: str = Field(min_length=1)
    event: str = Field(min_length=1)
    show: str = Field(min_length=1)


class Language(_Strict):
    """All words of one language; `date` and the clocks are strftime patterns."""

    titles: Titles
    descriptions: Descriptions
    categories: Categories
    twelve_hours: str
    twenty_four_hours: str
    date: str


class Marks(_Strict):
    """What testing mode puts before the titles of names without an event, and of names that say nothing."""

    unmatched: str
    unparseable: str


class Texts(_Strict):
    """The words of one language with the habits of zones."""

    language: str
    words: Language
    marks: Marks
    zone_names: dict[str, str]
    twelve_hour_zones: tuple[str, ...]

    def clock(self, timezone: str) -> str:
        """The strftime pattern viewers in the zone read a time in."""
        twelve = any(
            timezone.startswith(zone) if zone.endswith("/") else timezone == zone for zone in self.twelve_hour_zones
        )
        return self.words.twelve_hours if twelve else self.words.twenty_four_hours


def read_texts(text: str, language: str = "en", where: str = "texts.yaml") -> Texts:
    """The words of a language from a YAML text; TextsError says which template is wrong and how."""
    try:
        stated = yaml.safe_load(text)
        common = {key: stated.pop(key) for key in ("marks", "zone_names", "twelve_hour_zones")}
        if language not in stated:
            raise TextsError(f"{where}: no language {language!r}; there are {', '.join(sorted(stated))}")
        return Texts.model_validate({"language": language, "words": stated[language], **common})
    except yaml.YAMLError as error:
        raise TextsError(f"{where}: not YAML: {error}") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise TextsError(f"{where}: {faults}") from error
    except (AttributeError, KeyError, TypeError) as error:
        raise TextsError(
            f"{where}: a mapping of languages, marks, zone_names, twelve_hour_zones is expected"
        ) from error


@cache
def load_texts(language: str = "en") -> Texts:
    """The packaged words of a language, read once; TextsError when the file was spoilt or lacks the language."""
    return read_texts(files("epg_pipeline.config").joinpath("texts.yaml").read_text("utf-8"), language)
