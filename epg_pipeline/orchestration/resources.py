"""The resources of the assets: the installation's settings, its store, and what failed in this run.

Belongs here: opening them once per run. Does not belong: what they are (settings.py, adapters/store).
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from epg_pipeline.adapters.store.store import Store, open_store
from epg_pipeline.errors import EpgError, StoreError
from epg_pipeline.orchestration.run_errors import NotReadyError, reasons_shown
from epg_pipeline.settings import Settings, load_settings

# Partition key -> why it is out, for all steps of one run: what failed upstream is not tried downstream.
RunFaults = dict[str, EpgError]


@dg.resource(description="Where the installation keeps its things, from the environment.")
def settings(_context: dg.InitResourceContext) -> Settings:
    """The settings at the beginning of the run."""
    with reasons_shown((StoreError, ValueError, OSError), NotReadyError):
        return load_settings()


@dg.resource(description="The record in Postgres.", required_resource_keys={"settings"})
def store(context: dg.InitResourceContext) -> Iterator[Store]:
    """The store, open for the run."""
    with reasons_shown((StoreError, ValueError, OSError), NotReadyError):
        opened = open_store(context.resources.settings)
    with opened:
        yield opened


@dg.resource(description="The partitions of this run that failed, and why.")
def faults(_context: dg.InitResourceContext) -> RunFaults:
    """Empty at the beginning of each run; the in-process executor hands the same one to every step."""
    return {}


def resources() -> dict[str, Any]:
    """The resources by the names the assets ask for."""
    return {"settings": settings, "store": store, "faults": faults}
