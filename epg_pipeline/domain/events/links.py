"""Which rows of different sources are of one event.

Belongs here: teams as several sources write them, games by their teams and day, titled events by their words. Does not:
which source is believed (merge.py). A row is linked to the first row, by the sources' priority, that is of its event.
"""

from typing import NewType

import polars as pl

from epg_pipeline.config import Facts
from epg_pipeline.config.sources import EVENT_SOURCES
from epg_pipeline.domain.frames import Contract, not_empty, texts
from epg_pipeline.domain.teams import catalogue_parts, core_of
from epg_pipeline.domain.text import folded

# Which row of which source is of which canonical event.
Links = NewType("Links", pl.DataFrame)
LINKS = Contract(
    Links,
    texts("source", "source_id", "event_id"),
    key=["source", "source_id"],
    rules=not_empty("event_id"),
)

# Minutes between two rows of one game: where both clocks are set; of a game listed twice; where one team only is known
# by the same name; and of two titles.
_SAME_DAY, _LISTED_TWICE, _SAME_START, _SAME_SESSION = 12 * 60, 30, 60, 3 * 60
_UNDECIDED = ("", "tbd", "tba")  # two games whose sides are to be determined are not one game
_MIN_SHARED = 0.6  # of the words of the shorter title
_MINUTES = (pl.col("starts_at") - pl.col("first_starts_at")).dt.total_minutes().abs()
_BOTH_CLOCKS = pl.col("time_is_set") & pl.col("first_time_is_set")
_SAME_DATE = pl.col("starts_at").dt.date() == pl.col("first_starts_at").dt.date()
# The place of a row's source in the sources' priority: 0 for the one that is believed first.
SOURCE_RANK = pl.col("source").replace_strict(
    {source: place for place, source in enumerate(EVENT_SOURCES)}, default=len(EVENT_SOURCES), return_dtype=pl.Int64
)


