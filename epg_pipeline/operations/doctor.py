"""Checks of an installation: one per part, each with what it found and how to fix it.

Belongs here: the checks and their order. Does not belong: printing (cli/installation.py), repairs. Nothing is changed
except what every command does at its start: the embedded database is started, the tables are migrated.
"""

import difflib
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, TypeAlias
from urllib.parse import urlencode

from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.adapters.web.playlists import check_address, peek
from epg_pipeline.errors import ConfigError, PlaylistFetchError, StoreError, one_line
from epg_pipeline.operations.status import silent_parts
from epg_pipeline.operations.supervisor import running_addresses, running_since
from epg_pipeline.settings import Settings, environment, load_settings, variables

MIN_SIMILARITY = 0.85  # names with two letters swapped or one missing are above, those of other programs below
MIN_COMFORTABLE_BYTES, MIN_BYTES = 2 << 30, 200 << 20  # a year of snapshots and guides of a provider is some 2 GB
MAX_CLOCK_ERROR, MAX_TOLERABLE_CLOCK_ERROR = timedelta(seconds=60), timedelta(minutes=5)

Level = Literal["ok", "warn", "fail"]
Clock: TypeAlias = "Callable[[], datetime]"


@dataclass(frozen=True)
class Finding:
    """The result of a check of one part; `fix` is the remedy, "" when all is well. It contains no secret."""

    level: Level
    part: str
    text: str
    fix: str = ""


def examine(clock: Clock, *, offline: bool = False, playlists: bool = False) -> Iterator[Finding]:
    """Check every part and yield the findings as they come; a check that fails with an error is a finding too.

    `clock` gives the instant by this machine, in UTC. `offline` makes no request beyond this machine and the database;
    `playlists` also checks every provider's server.
    """
    yield from check_variables(environment(), {variable.name for variable in variables()})
    try:
        settings = load_settings()
    except ValueError as fault:
        yield Finding("fail", "settings", str(fault), "Correct or unset that variable.")
        return
    yield from _guarded("home", lambda: check_home(settings.home))
    yield from _guarded("guides", lambda: check_guides_folder(settings.dist))
    yield from _guarded("disk", lambda: check_room({one: _free(one) for one in (settings.home, settings.dist)}))
    yield from _guarded("own files", lambda: check_own_files(settings))
    if not settings.database_url:
        yield from _guarded("PostgreSQL", lambda: check_programs(settings))
    yield from _guarded("database", lambda: _check_record(settings, clock, playlists and not offline))
    yield from _guarded("epg up", lambda: check_running(settings.home))
    if not offline:
        yield from _guarded("bucket", lambda: check_bucket(settings))
        yield from _guarded("sources", lambda: _check_sources(settings, clock))


def check_variables(given: Mapping[str, str], known: Collection[str]) -> Iterator[Finding]:
    """Variables with a name close to ours that nothing reads: a typo would otherwise be silent."""
    ours = sorted(set(given) & set(known))
    odd = []
    for name in sorted(set(given) - set(ours)):
        near = difflib.get_close_matches(name, known, n=1, cutoff=MIN_SIMILARITY)
        if near or name.startswith("EPG_"):
            odd.append(name)
            hint = f"Did you mean {near[0]}?" if near else "Unset it, unless another program needs it."
            yield Finding("warn", "settings", f"{name} is not a variable of this program", hint)
    if not odd:
        yield Finding("ok", "settings", f"set: {', '.join(ours) or 'none, all at their defaults'}")


def check_home(home: Path) -> Iterator[Finding]:
    """The folder that keeps what must not be lost: it can be written, and its secrets are its owner's alone."""
    if not home.exists():
        yield Finding("ok", "home", f"{home} is made by the first command")
        return
    if not os.access(home, os.W_OK | os.X_OK):
        yield Finding("fail", "home", f"{home} can't be written by this user", "Run as its owner, or set EPG_HOME.")
        return
    faults = 0
    if home.stat().st_mode & 0o022:
        faults += 1
        yield Finding("warn", "home", f"others may write into {home}", f"chmod go-w {home}")
    for name in ("secret.key", "playlist.token"):
        if (path := home / name).exists() and path.stat().st_mode & 0o077:
            faults += 1
            yield Finding("fail", "home", f"others may read {path}", f"chmod 600 {path}")
    if not faults:
        yield Finding("ok", "home", f"{home}")


def check_guides_folder(dist: Path) -> Iterator[Finding]:
    """The folder guides are published in can be written."""
    there = next(path for path in (dist, *dist.parents) if path.exists())
    if os.access(there, os.W_OK | os.X_OK):
        yield Finding("ok", "guides", f"{dist}")
    else:
        yield Finding("fail", "guides", f"{there} can't be written by this user", "Run as its owner, or set EPG_DIST.")


