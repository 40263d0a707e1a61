"""`epg provider`: the providers on record.

Belongs here: adding, showing, changing, pausing and removing them, by hand. Does not belong: how an address is
asked for (credentials.py), one provider's settings (provider_settings.py), fetching playlists (provider_day.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from epg_pipeline.cli import provider_settings
from epg_pipeline.cli.console import say, table
from epg_pipeline.cli.credentials import (
    AddressOptions,
    Password,
    Playlist,
    Server,
    User,
    new_address,
    quoted,
    shown_address,
)
from epg_pipeline.cli.installation import opened
from epg_pipeline.cli.options import Timezone, a_tier, a_timezone

if TYPE_CHECKING:
    from epg_pipeline.adapters.store.providers import ProviderChanges

app = typer.Typer(help="Add, change, pause and remove providers.", no_args_is_help=True, rich_markup_mode=None)
app.command(name="set", cls=provider_settings.WithSettings)(provider_settings.set_)

Name = Annotated[str, typer.Argument(help="Name or slug.")]


OtherZone = Annotated[
    str | None, typer.Option("--timezone", parser=a_timezone, metavar="ZONE", help="Another time zone.")
]
TierOption = typer.Option(parser=a_tier, metavar="TIER", help="How detailed the guide is: kid < buck < goat.")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What the provider is called.")],
    playlist: Playlist = None,
    xtream: Server = None,
    user: User = None,
    timezone: Timezone = "UTC",
    tier: Annotated[str, TierOption] = "goat",
    slug: Annotated[str, typer.Option(help="Its name in addresses and channel ids; made from NAME if left out.")] = "",
) -> None:
    """Record a provider; `epg onboard NAME` then makes its guide.

    The address of a playlist carries its password. Leave --playlist out and it is asked for, so that it stays out of
    the shell's history; or set EPG_PLAYLIST_URL. Of an Xtream Codes account, the password alone is asked for, or read
    from EPG_XTREAM_PASSWORD. A provider that was deleted comes back with its history.

    \b
    Examples:
      epg provider add "My TV" --timezone Europe/London
      epg provider add "My TV" --xtream http://host:8080 --user carol --timezone America/New_York
      epg provider add Club --playlist ./club.m3u --tier buck
    """
    address = new_address(AddressOptions(playlist, xtream, user))
    with opened() as (store, _):
        came_back = name.strip() in store.providers.removed_names()
        provider = store.providers.add(name, address, timezone, tier, slug)
    back = ", back with its history" if came_back else ""
    say(f"Added {provider.name} ({provider.slug}){back}: {shown_address(address)}.")
    say(f"Next: epg onboard {quoted(provider.name)}")


@app.command(name="list")
def list_() -> None:
    """The providers on record, without their addresses.

    \b
    Example:
      epg provider list
    """
    with opened() as (store, _):
        providers, removed = store.providers.all(), store.providers.removed_names()
    if providers:
        rows = [(each.name, each.slug, each.timezone, each.tier, each.status) for each in providers]
        table("Providers", ("Name", "Slug", "Time zone", "Tier", "Status"), rows)
    else:
        say("No provider yet. Add one: epg provider add NAME --playlist URL")
    if removed:
        say(f"Removed, their record kept: {', '.join(removed)}. Adding one again brings it back.")


@app.command()
def show(name: Name) -> None:
    """One provider: what is set for it, and when it was last fetched and published.

    \b
    Example:
      epg provider show "My TV"
    """
    from epg_pipeline.cli.provider_card import show_provider

    with opened() as (store, settings):
        show_provider(store, store.providers.find(name), settings)


@app.command()
def edit(
    name: Name,
    playlist: Playlist = None,
    xtream: Server = None,
    user: User = None,
    password: Password = False,
    timezone: OtherZone = None,
    tier: Annotated[str | None, TierOption] = None,
) -> None:
    """Change a provider's address or account, time zone or tier. What is not named stays as it is.

    \b
    Examples:
      epg provider edit "My TV" --timezone Europe/London
      epg provider edit "My TV" --playlist -
      epg provider edit "My TV" --password
      epg provider edit "My TV" --xtream http://new-host:8080
    """
    options = AddressOptions(playlist, xtream, user, password)
    with opened() as (store, _):
        provider = store.providers.find(name)
        changes: ProviderChanges = {}
        if options.is_given:
            changes["playlist_url"] = new_address(options, lambda: store.providers.playlist_url(provider))
        if timezone:
            changes["timezone"] = timezone
        if tier:
            changes["tier"] = tier
        provider = store.providers.change(provider, **changes)
    if not changes:
        raise typer.BadParameter("say what to change: --playlist, --xtream, --user, --password, --timezone or --tier")
    changed = ", ".join(changes).replace("playlist_url", "address")
    say(f"{provider.name}: changed {changed}. Everything else stays.\nNext: epg refresh {quoted(provider.name)}")


@app.command()
def pause(name: Name) -> None:
    """Stop fetching and publishing a provider; everything recorded of it stays, and so does its last guide.

    \b
    Example:
      epg provider pause "My TV"
    """
    with opened() as (store, _):
        provider = store.providers.pause(store.providers.find(name))
    say(f"{provider.name} is paused: no new guides are published, its record stays.")
    say(f"To continue: epg provider resume {quoted(provider.name)}")


@app.command()
def resume(name: Name) -> None:
    """Continue with a paused provider.

    \b
    Example:
      epg provider resume "My TV"
    """
    with opened() as (store, _):
        provider = store.providers.change(store.providers.find(name), status="active")
    say(f"{provider.name} is active. For a guide of now: epg refresh {quoted(provider.name)}")


@app.command()
def rename(name: Name, new_name: Annotated[str, typer.Argument(help="What it is called from now on.")]) -> None:
    """Rename a provider. Its slug, addresses and channel ids never change, so players notice nothing.

    \b
    Example:
      epg provider rename "My TV" "Nova TV"
    """
    with opened() as (store, _):
        provider = store.providers.find(name)
        renamed = store.providers.change(provider, name=new_name)
    say(f"{provider.name} is now called {renamed.name}. Its slug stays {renamed.slug}, and so do all its addresses.")


@app.command()
def delete(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Remove a provider from the list. Its record is kept; adding the same name again restores it.

    \b
    Examples:
      epg provider delete "My TV"
      epg provider delete "My TV" --yes
    """
    with opened() as (store, settings):
        provider = store.providers.find(name)
        if not yes and not typer.confirm(f"Delete {provider.name}? Its record stays.", err=True):
            say("Nothing was changed.")
            raise typer.Exit(1)
        store.providers.remove(provider)
    say(f"{provider.name} is deleted: nothing more is fetched, matched or published.")
    say("What stays: its playlists, matches and programmes on record, its past runs, and its sealed address.")
    say(f"Its last guide stays, and is served, until you remove {settings.dist / provider.slug}")
    say(f"(and, where guides are uploaded, epg/{provider.slug}/ in the bucket).")
    say(f"To have it back: epg provider add {quoted(provider.name)}")
