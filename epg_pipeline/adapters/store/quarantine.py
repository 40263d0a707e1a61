"""Rows that a step could not handle, with the reason.

Belongs here: the rows of `quarantine`. Does not belong: finding such rows (flows/quarantine.py).
"""

from datetime import date

import polars as pl
import psycopg

from epg_pipeline.adapters.store.connections import SubStore, in_transaction
from epg_pipeline.adapters.store.frames import stage
from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.sql_files import query


class Quarantine(SubStore):
    """What was set aside."""

    @in_transaction
    def add(
        self, connection: psycopg.Connection, provider: Provider | None, day: date, stage_name: str, rows: pl.DataFrame
    ) -> int:
        """Note what was set aside (columns `name`, `reason`), each thing once per day and stage.

        The number of new rows.
        """
        stage(connection, rows.select("name", "reason").cast(pl.String).unique(maintain_order=True), "set_aside")
        values = {"provider": provider.id if provider else None, "day": day, "stage": stage_name}
        return connection.execute(query("save_quarantine"), values).rowcount