def check_room(free: Mapping[Path, int]) -> Iterator[Finding]:
    """Free bytes by folder."""
    for folder, size in free.items():
        level: Level = "fail" if size < MIN_BYTES else "warn" if size < MIN_COMFORTABLE_BYTES else "ok"
        fix = "" if level == "ok" else "Make room, or move the folder (EPG_HOME, EPG_DIST)."
        yield Finding(level, "disk", f"{size / (1 << 30):.1f} GB free for {folder}", fix)


def check_own_files(settings: Settings) -> Iterator[Finding]:
    """The operator's own files: families, texts, events."""
    from epg_pipeline.flows.facts import check_own_files

    try:
        check_own_files()
    except ConfigError as fault:
        yield Finding("fail", "own files", str(fault), "Fix the file; epg family test shows what families change.")
        return
    if settings.events_file and not settings.events_file.is_file():
        yield Finding(
            "fail", "own files", f"EPG_EVENTS_FILE: {settings.events_file} is not a file", "Correct the path."
        )
        return
    given = [str(path) for path in (settings.families_file, settings.texts_file, settings.events_file) if path]
    yield Finding("ok", "own files", ", ".join(given) or "none")


def check_programs(settings: Settings) -> Iterator[Finding]:
    """The programs of the embedded database are there, for an account that can run them."""
    from epg_pipeline.adapters.embedded_postgres.binaries import server_account, server_programs

    try:
        yield Finding("ok", "PostgreSQL", f"programs in {server_programs(server_account(), settings.postgres_bin)}")
    except StoreError as fault:
        yield Finding("fail", "PostgreSQL", str(fault), "Install what it names, or set EPG_DATABASE_URL.")


def check_database(store: Store, clock: Clock) -> Iterator[Finding]:
    """The server's version and encoding, the version of the tables, and whether a pooler is in between."""
    from epg_pipeline.adapters.store.migrations import read_migrations
    from epg_pipeline.adapters.store.sql_files import MIGRATIONS

    with store.connections.transaction() as connection:
        row = connection.execute(
            "SELECT pg_backend_pid(), current_setting('server_version'), current_setting('server_encoding'), now()"
        ).fetchone()
        at_login = connection.info.backend_pid
    pid, version, encoding, theirs = row or (0, "?", "?", None)
    pooler = ", through a pooler" if pid != at_login else ""  # a pooler invents a number for its clients
    tables = len(read_migrations(MIGRATIONS))
    if encoding == "UTF8":
        yield Finding("ok", "database", f"PostgreSQL {version}{pooler}, tables at version {tables}")
    else:
        fix = "Make a database with ENCODING 'UTF8' TEMPLATE template0, and name it in EPG_DATABASE_URL."
        yield Finding("fail", "database", f"PostgreSQL {version} keeps {encoding}, not UTF8", fix)
    yield from check_clock({"the database": theirs}, clock())


def check_keys(store: Store, providers: Iterable[Provider]) -> Iterator[Finding]:
    """The key opens every stored address."""
    faults = 0
    for provider in providers:
        try:
            store.providers.playlist_url(provider)
        except StoreError as fault:
            faults += 1
            fix = f"Restore the key; or enter the address again: epg provider edit {provider.slug} --playlist -"
            yield Finding("fail", "secret key", f"{provider.name}: {fault}", fix)
    if not faults:
        yield Finding("ok", "secret key", "it opens every stored address")


def check_snapshots(store: Store, providers: Iterable[Provider], now: datetime) -> Iterator[Finding]:
    """The latest playlist of each provider can be read."""
    from epg_pipeline.adapters.clock import today

    read, faults = 0, 0
    for provider in providers:
        try:
            if snapshot := store.playlists.in_force(provider, today(provider.timezone, now)):
                store.playlists.body(snapshot)
                read += 1
        except StoreError as fault:
            faults += 1
            yield Finding("fail", "snapshots", f"{provider.name}: {fault}", f"epg refresh {provider.slug}")
    if not faults:
        yield Finding("ok", "snapshots", f"{read} read, the latest of each provider")


def check_settings(providers: Iterable[Provider]) -> Iterator[Finding]:
    """The settings of each provider are valid."""
    for provider in providers:
        if fault := provider.settings_fault:
            yield Finding("fail", "providers", str(fault), f"epg provider set {provider.slug} --unset KEY")


def check_playlists(store: Store, providers: Iterable[Provider], clock: Clock) -> Iterator[Finding]:
    """The server of each active provider can be reached."""
    for provider in providers:
        if provider.status != "active":
            continue
        try:
            sent_at = check_address(store.providers.playlist_url(provider))
        except (PlaylistFetchError, StoreError) as fault:
            fix = f"epg provider edit {provider.slug}, or ask the provider"
            yield Finding("fail", "playlists", f"{provider.name}: {fault}", fix)
        else:
            yield Finding("ok", "playlists", f"{provider.name}: reachable")
            yield from (one for one in check_clock({provider.name: sent_at}, clock()) if one.level != "ok")


