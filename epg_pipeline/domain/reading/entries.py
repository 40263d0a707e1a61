"""Playlist entries -> event slots and the rest, with everything their names say whatever the day.

Belongs here: which entries are slots, films, ordinary channels or headings; the key a slot keeps while its name
changes; what a name, its group and its family say. Does not: dates and clocks (dating.py), which real event it is
(matching/), what changed since the last playlist (the store knows it).
"""

from itertools import chain

import polars as pl

from epg_pipeline.config import Facts
from epg_pipeline.domain.frames import ENTRIES, SLOTS, Entries, Slots, conform
from epg_pipeline.domain.reading.competitions import printed_forms, with_competition
from epg_pipeline.domain.reading.opponents import contains_words, game_number_of, gender_of, read_opponents
from epg_pipeline.domain.reading.slot_prefix import cut_shells, slot_key
from epg_pipeline.domain.reading.times import TIME_WAS_HERE, without_times
from epg_pipeline.domain.teams import names_a_team, side_of
from epg_pipeline.domain.text import folded, repaired

_HEADING = r"^\s*(?:[#=*★☆✦✪~━═■◆●•_+>▶\u2500-\u259F]{2,}|-{3,}|<{2,}|\|{2,}|[▶►◄◀●•★✦■◆]\s)"
_EPISODE = r"(?i)\bS\d{1,2}\s?E\d{1,4}\b|\bseason \d+ episode \d+\b"
_RELEASE_YEAR = r"\s-\s(?:19|20)\d\d\s*$"
_YEAR_IN_BRACKETS = r"\((?:19|20)\d\d\)\s*$"
_ROUND_THE_CLOCK = r"(?i)\b24/7\b|\b24h\b"
_NOTHING_SET = r"(?i)^\W*(?:tba|tbd|tbc|n/?a|ended|idle|empty|closed)\W*$"
_FURTHER_SPORTS = ("combat sports", "motorsports", "live event")  # names of groups, as of one sport
_MIN_SIBLINGS = 2  # slots of a family that make its doubtful entries slots, too
_TAGS = (
    r"(?i)[\[(][^\[\]()]*[\])]|\b(?:u?hd|fhd|[48]k|1080[pi]|720p|sd|hevc|raw|exclusive|backup|multi|vip|\d\d ?fps)\b"
)
_SAYS_SOMETHING = r"[\p{L}\p{N}]"


def read_entries(entries: Entries, facts: Facts) -> Slots:
    """SLOTS for all ENTRIES: is it an event slot, of which family, under which stable key, and what its name says.

    A slot is a shell (family and number), known or not, that is idle or announces an event or show; a heading between
    channels; or a bare name that pairs opponents at a stated time, or two known teams. The rest is "vod" or "linear".
    What is not a slot, or has nothing on, says nothing: the columns of its text are null.
    """
    names = entries.select("position", "name", text=repaired(pl.col("name")))
    frame = cut_shells(names, facts).with_columns(cut=without_times(pl.col("payload"), facts))
    frame = with_competition(read_opponents(frame, facts), facts)
    frame = _with_known_sides(frame, facts).with_columns(kind=_kind(facts))
    frame = frame.with_columns(kind=_kind_by_siblings(facts))
    frame = frame.with_columns(is_slot=pl.col("kind").is_in(["event", "placeholder"]))
    is_read = pl.col("kind") == "event"
    parts = [_statements(frame.filter(is_read), facts), _silent(frame.filter(~is_read))]
    statements = pl.concat(parts, how="diagonal_relaxed").drop("name")
    return conform(_with_keys(entries.join(statements, on="position", maintain_order="left")), SLOTS, "slots")


