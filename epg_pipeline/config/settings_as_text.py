"""A provider's settings as words on a command line, and back.

Belongs here: `key=value` to a value of the schema, a value to text, and the help that the schema itself gives. Does
not belong: what the settings are (provider_settings.py).
"""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args, get_origin

from epg_pipeline.config.provider_settings import ProviderSettings, provider_settings
from epg_pipeline.errors import ConfigError

FIELDS = ProviderSettings.model_fields


def changed_settings(
    stated: Mapping[str, object], assignments: Iterable[str], unset: Iterable[str], provider: str
) -> dict[str, object]:
    """What is stated after `key=value` words and keys put back to their defaults, as JSON can hold it.

    Lists and tables are given by commas: editions=kid,goat@Europe/London, minutes=nba=170,nfl=200. A stated value that
    is the default stays stated. ConfigError names key and value, and what is allowed.
    """
    wanted = dict(stated)
    for word in assignments:
        key, separator, text = word.partition("=")
        if not separator:
            raise ConfigError(f'"{word}" is not a setting: write {_known(word)}=VALUE')
        wanted[_known(key)] = _value(key.strip(), text.strip())
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
            return ",".join(f"{key}={one}" for key, one in value.items()) or "none"
        case list() | tuple():
            return ",".join(map(str, value)) or "none"
    return str(value)


def described_settings() -> list[tuple[str, str]]:
    """Every setting with what may be given, what it means, and its default; for the help of the command line."""
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


def _value(key: str, text: str) -> object:
    """The text as the schema takes it; numbers and yes or no it reads itself."""
    kind = get_origin(FIELDS[_known(key)].annotation)
    if kind not in (tuple, dict):
        return text
    parts = [part.strip() for part in text.split(",") if part.strip() and text != "none"]
    if kind is tuple:
        return parts
    for part in parts:
        if "=" not in part:
            raise ConfigError(f'setting {key}: "{part}" is not a pair; write {key}=NAME=NUMBER,NAME=NUMBER')
    return dict(part.split("=", 1) for part in parts)


def _form(key: str) -> str:
    """What may stand behind the equals sign, in capitals where any value is possible."""
    annotation: Any = FIELDS[key].annotation
    if get_origin(annotation) is Literal:
        return "|".join(map(str, get_args(annotation)))
    names: dict[Any, str] = {bool: "yes|no", int: "NUMBER", float: "NUMBER", str: "TEXT"}
    by_origin = {tuple: "A,B", dict: "NAME=NUMBER,…"}
    return by_origin.get(get_origin(annotation)) or names.get(annotation, "VALUE")
