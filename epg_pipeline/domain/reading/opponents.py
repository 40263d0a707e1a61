"""A payload without its times -> the opponents as printed, the competition, and the coverage.

Belongs here: separators, prefixes, brackets, ranks, marks of gender and feed. Does not: which teams they are.
"""

import re
from collections.abc import Iterable

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
_ANY_SEPARATOR = r"(?i)\s(?:vs\.?|v\.?|versus|contre|gegen|contra|@|at|x|×)\s"

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
    "racing", "motorcycling", "golf", "cycling", "athletics", "swimming", "skiing", "horse-racing", "sailing",
)  # fmt: skip

# What follows "at" in the title of a show, not in a game's.
_NO_TEAM = r"^(?:night|noon|home|dawn|midnight|war|sea|heart|large|work|the .*|wimbledon|\d.*)$"

_LANGUAGE = (
    r"(?i)^(?:en\s+(?:español|espanol|français|francais|vivo)|ao vivo|english|spanish|español|french|4k|uhd|hdr|hd|fhd|"
    r"live|no stream)\s*[-_:|]+\s*"
)
_ARCHIVE = r"\(R\)|(?i)^\s*classics?\s*:"
_IN_BRACKETS = r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}"

# What makes a payload plain, without marks of language, feed and quality, and without brackets but those of places:
# patterns in turn with their replacements. What may occur twice, or inside another, is tried twice.
_PLAIN = (
    (rf"^\s*(?:{TIME_WAS_HERE}\s*[-|:]?\s*)+", ""),
    (_LANGUAGE, ""),
    (_LANGUAGE, ""),
    (r"(?i)^watch\s+", ""),
    (r"(?i)^(?:feed|stream|table|ring|mat)\s+\w{1,2}\s*[):-]\s*", ""),
    (r"【([^】]*)】", "${1} | "),
    (rf"(\p{{L}}\.?) ?\(({_PLACES})\)", f"${{1}} {_PLACE_OPEN}${{2}}{_PLACE_CLOSE}"),
    (_IN_BRACKETS, " "),
    (_IN_BRACKETS, " "),
    (r"[(\[{][^)\]}]*$", " "),
    (_PLACE_OPEN, "("),
    (_PLACE_CLOSE, ")"),
    # An underscore stands for a hyphen inside a word, a dash between words, a comma behind one.
    (r"(\w)_(\w)", "${1}-${2}"),
    (r"\s_\s", " - "),
    (r"_\s", ", "),
    (r"\s+", " "),
)


def contains_words(text: pl.Expr, words: tuple[str, ...]) -> pl.Expr:
    """Whether a folded text contains one of the words or phrases, as whole words; one with a bracket is a pattern."""
    spaced = pl.concat_str(pl.lit(" "), text, pl.lit(" "))
    patterns = [word for word in words if re.search(r"[\[\\]", word)]
    is_found = spaced.str.contains_any([f" {word} " for word in words if word not in patterns])
    return is_found | spaced.str.contains(f" (?:{'|'.join(patterns)}) ") if patterns else is_found


