"""Playlist entries -> event slots, and the rest.

Belongs here: telling slots, films, ordinary channels and headings apart; the key a slot keeps while its name changes.
Does not: dates, clocks and opponents as values (names.py), what changed since the last playlist (the store knows it).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from epg_pipeline.domain.frames import SLOTS, conform
from epg_pipeline.domain.reading.competitions import printed_forms, with_competition
from epg_pipeline.domain.reading.opponents import read_opponents, said
from epg_pipeline.domain.reading.slot_prefix import cut_shells, slot_key
from epg_pipeline.domain.reading.times import TIME_WAS_HERE, without_times
from epg_pipeline.domain.teams import names_a_team
from epg_pipeline.domain.text import folded, repaired

if TYPE_CHECKING:
    from epg_pipeline.config import Facts

_HEADING = r"^\s*(?:[#=*★☆✦✪~━═■◆●•_+>▶\u2500-\u259F]{2,}|-{3,}|<{2,}|\|{2,}|[▶►◄◀●•★✦■◆]\s)"
_EPISODE = r"(?i)\bS\d{1,2}\s?E\d{1,4}\b|\bseason \d+ episode \d+\b"
_RELEASE_YEAR = r"\s-\s(?:19|20)\d\d\s*$"
_YEAR_IN_BRACKETS = r"\((?:19|20)\d\d\)\s*$"
_ROUND_THE_CLOCK = r"(?i)\b24/7\b|\b24h\b"
_UNTOLD = r"(?i)^\W*(?:tba|tbd|tbc|n/?a|ended|idle|empty|closed)\W*$"
_FAMILY = 2  # slots of a family that make its others slots, too
_TAGS = (
    r"(?i)[\[(][^\[\]()]*[\])]|\b(?:u?hd|fhd|[48]k|1080[pi]|720p|sd|hevc|raw|exclusive|backup|multi|vip|\d\d ?fps)\b"
)


def sort_entries(entries: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """SLOTS for all ENTRIES: is it an event slot, of which family, under which stable key, with what payload.

    A slot is a shell (family and number), known or not, that is idle or tells of an event or show; a heading between
    channels; or a bare name that pairs opponents at a stated time, or two known teams. The rest is "vod" or "linear".
    """
    names = entries.select("position", "name", text=repaired(pl.col("name")))
    frame = cut_shells(names, facts).with_columns(cut=without_times(pl.col("payload"), facts))
    frame = with_competition(read_opponents(frame, facts), facts)
    frame = _with_known_sides(frame, facts)
    frame = frame.with_columns(kind=_kind(facts))
    frame = frame.with_columns(kind=_kind_by_siblings(facts))
    frame = frame.with_columns(is_slot=pl.col("kind").is_in(["event", "placeholder"]))
    frame = entries.join(
        frame.select("position", "is_slot", "kind", "family", "shell", "payload", "text"),
        on="position",
        maintain_order="left",
    )
    return conform(_keyed(frame), SLOTS, "slots")


def _kind(facts: Facts) -> pl.Expr:
    text, cut = pl.col("text"), pl.col("cut")
    has_shell = pl.col("shell") != ""
    has_time = cut.str.contains(TIME_WAS_HERE, literal=True)
    bare = cut.str.replace_all(TIME_WAS_HERE, "", literal=True)
    has_pair = pl.col("first").is_not_null()
    says_nothing = ~bare.str.contains(r"[\p{L}\p{N}]")
    says_idle = said(folded(bare), facts.words.idle) | bare.str.contains(_UNTOLD)
    is_idle = says_nothing | (says_idle & ~has_pair)
    only_tags = ~says_nothing & ~bare.str.replace_all(_TAGS, "").str.contains(r"[\p{L}\p{N}]")

    heading = pl.col("name").str.contains(_HEADING)
    year = text.str.contains(_RELEASE_YEAR) | (text.str.contains(_YEAR_IN_BRACKETS) & ~has_shell)
    vod = text.str.contains(_EPISODE) | (year & ~has_time)
    round_the_clock = text.str.contains(_ROUND_THE_CLOCK)
    # A known family's number is a slot whatever follows; without a mark, only where no ordinary channel shares it.
    known_slot = has_shell & pl.col("is_known") & (pl.col("is_marked") | pl.col("idle") | has_time | has_pair)
    marked_slot = has_shell & pl.col("is_marked") & (is_idle | has_time | has_pair) & ~only_tags
    numbered_slot = has_shell & ~pl.col("is_marked") & (says_nothing | has_time) & ~pl.col("is_known")
    # Without a shell a pair needs a witness: films and shows are called "Wild at Heart" and "Red vs Blue".
    versus = pl.col("opponent_rule").eq_missing("versus")
    in_a_league = pl.col("competition_leagues").is_not_null()
    one, both = pl.col("one_is_known"), pl.col("both_are_known")
    bare_event = ~has_shell & has_pair & ((versus & (has_time | in_a_league)) | (has_time & one) | both)
    is_marked_off = text.str.contains(r"[(\[|]") | cut.str.ends_with(TIME_WAS_HERE)
    says_clock = text.str.contains(r"(?i)\d{1,2}(?::\d\d|h\d\d|\s?[ap]m\b)")
    bare_show = ~has_shell & says_clock & is_marked_off & has_time & ~says_nothing
    bare_show |= ~has_shell & _is_filed_under_a_sport(facts) & ~says_nothing
    return (
        pl.when(heading)
        .then(pl.lit("placeholder"))
        .when(vod)
        .then(pl.lit("vod"))
        .when(round_the_clock)
        .then(pl.lit("linear"))
        .when((known_slot | marked_slot | numbered_slot) & is_idle)
        .then(pl.lit("placeholder"))
        .when(known_slot | marked_slot | numbered_slot | bare_event | bare_show)
        .then(pl.lit("event"))
        .otherwise(pl.lit("linear"))
    )


def _is_filed_under_a_sport(facts: Facts) -> pl.Expr:
    """The name begins with a league or sport in brackets: "[Motorsport] Formula 1: Abu Dhabi GP Qualifying"."""
    words = [word for words in facts.sport_words.values() for word in words]
    words += [sport.name for sport in facts.sports.sports.values()] + ["combat sports", "motorsports", "live event"]
    filed = folded(pl.col("text").str.extract(r"^\[([^\[\]]+)\]\s*\S"))
    known = pl.concat([printed_forms(facts), pl.Series(words).to_frame("w").select(folded(pl.col("w"))).to_series()])
    return filed.is_in(known.implode()).fill_null(value=False)


def _kind_by_siblings(facts: Facts) -> pl.Expr:
    """A doubtful number is a slot where others of its family are: "Nessun evento" beside "Inter - Como"."""
    is_shelled = (pl.col("shell") != "") & (pl.col("family") != "")
    siblings = ((pl.col("kind") == "event") & is_shelled).sum().over("family")
    is_doubtful = is_shelled & (pl.col("kind") == "linear") & ~pl.col("text").str.contains(_ROUND_THE_CLOCK)
    says_idle = said(folded(pl.col("cut")), facts.words.idle)
    says_nothing = ~pl.col("payload").str.replace_all(_TAGS, "").str.contains(r"[\p{L}\p{N}]")
    is_idle = (says_idle | says_nothing) & pl.col("first").is_null()
    kind = pl.when(is_idle).then(pl.lit("placeholder")).otherwise(pl.lit("event"))
    return pl.when(is_doubtful & (siblings >= _FAMILY)).then(kind).otherwise("kind")


def _with_known_sides(frame: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Whether one or both sides of a name without a shell are known teams: a film is called "Wild at Heart"."""
    bare = frame.filter(pl.col("shell") == "", pl.col("first").is_not_null())
    one, two = (names_a_team(pl.col(side), facts) for side in ("first", "second"))
    known = bare.select("position", one_is_known=one | two, both_are_known=one & two)
    frame = frame.join(known, on="position", how="left", maintain_order="left")
    return frame.with_columns(pl.col("one_is_known", "both_are_known").fill_null(value=False))


