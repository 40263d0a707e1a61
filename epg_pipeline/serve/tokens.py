"""The secret that opens the private playlists.

Belongs here: making it, keeping it, comparing it, and the address that contains it. Does not belong: serving the
playlist.
"""

import hmac
import os
import secrets
from pathlib import Path

from starlette.requests import Request


def playlist_token(home: Path) -> str:
    """The secret in the address of the private playlists; made on first use, in a file only its owner reads."""
    path = home / "playlist.token"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        draft = home / f".playlist.token.{secrets.token_hex(4)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
        try:
            os.link(draft, path)  # whole or not at all, and never over the one another process was quicker to make
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def playlist_address(server: str, slug: str, token: str) -> str:
    """Where a player finds a provider's private playlist. It carries the token: print it for its owner alone."""
    return f"{server.rstrip('/')}/guides/{slug}/playlist.m3u?token={token}"


def opens(request: Request, token: str) -> bool:
    """Whether the request carries the token, as ?token= or as a Bearer header; compared in constant time.

    An empty token, of a file that was emptied, opens nothing.
    """
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    offered = bearer.strip() if scheme.lower() == "bearer" else request.query_params.get("token", "")
    return bool(token) and hmac.compare_digest(offered.encode(), token.encode())