def check_running(home: Path) -> Iterator[Finding]:
    """If `epg up` runs, its parts answer."""
    running = running_addresses(home)
    if running is None:
        yield Finding(
            "warn", "epg up", "it does not run here: no schedule or sensor runs unless Dagster runs elsewhere", "epg up"
        )
        return
    if not running.dagster:
        yield Finding("warn", "epg up", "it is starting", "Look again in a minute.")
        return
    for part, address in (("guide server", f"{running.guides}/health"), ("Dagster", f"{running.dagster}/server_info")):
        try:
            peek(address)
        except PlaylistFetchError as fault:
            yield Finding("fail", "epg up", f"the {part} does not answer: {fault}", f"See {home / 'logs'}; restart it.")
        else:
            yield Finding("ok", "epg up", f"{part} answers at {address}")


def check_daemon(store: Store, home: Path, now: datetime) -> Iterator[Finding]:
    """If `epg up` runs, Dagster's daemon is alive: its web UI answers even when it is not."""
    if running_since(home) is None:
        return
    if silent := silent_parts(store.dagster_database(), home, now):
        text = f"Dagster's daemon has no heartbeat ({', '.join(silent)})"
        yield Finding("fail", "epg up", text, f"See {home / 'logs' / 'dagster-daemon.log'}; restart epg up.")
    else:
        yield Finding("ok", "epg up", "Dagster's daemon is alive")


def check_bucket(settings: Settings) -> Iterator[Finding]:
    """An object can be written to the bucket and deleted again."""
    from epg_pipeline.flows.uploads import check_bucket

    if settings.storage is None:
        yield Finding("ok", "bucket", "not set: guides stay on this machine")
    elif fault := check_bucket(settings):
        fix = f"Correct the {settings.storage.variables}… variables; guides are still published here."
        yield Finding("fail", "bucket", fault, fix)
    else:
        yield Finding("ok", "bucket", f"{settings.storage.label} can be written")


def check_clock(clocks: Mapping[str, datetime | None], now: datetime) -> Iterator[Finding]:
    """This machine's clock against others', by name: a wrong clock moves the limits of days."""
    for whose, theirs in clocks.items():
        if theirs is None:
            continue
        off = abs(now - theirs)
        level: Level = "fail" if off > MAX_TOLERABLE_CLOCK_ERROR else "warn" if off > MAX_CLOCK_ERROR else "ok"
        fix = "" if level == "ok" else "Set this machine's clock, best by NTP (timedatectl set-ntp true)."
        text = f"{off.total_seconds():.0f} s from that of {whose}"
        yield Finding(level, "clock", text, fix)


def _check_record(settings: Settings, clock: Clock, playlists: bool) -> Iterator[Finding]:
    from epg_pipeline.adapters.store.store import open_store

    try:
        store = open_store(settings)
    except StoreError as fault:
        fix = "Start it, or correct EPG_DATABASE_URL." if "No connection" in str(fault) else ""
        yield Finding("fail", "database", str(fault), fix)
        return
    with store:
        yield from check_database(store, clock)
        providers = store.providers.all()
        yield from check_settings(providers)
        yield from check_keys(store, providers)
        yield from check_snapshots(store, providers, clock())
        if playlists:
            yield from check_playlists(store, providers, clock)
        yield from check_daemon(store, settings.home, clock())


def _check_sources(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """One request to each enabled source of events."""
    from epg_pipeline.adapters.web.source_client import user_agent
    from epg_pipeline.flows.events import plan

    day = clock().date()
    first = {ask.source: ask for ask in reversed(plan(settings, day, day, day))}
    clocks: dict[str, datetime | None] = {}
    for source, ask in sorted(first.items()):
        headers = {"User-Agent": user_agent(settings.sources.contact), **dict(ask.headers)}
        try:
            clocks[source] = peek(f"{ask.address}?{urlencode(ask.params)}", headers).sent_at
        except PlaylistFetchError as fault:
            fix = "Try again later; events on record stay. EPG_EVENT_SOURCES names the sources in use."
            yield Finding("warn", "sources", f"{source}: {fault}", fix)
        else:
            yield Finding("ok", "sources", f"{source} answers")
    yield from check_clock(clocks, clock())


def _guarded(part: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from check()
    except Exception as fault:  # noqa: BLE001 - the other parts are still to be checked
        yield Finding("fail", part, f"the check failed: {one_line(fault)}", "epg --debug doctor shows where")


def _free(folder: Path) -> int:
    return shutil.disk_usage(next(path for path in (folder, *folder.parents) if path.exists())).free
