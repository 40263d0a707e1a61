"""A day's decisions and programmes.

Belongs here: the rows of `parsed_data` and `epg_data`. Does not: deciding, scheduling, dressing for a tier.
"""

from datetime import date, datetime

import polars as pl
import psycopg
from psycopg.rows import dict_row

from epg_pipeline.adapters.store.connections import SubStore, in_transaction
from epg_pipeline.adapters.store.frames import SaveResult, read_frame, stage, upsert
from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.slots import channel_keys
from epg_pipeline.adapters.store.sql_files import query
from epg_pipeline.domain import frames
from epg_pipeline.domain.frames import DECISIONS, MATCH_RATES, PROGRAMMES, conform

# Where a frame's word would be unclear, or reserved, as a column's name.
DECISION_COLUMNS = {
    "first": "first_competitor",
    "second": "second_competitor",
    "date": "stated_date",
    "clock": "stated_clock",
}
NOT_STORED = ("slot", "family", "is_slot")  # the channel's row has them
SPORTS_METADATA = ("league", "sport", "home", "away", "venue", "home_logo", "away_logo")


class Programmes(SubStore):
    """The programme blocks of guides."""

    @in_transaction
    def save(
        self, connection: psycopg.Connection, provider: Provider, day: date, programmes: pl.DataFrame
    ) -> SaveResult:
        """Store a PROGRAMMES frame; of a channel and start given twice the first row stays."""
        given = conform(programmes, PROGRAMMES, "programmes to store").with_columns(
            pl.col(pl.String).exclude("event_id").fill_null(""),
            tier_features=pl.lit("{}"),
            caseless=pl.col("channel_id").str.to_lowercase(),
        )
        once = given.unique(["caseless", "starts_at"], keep="first", maintain_order=True)
        channels = channel_keys(connection, provider).select(
            "channel_name_id", caseless=pl.col("channel_id").str.to_lowercase()
        )
        known = once.join(channels, on="caseless", maintain_order="left")
        frame = known.select(
            "channel_name_id",
            pl.lit(day).alias("day"),
            pl.col("starts_at").alias("start_time"),
            pl.col("stops_at").alias("end_time"),
            *("block", "title", "sub_title", "description", "league", "sport", "home", "away", "venue"),
            *("event_id", "event_starts_at", "coverage", "match_status", "confidence", "tier_features"),
            _sports_metadata().alias("sports_metadata"),
            pl.lit("active").alias("record_status"),
        ).with_columns(_no_empty_event)
        stage(connection, frame, "scheduled", json=("sports_metadata", "tier_features"))
        keys = ("channel_name_id", "start_time")
        written = upsert(
            connection, "epg_data", "scheduled", keys, [name for name in frame.columns if name not in keys]
        )
        replaced = connection.execute(query("replace_programmes"), {"provider": provider.id, "day": day}).rowcount
        return SaveResult(written, frame.height - written, replaced)

    @in_transaction
    def between(
        self, connection: psycopg.Connection, provider: Provider, opens: datetime, closes: datetime
    ) -> frames.Programmes:
        """The active programmes that overlap [opens, closes), by channel and start; a PROGRAMMES frame."""
        values = {"provider": provider.id, "opens": opens, "closes": closes}
        return read_frame(connection, query("programmes"), values, PROGRAMMES)


class Decisions(SubStore):
    """What was decided for each slot of a day."""

    @in_transaction
    def save(
        self, connection: psycopg.Connection, provider: Provider, day: date, decisions: pl.DataFrame
    ) -> SaveResult:
        """Store a DECISIONS frame; only event slots are kept, and of a slot given twice the first by position."""
        given = conform(decisions, DECISIONS, "decisions to store").filter("is_slot")
        once = given.sort("position", maintain_order=True).unique("slot", keep="first", maintain_order=True)
        known = once.join(channel_keys(connection, provider).drop("channel_id"), on="slot", maintain_order="left")
        frame = (
            known.drop(NOT_STORED)
            .rename(DECISION_COLUMNS)
            .with_columns(_no_empty_event, day=day, record_status=pl.lit("active"))
        )
        stage(connection, frame, "decided")
        keys = ("channel_name_id", "day")
        written = upsert(
            connection, "parsed_data", "decided", keys, [name for name in frame.columns if name not in keys]
        )
        replaced = connection.execute(query("replace_decisions"), {"provider": provider.id, "day": day}).rowcount
        return SaveResult(written, frame.height - written, replaced)

    @in_transaction
    def of_day(self, connection: psycopg.Connection, provider: Provider, day: date) -> frames.Decisions:
        """The decisions of a day as a DECISIONS frame, in the playlist's order."""
        return read_frame(connection, query("decisions"), {"provider": provider.id, "day": day}, DECISIONS)

    @in_transaction
    def match_counts(self, connection: psycopg.Connection, provider: Provider, day: date) -> dict[str, float | None]:
        """Of the decisions in force on a day: slots, how many of each match_status, and match_rate (0 to 1 or None)."""
        with connection.cursor(row_factory=dict_row) as cursor:
            found = cursor.execute(query("match_counts"), {"provider": provider.id, "day": day}).fetchone()
        return found or {}  # an aggregate always has its row

    @in_transaction
    def match_rates(
        self, connection: psycopg.Connection, provider: Provider, first: date, last: date
    ) -> frames.MatchRates:
        """How many slots found their event on each of the provider's days from the first to the last; MATCH_RATES."""
        values = {"provider": provider.slug, "first": first, "last": last}
        return read_frame(connection, query("match_rates"), values, MATCH_RATES)


_no_empty_event = pl.col("event_id").replace("", None)


def _sports_metadata() -> pl.Expr:
    """What is known of the event as a JSON object; `{}` for a block about none."""
    facts = pl.struct(SPORTS_METADATA)
    says_nothing = pl.all_horizontal(pl.col(name) == "" for name in SPORTS_METADATA)
    return pl.when(says_nothing).then(pl.lit("{}")).otherwise(facts.struct.json_encode())
