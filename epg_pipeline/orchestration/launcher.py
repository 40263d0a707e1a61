"""Starting runs as Dagster does, with two things more: whether a run's process still lives, and its end for sure.

Belongs here: that question, and ending a process that takes no notice. Dagster's own launcher can't answer it, so a run
whose process ended without a word (the database was down at that moment, the machine was) counts as running until its
time limit; and it leaves a process that can't be interrupted to itself. dagster.yaml names this one. Some names are
Dagster's own affair; its version is pinned.
"""

import contextlib
import json
import os
import signal
import time
from typing import Any

import dagster as dg
import grpc
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._grpc.client import DagsterGrpcClient
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
from dagster._serdes import deserialize_value

from epg_pipeline.adapters.embedded_postgres.place import is_alive

PATIENCE = 10.0  # seconds from the interruption until a process is killed; closing its connections takes one


class WatchedRunLauncher(DefaultRunLauncher):
    """Dagster's launcher, of which run monitoring learns that a run's process is gone; what hangs is ended for sure."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """It does."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Running as long as the code server that started the run has its process; failed once either is gone.

        A server that only takes long to answer proves nothing: the run counts as running.
        """
        if GRPC_INFO_TAG not in run.tags:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "no code server is noted yet")
        try:
            lives = _has_process(json.loads(run.tags[GRPC_INFO_TAG]), run.run_id)
        except DagsterUserCodeUnreachableError as fault:
            lives = not _is_gone(fault)
        if lives:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, "its process is gone")

    def terminate(self, run_id: str) -> bool:
        """Interrupt a run, and kill it if it takes no notice: what it holds would keep its own retry waiting.

        Dagster asks the code server to interrupt it. That waits until the process has heard: for one that can't hear,
        such as one that is stopped, for ever, and starts no run any more. True once it ended; a caller who ended it as
        hung then reports it as failed, so that it is tried again.
        """
        run = self._instance.get_run_by_id(run_id)
        process = self._process_of(run) if run and not run.is_finished else None
        if run is None or process is None:
            return bool(super().terminate(run_id))  # type: ignore[no-untyped-call]
        self._instance.report_run_canceling(run)
        if not _ends(process, signal.SIGINT):
            # Told before it dies: the code server takes an end without a word for a crash, which is tried again.
            self._instance.report_run_canceled(run, f"It took no notice for {PATIENCE:.0f} seconds, and was killed.")
            _ends(process, signal.SIGKILL)
        return True

    def _process_of(self, run: dg.DagsterRun) -> int | None:
        """The number of the run's process; None if it has none, or its code server may be on another machine."""
        server = json.loads(run.tags.get(GRPC_INFO_TAG, "{}"))
        if not server.get("socket") or self.check_run_worker_health(run).status != WorkerStatus.RUNNING:
            return None
        for entry in self._instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ENGINE_EVENT):
            told = entry.get_dagster_event().engine_event_data.metadata.get("pid")
            if told is not None:
                return int(str(told.value))
        return None


def _ends(process: int, how: signal.Signals) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, how)
    latest = time.monotonic() + PATIENCE
    while is_alive(process):
        if time.monotonic() > latest:
            return False
        time.sleep(0.1)
    return True


def _has_process(server: dict[str, Any], run_id: str) -> bool:
    client = DagsterGrpcClient(
        port=server.get("port"), socket=server.get("socket"), host=server.get("host") or "localhost"
    )
    answer = client.can_cancel_execution(CanCancelExecutionRequest(run_id=run_id))
    return bool(deserialize_value(answer, CanCancelExecutionResult).can_cancel)


def _is_gone(fault: DagsterUserCodeUnreachableError) -> bool:
    cause = fault.__cause__
    return isinstance(cause, grpc.Call) and cause.code() == grpc.StatusCode.UNAVAILABLE
