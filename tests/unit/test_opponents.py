"""Opponents are read as printed, in printed order, whatever parts them."""

from __future__ import annotations

import pytest
from reading import Cases, read

PAIRS = Cases(
    # separators
    ("NBA 01: Lakers vs Celtics", "Lakers", "Celtics"),
    ("NBA 01: Lakers vs. Celtics", "Lakers", "Celtics"),
    ("NBA 01: Lakers v Celtics", "Lakers", "Celtics"),
    ("NBA 01: LAKERS VS CELTICS", "LAKERS", "CELTICS"),
    ("NBA 01: Lakers at Celtics", "Lakers", "Celtics"),
    ("NBA 01: Lakers @ Celtics", "Lakers", "Celtics"),
    ("NBA 01: Lakers x Celtics", "Lakers", "Celtics"),
    ("NBA 01: Lakers - Celtics 7:30 PM ET", "Lakers", "Celtics"),
    ("NBA 01: Lakers – Celtics 7:30 PM ET", "Lakers", "Celtics"),
    ("LIVE EVENT 02: PSG contre Nice 21:00", "PSG", "Nice"),
    # "@" parts teams, or starts the time
    ("NCAAF 03 : Troy at Old Dominion @ 07:30 PM ET", "Troy", "Old Dominion"),
    ("NCAAF 11 : Troy Trojans @ Old Dominion Monarchs 7:30PM ET", "Troy Trojans", "Old Dominion Monarchs"),
    ("NCAAF 12 : Troy @ Old Dominion @ 7:30PM ET", "Troy", "Old Dominion"),
    ("ESPN+ 20 : A&M-Commerce vs. Lamar @ Oct 22 07:00 PM ET", "A&M-Commerce", "Lamar"),
    # ranks, rounds, records, brackets
    ("ESPN+ 20 : #25 Kentucky vs. #20 Georgia Southern @ Oct 22 07:00 PM ET", "Kentucky", "Georgia Southern"),
    ("ESPN+ 21 : No. 4 Duke vs. No. 12 Kansas @ Oct 22 07:00 PM ET", "Duke", "Kansas"),
    ("ESPN+ 01 : Libya vs. Cabo Verde (Round 9, Group D) @ Oct 08 08:55 AM ET", "Libya", "Cabo Verde"),
    ("US (MLS 028) | MLS: San Jose vs. Austin (English) (2025-10-18 20:55:40)", "San Jose", "Austin"),
    ("NBA 01: Lakers vs Celtics [1080p]", "Lakers", "Celtics"),
    ("NBA 01: Lakers vs Celtics (NBA TV Feed)", "Lakers", "Celtics"),
    ("NBA 01: Lakers vs Celtics FHD", "Lakers", "Celtics"),
    ("(FLSP 01) | flohockey: Ajax vs Blades (Ajax vs Blades) (2026-01-03 13:01:35)", "Ajax", "Blades"),
    # a bracket that is part of a name
    ("ESPN+ 24 : Wheaton (MA) vs. Miami (OH) @ Oct 22 07:00 PM ET", "Wheaton (MA)", "Miami (OH)"),
    # competitions before and behind
    ("LIVE EVENT 01: English Football League: Hull City vs Millwall @ 3:00 PM", "Hull City", "Millwall"),
    ("Germany - Bundesliga 2 : Bochum vs Kiel", "Bochum", "Kiel"),
    ("[19:15] Portugal - Primeira Liga : Casa Pia vs Sporting CP - beIN Sports 3 France", "Casa Pia", "Sporting CP"),
    ("SEC+ / ACC extra 01 : Soccer (W) | Auburn at LSU", "Auburn", "LSU"),
    ("ESPN+ 19 : En Español-Real Sociedad vs. Girona FC @ Dec 12 02:55 PM ET", "Real Sociedad", "Girona FC"),
    ("AU (STAN 13) | Bath v Exeter _ PREM Rugby Round 9 2025/26 (2026-01-04 02:00:12)", "Bath", "Exeter"),
    ("【NBA】Utah Jazz VS Charlotte Hornets", "Utah Jazz", "Charlotte Hornets"),
    ("FULHAM vs EVERTON (ENGLISH PREMIER LEAGUE)", "FULHAM", "EVERTON"),
    # the time stands between
    ("UEFA Champions League 03 : Real Madrid 20:00 Juventus  22/10", "Real Madrid", "Juventus"),
    ("EPL01: Brighton 12:30 Man Utd 24/08", "Brighton", "Man Utd"),
    # reserve, youth and women's sides keep their mark
    ("USA Soccer01: LAFC 2 vs Tacoma Defiance @ 7:00 PM", "LAFC 2", "Tacoma Defiance"),
    ("USA Soccer01: Wales U20 vs England U20 @ 7:00 PM", "Wales U20", "England U20"),
    ("USA Soccer01: Bayern II vs Real Madrid Castilla @ 7:00 PM", "Bayern II", "Real Madrid Castilla"),
    # names that bear a separator's letters, digits or marks
    ("USA Soccer01: Al-Hilal vs Saint-Étienne @ 7:00 PM", "Al-Hilal", "Saint-Étienne"),
    ("USA Soccer01: FC Schalke 04 vs 1. FSV Mainz 05 @ 7:00 PM", "FC Schalke 04", "1. FSV Mainz 05"),
    ("USA Soccer01: Bodø/Glimt vs NJ/NY Gotham @ 7:00 PM", "Bodø/Glimt", "NJ/NY Gotham"),
    ("USA Soccer01: Atletico-MG x Vasco @ 7:00 PM", "Atletico-MG", "Vasco"),
    ("Tennis 01 : Bopanna/Ebden vs Ram/Salisbury @ 7:00 PM", "Bopanna/Ebden", "Ram/Salisbury"),
    ("AFL TV 01: Geelong Cats v St Kilda", "Geelong Cats", "St Kilda"),
    ("NBA 01: 76ers @ Mavs", "76ers", "Mavs"),
)


