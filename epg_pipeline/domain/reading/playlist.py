"""Playlist text -> entries.

Belongs here: the dialects of M3U (byte order marks, encodings, undeclared gzip, quotes, group lines, missing parts).
Does not: which entries are event slots (entries.py), how a playlist is fetched, the private playlist.
"""

import codecs
import zlib

import polars as pl

from epg_pipeline.domain.frames import ENTRIES, Entries, conform
from epg_pipeline.errors import PlaylistError

MAX_BYTES = 2 * 1024**3
"""What a packed playlist may unpack to: a million entries are under a tenth of it."""


def parse_playlist(body: bytes) -> Entries:
    """The entries (ENTRIES) of an M3U playlist as fetched, in its order.

    The name is the text after the last attribute, else `tvg-name`; attributes may be quoted in either way, or broken.
    An `#EXTINF` without an address keeps its place with an empty `url`; an address without `#EXTINF` is not an entry.
    Raises PlaylistError when the body is empty, a web page, JSON, or has no entry.
    """
    text = _decoded(_unpacked(body))
    _refuse_other_content(text)
    lines = (
        pl.LazyFrame({"line": [text]})
        .select(pl.col("line").str.split("\n").explode().str.strip_chars())
        .filter(pl.col("line") != "")
        .with_columns(entry=_entry())
        .filter(pl.col("entry") > 0)
    )
    entries = _named(_one_row_per_entry(lines)).collect()
    if entries.is_empty():
        raise PlaylistError("the playlist has no #EXTINF line: check that the address is that of an M3U playlist")
    return conform(entries, ENTRIES, "entries")


def _entry() -> pl.Expr:
    """The number, from 1, of the entry a line belongs to; an option behind an address belongs to the next entry."""
    started = _is_extinf().cum_sum()
    address_was_last = pl.when(_is_extinf()).then(False).when(_is_address()).then(True).forward_fill()
    return started + (_is_option() & address_was_last.fill_null(value=True)).cast(pl.UInt32)


def _one_row_per_entry(lines: pl.LazyFrame) -> pl.LazyFrame:
    is_group = pl.col("line").str.contains("(?i)^#EXTGRP:")
    entries = lines.group_by("entry", maintain_order=True).agg(
        extinf=pl.col("line").filter(_is_extinf()).first(),
        url=pl.col("line").filter(_is_address()).first(),
        extgrp=pl.col("line").filter(is_group).first().str.slice(8).str.strip_chars(),
        options=pl.col("line").filter(_is_option()).str.join("\n"),
    )
    return entries.filter(pl.col("extinf").is_not_null())


def _named(entries: pl.LazyFrame) -> pl.LazyFrame:
    # The well-formed line first; then the last attribute that is well-formed; then the first comma.
    head = r"""(?i)^#EXTINF:\s*-?[\d.]*"""
    well_formed = head + r"""(?:\s*[\w-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"',]+))*\s*,(.*)$"""
    last_attribute = r"""^.*\s[\w-]+\s*=\s*(?:"[^"]*"|'[^']*')[^,"]*,(.*)$"""
    first_comma = head + r"""[^,]*,(.*)$"""
    line = pl.col("extinf")
    printed = pl.coalesce(line.str.extract(p) for p in (well_formed, last_attribute, first_comma)).str.strip_chars()
    tvg_name = _attribute("tvg-name")
    group = _attribute("group-title")
    return entries.select(
        position=pl.col("entry").cast(pl.Int64) - 1,
        name=pl.coalesce(printed.replace("", None), tvg_name.replace("", None), pl.lit("(no name)")),
        tvg_id=_attribute("tvg-id"),
        tvg_name=tvg_name,
        logo=_attribute("tvg-logo"),
        group_title=pl.when(group != "").then(group).otherwise(pl.col("extgrp").fill_null("")),
        options="options",
        url=pl.col("url").fill_null(""),
    )


def _attribute(key: str) -> pl.Expr:
    line = pl.col("extinf")
    forms = (rf'(?i)\s{key}\s*=\s*"([^"]*)"', rf"(?i)\s{key}\s*=\s*'([^']*)'", rf"""(?i)\s{key}\s*=\s*([^\s"',]+)""")
    return pl.coalesce(*(line.str.extract(form) for form in forms), pl.lit("")).str.strip_chars()


def _is_extinf() -> pl.Expr:
    return pl.col("line").str.contains("(?i)^#EXTINF:")


def _is_address() -> pl.Expr:
    return ~pl.col("line").str.starts_with("#")


def _is_option() -> pl.Expr:
    return pl.col("line").str.contains("(?i)^#(?:EXTVLCOPT|KODIPROP|EXTHTTP):")


def _unpacked(body: bytes) -> bytes:
    """The body, gunzipped where it is gzip although nothing declared it."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        text = unpacker.decompress(body, MAX_BYTES)
    except zlib.error as error:
        raise PlaylistError("the playlist looks like gzip but can't be unpacked: fetch it again") from error
    if not unpacker.eof:
        raise PlaylistError("the packed playlist is cut short, or unpacks to over 2 GiB: fetch it again")
    return text


def _decoded(body: bytes) -> str:
    """Text with line feeds only. What is not UTF-8 is read byte for byte as Windows-1252, the Latin-1 of playlists."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = body.decode("utf-16", errors="replace")
    else:
        text = body.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors=_LATIN)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _as_latin(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


_LATIN = "epg-latin"
codecs.register_error(_LATIN, _as_latin)


def _refuse_other_content(text: str) -> None:
    start = text[:2000].lstrip().lower()
    if not start:
        raise PlaylistError("the playlist is empty: the provider may be down or the account expired")
    if start.startswith(("<!doctype", "<html", "<?xml", "<head", "<body")):
        raise PlaylistError("a web page came instead of a playlist: check the address, the account and the user agent")
    if start.startswith(("{", "[")) and "#extinf" not in start:
        raise PlaylistError("a JSON answer came instead of a playlist: check the address and the account")
