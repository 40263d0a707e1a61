"""What a provider's day is compared with: the slots it had.

Belongs here: reading the record for the checks. Does not: judging (domain/guide/checks.py), writing anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from epg_pipeline.adapters.store.sql_files import query

if TYPE_CHECKING:
    from datetime import date

    from epg_pipeline.adapters.store.connections import Connections
    from epg_pipeline.adapters.store.providers import Provider


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
