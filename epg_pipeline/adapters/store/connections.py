"""Connections to the record's database, embedded or not.

Belongs here: addresses, connecting, reuse, transactions, and the database's errors in an operator's words. Does not
belong: any table. Nothing is assumed to outlive a transaction, so that a transaction-mode pooler may stand in between.
"""

import contextlib
import functools
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Concatenate, ParamSpec, TypeVar

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool, PoolTimeout

from epg_pipeline.errors import StoreError

OLDEST_SERVER = 140000
DAGSTER_SCHEMA = "dagster"  # in a database we share with it
MAX_CONNECTIONS = 40  # of one process: a thread that holds a lock takes a second one
TAKE_TIMEOUT_SECONDS = 10.0
# Marks of events and of playlist changes become visible in their order: whoever writes some holds the lock, so that a
# reader that remembers one has seen all before it. Who needs both takes them in this order.
EVENTS_LOCK, PLAYLIST_CHANGES_LOCK = "events", "playlist changes"

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound="SubStore")


@dataclass(frozen=True)
class DatabaseParts:
    """An address taken apart, for drivers that want it so. `params` are further connection parameters."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    dbname: str
    params: dict[str, str] = field(default_factory=dict)


class Connections:
    """A pool of connections to one database, handed out one transaction at a time; threads may share it.

    A connection that died (the server was restarted) is replaced when it is taken. Nothing is opened before the first
    transaction. StoreError for an address that is not valid.
    """

    def __init__(self, conninfo: str) -> None:
        """`conninfo` is a libpq address or key=value text."""
        self._conninfo = checked_conninfo(conninfo)
        self._pool: ConnectionPool[psycopg.Connection] | None = None
        self._guard = threading.Lock()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[psycopg.Connection]:
        """A connection inside a transaction, committed at the end, rolled back on any error.

        Errors of the database that an operator can do something about become StoreError.
        """
        with in_operators_words():
            pool = self._opened()
            try:
                connection = pool.getconn()
            except PoolTimeout:
                connect(self._conninfo).close()  # says what is wrong, if it is the server
                raise StoreError(f"No connection to the database was free for {TAKE_TIMEOUT_SECONDS:.0f} s.") from None
            try:
                with connection.transaction():
                    yield connection
            finally:
                pool.putconn(connection)

    def close(self) -> None:
        """Close every connection. Harmless when repeated; the next transaction opens the pool again."""
        with self._guard:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def _opened(self) -> ConnectionPool[psycopg.Connection]:
        with self._guard:
            if self._pool is None:
                connect(self._conninfo).close()  # a pool would retry in the background instead of saying what is wrong
                self._pool = ConnectionPool(
                    self._conninfo,
                    # Server-side prepared statements would be lost behind a transaction-mode pooler.
                    kwargs={"autocommit": True, "prepare_threshold": None},
                    min_size=0,
                    max_size=MAX_CONNECTIONS,
                    timeout=TAKE_TIMEOUT_SECONDS,
                    check=ConnectionPool.check_connection,
                    reconnect_timeout=TAKE_TIMEOUT_SECONDS,
                    num_workers=1,
                    open=True,
                )
            return self._pool


class SubStore:
    """The base of a subject of the store; its methods that are marked `in_transaction` are one transaction each."""

    def __init__(self, connections: Connections) -> None:
        """Nothing is read yet."""
        self._connections = connections


def in_transaction(
    method: Callable[Concatenate[S, psycopg.Connection, P], R],
) -> Callable[Concatenate[S, P], R]:
    """A method of a sub-store that gets a connection within its own transaction."""

    @functools.wraps(method)
    def run(store: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with store._connections.transaction() as connection:  # noqa: SLF001 - the decorator is part of the class
            return method(store, connection, *args, **kwargs)

    return run


def hold_lock(connection: psycopg.Connection, work: str) -> None:
    """Wait until no other transaction holds the lock of this work, and hold it until this one ends."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"epg {work}",))


