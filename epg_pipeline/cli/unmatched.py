"""`epg unmatched`: what found no event, grouped by cause, with what came nearest and what to do.

Belongs here: the table and the file. Does not: finding causes (domain/matching/diagnosis.py), their words
(domain/matching/advice.py).
"""

from __future__ import annotations

import json
from datetime import date  # noqa: TC003 - typer reads the annotations
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from epg_pipeline.cli.console import say, table
from epg_pipeline.cli.installation import chosen_providers, opened
from epg_pipeline.cli.options import TheDate  # noqa: TC001 - typer reads the annotations

if TYPE_CHECKING:
    import polars as pl

    from epg_pipeline.adapters.store.providers import Provider
    from epg_pipeline.adapters.store.store import Store
    from epg_pipeline.domain.matching.explain import EventTitles


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
    written: list[str] = []
    with opened() as (store, _):
        chosen = chosen_providers(store, [provider] if provider else [])
        if not chosen:
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
    from epg_pipeline.adapters.clock import today
    from epg_pipeline.cli.why import decisions_in_force
    from epg_pipeline.domain.day import EVENT_REACH, ProviderDay
    from epg_pipeline.domain.matching.advice import ADVICE
    from epg_pipeline.domain.matching.diagnosis import diagnosed
    from epg_pipeline.domain.matching.explain import EventTitles
    from epg_pipeline.flows.facts import facts_on_record

    names_day, decisions = decisions_in_force(store, provider, day or today(provider.timezone))
    events = store.events.between(names_day - EVENT_REACH, names_day + EVENT_REACH)
    local = ProviderDay(names_day, provider.timezone)
    failed = diagnosed(decisions, events, local, facts_on_record(store))
    titles = EventTitles(events, local)
    telling = decisions.filter(decisions["kind"].is_in(["event", "show"])).height
    title = f"{provider.name}, {names_day}: {failed.height} of {telling} names that tell of something have no event"
    rows = [row for cause in ADVICE for row in _rows(failed.filter(failed["cause"] == cause), cause, examples, titles)]
    if rows:
        table(title, ("Cause", "Names", "For example", "Nearest", "What to do"), rows)
    else:
        say(f"{title}.")
    return [_line(row, provider, names_day) for row in failed.iter_rows(named=True)]


def _rows(failed: pl.DataFrame, cause: str, examples: int, titles: EventTitles) -> list[tuple[object, ...]]:
    """A cause's row, and one for each further example."""
    if failed.is_empty():
        return []
    from epg_pipeline.domain.matching.advice import ADVICE, came_nearest, remedy

    told = ADVICE[cause]
    shown = failed.unique("name", keep="first", maintain_order=True).head(examples).to_dicts()
    names = [(row["name"], came_nearest(row, titles) or "–", remedy(row)) for row in shown] or [("", "", told.remedy)]
    head, *rest = names
    others = [(name, nearest, "" if advice == told.remedy else advice) for name, nearest, advice in rest]
    return [(told.meaning, f"{failed.height:,}", *head), *(("", "", *row) for row in others)]


def _line(row: dict[str, Any], provider: Provider, day: date) -> str:
    return json.dumps({"provider": provider.slug, "day": str(day), **row}, ensure_ascii=False) + "\n"
