"""What teams are called beyond the bundled catalogue: by sources, by an operator, and as learned from matches.

Belongs here: bringing such aliases to the facts, learning new ones from what was matched, finding a team by a text.
Does not: what a form is worth in matching (domain/teams.py), where aliases are kept.
"""

from dataclasses import replace
from typing import NewType

import polars as pl

from epg_pipeline.config import Facts
from epg_pipeline.domain.frames import EVIDENCE, Contract, one_of, texts
from epg_pipeline.domain.matching.verdict import evidence_of
from epg_pipeline.domain.teams import catalogued, forms_of, side_of, team_form, team_key
from epg_pipeline.domain.text import folded

KINDS = ("catalogue", "source", "manual", "learned")

# Aliases on record that the bundled catalogue does not have, and those of it that were removed by hand.
Aliases = NewType("Aliases", pl.DataFrame)
ALIASES = Contract(
    Aliases,
    {
        **texts("league", "sport", "team", "alias"),
        "kind": pl.String,  # one of KINDS
        "record_status": pl.String,  # "active", or "removed" by hand
    },
    rules=one_of("kind", KINDS),
)
# Every team on record, with all it is called.
Teams = NewType("Teams", pl.DataFrame)
TEAMS = Contract(
    Teams,
    {
        "team_id": pl.Int64,
        **texts("league", "sport", "team"),
        "called": pl.List(pl.String),
        "in_catalogue": pl.Boolean,
    },
)
# What was matched, on which channel and day, by which words.
Matches = NewType("Matches", pl.DataFrame)
MATCHES = Contract(
    Matches,
    {
        "channel": pl.Int64,
        "day": pl.Date,
        "match_status": pl.String,
        "evidence": EVIDENCE,
        **texts("first", "second", "event_id", "league", "sport"),
        **texts("home", "away", "home_short", "away_short", "home_abbr", "away_abbr"),
    },
)

_EXACT = 90  # the weight of an unshared form: full or short name, alias, nickname, but not a place that teams may share
_SURE_PAIR = 84.0  # for automatic matches; those set by hand need none
_CLOCK_AGREES = 5.0
_SIGHTINGS, _EVENTS = 3, 2
_LENGTH = (4, 40)


def facts_with_aliases(facts: Facts, aliases: pl.DataFrame) -> Facts:
    """The facts with ALIASES in their teams: by hand as good as the catalogue's, learned and of sources below them.

    A team that the catalogue lacks gets a new row; a catalogue alias that was removed by hand is left out.
    """
    if aliases.is_empty():
        return facts
    teams, located = _with_missing_teams(facts, aliases)
    removed = located.filter(pl.col("kind") == "catalogue").select("entry", form=folded(pl.col("alias")))
    teams = teams.with_row_index("entry").with_columns(pl.col("entry").cast(pl.Int64))
    for column, kinds in (("aliases", ["manual"]), ("further_aliases", ["source", "learned"])):
        teams = _extended(teams, column, located.filter(pl.col("kind").is_in(kinds)), removed)
    for column in ("short", "abbreviation"):
        gone = teams.select("entry", form=folded(pl.col(column))).join(removed, on=["entry", "form"], how="semi")
        teams = teams.with_columns(
            pl.when(~pl.col("entry").is_in(gone["entry"].implode())).then(column).otherwise(pl.lit("")).alias(column)
        )
    return replace(facts, teams=teams.drop("entry"))


