"""`epg up` as tests run it: its servers, their answers, their processes."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from typing import TYPE_CHECKING

import psutil
from commands import command, environment

if TYPE_CHECKING:
    from pathlib import Path

STARTS = 300  # seconds: only a hang reaches it, also on two cores with much else to do
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
        until(STARTS, lambda: self.process.poll() is not None or "Ctrl-C" in self.output, "epg up")
        assert self.process.poll() is None, self.output
        lines = (r"Dagster +(http\S+)", r"Guides +(http\S+)/guides/")
        self.dagster, self.guides = (re.search(pattern, self.output).group(1) for pattern in lines)

    @property
    def output(self) -> str:
        return self.log.read_text()

    def servers(self) -> list[int]:
        """The processes it started itself."""
        return [process.pid for process in psutil.Process(self.process.pid).children()]

    def code_server(self) -> tuple[int, str]:
        """The process of Dagster's code server, and the socket it listens at."""
        (server,) = self.code_servers()
        return server

    def code_servers(self) -> list[tuple[int, str]]:
        """The same as a list: empty while the code server is being restarted."""
        lines = {pid: command_line(pid) for pid in self.servers()}
        return [(pid, line[line.index("--socket") + 1]) for pid, line in lines.items() if "--socket" in line]

    def workers(self) -> list[int]:
        """The processes of the runs under way."""
        started = psutil.Process(self.code_server()[0]).children()
        return [process.pid for process in started if "multiprocessing.spawn" in " ".join(command_line(process.pid))]

    def children(self) -> list[int]:
        """The processes it started, and those that they started."""
        return sorted(process.pid for process in psutil.Process(self.process.pid).children(recursive=True))

    def stop(self, how=signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(STARTS)

    def ask(self, query: str, **variables):
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.dagster}/graphql", body, {"Content-Type": "application/json"})  # noqa: S310 - our own loopback address
        with urllib.request.urlopen(request, timeout=STARTS) as answer:  # noqa: S310 - the same
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


def command_line(pid: int) -> list[str]:
    """The words of a process's command line, whole whatever their length; empty when the process is gone."""
    try:
        return psutil.Process(pid).cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []


def lives(pid: int) -> bool:
    """Whether the process runs; one that ended but was not collected by its parent does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
