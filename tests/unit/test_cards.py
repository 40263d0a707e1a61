"""Cards, races, tournaments: no home side, found by number, headliners, place and session."""

from __future__ import annotations

import pytest
from reading import decisions_of, event, utc

WEEKEND = (
    event("ufc", "", "", "2025-11-16 03:00", name="UFC 322: Della Maddalena vs. Makhachev"),
    event("ufc", "", "", "2025-11-23 03:00", name="UFC Fight Night: Tsarukyan vs. Hooker"),
    event("boxing", "", "", "2025-11-15 19:00", name="Chris Eubank Jr. vs. Conor Benn 2"),
    event("f1", "", "", "2025-11-16 04:00", name="Las Vegas Grand Prix - Qualifying"),
    event("f1", "", "", "2025-11-17 04:00", name="Las Vegas Grand Prix - Race"),
    event("f1", "", "", "2025-11-15 00:30", name="Las Vegas Grand Prix - fp1"),
    event("f2", "", "", "2025-11-16 02:00", name="Las Vegas - sprint"),
    event("motogp", "", "", "2025-11-15 14:00", name="Valencia - sprint"),
    event("motogp", "", "", "2025-11-16 13:00", name="Valencia - race"),
    event("pga", "", "", "2025-11-15 15:00", name="Butterfield Bermuda Championship - Round 3"),
    event("nba", "Boston Celtics", "Los Angeles Lakers", "2025-11-16 00:30"),
)

MEANT = [
    ("UFC 01: UFC 322: Della Maddalena vs Makhachev @ 10:00 PM ET", "UFC 322: Della Maddalena vs. Makhachev"),
    ("UFC 02: UFC 322 Main Card @ 10:00 PM ET", "UFC 322: Della Maddalena vs. Makhachev"),
    ("LIVE EVENT 03: Makhachev vs. Della Maddalena @ 10:00 PM ET", "UFC 322: Della Maddalena vs. Makhachev"),
    ("UFC 03: UFC 321 @ 10:00 PM ET", None),  # another number
    ("UFC 04: UFC 322 Weigh-In Show @ 12:00 PM ET", None),
    ("UFC 05: UFC 322 Countdown @ 8:00 PM ET", None),
    ("UFC 06: UFC Fight Night: Royval vs. Kape @ 10:00 PM ET", None),
    ("Matchroom Event 01: Eubank Jr vs Benn 2 | 7:00 PM GMT", "Chris Eubank Jr. vs. Conor Benn 2"),
    ("LIVE EVENT 15: Formula 1 Las Vegas Grand Prix Qualifying @ 11:00 PM ET", "Las Vegas Grand Prix - Qualifying"),
    ("LIVE EVENT 16: F1 Las Vegas GP Race @ Nov 16 11:00 PM ET", "Las Vegas Grand Prix - Race"),
    ("LIVE EVENT 17: F1 Las Vegas GP Practice 1 @ Nov 14 7:30 PM ET", "Las Vegas Grand Prix - fp1"),
    ("LIVE EVENT 18: F1 Las Vegas GP Practice 3 @ 7:30 PM ET", None),  # a session that the schedule lacks
    ("LIVE EVENT 19: F1 Las Vegas Post-Race Show @ Nov 17 1:00 AM ET", None),
    ("LIVE EVENT 20: F2 Las Vegas Sprint @ 9:00 PM ET", "Las Vegas - sprint"),
    ("LIVE EVENT 21: MotoGP Valencia Sprint @ 9:00 AM ET", "Valencia - sprint"),
    ("LIVE EVENT 22: PGA Tour: Butterfield Bermuda Championship Round 3 @ 10:00 AM ET",
     "Butterfield Bermuda Championship - Round 3"),
    ("LIVE EVENT 23: PGA Tour: Butterfield Bermuda Championship Round 4 @ Nov 16 10:00 AM ET", None),
    ("LIVE EVENT 24: Las Vegas Raiders Weekly @ 11:00 PM ET", None),
    ("LIVE EVENT 25: Valencia vs Levante @ 9:00 AM ET", None),
]  # fmt: skip


@pytest.fixture(scope="module")
def decisions():
    frame = decisions_of([name for name, _ in MEANT], *WEEKEND)
    return {row["name"]: row for row in frame.iter_rows(named=True)}


@pytest.mark.parametrize(("name", "meant"), MEANT)
def test_an_event_without_sides_is_found_by_its_title(decisions, name, meant):
    assert decisions[name]["event_id"] == meant, decisions[name]["evidence"]


def test_a_found_card_gives_its_name_and_start(decisions):
    card = decisions["UFC 02: UFC 322 Main Card @ 10:00 PM ET"]
    assert card["event_name"] == "UFC 322: Della Maddalena vs. Makhachev"
    assert card["starts_at"] == utc("2025-11-16 03:00")
    assert (card["sport"], card["league"]) == ("mma", "ufc")
    assert not card["home"]
