"""The clock. The one module that reads it; everything else takes the time from here, or as an argument."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one place that reads it


def today(timezone: str, now: datetime | None = None) -> date:
    """The date in an IANA zone, now or at the instant given."""
    return (now or utc_now()).astimezone(ZoneInfo(timezone)).date()


def timestamp() -> float:
    """This instant in seconds since 1970."""
    return utc_now().timestamp()
