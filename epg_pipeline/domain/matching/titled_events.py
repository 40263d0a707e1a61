"""Readings of what has no home side: combat cards, races, tennis, golf -> their events.

Belongs here: matching by the event's own title: number, headliners, tournament, session. Does not: pairs of teams.
"""

import polars as pl

from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import empty
from epg_pipeline.domain.matching import time_evidence
from epg_pipeline.domain.matching.verdict import POINTS, RANKED, Ranked, ranked
from epg_pipeline.domain.text import folded

# Which session of a weekend a title names; the first that is found counts.
_SESSIONS = (
    ("sprint qualifying", r"\bsprint (?:qualifying|quali|shootout)\b"),
    ("sprint", r"\bsprint\b"),
    ("qualifying 1", r"\b(?:qualifying|quali|q) ?1\b"),
    ("qualifying 2", r"\b(?:qualifying|quali|q) ?2\b"),
    ("qualifying", r"\b(?:qualifying|quali|pole)\b"),
    ("practice 1", r"\b(?:(?:free )?practice|fp) ?1\b"),
    ("practice 2", r"\b(?:(?:free )?practice|fp) ?2\b"),
    ("practice 3", r"\b(?:(?:free )?practice|fp) ?3\b"),
    ("practice", r"\b(?:practice|warm up|fp)\b"),
    ("prelims", r"\b(?:early )?prelims\b"),
    ("race", r"\b(?:race|gp|feature|main race)\b"),
)
# Words that any title may bear: they find no event on their own, nor speak for one.
_ANY_TITLES_WORDS = (
    "the of vs v and live day at in de la grand prix gp cup open tour world series championship formula 1 f1 ufc race "
    "round qualifying quali practice fp1 fp2 fp3 sprint session event free shootout warm up main card prelims fight "
    "night q1 q2 qualifying1 qualifying2 practice1 practice2 practice3 race1 race2"
)
_EMPTY_WORDS = frozenset(_ANY_TITLES_WORDS.split())
_SHARP, _CLOSE = 15, 90  # minutes between a printed clock and the start
_FAR = 14 * 60
_MIN_SHARED = 60
_HEADLINERS = 92.0


def ranked_titles(readings: pl.DataFrame, events: pl.DataFrame, day: ProviderDay) -> Ranked:
    """RANKED for each reading whose words name a titled event."""
    titled = events.filter(pl.col("name") != "")
    asked = readings.filter(pl.col("kind").is_in(["event", "show"]), pl.col("coverage") == "live")
    if titled.is_empty() or asked.is_empty():
        return empty(RANKED)
    words = asked.select(
        "position", "sport", "leagues", "starts_at", "date", "clock", has_pair=pl.col("first").is_not_null(),
        text=folded(pl.concat_str("title", pl.lit(" "), pl.col("competition").fill_null(""))),
        event_date=time_evidence.dates_in_reach(day),
    ).explode("event_date", empty_as_null=True, keep_nulls=True)  # fmt: skip
    names = titled.select(
        "event_id", "event_date", "league", event_sport="sport", event_starts_at="starts_at",
        event_text=folded(pl.col("name")),
    )  # fmt: skip
    pairs = _sharing_a_word(words, names)
    minutes = (pl.col("event_starts_at") - pl.col("starts_at")).dt.total_minutes()
    names_league = _has_words(folded(pl.col("league")))
    pairs = pairs.with_columns(minutes=minutes, names_league=names_league).with_columns(pair=_likeness())
    in_league = pl.col("leagues").list.contains(pl.col("league"))
    wrong_sport = (pl.col("event_sport") != "") & (pl.col("sport") != pl.col("event_sport")).fill_null(value=False)
    off = pl.col("minutes").abs()
    near = (
        pl.when(off <= _SHARP).then(15.0).when(off <= _CLOSE).then(10.0).when(off.is_null()).then(0.0).otherwise(-6.0)
    )
    likely = pairs.filter(~wrong_sport, time_evidence.is_in_reach(_FAR), pl.col("pair") >= _MIN_SHARED).with_columns(
        league_points=pl.when(in_league | pl.col("names_league")).then(8.0).otherwise(0.0),
        time_points=near,
        game_points=pl.lit(0.0),
    )
    return ranked(likely.with_columns(score=pl.sum_horizontal(POINTS)), "title")


