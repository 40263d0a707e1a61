"""The code location: `build_defs(**resource_overrides)`, and nothing else."""

from __future__ import annotations

import dagster as dg

from epg_pipeline.orchestration.assets import ASSETS
from epg_pipeline.orchestration.jobs import JOBS
from epg_pipeline.orchestration.refreshing import events_around_today, teams_sync, weekly_teams
from epg_pipeline.orchestration.resources import resources
from epg_pipeline.orchestration.schedules import SCHEDULES
from epg_pipeline.orchestration.sensors import SENSORS


def build_defs(**resource_overrides: object) -> dg.Definitions:
    """The graph with its resources; a test or another installation gives its own by name (`store`, `settings`)."""
    return dg.Definitions(
        assets=ASSETS,
        jobs=(*JOBS, teams_sync),
        schedules=(*SCHEDULES, events_around_today, weekly_teams),
        sensors=SENSORS,
        resources={**resources(), **resource_overrides},
        # In one process: a process for each step takes four times as long as the steps.
        executor=dg.in_process_executor,
    )


defs = build_defs()
