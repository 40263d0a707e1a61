"""One team's forms, from its full name to its abbreviation; and which teams a printed text may mean.

Belongs here: what makes "Troy" and "Troy Trojans" one team and "LAFC 2" and "LAFC" two. Does not: choosing an event.
"""

import re
from functools import lru_cache

import polars as pl
from rapidfuzz import fuzz

from epg_pipeline.config import Facts, Words
from epg_pipeline.domain.text import folded

# How sure a team is by each form, of 100: a place or a nickname alone is shared by many teams.
# What an installation learned by itself weighs less than what people wrote down.
_FULL, _ALIAS, _SHORT, _FURTHER, _NICKNAME, _PLACE, _CODE = 100, 97, 96, 91, 90, 86, 84
# A form that equals the text only without club words, only in part, or but for a typing error.
_WITHOUT_CLUB_WORDS, _ABBREVIATED, _PART_OF, _PART_OF_TWO, _MORE_THAN, _MISSPELT = 4, 88, 78, 70, 76, 0.9
_MIN_SCORE = 60.0
_MIN_RATIO = 84
_MAX_CANDIDATES = 40
_MIN_STEM = 3
_YEAR = re.compile(r"(?:19|20)\d\d")
_MIN_LETTERS = 8  # a shorter word has too many neighbours to be taken for a misspelt one

_CLUB_WORDS = (
    "fc|cf|sc|ac|afc|ssc|as|us|cd|ud|rcd|ca|rc|cr|sv|vfb|vfl|tsg|fsv|bv|ogc|aj|sco|osc|losc|hsc|aa|ssd|bc|acf|calcio|club|"
    "de|del|der|the|cp|sk|fk|if|ff|bk|nk|ks|gks|mks|kv|krc|kaa|ec|se|cs|cfc|ffc|futbol|football|futebol|balompie|"
    r"real sociedad de futbol|1|\d{2}|1[89]\d\d"
)
# Words that make another team of the same place, so neither side may lack one.
_OTHER_TEAMS_WORDS = (
    "state st tech a am northern southern eastern western central north south east west upper ii iii b 2 3 women "
    "ladies reserves academy college christian baptist wesleyan international mount saint valley "
    "coast u17 u18 u19 u20 u21 "
    "u23 hs oh fl pa ny tx md mn nc sc ca"
)
_DISTINGUISHING = frozenset(_OTHER_TEAMS_WORDS.split())
_OFTEN_LEFT_OUT = frozenset(["united", "city"])
_FOUND = ("text", "team", "form", "side", "printed_side", "score")


def side_of(team: pl.Expr, words: Words) -> pl.Expr:
    """Which side of a club a printed team is ("u21", "reserve", "youth", "school", "others"); null for the first."""
    text = folded(team)
    youth = text.str.extract(r"\b(?:u|sub|under) ?(1[2-9]|2[0-3])s?\b")
    is_reserve = text.str.contains(r"(?: (?:ii|iii|2|3|b|c)|[a-z][23])$") | _says(text, words.reserve)
    return pl.coalesce(
        pl.format("u{}", youth),
        pl.when(is_reserve).then(pl.lit("reserve")),
        pl.when(_says(text, words.youth)).then(pl.lit("youth")),
        pl.when(_says(text, words.school)).then(pl.lit("school")),
        pl.when(_says(text, words.others)).then(pl.lit("others")),
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
        events.select("league", "sport", name=side, short=f"{side}_short", abbreviation=f"{side}_abbr")
        for side in ("home", "away")
    )
    teams = sides.filter(pl.col("name") != "").with_columns(team=team_key(pl.col("league"), pl.col("name")))
    teams = teams.unique("team", keep="first", maintain_order=True)
    teams = _split_by_short_name(teams)
    rows = pl.concat([_delivered_forms(teams), _catalogue_forms(catalogued(teams, facts), facts)])
    rows = rows.with_columns(form=team_form(pl.col("form"), facts.words)).filter(pl.col("form") != "")
    rows = rows.group_by("team", "form", maintain_order=True).agg(pl.col("weight").max())
    side = teams.select("team", side=side_of(pl.col("name"), facts.words))
    return rows.with_columns(core=core_of(pl.col("form"))).join(side, on="team", maintain_order="left")


