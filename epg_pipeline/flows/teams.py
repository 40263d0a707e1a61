"""The sources' lists of teams brought up to date, once a week.

Belongs here: asking for the lists, comparing, storing, and reporting what is new, renamed or gone. Does not belong: the
comparison (domain/events/team_lists.py), how a list is asked or read (adapters).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from epg_pipeline.adapters.store.store import Store
from epg_pipeline.adapters.web.source import Team
from epg_pipeline.adapters.web.source_client import Answer, Pace, SourceFault
from epg_pipeline.adapters.web.sources import sources_of
from epg_pipeline.config import load_facts
from epg_pipeline.domain.events.team_lists import LISTED_TEAMS, ListedTeams, compared
from epg_pipeline.flows.events import REFRESH, source_client
from epg_pipeline.settings import Settings

FRESH_SECONDS = 24 * 3600.0


@dataclass(frozen=True)
class TeamsSynced:
    """A sync of the lists: teams listed, frames of what is new, renamed (with `was`) and vanished, and faults."""

    teams: int
    leagues: int
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
    with store.exclusively(REFRESH):
        answers = _lists(settings, today, only, pace)
    teams = [team for answer in answers for team in answer.value or ()]
    frame = pl.DataFrame(teams, schema=LISTED_TEAMS)
    listed = ListedTeams(frame.unique(["source", "league", "ref"], keep="first", maintain_order=True))
    leagues = sorted(listed["league"].unique())
    facts = load_facts()
    found = compared(listed, store.teams.refs(leagues), facts)
    sports = {key: league.sport for key, league in facts.leagues.items()}
    if listed.height:
        store.teams.save_lists(listed, found, sports)
    faults = [answer.fault for answer in answers if answer.fault]
    faults += [
        SourceFault(source, league, "teams", "short", "lists less than half of the teams on record; not believed")
        for source, league in found.doubted.iter_rows()
    ]
    return TeamsSynced(listed.height, len(leagues), found.new, found.renamed, found.vanished, tuple(faults))


def _lists(settings: Settings, today: date, only: Sequence[str] | None, pace: Pace | None) -> list[Answer[list[Team]]]:
    answers: list[Answer[list[Team]]] = []
    for source in sources_of(settings.sources):
        if asks := source.team_asks(today, only):
            with source_client(settings, source, pace) as client:
                answers += client.ask_all(asks, source.read_teams, lambda _ask, _teams: FRESH_SECONDS)
    return answers
