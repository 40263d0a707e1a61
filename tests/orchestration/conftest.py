"""A small provider on a fresh database, and a Dagster instance that forgets."""

from __future__ import annotations

import warnings

import dagster as dg
import pytest
from integration.conftest import database, server, settings, store  # noqa: F401 - fixtures, shared with that folder
from small_provider import DAY, ZONE, events_file, playlist

from epg_pipeline.definitions import build_defs
from epg_pipeline.flows import events as event_flows
from epg_pipeline.flows import playlists


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as ephemeral:
        ephemeral.add_dynamic_partitions("providers", ["club"])
        yield ephemeral


@pytest.fixture
def club(store, tmp_path):  # noqa: F811 - the fixture
    """A provider whose playlist was kept and filtered for the day, its events on record."""
    file = tmp_path / "list.m3u"
    file.write_bytes(playlist())
    provider = store.providers.add("Club", str(file), ZONE, "goat")
    event_flows.import_events(store, events_file(tmp_path / "events.jsonl"))
    playlists.snapshot_playlist(store, provider, DAY)
    playlists.filter_channels(store, provider, DAY)
    return provider


@pytest.fixture
def graph(store, settings, tmp_path):  # noqa: F811 - the fixtures
    """The definitions over that database; the events file is the one the events were imported from."""
    return build_defs(store=store, settings=settings.model_copy(update={"events_file": tmp_path / "events.jsonl"}))


@pytest.fixture
def run(graph, instance):
    """Run a job (or all assets) over one partition or a range, in this process."""

    def run(
        job: str, first: str | None, last: str | None = None, assets: list[str] | None = None, *, force: bool = False
    ):
        definition = graph.resolve_job_def(job)
        tags = {"epg/force": "yes"} if force else {}
        selection = [dg.AssetKey(name) for name in assets] if assets else None
        with warnings.catch_warnings():
            # Dagster's own: it opens its sqlite files through an API of sqlalchemy that is on its way out.
            warnings.simplefilter("ignore", DeprecationWarning)
            if last is None:
                return definition.execute_in_process(
                    instance=instance, partition_key=first, asset_selection=selection, raise_on_error=False, tags=tags
                )
            tags |= {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}
            return definition.execute_in_process(
                instance=instance, tags=tags, asset_selection=selection, raise_on_error=False
            )

    return run
