"""The code location: `build_defs(**resource_overrides)`, and nothing else."""

import dagster as dg

from epg_pipeline.orchestration.assets import ASSETS
from epg_pipeline.orchestration.changed_playlists import playlist_check
from epg_pipeline.orchestration.event_schedules import teams_sync
from epg_pipeline.orchestration.jobs import JOBS
from epg_pipeline.orchestration.resources import resources
from epg_pipeline.orchestration.retention import retention
from epg_pipeline.orchestration.schedules import SCHEDULES
from epg_pipeline.orchestration.sensors import SENSORS


def build_defs(**resource_overrides: object) -> dg.Definitions:
    """The graph with its resources; a test or another installation gives its own by name (`store`, `settings`)."""
    return dg.Definitions(
        assets=ASSETS,
        jobs=(*JOBS, playlist_check, teams_sync, retention),
        schedules=SCHEDULES,
        sensors=SENSORS,
        resources={**resources(), **resource_overrides},
        # In one process: a process for each step takes four times as long as the steps.
        executor=dg.in_process_executor,
    )


defs = build_defs()
