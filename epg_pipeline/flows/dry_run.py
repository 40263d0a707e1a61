"""A playlist or one name, read and matched without database, network or clock.

Belongs here: what `epg match` and `epg why NAME` call. Does not belong: anything stored.
"""

from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import Decisions, Entries, Events
from epg_pipeline.domain.matching.decide import decide
from epg_pipeline.domain.reading.dating import date_readings
from epg_pipeline.domain.reading.entries import entry_of, read_entries
from epg_pipeline.domain.reading.playlist import parse_playlist
from epg_pipeline.flows.facts import installed_facts


def provider_day(body: bytes, events: Events, day: ProviderDay) -> Decisions:
    """DECISIONS for every entry of a playlist, slots and others, for one day: no database, no network, no clock."""
    return _decided(parse_playlist(body), events, day)


def name_decided(name: str, events: Events, day: ProviderDay) -> Decisions:
    """The one row of DECISIONS for a name standing alone."""
    return _decided(entry_of(name), events, day)


def _decided(entries: Entries, events: Events, day: ProviderDay) -> Decisions:
    facts = installed_facts()
    return decide(date_readings(read_entries(entries, facts), day, facts), events, day, facts)