def linked(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """LINKS of SOURCED rows, with `rank` (SOURCE_RANK) and `is_turned` (home and away swapped).

    The result is the same for every order of the rows. A second game of a day of the same teams (a doubleheader) stays
    a separate event: of each listing at most one row belongs to an event.
    """
    keyed_rows = _with_keys(rows, facts)
    first = keyed_rows.clear().select(_AS_FIRST)
    found = []
    # A loop over listings of a league, two or three: each is compared with what the ones before it listed.
    for turn in sorted(keyed_rows["turn"].unique()):
        listed = keyed_rows.filter(pl.col("turn") == turn)
        links = _links(listed, first)
        new = listed.join(links, on="row", how="anti")
        doubles = _doubles(new)
        own = new.join(doubles, on="row", how="anti")
        first = pl.concat([first, own.select(_AS_FIRST)])
        itself = own.select("row", first_row="row", is_turned=pl.lit(value=False))
        found += [links, doubles, itself]
    every = pl.concat(found) if found else _no_links()
    identity = keyed_rows.select(first_row="row", event_id="own_id")
    # A duplicate of a linked row was already linked above, so its first row is always unlinked.
    sources = keyed_rows.select("row", "source", "source_id", "rank")
    answer = every.join(identity, on="first_row").join(sources, on="row")
    return answer.select(*LINKS, "rank", "is_turned").sort("source", "source_id")


_AS_FIRST = (
    "league",
    "pair",
    pl.col("row", "home_key", "away_key", "starts_at", "time_is_set", "words", "own_id").name.prefix("first_"),
)


def _with_keys(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    keyed_rows = rows.sort("source", "source_id").with_row_index("row").with_columns(
        rank=SOURCE_RANK,
        own_id=pl.concat_str(
            pl.col("source").replace_strict(EVENT_SOURCES, default=pl.concat_str("source", pl.lit("-"))), "source_id"
        ),
        words=folded(pl.col("name")).str.split(" ").list.unique(maintain_order=True).list.set_difference([""]),
    )  # fmt: skip
    # A service's events differ by id; a file may list one game under two leagues' names.
    listing = pl.when(pl.col("source") == "file").then("listing").otherwise(pl.lit(""))
    keyed_rows = keyed_rows.with_columns(
        turn=pl.struct("rank", "source", listing.alias("listing")).rank("dense").over("league").cast(pl.Int64) - 1
    )
    for side in ("home", "away"):
        keyed_rows = with_team_key(keyed_rows, side, facts)
    low, high = pl.min_horizontal("home_key", "away_key"), pl.max_horizontal("home_key", "away_key")
    has_sides = ~pl.col("home_key").is_in(_UNDECIDED) & ~pl.col("away_key").is_in(_UNDECIDED)
    return keyed_rows.with_columns(pair=pl.when(has_sides).then(pl.concat_str(low, pl.lit(" v "), high)))


def with_team_key(rows: pl.DataFrame, side: str, facts: Facts) -> pl.DataFrame:
    """Rows with `<side>_key`: what two spellings of a team in a league share.

    That is the catalogue's entry, else the name without club words. Rows have source, league and the side's name.
    """
    form = folded(pl.col(side))
    keyed = rows.with_columns(form=form, core=core_of(form))
    # Two teams of one listing whose names differ only in club words are two teams.
    shared = pl.col("form").n_unique().over("source", "league", "core") > 1
    keyed = keyed.with_columns(core=pl.when(shared).then("form").otherwise("core"))
    keyed = keyed.join(_catalogue(facts), on=["league", "form"], how="left", maintain_order="left")
    return keyed.with_columns(pl.coalesce("entry", "core").alias(f"{side}_key")).drop("form", "core", "entry")


def _catalogue(facts: Facts) -> pl.DataFrame:
    """league, form -> entry: the forms that mean just one team of the catalogue's part for a league."""
    parts = catalogue_parts(facts)
    part = pl.DataFrame({"league": list(parts), "part": list(parts.values())})
    aliases = pl.col("aliases").str.split(";")
    forms = facts.teams.select(
        part="league", entry="name", form=pl.concat_list("name", "short", "location", "nickname", aliases)
    ).explode("form")
    forms = forms.with_columns(form=folded(pl.col("form"))).filter(pl.col("form") != "")
    clear = forms.unique().filter(pl.col("entry").n_unique().over("part", "form") == 1)
    return part.join(clear, on="part").select("league", "form", entry=pl.concat_str(pl.lit("="), "entry"))


def _links(listed: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    """row, first_row, is_turned: by id, by both teams, by one team and the start, by title; the surest way first."""
    links = _no_links()
    for way in (_by_id, _by_teams, _by_one_team, _by_title):
        left = listed.join(links, on="row", how="anti")
        free = first.join(links, on="first_row", how="anti")
        if left.is_empty() or free.is_empty():
            break
        links = pl.concat([links, way(left, free)])
    return links


def _by_id(listed: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    """A file may name an event by the id it has on record."""
    same = listed.join(first.drop("league"), left_on="own_id", right_on="first_own_id")
    return same.select("row", "first_row", is_turned=_TURNED)


def _by_teams(listed: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    pairs = listed.filter(pl.col("pair").is_not_null()).join(first, on=["league", "pair"])
    same_game = pl.when(_BOTH_CLOCKS).then(_MINUTES <= _SAME_DAY).otherwise(_SAME_DATE)
    return _nearest(pairs.with_columns(minutes=_MINUTES, score=pl.lit(1.0)).filter(same_game))


def _by_one_team(listed: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    """A team plays one game at a time: if one side and the start agree, the other side is one team with two names."""
    rows = listed.filter(pl.col("pair").is_not_null())
    games = first.filter(pl.col("pair").is_not_null()).drop("pair")
    needed = ("row", "first_row", "starts_at", "first_starts_at", "time_is_set", "first_time_is_set")
    ways = [
        rows.join(
            games, left_on=["league", f"{side}_key"], right_on=["league", f"first_{other}_key"], coalesce=False
        ).select(*needed, is_turned=pl.lit(side != other))
        for side in ("home", "away")
        for other in ("home", "away")
    ]
    pairs = pl.concat(ways).filter(_BOTH_CLOCKS & (_MINUTES <= _SAME_START))
    only = (pl.len().over("row") == 1) & (pl.len().over("first_row") == 1)
    return pairs.filter(only).select("row", "first_row", "is_turned")


def _by_title(listed: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    titled = listed.filter(pl.col("words").list.len() > 0).drop("pair")
    pairs = titled.join(first.filter(pl.col("first_words").list.len() > 0), on="league")
    shared = pl.col("words").list.set_intersection("first_words").list.len()
    shorter = pl.min_horizontal(pl.col("words").list.len(), pl.col("first_words").list.len())
    near = pl.when(_BOTH_CLOCKS).then(_MINUTES <= _SAME_SESSION).otherwise(_SAME_DATE)
    pairs = pairs.filter(near).with_columns(minutes=_MINUTES, score=shared / shorter)
    return _nearest(pairs.filter((pl.col("score") >= _MIN_SHARED) & ((shared > 1) | (shared == shorter))))


def _nearest(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs in which each is the other's best: most alike, then nearest in time, then by id."""
    ranked = pairs.sort("score", "minutes", "source_id", "first_own_id", descending=[True, False, False, False])
    best = (pl.int_range(pl.len()).over("row") == 0) & (pl.int_range(pl.len()).over("first_row") == 0)
    return ranked.filter(best).select("row", "first_row", is_turned=_TURNED)


_TURNED = (
    (pl.col("home_key") == pl.col("first_away_key")) & (pl.col("home_key") != pl.col("first_home_key"))
).fill_null(value=False)


def _doubles(listed: pl.DataFrame) -> pl.DataFrame:
    """Rows of one listing that repeat a game: same teams and, to half an hour, the same start."""
    pairs = listed.filter(pl.col("pair").is_not_null()).join(
        listed.select(_AS_FIRST), on=["league", "pair"], maintain_order="left"
    )
    twice = pairs.filter((pl.col("first_row") < pl.col("row")) & _BOTH_CLOCKS & (_MINUTES <= _LISTED_TWICE))
    nearest = twice.sort("row", "first_row").unique("row", keep="first", maintain_order=True)
    chained = nearest.join(nearest.select(first_row="row"), on="first_row", how="anti")
    return chained.select("row", "first_row", is_turned=_TURNED)


def _no_links() -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.UInt32, "first_row": pl.UInt32, "is_turned": pl.Boolean})
