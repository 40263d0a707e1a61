"""Published files -> the public bucket.

Belongs here: which files go up under which key, with which headers and in which order; what is tried again and what is
withdrawn. Does not: how one object is put (adapters/delivery/bucket.py), what the files hold (flows/publishing.py).

A file that does not go up is never a fault of the guide: it is on record with its reason, and the next publish of the
provider tries it again.
"""

import hashlib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import polars as pl

from epg_pipeline.adapters.delivery.bucket import AT_ONCE, Bucket, Content, Patience
from epg_pipeline.adapters.delivery.guide_files import MEDIA_TYPES
from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.adapters.store.uploads import UPLOADS
from epg_pipeline.config.provider_settings import TIERS, ProviderSettings
from epg_pipeline.errors import BucketError
from epg_pipeline.flows.results import Uploaded
from epg_pipeline.settings import Settings, StorageSettings

PREFIX = "epg/"
DEPTH = 2  # slashes in a key of the provider's own folder: epg/<slug>/guide.xml
PLAYLIST, SUMMARY = "playlist.m3u", "summary.json"
# Guides before the pages that describe them; the summary shows others what is published, so it is last. No other file
# is ever uploaded.
STAGES = (("guide.xml.gz", "guide.xml", PLAYLIST), ("index.html", "report.html"), (SUMMARY,))
NAMES = frozenset(name for stage in STAGES for name in stage)
FRESH = "public, max-age=300"  # a late change of an event reaches every player within minutes
CACHED = {PLAYLIST: "private, no-store", SUMMARY: "no-cache"}  # no cache still has a playlist once it is withdrawn


@dataclass(frozen=True)
class _Outcome:
    """What became of one object: a status of the record, or "unchanged"."""

    key: str
    sha256: str
    status: str
    reason: str = ""


@dataclass(frozen=True)
class _Plan:
    """What is to be done, by key: files to upload, objects to withdraw, and unfinished uploads whose file has gone.

    The latter two have the hash of the content that was last put there, or was to be.
    """

    up: Mapping[str, Path]
    withdraw: Mapping[str, str]
    gone: Mapping[str, str]


def upload_published(
    store: Store, provider: Provider, settings: Settings, files: Iterable[Path], patience: Patience | None = None
) -> Uploaded | None:
    """Bring published files to the public bucket, with those that failed before; None when no bucket is set.

    Unchanged objects cost one HEAD each. The clone playlist goes up only where the provider says so, and is withdrawn
    where it no longer does, as is an edition that the provider dropped. Nothing is raised for a fault of the bucket or
    of a file: it stands in what is returned, and on record. Two uploads of one provider never run at once, and each
    sends the files as they are then, so that the last one leaves what was published last.
    """
    label = settings.storage.label if settings.storage else ""
    store.uploads.give_up_elsewhere(provider, label)
    if settings.storage is None:
        return None
    with store.lock(provider, "uploads"):
        known = store.uploads.of(provider, label)
        plan = _planned(provider, settings.dist, files, known)
        # Noted first: what a killed upload leaves undone is among what the next one does.
        store.uploads.save(provider, label, _begun(plan, known))
        outcomes = _carried_out(plan, settings.storage, patience)
        store.uploads.save(provider, label, _rows(outcomes))
    counts = {
        status: sum(outcome.status == status for outcome in outcomes) for status in ("done", "unchanged", "withdrawn")
    }
    return Uploaded(
        **counts,
        failed=tuple((outcome.key, outcome.reason) for outcome in outcomes if outcome.status == "failed"),
        address=public_address(settings, provider, "guide.xml"),
    )


def upload_summary(
    store: Store, provider: Provider, settings: Settings, summary: Path, before: Uploaded | None
) -> Uploaded | None:
    """Upload the summary of a publish whose other files went up `before`, and give the sum of both.

    Where one of those failed, the summary is left to the next publish: it would describe a guide that is not there.
    """
    if before is None or before.failed:
        return before
    last = upload_published(store, provider, settings, [summary]) or Uploaded()
    counts = {name: getattr(before, name) + getattr(last, name) for name in ("done", "unchanged", "withdrawn")}
    return replace(before, **counts, failed=last.failed)


def public_files(dist: Path, slug: str) -> list[Path]:
    """Every file of a provider that may go up, as it stands in dist, the clone playlist included."""
    return sorted(path for path in (dist / slug).rglob("*") if path.name in NAMES and path.is_file())


def public_address(settings: Settings, provider: Provider, name: str) -> str:
    """Where anyone reads a file of a provider's own folder in the bucket; "" where the settings don't say."""
    known = settings.storage.public_url if settings.storage else None
    return f"{known}/{PREFIX}{provider.slug}/{name}" if known else ""


