"""The names of Dagster's that are not public, in one place: after an upgrade of Dagster, look here first.

Belongs here: nothing but these imports. Where each is used, a comment says why no public name does, and a test holds
Dagster to it; Dagster's version is pinned.
"""

from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData as CheckTarget,
)
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable, SqlEventLogStorageTable
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._grpc.client import DagsterGrpcClient
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
from dagster._serdes import deserialize_value

__all__ = [
    "GRPC_INFO_TAG", "AssetCheckExecutionsTable", "CanCancelExecutionRequest", "CanCancelExecutionResult",
    "CheckRunHealthResult", "CheckTarget", "DagsterGrpcClient", "DagsterUserCodeUnreachableError", "DefaultRunLauncher",
    "SqlEventLogStorage", "SqlEventLogStorageTable", "WorkerStatus", "deserialize_value",
]  # fmt: skip
