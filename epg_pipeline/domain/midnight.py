"""Blocks that reach over a midnight: which of two days keeps them.

Belongs here: giving every block to the one day it starts in. Does not: making blocks (schedule.py), joining days into
a guide (schedule.stitch). Without this two neighbouring days would write the same block in turn, each as its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from epg_pipeline.domain.contracts import INSTANT, PROGRAMMES, conform

if TYPE_CHECKING:
    from epg_pipeline.domain.day import ProviderDay


def own_blocks(programmes: pl.DataFrame, earlier: pl.DataFrame, day: ProviderDay) -> pl.DataFrame:
    """PROGRAMMES of a day, none starting before it opens.

    `earlier` is PROGRAMMES on record, of any day. A live block that began before midnight is the earlier day's as far
    as that one has it; what it lacks begins at midnight here, so that no channel is ever left without a block.
    """
    opens = pl.lit(day.opens, INSTANT)
    reaching_in = earlier.filter(pl.col("starts_at") < opens, pl.col("stops_at") > opens)
    shown_until = reaching_in.group_by("channel_id").agg(shown_until=pl.col("stops_at").max())
    begins = pl.max_horizontal(opens, pl.col("shown_until").fill_null(opens))
    rows = programmes.join(shown_until, on="channel_id", how="left", maintain_order="left")
    trimmed = rows.with_columns(
        starts_at=pl.when(pl.col("starts_at") < opens).then(begins).otherwise(pl.col("starts_at"))
    )
    return conform(trimmed.filter(pl.col("starts_at") < pl.col("stops_at")), PROGRAMMES, "blocks of a day")
