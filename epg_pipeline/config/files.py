"""Reading one config file: YAML text -> validated facts, or an error that names the entry.

Belongs here: what every config file shares. Does not belong: the facts themselves.
"""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from epg_pipeline.errors import ConfigError

Facts = TypeVar("Facts")

FILES = resources.files("epg_pipeline.config")
PACKAGE = Path(__file__).parents[1]


class Fact(BaseModel):
    """The base of every entry: frozen, and a key that nothing reads is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def shipped(name: str) -> Path:
    """A file or folder of the repository's top level, in an installed package the copy in it."""
    packed = PACKAGE / "_shipped" / name
    return packed if packed.exists() else PACKAGE.parent / name


def read_yaml(file: Traversable) -> object:
    """The file's content, whatever it is; ConfigError says why it can't be read."""
    where = shown(file)
    try:
        return yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{where} can't be read: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}."
        ) from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{where} is not valid YAML: {error}") from error


def validated(kind: TypeAdapter[Facts], file: Traversable, what: str, rows: object = None) -> Facts:
    """The file's content, or the given rows, as `kind`.

    ConfigError says which entry (`what`: "family", "league", …) is wrong and why.
    """
    rows = read_yaml(file) if rows is None else rows
    try:
        return kind.validate_python(rows)
    except ValidationError as error:
        first = error.errors()[0]
        entry = _entry_name(rows, first["loc"])
        field = ".".join(str(part) for part in first["loc"][1:])
        fault = first["msg"].removeprefix("Value error, ")
        raise ConfigError(
            f'{shown(file)}: {what} "{entry}": {field + ": " if field else ""}{fault}', "Fix it there."
        ) from None


def shown(file: Traversable) -> str:
    """A file as an error names it: the packaged ones under config/, an operator's own by its path."""
    return f"config/{file.name}" if file == FILES / file.name else str(file)


def _entry_name(rows: object, location: tuple[int | str, ...]) -> str:
    """The name of a list's entry, else its number or key."""
    place = location[0] if location else "?"
    row = rows[place] if isinstance(rows, list) and isinstance(place, int) else None
    return str(row.get("name", place) if isinstance(row, dict) else place)
