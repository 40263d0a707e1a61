"""The page of a guide: what it holds, and what it must not."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from datetime import UTC, date, datetime
from hashlib import sha256
from html import unescape
from typing import TYPE_CHECKING

from guide_frames import BLANK, TROY, channels_for, decisions_of, dress, guide_page

from epg_pipeline.config.sports import load_sports
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.guide.schedule import schedule

if TYPE_CHECKING:
    import polars as pl

DAY = ProviderDay(date(2025, 10, 8), "America/New_York")
CHANNELS = channels_for("NCAAF 03", "NBA 01", "ESPN+ 05")
SHOW = {
    "slot": "ESPN+ 05",
    "kind": "show",
    "title": "The Rich Eisen Show",
    "starts_at": datetime(2025, 10, 8, 16, tzinfo=UTC),
}


def dressed(*rows: dict) -> pl.DataFrame:
    return dress(schedule(decisions_of(*rows), CHANNELS, DAY, load_sports()), "goat", DAY.timezone, load_sports())


def page_of(*rows: dict, name: str = "Demo") -> str:
    return guide_page(CHANNELS, dressed(*rows), [DAY], name, load_sports())


def held(page: str) -> dict:
    return json.loads(re.search(r'id="rows-of-page">(.*?)</script>', page, re.DOTALL)[1])


PAGE = page_of(TROY, BLANK | {"slot": "NBA 01"}, SHOW)


def test_every_channel_is_there_in_the_providers_order_and_fills_its_day():
    guide = held(PAGE)
    assert [name for name, _, _ in guide["channels"]] == ["NCAAF 03", "NBA 01", "ESPN+ 05"]
    for _, _, cells in guide["channels"]:
        starts, lengths = cells[0::3], cells[1::3]
        assert starts[0] == 0
        assert [start + length for start, length in zip(starts, lengths, strict=True)] == [*starts[1:], 24 * 60]


def test_blocks_that_say_the_same_are_shown_as_one():
    guide = held(PAGE)
    blocks = [[guide["texts"][text][3] for text in cells[2::3]] for _, _, cells in guide["channels"]]
    assert blocks == [["filler", "pre", "live", "post"], ["idle"], ["filler", "pre", "live", "post"]]


def test_it_says_when_where_and_how_sure():
    guide = held(PAGE)
    assert (guide["timezone"], guide["zone"], guide["hour12"]) == ("America/New_York", "ET", True)
    assert datetime.fromtimestamp(guide["opens"] / 1000, UTC) == DAY.opens
    assert datetime.fromtimestamp(guide["closes"] / 1000, UTC) == DAY.closes
    assert guide["counts"] == {"events": 1, "matched": 1}  # a show is not an event
    assert guide["leagues"] == {"college-football": "NCAA Football"}
    assert guide["sports"]["football"] == "American football"


def test_an_edition_tells_its_own_zone_over_the_providers_days():
    page = guide_page(CHANNELS, dressed(TROY), [DAY], "Demo, kid-london", load_sports(), "Europe/London")
    guide = held(page)
    assert (guide["timezone"], guide["zone"], guide["hour12"]) == ("Europe/London", "UK", False)
    assert guide["opens"] == held(PAGE)["opens"]
    assert guide["days"] == [0, 19 * 60]  # the day begins at 5 in the morning, and midnight comes 19 hours later
    assert held(PAGE)["days"] == [0]


def test_it_leads_to_the_match_report_where_there_is_one():
    page = guide_page(CHANNELS, dressed(TROY), [DAY], "Demo", load_sports(), report="../report.html")
    assert '<a id="report" href="../report.html">Match report</a>' in page
    assert "report.html" not in PAGE


def test_nothing_in_a_name_can_end_the_script_or_the_title():
    nasty = "</script><script>alert(1)</script><!--"
    page = page_of(TROY | {"match_status": "unmatched", "title": nasty}, name=nasty)
    assert page.count("</script>") == 2
    assert "<script>alert" not in page
    assert any(text[0].endswith(nasty) for text in held(page)["texts"])


def test_neither_streams_nor_pictures_nor_other_addresses_are_in_it():
    assert "provider.invalid" not in PAGE
    without_comments = re.sub(r"^\s*//.*$", "", PAGE, flags=re.MULTILINE)
    assert not re.search(r"//\w", without_comments)


def test_its_policy_allows_its_own_script_and_style_and_no_request():
    policy = unescape(re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', PAGE)[1])
    script = re.search(r"</script>\s*<script>(.*?)</script>", PAGE, re.DOTALL)[1]
    style = re.search(r"<style>(.*?)</style>", PAGE, re.DOTALL)[1]
    digests = [b64encode(sha256(text.encode()).digest()).decode() for text in (script, style)]
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{digests[0]}'; style-src 'sha256-{digests[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_the_same_rows_in_any_order_give_the_same_page():
    rows = dressed(TROY, BLANK | {"slot": "NBA 01"}, SHOW)
    shuffled = rows.sample(fraction=1, shuffle=True, seed=3)
    assert guide_page(CHANNELS.reverse(), shuffled, [DAY], "Demo", load_sports()) == PAGE
