"""Guides, pages and clone playlists as files below a folder.

Belongs here: writing so that a reader sees the old file or the new one, never a part of either. Does not: what is in
them, when they are written, or where else they go.

    <dist>/<slug>/guide.xml            the current guide, beside it guide.xml.gz, pages and the private playlist.m3u
    <dist>/<slug>/<edition>/guide.xml  the same in a further edition: of another tier or in another zone
    <dist>/<slug>/<date>/guide.xml     the guide of one day
    <dist>/<slug>/summary.json         what is published and how the last publish went, for the guide server
"""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import cast

from zlib_ng import gzip_ng

from epg_pipeline.adapters.clock import timestamp
from epg_pipeline.domain.guide.xmltv import check_guide
from epg_pipeline.errors import GuideHeldBackError

PUBLIC, PRIVATE = 0o644, 0o600
_MODES = {
    "guide.xml": PUBLIC,
    "guide.xml.gz": PUBLIC,
    "index.html": PUBLIC,
    "report.html": PUBLIC,
    "summary.json": PUBLIC,
    "playlist.m3u": PRIVATE,
}
MEDIA_TYPES = {
    "guide.xml": "application/xml; charset=utf-8",
    "guide.xml.gz": "application/gzip",  # the file itself is compressed: no Content-Encoding, players unpack it
    "index.html": "text/html; charset=utf-8",
    "report.html": "text/html; charset=utf-8",
    "summary.json": "application/json",
    "playlist.m3u": "audio/x-mpegurl; charset=utf-8",
}
CURRENT_FILES = tuple(name for name in _MODES if name != "summary.json")  # what a publish of the current guide writes
_LEFTOVER_SECONDS = 3600  # a temporary file as old as this belongs to nobody any more


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file as it now stands; `changed` is false when it held these bytes already."""

    path: Path
    sha256: str
    byte_count: int
    changed: bool


@cache
def guide_schema() -> bytes:
    """The schema that every guide of ours follows."""
    return files("epg_pipeline.domain.guide").joinpath("guide.xsd").read_bytes()


def guide_folder(dist: Path, slug: str, part: str = "") -> Path:
    """Where a provider's current guide lies; `part` is the folder of a further edition, or of a day by its date."""
    return dist / slug / part


def write_guide(
    folder: Path, guide: bytes, beside: Mapping[str, bytes] | None = None, *, live_marks: bool = False
) -> list[WrittenFile]:
    """Write guide.xml and guide.xml.gz, and what belongs `beside` them, by file name.

    GuideHeldBackError, before anything is touched, when the guide has faults or no programme. OSError when the disk is
    full or not writable: what was there stays and nothing else remains.
    """
    # Nearly half of the time for a guide goes into checking it, and what stands there was checked when it was written.
    faults = [] if _holds(folder / "guide.xml", guide) else check_guide(guide, guide_schema(), live_marks=live_marks)
    if faults:
        raise GuideHeldBackError(str(folder), faults)
    return write_files(folder, {"guide.xml": guide, "guide.xml.gz": gzipped(guide), **(beside or {})})


def remove_guide(folder: Path) -> None:
    """Take away the guide and page of a folder, and the folder unless something else is in it."""
    for name in _MODES:
        (folder / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def write_files(folder: Path, bodies: Mapping[str, bytes]) -> list[WrittenFile]:
    """Write files of a guide's folder, each whole or not at all; one that holds the bytes already is left alone."""
    _make(folder)
    _sweep(folder)
    return [_write(folder / name, body, _MODES[name]) for name, body in bodies.items()]


def gzipped(body: bytes) -> bytes:
    """The body in gzip; the same bytes for the same body, whenever and wherever."""
    compress = cast("Callable[..., bytes]", gzip_ng.compress)  # the package says no types
    return compress(body, compresslevel=4, mtime=0)


def _make(folder: Path) -> None:
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir(exist_ok=True)
        parent.chmod(0o755)  # a guide server may run as someone else; the private file is closed by its own mode


def _sweep(folder: Path) -> None:
    """Remove what a killed writer left behind."""
    for leftover in folder.glob(".*.part"):
        with contextlib.suppress(FileNotFoundError):
            if timestamp() - leftover.stat().st_mtime > _LEFTOVER_SECONDS:
                leftover.unlink()


def _write(path: Path, body: bytes, mode: int) -> WrittenFile:
    written = WrittenFile(path, hashlib.sha256(body).hexdigest(), len(body), changed=not _holds(path, body))
    if not written.changed:
        path.chmod(mode)
        return written
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as part:
            part.write(body)
            part.flush()
            os.fchmod(part.fileno(), mode)
            os.fsync(part.fileno())
        os.replace(name, path)  # noqa: PTH105 - the name is a string, as mkstemp gives it
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)  # noqa: PTH108 - the same
        raise
    _sync(path.parent)
    return written


def _holds(path: Path, body: bytes) -> bool:
    try:
        return path.stat().st_size == len(body) and path.read_bytes() == body
    except FileNotFoundError:
        return False


def _sync(folder: Path) -> None:
    """Make the renaming itself last a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
