"""What became of published files in the public bucket.

Belongs here: the rows of `uploads`. Does not: uploading (objects.py), what is uploaded (uploads.py).
"""

import polars as pl

from epg_pipeline.adapters.store.connections import SubStore
from epg_pipeline.adapters.store.frames import read_frame, stage, upsert
from epg_pipeline.adapters.store.providers import Provider

UPLOADS = pl.Schema({"key": pl.String(), "sha256": pl.String(), "status": pl.String(), "reason": pl.String()})


class Uploads(SubStore):
    """The record of uploads, one row per object of a bucket."""

    def of(self, provider: Provider, bucket: str) -> pl.DataFrame:
        """What is on record of the provider's objects in a bucket, by key; schema UPLOADS."""
        text = (
            "SELECT key, sha256, status, reason FROM uploads "
            "WHERE provider_id = %(provider)s AND bucket = %(bucket)s ORDER BY key"
        )
        with self._connections.transaction() as connection:
            return read_frame(connection, text, {"provider": provider.id, "bucket": bucket}, UPLOADS)

    def give_up_elsewhere(self, provider: Provider, bucket: str) -> None:
        """What was left undone in any other bucket is not tried again, so it is nobody's fault any more."""
        statement = (
            "UPDATE uploads SET status = 'withdrawn', reason = 'another bucket is set, or none', updated_at = now() "
            "WHERE provider_id = %s AND bucket <> %s AND status IN ('begun', 'failed')"
        )
        with self._connections.transaction() as connection:
            connection.execute(statement, (provider.id, bucket))

    def save(self, provider: Provider, bucket: str, rows: pl.DataFrame) -> int:
        """Record what became of some objects (schema UPLOADS, a row per key); how many rows were new or differed."""
        whose = {"provider_id": pl.lit(provider.id, pl.Int64), "bucket": pl.lit(bucket)}
        keys, columns = ["provider_id", "bucket", "key"], ["sha256", "status", "reason"]
        with self._connections.transaction() as connection:
            stage(connection, rows.select(*UPLOADS, **whose), "uploaded")
            return upsert(connection, "uploads", "uploaded", keys, columns)
