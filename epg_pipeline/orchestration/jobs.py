"""The jobs: one over days, one over provider-days, because one run can't span two sets of partitions.

Belongs here: what runs together. Does not: when (schedules.py), after what (sensors.py). Backfills are asset backfills:
a job backfill over such partitions silently does its first day only (dagster #28861).
"""

from typing import Any

import dagster as dg

from epg_pipeline.orchestration.assets.events import canonical_events
from epg_pipeline.orchestration.assets.guides import matched_programmes, published_xmltv
from epg_pipeline.orchestration.assets.overview import provider_overview
from epg_pipeline.orchestration.assets.playlists import filtered_channels, raw_m3u

HUNG_AFTER = {"dagster/max_runtime": "1800"}  # seconds; a backfill has no job, and the longer limit of dagster.yaml
BEFORE_BACKFILLS = {"dagster/priority": "5"}  # guides of now must not wait behind weeks of old ones

events_of_day = dg.define_asset_job(
    "events_of_day",
    selection=[canonical_events],
    description="The canonical schedule of a day; the provider-days it touches are matched again after it.",
    tags=HUNG_AFTER,
)
provider_day = dg.define_asset_job(
    "provider_day",
    selection=[raw_m3u, filtered_channels, matched_programmes, published_xmltv],
    description="A provider's day from playlist to guide.",
    tags=HUNG_AFTER | BEFORE_BACKFILLS,
)
publish_day = dg.define_asset_job(
    "publish_day",
    selection=[published_xmltv],
    description="A provider's guide from the database alone.",
    tags=BEFORE_BACKFILLS | {"dagster/max_runtime": "7200"},  # many providers in a run, and a bucket that is slow
)
overview = dg.define_asset_job(
    "overview",
    selection=[provider_overview],
    description="The state of every provider, the worst first.",
    tags=HUNG_AFTER,
)

JOBS = (events_of_day, provider_day, publish_day, overview)


def schedule_of(name: str, job: Any, cron: str) -> dg.ScheduleDefinition:  # noqa: ANN401 - any of Dagster's kinds of job
    """A schedule that requests a run of the job, switched on; `cron` is in UTC."""
    return dg.ScheduleDefinition(
        name=name,
        job=job,
        cron_schedule=cron,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
