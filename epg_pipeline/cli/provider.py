"""`epg provider`: the providers on record.

Belongs here: adding, showing, changing, pausing and removing them, by hand. Does not belong: prompts for an address
(credentials.py), what a setting means (config/provider_settings.py), fetching playlists (guides.py).
"""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from typer.core import TyperCommand

from epg_pipeline.adapters.clock import utc_now
from epg_pipeline.cli.console import facts, say, table
from epg_pipeline.cli.credentials import Password, Playlist, Server, User, new_address, shown_address
from epg_pipeline.cli.shared import ProviderName, Timezone, opened, parse_timezone
from epg_pipeline.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from typer._click import Context, HelpFormatter  # typer's own click; its public name for the first is narrower

    from epg_pipeline.adapters.store.providers import Provider, ProviderChanges
    from epg_pipeline.config.provider_settings import ProviderSettings

app = typer.Typer(name="provider", help="Add, change, pause and remove providers.", no_args_is_help=True)


def _parse_tier(text: str) -> str:
    from epg_pipeline.config.provider_settings import TIERS

    if text not in TIERS:
        raise typer.BadParameter(f"{text!r} is not a tier; there are: {', '.join(TIERS)}")
    return text


TierOption = typer.Option(parser=_parse_tier, metavar="TIER", help="How detailed the guide is: kid < buck < goat.")


class WithSettings(TyperCommand):
    """A command whose help ends with the list of settings; the schema is loaded only then."""

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Every setting with its values, meaning and default."""
        from epg_pipeline.config.provider_settings import described_settings

        with formatter.section("Settings"):
            formatter.write_dl(described_settings())
        super().format_epilog(ctx, formatter)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The name of the provider.")],
    playlist: Playlist = None,
    xtream: Server = None,
    user: User = None,
    timezone: Timezone = "UTC",
    tier: Annotated[str, TierOption] = "goat",
    slug: Annotated[str, typer.Option(help="Its name in addresses and channel ids; made from NAME if left out.")] = "",
) -> None:
    """Record a provider; `epg onboard NAME` then makes its guide.

    The address of a playlist contains its password. Leave --playlist out to be asked for it, so that it stays out of
    the shell's history; or set EPG_PLAYLIST_URL. For an Xtream Codes account only the password is asked for, or read
    from EPG_XTREAM_PASSWORD. A provider that was deleted comes back with its history.

    \b
    Examples:
      epg provider add "My TV" --timezone Europe/London
      epg provider add "My TV" --xtream http://host:8080 --user carol --timezone America/New_York
      epg provider add Club --playlist ./club.m3u --tier buck
    """
    address = new_address(playlist, xtream, user)
    with opened() as (store, _):
        came_back = name.strip() in store.providers.removed_names()
        provider = store.providers.add(name, address, timezone, tier, slug)
    back = ", back with its history" if came_back else ""
    say(f"Added {provider.name} ({provider.slug}){back}: {shown_address(address)}.")
    say(f"Next: epg onboard {quote(provider.name)}")


@app.command(name="list")
def list_() -> None:
    """List the providers on record, without their addresses.

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
        say(f"Removed, their record kept: {', '.join(removed)}. To bring one back, add it again.")


@app.command()
def show(name: ProviderName) -> None:
    """Show one provider: its settings, and when it was last fetched and published.

    \b
    Example:
      epg provider show "My TV"
    """
    with opened() as (store, settings):
        provider = store.providers.find(name)
        try:
            address = shown_address(store.providers.playlist_url(provider))
        except StoreError as error:
            address = f"can't be opened: {error}"
        state = next(state for state in store.status.provider_states(utc_now()) if state.slug == provider.slug)
    rows: list[tuple[str, object]] = [
        ("Slug", provider.slug),
        ("Status", provider.status),
        ("Address", address),
        ("Time zone", provider.timezone),
        ("Tier", provider.tier),
        ("Slots", state.slots),
        ("Playlist last checked", _instant(state.fetched_at, provider)),
        ("Playlist last changed", _instant(state.changed_at, provider)),
        ("Last published", _instant(state.published_at, provider)),
        ("Guide", f"{settings.guide_url}/guides/{provider.slug}/guide.xml"),
    ]
    facts(provider.name, rows)
    if state.fetch_problem:
        say(f"The last check got no playlist: {state.fetch_problem}")
    _print_settings(provider)


