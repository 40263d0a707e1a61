"""What an operator may set for one provider: one schema for the command line and the database.

Belongs here: the settings, their defaults and what each means. Does not belong: what a provider has columns for (name,
zone, tier, address), how settings are stored, what follows from them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, ValidationError

from epg_pipeline.config.files import Fact
from epg_pipeline.config.time_zones import is_time_zone
from epg_pipeline.errors import ConfigError

Tier = Literal["kid", "buck", "goat"]
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


class ProviderSettings(Fact):
    """The settings of one provider; each has a default that suits most."""

    editions: tuple[Annotated[str, AfterValidator(_edition_text)], ...] = Field(
        default=(), description="further guides beside the provider's own: kid, buck, goat, or goat@Europe/London"
    )
    language: str = Field(default="en", description="language of titles and descriptions, as in texts.yaml")
    clock: Literal["zone", "12", "24"] = Field(
        default="zone", description="7:30 PM (12) or 19:30 (24); zone: as people there are used to"
    )
    testing: bool = Field(default=False, description="mark titles without an event: ⚠️ unmatched, 📺 unparseable")
    live_marks: bool = Field(
        default=False, description="add <live/>, which Jellyfin reads and the XMLTV DTD does not know"
    )
    days_before: int = Field(default=1, ge=0, le=7, description="days before today that the current guide shows")
    days_after: int = Field(default=2, ge=0, le=7, description="days after today that the current guide shows")
    most_lost: float = Field(
        default=0.3, ge=0, le=1, description="share of its programmes a guide may lose before it is held back"
    )
    minutes: dict[str, Annotated[int, Field(ge=5, le=1440)]] = Field(
        default_factory=dict, description="live minutes of leagues or sports that differ here: nba=170"
    )
    check_minutes: int = Field(
        default=30, ge=0, le=1440, description="minutes between checks for a changed playlist; 0: never"
    )
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
