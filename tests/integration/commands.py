"""Running `epg` as its users do: another process, its output and exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg

ROOT = Path(__file__).parents[2]


@dataclass
class Ran:
    """What a command left: exit code, stdout and stderr."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> str:
        return self.out + self.err


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a command with this home; nothing of the tester's own installation shows through."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("EPG_", "DAGSTER_"))}
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    quiet = {"EPG_EVENT_SOURCES": "file", "PYTHONWARNINGS": ""}  # no service is asked
    return {**kept, **quiet, "EPG_HOME": str(home), "PYTHONPATH": path, **more}


def command(*arguments: object) -> list[str]:
    """The command line of `epg` with these arguments."""
    return [sys.executable, "-m", "epg_pipeline.cli", *map(str, arguments)]


def epg(home: Path, *arguments: object, folder: Path | None = None, **more: str) -> Ran:
    """Run a command to its end; it may take two minutes on a busy machine."""
    done = subprocess.run(
        command(*arguments),
        env=environment(home, **more),
        cwd=folder or home.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def every_text(database):
    """Everything a database holds, row by row as text."""
    with psycopg.connect(database) as connection:
        tables = connection.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for (table,) in tables:
            query = f"SELECT t::text FROM {table} AS t"  # noqa: S608 - names of the catalogue
            yield from (row[0] for row in connection.execute(query))