def checked_conninfo(text: str) -> str:
    """The address as libpq takes it, from a URL or key=value text. StoreError, without quoting it, if it is neither."""
    scheme, separator, rest = text.strip().partition("://")
    # SQLAlchemy's "postgresql+driver://" means the same database.
    plain = f"{scheme.partition('+')[0]}{separator}{rest}" if separator else text
    try:
        parts = conninfo_to_dict(plain)
    except psycopg.ProgrammingError:
        parts = {}  # libpq quotes what it could not read, and that may be the password: nothing of it is shown
    # A bare @ or / in the password cuts it in two, and the rest passes for host, port or database.
    port = str(parts.get("port") or "")
    cut = "@" in f"{parts.get('host')}{parts.get('dbname')}" or not re.fullmatch(r"[\d,]*", port)
    if cut or not parts:
        raise StoreError(
            "EPG_DATABASE_URL is not a PostgreSQL address",
            "Write postgresql://USER:PASSWORD@HOST:5432/DATABASE, with special characters of the password "
            "percent-encoded (@ is %40, / is %2F, # is %23).",
        )
    return make_conninfo("", **{"connect_timeout": 10, **parts})  # libpq would wait for a silent host for ever


def connect(conninfo: str) -> psycopg.Connection:
    """A new connection, to be used in transactions. StoreError says which server is unreachable or refuses, and why."""
    try:
        # Server-side prepared statements would be lost behind a transaction-mode pooler.
        connection = psycopg.connect(conninfo, autocommit=True, prepare_threshold=None)
    except psycopg.OperationalError as error:
        raise StoreError(f"No connection to the database {whereabouts(conninfo)}: {_reason(error)}") from None
    if connection.info.server_version < OLDEST_SERVER:
        has = connection.info.server_version // 10000
        connection.close()
        raise StoreError(f"The database {whereabouts(conninfo)} is PostgreSQL {has}; at least 14 is needed.")
    return connection


def whereabouts(conninfo: str) -> str:
    """The address without its secrets, for messages."""
    parts = conninfo_to_dict(conninfo)
    host, port = parts.get("host", "the default host"), parts.get("port", "5432")
    return f'"{parts.get("dbname", "")}" at {host}:{port} as user "{parts.get("user", "")}"'


def parts_of(conninfo: str, **params: str) -> DatabaseParts:
    """The address in pieces, with these further parameters."""
    parts = {name: str(value) for name, value in conninfo_to_dict(conninfo).items()}
    host, port = parts.pop("host", "localhost"), int(parts.pop("port", "5432") or "5432")
    user, password, dbname = parts.pop("user", ""), parts.pop("password", ""), parts.pop("dbname", "postgres")
    return DatabaseParts(host, port, user, password, dbname, parts | params)


def dagster_parts(conninfo: str) -> DatabaseParts:
    """Where Dagster keeps its own tables in a database that is not ours alone: in a schema beside ours, made here.

    Some poolers refuse or ignore the parameter that names a schema. Then the tables go where ours are; none of their
    names collide.
    """
    with connect(conninfo) as connection, in_operators_words():
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {DAGSTER_SCHEMA}")
    options = f"-csearch_path={DAGSTER_SCHEMA}"
    with contextlib.suppress(psycopg.Error), psycopg.connect(conninfo, options=options, autocommit=True) as probe:
        row = probe.execute("SELECT current_schema()").fetchone()
        if row == (DAGSTER_SCHEMA,):
            return parts_of(conninfo, options=options)
    return parts_of(conninfo)


@contextlib.contextmanager
def in_operators_words() -> Iterator[None]:
    """Turn the database errors an operator can fix into StoreError; others are bugs and pass."""
    try:
        yield
    except errors.ReadOnlySqlTransaction:
        raise StoreError(
            "The database is read-only (a standby, or a pooler's read replica): name the primary in EPG_DATABASE_URL."
        ) from None
    except errors.InsufficientPrivilege as error:
        raise StoreError(
            f"The database user lacks a right: {_reason(error)}. Grant it, or use the owner's account."
        ) from None
    except errors.ForeignKeyViolation as error:
        raise StoreError(f"Stored in the wrong order: {error.diag.message_detail or _reason(error)}") from None
    except errors.IntegrityError as error:
        broken = f"{error.diag.table_name}: {error.diag.constraint_name or error.diag.column_name}"
        raise StoreError(f"Nothing was stored: a row breaks {broken}. {error.diag.message_detail or ''}") from None
    except psycopg.OperationalError as error:
        raise StoreError(
            f"The database broke off: {_reason(error)}. What was being stored is undone; run it again."
        ) from None


def _reason(error: psycopg.Error) -> str:
    return str(error).strip().replace("\n", "; ")