@pytest.mark.parametrize(("name", "first", "second"), PAIRS.cases)
def test_opponents_are_read_as_printed(name, first, second):
    reading = PAIRS.read(name)
    assert (reading["kind"], reading["first"], reading["second"]) == ("event", first, second)


ALONE = Cases(
    ("ESPN+ 05 : The Pat McAfee Show @ 12:00 PM ET",),
    ("Paramount+ 04: UEFA Champions League: The Golazo Show (2025-10-08 19:00:00)",),
    ("MLS 04 | MLS 360 @ 7:00 PM ET",),
    ("Peacock 03: Sunday Night Football Pregame @ 7:00 PM ET",),
    ("LIVE EVENT 15: Formula 1 Las Vegas Grand Prix Qualifying @ 11:00 PM ET",),
)


@pytest.mark.parametrize("name", [name for (name,) in ALONE.cases])
def test_a_show_has_no_opponents(name):
    reading = ALONE.read(name)
    assert (reading["first"], reading["second"]) == (None, None)
    assert reading["kind"] == "show"
    assert reading["title"]


def test_a_show_at_night_has_no_opponents():
    assert read("ESPN+ 06 : SportsCenter at Night @ 11:00 PM ET")["first"] is None


COVERAGE = Cases(
    ("NBA 01: Lakers vs Celtics @ 7:30 PM ET", "live"),
    ("NBA 01: REPLAY: Lakers vs Celtics @ 7:30 PM ET", "replay"),
    ("NBA 01: Lakers vs Celtics (Replay) @ 7:30 PM ET", "replay"),
    ("NBA 01: Lakers vs Celtics Re-Air", "replay"),
    ("NBA 01: Encore: Lakers vs Celtics", "replay"),
    ("NBA 01: Lakers vs Celtics (R)", "replay"),
    ("NBA 01: Wiederholung: Lakers vs Celtics", "replay"),
    ("NBA 01: Rediffusion : Lakers vs Celtics", "replay"),
    ("NBA 01: Repetición: Lakers vs Celtics", "replay"),
    ("NBA 01: Highlights: Lakers vs Celtics", "highlights"),
    ("NBA 01: Lakers vs Celtics Recap", "highlights"),
    ("NBA 01: Lakers vs Celtics Condensed", "highlights"),
    ("NBA 01: Resumen Lakers vs Celtics", "highlights"),
    ("NBA 01: Zusammenfassung: Lakers vs Celtics", "highlights"),
    ("NBA 01: Pregame Show: Lakers vs Celtics", "pregame"),
    ("NBA 01: Previa: Lakers vs Celtics", "pregame"),
    ("NBA 01: Lakers vs Celtics Preview", "pregame"),
    ("NBA 01: Postgame Press Conference: Lakers vs. Celtics (Game 3) @ Oct 08 10:00PM ET", "press"),
)


