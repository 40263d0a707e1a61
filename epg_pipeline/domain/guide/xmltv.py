"""Dressed programmes -> the bytes of a guide, and what is wrong with such bytes.

Belongs here: XMLTV as players read it, written and checked. Does not: what is written (tiers.py), files.
The schema guide.xsd says what a guide of ours may hold; what a schema can't say is checked with frames.
"""

from collections.abc import Callable, Iterable
from functools import cache
from itertools import islice
from typing import Any, cast

import polars as pl
from lxml import etree

from epg_pipeline.errors import GuideError

# No DOCTYPE: it is not needed to be valid, and a reader that follows one asks for a file that is not there.
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<tv generator-info-name="epg_pipeline">\n'
_TAIL = "</tv>\n"
_MAX_FAULTS = 20  # of one sort: a guide that is wrong throughout need not say so 40,000 times

# XML 1.0 has no place for these, and the C1 controls among them show as boxes where they are let through.
_CONTROLS = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x{9F}\x{FFFE}\x{FFFF}]"


def to_xmltv(channels: pl.DataFrame, dressed: pl.DataFrame, *, language: str = "en", live_marks: bool = False) -> bytes:
    """A guide as UTF-8 bytes: the same rows give the same bytes, whatever their order.

    `channels` is CHANNELS, `dressed` DRESSED. A channel without programmes is left out; GuideError where a programme's
    channel is unknown or a field that must be there is null. `live_marks` adds <live/> to live events, which is not
    XMLTV's but Jellyfin reads it.
    """
    strangers = dressed.join(channels, on="channel_id", how="anti")
    if strangers.height:
        raise GuideError(f"programmes for unknown channels: {', '.join(strangers['channel_id'].unique().sort()[:5])}")
    shown = channels.join(dressed, on="channel_id", how="semi").sort("position", "channel_id")
    places = shown.select("channel_id", place=pl.int_range(pl.len()))
    rows = dressed.join(places, on="channel_id").sort("place", "starts_at")
    lines = [_written(shown, _channel(language)), _written(rows, _programme(language, live_marks=live_marks))]
    return "".join([_HEAD, *lines, _TAIL]).encode()


def _written(rows: pl.DataFrame, element: pl.Expr) -> str:
    """All elements as one text. A null anywhere makes its element null, which would vanish unseen: it is an error."""
    elements = rows.select(element.alias("element"))["element"]
    if elements.null_count():
        first = rows.filter(elements.is_null()).row(0, named=True)
        nulls = ", ".join(name for name, value in first.items() if value is None)
        raise GuideError(f"{elements.null_count()} rows can't be written; the first lacks {nulls}")
    return "".join(elements)


def _channel(language: str) -> pl.Expr:
    return pl.concat_str(
        pl.lit('  <channel id="'), _attribute(pl.col("channel_id")),
        pl.lit(f'">\n    <display-name lang="{language}">'), _text(pl.col("display_name")), pl.lit("</display-name>\n"),
        pl.when(pl.col("logo").str.contains(r"^https?://\S+$"))
        .then(pl.lit('    <icon src="') + _attribute(pl.col("logo")) + pl.lit('"/>\n'))
        .otherwise(pl.lit("")),
        pl.lit("  </channel>\n"),
    )  # fmt: skip


def _programme(language: str, *, live_marks: bool) -> pl.Expr:
    """One <programme>, its children in XMLTV's order."""
    spoken = f' lang="{language}"'
    is_live_event = (pl.col("block") == "live") & (pl.col("coverage") == "live")
    live = _mark("live", is_live_event) if live_marks else pl.lit("")
    return pl.concat_str(
        pl.lit('  <programme start="'), _instant("starts_at"), pl.lit('" stop="'), _instant("stops_at"),
        pl.lit('" channel="'), _attribute(pl.col("channel_id")), pl.lit('">\n'),
        pl.lit(f"    <title{spoken}>"), _text(pl.col("title")), pl.lit("</title>\n"),
        _optional("sub-title", "sub_title", spoken),
        _optional("desc", "description", spoken),
        _optional("date", "date", ""),
        _several("categories", f"    <category{spoken}>", "</category>\n", _text),
        _several("keywords", f"    <keyword{spoken}>", "</keyword>\n", _text),
        _several("icons", '    <icon src="', '"/>\n', _attribute),
        _optional("episode-num", "episode_num", ' system="xmltv_ns"'),
        _mark("previously-shown", pl.col("is_replay")),
        _mark("new", pl.col("is_new")),
        live,
        pl.lit("  </programme>\n"),
    )  # fmt: skip


def _instant(column: str) -> pl.Expr:
    return pl.col(column).dt.strftime("%Y%m%d%H%M%S +0000")


