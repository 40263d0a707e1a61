"""One embedded server for the whole test session, whichever way it is spread, and a fresh database for each test."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from filelock import FileLock
from homes import new_home, remove_home

from epg_pipeline.adapters.embedded_postgres.place import running_postmaster, server_place
from epg_pipeline.adapters.embedded_postgres.server import Lease, lease_server
from epg_pipeline.adapters.store import teams
from epg_pipeline.adapters.store.connections import Connections
from epg_pipeline.adapters.store.migrations import migrate
from epg_pipeline.adapters.store.sealing import Seal
from epg_pipeline.adapters.store.snapshots import SnapshotFiles
from epg_pipeline.adapters.store.sql_files import MIGRATIONS
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.config import catalogue_digest, load_teams
from epg_pipeline.settings import Settings

if TYPE_CHECKING:
    from epg_pipeline.adapters.store.providers import Provider

TEMPLATE = "migrated"
KEY = "a key for tests, of no worth at all"
DAY = date(2026, 11, 21)


@pytest.fixture(scope="session")
def server(testrun_uid):
    """The session's server, leased; the workers of pytest-xdist share it, and the last one to finish removes it."""
    home = new_home("tests", testrun_uid)
    guard = FileLock(home.with_suffix(".lock"))
    with guard:
        lease = lease_server(home)
    try:
        with guard:
            _make_template(lease)
        yield lease
    finally:
        with guard:
            lease.release()
            if running_postmaster(server_place(home)) is None:
                remove_home(home)
                Path(guard.lock_file).unlink(missing_ok=True)


def _make_template(lease: Lease) -> None:
    with psycopg.connect(lease.address.conninfo("postgres"), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (TEMPLATE,)).fetchone():
            return
        # Hundreds of databases come and go: none of them has to survive a power cut.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute(f"CREATE DATABASE {TEMPLATE}_draft")
        connections = Connections(lease.address.conninfo(f"{TEMPLATE}_draft"))
        migrate(connections, MIGRATIONS)
        # As every flow would, in each of hundreds of databases.
        teams.Teams(connections).load_catalogue(load_teams(), catalogue_digest())
        connections.close()
        connection.execute(f"ALTER DATABASE {TEMPLATE}_draft RENAME TO {TEMPLATE}")


def _fresh_database(server: Lease, template: str):
    name = f"t_{secrets.token_hex(6)}"
    with psycopg.connect(server.address.conninfo("postgres"), autocommit=True) as connection:
        # Copied as files: dropping it then takes a third of the time, because none of it is in the server's memory.
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        yield server.address.conninfo(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def new_database(server):
    """Databases with our tables for what outlives one test: a call gives the address of a new one, in a context.

    `template` names another database that it is to begin as.
    """
    return partial(contextmanager(_fresh_database), server, template=TEMPLATE)


@pytest.fixture
def empty_database(server):
    """The address of a database without tables."""
    yield from _fresh_database(server, "template1")


@pytest.fixture
def database(server):
    """The address of a database with our tables; they hold the bundled teams, nothing else."""
    yield from _fresh_database(server, TEMPLATE)


@pytest.fixture
def settings(database, tmp_path) -> Settings:
    """The settings of an installation on a fresh database."""
    return Settings(home=tmp_path / "home", dist=tmp_path / "dist", database_url=database, secret_key_text=KEY)


@pytest.fixture
def run(database, tmp_path):
    """Run `epg` on a fresh database, with the home `tmp_path / "home"`."""
    from commands import epg  # the tests of other folders take fixtures from here, without this folder on their path

    def run(*arguments, **more):
        return epg(tmp_path / "home", *arguments, EPG_DATABASE_URL=database, EPG_SECRET_KEY=KEY, **more)

    return run


@pytest.fixture
def store(database, tmp_path):
    """A store over a fresh database and an empty folder of snapshots."""
    seal = Seal(KEY)
    with Store(database, seal, SnapshotFiles(tmp_path / "snapshots", seal)) as opened:
        yield opened


@pytest.fixture
def store_without_teams(empty_database, tmp_path):
    """The same over a database that holds nothing at all."""
    seal = Seal(KEY)
    with Store(empty_database, seal, SnapshotFiles(tmp_path / "snapshots", seal)) as opened:
        migrate(opened.connections, MIGRATIONS)
        yield opened


@pytest.fixture
def provider(store) -> Provider:
    """A provider whose playlist address carries a user and a password."""
    return store.providers.add(
        "Demo", "http://tv.example/get.php?username=carol&password=hunter2", "America/New_York", "buck"
    )


@pytest.fixture
def home():
    """An empty home for a separate server, stopped and removed afterwards."""
    home = new_home("home")
    yield home
    remove_home(home)
