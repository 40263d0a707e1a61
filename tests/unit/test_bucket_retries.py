"""A store that does not answer: for how long nothing is asked of it."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from epg_pipeline.adapters.delivery import bucket
from epg_pipeline.adapters.delivery.bucket import Bucket, Patience
from epg_pipeline.errors import BucketError
from epg_pipeline.settings import StorageSettings

PATIENCE = Patience(attempts=3, pause=0.01, resting=60.0)
SETTINGS = StorageSettings(endpoint="http://store.example", bucket="guides", access_key="key", secret_key="secret")


@pytest.fixture
def attempts(monkeypatch):
    """The time of each attempt at a store that resets every connection."""
    times = []

    def client(*_):
        times.append(time.monotonic())
        raise ConnectionResetError

    def silence(*_):
        return BucketError("store.example can't be reached", is_transient=True, is_general=True)

    monkeypatch.setattr(bucket, "_client", client)
    monkeypatch.setattr(Bucket, "_in_words", silence)
    monkeypatch.setattr(bucket, "_SILENT", {})
    return times


def _remove(patience=PATIENCE):
    with pytest.raises(BucketError, match="can't be reached"):
        Bucket(SETTINGS, patience).remove("epg/demo/guide.xml")


def test_the_requests_that_follow_a_silence_fail_without_a_pause(attempts):
    _remove()
    assert len(attempts) == PATIENCE.attempts
    began = time.monotonic()
    _remove(replace(PATIENCE, pause=5.0))
    assert time.monotonic() - began < 1.0
    assert len(attempts) == PATIENCE.attempts


def test_a_request_during_the_rest_does_not_prolong_it(attempts):
    _remove()
    noted = bucket._SILENT[SETTINGS]
    _remove()
    assert bucket._SILENT[SETTINGS] == noted
    bucket._SILENT[SETTINGS] = (noted[0] - PATIENCE.resting, noted[1])
    _remove()
    assert len(attempts) == 2 * PATIENCE.attempts
