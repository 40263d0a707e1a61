"""A loopback server that answers as ESPN and TheSportsDB do, and misbehaves on request.

The events are authored, in the shape of real answers; what a real answer has and nothing reads is left out.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from epg_pipeline.settings import SourceSettings

if TYPE_CHECKING:
    from collections.abc import Callable

NEW_YORK = ZoneInfo("America/New_York")
Document = dict[str, Any]


@dataclass
class Fault:
    """How an answer goes wrong: the first `times` times it is asked for."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    change: Callable[[Document], Any] | None = None
    hang: float = 0.0
    cut: bool = False
    times: int = 1 << 30


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    status: int


class SourceSite:
    """Scoreboards by path ("hockey/nhl"), TheSportsDB's events by league id; `faults` by the same keys."""

    def __init__(self, latency: float = 0.0) -> None:
        self.boards: dict[str, list[Document]] = {}
        self.teams: dict[str, list[Document]] = {}
        self.leagues: dict[str, list[Document]] = {}
        self.faults: dict[str, Fault] = {}
        self.refuse_ranges = False
        self.asked: list[Asked] = []
        self.ports: set[int] = set()  # of the connections that came in
        self.latency = latency
        self._guard = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        base = f"http://127.0.0.1:{self._server.server_port}"
        self.espn, self.thesportsdb = f"{base}/sports", f"{base}/api"

    def counts(self) -> Counter[str]:
        """Requests by key."""
        return Counter(_key(one.path, one.query) for one in self.asked)

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, Document]:
        """What a healthy source says."""
        key = _key(path, query)
        if "/sports/" in path and path.endswith("/teams"):
            entries = [{"team": team} for team in self.teams.get(key, [])]
            return 200, {"sports": [{"leagues": [{"slug": key.rpartition("/")[2], "teams": entries}]}]}
        if "/sports/" in path:
            return self._board(key, query)
        if "/list/teams/" in path:
            return 200, {"list": self.teams.get(key)}
        if "/schedule/league/" in path:
            return 200, {"schedule": self.leagues.get(key)}
        day = query.get("d")
        return 200, {"events": [event for event in self.leagues.get(key, []) if event["dateEvent"] == day] or None}

    def _board(self, key: str, query: dict[str, str]) -> tuple[int, Document]:
        dates = query.get("dates", "")
        if "-" in dates and self.refuse_ranges:
            return 400, {"code": 400, "message": "Failed to get events endpoint."}
        begins, _, ends = dates.partition("-")
        opens = datetime.strptime(begins, "%Y%m" if len(begins) == 6 else "%Y%m%d").date()  # noqa: DTZ007
        closes = datetime.strptime(ends, "%Y%m%d").date() if ends else _month_end(opens) if len(begins) == 6 else opens  # noqa: DTZ007
        group = query.get("groups")
        events = [
            event
            for event in self.boards.get(key, [])
            if opens <= _last_day(event)
            and _day(event["date"]) <= closes
            and group in (None, str(event.get("_group", group)))
        ]
        limit = int(query["limit"])
        return 200, {"leagues": [{"slug": key}], "events": events[: 25 if limit > 500 else limit]}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                headers = {name.lower(): value for name, value in self.headers.items()}
                time.sleep(site.latency)
                status, sent, body, cut = site._respond(parts.path, query, headers)
                with site._guard:
                    site.ports.add(self.client_address[1])
                    site.asked.append(Asked(parts.path, query, headers, status))
                self.send_response(status)
                for name, value in sent.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2] if cut else body)
                if cut:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def _respond(
        self, path: str, query: dict[str, str], headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes, bool]:
        key = _key(path, query)
        with self._guard:
            fault = self.faults.get(key) or self.faults.get("*")
            if fault:
                fault.times -= 1
                if fault.times < 0:
                    fault = None
        if fault and fault.hang:
            time.sleep(fault.hang)
        if fault and fault.status:
            return fault.status, fault.headers, fault.body or b"error code: 1015", False
        if fault and fault.body is not None:
            return 200, {"Content-Type": "text/html"}, fault.body, False
        status, document = self.answer(path, query)
        if fault and fault.change:
            document = fault.change(json.loads(json.dumps(document)))
        body = json.dumps(document).encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if status == 200 and headers.get("if-none-match") == etag and not (fault and fault.cut):
            return 304, {"ETag": etag}, b"", False
        return status, {"ETag": etag, "Content-Type": "application/json"}, body, bool(fault and fault.cut)

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(60)


