"""Figures of a large installation, printed: `make scale`. 200 providers and 30 days of partitions, on real servers.

Takes some twenty minutes and 5 GB of disk; compare ratios taken in one run, machines are noisy. Everything is in a
temporary folder, which is removed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from commands import ROOT
from homes import remove_home
from rich.progress import track
from running import CHROMIUM, QUIET, Up, until
from small_provider import event, events_file, playlist

if TYPE_CHECKING:
    from collections.abc import Iterator

    from epg_pipeline.adapters.store.store import Store
    from epg_pipeline.settings import Settings

PROVIDERS, DAYS, SLOTS = 200, 30, 40
CHANGES = 8  # playlists that change while everything runs
TODAY = datetime.now(UTC).date()
TEAMS = (
    "Miami Heat",
    "Boston Celtics",
    "Utah Jazz",
    "Houston Rockets",
    "LA Clippers",
    "Chicago Bulls",
    "Atlanta Hawks",
)
BY_DAY = {  # tables with rows of every day: the columns with its date
    "provider_days": ("day",),
    "slot_names": ("day",),
    "parsed_data": ("day", "starts_at", "stated_date"),
    "epg_data": ("day", "start_time", "end_time", "event_starts_at"),
}
PAGES = {  # of Dagster's web UI: what a reader waits for
    "/asset-groups": "playlists",
    "/assets/matched_programmes?view=partitions": "Materialized",
    "/assets/matched_programmes?view=overview": "match_rate",
    "/assets/matched_programmes?view=events": "match_rate",
    "/assets/matched_programmes?view=checks": "match_rate",
    "/assets/provider_overview": "provider_overview",
    "/runs": "Success",
    "/automation": "daily_publish",
    "/locations/epg_pipeline/jobs/provider_day": "Materialize all",
}
TICKS = """{ repositoriesOrError { ... on RepositoryConnection { nodes { sensors { name
    sensorState { ticks(limit: 100) { timestamp endTimestamp status } } } } } } }"""


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long something took."""
    began = time.perf_counter()
    yield
    print(f"{what:<72}{time.perf_counter() - began:8.2f} s", flush=True)


def main() -> None:
    """Make the installation, measure, remove it."""
    home = Path(tempfile.mkdtemp(prefix="epg-scale-"))
    home.chmod(0o755)
    try:
        measure(home)
    finally:
        remove_home(home)


def measure(home: Path) -> None:
    """All figures of one installation."""
    for name in [name for name in os.environ if name.startswith(("EPG_", "DAGSTER_", "R2_", "S3_", "AWS_"))]:
        del os.environ[name]  # of the developer's own installation
    os.environ |= {"EPG_HOME": str(home), "EPG_EVENT_SOURCES": "file"}
    from epg_pipeline.adapters.store.store import open_store
    from epg_pipeline.operations.dagster_environment import dagster_variables
    from epg_pipeline.settings import load_settings

    settings = load_settings()
    with open_store(settings) as store:
        os.environ |= dagster_variables(settings, store.dagster_database())
        add_providers(store, settings)
        copy_days(store)
        record_partitions()
        evaluations(store, settings)
        time_commands()
        running(home, store)
        sizes(store)


def add_providers(store: Store, settings: Settings) -> None:
    """The providers, each with today's guide."""
    from epg_pipeline.flows import events as event_flows
    from epg_pipeline.flows import provider_day

    event_flows.import_events(store, events_file(settings.home / "events.jsonl", games()))
    with timed(f"{PROVIDERS} providers added, matched, published"):
        for number in track(range(PROVIDERS), "Providers"):
            file = settings.home / f"{number}.m3u"
            file.write_bytes(playlist(names(number)))
            provider = store.providers.add(f"Provider {number:03}", str(file), "America/New_York", "goat")
            provider_day.refresh_provider(store, provider, TODAY, TODAY, settings)


