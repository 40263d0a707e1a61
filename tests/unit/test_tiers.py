"""What a viewer of each tier reads, and that the tiers differ in that and in nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from guide_frames import BLANK, TROY, channels_for, decisions_of, dress

from epg_pipeline.config.provider_settings import TIERS
from epg_pipeline.config.sports import load_sports
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.guide.schedule import schedule
from epg_pipeline.errors import ConfigError

SLOT = "NCAAF 03"
NEW_YORK = ProviderDay(date(2025, 10, 8), "America/New_York")
SHOW = {"kind": "show", "title": "The Pat McAfee Show", "starts_at": datetime(2025, 10, 8, 16, tzinfo=UTC)}


def dressed(row: dict, tier: str = "goat", timezone: str = "America/New_York", **options) -> pl.DataFrame:
    day = ProviderDay(NEW_YORK.date, timezone)
    programmes = schedule(decisions_of({"slot": SLOT} | row), channels_for(SLOT), day, load_sports())
    return dress(programmes, tier, timezone, load_sports(), **options)


def one(programmes: pl.DataFrame, block: str) -> dict:
    return programmes.filter(pl.col("block") == block).row(0, named=True)


@pytest.mark.parametrize("tier", TIERS)
def test_titles_say_what_comes_what_is_on_and_what_was(tier):
    programmes = dressed(TROY, tier)
    assert one(programmes, "filler")["title"] == "Later Today: Troy at Old Dominion at 7:30 PM ET"
    assert one(programmes, "pre")["title"] == "Airing Next: Troy at Old Dominion at 7:30 PM ET"
    assert one(programmes, "live")["title"].removeprefix("🏈 ") == "Troy at Old Dominion"
    assert one(programmes, "post")["title"] == "Troy at Old Dominion has ended"
    assert one(dressed(BLANK, tier), "idle")["title"] == "No Programming Today"
    later = TROY | {"starts_at": datetime(2025, 10, 11, 23, 30, tzinfo=UTC)}
    assert one(dressed(later, tier), "filler")["title"] == "Next: Troy at Old Dominion on Sat, Oct 11 at 7:30 PM ET"
    assert one(dressed({"title": "Open Practice"}, tier), "filler")["title"] == "Open Practice"


@pytest.mark.parametrize(
    ("timezone", "stated"),
    [
        ("America/New_York", "7:30 PM ET"),
        ("America/Los_Angeles", "4:30 PM PT"),
        ("Europe/London", "00:30 UK"),
        ("Europe/Berlin", "01:30 CEST"),
        ("UTC", "23:30 UTC"),
        ("America/Sao_Paulo", "20:30 GMT-03"),
        ("Asia/Kolkata", "5:00 AM IST"),
    ],
)
def test_times_are_those_of_the_viewers_wall_in_their_own_habit(timezone, stated):
    programmes = dressed(TROY | {"starts_at": datetime(2025, 10, 8, 23, 30, tzinfo=UTC)}, timezone=timezone)
    announced = programmes.filter(pl.col("block").is_in(["pre", "filler"]))
    assert announced["title"].str.ends_with(f"at {stated}").all()


def test_kid_has_titles_and_one_category_alone():
    for row in (TROY, BLANK, SHOW):
        programmes = dressed(row, "kid")
        assert set(programmes["sub_title"]) == set(programmes["description"]) == {""}
        assert set(programmes["episode_num"]) == set(programmes["date"]) == {""}
        assert programmes["categories"].to_list() == [["Sports"]] * programmes.height
        assert programmes["icons"].list.len().sum() == programmes["keywords"].list.len().sum() == 0


def test_buck_adds_sub_titles_descriptions_and_the_sports_categories():
    live = one(dressed(TROY, "buck"), "live")
    assert live["title"] == "Troy at Old Dominion"
    assert live["sub_title"] == "NCAA Football: Troy at Old Dominion"
    assert live["description"] == (
        "NCAA Football: Troy at Old Dominion. Venue: S.B. Ballard Stadium. Live at 7:30 PM ET."
    )
    assert live["categories"] == ["Sports", "Sports event", "American football", "Football"]
    assert (live["icons"], live["keywords"], live["episode_num"], live["date"]) == ([], [], "", "")


@pytest.mark.parametrize("row", [TROY, BLANK, SHOW, {"title": "A vs B"}, {"title": "A vs B", "sport": "quidditch"}])
@pytest.mark.parametrize("tier", ["buck", "goat"])
def test_descriptions_are_never_empty_above_kid(tier, row):
    programmes = dressed(row, tier)
    assert (programmes["description"].str.len_chars() > 3).all()
    assert (programmes["title"].str.len_chars() > 3).all()
    assert programmes["categories"].list.first().unique().to_list() == ["Sports"]


def test_goat_adds_emoji_on_the_live_event_and_its_art_and_number():
    programmes = dressed(TROY)
    live = one(programmes, "live")
    assert live["title"] == "🏈 Troy at Old Dominion"
    assert live["icons"][:2] == ["https://art.example/odu.png", "https://art.example/troy.png"]
    assert live["keywords"] == ["NCAA Football", "Old Dominion", "Troy", "S.B. Ballard Stadium"]
    assert live["date"] == "20251008"  # the day in New York; in London it is the 9th
    assert programmes.filter(pl.col("title").str.contains("🏈"))["block"].to_list() == ["live"]
    assert set(programmes.filter(pl.col("block") != "live")["episode_num"]) == {""}


def test_the_tiers_differ_in_nothing_but_their_content():
    plain = dressed(TROY, "kid")
    for tier in ("buck", "goat"):
        same = ["channel_id", "starts_at", "stops_at", "block", "event_id", "is_new", "is_replay", "match_status"]
        assert dressed(TROY, tier).select(same).equals(plain.select(same))
        titles = dressed(TROY, tier)["title"].str.strip_prefix("🏈 ")
        assert titles.equals(plain["title"])


def test_a_show_or_a_replay_is_no_live_event():
    show = one(dressed(SHOW), "live")
    assert show["title"] == "The Pat McAfee Show"
    assert show["categories"] == ["Sports", "Sports talk"]
    assert (show["is_new"], show["is_replay"]) == (True, False)
    assert show["description"].endswith("On at 12:00 PM ET.")
    replay = one(dressed(TROY | {"coverage": "replay", "title": "Troy at Old Dominion (Replay)"}), "live")
    assert replay["title"] == "Troy at Old Dominion (Replay)"
    assert (replay["is_new"], replay["is_replay"]) == (False, True)


def test_only_live_blocks_are_new():
    programmes = dressed(TROY)
    assert programmes.filter("is_new")["block"].to_list() == ["live"]
    assert not programmes["is_replay"].any()


def test_an_episode_number_is_one_events_own_and_lasts():
    def number(row: dict) -> str:
        return one(dressed(row), "live")["episode_num"]

    assert number(TROY) == number(TROY | {"slot": SLOT, "title": "otherwise named"}) == "2024 . 1992922060 . 0/1"
    numbers = [number(TROY | {"event_id": f"e{index}"}) for index in range(50)]
    assert len(set(numbers)) == 50
    named = {"title": "A vs B", "starts_at": TROY["starts_at"]}
    assert number(named) != number(named | {"title": "A vs C"})
    assert number(named) == number(named | {"confidence": 0.9})


def test_testing_mode_marks_what_has_no_event():
    assert (
        one(dressed({"title": "A vs B", "starts_at": TROY["starts_at"]}, testing=True), "live")["title"] == "⚠️ 🏟️ A vs B"
    )
    half = {"title": "A vs B", "starts_at": TROY["starts_at"], "match_status": "partial"}
    assert one(dressed(half, "kid", testing=True), "pre")["title"].startswith("⚠️ Airing Next: A vs B")
    assert one(dressed(BLANK, "kid", testing=True), "idle")["title"] == "📺 No Programming Today"
    assert one(dressed(TROY, testing=True), "live")["title"] == "🏈 Troy at Old Dominion"
    assert "⚠️" not in "".join(dressed({"title": "A vs B", "starts_at": TROY["starts_at"]})["title"])


def test_rows_keep_their_order_and_number():
    programmes = schedule(
        decisions_of(TROY, BLANK | {"slot": "NBA 01"}), channels_for(SLOT, "NBA 01"), NEW_YORK, load_sports()
    )
    mixed = programmes.sample(fraction=1, shuffle=True, seed=4)
    after = dress(mixed, "goat", NEW_YORK.timezone, load_sports())
    assert after.select("channel_id", "starts_at").equals(mixed.select("channel_id", "starts_at"))


def test_no_rows_are_dressed_too():
    programmes = schedule(decisions_of(), channels_for(), NEW_YORK, load_sports())
    assert dress(programmes, "goat", NEW_YORK.timezone, load_sports()).is_empty()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("default: [", "is not valid YAML"),
        ("- a", "should be a valid dictionary|instance of Sports"),
        (
            "default: {name: S, minutes: 0}\ncoverage: {}\nsports: {}",
            "minutes",
        ),
        ("default: {name: S, minutes: 9}\ncoverage: {show: 60}\nsports: {}", "coverage.*press"),
    ],
)
def test_spoilt_sports_are_refused_with_their_place(tmp_path, text, says):
    file = tmp_path / "sports.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=says):
        load_sports(file)


def test_every_sport_has_an_emoji():
    assert all(sport.emoji for sport in load_sports().sports.values())
