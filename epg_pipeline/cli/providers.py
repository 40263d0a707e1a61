"""`epg provider`: the providers on record.

Belongs here: adding, listing, pausing. Does not: fetching their playlists (days.py).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from epg_pipeline.cli.console import say, table
from epg_pipeline.cli.options import Timezone  # noqa: TC001 - typer reads the annotations

app = typer.Typer(help="Add, list and pause providers.", no_args_is_help=True, rich_markup_mode=None)


class Tier(StrEnum):
    """How much a guide tells."""

    kid = "kid"
    buck = "buck"
    goat = "goat"


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What the provider is called.")],
    playlist: Annotated[str, typer.Option(help="Address or file of its M3U playlist. It is stored encrypted.")],
    timezone: Timezone = "UTC",
    tier: Annotated[Tier, typer.Option(help="How much the guide tells: kid < buck < goat.")] = Tier.goat,
    slug: Annotated[str, typer.Option(help="Its name in addresses and channel ids; made from NAME if left out.")] = "",
) -> None:
    """Record a provider; `epg onboard NAME` then makes its guide.

    \b
    Examples:
      epg provider add "My TV" --playlist "http://host/get.php?username=…&type=m3u_plus" --timezone Europe/London
      epg provider add Club --playlist ./club.m3u --tier buck
    """
    from epg_pipeline.adapters.http import local_path, shown
    from epg_pipeline.adapters.postgres import open_store
    from epg_pipeline.settings import Settings

    path = local_path(playlist)
    if path is not None and not path.is_file():
        raise typer.BadParameter(
            f"{path} is no file; give the address or the file of a playlist", param_hint="--playlist"
        )
    address = str(path.absolute()) if path else playlist
    with open_store(Settings.from_environment()) as store:
        provider = store.add_provider(name, address, timezone, tier.value, slug)
    say(f"Added {provider.name} ({provider.slug}), playlist {shown(address)}.")
    say(f"Next: epg onboard {_quoted(provider.name)}")


@app.command(name="list")
def list_() -> None:
    """The providers on record, without their addresses.

    \b
    Example:
      epg provider list
    """
    from epg_pipeline.adapters.postgres import open_store
    from epg_pipeline.settings import Settings

    with open_store(Settings.from_environment()) as store:
        known = store.providers()
    if not known:
        say("No provider yet. Add one: epg provider add NAME --playlist URL")
        return
    rows = [(one.name, one.slug, one.timezone, one.tier, one.status) for one in known]
    table("Providers", ("Name", "Slug", "Time zone", "Tier", "Status"), rows)


@app.command()
def pause(name: Annotated[str, typer.Argument(help="Name or slug.")]) -> None:
    """Stop publishing a provider; everything recorded of it stays.

    \b
    Example:
      epg provider pause "My TV"
    """
    from epg_pipeline.adapters.postgres import open_store
    from epg_pipeline.settings import Settings

    with open_store(Settings.from_environment()) as store:
        provider = store.provider(name)
        store.pause_provider(provider)
    say(f"{provider.name} is paused: it is no longer published, its record stays.")


def _quoted(name: str) -> str:
    import shlex

    return shlex.quote(name)
