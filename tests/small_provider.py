"""A provider small enough to read: its playlist, its events, and a loopback server that behaves as a test wants."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DAY = date(2025, 10, 18)
ZONE = "America/New_York"
USER, PASSWORD = "carol", "hunter2-s3cret"

NAMES = (
    "NBA 01: Miami Heat vs San Antonio Spurs @ 07:30 PM ET",
    "NBA 02: Houston Rockets vs Utah Jazz @ 11:00 PM ET",  # its live block runs past midnight
    "NBA 03:",
    "NCAAF 03 : Troy at Old Dominion @ 07:30 PM ET",  # no such event on record
    "ESPN+ 20 : The Pat McAfee Show @ Oct 18 12:00 PM ET",
    "Batman v Superman - 2016",
    "USA | CNN HD",
)


def playlist(names: tuple[str, ...] = NAMES) -> bytes:
    """An M3U of these names; every stream's address carries the account."""
    lines = ["#EXTM3U"]
    for number, name in enumerate(names):
        lines.append(f'#EXTINF:-1 tvg-id="" tvg-name="{name}" tvg-logo="" group-title="",{name}')
        lines.append(f"http://tv.example/live/{USER}/{PASSWORD}/{number}.ts")
    return "\n".join(lines).encode()


def event(event_id: str, home: str, away: str, start: str) -> dict[str, str]:
    """A basketball game as the file of events has it; `start` in UTC."""
    return {
        "event_id": event_id,
        "league": "nba",
        "sport": "basketball",
        "home": home,
        "away": away,
        "start_utc": start,
    }


EVENTS = (
    event("nba-sas-mia", "Miami Heat", "San Antonio Spurs", "2025-10-18T23:30:00Z"),
    event("nba-uta-hou", "Houston Rockets", "Utah Jazz", "2025-10-19T03:00:00Z"),
)


def events_file(path, events=EVENTS):
    """The events as a file of JSON lines."""
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path


@dataclass
class Answer:
    """What the server does with one request."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut_to: int | None = None  # send only so many bytes of the body, and close
    drop: bool = False  # close without an answer


class Site:
    """A loopback web server: it gives the answers in turn, repeats the last one, and remembers the requests."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[tuple[str, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                site.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                answer = site.answers.pop(0) if len(site.answers) > 1 else site.answers[0]
                if answer.drop:
                    self.connection.close()
                    return
                etag = answer.headers.get("ETag")
                if etag and self.headers.get("If-None-Match") == etag:
                    self.send_response(304)
                    self.end_headers()
                    return
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(answer.body)))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body[: answer.cut_to])

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://{USER}:{PASSWORD}@127.0.0.1:{self._server.server_port}/get/{USER}/{PASSWORD}/list.m3u"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(60)


@contextmanager
def site(*answers: Answer):
    """A running Site."""
    running = Site(*answers)
    running.start()
    try:
        yield running
    finally:
        running.stop()
