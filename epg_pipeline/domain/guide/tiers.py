"""Programme blocks -> what a viewer of one tier reads.

Belongs here: texts, categories, art and numbers by tier and zone. Does not: when a block is (schedule.py), how it is
written down (xmltv.py), the words themselves (config/texts.yaml).
"""

import re
import string
from hashlib import blake2s
from typing import NewType

import polars as pl

from epg_pipeline.config.provider_settings import Tier
from epg_pipeline.config.sports import Sports
from epg_pipeline.config.texts import Language, Texts
from epg_pipeline.domain.frames import PROGRAMMES, Contract, conform

# Programmes as a viewer reads them. Lists hold no empty and no repeated text.
Dressed = NewType("Dressed", pl.DataFrame)
DRESSED = Contract(
    Dressed,
    {
        **PROGRAMMES,
        "categories": pl.List(pl.String),
        "keywords": pl.List(pl.String),
        "date": pl.String,  # eight digits, the event's local date; "" where the tier or the block has none
        "icons": pl.List(pl.String),  # addresses, the best first
        "episode_num": pl.String,  # in XMLTV's own numbering, one for each event; "" where none
        "is_new": pl.Boolean,
        "is_replay": pl.Boolean,
    },
    key=PROGRAMMES.key,
    rules=PROGRAMMES.rules,
)
_IS_LIVE = pl.col("block") == "live"
_IS_LIVE_EVENT = _IS_LIVE & (pl.col("coverage") == "live")
_IS_REPLAY = pl.col("coverage").is_in(["replay", "highlights"])


def dress(
    programmes: pl.DataFrame, tier: Tier, timezone: str, sports: Sports, *, texts: Texts, testing: bool = False
) -> Dressed:
    """DRESSED: the same blocks with the texts, categories, art and numbers of a tier, times as read in the zone.

    kid has titles alone; buck adds sub-titles, descriptions and the sport's categories; goat adds emoji on live events,
    art, keywords and episode numbers. Testing mode marks what had no event. Order and rows stay as they come.
    """
    blocks = _with_fields(programmes, timezone, sports, texts)
    title = _by_sort(texts.words.titles.model_dump())
    if tier == "goat":
        title = _emoji() + title
    if testing:
        title = _mark(texts) + title
    blocks = blocks.with_columns(is_new=_IS_LIVE & ~_IS_REPLAY, is_replay=_IS_LIVE & _IS_REPLAY)
    dressed = blocks.with_columns(
        title=title, **_body(tier, texts), categories=_categories(tier, texts), **_metadata(tier)
    )
    return conform(dressed, DRESSED, f"programmes of tier {tier}")


def _with_fields(programmes: pl.DataFrame, timezone: str, sports: Sports, texts: Texts) -> pl.DataFrame:
    """The blocks with the fields of the templates and what their sport and league add."""
    local = pl.col("event_starts_at").dt.convert_time_zone(timezone)
    day = pl.col("starts_at").dt.convert_time_zone(timezone).dt.date()
    # A sort is what chooses the template: the block, but filler by what it is about.
    filler = (
        pl.when(pl.col("event_starts_at").is_null()).then(pl.lit("untimed"))
        .when(local.dt.date() == day).then(pl.lit("later"))
        .otherwise(pl.lit("next"))
    )  # fmt: skip
    habits = sports.of_leagues().select("league", "league_name", "league_emoji", "league_art")
    return (
        programmes.join(habits, on="league", how="left", maintain_order="left")
        .join(sports.of_sports().drop("minutes", "order"), on="sport", how="left", maintain_order="left")
        .with_columns(
            sort=pl.when(pl.col("block") == "filler").then(filler).otherwise("block"),
            time=(local.dt.strftime(texts.clock(timezone)) + pl.lit(" ") + _zone(local, timezone, texts)).fill_null(""),
            date=_date(local, texts.words).fill_null(""),
            eight_digits=local.dt.strftime("%Y%m%d").fill_null(""),
            facts=_facts(texts.words),
            emoji=pl.coalesce("league_emoji", "emoji", pl.lit(sports.default.emoji)),
        )
    )


def _zone(local: pl.Expr, timezone: str, texts: Texts) -> pl.Expr:
    if name := texts.zone_names.get(timezone):
        return pl.lit(name)
    abbreviation = local.dt.strftime("%Z").replace(texts.words.abbreviations)
    return pl.when(abbreviation.str.contains(r"^[+-]")).then(pl.lit("GMT") + abbreviation).otherwise(abbreviation)


def _date(local: pl.Expr, words: Language) -> pl.Expr:
    """The date in the language's own words: strftime knows English days and months alone."""
    own = {"%a": (local.dt.weekday(), words.weekdays), "%b": (local.dt.month(), words.months)}
    pieces = [
        own[piece][0].replace_strict(dict(enumerate(own[piece][1], 1)), default=None, return_dtype=pl.String)
        if piece in own
        else local.dt.strftime(piece)
        for piece in re.split("(%[ab])", words.date)
        if piece
    ]
    return pl.concat_str(pieces)


def _facts(words: Language) -> pl.Expr:
    """A sentence of what, and one of where."""
    what = pl.col("sub_title").str.strip_chars_end(".") + pl.lit(".")
    where = pl.when(pl.col("venue") != "").then(pl.lit(" ") + _filled(words.place)).otherwise(pl.lit(""))
    return pl.when(pl.col("sub_title") != "").then(what + where).otherwise(pl.lit(""))


