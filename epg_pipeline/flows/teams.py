"""The sources' lists of teams brought up to date, once a week.

Belongs here: asking for the lists, comparing, storing, and telling what is new, renamed or gone. Does not: the
comparison (domain/events/team_lists.py), how a list is asked or read (adapters).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from epg_pipeline.adapters.web import espn, thesportsdb
from epg_pipeline.adapters.web.source_client import SourceFault
from epg_pipeline.config import load_facts
from epg_pipeline.config.sources import load_sources
from epg_pipeline.domain.events.team_lists import LISTED_TEAMS, compared
from epg_pipeline.flows.events import access, source_client

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from epg_pipeline.adapters.store.store import Store
    from epg_pipeline.adapters.web.source_client import Answer, Ask, Pace
    from epg_pipeline.settings import Settings

FRESH_SECONDS = 24 * 3600.0
Team = dict[str, str]


@dataclass(frozen=True)
class TeamsSynced:
    """A sync of the lists: teams listed, frames of what is new, renamed (with `was`) and vanished, and faults."""

    teams: int
    leagues: int
    rows_changed: int
    new: pl.DataFrame
    renamed: pl.DataFrame
    vanished: pl.DataFrame
    faults: tuple[SourceFault, ...]


def sync_teams(
    store: Store, settings: Settings, today: date, only: Sequence[str] | None = None, pace: Pace | None = None
) -> TeamsSynced:
    """Ask the enabled sources for their teams, and record what changed. No team's id changes, none is removed.

    A list that can't be had, or lacks half of the teams on record, changes nothing and is named among the faults.
    """
    answers = _lists(settings, today, only, pace)
    teams = [team for answer in answers for team in answer.value or ()]
    listed = pl.DataFrame(teams, schema=LISTED_TEAMS).unique(
        ["source", "league", "ref"], keep="first", maintain_order=True
    )
    leagues = sorted(listed["league"].unique())
    facts = load_facts()
    found = compared(listed, store.team_refs(leagues), facts)
    sports = {key: league.sport for key, league in facts.leagues.items()}
    changed = store.save_team_lists(listed, found, sports) if listed.height else 0
    faults = [answer.fault for answer in answers if answer.fault]
    faults += [
        SourceFault(source, league, "teams", "short", "lists less than half of the teams on record; not believed")
        for source, league in found.doubted.iter_rows()
    ]
    return TeamsSynced(listed.height, len(leagues), changed, found.new, found.renamed, found.vanished, tuple(faults))


def _lists(settings: Settings, today: date, only: Sequence[str] | None, pace: Pace | None) -> list[Answer[list[Team]]]:
    sources, names = load_sources(), settings.sources.names
    answers: list[Answer[list[Team]]] = []
    if espn.SOURCE in names:
        asks = espn.team_asks(sources.espn, only, settings.sources.espn_address, day=today)
        answers += _asked(settings, espn.SOURCE, asks, espn.read_teams, pace)
    if thesportsdb.SOURCE in names:
        asks = thesportsdb.team_asks(sources.thesportsdb, access(settings), only, day=today)
        answers += _asked(settings, thesportsdb.SOURCE, asks, thesportsdb.read_teams, pace)
    return answers


def _asked(
    settings: Settings, source: str, asks: list[Ask], read: Callable[[Ask, object], list[Team]], pace: Pace | None
) -> list[Answer[list[Team]]]:
    if not asks:
        return []
    with source_client(settings, source, pace) as client:
        return client.ask_all(asks, read, lambda _ask, _teams: FRESH_SECONDS)
