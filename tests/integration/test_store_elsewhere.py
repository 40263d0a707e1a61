"""Other databases than the embedded one: reached through a pooler, of another version, or not reached at all."""

from __future__ import annotations

import pwd
import shutil
import socket
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from store_frames import DAY, OPENS, channels, decisions, events, programmes, save_events

from epg_pipeline.adapters.embedded_postgres.server import lease_server
from epg_pipeline.adapters.store import connections as connecting
from epg_pipeline.adapters.store.frames import SaveResult
from epg_pipeline.adapters.store.store import open_store
from epg_pipeline.errors import StoreError

CLOSES = OPENS + timedelta(days=1)
PGBOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")
DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def _a_day_twice(settings) -> None:
    """Everything a day stores and reads, and again, when nothing may be written."""
    for written in (True, False):
        with open_store(settings) as store:
            known = store.providers.all()
            provider = known[0] if known else store.providers.add("Demo", "http://tv.example/", "UTC", "kid")
            with store.lock(provider, DAY):
                store.playlists.save(provider, DAY, b"#EXTM3U", 0)
                assert store.slots.save(provider, DAY, channels()).written == (6 if written else 0)
                assert save_events(store, events()) == (SaveResult(2, 0) if written else SaveResult(0, 2))
                assert store.decisions.save(provider, DAY, decisions()) == (
                    SaveResult(3, 0) if written else SaveResult(0, 3)
                )
                assert store.programmes.save(provider, DAY, programmes()) == (
                    SaveResult(36, 0) if written else SaveResult(0, 36)
                )
            assert store.slots.channels(provider, DAY).equals(channels())
            assert store.decisions.of_day(provider, DAY).equals(decisions())
            assert store.programmes.between(provider, OPENS, CLOSES).equals(programmes())


@pytest.fixture
def pooled(server, empty_database):
    """The address of an empty database behind PgBouncer in transaction mode with few server connections."""
    if PGBOUNCER is None:
        pytest.skip("pgbouncer is not installed")
    folder = server._place.base / f"pooler-{time.monotonic_ns()}"
    folder.mkdir(mode=0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    users = folder / "users.txt"
    users.write_text(f'"{server.address.user}" "{server.address.password}"\n')
    (folder / "pooler.ini").write_text(
        f"[databases]\n* = host=127.0.0.1 port={server.address.port}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = trust\n"
        f"auth_file = {users}\npool_mode = transaction\ndefault_pool_size = 2\nserver_tls_sslmode = disable\n"
    )
    as_user = ["-u", pwd.getpwnam("nobody").pw_name] if Path.home() == Path("/root") else []
    with subprocess.Popen(
        [PGBOUNCER, *as_user, "-q", str(folder / "pooler.ini")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as pooler:
        try:
            address = make_conninfo(empty_database, port=port)
            _await_answer(address)
            yield address
        finally:
            pooler.terminate()
            pooler.wait()
            shutil.rmtree(folder)


def _await_answer(address: str) -> None:
    deadline = time.monotonic() + 300
    while True:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def test_all_works_through_a_transaction_mode_pooler(settings, pooled):
    _a_day_twice(settings.model_copy(update={"database_url": pooled}))


def test_dagster_shares_our_schema_where_a_pooler_knows_no_other(settings, pooled):
    with open_store(settings.model_copy(update={"database_url": pooled})) as store:
        assert "options" not in store.dagster_database().params


def test_dagster_gets_a_schema_beside_ours_in_a_database_it_shares_with_us(settings, database):
    with open_store(settings) as store:
        parts = store.dagster_database()
    assert parts.dbname == conninfo_to_dict(database)["dbname"]
    address = make_conninfo(
        "",
        host=parts.host,
        port=parts.port,
        user=parts.user,
        password=parts.password,
        dbname=parts.dbname,
        **parts.params,
    )
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT current_schema()").fetchone() == ("dagster",)


def test_dagster_gets_a_database_of_its_own_on_the_embedded_server(settings, home):
    with open_store(settings.model_copy(update={"home": home, "database_url": None})) as store:
        assert store.dagster_database().dbname == "dagster"


@pytest.mark.skipif(not DEBIAN, reason="the distribution's PostgreSQL is not installed")
def test_all_works_on_the_distributions_version(settings, home):
    with lease_server(home, DEBIAN[0]) as lease:
        _a_day_twice(settings.model_copy(update={"database_url": lease.address.conninfo()}))


def test_an_sqlalchemy_style_address_means_the_same_database(settings, database):
    parts = conninfo_to_dict(database)
    url = f"postgresql+psycopg2://{parts['user']}:{parts['password']}@{parts['host']}:{parts['port']}/{parts['dbname']}"
    with open_store(settings.model_copy(update={"database_url": url})) as store:
        assert store.providers.all() == []


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("postgresql://carol:hunter2@127.0.0.1:1/epg", r'"epg" at 127\.0\.0\.1:1 as user "carol".*refused'),
        ("postgresql://carol:hunter2@no-such-host.invalid/epg", r"at no-such-host\.invalid:5432"),
        ("postgresql://carol:1/hunter2@db.example/epg", r"EPG_DATABASE_URL.*percent-encoded"),
        ("postgresql://carol:hun@ter2@db.example/epg", r"EPG_DATABASE_URL.*percent-encoded"),
        ("postgresql://carol:hun/ter2@db.example/epg", r"EPG_DATABASE_URL.*percent-encoded"),
        ("postgresql://carol:hunter2@db.example/epg?no_such=hunter2", "EPG_DATABASE_URL is not a PostgreSQL address"),
        ("mysql://carol:hunter2@db.example/epg", "EPG_DATABASE_URL is not a PostgreSQL address"),
        ("host=db.example password=hunter2 nonsense", "EPG_DATABASE_URL is not a PostgreSQL address"),
        ("postgresql://carol:hunter2@db.example:port/epg", "EPG_DATABASE_URL"),
    ],
)
def test_an_address_that_leads_nowhere_is_reported_without_its_password(settings, address, says):
    import traceback

    with pytest.raises(StoreError, match=says) as refusal:
        open_store(settings.model_copy(update={"database_url": address}))
    printed = "".join(traceback.format_exception(refusal.value))
    assert "hunter2" not in printed
    assert "ter2" not in printed


def test_a_wrong_password_is_reported_without_it(settings, database):
    wrong = make_conninfo(database, password="hunter2")
    with pytest.raises(StoreError, match="password authentication failed") as refusal:
        open_store(settings.model_copy(update={"database_url": wrong}))
    assert "hunter2" not in str(refusal.value)


def test_a_server_too_old_is_refused(settings, monkeypatch):
    monkeypatch.setattr(connecting, "OLDEST_SERVER", 990000)
    with pytest.raises(StoreError, match=r"is PostgreSQL \d+; at least 14 is needed"):
        open_store(settings)


def test_a_user_without_the_right_to_make_tables_is_reported(settings, empty_database):
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS guest")
        connection.execute("CREATE ROLE guest LOGIN PASSWORD 'guest-password'")
    guest = make_conninfo(empty_database, user="guest", password="guest-password")
    with pytest.raises(StoreError, match=r"lacks a right: permission denied for schema public.*Grant it"):
        open_store(settings.model_copy(update={"database_url": guest}))
