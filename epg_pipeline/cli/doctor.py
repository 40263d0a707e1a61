"""`epg doctor`: whether this installation is sound.

Belongs here: printing the findings as they come. Does not: the checks (doctor.py).
"""

from __future__ import annotations

from typing import Annotated

import typer

from epg_pipeline.adapters.clock import utc_now

WIDEST = 12


def doctor(
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask neither the event sources nor the bucket nor playlists.")
    ] = False,
    playlists: Annotated[bool, typer.Option("--playlists", help="Also ask every provider's server.")] = False,
) -> None:
    """Check settings, folders, database, key, clock, bucket and sources, and say how to fix what is wrong.

    The exit code is 1 when something fails; a warning leaves it 0.

    \b
    Examples:
      epg doctor
      epg doctor --offline
      epg doctor --playlists
    """
    from epg_pipeline.operations.doctor import examine

    counts = {"ok": 0, "warn": 0, "fail": 0}
    for finding in examine(utc_now, offline=offline, playlists=playlists):
        counts[finding.level] += 1
        typer.echo(f"{finding.level:<5} {finding.part:<{WIDEST}} {finding.text}")
        if finding.fix:
            typer.echo(f"{'':<{WIDEST + 7}}→ {finding.fix}")
    typer.echo(f"{counts['ok']} ok, {counts['warn']} to look at, {counts['fail']} failed")
    if counts["fail"]:
        raise typer.Exit(1)
