"""One team's forms: full name, place, nickname, short name, abbreviation, aliases; and which side of a club a text means.

Belongs here: what makes "Troy" and "Troy Trojans" one team and "LAFC 2" and "LAFC" two. Does not: choosing an event.
"""

from __future__ import annotations

import polars as pl

_SIDES = (
    ("reserve", r"(?i)(?:\s|[a-z])(?:II|III|2|3|B)$|\b(?:reserves?|academy|castilla|jong)\b"),
    ("school", r"(?i)\b(?:HS|high school|prep|jv)\b"),
)


def side_of(team: pl.Expr) -> pl.Expr:
    """Which side of a club a printed team is: "u21", "reserve", "school", or null for the first team."""
    youth = team.str.extract(r"(?i)\bu-?\s?(1[2-9]|2[0-3])s?\b")
    side = pl.lit(None, pl.String)
    for word, pattern in _SIDES:
        side = pl.when(team.str.contains(pattern)).then(pl.lit(word)).otherwise(side)
    return pl.when(youth.is_not_null()).then(pl.format("u{}", youth)).otherwise(side)