def check_bucket(settings: Settings) -> str | None:
    """What is in the way of uploads, in words, found by putting a tiny object and removing it; None if nothing is.

    Without a bucket in the settings there is nothing to find.
    """
    if settings.storage is None:
        return None
    try:
        Bucket(settings.storage, Patience(resting=0.0)).try_out()
    except BucketError as fault:
        return str(fault)
    return None


def _planned(provider: Provider, dist: Path, files: Iterable[Path], known: pl.DataFrame) -> _Plan:
    """The files given and those that failed before; what is on record but not to be read any more is withdrawn."""
    up = {PREFIX + path.relative_to(dist).as_posix(): path for path in files if path.name in NAMES}
    undone = known.filter(pl.col("status").is_in(["begun", "failed"])).select("key", "sha256")
    again = {key: dist / key.removeprefix(PREFIX) for key in undone["key"]}
    up |= {key: path for key, path in again.items() if path.is_file()}
    there = known.filter(pl.col("status") != "withdrawn").select("key", "sha256").iter_rows()
    return _Plan(
        up={key: path for key, path in up.items() if _is_public(key, provider.settings)},
        withdraw={key: sha256 for key, sha256 in there if not _is_public(key, provider.settings)},
        gone={
            key: sha256 for key, sha256 in undone.iter_rows() if _is_public(key, provider.settings) and key not in up
        },
    )


def _is_public(key: str, settings: ProviderSettings) -> bool:
    """Whether a provider wants the object read by all: its playlist only if it says so, and no edition it dropped."""
    folder, name = key.split("/")[-2:]
    if name == PLAYLIST:
        return settings.publish_stream_addresses
    is_edition = folder.partition("-")[0] in TIERS and key.count("/") > DEPTH
    return not is_edition or folder in {edition.folder for edition in settings.further_editions}


def _begun(plan: _Plan, known: pl.DataFrame) -> pl.DataFrame:
    """UPLOADS rows of the files that go up, but for those known to be there with the content they have."""
    rows = [_Outcome(key, _sha256(path), "begun") for key, path in plan.up.items()]
    return _rows(rows).join(known.filter(pl.col("status") == "done"), on=["key", "sha256"], how="anti")


def _carried_out(plan: _Plan, storage: StorageSettings, patience: Patience | None) -> list[_Outcome]:
    """Withdraw, then upload stage by stage, a few files at a time."""
    bucket = Bucket(storage, patience)
    outcomes = [_Outcome(key, sha256, "withdrawn", "its file is gone") for key, sha256 in plan.gone.items()]
    outcomes += [_withdrawn(bucket, key, sha256) for key, sha256 in plan.withdraw.items()]
    guides, pages, summary = ([item for item in plan.up.items() if _name(item[0]) in names] for names in STAGES)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="upload") as pool:
        # The first goes alone: it finds out whether the bucket can be had at all.
        for stage in (guides[:1], guides[1:], pages):
            outcomes += pool.map(lambda item: _put(bucket, *item), stage)
    if any(outcome.status == "failed" for outcome in outcomes):
        return outcomes + [_failed(key, path, "it waits for the files that failed") for key, path in summary]
    return outcomes + [_put(bucket, key, path) for key, path in summary]


def _put(bucket: Bucket, key: str, path: Path) -> _Outcome:
    try:
        content = Content(path.read_bytes(), MEDIA_TYPES[path.name], CACHED.get(path.name, FRESH))
        done = bucket.put(key, content)
    except Exception as fault:  # noqa: BLE001 - a failed upload never fails the guide
        return _failed(key, path, _reason(fault))
    return _Outcome(key, content.sha256, "done" if done else "unchanged")


def _withdrawn(bucket: Bucket, key: str, sha256: str) -> _Outcome:
    try:
        bucket.remove(key)
    except Exception as fault:  # noqa: BLE001 - nor does this
        return _Outcome(key, sha256, "failed", f"it is to be withdrawn, but {_reason(fault)}")
    return _Outcome(key, sha256, "withdrawn")


def _reason(fault: Exception) -> str:
    """Why, without a word of anyone else's: that might be a secret."""
    if isinstance(fault, BucketError):
        return str(fault)
    if isinstance(fault, OSError):
        return f"its file can't be read: {fault.strerror}"
    return f"unexpected {type(fault).__name__}"


def _failed(key: str, path: Path, reason: str) -> _Outcome:
    return _Outcome(key, _sha256(path), "failed", reason)


def _sha256(path: Path) -> str:
    """The hash of the file's bytes; that of nothing when it can't be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return hashlib.sha256().hexdigest()


def _rows(outcomes: list[_Outcome]) -> pl.DataFrame:
    rows = pl.DataFrame([astuple(outcome) for outcome in outcomes], UPLOADS, orient="row")
    return rows.with_columns(pl.col("status").replace("unchanged", "done"))


def _name(key: str) -> str:
    return key.rpartition("/")[2]