@lru_cache(maxsize=8)
def known_forms(facts: Facts) -> pl.Series:
    """Every folded form of the bundled catalogue, nicknames included: what is surely a team."""
    aliases = facts.teams["aliases"].str.split(";").explode()
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
    """A team's name folded, with English place names and without words of gender, which `gender_of` reads.

    "FC Bayern München Frauen" -> "fc bayern munich".
    """
    spaced = pl.concat_str(pl.lit(" "), folded(text), pl.lit(" "))
    named = spaced.str.replace_many({f" {local} ": f" {english} " for local, english in words.exonyms.items()})
    bare = named.str.replace_all(rf" (?:{'|'.join((*words.women, *words.men))})(?: |$)", " ").str.strip_chars()
    return pl.when(bare == "").then(named.str.strip_chars()).otherwise(bare)


def core_of(form: pl.Expr) -> pl.Expr:
    """A folded form without club words ("1 fc koln" -> "koln"); itself where nothing would be left."""
    core = form.str.replace_all(rf"\b(?:{_CLUB_WORDS})\b", " ").str.replace_all(" +", " ").str.strip_chars()
    return pl.when(core == "").then(form).otherwise(core)


def candidates(texts: pl.Series, forms: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """The teams each printed competitor may mean: text, team, score (60..100), form; at most 40 a text, best first.

    Equal forms first, then equal cores; a text that neither finds is compared with the forms that share a word with it.
    """
    printed = texts.drop_nulls().unique(maintain_order=True).to_frame("text")
    form, side = team_form(pl.col("text"), facts.words), side_of(pl.col("text"), facts.words)
    printed = printed.lazy().with_columns(form=form, printed_side=side).collect()
    printed = printed.with_columns(core=core_of(pl.col("form"))).filter(pl.col("form") != "")
    equal = printed.join(forms.drop("core"), on="form").with_columns(score="weight")
    same_core = printed.drop("form").join(forms, on="core").with_columns(score=pl.col("weight") - _WITHOUT_CLUB_WORDS)
    found = pl.concat(part.select(_FOUND) for part in (equal, same_core))
    found = pl.concat([found, _similar(printed, forms, found, facts)])
    return (
        found.filter(pl.col("side").eq_missing(pl.col("printed_side")), pl.col("score") >= _MIN_SCORE)
        .sort("score", descending=True, maintain_order=True)
        .unique(["text", "team"], keep="first", maintain_order=True)
        .filter(pl.int_range(pl.len()).over("text") < _MAX_CANDIDATES)
        .select("text", "team", "score", "form")
    )


def _similar(printed: pl.DataFrame, forms: pl.DataFrame, found: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Scores of the forms that share a word with a text: one contains the other, abbreviates it, or misspells it."""
    certain = found.filter(pl.col("score") >= _SHORT - _WITHOUT_CLUB_WORDS)
    rest = printed.join(certain, on="text", how="anti").select("text", "printed_side", printed_core="core")
    index = forms.filter(pl.col("weight") >= _SHORT).select("team", "form", "side", "core")
    pairs = _by_stem(rest, "printed_core").join(_by_stem(index, "core"), on="stem")
    pairs = pairs.unique(["text", "team", "core"], maintain_order=True)
    # A form of one team is not a misspelling of another's: "Huskies" are not the Cornhuskers.
    is_known = pairs["printed_core"].is_in(known_forms(facts).implode())
    # Pair by pair because Polars cannot express the similarity of two names; the index left only a few.
    rows = zip(pairs["printed_core"], pairs["core"], is_known, strict=True)
    score = [likeness(text, form, may_be_misspelt=not is_form) for text, form, is_form in rows]
    return pairs.with_columns(score=pl.Series(score, dtype=pl.Float64)).select(_FOUND)


def _by_stem(frame: pl.DataFrame, core: str) -> pl.DataFrame:
    """One row a word of at least three letters, by its first four: "Cent." and "Centrla" find "Central"."""
    rows = frame.with_columns(stem=pl.col(core).str.split(" ")).explode("stem")
    return rows.filter(pl.col("stem").str.len_chars() >= _MIN_STEM).with_columns(pl.col("stem").str.slice(0, 4))


def likeness(text: str, form: str, *, may_be_misspelt: bool = True) -> float:
    """How much a printed text (folded, without club words) is like a team's form, 0..100.

    A word that distinguishes teams of one place ("State", "Northern") may be missing on neither side. A playlist may
    leave out "United" and "City", because the opponent shows which team is meant. A year never belongs to a team name;
    it marks another season's game.
    """
    printed, words = text.split(), form.split()
    missing, extra = set(words) - set(printed), set(printed) - set(words)
    score = 0.0
    if _abbreviates(printed, words) or (extra and all(_is_initial_of(word, missing) for word in extra)):
        score = _ABBREVIATED
    elif extra & (_DISTINGUISHING | _OFTEN_LEFT_OUT) or missing & _DISTINGUISHING or any(map(_YEAR.fullmatch, extra)):
        score = 0
    elif not extra:
        score = _PART_OF_TWO if missing & _OFTEN_LEFT_OUT else _PART_OF
    elif not missing:
        score = _MORE_THAN
    elif may_be_misspelt and (len(printed) > 1 or len(text) >= _MIN_LETTERS):
        score = fuzz.ratio(text, form, score_cutoff=_MIN_RATIO) * _MISSPELT
    return float(score)


def _abbreviates(printed: list[str], words: list[str]) -> bool:
    """Each printed word begins the one in its place: "cent michigan"."""
    return len(printed) == len(words) and all(map(str.startswith, words, printed))


def _is_initial_of(word: str, missing: set[str]) -> bool:
    return len(word) == 1 and any(other.startswith(word) for other in missing)  # "Fritz T.", "A. Sabalenka"


def _split_by_short_name(teams: pl.DataFrame) -> pl.DataFrame:
    """Place and nickname, where the full name is both and the short name either: "Troy" of "Troy Trojans"."""
    name, short = pl.col("name"), pl.col("short")
    behind = name.str.strip_prefix(pl.concat_str(short, pl.lit(" ")))
    before = name.str.strip_suffix(pl.concat_str(pl.lit(" "), short))
    is_place, is_nickname = ((short != "") & (rest != name) for rest in (behind, before))
    return teams.with_columns(
        place=pl.when(is_place).then(short).when(is_nickname).then(before).otherwise(pl.lit("")),
        nickname=pl.when(is_nickname).then(short).when(is_place).then(behind).otherwise(pl.lit("")),
    )


def _delivered_forms(teams: pl.DataFrame) -> pl.DataFrame:
    """The forms an event source gives. A nickname counts only where sides have cities: clubs' names split oddly."""
    has_cities = pl.col("sport") != "soccer"
    nickname = pl.when(has_cities).then("nickname").otherwise(pl.lit(""))
    is_nickname = has_cities & (pl.col("short") == pl.col("nickname"))
    return _weighted(
        teams,
        ("name", _FULL),
        ("short", pl.when(is_nickname).then(_NICKNAME).otherwise(_SHORT)),
        (nickname, _NICKNAME),
        ("place", _PLACE),
        ("abbreviation", _CODE),
        (pl.concat_str("abbreviation", pl.lit(" "), nickname), _ALIAS),
    )


def _catalogue_forms(entries: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """The forms of the catalogue's entries (team -> entry). A school's place is as good as its short name."""
    is_nickname = pl.col("short") == pl.col("nickname")
    forms = _weighted(
        entries.join(facts.teams.with_row_index("entry"), on="entry", maintain_order="left"),
        ("name", _FULL),
        ("short", pl.when(is_nickname).then(_NICKNAME).otherwise(_SHORT)),
        ("nickname", _NICKNAME),
        ("location", pl.when(pl.col("league") == "ncaa").then(_SHORT).otherwise(_PLACE)),
        ("abbreviation", _CODE),
        (pl.concat_str("abbreviation", pl.lit(" "), "nickname"), _ALIAS),
        ("aliases", _ALIAS),
        ("further_aliases", _FURTHER),
    )
    forms = forms.with_columns(pl.col("form").str.split(";")).explode("form")
    return forms.filter(pl.col("form").is_not_null())


def _weighted(teams: pl.DataFrame, *forms: tuple[str | pl.Expr, int | pl.Expr]) -> pl.DataFrame:
    """team, form, weight: one row a team for each form with its weight."""
    rows = [teams.select("team", form=form, weight=weight) for form, weight in forms]
    return pl.concat(part.cast({"weight": pl.Float64}) for part in rows)


def catalogue_parts(facts: Facts) -> dict[str, str]:
    """league -> the part of the catalogue that has its teams: schools and nations have one for all their leagues."""
    return {
        key: "ncaa" if league.school else "national" if league.national else key
        for key, league in facts.leagues.items()
    }


def catalogued(teams: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """team -> entry: the catalogue's row of each team, by any of its forms, in the part for its league."""
    league = pl.col("league")
    part = league.replace_strict(catalogue_parts(facts), default=league)
    women = [key for key, facts_of_league in facts.leagues.items() if facts_of_league.gender == "women"]
    rows = _catalogue_rows(facts.teams)
    wanted = teams.select(
        "team",
        "sport",
        form=folded(pl.col("name")),
        part=pl.when(league.str.contains("college|ncaa")).then(pl.lit("ncaa")).otherwise(part),
        gender=pl.when(league.is_in(women)).then(pl.lit("women")).otherwise(pl.lit("")),
    )
    same_league = wanted.join(rows, on=["part", "form"]).unique("team", keep="first", maintain_order=True)
    # A club in a cup, a national side in any league: by its form alone, a full name before an alias, if just one team
    # of its sport and gender has it. A club that stands in several leagues of the catalogue is still one team.
    absent = wanted.join(same_league, on="team", how="anti")
    elsewhere = absent.join(rows.filter(pl.col("part") != "ncaa"), on=["form", "gender"])
    elsewhere = elsewhere.filter((pl.col("sport") == pl.col("sport_right")) | (pl.col("sport_right") == ""))
    nearest = elsewhere.filter(pl.col("rank") == pl.col("rank").min().over("team"))
    only_team = nearest.filter(pl.col("name").n_unique().over("team") == 1)
    only_team = only_team.unique("team", keep="first", maintain_order=True)
    return pl.concat(frame.select("team", "entry") for frame in (same_league, only_team))


def _catalogue_rows(teams: pl.DataFrame) -> pl.DataFrame:
    """Every form of every row: entry, form (folded), rank (0 for the full name, else 1), name, sport, gender, part."""
    rows = teams.with_row_index("entry").select("entry", "name", "short", "aliases", "sport", "gender", part="league")
    columns = ("entry", "name", "sport", "gender", "part")
    full = rows.select(*columns, form="name", rank=pl.lit(0))
    others = rows.select(*columns, form=pl.concat_list("short", pl.col("aliases").str.split(";")), rank=pl.lit(1))
    forms = pl.concat([full, others.explode("form")])
    return forms.with_columns(form=folded(pl.col("form"))).filter(pl.col("form") != "")
