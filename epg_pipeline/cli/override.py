"""`epg override`: corrections by hand of what names are matched to.

Belongs here: which slots and events a person means, and the result. Does not: applying overrides (the domain).
"""

from __future__ import annotations

from datetime import date
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from epg_pipeline.adapters.clock import today
from epg_pipeline.cli.console import say, say_first, table
from epg_pipeline.cli.shared import date_option, opened

if TYPE_CHECKING:
    from epg_pipeline.adapters.store.providers import Provider
    from epg_pipeline.adapters.store.store import Store

app = typer.Typer(
    name="override", help="Pin a slot or names to an event, or mark names as never an event.", no_args_is_help=True
)

ProviderName = Annotated[str, typer.Argument(metavar="PROVIDER", help="The provider's name or slug.")]
Slot = Annotated[str | None, typer.Option("--slot", metavar="SLOT", help='The slot, such as "NBA 05".')]
Pattern = Annotated[
    str | None,
    typer.Option(
        "--name", metavar="PATTERN", help="A regular expression found anywhere in the name, letter case aside."
    ),
]
Day = Annotated[date | None, date_option("--date", "Only on this day, in the provider's time zone.")]
Note = Annotated[str, typer.Option(help="Why, for later readers.")]
MAX_SHOWN = 5


@app.command()
def pin(
    provider: ProviderName,
    event: Annotated[str, typer.Option(metavar="EVENT_ID", help="The event's id; epg unmatched and epg why show ids.")],
    slot: Slot = None,
    name: Pattern = None,
    day: Day = None,
    note: Note = "",
) -> None:
    """Say which event a slot, or every name that fits a pattern, is about.

    Its guide shows the event as if it had been found, with match status `manual`, in every run from now on. A slot is
    pinned for one day: that of the event, unless --date names another. A pattern holds on every day, unless --date is
    given. Of several overrides that fit a slot the newest counts.

    \b
    Examples:
      epg override pin "My TV" --slot "NBA 05" --event 401704632
      epg override pin "My TV" --name "big fight night" --event 600051442 --note "named without its fighters"
    """
    from epg_pipeline.cli.lookups import find_event

    with opened() as (store, _):
        chosen = store.providers.find(provider)
        pinned = find_event(store, event)
        if slot and day is None:
            day = pinned["starts_at"].astimezone(ZoneInfo(chosen.timezone)).date()
        _add(store, chosen, slot, name, day, f"is pinned to {_title(pinned)}", event_id=event, note=note)


@app.command()
def never(provider: ProviderName, name: Pattern = None, slot: Slot = None, day: Day = None, note: Note = "") -> None:
    """Say that names which fit a pattern, or a slot, are never an event: their guide says that nothing is on.

    \b
    Examples:
      epg override never "My TV" --name "classic games"
      epg override never "My TV" --slot "NBA 40" --note "a loop of highlights"
    """
    with opened() as (store, _):
        _add(store, store.providers.find(provider), slot, name, day, "is never an event", note=note)


@app.command(name="list")
def list_(provider: Annotated[str | None, typer.Option(metavar="NAME", help="Only this provider's.")] = None) -> None:
    """List the overrides in force, of all providers or one.

    \b
    Example:
      epg override list --provider "My TV"
    """
    with opened() as (store, _):
        providers = [store.providers.find(provider)] if provider else store.providers.all()
        rows = [
            _row(chosen, override)
            for chosen in providers
            for override in store.overrides.in_force(chosen).iter_rows(named=True)
        ]
    if not rows:
        say("No override in force. Set one: epg override pin PROVIDER --slot SLOT --event EVENT_ID")
        return
    table("Overrides", ("Number", "Provider", "Slot or name", "Day", "Says", "Note"), rows)


@app.command()
def remove(number: Annotated[int, typer.Argument(help="Its number, as in epg override list.")]) -> None:
    """Take an override out of force; the pipeline decides again. It stays on record.

    \b
    Example:
      epg override remove 3
    """
    with opened() as (store, _):
        was_in_force = store.overrides.remove(number)
    if not was_in_force:
        raise typer.BadParameter(f"no override {number} is in force; see: epg override list")
    say(f"Override {number} is removed. It counts from the next match on: epg refresh NAME")


def _add(
    store: Store, provider: Provider, slot: str | None, pattern: str | None, day: date | None, effect: str, **more: str
) -> None:
    """Record an override, and print the names of the playlist in force that it applies to."""
    import polars as pl

    from epg_pipeline.adapters.store.overrides import NewOverride
    from epg_pipeline.cli.lookups import find_slot
    from epg_pipeline.domain.matching.overrides import fits, pattern_fault

    if (slot is None) == (pattern is None):
        raise typer.BadParameter('say which names: --slot "NBA 05", or --name PATTERN')
    if slot is not None:
        slot = find_slot(store, provider, slot)
    elif pattern is not None and (fault := pattern_fault(pattern)):
        raise typer.BadParameter(f"the pattern {pattern!r} can't be used: {fault}", param_hint="--name")
    number = store.overrides.add(provider, NewOverride(slot=slot, name_pattern=pattern, day=day, **more))
    channels = store.slots.channels(provider, day or today(provider.timezone))
    names = channels.filter(fits(pattern) if pattern else pl.col("slot") == slot)["name"].to_list()
    effect += f" on {day}" if day else ""
    say_first([f"{name}\n  {effect}" for name in names], MAX_SHOWN, "more names")
    if not names:
        say(f"No name on record fits now; a later one that does {effect}.")
    say(f"Override {number} counts from the next match on: epg refresh {quote(provider.name)}")


def _title(event: dict[str, Any]) -> str:
    from epg_pipeline.domain.matching.explain import instant, titled

    start = instant(event["starts_at"], "UTC") if event["starts_at"] else "hour not set"
    return f"{titled(event)} ({event['league']}, {start})"


def _row(provider: Provider, override: dict[str, Any]) -> tuple[object, ...]:
    which = override["slot"] or f"name ~ {override['name_pattern']}"
    if override["event_id"] is None:
        effect = "never an event"
    elif override["league"] is None:
        effect = f"event {override['event_id']}, not on record any more"
    else:
        effect = f"{_title({**override, 'name': override['event_name']})}, event {override['event_id']}"
    day = override["day"]
    return (override["id"], provider.name, which, str(day) if day else "every day", effect, override["note"])
