"""`epg why`: how one name was read and decided, and what spoke for and against it.

Belongs here: finding the decision a person asks about. Does not: its words (words.py, evidence.py).
"""

from __future__ import annotations

from datetime import date  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from epg_pipeline.cli.console import results
from epg_pipeline.cli.installation import opened
from epg_pipeline.cli.match import EventsFile, load_events
from epg_pipeline.cli.options import TheDate, Timezone  # noqa: TC001 - typer reads the annotations

if TYPE_CHECKING:
    import polars as pl

    from epg_pipeline.adapters.store.providers import Provider
    from epg_pipeline.adapters.store.store import Store
    from epg_pipeline.domain.day import ProviderDay
    from epg_pipeline.domain.frames import Decisions, Events


def why(
    name: Annotated[str | None, typer.Argument(help="The entry's name, as in the playlist.")] = None,
    day: TheDate = None,
    events: EventsFile = None,
    timezone: Timezone = "UTC",
    provider: Annotated[
        str | None, typer.Option(metavar="NAME", help="Tell what was recorded for this provider instead.")
    ] = None,
    slot: Annotated[str | None, typer.Option(metavar="SLOT", help='The provider\'s slot, such as "NBA 05".')] = None,
) -> None:
    """Tell in plain words how one name is read, which event it is found to be, or why none, and what came next to it.

    With --provider it is the decision on record, made with all the provider's names, aliases and overrides; without,
    the name alone is read and matched here, against the events of a file.

    \b
    Examples:
      epg why "NCAAF 03 : Troy at Old Dominion @ 07:30 PM ET" --date 2025-10-18 --events october.jsonl
      epg why --provider "My TV" --slot "NBA 05"
      epg why --provider "My TV" --slot "NBA 05" --date 2025-10-18
    """
    if provider:
        if (name is None) == (slot is None):
            raise typer.BadParameter("say which: a NAME, or --slot SLOT")
        _tell_recorded(provider, name, slot, day)
    elif name is None or day is None:
        raise typer.BadParameter("give a NAME and --date YYYY-MM-DD, or --provider and --slot")
    else:
        _tell_alone(name, day, load_events(events), timezone)


def _tell_alone(name: str, day: date, events: Events, timezone: str) -> None:
    from epg_pipeline.domain.day import ProviderDay
    from epg_pipeline.flows.dry_run import name_decided

    local = ProviderDay(day, timezone)
    _tell(name_decided(name, events, local), events, local)


def _tell_recorded(provider_name: str, name: str | None, slot: str | None, day: date | None) -> None:
    import polars as pl

    from epg_pipeline.adapters.clock import today
    from epg_pipeline.domain.day import EVENT_REACH, ProviderDay
    from epg_pipeline.domain.frames import Decisions

    with opened() as (store, _):
        provider = store.providers.find(provider_name)
        names_day, decisions = decisions_in_force(store, provider, day or today(provider.timezone))
        wanted = decisions.filter(pl.col("name") == name if name else pl.col("slot").str.to_lowercase() == _lower(slot))
        if wanted.is_empty():
            raise typer.BadParameter(_not_there(decisions, provider.name, names_day, name or slot or ""))
        events = store.events.between(names_day - EVENT_REACH, names_day + EVENT_REACH)
        _tell(Decisions(wanted.head(1)), events, ProviderDay(names_day, provider.timezone), store)


def decisions_in_force(store: Store, provider: Provider, day: date) -> tuple[date, Decisions]:
    """The day whose names hold on a date, and the decisions about them; a usage error when nothing was matched."""
    if store.playlists.in_force(provider, day) is None:
        raise typer.BadParameter(f"{provider.name} has no playlist of {day} or before; fetch one: epg refresh")
    names_of = store.slots.names_day(provider, day)
    decisions = store.decisions.of_day(provider, names_of)
    if decisions.is_empty():
        raise typer.BadParameter(f"{provider.name}: the names of {names_of} were not matched yet: epg refresh")
    return names_of, decisions


def _tell(decided: Decisions, events: Events, day: ProviderDay, store: Store | None = None) -> None:
    from epg_pipeline.cli.explain import explained
    from epg_pipeline.domain.matching.diagnosis import diagnosed
    from epg_pipeline.flows.facts import facts_on_record, installed_facts

    diagnoses = diagnosed(decided, events, day, facts_on_record(store) if store else installed_facts())
    for line in explained(decided, events, day, diagnoses):
        results().print(line, markup=False, soft_wrap=True)


def _not_there(decisions: pl.DataFrame, provider: str, day: date, asked: str) -> str:
    from difflib import get_close_matches

    known = [*decisions["slot"], *decisions["name"]]
    close = get_close_matches(asked, known, n=3, cutoff=0.5)
    like = f"; there are: {', '.join(close)}" if close else ""
    return f"{provider} has no slot or name {asked!r} on {day}{like}"


def _lower(text: str | None) -> str:
    return (text or "").strip().lower()
