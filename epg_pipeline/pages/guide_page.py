"""Dressed programmes -> one page that shows the guide as a grid.

Belongs here: the contents of the page. Does not belong: its looks and its behaviour, which are the templates beside
this module. The page never carries a stream address, and no picture, since that would be a request.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from epg_pipeline.config.sports import Sports
from epg_pipeline.config.texts import Texts
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.pages.single_file import single_file

# The contents of a block, apart from its time: blocks in a row with the same contents are shown as one.
_CONTENTS = ("title", "sub_title", "description", "block", "league", "sport", "match_status", "confidence", "coverage",
         "categories")  # fmt: skip


def guide_page(
    channels: pl.DataFrame,
    dressed: pl.DataFrame,
    days: Sequence[ProviderDay],
    name: str,
    sports: Sports,
    zone: str | None = None,
    *,
    texts: Texts,
    report: str | None = None,
) -> str:
    """The page of a guide: HTML with its style, script and rows inside, the same for the same rows.

    `channels` is CHANNELS, `dressed` DRESSED; `days` are the days of the guide in order, shown in their own zone unless
    `zone` names another; `name` is the provider's name. It belongs beside guide.xml, to which it links;
    `report` is the address of the match report, if there is one. Its policy forbids every request.
    """
    timezone = zone or days[0].timezone
    opens, closes = days[0].opens, days[-1].closes
    contents, cells = _merged(dressed, opens)
    listed = (
        channels.sort("position", "channel_id")
        .join(cells, on="channel_id", how="inner", maintain_order="left")
        .select("display_name", "family", "cells")
    )
    events = dressed.filter(pl.col("block") == "live", pl.col("coverage") != "show")
    rows = {
        "timezone": timezone,
        "zone": texts.zone_names.get(timezone, timezone.rsplit("/", 1)[-1].replace("_", " ")),
        "hour12": texts.clock(timezone) == texts.words.twelve_hours,
        "opens": int(opens.timestamp()) * 1000,
        "closes": int(closes.timestamp()) * 1000,
        "days": _days(opens, closes, timezone),
        "counts": {"events": events.height, "matched": events["match_status"].is_in(["matched", "manual"]).sum()},
        "leagues": _names(sports.of_leagues(), "league", dressed),
        "sports": _names(sports.of_sports(), "sport", dressed),
        "texts": contents.rows(),
        "channels": listed.rows(),
    }
    return single_file("guide_page", rows, language=texts.language, name=name, report=report)


def _merged(dressed: pl.DataFrame, opens: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The contents of blocks, each once; and for each channel its cells as start, length and number of the contents."""
    ordered = dressed.sort("channel_id", "starts_at")
    contents = ordered.select(*_CONTENTS).unique(maintain_order=True)
    minutes = (pl.col("starts_at") - opens).dt.total_minutes()
    numbered = ordered.join(
        contents.with_columns(contents=pl.int_range(pl.len())),
        on=list(_CONTENTS),
        how="left",
        nulls_equal=True,
        maintain_order="left",
    ).with_columns(run=pl.struct("channel_id", "contents").rle_id())
    cells = (
        numbered.group_by("channel_id", "run", maintain_order=True)
        .agg(
            start=minutes.first(),
            length=(pl.col("stops_at").last() - pl.col("starts_at").first()).dt.total_minutes(),
            contents=pl.col("contents").first(),
        )
        .with_columns(cells=pl.concat_list(pl.col("start", "length", "contents").cast(pl.Int64)))
        .group_by("channel_id", maintain_order=True)
        .agg(pl.col("cells").explode())
    )
    return contents.with_columns(pl.col("confidence").round(2)), cells


def _days(opens: datetime, closes: datetime, timezone: str) -> list[int]:
    """Where the zone's days begin in the window, in minutes from its opening; a day under way begins with it."""
    first = ProviderDay(opens.astimezone(ZoneInfo(timezone)).date(), timezone)
    starts = (first.shifted(number).opens for number in range((closes - opens).days + 2))
    return [max(0, int((start - opens).total_seconds()) // 60) for start in starts if start < closes]


def _names(known: pl.DataFrame, key: str, dressed: pl.DataFrame) -> dict[str, str]:
    used = known.join(dressed.select(key).unique(), on=key, how="semi").filter(pl.col(f"{key}_name").is_not_null())
    return dict(used.select(key, f"{key}_name").sort(key).rows())
