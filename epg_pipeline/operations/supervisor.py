"""Everything at once: Dagster's code server, web UI and daemon, and the guide server, as children of one process.

Belongs here: starting them, waiting until they answer, noticing when one dies, stopping all. Does not belong: what
they do. The database is opened by the caller and outlives the children.
"""

import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from epg_pipeline.errors import UpError
from epg_pipeline.settings import Settings

LOOPBACK = "127.0.0.1"
START_TIMEOUT = (
    300.0  # seconds until every child must answer; a cold start takes 10 to 15 on two slow cores that are idle
)
STOP_TIMEOUT = 10.0  # seconds from the request to end until a child is killed
MAX_LOG_LINES = 15
MAX_SOCKET_PATH = 103  # bytes; 107 on Linux
PR_SET_PDEATHSIG = 1  # Linux: have a signal sent to me when my parent dies


LOCK, NOTED = "up.lock", "up.json"  # in the home: held while it runs, and where its parts answer


@dataclass(frozen=True)
class Addresses:
    """Where a browser or a player finds the running parts."""

    dagster: str
    guides: str


@dataclass
class _Child:
    """One process with its own group and log; `answers` is the address or socket that does so once it works."""

    name: str
    command: list[str]
    log: Path
    answers: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self, environment: Mapping[str, str], folder: Path) -> None:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches us alone, and a child is stopped with all it started
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - no threads here
            )

    def works(self) -> bool:
        if not self.answers:
            return True
        if self.answers.startswith("/"):
            return _listens(self.answers)
        try:
            with urllib.request.urlopen(self.answers, timeout=2) as answer:  # noqa: S310 - our own loopback address
                return bool(answer.status == 200)  # noqa: PLR2004 - OK
        except (urllib.error.URLError, OSError):
            return False

    def check(self) -> None:
        code = self.process.poll() if self.process else None
        if code is not None:
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-MAX_LOG_LINES:])
            raise UpError(f"the {self.name} ended with exit code {code}; the end of {self.log}:\n{tail}")

    def wait(self, seconds: float | None = None) -> None:
        if self.process:
            self.process.wait(seconds)

    def signal_group(self, number: signal.Signals) -> None:
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


def socket_parent() -> str | None:
    """The folder for the folder of the socket, because systems limit a socket's path: /tmp where TMPDIR is long."""
    usual = tempfile.gettempdir()
    rest = len("/epg-xxxxxxxx/code.sock")
    return None if len(os.fsencode(usual)) + rest <= MAX_SOCKET_PATH else "/tmp"  # noqa: S108 - the folder in it is private


def _listens(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except OSError:
            return False
        return True


def _end_with_parent() -> None:
    """In the child: even a kill -9 of `epg up` leaves no server behind."""
    # Not SIGTERM: a code server then waits for its runs, without end when the database is gone too.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def run_up(
    settings: Settings,
    environment: Mapping[str, str],
    dagster: tuple[str, int],
    guides: tuple[str, int],
    ready: Callable[[Addresses], None],
    database_was_revived: Callable[[], bool],
) -> None:
    """Start everything, call `ready` once all answer, and stay until SIGINT or SIGTERM; then stop all.

    `environment` is that of the children (dagster_environment.py), `dagster` and `guides` are interface and port of
    Dagster's web UI and of the guide server. `database_was_revived` is called all the time; after a revival the code
    server is restarted, because it loses track of the runs that ended with the database. UpError when a part does not
    start or ends by itself; the others are stopped then too.
    """
    logs = settings.home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="epg-", dir=socket_parent()) as folder, _stop_request() as stop_requested:
        children = _children(Path(folder), logs, dagster, guides)
        first, rest = children[:2], children[2:]
        try:
            # Web UI and daemon ask the code server when they start; what they can't load then they show as broken.
            for together in (first, rest):
                for child in together:
                    child.start(environment, Path(folder))
                _wait(children, together, stop_requested)
            if not stop_requested():
                ready(Addresses(_address(dagster), _address(guides)))
            while not stop_requested():
                for child in children:
                    child.check()
                if database_was_revived():
                    _restart(children[1], environment, Path(folder))
                time.sleep(0.25)
        finally:
            _stop(children)


def note_addresses(home: Path, addresses: Addresses) -> None:
    """Have other processes find where everything answers."""
    (home / NOTED).write_text(json.dumps(asdict(addresses)), "utf-8")


