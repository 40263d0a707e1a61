"""What several commands share: options, the open store, the providers a command is about.

Belongs here: parsing of options and its error messages; opening the store when a command runs, so that `epg --help`
does not wait for it. Does not belong: any command.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from epg_pipeline.cli.console import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from epg_pipeline.adapters.store.providers import Provider
    from epg_pipeline.adapters.store.store import Store
    from epg_pipeline.settings import Settings


def _parse_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date; write it as 2025-10-18") from None


def date_option(name: str, text: str) -> Any:  # noqa: ANN401 - as typer.Option
    """An option whose value is a date."""
    return typer.Option(name, parser=_parse_date, metavar="YYYY-MM-DD", help=text)


def parse_timezone(text: str) -> str:
    """The name of an existing time zone."""
    from epg_pipeline.config.time_zones import is_time_zone

    if not is_time_zone(text):
        raise typer.BadParameter(f"{text!r} is not a time zone; write it as America/New_York or UTC")
    return text


Day = Annotated[date | None, date_option("--date", "The day; today if left out.")]
AsOf = Annotated[
    date | None, date_option("--as-of", "Treat this day as today: it decides what the current guide shows.")
]
Timezone = Annotated[
    str, typer.Option("--timezone", parser=parse_timezone, metavar="ZONE", help="The provider's time zone.")
]
ProviderName = Annotated[str, typer.Argument(help="The provider's name or slug.")]
OnlyProvider = Annotated[
    str | None, typer.Option("--provider", metavar="NAME", help="Only this one; all active if left out.")
]


@contextmanager
def opened(*, check_files: bool = False) -> Iterator[tuple[Store, Settings]]:
    """The store, closed at the end of the block, and the settings of the environment.

    `check_files` reads the operator's own families and texts first, so that a faulty file ends the command before any
    work is done. Raises SettingsError, ConfigError or StoreError.
    """
    from epg_pipeline.adapters.store.store import open_store
    from epg_pipeline.flows.facts import check_own_files
    from epg_pipeline.settings import load_settings

    settings = load_settings()
    if check_files:
        check_own_files()
    with open_store(settings) as store:
        yield store, settings


def chosen_providers(store: Store, names: Sequence[str]) -> list[Provider]:
    """The providers with these names or slugs, or all active ones. Without any the command ends with a message."""
    providers = [store.providers.find(name) for name in names] or store.providers.all(active_only=True)
    if not providers:
        say("No active provider. Add one: epg provider add NAME --playlist URL")
        say("Or continue with a paused one: epg provider resume NAME")
        raise typer.Exit
    return providers