def _by_sort(templates: dict[str, str]) -> pl.Expr:
    """The text of each block by the template its sort has, with the spaces an unknown field left taken out."""
    texts = (pl.when(pl.col("sort") == sort).then(_filled(template)) for sort, template in templates.items())
    return pl.coalesce(*texts, pl.lit("")).str.replace_all(r"[\p{Cc}\p{Zl}\p{Zp}\s]+", " ").str.strip_chars()


def _filled(template: str) -> pl.Expr:
    pieces: list[pl.Expr] = []
    for text, field, _, _ in string.Formatter().parse(template):
        pieces.append(pl.lit(text))
        if field is not None:
            pieces.append(pl.col(field).fill_null(""))
    return pl.concat_str(pieces)


def _emoji() -> pl.Expr:
    return pl.when(_IS_LIVE_EVENT & (pl.col("emoji") != "")).then(pl.col("emoji") + pl.lit(" ")).otherwise(pl.lit(""))


def _mark(texts: Texts) -> pl.Expr:
    no_event = texts.marks.unmatched
    marks = {"unparseable": texts.marks.unparseable, "unmatched": no_event, "partial": no_event}
    mark = pl.col("match_status").replace_strict(marks, default="", return_dtype=pl.String)
    # A stale name leaves its slot idle, which is right and needs no mark.
    is_stale = (pl.col("block") == "idle") & (pl.col("match_status") != "unparseable")
    return pl.when((mark != "") & ~is_stale).then(mark + pl.lit(" ")).otherwise(pl.lit(""))


def _body(tier: Tier, texts: Texts) -> dict[str, pl.Expr]:
    """Sub-title and description."""
    if tier == "kid":
        return {"sub_title": pl.lit(""), "description": pl.lit("")}
    templates = texts.words.descriptions.model_dump()
    shown = _filled(templates.pop("shown"))
    description = pl.when(_IS_LIVE & ~_IS_LIVE_EVENT).then(shown).otherwise(_by_sort(templates))
    # An event's sub-title is its match-up even where that is the title too: some players show the one, some the other.
    adds_nothing = (pl.col("coverage") == "show") & (pl.col("sub_title") == pl.col("title"))
    return {
        "sub_title": pl.when(adds_nothing).then(pl.lit("")).otherwise("sub_title"),
        "description": description.str.strip_chars(),
    }


def _categories(tier: Tier, texts: Texts) -> pl.Expr:
    words = texts.words.categories
    if tier == "kid":
        return pl.concat_list(pl.lit(words.all))
    is_show = _IS_LIVE & (pl.col("coverage") == "show")
    is_event = _IS_LIVE_EVENT | pl.col("is_replay")
    kind = pl.when(is_show).then(pl.lit(words.show)).when(is_event).then(pl.lit(words.event))
    sport = pl.when(pl.col("sport") != "").then("sport_name")
    listed = pl.concat_list(pl.lit(words.all), kind, sport).list.concat(pl.col("categories").fill_null([]))
    return listed.list.drop_nulls().list.unique(maintain_order=True)


def _metadata(tier: Tier) -> dict[str, pl.Expr]:
    """Keywords, date, art and number: goat alone has them, on the blocks of an event."""
    nothing = pl.lit([], dtype=pl.List(pl.String))
    if tier != "goat":
        return {"keywords": nothing, "icons": nothing, "date": pl.lit(""), "episode_num": pl.lit("")}
    is_about = pl.col("event_starts_at").is_not_null()
    art = _listed("home_logo", "away_logo", "league_art", only=r"^https?://\S+$")
    return {
        "keywords": pl.when(is_about).then(_listed("league_name", "home", "away", "venue")).otherwise(nothing),
        "icons": pl.when(is_about).then(art).otherwise(nothing),
        "date": pl.when(_IS_LIVE).then("eight_digits").otherwise(pl.lit("")),
        "episode_num": pl.when(_IS_LIVE).then(_episode_num()).otherwise(pl.lit("")),
    }


def _listed(*columns: str, only: str = r"\S") -> pl.Expr:
    worth = [pl.when(pl.col(name).str.contains(only)).then(name) for name in columns]
    return pl.concat_list(worth).list.drop_nulls().list.unique(maintain_order=True)


def _episode_num() -> pl.Expr:
    """Season and episode: the event's year and a number of 31 bits that is its own, spaced as XMLTV's tools do."""
    by_name = pl.col("sub_title") + pl.col("event_starts_at").dt.strftime(" %Y%m%d%H%M%S")
    event = pl.when(pl.col("event_id") != "").then("event_id").otherwise(by_name)
    year = (pl.col("event_starts_at").dt.year() - 1).cast(pl.String)
    number = event.map_batches(_numbers, return_dtype=pl.String)
    return (year + pl.lit(" . ") + number + pl.lit(" . 0/1")).fill_null("")


def _numbers(events: pl.Series) -> pl.Series:
    # Polars' own hash may change between versions, and players remember what they recorded: once for each event.
    numbers = {
        event: str(int.from_bytes(blake2s(event.encode(), digest_size=4).digest()) >> 1)
        for event in events.drop_nulls().unique()
    }
    return events.replace_strict(numbers, default=None, return_dtype=pl.String)
