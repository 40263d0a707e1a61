"""The command line, `epg`: the same functions the Dagster assets call, without Dagster.

Belongs here: commands, their options and what they print. Does not belong: any work. Every command imports what it
needs when it runs, so that `epg --help` answers at once.
"""

from epg_pipeline.cli.app import main

__all__ = ["main"]
