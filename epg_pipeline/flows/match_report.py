"""The match report of a provider, made from what is on record.

Belongs here: which rows a report is made of. Does not belong: its figures and its page (pages/report_figures.py,
pages/report_page.py), where it is written (flows/publishing.py).
"""

from datetime import date, timedelta

from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.config import load_facts
from epg_pipeline.config.texts import Texts
from epg_pipeline.domain.day import EVENT_REACH, ProviderDay
from epg_pipeline.domain.matching.diagnosis import diagnosed
from epg_pipeline.flows.facts import facts_on_record
from epg_pipeline.pages.report_page import TREND_DAYS, report_page


def match_report(store: Store, provider: Provider, day: date, texts: Texts) -> str:
    """The page about the names in force on a day; one that says so when none were matched yet.

    The names are those of an earlier day where the day has no playlist, or a refused one. The clock format is that of
    `texts`, the words are English.
    """
    names_of = ProviderDay(store.slots.names_day(provider, day), provider.timezone)
    decisions = store.decisions.of_day(provider, names_of.date)
    events = store.events.between(names_of.date - EVENT_REACH, names_of.date + EVENT_REACH)
    diagnoses = diagnosed(decisions, events, names_of, facts_on_record(store))
    history = store.decisions.match_rates(provider, names_of.date - timedelta(days=TREND_DAYS), names_of.date)
    return report_page(decisions, diagnoses, events, history, names_of, provider.name, load_facts().sports, texts=texts)
