"""What a provider's day is compared with: its slots and match rates so far.

Belongs here: reading the record for the checks. Does not: judging (domain/checks.py), writing anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from epg_pipeline.adapters.frames_in_tables import read_frame
from epg_pipeline.adapters.sql_files import query
from epg_pipeline.domain.checks import RATES

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from epg_pipeline.adapters.connections import Connections
    from epg_pipeline.adapters.provider_rows import Provider


class NamesInForce(NamedTuple):
    """The day whose slot names hold, and how many slots there were."""

    day: date
    slots: int


class History:
    """The record as checks look back on it."""

    def __init__(self, connections: Connections) -> None:
        """Reads through a store's connections."""
        self._connections = connections

    def names_in_force(self, provider: Provider, day: date) -> NamesInForce | None:
        """The slot names that hold on a day: its own, else those of the latest earlier day; None before the first."""
        with self._connections.transaction() as connection:
            row = connection.execute(query("slot_count"), {"provider": provider.id, "day": day}).fetchone()
        return NamesInForce(*row) if row else None

    def rates(self, provider: Provider, first: date, last: date) -> pl.DataFrame:
        """How the days from first to last went; a RATES frame, without the days that have no decisions."""
        values = {"provider": provider.id, "first": first, "last": last}
        with self._connections.transaction() as connection:
            return read_frame(connection, query("rates_between"), values, RATES)