def test_a_series_length_is_not_a_highlights_reel():
    assert read("LIVE EVENT 09: ALDS Game 2 (Best of 5): Yankees vs Red Sox 7pm ET")["coverage"] == "live"


@pytest.mark.parametrize(("name", "coverage"), COVERAGE.cases)
def test_coverage_of_an_event_is_not_the_event(name, coverage):
    assert COVERAGE.read(name)["coverage"] == coverage


GENDERS = Cases(
    ("ESPN+ 01 : Women's Basketball: A vs B", "women"),
    ("ESPN+ 01 : Basketball (W): A vs B", "women"),
    ("ESPN+ 01 : Arsenal Women vs Chelsea Women", "women"),
    ("ESPN+ 01 : Arsenal W vs Chelsea W", "women"),
    ("ESPN+ 01 : Bayern Frauen vs Wolfsburg Frauen", "women"),
    ("ESPN+ 01 : Barcelona Femenino vs Madrid Femenino", "women"),
    ("ESPN+ 01 : PSG Féminines vs Lyon Féminines", "women"),
    ("WNBA 01: Aces vs Mercury", "women"),
    ("ESPN+ 01 : Men's Soccer: A vs B", "men"),
    ("ESPN+ 01 : Soccer (M) | A vs B", "men"),
    ("ESPN+ 01 : A vs B", None),
    ("ESPN+ 01 : Mendoza vs Womack", None),
)


@pytest.mark.parametrize(("name", "gender"), GENDERS.cases)
def test_a_stated_gender_is_read(name, gender):
    assert GENDERS.read(name)["gender"] == gender


SIDES = Cases(
    ("USA Soccer01: LAFC 2 vs Tacoma Defiance", "reserve"),
    ("USA Soccer01: Bayern II vs Ulm", "reserve"),
    ("USA Soccer01: Real Sociedad B vs Gijón", "reserve"),
    ("USA Soccer01: Wales U20 vs England U20", "u20"),
    ("USA Soccer01: Wales U-21 vs England U-21", "u21"),
    ("USA Soccer01: Chelsea vs Arsenal", None),
    ("USA Soccer01: Schalke 04 vs Mainz 05", None),
)


@pytest.mark.parametrize(("name", "side"), SIDES.cases)
def test_a_reserve_or_youth_side_is_distinguished(name, side):
    assert SIDES.read(name)["side"] == side


CODES = Cases(
    *(
        (form.format(slot=slot, code=code), code)
        for slot, code in enumerate(("DEN", "DEL", "ORE", "MON", "TOR", "MAR", "OTT", "MIN", "MAN", "PER"))
        for form in (
            "NBA {slot:02} : LAC vs {code} @ 07:25 PM ET",
            "NBA {slot:02} : LAC @ {code} 7:25 PM ET",
            "NBA {slot:02} : LAC vs {code} @ Oct 22 07:00 PM ET",
        )
    )
)


@pytest.mark.parametrize(("name", "code"), CODES.cases)
def test_a_code_that_is_also_a_word_of_time_stays_a_side(name, code):
    # Denver is German for "the", Oregon Italian for "hours", Montreal and Toronto are weekdays somewhere.
    reading = CODES.read(name)
    assert (reading["first"], reading["second"]) == ("LAC", code)
    assert reading["clock"] is not None