def _kind(facts: Facts) -> pl.Expr:
    text, cut = pl.col("text"), pl.col("cut")
    has_shell = pl.col("shell") != ""
    has_time = cut.str.contains(TIME_WAS_HERE, literal=True)
    bare = cut.str.replace_all(TIME_WAS_HERE, "", literal=True)
    has_pair = pl.col("first").is_not_null()
    says_nothing = ~bare.str.contains(_SAYS_SOMETHING)
    says_idle = contains_words(folded(bare), facts.words.idle) | bare.str.contains(_NOTHING_SET)
    is_idle = says_nothing | (says_idle & ~has_pair)
    only_tags = ~says_nothing & ~bare.str.replace_all(_TAGS, "").str.contains(_SAYS_SOMETHING)

    heading = pl.col("name").str.contains(_HEADING)
    year = text.str.contains(_RELEASE_YEAR) | (text.str.contains(_YEAR_IN_BRACKETS) & ~has_shell)
    vod = text.str.contains(_EPISODE) | (year & ~has_time)
    # A known family's number is a slot whatever follows; without a mark, only where no ordinary channel shares it.
    known_slot = has_shell & pl.col("is_known") & (pl.col("is_marked") | pl.col("idle") | has_time | has_pair)
    marked_slot = has_shell & pl.col("is_marked") & (is_idle | has_time | has_pair) & ~only_tags
    numbered_slot = has_shell & ~pl.col("is_marked") & (says_nothing | has_time) & ~pl.col("is_known")
    is_shelled_slot = known_slot | marked_slot | numbered_slot
    is_bare_slot = ~has_shell & (_is_bare_event(has_time, has_pair) | _is_bare_show(has_time, says_nothing, facts))
    return pl.coalesce(
        pl.when(heading).then(pl.lit("placeholder")),
        pl.when(vod).then(pl.lit("vod")),
        pl.when(text.str.contains(_ROUND_THE_CLOCK)).then(pl.lit("linear")),
        pl.when(is_shelled_slot & is_idle).then(pl.lit("placeholder")),
        pl.when(is_shelled_slot | is_bare_slot).then(pl.lit("event")),
        pl.lit("linear"),
    )


def _is_bare_event(has_time: pl.Expr, has_pair: pl.Expr) -> pl.Expr:
    """Without a shell a pair needs a witness: films and shows are called "Wild at Heart" and "Red vs Blue"."""
    versus = pl.col("opponent_rule").eq_missing("versus")
    in_a_league = pl.col("competition_leagues").is_not_null()
    has_known_side = pl.col("one_is_known")
    return has_pair & ((versus & (has_time | in_a_league)) | (has_time & has_known_side) | pl.col("both_are_known"))


def _is_bare_show(has_time: pl.Expr, says_nothing: pl.Expr, facts: Facts) -> pl.Expr:
    """A time of day, marked off from the words before it; or a sport in brackets in front."""
    is_marked_off = pl.col("text").str.contains(r"[(\[|]") | pl.col("cut").str.ends_with(TIME_WAS_HERE)
    says_clock = pl.col("text").str.contains(r"(?i)\d{1,2}(?::\d\d|h\d\d|\s?[ap]m\b)")
    return ((says_clock & is_marked_off & has_time) | _is_filed_under_a_sport(facts)) & ~says_nothing


def _is_filed_under_a_sport(facts: Facts) -> pl.Expr:
    """The name begins with a league or sport in brackets: "[Motorsport] Formula 1: Abu Dhabi GP Qualifying"."""
    names = [sport.name for sport in facts.sports.sports.values()]
    words = pl.DataFrame({"form": [*chain(*facts.sport_words.values()), *names, *_FURTHER_SPORTS]})
    forms = pl.concat([printed_forms(facts), words.select(folded(pl.col("form"))).to_series()])
    filed = folded(pl.col("text").str.extract(r"^\[([^\[\]]+)\]\s*\S"))
    return filed.is_in(forms.implode()).fill_null(value=False)


def _kind_by_siblings(facts: Facts) -> pl.Expr:
    """A doubtful number is a slot where others of its family are: "Nessun evento" beside "Inter - Como"."""
    is_shelled = (pl.col("shell") != "") & (pl.col("family") != "")
    siblings = ((pl.col("kind") == "event") & is_shelled).sum().over("family")
    is_doubtful = is_shelled & (pl.col("kind") == "linear") & ~pl.col("text").str.contains(_ROUND_THE_CLOCK)
    says_idle = contains_words(folded(pl.col("cut")), facts.words.idle)
    says_nothing = ~pl.col("payload").str.replace_all(_TAGS, "").str.contains(_SAYS_SOMETHING)
    is_idle = (says_idle | says_nothing) & pl.col("first").is_null()
    kind = pl.when(is_idle).then(pl.lit("placeholder")).otherwise(pl.lit("event"))
    return pl.when(is_doubtful & (siblings >= _MIN_SIBLINGS)).then(kind).otherwise("kind")


