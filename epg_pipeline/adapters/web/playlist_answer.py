"""What a request for a playlist gives.

Belongs here: the answer, and whether its first bytes can be a playlist. Does not belong: requests (playlists.py), what
an Xtream panel says (xtream.py), reading the playlist (domain/reading/playlist.py).
"""

from dataclasses import dataclass
from datetime import datetime

from epg_pipeline.errors import NoPlaylistError


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer: the bytes as sent, and what to ask with next time. `body` is None when the server says: unchanged."""

    body: bytes | None
    etag: str | None = None
    last_modified: str | None = None
    sent_at: datetime | None = None  # by the server's clock


def check_playlist(body: bytes | None, where: str) -> None:
    """NoPlaylistError when an answer's first bytes show that it is not a playlist; None is an unchanged one."""
    if body is None:
        return
    start = body[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not start:
        raise NoPlaylistError(f"{where}: the answer is empty; try again later, or check that the account is active")
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<?xml")):
        raise NoPlaylistError(
            f"{where}: a web page, not a playlist; check the address (and that the account is active)"
        )
    if start.startswith(b"{"):
        raise NoPlaylistError(f"{where}: a JSON answer, not a playlist; ask for the M3U address (type=m3u_plus)")