def learned_aliases(matches: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """What MATCHES teach: league, team, alias, sightings, events.

    An alias is what the name prints for one side while the other side is printed in an unshared form and the clock
    agrees (or a person pinned the event). It takes three sightings (slot and day) with at least two events, none of
    them with another team, and no team of the sport may have that name already.
    """
    sides = _other_sides(matches.filter(_is_sure()), facts)
    sides = sides.with_columns(form=folded(pl.col("alias")))
    fit = (
        pl.col("form").str.len_chars().is_between(*_LENGTH)
        & pl.col("form").str.contains(r"\p{L}{3}")
        & ~pl.col("alias").str.contains(";", literal=True)
        & side_of(pl.col("alias"), facts.words).eq_missing(side_of(pl.col("team"), facts.words))
    )
    new = sides.filter(fit).join(_called_already(matches, facts), on=["sport", "form"], how="anti")
    one_team = new.filter(pl.struct("league", "team").n_unique().over("sport", "form") == 1)
    counted = one_team.group_by("league", "team", "form", maintain_order=True).agg(
        alias=pl.col("alias").mode().sort().first(),
        sightings=pl.struct("channel", "day").n_unique().cast(pl.Int64),
        events=pl.col("event_id").n_unique().cast(pl.Int64),
    )
    known_well = (pl.col("sightings") >= _SIGHTINGS) & (pl.col("events") >= _EVENTS)
    return counted.filter(known_well).select("league", "team", "alias", "sightings", "events").sort("league", "team")


def teams_called(teams: pl.DataFrame, text: str, league: str | None = None) -> pl.DataFrame:
    """The TEAMS that bear a name or alias, accents and case aside; only those whose own name it is, if there are."""
    asked = pl.select(form=folded(pl.lit(text))).item()
    among = teams.filter(pl.col("league") == league) if league else teams
    forms = among.select("team_id", form=pl.concat_list(pl.concat_list("team"), "called")).explode("form")
    found = forms.filter(folded(pl.col("form")) == asked)["team_id"].unique()
    bearing = among.filter(pl.col("team_id").is_in(found.implode()))
    own = bearing.filter(folded(pl.col("team")) == asked)
    return bearing if own.is_empty() else own


def the_bundled(teams: pl.DataFrame) -> pl.DataFrame:
    """Of TEAMS those of the catalogue, if there are: the rest are the same teams in cups and other listings."""
    bundled = teams.filter("in_catalogue")
    return teams if bundled.is_empty() else bundled


def _with_missing_teams(facts: Facts, aliases: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The catalogue with a row for each team it lacks, and the aliases with the `entry` (row number) they belong to."""
    named = aliases.with_columns(key=team_key(pl.col("league"), pl.col("team")))
    asked = named.select("league", "sport", name="team", team="key").unique("team", keep="first", maintain_order=True)
    entries = catalogued(asked, facts).select("team", pl.col("entry").cast(pl.Int64))
    women = [key for key, league in facts.leagues.items() if league.gender == "women"]
    missing = asked.join(entries, on="team", how="anti", maintain_order="left").filter(pl.col("name") != "")
    gender = pl.when(pl.col("league").is_in(women)).then(pl.lit("women")).otherwise(pl.lit(""))
    rows = missing.select("league", "sport", "name", gender=gender)
    teams = pl.concat([facts.teams, rows], how="diagonal").with_columns(pl.col(pl.String).fill_null(""))
    new_entries = missing.select("team", entry=pl.int_range(pl.len()) + facts.teams.height)
    located = named.join(pl.concat([entries, new_entries]), left_on="key", right_on="team", maintain_order="left")
    return teams, located


def _extended(teams: pl.DataFrame, column: str, given: pl.DataFrame, removed: pl.DataFrame) -> pl.DataFrame:
    """The teams with more aliases in a column of them, less what was removed."""
    before = teams.select("entry", alias=pl.col(column).str.split(";")).explode("alias")
    listed = pl.concat([before, given.select("entry", "alias")]).with_columns(form=folded(pl.col("alias")))
    kept = listed.filter(pl.col("form") != "").join(removed, on=["entry", "form"], how="anti", maintain_order="left")
    joined = kept.unique(["entry", "form"], keep="first", maintain_order=True).group_by("entry").agg(
        pl.col("alias").str.join(";").alias(column)
    )  # fmt: skip
    return (
        teams.drop(column)
        .join(joined, on="entry", how="left", maintain_order="left")
        .with_columns(pl.col(column).fill_null(""))
        .select(teams.columns)
    )


def _is_sure() -> pl.Expr:
    by_hand = pl.col("match_status") == "manual"
    has_clock = evidence_of("minutes").is_not_null()
    is_sure = (evidence_of("pair") >= _SURE_PAIR) & has_clock & (evidence_of("time_points") >= _CLOCK_AGREES)
    return by_hand | is_sure.fill_null(value=False)


def _other_sides(matches: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """The side with an unknown name, where the other has an unshared form: channel, …, team, alias."""
    exact = forms_of(matches, facts).filter(pl.col("weight") >= _EXACT).select("team", "form")
    rows = matches.with_row_index("row").with_columns(
        **{f"{side}_team": team_key(pl.col("league"), pl.col(side)) for side in ("home", "away")}
    )
    # Which printed side is, word for word, which of the two teams.
    hits = []
    for printed, other in (("first", "second"), ("second", "first")):
        for side, opposite in (("home", "away"), ("away", "home")):
            asked = rows.with_columns(form=team_form(pl.col(printed), facts.words), team=pl.col(f"{side}_team"))
            hit = asked.join(exact, on=["team", "form"], how="semi")
            hits.append(hit.select("row", "channel", "day", "event_id", "league", "sport", team=opposite, alias=other))
    found = pl.concat(hits)
    return found.filter(pl.len().over("row") == 1)  # both sides named in full, or one that fits both: nothing to learn


def _called_already(matches: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """sport, form: everything that any team of the catalogue, or of these events, is called."""
    columns = ("name", "location", "nickname", "short", "abbreviation", "aliases")
    catalogue = pl.concat(
        facts.teams.select("sport", form=pl.col(column).str.split(";")).explode("form") for column in columns
    )
    delivered = pl.concat(
        matches.select("sport", form=f"{side}{part}") for side in ("home", "away") for part in ("", "_short", "_abbr")
    )
    return pl.concat([catalogue, delivered]).select("sport", folded(pl.col("form"))).unique()