def running_addresses(home: Path) -> Addresses | None:
    """Where everything answers, empty texts while it starts; None when nothing runs for this home."""
    if not (home / LOCK).exists():
        return None
    try:
        with FileLock(home / LOCK, timeout=0):
            return None
    except Timeout:
        pass
    try:
        return Addresses(**json.loads((home / NOTED).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return Addresses("", "")


def running_since(home: Path) -> datetime | None:
    """Since when everything has answered that runs for this home; None when nothing runs, or while it starts."""
    if running_addresses(home) in (None, Addresses("", "")):
        return None
    try:
        return datetime.fromtimestamp((home / NOTED).stat().st_mtime, UTC)
    except FileNotFoundError:  # it has just been restarted
        return None


def _restart(child: _Child, environment: Mapping[str, str], folder: Path) -> None:
    child.signal_group(signal.SIGKILL)  # with its runs: what they were doing is undone, and tried again
    child.wait()
    child.start(environment, folder)


def free_port(preferred: int) -> int:
    """The port if nobody listens there, else one that is free; 0 asks for any."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise UpError("no free port on the loopback interface")


def _children(folder: Path, logs: Path, web: tuple[str, int], guides: tuple[str, int]) -> list[_Child]:
    """The four processes. One code server for web UI and daemon: each would else start its own."""
    sock = folder / "code.sock"  # a socket file, not a port: only this user gets at the code server
    workspace = folder / "workspace.yaml"
    workspace.write_text(
        f"load_from:\n  - grpc_server: {{socket: {json.dumps(str(sock))}, location_name: epg_pipeline}}\n"
    )
    dagster = [sys.executable, "-m", "dagster"]
    code = [*dagster, "api", "grpc", "--socket", str(sock), "--module-name", "epg_pipeline.definitions"]
    ui = [sys.executable, "-m", "dagster_webserver", "-h", web[0], "-p", str(web[1]), "-w", str(workspace)]
    daemon = [sys.executable, "-m", "dagster._daemon", "run", "-w", str(workspace), "--log-level", "warning"]
    serve = [sys.executable, "-m", "epg_pipeline.cli", "serve", "--host", guides[0], "--port", str(guides[1])]
    return [
        _Child("guide server", serve, logs / "guides.log", f"{_address(guides)}/health"),
        _Child("Dagster code server", [*code, "--location-name", "epg_pipeline"], logs / "dagster-code.log", str(sock)),
        _Child("Dagster web UI", ui, logs / "dagster-web.log", f"{_address(web)}/server_info"),
        _Child("Dagster daemon", daemon, logs / "dagster-daemon.log"),
    ]


def _address(place: tuple[str, int]) -> str:
    """An address as this machine reaches it: a server for all interfaces answers on the loopback one."""
    host, port = place
    return f"http://{LOOPBACK if host in ('0.0.0.0', '::', '') else host}:{port}"  # noqa: S104 - compared, not bound


def _wait(children: list[_Child], waiting: list[_Child], stop_requested: Callable[[], bool]) -> None:
    """Return once all of `waiting` work; UpError for any child that ends meanwhile."""
    latest = time.monotonic() + START_TIMEOUT
    while not stop_requested():
        for child in children:
            child.check()
        waiting = [child for child in waiting if not child.works()]
        if not waiting:
            return
        if time.monotonic() > latest:
            raise UpError(f"the {waiting[0].name} does not answer after {START_TIMEOUT:.0f} s; see {waiting[0].log}")
        time.sleep(0.2)


def _stop(children: list[_Child]) -> None:
    """Ask all to end, the last started first; what has not ended in time is killed with its group."""
    running = [child for child in reversed(children) if child.process]
    for child in running:
        child.signal_group(signal.SIGTERM)
    latest = time.monotonic() + STOP_TIMEOUT
    for child in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(max(0.1, latest - time.monotonic()))
        child.signal_group(signal.SIGKILL)  # the group may outlive its leader
        child.wait()


@contextlib.contextmanager
def _stop_request() -> Iterator[Callable[[], bool]]:
    """Whether SIGINT or SIGTERM came; the handlers of before are put back at the end."""
    asked: list[int] = []
    before = {number: signal.signal(number, lambda got, _frame: asked.append(got)) for number in _ENDING}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_ENDING = (signal.SIGINT, signal.SIGTERM)
