"""One team's forms, from its full name to its abbreviation; and which teams a printed text may mean.

Belongs here: what makes "Troy" and "Troy Trojans" one team and "LAFC 2" and "LAFC" two. Does not: choosing an event.
"""

import re
from functools import lru_cache

import polars as pl
from rapidfuzz import fuzz

from epg_pipeline.config import Facts, Words
from epg_pipeline.domain.text import folded

# How much each form says, of 100: a place or a nickname alone is shared by many teams.
# What an installation learned by itself weighs less than what people wrote down.
_FULL, _ALIAS, _SHORT, _FURTHER, _NICKNAME, _PLACE, _CODE = 100, 97, 96, 91, 90, 86, 84
# A form that equals the text only without the words that clubs bear, only in part, or but for a typing error.
_WITHOUT_CLUB_WORDS, _ABBREVIATED, _PART_OF, _PART_OF_TWO, _MORE_THAN, _MISSPELT = 4, 88, 78, 70, 76, 0.9
_LEAST = 60.0
_LEAST_RATIO = 84
_MOST_CANDIDATES = 40
_SHORTEST_STEM = 3
_YEAR = re.compile(r"(?:19|20)\d\d")
_LEAST_LETTERS = 8  # a shorter word has too many neighbours to be taken for a misspelt one

_CLUB_WORDS = (
    "fc|cf|sc|ac|afc|ssc|as|us|cd|ud|rcd|ca|rc|cr|sv|vfb|vfl|tsg|fsv|bv|ogc|aj|sco|osc|losc|hsc|aa|ssd|bc|acf|calcio|club|"
    "de|del|der|the|cp|sk|fk|if|ff|bk|nk|ks|gks|mks|kv|krc|kaa|ec|se|cs|cfc|ffc|futbol|football|futebol|balompie|"
    r"real sociedad de futbol|1|\d{2}|1[89]\d\d"
)
# Words that make another team of the same place: never to be overlooked.
_OTHER_TEAMS_WORDS = (
    "state st tech a am northern southern eastern western central north south east west upper ii iii b 2 3 women "
    "ladies reserves academy college christian baptist wesleyan international mount saint valley "
    "coast u17 u18 u19 u20 u21 "
    "u23 hs oh fl pa ny tx md mn nc sc ca"
)
_TELL_APART = frozenset(_OTHER_TEAMS_WORDS.split())
_OFTEN_LEFT_OUT = frozenset(["united", "city"])


def side_of(team: pl.Expr, words: Words) -> pl.Expr:
    """Which side of a club a printed team is ("u21", "reserve", "youth", "school", "others"); null for the first."""
    text = folded(team)
    youth = text.str.extract(r"\b(?:u|sub|under) ?(1[2-9]|2[0-3])s?\b")
    is_reserve = text.str.contains(r"(?: (?:ii|iii|2|3|b|c)|[a-z][23])$") | _says(text, words.reserve)
    return pl.coalesce(
        pl.format("u{}", youth),
        pl.when(is_reserve).then(pl.lit("reserve")),
        *(pl.when(_says(text, getattr(words, side))).then(pl.lit(side)) for side in ("youth", "school", "others")),
    )


def _says(text: pl.Expr, words: tuple[str, ...]) -> pl.Expr:
    return text.str.contains(rf"\b(?:{'|'.join(words)})\b")


def team_key(league: pl.Expr, name: pl.Expr) -> pl.Expr:
    """The key of a team within the events at hand: its league and its folded name."""
    return pl.concat_str(league, pl.lit("|"), folded(name))


