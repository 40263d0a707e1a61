"""A playlist or one name, read and matched without database, network or clock.

Belongs here: what `epg match` and `epg why NAME` call. Does not belong: anything stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from epg_pipeline.domain.frames import ENTRIES
from epg_pipeline.domain.matching.decide import decide
from epg_pipeline.domain.reading.names import read_names
from epg_pipeline.domain.reading.playlist import parse_playlist
from epg_pipeline.domain.reading.slots import sort_entries
from epg_pipeline.flows.facts import installed_facts

if TYPE_CHECKING:
    from epg_pipeline.domain.day import ProviderDay


def provider_day(body: bytes, events: pl.DataFrame, day: ProviderDay) -> pl.DataFrame:
    """DECISIONS for every entry of a playlist, slots and others, for one day: no database, no network, no clock."""
    facts = installed_facts()
    return decide(read_names(sort_entries(parse_playlist(body), facts), day, facts), events, day, facts)


def name_decided(name: str, events: pl.DataFrame, day: ProviderDay) -> pl.DataFrame:
    """The one row of DECISIONS for a name standing alone."""
    facts = installed_facts()
    blank = {column: "" for column, kind in ENTRIES.items() if kind == pl.String}
    entry = pl.DataFrame([{**blank, "position": 0, "name": name}], schema=ENTRIES)
    return decide(read_names(sort_entries(entry, facts), day, facts), events, day, facts)