def _keyed(frame: pl.DataFrame) -> pl.DataFrame:
    """`slot`: the shell, else the provider's own id, else the stream's number; a second slot of one key says "#2".

    Which of two equal keys is the second follows their addresses, not the list's order: a re-ordered list changes none.
    """
    own_id = pl.when((pl.col("tvg_id") != "") & (pl.len().over("tvg_id") == 1)).then("tvg_id")
    stream = pl.format("Stream {}", pl.col("url").str.extract(r"/(\d+)(?:\.\w+)?(?:\?.*)?$"))
    shell = pl.when(pl.col("shell") != "").then(slot_key(pl.col("shell")))
    words = pl.col("text").str.strip_chars(" #=*~▬─━═■◆●_+>-")
    heading = pl.when((pl.col("kind") == "placeholder") & words.str.contains(r"[\p{L}\p{N}]")).then(words)
    key = pl.coalesce(shell, heading, own_id, stream, pl.col("text"))
    frame = frame.with_columns(slot=pl.when("is_slot").then(key).otherwise(pl.lit("")))
    turn = pl.struct("url", "position").rank("ordinal").over(pl.col("slot").str.to_lowercase())
    repeated = pl.col("is_slot") & (turn > 1)
    return frame.with_columns(slot=pl.when(repeated).then(pl.format("{} #{}", "slot", turn)).otherwise("slot"))
