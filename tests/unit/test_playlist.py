"""Playlists come in every dialect, and none of them stops the day."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from epg_pipeline.domain.frames import ENTRIES, conform
from epg_pipeline.domain.reading.playlist import parse_playlist
from epg_pipeline.errors import PlaylistError

LIBYA = "ESPN+ 01 : Libya vs. Cabo Verde (Round 9, Group D) @ Oct 08 08:55 AM ET"
URL = "http://provider.invalid/live/USERNAME/PASSWORD/1.ts"


def only(text: str | bytes):
    """The one entry of a playlist."""
    body = text if isinstance(text, bytes) else text.encode()
    entries = parse_playlist(body)
    assert entries.height == 1
    return entries.row(0, named=True)


def entry_of(extinf: str, *lines: str):
    """The entry of a playlist whose only EXTINF line is this one."""
    return only("\n".join(["#EXTM3U", extinf, *lines, URL]))


def test_an_entry_has_its_place_name_attributes_and_address():
    entry = entry_of(
        '#EXTINF:-1 tvg-id="nba.5" tvg-name="NBA 05" tvg-logo="http://art.invalid/n.png" group-title="NBA",NBA 05:'
    )
    assert entry == {
        "position": 0,
        "name": "NBA 05:",
        "tvg_id": "nba.5",
        "tvg_name": "NBA 05",
        "logo": "http://art.invalid/n.png",
        "group_title": "NBA",
        "options": "",
        "url": URL,
    }


AGENT, STREAM = "#EXTVLCOPT:http-user-agent=Box/1", "#KODIPROP:inputstream=inputstream.adaptive"


@pytest.mark.parametrize(
    "body",
    [
        f"#EXTM3U\n#EXTINF:-1,A\n{AGENT}\n{STREAM}\n{URL}\n#EXTINF:-1,B\n{URL}",
        f"#EXTM3U\r\n{AGENT}\r\n{STREAM}\r\n#EXTINF:-1,A\r\n{URL}\r\n#EXTINF:-1,B\r\n{URL}",  # some put them before
        f"#EXTM3U\n#EXTINF:-1,A\n{AGENT}\n#EXTGRP:x\n# a remark\n{STREAM}\n{URL}\n#EXTINF:-1,B\n{URL}\n{AGENT}",
        f"#EXTM3U\n#EXTINF:-1,A\n{AGENT}\n{STREAM}\n#EXTINF:-1,B\n{URL}",  # A lacks its address
    ],
)
def test_player_options_stay_with_their_entry(body):
    entries = parse_playlist(body.encode())
    assert entries.select("name", "options").rows() == [("A", f"{AGENT}\n{STREAM}"), ("B", "")]


def test_entries_keep_the_order_of_the_playlist():
    body = "#EXTM3U\n" + "".join(f"#EXTINF:-1,Channel {n}\n{URL}\n" for n in (3, 1, 2))
    entries = parse_playlist(body.encode())
    assert entries["name"].to_list() == ["Channel 3", "Channel 1", "Channel 2"]
    assert entries["position"].to_list() == [0, 1, 2]
    conform(entries, ENTRIES, "entries")


@pytest.mark.parametrize(
    ("extinf", "name"),
    [
        ('#EXTINF:-1 tvg-name="A",B', "B"),
        ("#EXTINF:-1,A", "A"),
        ("#EXTINF:0,A", "A"),
        ("#EXTINF:-1 ,A", "A"),
        ("#extinf:-1,A", "A"),
        ("#EXTINF:-1.5,A", "A"),
        ("#EXTINF:-1 tvg-name='A, or B',C", "C"),
        ('#EXTINF:-1 tvg-name = "A" group-title = "G" ,C', "C"),
        ("#EXTINF:-1 tvg-id=plain,C", "C"),
        # commas inside attributes, and in the name itself
        (
            '#EXTINF:-1 tvg-name="' + LIBYA + '" group-title="E",' + LIBYA,
            LIBYA,
        ),
        ('#EXTINF:-1 tvg-id="" group-title="A, B",Lions, Tigers and Bears', "Lions, Tigers and Bears"),
        # broken quotes: one in the middle of a value, one that never closes
        ('#EXTINF:-1 tvg-name="The "Big" Game, live" group-title="G",The Big Game', "The Big Game"),
        ('#EXTINF:-1 tvg-id="x" tvg-name="NBA 01: A vs B group-title="G",NBA 01: A vs B', "NBA 01: A vs B"),
        # no comma, no name
        ('#EXTINF:-1 tvg-name="Only here"', "Only here"),
        ('#EXTINF:-1 tvg-name="Only here",', "Only here"),
        ("#EXTINF:-1", "(no name)"),
    ],
)
def test_the_name_is_what_stands_after_the_last_attribute(extinf, name):
    assert entry_of(extinf)["name"] == name


@pytest.mark.parametrize(
    "body",
    [
        f"#EXTM3U\n#EXTINF:-1,A\n{URL}\n",
        f"#EXTINF:-1,A\n{URL}",  # the header is missing
        f"\ufeff#EXTM3U\n#EXTINF:-1,A\n{URL}",  # byte order mark
        f"#EXTM3U\r\n#EXTINF:-1,A\r\n{URL}\r\n",
        f"#EXTM3U\r#EXTINF:-1,A\r{URL}\r",
        f"\n\n  #EXTM3U  \n\n  #EXTINF:-1,A  \n\n  {URL}  \n\n",
        f"#EXTM3U\n# a remark\n#EXTINF:-1,A\n#EXTVLCOPT:http-user-agent=x\n#KODIPROP:inputstream=y\n# another\n{URL}",
        f'#EXTM3U url-tvg="http://guide.invalid/a,b.xml" x-tvg-url="c"\n#EXTINF:-1,A\n{URL}',
    ],
)
def test_headers_line_ends_remarks_and_options_change_nothing(body):
    entry = only(body)
    assert (entry["name"], entry["url"]) == ("A", URL)


def test_undeclared_gzip_is_unpacked():
    assert only(gzip.compress(f"#EXTM3U\n#EXTINF:-1,A\n{URL}".encode()))["name"] == "A"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_usual_encoding_is_read(encoding):
    assert only(f"#EXTM3U\n#EXTINF:-1,Köln – Bodø\n{URL}".encode(encoding))["name"] == "Köln – Bodø"


def test_a_latin_byte_does_not_spoil_the_utf_8_around_it():
    body = f"#EXTM3U\n#EXTINF:-1,Köln\n{URL}\n#EXTINF:-1,".encode() + b"M\xfcnchen\n" + URL.encode()
    assert parse_playlist(body)["name"].to_list() == ["Köln", "München"]


def test_a_group_line_gives_the_group_unless_the_attribute_does():
    assert entry_of("#EXTINF:-1,A", "#EXTGRP: Sports ")["group_title"] == "Sports"
    assert entry_of('#EXTINF:-1 group-title="NBA",A', "#EXTGRP:Sports")["group_title"] == "NBA"


def test_an_entry_without_an_address_keeps_its_place_and_takes_no_other_address():
    body = f"#EXTM3U\n#EXTINF:-1,A\n#EXTINF:-1,B\n{URL}"
    entries = parse_playlist(body.encode())
    assert entries.select("name", "url").rows() == [("A", ""), ("B", URL)]


def test_an_address_without_a_name_is_not_an_entry():
    assert (
        only(f"#EXTM3U\nhttp://provider.invalid/stray\n#EXTINF:-1,A\n{URL}\nhttp://provider.invalid/second")["url"]
        == URL
    )


def test_names_and_ids_may_repeat():
    body = "#EXTM3U\n" + f'#EXTINF:-1 tvg-id="x",A\n{URL}\n' * 3
    assert parse_playlist(body.encode())["name"].to_list() == ["A"] * 3


def test_a_very_long_address_is_kept_whole():
    address = "http://provider.invalid/" + "a" * 100_000
    assert only(f"#EXTM3U\n#EXTINF:-1,A\n{address}")["url"] == address


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n ", "empty"),
        (b"<!DOCTYPE html><html>USERNAME</html>", "web page"),
        (b"  <HTML><body>USERNAME</body>", "web page"),
        (b'{"user_info": {"username": "USERNAME"}}', "JSON"),
        (b"#EXTM3U\n", "no #EXTINF"),
        (b"Error 884: USERNAME", "no #EXTINF"),
        (gzip.compress(b"#EXTM3U\n#EXTINF:-1,A\nx" * 50, mtime=0)[:-12], "cut short"),
        (b"\x1f\x8bUSERNAME", "gzip"),
        (gzip.compress(b"", mtime=0), "empty"),
    ],
)
def test_other_content_is_refused_and_never_quoted(body, message):
    with pytest.raises(PlaylistError, match=message) as refusal:
        parse_playlist(body)
    assert "USERNAME" not in str(refusal.value)


@given(st.binary(max_size=400))
def test_junk_is_refused_in_one_way(junk):
    try:
        entries = parse_playlist(junk)
    except PlaylistError:
        return
    conform(entries, ENTRIES, "entries")


@settings(max_examples=150)
@given(
    st.lists(st.text(alphabet=st.sampled_from("#EXTINFMGRP:-1 =\"',tvgname\n\r\t\\<>{}é\x00\x1f\ufeff"), max_size=40))
)
def test_junk_that_looks_like_a_playlist_gives_named_entries(lines):
    body = "#EXTM3U\n#EXTINF:-1,A\n" + "\n#EXTINF:-1 ".join(lines)
    entries = parse_playlist(body.encode())
    assert entries.height >= 1
    assert entries["name"].str.len_chars().min() >= 1
    assert entries.null_count().sum_horizontal().item() == 0


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=60))
def test_any_name_is_kept_as_printed(name):
    # A name that itself looks like attributes is another matter; quotes and "=" are left to the cases above.
    if any(mark in name for mark in "\"'=") or name != name.strip():
        return
    assert entry_of(f'#EXTINF:-1 tvg-id="a" group-title="b",{name}')["name"] == name


def test_thirty_thousand_entries_are_read():
    body = "#EXTM3U\n" + "".join(f'#EXTINF:-1 tvg-id="{n}",NBA {n}: A vs B\n{URL}\n' for n in range(30_000))
    entries = parse_playlist(body.encode())
    assert entries.height == 30_000
    assert entries["tvg_id"].n_unique() == 30_000