@contextmanager
def source_site(latency: float = 0.0):
    """A running SourceSite."""
    site = SourceSite(latency)
    site.start()
    try:
        yield site
    finally:
        site.stop()


def scheduled(starts: datetime, state: str = "pre", name: str = "STATUS_SCHEDULED") -> Document:
    """The fields of time and state that every competition has."""
    kind = {"id": "1", "name": name, "state": state, "completed": state == "post", "shortDetail": "7:00 PM EDT"}
    return {"date": f"{starts:%Y-%m-%dT%H:%MZ}", "timeValid": True, "status": {"type": kind}}


def game(identity: str, home: str, away: str, starts: datetime, **more: Any) -> Document:
    """A game of two teams as a scoreboard has it; `more` goes to the competition."""
    sides = [
        {"id": f"{abs(hash_of(name)) % 9999}", "homeAway": side, "type": "team", "team": team(name)}
        for side, name in (("home", home), ("away", away))
    ]
    when = scheduled(starts)
    competition = {"id": identity, "neutralSite": False, "venue": {"fullName": f"{home} Arena"}, "competitors": sides}
    return {
        "id": identity,
        "name": f"{away} at {home}",
        "season": {"year": 2026},
        **when,
        "competitions": [competition | when | more],
    }


def team(name: str) -> Document:
    """A team as scoreboards and lists have it."""
    identity = str(abs(hash_of(name)) % 99999)
    place, _, nickname = name.rpartition(" ")
    return {
        "id": identity,
        "displayName": name,
        "shortDisplayName": place or name,
        "name": nickname,
        "location": place or name,
        "abbreviation": name[:3].upper(),
        "color": "112233",
        "logo": f"https://art.example/{identity}.png",
        "logos": [{"href": f"https://art.example/{identity}.png"}],
        "isActive": True,
    }


def hash_of(text: str) -> int:
    """A number of a text, the same in every process."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)


def tsdb_event(identity: str, home: str, away: str, starts: datetime, league: str, **more: Any) -> Document:
    """An event as TheSportsDB has it."""
    return {
        "idEvent": identity,
        "strEvent": f"{home} vs {away}",
        "idLeague": league,
        "strTimestamp": f"{starts:%Y-%m-%dT%H:%M:%S}",
        "dateEvent": f"{starts:%Y-%m-%d}",
        "strTime": f"{starts:%H:%M:%S}",
        "strHomeTeam": home,
        "strAwayTeam": away,
        "idHomeTeam": str(hash_of(home)),
        "idAwayTeam": str(hash_of(away)),
        "strVenue": f"{home} Hall",
        "strStatus": "NS",
        "strPostponed": "no",
        "strThumb": f"https://art.example/{identity}.jpg",
        "strHomeTeamBadge": None,
    } | more


def season_of_games(prefix: str, first: date, days: int, a_day: int, clock: int = 23) -> list[Document]:
    """So many games each day, every team playing once a day."""
    opens = datetime(first.year, first.month, first.day, tzinfo=UTC)
    return [
        game(
            f"{hash_of(prefix)}{day:02}{number:02}",
            f"{prefix} Home {number}",
            f"{prefix} Away {number}",
            opens + timedelta(days=day, hours=clock, minutes=5 * (number % 6)),
        )
        for day in range(days)
        for number in range(a_day)
    ]


def _key(path: str, query: dict[str, str]) -> str:
    pieces = path.split("/")
    if "sports" in pieces:
        return "/".join(pieces[pieces.index("sports") + 1 : -1])
    if "schedule" in pieces:
        return pieces[-2]
    return query.get("l") or pieces[-1]


def _day(printed: str) -> date:
    return datetime.fromisoformat(printed).astimezone(NEW_YORK).date()


def _last_day(event: Document) -> date:
    return _day(event.get("endDate") or event["date"])


def _month_end(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def with_sources(settings, site, key="own-key"):
    """Settings whose sources are those of the site."""
    sources = SourceSettings(
        names=("espn", "thesportsdb"), espn_address=site.espn, thesportsdb_address=site.thesportsdb, thesportsdb_key=key
    )
    return settings.model_copy(update={"sources": sources})
