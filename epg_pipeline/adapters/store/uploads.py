"""Which published files reached the public bucket.

Belongs here: the rows of `uploads`. Does not belong: uploading (delivery/bucket.py), what is
uploaded (flows/uploads.py).
"""

import polars as pl
import psycopg

from epg_pipeline.adapters.store.connections import SubStore, in_transaction
from epg_pipeline.adapters.store.frames import read_frame, stage, upsert
from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.sql_files import query

UPLOADS = pl.Schema({"key": pl.String(), "sha256": pl.String(), "status": pl.String(), "reason": pl.String()})


class Uploads(SubStore):
    """The record of uploads, one row per object of a bucket."""

    @in_transaction
    def of(self, connection: psycopg.Connection, provider: Provider, bucket: str) -> pl.DataFrame:
        """What is on record of the provider's objects in a bucket, by key; schema UPLOADS."""
        return read_frame(connection, query("uploads"), {"provider": provider.id, "bucket": bucket}, UPLOADS)

    @in_transaction
    def give_up_elsewhere(self, connection: psycopg.Connection, provider: Provider, bucket: str) -> None:
        """Withdraw what is still to be uploaded to any other bucket: it is not tried again, and no fault any more."""
        connection.execute(query("withdraw_uploads"), {"provider": provider.id, "bucket": bucket})

    @in_transaction
    def save(self, connection: psycopg.Connection, provider: Provider, bucket: str, rows: pl.DataFrame) -> int:
        """Record the outcome of some objects (schema UPLOADS, a row per key); how many rows were new or differed."""
        whose = {"provider_id": pl.lit(provider.id, pl.Int64), "bucket": pl.lit(bucket)}
        stage(connection, rows.select(*UPLOADS, **whose), "uploaded")
        return upsert(
            connection, "uploads", "uploaded", ["provider_id", "bucket", "key"], ["sha256", "status", "reason"]
        )
