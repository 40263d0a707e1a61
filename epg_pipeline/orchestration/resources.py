"""What the assets work with: the installation's settings, its store, and what went wrong in this run.

Belongs here: opening them once per run. Does not: their making.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg

from epg_pipeline.adapters.store.store import Store, open_store
from epg_pipeline.errors import EpgError, StoreError, one_line
from epg_pipeline.settings import Settings, load_settings

# Partition key -> why it is out, for all steps of one run: what failed upstream is not tried downstream.
RunFaults = dict[str, EpgError]


class NotReadyError(dg.DagsterError):
    """What runs and ticks work with can't be had. Dagster tells the text of its own errors, of others only a number."""


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (StoreError, ValueError, OSError) as fault:
        raise NotReadyError(one_line(fault)) from None


@dg.resource(description="Where the installation keeps its things, as the environment says.")
def settings(_context: dg.InitResourceContext) -> Settings:
    """The settings at the beginning of the run."""
    with _told():
        return load_settings()


@dg.resource(description="The record in Postgres.", required_resource_keys={"settings"})
def store(context: dg.InitResourceContext) -> Iterator[Store]:
    """The store, open for the run."""
    with _told():
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
