"""`epg demo`: every step on a bundled sample.

Belongs here: putting the sample in place. Does not belong: any step that an ordinary provider does not go through.
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from epg_pipeline.cli.console import Progressed, say
from epg_pipeline.cli.provider_day import summarise


def demo(
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where the guide goes; EPG_DIST if left out.")
    ] = None,
) -> None:
    """Make the guide of a bundled sample playlist, with real games of one past day: no account, no network.

    The sample is an ordinary provider called Demo; `epg up` then shows it too. Running it again duplicates nothing.

    \b
    Example:
      epg demo --out dist
    """
    from epg_pipeline.adapters.store.store import open_store
    from epg_pipeline.demo.sample import demo_provider, load_sample
    from epg_pipeline.flows.events import import_events
    from epg_pipeline.flows.facts import check_own_files
    from epg_pipeline.flows.provider_day import refresh_provider, steps_of
    from epg_pipeline.settings import load_settings

    check_own_files()
    settings = load_settings()
    if out:
        settings = settings.model_copy(update={"dist": out.absolute()})
    sample = load_sample()
    with Progressed(steps_of(sample.date, sample.date, sample.settings) + 2) as progress:
        with progress.step("Opening the database"):
            store = open_store(settings)
        with store:
            provider = demo_provider(store, sample)
            with progress.step("Importing events"):
                events = import_events(store, sample.events)
            run = refresh_provider(store, provider, sample.date, sample.date, settings, progress.step)
    summarise(run, events)
    say(f"The guide as a page: {settings.dist / provider.slug / 'index.html'}. Next: epg up")