def _has_words(words: pl.Expr) -> pl.Expr:
    """Whether the name has these words, whole and in this order."""
    return pl.format(" {} ", "text").str.contains(pl.format(" {} ", words), literal=True)


def _sharing_a_word(words: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    def by_word(frame: pl.DataFrame, text: str) -> pl.DataFrame:
        rows = frame.with_columns(word=pl.col(text).str.split(" ")).explode("word")
        says = (pl.col("word").str.len_chars() > 1) & ~pl.col("word").is_in(list(_EMPTY_WORDS))
        # A title of nothing but such words ("Tour Championship - Round 3") is looked for by all of them.
        says_nothing = pl.col(text).str.split(" ").list.set_difference(list(_EMPTY_WORDS)).list.len() == 0
        return rows.filter(says | says_nothing)

    pairs = by_word(words, "text").join(by_word(names, "event_text"), on=["word", "event_date"])
    return pairs.unique(["position", "event_id"], maintain_order=True)


def _likeness() -> pl.Expr:
    """The share of the event's distinctive words that the name has, 0..100; 0 if the name states another session.

    A name without a session means the race, unless its clock agrees with another.
    """
    words, event = pl.col("text").str.split(" "), pl.col("event_text").str.split(" ")
    distinctive = event.list.set_difference(list(_EMPTY_WORDS))
    distinctive = pl.when(distinctive.list.len() > 0).then(distinctive).otherwise(event)
    shared = distinctive.list.set_intersection(words).list.len() / distinctive.list.len().clip(1, None)
    stated, its = _session(pl.col("text")), _session(pl.col("event_text"))
    default = (its.is_null() | (its == "race") | (pl.col("minutes").abs() <= _CLOSE)).fill_null(value=False)
    same_session = pl.when(stated.is_null()).then(default).otherwise(stated == its.fill_null("race"))
    both_surnames = pl.all_horizontal(map(_has_words, _surnames(pl.col("event_text")))).fill_null(value=False)
    number = r"\b((?:ufc|pfl|bellator|ksw|oktagon) \d{1,3})\b"
    same_card = pl.col("text").str.extract(number) == pl.col("event_text").str.extract(number)
    is_named = both_surnames | same_card.fill_null(value=False)
    likeness = pl.when(is_named).then(_HEADLINERS).otherwise(shared * 100)
    speaks_of_it = is_named | _is_witnessed()
    return pl.when(same_session & ~_is_of_another_year() & speaks_of_it).then(likeness).otherwise(0.0)


def _is_witnessed() -> pl.Expr:
    """The name speaks of such an event at all: by its sport or league, or by a title's common word ("Grand Prix").

    "Valencia vs Levante" and "Las Vegas Raiders Weekly" share a place with a race, and nothing else.
    """
    words, event = pl.col("text").str.split(" "), pl.col("event_text").str.split(" ")
    common = event.list.set_intersection(list(_EMPTY_WORDS - {"vs", "v", "of", "the", "in", "at", "de", "la"}))
    has_common = (common.list.set_intersection(words).list.len() > 0) | (common.list.len() == 0)
    same_sport = (pl.col("sport") == pl.col("event_sport")).fill_null(value=False)
    return same_sport | pl.col("names_league") | (has_common & (~pl.col("has_pair") | event.list.contains("vs")))


def _surnames(title: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The last names of a title's two headliners ("Moses Itauma vs. Dillian Whyte 2"), null where it has none."""
    return title.str.extract(r"(\p{L}{3,}) vs? "), title.str.extract(r" vs? (?:.* )?(\p{L}{3,})(?: \d)?$")


def _is_of_another_year() -> pl.Expr:
    """The name says a year, and none near the event's: an archive race of 1992."""
    year = pl.col("text").str.extract(r"\b((?:19|20)\d\d)\b").cast(pl.Int32, strict=False)
    return ((year - pl.col("event_starts_at").dt.year()).abs() > 1).fill_null(value=False)


def _session(text: pl.Expr) -> pl.Expr:
    return pl.coalesce(pl.when(text.str.contains(pattern)).then(pl.lit(name)) for name, pattern in _SESSIONS)