def games() -> list[dict[str, str]]:
    """Each team against each other, every day from yesterday to four days on, in the evening of New York."""
    evening = datetime(TODAY.year, TODAY.month, TODAY.day, 23, tzinfo=UTC)
    return [
        event(f"{day}-{home}-{away}", home, away, f"{evening + timedelta(days=day, minutes=30 * index):%FT%TZ}")
        for day in range(-1, 5)
        for index, home in enumerate(TEAMS)
        for away in TEAMS[index + 1 :]
    ]


def names(number: int) -> tuple[str, ...]:
    """A provider's slots: every other with a game on, each differing from the next provider's."""

    def on(slot: int) -> str:
        home = number + slot
        away = home + 1 + (number + slot // 2) % 6
        return f"{TEAMS[home % 7]} vs {TEAMS[away % 7]}" if slot % 2 else ""

    return tuple(f"ESPN+ {slot:02} : {on(slot)}" for slot in range(1, SLOTS + 1))


def copy_days(store: Store) -> None:
    """Today's rows again for each of the days before, as if each had been published."""
    with timed(f"rows of {DAYS - 1} days more copied"), store.connections.transaction() as connection:
        for table, when in BY_DAY.items():
            found = connection.execute(
                "SELECT array_agg(column_name::text) FROM information_schema.columns "
                "WHERE table_name = %s AND is_identity = 'NO' AND table_schema = current_schema()",
                (table,),
            ).fetchone()
            columns = found[0] if found else []
            cast = {name: "::date" if name in {"day", "stated_date"} else "" for name in when}
            shifted = [f"({name} - n * interval '1 day'){cast[name]}" if name in cast else name for name in columns]
            connection.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(shifted)} "  # noqa: S608 - our own names
                f"FROM {table} CROSS JOIN generate_series(1, {DAYS - 1}) AS n WHERE day = '{TODAY}'"
                " ON CONFLICT DO NOTHING"
            )
    with store.connections.transaction() as connection:
        connection.execute("SET LOCAL statement_timeout = 0")
        connection.execute("ANALYZE")


def record_partitions() -> None:
    """Every provider's every day as materialised and checked, as runs would have left it."""
    import dagster as dg

    from epg_pipeline.orchestration.partitions import provider_day_key

    slugs = [f"provider-{number:03}" for number in range(PROVIDERS)]
    days = [TODAY - timedelta(days=number) for number in range(DAYS)]
    preview = dg.MetadataValue.md("x" * 2000)
    metadata = {"dagster/row_count": 3000, "match_rate": 0.8, "matched": 200, "preview": preview}
    matched = dg.AssetKey("matched_programmes")

    def record(key: str) -> None:
        for asset in ("raw_m3u", "filtered_channels", "matched_programmes", "published_xmltv"):
            instance.report_runless_asset_event(dg.AssetMaterialization(asset, partition=key, metadata=metadata))
        passed = dg.AssetCheckEvaluation(asset_key=matched, check_name="match_rate", passed=True, partition=key)
        instance.report_runless_asset_event(passed)

    with (
        timed(f"{PROVIDERS * DAYS} partitions of four assets recorded"),
        dg.DagsterInstance.get() as instance,
        ThreadPoolExecutor(4) as pool,  # each event is recorded over a separate connection
    ):
        instance.add_dynamic_partitions("providers", slugs)
        keys = [provider_day_key(slug, day) for day in days for slug in slugs]
        for _ in track(pool.map(record, keys), "Partitions", total=len(keys)):
            pass


def evaluations(store: Store, settings: Settings) -> None:
    """What each schedule and sensor takes to decide, outside of the daemon."""
    import dagster as dg

    from epg_pipeline.definitions import build_defs

    repository = build_defs(store=store).get_repository_def()
    resources = {"store": store, "settings": settings}
    at = datetime(TODAY.year, TODAY.month, TODAY.day, 6, tzinfo=UTC)
    with dg.DagsterInstance.get() as instance:
        for schedule in repository.schedule_defs:
            context = dg.build_schedule_context(instance=instance, scheduled_execution_time=at, resources=resources)
            with timed(f"evaluation of schedule {schedule.name}"):
                schedule.evaluate_tick(context)
        for sensor in repository.sensor_defs:
            sensing = dg.build_sensor_context(instance=instance, repository_def=repository, resources=resources)
            with timed(f"evaluation of sensor {sensor.name}"):
                sensor.evaluate_tick(sensing)


