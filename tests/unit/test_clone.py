"""The clone playlist: every stream of the provider, tied to its guide."""

from __future__ import annotations

import polars as pl
import pytest
from guide_frames import channels_for
from ipytv.playlist import loads

from epg_pipeline.domain.guide.private_playlist import clone_playlist
from epg_pipeline.domain.reading.playlist import parse_playlist

GUIDE_URL = "http://127.0.0.1:8080/guides/demo/guide.xml"


def test_an_entry_holds_the_guides_id_and_the_viewers_stream():
    text = clone_playlist(channels_for("NBA 01"), GUIDE_URL).decode()
    assert text == (
        f'#EXTM3U x-tvg-url="{GUIDE_URL}"\n'
        '#EXTINF:-1 tvg-id="NBA-01.demo" tvg-chno="1" tvg-name="NBA 01" tvg-logo="https://art.example/slot.png" '
        'group-title="Sports",NBA 01\nhttp://provider.invalid/USERNAME/PASSWORD/0\n'
    )


def test_entries_stand_in_the_providers_order_whatever_the_rows():
    channels = channels_for("NFL 01", "NBA 02", "NBA 01")
    playlist = clone_playlist(channels.reverse(), GUIDE_URL)
    assert parse_playlist(playlist)["name"].to_list() == ["NFL 01", "NBA 02", "NBA 01"]
    assert playlist == clone_playlist(channels, GUIDE_URL)


def test_quotes_and_line_breaks_cannot_break_an_entry():
    channels = channels_for("NBA 01", "NBA 02").with_columns(group_title=pl.lit('The "best"\r\n#EXTINF:-1,x'))
    entries = parse_playlist(clone_playlist(channels, GUIDE_URL))
    assert entries["name"].to_list() == ["NBA 01", "NBA 02"]
    assert set(entries["group_title"]) == {"The 'best' #EXTINF:-1,x"}


def test_the_providers_lines_on_how_to_ask_for_a_stream_stay_and_its_groups_lines_do_not():
    sent = (
        '#EXTM3U\n#EXTINF:-1 group-title="A",NBA 01: x vs y @ 7 PM\n#EXTGRP:B\n#EXTVLCOPT:http-user-agent=Box/1\n'
        "#KODIPROP:inputstream=inputstream.ffmpegdirect\nhttp://provider.invalid/USERNAME/PASSWORD/1\n"
    )
    options = parse_playlist(sent.encode())["options"][0]
    channels = channels_for("NBA 01").with_columns(options=pl.lit(options))
    assert clone_playlist(channels, GUIDE_URL).decode().splitlines()[2:] == [
        "#EXTVLCOPT:http-user-agent=Box/1",
        "#KODIPROP:inputstream=inputstream.ffmpegdirect",
        "http://provider.invalid/USERNAME/PASSWORD/0",
    ]


@pytest.mark.parametrize(
    "key", ['The "Big" One, A & B', "A, B", "Tom's = 'tv'", 'x="y", tvg-id="z"', "日本, 100%", "\u200b"]
)
def test_a_name_is_the_same_in_guide_and_playlist_for_other_readers_too(key):
    channels = channels_for(key, "NBA 01")
    text = clone_playlist(channels, GUIDE_URL).decode()
    own = [(row["name"], row["tvg_name"], row["tvg_id"]) for row in parse_playlist(text.encode()).to_dicts()]
    read = [
        (item.name, *(item.attributes[name] for name in ("tvg-name", "tvg-id"))) for item in loads(text).get_channels()
    ]
    assert own == read == [(row["display_name"], row["display_name"], row["channel_id"]) for row in channels.to_dicts()]
    assert text.count('"') == 2 + 2 * 10


def test_a_slot_without_a_stream_is_left_out():
    channels = channels_for("NBA 01", "NBA 02").with_columns(
        url=pl.when(pl.col("slot") == "NBA 02").then("url").otherwise(pl.lit(""))
    )
    assert parse_playlist(clone_playlist(channels, GUIDE_URL))["name"].to_list() == ["NBA 02"]


def test_no_channels_leave_the_header():
    assert clone_playlist(channels_for(), GUIDE_URL).decode() == f'#EXTM3U x-tvg-url="{GUIDE_URL}"\n'
