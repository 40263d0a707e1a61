"""What each step of a provider's day did, for people: the command line prints it, Dagster shows it as metadata.

Belongs here: the small records the flows return. Does not: how they are shown, how they came about.
"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from epg_pipeline.domain.frames import Slots
from epg_pipeline.domain.guide.checks import Verdict, guide_fit, playlist_fetched

PREVIEW_ROWS = 20


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A slot that was taken out of a step, and why; the others went on."""

    stage: str
    name: str
    reason: str


@dataclass(frozen=True)
class Snapshotted:
    """The playlist in force after a fetch. `problem` says why an older one stays in force, "" when all is well."""

    entries: int
    bytes: int
    content_hash: str
    changed: bool
    problem: str = ""

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What the checks found."""
        return (playlist_fetched(self.problem),)


@dataclass(frozen=True)
class Filtered:
    """What of a playlist is event slots, and how they differ from the day before."""

    entries: int
    slots: int
    families: int
    added: int
    changed: int
    removed: int
    unchanged: int
    preview: pl.DataFrame = field(repr=False)
    read: Slots = field(repr=False)  # the event slots, as they were read
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True)
class EventsImported:
    """What a file or the database held for the days asked."""

    events: int
    leagues: int
    rows_written: int
    rows_unchanged: int
    faults: tuple[str, ...]
    preview: pl.DataFrame = field(repr=False)


@dataclass(frozen=True)
class Matched:
    """How the slots of one day were decided, and the blocks made of it.

    `names_of` is the day of the playlist the names are from. `statuses` counts slots by match_status; of `events` that
    were named, `found` have theirs.
    """

    day: date
    names_of: date
    slots: int
    statuses: dict[str, int]
    events: int
    found: int
    programmes: int
    rows_written: int
    rows_unchanged: int
    quarantined: tuple[Quarantined, ...]
    preview: pl.DataFrame = field(repr=False)
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True)
class Uploaded:
    """What became of published files in the public bucket: objects put there, found unchanged, withdrawn, and failed.

    `failed` has the key and the reason of each that did not succeed; the next publish tries it again. `address` is
    where anyone reads the provider's guide there, "" where the settings don't say.
    """

    done: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    failed: tuple[tuple[str, str], ...] = ()
    address: str = ""

    def __str__(self) -> str:
        """The counts in one line, for people."""
        rare = {"withdrawn": self.withdrawn, "failed": len(self.failed)}
        further = [f", {count} {what}" for what, count in rare.items() if count]
        return f"{self.done} uploaded, {self.unchanged} unchanged{''.join(further)}"

    @property
    def faults(self) -> tuple[str, ...]:
        """A line for each reason, with the first object it concerns and how many more there are."""
        keys: dict[str, list[str]] = {}
        for key, reason in self.failed:
            keys.setdefault(reason, []).append(key)
        more = {reason: f" and {len(those) - 1} more" if len(those) > 1 else "" for reason, those in keys.items()}
        return tuple(f"{those[0]}{more[reason]}: {reason}" for reason, those in keys.items())


@dataclass(frozen=True)
class Published:
    """The files that stand for one day; `current` when the guide players load was among them.

    `editions` are the folders of its further editions. `held_back` says "folder: reason" of each guide that was not fit
    to replace the last one, `remedy` what to do about the first of them. `uploads` are the outcomes in the public
    bucket, None where there is none. `matched` are the days that had to be matched first.
    """

    day: date
    channels: int
    programmes: int
    bytes: int
    files: tuple[Path, ...]
    current: bool
    preview: pl.DataFrame = field(repr=False)
    editions: tuple[str, ...] = ()
    held_back: tuple[str, ...] = ()
    remedy: str = ""
    uploads: Uploaded | None = None
    matched: tuple[Matched, ...] = ()

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What the checks found, those of the days that were matched for it too."""
        return (guide_fit(self.held_back, self.remedy), *(verdict for day in self.matched for verdict in day.verdicts))


@dataclass(frozen=True)
class ProviderRun:
    """One provider's way from playlist to guide."""

    provider: str
    snapshotted: Snapshotted
    filtered: Filtered
    matched: tuple[Matched, ...]
    published: Published
    seconds: float

    @property
    def rows_written(self) -> int:
        """Database rows of decisions and programmes that were new or differed."""
        return sum(step.rows_written for step in self.matched)

    @property
    def rows_unchanged(self) -> int:
        """Rows that were there already, as they should be."""
        return sum(step.rows_unchanged for step in self.matched)

    @property
    def quarantined(self) -> tuple[Quarantined, ...]:
        """Every slot that was left out of a step, over all days."""
        return tuple(slot for step in self.matched for slot in step.quarantined)
