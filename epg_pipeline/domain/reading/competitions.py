"""A printed competition -> the leagues and the sport it means.

Belongs here: forms of a competition's name, alone or with its country. Does not: where in a payload it stands.
"""

from functools import lru_cache

import polars as pl

from epg_pipeline.config import Facts, League
from epg_pipeline.domain.text import folded

# What stands beside a competition's name: seasons, rounds, days.
_BESIDE = (
    r"(?i)\b(?:19|20)\d\d(?:[/-]\d{2,4})?\b|\b(?:round|matchday|matchweek|week|day|jornada|group|gruppe|grupo)\s+\w{1,3}\b|"
    r"\b(?:regular season|preseason|playoffs?|quarter-?finals?|semi-?finals?|final|pass|live)\b|\b(?:wo)?men['’`]?s\s*$"
)


def with_competition(frame: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """`frame` (competition: as printed, or null) with the leagues and the sport it names.

    Adds competition_leagues (list of league keys) and competition_sport (a sport's key), null when it names none.
    """
    table = _printed_leagues(facts)
    printed = frame.select(pl.col("competition").drop_nulls().unique())
    parts = pl.concat_list(
        pl.concat_list("competition"),
        pl.col("competition").str.replace_all(r"\s+(?:-|:|\|)\s+", "\x02").str.split("\x02").list.reverse(),
    )
    segments = printed.with_columns(part=parts).explode("part").with_row_index("rank")
    forms = pl.concat_list(folded(pl.col("part")), folded(pl.col("part").str.replace_all(_BESIDE, " ")))
    segments = segments.with_columns(form=forms).explode("form")
    leagues = segments.join(table, on="form").sort("rank").unique("competition", keep="first")
    leagues = leagues.filter(~_is_of_another_country(facts)).select("competition", competition_leagues="leagues")
    meaning = printed.join(leagues, on="competition", how="left").with_columns(
        competition_sport=_sport_word(folded(pl.col("competition")), facts)
    )
    return frame.join(meaning, on="competition", how="left", maintain_order="left")


def _is_of_another_country(facts: Facts) -> pl.Expr:
    """The competition names a country other than that of the league found: "Ghana - Premier League"."""
    nations = facts.teams.filter(pl.col("league") == "national").select(folded(pl.col("name"))).to_series()
    named = folded(pl.col("competition").str.extract(r"^(.+?)\s*(?:-|:|\|)\s"))
    countries = {key: league.country for key, league in facts.leagues.items() if league.country}
    country = folded(pl.col("leagues").list.first().replace_strict(countries, default="", return_dtype=pl.String))
    return (named.is_in(nations.implode()) & (country != "") & (named != country)).fill_null(value=False)


def _sport_word(form: pl.Expr, facts: Facts) -> pl.Expr:
    words = [(word, sport) for sport, words in facts.sport_words.items() for word in words]
    spaced = pl.concat_str(pl.lit(" "), form, pl.lit(" "))
    return pl.coalesce(
        pl.when(spaced.str.contains(f" {word} ", literal=True)).then(pl.lit(sport))
        for word, sport in sorted(words, key=lambda pair: len(pair[0]), reverse=True)
    )


def printed_forms(facts: Facts) -> pl.Series:
    """Every folded form by which a playlist prints a league."""
    return _printed_leagues(facts)["form"]


@lru_cache(maxsize=8)
def _printed_leagues(facts: Facts) -> pl.DataFrame:
    """form (folded) -> leagues: every way a league is printed, a country before or behind it included."""
    rows = [
        {"form": form, "league": key}
        for key, league in facts.leagues.items()
        for form in (league.name, *league.printed, *_with_country(league))
    ]
    frame = pl.DataFrame(rows).select(folded(pl.col("form")), "league").unique(maintain_order=True)
    return frame.group_by("form", maintain_order=True).agg(leagues=pl.col("league"))


def _with_country(league: League) -> list[str]:
    names = (league.name, *league.printed, *league.printed_with_country)
    return [
        form for name in names for form in (f"{league.country} {name}", f"{name} {league.country}") if league.country
    ]
