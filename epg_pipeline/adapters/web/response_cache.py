"""Answers of public sources, kept on disk between runs.

Belongs here: one file an answer, found by what was asked, with what to ask by next time and until when it counts as
fresh. Does not: deciding for how long that is, making requests. Names of files are hashes: an address may hold a key.
"""

import contextlib
import gzip
import hashlib
import json
import os
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Kept:
    """One answer: its bytes, the validators that came with it, and the wall clock's second until it is fresh."""

    body: bytes
    etag: str | None
    last_modified: str | None
    fresh_until: float


class ResponseCache:
    """Answers under one folder; processes may share it: a reader finds an old or a new answer, never a part."""

    def __init__(self, folder: Path) -> None:
        """Nothing is created before the first answer."""
        self._folder = folder

    def get(self, asked: str) -> Kept | None:
        """The answer kept for what was asked; None where there is none, or it is damaged."""
        try:
            head, _, packed = self._file(asked).read_bytes().partition(b"\n")
            fields = json.loads(head)
            return Kept(gzip.decompress(packed), fields["etag"], fields["last_modified"], float(fields["fresh_until"]))
        except (OSError, ValueError, KeyError, TypeError, EOFError, zlib.error):
            return None

    def put(self, asked: str, kept: Kept) -> None:
        """Keep an answer in place of the one before. A full disk costs the saving of a request, not the run."""
        head = {"etag": kept.etag, "last_modified": kept.last_modified, "fresh_until": kept.fresh_until}
        content = json.dumps(head).encode() + b"\n" + gzip.compress(kept.body, compresslevel=4, mtime=0)
        with contextlib.suppress(OSError):
            file = self._file(asked)
            file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as draft:
                draft.write(content)
            os.replace(draft.name, file)  # noqa: PTH105 - the draft's name is text

    def _file(self, asked: str) -> Path:
        key = hashlib.sha256(asked.encode()).hexdigest()
        return self._folder / key[:2] / key
