"""Any day of any zone: what a slot shows is what a plain reading of the rules says, minute by minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from guide_frames import channels_for, check_guide, decisions_of, dress
from hypothesis import given, settings
from hypothesis import strategies as st

from epg_pipeline.config.sports import load_sports
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import MATCH_STATUSES
from epg_pipeline.domain.guide.schedule import own_blocks, schedule, stitch
from epg_pipeline.domain.guide.xmltv import to_xmltv

SPORTS = load_sports()
SLOTS = tuple(f"NBA {number:02}" for number in range(1, 7))
CHANNELS = channels_for(*SLOTS)
MINUTE, BLOCK = timedelta(minutes=1), timedelta(hours=2)

# Days on which a clock was changed: by an hour, by thirty minutes, by two hours, at midnight, over the date line.
CHANGED = [
    ("America/New_York", date(2025, 3, 9)), ("America/New_York", date(2025, 11, 2)),
    ("Europe/London", date(2025, 10, 26)), ("Atlantic/Azores", date(2025, 10, 26)),
    ("Australia/Lord_Howe", date(2025, 4, 6)), ("Australia/Lord_Howe", date(2025, 10, 5)),
    ("Pacific/Chatham", date(2025, 9, 28)), ("America/St_Johns", date(2025, 3, 9)),
    ("America/St_Johns", date(2010, 11, 7)),  # back over midnight, at a minute past
    ("Antarctica/Troll", date(2025, 3, 30)), ("Antarctica/Troll", date(2025, 10, 26)),
    ("America/Santiago", date(2025, 9, 7)), ("America/Santiago", date(2025, 4, 5)),
    ("America/Havana", date(2025, 3, 9)), ("America/Havana", date(2025, 11, 2)), ("Asia/Beirut", date(2025, 3, 30)),
    ("Africa/Casablanca", date(2025, 2, 23)), ("Asia/Pyongyang", date(2018, 5, 4)),
    ("Pacific/Apia", date(2011, 12, 29)), ("Pacific/Apia", date(2011, 12, 30)), ("Pacific/Apia", date(2011, 12, 31)),
    ("Pacific/Kwajalein", date(1993, 8, 21)),
]  # fmt: skip
ZONES = ["UTC", "America/New_York", "Asia/Kathmandu", "Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Marquesas"]
DAYS = st.one_of(
    st.sampled_from(CHANGED), st.tuples(st.sampled_from(ZONES), st.dates(date(2024, 1, 1), date(2027, 12, 31)))
).map(lambda drawn: ProviderDay(drawn[1], drawn[0]))


@dataclass(frozen=True)
class Airing:
    """One airing that a slot's name announces; `starts` in minutes from the day's opening, None without a clock."""

    slot: str
    title: str
    starts: int | None
    sport: str
    league: str | None
    kind: str
    coverage: str
    status: str
    sureness: float
    on: int | None  # days from the day that a name without a clock states

    def row(self, day: ProviderDay) -> dict[str, object]:
        return {
            "slot": self.slot, "title": self.title, "sport": self.sport, "league": self.league, "kind": self.kind,
            "coverage": self.coverage, "match_status": self.status, "confidence": self.sureness,
            "date": None if self.on is None else day.date + timedelta(days=self.on),
            "starts_at": None if self.starts is None else day.opens + self.starts * MINUTE,
        }  # fmt: skip

    @property
    def lasts(self) -> int:
        """Minutes on air."""
        is_show = self.kind == "show" and self.status not in ("matched", "manual") and not self.is_of_one
        coverage = "show" if is_show else self.coverage
        beside = SPORTS.coverage.model_dump().get(coverage)
        habit = SPORTS.leagues.get(self.league or "")
        league = habit.minutes if habit else None
        return beside or league or SPORTS.sports.get(self.sport, SPORTS.default).minutes

    @property
    def is_of_one(self) -> bool:
        return SPORTS.sports[self.sport].solo if self.sport in SPORTS.sports else SPORTS.default.solo

    @property
    def says_something(self) -> bool:
        has_event = self.kind == "show" or self.status in ("matched", "manual")
        return has_event or (self.kind == "event" and self.status != "unparseable")


@st.composite
def airings(draw: st.DrawFn) -> Airing:
    near = st.integers(-60 * 30, 60 * 34)
    return Airing(
        slot=draw(st.sampled_from(SLOTS)),
        title=draw(st.sampled_from(["A vs B", "C at D", "E"])),
        starts=draw(
            st.one_of(near, near.map(lambda minute: minute - minute % 30), st.integers(60 * 34, 60 * 90), st.none())
        ),
        sport=draw(st.sampled_from(["soccer", "football", "golf", "darts", "quidditch", ""])),
        league=draw(st.sampled_from([None, "nfl", "mlb", "no-such-league"])),
        kind=draw(st.sampled_from(["event", "event", "event", "show", "placeholder"])),
        coverage=draw(st.sampled_from(["live", "live", "live", "replay", "press", "highlights", "other"])),
        status=draw(st.sampled_from(MATCH_STATUSES)),
        sureness=draw(st.floats(0, 1)),
        on=draw(st.sampled_from([None, 0, 1])),
    )


CASES = st.lists(airings(), max_size=14, unique_by=lambda airing: (airing.slot, airing.starts))


def day_of(day: ProviderDay, airings: list[Airing]) -> pl.DataFrame:
    return schedule(decisions_of(*(airing.row(day) for airing in airings)), CHANNELS, day, SPORTS)


def expected(instant: int, length: int, airings: list[Airing]) -> tuple[str, str]:
    """The block and title of a slot, so many minutes into its day of `length` minutes, read off the rules alone."""
    timed = sorted((a for a in airings if a.says_something and a.starts is not None), key=lambda a: a.starts)
    ends = [min([a.starts + a.lasts, *(b.starts for b in timed[turn + 1 : turn + 2])]) for turn, a in enumerate(timed)]
    shown = [(a, end) for a, end in zip(timed, ends, strict=True) if end > 0]
    for airing, end in shown:
        if airing.starts <= instant < end:
            return "live", airing.title
    coming = [a for a, _ in shown if a.starts > instant]
    if coming and coming[0].starts - instant <= 360:
        return "pre", coming[0].title
    over = [a for a, end in shown if end <= instant]
    if over:
        return "post", over[-1].title
    untimed = [a for a in airings if a.says_something and a.starts is None and a.on in (None, 0)]
    if coming and coming[0].starts < length + 360:
        return "filler", coming[0].title
    announced = [*untimed, *coming]
    return ("filler", announced[0].title) if announced else ("idle", "No Programming Today")


@settings(max_examples=60)
@given(DAYS, CASES)
def test_every_minute_of_a_day_shows_what_the_rules_say(day, airings):
    length = (day.closes - day.opens) // MINUTE
    programmes = day_of(day, airings)
    if not length:  # the date line moved over the day
        assert programmes.filter(pl.col("block") != "live").is_empty()
        return
    for slot, channel in CHANNELS.select("slot", "channel_id").iter_rows():
        own = [airing for airing in airings if airing.slot == slot]
        rows = programmes.filter(pl.col("channel_id") == channel).sort("starts_at")
        for starts, stops, block, title in rows.select("starts_at", "stops_at", "block", "title").iter_rows():
            first, last = (starts - day.opens) // MINUTE, (stops - day.opens) // MINUTE
            for instant in {max(first, 0), (max(first, 0) + last - 1) // 2, min(last, length) - 1}:
                assert expected(instant, length, own) == (block, title), (slot, instant)
        assert_whole(rows, day.opens, day.closes)


def assert_whole(rows: pl.DataFrame, opens: datetime, closes: datetime) -> None:
    """From `opens` to `closes` without gap, overlap or shared start; only a live block reaches over either."""
    starts, stops, blocks = (rows[name].to_list() for name in ("starts_at", "stops_at", "block"))
    assert starts[1:] == stops[:-1]
    assert all(start < stop for start, stop in zip(starts, stops, strict=True))
    assert starts[0] == opens or (starts[0] < opens and blocks[0] == "live")
    assert stops[-1] == closes or (stops[-1] > closes and blocks[-1] == "live")
    others = rows.filter(pl.col("block") != "live")
    assert (others["stops_at"] - others["starts_at"] <= BLOCK).all()


@settings(max_examples=20)
@given(DAYS, st.lists(CASES, min_size=3, max_size=3), st.permutations([0, 1, 2]))
def test_days_on_record_make_one_guide_in_whatever_order_they_were_made(first, cases, order):
    days = [first.shifted(number) for number in range(3)]
    kept = [own_blocks(day_of(day, airings), day) for day, airings in zip(days, cases, strict=True)]
    for day, rows in zip(days, kept, strict=True):
        assert (rows["starts_at"] >= day.opens).all()  # so no two days have a row of one channel and start
    opens, closes = days[0].opens, days[-1].closes
    guide = stitch(pl.concat([kept[number] for number in order]), opens, closes)
    assert guide["channel_id"].n_unique() == len(SLOTS)
    for rows in guide.partition_by("channel_id"):
        assert_whole(rows, opens, closes)
        live = rows.filter(pl.col("block") == "live").with_columns(before=pl.col("stops_at").shift(1))
        midnights = [day.opens for day in days]
        is_true = pl.col("starts_at") == pl.col("event_starts_at")
        is_cut = (pl.col("starts_at") == pl.col("before")) | pl.col("starts_at").is_in(midnights)
        assert live.filter(~is_true & ~is_cut).is_empty()
    assert stitch(guide, opens, closes).equals(guide)
    assert check_guide(to_xmltv(CHANNELS, dress(guide, "goat", first.timezone, SPORTS))) == []


@pytest.mark.parametrize(("zone", "on"), CHANGED)
def test_a_day_ends_where_the_next_begins_on_the_wall(zone, on):
    day = ProviderDay(on, zone)
    for midnight, local in ((day.opens, on), (day.closes, on + timedelta(days=1))):
        before, after = ((midnight + tick).astimezone(ZoneInfo(zone)).date() for tick in (-MINUTE, timedelta()))
        assert before < local <= after or day.opens == day.closes, (before, local, after)


def test_a_day_that_a_zone_left_out_has_nothing_on_it_and_the_days_round_it_meet():
    left_out = ProviderDay(date(2011, 12, 30), "Pacific/Apia")
    assert left_out.opens == left_out.closes == datetime(2011, 12, 30, 10, tzinfo=UTC)
    days = [left_out.shifted(number) for number in (-1, 0, 1)]
    guide = stitch(pl.concat([day_of(day, []) for day in days]), days[0].opens, days[-1].closes)
    for rows in guide.partition_by("channel_id"):
        assert_whole(rows, days[0].opens, days[-1].closes)
