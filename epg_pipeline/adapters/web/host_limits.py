"""How fast one host may be asked, by all processes of an installation together.

Belongs here: one small file a host, in which everybody notes the requests made and the time the host asked for. Does
not: making requests. The clock is the wall's, for only that is the same for all processes.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from filelock import FileLock

from epg_pipeline.adapters.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# Nothing we note lies further ahead; if it does, the clock was set back, and the note says nothing.
FURTHEST_AHEAD = 6 * 3600.0


@dataclass
class _Note:
    """`next_at` is when an evenly paced request would be due, `closed_until` what the host itself asked for."""

    next_at: float = 0.0
    closed_until: float = 0.0


class HostLimits:
    """The notes of one installation, by host; threads and processes may share the folder."""

    def __init__(self, folder: Path, clock: Callable[[], float] = timestamp) -> None:
        """Nothing is created before the first request."""
        self._folder = folder
        self._clock = clock

    def reserve(self, host: str, per_second: float, burst: int) -> float:
        """Note a request to the host, and say in how many seconds it may be made.

        After a pause `burst` requests may follow each other at once, then they are spaced evenly.
        """
        interval = 1.0 / per_second
        with self._note(host) as note:
            now = self._clock()
            due = max(note.next_at, now)
            begins = max(due - (burst - 1) * interval, note.closed_until, now)
            note.next_at = max(due, note.closed_until) + interval
            return begins - now

    def close(self, host: str, seconds: float) -> None:
        """Note that the host wants no request for so long."""
        with self._note(host) as note:
            note.closed_until = max(note.closed_until, self._clock() + seconds)

    def closed_for(self, host: str) -> float:
        """For how many seconds the host still wants no request."""
        with self._note(host) as note:
            return max(note.closed_until - self._clock(), 0.0)

    @contextlib.contextmanager
    def _note(self, host: str) -> Iterator[_Note]:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"{''.join(letter if letter.isalnum() else '_' for letter in host)}.json"
        with FileLock(file.with_suffix(".lock")):
            note = self._read(file)
            before = (note.next_at, note.closed_until)
            yield note
            if (note.next_at, note.closed_until) != before:
                file.write_text(json.dumps({"next_at": note.next_at, "closed_until": note.closed_until}), "utf-8")

    def _read(self, file: Path) -> _Note:
        try:
            fields = json.loads(file.read_text("utf-8"))
            note = _Note(float(fields["next_at"]), float(fields["closed_until"]))
        except (OSError, ValueError, KeyError, TypeError):
            return _Note()
        furthest = self._clock() + FURTHEST_AHEAD
        return _Note(
            note.next_at if note.next_at <= furthest else 0.0,
            note.closed_until if note.closed_until <= furthest else 0.0,
        )
