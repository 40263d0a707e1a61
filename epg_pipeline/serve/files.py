"""A file as the answer to a request: whole, in part, packed, or not again.

Belongs here: HTTP's rules of conditional requests, ranges and encodings. Does not belong: which file it is, and who may
have it. A file is opened once and headers are made from the open file, so that they fit the body also when the file is
replaced meanwhile.
"""

from __future__ import annotations

import io
import os
import re
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from hashlib import sha256
from http import HTTPStatus
from typing import BinaryIO

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

CHUNK = 128 * 1024
_RANGE = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.IGNORECASE)
_PREFERENCE = re.compile(r"\s*([-\w*]+)\s*(?:;\s*q\s*=\s*(\d(?:\.\d{0,3})?)\s*)?")


@dataclass(frozen=True, slots=True)
class Opened:
    """What is sent: an open file or a text in memory, its size, its mark (a strong ETag) and when it was changed."""

    file: BinaryIO
    size: int
    mark: str
    changed: float | None = None  # seconds since 1970

    @classmethod
    def of_descriptor(cls, descriptor: int) -> Opened:
        """An open file. Published files are replaced, never rewritten: time and size tell two contents apart."""
        status = os.fstat(descriptor)
        mark = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        return cls(os.fdopen(descriptor, "rb", buffering=0), status.st_size, mark, status.st_mtime)

    @classmethod
    def of_bytes(cls, body: bytes, mark: str = "", changed: float | None = None) -> Opened:
        """A text in memory, marked by its content unless the mark is given."""
        return cls(io.BytesIO(body), len(body), mark or f'"{sha256(body).hexdigest()[:32]}"', changed)

    def packed_mark(self) -> str:
        """The mark of the same content packed: another sequence of bytes, so another strong mark."""
        return f'{self.mark[:-1]}-gz"'


class FileAnswer(Response):
    """Sends `length` bytes of what is open from `start` on, and closes it in any case."""

    def __init__(self, opened: Opened, headers: dict[str, str], status: int, start: int, length: int) -> None:
        """Take the headers as they are; only the length is added."""
        super().__init__(status_code=status, headers={**headers, "content-length": str(length)})
        self._file, self._start, self._left = opened.file, start, length

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head, and the body unless only the head is asked for, as long as somebody listens."""
        request = Request(scope, receive)
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            left = 0 if scope["method"] == "HEAD" else self._left
            self._file.seek(self._start)
            while left > 0:
                chunk = await anyio.to_thread.run_sync(self._file.read, min(CHUNK, left))
                if not chunk:  # ending the connection shows the player that its copy is not whole
                    raise OSError("a published file was cut short while it was sent")
                left -= len(chunk)
                await send({"type": "http.response.body", "body": chunk, "more_body": left > 0})
                if left and await request.is_disconnected():  # the server takes the rest in silence, and drops it
                    return
            if not self._left or scope["method"] == "HEAD":
                await send({"type": "http.response.body", "body": b""})
        finally:
            self._file.close()


def answer(request: Request, opened: Opened, headers: dict[str, str]) -> Response:
    """The answer to GET or HEAD: 200, 206, 304 or 416. `headers` are its type, encoding and caching."""
    asked = request.headers
    marked = {**headers, "etag": opened.mark}
    if opened.changed is not None:
        marked["last-modified"] = formatdate(opened.changed, usegmt=True)
    if _is_known(asked, marked):
        opened.file.close()
        return Response(
            status_code=304, headers={name: value for name, value in marked.items() if name in _OF_UNCHANGED}
        )
    if "content-encoding" not in marked:
        marked["accept-ranges"] = "bytes"
    if request.method != "GET" or "range" not in asked or not _may_range(asked, marked):
        return FileAnswer(opened, marked, HTTPStatus.OK, 0, opened.size)
    return _part(opened, marked, asked["range"])


_OF_UNCHANGED = ("cache-control", "etag", "last-modified", "vary", "access-control-allow-origin")


def _part(opened: Opened, headers: dict[str, str], text: str) -> Response:
    """The requested range. Anything but one range of bytes is ignored, as HTTP allows, and the whole file is sent."""
    asked = _RANGE.fullmatch(text)
    if asked is None or asked[1] == asked[2] == "":
        return FileAnswer(opened, headers, HTTPStatus.OK, 0, opened.size)
    if asked[1]:
        start, end = int(asked[1]), min(int(asked[2] or opened.size), opened.size - 1)
        if asked[2] and int(asked[2]) < start:
            return FileAnswer(opened, headers, HTTPStatus.OK, 0, opened.size)
    else:  # the last so many bytes
        start, end = max(opened.size - int(asked[2]), 0), opened.size - 1
    if start > end:
        opened.file.close()
        place = {**headers, "content-range": f"bytes */{opened.size}", "content-type": "text/plain; charset=utf-8"}
        return Response("The file ends before that range.\n", status_code=416, headers=place)
    place = {**headers, "content-range": f"bytes {start}-{end}/{opened.size}"}
    return FileAnswer(opened, place, HTTPStatus.PARTIAL_CONTENT, start, end - start + 1)


def _is_known(asked: Headers, marked: dict[str, str]) -> bool:
    """Whether the client has this very content: by its mark, or, only without one, by the time."""
    if (marks := asked.get("if-none-match")) is not None:
        return marks.strip() == "*" or marked["etag"] in [mark.strip().removeprefix("W/") for mark in marks.split(",")]
    return "last-modified" in marked and _since(asked.get("if-modified-since")) >= _since(marked["last-modified"])


def _may_range(asked: Headers, marked: dict[str, str]) -> bool:
    """Whether the client's first part, if it has one, is of this content; a time is too coarse to say so for sure."""
    return asked.get("if-range", marked["etag"]).strip() in (marked["etag"], marked.get("last-modified"))


def _since(text: str | None) -> float:
    """The seconds of an HTTP date; before all times when it is none."""
    try:
        return parsedate_to_datetime(text or "").timestamp()
    except (ValueError, OverflowError):
        return float("-inf")


def wants_packed(request: Request) -> bool:
    """Whether a gzip encoded body suits best. Ranges are of the plain file: parts of two packings would not join."""
    if "range" in request.headers:
        return False
    weights = {}
    for part in request.headers.get("accept-encoding", "").split(","):
        if preference := _PREFERENCE.fullmatch(part):
            weights[preference[1].lower()] = float(preference[2] or 1)
    packed = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return packed > 0 and packed >= weights.get("identity", 0.0)
