"""Every environment variable the project reads: its name, type, default and help, as one schema.

Belongs here: the schema, and access to the environment for programs that are started. `epg doctor`, `epg settings` and
the table in the README are made from it. Does not belong: what a provider decides (that is in the database), what an
option of a command decides.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl, PositiveInt, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticUndefined
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from epg_pipeline.config.sources import EVENT_SOURCES
from epg_pipeline.errors import SettingsError

SYSTEM_HOME = Path("/var/lib/epg-pipeline")
_R2_HOST = "r2.cloudflarestorage.com"


def _absolute(path: Path) -> Path:
    """Absolute, so that a child process with another working folder means the same file."""
    return path.expanduser().absolute()


def _address(text: str) -> str:
    """An http(s) address without a slash at its end."""
    fault = "is not a valid address; expected e.g. https://storage.example, without key or password"
    try:
        url = HttpUrl(text.strip())
    except ValidationError:
        raise ValueError(fault) from None
    if url.username is not None or url.query or url.fragment:
        raise ValueError(fault)
    return text.strip().rstrip("/")


def _source_names(text: object) -> object:
    """A text such as "file,espn" as a tuple; "none" as an empty one."""
    if not isinstance(text, str):
        return text
    names = tuple(name.strip() for name in text.split(",") if name.strip() and text.strip() != "none")
    if unknown := [name for name in names if name not in EVENT_SOURCES]:
        raise ValueError(f"{unknown[0]!r} is not a source of events; there are {', '.join(EVENT_SOURCES)}")
    return names


File = Annotated[Path, AfterValidator(_absolute)]
Address = Annotated[str, AfterValidator(_address)]


def _variable(name: str, default: Any = None, *, help: str, secret: bool = False) -> Any:  # noqa: A002, ANN401 - as Field
    return Field(default, validation_alias=name, description=help, repr=not secret)


class _Variables(BaseSettings):
    """A group of variables. An empty one counts as unset; no message quotes a value, which may be a secret."""

    model_config = SettingsConfigDict(
        frozen=True, env_ignore_empty=True, extra="ignore", populate_by_name=True, case_sensitive=True,
        hide_input_in_errors=True,
    )  # fmt: skip


class SourceSettings(_Variables):
    """Which sources of events are asked, and as whom."""

    names: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_source_names)] = _variable(
        "EPG_EVENT_SOURCES",
        tuple(EVENT_SOURCES),
        help="The sources that a refresh asks, separated by commas, or `none`.",
    )
    espn_address: str | None = _variable("EPG_ESPN_URL", help="Another address for ESPN, for tests.")
    thesportsdb_address: str | None = _variable("EPG_THESPORTSDB_URL", help="Another address for TheSportsDB.")
    thesportsdb_key: str | None = _variable(
        "EPG_THESPORTSDB_KEY", secret=True, help="Your key, for more than the few events of the public one."
    )
    contact: str = _variable("EPG_CONTACT", "", help="An address in the user agent, so that a source can reach you.")


class NotifySettings(_Variables):
    """How an operator is notified of failures. Each address carries a secret; nothing is checked before it is used."""

    webhook: str | None = _variable("EPG_NOTIFY_WEBHOOK", secret=True, help="A webhook that is notified of incidents.")
    slack: str | None = _variable("EPG_NOTIFY_SLACK", secret=True, help="A Slack webhook that is notified.")
    mail: str | None = _variable(
        "EPG_NOTIFY_MAIL", secret=True, help="A mail server and address: `smtp://user:password@host?to=me@example.org`."
    )


@dataclass(frozen=True)
class StorageSettings:
    """The public bucket: where it is, and the key it is written with. Neither key nor account shows in the repr.

    `variables` is how its variables begin. `public_url` is where anyone reads the bucket, None where it is not set.
    """

    endpoint: str = field(repr=False)
    bucket: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    variables: str = "S3_"
    region: str = "auto"
    public_url: str | None = None

    @property
    def label(self) -> str:
        """What records and messages call the bucket: its host and name, without the account."""
        parts = urlsplit(self.endpoint)
        host = "r2" if parts.netloc.endswith(f".{_R2_HOST}") else f"{parts.netloc}{parts.path}"
        return f"{host}/{self.bucket}"


class R2Settings(_Variables):
    """A Cloudflare R2 bucket that every publish uploads to."""

    place: str | None = _variable("R2_ACCOUNT_ID", secret=True, help="The account of a Cloudflare R2 bucket.")
    access_key: str | None = _variable("R2_ACCESS_KEY", secret=True, help="Its access key.")
    secret_key: str | None = _variable("R2_SECRET_KEY", secret=True, help="Its secret key.")
    bucket: str | None = _variable("R2_BUCKET", help="Its name.")
    public_url: Address | None = _variable("R2_PUBLIC_URL", help="Where anyone reads it.")
    region: str = _variable("R2_REGION", "auto", help="Its region.")


class S3Settings(_Variables):
    """Any other S3-compatible store."""

    place: Address | None = _variable("S3_ENDPOINT_URL", help="The address of another S3-compatible store.")
    access_key: str | None = _variable("S3_ACCESS_KEY", secret=True, help="Its access key.")
    secret_key: str | None = _variable("S3_SECRET_KEY", secret=True, help="Its secret key.")
    bucket: str | None = _variable("S3_BUCKET", help="The bucket's name.")
    public_url: Address | None = _variable("S3_PUBLIC_URL", help="Where anyone reads it.")
    region: str = _variable("S3_REGION", "us-east-1", help="Its region.")


class Settings(_Variables):
    """What one installation works with. Nothing is created or opened here; no secret shows in the repr."""

    home: File = Field(
        default_factory=lambda: _absolute(_default_home()),
        validation_alias="EPG_HOME",
        description="Where the embedded database, snapshots, key and guides live (`./.epg` if it exists, "
        "else the user's data folder).",
    )
    dist: File = _variable(
        "EPG_DIST", Path(), help="Where guides are published (`dist` beside a home named `.epg`, else in the home)."
    )
    database_url: str | None = _variable(
        "EPG_DATABASE_URL",
        secret=True,
        help="Another PostgreSQL 14+ than the embedded one (Supabase through its transaction pooler too).",
    )
    secret_key_text: str | None = _variable(
        "EPG_SECRET_KEY", secret=True, help="The key that seals addresses, instead of `secret.key` in the home."
    )
    families_file: File | None = _variable(
        "EPG_FAMILIES", help="Your own slot families, a YAML file like `epg_pipeline/config/families.yaml`."
    )
    texts_file: File | None = _variable("EPG_TEXTS", help="Your own words, laid over `epg_pipeline/config/texts.yaml`.")
    events_file: File | None = _variable("EPG_EVENTS_FILE", help="The events file of the source `file`.")
    guide_url: Annotated[str, AfterValidator(lambda text: text.rstrip("/"))] = _variable(
        "EPG_GUIDE_URL", "http://127.0.0.1:8080", help="Where players find the guide server."
    )
    keep_runs_days: PositiveInt = _variable("EPG_KEEP_RUNS_DAYS", 30, help="How many days Dagster keeps its runs.")
    postgres_bin: Path | None = _variable("EPG_PG_BIN", help="The bin folder of another PostgreSQL to embed.")
    playlist_url: str | None = _variable(
        "EPG_PLAYLIST_URL", secret=True, help="A playlist's address that `epg provider add` and `edit` take unasked."
    )
    xtream_password: str | None = _variable(
        "EPG_XTREAM_PASSWORD", secret=True, help="The same for the password of an Xtream account."
    )
    debug: bool = _variable("EPG_DEBUG", default=False, help="Show where an error came from, as `--debug` does.")
    sources: SourceSettings = Field(default_factory=SourceSettings)
    notify: NotifySettings = Field(default_factory=NotifySettings)
    r2: R2Settings = Field(default_factory=R2Settings, repr=False)
    s3: S3Settings = Field(default_factory=S3Settings, repr=False)
    storage: StorageSettings | None = None

    @model_validator(mode="before")
    @classmethod
    def _place_guides_and_bucket(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Defaults that depend on other variables."""
        home = Path(values.get("home") or values.get("EPG_HOME") or _default_home()).expanduser()
        usual = home.parent / "dist" if home.name == ".epg" else home / "dist"  # where `make demo` shows it to everyone
        stated = values.keys() & {"dist", "EPG_DIST"}
        bucket = {} if "storage" in values else {"storage": _storage(R2Settings(), S3Settings())}
        return {**values, **({} if stated else {"dist": usual}), **bucket}

    @property
    def secret_key(self) -> Path:
        """The file of the sealing key, made on first use."""
        return self.home / "secret.key"

    @property
    def dagster_home(self) -> Path:
        """The folder of Dagster's instance: its settings and logs; its records are in the database."""
        return self.home / "dagster"


