"""A bucket that does not answer, as the graph sees it."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg
import pytest
from small_provider import DAY

from epg_pipeline.settings import StorageSettings


@pytest.fixture
def settings(settings):
    storage = StorageSettings(
        "http://127.0.0.1:9", "guides", "an-access-key", "a-secret", public_url="https://tv.example"
    )
    return settings.model_copy(update={"storage": storage})


def test_a_bucket_out_of_reach_costs_no_partition_and_each_says_what_is_not_there(run, instance, club):
    days = [f"{DAY + timedelta(days=number)}|club" for number in range(2)]
    assert run("provider_day", days[0], days[1]).success
    records = instance.fetch_materializations(dg.AssetKey("published_xmltv"), limit=5).records
    metadata_by_day = {record.partition_key: record.asset_materialization.metadata for record in records}
    assert set(metadata_by_day) == set(days)
    for metadata in metadata_by_day.values():
        assert metadata["uploads_failed"].value > 0
        assert metadata["bucket"].value.startswith("0 uploaded, 0 unchanged, ")
        assert "more: 127.0.0.1 can't be reached" in metadata["upload_faults"].value
        assert metadata["public_guide"].value == "https://tv.example/epg/club/guide.xml"
        assert "a-secret" not in str(metadata)
