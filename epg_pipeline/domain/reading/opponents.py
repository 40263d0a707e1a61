"""A payload without its times -> the opponents as printed, the competition, and the coverage.

Belongs here: separators, prefixes, brackets, ranks, marks of gender and feed. Does not: which teams they are.
"""

import re

import polars as pl

from epg_pipeline.config import Facts, Words
from epg_pipeline.domain.reading.pair_by_dash import (
    BEHIND_DASH,
    CUT,
    DASH,
    DASH_RULE,
    QUALITY,
    cleaned_side,
    pairs_around_dash,
)
from epg_pipeline.domain.reading.times import TIME_WAS_HERE
from epg_pipeline.domain.teams import names_a_team
from epg_pipeline.domain.text import folded

# Opponents stand on both sides of one of these; the weaker ones count only where none of the stronger stands.
_VERSUS = r"(?i)\s(?:vs\.?|v\.?|versus|contre|gegen|contra)\s+"
_AT = r"(?i)\s(?:@|at)\s+"
_CROSS = r"(?i)\s[x×]\s+"
ANY_SEPARATOR = r"(?i)\s(?:vs\.?|v\.?|versus|contre|gegen|contra|@|at|x|×)\s"

# What separates a pair from its competition, its round, its channel.
_DELIMITER = rf"\s*(?:\|+|//+|:(?:\s|$)|;\s|{TIME_WAS_HERE})\s*"

# A bracket that is part of a team's name: a US state or Canadian province, a South American country or city.
_PLACES = (
    "AL|AK|AZ|AR|CA|CO|CT|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|"
    "RI|SC|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC|ON|QC|BC|AB|Ohio|Fla\\.?|Pa\\.?|URU|ARG|ECU|PER|CHI|COL|PAR|BOL|VEN|BRA|LP"
)
_PLACE_OPEN, _PLACE_CLOSE = "\x03", "\x04"

_AROUND = "around the time"
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

# What follows "at" in the title of a show, not in a game's.
_NO_TEAM = r"^(?:night|noon|home|dawn|midnight|war|sea|heart|large|work|the .*|wimbledon|\d.*)$"

_LANGUAGE = (
    r"(?i)^(?:en\s+(?:español|espanol|français|francais|vivo)|ao vivo|english|spanish|español|french|4k|uhd|hdr|hd|fhd|"
    r"live|no stream)\s*[-_:|]+\s*"
)
_ARCHIVE = r"\(R\)|(?i)^\s*classics?\s*:"


def contains_words(text: pl.Expr, words: tuple[str, ...]) -> pl.Expr:
    """Whether a folded text contains one of the words or phrases, as whole words; one with a bracket is a pattern."""
    spaced = pl.concat_str(pl.lit(" "), text, pl.lit(" "))
    plain: list[str] = []
    patterns: list[str] = []
    for word in words:
        (patterns if re.search(r"[\[\\]", word) else plain).append(f" {word} ")
    is_found = spaced.str.contains_any(plain)
    return is_found | spaced.str.contains("|".join(patterns)) if patterns else is_found


def coverage_of(payload: pl.Expr, words: Words) -> pl.Expr:
    """What a payload announces of its event, one of COVERAGES."""
    text = folded(payload)
    return (
        pl.when(contains_words(text, words.press))
        .then(pl.lit("press"))
        .when(contains_words(text, words.beside))
        .then(pl.lit("other"))
        .when(contains_words(text, words.replay) | payload.str.contains(_ARCHIVE))
        .then(pl.lit("replay"))
        .when(contains_words(text, words.highlights))
        .then(pl.lit("highlights"))
        .when(contains_words(text, words.pregame))
        .then(pl.lit("pregame"))
        .otherwise(pl.lit("live"))
    )


def gender_of(text: pl.Expr, words: Words) -> pl.Expr:
    """The gender a text states: "women", "men" or null."""
    plain = folded(text)
    women = contains_words(plain, words.women) | text.str.contains(
        r"\((?:[Ww]\b[^)]*|F|D)\)|\p{L} W(?:$|\s+(?:vs?\.?|@|-)\s)"
    )
    men = contains_words(plain, words.men) | text.str.contains(r"(?i)\(m\b[^)]*\)|\(men\)")
    return pl.when(women).then(pl.lit("women")).when(men).then(pl.lit("men"))


def game_number_of(text: pl.Expr) -> pl.Expr:
    """The game of a doubleheader that a text states, as an integer, else null."""
    return text.str.extract(r"(?i)\b(?:game|gm|partido)\s*#?([1-9])\b").cast(pl.Int64, strict=False)


