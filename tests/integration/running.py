"""`epg up` as tests run it: its servers, their answers, their processes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

from commands import command, environment

STARTS = 120  # seconds, on two busy cores
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
REPOSITORY = {"repositoryLocationName": "epg_pipeline", "repositoryName": "__repository__"}


def of_partition(slug: str, day) -> dict[str, str]:
    """The tags of a run of one provider and day."""
    return {
        "dagster/partition": f"{day}|{slug}",
        "dagster/partition/date": str(day),
        "dagster/partition/provider": slug,
    }


def until(seconds, condition, what):
    """Wait for something to be the case."""
    latest = time.monotonic() + seconds
    while time.monotonic() < latest:
        if found := condition():
            return found
        time.sleep(0.3)
    raise AssertionError(f"{what}: not within {seconds} s")


class Up:
    """`epg up` as a process, and where its parts answer."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.log = home / "up.out"
        with self.log.open("wb") as out:
            line = command("up", "--port", 0, "--guide-port", 0)
            self.process = subprocess.Popen(line, env=environment(home), cwd=home, stdout=out, stderr=out)
        until(STARTS, lambda: self.process.poll() is not None or "Ctrl-C" in self.told, "epg up")
        assert self.process.poll() is None, self.told
        self.dagster, self.guides = (
            re.search(pattern, self.told).group(1) for pattern in (r"Dagster +(http\S+)", r"Guides +(http\S+)/guides/")
        )

    @property
    def told(self) -> str:
        return self.log.read_text()

    def servers(self) -> list[int]:
        """The processes it started itself."""
        return [pid for pid, parent in _parents() if parent == self.process.pid]

    def code_server(self) -> tuple[int, str]:
        """The process of Dagster's code server, and the socket it listens at."""
        (server,) = self.code_servers()
        return server

    def code_servers(self) -> list[tuple[int, str]]:
        """The same, or none while it begins anew."""
        listed = subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
        found = [(int(line.split()[0]), re.search(r"api grpc --socket (\S+)", line)) for line in listed.splitlines()]
        return [(pid, socket[1]) for pid, socket in found if socket and pid in self.servers()]

    def workers(self) -> list[int]:
        """The processes of the runs that go on."""
        server = self.code_server()[0]
        listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
        found = [line.split(maxsplit=2) for line in listed.splitlines() if "multiprocessing.spawn" in line]
        return [int(pid) for pid, parent, _ in found if int(parent) == server]

    def children(self) -> list[int]:
        """The processes it started, and theirs, as long as they live."""
        parents = _parents()
        family, grown = {self.process.pid}, 0
        while grown != len(family):
            grown = len(family)
            family |= {pid for pid, parent in parents if parent in family}
        return sorted(family - {self.process.pid})

    def stop(self, how=signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(60)

    def ask(self, query: str, **variables):
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.dagster}/graphql", body, {"Content-Type": "application/json"})  # noqa: S310 - our own loopback address
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
            return json.load(answer)["data"]

    def launch(self, job: str, tags: dict[str, str]) -> None:
        """Ask for a run, as the UI does."""
        launched = self.ask(
            "mutation($p: ExecutionParams!) { launchPipelineExecution(executionParams: $p) { __typename } }",
            p={
                "selector": {**REPOSITORY, "jobName": job},
                "mode": "default",
                "executionMetadata": {"tags": [{"key": key, "value": value} for key, value in tags.items()]},
            },
        )
        assert launched["launchPipelineExecution"]["__typename"] == "LaunchRunSuccess"

    def partitions(self) -> list[str]:
        """The providers that have partitions."""
        query = (
            '{ assetNodeOrError(assetKey: {path: ["raw_m3u"]}) '
            "{ ... on AssetNode { partitionKeysByDimension { name partitionKeys } } } }"
        )
        dimensions = self.ask(query)["assetNodeOrError"]["partitionKeysByDimension"]
        return {dimension["name"]: dimension["partitionKeys"] for dimension in dimensions}["provider"]

    def runs(self) -> list[str]:
        """How the runs of the job `provider_day` stand; looks for changed playlists go on beside them."""
        query = '{ runsOrError(filter: {pipelineName: "provider_day"}) { ... on Runs { results { status } } } }'
        return [run["status"] for run in self.ask(query)["runsOrError"]["results"]]


def _parents() -> list[tuple[int, int]]:
    found = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    return [tuple(map(int, line.split())) for line in found.splitlines()]


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text() if Path(f"/proc/{pid}").exists() else True
