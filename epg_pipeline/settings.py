"""Where things lie and which outside things are used, as the environment says.

Belongs here: every environment variable the project reads, and its default. Does not: anything a provider decides
(that stands in the database), anything a command's option decides.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from platformdirs import user_data_path

from epg_pipeline.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

SYSTEM_HOME = Path("/var/lib/epg-pipeline")

EVENT_SOURCES = ("file", "espn", "thesportsdb")


@dataclass(frozen=True)
class SourceSettings:
    """Which sources of events are asked, and as whom. An address that is None is the one in config/sources.yaml.

    `contact` tells the sources whom to write to. The key is a secret and does not show in the repr.
    """

    names: tuple[str, ...] = ("file",)
    espn_address: str | None = None
    thesportsdb_address: str | None = None
    thesportsdb_key: str | None = field(default=None, repr=False)
    contact: str = ""

    @classmethod
    def from_environment(cls, given: Mapping[str, str]) -> SourceSettings:
        """The settings of EPG_EVENT_SOURCES ("file,espn"; all if unset, "none" for none) and those of the sources.

        SettingsError names a source that there is none of.
        """
        text = given.get("EPG_EVENT_SOURCES", ",".join(EVENT_SOURCES))
        names = tuple(name.strip() for name in text.split(",") if name.strip() and text.strip() != "none")
        if unknown := [name for name in names if name not in EVENT_SOURCES]:
            known = ", ".join(EVENT_SOURCES)
            raise SettingsError(f"EPG_EVENT_SOURCES: {unknown[0]!r} is no source of events; there are {known}")
        return cls(
            names=names,
            espn_address=given.get("EPG_ESPN_URL"),
            thesportsdb_address=given.get("EPG_THESPORTSDB_URL"),
            thesportsdb_key=given.get("EPG_THESPORTSDB_KEY"),
            contact=given.get("EPG_CONTACT", ""),
        )


# What a bucket needs, in one order. R2 makes its address of the account.
_R2_NEEDS = ("R2_ACCOUNT_ID", "R2_ACCESS_KEY", "R2_SECRET_KEY", "R2_BUCKET")
_S3_NEEDS = ("S3_ENDPOINT_URL", "S3_ACCESS_KEY", "S3_SECRET_KEY", "S3_BUCKET")
_R2_HOST = "r2.cloudflarestorage.com"


@dataclass(frozen=True)
class StorageSettings:
    """The public bucket: where it is, and the key it is written with. Neither key nor account shows in the repr.

    `variables` is how its variables begin. `public_url` is where anyone reads the bucket, without a slash at its end;
    None where nothing says so.
    """

    endpoint: str = field(repr=False)
    bucket: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    variables: str = "S3_"
    region: str = "auto"
    public_url: str | None = None

    @classmethod
    def from_environment(cls, given: Mapping[str, str]) -> StorageSettings | None:
        """The bucket of R2_ACCOUNT_ID, R2_ACCESS_KEY, R2_SECRET_KEY, R2_BUCKET, or of S3_ENDPOINT_URL and the like.

        Beside them may stand R2_PUBLIC_URL or S3_PUBLIC_URL, and R2_REGION or S3_REGION. None when none of the first is
        set: nothing is uploaded then. SettingsError names what is missing or can't be.
        """
        r2, s3 = ([name for name in needs if name in given] for needs in (_R2_NEEDS, _S3_NEEDS))
        if r2 and s3:
            raise SettingsError(f"{r2[0]} and {s3[0]} name two buckets: unset the R2_ variables or the S3_ ones")
        if not r2 and not s3:
            return None
        needs = _R2_NEEDS if r2 else _S3_NEEDS
        if missing := [name for name in needs if name not in given]:
            stated = ", ".join(r2 or s3)
            raise SettingsError(f"{', '.join(missing)}: not set, but {stated}: set all of them, or none for no upload")
        place, access, secret, bucket = (given[name].strip() for name in needs)
        endpoint = f"https://{place}.{_R2_HOST}" if r2 else _address(needs[0], place)
        if urlsplit(endpoint).path.endswith(f"/{bucket}"):  # as R2's dashboard shows it; each key would begin with it
            raise SettingsError(
                f"{needs[0]} is the address of the store alone, without the bucket: {needs[3]} names that"
            )
        variables = needs[0][:3]
        public = given.get(f"{variables}PUBLIC_URL")
        return cls(
            endpoint=endpoint,
            bucket=bucket,
            access_key=access,
            secret_key=secret,
            variables=variables,
            region=given.get(f"{variables}REGION", "auto" if r2 else "us-east-1").strip(),
            public_url=_address(f"{variables}PUBLIC_URL", public) if public else None,
        )

    @property
    def label(self) -> str:
        """What records and messages call the bucket: where it is and its name, without the account."""
        parts = urlsplit(self.endpoint)
        host = "r2" if parts.netloc.endswith(f".{_R2_HOST}") else f"{parts.netloc}{parts.path}"
        return f"{host}/{self.bucket}"


def _address(name: str, text: str) -> str:
    """An http(s) address without a slash at its end. SettingsError, which does not quote it, when it is none."""
    fault = f"{name} is no address such as https://storage.example; no key or password belongs in it"
    try:
        parts = urlsplit(text.strip())
        known = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        raise SettingsError(fault) from None
    if not known or parts.username is not None or parts.query or parts.fragment:
        raise SettingsError(fault)
    return text.strip().rstrip("/")


@dataclass(frozen=True)
class NotifySettings:
    """How an operator is told of failures. Each address carries a secret, and none shows in the repr."""

    webhook: str | None = field(default=None, repr=False)
    slack: str | None = field(default=None, repr=False)
    mail: str | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls, given: Mapping[str, str]) -> NotifySettings:
        """The addresses of EPG_NOTIFY_WEBHOOK, _SLACK and _MAIL; nothing is checked before something is sent."""
        return cls(*(given.get(f"EPG_NOTIFY_{way}") for way in ("WEBHOOK", "SLACK", "MAIL")))


@dataclass(frozen=True)
class Settings:
    """The folders, the database and the key one installation works with.

    `home` keeps what must not be lost (database, snapshots, key), `dist` the published guides. `database_url` None
    means the embedded server under `home`. The key that seals addresses is `secret_key_text` if given, else it lies in
    the file `secret_key`. Neither key nor database address shows in the repr: both carry secrets. `families_file` has
    slot families of the operator's own, `texts_file` words. `guide_url` is where players find the guide server,
    `sources` says which services are asked for events, `storage` the public bucket that guides are uploaded to, if any.
    """

    home: Path
    dist: Path
    database_url: str | None = field(default=None, repr=False)
    secret_key_text: str | None = field(default=None, repr=False)
    events_file: Path | None = None
    families_file: Path | None = None
    texts_file: Path | None = None
    guide_url: str = "http://127.0.0.1:8080"
    sources: SourceSettings = SourceSettings()
    notify: NotifySettings = NotifySettings()
    keep_runs_days: int = 30
    storage: StorageSettings | None = None

    @property
    def secret_key(self) -> Path:
        """The file of the sealing key, made on first use."""
        return self.home / "secret.key"

    @property
    def dagster_home(self) -> Path:
        """The folder of Dagster's instance: its settings and logs; its records are in the database."""
        return self.home / "dagster"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """The settings of EPG_HOME, _DIST, _DATABASE_URL, _SECRET_KEY, _FAMILIES, _TEXTS, _GUIDE_URL, events and parts.

        An empty variable counts as unset. Nothing is created or opened here. Paths come back absolute, so that a child
        process with another working folder means the same ones.
        """
        given = {name: value for name, value in (os.environ if environment is None else environment).items() if value}
        home = Path(given["EPG_HOME"]).expanduser() if "EPG_HOME" in given else _default_home()
        own = ("EPG_EVENTS_FILE", "EPG_FAMILIES", "EPG_TEXTS")
        events, families, texts = (Path(given[name]).expanduser().absolute() if name in given else None for name in own)
        return cls(
            home=home.absolute(),
            dist=Path(given.get("EPG_DIST") or _default_dist(home)).expanduser().absolute(),
            database_url=given.get("EPG_DATABASE_URL"),
            secret_key_text=given.get("EPG_SECRET_KEY"),
            events_file=events,
            families_file=families,
            texts_file=texts,
            guide_url=given.get("EPG_GUIDE_URL", cls.guide_url).rstrip("/"),
            sources=SourceSettings.from_environment(given),
            notify=NotifySettings.from_environment(given),
            keep_runs_days=_days(given, "EPG_KEEP_RUNS_DAYS", cls.keep_runs_days),
            storage=StorageSettings.from_environment(given),
        )


def _days(given: Mapping[str, str], name: str, usual: int) -> int:
    text = given.get(name, str(usual)).strip()
    if not text.isdigit() or int(text) < 1:
        raise SettingsError(f"{name} is a number of days, 1 or more")
    return int(text)


def _default_dist(home: Path) -> Path:
    """Within home; for a working copy's `.epg` beside it, where `make demo` puts the guide for everyone to see."""
    return home.parent / "dist" if home.name == ".epg" else home / "dist"


def _default_home() -> Path:
    """A `.epg` folder here if there is one, else where the system keeps such things."""
    here = Path(".epg")
    if here.is_dir():
        return here
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return SYSTEM_HOME
    return user_data_path("epg-pipeline", appauthor=False)
