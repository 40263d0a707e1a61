"""The commands in the order a newcomer needs them, and the one place where their errors end.

Belongs here: the application, the options every command has, exit codes. Does not belong: the commands themselves.
"""

from __future__ import annotations

import logging
import sys
from types import SimpleNamespace

import typer

from epg_pipeline.cli import (
    aliases,
    backfill,
    demo,
    doctor,
    events,
    families,
    match,
    notify,
    overrides,
    provider_day,
    providers,
    servers,
    settings,
    status,
    teams,
    unmatched,
    uploads,
    why,
)
from epg_pipeline.cli.console import fail

OVERVIEW = """A TV guide for the sports event channels of an IPTV provider.

\b
First steps:
  epg demo --out dist                          the whole way on a bundled sample
  epg provider add NAME --playlist URL         add a provider
  epg onboard NAME                             fetch, read, match, publish
  epg up                                       database, Dagster and guide server
"""

# Plain help, not rich's: that alone takes twice the time of everything else.
app = typer.Typer(help=OVERVIEW, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)
app.command()(demo.demo)
app.add_typer(providers.app, name="provider")
app.command()(provider_day.onboard)
app.command()(provider_day.refresh)
app.command()(provider_day.publish)
app.command()(uploads.upload)
app.command()(match.match)
app.command()(why.why)
app.command()(unmatched.unmatched)
app.add_typer(overrides.app, name="override")
app.add_typer(aliases.app, name="alias")
app.add_typer(families.app, name="family")
app.add_typer(events.app, name="events")
app.add_typer(teams.app, name="teams")
app.command()(backfill.backfill)
app.add_typer(notify.app, name="notify")
app.command()(status.status)
app.command()(doctor.doctor)
app.command()(settings.settings)
app.command()(servers.up)
app.command()(servers.serve)
app.command()(servers.playlist_url)
app.command()(servers.env)
app.command()(servers.down)

STATE = SimpleNamespace(debug=False)


@app.callback()
def everywhere(
    debug: bool = typer.Option(False, "--debug", envvar="EPG_DEBUG", help="Show where an error came from."),
) -> None:
    """The options of every command."""
    STATE.debug = debug
    logging.getLogger("stamina").setLevel(logging.ERROR)  # a successful retry is not worth a message


def main() -> None:
    """Run the command of the arguments. Exit code 0 done, 1 not done, 2 wrong usage, 130 interrupted."""
    try:
        app()
    except KeyboardInterrupt:
        fail("interrupted; run the command again, it continues from what is recorded")
        sys.exit(130)
    except Exception as fault:
        if STATE.debug:
            raise
        fail(fault)
        sys.exit(1)