def read_opponents(frame: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """`frame` with competition, first, second, title, coverage and opponent_rule, from a payload without its times.

    `frame` has position, cut (that payload), family, family_sport and family_leagues (null where not known).

    `first` and `second` are as printed and in printed order, null where there is no pair. The sides of a press
    conference keep their full text, because it is not a game.
    """
    coverage, plain = coverage_of(pl.col("cut"), facts.words), _plain(pl.col("cut"))
    # Lazily: what several choices share, here the folded text, is then computed once.
    frame = frame.lazy().with_columns(coverage=coverage, plain=plain).collect()
    dashed = pl.col("plain").str.replace_all(DASH, CUT + BEHIND_DASH)
    segments = dashed.str.replace_all(_DELIMITER, CUT).str.split(CUT)
    frame = frame.with_columns(
        segments=segments.list.eval(pl.element().str.strip_chars(" " + BEHIND_DASH)),
        behind_dash=segments.list.eval(pl.element().str.starts_with(BEHIND_DASH)),
    )
    strong = pl.col("segments").list.eval(pl.element().str.contains(rf"\S{_VERSUS}\S")).list
    weak = pl.col("segments").list.eval(pl.element().str.contains(rf"\S{ANY_SEPARATOR}+\S")).list
    at = pl.when(strong.any()).then(strong.arg_max()).when(weak.any()).then(weak.arg_max())
    frame = frame.with_columns(pair_at=at)
    frame = _with_pair(frame)
    frame = _without_places(frame, facts)
    frame = _with_pair_around_time(frame)
    frame = _with_pair_around_dash(frame, facts)
    frame = _press_as_printed(frame)
    first, second = (cleaned_side(pl.col(name)) for name in ("left", "right"))
    frame = frame.with_columns(first=first, second=second)
    are_names = pl.col("first").str.contains(r"\p{L}|^\d{2,}$") & pl.col("second").str.contains(r"\p{L}|^\d{2,}$")
    frame = frame.with_columns(
        pl.when(are_names).then(name).alias(name) for name in ("first", "second", "opponent_rule")
    )
    return frame.with_columns(competition=_competition(), title=_title()).select(
        pl.exclude("plain", "segments", "behind_dash", "pair_at", "left", "right", "pair")
    )


def _plain(cut: pl.Expr) -> pl.Expr:
    """The text without marks of language, feed and quality, without brackets but those of places."""
    text = (
        cut.str.replace(rf"^\s*(?:{TIME_WAS_HERE}\s*[-|:]?\s*)+", "")
        .str.replace(_LANGUAGE, "")
        .str.replace(_LANGUAGE, "")
    )
    text = text.str.replace(r"(?i)^watch\s+", "").str.replace(
        r"(?i)^(?:feed|stream|table|ring|mat)\s+\w{1,2}\s*[):-]\s*", ""
    )
    text = text.str.replace_all(r"【([^】]*)】", "${1} | ")
    text = text.str.replace_all(rf"(\p{{L}}\.?) ?\(({_PLACES})\)", f"${{1}} {_PLACE_OPEN}${{2}}{_PLACE_CLOSE}")
    for _ in range(2):
        text = text.str.replace_all(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}", " ")
    text = text.str.replace_all(r"[(\[{][^)\]}]*$", " ").str.replace_all(_PLACE_OPEN, "(", literal=True)
    text = text.str.replace_all(_PLACE_CLOSE, ")", literal=True)
    # An underscore stands for a hyphen inside a word, a dash between words, a comma behind one.
    text = (
        text.str.replace_all(r"(\w)_(\w)", "${1}-${2}").str.replace_all(r"\s_\s", " - ").str.replace_all(r"_\s", ", ")
    )
    return text.str.replace_all(r"\s+", " ").str.strip_chars(" ,")


def _with_pair(frame: pl.DataFrame) -> pl.DataFrame:
    pair = pl.col("segments").list.get(pl.col("pair_at"), null_on_oob=True)
    frame = frame.with_columns(pair=pair)
    text = pl.concat_str(pl.lit(" "), pl.col("pair"), pl.lit(" "))
    one, two, rule = pl.lit(None, pl.String), pl.lit(None, pl.String), pl.lit(None, pl.String)
    has_sides = ~pl.col("family_sport").is_in(_WITHOUT_SIDES).fill_null(value=False)
    for name, separator in (("x", _CROSS), ("at", _AT), ("versus", _VERSUS)):
        halves = text.str.replace(separator, CUT).str.split_exact(CUT, 1)
        found = text.str.contains(separator) & (has_sides | (name == "versus"))
        one = pl.when(found).then(halves.struct.field("field_0")).otherwise(one)
        two = pl.when(found).then(halves.struct.field("field_1")).otherwise(two)
        rule = pl.when(found).then(pl.lit(name)).otherwise(rule)
    sides = {"left": one.str.strip_chars(), "right": two.str.strip_chars()}
    return frame.lazy().with_columns(**sides, opponent_rule=rule).collect()


def _without_places(frame: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """The word "at" pairs shows and places as well ("SportsCenter at Night"): it needs a known team, sport or time."""
    is_word = (pl.col("opponent_rule") == "at") & ~pl.col("pair").str.contains("@", literal=True)
    doubtful = frame.filter(is_word & pl.col("family_sport").is_null())
    known = pl.any_horizontal(names_a_team(cleaned_side(pl.col(side)), facts) for side in ("left", "right"))
    is_show = folded(pl.col("right")).str.contains(_NO_TEAM)
    says_time = pl.col("cut").str.contains(TIME_WAS_HERE, literal=True) & ~is_show
    is_not_a_pair = pl.col("position").is_in(doubtful.filter(~known & ~says_time)["position"].implode())
    return frame.with_columns(
        pl.when(~is_not_a_pair).then(name).alias(name) for name in ("left", "right", "opponent_rule", "pair_at")
    )


def _with_pair_around_time(frame: pl.DataFrame) -> pl.DataFrame:
    """Where nothing else separates two sides, the time may: "Real Madrid 20:00 Juventus"."""
    around = pl.col("cut").str.extract_groups(
        rf"^(?:.*[:|]\s)?([^{TIME_WAS_HERE}|]+?)\s*{TIME_WAS_HERE}\s*([^{TIME_WAS_HERE}|:(\[-]+?)\s*(?:{TIME_WAS_HERE}.*)?$"
    )
    one, two = (
        around.struct.field(n).str.replace_all(r"\([^()]*\)|\[[^\[\]]*\]", " ").str.strip_chars() for n in ("1", "2")
    )
    found = pl.col("left").is_null() & one.str.contains(r"\p{L}") & two.str.contains(r"\p{L}")
    return frame.with_columns(
        left=pl.when(found).then(one).otherwise("left"),
        right=pl.when(found).then(two).otherwise("right"),
        opponent_rule=pl.when(found).then(pl.lit(_AROUND)).otherwise("opponent_rule"),
    )


def _with_pair_around_dash(frame: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Where still nothing separates two sides, a dash or slash may."""
    found = pairs_around_dash(frame.filter(pl.col("left").is_null()), facts)
    frame = frame.join(found, on="position", how="left", suffix="_found", maintain_order="left")
    rule = pl.when(pl.col("left_found").is_not_null()).then(pl.lit(DASH_RULE)).otherwise("opponent_rule")
    sides = (pl.coalesce(f"{name}_found", name).alias(name) for name in ("left", "right", "pair_at"))
    return frame.with_columns(*sides, opponent_rule=rule).select(pl.exclude("^.*_found$"))


def _press_as_printed(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("cut").str.replace_all(TIME_WAS_HERE, " ", literal=True)
    halves = text.str.replace(_VERSUS, CUT).str.split_exact(CUT, 1)
    is_press = (pl.col("coverage") == "press") & pl.col("left").is_not_null() & text.str.contains(_VERSUS)
    return frame.with_columns(
        left=pl.when(is_press).then(halves.struct.field("field_0")).otherwise("left"),
        right=pl.when(is_press).then(halves.struct.field("field_1")).otherwise("right"),
    )


def _competition() -> pl.Expr:
    """What stands before the pair, else behind it; for a name without a pair, nothing: it is the title."""
    before = pl.col("segments").list.head(pl.col("pair_at")).list.eval(pl.element().filter(pl.element() != ""))
    behind = pl.col("segments").list.slice(pl.col("pair_at") + 1).list.eval(pl.element().filter(pl.element() != ""))
    bracket = pl.col("cut").str.extract(r"[(\[]([^()\[\]]*\p{L}[^()\[\]]*)[)\]]\s*$")
    printed = pl.coalesce(
        pl.when(before.list.len() > 0).then(before.list.join(" - ")),
        pl.when(behind.list.len() > 0).then(behind.list.join(" - ")),
        bracket,
    )
    return pl.when(pl.col("first").is_not_null() & pl.col("pair_at").is_not_null()).then(printed.str.strip_chars())


def _title() -> pl.Expr:
    """The words of the payload: the pair's own where there is one, else all of it."""
    pair = pl.col("segments").list.get(pl.col("pair_at"), null_on_oob=True)
    whole = pl.col("segments").list.eval(pl.element().filter(pl.element() != "")).list.join(" - ")
    around = pl.format("{} vs {}", pl.col("first"), pl.col("second"))
    title = (
        pl.when(pl.col("opponent_rule").is_in([_AROUND, DASH_RULE]))
        .then(around)
        .when(pl.col("first").is_not_null() & (pl.col("coverage") == "live"))
        .then(pair)
        .otherwise(whole)
    )
    return title.fill_null("").str.replace(QUALITY, "").str.replace(QUALITY, "").str.strip_chars(" -–,:;|@")
