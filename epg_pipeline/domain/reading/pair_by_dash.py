"""Sides separated by a dash or slash, the weakest separator: it separates everything else as well.

Belongs here: which dashes separate two sides, and what is stripped from a printed side. Does not: the stronger
separators (opponents.py), which teams they are (domain/teams.py).
"""

import polars as pl

from epg_pipeline.config import Facts
from epg_pipeline.domain.reading.competitions import printed_forms
from epg_pipeline.domain.reading.times import TIME_WAS_HERE
from epg_pipeline.domain.teams import names_a_team, team_form

DASH = r"\s+(?:[-–—]+|/)(?:\s+|$)"
CUT, BEHIND_DASH = "\x02", "\x06"
DASH_RULE = "two sides of a dash"

# What stands behind a dash without being a side.
_NEVER_A_SIDE = (
    r"\b(?:day|round|rd|week|matchday|matchweek|game|heat|stage|part|episode|ep|session|race|qualifying|practice|sprint|"
    r"final|finals|semi ?finals?|quarter ?finals?|group|gruppe|grupo|leg|show|live|studio|magazine|news|weekly|tonight|"
    r"jornada|spieltag|journee|giornata|runde|court|mat|ring|table|prix|gp|open|championships?|cup|series|tour)\b|\b20\d\d\b"
)
QUALITY = r"(?i)\s+(?:u?hd|fhd|[48]k|1080[pi]|720p|2160p|sd|hevc|raw|(?:[48]k )?exclusive|\d\d ?fps)\s*$"
_SPORTS = "basketball|volleyball|soccer|ice hockey|hockey|baseball|softball|lacrosse|football"
# What is printed around a side but is not part of its name, in the order it is cut off.
_AROUND_A_SIDE = (
    r"^(?:19|20)\d\d(?:[/-]\d{2,4})?\s+",  # a season
    r"(?i)^(?:ufc(?:\s+fight night)?|pfl|bellator|ksw|one(?: fc)?|glory)\s+\d{1,3}\b[\s:–-]*",  # a card's number
    r"(?i)^(?:#\s?\d{1,3}\b|no\.\s?\d{1,2}\b|\(\d{1,2}\))[\s.]*",  # a rank
    r"(?i)\s+(?:\d(?:st|nd|rd|th)\s+(?:test|odi|t20i?|leg|round)|(?:day|leg)\s+\d|r16|qf|sf)$",
    QUALITY,
    QUALITY,
    r"(?i)\s+(?:#\d{1,2}|(?:link|stream|server|feed)\s*\d{1,2}|live)$",
    rf"(?i)\s+(?:(?:wo)?men['’`]?s\s*)?(?:{_SPORTS})$",
    r"(?i)\s+(?:wo)?men['’`]s$",
    r"(?i)\s+(?:game|gm)\s*#?[1-9]$",
    r"\s*@\s*$",
)
_MAX_SIDE = 32  # characters; no side is longer
_MIN_WITNESSED = 2  # pairs with a witness in a family that make its other dashes pairs, too
_GLUE = r"(\p{L}[.]?)[-–/](\p{L})"


def pairs_around_dash(names: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """position, left, right and pair_at of the names with a pair around a dash: its sides, and which segment is left.

    `names` are those without a pair by a stronger separator, with position, family, family_leagues, cut (the payload
    without times), segments (its parts) and behind_dash (whether a dash stands before each part).

    A dash needs a witness: both sides are teams of the catalogue ("Ajax - AZ Alkmaar", "Inter-Como", "BOS/NYY"); or one
    is, or a competition is known, and a time is printed; or a time is printed and others of the family have such pairs.
    "Race - Qualifying" and "Show - Day 1" are not pairs.
    """
    rows = _weighed_segments(names, facts)
    has_time = pl.col("cut").str.contains(TIME_WAS_HERE, literal=True) & ~pl.col("glued")
    both, either = pl.col("is_team") & pl.col("is_team_next"), pl.col("is_team") | pl.col("is_team_next")
    in_league = pl.col("is_league").any().over("position") | pl.col("family_leagues").is_not_null()
    rows = rows.with_columns(both=both, witnessed=both | (has_time & (either | in_league)), has_time=has_time)
    rows = rows.filter("is_side", "is_side_next", "behind_dash_next")
    siblings = pl.col("position").filter("witnessed").n_unique().over("family")
    by_family = pl.col("has_time") & (pl.col("family") != "") & (siblings >= _MIN_WITNESSED)
    pairs = rows.filter(pl.col("witnessed") | by_family).sort("position", ~pl.col("both"), maintain_order=True)
    pairs = pairs.unique("position", keep="first", maintain_order=True)
    return pairs.select("position", left="segment", right="segment_next", pair_at=pl.col("at").cast(pl.UInt32))


def _weighed_segments(names: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """One row a segment of the names that have a dash: is_team, is_side, is_league, and those of the next segment."""
    has_dash = names["behind_dash"].list.any() | names["cut"].str.contains(_GLUE)
    rows = names.filter(has_dash).select(
        "position", "family", "family_leagues", "cut", "behind_dash", segment="segments",
        at=pl.int_ranges(pl.col("segments").list.len()),
    )  # fmt: skip
    rows = rows.explode("segment", "behind_dash", "at")
    rows = pl.concat([rows.with_columns(glued=pl.lit(value=False)), _glued(rows)])
    rows = rows.sort("position", "at", "glued", maintain_order=True)
    side = cleaned_side(pl.col("segment"))
    form = team_form(side, facts.words)
    is_code = side.str.contains(r"^[A-Z]{2,4}$") & side.is_in(facts.teams["abbreviation"].implode())
    is_team = names_a_team(side, facts) | is_code
    is_league = form.is_in(printed_forms(facts).implode())
    is_word = form.str.contains(r"\p{L}") & (form.str.len_chars() <= _MAX_SIDE)
    is_side = is_word & ~is_league & ~form.str.contains(_NEVER_A_SIDE)
    rows = rows.with_columns(is_team=is_team, is_side=is_side | is_team, is_league=is_league)
    following = pl.col("is_team", "is_side", "behind_dash", "segment").shift(-1).over("position", "glued")
    return rows.with_columns(following.name.suffix("_next"))


def _glued(rows: pl.DataFrame) -> pl.DataFrame:
    """The two halves of each segment with one inner dash or slash, as separate segments: "Inter-Como"."""
    # A slash separates places, sports and players as well: only a time shows that it is a pair ("BOS/NYY - 1:05 PM").
    has_time = pl.col("cut").str.contains(TIME_WAS_HERE, literal=True)
    is_shown = ~pl.col("segment").str.contains("/", literal=True) | has_time
    halves = rows.filter(is_shown, pl.col("segment").str.count_matches(_GLUE) == 1)
    parts = pl.col("segment").str.replace(_GLUE, f"${{1}}{CUT}${{2}}").str.split(CUT)
    halves = halves.with_columns(segment=parts, behind_dash=pl.lit([False, True]), glued=pl.lit(value=True))
    return halves.explode("segment", "behind_dash").select(*rows.columns, "glued")


def cleaned_side(side: pl.Expr) -> pl.Expr:
    """A printed side without rank, season, card number, quality and round."""
    side = side.str.strip_chars(" -–,:;|@_*.")
    for pattern in _AROUND_A_SIDE:
        side = side.str.replace(pattern, "")
    return side.str.strip_chars(" -–,:;|@_*")
