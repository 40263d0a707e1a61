"""What a command works with: this installation's settings, its open store, and the providers it is about.

Belongs here: opening them when a command runs, so that `epg --help` waits for none of it. Does not belong: any command.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from epg_pipeline.cli.console import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from epg_pipeline.adapters.store.providers import Provider
    from epg_pipeline.adapters.store.store import Store
    from epg_pipeline.settings import Settings

NO_ACTIVE_PROVIDER = (
    "No active provider. Add one: epg provider add NAME --playlist URL; or continue with a paused one: "
    "epg provider resume NAME"
)


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
    """The providers with these names or slugs, or all active ones; the user is advised when there are none."""
    providers = [store.providers.find(name) for name in names] or store.providers.all(active_only=True)
    if not providers:
        say(NO_ACTIVE_PROVIDER)
    return providers
