"""The checks of a provider's day, with what they compare it with.

Belongs here: loading for the checks, and calling them; the flows call this. Does not: the judging
(domain/guide/checks.py).
"""

from datetime import date, timedelta

from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.config import Facts
from epg_pipeline.config.sources import load_sources
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import Decisions, Slots
from epg_pipeline.domain.guide import checks
from epg_pipeline.domain.guide.checks import Verdict


def check_slots(store: Store, provider: Provider, day: date, slots: Slots, facts: Facts) -> tuple[Verdict, ...]:
    """The checks of a playlist's SLOTS before they are stored for a day."""
    names = store.slots.names_in_force(provider, day)
    return (
        checks.slot_count(int(slots["is_slot"].sum()), names.slots if names else 0),
        checks.unknown_families(slots, {family.name for family in facts.families}),
    )


def check_matched(store: Store, provider: Provider, day: date, decisions: Decisions) -> tuple[Verdict, ...]:
    """The checks of a day's decisions, which must be stored; none of them blocks."""
    local = ProviderDay(day, provider.timezone)
    rates = store.decisions.match_rates(provider, day - timedelta(weeks=checks.WEEKS), day)
    sources = load_sources()
    asked = {*sources.espn.all_leagues(), *sources.thesportsdb.leagues}
    events = store.events.between(day - timedelta(days=1), day + timedelta(days=2))
    return checks.match_rate(rates, day), checks.events_of_leagues(decisions, events, local, asked)
