"""`epg provider set`: the settings of one provider.

Belongs here: setting and unsetting them, and their help, made from the schema. Does not belong: what they are
(config/provider_settings.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperCommand

from epg_pipeline.cli.console import say
from epg_pipeline.cli.credentials import quoted
from epg_pipeline.cli.installation import opened

if TYPE_CHECKING:
    from pathlib import Path

    from typer._click import Context, HelpFormatter  # typer's own click; its public name for the first is narrower

    from epg_pipeline.config.provider_settings import ProviderSettings


class WithSettings(TyperCommand):
    """A command whose help ends with the list of settings; the schema is loaded only then."""

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Every setting with its values, meaning and default."""
        from epg_pipeline.config.settings_as_text import described_settings

        with formatter.section("Settings"):
            formatter.write_dl(described_settings())
        super().format_epilog(ctx, formatter)


def set_(
    name: Annotated[str, typer.Argument(help="Name or slug.")],
    assignments: Annotated[list[str] | None, typer.Argument(metavar="KEY=VALUE", help="What to set.")] = None,
    unset: Annotated[
        list[str] | None, typer.Option("--unset", metavar="KEY", help="Put a setting back to its default.")
    ] = None,
) -> None:
    """Set what differs for one provider. `epg provider show NAME` shows what is set.

    \b
    Examples:
      epg provider set "My TV" editions=kid,goat@Europe/London
      epg provider set "My TV" minutes=nba=170,nfl=200 days_after=4
      epg provider set "My TV" --unset editions
    """
    from epg_pipeline.config.provider_settings import provider_settings
    from epg_pipeline.config.settings_as_text import FIELDS, as_text, changed_settings

    if not assignments and not unset:
        raise typer.BadParameter("say what to set: KEY=VALUE, or --unset KEY; --help lists the settings")
    with opened() as (store, installation):
        provider = store.providers.find(name)
        settings = changed_settings(provider.stated, assignments or (), unset or (), provider.name)
        _check_words(provider_settings(settings, provider.name), installation.texts_file)
        provider = store.providers.change(provider, settings=settings)
    stated = " ".join(f"{key}={as_text(provider.stated[key])}" for key in FIELDS if key in provider.stated)
    say(f"{provider.name}: {stated or 'every setting is at its default'}")
    say(f"While epg up runs, a new guide follows by itself; else: epg publish --provider {quoted(provider.name)}")


def _check_words(settings: ProviderSettings, texts_file: Path | None) -> None:
    """ConfigError for a language without texts; an unknown league in `minutes` is only reported."""
    from epg_pipeline.config import load_facts
    from epg_pipeline.config.texts import load_texts

    load_texts(settings.language, texts_file)
    sports = load_facts().sports
    known = {*sports.sports, *sports.leagues, *sports.league_names}
    if unknown := sorted(set(settings.minutes) - known):
        # A league of the operator's own events file may be called anything.
        say(f"No sport or league is called {', '.join(unknown)}: the minutes count only for events from your own file.")
