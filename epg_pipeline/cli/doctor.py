"""`epg doctor`: checks of this installation.

Belongs here: printing the findings as they come. Does not belong: the checks (operations/doctor.py).
"""

from __future__ import annotations

from typing import Annotated

import typer

from epg_pipeline.adapters.clock import utc_now

MAX_PART_WIDTH = 12


def doctor(
    offline: Annotated[
        bool, typer.Option("--offline", help="Make no request to event sources, bucket or playlists.")
    ] = False,
    playlists: Annotated[bool, typer.Option("--playlists", help="Also check every provider's server.")] = False,
) -> None:
    """Check settings, folders, database, key, clock, bucket and sources, and say how to fix what is wrong.

    The exit code is 1 when something fails; a warning leaves it 0.

    \b
    Examples:
      epg doctor
      epg doctor --offline
      epg doctor --playlists

    `epg settings` lists the environment variables.
    """
    from epg_pipeline.operations.doctor import examine

    counts = {"ok": 0, "warn": 0, "fail": 0}
    for finding in examine(utc_now, offline=offline, playlists=playlists):
        counts[finding.level] += 1
        typer.echo(f"{finding.level:<5} {finding.part:<{MAX_PART_WIDTH}} {finding.text}")
        if finding.fix:
            typer.echo(f"{'':<{MAX_PART_WIDTH + 7}}→ {finding.fix}")
    typer.echo(f"{counts['ok']} ok, {counts['warn']} to look at, {counts['fail']} failed")
    if counts["fail"]:
        raise typer.Exit(1)
