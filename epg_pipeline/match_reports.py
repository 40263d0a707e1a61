"""The match report of a provider, made from what is on record.

Belongs here: which rows a report is made of. Does not: its figures and its page (domain/match_report.py,
domain/report_page.py), where it is written (publishing.py).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from epg_pipeline.config import load_facts
from epg_pipeline.domain.day import EVENT_REACH, ProviderDay
from epg_pipeline.domain.diagnosis import diagnosed
from epg_pipeline.domain.report_page import TREND_DAYS, report_page
from epg_pipeline.known_facts import facts_on_record

if TYPE_CHECKING:
    from datetime import date

    from epg_pipeline.adapters.postgres import Provider, Store
    from epg_pipeline.config.texts import Texts


def match_report(store: Store, provider: Provider, day: date, texts: Texts | None = None) -> str:
    """The page about the names in force on a day; one that says so when none were matched yet.

    They are those of the latest playlist up to the day, so the report may be about an earlier one. The clock is that of
    `texts`, the words are English.
    """
    snapshot = store.snapshot(provider, day)
    names_day = ProviderDay(snapshot.day if snapshot else day, provider.timezone)
    decisions = store.decisions(provider, names_day.date)
    events = store.events(names_day.date - EVENT_REACH, names_day.date + EVENT_REACH)
    diagnoses = diagnosed(decisions, events, names_day, facts_on_record(store))
    history = store.match_rates(provider, names_day.date - timedelta(days=TREND_DAYS), names_day.date)
    return report_page(
        decisions, diagnoses, events, history, names_day, provider.name, load_facts().sports, texts=texts
    )
