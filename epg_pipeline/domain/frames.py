"""The contract of every frame that crosses a module border.

Belongs here: names, types and meaning of columns, and the check of a frame against them. Does not: what is done
with them. All instants are UTC; a competitor, name or payload is text as the playlist prints it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, NewType, TypeVar

import polars as pl

from epg_pipeline.errors import ContractError

INSTANT = pl.Datetime("us", "UTC")

KINDS = ("event", "show", "placeholder", "linear", "vod")
MATCH_STATUSES = ("matched", "partial", "unmatched", "unparseable", "manual")
COVERAGES = ("live", "replay", "press", "pregame", "highlights", "other")  # what an airing shows of its event
BLOCKS = ("pre", "live", "post", "filler", "idle")
EVENT_STATUSES = ("scheduled", "live", "final", "postponed", "cancelled")

SECRETS = ("url", "options")  # columns that no message shows
MAX_EXAMPLES = 3

Frame = TypeVar("Frame", bound=pl.DataFrame)
Columns = Mapping[str, pl.DataType | type[pl.DataType]]


class Contract(pl.Schema, Generic[Frame]):
    """What a frame holds: its columns with their types, in order, and the rules that each of its rows keeps.

    `frame_type` stands for such frames in signatures, `key` names the columns that identify a row, and a rule is an
    expression that is true, not null, for a good row, under a name that says what is expected.
    """

    def __init__(
        self,
        frame_type: Callable[[Any], Frame],
        columns: Columns,
        *,
        key: Sequence[str] = (),
        rules: Mapping[str, pl.Expr] | None = None,
    ) -> None:
        """Make the contract of `frame_type`, which is a NewType of pl.DataFrame."""
        super().__init__(columns)
        self.frame_type, self.key = frame_type, tuple(key)
        is_unique = {f"unique {', '.join(key)}": pl.struct(key).is_unique()} if key else {}
        self.rules = {**is_unique, **(rules or {})}


def one_of(column: str, values: Sequence[str]) -> dict[str, pl.Expr]:
    """The rule that a text is one of these."""
    return {f"{column} is one of {', '.join(values)}": pl.col(column).is_in(list(values))}


def not_empty(*columns: str) -> dict[str, pl.Expr]:
    """The rules that texts are neither null nor empty."""
    return {f"{column} is not empty": pl.col(column).str.len_bytes() > 0 for column in columns}


def not_null(*columns: str) -> dict[str, pl.Expr]:
    """The rules that values are present."""
    return {f"{column} is not null": pl.col(column).is_not_null() for column in columns}


def texts(*columns: str) -> dict[str, type[pl.String]]:
    """Columns of text, to be spread into a contract where their names say all."""
    return dict.fromkeys(columns, pl.String)


_IS_SHARE = {"confidence is from 0 to 1": pl.col("confidence").is_between(0, 1)}
_READ = {
    **one_of("kind", KINDS),
    **one_of("coverage", COVERAGES),
    **not_null("is_slot"),
    **not_empty("name"),
    "competitors come in pairs": pl.col("first").is_null() == pl.col("second").is_null(),
}

# A playlist's entries, in its order. `url` is a secret: it carries user and password; `options` may, too.
Entries = NewType("Entries", pl.DataFrame)
ENTRIES = Contract(
    Entries,
    {
        "position": pl.Int64,  # 0-based place in the playlist
        "name": pl.String,  # display name, repaired only in white space; never empty
        **texts("tvg_id", "tvg_name", "logo", "group_title"),  # "" where the playlist says nothing, as in `options`
        "options": pl.String,  # the lines for the player, such as the user agent to send
        "url": pl.String,
    },
    key=["position"],
    rules=not_empty("name"),
)

# What a name says whatever the day. What is not a slot, or has nothing on, says nothing: its `competition` and what
# follows it here are null.
_STATED: Columns = {
    "is_slot": pl.Boolean,
    "kind": pl.String,  # one of KINDS; for a slot "event" means: nothing else was recognised yet
    "family": pl.String,  # the family's name in config, or the shell as printed; "" without a shell
    "slot": pl.String,  # the stable key of the slot within its playlist ("NBA 05"); "" for all other entries
    "title": pl.String,  # the payload without time, quality and feed marks; "" when nothing is on
    "coverage": pl.String,  # one of COVERAGES
    "rules": pl.List(pl.String),  # which rule gave what, as "word: detail"
    "competition": pl.String,  # a printed competition or sport prefix
    **texts("first", "second"),  # the competitors as printed, in printed order; both null when there are none
    "sport": pl.String,  # what name and family state of it
    "leagues": pl.List(pl.String),  # the leagues they narrow it to, null when to none
    "gender": pl.String,  # "men", "women" or null
    "side": pl.String,  # "first" team is null; else "reserve", "u20", ...
    "game": pl.Int64,  # the game of a doubleheader
}

# Entries read: event slots and the rest, and what their names say whatever the day.
Slots = NewType("Slots", pl.DataFrame)
SLOTS = Contract(
    Slots,
    {
        **ENTRIES,
        **_STATED,
        "payload": pl.String,  # what follows the shell, repaired; "" when nothing is on
        **texts("timezone", "dates"),  # the family's own zone, and its order of a numeric date ("dm", "md")
        "year_in_brackets": pl.Int32,  # behind the payload
    },
    key=["position"],
    rules={**_READ, **not_null("rules"), "a slot has a key": pl.col("is_slot") == (pl.col("slot") != "")},
)

# What a slot's name says, for one day of one provider.
Readings = NewType("Readings", pl.DataFrame)
READINGS = Contract(
    Readings,
    {
        "position": pl.Int64,
        "name": pl.String,
        **_STATED,
        "starts_at": INSTANT,  # null when the name gives no clock
        "date": pl.Date,  # the local date the name states; null when none
        "clock": pl.Time,  # the printed clock, null when none
        "zone": pl.String,  # the IANA zone the clock was read in
        "zone_is_stated": pl.Boolean,
    },
    key=["position"],
    rules=_READ,
)

# The canonical schedule.
Events = NewType("Events", pl.DataFrame)
EVENTS = Contract(
    Events,
    {
        "event_id": pl.String,
        "event_date": pl.Date,  # the UTC date of the start
        "league": pl.String,  # a key of config/leagues.yaml where known there
        "sport": pl.String,  # a key of config/sports.yaml where known there
        "name": pl.String,  # the event's title where it has one (a card, a race); "" otherwise
        **texts("home", "away", "home_short", "away_short", "home_abbr", "away_abbr"),  # "" without opponents
        "starts_at": INSTANT,
        **texts("venue", "home_logo", "away_logo", "source"),
        "status": pl.String,  # one of EVENT_STATUSES
        "time_is_set": pl.Boolean,  # false: only the day of `starts_at` is known
    },
    key=["event_id"],
    rules={
        **not_empty("event_id"),
        **one_of("status", EVENT_STATUSES),
        "event_date is the UTC date of starts_at": pl.col("event_date") == pl.col("starts_at").dt.date(),
    },
)

# The kind of evidence by which the best candidate is ahead of the second.
SEPARATION = pl.Struct({"kind": pl.String, "points": pl.Float64})
# What a decision rests on. A field is null where it does not apply.
EVIDENCE = pl.Struct(
    {
        "skipped": pl.String,  # why no event was looked for: a kind or a coverage
        "verdict": pl.String,  # taken, ambiguous or weak; null without any candidate
        "method": pl.String,  # pair or title
        "score": pl.Float64,  # 0..118
        "pair": pl.Float64,  # 0..100, how well both sides (or the title) fit
        "first_form": pl.String,  # the forms that the printed sides were recognised by
        "second_form": pl.String,
        "order": pl.String,  # home or away: the side that is printed first
        "league_relation": pl.String,  # same league, same sport, other league, other sport
        "league_points": pl.Float64,
        "minutes": pl.Int64,  # from the printed clock to the event's start
        "time_points": pl.Float64,
        "game_number": pl.Int64,  # of a doubleheader, as printed
        "game_points": pl.Float64,
        "called_off": pl.String,  # postponed or cancelled
        "nearest": pl.String,  # the best candidate where it was not taken
        "runner_up": pl.String,
        "margin": pl.Float64,  # points by which the runner-up is behind
        "apart": pl.List(SEPARATION),
        "offset_minutes": pl.Int64,  # that the clock was moved by: `offset_agreeing` of `offset_of` matches show it
        "offset_agreeing": pl.Int64,
        "offset_of": pl.Int64,
        "override": pl.Int64,  # the number of the override that holds
        "override_effect": pl.String,  # pinned, never or gone (its event is not on record, so it has no effect)
        "override_event": pl.String,
    }
)

# What was decided for every slot: READINGS, and the event found or why there is none.
Decisions = NewType("Decisions", pl.DataFrame)
DECISIONS = Contract(
    Decisions,
    {
        **READINGS,
        "match_status": pl.String,  # one of MATCH_STATUSES
        "event_id": pl.String,  # null unless matched
        "confidence": pl.Float64,  # 0 to 1
        "evidence": EVIDENCE,
        "league": pl.String,  # of the event, or what the name and family imply; null when not known
        **texts("home", "away", "event_name", "venue", "home_logo", "away_logo"),  # null without an event
        # starts_at above is the canonical start once matched
    },
    key=["position"],
    rules={
        **_READ,
        **one_of("match_status", MATCH_STATUSES),
        **_IS_SHARE,
        "event_id is null unless matched": pl.col("event_id").is_null()
        | pl.col("match_status").is_in(["matched", "manual"]),
    },
)

# The blocks of a guide: a slot's day is tiled without gap or overlap; a live block may run past the day's close.
Programmes = NewType("Programmes", pl.DataFrame)
PROGRAMMES = Contract(
    Programmes,
    {
        "channel_id": pl.String,
        "starts_at": INSTANT,
        "stops_at": INSTANT,
        "block": pl.String,  # one of BLOCKS
        "title": pl.String,
        **texts("sub_title", "description", "league", "sport", "home", "away"),  # "" where none
        **texts("venue", "home_logo", "away_logo", "event_id"),  # "" where none
        "event_starts_at": INSTANT,  # of the event a pre, live or post block is about; null otherwise
        "coverage": pl.String,  # READINGS.coverage, or "show" for a studio show; "" for an idle block
        "match_status": pl.String,
        "confidence": pl.Float64,
    },
    key=["channel_id", "starts_at"],
    rules={
        **one_of("block", BLOCKS),
        **one_of("match_status", MATCH_STATUSES),
        **not_empty("title"),
        **_IS_SHARE,
        "a block stops after it starts": pl.col("stops_at") > pl.col("starts_at"),
    },
)

# The channels of a guide, in the provider's order.
Channels = NewType("Channels", pl.DataFrame)
CHANNELS = Contract(
    Channels,
    {
        "position": pl.Int64,
        "channel_id": pl.String,  # dotted ASCII; a slot keeps it for ever
        **texts("slot", "family", "display_name", "logo", "group_title"),
        **texts("options", "url"),  # SECRETS: only the private clone playlist carries them
    },
    key=["channel_id"],
    rules=not_empty("channel_id", "slot", "display_name"),
)

# CHANNELS as the store keeps them: with the slot's name in force.
NamedChannels = NewType("NamedChannels", Channels)
NAMED_CHANNELS = Contract(
    NamedChannels, {**CHANNELS, "name": pl.String}, key=["channel_id"], rules=not_empty("channel_id", "slot", "name")
)

# How many slots of a day found their event; one row a day.
MatchRates = NewType("MatchRates", pl.DataFrame)
MATCH_RATES = Contract(
    MatchRates,
    {
        "day": pl.Date,
        **dict.fromkeys(("slots", "matched", "partial", "unmatched", "unparseable"), pl.Int64),
        "match_rate": pl.Float64,  # of the slots that announce an event; null where none does
    },
    key=["day"],
    rules={"match_rate is from 0 to 1": pl.col("match_rate").is_between(0, 1).fill_null(value=True)},
)


def conform(frame: pl.DataFrame, contract: Contract[Frame], what: str) -> Frame:
    """The frame with just the contract's columns, in its order.

    ContractError names what is missing or mistyped, else the rules that rows break, with the first of these rows.
    """
    faults = [
        f"{name} is {frame.schema[name]}, not {kind}" if name in frame.columns else f"column {name} is missing"
        for name, kind in contract.items()
        if frame.schema.get(name) != kind
    ]
    if not faults:
        frame = frame.select(contract.names())
        faults = _broken_rules(frame, contract)
    if faults:
        raise ContractError(f"{what}: {'; '.join(faults)}")
    return contract.frame_type(frame)


def _broken_rules(frame: pl.DataFrame, contract: Contract[Frame]) -> list[str]:
    """Each rule that rows break, with how many do and the first of them."""
    breaks = {name: (~rule).fill_null(value=True) for name, rule in contract.rules.items()}
    counts = frame.select(is_broken.sum().alias(name) for name, is_broken in breaks.items()).unpivot()
    found = []
    for name, count in counts.filter(pl.col("value") > 0).rows():
        columns = dict.fromkeys([*contract.key, *breaks[name].meta.root_names()])
        rows = frame.filter(breaks[name]).select(column for column in columns if column not in SECRETS)
        examples = [
            ", ".join(f"{key} {value}" for key, value in row.items()) for row in rows.head(MAX_EXAMPLES).to_dicts()
        ]
        found.append(f'rule "{name}" is broken by {count} of {frame.height} rows ({"; ".join(examples)})')
    return found


def empty(contract: Contract[Frame]) -> Frame:
    """A frame of the contract without rows."""
    return contract.frame_type(pl.DataFrame(schema=contract))
