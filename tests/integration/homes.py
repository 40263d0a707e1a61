"""Homes with a separate database server each, made where new servers start fast, and removed with all their content."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from pathlib import Path

from epg_pipeline.adapters.embedded_postgres.place import server_place
from epg_pipeline.adapters.embedded_postgres.server import stop_server

MEMORY = Path("/dev/shm")  # a new server writes and syncs a thousand files
ENOUGH = 4 * 2**30


def new_home(kind: str, name: str = "") -> Path:
    """A folder that the server's account can enter when root runs the tests: pytest's own are closed to others."""
    is_roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH
    folder = MEMORY if is_roomy else Path(tempfile.gettempdir())
    home = folder / f"epg-{kind}-{name or secrets.token_hex(6)}"
    home.mkdir(mode=0o755, exist_ok=True)
    home.chmod(0o755)
    return home


def remove_home(home: Path) -> None:
    """The home with its server, stopped, and what that keeps elsewhere."""
    if (home / "postgres").exists():
        stop_server(home)
        shutil.rmtree(server_place(home).base, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)
