"""Options several commands share, and how their text becomes values.

Belongs here: parsing and its error messages. Does not: what a command does with the value.
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
    """The name of a time zone that exists."""
    from epg_pipeline.config.time_zones import is_time_zone

    if not is_time_zone(text):
        raise typer.BadParameter(f"{text!r} is no time zone; write it as America/New_York or UTC")
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
        help="Take this as today: it decides what the current guide shows.",
    ),
]
Timezone = Annotated[
    str, typer.Option("--timezone", parser=a_timezone, metavar="ZONE", help="The provider's time zone.")
]
