"""The match report: its figures add up, its words are plain, and nothing private or foreign is in it."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from guide_frames import BLANK, TROY, evidence, report_page
from guide_frames import decisions_of as rows_of
from reading import NEW_YORK, SATURDAY, decisions_of, event, events_of, facts

from epg_pipeline.config.sports import load_sports
from epg_pipeline.config.texts import load_texts
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import DECISIONS, EVENTS, MATCH_RATES, empty
from epg_pipeline.domain.matching.diagnosis import DIAGNOSES, diagnosed
from epg_pipeline.pages.report_figures import (
    STATES,
    figures_by_family,
    histogram,
    of_other_days,
    report_slots,
    totals,
    with_states,
)

DAY = ProviderDay(SATURDAY, NEW_YORK)
EVENTS_OF_THE_DAY = (
    event("nba", "Miami Heat", "San Antonio Spurs", "2025-11-16 00:30"),
    event("nba", "Boston Celtics", "Utah Jazz", "2025-11-16 01:00"),
    event("mlb", "Chicago Cubs", "Milwaukee Brewers", "2025-11-15 18:00", event_id="first"),
    event("mlb", "Chicago Cubs", "Milwaukee Brewers", "2025-11-16 00:00", event_id="second"),
)
NAMES = {
    "NBA 01 : Spurs at Heat @ 07:30 PM ET": "matched",
    "NBA 02 : Miami Heat at Zanzibar Dhows @ 07:30 PM ET": "partial",
    "NBA 04 : Miami Heat at Utah Jazz @ 07:30 PM ET": "unmatched",
    "NBA 08 :": "idle",
    "MLB 06 : Brewers at Cubs": "unmatched",
    "ESPN+ 20 : The Pat McAfee Show @ 12:00 PM ET": "show",
}
DECIDED = decisions_of(list(NAMES), *EVENTS_OF_THE_DAY)
DIAGNOSED = diagnosed(DECIDED, events_of(*EVENTS_OF_THE_DAY), DAY, facts())
HISTORY = pl.DataFrame(
    [
        {"day": SATURDAY - timedelta(days=back), "slots": 6, "matched": back, "partial": 1, "unmatched": 3,
         "unparseable": 1, "match_rate": rate}
        for back, rate in ((40, 0.5), (29, 0.125), (3, None), (0, 0.25))
    ],
    schema=MATCH_RATES,
)  # fmt: skip


def page_of(decisions: pl.DataFrame, diagnoses: pl.DataFrame, history: pl.DataFrame = HISTORY, **more) -> str:
    events = events_of(*EVENTS_OF_THE_DAY)
    return report_page(decisions, diagnoses, events, history, DAY, more.pop("name", "Club"), load_sports(), **more)


PAGE = page_of(DECIDED, DIAGNOSED)


def held(page: str) -> dict:
    return json.loads(re.search(r'id="rows-of-page">(.*?)</script>', page, re.DOTALL)[1])


def words(page: str) -> str:
    """What a reader sees of the page's HTML, in one line."""
    body = re.sub(r"<(style|script|noscript)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", body).replace("&quot;", '"').replace("&#x27;", "'").split())


@pytest.mark.parametrize(("name", "state"), NAMES.items())
def test_each_slot_is_in_the_state_a_reader_would_put_it_in(name, state):
    assert with_states(DECIDED).filter(pl.col("name") == name)["state"].item() == state


def test_figures_add_up_whichever_way_they_are_taken():
    total, families = totals(with_states(DECIDED)).row(0, named=True), figures_by_family(with_states(DECIDED))
    assert (total["slots"], total["events"], total["matched"], total["rate"]) == (6, 4, 1, 0.25)
    assert sum(total[state] for state in STATES) == total["slots"]
    for column in ("slots", "events", *STATES):
        assert families[column].sum() == total[column]
    assert families["family"].to_list()[0] == "NBA"  # it misses most
    assert families.filter(family="ESPN+")["rate"].item() is None  # no event, no rate


