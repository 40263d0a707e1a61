"""Figures of a large installation, printed: `make scale`. 200 providers and 30 days of partitions, on real servers.

Compare ratios taken in one run; machines are noisy. Everything lies in a folder of its own, which is removed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent))

from small_provider import events_file, playlist

if TYPE_CHECKING:
    from collections.abc import Iterator

    from epg_pipeline.adapters.postgres import Store
    from epg_pipeline.settings import Settings

PROVIDERS, DAYS = 200, 30
TODAY = datetime.now(UTC).date()
PAGES = {  # what the pages of the web UI ask for, shortened
    "the graph": "{ assetNodes { assetKey { path } groupName hasAssetChecks partitionStats { numMaterialized } } }",
    "partitions of an asset": """{ assetNodeOrError(assetKey: {path: ["matched_programmes"]}) { ... on AssetNode {
        partitionKeysByDimension { name partitionKeys }
        assetPartitionStatuses { ... on MultiPartitionStatuses { primaryDimensionName ranges { primaryDimStartKey } } }
    } } }""",
    "plots of an asset": """{ assetNodeOrError(assetKey: {path: ["matched_programmes"]}) { ... on AssetNode {
        assetMaterializations(limit: 200) { partition metadataEntries { label } } } } }""",
    "runs": "{ runsOrError(limit: 25) { ... on Runs { results { runId status tags { key value } } } } }",
    "checks of an asset": """{ assetNodeOrError(assetKey: {path: ["matched_programmes"]}) { ... on AssetNode {
        assetChecksOrError { ... on AssetChecks { checks { name executionForLatestMaterialization { status } } } }
    } } }""",
}


@contextmanager
def told(what: str) -> Iterator[None]:
    """Print how long something took."""
    began = time.perf_counter()
    yield
    print(f"{what:<72}{time.perf_counter() - began:8.2f} s", flush=True)


def main() -> None:
    """Make the installation, measure, remove it."""
    home = Path(tempfile.mkdtemp(prefix="epg-scale-"))
    home.chmod(0o755)
    os.environ |= {"EPG_HOME": str(home), "EPG_EVENT_SOURCES": "file"}
    from epg_pipeline.adapters.embedded import stop_server
    from epg_pipeline.adapters.postgres import open_store
    from epg_pipeline.adapters.server_place import server_place
    from epg_pipeline.environment import childs_environment, dagster_variables
    from epg_pipeline.settings import Settings

    settings = Settings.from_environment()
    try:
        with open_store(settings) as store:
            variables = dagster_variables(settings, store.dagster_database())
            os.environ |= variables
            fill(store, settings)
            record_partitions()
            ticks(store)
            definitions(childs_environment(variables), home)
            pages(home)
            sizes(store)
    finally:
        stop_server(home)
        shutil.rmtree(server_place(home).base, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def fill(store: Store, settings: Settings) -> None:
    """The providers, each with a small playlist of its own and today's guide."""
    from epg_pipeline import flows

    flows.import_events(store, events_file(settings.home / "events.jsonl"))
    with told(f"{PROVIDERS} providers onboarded"):
        for number in range(PROVIDERS):
            file = settings.home / f"{number}.m3u"
            file.write_bytes(playlist() + f"\n#EXTINF:-1,Film {number}\nhttp://tv.example/{number}.mp4\n".encode())
            provider = store.add_provider(f"Provider {number:03}", str(file), "America/New_York", "goat")
            flows.refresh_provider(store, provider, TODAY, TODAY, settings)
    with told(f"{PROVIDERS} providers published again, nothing changed"):
        for provider in store.providers():
            flows.publish_provider(store, provider, TODAY, TODAY, settings)


def record_partitions() -> None:
    """Every provider's every day as materialised, as runs would have left it."""
    import dagster as dg

    from epg_pipeline.orchestration.partitions import provider_day_key

    slugs = [f"provider-{number:03}" for number in range(PROVIDERS)]
    metadata = {
        "dagster/row_count": 3000,
        "match_rate": 0.8,
        "matched": 200,
        "preview": dg.MetadataValue.md("x" * 2000),
    }
    with told(f"{PROVIDERS * DAYS} partitions of four assets recorded"), dg.DagsterInstance.get() as instance:
        instance.add_dynamic_partitions("providers", slugs)
        for number in range(DAYS):
            day = TODAY - timedelta(days=number)
            for slug in slugs:
                for asset in ("raw_m3u", "filtered_channels", "matched_programmes", "published_xmltv"):
                    key = provider_day_key(slug, day)
                    instance.report_runless_asset_event(
                        dg.AssetMaterialization(asset, partition=key, metadata=metadata)
                    )


