"""Channels -> the clone playlist, which ties every stream of the provider to its guide.

Belongs here: the text of that playlist. Does not: where it is kept. It carries the viewer's account in every stream
address, so it is private: never in a log, never in a public place.
"""

import polars as pl

from epg_pipeline.domain.text import one_line


def clone_playlist(channels: pl.DataFrame, guide_url: str) -> bytes:
    """The M3U of CHANNELS as UTF-8 bytes: one entry a slot, in the provider's order, numbered from 1.

    `guide_url` stands in the header for players that load the guide themselves. The provider's own lines on how to ask
    for a stream stay with it. A slot without a stream is left out.
    """
    entries = channels.filter(pl.col("url") != "").sort("position", "channel_id")
    number = pl.int_range(1, pl.len() + 1).cast(pl.String)
    line = pl.concat_str(
        pl.lit('#EXTINF:-1 tvg-id="'), _quoted("channel_id"), pl.lit('" tvg-chno="'), number,
        pl.lit('" tvg-name="'), _quoted("display_name"), pl.lit('" tvg-logo="'), _quoted("logo"),
        pl.lit('" group-title="'), _quoted("group_title"), pl.lit('",'), _quoted("display_name"),
        pl.lit("\n"), _options(), one_line(pl.col("url")), pl.lit("\n"),
    )  # fmt: skip
    header = f'#EXTM3U x-tvg-url="{guide_url}"\n'
    return "".join([header, *entries.select(line.alias("line"))["line"]]).encode()


def _options() -> pl.Expr:
    """The option lines, each ended; none where there are none. They come from a parsed list, so each is one line."""
    return pl.when(pl.col("options") != "").then(pl.col("options") + pl.lit("\n")).otherwise(pl.lit(""))


def _quoted(column: str) -> pl.Expr:
    # M3U has no escape for a quote inside an attribute.
    return one_line(pl.col(column).fill_null("")).str.replace_all('"', "'", literal=True)
