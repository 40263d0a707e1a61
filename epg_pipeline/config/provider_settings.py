"""What an operator may set for one provider: one schema for the command line and the database.

Belongs here: the settings, their defaults and what each means; `key=value` to a value, a value to text, and the help
that the schema gives. Does not belong: what a provider has columns for (name,
zone, tier, address), how settings are stored, what follows from them.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from epg_pipeline.config.files import Fact
from epg_pipeline.config.time_zones import is_time_zone
from epg_pipeline.errors import ConfigError

Tier = Literal["kid", "buck", "goat"]
Clock = Literal["zone", "12", "24"]
TIERS: tuple[Tier, ...] = get_args(Tier)


@dataclass(frozen=True, slots=True)
class Edition:
    """One form of a provider's guide: its tier, and the zone of the times in its texts ("" is the provider's)."""

    tier: Tier
    zone: str = ""

    @property
    def folder(self) -> str:
        """Its folder below the provider's: "kid", "goat-europe-london"."""
        return "-".join([self.tier, *re.findall(r"[a-z0-9+]+", self.zone.lower())])


def edition_of(text: str) -> Edition:
    """The edition written as "kid" or "goat@Europe/London". ValueError says what is wrong."""
    tier, _, zone = text.partition("@")
    if tier not in TIERS:
        raise ValueError(f'"{tier}" is not a tier; there are {", ".join(TIERS)}')
    if zone:
        if not is_time_zone(zone):
            raise ValueError(f'"{zone}" is not a time zone; use an IANA name such as Europe/London')
    elif text != tier:
        raise ValueError(f'"{text}" names no zone after the @')
    return Edition(tier, zone)


def _edition_text(text: str) -> str:
    edition_of(text)
    return text


def _parts(text: str) -> list[str]:
    """The parts of a text such as "kid,goat@Europe/London"; "none" has none."""
    return [part.strip() for part in text.split(",") if part.strip() and text != "none"]


def _list(value: object) -> object:
    return _parts(value) if isinstance(value, str) else value


def _table(value: object) -> object:
    """The pairs of a text such as "nba=170,nfl=200"."""
    if not isinstance(value, str):
        return value
    pairs = [part.partition("=") for part in _parts(value)]
    if wrong := [name for name, separator, _ in pairs if not separator]:
        raise ValueError(f'"{wrong[0]}" is not a pair; write NAME=NUMBER,NAME=NUMBER')
    return {name: number for name, _, number in pairs}


class ProviderSettings(Fact):
    """The settings of one provider; each has a default that suits most."""

    editions: Annotated[tuple[Annotated[str, AfterValidator(_edition_text)], ...], BeforeValidator(_list)] = Field(
        default=(), description="further guides beside the provider's own: kid, buck, goat, or goat@Europe/London"
    )
    language: str = Field(default="en", description="language of titles and descriptions, as in texts.yaml")
    clock: Clock = Field(default="zone", description="7:30 PM (12) or 19:30 (24); zone: as people there are used to")
    testing: bool = Field(default=False, description="mark titles without an event: ⚠️ unmatched, 📺 unparseable")
    live_marks: bool = Field(default=False, description="add <live/>, which Jellyfin reads; the XMLTV DTD lacks it")
    days_before: int = Field(default=1, ge=0, le=7, description="days before today that the current guide shows")
    days_after: int = Field(default=2, ge=0, le=7, description="days after today that the current guide shows")
    most_lost: float = Field(
        default=0.3, ge=0, le=1, description="share of its programmes a guide may lose before it is held back"
    )
    minutes: Annotated[dict[str, Annotated[int, Field(ge=5, le=1440)]], BeforeValidator(_table)] = Field(
        default_factory=dict, description="live minutes of leagues or sports that differ here: nba=170"
    )
    check_minutes: int = Field(default=30, ge=0, le=1440, description="minutes between playlist checks; 0: never")
    publish_stream_addresses: bool = Field(
        default=False, description="upload the clone playlist with its stream addresses too, for everyone to read"
    )

    @property
    def further_editions(self) -> tuple[Edition, ...]:
        """The editions as such, each once."""
        return tuple(dict.fromkeys(map(edition_of, self.editions)))


def provider_settings(stated: Mapping[str, object], provider: str) -> ProviderSettings:
    """The settings with defaults for what is not stated; ConfigError names the provider, the setting and the fault."""
    try:
        return ProviderSettings.model_validate(dict(stated))
    except ValidationError as error:
        first = error.errors()[0]
        setting = ".".join(map(str, first["loc"])) or "settings"
        fault = first["msg"].removeprefix("Value error, ")
        raise ConfigError(
            f"{provider}: setting {setting}={str(first['input'])[:80]}: {fault}", "See: epg provider set --help"
        ) from None


FIELDS = ProviderSettings.model_fields


def changed_settings(
    stated: Mapping[str, object], assignments: Iterable[str], unset: Iterable[str], provider: str
) -> dict[str, object]:
    """What is stated after `key=value` words and keys put back to their defaults, as JSON can hold it.

    Lists and tables are given by commas: editions=kid,goat@Europe/London, minutes=nba=170,nfl=200. A stated default
    stays stated. ConfigError names key and value, and what is allowed.
    """
    wanted = dict(stated)
    for word in assignments:
        key, separator, text = word.partition("=")
        if not separator:
            raise ConfigError(f'"{word}" is not a setting: write {_known(word)}=VALUE')
        wanted[_known(key)] = text.strip()
    for key in unset:
        wanted.pop(key if key in wanted else _known(key), None)  # a setting of an older version can be unset
    checked = provider_settings(wanted, provider)
    return checked.model_dump(mode="json", include=set(wanted))


def as_text(value: object) -> str:
    """A value as it is given on the command line; "none" for an empty list or table."""
    match value:
        case bool():
            return "yes" if value else "no"
        case dict():
            return ",".join(f"{key}={number}" for key, number in value.items()) or "none"
        case list() | tuple():
            return ",".join(map(str, value)) or "none"
    return str(value)


def described_settings() -> list[tuple[str, str]]:
    """Every setting with its possible values, what it means, and its default; for the help of the command line."""
    return [
        (
            f"{key}={_form(key)}",
            f"{field.description} (default: {as_text(field.get_default(call_default_factory=True))})",
        )
        for key, field in FIELDS.items()
    ]


def _known(key: str) -> str:
    key = key.strip().replace("-", "_")
    if key in FIELDS:
        return key
    near = difflib.get_close_matches(key, FIELDS, n=1)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    raise ConfigError(f'unknown setting "{key}".{hint} There are: {", ".join(FIELDS)}')


def _form(key: str) -> str:
    """What may stand behind the equals sign, in capitals where any value is possible."""
    annotation: Any = FIELDS[key].annotation
    if get_origin(annotation) is Literal:
        return "|".join(map(str, get_args(annotation)))
    names: dict[Any, str] = {bool: "yes|no", int: "NUMBER", float: "NUMBER", str: "TEXT"}
    by_origin = {tuple: "A,B", dict: "NAME=NUMBER,…"}
    return by_origin.get(get_origin(annotation)) or names.get(annotation, "VALUE")
