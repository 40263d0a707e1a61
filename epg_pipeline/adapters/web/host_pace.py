"""How fast each host may be asked, by all threads of this process.

Belongs here: when the next request to a host is due, and the time the host itself asked for. Does not belong: making
requests. Other processes are kept away by a lock of the store: one refresh at a time.
"""

import threading
from dataclasses import dataclass, field

MAX_AHEAD_SECONDS = 6 * 3600.0  # what lies further ahead was noted before the wall clock was set back


@dataclass
class _Host:
    """`next_at` is when an evenly paced request would be due, `closed_until` what the host asked for; wall seconds."""

    next_at: float = 0.0
    closed_until: float = 0.0


@dataclass
class HostPace:
    """The pace of every host; threads may share it. `now` is the wall clock in seconds."""

    _hosts: dict[str, _Host] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def reserve(self, host: str, per_second: float, burst: int, now: float) -> float:
        """Note a request to the host, and say in how many seconds it may be made.

        After a pause `burst` requests may follow each other at once, then they are spaced evenly.
        """
        interval = 1.0 / per_second
        with self._guard:
            state = self._state(host, now)
            due = max(state.next_at, now)
            begins = max(due - (burst - 1) * interval, state.closed_until, now)
            state.next_at = max(due, state.closed_until) + interval
            return begins - now

    def close(self, host: str, seconds: float, now: float) -> None:
        """Note that the host wants no request for so long."""
        with self._guard:
            state = self._state(host, now)
            state.closed_until = max(state.closed_until, now + seconds)

    def closed_for(self, host: str, now: float) -> float:
        """For how many seconds the host still wants no request."""
        with self._guard:
            return max(self._state(host, now).closed_until - now, 0.0)

    def _state(self, host: str, now: float) -> _Host:
        state = self._hosts.setdefault(host, _Host())
        if max(state.next_at, state.closed_until) > now + MAX_AHEAD_SECONDS:
            state = self._hosts[host] = _Host()
        return state
