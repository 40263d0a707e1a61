"""What is published: the files below the folder of guides, and each provider's summary.

Belongs here: finding and opening a published file by its address, reading summary.json. Does not belong: HTTP, writing
anything. No address leads out of the folder, neither by its path nor by a link, and none to a file that is not public.
"""

import os
import re
import stat
import struct
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from epg_pipeline.adapters.delivery.guide_files import gzipped
from epg_pipeline.serve.files import Opened

PUBLIC = ("guide.xml", "guide.xml.gz", "index.html", "report.html", "summary.json")
PRIVATE = "playlist.m3u"
_WORD = re.compile(r"[A-Za-z0-9][-+A-Za-z0-9]{0,127}")  # a slug, an edition's folder, a date
_TRAILER = struct.Struct("<I")  # a gzip file ends with the length of its content
_PAGES_KEPT = 32  # packed pages in memory: a few hundred kB each
Count = Annotated[int, Field(ge=0)]


class Summary(BaseModel):
    """The contents of a provider's summary.json; a field that is missing is unknown."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    provider: str = ""
    timezone: str = "UTC"
    tier: str = ""
    day: date | None = None
    published_at: AwareDatetime | None = None
    channels: Count | None = None
    programmes: Count | None = None
    slots: Count | None = None
    matched: Count | None = None
    partial: Count | None = None
    unmatched: Count | None = None
    unparseable: Count | None = None
    manual: Count | None = None
    match_rate: Annotated[float, Field(ge=0, le=1)] | None = None
    editions: tuple[str, ...] = ()
    held_back: str | None = None
    remedy: str | None = None
    uploads_failed: Count = 0

    @property
    def zone(self) -> ZoneInfo:
        """The provider's zone; UTC when this machine knows none of that name."""
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Guide:
    """One provider's guide as it lies there. `sizes` are the bytes of its public files by path, "goat/guide.xml"."""

    slug: str
    summary: Summary
    summary_fault: str
    sizes: dict[str, int]
    has_playlist: bool

    @property
    def name(self) -> str:
        """The provider's name."""
        return self.summary.provider or self.slug

    @property
    def editions(self) -> list[str]:
        """The folders of its further editions that stand there."""
        return [folder for folder in self.summary.editions if f"{folder}/guide.xml" in self.sizes]


class Shelf:
    """The folder of published guides, read again for every request, because publishing goes on meanwhile."""

    def __init__(self, dist: Path) -> None:
        """The folder may be made later."""
        self._dist = dist
        self._packed: dict[tuple[Path, str], bytes] = {}
        self._packing = Lock()

    def guides(self) -> list[Guide]:
        """All providers with something published, by name."""
        slugs = {path.parent.name for name in ("guide.xml", "summary.json") for path in self._dist.glob(f"*/{name}")}
        return sorted(map(self._guide, filter(_WORD.fullmatch, slugs)), key=lambda guide: guide.name.casefold())

    def has_provider(self, slug: str) -> bool:
        """Whether a provider has anything published."""
        return bool(_WORD.fullmatch(slug)) and (self._dist / slug).is_dir()

    def has_folder(self, slug: str, folder: str) -> bool:
        """Whether a provider has an edition or a day of that name."""
        if not self.has_provider(slug) or not _WORD.fullmatch(folder):
            return False
        return (self._dist / slug / folder).is_dir() or self._is_own(slug, folder)

    def open(self, slug: str, name: str, folder: str = "", *, private: bool = False) -> Opened | None:
        """A published file, open; None when there is none at the address. OSError when it can't be read."""
        path = self._path(slug, name, folder, private=private)
        return None if path is None else _opened(path)

    def open_packed(self, slug: str, name: str, folder: str = "") -> Opened | None:
        """The same content as `open` gives, in gzip: the packed guide at hand, or a page packed once and kept.

        None when there is none, or the packed guide is of another publish than the plain one.
        """
        path = self._path(slug, name, folder)
        plain = None if path is None else _opened(path)
        if path is None or plain is None:
            return None
        with plain.file:
            if name == "guide.xml":
                packed = _opened(path.with_name("guide.xml.gz"))
                if packed is None or _belongs(packed, plain):
                    return packed
                packed.file.close()
                return None
            with self._packing:  # many who ask for a new page at once wait for one packing
                body = self._packed.pop((path, plain.mark), None) or gzipped(plain.file.read())
                self._packed[path, plain.mark] = body
                while len(self._packed) > _PAGES_KEPT:
                    del self._packed[next(iter(self._packed))]
        return Opened.of_bytes(body, plain.packed_mark(), plain.changed)

    def _path(self, slug: str, name: str, folder: str, *, private: bool = False) -> Path | None:
        allowed = name == PRIVATE if private else name in PUBLIC
        if not allowed or not _WORD.fullmatch(slug) or (folder and not _WORD.fullmatch(folder)):
            return None
        own = not folder or self._is_own(slug, folder)
        asked = self._dist / slug / name if own else self._dist / slug / folder / name
        try:
            # A link may lead to another place on the shelf, but not out of it, nor to a file of another name.
            found = asked.resolve()
        except RuntimeError:  # links that lead in a circle
            return None
        return found if found.name == name and found.is_relative_to(self._dist.resolve()) else None

    def _is_own(self, slug: str, folder: str) -> bool:
        """Whether the folder names the provider's own tier, whose guide is in the provider's folder."""
        summary, _ = self._summary(slug)
        return folder == summary.tier and folder not in summary.editions

    def _guide(self, slug: str) -> Guide:
        summary, fault = self._summary(slug)
        folders = ["", *(f"{folder}/" for folder in summary.editions if _WORD.fullmatch(folder))]
        sizes = {}
        for folder in folders:
            for name in PUBLIC:
                try:
                    sizes[f"{folder}{name}"] = (self._dist / slug / folder / name).stat().st_size
                except OSError:
                    continue
        return Guide(slug, summary, fault, sizes, (self._dist / slug / PRIVATE).exists())

    def _summary(self, slug: str) -> tuple[Summary, str]:
        """The summary, and why it could not be read."""
        path = self._dist / slug / "summary.json"
        try:
            return Summary.model_validate_json(path.read_bytes()), ""
        except FileNotFoundError:
            return Summary(), "it has no summary.json: publish it again"
        except ValidationError as fault:
            first = fault.errors()[0]
            where = ".".join(map(str, first["loc"])) or "the file"
            return Summary(), f"its summary.json can't be read ({where}: {first['msg']}): publish it again"
        except OSError as fault:
            return Summary(), f"its summary.json can't be read ({fault.strerror})"


def _opened(path: Path) -> Opened | None:
    """The regular file at the path, open; None when there is none. A pipe there does not block."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return Opened.of_descriptor(descriptor)
    os.close(descriptor)
    return None


def _belongs(packed: Opened, plain: Opened) -> bool:
    """Whether the packed guide is of the plain one: written after it, and as long when unpacked.

    Publishing replaces the plain guide first. In between, or after a kill there, the two differ.
    """
    if packed.size < _TRAILER.size or (packed.changed or 0) < (plain.changed or 0):
        return False
    packed.file.seek(-_TRAILER.size, os.SEEK_END)
    (unpacked,) = _TRAILER.unpack(packed.file.read(_TRAILER.size))
    return bool(unpacked == plain.size % 2**32)
