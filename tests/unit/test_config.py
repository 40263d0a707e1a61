"""Facts are data: an error in a file is reported with the file, the entry and the fault, before anything runs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from reading import facts, slots_of

from epg_pipeline import config
from epg_pipeline.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


WRONG_FAMILIES = [
    ("{name: NHL, patterns: ['^(?P<shell>NHL (?P<payload>.*)$']}", "NHL", "pattern 1"),  # unbalanced
    (
        "{name: NHL, shells: [NHL], patterns: ['^(?P<shell>a)(?P<payload>b)', '(?<=x)(?P<shell>a)(?P<payload>b)']}",
        "NHL",
        "pattern 2",
    ),
    ("{name: NHL, patterns: ['^NHL .*$']}", "NHL", "payload"),  # the groups are missing
    ("{name: NHL, shells: [NHL], timezone: America/New_Yrok}", "NHL", "New_Yrok"),
    ("{name: NHL, shells: [NHL], leagues: [nlh]}", "NHL", "nlh"),
    ("{name: NHL, shells: [NHL], sport: hokey}", "NHL", "hokey"),
    ("{name: NHL, shells: [NHL], dates: ymd}", "NHL", "dates"),
    ("{name: NHL, shells: [NHL], sprot: hockey}", "NHL", "sprot"),
    ("{name: NHL}", "NHL", "neither shells nor patterns"),
    ("{name: NHL, shells: ['']}", "NHL", "shells"),
    ("{shells: [NHL]}", "0", "name"),
    ("{name: NHL, shells: [NHL]}\n- {name: Hockey, shells: [nhl]}", "Hockey", "NHL"),  # a shell of two families
    ("{name: NHL, shells: [NHL]}\n- {name: NHL, shells: [Hockey]}", "NHL", "two families"),
]


@pytest.mark.parametrize(("entry", "name", "fault"), WRONG_FAMILIES)
def test_a_wrong_family_is_reported_with_file_name_and_fault(tmp_path, entry, name, fault):
    file = written(tmp_path, "families.yaml", f"- {entry}\n")
    with pytest.raises(ConfigError) as refusal:
        config.load_families(file)
    message = str(refusal.value)
    assert "families.yaml" in message
    assert f'"{name}"' in message
    assert fault in message


@pytest.mark.parametrize(
    "text", ["- {name: NHL, shells: [NHL\n", "- name: a\n  - b", "\t- x", "{name: NHL}", "just words", "", "- 7\n"]
)
def test_a_file_that_is_not_a_list_of_families_is_refused(tmp_path, text):
    with pytest.raises(ConfigError, match=r"families\.yaml"):
        config.load_families(written(tmp_path, "families.yaml", text))


def test_a_sound_family_is_loaded(tmp_path):
    file = written(
        tmp_path,
        "families.yaml",
        "- {name: ZZ, shells: [ZZ, Z Z], sport: hockey, leagues: [nhl], timezone: Europe/Oslo}\n",
    )
    (family,) = config.load_families(file)
    assert (family.name, family.shells, family.timezone, family.leagues) == (
        "ZZ",
        ("ZZ", "Z Z"),
        "Europe/Oslo",
        ("nhl",),
    )


@pytest.mark.parametrize(
    ("loader", "file", "text", "names"),
    [
        (config.load_leagues, "leagues.yaml", "nhl: {sport: hockey}\n", "nhl"),
        (config.load_leagues, "leagues.yaml", "nhl: {name: NHL, sport: hockey, gender: both}\n", "nhl"),
        (config.load_leagues, "leagues.yaml", "nhl: {name: NHL, sport: hockey, colour: red}\n", "colour"),
        (config.load_zones, "zones.yaml", "ET: America/Nowhere\n", "ET"),
        (config.load_zones, "zones.yaml", "ET: [a]\n", "ET"),
    ],
)
def test_a_wrong_fact_is_reported_with_file_and_entry(tmp_path, loader, file, text, names):
    with pytest.raises(ConfigError) as refusal:
        loader(written(tmp_path, file, text))
    assert file in str(refusal.value)
    assert names in str(refusal.value)


def test_every_family_of_the_reference_provider_is_known():
    shells = [
        "NBA",
        "USA Real NBA",
        "WNBA",
        "NCAAB",
        "NCAAW B",
        "NJCAA Men's Basketball",
        "NJCAA Women's Basketball",
        "FIBA",
        "CEBL",
        "NFL",
        "NFL Game Pass",
        "NFL Multi Screen / HDR",
        "NCAAF",
        "Flo Football",
        "NHL",
        "USA Real NHL",
        "WHL",
        "OHL",
        "QMJHL",
        "MLB",
        "USA Real MLB",
        "MiLB",
        "MILB",
        "NCAA Softball",
        "MLS",
        "MLS Espanol",
        "MLS NEXT PRO",
        "USA Soccer",
        "EPL",
        "EFL",
        "FA Cup",
        "National League TV",
        "SPFL",
        "Scottish Premiership",
        "La Liga",
        "Serie A",
        "Bundesliga",
        "Ligue1",
        "UEFA Champions League",
        "UEFA Europa League",
        "UEFA Europa Conf. League",
        "UEFA/FIFA",
        "LOI GAME",
        "GAAGO : GAME",
        "Super League +",
        "Fanatiz",
        "ESPN+",
        "SEC+ / ACC extra",
        "BIG10+",
        "Paramount+",
        "Peacock",
        "US|Peacock PPV",
        "Prime US",
        "DAZN BE",
        "DAZN CA",
        "Sportsnet+",
        "TSN+",
        "Fubo Sports Network",
        "MAX NL",
        "MAX SE",
        "MAX USA",
        "Viaplay NL",
        "Viaplay SE",
        "Viaplay NO",
        "TV2 NO",
        "Tv4 Play SE",
        "Setanta Sports",
        "Tennis",
        "Tennis TV | Event",
        "UFC",
        "TrillerTV Event",
        "Matchroom Event",
        "Clubber",
        "Flo Sports",
        "Flo Racing",
        "Dirtvision : EVENT",
        "LIVE EVENT",
    ]
    names = {family.name for family in facts().families}
    found = dict(zip(shells, slots_of(*(f"{shell} 01: A vs B 7:30 PM" for shell in shells))["family"], strict=True))
    assert {shell: family for shell, family in found.items() if family not in names} == {}


def test_every_fact_that_points_to_another_file_finds_it():
    config_facts = facts()
    assert {league.sport for league in config_facts.leagues.values()} <= set(config_facts.sports.sports)
    assert set(config_facts.sport_words) <= set(config_facts.sports.sports)
    assert {league for family in config_facts.families for league in family.leagues} <= set(config_facts.leagues)
    for family in config_facts.families:
        sports = {config_facts.leagues[league].sport for league in family.leagues}
        assert family.sport is None or not sports or sports == {family.sport}, family.name
    for zone in config_facts.zones.values():
        ZoneInfo(zone)


def test_the_catalogue_of_teams_is_whole():
    teams = facts().teams
    assert teams.null_count().sum_horizontal().item() == 0
    assert teams.filter(pl.col("name").str.strip_chars() != pl.col("name")).is_empty()
    assert teams.select(pl.struct("league", "gender", "name").is_duplicated().any()).item() is False
