"""Reading JSON whose shape is not certain.

Belongs here: reading a field of an expected type, and naming one that differs. Does not belong: the shape of a source.
"""

from datetime import UTC, datetime
from typing import Any

Fields = dict[str, Any]


class ShapeError(ValueError):
    """A document does not have the shape its source is known for.

    The message says what is missing or of a wrong type.
    """


def fields_of(value: object, what: str) -> Fields:
    """An object's fields; ShapeError for anything else."""
    if not isinstance(value, dict):
        raise ShapeError(f"{what} is {_kind(value)}, not an object")
    return value


def items_of(value: object, what: str) -> list[Any]:
    """A list's items; ShapeError for anything else."""
    if not isinstance(value, list):
        raise ShapeError(f"{what} is {_kind(value)}, not a list")
    return value


def must(fields: Fields, name: str, what: str) -> str:
    """A required field: a text that is not blank, or a number as text. ShapeError names it by its path."""
    value = text(fields, name)
    if not value:
        raise ShapeError(f"{what}.{name} is missing" if fields.get(name) is None else f"{what}.{name} is not text")
    return value


def text(fields: Fields, name: str) -> str:
    """A field as text without outer spaces; "" where it is missing or of another type."""
    value = fields.get(name)
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def inner(fields: Fields, name: str) -> Fields:
    """The fields of an object inside; none where it is missing or of another type."""
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def instant(printed: str, what: str) -> datetime:
    """An ISO 8601 time as an instant; without an offset it is UTC, as both sources say. ShapeError for another text."""
    try:
        moment = datetime.fromisoformat(printed)
    except ValueError:
        raise ShapeError(f"{what} is {printed[:40]!r}, not an ISO 8601 time") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _kind(value: object) -> str:
    return "missing" if value is None else f"a {type(value).__name__}"
