"""Where things lie and which outside things are used, as the environment says.

Belongs here: every environment variable the project reads, and its default. Does not: anything a provider decides
(that stands in the database), anything a command's option decides.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

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

        ValueError names a source that there is none of.
        """
        text = given.get("EPG_EVENT_SOURCES", ",".join(EVENT_SOURCES))
        names = tuple(name.strip() for name in text.split(",") if name.strip() and text.strip() != "none")
        if unknown := [name for name in names if name not in EVENT_SOURCES]:
            known = ", ".join(EVENT_SOURCES)
            raise ValueError(f"EPG_EVENT_SOURCES: {unknown[0]!r} is no source of events; there are {known}")
        return cls(
            names=names,
            espn_address=given.get("EPG_ESPN_URL"),
            thesportsdb_address=given.get("EPG_THESPORTSDB_URL"),
            thesportsdb_key=given.get("EPG_THESPORTSDB_KEY"),
            contact=given.get("EPG_CONTACT", ""),
        )


@dataclass(frozen=True)
class Settings:
    """The folders, the database and the key one installation works with.

    `home` keeps what must not be lost (database, snapshots, key), `dist` the published guides. `database_url` None
    means the embedded server under `home`. The key that seals addresses is `secret_key_text` if given, else it lies in
    the file `secret_key`. Neither key nor database address shows in the repr: both carry secrets. `families_file` has
    slot families of the operator's own. `guide_url` is where players find the guide server, `sources` says which
    services are asked for events.
    """

    home: Path
    dist: Path
    database_url: str | None = field(default=None, repr=False)
    secret_key_text: str | None = field(default=None, repr=False)
    events_file: Path | None = None
    families_file: Path | None = None
    guide_url: str = "http://127.0.0.1:8080"
    sources: SourceSettings = SourceSettings()

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
        """The settings of EPG_HOME, _DIST, _DATABASE_URL, _SECRET_KEY, _EVENTS_FILE, _FAMILIES, _GUIDE_URL and sources.

        An empty variable counts as unset. Nothing is created or opened here. Paths come back absolute, so that a child
        process with another working folder means the same ones.
        """
        given = {name: value for name, value in (os.environ if environment is None else environment).items() if value}
        home = Path(given["EPG_HOME"]).expanduser() if "EPG_HOME" in given else _default_home()
        events, families = given.get("EPG_EVENTS_FILE"), given.get("EPG_FAMILIES")
        return cls(
            home=home.absolute(),
            dist=Path(given.get("EPG_DIST") or _default_dist(home)).expanduser().absolute(),
            database_url=given.get("EPG_DATABASE_URL"),
            secret_key_text=given.get("EPG_SECRET_KEY"),
            events_file=Path(events).expanduser().absolute() if events else None,
            families_file=Path(families).expanduser().absolute() if families else None,
            guide_url=given.get("EPG_GUIDE_URL", cls.guide_url).rstrip("/"),
            sources=SourceSettings.from_environment(given),
        )


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
