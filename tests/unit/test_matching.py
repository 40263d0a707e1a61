"""A name finds the event both its sides mean, or none: a wrong event in a guide is worse than none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import SATURDAY, decided, decisions_of, event, events_of, facts, readings_of, utc

from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import DECISIONS, MATCH_STATUSES, conform
from epg_pipeline.domain.matching.decide import decide

# One Saturday's schedule of look-alikes; a name of each case means one of these by "home v away", or none.
TONIGHT = (
    event("nhl", "Detroit Red Wings", "Tampa Bay Lightning", "2025-11-16 00:00", home_abbr="DET", away_abbr="TB"),
    event("nhl", "Colorado Avalanche", "San Jose Sharks", "2025-11-16 02:00", home_abbr="COL", away_abbr="SJ"),
    event("nhl", "Los Angeles Kings", "Ottawa Senators", "2025-11-16 03:00", home_abbr="LA", away_abbr="OTT"),
    event("mlb", "Detroit Tigers", "Tampa Bay Rays", "2025-11-16 00:00", home_abbr="DET", away_abbr="TB"),
    event("mlb", "Cleveland Guardians", "Minnesota Twins", "2025-11-15 18:10"),
    event("mlb", "Cleveland Guardians", "Minnesota Twins", "2025-11-15 23:40", event_id="second game"),
    event("nba", "Detroit Pistons", "Sacramento Kings", "2025-11-16 00:00", home_abbr="DET", away_abbr="SAC"),
    event("nba", "Boston Celtics", "Los Angeles Lakers", "2025-11-16 00:30", home_abbr="BOS", away_abbr="LAL"),
    event("usa.1", "San Diego FC", "Colorado Rapids", "2025-11-16 02:30"),
    event("usa.mlsnp", "LAFC 2", "Tacoma Defiance", "2025-11-16 02:00"),
    event("usa.1", "LAFC", "Seattle Sounders FC", "2025-11-16 03:30"),
    event("college-football", "Old Dominion Monarchs", "Troy Trojans", "2025-11-16 00:30"),
    event("college-football", "Miami (OH) RedHawks", "Toledo Rockets", "2025-11-15 17:00"),
    event("college-football", "Miami Hurricanes", "NC State Wolfpack", "2025-11-15 20:30"),
    event("college-football", "Kansas State Wildcats", "Kansas Jayhawks", "2025-11-15 17:00"),
    event(
        "mens-college-basketball",
        "Indiana Hoosiers",
        "Kentucky Wildcats",
        "2025-11-16 01:00",
        event_id="men: Kentucky at Indiana",
    ),
    event(
        "womens-college-basketball",
        "Indiana Hoosiers",
        "Kentucky Wildcats",
        "2025-11-15 19:00",
        event_id="women: Kentucky at Indiana",
    ),
    event("eng.1", "Chelsea", "Arsenal", "2025-11-15 15:00", event_id="men: Chelsea v Arsenal"),
    event("eng.w.1", "Chelsea", "Arsenal", "2025-11-15 12:00", event_id="women: Chelsea v Arsenal"),
    event("eng.1", "Manchester City", "Liverpool", "2025-11-16 16:30"),
    event("ger.1", "1. FC Köln", "Borussia Mönchengladbach", "2025-11-15 14:30"),
    event("por.1", "Sporting CP", "FC Porto", "2025-11-15 20:30"),
    event("esp.2", "Sporting Gijón", "Racing Santander", "2025-11-15 20:30"),
    event("uefa.champions", "Real Madrid", "Juventus", "2025-11-15 20:00"),
    event("fifa.worldq", "Cape Verde", "Libya", "2025-11-15 13:00"),
)

MEANT = (
    # forms of a team
    ("NCAAF 03 : Troy at Old Dominion @ 07:30 PM ET", "Old Dominion Monarchs v Troy Trojans"),
    ("NCAAF 11 : Troy Trojans @ Old Dominion Monarchs 7:30PM ET", "Old Dominion Monarchs v Troy Trojans"),
    ("NBA 01: Lakers @ Celtics", "Boston Celtics v Los Angeles Lakers"),
    ("NBA 02: LAL @ BOS 7:30 PM", "Boston Celtics v Los Angeles Lakers"),
    ("NBA 03: LA Lakers vs Boston 7:30 PM ET", "Boston Celtics v Los Angeles Lakers"),
    ("USA Soccer01: Los Angeles Football Club vs Seattle Sounders @ 10:30 PM ET", "LAFC v Seattle Sounders FC"),
    ("UEFA Champions League 03 : Real Madrid 20:00 Juve  15/11", "Real Madrid v Juventus"),
    ("USA Soccer02: Sporting Lisbon vs Porto @ 3:30 PM ET", "Sporting CP v FC Porto"),
    ("Bundesliga 06: Gladbach vs. Cologne @ 15 Nov 14:30", "1. FC Köln v Borussia Mönchengladbach"),
    ("EPL 03: Man. City v Liverpool 16/11 16:30", "Manchester City v Liverpool"),
    ("ESPN+ 01 : Libya vs. Cabo Verde (Round 9, Group D) @ Nov 15 08:00 AM ET", "Cape Verde v Libya"),
    # the printed order is not home and away
    ("NBA 04: Celtics vs Lakers", "Boston Celtics v Los Angeles Lakers"),
    ("NCAAF 04 : Old Dominion at Troy @ 07:30 PM ET", "Old Dominion Monarchs v Troy Trojans"),
    # both sides must support it: one city has many teams
    ("LIVE EVENT 07: Lightning vs Red Wings @ 7pm ET", "Detroit Red Wings v Tampa Bay Lightning"),
    ("NHL 07: Tampa Bay vs Detroit @ 7pm ET", "Detroit Red Wings v Tampa Bay Lightning"),
    ("MLB 07: Tampa Bay vs Detroit @ 7pm ET", "Detroit Tigers v Tampa Bay Rays"),
    ("LIVE EVENT 08: Kings vs Pistons @ 7pm ET", "Detroit Pistons v Sacramento Kings"),
    ("LIVE EVENT 09: Kings vs Senators @ 10pm ET", "Los Angeles Kings v Ottawa Senators"),
    ("NHL 08: Colorado vs San Diego @ 9:30 PM ET", None),  # a hockey slot is not soccer
    ("LIVE EVENT 10: Tampa Bay vs Detroit @ 7pm ET", None),  # hockey or baseball: can't be distinguished
    ("LIVE EVENT 11: NHL: Tampa Bay vs Detroit @ 7pm ET", "Detroit Red Wings v Tampa Bay Lightning"),
    # schools that look alike
    ("NCAAF 05 : Toledo at Miami (OH) @ 12:00 PM ET", "Miami (OH) RedHawks v Toledo Rockets"),
    ("NCAAF 06 : NC State at Miami @ 03:30 PM ET", "Miami Hurricanes v NC State Wolfpack"),
    ("NCAAF 07 : Toledo at Miami @ 03:30 PM ET", None),
    ("NCAAF 08 : Kansas at Kansas State @ 12:00 PM ET", "Kansas State Wildcats v Kansas Jayhawks"),
    ("NCAAF 09 : Arkansas at Kansas State @ 12:00 PM ET", None),
    ("NCAAF 10 : Old Dominion at Georgia State @ 07:30 PM ET", None),
    # women and men, reserves and first teams
    ("ESPN+ 10 : Women's Basketball: Kentucky vs. Indiana @ Nov 15 02:00 PM ET", "women: Kentucky at Indiana"),
    ("ESPN+ 11 : Men's Basketball: Kentucky vs. Indiana @ Nov 15 08:00 PM ET", "men: Kentucky at Indiana"),
    ("SOCCER 01 | Arsenal Women vs Chelsea Women | 12:00 GMT", "women: Chelsea v Arsenal"),
    ("SOCCER 02 | Arsenal vs Chelsea | 15:00 GMT", "men: Chelsea v Arsenal"),
    ("SOCCER 03 | Arsenal U21 vs Chelsea U21 | 15:00 GMT", None),
    ("USA Soccer03: LAFC 2 vs Tacoma Defiance @ 9:00 PM ET", "LAFC 2 v Tacoma Defiance"),
    ("USA Soccer04: LAFC 2 vs Seattle Sounders @ 10:30 PM ET", None),
    # the games of a doubleheader are distinguished by the clock or its number
    ("MLB 20: Twins at Guardians @ 01:10 PM ET", "Cleveland Guardians v Minnesota Twins"),
    ("MLB 21: Twins at Guardians @ 06:40 PM ET", "second game"),
    ("MLB 22: Twins at Guardians (Game 1)", "Cleveland Guardians v Minnesota Twins"),
    ("MLB 23: Twins at Guardians (Game 2)", "second game"),
    ("MLB 24: Twins at Guardians", None),
    # coverage of an event is not the event
    ("NBA 10: REPLAY: Lakers @ Celtics @ 7:30 PM ET", None),
    ("NBA 11: Lakers @ Celtics Highlights", None),
    ("NBA 12: Pregame Show: Lakers @ Celtics @ 7:00 PM ET", None),
    ("NBA 13: Postgame Press Conference: Lakers vs. Celtics @ 10:00PM ET", None),
    ("ESPN+ 12 : NBA Today: Lakers and Celtics @ 5:00 PM ET", None),
    # time is a gate for a stated date
    ("NBA 14: Lakers @ Celtics Nov 25 7:30 PM ET", None),
    ("NBA 15: Lakers @ Celtics 10/30 7:30 PM ET", None),
    ("NBA 16: Lakers @ Celtics 2024-11-15 19:30", None),
    # not in the schedule at all
    ("NBA 17: Lakers @ Knicks 7:30 PM ET", None),
    ("EPL 09: Sporting v Arsenal 15:00", None),
    ("Wild at Heart", None),
    ("NBA 18:", None),
    ("NBA 19: Kings of the Court @ 7:00 PM ET", None),
)


@pytest.fixture(scope="module")
def decisions():
    frame = decisions_of([name for name, _ in MEANT], *TONIGHT)
    return {row["name"]: row for row in frame.iter_rows(named=True)}


@pytest.mark.parametrize(("name", "meant"), MEANT)
def test_a_name_finds_the_event_it_means_or_none(decisions, name, meant):
    decision = decisions[name]
    assert decision["event_id"] == meant, decision["evidence"]


def test_a_matched_name_takes_the_canonical_start_sides_and_league(decisions):
    decision = decisions["NCAAF 03 : Troy at Old Dominion @ 07:30 PM ET"]
    assert decision["match_status"] == "matched"
    assert decision["starts_at"] == utc("2025-11-16 00:30")
    assert (decision["home"], decision["away"]) == ("Old Dominion Monarchs", "Troy Trojans")
    assert (decision["league"], decision["sport"]) == ("college-football", "football")
    assert 0.5 < decision["confidence"] <= 1


def test_every_decision_has_its_status_and_evidence(decisions):
    for name, decision in decisions.items():
        assert decision["match_status"] in MATCH_STATUSES
        assert decision["evidence"], name
        assert (decision["event_id"] is not None) == (decision["match_status"] == "matched")
        assert (decision["confidence"] > 0) == (decision["match_status"] == "matched")


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("NBA 17: Lakers @ Knicks 7:30 PM ET", "partial"),  # one side plays tonight, the other doesn't
        ("NBA 18:", "unparseable"),
        ("NBA 19: Kings of the Court @ 7:00 PM ET", "unmatched"),
    ],
)
def test_a_name_without_an_event_says_how_far_it_came(decisions, name, status):
    assert decisions[name]["match_status"] == status


def test_an_ambiguity_names_the_runner_up(decisions):
    evidence = decisions["LIVE EVENT 10: Tampa Bay vs Detroit @ 7pm ET"]["evidence"]
    assert evidence["verdict"] == "ambiguous"
    fitting = {evidence["nearest"], evidence["runner_up"]}
    assert fitting == {"Detroit Tigers v Tampa Bay Rays", "Detroit Red Wings v Tampa Bay Lightning"}


def test_neither_the_playlist_s_nor_the_schedule_s_order_matters(decisions):
    names = [name for name, _ in MEANT]
    turned = decisions_of(names[::-1], *TONIGHT[::-1])
    assert {row["name"]: row["event_id"] for row in turned.iter_rows(named=True)} == {
        name: decision["event_id"] for name, decision in decisions.items()
    }


def test_there_is_one_decision_for_each_reading():
    names = ["NBA 01: Lakers @ Celtics"] * 3 + ["NBA 02:", "Ted Lasso S03E12", "##### NBA #####"]
    frame = conform(decisions_of(names, *TONIGHT), DECISIONS, "decisions")
    assert frame["position"].to_list() == [0, 1, 2, 3, 4, 5]
    assert frame["name"].to_list() == names


def test_one_event_may_stand_on_many_slots():
    names = [f"NBA {slot:02}: Lakers @ Celtics 7:30 PM ET" for slot in range(30)]
    assert set(decisions_of(names, *TONIGHT)["event_id"]) == {"Boston Celtics v Los Angeles Lakers"}


def test_without_events_nothing_is_matched():
    frame = decisions_of(["NBA 01: Lakers @ Celtics 7:30 PM ET", "NBA 02:"])
    assert frame["match_status"].to_list() == ["unmatched", "unparseable"]
    assert frame["starts_at"][0] == utc("2025-11-16 00:30")


def test_a_series_on_consecutive_days_is_distinguished_by_date_and_by_clock():
    games = [
        event("mlb", "New York Yankees", "Boston Red Sox", f"2025-08-{day} {clock}") | {"event_id": day}
        for day, clock in (("22", "23:05"), ("23", "17:05"), ("24", "23:10"))
    ]
    names = [
        "MLB 01: Red Sox @ Yankees Aug 22 7:05 PM ET",
        "MLB 02: Red Sox @ Yankees 1:05 PM ET",
        "MLB 03: Red Sox @ Yankees Aug 24 7:10 PM ET",
        "MLB 04: Red Sox @ Yankees",
        "MLB 05: Red Sox @ Yankees Aug 25 1:05 PM ET",
    ]
    found = decisions_of(names, *games, day=date(2025, 8, 23))
    assert found["event_id"].to_list()[:4] == ["22", "23", "24", "23"]
    assert found["event_id"][4] is None


def test_reversed_fixtures_at_one_time_are_distinguished_by_sport_gender_or_not_at_all():
    men = event("mens-college-basketball", "Duke Blue Devils", "Kansas Jayhawks", "2025-11-16 00:00")
    women = event("womens-college-basketball", "Kansas Jayhawks", "Duke Blue Devils", "2025-11-16 00:00")
    name = "ESPN+ 01 : {}Kansas vs. Duke @ Nov 15 07:00 PM ET"
    assert decided(name.format("Women's Basketball: "), men, women)["event_id"] == women["event_id"]
    assert decided(name.format("Men's Basketball: "), men, women)["event_id"] == men["event_id"]


def test_a_printed_zone_that_is_wrong_throughout_a_family_is_learned():
    # The list prints the clock of London and calls it CEST.
    pairs = [
        ("Napoli", "Lecce", "14:00"),
        ("Torino", "Genoa", "17:00"),
        ("Lazio", "Pisa", "19:45"),
        ("Como", "Udinese", "14:00"),
    ]
    games = [event("ita.1", home, away, f"2025-11-15 {start}") for home, away, start in pairs]
    names = [
        f"Serie A {slot:02}: {home} vs. {away} @ 15 Nov {start} CEST" for slot, (home, away, start) in enumerate(pairs)
    ]
    names.append("Serie A 09: Modena vs. Bari @ 15 Nov 18:00 CEST")
    frame = decisions_of(names, *games)
    assert frame["event_id"].to_list()[:4] == [f"{home} v {away}" for home, away, _ in pairs]
    assert frame["event_id"][4] is None
    assert frame["starts_at"][4] == utc("2025-11-15 18:00")
    assert frame["evidence"][4]["offset_minutes"] == 60


def test_an_offset_is_not_learned_from_fewer_than_three():
    pairs = [("Napoli", "Lecce", "14:00"), ("Torino", "Genoa", "17:00")]
    games = [event("ita.1", home, away, f"2025-11-15 {start}") for home, away, start in pairs]
    names = [
        f"Serie A {slot:02}: {home} vs. {away} @ 15 Nov {start} CEST" for slot, (home, away, start) in enumerate(pairs)
    ]
    names.append("Serie A 09: Modena vs. Bari @ 15 Nov 18:00 CEST")
    assert decisions_of(names, *games)["starts_at"][2] == utc("2025-11-15 17:00")


def test_a_list_that_is_right_is_not_moved():
    games = [
        event("nba", home, away, "2025-11-16 00:00")
        for home, away in (
            ("Boston Celtics", "Chicago Bulls"),
            ("Miami Heat", "Utah Jazz"),
            ("Phoenix Suns", "Denver Nuggets"),
        )
    ]
    names = [
        "NBA 01: Bulls @ Celtics 7:00 PM ET",
        "NBA 02: Jazz @ Heat 7:00 PM ET",
        "NBA 03: Nuggets @ Suns 7:00 PM ET",
        "NBA 04: Kings @ Spurs 8:00 PM ET",
    ]
    frame = decisions_of(names, *games)
    assert frame["starts_at"][3] == utc("2025-11-16 01:00")
    assert frame["evidence"][3]["offset_minutes"] is None


@pytest.mark.parametrize("minutes", [5, 15, 30, 60])
def test_a_feed_that_opens_early_is_still_the_game(minutes):
    clock = f"{19 if minutes == 60 else 20}:{(60 - minutes) % 60:02}" if minutes == 60 else f"19:{60 - minutes:02}"
    game = event("nba", "Boston Celtics", "Los Angeles Lakers", "2025-11-16 01:00")
    assert decided(f"NBA 01: Lakers @ Celtics {clock} ET", game)["event_id"] == game["event_id"]


def test_a_game_on_another_day_of_a_home_and_home_is_not_taken():
    there = event("nhl", "Boston Bruins", "Ottawa Senators", "2025-11-14 00:00") | {"event_id": "there"}
    back = event("nhl", "Ottawa Senators", "Boston Bruins", "2025-11-16 00:00") | {"event_id": "back"}
    assert decided("NHL 01: Bruins @ Senators 7:00 PM ET", there, back)["event_id"] == "back"
    assert decided("NHL 01: Senators @ Bruins Nov 13 7:00 PM ET", there, back)["event_id"] == "there"


WORDS = st.sampled_from(
    [
        "Lakers",
        "Celtics",
        "Kings",
        "Boston",
        "Detroit",
        "Tampa Bay",
        "vs",
        "@",
        "at",
        "-",
        "7:30 PM ET",
        "Nov 15",
        "Miami",
        "(OH)",
        "Women",
        "U20",
        "II",
        "replay",
        "NBA 01:",
        "NHL 02:",
        "ESPN+ 03 :",
        "|",
        ":",
        "Real",
        "Madrid",
        "Arsenal",
        "Chelsea",
        "",
    ]
)


@settings(max_examples=3)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=9).map(" ".join), min_size=40, max_size=80))
def test_whatever_the_words_every_match_is_supported_by_both_sides(names):
    readings = readings_of([name or "-" for name in names])
    events = events_of(*TONIGHT)
    frame = conform(
        decide(readings, events, ProviderDay(SATURDAY, "America/New_York"), facts()), DECISIONS, "decisions"
    )
    assert frame.height == len(names)
    starts = dict(events.select("event_id", "starts_at").rows())
    for row in frame.iter_rows(named=True):
        if row["event_id"] is None:
            continue
        assert row["starts_at"] == starts[row["event_id"]]
        assert row["first"] != row["second"]
        assert row["coverage"] == "live"


def test_an_event_whose_clock_is_not_set_yet_is_found_by_its_day():
    game = event("nba", "Boston Celtics", "Los Angeles Lakers", "2025-11-15 05:00") | {"time_is_set": False}
    decision = decided("NBA 01: Lakers @ Celtics 7:30 PM ET", game)
    assert decision["event_id"] == game["event_id"]
    assert decision["starts_at"] == utc("2025-11-16 00:30")


def test_a_clock_that_fits_no_game_of_a_series_never_picks_another_day_s():
    # A British clock among American ones: 00:10 is tonight's game, not the one that ended yesterday.
    yesterday = event("mlb", "Houston Astros", "San Diego Padres", "2025-04-19 00:10") | {"event_id": "yesterday"}
    tonight = event("mlb", "Houston Astros", "San Diego Padres", "2025-04-19 23:10") | {"event_id": "tonight"}
    name = "[00:10] MLB : San Diego Padres vs Houston Astros - Arena 1 Premium"
    assert decided(name, yesterday, tonight, day=date(2025, 4, 19))["event_id"] in ("tonight", None)


def test_a_club_called_juniors_is_no_youth_side():
    game = event("arg.1", "Boca Juniors", "Argentinos Juniors", "2025-11-16 00:00")
    assert decided("LIVE EVENT 04: Boca vs Argentinos 7pm ET", game)["event_id"] == game["event_id"]