class Variable(NamedTuple):
    """One variable for a person: its name, what it means, and its default as text ("" for none)."""

    name: str
    help: str
    default: str


def load_settings() -> Settings:
    """The settings of this process's environment. SettingsError names a variable that is wrong, and quotes no value."""
    try:
        return Settings()
    except ValidationError as fault:
        raise SettingsError("; ".join(_sentence(error) for error in fault.errors())) from None


def variables(group: type[BaseSettings] = Settings) -> Iterator[Variable]:
    """Every environment variable the project reads, in the schema's order."""
    for info in group.model_fields.values():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseSettings):
            yield from variables(kind)
        elif isinstance(info.validation_alias, str):
            usual = ", ".join(info.default) if isinstance(info.default, tuple) else info.default
            has_default = usual not in (None, False, Path(), PydanticUndefined)
            yield Variable(info.validation_alias, info.description or "", str(usual) if has_default else "")


def settings_table() -> str:
    """The variables as a Markdown table, for the README."""
    rows = [f"| `{name}` | {text} | {f'`{usual}`' if usual else ''} |" for name, text, usual in variables()]
    return "\n".join(["| variable | means | default |", "|---|---|---|", *rows])


def environment() -> dict[str, str]:
    """This process's environment, for programs that are started from it."""
    return dict(os.environ)  # noqa: TID251 - the one place that reads it