def coverage_of(payload: pl.Expr, words: Words) -> pl.Expr:
    """What a payload announces of its event, one of COVERAGES."""
    text = folded(payload)
    is_replay = contains_words(text, words.replay) | payload.str.contains(_ARCHIVE)
    return pl.coalesce(
        pl.when(contains_words(text, words.press)).then(pl.lit("press")),
        pl.when(contains_words(text, words.beside)).then(pl.lit("other")),
        pl.when(is_replay).then(pl.lit("replay")),
        pl.when(contains_words(text, words.highlights)).then(pl.lit("highlights")),
        pl.when(contains_words(text, words.pregame)).then(pl.lit("pregame")),
        pl.lit("live"),
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

    `first` and `second` are as printed and in printed order, null without a pair. The sides of a press
    conference keep their full text, because it is not a game.
    """
    frame = _with_pair(_segmented(frame, facts))
    frame = _without_places(frame, facts)
    frame = _with_pair_around_time(frame)
    frame = _with_pair_around_dash(frame, facts)
    frame = _press_as_printed(frame)
    frame = frame.with_columns(first=cleaned_side(pl.col("left")), second=cleaned_side(pl.col("right")))
    are_names = pl.all_horizontal(pl.col("first", "second").str.contains(r"\p{L}|^\d{2,}$"))
    frame = _only_where(frame, are_names, "first", "second", "opponent_rule")
    return frame.with_columns(competition=_competition(), title=_title()).select(
        pl.exclude("plain", "segments", "behind_dash", "pair_at", "left", "right", "pair")
    )


def _segmented(frame: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """`frame` with coverage, and the text that is searched for a pair: plain, and its segments.

    Adds behind_dash (whether a dash stands before each) and pair_at (which has the strongest separator of two sides).
    """
    coverage = coverage_of(pl.col("cut"), facts.words)
    plain = _replaced(pl.col("cut"), _PLAIN).str.strip_chars(" ,")
    # Lazily: what several choices share, here the folded text, is then computed once.
    frame = frame.lazy().with_columns(coverage=coverage, plain=plain).collect()
    dashed = pl.col("plain").str.replace_all(DASH, CUT + BEHIND_DASH)
    segments = dashed.str.replace_all(_DELIMITER, CUT).str.split(CUT)
    frame = frame.with_columns(
        segments=segments.list.eval(pl.element().str.strip_chars(" " + BEHIND_DASH)),
        behind_dash=segments.list.eval(pl.element().str.starts_with(BEHIND_DASH)),
    )
    strong = pl.col("segments").list.eval(pl.element().str.contains(rf"\S{_VERSUS}\S")).list
    weak = pl.col("segments").list.eval(pl.element().str.contains(rf"\S{_ANY_SEPARATOR}+\S")).list
    return frame.with_columns(
        pair_at=pl.when(strong.any()).then(strong.arg_max()).when(weak.any()).then(weak.arg_max())
    )


def _replaced(text: pl.Expr, replacements: Iterable[tuple[str, str]]) -> pl.Expr:
    for pattern, replacement in replacements:
        text = text.str.replace_all(pattern, replacement)
    return text


def _only_where(frame: pl.DataFrame, condition: pl.Expr, *columns: str) -> pl.DataFrame:
    """`frame` with these columns null where the condition does not hold."""
    return frame.with_columns(pl.when(condition).then(name).alias(name) for name in columns)


def _changed_where(frame: pl.DataFrame, condition: pl.Expr, **columns: pl.Expr) -> pl.DataFrame:
    """`frame` with these values where the condition holds."""
    return frame.with_columns(
        pl.when(condition).then(value).otherwise(name).alias(name) for name, value in columns.items()
    )


def _with_pair(frame: pl.DataFrame) -> pl.DataFrame:
    pair = pl.col("segments").list.get(pl.col("pair_at"), null_on_oob=True)
    text = pl.concat_str(pl.lit(" "), pair, pl.lit(" "))
    left = right = rule = pl.lit(None, pl.String)
    has_sides = ~pl.col("family_sport").is_in(_WITHOUT_SIDES).fill_null(value=False)
    for name, separator in (("x", _CROSS), ("at", _AT), ("versus", _VERSUS)):
        halves = text.str.replace(separator, CUT).str.split_exact(CUT, 1)
        found = text.str.contains(separator) & (has_sides | (name == "versus"))
        left = pl.when(found).then(halves.struct.field("field_0")).otherwise(left)
        right = pl.when(found).then(halves.struct.field("field_1")).otherwise(right)
        rule = pl.when(found).then(pl.lit(name)).otherwise(rule)
    sides = {"left": left.str.strip_chars(), "right": right.str.strip_chars()}
    return frame.lazy().with_columns(**sides, pair=pair, opponent_rule=rule).collect()


def _without_places(frame: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """The word "at" pairs shows and places as well ("SportsCenter at Night"): it needs a known team, sport or time."""
    is_word = (pl.col("opponent_rule") == "at") & ~pl.col("pair").str.contains("@", literal=True)
    doubtful = frame.filter(is_word & pl.col("family_sport").is_null())
    has_team = pl.any_horizontal(names_a_team(cleaned_side(pl.col(side)), facts) for side in ("left", "right"))
    is_show = folded(pl.col("right")).str.contains(_NO_TEAM)
    says_time = pl.col("cut").str.contains(TIME_WAS_HERE, literal=True) & ~is_show
    is_not_a_pair = pl.col("position").is_in(doubtful.filter(~has_team & ~says_time)["position"].implode())
    return _only_where(frame, ~is_not_a_pair, "left", "right", "opponent_rule", "pair_at")


def _with_pair_around_time(frame: pl.DataFrame) -> pl.DataFrame:
    """Where nothing else separates two sides, the time may: "Real Madrid 20:00 Juventus"."""
    around = pl.col("cut").str.extract_groups(
        rf"^(?:.*[:|]\s)?([^{TIME_WAS_HERE}|]+?)\s*{TIME_WAS_HERE}\s*([^{TIME_WAS_HERE}|:(\[-]+?)\s*(?:{TIME_WAS_HERE}.*)?$"
    )
    left, right = (
        around.struct.field(n).str.replace_all(r"\([^()]*\)|\[[^\[\]]*\]", " ").str.strip_chars() for n in ("1", "2")
    )
    found = pl.col("left").is_null() & left.str.contains(r"\p{L}") & right.str.contains(r"\p{L}")
    return _changed_where(frame, found, left=left, right=right, opponent_rule=pl.lit(_AROUND))


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
    left, right = (halves.struct.field(name) for name in ("field_0", "field_1"))
    return _changed_where(frame, is_press, left=left, right=right)


def _competition() -> pl.Expr:
    """What stands before the pair, else behind it; null without a pair, because then it is the title."""
    segments, at = pl.col("segments").list, pl.col("pair_at")
    bracket = pl.col("cut").str.extract(r"[(\[]([^()\[\]]*\p{L}[^()\[\]]*)[)\]]\s*$")
    printed = pl.coalesce(_words_of(segments.head(at)), _words_of(segments.slice(at + 1)), bracket)
    return pl.when(pl.col("first").is_not_null() & at.is_not_null()).then(printed.str.strip_chars())


def _words_of(segments: pl.Expr) -> pl.Expr:
    """The segments that are not empty, as one text; null where all are."""
    words = segments.list.eval(pl.element().filter(pl.element() != "")).list
    return pl.when(words.len() > 0).then(words.join(" - "))


def _title() -> pl.Expr:
    """The words of the pair where there is one, else of the whole payload."""
    pair = pl.col("segments").list.get(pl.col("pair_at"), null_on_oob=True)
    has_pair = pl.col("first").is_not_null()
    title = (
        pl.when(pl.col("opponent_rule").is_in([_AROUND, DASH_RULE]))
        .then(pl.format("{} vs {}", "first", "second"))
        .when(has_pair & (pl.col("coverage") == "live"))
        .then(pair)
        .otherwise(_words_of(pl.col("segments")))
    )
    return title.fill_null("").str.replace(QUALITY, "").str.replace(QUALITY, "").str.strip_chars(" -–,:;|@")
