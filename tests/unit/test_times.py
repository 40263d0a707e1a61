"""A payload's dates, clocks and zones, in every printed form, become one instant in UTC, or none and a reason."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import NEW_YORK, read, readings_of, reads, utc

WEDNESDAY = date(2025, 10, 8)
# Families that know nothing of zones, by the order of their numeric dates.
SHELLS = {None: "FIBA 01: ", "dm": "DAZN BE 01: ", "md": "DAZN CA 01: "}


def read_at(payload: str, day: date = WEDNESDAY, zone: str = NEW_YORK):
    """The reading of one payload of a known slot."""
    return read(SHELLS[None] + payload, day, zone)


def reading_among(group: list, payload: str):
    """The reading of one payload of a group that is read together."""
    payloads = (case if isinstance(case, str) else case[0] for case in group)
    return reads(tuple(SHELLS[None] + text for text in payloads), WEDNESDAY)[SHELLS[None] + payload]


FORMS = [
    ("A at B @ 07:30 PM ET", "2025-10-08 23:30"),
    ("A vs B @ Oct 22 07:00 PM ET", "2025-10-22 23:00"),
    ("A vs B @ 22 Oct 02:00 PM ET", "2025-10-22 18:00"),
    ("A vs B 18 Oct 5:55PM ET", "2025-10-18 21:55"),
    ("A vs B | Sat 4th Oct 2:30PM ET", "2025-10-04 18:30"),
    ("A vs B (2025-10-08 12:30:00)", "2025-10-08 16:30"),
    ("A vs B start:2025-11-14 20:00:00 stop:2025-11-14 22:00:00", "2025-11-15 01:00"),
    ("A vs B @ 19 Oct 20:00 CEST", "2025-10-19 18:00"),
    ("A v B | Saturday, 15 February 2025 15:00", "2025-02-15 20:00"),
    ("A vs B | MLS | March 1 7:30 pm", "2026-03-02 00:30"),
    ("A vs B 11.14 8:00 PM", "2025-11-15 01:00"),
    ("A vs B 9PM ET/6PM PT", "2025-10-09 01:00"),
    ("A vs B - 07:00 PM ET / 05:00 PM MT / 00:00 UK", "2025-10-08 23:00"),
    ("A vs B 20:00 GMT-1", "2025-10-08 21:00"),
    ("A vs B 20:00 GMT+2", "2025-10-08 18:00"),
    ("A vs B 20:00 UTC+10", "2025-10-08 10:00"),
    ("A vs B 15:00 PM", "2025-10-08 19:00"),
    ("A vs B 12:30 AM ET", "2025-10-08 04:30"),
    ("A vs B 12:00 PM ET", "2025-10-08 16:00"),
    ("30 @ Aug A vs B 20:00", "2025-08-31 00:00"),
    ("Chelsea 20:00 Ajax 22/10", "2025-10-23 00:00"),
    ("A @ B | 2025-10-08T23:10:00Z", "2025-10-08 23:10"),
    ("A @ B | 2025-10-08T23:10:00Z (SD)", "2025-10-08 23:10"),
    ("A vs B (Dec 07 @ 09:00 PM PHT)", "2025-12-07 13:00"),
    ("A vs B (07:00PM 09/27/25)", "2025-09-27 23:00"),
    ("18:00 - 28/12/2025 | A vs. B", "2025-12-28 23:00"),
    ("A vs B (03:00 ~ 05:30)", "2025-10-08 07:00"),
    ("Ligue 1: A contre B 21h05", "2025-10-09 01:05"),
    ("A vs B 7 p.m. ET", "2025-10-08 23:00"),
    ("A vs B 7:30p ET", "2025-10-08 23:30"),
    ("A vs B 7pm et", "2025-10-08 23:00"),
    ("A vs B 10:00 PM Eastern", "2025-10-09 02:00"),
    ("A vs B (2025-10-08 17:56:15)", "2025-10-08 21:55"),  # seconds count the slots of one start
]


@pytest.mark.parametrize(("payload", "start"), FORMS)
def test_every_printed_form_is_an_instant(payload, start):
    assert reading_among(FORMS, payload)["starts_at"] == utc(start)


NUMERIC = [
    ("A v B 14/11 20:00", "dm", date(2025, 11, 14)),
    ("A v B 14/11 20:00", "md", date(2025, 11, 14)),  # only one order is possible
    ("A v B 11/14 20:00", "dm", date(2025, 11, 14)),
    ("A v B 05/11 20:00", "dm", date(2025, 11, 5)),
    ("A v B 05/11 20:00", "md", date(2025, 5, 11)),
    ("A v B 09/10 20:00", None, date(2025, 10, 9)),  # no order known: the nearer one
    ("A v B 10/09 20:00", None, date(2025, 10, 9)),
    ("A v B 04.11.2025 20:00", "dm", date(2025, 11, 4)),
]


@pytest.mark.parametrize(("payload", "dates", "meant"), NUMERIC)
def test_a_numeric_date_follows_the_family_then_sense(payload, dates, meant):
    names = tuple(SHELLS[order] + text for text, order, _ in NUMERIC)
    assert reads(names, WEDNESDAY)[SHELLS[dates] + payload]["date"] == meant


@pytest.mark.parametrize(
    ("payload", "day", "meant"),
    [
        ("A v B Jan 2 7:00 PM ET", date(2025, 12, 30), date(2026, 1, 2)),
        ("A v B Dec 30 7:00 PM ET", date(2026, 1, 2), date(2025, 12, 30)),
        ("A v B 29 Feb 7:00 PM ET", date(2024, 2, 27), date(2024, 2, 29)),
        ("A v B 29 Feb 7:00 PM ET", date(2025, 2, 27), date(2024, 2, 29)),  # the nearest year that has one
        ("A v B | Wed 8th Oct 2:30PM ET", WEDNESDAY, date(2025, 10, 8)),
    ],
)
def test_a_date_without_a_year_is_the_nearest_over_new_year_too(payload, day, meant):
    assert read_at(payload, day=day)["date"] == meant


NO_DATES = [
    "A v B | Mon 4th Oct 2:30PM ET",
    "A v B Feb 30 7:00 PM ET",
    "A v B 31/31 20:00",
    "A v B 2025-13-45 20:00",
    "A v B | Sun 31 Jun 20:00",
]


@pytest.mark.parametrize("payload", NO_DATES)
def test_an_impossible_date_or_a_contradicting_weekday_gives_no_date_and_says_so(payload):
    reading = reading_among(NO_DATES, payload)
    assert reading["date"] is None
    assert reading["starts_at"] is None
    assert any("rejected" in rule for rule in reading["rules"])


NO_CLOCKS = ["A v B 25:00", "A v B 12:75 PM", "A v B 99:99", "A v B 31:31:31"]


@pytest.mark.parametrize("payload", NO_CLOCKS)
def test_an_impossible_clock_gives_no_clock(payload):
    reading = reading_among(NO_CLOCKS, payload)
    assert reading["clock"] is None
    assert reading["starts_at"] is None


@pytest.mark.parametrize(
    ("payload", "day", "zone", "start"),
    [
        ("A v B 02:30", date(2025, 3, 9), NEW_YORK, "2025-03-09 07:30"),  # skipped in New York: read an hour later
        ("A v B 01:30", date(2025, 11, 2), NEW_YORK, "2025-11-02 05:30"),  # comes twice: the first
        ("A v B 01:30", date(2025, 3, 30), "Europe/London", "2025-03-30 01:30"),
        ("A v B 00:30", date(2025, 9, 7), "America/Santiago", "2025-09-07 04:30"),  # midnight itself is skipped
    ],
)
def test_skipped_and_repeated_hours_are_instants(payload, day, zone, start):
    assert read_at(payload, day=day, zone=zone)["starts_at"] == utc(start)


def test_an_unstated_zone_is_the_provider_s_and_a_stated_zone_wins():
    given_zone = read_at("A v B 20:00", zone="Europe/London")
    assert (given_zone["starts_at"], given_zone["zone_is_stated"]) == (utc("2025-10-08 19:00"), False)
    stated = read_at("A v B 15:00 ET", zone="Europe/London")
    assert (stated["starts_at"], stated["zone_is_stated"], stated["zone"]) == (utc("2025-10-08 19:00"), True, NEW_YORK)


def test_a_clock_of_another_zone_without_a_date_falls_into_the_day():
    # 00:30 in London is still the evening of this New York day, 22:00 in Tokyo its morning.
    assert read_at("A v B 00:30 UK")["starts_at"] == utc("2025-10-08 23:30")
    assert read_at("A v B 22:00 JST")["starts_at"] == utc("2025-10-08 13:00")


def test_a_far_year_means_that_nothing_is_on():
    assert read_at("A vs B (2098-12-31 08:00:01)")["kind"] == "placeholder"
    assert read_at("A vs B (2099-01-01 00:00:34)")["kind"] == "placeholder"
    assert read_at("A vs B (2025-10-08 08:00:00)")["kind"] == "event"


NO_TIMES = [
    "Food 24/7",
    "Lakers vs 76ers",
    "Schalke 04 v Mainz 05",
    "Hannover 96 v 1860 Munich",
    "Connecticut Sun vs Phoenix",
    "F1 2025",
    "Area 51",
    "Round 9, Group D",
    "May v Mary",
    "Sat.1 Gold",
    "UFC 323",
    "U20 vs U21",
    "24 Hours of Le Mans",
    "Friday Night Lights",
    "March Madness",
    "Mark Dec v Jan Novak",
]


@pytest.mark.parametrize("payload", NO_TIMES)
def test_numbers_and_words_that_are_not_times_give_none(payload):
    reading = reading_among(NO_TIMES, payload)
    assert (reading["date"], reading["clock"], reading["starts_at"]) == (None, None, None)


TITLES = [
    ("Troy at Old Dominion @ 07:30 PM ET", "Troy at Old Dominion"),
    ("Lakers vs Celtics (2025-10-08 12:30:00)", "Lakers vs Celtics"),
    ("Lakers vs Celtics - 07:00 PM ET / 05:00 PM MT / 00:00 UK", "Lakers vs Celtics"),
    ("Lakers vs Celtics | Sat 4th Oct 2:30PM ET", "Lakers vs Celtics"),
    ("03:30PM | St. Pauli vs. Leverkusen | 09/27/25", "St. Pauli vs. Leverkusen"),
    ("Schalke 04 v Mainz 05", "Schalke 04 v Mainz 05"),
    ("The Pat McAfee Show @ 12:00 PM ET", "The Pat McAfee Show"),
    ("The Golazo Show (2025-10-08 19:00:00)", "The Golazo Show"),
    ("BYU Gameday Dec 27 1:30PM ET (2025-12-27 13:30:00)", "BYU Gameday"),
]


@pytest.mark.parametrize(("payload", "title"), TITLES)
def test_a_title_has_no_time_in_it(payload, title):
    assert reading_among(TITLES, payload)["title"] == title


@settings(max_examples=4)
@given(st.lists(st.text(max_size=80), min_size=40, max_size=60))
def test_no_text_yields_a_naive_or_absurd_time(texts):
    _check_sane(texts)


_PIECES = st.sampled_from(
    [
        "@",
        " ",
        ":",
        "/",
        ".",
        "-",
        "|",
        "(",
        "Oct",
        "30",
        "31",
        "2025",
        "2099",
        "0",
        "24",
        "12",
        "60",
        "7",
        "PM",
        "AM",
        "p",
        "ET",
        "CEST",
        "GMT",
        "+",
        "99",
        "Sat",
        "T",
        "Z",
        "h",
        "1st",
        "Feb",
        "29",
        "02",
        "A vs B",
        "24/7",
        "~",
        "stop:",
    ]
)


@settings(max_examples=5)
@given(st.lists(st.lists(_PIECES, max_size=14).map("".join), min_size=60, max_size=80))
def test_no_heap_of_time_parts_yields_a_naive_or_absurd_time(texts):
    _check_sane(texts)


def _check_sane(payloads: list[str]) -> None:
    frame = readings_of([SHELLS[None] + payload for payload in payloads], WEDNESDAY)
    assert frame.height == len(payloads)
    for start, clock in frame.select("starts_at", "clock").iter_rows():
        assert clock is None or isinstance(clock, time)
        if start is not None:
            assert start.tzinfo is not None
            assert datetime(1970, 1, 1, tzinfo=UTC) < start < datetime(2100, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["1" * 5000, "1:" * 3000, "Oct " * 2000, "@ " * 4000, "9" * 300 + ":30 PM ET", "20:00 " * 1000]
)
def test_very_long_texts_are_read(text):
    _check_sane([text])
