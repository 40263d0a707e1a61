"""`epg provider show`: one provider on a screen.

Belongs here: which facts are shown, and how. Does not belong: an address with anything secret in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from epg_pipeline.adapters.clock import utc_now
from epg_pipeline.cli.console import facts, say, table
from epg_pipeline.cli.credentials import quoted, shown_address

if TYPE_CHECKING:
    from datetime import datetime

    from epg_pipeline.adapters.store.providers import Provider
    from epg_pipeline.adapters.store.store import Store
    from epg_pipeline.settings import Settings


def show_provider(store: Store, provider: Provider, settings: Settings) -> None:
    """Print what is on record of a provider, and its settings with those at their defaults marked."""
    from epg_pipeline.errors import StoreError

    try:
        address = shown_address(store.providers.playlist_url(provider))
    except StoreError as fault:
        address = f"can't be opened: {fault}"
    states = store.status.provider_states(utc_now())
    state = next(state for state in states if state.slug == provider.slug)
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
    _show_settings(provider)


def _show_settings(provider: Provider) -> None:
    from epg_pipeline.config.settings_as_text import FIELDS, as_text
    from epg_pipeline.errors import ConfigError

    try:
        settings = provider.settings
    except ConfigError as fault:
        say(f"Its settings are not valid: {fault}")
        return
    rows = [
        (key, as_text(getattr(settings, key)), "set" if key in provider.stated else "default", field.description)
        for key, field in FIELDS.items()
    ]
    table("Settings", ("Setting", "Value", "", "Means"), rows)
    say(f"To change one: epg provider set {quoted(provider.name)} KEY=VALUE")


def _instant(moment: datetime | None, provider: Provider) -> str | None:
    return f"{moment.astimezone(ZoneInfo(provider.timezone)):%Y-%m-%d %H:%M %Z}" if moment else None