def test_what_is_set_by_hand_counts_by_what_it_was_set_to():
    by_hand = rows_of(
        TROY | {"match_status": "manual", "confidence": 1.0},
        BLANK | {"match_status": "manual", "confidence": 1.0},
        TROY | {"kind": "show"},  # a card or a race names no two sides
    )
    total = totals(with_states(by_hand)).row(0, named=True)
    assert (total["matched"], total["idle"], total["events"], total["rate"]) == (2, 1, 2, 1.0)


def test_a_histogram_tells_matches_from_guesses_that_fell_short():
    bins = histogram(
        with_states(
            rows_of(
                TROY | {"confidence": 1.0},
                TROY | {"confidence": 0.949},
                TROY
                | {"match_status": "unmatched", "event_id": None, "evidence": evidence(verdict="weak", score=70.8)},
                TROY
                | {
                    "match_status": "unmatched",
                    "event_id": None,
                    "evidence": evidence(verdict="ambiguous", score=112.1),
                },
                BLANK,
            )
        )
    )
    assert bins["from"].to_list() == list(range(0, 100, 5))
    some = {row[0]: row[1:] for row in bins.rows() if row[1] or row[2]}
    assert some == {60: (0, 1), 90: (1, 0), 95: (1, 1)}


def test_names_about_other_days_are_counted_apart():
    missing = TROY | {"match_status": "unmatched", "event_id": None}
    starts = [DAY.opens - timedelta(days=2), DAY.opens - timedelta(hours=20), DAY.opens, DAY.opens + timedelta(days=4)]
    rows = [missing | {"starts_at": start} for start in starts]
    rows.append(missing | {"starts_at": None, "date": date(2025, 5, 1)})
    assert of_other_days(with_states(rows_of(*rows)), DAY) == (2, 1)


def test_the_page_says_how_well_and_why_not_in_plain_words():
    text = words(PAGE)
    for part in (
        "Match report · names of Sat, Nov 15, 2025 · 6 slots",
        "25 % of the 4 names that announce an event found theirs in the schedule",
        "1 Event found", "1 One side known", "2 No event found", "1 Shows", "1 Nothing on",
        "1 One side is not a team on record What to do epg alias add",
        "1 Two events fit equally well What to do epg override pin",
        "NBA 02 : Miami Heat at Zanzibar Dhows @ 07:30 PM ET Nearest: Miami Heat – San Antonio Spurs",
    ):  # fmt: skip
        assert part in text


def test_days_are_shown_as_bars_and_as_a_table_for_a_month_back():
    table = words(re.search(r'<table aria-labelledby="trend-title">.*?</table>', PAGE, re.DOTALL)[0])
    assert "Sat, Nov 15, 2025 6 0 1 3 1 25 %" in table
    assert "Fri, Oct 17, 2025 6 29 1 3 1 12 %" in table
    assert "Wed, Nov 12, 2025 6 3 1 3 1 –" in table  # a day without an event has no rate
    assert "Oct 6" not in table
    assert PAGE.count('<rect class="today"') == 1


def test_every_slot_is_listed_with_its_event_or_why_not():
    report = held(PAGE)
    slots = {row[0]: row[1:] for row in report["slots"]}
    assert list(slots) == ["NBA 01", "NBA 02", "NBA 04", "NBA 08", "MLB 06", "ESPN+ 20"]
    family, name, state, about, league, starts, confidence, cause, why = slots["NBA 01"]
    assert (family, name, state) == ("NBA", "NBA 01 : Spurs at Heat @ 07:30 PM ET", "matched")
    assert (about, cause) == ("Miami Heat – San Antonio Spurs", None)
    assert report["leagues"][league] == "NBA"
    assert datetime.fromtimestamp(starts / 1000, UTC) == datetime(2025, 11, 16, 0, 30, tzinfo=UTC)
    assert confidence > 0.9
    said = [report["lines"][line] for line in why]
    assert said[0].startswith("It is sure: ")
    ambiguous = slots["MLB 06"]
    assert (ambiguous[2], ambiguous[6], ambiguous[7]) == ("unmatched", None, "ambiguous")
    assert report["causes"]["ambiguous"] == "Two events fit equally well"


