"""`epg notify`: trying the ways by which an operator is told of failures.

Belongs here: the command and its summary. Does not: the messages (operations/alerts.py), their sending
(adapters/delivery/notify.py).
"""

from __future__ import annotations

import typer

from epg_pipeline.cli.console import fail, say

app = typer.Typer(help="How you are told when something breaks.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def group() -> None:
    """How you are told when something breaks."""


@app.command()
def test() -> None:
    """Send a test message by every channel that is set up; exit code 1 when one fails.

    \b
    The channels, by environment:
      EPG_NOTIFY_WEBHOOK   an address that takes JSON
      EPG_NOTIFY_SLACK     an incoming webhook of Slack, Mattermost, Rocket.Chat or Discord (with /slack)
      EPG_NOTIFY_MAIL      smtp://USER:PASSWORD@HOST:587?to=ADDRESS&from=ADDRESS

    \b
    Example:
      epg notify test
    """
    from epg_pipeline.adapters.delivery.notify import channels
    from epg_pipeline.errors import NotifyError
    from epg_pipeline.operations.alerts import trial_message
    from epg_pipeline.settings import load_settings

    ways = channels(load_settings().notify)
    if not ways:
        fail("no channel is set up: set EPG_NOTIFY_WEBHOOK, _SLACK or _MAIL; see epg notify test --help")
        raise typer.Exit(1)
    failed = 0
    for way in ways:
        try:
            way.send(trial_message())
        except NotifyError as fault:
            failed += 1
            fail(f"{way.name}: not sent: {fault}")
        else:
            say(f"{way.name}: sent")
    if failed:
        raise typer.Exit(1)
