"""Playlists as fetched, kept for ever.

Belongs here: the bytes on disk, compressed and sealed, addressed by their hash. Does not: which snapshot is in force
when (the database knows), what the playlist says.
"""

import os
from hashlib import sha256
from pathlib import Path

from filelock import FileLock
from zlib_ng import gzip_ng

from epg_pipeline.adapters.store.sealing import Seal
from epg_pipeline.errors import StoreError

PURPOSE = "playlist snapshot"


class SnapshotFiles:
    """The files below one folder: `<slug>/<sha256 of the playlist>`. SaveResult once, never changed."""

    def __init__(self, folder: Path, seal: Seal) -> None:
        """The folder is made when the first snapshot is kept."""
        self._folder = folder
        self._seal = seal

    def put(self, slug: str, body: bytes) -> str:
        """Keep these bytes and give their hash; the same bytes again cost nothing."""
        content_hash = sha256(body).hexdigest()
        target = self._folder / slug / content_hash
        if not target.exists():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with FileLock(target.parent / ".lock"):  # else two writers of one playlist would share the draft
                self._write(target, self._seal.close_bytes(_compress(body), PURPOSE))
        return content_hash

    @staticmethod
    def _write(target: Path, sealed: bytes) -> None:
        """Under a draft's name first: who finds the file finds all of it. A killed writer's draft is written over."""
        draft = target.with_name(".draft")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())  # the database is about to say that it is there
        draft.replace(target)

    def body(self, slug: str, content_hash: str) -> bytes:
        """The bytes of a snapshot. StoreError when the file is gone or does not hold what its name says."""
        path = self._folder / slug / content_hash
        try:
            body = _decompress(self._seal.open_bytes(path.read_bytes(), PURPOSE))
        except StoreError as fault:
            raise StoreError(f"The snapshot {path} can't be read. {fault}") from None
        except FileNotFoundError:
            raise StoreError(
                f"The snapshot {path} is gone. Restore it from a backup, or refresh the provider."
            ) from None
        if sha256(body).hexdigest() != content_hash:
            raise StoreError(f"The snapshot {path} is damaged. Restore it from a backup, or refresh the provider.")
        return body


def _compress(body: bytes) -> bytes:
    # Level 4 and no time stamp: fast, and the same bytes for the same playlist.
    return bytes(gzip_ng.compress(body, 4, mtime=0))  # type: ignore[no-untyped-call]


def _decompress(packed: bytes) -> bytes:
    return bytes(gzip_ng.decompress(packed))  # type: ignore[no-untyped-call]