def test_addresses_in_names_and_the_account_in_them_stay_out():
    secret = "http://provider.invalid/live/USER/PASS/7.ts"
    name = f"NBA 02 : Miami Heat at Zanzibar Dhows {secret}"
    decisions = DECIDED.with_columns(
        name=pl.when(pl.col("slot") == "NBA 02").then(pl.lit(name)).otherwise("name"),
        title=pl.when(pl.col("slot") == "NBA 02").then(pl.lit(f"Heat {secret}")).otherwise("title"),
        evidence=pl.col("evidence").struct.with_fields(first_form=pl.lit(f"odd {secret}")),
    )
    diagnoses = diagnosed(decisions, events_of(*EVENTS_OF_THE_DAY), DAY, facts()).with_columns(similar=pl.lit([secret]))
    page = page_of(decisions, diagnoses)
    assert "USER" not in page
    assert "provider.invalid" not in page
    assert "Miami Heat at Zanzibar Dhows (address)" in page
    without_comments = re.sub(r"^\s*//.*$", "", page, flags=re.MULTILINE)
    assert not re.search(r"//\w", without_comments)


def test_nothing_in_a_name_can_become_markup():
    nasty = '</script><script>alert(1)</script>"><b x='
    changed = {"name": pl.lit(nasty), "family": pl.lit(nasty)}
    page = page_of(DECIDED.with_columns(**changed), DIAGNOSED.with_columns(name=pl.lit(nasty)), name=nasty)
    assert page.count("</script>") == 2
    assert "<script>alert" not in page
    assert "<b x=" not in page
    assert held(page)["slots"][0][1] == nasty


def test_the_same_rows_in_any_order_give_the_same_page():
    shuffled = DECIDED.sample(fraction=1, shuffle=True, seed=3)
    assert page_of(shuffled, DIAGNOSED, HISTORY.reverse()) == PAGE


def test_a_day_without_anything_says_so():
    page = page_of(empty(DECISIONS), empty(DIAGNOSES), empty(MATCH_RATES))
    text = words(page)
    for part in (
        "No slot was matched for this day yet.",
        "No day is on record yet.",
        "No name was like an event of the schedule.",
        "Every name that announces something has its event.",
    ):
        assert part in text
    assert held(page)["slots"] == []


def test_a_day_on_which_nothing_is_on_has_no_rate():
    text = words(page_of(rows_of(BLANK, BLANK), empty(DIAGNOSES), HISTORY.tail(1)))
    assert "– No name announces an event." in text
    assert "This is the first day on record" in text


def test_clocks_follow_the_providers_zone_and_habits():
    assert held(PAGE)["timezone"] == NEW_YORK
    assert held(PAGE)["hour12"] is True
    assert held(page_of(DECIDED, DIAGNOSED, texts=load_texts(clock="24")))["hour12"] is False


def test_sentences_tell_of_events_by_title_also_when_nothing_was_found():
    stated = with_states(DECIDED)
    slots = report_slots(stated, DIAGNOSED, events_of(*EVENTS_OF_THE_DAY), DAY)
    why = dict(slots.select("slot", "why").iter_rows())
    assert "No team on record is called 'Zanzibar Dhows'." in why["NBA 02"]
    assert any("Chicago Cubs – Milwaukee Brewers" in line for line in why["MLB 06"])
    without_events = report_slots(stated, DIAGNOSED, empty(EVENTS), DAY)
    lines = [line for said in without_events["why"].to_list() for line in said]
    assert any(line.startswith("event first") for line in lines)  # no longer at hand: by its id
