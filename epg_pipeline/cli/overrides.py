"""`epg override`: what an operator knows better.

Belongs here: which slots and events a person means, and what came of it. Does not: applying overrides (the domain).
"""

from __future__ import annotations

import shlex
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from epg_pipeline.cli.console import say, table
from epg_pipeline.cli.installation import opened
from epg_pipeline.cli.options import a_date

if TYPE_CHECKING:
    from epg_pipeline.adapters.store.providers import Provider
    from epg_pipeline.adapters.store.store import Store

app = typer.Typer(
    help="Pin a slot or names to an event, or mark names as never an event.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

ProviderName = Annotated[str, typer.Argument(metavar="PROVIDER", help="The provider's name or slug.")]
Slot = Annotated[str | None, typer.Option("--slot", metavar="SLOT", help='The slot, such as "NBA 05".')]
Pattern = Annotated[
    str | None,
    typer.Option(
        "--name", metavar="PATTERN", help="A regular expression found anywhere in the name, letter case aside."
    ),
]
Day = Annotated[
    date | None,
    typer.Option("--date", parser=a_date, metavar="YYYY-MM-DD", help="Only on this day of the provider's."),
]
Note = Annotated[str, typer.Option(help="Why, for whoever finds it later.")]
MOST_SHOWN = 5


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
    pinned for one day: the event's own, unless --date names another. A pattern holds on every day, unless --date is
    given. Of several overrides that fit a slot the newest counts.

    \b
    Examples:
      epg override pin "My TV" --slot "NBA 05" --event 401704632
      epg override pin "My TV" --name "big fight night" --event 600051442 --note "named without its fighters"
    """
    with opened() as (store, _):
        chosen = store.providers.find(provider)
        pinned = _event(store, event)
        if slot and day is None:
            day = _local_date(pinned, chosen)
        number = _add(store, chosen, slot, name, {"day": day, "event_id": event, "note": note})
        fitting = _fitting(store, chosen, slot, name, day)
    _tell(chosen, number, fitting, f"is pinned to {_title(pinned)}{f' on {day}' if day else ''}")


@app.command()
def never(provider: ProviderName, name: Pattern = None, slot: Slot = None, day: Day = None, note: Note = "") -> None:
    """Say that names which fit a pattern, or a slot, are never an event: their guide says that nothing is on.

    \b
    Examples:
      epg override never "My TV" --name "classic games"
      epg override never "My TV" --slot "NBA 40" --note "a loop of highlights"
    """
    with opened() as (store, _):
        chosen = store.providers.find(provider)
        number = _add(store, chosen, slot, name, {"day": day, "note": note})
        fitting = _fitting(store, chosen, slot, name, day)
    _tell(chosen, number, fitting, f"is never an event{f' on {day}' if day else ''}")


@app.command(name="list")
def list_(provider: Annotated[str | None, typer.Option(metavar="NAME", help="Only this provider's.")] = None) -> None:
    """The overrides in force, of all providers or one.

    \b
    Example:
      epg override list --provider "My TV"
    """
    with opened() as (store, _):
        chosen = [store.providers.find(provider)] if provider else store.providers.all()
        rows = [
            _row(one, override) for one in chosen for override in store.overrides.in_force(one).iter_rows(named=True)
        ]
    if not rows:
        say("No override in force. Set one: epg override pin PROVIDER --slot SLOT --event EVENT_ID")
        return
    table("Overrides", ("Number", "Provider", "Slot or name", "Day", "Says", "Note"), rows)


@app.command()
def remove(number: Annotated[int, typer.Argument(help="Its number, as in epg override list.")]) -> None:
    """Take an override out of force; what the pipeline finds counts again. It stays on record.

    \b
    Example:
      epg override remove 3
    """
    with opened() as (store, _):
        was_in_force = store.overrides.remove(number)
    if not was_in_force:
        raise typer.BadParameter(f"no override {number} is in force; see: epg override list")
    say(f"Override {number} is removed. It counts from the next match on: epg refresh NAME")


def _add(store: Store, provider: Provider, slot: str | None, pattern: str | None, said: dict[str, Any]) -> int:
    from epg_pipeline.adapters.store.overrides import NewOverride
    from epg_pipeline.domain.matching.overrides import pattern_fault

    if (slot is None) == (pattern is None):
        raise typer.BadParameter('say which names: --slot "NBA 05", or --name PATTERN')
    if slot is not None:
        slot = _known_slot(store, provider, slot)
    elif pattern is not None and (fault := pattern_fault(pattern)):
        raise typer.BadParameter(f"the pattern {pattern!r} can't be used: {fault}", param_hint="--name")
    return store.overrides.add(provider, NewOverride(slot=slot, name_pattern=pattern, **said))


def _known_slot(store: Store, provider: Provider, slot: str) -> str:
    """The slot as it is on record; a usage error that names some like it."""
    from difflib import get_close_matches

    known = {name.lower(): name for name in store.slots.keys(provider)}
    if slot.strip().lower() in known:
        return known[slot.strip().lower()]
    close = [known[name] for name in get_close_matches(slot.lower(), known, n=3, cutoff=0.5)]
    like = f"; there are: {', '.join(close)}" if close else ""
    raise typer.BadParameter(f"{provider.name} has no slot {slot!r}{like}", param_hint="--slot")


def _event(store: Store, event_id: str) -> dict[str, Any]:
    found = store.overrides.pinnable_event(event_id)
    if found.is_empty():
        raise typer.BadParameter(
            f"no event {event_id!r} is on record; epg unmatched and epg why show the ids of those near a name",
            param_hint="--event",
        )
    return found.row(0, named=True)


def _local_date(event: dict[str, Any], provider: Provider) -> date:
    from zoneinfo import ZoneInfo

    local: date = event["starts_at"].astimezone(ZoneInfo(provider.timezone)).date()
    return local


def _title(event: dict[str, Any]) -> str:
    from epg_pipeline.domain.matching.explain import instant, titled

    start = instant(event["starts_at"], "UTC") if event["starts_at"] else "hour not set"
    return f"{titled(event)} ({event['league']}, {start})"


def _fitting(store: Store, provider: Provider, slot: str | None, pattern: str | None, day: date | None) -> list[str]:
    """The names of the playlist in force that an override means."""
    import polars as pl

    from epg_pipeline.adapters.clock import today
    from epg_pipeline.domain.matching.overrides import fits

    channels = store.slots.channels(provider, day or today(provider.timezone))
    meant = fits(pattern) if pattern else pl.col("slot").str.to_lowercase() == (slot or "").strip().lower()
    return channels.filter(meant)["name"].to_list()


def _tell(provider: Provider, number: int, fitting: list[str], becomes: str) -> None:
    for name in fitting[:MOST_SHOWN]:
        say(f"{name}\n  {becomes}")
    if len(fitting) > MOST_SHOWN:
        say(f"… and {len(fitting) - MOST_SHOWN} more names")
    if not fitting:
        say(f"No name on record fits now; one that comes {becomes}.")
    say(f"Override {number} counts from the next match on: epg refresh {shlex.quote(provider.name)}")


def _row(provider: Provider, override: dict[str, Any]) -> tuple[object, ...]:
    which = override["slot"] or f"name ~ {override['name_pattern']}"
    if override["event_id"] is None:
        says = "never an event"
    elif override["league"] is None:
        says = f"event {override['event_id']}, not on record any more"
    else:
        says = f"{_title({**override, 'name': override['event_name']})}, event {override['event_id']}"
    day = override["day"]
    return (override["id"], provider.name, which, str(day) if day else "every day", says, override["note"])
