"""A payload without its times -> the opponents as printed, the competition, and what is told of them.

Belongs here: separators, prefixes, brackets, ranks, marks of gender and feed. Does not: which teams they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from epg_pipeline.domain.competitions import printed_forms
from epg_pipeline.domain.team_forms import known_forms, team_form
from epg_pipeline.domain.text import folded
from epg_pipeline.domain.times import TIME_WAS_HERE

if TYPE_CHECKING:
    from epg_pipeline.config import Facts, Words

# Opponents stand on both sides of one of these; the weaker ones count only where none of the stronger stands.
_VERSUS = r"(?i)\s(?:vs\.?|v\.?|versus|contre|gegen|contra)\s+"
_AT = r"(?i)\s(?:@|at)\s+"
_CROSS = r"(?i)\s[x×]\s+"
ANY_SEPARATOR = r"(?i)\s(?:vs\.?|v\.?|versus|contre|gegen|contra|@|at|x|×)\s"

# What parts a pair from its competition, its round, its channel.
_DASH = r"\s+(?:[-–—]+|/)(?:\s+|$)"
_DELIMITER = rf"\s*(?:\|+|//+|:(?:\s|$)|;\s|{TIME_WAS_HERE})\s*"
_CUT, _BEHIND_DASH = "\x02", "\x06"

# A bracket of two or three capitals is part of a team's name ("Miami (OH)", "River Plate (URU)"), unless it is one of
# these: languages, qualities, genders.
_NO_PLACE = (
    r"\((?:SD|HD|UK|US|USA|EN|ENG|ES|ESP|SPA|FR|FRA|DE|GER|IT|ITA|PT|POR|NL|TV|PPV|VIP|UHD|FHD|RAW|TBD|TBA|BR|AR)\)"
)
_PLACE_OPEN, _PLACE_CLOSE = "\x03", "\x04"

_AROUND, _TWO_TEAMS = "around the time", "two sides of a dash"
# "World of Outlaws at Lakeside" is a place, not a side.
_WITHOUT_SIDES = (
    "racing",
    "motorcycling",
    "golf",
    "cycling",
    "athletics",
    "swimming",
    "skiing",
    "horse-racing",
    "sailing",
)
# What stands behind a dash without being a side.
_NO_SIDE = (
    r"\b(?:day|round|rd|week|matchday|matchweek|game|heat|stage|part|episode|ep|session|race|qualifying|practice|sprint|"
    r"final|finals|semi ?finals?|quarter ?finals?|group|gruppe|grupo|leg|show|live|studio|magazine|news|weekly|tonight|"
    r"jornada|spieltag|journee|giornata|runde|court|mat|ring|table|prix|gp|open|championships?|cup|series|tour)\b|\b20\d\d\b"
)

_LANGUAGE = (
    r"(?i)^(?:en\s+(?:español|espanol|français|francais|vivo)|ao vivo|english|spanish|español|french|4k|uhd|hdr|hd|fhd|"
    r"live|no stream)\s*[-_:|]+\s*"
)
_QUALITY = r"(?i)\s*\b(?:u?hd|fhd|[48]k|1080[pi]|720p|2160p|sd|hevc|raw|(?:[48]k )?exclusive|\d\d ?fps)\s*$"
_RANK = r"(?i)^(?:#\s?\d{1,3}\b|no\.\s?\d{1,2}\b|\(\d{1,2}\))[\s.]*"
_CARD = r"(?i)^(?:ufc(?:\s+fight night)?|pfl|bellator|ksw|one(?: fc)?|glory)\s+\d{1,3}\b[\s:–-]*"
# What is of another year is no event of today: "(R)", "Classic: …", "A v B (2000)".
_ARCHIVE = r"\(R\)|(?i)^\s*classics?\s*:|\((?:19|20)\d\d\)\s*$"
_LONG = 32  # characters; no side is longer
_SEASON = r"^(?:19|20)\d\d(?:[/-]\d{2,4})?\s+"


def said(text: pl.Expr, words: tuple[str, ...]) -> pl.Expr:
    """Whether a folded text says one of the words or phrases, as whole words."""
    return text.str.contains(r"(?:^| )(?:" + "|".join(words) + r")(?: |$)")


def told_of(payload: pl.Expr, words: Words) -> pl.Expr:
    """What a payload is of its event: "live", or "press", "replay", "highlights", "pregame"."""
    text = folded(payload)
    return (
        pl.when(said(text, words.press))
        .then(pl.lit("press"))
        .when(said(text, words.replay) | payload.str.contains(_ARCHIVE))
        .then(pl.lit("replay"))
        .when(said(text, words.highlights))
        .then(pl.lit("highlights"))
        .when(said(text, words.pregame))
        .then(pl.lit("pregame"))
        .otherwise(pl.lit("live"))
    )


def gender_of(text: pl.Expr, words: Words) -> pl.Expr:
    """The gender a text states: "women", "men" or null."""
    plain = folded(text)
    women = said(plain, words.women) | text.str.contains(r"\((?:[Ww]\b[^)]*|F|D)\)|\p{L} W(?:$|\s+(?:vs?\.?|@|-)\s)")
    men = said(plain, words.men) | text.str.contains(r"(?i)\(m\b[^)]*\)|\(men\)")
    return pl.when(women).then(pl.lit("women")).when(men).then(pl.lit("men"))


def game_number_of(text: pl.Expr) -> pl.Expr:
    """The game of a doubleheader that a text states, as an integer, else null."""
    return text.str.extract(r"(?i)\b(?:game|gm|partido)\s*#?([1-9])\b").cast(pl.Int64, strict=False)


def read_opponents(frame: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """`frame` with competition, first, second, title, telling and opponent_rule, from a payload without its times.

    `frame` has position, cut (that payload) and family_sport (null where not known).

    `first` and `second` are as printed and in printed order, null where there is no pair. What is told in a press
    conference's name stays with the sides: it is no game of theirs, so nothing is taken away to find one.
    """
    frame = frame.with_columns(telling=told_of(pl.col("cut"), facts.words), _plain=_plain(pl.col("cut")))
    dashed = pl.col("_plain").str.replace_all(_DASH, _CUT + _BEHIND_DASH)
    segments = dashed.str.replace_all(_DELIMITER, _CUT).str.split(_CUT)
    frame = frame.with_columns(
        _segments=segments.list.eval(pl.element().str.strip_chars(" " + _BEHIND_DASH)),
        _dashed=segments.list.eval(pl.element().str.starts_with(_BEHIND_DASH)),
    )
    has_pair = pl.element().str.contains(_both_sides())
    pairs = pl.col("_segments").list.eval(has_pair).list
    frame = frame.with_columns(_at=pl.when(pairs.any()).then(pairs.arg_max()))
    frame = _with_pair(frame)
    frame = _without_places(frame, facts)
    frame = _with_pair_around_time(frame)
    frame = _with_pair_around_dash(frame, facts)
    frame = _press_as_printed(frame)
    first, second = (_cleaned(pl.col(name)) for name in ("_one", "_two"))
    frame = frame.with_columns(first=first, second=second)
    are_names = pl.col("first").str.contains(r"\p{L}|^\d{2,}$") & pl.col("second").str.contains(r"\p{L}|^\d{2,}$")
    frame = frame.with_columns(
        pl.when(are_names).then(name).alias(name) for name in ("first", "second", "opponent_rule")
    )
    return frame.with_columns(competition=_competition(), title=_title()).select(
        pl.exclude("_plain", "_segments", "_dashed", "_at", "_one", "_two", "_pair")
    )


def _plain(cut: pl.Expr) -> pl.Expr:
    """The text without marks of language, feed and quality, without brackets but those of places."""
    text = (
        cut.str.replace(rf"^\s*(?:{TIME_WAS_HERE}\s*[-|:]?\s*)+", "")
        .str.replace(_LANGUAGE, "")
        .str.replace(_LANGUAGE, "")
    )
    text = text.str.replace_all(r"【([^】]*)】", "${1} | ")
    text = text.str.replace_all(_NO_PLACE, " ")
    text = text.str.replace_all(
        r"(\p{L}\.?) ?\(([A-Z]{2,3}|Ohio|Fla\.?|Pa\.?)\)", f"${{1}} {_PLACE_OPEN}${{2}}{_PLACE_CLOSE}"
    )
    for _ in range(2):
        text = text.str.replace_all(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}", " ")
    text = text.str.replace_all(r"[(\[{][^)\]}]*$", " ").str.replace_all(_PLACE_OPEN, "(", literal=True)
    text = text.str.replace_all(_PLACE_CLOSE, ")", literal=True)
    # An underscore stands for a hyphen inside a word, a dash between words, a comma behind one.
    text = (
        text.str.replace_all(r"(\w)_(\w)", "${1}-${2}").str.replace_all(r"\s_\s", " - ").str.replace_all(r"_\s", ", ")
    )
    return text.str.replace_all(r"\s+", " ").str.strip_chars(" ,")


def _both_sides() -> str:
    return rf"\S{ANY_SEPARATOR}+\S"


def _with_pair(frame: pl.DataFrame) -> pl.DataFrame:
    pair = pl.col("_segments").list.get(pl.col("_at"), null_on_oob=True)
    frame = frame.with_columns(_pair=pair)
    text = pl.concat_str(pl.lit(" "), pl.col("_pair"), pl.lit(" "))
    one, two, rule = pl.lit(None, pl.String), pl.lit(None, pl.String), pl.lit(None, pl.String)
    has_sides = ~pl.col("family_sport").is_in(_WITHOUT_SIDES).fill_null(value=False)
    for name, separator in (("x", _CROSS), ("at", _AT), ("versus", _VERSUS)):
        halves = text.str.replace(separator, _CUT).str.split_exact(_CUT, 1)
        found = text.str.contains(separator) & (has_sides | (name == "versus"))
        one = pl.when(found).then(halves.struct.field("field_0")).otherwise(one)
        two = pl.when(found).then(halves.struct.field("field_1")).otherwise(two)
        rule = pl.when(found).then(pl.lit(name)).otherwise(rule)
    return frame.with_columns(_one=one.str.strip_chars(), _two=two.str.strip_chars(), opponent_rule=rule)


def _without_places(frame: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """The word "at" pairs shows and places as well ("SportsCenter at Night"): it needs a known team or sport."""
    is_word = (pl.col("opponent_rule") == "at") & ~pl.col("_pair").str.contains("@", literal=True)
    known = pl.any_horizontal(
        team_form(_cleaned(pl.col(side)), facts.words).is_in(known_forms(facts).implode()) for side in ("_one", "_two")
    )
    is_no_pair = is_word & pl.col("family_sport").is_null() & ~known
    return frame.with_columns(
        pl.when(is_no_pair).then(None).otherwise(name).alias(name) for name in ("_one", "_two", "opponent_rule", "_at")
    )


def _with_pair_around_time(frame: pl.DataFrame) -> pl.DataFrame:
    """Where nothing else parts two sides, the time may: "Real Madrid 20:00 Juventus"."""
    around = pl.col("cut").str.extract_groups(
        rf"^(?:.*[:|]\s)?([^{TIME_WAS_HERE}|]+?)\s*{TIME_WAS_HERE}\s*([^{TIME_WAS_HERE}|:(\[-]+?)\s*(?:{TIME_WAS_HERE}.*)?$"
    )
    one, two = (
        around.struct.field(n).str.replace_all(r"\([^()]*\)|\[[^\[\]]*\]", " ").str.strip_chars() for n in ("1", "2")
    )
    found = pl.col("_one").is_null() & one.str.contains(r"\p{L}") & two.str.contains(r"\p{L}")
    return frame.with_columns(
        _one=pl.when(found).then(one).otherwise("_one"),
        _two=pl.when(found).then(two).otherwise("_two"),
        opponent_rule=pl.when(found).then(pl.lit(_AROUND)).otherwise("opponent_rule"),
    )


def _with_pair_around_dash(frame: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """A dash or slash parts two sides only with a witness, for it parts everything else as well.

    Both are teams of the catalogue ("Ajax - AZ Alkmaar", "Inter-Como"); or one is and a time stands beside them; or a
    time and a known competition do. "Race - Qualifying" and "Show - Day 1" are no pairs.
    """
    is_open = frame["_one"].is_null() & (frame["_dashed"].list.any() | frame["cut"].str.contains(r"\p{L}[-–]\p{L}"))
    rows = frame.filter(is_open).select("position", "_segments", "_dashed", "family_leagues", "cut")
    rows = rows.with_columns(at=pl.int_ranges(pl.col("_segments").list.len())).explode(
        "_segments", "_dashed", "at", empty_as_null=True, keep_nulls=True
    )
    rows = pl.concat([rows.with_columns(glued=pl.lit(value=False)), _glued(rows)]).sort(
        "position", "at", "glued", maintain_order=True
    )
    form = team_form(_cleaned(pl.col("_segments")), facts.words)
    is_team, is_league = form.is_in(known_forms(facts).implode()), form.is_in(printed_forms(facts).implode())
    is_side = ~is_league & ~form.str.contains(_NO_SIDE) & form.str.contains(r"\p{L}") & (form.str.len_chars() <= _LONG)
    rows = rows.with_columns(is_team=is_team, is_side=is_side | is_team, is_league=is_league)
    following = pl.col("is_team", "is_side", "_dashed", "_segments").shift(-1).over("position", "glued")
    rows = rows.with_columns(following.name.suffix("_next"))
    in_league = pl.col("is_league").any().over("position") | pl.col("family_leagues").is_not_null()
    has_time = pl.col("cut").str.contains(TIME_WAS_HERE, literal=True)
    both, one = pl.col("is_team") & pl.col("is_team_next"), pl.col("is_team") | pl.col("is_team_next")
    witnessed = both | (has_time & one & ~pl.col("glued")) | (has_time & in_league & ~pl.col("glued"))
    pairs = rows.filter("is_side", "is_side_next", "_dashed_next", witnessed)
    pairs = pairs.sort("position", ~both, maintain_order=True).unique("position", keep="first", maintain_order=True)
    pairs = pairs.select("position", pair_at=pl.col("at").cast(pl.UInt32), one="_segments", two="_segments_next")
    frame = frame.join(pairs, on="position", how="left", maintain_order="left")
    return frame.with_columns(
        _one=pl.coalesce("one", "_one"),
        _two=pl.coalesce("two", "_two"),
        _at=pl.coalesce("pair_at", "_at"),
        opponent_rule=pl.when(pl.col("pair_at").is_not_null()).then(pl.lit(_TWO_TEAMS)).otherwise("opponent_rule"),
    ).drop("pair_at", "one", "two")


def _glued(rows: pl.DataFrame) -> pl.DataFrame:
    """The two halves of each segment with one inner dash, as segments of their own: "Inter-Como"."""
    halves = rows.filter(pl.col("_segments").str.count_matches(r"\p{L}[.]?[-–]\p{L}") == 1)
    parts = pl.col("_segments").str.replace(r"(\p{L}[.]?)[-–](\p{L})", f"${{1}}{_CUT}${{2}}").str.split(_CUT)
    halves = halves.with_columns(_segments=parts, _dashed=pl.lit([False, True]), glued=pl.lit(value=True))
    return halves.explode("_segments", "_dashed", empty_as_null=True, keep_nulls=True).select(*rows.columns, "glued")


def _press_as_printed(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("cut").str.replace_all(TIME_WAS_HERE, " ", literal=True)
    halves = text.str.replace(_VERSUS, _CUT).str.split_exact(_CUT, 1)
    is_press = (pl.col("telling") == "press") & pl.col("_one").is_not_null() & text.str.contains(_VERSUS)
    return frame.with_columns(
        _one=pl.when(is_press).then(halves.struct.field("field_0")).otherwise("_one"),
        _two=pl.when(is_press).then(halves.struct.field("field_1")).otherwise("_two"),
    )


def _cleaned(side: pl.Expr) -> pl.Expr:
    side = side.str.strip_chars(" -–,:;|@_*.").str.replace(_SEASON, "").str.replace(_CARD, "").str.replace(_RANK, "")
    side = side.str.replace(
        r"(?i)\s+(?:\d(?:st|nd|rd|th)\s+(?:test|odi|t20i?|leg|round)|(?:day|leg)\s+\d|r16|qf|sf)$", ""
    )
    side = side.str.replace(_QUALITY, "").str.replace(_QUALITY, "")
    side = side.str.replace(r"(?i)\s+(?:game|gm)\s*#?[1-9]$", "").str.replace(r"\s*@\s*$", "")
    return side.str.strip_chars(" -–,:;|@_*")


def _competition() -> pl.Expr:
    """What stands before the pair, else behind it; for a name without a pair, nothing: it is the title."""
    before = pl.col("_segments").list.head(pl.col("_at")).list.eval(pl.element().filter(pl.element() != ""))
    behind = pl.col("_segments").list.slice(pl.col("_at") + 1).list.eval(pl.element().filter(pl.element() != ""))
    bracket = pl.col("cut").str.extract(r"[(\[]([^()\[\]]*\p{L}[^()\[\]]*)[)\]]\s*$")
    printed = pl.coalesce(
        pl.when(before.list.len() > 0).then(before.list.join(" - ")),
        pl.when(behind.list.len() > 0).then(behind.list.join(" - ")),
        bracket,
    )
    return pl.when(pl.col("first").is_not_null() & pl.col("_at").is_not_null()).then(printed.str.strip_chars())


def _title() -> pl.Expr:
    """The words of the payload: the pair's own where there is one, else all of it."""
    pair = pl.col("_segments").list.get(pl.col("_at"), null_on_oob=True)
    whole = pl.col("_segments").list.eval(pl.element().filter(pl.element() != "")).list.join(" - ")
    around = pl.format("{} vs {}", pl.col("first"), pl.col("second"))
    title = (
        pl.when(pl.col("opponent_rule").is_in([_AROUND, _TWO_TEAMS]))
        .then(around)
        .when(pl.col("first").is_not_null() & (pl.col("telling") == "live"))
        .then(pair)
        .otherwise(whole)
    )
    return title.fill_null("").str.replace(_QUALITY, "").str.replace(_QUALITY, "").str.strip_chars(" -–,:;|@")