@app.command()
def edit(
    name: ProviderName,
    playlist: Playlist = None,
    xtream: Server = None,
    user: User = None,
    password: Password = False,
    timezone: Annotated[
        str | None, typer.Option(parser=parse_timezone, metavar="ZONE", help="Another time zone.")
    ] = None,
    tier: Annotated[str | None, TierOption] = None,
) -> None:
    """Change a provider's address or account, time zone or tier. Everything else stays.

    \b
    Examples:
      epg provider edit "My TV" --timezone Europe/London
      epg provider edit "My TV" --playlist -
      epg provider edit "My TV" --password
      epg provider edit "My TV" --xtream http://new-host:8080
    """
    with opened() as (store, _):
        provider = store.providers.find(name)
        changes: ProviderChanges = {}
        if playlist is not None or xtream or user or password:
            stored = store.providers.playlist_url(provider) if playlist is None else ""
            changes["playlist_url"] = new_address(playlist, xtream, user, stored, new_password=password)
        if timezone:
            changes["timezone"] = timezone
        if tier:
            changes["tier"] = tier
        provider = store.providers.change(provider, **changes)
    if not changes:
        raise typer.BadParameter("say what to change: --playlist, --xtream, --user, --password, --timezone or --tier")
    changed = ", ".join(changes).replace("playlist_url", "address")
    say(f"{provider.name}: changed {changed}. Everything else stays.\nNext: epg refresh {quote(provider.name)}")


@app.command(name="set", cls=WithSettings)
def set_(
    name: ProviderName,
    assignments: Annotated[list[str] | None, typer.Argument(metavar="KEY=VALUE", help="What to set.")] = None,
    unset: Annotated[
        list[str] | None, typer.Option("--unset", metavar="KEY", help="Put a setting back to its default.")
    ] = None,
) -> None:
    """Change the settings of one provider. `epg provider show NAME` shows them.

    \b
    Examples:
      epg provider set "My TV" editions=kid,goat@Europe/London
      epg provider set "My TV" minutes=nba=170,nfl=200 days_after=4
      epg provider set "My TV" --unset editions
    """
    from epg_pipeline.config.provider_settings import FIELDS, as_text, changed_settings, provider_settings

    if not assignments and not unset:
        raise typer.BadParameter("say what to set: KEY=VALUE, or --unset KEY; --help lists the settings")
    with opened() as (store, installation):
        provider = store.providers.find(name)
        settings = changed_settings(provider.stated, assignments or (), unset or (), provider.name)
        _check_words(provider_settings(settings, provider.name), installation.texts_file)
        provider = store.providers.change(provider, settings=settings)
    stated = " ".join(f"{key}={as_text(provider.stated[key])}" for key in FIELDS if key in provider.stated)
    say(f"{provider.name}: {stated or 'every setting is at its default'}")
    say(f"While epg up runs, a new guide follows by itself; else: epg publish --provider {quote(provider.name)}")


@app.command()
def pause(name: ProviderName) -> None:
    """Stop fetching and publishing a provider; its record and its last guide stay.

    \b
    Example:
      epg provider pause "My TV"
    """
    with opened() as (store, _):
        provider = store.providers.pause(store.providers.find(name))
    say(f"{provider.name} is paused: no new guides are published, its record stays.")
    say(f"To continue: epg provider resume {quote(provider.name)}")


@app.command()
def resume(name: ProviderName) -> None:
    """Continue with a paused provider.

    \b
    Example:
      epg provider resume "My TV"
    """
    with opened() as (store, _):
        provider = store.providers.change(store.providers.find(name), status="active")
    say(f"{provider.name} is active. For a guide of now: epg refresh {quote(provider.name)}")


@app.command()
def rename(name: ProviderName, new_name: Annotated[str, typer.Argument(help="Its new name.")]) -> None:
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
def delete(name: ProviderName, yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False) -> None:
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
    say("Its playlists, matches and programmes stay on record, and so do its past runs and its sealed address.")
    say(f"Its last guide stays, and is served, until you remove {settings.dist / provider.slug}")
    say(f"(and, where guides are uploaded, epg/{provider.slug}/ in the bucket).")
    say(f"To have it back: epg provider add {quote(provider.name)}")


def _print_settings(provider: Provider) -> None:
    """Print a provider's settings, those at their defaults marked."""
    from epg_pipeline.config.provider_settings import FIELDS, as_text

    try:
        settings = provider.settings
    except ConfigError as error:
        say(f"Its settings are not valid: {error}")
        return
    rows = [
        (key, as_text(getattr(settings, key)), "set" if key in provider.stated else "default", field.description)
        for key, field in FIELDS.items()
    ]
    table("Settings", ("Setting", "Value", "", "Means"), rows)
    say(f"To change one: epg provider set {quote(provider.name)} KEY=VALUE")


def _instant(moment: datetime | None, provider: Provider) -> str | None:
    return f"{moment.astimezone(ZoneInfo(provider.timezone)):%Y-%m-%d %H:%M %Z}" if moment else None


def _check_words(settings: ProviderSettings, texts_file: Path | None) -> None:
    """Raise ConfigError for a language without texts; only report an unknown league in `minutes`."""
    from epg_pipeline.config import load_facts
    from epg_pipeline.config.texts import load_texts

    load_texts(settings.language, texts_file)
    facts = load_facts()
    if unknown := sorted(set(settings.minutes) - {*facts.sports.sports, *facts.sports.leagues, *facts.leagues}):
        # An operator's events file may name any league.
        say(f"No sport or league is called {', '.join(unknown)}: the minutes count only for events from your own file.")