def time_commands() -> None:
    """What an operator types after `epg env`, each in a separate process."""
    beside = Path(sys.executable).parent
    for line in (["dagster", "definitions", "validate"], ["dg", "check", "defs"], ["epg", "status"], ["epg", "doctor"]):
        with timed(" ".join(line)):
            ran = subprocess.run([beside / line[0], *line[1:]], check=False, cwd=ROOT, capture_output=True)
        if ran.returncode:  # the doctor's, where something is missing here
            print(f"  ended with {ran.returncode}: {ran.stdout.decode().strip().splitlines()[-1:]}")


def running(home: Path, store: Store) -> None:
    """Pages and ticks while everything runs and some playlists have changed."""
    with timed("epg up, until all answers"):
        up = Up(home)
    try:
        before = len(up.runs())
        with timed(f"{CHANGES} changed playlists, until their guides are there"):
            for number in range(CHANGES):
                (home / f"{number}.m3u").write_bytes(playlist(names(number + 1)))
                store.playlists.note_poll(f"provider-{number:03}", datetime.now(UTC) - timedelta(days=1))
            until(900, lambda: len(up.runs()) >= before + CHANGES and set(up.runs()) == {"SUCCESS"}, "the guides")
        print_ticks(up)
        read_pages(up)
    finally:
        up.stop()


def read_pages(up: Up) -> None:
    """Load pages of the guide server, and those of Dagster in a browser."""
    for path in ("/guides/", "/metrics"):
        with timed(f"guide server: {path}"), urllib.request.urlopen(up.guides + path) as answer:  # noqa: S310 - our own loopback address
            answer.read()
    if CHROMIUM is None:
        print("no Chromium is installed: no pages of Dagster")
        return
    from playwright.sync_api import TimeoutError, sync_playwright  # noqa: A004

    with sync_playwright() as play, play.chromium.launch(executable_path=CHROMIUM, args=QUIET) as browser:
        page = browser.new_page(viewport={"width": 1500, "height": 850})
        page.goto(up.dagster)  # its scripts, once
        for path, text in PAGES.items():
            with timed(f"Dagster: {path}"):
                page.goto(up.dagster + path, wait_until="domcontentloaded")
                try:
                    page.get_by_text(text).first.wait_for(timeout=60_000)
                except TimeoutError:
                    print(f'"{text}" does not appear:')


def print_ticks(up: Up) -> None:
    """Print how long the ticks of each sensor took, also those that request runs: the median and the longest."""
    for sensor in up.ask(TICKS)["repositoriesOrError"]["nodes"][0]["sensors"]:
        ticks = [tick for tick in sensor["sensorState"]["ticks"] if tick["endTimestamp"]]
        durations = sorted(tick["endTimestamp"] - tick["timestamp"] for tick in ticks)
        if durations:
            name = f"{len(durations)} ticks of sensor {sensor['name']}, the median, the longest"
            print(f"{name:<72}{median(durations):8.2f} s{durations[-1]:8.2f} s")


def sizes(store: Store) -> None:
    """The two databases, and the tables that are most of ours."""
    with store.connections.transaction() as connection:
        databases = connection.execute(
            "SELECT datname, pg_size_pretty(pg_database_size(datname)) FROM pg_database "
            "WHERE NOT datistemplate AND datname <> 'postgres'"
        )
        for name, size in databases.fetchall():
            print(f"database {name:<63}{size:>10}")
        tables = connection.execute("SELECT table_name, rows_about FROM table_sizes ORDER BY rows_about DESC LIMIT 4")
        for name, rows in tables.fetchall():
            print(f"rows of {name:<64}{rows:>10}")


if __name__ == "__main__":
    main()