def ticks(store: Store) -> None:
    """One evaluation of every schedule and sensor that asks nothing of a run."""
    import dagster as dg

    from epg_pipeline.definitions import build_defs

    repository = build_defs(store=store).get_repository_def()
    with dg.DagsterInstance.get() as instance:
        for schedule in repository.schedule_defs:
            at = datetime(TODAY.year, TODAY.month, TODAY.day, 6, tzinfo=UTC)
            context = dg.build_schedule_context(
                instance=instance, scheduled_execution_time=at, resources={"store": store}
            )
            with told(f"tick of schedule {schedule.name}"):
                asked = schedule.evaluate_tick(context)
            print(f"    requests {len(asked.run_requests or [])} runs")
        for sensor in repository.sensor_defs:
            if not isinstance(sensor, dg.RunStatusSensorDefinition):
                context = dg.build_sensor_context(
                    instance=instance, repository_def=repository, resources={"store": store}
                )
                with told(f"tick of sensor {sensor.name}"):
                    asked = sensor.evaluate_tick(context)
                print(f"    requests {len(asked.run_requests or [])} runs")


def definitions(environment: dict[str, str], folder: Path) -> None:
    """How long the definitions take to load."""
    python = Path(sys.executable)
    for command in ([python, "-c", "import epg_pipeline.definitions"], [python.with_name("dg"), "check", "defs"]):
        root = Path(__file__).parents[1]
        with told(" ".join(map(str, command[1:])) or "dg check defs"):
            subprocess.run(command, check=True, env=environment, cwd=root, capture_output=True)


def pages(home: Path) -> None:
    """What the pages of the web UI ask for, against the running servers."""
    log = home / "up.log"
    with log.open("wb") as out:
        line = [sys.executable, "-m", "epg_pipeline.cli", "up", "--port", "0", "--guide-port", "0"]
        running = subprocess.Popen(line, stdout=out, stderr=out)
    try:
        with told("epg up, until all answers"):
            while "Ctrl-C" not in log.read_text():
                if running.poll() is not None:
                    raise SystemExit(log.read_text())
                time.sleep(0.2)
        address = re.search(r"Dagster +(http\S+)", log.read_text())[1]  # type: ignore[index]
        for page, query in PAGES.items():
            ask(address, query)
            with told(f"web UI: {page}, second time"):
                ask(address, query)
        guides = re.search(r"Guides +(http\S+)", log.read_text())[1]  # type: ignore[index]
        for path in ("", "../metrics"):
            with told(f"guide server: /guides/{path}"), urllib.request.urlopen(guides + path) as answer:  # noqa: S310 - our own loopback address
                answer.read()
        time.sleep(60)
        print("slowest ticks of a minute under load:", slowest_ticks(address))
    finally:
        running.terminate()
        running.wait(60)


def ask(address: str, query: str) -> Any:
    """The answer of the web server's GraphQL."""
    body = json.dumps({"query": query}).encode()
    request = urllib.request.Request(f"{address}/graphql", body, {"Content-Type": "application/json"})  # noqa: S310 - the same
    with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310 - the same
        told_back = json.load(answer)
    if "errors" in told_back:
        raise SystemExit(json.dumps(told_back["errors"])[:2000])
    return told_back["data"]


def slowest_ticks(address: str) -> dict[str, float]:
    """Of each schedule and sensor that ticked, the longest tick in seconds."""
    query = """{ repositoriesOrError { ... on RepositoryConnection { nodes { sensors { name
        sensorState { ticks(limit: 20) { timestamp endTimestamp status } } } } } } }"""
    nodes = ask(address, query)["repositoriesOrError"]["nodes"]
    slowest: dict[str, float] = {}
    for sensor in nodes[0]["sensors"]:
        lasted = [
            tick["endTimestamp"] - tick["timestamp"] for tick in sensor["sensorState"]["ticks"] if tick["endTimestamp"]
        ]
        slowest[sensor["name"]] = round(max(lasted, default=0.0), 2)
    return slowest


def sizes(store: Store) -> None:
    """The two databases."""
    with store.connections.transaction() as connection:
        rows = connection.execute(
            "SELECT datname, pg_size_pretty(pg_database_size(datname)) FROM pg_database WHERE NOT datistemplate"
        ).fetchall()
    for name, size in rows:
        print(f"database {name:<63}{size:>10}")


if __name__ == "__main__":
    main()
