"""Starting runs as Dagster does, with one thing more: whether a run's process still lives can be asked.

Belongs here: that question. Dagster's own launcher can't answer it, so a run whose process ended without a word (the
database was down at that moment, the machine was) counts as running until its time limit. dagster.yaml names this one.
Some names are Dagster's own affair; its version is pinned.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import grpc
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._grpc.client import DagsterGrpcClient
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
from dagster._serdes import deserialize_value

if TYPE_CHECKING:
    import dagster as dg


class WatchedRunLauncher(DefaultRunLauncher):
    """Dagster's launcher, of which run monitoring learns that a run's process is gone; it ends the run then."""

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


def _has_process(server: dict[str, Any], run_id: str) -> bool:
    client = DagsterGrpcClient(
        port=server.get("port"), socket=server.get("socket"), host=server.get("host") or "localhost"
    )
    answer = client.can_cancel_execution(CanCancelExecutionRequest(run_id=run_id))
    return bool(deserialize_value(answer, CanCancelExecutionResult).can_cancel)


def _is_gone(fault: DagsterUserCodeUnreachableError) -> bool:
    cause = fault.__cause__
    return isinstance(cause, grpc.Call) and cause.code() == grpc.StatusCode.UNAVAILABLE
