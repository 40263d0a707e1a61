"""Running `epg` as its users do: arguments and environment in; output and exit code out."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import psycopg

from epg_pipeline.cli import main

ROOT = Path(__file__).parents[2]


@dataclass
class Ran:
    """What a command left: exit code, stdout and stderr."""

    code: int
    out: str
    err: str

    @property
    def output(self) -> str:
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
    """Run a command to its end, within this process: a separate process would spend a second on its imports."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, environment(home, **more), clear=True),
        mock.patch.object(sys, "argv", ["epg", *map(str, arguments)]),
        contextlib.chdir(folder or home.parent),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = _code_of(main)
    return Ran(code, out.getvalue(), err.getvalue())


def _code_of(run) -> int:
    try:
        run()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    except Exception:  # noqa: BLE001 - with --debug any fault ends the process with its trace
        sys.excepthook(*sys.exc_info())
        return 1
    return 0


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
