"""What the sources' lists of teams say, against what is on record: new, renamed and vanished teams.

Belongs here: comparing, and which team on record a source's team is. Does not: asking, storing, forms of names.
"""

from dataclasses import dataclass
from typing import NewType

import polars as pl

from epg_pipeline.config import Facts
from epg_pipeline.domain.events.links import SOURCE_RANK, with_team_key
from epg_pipeline.domain.events.merge import TEAM_NAMES, TeamNames
from epg_pipeline.domain.frames import Contract, conform, texts

# A team as a source lists it.
ListedTeams = NewType("ListedTeams", pl.DataFrame)
LISTED_TEAMS = Contract(
    ListedTeams,
    texts("source", "league", "ref", "name", "short_name", "abbreviation", "location", "nickname", "logo", "color"),
)
# A list that lacks more than this share of the teams on record is not believed: a season's change takes fewer.
MAX_VANISHED = 0.5


@dataclass(frozen=True)
class Compared:
    """What a list changes. `names` (TEAM_NAMES) is how its teams are to be on record; the others are for people.

    `new` and `vanished` have source, league, ref and name; `renamed` also the name before, as `was`. `doubted` are the
    lists (source, league) that are too short to be believed: nothing of them counts as vanished.
    """

    names: TeamNames
    new: pl.DataFrame
    renamed: pl.DataFrame
    vanished: pl.DataFrame
    doubted: pl.DataFrame


def compared(listed: ListedTeams, on_record: TeamNames, facts: Facts) -> Compared:
    """LISTED_TEAMS teams against those on record (TEAM_NAMES) of the same sources and leagues.

    A team with an id on record stays that team whatever it is called now; its first source may give it a new name.
    A new one of a second source is the first source's team where their names share a key, else a new team.
    """
    of_list, ids = ["source", "league"], ["source", "league", "ref"]
    teams = listed.join(on_record.select(*ids, was="name", team="team"), on=ids, how="left", maintain_order="left")
    expected = on_record.join(listed, on=of_list, how="semi")
    gone = expected.join(listed, on=ids, how="anti")
    share = gone.group_by(of_list).len("gone").join(expected.group_by(of_list).len("all"), on=of_list)
    doubted = share.filter(pl.col("gone") > pl.col("all") * MAX_VANISHED).select(of_list).sort(of_list)
    new, renamed = pl.col("was").is_null(), pl.col("was") != pl.col("name")
    return Compared(
        names=_names(teams, facts),
        new=teams.filter(new).select(*ids, "name"),
        renamed=teams.filter(renamed).select(*ids, "name", "was"),
        vanished=gone.join(doubted, on=of_list, how="anti").select(*ids, "name"),
        doubted=doubted,
    )


def _names(teams: pl.DataFrame, facts: Facts) -> TeamNames:
    keyed = with_team_key(teams.with_columns(rank=SOURCE_RANK), "name", facts)
    firsts = keyed.sort("rank", "ref").unique(["league", "name_key"], keep="first", maintain_order=True)
    keyed = keyed.join(firsts.select("league", "name_key", first="name"), on=["league", "name_key"], how="left")
    leads = (pl.col("rank") == 0) | (pl.col("team") == pl.col("was"))  # its own name is the one on record
    team = pl.when(pl.col("team").is_null()).then("first").when(leads).then("name").otherwise("team")
    return conform(keyed.with_columns(team=team).sort("source", "league", "ref"), TEAM_NAMES, "listed teams")
