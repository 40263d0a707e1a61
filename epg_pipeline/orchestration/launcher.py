"""Starting runs as Dagster does, and in addition: seeing whether a run's process still lives, and ending it for sure.

Belongs here: that check, and killing a process that ignores an interrupt. Dagster's own launcher does neither: a run
whose process died silently (e.g. the database or machine went down) still counts as running until its time limit.
dagster.yaml names this launcher.
"""

import contextlib
import json
import os
import signal
import time
from typing import Any

import dagster as dg
import grpc

from epg_pipeline.adapters.embedded_postgres.place import is_alive
from epg_pipeline.orchestration.dagster_private import (
    GRPC_INFO_TAG,
    CanCancelExecutionRequest,
    CanCancelExecutionResult,
    CheckRunHealthResult,
    DagsterGrpcClient,
    DagsterUserCodeUnreachableError,
    DefaultRunLauncher,
    WorkerStatus,
    deserialize_value,
)

KILL_AFTER_SECONDS = 10.0  # from the interrupt; closing its connections takes one


class WatchedRunLauncher(DefaultRunLauncher):
    """Dagster's launcher; run monitoring learns from it that a run's process is gone, and a hanging one is killed."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """It does."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Running as long as the code server that started the run has its process; failed once either is gone.

        A server that only answers slowly proves nothing: the run counts as running.
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
        """Interrupt a run, and kill it if it ignores the interrupt; its locks would block its own retry.

        Dagster asks the code server to interrupt it, which waits for the process: for a stopped one without end, and
        meanwhile the server starts no run. True once it ended; a caller that found it hung then reports it as failed,
        so that it is tried again.
        """
        run = self._instance.get_run_by_id(run_id)
        process = self._process_of(run) if run and not run.is_finished else None
        if run is None or process is None:
            return bool(super().terminate(run_id))  # type: ignore[no-untyped-call]
        self._instance.report_run_canceling(run)
        if not _ends(process, signal.SIGINT):
            # Reported before it dies: the code server takes a silent end for a crash, which is tried again.
            self._instance.report_run_canceled(
                run, f"It ignored the interrupt for {KILL_AFTER_SECONDS:.0f} seconds, and was killed."
            )
            _ends(process, signal.SIGKILL)
        return True

    def _process_of(self, run: dg.DagsterRun) -> int | None:
        """The number of the run's process; None if it has none, or its code server may be on another machine."""
        server = json.loads(run.tags.get(GRPC_INFO_TAG, "{}"))
        if not server.get("socket") or self.check_run_worker_health(run).status != WorkerStatus.RUNNING:
            return None
        for entry in self._instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ENGINE_EVENT):
            pid = entry.get_dagster_event().engine_event_data.metadata.get("pid")
            if pid is not None:
                return int(str(pid.value))
        return None


def _ends(process: int, how: signal.Signals) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, how)
    latest = time.monotonic() + KILL_AFTER_SECONDS
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