def forms_of(events: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Every form of every team of EVENTS: team, form (folded), core (without club words), weight (0..100), side.

    A team of the bundled catalogue brings its aliases; one that it lacks has the forms its events deliver.
    """
    sides = pl.concat(
        events.select(
            "league", "sport", name=side, short=f"{side}_short", abbreviation=f"{side}_abbr"
        ) for side in ("home", "away")
    ).filter(pl.col("name") != "")  # fmt: skip
    teams = sides.with_columns(team=team_key(pl.col("league"), pl.col("name"))).unique(
        "team", keep="first", maintain_order=True
    )
    teams = _split_by_short_name(teams)
    known = catalogued(teams, facts)
    rows = pl.concat([_delivered_forms(teams), _catalogue_forms(known, facts)])
    rows = rows.with_columns(form=team_form(pl.col("form"), facts.words)).filter(pl.col("form") != "")
    rows = rows.group_by("team", "form", maintain_order=True).agg(pl.col("weight").max())
    side = teams.select("team", side=side_of(pl.col("name"), facts.words))
    return rows.with_columns(core=core_of(pl.col("form"))).join(side, on="team", maintain_order="left")


@lru_cache(maxsize=8)
def known_forms(facts: Facts) -> pl.Series:
    """Every folded form of the bundled catalogue, nicknames included: what is surely a team."""
    aliases = facts.teams["aliases"].str.split(";").explode(empty_as_null=True, keep_nulls=True)
    printed = pl.concat([*(facts.teams[column] for column in ("name", "short", "nickname")), aliases])
    forms = printed.to_frame("form").select(team_form(pl.col("form"), facts.words)).to_series().unique()
    return forms.filter(forms != "")


def names_a_team(side: pl.Expr, facts: Facts) -> pl.Expr:
    """Whether a printed side is a team of the catalogue, or another side of one ("Juventus U23", "Man City W")."""
    forms = known_forms(facts).implode()
    form = team_form(side, facts.words)
    club = form.str.replace(r" (?:ii|iii|b|c|w|u ?\d\d)$", "")
    return (form.is_in(forms) | club.is_in(forms)).fill_null(value=False)


def team_form(text: pl.Expr, words: Words) -> pl.Expr:
    """A team's name folded, places by their English names, words of gender left out, which is told apart elsewhere.

    "FC Bayern München Frauen" -> "fc bayern munich".
    """
    spaced = pl.concat_str(pl.lit(" "), folded(text), pl.lit(" "))
    named = spaced.str.replace_many({f" {own} ": f" {english} " for own, english in words.exonyms.items()})
    bare = named.str.replace_all(rf" (?:{'|'.join((*words.women, *words.men))})(?: |$)", " ").str.strip_chars()
    return pl.when(bare == "").then(named.str.strip_chars()).otherwise(bare)


def core_of(form: pl.Expr) -> pl.Expr:
    """A folded form without the words any club may bear ("1 fc koln" -> "koln"); itself where nothing would be left."""
    core = form.str.replace_all(rf"\b(?:{_CLUB_WORDS})\b", " ").str.replace_all(" +", " ").str.strip_chars()
    return pl.when(core == "").then(form).otherwise(core)


def candidates(texts: pl.Series, forms: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """The teams each printed competitor may mean: text, team, score (60..100), form; at most 40 a text, best first.

    Equal forms first, then equal cores; a text that neither finds is compared with the forms that share a word with it.
    """
    asked = texts.drop_nulls().unique(maintain_order=True).to_frame("text")
    told = {"form": team_form(pl.col("text"), facts.words), "asked_side": side_of(pl.col("text"), facts.words)}
    asked = asked.lazy().with_columns(**told).collect()
    asked = asked.with_columns(core=core_of(pl.col("form"))).filter(pl.col("form") != "")
    equal = asked.join(forms.drop("core"), on="form").select(
        "text", "team", "form", "side", "asked_side", score="weight"
    )
    same_core = asked.drop("form").join(forms, on="core").select(
        "text", "team", "form", "side", "asked_side", score=pl.col("weight") - _WITHOUT_CLUB_WORDS
    )  # fmt: skip
    found = pl.concat([equal, same_core])
    rest = pl.concat([found, _similar(asked, forms, found, facts)])
    same_side = pl.col("side").eq_missing(pl.col("asked_side"))
    return (
        rest.filter(same_side, pl.col("score") >= _LEAST)
        .sort("score", descending=True, maintain_order=True)
        .unique(["text", "team"], keep="first", maintain_order=True)
        .filter(pl.int_range(pl.len()).over("text") < _MOST_CANDIDATES)
        .select("text", "team", "score", "form")
    )


def _similar(asked: pl.DataFrame, forms: pl.DataFrame, found: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Scores of the forms that share a word with a text: one contains the other, abbreviates it, or misspells it."""
    certain = found.filter(pl.col("score") >= _SHORT - _WITHOUT_CLUB_WORDS).select("text").unique()
    words = _by_stem(
        asked.join(certain, on="text", how="anti").select("text", "asked_side", asked_core="core"), "asked_core"
    )
    index = _by_stem(forms.filter(pl.col("weight") >= _SHORT).select("team", "form", "side", "core"), "core")
    pairs = words.join(index, on="stem").unique(["text", "team", "core"], maintain_order=True)
    # One pair at a time in Python: what makes two names alike is no frame expression, and the index left only a few.
    # What is a team's own form is no other's misspelt: "Huskies" are not the Cornhuskers.
    is_known = pairs["asked_core"].is_in(known_forms(facts).implode())
    rows = zip(pairs["asked_core"], pairs["core"], is_known, strict=True)
    score = [likeness(one, two, may_be_misspelt=not known) for one, two, known in rows]
    return pairs.with_columns(score=pl.Series(score, dtype=pl.Float64)).select(
        "text", "team", "form", "side", "asked_side", "score"
    )


def _by_stem(frame: pl.DataFrame, core: str) -> pl.DataFrame:
    """One row a word of at least three letters, by its first four: "Cent." finds "Central", a misspelt word its own."""
    word = pl.col(core).str.split(" ")
    rows = frame.with_columns(stem=word).explode("stem", empty_as_null=True, keep_nulls=True)
    return rows.filter(pl.col("stem").str.len_chars() >= _SHORTEST_STEM).with_columns(pl.col("stem").str.slice(0, 4))


def likeness(asked: str, form: str, *, may_be_misspelt: bool = True) -> float:
    """How much a printed text (folded, without club words) is like a team's form, 0..100.

    A word that tells teams of one place apart ("State", "Northern") may be missing on neither side; "United" and "City"
    a playlist may leave out, and the other side tells which is meant. A year is no team's: it is another year's game.
    """
    one, two = asked.split(), form.split()
    missing, extra = set(two) - set(one), set(one) - set(two)
    score: float
    if _abbreviates(one, two) or (extra and all(_is_initial_of(word, missing) for word in extra)):
        score = _ABBREVIATED
    elif extra & (_TELL_APART | _OFTEN_LEFT_OUT) or missing & _TELL_APART or any(map(_YEAR.fullmatch, extra)):
        score = 0
    elif not extra:
        score = _PART_OF_TWO if missing & _OFTEN_LEFT_OUT else _PART_OF
    elif not missing:
        score = _MORE_THAN
    elif may_be_misspelt and (len(one) > 1 or len(asked) >= _LEAST_LETTERS):
        score = fuzz.ratio(asked, form, score_cutoff=_LEAST_RATIO) * _MISSPELT
    else:
        score = 0
    return float(score)


def _abbreviates(one: list[str], two: list[str]) -> bool:
    """Each word begins the other's in its place: "cent michigan"."""
    return len(one) == len(two) and all(b.startswith(a) for a, b in zip(one, two, strict=True))


def _is_initial_of(word: str, missing: set[str]) -> bool:
    return len(word) == 1 and any(other.startswith(word) for other in missing)  # "Fritz T.", "A. Sabalenka"


def _split_by_short_name(teams: pl.DataFrame) -> pl.DataFrame:
    """Place and nickname, where the short name is the one and the full name both: "Troy" of "Troy Trojans"."""
    name, short = pl.col("name"), pl.col("short")
    is_place = (short != "") & name.str.starts_with(pl.concat_str(short, pl.lit(" ")))
    is_nickname = (short != "") & name.str.ends_with(pl.concat_str(pl.lit(" "), short))
    rest_behind = name.str.slice(short.str.len_chars() + 1)
    rest_before = name.str.head(name.str.len_chars() - short.str.len_chars().cast(pl.Int64) - 1)
    return teams.with_columns(
        place=pl.when(is_place).then(short).when(is_nickname).then(rest_before).otherwise(pl.lit("")),
        nickname=pl.when(is_nickname).then(short).when(is_place).then(rest_behind).otherwise(pl.lit("")),
    )


def _delivered_forms(teams: pl.DataFrame) -> pl.DataFrame:
    """The forms an event source gives. A nickname counts only where sides have cities: clubs' names split oddly."""
    has_cities = pl.col("sport") != "soccer"
    nickname = pl.when(has_cities).then("nickname").otherwise(pl.lit(""))
    short_weight = (
        pl.when(has_cities & (pl.col("short") == pl.col("nickname")))
        .then(_NICKNAME)
        .when(has_cities & (pl.col("short") == pl.col("place")))
        .then(_SHORT)
        .otherwise(_SHORT)
    )
    forms = [
        teams.select("team", form="name", weight=pl.lit(_FULL)),
        teams.select("team", form="short", weight=short_weight),
        teams.select("team", form=nickname, weight=pl.lit(_NICKNAME)),
        teams.select("team", form="place", weight=pl.lit(_PLACE)),
        teams.select("team", form="abbreviation", weight=pl.lit(_CODE)),
        teams.select("team", form=pl.concat_str("abbreviation", pl.lit(" "), nickname), weight=pl.lit(_ALIAS)),
    ]
    return pl.concat([form.cast({"weight": pl.Float64}) for form in forms])


def catalogued(teams: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """team -> entry: the catalogue's row of each team, by any of its forms, in the catalogue's part for its league."""
    part = pl.col("league").replace_strict(
        {
            key: ("ncaa" if league.school else "national" if league.national else key)
            for key, league in facts.leagues.items()
        },
        default=pl.col("league"),
    )
    school_like = pl.col("league").str.contains("college|ncaa")
    asked = teams.select(
        "team", form=folded(pl.col("name")), part=pl.when(school_like).then(pl.lit("ncaa")).otherwise(part)
    )
    rows = _catalogue_rows(facts.teams).select("entry", "part", "form")
    same_league = asked.join(rows, on=["part", "form"]).unique("team", keep="first", maintain_order=True)
    # A club in a cup, a national side in any league: by its form alone, a full name before an alias, if just one team
    # of its sport and gender bears it. A club that stands in several leagues of the catalogue is still one team.
    women = [key for key, league in facts.leagues.items() if league.gender == "women"]
    gender = pl.when(pl.col("league").is_in(women)).then(pl.lit("women")).otherwise(pl.lit(""))
    absent = teams.select("team", "sport", gender=gender, form=folded(pl.col("name"))).join(
        same_league, on="team", how="anti"
    )
    elsewhere = absent.join(_catalogue_rows(facts.teams).filter(pl.col("part") != "ncaa"), on=["form", "gender"])
    elsewhere = elsewhere.filter((pl.col("sport") == pl.col("sport_right")) | (pl.col("sport_right") == ""))
    nearest = elsewhere.filter(pl.col("rank") == pl.col("rank").min().over("team"))
    one_team = nearest.filter(pl.col("name").n_unique().over("team") == 1).unique(
        "team", keep="first", maintain_order=True
    )
    return pl.concat([frame.select("team", "entry") for frame in (same_league, one_team)])


def _catalogue_rows(teams: pl.DataFrame) -> pl.DataFrame:
    """Every form of every row: entry, form (folded), rank (0 for the full name, else 1), name, sport, gender, part."""
    rows = teams.with_row_index("entry").select("entry", "name", "short", "aliases", "sport", "gender", part="league")
    kept = ("entry", "name", "sport", "gender", "part")
    full = rows.select(*kept, form="name", rank=pl.lit(0))
    others = rows.select(*kept, form=pl.concat_list("short", pl.col("aliases").str.split(";")), rank=pl.lit(1))
    forms = pl.concat([full, others.explode("form", empty_as_null=True, keep_nulls=True)])
    return forms.with_columns(form=folded(pl.col("form"))).filter(pl.col("form") != "")


def _catalogue_forms(known: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    entry = known.join(facts.teams.with_row_index("entry"), on="entry", maintain_order="left")
    code_and_nickname = pl.concat_str("abbreviation", pl.lit(" "), "nickname")
    short_weight = pl.when(pl.col("short") == pl.col("nickname")).then(_NICKNAME).otherwise(_SHORT)
    forms = [
        entry.select("team", form="name", weight=pl.lit(_FULL)),
        entry.select("team", form="short", weight=short_weight),
        entry.select("team", form="nickname", weight=pl.lit(_NICKNAME)),
        entry.select(
            "team", form="location", weight=pl.when(pl.col("league") == "ncaa").then(_SHORT).otherwise(_PLACE)
        ),
        entry.select("team", form="abbreviation", weight=pl.lit(_CODE)),
        entry.select("team", form=code_and_nickname, weight=pl.lit(_ALIAS)),
        *(
            entry.select("team", form=pl.col(column).str.split(";"), weight=pl.lit(weight)).explode(
                "form", empty_as_null=True, keep_nulls=True
            )
            for column, weight in (("aliases", _ALIAS), ("further_aliases", _FURTHER))
        ),
    ]
    return pl.concat([form.cast({"weight": pl.Float64}) for form in forms]).filter(pl.col("form").is_not_null())