def library_folders() -> dict[str, str]:
    """The variables that say where a program finds its libraries, for the embedded server."""
    variables = environment()
    return {name: variables[name] for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH") if name in variables}


def _sentence(error: ErrorDetails) -> str:
    name = str(error["loc"][0]) if error["loc"] else ""
    text = error["msg"].removeprefix("Value error, ")
    return f"{name} {text}" if name.isupper() and text.startswith("is ") else f"{name}: {text}" if name else text


def _storage(r2: R2Settings, s3: S3Settings) -> StorageSettings | None:
    """The bucket that the R2_ or the S3_ variables name; ValueError says what is missing or contradicts."""
    groups = [group for group in (r2, s3) if any(_needed(group).values())]
    if not groups:
        return None
    stated = [name for group in groups for name, value in _needed(group).items() if value]
    if len(groups) > 1:
        other = next(name for name in stated if name.startswith("S3_"))
        raise ValueError(f"{stated[0]} and {other} name two buckets: unset the R2_ variables or the S3_ ones")
    (group,) = groups
    needed = _needed(group)
    if missing := [name for name, value in needed.items() if not value]:
        raise ValueError(f"{', '.join(missing)}: not set, but {', '.join(stated)}: set all, or none for no upload")
    place, _, _, bucket = needed
    endpoint = f"https://{r2.place}.{_R2_HOST}" if group is r2 else needed[place]
    if urlsplit(endpoint).path.endswith(f"/{group.bucket}"):  # as R2's dashboard shows it
        raise ValueError(f"{place} is the address of the store alone, without the bucket: {bucket} names that")
    _, access_key, secret_key, name = (value.strip() for value in needed.values())
    return StorageSettings(
        endpoint=endpoint,
        bucket=name,
        access_key=access_key,
        secret_key=secret_key,
        variables="R2_" if group is r2 else "S3_",
        region=group.region.strip(),
        public_url=group.public_url,
    )


def _needed(group: R2Settings | S3Settings) -> dict[str, str]:
    """What a bucket needs, by the variable's name, in the order of StorageSettings."""
    fields = ("place", "access_key", "secret_key", "bucket")
    return {str(type(group).model_fields[name].validation_alias): getattr(group, name) or "" for name in fields}


def _default_home() -> Path:
    """A `.epg` folder here if there is one, else where the system keeps such things."""
    here = Path(".epg")
    if here.is_dir():
        return here
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return SYSTEM_HOME
    return user_data_path("epg-pipeline", appauthor=False)