def _with_known_sides(frame: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Whether one or both sides of a name without a shell are known teams: "Wild at Heart" is a film."""
    bare = frame.filter(pl.col("shell") == "", pl.col("first").is_not_null())
    first, second = (names_a_team(pl.col(side), facts) for side in ("first", "second"))
    sides = bare.select("position", one_is_known=first | second, both_are_known=first & second)
    frame = frame.join(sides, on="position", how="left", maintain_order="left")
    return frame.with_columns(pl.col("one_is_known", "both_are_known").fill_null(value=False))


def _with_keys(frame: pl.DataFrame) -> pl.DataFrame:
    """`slot`: the shell, else the provider's id, else the stream's number; a second slot of one key says "#2".

    The order of their addresses decides which of two equal keys is second, so that a re-ordered playlist changes none.
    """
    own_id = pl.when((pl.col("tvg_id") != "") & (pl.len().over("tvg_id") == 1)).then("tvg_id")
    stream = pl.format("Stream {}", pl.col("url").str.extract(r"/(\d+)(?:\.\w+)?(?:\?.*)?$"))
    shell = pl.when(pl.col("shell") != "").then(slot_key(pl.col("shell")))
    words = pl.col("text").str.strip_chars(" #=*~▬─━═■◆●_+>-")
    heading = pl.when((pl.col("kind") == "placeholder") & words.str.contains(_SAYS_SOMETHING)).then(words)
    key = pl.coalesce(shell, heading, own_id, stream, pl.col("text"))
    frame = frame.with_columns(slot=pl.when("is_slot").then(key).otherwise(pl.lit("")))
    turn = pl.struct("url", "position").rank("ordinal").over(pl.col("slot").str.to_lowercase())
    repeated = pl.col("is_slot") & (turn > 1)
    return frame.with_columns(slot=pl.when(repeated).then(pl.format("{} #{}", "slot", turn)).otherwise("slot"))


def _statements(frame: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """What competition, family and words state about leagues, sport and gender, before any event is looked at."""
    leagues = pl.coalesce("competition_leagues", "family_leagues")
    one_league = pl.when(leagues.list.len() == 1).then(leagues.list.first())
    sports = {key: league.sport for key, league in facts.leagues.items()}
    genders = {key: league.gender for key, league in facts.leagues.items() if league.gender == "women"}
    sport_of_league = leagues.list.first().replace_strict(sports, default=None, return_dtype=pl.String)
    gender_of_league = one_league.replace_strict(genders, default=None, return_dtype=pl.String)
    words = pl.concat_str("payload", pl.lit(" "), "family")
    year = pl.col("cut").str.extract(r"[\[(]((?:19|20)\d\d)[\])]\s*$").cast(pl.Int32, strict=False)
    statements = {
        "competition": _competition(),
        "leagues": leagues,
        "sport": pl.coalesce(sport_of_league, "competition_sport", "family_sport"),
        "gender": pl.coalesce(gender_of(words, facts.words), gender_of_league),
        "side": pl.coalesce(*(side_of(pl.col(name), facts.words) for name in ("first", "second"))),
        "game": game_number_of(pl.col("payload")),
        "year_in_brackets": year,
    }
    return frame.lazy().with_columns(**statements).collect().with_columns(rules=_rules())


def _silent(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows that are not slots or have nothing on: their kind is all that is known."""
    identity = frame.select("position", "name", "text", "shell", "family", "payload", "kind", "is_slot")
    return identity.with_columns(
        title=pl.lit(""), coverage=pl.lit("live"), rules=pl.concat_list(pl.format("kind: {}", "kind"))
    )


def _competition() -> pl.Expr:
    """The printed competition, unless it is a lone word that names just the sport ("flovolleyball")."""
    names_a_league = pl.col("competition_sport").is_null() | pl.col("competition_leagues").is_not_null()
    has_more_words = pl.col("competition").str.contains(" ", literal=True)
    return pl.when(names_a_league | has_more_words).then("competition")


def _rules() -> pl.Expr:
    return pl.concat_list(
        pl.when(pl.col("family") != "").then(pl.format("family: {}", "family")),
        pl.when(pl.col("first").is_not_null()).then(pl.format("opponents: {}", "opponent_rule")),
        pl.when(pl.col("competition").is_not_null()).then(pl.format("competition: {}", "competition")),
    ).list.drop_nulls()


def entry_of(name: str) -> Entries:
    """ENTRIES with just this name."""
    blank = {column: "" for column, kind in ENTRIES.items() if kind == pl.String}
    return Entries(pl.DataFrame([{**blank, "position": 0, "name": name}], schema=ENTRIES))
