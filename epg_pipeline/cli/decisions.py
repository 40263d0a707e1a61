"""`epg match`, `why`, `unmatched`: how names are read and decided.

Belongs here: the commands and their options. Does not: what they print (explain.py, which needs Polars, so that it is
imported when a command runs).
"""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from epg_pipeline.cli.console import facts, say
from epg_pipeline.cli.shared import Day, OnlyProvider, Timezone, chosen_providers, date_option, opened

app = typer.Typer()

EventsFile = Annotated[
    Path | None, typer.Option("--events", metavar="FILE", help="The events to match against, JSON lines.")
]


@app.command()
def match(
    playlist: Annotated[Path, typer.Argument(help="An M3U file.")],
    day: Annotated[date, date_option("--date", "The day of the playlist.")],
    events: EventsFile = None,
    timezone: Timezone = "UTC",
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write one JSON object per entry; - is stdout.")
    ] = None,
) -> None:
    """Read and match a playlist's names, as a dry run: nothing is stored, fetched or published.

    \b
    Examples:
      epg match list.m3u --date 2025-10-18 --events october.jsonl --timezone America/New_York
      epg match list.m3u --date 2025-10-18 --out - | head
    """
    from epg_pipeline.adapters.web.playlists import fetch_playlist
    from epg_pipeline.cli.explain import decisions_summary, events_from, write_decisions
    from epg_pipeline.domain.day import ProviderDay
    from epg_pipeline.flows.dry_run import provider_day

    body = fetch_playlist(str(playlist)).body or b""
    decisions = provider_day(body, events_from(events), ProviderDay(day, timezone))
    if out:
        write_decisions(decisions, out)
    if out != "-":
        facts(f"{playlist.name}, {day}", decisions_summary(decisions))


@app.command()
def why(
    name: Annotated[str | None, typer.Argument(help="The entry's name, as in the playlist.")] = None,
    day: Day = None,
    events: EventsFile = None,
    timezone: Timezone = "UTC",
    provider: Annotated[
        str | None, typer.Option(metavar="NAME", help="Explain what was recorded for this provider instead.")
    ] = None,
    slot: Annotated[str | None, typer.Option(metavar="SLOT", help='The provider\'s slot, such as "NBA 05".')] = None,
) -> None:
    """Explain how one name is read, which event it is matched to or why to none, and what came nearest.

    With --provider it explains the decision on record, made with all the provider's names, aliases and overrides.
    Without, the name alone is read and matched, against the events of a file.

    \b
    Examples:
      epg why "NCAAF 03 : Troy at Old Dominion @ 07:30 PM ET" --date 2025-10-18 --events october.jsonl
      epg why --provider "My TV" --slot "NBA 05"
      epg why --provider "My TV" --slot "NBA 05" --date 2025-10-18
    """
    from epg_pipeline.cli.explain import events_from, explain_name, explain_recorded

    if provider:
        if (name is None) == (slot is None):
            raise typer.BadParameter("say which: a NAME, or --slot SLOT")
        with opened() as (store, _):
            explain_recorded(store, store.providers.find(provider), name, slot, day)
    elif name is None or day is None:
        raise typer.BadParameter("give a NAME and --date YYYY-MM-DD, or --provider and --slot")
    else:
        explain_name(name, day, events_from(events), timezone)


@app.command()
def unmatched(
    provider: OnlyProvider = None,
    day: Day = None,
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
    from epg_pipeline.cli.explain import print_unmatched

    written: list[str] = []
    with opened() as (store, _):
        providers = chosen_providers(store, [provider] if provider else [])
        for chosen in providers:
            try:
                written += print_unmatched(store, chosen, day, examples)
            except typer.BadParameter as nothing_yet:
                if provider:
                    raise
                say(nothing_yet.message)  # and go on with the other providers
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text("".join(written), encoding="utf-8")
        say(f"Written: {out}, {len(written)} names")
