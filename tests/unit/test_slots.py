"""Event slots are distinguished from films, series, ordinary channels and headings, and keep one key for ever."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import entries_of, facts, slots_of

from epg_pipeline.domain.frames import KINDS, SLOTS, conform
from epg_pipeline.domain.reading.entries import read_entries

SORTED = [
    # slots with something on
    ("NBA 05: Lakers @ Celtics 7:30 PM ET", "event"),
    ("ESPN+ 05 : The Pat McAfee Show @ 12:00 PM ET", "event"),  # date_readings tells shows apart
    ("LIVE EVENT 34: A vs B", "event"),
    ("US|Peacock PPV 25 | A vs B", "event"),
    ("US: ESPN+ PPV 5 - ACL SIGNATURE | Sat 03 Jan 18:00 | 8K EXCLUSIVE", "event"),
    ("ZZTOP SPORT 7 | A vs B 7:30 PM", "event"),  # of a family that no config knows
    # slots with nothing on
    ("NBA 05:", "placeholder"),
    ("Flo Football 30 :", "placeholder"),
    ("NBA 05 |", "placeholder"),
    ("NBA 05 -", "placeholder"),
    ("LIVE EVENT 18 - NO EVENT", "placeholder"),
    ("UEL 01: No Scheduled Event.", "placeholder"),
    ("Peacock 03: No programmed channel today", "placeholder"),
    ("MLB 33: TBA", "placeholder"),
    ("AT: DAZN PPV 1 - NO EVENT STREAMING - | 8K EXCLUSIVE", "placeholder"),
    ("UK: VIDIO EVENT 3", "placeholder"),
    ("(Fanatiz 012)", "placeholder"),
    ("SKY DE PPV 6: Kein Event", "placeholder"),
    ("FR | LIGUE1+ 4 | Pas d'événement", "placeholder"),
    ("ES: LALIGA PPV 5 | Sin evento", "placeholder"),
    ("SKY PPV 4 | Nessun evento", "placeholder"),
    # headings between channels
    ("##### NBA #####", "placeholder"),
    ("==== Singapore =====", "placeholder"),
    ("★✦★ KINDER SPECIAL BOX ★✦★", "placeholder"),
    ("╔══ PPV EVENTS ══╗", "placeholder"),
    # bare names of games
    ("Newcastle United vs Arsenal", "event"),
    ("Kings @ Maple Leafs", "event"),
    ("Las Vegas Raiders vs New York Giants", "event"),
    ("Villarreal at Barcelona (English)", "event"),
    ("Metz vs. Lorient (03:00 ~ 05:30)", "event"),
    # films and series
    ("Star vs. the Forces of Evil S02 E14", "vod"),
    ("Batman v Superman: Dawn of Justice - 2016", "vod"),
    ("Kramer vs. Kramer (1979)", "vod"),
    ("Ted Lasso S03E12", "vod"),
    ("Man v. Food [24/7]", "linear"),
    ("24/7 FRIENDS", "linear"),
    ("Wild at Heart", "linear"),
    ("Red vs Blue", "linear"),
    ("Freddy vs Jason", "linear"),
    ("V for Vendetta", "linear"),
    ("Man vs. Wild", "linear"),
    # names that look like families and are none
    ("Peacock Original 1 ᴴᴰ", "linear"),
    ("US : Fox Sports 2", "linear"),
    ("US: VIX PREMIUM DEPORTES 8", "linear"),
    ("ESPN8: The Ocho", "linear"),
    ("US : Big Ten Network Overflow 2", "linear"),
    ("OH | Lima | FOX WLIO-D2", "linear"),
    ("Sky Sport 1 HD", "linear"),
    ("beIN Sports 3", "linear"),
    ("TNT Sports 4", "linear"),
    ("Canal+ Sport 360", "linear"),
    ("RTL 102.5", "linear"),
    ("MTV 80s", "linear"),
    ("NRK1", "linear"),
    ("TV 2 Sport 1", "linear"),
    ("Sport 5 Live", "linear"),
    ("ESPN 2 HD", "linear"),
    ("Fox Sports 505", "linear"),
    ("NBA TV HD", "linear"),
    ("NBA Team: Orlando Magic", "linear"),
    ("MLS CF Montreal (HD)", "linear"),
    ("US: NBC 4 LOS ANGELES", "linear"),
    ("CNN International", "linear"),
    ("(no name)", "linear"),
]
KIND_OF = dict(zip([name for name, _ in SORTED], slots_of(*(name for name, _ in SORTED))["kind"], strict=True))


@pytest.mark.parametrize(("name", "kind"), SORTED)
def test_an_entry_is_sorted_by_what_it_is(name, kind):
    assert KIND_OF[name] == kind


def test_only_events_and_placeholders_are_slots():
    frame = slots_of(*(name for name, _ in SORTED))
    assert frame.filter("is_slot")["kind"].unique().sort().to_list() == ["event", "placeholder"]
    assert set(frame.filter(~pl.col("is_slot"))["slot"]) == {""}


def key(name: str) -> str:
    return slots_of(name)["slot"].item()


@pytest.mark.parametrize(
    ("monday", "tuesday"),
    [
        ("NBA 05: Lakers @ Celtics 7:30 PM ET", "NBA 05:"),
        ("US (MLS 028) | MLS: San Jose vs. Austin (2025-10-18 20:55:40)", "US (MLS 028) | (2098-12-31 08:00:01)"),
        ("GAAGO : GAME 01 Cork v Dublin", "GAAGO : GAME 01"),
        ("PT: DAZN PPV 13 - A x B 20:00", "PT: DAZN PPV 13 - NO EVENT STREAMING - | 8K EXCLUSIVE"),
        ("US|Peacock PPV 25 | A vs B", "US|Peacock PPV 25 |"),
        ("MLS 01ⓧ: A vs B", "MLS 01: C vs D"),
    ],
)
def test_a_slot_keeps_its_key_while_its_name_changes(monday, tuesday):
    assert key(monday) == key(tuesday) != ""


def test_two_slots_of_one_shell_have_two_keys_whatever_the_order():
    entries = entries_of("NBA 05: A vs B", "NBA 05: C vs D", "NBA 06: E vs F")
    forward = read_entries(entries, facts()).select("url", "slot")
    backward = read_entries(entries.reverse().with_columns(position=pl.int_range(3, dtype=pl.Int64)), facts()).select(
        "url", "slot"
    )
    assert forward["slot"].n_unique() == 3
    assert forward.sort("url").equals(backward.sort("url"))


def test_a_bare_name_is_keyed_by_the_provider_s_own_id_else_its_stream():
    monday, tuesday = entries_of("Lakers vs Celtics", "Bulls vs Heat"), entries_of("Jets vs Sharks", "Kings vs Stars")

    def keys(entries: pl.DataFrame, *ids: str) -> list[str]:
        return read_entries(entries.with_columns(tvg_id=pl.Series(list(ids))), facts())["slot"].to_list()

    assert keys(monday, "ev1", "ev2") == keys(tuesday.with_columns(url=pl.lit("moved")), "ev1", "ev2")
    assert keys(monday, "", "") == keys(tuesday, "", "")  # the same streams
    assert keys(monday, "sports", "sports") == keys(monday, "", "")  # an id that two share is nobody's own
    assert len({*keys(monday, "ev1", "ev2"), *keys(monday, "", "")}) == 4


def test_a_slot_s_key_does_not_reveal_the_account():
    for slot in slots_of("Lakers vs Celtics", "NBA 05: A vs B", "##### NBA #####")["slot"]:
        assert "USERNAME" not in slot
        assert "PASSWORD" not in slot


def test_the_order_of_the_playlist_changes_no_entry_s_kind():
    shuffled = slots_of(*(name for name, _ in SORTED[::-1]))
    assert dict(zip(shuffled["name"], shuffled["kind"], strict=True)) == KIND_OF


@settings(max_examples=4)
@given(st.lists(st.text(min_size=1, max_size=120), min_size=30, max_size=60))
def test_any_names_are_sorted_and_none_lost(names):
    frame = conform(slots_of(*names), SLOTS, "slots")
    assert frame["name"].to_list() == names
    assert set(frame["kind"]) <= set(KINDS)
    keys = frame.filter("is_slot")["slot"].str.to_lowercase()
    assert keys.n_unique() == keys.len()
    assert (keys != "").all()


def test_an_empty_playlist_has_no_slots():
    assert conform(read_entries(entries_of(), facts()), SLOTS, "slots").is_empty()
