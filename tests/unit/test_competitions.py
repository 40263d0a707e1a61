"""A printed competition, in whatever form, means its leagues, or at least its sport."""

from __future__ import annotations

import pytest
from reading import Cases, facts

PRINTED = Cases(
    ("LIVE EVENT 01: Premier League: A vs B", ["eng.1"]),
    ("LIVE EVENT 01: England - Premier League : A vs B", ["eng.1"]),
    ("LIVE EVENT 01: PREMIER LEAGUE : A vs B", ["eng.1"]),
    ("A vs B (ENGLISH PREMIER LEAGUE)", ["eng.1"]),
    ("LIVE EVENT 01: EPL | A vs B", ["eng.1"]),
    ("LIVE EVENT 01: Spain - La Liga : A vs B", ["esp.1"]),
    ("LIVE EVENT 01: Süper Lig : A vs B", ["tur.1"]),
    ("LIVE EVENT 01: Super Lig : A vs B", ["tur.1"]),
    ("LIVE EVENT 01: Austria - Bundesliga : A vs B", ["aut.1"]),
    ("LIVE EVENT 01: Germany - Bundesliga : A vs B", ["ger.1"]),
    ("LIVE EVENT 01: Germany - Bundesliga 2 : A vs B", ["ger.2"]),
    ("LIVE EVENT 01: Bundesliga : A vs B", ["ger.1"]),
    ("LIVE EVENT 01: Brazil - Serie A : A vs B", ["bra.1"]),
    ("LIVE EVENT 01: Italy - Serie A : A vs B", ["ita.1"]),
    ("LIVE EVENT 01: UEFA Champions League, Matchday 4: A vs B", ["uefa.champions"]),
    ("LIVE EVENT 01: La Liga 2025/26 : A vs B", ["esp.1"]),
    ("LIVE EVENT 01: NHL Preseason: A vs B", ["nhl"]),
    ("LIVE EVENT 01: Women's Super League: A v B", ["eng.w.1"]),
    ("AU (STAN 13) | Bath v Exeter _ PREM Rugby Round 9 2025/26", ["prem-rugby"]),
    ("LIVE EVENT 01: Liga Portugal Betclic: A x B", ["por.1"]),
    ("LIVE EVENT 01: Some Unknown Trophy: A vs B", None),
    ("LIVE EVENT 01: A vs B", None),
)


@pytest.mark.parametrize(("name", "leagues"), PRINTED.cases)
def test_a_printed_competition_means_its_leagues(name, leagues):
    assert PRINTED.read(name)["leagues"] == leagues


def test_a_league_that_carries_many_divisions_means_all_of_them():
    reading = Cases(("LIVE EVENT 01: English Football League: A vs B",)).read(
        "LIVE EVENT 01: English Football League: A vs B"
    )
    assert set(reading["leagues"]) == {"eng.2", "eng.3", "eng.4"}


SPORTS = Cases(
    ("ESPN+ 01 : Volleyball: A vs B", "volleyball"),
    ("ESPN+ 01 : Women's Soccer: A vs B", "soccer"),
    ("ESPN+ 01 : Field Hockey | A vs B", "field-hockey"),
    ("ESPN+ 01 : Hockey | A vs B", "hockey"),
    ("SEC+ / ACC extra 01 : Soccer (W) | A vs B", "soccer"),
    ("(FLSP 01) | flohockey: A vs B (2026-01-03 13:01:35)", "hockey"),
    ("ESPN+ 01 : Rugby League: A vs B", "rugby-league"),
    ("ESPN+ 01 : A vs B", None),
    ("ESPN+ 01 : Hockeytown Heroes vs B", None),
)


@pytest.mark.parametrize(("name", "sport"), SPORTS.cases)
def test_a_printed_sport_is_read(name, sport):
    assert SPORTS.read(name)["sport"] == sport


LEAGUES = Cases(
    *(
        (f"LIVE EVENT 01: {league.name}: A vs B", key)
        for key, league in facts().leagues.items()
        if ":" not in league.name
    )
)


@pytest.mark.parametrize(("name", "league"), LEAGUES.cases)
def test_every_league_is_found_by_its_own_name(name, league):
    assert league in (LEAGUES.read(name)["leagues"] or [])


OF_ANOTHER_COUNTRY = Cases(
    *(
        (f"LIVE EVENT 01: {printed} : A vs B", wrong)
        for printed, wrong in (
            ("Egypt - Premier League", "eng.1"),
            ("Ukraine - Premier League", "eng.1"),
            ("Russia - Premier League", "eng.1"),
            ("Northern Ireland - Premiership", "sco.1"),
            ("Ecuador - Serie A", "ita.1"),
            ("Greece - Super League", "super-league"),
            ("Switzerland - Super League", "super-league"),
            ("Venezuela - Primera Division", "esp.1"),
        )
    )
)


@pytest.mark.parametrize(("name", "wrong"), OF_ANOTHER_COUNTRY.cases)
def test_a_competition_of_another_country_is_not_the_famous_one(name, wrong):
    assert wrong not in (OF_ANOTHER_COUNTRY.read(name)["leagues"] or [])