def _optional(element: str, column: str, attributes: str) -> pl.Expr:
    text = pl.lit(f"    <{element}{attributes}>") + _text(pl.col(column)) + pl.lit(f"</{element}>\n")
    return pl.when(pl.col(column) != "").then(text).otherwise(pl.lit(""))


def _several(column: str, before: str, after: str, escaped: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """An element for each text of a list; escaping works on the joined text, parted by a character no text may hold."""
    joined = escaped(pl.col(column).list.join("\n"))
    elements = pl.lit(before) + joined.str.replace_all("\n", after + before, literal=True) + pl.lit(after)
    return pl.when(pl.col(column).list.len() > 0).then(elements).otherwise(pl.lit(""))


def _mark(element: str, holds: pl.Expr) -> pl.Expr:
    return pl.when(holds).then(pl.lit(f"    <{element}/>\n")).otherwise(pl.lit(""))


def _text(text: pl.Expr) -> pl.Expr:
    return (
        text.str.replace_all(_CONTROLS, "")
        .str.replace_all("&", "&amp;", literal=True)
        .str.replace_all("<", "&lt;", literal=True)
        .str.replace_all(">", "&gt;", literal=True)
    )


def _attribute(text: pl.Expr) -> pl.Expr:
    # Only here: some readers show &quot; in a text as it stands.
    return _text(text).str.replace_all('"', "&quot;", literal=True)


def check_guide(guide: bytes, schema: bytes, *, live_marks: bool = False) -> list[str]:
    """What is wrong with a guide, in words; empty when a player may have it.

    Checked: well-formed, elements and attributes as the schema has them, no empty text, ids unlike each other ignoring
    case, every channel with programmes and every programme with a channel, rows sorted, no overlap, no shared start,
    every programme longer than nothing. `schema` is the content of guide.xsd; `live_marks` allows <live/>.
    """
    try:
        root = etree.fromstring(guide, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as error:
        return [f"not well-formed: {error.msg}"]
    compiled = _compiled(schema)
    if not compiled.validate(root):
        log = cast("Iterable[Any]", compiled.error_log)
        return [f"line {fault.line}: {fault.message}" for fault in islice(log, _MAX_FAULTS)]
    faults = [] if live_marks or root.find("programme/live") is None else ["<live/> is not asked for"]
    identifiers = pl.Series("channel_id", _texts(root, "/tv/channel/@id"), pl.String)
    attributes = {"channel_id": "channel", "start": "start", "stop": "stop"}
    columns = {column: _texts(root, f"/tv/programme/@{name}") for column, name in attributes.items()}
    programmes = pl.DataFrame(columns, schema=dict.fromkeys(attributes, pl.String))
    return [*faults, *_channel_faults(identifiers, programmes), *_time_faults(programmes)]


@cache
def _compiled(schema: bytes) -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(schema))


def _texts(root: etree._Element, path: str) -> list[str]:
    found = etree.XPath(path, smart_strings=False)(root)
    return cast("list[str]", found)


def _channel_faults(identifiers: pl.Series, programmes: pl.DataFrame) -> list[str]:
    listed = identifiers.to_frame()
    alike = identifiers.filter(identifiers.str.to_lowercase().is_duplicated())
    silent = listed.join(programmes, on="channel_id", how="anti")["channel_id"]
    strange = programmes.join(listed, on="channel_id", how="anti")["channel_id"].unique(maintain_order=True)
    return [
        *([] if identifiers.len() else ["no channel"]),
        *(f"channel id {name} occurs again, or in another case" for name in alike.head(_MAX_FAULTS)),
        *(f"channel {name} has no programmes" for name in silent.head(_MAX_FAULTS)),
        *(f"programmes for channel {name}, which is not listed" for name in strange.head(_MAX_FAULTS)),
    ]


def _time_faults(programmes: pl.DataFrame) -> list[str]:
    # The instants are all of one form and zone, so their texts compare as they do.
    previous_start = pl.col("start").shift(1).over("channel_id")
    previous_stop = pl.col("stop").shift(1).over("channel_id")
    readable = pl.col("start", "stop").str.to_datetime("%Y%m%d%H%M%S +0000", strict=False).is_null()
    fault = (
        pl.when(pl.any_horizontal(readable)).then(pl.lit("has a time that does not exist"))
        .when(pl.col("stop") <= pl.col("start")).then(pl.lit("does not last"))
        .when(pl.col("start") == previous_start).then(pl.lit("shares its start with another"))
        .when(pl.col("start") < previous_start).then(pl.lit("stands after a later one"))
        .when(pl.col("start") < previous_stop).then(pl.lit("overlaps the one before"))
    )  # fmt: skip
    faulty = programmes.with_columns(fault=fault).filter(pl.col("fault").is_not_null()).head(_MAX_FAULTS)
    return faulty.select(pl.format("programme of {} at {} {}", "channel_id", "start", "fault")).to_series().to_list()
