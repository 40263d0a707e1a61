"""What the graph is made of, held against a file that shows it at a glance.

After a change that is meant, renew the file and read its difference:  python tests/orchestration/test_definitions.py
"""

from __future__ import annotations

import json
from pathlib import Path

import dagster as dg

from epg_pipeline.definitions import build_defs

SNAPSHOT = Path(__file__).with_name("definitions.json")
HOW = "The definitions differ from definitions.json. If that is meant: python tests/orchestration/test_definitions.py"


def snapshot() -> dict[str, object]:
    """The definitions in words: what an operator meets in the UI."""
    definitions = build_defs()
    graph = definitions.resolve_asset_graph()
    repository = definitions.get_repository_def()
    assets = sorted(graph.get_all_asset_keys(), key=lambda key: key.to_user_string())
    jobs = sorted(repository.get_all_jobs(), key=lambda job: job.name)
    return {
        "assets": {key.to_user_string(): _asset(graph, key) for key in assets},
        "jobs": {job.name: _job(job) for job in jobs if not job.name.startswith("__")},
        "schedules": {
            one.name: {
                "cron": one.cron_schedule,
                "zone": one.execution_timezone,
                "job": one.job_name,
                "default": one.default_status.value,
            }
            for one in sorted(repository.schedule_defs, key=lambda one: one.name)
        },
        "sensors": {
            one.name: {
                "every_seconds": one.minimum_interval_seconds,
                "type": one.sensor_type.value,
                "jobs": [job.name for job in one.jobs] if one.has_jobs else [],
                "default": one.default_status.value,
            }
            for one in sorted(repository.sensor_defs, key=lambda one: one.name)
        },
        "resources": sorted(repository.get_top_level_resources()),
    }


def _asset(graph, key):
    node = graph.get(key)
    checks = sorted((check for check in graph.asset_check_keys if check.asset_key == key), key=lambda check: check.name)
    return {
        "group": node.group_name,
        "kinds": sorted(node.kinds),
        "owners": list(node.owners),
        "depends_on": sorted(parent.to_user_string() for parent in node.parent_keys),
        "partitions": _partitions(node.partitions_def),
        "backfill": str(node.backfill_policy.policy_type.value) if node.backfill_policy else None,
        "metadata": sorted(node.metadata),
        "checks": {
            check.name: ("blocks" if graph.get(check).blocking else "warns")
            + (", by partition" if graph.get(check).partitions_def else "")
            for check in checks
        },
    }


def _partitions(partitions):
    if partitions is None:
        return None
    if isinstance(partitions, dg.MultiPartitionsDefinition):
        return {one.name: _partitions(one.partitions_def) for one in partitions.partitions_defs}
    if isinstance(partitions, dg.DynamicPartitionsDefinition):
        return f"dynamic: {partitions.name}"
    return f"daily from {partitions.start:%Y-%m-%d}, {partitions.end_offset} days open"


def _job(job):
    steps = sorted(node.name for node in job.graph.nodes)
    return {"steps": steps, "tags": dict(sorted(job.tags.items())), "executor": job.executor_def.name}


def test_the_definitions_are_as_the_snapshot_shows_them():
    assert snapshot() == json.loads(SNAPSHOT.read_text("utf-8")), HOW


def test_everything_says_what_it_is_for():
    definitions = build_defs()
    graph = definitions.resolve_asset_graph()
    repository = definitions.get_repository_def()
    described = [
        *((key.to_user_string(), graph.get(key).description) for key in graph.get_all_asset_keys()),
        *((str(key), graph.get_check_spec(key).description) for key in graph.asset_check_keys),
        *((job.name, job.description) for job in repository.get_all_jobs() if not job.name.startswith("__")),
    ]
    assert [name for name, text in described if not text] == []


if __name__ == "__main__":
    SNAPSHOT.write_text(json.dumps(snapshot(), indent=2) + "\n", "utf-8")
