"""The guide as XMLTV: what players demand, and that a fault is found before they see it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from guide_frames import BLANK, TROY, channels_for, check_guide, decisions_of, dress
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from epg_pipeline.config.provider_settings import TIERS
from epg_pipeline.config.sports import load_sports
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.guide.schedule import schedule
from epg_pipeline.domain.guide.xmltv import to_xmltv
from epg_pipeline.errors import GuideError

DAY = ProviderDay(date(2025, 10, 8), "America/New_York")
SLOTS = ("NCAAF 03", "NBA 01", "ESPN+ 05")
CHANNELS = channels_for(*SLOTS)
SHOW = {
    "slot": "ESPN+ 05",
    "kind": "show",
    "title": "Pat & Rich <live>",
    "starts_at": datetime(2025, 10, 8, 16, tzinfo=UTC),
}


def dressed(*rows: dict, tier: str = "goat") -> pl.DataFrame:
    programmes = schedule(decisions_of(*rows), CHANNELS, DAY, load_sports())
    return dress(programmes, tier, DAY.timezone, load_sports())


ROWS = (TROY, BLANK | {"slot": "NBA 01"}, SHOW)
GUIDE = to_xmltv(CHANNELS, dressed(*ROWS))


def of(channel_id: str, guide: bytes = GUIDE) -> list[etree._Element]:
    return etree.fromstring(guide).findall(f"programme[@channel='{channel_id}']")


@pytest.mark.parametrize("tier", TIERS)
def test_a_guide_of_any_tier_is_without_fault(tier):
    guide = to_xmltv(CHANNELS, dressed(*ROWS, tier=tier))
    assert check_guide(guide) == []
    assert guide.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<tv')


def test_channels_come_first_in_the_providers_order_each_with_its_programmes():
    root = etree.fromstring(GUIDE)
    tags = [element.tag for element in root]
    assert tags == ["channel"] * 3 + ["programme"] * (len(tags) - 3)
    assert [channel.get("id") for channel in root.findall("channel")] == [
        "NCAAF-03.demo",
        "NBA-01.demo",
        "ESPN-plus-05.demo",
    ]
    assert root.findtext("channel/display-name") == "NCAAF 03"
    assert root.find("channel/icon").get("src") == "https://art.example/slot.png"


def test_a_live_event_carries_all_it_has_in_xmltvs_order():
    live = next(programme for programme in of("NCAAF-03.demo") if programme.find("new") is not None)
    assert dict(live.attrib) == {
        "start": "20251008233000 +0000", "stop": "20251009030000 +0000", "channel": "NCAAF-03.demo",
    }  # fmt: skip
    assert [child.tag for child in live] == [
        "title", "sub-title", "desc", "date", *["category"] * 4, *["keyword"] * 4, *["icon"] * 3, "episode-num", "new",
    ]  # fmt: skip
    assert live.find("episode-num").get("system") == "xmltv_ns"
    assert live.find("icon").get("src") == "https://art.example/odu.png"


def test_only_the_live_block_is_new_and_a_replay_was_shown_before():
    assert [len(programme.findall("new")) for programme in of("NCAAF-03.demo")].count(1) == 1
    replay = to_xmltv(CHANNELS, dressed(TROY | {"coverage": "replay"}))
    marks = [[child.tag for child in programme][-1] for programme in of("NCAAF-03.demo", replay)]
    assert marks.count("previously-shown") == 1
    assert "new" not in marks


def test_a_double_quote_is_escaped_where_it_must_be_and_nowhere_else():
    rows = dressed(TROY | {"home_logo": 'https://art.example/"odu".png'}, SHOW | {"title": 'The "Late" Show'})
    guide = to_xmltv(CHANNELS, rows).decode()
    assert 'src="https://art.example/&quot;odu&quot;.png"' in guide
    assert '>The "Late" Show</title>' in guide


def test_texts_are_escaped_and_come_back_as_they_were():
    titles = [programme.findtext("title") for programme in of("ESPN-plus-05.demo")]
    assert "Pat & Rich <live>" in titles


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("A ]]> B & C &amp; D", "A ]]> B & C &amp; D"),
        ("'single' \"double\" <b>", "'single' \"double\" <b>"),
        ("👨‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ⚽️ 𝔉inal", "👨‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ⚽️ 𝔉inal"),
        ("الأهلي ضد الزمالك", "الأهلي ضد الزمالك"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u202eturned\u202c \u2066words\u2069", "turned words"),  # or all that a player writes after them is turned
        ("one\ntwo\r\n\tthree\u2028four\x85five", "one two three four five"),
        ("a\x00b\x0bc\x1fd\x7fe\x9ff\ufffeg\uffff", "a b c d e fg"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("x" * 20_000, "x" * 20_000),
    ],
)
def test_a_text_reaches_the_player_whole_but_for_what_nobody_sees(sent, shown):
    rows = dressed(SHOW | {"title": sent}, TROY | {"home": sent, "venue": sent})
    root = etree.fromstring(to_xmltv(CHANNELS, rows))
    assert shown in [programme.findtext("title") for programme in root.findall("programme")]
    live = root.find("programme[@channel='NCAAF-03.demo'][new]")
    assert live.findtext("title") == f"🏈 Troy at {shown}"
    assert shown in [keyword.text for keyword in live.findall("keyword")]
    assert f"Venue: {shown}." in live.findtext("desc")


UNSEEN = [
    chr(code) for code in (*range(32), *range(0x7F, 0xA1), 0x200B, 0x202E, 0x2028, 0x2066, 0xFEFF, 0xFFFE, 0xFFFF)
]


def test_a_text_of_what_nobody_sees_is_no_text():
    slots = [f"NBA {number:03}" for number in range(len(UNSEEN))]
    rows = [
        {"slot": slot, "title": mark, "venue": mark, "home": mark, "away": mark, "starts_at": TROY["starts_at"]}
        for slot, mark in zip(slots, UNSEEN, strict=True)
    ]
    channels = channels_for(*slots)
    day = schedule(decisions_of(*rows), channels, DAY, load_sports())
    assert set(day["block"]) == {"idle"}
    named = decisions_of(*(row | {"title": "A", "match_status": "matched"} for row in rows))
    for tier in TIERS:
        shown = dress(schedule(named, channels, DAY, load_sports()), tier, DAY.timezone, load_sports())
        assert check_guide(to_xmltv(channels, shown)) == []


@settings(max_examples=60)
@example("A\n\nB", "\n Park \n\n Lane \x0b", "goat")
@example("\x00", "&amp;<", "goat")
@example("\uffff", "\uffff", "kid")
@given(st.text(min_size=1, max_size=40), st.text(max_size=40), st.sampled_from(TIERS))
def test_any_text_makes_a_guide_without_fault(title, venue, tier):
    rows = dressed(
        TROY | {"match_status": "unmatched", "title": title, "venue": venue, "home_logo": f"https://a.example/{venue}"},
        tier=tier,
    )
    guide = to_xmltv(CHANNELS, rows)
    assert check_guide(guide) == []
    assert guide.count(b"<programme ") == rows.height


def test_the_same_rows_in_any_order_give_the_same_bytes():
    rows = dressed(*ROWS)
    shuffled = rows.sample(fraction=1, shuffle=True, seed=7)
    assert to_xmltv(CHANNELS.reverse(), shuffled) == GUIDE


def test_a_channel_without_programmes_is_left_out():
    guide = to_xmltv(channels_for(*SLOTS, "NFL 01"), dressed(*ROWS))
    assert b"NFL-01" not in guide
    assert check_guide(guide) == []


def test_a_programme_of_an_unknown_channel_is_an_error():
    with pytest.raises(GuideError, match=r"unknown channels: NBA-01\.demo"):
        to_xmltv(CHANNELS.filter(pl.col("slot") != "NBA 01"), dressed(*ROWS))


def test_a_null_that_would_lose_a_programme_is_an_error_that_names_it():
    rows = dressed(*ROWS).with_columns(title=pl.when(pl.col("block") != "live").then("title"))
    with pytest.raises(GuideError, match=r"2 rows can't be written; the first lacks title"):
        to_xmltv(CHANNELS, rows)


def test_the_live_mark_of_some_players_is_there_only_where_asked_for():
    marked = to_xmltv(CHANNELS, dressed(*ROWS), live_marks=True)
    assert b"<live/>" not in GUIDE
    assert marked.count(b"<live/>") == 1  # of the event, not of the show
    assert check_guide(marked, live_marks=True) == []
    assert check_guide(marked) == ["<live/> is not asked for"]


def broken(old: str, new: str, count: int = 1) -> list[str]:
    guide = GUIDE.decode()
    assert old in guide
    return check_guide(guide.replace(old, new, count).encode())


def test_what_is_not_xml_or_not_a_guide_is_said():
    assert "not well-formed" in check_guide(GUIDE[: len(GUIDE) // 2])[0]
    assert "not well-formed" in check_guide(b"")[0]
    assert check_guide(b"<tv/>") == ["no channel"]
    assert "Element 'html'" in check_guide(b"<html/>")[0]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("</sub-title>\n    <desc", "</sub-title>\n    <length units='minutes'>3</length><desc", "length"),
        (' start="20251008', ' begin="20251008', "begin"),
        ("+0000", "+0100", "start"),
        (">Later Today: Troy at Old Dominion at 7:30 PM ET</title>", "> </title>", "title"),
        (">Later Today: ", ">Later\nToday: ", "title"),
        ('id="NBA-01.demo"', 'id="NBA 01"', "id"),
        ("<display-name", "<name", "not well-formed"),
        ("<new/>\n", "<new/>\n    <title>again</title>\n", "title"),
        (">20251008</date>", ">2025-10-08</date>", "date"),
        (">20251008</date>", ">2025</date>", "date"),
        (">Nothing is announced on this channel for today.</desc>", "> </desc>", "desc"),
        ("    <new/>\n", "    <new/>\n    <previously-shown/>\n", "previously-shown"),
        ('src="https://art.example/odu.png"', 'src="art.example/odu.png"', "src"),
        ('src="https://art.example/odu.png"', 'source="https://art.example/odu.png"', "source"),
        (
            "</programme>\n</tv>",
            '</programme>\n  <channel id="a.b"><display-name>A</display-name></channel>\n</tv>',
            "channel",
        ),
        ('id="NBA-01.demo"', 'id="ncaaf-03.DEMO"', "in another case"),
        ('id="NBA-01.demo"', 'id="NBA-02.demo"', "which is not listed"),
        ('id="NBA-01.demo"', 'id="NBA-02.demo"', "NBA-02.demo has no programmes"),
        ('start="20251008040000', 'start="20251308040000', "does not exist"),
        ('stop="20251008060000', 'stop="20251008040000', "does not last"),
        ('stop="20251008060000', 'stop="20251008070000', "overlaps"),
        ('start="20251008060000', 'start="20251008040000', "shares its start"),
        ('start="20251008060000', 'start="20251008030000', "stands after a later one"),
    ],
)
def test_each_fault_is_found(old, new, says):
    assert any(says in fault for fault in broken(old, new)), broken(old, new)


def test_a_guide_wrong_throughout_says_so_in_few_words():
    assert len(broken("+0000", "+0200", -1)) == 20
