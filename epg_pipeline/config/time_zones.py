"""The time zones that exist.

Belongs here: their names, for settings, options and config files. Does not belong: what playlists call zones
(zones.yaml).
"""

from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator

OF_THIS_MACHINE = {"localtime", "Factory"}  # files on some systems that are not zone names; Polars does not know them


def is_time_zone(name: str) -> bool:
    """Whether there is an IANA zone of exactly that name, such as America/New_York."""
    return name in _known()


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones() - OF_THIS_MACHINE)


def _existing(name: str) -> str:
    if not is_time_zone(name):
        raise ValueError(f"{name!r} is not an IANA time zone such as Europe/London")
    return name


TimeZone = Annotated[str, AfterValidator(_existing)]
