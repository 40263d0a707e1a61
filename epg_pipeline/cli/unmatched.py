"""`epg unmatched`: what found no event, grouped by cause, with what came nearest and what to do.

Belongs here: the words and remedies of causes, the table and the file. Does not: finding causes (domain/diagnosis.py).
"""

from __future__ import annotations

import json
import shlex
from datetime import date  # noqa: TC003 - typer reads the annotations
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from epg_pipeline.cli.console import say, table
from epg_pipeline.cli.options import TheDate  # noqa: TC001 - typer reads the annotations

if TYPE_CHECKING:
    import polars as pl

    from epg_pipeline.adapters.postgres import Provider, Store
    from epg_pipeline.domain.evidence import EventTitles

# What a cause means, and what an operator can do about it.
CAUSES = {
    "one side unknown": ("One side is no team on record", 'epg alias add "TEAM" "AS PRINTED", if it is one'),
    "both sides unknown": ("Neither side is a team on record", "epg alias add for each, or its events are missing"),
    "ambiguous": ("Two events fit equally well", "epg override pin PROVIDER --slot SLOT --event EVENT_ID"),
    "not sure enough": ("An event fits, but not well enough", "epg why NAME tells what is missing; epg override pin"),
    "no such fixture": ("Both teams are known, no event of both is near", "a stale name, or the schedule lacks it"),
    "league not on record": ("No event of its league or sport is near", "epg events import, or another source"),
    "no opponents": ("A show, or a title without two sides", "nothing; epg override pin, if it is an event"),
    "not the event": ("A replay, a talk, highlights", "nothing: the guide shows the name as read"),
}


def unmatched(
    provider: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this provider's; all active if left out.")
    ] = None,
    day: TheDate = None,
    examples: Annotated[int, typer.Option(min=0, help="How many names to show of each cause.")] = 3,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write all of them as JSON lines, one name each.")
    ] = None,
) -> None:
    """Group the names that found no event by cause, with the nearest events and teams, and say what to do.

    It reads the decisions on record; after an alias or an override, epg refresh makes new ones.

    \b
    Examples:
      epg unmatched
      epg unmatched --provider "My TV" --date 2025-10-18 --out unmatched.jsonl
    """
    from epg_pipeline.adapters.postgres import open_store
    from epg_pipeline.settings import Settings

    written: list[str] = []
    with open_store(Settings.from_environment()) as store:
        chosen = [store.provider(provider)] if provider else store.providers(active_only=True)
        if not chosen:
            say("No active provider. Add one: epg provider add NAME --playlist URL")
            return
        for one in chosen:
            try:
                written += _tell_provider(store, one, day, examples)
            except typer.BadParameter as nothing_yet:
                if provider:
                    raise
                say(nothing_yet.message)  # the other providers are told all the same
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text("".join(written), encoding="utf-8")
        say(f"Written: {out}, {len(written)} names")


def _tell_provider(store: Store, provider: Provider, day: date | None, examples: int) -> list[str]:
    """Show one provider's table; its failures as lines of JSON."""
    from epg_pipeline.domain.evidence import EventTitles
    from epg_pipeline.cli.why import decisions_in_force
    from epg_pipeline.domain.day import ProviderDay
    from epg_pipeline.domain.diagnosis import diagnosed
    from epg_pipeline.flows import EVENT_REACH, today
    from epg_pipeline.known_facts import facts_on_record

    names_day, decisions = decisions_in_force(store, provider, day or today(provider.timezone))
    events = store.events(names_day - EVENT_REACH, names_day + EVENT_REACH)
    local = ProviderDay(names_day, provider.timezone)
    failed = diagnosed(decisions, events, local, facts_on_record(store))
    titles = EventTitles(events, local)
    telling = decisions.filter(decisions["kind"].is_in(["event", "show"])).height
    title = f"{provider.name}, {names_day}: {failed.height} of {telling} names that tell of something have no event"
    rows = [row for cause in CAUSES for row in _rows(failed.filter(failed["cause"] == cause), cause, examples, titles)]
    if rows:
        table(title, ("Cause", "Names", "For example", "Nearest", "What to do"), rows)
    else:
        say(f"{title}.")
    return [_line(row, provider, names_day) for row in failed.iter_rows(named=True)]


def _rows(failed: pl.DataFrame, cause: str, examples: int, titles: EventTitles) -> list[tuple[object, ...]]:
    """A cause's row, and one for each further example."""
    if failed.is_empty():
        return []
    meaning, remedy = CAUSES[cause]
    shown = failed.unique("name", keep="first", maintain_order=True).head(examples).to_dicts()
    names = [(row["name"], _nearest(row, titles), _remedy(row, remedy)) for row in shown] or [("", "", remedy)]
    head, *rest = names
    others = [(name, nearest, "" if advice == remedy else advice) for name, nearest, advice in rest]
    return [(meaning, f"{failed.height:,}", *head), *(("", "", *row) for row in others)]


def _nearest(row: dict[str, Any], titles: EventTitles) -> str:
    if row["nearest"]:
        return titles.of(row["nearest"][0])
    return f"teams: {', '.join(row['similar'])}" if row["similar"] else "–"


def _remedy(row: dict[str, Any], remedy: str) -> str:
    """The command itself, where the row has what it takes."""
    if row["cause"] == "one side unknown" and row["similar"]:
        return f"epg alias add {shlex.quote(row['similar'][0])} {shlex.quote(row['unknown'][0])}, if it is that one"
    return remedy


def _line(row: dict[str, Any], provider: Provider, day: date) -> str:
    return json.dumps({"provider": provider.slug, "day": str(day), **row}, ensure_ascii=False) + "\n"
