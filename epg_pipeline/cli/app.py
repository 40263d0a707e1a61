"""The commands in the order a newcomer needs them, and the one place where their errors end.

Belongs here: the application, the options every command has, exit codes. Does not belong: the commands themselves.
"""

import logging
import sys
from types import SimpleNamespace

import typer

from epg_pipeline.cli import alias, decisions, events, family, guides, installation, override, provider, servers
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
for group in (
    guides.app, provider.app, decisions.app, override.app, alias.app, family.app, events.app, events.teams,
    installation.app, installation.notify, servers.app,
):  # fmt: skip
    app.add_typer(group)

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
    except Exception as error:
        if STATE.debug:
            raise
        fail(error)
        sys.exit(1)
