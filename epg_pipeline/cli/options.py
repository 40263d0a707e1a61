"""Options that several commands share, and the conversion of their text to values.

Belongs here: parsing and its error messages. Does not belong: what a command does with the value.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer


def a_date(text: str) -> date:
    """A date as typed."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date; write it as 2025-10-18") from None


def a_timezone(text: str) -> str:
    """The name of an existing time zone."""
    from epg_pipeline.config.time_zones import is_time_zone

    if not is_time_zone(text):
        raise typer.BadParameter(f"{text!r} is not a time zone; write it as America/New_York or UTC")
    return text


def a_tier(text: str) -> str:
    """The name of an existing tier."""
    from epg_pipeline.config.provider_settings import TIERS

    if text not in TIERS:
        raise typer.BadParameter(f"{text!r} is not a tier; there are: {', '.join(TIERS)}")
    return text


TheDate = Annotated[
    date | None, typer.Option("--date", parser=a_date, metavar="YYYY-MM-DD", help="The day; today if left out.")
]
AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        parser=a_date,
        metavar="YYYY-MM-DD",
        help="Treat this day as today: it decides what the current guide shows.",
    ),
]
Timezone = Annotated[
    str, typer.Option("--timezone", parser=a_timezone, metavar="ZONE", help="The provider's time zone.")
]
