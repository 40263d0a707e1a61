"""`epg settings`: the environment variables this installation can be set up with.

Belongs here: showing the schema. Does not belong: the schema (settings.py), whether a value is right (`epg doctor`).
"""

from __future__ import annotations

from typing import Annotated

import typer

from epg_pipeline.cli.console import results, table


def settings(
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the table of the README.")] = False,
) -> None:
    """List every environment variable, what it means, its default, and whether it is set. No value is shown.

    \b
    Examples:
      epg settings
      EPG_HOME=/srv/epg epg settings
    """
    from epg_pipeline.settings import environment, settings_table, variables

    if markdown:
        results().print(settings_table(), markup=False, highlight=False, soft_wrap=True)
        return
    given = environment()
    rows = [(name, "yes" if given.get(name) else "", usual, text) for name, text, usual in variables()]
    table("Environment variables", ("Variable", "Set", "Default", "Means"), rows)
