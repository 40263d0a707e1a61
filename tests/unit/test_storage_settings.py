"""The public bucket, as the environment names it."""

from __future__ import annotations

import pytest
from environment import settings_of

from epg_pipeline.flows.results import Uploaded
from epg_pipeline.operations.dagster_environment import childs_environment

R2 = {"R2_ACCOUNT_ID": "acc0unt", "R2_ACCESS_KEY": "an-access-key", "R2_SECRET_KEY": "a-secret", "R2_BUCKET": "guides"}
S3 = {
    "S3_ENDPOINT_URL": "https://storage.example/",
    "S3_ACCESS_KEY": "an-access-key",
    "S3_SECRET_KEY": "a-secret",
    "S3_BUCKET": "guides",
}


def test_without_variables_there_is_no_bucket():
    assert settings_of({"S3_BUCKET": "", "R2_PUBLIC_URL": "https://tv.example"}).storage is None


def test_r2_is_found_by_its_account():
    storage = settings_of({**R2, "R2_PUBLIC_URL": "https://tv.example/"}).storage
    assert storage.endpoint == "https://acc0unt.r2.cloudflarestorage.com"
    assert (storage.bucket, storage.region, storage.variables) == ("guides", "auto", "R2_")
    assert storage.public_url == "https://tv.example"
    assert storage.label == "r2/guides"


def test_any_other_store_is_found_by_its_address():
    storage = settings_of({**S3, "S3_REGION": "eu-central-1"}).storage
    assert (storage.endpoint, storage.region) == ("https://storage.example", "eu-central-1")
    assert storage.label == "storage.example/guides"
    below = settings_of({**S3, "S3_ENDPOINT_URL": "https://project.example/storage/v1/s3"}).storage
    assert below.label == "project.example/storage/v1/s3/guides"


def test_neither_keys_nor_account_show():
    for variables_set in (R2, S3):
        settings = settings_of(variables_set)
        for secret in ("an-access-key", "a-secret", "acc0unt"):
            assert secret not in repr(settings) + settings.storage.label


@pytest.mark.parametrize("variables", [R2, S3])
def test_a_bucket_named_in_part_is_refused_with_what_is_missing(variables):
    names = list(variables)
    for missing in names:
        variables_set = {name: value for name, value in variables.items() if name != missing}
        with pytest.raises(ValueError, match=f"^{missing}: not set, but ") as refusal:
            settings_of(variables_set)
        assert "a-secret" not in str(refusal.value)
    with pytest.raises(ValueError, match=f"^{', '.join(names[1:])}: not set, but {names[0]}: "):
        settings_of({names[0]: variables[names[0]]})


def test_two_buckets_are_refused():
    with pytest.raises(ValueError, match="R2_ACCOUNT_ID and S3_ENDPOINT_URL name two buckets"):
        settings_of({**R2, **S3})


@pytest.mark.parametrize(
    "address",
    [
        "storage.example",
        "ftp://storage.example",
        "https://an-access-key:a-secret@storage.example",
        "https://storage.example:port",
        "https://storage.example?key=a-secret",
        "https://[",
        "https://",
    ],
)
def test_a_wrong_address_is_refused_without_quoting_it(address):
    for name in ("S3_ENDPOINT_URL", "S3_PUBLIC_URL"):
        with pytest.raises(
            ValueError, match=f"^{name} is not a valid address; expected e.g. https://storage.example"
        ) as refusal:
            settings_of({**S3, name: address})
        assert "a-secret" not in str(refusal.value)


def test_an_address_with_the_bucket_in_it_is_refused_because_every_key_would_begin_with_it():
    with pytest.raises(ValueError, match="the address of the store alone, without the bucket: S3_BUCKET names that"):
        settings_of({**S3, "S3_ENDPOINT_URL": "https://storage.example/guides/"})


def test_what_epg_up_starts_knows_the_bucket_too(monkeypatch):
    for name, value in R2.items():
        monkeypatch.setenv(name, value)
    assert settings_of(childs_environment({"EPG_HOME": "h"})).storage.label == "r2/guides"


def test_failures_are_listed_by_reason_with_the_first_object_of_each():
    failed = (("epg/a/guide.xml", "it is full"), ("epg/a/index.html", "it is full"), ("epg/a/summary.json", "it waits"))
    uploaded = Uploaded(done=2, unchanged=1, failed=failed)
    assert str(uploaded) == "2 uploaded, 1 unchanged, 3 failed"
    assert uploaded.faults == ("epg/a/guide.xml and 1 more: it is full", "epg/a/summary.json: it waits")
    assert str(Uploaded(withdrawn=1)) == "0 uploaded, 0 unchanged, 1 withdrawn"
